//! `/registers/{name}`: filter, sort, page; the same rows as CSV and XLSX.

use crate::app::App;
use crate::failure::Failure;
use crate::layout::{self, Frame};
use crate::params::{Params, link_with};
use crate::reader::Reader;
use crate::sheet::{self, Kind};
use crate::table::{self, Column, PAGE_ROWS};
use crate::wording::Said;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use city::place::Level;
use city::register::{Entry, Register};
use maud::{Markup, html};
use notice::Lang;
use std::sync::Arc;

/// `GET /registers/{name}`, `/registers/{name}.csv`, `/registers/{name}.xlsx`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(name): Path<String>,
    params: Params,
) -> Result<Response, Failure> {
    let (stem, kind) = match name.rsplit_once('.') {
        Some((stem, ending)) if Kind::of(ending).is_some() => (stem, Kind::of(ending)),
        _ => (name.as_str(), None),
    };
    let register = app
        .city()
        .registers
        .iter()
        .find(|r| r.name == stem)
        .ok_or(Failure::NotFound)?;
    let columns = table::columns(app.city(), register);
    let rows = table::select(register, &columns, &params);
    let Some(kind) = kind else {
        return Ok(page(&app, &reader, register, &columns, &rows, &params));
    };
    let _turn = app.downloads.try_acquire().map_err(|_| Failure::TooMany)?;
    let lines = lines(&app, &reader, &columns, &rows);
    let mut file = sheet::file(lines, kind, stem).await?;
    let headers = file.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let vary = HeaderValue::from_static("Accept-Language, Cookie");
    headers.insert(header::VARY, vary);
    Ok(file)
}

/// Head and rows as words.
fn lines(app: &App, reader: &Reader, columns: &[Column], rows: &[&Entry]) -> Vec<Vec<String>> {
    let mut head = vec![
        reader.say("统一社会信用代码", "credit code").to_owned(),
        reader.say("名称", "name").to_owned(),
        reader.say("区县", "district").to_owned(),
    ];
    head.extend(columns.iter().map(|c| c.name.get(reader.lang).to_owned()));
    head.extend(["longitude", "latitude"].map(str::to_owned));
    head.push(reader.say("演示数据", "demo").to_owned());
    let mut lines = vec![head];
    for row in rows {
        let mut line = vec![
            row.id.clone(),
            row.name.clone(),
            district(app, &row.district, reader.lang),
        ];
        line.extend(
            columns
                .iter()
                .map(|c| table::cell(app, row, c, reader.lang)),
        );
        line.extend([row.point.0.to_string(), row.point.1.to_string()]);
        line.push(
            if row.demo {
                reader.say("是", "yes")
            } else {
                reader.say("否", "no")
            }
            .to_owned(),
        );
        lines.push(line);
    }
    lines
}

fn district(app: &App, code: &str, lang: Lang) -> String {
    app.place(code)
        .map_or_else(|| code.to_owned(), |(_, p)| p.name.get(lang).to_owned())
}

fn page(
    app: &App,
    reader: &Reader,
    register: &Register,
    columns: &[Column],
    rows: &[&Entry],
    params: &Params,
) -> Response {
    let path = format!("/registers/{}", register.name);
    let pages = rows.len().div_ceil(PAGE_ROWS).max(1);
    let page = params
        .get("page")
        .and_then(|p| p.parse().ok())
        .unwrap_or(1)
        .clamp(1, pages);
    let shown = rows.iter().skip((page - 1) * PAGE_ROWS).take(PAGE_ROWS);
    let demo = register.rows.iter().any(|r| r.demo);
    let title = reader.say("企业名录", "Register of enterprises");
    let body = html! {
        div .register data-island="table" {
            h1 { (title) @if demo { " " (crate::pages::notice::demo(reader)) } }
            p .lede {
                (reader.say("名录里的企业，在哪一份清单、什么行业、什么燃料；点名称看它现在有哪些义务。", "Which lists, industries and fuels the enterprises have; choose a name to see what it must do now."))
            }
            (filters(app, reader, &path, columns, params))
            div .register-bar {
                p role="status" {
                    (reader.say(format!("{}家", rows.len()), format!("{} enterprises", rows.len())))
                    @if rows.len() != register.rows.len() { span .fine { (reader.say(format!("，共{}家", register.rows.len()), format!(" of {}", register.rows.len()))) } }
                }
                p .downloads {
                    a href=(link_with(&format!("{path}.csv"), params, &[("page", "")])) { "CSV" } " "
                    a href=(link_with(&format!("{path}.xlsx"), params, &[("page", "")])) { "XLSX" }
                }
            }
            div .table-wrap role="region" aria-label=(title) tabindex="0" {
                table {
                    colgroup { col .col-name; col span=(columns.len() + 1); col .col-id; }
                    thead {
                        tr {
                            (sorter(reader, &path, params, "name", reader.say("名称", "Name")))
                            (sorter(reader, &path, params, "district", reader.say("区县", "District")))
                            @for column in columns { (sorter(reader, &path, params, &column.field, column.name.get(reader.lang))) }
                            (sorter(reader, &path, params, "id", reader.say("统一社会信用代码", "Credit code")))
                        }
                    }
                    tbody {
                        @if rows.is_empty() {
                            tr { td colspan=(columns.len() + 3) { (reader.say("没有符合这些条件的企业，请放宽条件或清除筛选。", "No enterprise fits these choices; widen or clear them.")) } }
                        }
                        @for row in shown {
                            tr {
                                th scope="row" { a href={ "/enterprises/" (row.id) } { (Said::chinese(reader, &row.name)) } }
                                td { a href={ "/places/" (row.district) } { (district(app, &row.district, reader.lang)) } }
                                @for column in columns { td { (table::cell(app, row, column, reader.lang)) } }
                                td { code { (row.id) } }
                            }
                        }
                    }
                }
            }
            @if rows.is_empty() { p { (reader.say("没有符合的企业。可以去掉一个条件再看。", "No enterprise fits. Take one filter away.")) } }
            @if pages > 1 { (pager(reader, &path, params, page, pages)) }
        }
    };
    let frame = Frame {
        way: "/registers/enterprises",
        ..Frame::default()
    };
    layout::framed(app, reader, title, &frame, body)
}

fn filters(app: &App, reader: &Reader, path: &str, columns: &[Column], params: &Params) -> Markup {
    html! {
        form .filters action=(path) method="get" role="search" aria-label=(reader.say("筛选", "Filter")) {
            div .field {
                label for="f-q" { (reader.say("名称或代码", "Name or code")) }
                input #f-q type="search" name="q" maxlength="60" value=[params.get("q")];
            }
            div .field {
                label for="f-district" { (reader.say("区县", "District")) }
                select #f-district name="district" {
                    option value="" { (reader.say("全部", "all")) }
                    @for place in app.city().places.all().iter().filter(|p| p.level == Level::District) {
                        option value=(place.code) selected[params.get("district") == Some(&place.code)] { (place.name.get(reader.lang)) }
                    }
                }
            }
            @for column in columns.iter().filter(|c| !c.values.is_empty()) {
                div .field {
                    label for={ "f-" (column.attribute.0) } { (column.name.get(reader.lang)) }
                    select id={ "f-" (column.attribute.0) } name=(column.field) {
                        option value="" { (reader.say("全部", "all")) }
                        @for value in &column.values {
                            option value=(value.zh) selected[params.get(&column.field) == Some(&value.zh)] { (value.get(reader.lang)) }
                        }
                    }
                }
            }
            @if let Some(sort) = params.get("sort") { input type="hidden" name="sort" value=(sort); }
            div .field .field-go {
                button .button type="submit" { (reader.say("筛选", "Filter")) }
                a .more href=(path) { (reader.say("清除", "Clear")) }
            }
        }
    }
}

/// A column's head, which sorts by it: upwards first, then downwards.
fn sorter(reader: &Reader, path: &str, params: &Params, field: &str, name: &str) -> Markup {
    let down = format!("-{field}");
    let now = params.get("sort");
    let (state, next, sign) = match now {
        Some(sort) if sort == field => ("ascending", down.as_str(), " ▲"),
        Some(sort) if sort == down => ("descending", field, " ▼"),
        _ => ("none", field, ""),
    };
    html! {
        th scope="col" aria-sort=(state) {
            a id={ "sort-" (field) } href=(link_with(path, params, &[("sort", next), ("page", "")])) title=(reader.say("按此列排序", "Sort by this column")) {
                (name) span aria-hidden="true" { (sign) }
            }
        }
    }
}

fn pager(reader: &Reader, path: &str, params: &Params, page: usize, pages: usize) -> Markup {
    let to = |page: usize| link_with(path, params, &[("page", &page.to_string())]);
    html! {
        nav .pager aria-label=(reader.say("分页", "Pages")) {
            @if page > 1 { a rel="prev" href=(to(page - 1)) { (reader.say("上一页", "Previous")) } } @else { span {} }
            span { (reader.say(format!("第{page}页，共{pages}页"), format!("Page {page} of {pages}"))) }
            @if page < pages { a rel="next" href=(to(page + 1)) { (reader.say("下一页", "Next")) } }
        }
    }
}

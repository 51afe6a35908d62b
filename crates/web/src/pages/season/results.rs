//! `/notices/{slug}/results`: what a season's events and licences brought in, as charts with their tables, and as a file. Who was
//! counted by check-in and what the office entered are two numbers wherever they stand.

use super::{Of, of, words};
use crate::app::App;
use crate::bookings::Ready;
use crate::bookings::season::Came;
use crate::chart::{self, Bar, Column};
use crate::failure::Failure;
use crate::layout::{self, Frame};
use crate::moments;
use crate::params::Params;
use crate::people::ours;
use crate::reader::Reader;
use crate::sheet::{self, Kind};
use crate::wording::{self, Said};
use axum::extract::{Path, State};
use axum::response::Response;
use forms::season::views::{self, Total};
use forms::season::{Counted, Event, EventResult, Fen, Licence, Sales};
use jiff::civil::Date;
use ledger::name::Key;
use maud::{Markup, html};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Days that a chart shows one by one; more are put together by month.
const DAYS_MAX: usize = 62;

/// An event of the season that has begun, or for which something was entered.
pub struct Line {
    /// Which.
    pub event: Event,
    /// What it is called: the project, or where the offer stands in the notice.
    pub name: String,
    /// Who came by check-in; nothing where nobody is seen to go.
    pub came: Counted,
    /// Its sessions are for coming in: minutes mean nothing.
    pub entry: bool,
    /// What the office entered.
    pub result: Option<EventResult>,
}

/// Everything that the page shows.
pub struct Shown {
    /// By offer, day and project.
    pub lines: Vec<Line>,
    /// Events that are still to come.
    pub coming: usize,
    licences: Vec<Licence>,
    sales: Vec<Sales>,
}

/// Numbers of one kind of event, or of a day, added up.
#[derive(Clone, Copy, Default)]
struct Sum {
    events: u64,
    entered: u64,
    came: Counted,
    visitors: u64,
    sales: Fen,
}

impl Sum {
    fn add(&mut self, line: &Line) {
        self.events += 1;
        self.came = self.came.and(line.came);
        if let Some(result) = &line.result {
            let brought = &result.brought.now.value;
            self.entered += 1;
            self.visitors += u64::from(brought.visitors);
            self.sales = self.sales.and(brought.sales);
        }
    }
}

/// `GET /notices/{slug}/results`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(slug): Path<String>,
    params: Params,
) -> Result<Response, Failure> {
    let of = of(&app, &slug)?;
    let shown = read(&app, &reader, &of).await?;
    if let Some(kind) = params.get("as").and_then(Kind::of) {
        let _turn = app.downloads.try_acquire().map_err(|_| Failure::TooMany)?;
        return sheet::file(file(&reader, &shown), kind, &format!("{slug}-results")).await;
    }
    let title = reader.say("主题季成效", "What the season brought in");
    let open = of
        .season
        .days()
        .1
        .is_none_or(|until| reader.now.date() < until);
    let body = html! {
        article {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href={ "/notices/" (slug) } { (wording::title(&reader, of.notice)) } } } }
            h1 { (title) " " @if of.notice.demo { (crate::pages::notice::demo(&reader)) } }
            (lede(&reader, &shown, open))
            (chart::patterns())
            (kinds(&reader, &shown))
            (days(&reader, &shown))
            (partners(&reader, &slug, &shown))
            @if !shown.lines.is_empty() || !shown.sales.is_empty() {
                p .downloads {
                    (reader.say("逐场数字下载：", "Figures of every event: "))
                    a href={ "/notices/" (slug) "/results?as=csv" } { "CSV" } " "
                    a href={ "/notices/" (slug) "/results?as=xlsx" } { "XLSX" }
                }
            }
            p .fine { (reader.say(
                "“签到”由系统按预约逐个核验得出，只数约过的人；“登记”由主办单位点数后填报，没有预约、走绿色通道的也在内。两个数字来历不同，永远分开。更正过的，原来的数字留在账本里。",
                "“Checked in” is what the gate counted, booking by booking, and has only those who booked; “entered” is what the office counted and wrote down, with those who came without a booking. They are of different origin and stay apart for ever. Where a figure was corrected, the old one stays in the ledger.",
            )) }
        }
    };
    let frame = Frame {
        way: "/notices",
        ..Frame::default()
    };
    Ok(layout::framed(&app, &reader, title, &frame, body))
}

/// Reads what a season has come to.
pub async fn read(app: &Arc<App>, reader: &Reader, of: &Of<'_>) -> Result<Shown, Failure> {
    let came = of.people.bookings.came(app, &of.notice.slug.0).await?;
    let season = of.season.clone();
    let bookings = &of.people.bookings;
    let kept = bookings.read(move |store| {
        let results = views::results(store, &season).map_err(ours)?;
        let licences = views::licences(store, &season).map_err(ours)?;
        let sales = views::sales(store, &season).map_err(ours)?;
        Ok((results, licences, sales))
    });
    let (results, licences, sales) = kept.await?;
    let mut results: BTreeMap<Key, EventResult> = results
        .into_iter()
        .map(|result| (result.event.clone(), result))
        .collect();
    let offers = app.offers.all().iter();
    let offers = offers.filter(|ready| ready.notice.slug == of.notice.slug);
    // Offers whose slots not everybody sees tell nothing here.
    let offers = offers.filter(|ready| ready.offering.is_seen_by_all());
    let (mut lines, mut coming) = (Vec::new(), 0);
    for ready in offers {
        for event in Event::all(&ready.offering) {
            match line(reader, ready, event, &came, &mut results) {
                Some(line) => lines.push(line),
                None => coming += 1,
            }
        }
    }
    Ok(Shown {
        lines,
        coming,
        licences,
        sales,
    })
}

/// An event, if there is anything to say of it yet.
fn line(
    reader: &Reader,
    ready: &Ready,
    event: Event,
    came: &Came,
    results: &mut BTreeMap<Key, EventResult>,
) -> Option<Line> {
    let result = results.remove(event.key());
    let came = came.get(event.key()).copied();
    if event.day() > reader.now.date() && result.is_none() {
        return None;
    }
    Some(Line {
        name: name(reader, ready, &event),
        came: came.unwrap_or_default(),
        entry: ready.offering.is_entry(),
        result,
        event,
    })
}

/// What an event is called: its project, or the heading under which its offer stands, without its number.
pub fn name(reader: &Reader, ready: &Ready, event: &Event) -> String {
    let mut projects = ready.offering.projects().iter();
    let project = projects.find(|(name, _)| Some(name.as_str()) == event.project());
    if let Some((_, label)) = project {
        return label.get(reader.lang).to_owned();
    }
    let clause = ready
        .notice
        .clauses
        .get(usize::from(ready.offer().clause.0));
    let heading = clause.map_or("", |clause| clause.heading.as_str());
    match heading.split_once('、') {
        Some((_, plain)) => plain.to_owned(),
        None if heading.is_empty() => ready.offer().name.clone(),
        None => heading.to_owned(),
    }
}

fn lede(reader: &Reader, shown: &Shown, open: bool) -> Markup {
    let mut all = Sum::default();
    shown.lines.iter().for_each(|line| all.add(line));
    let sold = Total::of(shown.sales.iter());
    let one = |what: &str, value: String, fine: &str| {
        html! { div .hours-one { span .hours-what { (what) } strong { (value) } span .fine { (fine) } } }
    };
    let hours = |minutes: u64| words::number(minutes / 60);
    let events = words::number(all.events);
    let minutes: u64 = shown
        .lines
        .iter()
        .filter(|line| !line.entry)
        .map(|line| line.came.minutes)
        .sum();
    html! {
        @if shown.lines.is_empty() && shown.sales.is_empty() {
            p .lede { (reader.say(
                format!("还没有活动开始；后面有 {} 场，办完以后数字在这里。", shown.coming),
                format!("No event has begun yet; {} are to come, and their figures will stand here.", shown.coming),
            )) }
        } @else {
            p .lede {
                (reader.say(format!("到今天 {events} 场。"), format!("Events up to today: {events}.")))
                @if shown.coming > 0 { (reader.say(format!("后面还有 {} 场。", shown.coming), format!(" To come: {}.", shown.coming))) }
                @if open { (reader.say("主题季还没有结束，数字会变。", " The season goes on, and the figures will change.")) }
            }
            div .hours .figures {
                (one(reader.say("签到人数", "Checked in"), words::number(all.came.people), reader.say("由签到数出", "counted at the gate")))
                (one(reader.say("到场人数", "Visitors"), words::number(all.visitors), &reader.say(format!("由主办单位登记，{} 场", all.entered), format!("entered by the office; events entered: {}", all.entered))))
                @if shown.lines.iter().any(|line| !line.entry) { (one(reader.say("活动时长", "Hours"), hours(minutes), reader.say("小时，由签到、签退得出；只记入园的场次不算", "from check-in to check-out; not where only coming in is seen"))) }
                (one(reader.say("现场销售", "Sold at events"), words::money(reader, all.sales), reader.say("由主办单位登记", "entered by the office")))
                (one(reader.say("授权产品销售", "Licensed products sold"), words::money(reader, sold.sales), &reader.say(format!("{} 件，由主办单位登记", words::number(sold.pieces)), format!("pieces: {}; entered by the office", words::number(sold.pieces)))))
            }
        }
    }
}

/// The names of the two numbers.
fn both(reader: &Reader) -> [&'static str; 2] {
    [
        pick(reader, "签到（系统计数）", "checked in (counted)"),
        pick(reader, "登记（主办单位）", "entered (by the office)"),
    ]
}

fn pick(reader: &Reader, zh: &'static str, en: &'static str) -> &'static str {
    match reader.lang {
        notice::Lang::Zh => zh,
        notice::Lang::En => en,
    }
}

/// By what took place.
fn kinds(reader: &Reader, shown: &Shown) -> Markup {
    let mut sums: Vec<(&str, &Key, bool, Sum)> = Vec::new();
    for line in &shown.lines {
        let (name, offer) = (line.name.as_str(), line.event.offer());
        match sums
            .iter_mut()
            .find(|(known, of, ..)| *known == name && *of == offer)
        {
            Some((.., sum)) => sum.add(line),
            None => {
                let mut sum = Sum::default();
                sum.add(line);
                sums.push((name, offer, line.entry, sum));
            }
        }
    }
    let names = both(reader);
    let bars: Vec<Bar> = sums
        .iter()
        .map(|(name, _, _, sum)| Bar {
            name: html! { (Said::name(reader, name)) },
            values: vec![
                (sum.came.people, words::number(sum.came.people)),
                (sum.visitors, words::number(sum.visitors)),
            ],
        })
        .collect();
    html! {
        @if !sums.is_empty() {
            section aria-labelledby="events" {
                h2 #events .rubric { (reader.say("各项活动来了多少人", "Who came to what")) }
                figure .chart {
                    (chart::legend(&names))
                    (chart::bars(&bars))
                    div .table-wrap .results tabindex="0" role="region" aria-labelledby="events" {
                        table {
                            thead { tr {
                                th scope="col" { (reader.say("活动", "Event")) }
                                th scope="col" .num { (reader.say("场次", "Times")) }
                                th scope="col" .num { (reader.say("签到人数", "Checked in")) }
                                th scope="col" .num { (reader.say("签到时长（小时）", "Hours checked")) }
                                th scope="col" .num { (reader.say("登记人数", "Entered")) }
                                th scope="col" .num { (reader.say("现场销售", "Sold there")) }
                            } }
                            tbody {
                                @for (name, _, entry, sum) in &sums {
                                    tr {
                                        th scope="row" { (Said::name(reader, name)) }
                                        td .num { (sum.events) }
                                        td .num { (words::number(sum.came.people)) }
                                        td .num { @if *entry { (reader.say("只记入园", "entry only")) } @else { (words::number(sum.came.minutes / 60)) } }
                                        td .num { (words::number(sum.visitors)) @if sum.entered < sum.events { br; span .fine { (reader.say(format!("已登记 {} 场", sum.entered), format!("{} entered", sum.entered))) } } }
                                        td .num { (words::money(reader, sum.sales)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Day by day; a season of many days by month.
fn days(reader: &Reader, shown: &Shown) -> Markup {
    let mut by_day: BTreeMap<Date, Sum> = BTreeMap::new();
    for line in &shown.lines {
        by_day.entry(line.event.day()).or_default().add(line);
    }
    let by_month = by_day.len() > DAYS_MAX;
    if by_month {
        by_day.clear();
        for line in &shown.lines {
            by_day
                .entry(line.event.day().first_of_month())
                .or_default()
                .add(line);
        }
    }
    let said = |day: Date| match by_month {
        true => words::month(reader, forms::season::Month::of(day)),
        false => moments::full_day(day, reader.lang),
    };
    let columns: Vec<Column> = by_day
        .iter()
        .map(|(day, sum)| Column {
            name: day
                .strftime(if by_month { "%Y-%m" } else { "%-m/%-d" })
                .to_string(),
            values: vec![sum.came.people, sum.visitors],
        })
        .collect();
    let most = by_day
        .values()
        .map(|sum| sum.came.people.max(sum.visitors))
        .max()
        .unwrap_or(0);
    let top = reader.say(
        format!("{} 人", words::number(most)),
        format!("{} people", words::number(most)),
    );
    html! {
        @if by_day.len() > 1 {
            section aria-labelledby="days" {
                h2 #days .rubric { @if by_month { (reader.say("逐月人数", "Month by month")) } @else { (reader.say("逐日人数", "Day by day")) } }
                figure .chart {
                    (chart::legend(&both(reader)))
                    (chart::columns(&columns, &top))
                    details {
                        summary { (reader.say("数字", "The numbers")) }
                        div .table-wrap .results .results-few tabindex="0" role="region" aria-labelledby="days" {
                            table {
                                thead { tr {
                                    th scope="col" { (reader.say("日期", "When")) }
                                    th scope="col" .num { (reader.say("签到人数", "Checked in")) }
                                    th scope="col" .num { (reader.say("登记人数", "Entered")) }
                                    th scope="col" .num { (reader.say("现场销售", "Sold there")) }
                                } }
                                tbody {
                                    @for (day, sum) in &by_day {
                                        tr {
                                            th scope="row" { (said(*day)) }
                                            td .num { (words::number(sum.came.people)) }
                                            td .num { @if sum.entered == 0 { (reader.say("未登记", "not yet")) } @else { (words::number(sum.visitors)) } }
                                            td .num { @if sum.entered == 0 { (reader.say("未登记", "not yet")) } @else { (words::money(reader, sum.sales)) } }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What each partner's products brought in.
fn partners(reader: &Reader, slug: &str, shown: &Shown) -> Markup {
    let mut totals: Vec<(&str, String, u64, Total)> = Vec::new();
    for licence in &shown.licences {
        let folded = licence.partner.folded();
        let months = shown
            .sales
            .iter()
            .filter(|sales| sales.licence == licence.number);
        let at = totals.iter().position(|(_, known, ..)| *known == folded);
        let at = at.unwrap_or_else(|| {
            totals.push((licence.partner.as_str(), folded, 0, Total::default()));
            totals.len() - 1
        });
        if let Some((_, _, products, total)) = totals.get_mut(at) {
            *products += 1;
            months.for_each(|sales| total.add(sales));
        }
    }
    totals.sort_by_key(|(_, _, _, total)| std::cmp::Reverse(total.sales));
    let bars: Vec<Bar> = totals
        .iter()
        .map(|(partner, _, _, total)| Bar {
            name: html! { (Said::name(reader, partner)) },
            values: vec![(total.sales.fen(), words::money(reader, total.sales))],
        })
        .collect();
    html! {
        section aria-labelledby="partners" {
            h2 #partners .rubric { (reader.say("每位伙伴带来了什么", "What each partner brought in")) }
            @if totals.is_empty() {
                p { (reader.say("还没有授权产品。", "No product is licensed yet.")) }
            } @else {
                figure .chart {
                    @if !shown.sales.is_empty() { (chart::bars(&bars)) }
                    div .table-wrap .results .results-few tabindex="0" role="region" aria-labelledby="partners" {
                        table {
                            thead { tr {
                                th scope="col" { (reader.say("伙伴", "Partner")) }
                                th scope="col" .num { (reader.say("授权产品", "Licences")) }
                                th scope="col" .num { (reader.say("售出件数", "Pieces sold")) }
                                th scope="col" .num { (reader.say("销售额", "Sales")) }
                            } }
                            tbody {
                                @for (partner, _, products, total) in &totals {
                                    tr {
                                        th scope="row" { (Said::name(reader, partner)) }
                                        td .num { (products) }
                                        td .num { (words::number(total.pieces)) }
                                        td .num { (words::money(reader, total.sales)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            p { a href={ "/notices/" (slug) "/licences" } { (reader.say("授权产品名录", "Licensed products")) } }
        }
    }
}

/// Every event and every partner's month as a line.
fn file(reader: &Reader, shown: &Shown) -> Vec<Vec<String>> {
    let head = [
        ("类别", "what"),
        ("名称", "name"),
        ("日期", "when"),
        ("签到人数（系统计数）", "checked in (counted)"),
        ("签到时长（分钟，系统计数）", "minutes checked (counted)"),
        ("登记人数（主办单位）", "visitors (entered)"),
        ("件数（登记）", "pieces (entered)"),
        ("销售额（元，登记）", "sales in yuan (entered)"),
        ("更正次数", "corrections"),
    ];
    let mut lines = vec![head.map(|(zh, en)| reader.say(zh, en).to_owned()).to_vec()];
    for line in &shown.lines {
        let brought = line.result.as_ref().map(|result| &result.brought);
        lines.push(vec![
            reader.say("活动", "event").to_owned(),
            line.name.clone(),
            line.event.day().to_string(),
            line.came.people.to_string(),
            if line.entry {
                String::new()
            } else {
                line.came.minutes.to_string()
            },
            brought.map_or_else(String::new, |brought| {
                brought.now.value.visitors.to_string()
            }),
            String::new(),
            brought.map_or_else(String::new, |brought| brought.now.value.sales.plain()),
            brought.map_or_else(String::new, |brought| brought.before.len().to_string()),
        ]);
    }
    // By partner and month: what one licence sold is not public.
    let mut months: BTreeMap<(String, String), (Total, usize)> = BTreeMap::new();
    for sales in &shown.sales {
        let mut licences = shown.licences.iter();
        let Some(licence) = licences.find(|licence| licence.number == sales.licence) else {
            continue;
        };
        let partner = shown
            .licences
            .iter()
            .find(|other| other.partner.folded() == licence.partner.folded());
        let partner = partner.unwrap_or(licence).partner.to_string();
        let (total, corrections) = months
            .entry((partner, sales.month.to_string()))
            .or_default();
        total.add(sales);
        *corrections += sales.sold.before.len();
    }
    for ((partner, month), (total, corrections)) in months {
        lines.push(vec![
            reader.say("伙伴", "partner").to_owned(),
            partner,
            month,
            String::new(),
            String::new(),
            String::new(),
            total.pieces.to_string(),
            total.sales.plain(),
            corrections.to_string(),
        ]);
    }
    lines
}

//! `/api`: the same answers for programs. Described by `/api/openapi.json`, readable at `/api`.

use crate::app::App;
use crate::asked::{self, find_action, find_place};
use crate::failure::Failure;
use crate::layout::{self, Frame};
use crate::moments;
use crate::openapi;
use crate::pages::place::{Reach, rules_here};
use crate::reader::Reader;
use crate::standing::{self, Standing};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use decide::{Question, Whereabouts};
use maud::html;
use notice::text::Clause;
use notice::{Diagnostic, Facts, Label, Lang, Notice, Rule};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// Facts longer than this are not read (bytes).
const MAX_WHO: usize = 4 * 1024;

/// The body of `POST /api/ask`: the same fields as the command's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// What they want to do; without it everything that binds them is listed.
    #[serde(default, rename = "do")]
    action: Option<String>,
    /// Facts: `货车, 车型 = 重型`.
    #[serde(default)]
    who: Option<String>,
    /// A place's name, code or path.
    #[serde(default, rename = "where")]
    place: Option<String>,
    /// `[lon, lat]`, instead of `where`.
    #[serde(default)]
    point: Option<(f64, f64)>,
    /// RFC 3339 or civil time of the city; now, if absent.
    #[serde(default)]
    at: Option<String>,
    /// Only this notice; all, if absent.
    #[serde(default)]
    notice: Option<String>,
}

/// `POST /api/ask`
pub async fn ask(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.starts_with("application/json"));
    if !json {
        return Err(Failure::WrongType);
    }
    // An array would be read as the fields in order.
    let object = body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{');
    if !object {
        return Err(bad(
            "请求应是一个JSON对象。各字段见 /api。".into(),
            "The body is one JSON object. See /api for its fields.".into(),
        ));
    }
    let asked: Asked = serde_json::from_slice(&body).map_err(|e| {
        bad(
            format!("请求不是接口所要的JSON：{e}。各字段见 /api。"),
            format!("The body is not the JSON this takes: {e}. See /api for its fields."),
        )
    })?;
    let notice = match &asked.notice {
        Some(slug) => {
            let known = app
                .notice(slug)
                .ok_or_else(|| unknown("公告", "notice", slug))?;
            Some(&**known)
        }
        None => None,
    };
    let question = read(&app, &asked)?;
    let answer = app.answer(notice, &question);
    Ok(document(&answer))
}

fn read(app: &App, asked: &Asked) -> Result<Question, Failure> {
    let city = app.city();
    let action = match asked.action.as_deref() {
        Some(word) => Some(find_action(app, word).ok_or_else(|| unknown("行为", "act", word))?),
        None => None,
    };
    let facts = match asked.who.as_deref() {
        Some(who) if who.len() > MAX_WHO => {
            return Err(bad(
                format!("who 太长：最多{MAX_WHO}字节。"),
                format!("`who` is too long: at most {MAX_WHO} bytes."),
            ));
        }
        Some(who) if !who.trim().is_empty() => {
            notice::read_facts(city.context(), "who", Arc::from(who))
                .map_err(|found| Failure::BadInput(first(&found)))?
        }
        _ => Facts::default(),
    };
    let place = match (asked.point, asked.place.as_deref()) {
        (Some(_), Some(_)) => {
            return Err(bad(
                "where 与 point 只能给一个。".into(),
                "Give `where` or `point`, not both.".into(),
            ));
        }
        (Some((lon, lat)), None) => {
            if !((-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat)) {
                return Err(bad(
                    format!("point 应是 [经度, 纬度]，单位度；收到 [{lon}, {lat}]。"),
                    format!("`point` is [longitude, latitude] in degrees; got [{lon}, {lat}]."),
                ));
            }
            Whereabouts::Point(asked::places_at(app, (lon, lat)))
        }
        (None, Some(word)) => Whereabouts::Within(
            find_place(app, word).ok_or_else(|| unknown("地点", "place", word))?,
        ),
        (None, None) => Whereabouts::Unsaid,
    };
    let at = match asked.at.as_deref() {
        Some(text) => moments::read(city, text).ok_or_else(|| {
            bad(
                "at 应像 2022-01-06T10:00 或 2022-01-06T10:00:00+08:00。".into(),
                "`at` looks like 2022-01-06T10:00 or 2022-01-06T10:00:00+08:00.".into(),
            )
        })?,
        None => app.now(),
    };
    Ok(Question {
        action,
        facts,
        place,
        at,
    })
}

fn bad(zh: String, en: String) -> Failure {
    Failure::BadInput(Label::new(zh, en))
}

fn unknown(zh: &str, en: &str, word: &str) -> Failure {
    let word = crate::text::shorten(word, 60);
    bad(
        format!("没有这样的{zh}：“{word}”。"),
        format!("There is no such {en}: “{word}”."),
    )
}

/// The first thing wrong with facts, with its hint.
fn first(found: &[Diagnostic]) -> Label {
    let Some(first) = found.first() else {
        return Label::new("who 没有看懂。", "`who` was not understood.");
    };
    let said = |lang| {
        let (colon, stop) = match lang {
            Lang::Zh => ("：", "。"),
            Lang::En => (": ", "; "),
        };
        let message = first.message.get(lang);
        let said = match &first.hint {
            Some(hint) => format!("who{colon}{message}{stop}{}", hint.get(lang)),
            None => format!("who{colon}{message}"),
        };
        crate::text::shorten(&said, 600)
    };
    Label::new(said(Lang::Zh), said(Lang::En))
}

fn document(value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => (
            [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "no-store"),
            ],
            bytes,
        )
            .into_response(),
        Err(e) => Failure::Ours(e.to_string()).into_response(),
    }
}

fn summary(app: &App, notice: &Notice) -> Value {
    let city = app.city();
    json!({
        "slug": notice.slug,
        "title": notice.title,
        "title_en": notice.english.title,
        "issuer": notice.issuer,
        "issuer_name": { "zh": app.office_name(&notice.issuer, Lang::Zh), "en": app.office_name(&notice.issuer, Lang::En) },
        "issued": moments::rfc3339(city, notice.issued),
        "in_force": {
            "from": moments::rfc3339(city, notice.in_force.from),
            "until": notice.in_force.until.map(|u| moments::rfc3339(city, u)),
        },
        "topics": notice.topics,
        "demo": notice.demo,
        "rules": notice.rules.len(),
        "text_version": notice.text_version.to_string(),
    })
}

fn rule(app: &App, notice: &Notice, rule: &Rule) -> Value {
    let state = match standing::of_rule(app.city(), notice, rule, app.now()) {
        Standing::Coming(_) => "coming",
        Standing::Acting => "acting",
        Standing::Resting => "resting",
        Standing::Over(_) => "over",
    };
    json!({
        "address": format!("{}#{}", notice.slug, rule.name),
        "clause": notice.clauses.get(usize::from(rule.clause.0)).map(Clause::citation),
        "says": { "zh": app.speaker(Lang::Zh).rule(notice, rule), "en": app.speaker(Lang::En).rule(notice, rule) },
        "exceptions": rule.exceptions.iter().map(|e| format!("{}#{}/{}", notice.slug, rule.name, e.name)).collect::<Vec<_>>(),
        "state": state,
        "demo": rule.demo,
    })
}

/// `GET /api/notices`
pub async fn notices(State(app): State<Arc<App>>) -> Response {
    let list: Vec<Value> = app.latest().into_iter().map(|n| summary(&app, n)).collect();
    document(&json!({ "notices": list }))
}

/// `GET /api/notices/{slug}`
pub async fn notice(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
) -> Result<Response, Failure> {
    let notice = app.notice(&slug).ok_or(Failure::NotFound)?;
    let mut value = summary(&app, notice);
    value["rules"] = notice.rules.iter().map(|r| rule(&app, notice, r)).collect();
    value["text"] = json!(&*notice.source);
    Ok(document(&value))
}

/// `GET /api/places/{code}`
pub async fn place(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
) -> Result<Response, Failure> {
    let all = app.city().places.all();
    let (id, place) = app.place(&code).ok_or(Failure::NotFound)?;
    let parent = place
        .parent
        .and_then(|p| all.get(p.0 as usize))
        .map(|p| p.code.as_str());
    let rules: Vec<Value> = rules_here(&app, id)
        .into_iter()
        .map(|(notice, r, reach)| {
            let mut value = rule(&app, notice, r);
            value["reach"] = json!(match reach {
                Reach::All => "all",
                Reach::Part => "part",
            });
            value
        })
        .collect();
    Ok(document(&json!({
        "code": place.code, "name": place.name, "parent": parent, "demo": place.demo, "rules": rules,
    })))
}

/// `GET /api/openapi.json`
pub async fn description() -> Response {
    (
        [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "public, max-age=300"),
        ],
        openapi::document().to_string(),
    )
        .into_response()
}

/// `GET /api`
pub async fn page(State(app): State<Arc<App>>, reader: Reader) -> Response {
    let description = openapi::document();
    let paths = description["paths"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let body = html! {
        div .api-page {
            h1 { (reader.say("开放接口", "API")) }
            p .lede {
                (reader.say("页面上的每个回答，程序也能取到。没有密钥，没有登记；出错时返回 problem+json（RFC 9457）。", "Every answer of the pages, for programs. No key, no registration; errors come as problem+json (RFC 9457)."))
            }
            p { a href="/api/openapi.json" { "OpenAPI 3.1" } " · " a href="/feed.atom" { "Atom" } }
            h2 .rubric { (reader.say("问一个问题", "Ask a question")) }
            pre tabindex="0" { code { (reader.say(EXAMPLE, EXAMPLE_EN)) } }
            table .api-table {
                thead { tr { th scope="col" { (reader.say("字段", "Field")) } th scope="col" { (reader.say("意思", "Meaning")) } } }
                tbody {
                    @for (field, zh, en) in FIELDS {
                        tr { th scope="row" { code { (field) } } td { (reader.say(zh, en)) } }
                    }
                }
            }
            h2 .rubric { (reader.say("回答", "The answer")) }
            table .api-table {
                thead { tr { th scope="col" { (reader.say("字段", "Field")) } th scope="col" { (reader.say("意思", "Meaning")) } } }
                tbody {
                    @for (field, zh, en) in ANSWER {
                        tr { th scope="row" { code { (field) } } td { (reader.say(zh, en)) } }
                    }
                }
            }
            h2 .rubric { (reader.say("全部地址", "All addresses")) }
            dl .api-paths {
                @for (path, methods) in &paths {
                    @for (method, about) in methods.as_object().into_iter().flatten() {
                        div {
                            dt { span .method { (method.to_uppercase()) } " " code { (path) } }
                            dd { (about[reader.say("x-summary-zh", "summary")].as_str().unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    };
    let frame = Frame {
        way: "/api",
        ..Frame::default()
    };
    layout::framed(&app, &reader, reader.say("开放接口", "API"), &frame, body)
}

const EXAMPLE: &str = r#"curl -s http://127.0.0.1:8080/api/ask -H 'Content-Type: application/json' -d '{
  "do": "驶入", "who": "货车, 车型 = 重型, 燃料 = 柴油, 用途 = 民生保障",
  "where": "中环以内", "at": "2022-01-06T10:00" }'"#;

const EXAMPLE_EN: &str = r#"curl -s http://127.0.0.1:8080/api/ask -H 'Content-Type: application/json' -d '{
  "do": "drive", "who": "truck, size class = heavy, fuel = diesel, use = daily needs",
  "where": "Middle Ring", "at": "2022-01-06T10:00" }'"#;

const FIELDS: [(&str, &str, &str); 6] = [
    (
        "do",
        "想做的事；不写就列出管着对象的一切规定",
        "what they want to do; without it everything that binds them is listed",
    ),
    (
        "who",
        "已知的事实，用逗号隔开；没说的就是不知道",
        "known facts, separated by commas; what is not said is unknown",
    ),
    (
        "where",
        "地点的名称、代码或路径",
        "a place's name, code or path",
    ),
    (
        "point",
        "[经度, 纬度]（WGS-84），代替 where",
        "[longitude, latitude] (WGS-84), instead of where",
    ),
    ("at", "时间；不写就是现在", "the instant; now, if absent"),
    ("notice", "只问这一份公告", "only this notice"),
];

const ANSWER: [(&str, &str, &str); 8] = [
    (
        "verdict",
        "allowed 可以 · forbidden 不可以 · required 必须 · limited 有限度 · depends 要看情况 · conflict 互相矛盾",
        "allowed · forbidden · required · limited · depends · conflict",
    ),
    (
        "because",
        "起作用的每一条：公告、规定、除外、条款、原文、作用",
        "every clause that had a part: notice, rule, exception, clause, text, effect",
    ),
    (
        "limits",
        "生效的限度：指标、上限、下限、单位",
        "limits that hold: measure, at_most, at_least, unit",
    ),
    (
        "duties",
        "没有给出 do 时：管着对象的一切规定",
        "without `do`: everything that binds the subject",
    ),
    (
        "until",
        "回答下一次改变的时刻；没有就是 null",
        "the next instant at which the answer changes; null if it never does",
    ),
    (
        "needs",
        "verdict 为 depends 时，下一个要问的事实和它的取值",
        "if it depends: the fact to ask next, and its values",
    ),
    ("at", "所问的时刻", "the instant asked about"),
    (
        "text_version",
        "所依据文本的版本",
        "the version of the texts it rests on",
    ),
];

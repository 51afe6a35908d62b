//! The editor: a text, what was found in it, what it says and for whom it changes what; a second officer's signature; publishing.

use super::{carried, findings, refused, said, told, why};
use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::sign_in::{faced, wrong};
use crate::people::{Asked, Visitor};
use crate::publishing::{Desk, Drafted, Looked, Stopped};
use crate::reader::Reader;
use crate::wording::{self, mixed};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use forms::publish::{DraftText, Proof};
use jiff::Timestamp;
use ledger::name::TextVersion;
use maud::{Markup, html};
use notice::Label;
use std::sync::Arc;

/// What stands in the editor.
struct Shown {
    /// Empty while a new notice has no name yet.
    slug: String,
    text: String,
    draft: Option<DraftText>,
    /// The saved text that was before the officer's eyes when they began.
    over: Option<TextVersion>,
    /// From when on it is to stand; nothing is from its publication on.
    from: Option<Timestamp>,
}

impl Shown {
    /// Whether the text is the draft as it is saved.
    fn is_saved(&self) -> bool {
        let draft = self.draft.as_ref();
        draft.is_some_and(|draft| {
            draft.text == TextVersion::of(self.text.as_bytes()) && draft.from == self.from
        })
    }
}

/// What is said above the text.
#[derive(Default)]
struct Above {
    status: Option<StatusCode>,
    why: Option<Label>,
    /// What was found against something other than publishing the text: against withdrawing the notice.
    proof: Option<Proof>,
}

/// `GET /desk/notices/new`
pub async fn blank(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let desk = match Desk::of(app.clone(), visitor.standing(&app)) {
        Ok(desk) => desk,
        Err(stopped) => return told(&app, &reader, stopped),
    };
    let shown = Shown {
        slug: String::new(),
        text: template(&desk),
        draft: None,
        over: None,
        from: None,
    };
    page(&desk, &reader, &visitor, shown, Above::default()).await
}

/// `GET /desk/notices/{slug}`
pub async fn open(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(slug): Path<String>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let desk = match Desk::of(app.clone(), visitor.standing(&app)) {
        Ok(desk) => desk,
        Err(stopped) => return told(&app, &reader, stopped),
    };
    opened(&desk, &reader, &visitor, &slug, Above::default()).await
}

async fn opened(
    desk: &Desk,
    reader: &Reader,
    visitor: &Visitor,
    slug: &str,
    above: Above,
) -> Result<Response, Failure> {
    let shown = match desk.draft(slug).await? {
        Some(Drafted { draft, text }) => Shown {
            slug: slug.to_owned(),
            text,
            over: Some(draft.text),
            from: draft.from,
            draft: Some(draft),
        },
        None => {
            let paper = desk.paper(slug).ok_or(Failure::NotFound)?;
            let last = paper.last_text().ok_or(Failure::NotFound)?;
            Shown {
                slug: slug.to_owned(),
                text: last.source.to_string(),
                draft: None,
                over: None,
                from: None,
            }
        }
    };
    if let Err(denied) = desk.may_write(slug, shown.draft.as_ref()) {
        let may_sign = shown
            .draft
            .as_ref()
            .map(|draft| desk.may_sign(draft).is_ok());
        if may_sign != Some(true) {
            return Ok(refused(&desk.app, reader, &denied));
        }
    }
    page(desk, reader, visitor, shown, above).await
}

/// `POST /desk/notices/edit`: look at the text, or save it.
pub async fn edit(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    "/desk/notices".clone_into(&mut reader.here);
    let desk = match Desk::of(app.clone(), visitor.standing(&app)) {
        Ok(desk) => desk,
        Err(stopped) => return told(&app, &reader, stopped),
    };
    let slug = fields.get("slug").unwrap_or_default().to_owned();
    let over = TextVersion::try_from(fields.typed("over").to_owned()).ok();
    let mut text = fields.typed("text").replace("\r\n", "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let before = desk.draft(&slug).await?.map(|drafted| drafted.draft);
    if let Err(denied) = desk.may_write(&slug, before.as_ref()) {
        return Ok(refused(&app, &reader, &denied));
    }
    let mut above = Above::default();
    let from = super::time(&desk, fields.typed("from"));
    if let Err(stopped) = &from {
        let (status, label) = why(stopped);
        above.status = Some(status);
        above.why = Some(label);
    }
    if let (Ok(from), "save") = (&from, fields.typed("do")) {
        let saved = match super::request(&fields) {
            Ok(request) => desk.save(&slug, &text, (over, *from), request).await,
            Err(stopped) => Err(stopped),
        };
        match saved {
            Ok(_) => return Ok(super::to(&format!("/desk/notices/{slug}"))),
            Err(Stopped::Denied(denied)) => return Ok(refused(&app, &reader, &denied)),
            Err(Stopped::Failure(failure)) => return Err(failure),
            Err(stopped) => {
                let (status, label) = why(&stopped);
                above.status = Some(status);
                above.why = Some(label);
            }
        }
    }
    let shown = Shown {
        draft: before,
        slug,
        text,
        over,
        from: from.unwrap_or_default(),
    };
    page(&desk, &reader, &visitor, shown, above).await
}

/// The editor again, with what stopped somebody from signing, publishing or withdrawing.
pub(super) async fn again(
    desk: &Desk,
    reader: &Reader,
    visitor: &Visitor,
    slug: &str,
    stopped: Stopped,
) -> Result<Response, Failure> {
    let mut reader = reader.clone();
    reader.here = format!("/desk/notices/{slug}");
    let (status, label) = why(&stopped);
    let above = Above {
        status: Some(status),
        why: Some(label),
        proof: match stopped {
            Stopped::Found(proof) => Some(*proof),
            _ => None,
        },
    };
    opened(desk, &reader, visitor, slug, above).await
}

async fn page(
    desk: &Desk,
    reader: &Reader,
    visitor: &Visitor,
    shown: Shown,
    above: Above,
) -> Result<Response, Failure> {
    let (app, csrf) = (&*desk.app, visitor.csrf());
    let named = if shown.slug.is_empty() {
        "unnamed"
    } else {
        &shown.slug
    };
    let looked = desk
        .look(named, Some(&shown.text), desk.from(shown.from))
        .await?;
    let paper = desk.paper(&shown.slug);
    let title = match (paper.and_then(|p| p.last_text()), shown.slug.is_empty()) {
        (Some(notice), _) => reader.say(
            format!("更正：{}", notice.title),
            format!("Correct: {}", wording::title(reader, notice).text),
        ),
        (None, true) => reader.say("起草新公告", "Write a new notice").to_owned(),
        (None, false) => reader.say(
            format!("草稿 {}", shown.slug),
            format!("Draft {}", shown.slug),
        ),
    };
    let refuses = looked.proof.refuses();
    let publish = match (shown.is_saved(), shown.draft.as_ref()) {
        (true, Some(draft)) => publishing(desk, reader, &csrf, draft, refuses)?,
        _ => html! {
            p .fine { (reader.say("保存草稿以后，由本机构负责人复核签字，再发布。", "Once the draft is saved, the head of the office reads and signs it; then it is published.")) }
        },
    };
    let withdrawing = withdrawing(desk, reader, &csrf, &shown.slug)?;
    let body = html! {
        nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/desk/notices" { (reader.say("公告工作台", "Notices at the desk")) } } } }
        h1 { (mixed(reader, &title)) }
        (wrong(reader, above.why.as_ref()))
        @if let Some(proof) = &above.proof { (findings::found(reader, &proof.findings)) }
        div .desk {
            section .desk-text aria-labelledby="text-head" {
                h2 #text-head .rubric { (reader.say("文本", "The text")) }
                (form(desk, reader, &csrf, &shown)?)
            }
            section .desk-found aria-labelledby="found" {
                (looked_at(app, reader, &looked))
            }
        }
        section aria-labelledby="publish" {
            h2 #publish .rubric { (reader.say("复核与发布", "Signing and publishing")) }
            (publish)
        }
        (withdrawing)
    };
    let response = layout::personal(app, reader, &title, body);
    Ok(match above.status {
        Some(status) => faced(response, status),
        None => response,
    })
}

fn form(desk: &Desk, reader: &Reader, csrf: &str, shown: &Shown) -> Result<Markup, Failure> {
    let new = desk.paper(&shown.slug).is_none() && shown.draft.is_none();
    let request = desk.app.new_request()?;
    let over = shown.over.map(|over| over.to_string());
    let civil = |at| desk.app.city().zone.to_datetime(at);
    let from = shown.from.map(|from| moments::field(civil(from)));
    Ok(html! {
        form .editor action="/desk/notices/edit" method="post" {
            input type="hidden" name="csrf" value=(csrf);
            input type="hidden" name="request" value=(request);
            input type="hidden" name="over" value=(over.unwrap_or_default());
            @if new {
                div .field {
                    label for="slug" { (reader.say("短名（地址里用，如 night-noise）", "Short name (stands in addresses, like night-noise)")) }
                    input #slug type="text" name="slug" value=(shown.slug) maxlength="64" required pattern="[a-z0-9\\-]+" autocomplete="off" spellcheck="false";
                }
            } @else {
                input type="hidden" name="slug" value=(shown.slug);
            }
            div .field {
                label for="text" { (reader.say("Markdown，规则写在各段下面", "Markdown, the rules under their paragraphs")) }
                textarea #text name="text" rows="26" required spellcheck="false" lang="zh-CN" { (shown.text) }
            }
            div .field .desk-from {
                label for="from" { (reader.say("什么时候起生效（不写：一发布就生效）", "From when on it is to stand (nothing: from its publication on)")) }
                input #from type="datetime-local" name="from" value=[from];
            }
            p .desk-go {
                button .button type="submit" name="do" value="check" { (reader.say("检验", "Look at it")) }
                " "
                button .button .quiet type="submit" name="do" value="save" { (reader.say("保存草稿", "Save the draft")) }
            }
            p .fine { (reader.say("有错误也可以先保存；改动以后，原来的签字作废。", "A draft may be saved with mistakes in it. A change makes an earlier signature void.")) }
        }
    })
}

fn looked_at(app: &App, reader: &Reader, looked: &Looked) -> Markup {
    let proof = &looked.proof;
    let errors = proof
        .findings
        .iter()
        .filter(|f| f.severity == notice::Severity::Error);
    let errors = errors.count();
    html! {
        h2 #found .rubric { (reader.say("检验结果", "What was found")) }
        @if errors > 0 {
            p .desk-verdict .no { (reader.say(format!("{errors} 处错误，处理以前不能发布"), match errors { 1 => "1 error: it cannot be published before it is mended".to_owned(), _ => format!("{errors} errors: it cannot be published before they are mended") })) }
        } @else {
            p .desk-verdict .yes { (reader.say("没有错误，与其他公告也没有矛盾", "No errors, and no contradiction with other notices")) }
        }
        (findings::found(reader, &proof.findings))
        @if let Some(notice) = &proof.notice {
            h2 .rubric { (reader.say("机器读到的是", "What it says, as understood")) }
            (said::back(app, reader, notice))
            h2 .rubric { (reader.say("与现行规定相比，对谁有什么变化", "For whom it changes what is in force")) }
            (said::changes(reader, looked.changes.as_ref()))
        }
    }
}

/// The signature, and publishing once there is one.
fn publishing(
    desk: &Desk,
    reader: &Reader,
    csrf: &str,
    draft: &DraftText,
    refuses: bool,
) -> Result<Markup, Failure> {
    let app = &*desk.app;
    let slug = draft.slug.as_str();
    let at = |at| moments::hour_seen_from(app.city().zone.to_datetime(at), reader.now, reader.lang);
    let begins = |at| moments::start(app.city().zone.to_datetime(at), reader.now, reader.lang);
    let writer = draft
        .hands
        .last()
        .and_then(|hand| name(app, reader, hand.as_str()));
    let hidden = carried(desk, csrf, slug)?;
    let drop = carried(desk, csrf, slug)?;
    Ok(html! {
        p {
            (reader.say("草稿保存于", "The draft was saved ")) (at(draft.saved))
            @if let Some(writer) = writer { (reader.say("，", ", by ")) (findings::named(reader, &writer)) }
            (reader.say("。", "."))
            @if let Some(from) = draft.from { " " (reader.say(format!("打算{}起生效。", begins(from)), format!("It is to stand from {} on.", begins(from)))) }
        }
        @match &draft.signed {
            _ if refuses => p { (reader.say("先处理上面的错误，才能签字、发布。", "Mend the errors above; then it can be signed and published.")) },
            None => @match desk.may_sign(draft) {
                Ok(_) => form .desk-form action="/desk/notices/sign" method="post" {
                    (hidden)
                    input type="hidden" name="version" value=(draft.text);
                    p { (reader.say("您作为第二人复核：读过上面的文本、机器的复述和变化，认为可以发布。", "You are the second officer: you have read the text, what it says and what it changes, and stand by it.")) }
                    button .button type="submit" { (reader.say("复核签字", "Sign it")) }
                },
                Err(denied) => p .desk-wait {
                    (reader.say("等人复核签字。", "It waits for a second officer. "))
                    (mixed(reader, denied.label(app.city()).get(reader.lang))) (reader.say("。", "."))
                },
            },
            Some(signature) => {
                p {
                    (reader.say("已复核签字：", "Signed: "))
                    @if let Some(signer) = name(app, reader, signature.by.as_str()) { (findings::named(reader, &signer)) (reader.say("，", ", ")) }
                    (at(signature.at)) (reader.say("。", "."))
                }
                form .desk-form action="/desk/notices/publish" method="post" {
                    (hidden)
                    input type="hidden" name="version" value=(draft.text);
                    button .button type="submit" {
                        @match draft.from {
                            None => (reader.say("立即发布", "Publish now")),
                            Some(from) => (reader.say(format!("发布，{}起生效", begins(from)), format!("Publish, to stand from {} on", begins(from)))),
                        }
                    }
                }
            }
        }
        form .desk-drop action="/desk/notices/drop" method="post" {
            (drop)
            input type="hidden" name="version" value=(draft.text);
            button .quiet-button type="submit" { (reader.say("放弃这份草稿", "Drop this draft")) }
        }
    })
}

fn withdrawing(desk: &Desk, reader: &Reader, csrf: &str, slug: &str) -> Result<Markup, Failure> {
    let last = desk.paper(slug).and_then(|paper| paper.editions.last());
    let stands = last.is_some_and(|last| last.notice.is_some());
    if !stands || desk.may_withdraw(slug).is_err() {
        return Ok(html! {});
    }
    let hidden = carried(desk, csrf, slug)?;
    Ok(html! {
        section aria-labelledby="withdraw" {
            h2 #withdraw .rubric { (reader.say("撤回这份公告", "Withdraw this notice")) }
            p { (reader.say("撤回以后，它的规则和名额不再有效；各版文本仍可查阅，理由人人可见。", "Afterwards its rules and offers hold no more. Every version stays readable, and everybody sees the reason.")) }
            form .desk-form action="/desk/notices/withdraw" method="post" {
                (hidden)
                div .field {
                    label for="reason" { (reader.say("理由", "Reason")) }
                    textarea #reason name="reason" rows="3" maxlength="500" required {}
                }
                button .button .quiet type="submit" { (reader.say("撤回", "Withdraw it")) }
            }
        }
    })
}

/// A colleague's name: those of the demo city's people are told.
fn name(app: &App, reader: &Reader, person: &str) -> Option<String> {
    let mut invented = app.city().people.iter().filter(|_| app.is_demo());
    let found = invented.find(|known| known.id == person)?;
    Some(found.name.get(reader.lang).to_owned())
}

/// What a new notice begins as.
fn template(desk: &Desk) -> String {
    let app = &desk.app;
    let now = app.now();
    let issued = moments::rfc3339(app.city(), now.with().second(0).build().unwrap_or(now));
    let from = now.date().tomorrow().unwrap_or(now.date());
    format!(
        "+++\ntitle    = \"\"\nissuer   = \"{}\"\nissued   = {issued}\nin_force = \"{from}T00:00/\"\n+++\n\n## 一、\n\n",
        desk.own_office()
    )
}

//! What somebody is told whom the powers do not let onto a desk's page.

use crate::app::App;
use crate::layout;
use crate::pages::sign_in::faced;
use crate::reader::Reader;
use crate::wording::{self, mixed};
use axum::http::StatusCode;
use axum::response::Response;
use forms::people::powers::Denied;
use maud::{Markup, html};

/// Under the page's own title: why not, whom to ask, the clauses, and the way to the powers.
pub fn page(app: &App, reader: &Reader, title: &str, denied: &Denied) -> Response {
    let label = denied.label(app.city());
    let body = html! {
        div .narrow {
            h1 { (title) }
            div .notice-line role="alert" { p { (mixed(reader, label.get(reader.lang))) } }
            (clauses(app, reader, denied))
            p { a href="/notices/powers" { (reader.say("看权责清单", "See the list of powers")) } }
        }
    };
    faced(
        layout::personal(app, reader, title, body),
        StatusCode::FORBIDDEN,
    )
}

/// The clauses that a refusal cites, each with its way.
pub fn clauses(app: &App, reader: &Reader, denied: &Denied) -> Markup {
    html! {
        @if !denied.clauses().is_empty() {
            ul .plain {
                @for because in denied.clauses() {
                    li { a href={ "/notices/" (because.notice) "#" (because.rule) } { (wording::cited(app, reader, because)) } }
                }
            }
        }
    }
}

//! What somebody is told whom the powers do not let onto a desk's page.

use crate::app::App;
use crate::layout;
use crate::pages::sign_in::faced;
use crate::reader::Reader;
use crate::wording::mixed;
use axum::http::StatusCode;
use axum::response::Response;
use forms::people::powers::Denied;
use maud::html;

/// Under the page's own title: why not, whom to ask, and the way to the powers.
pub fn page(app: &App, reader: &Reader, title: &str, denied: &Denied) -> Response {
    let label = denied.label(app.city());
    let body = html! {
        div .narrow {
            h1 { (title) }
            div .notice-line role="alert" { p { (mixed(reader, label.get(reader.lang))) } }
            p { a href="/notices/powers" { (reader.say("看权责清单", "See the list of powers")) } }
        }
    };
    faced(
        layout::personal(app, reader, title, body),
        StatusCode::FORBIDDEN,
    )
}

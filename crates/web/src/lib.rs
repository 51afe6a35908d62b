//! Pages, forms, the JSON API and feeds of a loaded city.
//!
//! The one central type is [`App`]: a compiled city, a clock, and what is built once at the start. [`router`] answers
//! requests from it, [`serve`] puts the router on a listener. Everything a page loads is inside the binary.
//!
//! ```no_run
//! # async fn example(book: decide::Book) -> std::io::Result<()> {
//! let app = web::App::new(book, web::Clock::real());
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! let stop = async {
//!     let _ = tokio::signal::ctrl_c().await;
//! };
//! web::serve(listener, web::router(app), stop).await;
//! # Ok(())
//! # }
//! ```

mod app;
mod asked;
mod assets;
mod bookings;
mod chart;
mod clock;
mod dictionary;
mod drawing;
mod editions;
mod failure;
mod flow;
#[cfg(test)]
mod guards;
mod headers;
mod house;
mod known;
mod layout;
mod metrics;
mod moments;
mod offer;
mod openapi;
mod pages;
mod params;
mod people;
mod posting;
mod prose;
pub mod publishing;
mod reader;
mod search;
mod server;
mod sheet;
mod standing;
mod state;
mod steps;
mod table;
mod text;
mod verdict;
mod wording;

pub use app::App;
pub use bookings::beacon::Beacon;
pub use bookings::clockwork::keep_time;
pub use clock::Clock;
pub use people::{
    AnySessions, Keeping, NOTICE as ACCOUNTS, People, Stopped, TEXT as ACCOUNTS_TEXT, Unkept,
    said as said_facts, staff,
};
pub use posting::{Carrier, Outgoing, Pushes, deliver};
pub use server::serve;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// No body is larger (bytes).
const MAX_BODY: usize = 64 * 1024;
/// A notice's text in a form, where a Chinese character takes nine bytes (bytes).
const MAX_TEXT_BODY: usize = 4 * forms::publish::TEXT_BYTES_MAX;
/// No answer takes longer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Every page, form, feed and API of a city.
pub fn router(app: impl Into<Arc<App>>) -> Router {
    house::House::open(app.into()).router()
}

fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(pages::front::show))
        .route("/notices", get(pages::notices::show))
        .route("/notices/{slug}", get(pages::notice::show))
        .route("/ask", get(pages::ask::show).post(pages::ask::show))
        .route("/map", get(pages::map::show))
        .route("/map/places.geojson", get(pages::map::places))
        .route("/map/lines.geojson", get(pages::map::lines))
        .route("/map/enterprises.geojson", get(pages::map::enterprises))
        .route("/places/{code}", get(pages::place::show))
        .route("/registers/{name}", get(pages::register::show))
        .route("/enterprises/{id}", get(pages::enterprise::show))
        .route("/search", get(pages::search::show))
        .route("/feed.atom", get(pages::feed::show))
        .route("/preferences", post(pages::preferences::change))
        .route(
            "/sign-in",
            get(pages::sign_in::show).post(pages::sign_in::enter),
        )
        .route("/sign-in/demo", post(pages::sign_in::enter_demo))
        .route("/sign-in/passkey", post(pages::passkeys::enter))
        .route(
            "/sign-in/passkey/options",
            post(pages::passkeys::ask_to_enter),
        )
        .route(
            "/open-account",
            get(pages::open_account::show).post(pages::open_account::open),
        )
        .route(
            "/sign-in/code",
            get(pages::code::show_sign_in).post(pages::code::send_sign_in),
        )
        .route("/sign-in/code/enter", post(pages::code::enter_sign_in))
        .route(
            "/new-password",
            get(pages::code::show_new_password).post(pages::code::send_new_password),
        )
        .route("/new-password/enter", post(pages::code::enter_new_password))
        .route(
            "/me/confirm-mail",
            get(pages::code::show_confirm).post(pages::code::send_confirm),
        )
        .route("/me/confirm-mail/enter", post(pages::code::enter_confirm))
        .route("/demo/mailbox", get(pages::mailbox::show))
        .route("/desk/outbox", get(pages::desk_outbox::show))
        .route("/desk/outbox/again", post(pages::desk_outbox::again))
        .route(
            "/desk/hooks",
            get(pages::desk_hooks::show).post(pages::desk_hooks::act),
        )
        .route(
            "/desk/posts",
            get(pages::desk_posts::show).post(pages::desk_posts::appoint),
        )
        .route("/desk/posts/end", post(pages::desk_posts::end))
        .route("/sign-out", post(pages::devices::sign_out))
        .route(
            "/sign-out-everywhere",
            post(pages::devices::sign_out_everywhere),
        )
        .route("/menu", get(pages::menu::show))
        .route("/menu/figures", get(pages::menu_figures::show))
        .route(
            "/menu/wishes",
            get(pages::menu::wishes).post(pages::menu::make),
        )
        .route("/menu/wishes/withdraw", post(pages::menu::withdraw))
        .route(
            "/desk/timetable",
            get(pages::timetable::show).post(pages::timetable::answer),
        )
        .route("/me", get(pages::me::show))
        .route("/me/name", post(pages::me::state_name))
        .route(
            "/me/children",
            get(pages::children::show).post(pages::children::ask),
        )
        .route("/me/push", post(pages::push::change))
        .route(pages::push::WORKER, get(pages::push::worker))
        .route("/me/devices", get(pages::devices::show))
        .route("/me/devices/end", post(pages::devices::end))
        .route(
            "/me/passkeys",
            get(pages::passkeys::show).post(pages::passkeys::add),
        )
        .route("/me/passkeys/options", post(pages::passkeys::ask_to_add))
        .route("/me/passkeys/remove", post(pages::passkeys::remove))
        .route(
            "/me/forget",
            get(pages::forget::show).post(pages::forget::forget),
        )
        .route("/me/bookings", get(pages::mine::show))
        .route("/me/bookings/{number}", get(pages::mine::booking::show))
        .route(
            "/me/bookings/{number}/receipt.json",
            get(pages::mine::booking::receipt),
        )
        .route(
            "/me/bookings/{number}/booking.ics",
            get(pages::mine::booking::event),
        )
        .route(
            "/me/bookings/{number}/cancel",
            post(pages::mine::booking::cancel),
        )
        .route(
            "/me/bookings/{number}/accept",
            post(pages::mine::booking::accept),
        )
        .route(
            "/me/bookings/{number}/feedback",
            post(pages::mine::feedback::give),
        )
        .route(
            "/me/bookings/{number}/feedback/withdraw",
            post(pages::mine::feedback::withdraw),
        )
        .route("/me/calendar", post(pages::mine::calendar::change))
        .route("/calendar/{file}", get(pages::mine::calendar::show))
        .route("/offers", get(pages::offers::show))
        .route("/offers/{notice}/{offer}", get(pages::offers::offer::show))
        .route(
            "/offers/{notice}/{offer}/draw",
            get(pages::offers::draw::show),
        )
        .route(
            "/offers/{notice}/{offer}/draw.json",
            get(pages::offers::draw::file),
        )
        .route(
            "/offers/{notice}/{offer}/live",
            get(pages::offers::offer::live),
        )
        .route(
            "/offers/{notice}/{offer}/book",
            get(pages::offers::book::show).post(pages::offers::book::step),
        )
        .route("/notices/{slug}/versions", get(pages::versions::list))
        .route(
            "/notices/{slug}/versions/{number}",
            get(pages::versions::one),
        )
        .route("/notices/{slug}/changes", get(pages::versions::changes))
        .route("/desk/notices", get(pages::desk::show))
        .route("/desk/notices/new", get(pages::desk::blank))
        .route(
            "/desk/notices/edit",
            post(pages::desk::edit).layer(DefaultBodyLimit::max(MAX_TEXT_BODY)),
        )
        .route(
            "/desk/notices/{slug}",
            get(pages::desk::open).post(pages::desk::act),
        )
        .route(
            "/me/certificates",
            get(pages::certificates::mine::show).post(pages::certificates::mine::ask),
        )
        .route(
            "/me/certificates/name",
            post(pages::certificates::mine::show_name),
        )
        .route(
            "/me/certificates/{file}",
            get(pages::certificates::mine::file),
        )
        .route("/certificates", get(pages::certificates::check::show))
        .route(
            "/certificates/revoked.json",
            get(pages::certificates::check::revoked),
        )
        .route(
            "/certificates/{serial}",
            get(pages::certificates::check::one).post(pages::certificates::check::name),
        )
        .route(
            "/certificates/{serial}/void",
            get(pages::certificates::void::show).post(pages::certificates::void::make),
        )
        .route(
            "/certificates/{serial}/replace",
            get(pages::certificates::replace::show).post(pages::certificates::replace::make),
        )
        .route(
            "/notices/{slug}/commended",
            get(pages::certificates::commended::show),
        )
        .merge(pages::staff::routes())
        .merge(pages::season::routes())
        .route("/api", get(pages::api::page))
        .route("/api/openapi.json", get(pages::api::description))
        .route("/api/ask", post(pages::api::ask))
        .route("/api/notices", get(pages::api::notices))
        .route("/api/notices/{slug}", get(pages::api::notice))
        .route("/api/places/{code}", get(pages::api::place))
        .route("/assets/{file}", get(assets::serve))
        .route("/healthz", get(healthz))
        .route("/metrics", get(metrics::serve))
        .fallback(|| async { StatusCode::NOT_FOUND })
}

/// Routes with everything that every request goes through.
fn guarded(app: Arc<App>, routes: Router<Arc<App>>) -> Router {
    routes
        // From the inside out.
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            TIMEOUT,
        ))
        .layer(from_fn_with_state(app.clone(), failure::show))
        .layer(from_fn(headers::not_modified))
        .layer(CompressionLayer::new().gzip(true))
        .layer(from_fn(headers::secure))
        .layer(from_fn_with_state(app.clone(), metrics::count))
        .with_state(app)
}

async fn healthz() -> ([(header::HeaderName, HeaderValue); 2], &'static str) {
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    let no_store = HeaderValue::from_static("no-store");
    (
        [
            (header::CONTENT_TYPE, plain),
            (header::CACHE_CONTROL, no_store),
        ],
        "ok\n",
    )
}

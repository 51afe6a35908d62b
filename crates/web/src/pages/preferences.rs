//! Language, type size and theme, kept in cookies of the reader's own browser for a year.

use crate::failure::Failure;
use crate::params::Form;
use crate::reader;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use notice::Lang;

/// `POST /preferences`
pub async fn change(Form(form): Form) -> Result<Response, Failure> {
    let mut response =
        (StatusCode::SEE_OTHER, [(header::CACHE_CONTROL, "no-store")]).into_response();
    let lang = form
        .get("lang")
        .and_then(reader::language)
        .map(|lang| match lang {
            Lang::Zh => "zh",
            Lang::En => "en",
        });
    let theme = form
        .get("theme")
        .filter(|t| matches!(*t, "auto" | "light" | "dark"));
    let size = form
        .get("size")
        .filter(|s| matches!(*s, "normal" | "large"));
    for (name, value) in [("lang", lang), ("theme", theme), ("size", size)] {
        if let Some(value) = value {
            let cookie =
                format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
        }
    }
    // Only back into this house: an address of elsewhere would make an open redirect.
    let back = form
        .get("back")
        .filter(|b| b.starts_with('/') && !b.starts_with("//") && !b.contains('\\'))
        .and_then(|b| HeaderValue::from_str(b).ok())
        .unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, back);
    Ok(response)
}

//! Styles, scripts and pictures inside the binary, under names that change with their bytes.

use crate::failure::Failure;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// One embedded file.
pub(super) struct Asset {
    /// Its name in the source (`tongxin.css`).
    name: &'static str,
    /// Its address, hash included.
    path: &'static str,
    bytes: &'static [u8],
    /// The same, packed at build time.
    brotli: Option<&'static [u8]>,
}

/// The address of an asset by its name in the source; `None` if it was not built.
pub fn address(name: &str) -> Option<&'static str> {
    ASSETS.iter().find(|a| a.name == name).map(|a| a.path)
}

/// The bytes of an asset by its name in the source, for the few that have an address of their own.
pub fn bytes(name: &str) -> Option<&'static [u8]> {
    ASSETS.iter().find(|a| a.name == name).map(|a| a.bytes)
}

/// `GET /assets/{file}`
pub async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    let asset = ASSETS
        .iter()
        .find(|a| a.path.strip_prefix("/assets/") == Some(file.as_str()))
        .ok_or(Failure::NotFound)?;
    let kind = match asset.name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    };
    let takes_brotli = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.split(',').any(|e| e.trim() == "br"));
    let fixed = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "Accept-Encoding"),
    ];
    Ok(match asset.brotli.filter(|_| takes_brotli) {
        Some(packed) => {
            let mut response = (fixed, packed).into_response();
            let brotli = HeaderValue::from_static("br");
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, brotli);
            response
        }
        None => (fixed, asset.bytes).into_response(),
    })
}

//! Headers of every response: what a browser may load and do, and whether it has the page already.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// Nothing is loaded from elsewhere and nothing inline runs. `data:` pictures and `blob:` are MapLibre's.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Marks the response of a page that may ask for the camera: it reads codes at a door.
#[derive(Debug, Clone, Copy)]
pub struct Camera;

/// Adds the security headers.
pub async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let policy = match response.extensions().get::<Camera>() {
        Some(Camera) => "camera=(self), microphone=(), geolocation=(self), payment=(), usb=()",
        None => "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
    };
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", policy),
    ] {
        let value = HeaderValue::from_static(value);
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
    response
}

/// Answers 304 where the reader has the same bytes already.
pub async fn not_modified(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let mut response = next.run(request).await;
    let Some(known) = known.as_ref().and_then(|v| v.to_str().ok()) else {
        return response;
    };
    let same = reads
        && response.status() == StatusCode::OK
        && response
            .headers()
            .get(header::ETAG)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|tag| matches(known, tag));
    if same {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
            response.headers_mut().remove(name);
        }
    }
    response
}

/// Weak comparison (RFC 9110): `W/` does not count.
fn matches(known: &str, tag: &str) -> bool {
    let bare = |t: &str| t.trim().trim_start_matches("W/").to_owned();
    known.trim() == "*" || known.split(',').any(|k| bare(k) == bare(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_compare_weakly() {
        assert!(matches("\"a\", W/\"b\"", "W/\"b\""));
        assert!(matches("*", "\"x\""));
        assert!(!matches("\"a\"", "W/\"b\""));
    }
}

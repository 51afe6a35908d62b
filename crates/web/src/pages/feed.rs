//! `/feed.atom`: the notices as an Atom feed (RFC 4287).

use crate::app::App;
use crate::moments;
use crate::people::scheme;
use crate::reader::Reader;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::Arc;

const ENTRIES: usize = 50;

/// `GET /feed.atom`
pub async fn show(State(app): State<Arc<App>>, reader: Reader, headers: HeaderMap) -> Response {
    // Addresses in a feed are whole. The host is the reader's own word; it is escaped like any other text.
    let host = headers
        .get(header::HOST)
        .and_then(|h| h.to_str().ok())
        .unwrap_or("localhost");
    let scheme = scheme(&headers);
    let root = escape(&format!("{scheme}://{host}"));
    let city = app.city();
    let latest = app.latest();
    let updated = latest.first().map_or(reader.now, |n| n.issued);
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">\n",
    );
    let _ = write!(
        out,
        "<title>{}公告 · 同心 Tongxin</title>\n<id>{root}/</id>\n<updated>{}</updated>\n<link rel=\"self\" href=\"{root}/feed.atom\"/>\n<link href=\"{root}/\"/>\n",
        escape(&city.name.zh),
        moments::rfc3339(city, updated),
    );
    for notice in latest.iter().take(ENTRIES) {
        let summary = notice
            .clauses
            .iter()
            .find(|c| !c.text.is_empty())
            .map_or("", |c| c.text.as_str());
        let issued = moments::rfc3339(city, notice.issued);
        let _ = write!(
            out,
            "<entry>\n<title>{}</title>\n<id>{root}/notices/{slug}</id>\n<updated>{issued}</updated>\n<published>{issued}</published>\n\
             <author><name>{}</name></author>\n<link href=\"{root}/notices/{slug}\"/>\n<link rel=\"alternate\" type=\"text/markdown\" href=\"{root}/notices/{slug}.md\"/>\n<summary>{}</summary>\n",
            escape(&notice.title),
            escape(&app.office_name(&notice.issuer, notice::Lang::Zh)),
            escape(&crate::text::shorten(summary, 300)),
            slug = escape(&notice.slug.0),
        );
        for topic in &notice.topics {
            let _ = writeln!(out, "<category term=\"{}\"/>", escape(topic));
        }
        out.push_str("</entry>\n");
    }
    out.push_str("</feed>\n");
    let tag: String = Sha256::digest(out.as_bytes())
        .iter()
        .take(12)
        .map(|b| format!("{b:02x}"))
        .collect();
    (
        [
            (
                header::CONTENT_TYPE,
                "application/atom+xml; charset=utf-8".to_owned(),
            ),
            (header::CACHE_CONTROL, "no-cache".to_owned()),
            (header::ETAG, format!("W/\"{tag}\"")),
        ],
        out,
    )
        .into_response()
}

/// XML text. Characters that XML 1.0 does not have are left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn text_is_escaped() {
        assert_eq!(
            super::escape("<a href=\"x\">&\u{0}\u{1b}"),
            "&lt;a href=&quot;x&quot;&gt;&amp;"
        );
    }
}

//! Who reads a page, as far as it matters for showing it: language, theme, type size, the moment.

use crate::app::App;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use axum::http::request::Parts;
use jiff::civil::DateTime;
use notice::Lang;
use std::convert::Infallible;
use std::sync::Arc;

/// Choices of the person who reads, and when they read.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The language they read.
    pub lang: Lang,
    /// Light or dark, or as their system says.
    pub theme: Theme,
    /// Large type (适老化).
    pub large: bool,
    /// The city's civil time, taken once for the whole page.
    pub now: DateTime,
    /// Path and query they asked for, to come back to after changing a choice.
    pub here: String,
}

/// Colours of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system says.
    Auto,
    /// Ink on paper.
    Light,
    /// Paper on ink.
    Dark,
}

impl Theme {
    /// Where the colours by night hold; `None` is nowhere.
    pub fn dark_media(self) -> Option<&'static str> {
        match self {
            Theme::Auto => Some("(prefers-color-scheme: dark)"),
            Theme::Light => None,
            Theme::Dark => Some("all"),
        }
    }

    /// Its word in cookies and attributes.
    pub fn word(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

impl Reader {
    /// The Chinese or the English words, whichever is read. Both stand side by side, so neither can be missing.
    pub fn say<T>(&self, zh: T, en: T) -> T {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// The reader of a request.
    pub fn of(parts: &Parts, app: &App) -> Reader {
        let cookie = |name: &str| cookie(&parts.headers, name).map(str::to_owned);
        let asked = parts.uri.query().and_then(|query| {
            form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == "lang")
                .map(|(_, value)| value.into_owned())
        });
        let lang = asked
            .as_deref()
            .and_then(language)
            .or_else(|| cookie("lang").as_deref().and_then(language))
            .or_else(|| {
                let header = parts.headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
                preferred(header)
            })
            .unwrap_or_default();
        let theme = match cookie("theme").as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::Auto,
        };
        let here = parts
            .uri
            .path_and_query()
            .map_or_else(|| "/".to_owned(), |p| p.as_str().to_owned());
        Reader {
            lang,
            theme,
            large: cookie("size").as_deref() == Some("large"),
            now: app.now(),
            here,
        }
    }
}

/// The first cookie of this name.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(COOKIE).iter();
    cookies
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// `zh`, `zh-CN`, `en`, `en-GB`, … → the language.
pub fn language(tag: &str) -> Option<Lang> {
    match tag.trim().split(['-', '_']).next()? {
        primary if primary.eq_ignore_ascii_case("zh") => Some(Lang::Zh),
        primary if primary.eq_ignore_ascii_case("en") => Some(Lang::En),
        _ => None,
    }
}

/// The known language that an `Accept-Language` header weighs most; the earlier one of equals.
fn preferred(header: &str) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for part in header.split(',').take(16) {
        let (tag, weight) = part.split_once(';').unwrap_or((part, ""));
        let weight = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|q| q.parse::<f32>().ok())
            .unwrap_or(1.0);
        if let Some(lang) = language(tag)
            && weight > 0.0
            && best.is_none_or(|(top, _)| weight > top)
        {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

impl FromRequestParts<Arc<App>> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Reader::of(parts, app))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weightiest_known_language_is_read() {
        assert_eq!(preferred("zh-CN,zh;q=0.9,en;q=0.8"), Some(Lang::Zh));
        assert_eq!(preferred("fr, en-GB;q=0.7, zh;q=0.5"), Some(Lang::En));
        assert_eq!(preferred("fr"), None);
        assert_eq!(preferred("zh;q=0, en;q=0.1"), Some(Lang::En));
        assert_eq!(preferred("zh;q=🙂"), Some(Lang::Zh));
        assert_eq!(language("EN_us"), Some(Lang::En));
    }
}

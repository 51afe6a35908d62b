//! What the targets read against: the demo city's words and a few places.

#[path = "../../../crates/notice/tests/support/places.rs"]
mod places;

use jiff::tz::TimeZone;
use notice::{Context, Diagnostic, Lang, Vocabulary, diagnostic};
use std::sync::LazyLock;

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let text = include_str!("../../../cities/taiyuan-2022/vocabulary.toml");
    Vocabulary::read("vocabulary.toml", text).unwrap_or_default()
});
static ZONE: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::fixed(jiff::tz::offset(8)));

/// The context of every run.
pub fn context() -> Context<'static> {
    Context {
        vocabulary: &VOCABULARY,
        gazetteer: &places::Places,
        zone: &ZONE,
    }
}

/// Findings have a place in the text, and can be shown.
pub fn sound(found: &[Diagnostic]) {
    for one in found {
        assert!(one.place.span.start <= one.place.span.end);
        assert!(one.place.span.end <= one.place.text.len());
    }
    assert!(!diagnostic::render_all(found, Lang::Zh).is_empty() || found.is_empty());
    let _ = diagnostic::render_all(found, Lang::En);
}

//! What tests of this crate share: the demo city's words, a small gazetteer, the city's zone.

#![allow(clippy::unwrap_used, dead_code)]

pub mod places;

use jiff::tz::TimeZone;
use notice::{Context, Vocabulary};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The words of the demo city, read once.
static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let path = root().join("cities/taiyuan-2022/vocabulary.toml");
    let text = std::fs::read_to_string(path).unwrap();
    Vocabulary::read("vocabulary.toml", &text).unwrap()
});
static ZONE: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Asia/Shanghai").unwrap());

/// Runs with the words of the demo city.
pub fn with<T>(run: impl FnOnce(Context<'_>) -> T) -> T {
    run(Context {
        vocabulary: &VOCABULARY,
        gazetteer: &places::Places,
        zone: &ZONE,
    })
}

//! Random and mutated texts never make the reader panic, and every span it reports lies in the text.
//! The fuzz targets in `fuzz/` look deeper; this runs with every `make test` on a stable compiler.

mod support;

use notice::{Diagnostic, Lang, diagnostic, read_condition, read_facts, read_notice, read_when};
use proptest::prelude::*;

const SEED: &str = include_str!("../../../docs/notices/night-noise.md");
const OFFER: &str = include_str!("offers/reading-volunteers.md");

fn sound(found: &[Diagnostic]) {
    for one in found {
        assert!(one.place.span.start <= one.place.span.end, "{one:?}");
        assert!(one.place.span.end <= one.place.text.len(), "{one:?}");
        assert!(!one.message.zh.is_empty() && !one.message.en.is_empty());
    }
    let _ = diagnostic::render_all(found, Lang::Zh);
    let _ = diagnostic::render_all(found, Lang::En);
}

/// Pieces of the language, so that random texts get past the first sign.
fn phrase() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("货车"),
        Just("车型"),
        Just("重型"),
        Just("总质量"),
        Just("4.5 t"),
        Just("持有通行证"),
        Just("24 h"),
        Just("2022-01-15"),
        Just("= { "),
        Just(" }"),
        Just("\""),
        Just("名单"),
        Just("错峰停产"),
        Just("中环以内"),
        Just("节假日"),
        Just("周一至周五"),
        Just("07:00-20:00"),
        Just("RRULE:FREQ=MONTHLY;BYDAY=1SU"),
        Just("且"),
        Just("或"),
        Just("非"),
        Just("="),
        Just("<="),
        Just("属于"),
        Just("包含"),
        Just("介于"),
        Just("与"),
        Just("("),
        Just(")"),
        Just(","),
        Just("\u{ff0c}"),
        Just("、"),
        Just(" "),
        Just("99999999999999999999"),
        Just("\u{0}"),
        Just("é"),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let reading = support::with(|context| read_notice(context, "a.md", &bytes));
        sound(&reading.diagnostics);
    }

    #[test]
    fn a_notice_with_wounds(
        seed in prop::sample::select(vec![SEED, OFFER]),
        wounds in prop::collection::vec((0..SEED.len(), any::<u8>(), 0usize..40), 1..6),
    ) {
        let mut bytes = seed.as_bytes().to_vec();
        for (at, byte, gone) in wounds {
            let at = at.min(bytes.len().saturating_sub(1));
            let end = (at + gone).min(bytes.len());
            bytes.splice(at..end, [byte]);
        }
        let reading = support::with(|context| read_notice(context, "a.md", &bytes));
        prop_assert!(reading.notice.is_some() || !reading.diagnostics.is_empty());
        sound(&reading.diagnostics);
    }

    #[test]
    fn a_notice_with_a_phrase_inside(
        seed in prop::sample::select(vec![SEED, OFFER]),
        at in 0..OFFER.len().min(SEED.len()),
        phrase in phrase(),
    ) {
        let mut text = seed.to_owned();
        let at = (at..).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.insert_str(at, &phrase);
        let reading = support::with(|context| read_notice(context, "a.md", text.as_bytes()));
        sound(&reading.diagnostics);
    }

    #[test]
    fn any_phrase(phrase in prop_oneof![phrase(), any::<String>()]) {
        support::with(|context| {
            let start = jiff::civil::date(2022, 1, 1);
            for found in [
                read_condition(context, "test", phrase.as_str().into()).err(),
                read_facts(context, "test", phrase.as_str().into()).err(),
                read_when(context, "test", phrase.as_str().into(), start).err(),
            ].into_iter().flatten() {
                assert!(!found.is_empty());
                sound(&found);
            }
        });
    }
}

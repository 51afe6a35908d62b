//! Any bytes as a notice: no panic, and every finding lies in the text.

#![no_main]

mod city;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let reading = notice::read_notice(city::context(), "fuzz.md", bytes);
    assert!(reading.notice.is_some() || !reading.diagnostics.is_empty());
    city::sound(&reading.diagnostics);
});

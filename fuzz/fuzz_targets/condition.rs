//! Any text as a condition, a list of facts and a line of `when`: no panic, and every finding lies in the text.

#![no_main]

mod city;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let start = jiff::civil::date(2022, 1, 1);
    let context = city::context();
    if let Err(found) = notice::read_condition(context, "fuzz", text.into()) {
        city::sound(&found);
    }
    if let Err(found) = notice::read_facts(context, "fuzz", text.into()) {
        city::sound(&found);
    }
    if let Err(found) = notice::read_when(context, "fuzz", text.into(), start) {
        city::sound(&found);
    }
});

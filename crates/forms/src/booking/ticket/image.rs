//! A text as a QR code.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

/// Light modules around the code (ISO/IEC 18004 §9.1).
const MARGIN: usize = 4;

/// A QR code as SVG, black on white whatever the page's colours are, for doors read no other. It has no size of its own, and
/// mends up to 15 % of it being unreadable (level M). `title` is what it says to those who do not see it. `None` for a text
/// that is too long: more than 2,331 bytes.
#[must_use]
pub fn svg(text: &str, title: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let mut dark = String::new();
    for y in 0..code.size {
        let row = &code[y];
        let mut x = 0;
        while x < row.len() {
            let length = row[x..].iter().take_while(|module| module.value()).count();
            if length > 0 {
                // Runs of a row, so that no hair lines show between modules beside each other.
                let (x, y) = (x + MARGIN, y + MARGIN);
                let _ = write!(dark, "M{x} {y}h{length}v1h-{length}z");
            }
            x += length.max(1);
        }
    }
    let side = code.size + 2 * MARGIN;
    let title = escaped(title);
    Some(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" shape-rendering="crispEdges"><title>{title}</title><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{dark}"/></svg>"##
    ))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().filter(|c| !c.is_control()) {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    escaped
}

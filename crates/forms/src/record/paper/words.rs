//! Text on paper: what a face cannot set is said, and long texts are broken into lines.

use super::font::Face;
use super::sheet::{Sheet, Type};

/// Marks that must not begin a line.
const NOT_FIRST: &str = "，。、；：！？）》〉」』】〕”’…％·,.;:!?)]}%";
/// Marks that must not end one.
const NOT_LAST: &str = "（《〈「『【〔“‘([{";

/// A text that the face can set: a character that it lacks is written as its number, `〔U+2A6A5〕`, never as an empty box.
/// Control characters are left out.
pub fn settable(face: &Face, text: &str) -> (String, bool) {
    let mut plain = String::with_capacity(text.len());
    let mut lacking = false;
    for c in text.chars().filter(|c| !c.is_control()) {
        // How a glyph is to vary, or be joined: nothing that stands by itself.
        if matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{feff}')
        {
            continue;
        }
        if face.has(c) {
            plain.push(c);
        } else {
            lacking = true;
            plain.push_str(&format!("〔U+{:04X}〕", u32::from(c)));
        }
    }
    (plain, lacking)
}

/// Breaks a text into lines no wider than this. Latin words and numbers stay whole if they fit a line; the space after a
/// line's last word stays, so that who copies the text gets the words apart.
pub fn lines(sheet: &Sheet, text: &str, kind: Type, width: f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let wider = format!("{line}{piece}");
        if line.is_empty() || sheet.width(wider.trim_end(), kind) <= width {
            line = wider;
            continue;
        }
        lines.push(line);
        line = piece.trim_start().to_owned();
    }
    if !line.trim().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// What must not be broken: a word, or a character with the marks that belong to it.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut open = false;
    for c in text.chars() {
        let joins = pieces.last().is_some_and(|piece| {
            let before = piece.chars().last();
            let word = |c: char| c.is_ascii_graphic() && !NOT_FIRST.contains(c);
            open || NOT_FIRST.contains(c)
                || before.is_some_and(|b| (word(b) && word(c)) || (b.is_ascii_graphic() && c == ' '))
                // Inside numbers, times and addresses.
                || before.is_some_and(|b| ",.:;%!?".contains(b) && word(c))
        });
        match pieces.last_mut() {
            Some(piece) if joins => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
        open = NOT_LAST.contains(c);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::super::font::Weight;
    use super::*;

    #[test]
    fn what_cannot_be_set_is_said_by_its_number() {
        let face = Face::new(Weight::Regular).unwrap();
        assert_eq!(settable(&face, "李𪚥"), ("李〔U+2A6A5〕".to_owned(), true));
        assert_eq!(
            settable(&face, "a\u{0}b\u{202e}c"),
            ("abc".to_owned(), false)
        );
        // Names have rare characters, and the middle dot.
        let names = "彧翀玥珺喆赟旻昱垚淼犇骉堃璟婳禤仝仉妫亓邰尕吖镕祎烜";
        assert_eq!(settable(&face, names), (names.to_owned(), false));
        assert!(!settable(&face, "阿依古丽·买买提").1);
    }

    #[test]
    fn lines_are_broken_where_a_typesetter_would() {
        let sheet = Sheet::new(100.0, 100.0).unwrap();
        let kind = Type {
            weight: Weight::Regular,
            size: 10.0,
            colour: [0.0; 3],
            spaced: 0.0,
        };
        assert_eq!(
            lines(&sheet, "天地玄黄宇宙洪荒，日月盈昃。", kind, 80.0),
            ["天地玄黄宇宙洪", "荒，日月盈昃。"]
        );
        assert_eq!(
            lines(&sheet, "between 12 and 20 March 2022", kind, 80.0),
            ["between 12 and ", "20 March 2022"]
        );
        assert_eq!(
            lines(&sheet, "天地（玄黄）宇宙", kind, 30.0),
            ["天地", "（玄", "黄）宇", "宙"]
        );
        assert_eq!(lines(&sheet, "", kind, 30.0), [""; 0]);
        // What fits no line stands alone on one.
        assert_eq!(
            lines(&sheet, "ab incomprehensibilities", kind, 30.0).len(),
            2
        );
    }
}

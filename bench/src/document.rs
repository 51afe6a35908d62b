//! The page that keeps the tables: each section stands between two marks, so that a run replaces what it measured and nothing else.

use anyhow::{Context, Result};
use std::path::Path;

/// Replaces a section of the page at `path`.
pub fn write(path: &Path, section: &str, text: &str) -> Result<()> {
    let page = std::fs::read_to_string(path)?;
    let page = replaced(&page, section, text)
        .with_context(|| format!("{} has no marks for {section}", path.display()))?;
    Ok(std::fs::write(path, page)?)
}

fn replaced(page: &str, section: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(&format!("<!-- measured: {section} -->\n"))?;
    let end = format!("<!-- end: {section} -->");
    let (_, after) = rest.split_once(&end)?;
    Some(format!(
        "{before}<!-- measured: {section} -->\n{}\n{end}{after}",
        text.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let page = "a\n<!-- measured: x -->\nold\n<!-- end: x -->\nb\n<!-- measured: y -->\n<!-- end: y -->\n";
        let written = "a\n<!-- measured: x -->\nnew\n<!-- end: x -->\nb\n<!-- measured: y -->\n<!-- end: y -->\n";
        assert_eq!(replaced(page, "x", "new\n").as_deref(), Some(written));
        assert_eq!(replaced(written, "x", "new").as_deref(), Some(written));
        assert_eq!(replaced(page, "z", "new"), None);
    }
}

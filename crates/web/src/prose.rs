//! A notice's Markdown as HTML: raw HTML is shown as text, links lead only where links may lead, blocks become cards.

use notice::Notice;
use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html,
};

/// A piece of a notice, in order.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// Headings, lists, tables, quotes: HTML.
    Prose(String),
    /// A paragraph: HTML and its byte offset in the text.
    Paragraph(String, usize),
    /// A fenced block of the language: its byte offset in the text.
    Block(usize),
}

/// The pieces of a notice. A first heading that repeats the title is left out: the page has it already.
pub fn pieces(notice: &Notice) -> Vec<Piece> {
    let body = notice.source.get(notice.body.clone()).unwrap_or_default();
    let mut pieces = render(body, notice.body.start);
    if let Some(Piece::Prose(first)) = pieces.first()
        && first.starts_with("<h2")
        && first.contains(&format!(
            ">{}<",
            maud::html! { (notice.title) }.into_string()
        ))
    {
        pieces.remove(0);
    }
    pieces
}

fn render(body: &str, offset: usize) -> Vec<Piece> {
    let parser = Parser::new_ext(body, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let mut pieces = Vec::new();
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    let mut block = false;
    for (event, range) in parser.into_offset_iter() {
        let opens = matches!(event, Event::Start(_));
        let closes = matches!(event, Event::End(_));
        if depth == 0 {
            start = range.start;
            block = matches!(&event, Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if is_block(info));
        }
        depth += usize::from(opens);
        depth -= usize::from(closes && depth > 0);
        events.push(tame(event));
        if depth > 0 {
            continue;
        }
        if block {
            pieces.push(Piece::Block(offset + start));
            events.clear();
        } else {
            let paragraph = matches!(events.first(), Some(Event::Start(Tag::Paragraph)));
            let mut out = String::new();
            html::push_html(&mut out, events.drain(..));
            pieces.push(match paragraph {
                true => Piece::Paragraph(out, offset + start),
                false => Piece::Prose(out),
            });
        }
    }
    pieces
}

/// Blocks that the language knows; others are shown as they stand.
fn is_block(info: &str) -> bool {
    let form = info.split_whitespace().next();
    form.is_some_and(|form| notice::text::BLOCKS.contains(&form))
}

/// Takes the teeth out of an event. The page's own title is the only first-level heading.
fn tame(event: Event<'_>) -> Event<'_> {
    let level = |l| match l {
        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H2,
        HeadingLevel::H3 => HeadingLevel::H3,
        _ => HeadingLevel::H4,
    };
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Heading { level: l, .. }) => Event::Start(Tag::Heading {
            level: level(l),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        }),
        Event::End(TagEnd::Heading(l)) => Event::End(TagEnd::Heading(level(l))),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: safe(dest_url),
            title,
            id,
        }),
        // Pictures would be loaded from elsewhere: their words stand in their place.
        Event::Start(Tag::Image { .. }) => Event::Start(Tag::Emphasis),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Emphasis),
        other => other,
    }
}

/// A link to a web page, a mail address or a place in this house; anything else leads nowhere.
fn safe(address: CowStr<'_>) -> CowStr<'_> {
    let lower = address.trim().to_ascii_lowercase();
    let scheme = lower.split_once(':').map(|(scheme, _)| scheme);
    let fine = match scheme {
        Some("http" | "https" | "mailto") => true,
        Some(scheme) => scheme.contains(['/', '#', '?']),
        None => true,
    };
    if fine { address } else { "#".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html_of(text: &str) -> String {
        render(text, 0)
            .into_iter()
            .map(|piece| match piece {
                Piece::Prose(html) | Piece::Paragraph(html, _) => html,
                Piece::Block(at) => format!("[{at}]"),
            })
            .collect()
    }

    #[test]
    fn raw_html_is_text_and_links_are_tame() {
        let hostile = "<script>alert(1)</script>\n\n坏<img src=x onerror=alert(1)>字 [a](javascript:alert(1)) [b](JaVaScRiPt:x) [c](/ask) [d](data:text/html,x) ![图](https://x/y.png)";
        let html = html_of(hostile);
        assert!(
            !html.contains("<script")
                && !html.contains("<img")
                && !html.to_lowercase().contains("javascript:"),
            "{html}"
        );
        assert!(
            html.contains("href=\"/ask\"")
                && !html.contains("data:text")
                && html.contains("<em>图</em>"),
            "{html}"
        );
    }

    #[test]
    fn blocks_keep_their_place() {
        let text = "# 题\n\n## 一\n\n第一段。\n\n```rule a\nforbid = \"生产\"\n```\n\n- 项\n\n```text\n原样\n```\n";
        let pieces = render(text, 10);
        assert!(matches!(pieces[0], Piece::Prose(ref h) if h.starts_with("<h2>题")));
        assert!(
            matches!(pieces[2], Piece::Paragraph(_, at) if text[at - 10..].starts_with("第一段"))
        );
        assert!(matches!(pieces[3], Piece::Block(at) if text[at - 10..].starts_with("```rule a")));
        assert!(matches!(pieces[4], Piece::Prose(ref h) if h.contains("<ul>")));
        assert!(matches!(pieces[5], Piece::Prose(ref h) if h.contains("<pre>")));
    }
}

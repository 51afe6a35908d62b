//! One page of PDF: lines, boxes and text in two faces, every text tagged for those who have the page read out.

use jiff::Timestamp;
use pdf_writer::types::{CidFontType, FontFlags, StructRole, SystemInfo, TabOrder, UnicodeCmap};
use pdf_writer::writers::StructTreeRoot;
use pdf_writer::{Content, Date, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

use super::font::{Face, Weight};

/// Red, green, blue, from 0 to 1.
pub type Colour = [f32; 3];

/// A page that is being laid out. Lengths are points (1/72 inch) from its upper left corner.
pub struct Sheet {
    width: f32,
    height: f32,
    content: Content,
    faces: [Face; 2],
    elements: Vec<Element>,
    /// Marked content so far, by the element that it belongs to.
    marked: Vec<usize>,
    /// Where elements are put now.
    parent: Option<usize>,
}

struct Element {
    role: StructRole,
    parent: Option<usize>,
    content: Vec<i32>,
    alt: Option<String>,
    lang: Option<&'static str>,
}

/// What a document is called, for those who look at files.
pub struct About<'a> {
    /// Its title.
    pub title: &'a str,
    /// Who issued it.
    pub author: &'a str,
    /// When.
    pub at: Timestamp,
}

/// How a text is set.
#[derive(Clone, Copy)]
pub struct Type {
    /// Its face.
    pub weight: Weight,
    /// Its size.
    pub size: f32,
    /// Its colour.
    pub colour: Colour,
    /// More space after each character.
    pub spaced: f32,
}

impl Sheet {
    /// A page of this size.
    pub fn new(width: f32, height: f32) -> Option<Self> {
        Some(Self {
            width,
            height,
            content: Content::new(),
            faces: [Face::new(Weight::Regular)?, Face::new(Weight::Bold)?],
            elements: Vec::new(),
            marked: Vec::new(),
            parent: None,
        })
    }

    /// The regular face, which has every character that can be set.
    pub const fn face(&self) -> &Face {
        &self.faces[0]
    }

    fn of(&self, weight: Weight, c: char) -> usize {
        usize::from(weight == Weight::Bold && self.faces[1].has(c))
    }

    /// How wide a text is.
    pub fn width(&self, text: &str, kind: Type) -> f32 {
        let widths = text.chars().map(|c| {
            let face = &self.faces[self.of(kind.weight, c)];
            face.width(c).mul_add(kind.size, kind.spaced)
        });
        widths.sum::<f32>() - if text.is_empty() { 0.0 } else { kind.spaced }
    }

    /// Opens an element that holds others, puts into it, closes it.
    pub fn within(&mut self, role: StructRole, fill: impl FnOnce(&mut Self)) {
        let outer = self.parent;
        self.elements.push(Element {
            role,
            parent: outer,
            content: Vec::new(),
            alt: None,
            lang: None,
        });
        self.parent = Some(self.elements.len() - 1);
        fill(self);
        self.parent = outer;
    }

    /// Draws what one element is.
    fn element(
        &mut self,
        role: StructRole,
        alt: Option<String>,
        lang: Option<&'static str>,
        draw: impl FnOnce(&mut Self),
    ) {
        let id = i32::try_from(self.marked.len()).unwrap_or(i32::MAX);
        self.elements.push(Element {
            role,
            parent: self.parent,
            content: vec![id],
            alt,
            lang,
        });
        self.marked.push(self.elements.len() - 1);
        let mut mark = self
            .content
            .begin_marked_content_with_properties(role.to_name());
        mark.properties().identify(id);
        mark.finish();
        draw(self);
        self.content.end_marked_content();
    }

    /// A text that is read out as `role`, its first line's foot at `y`. In English if `english`.
    pub fn say(&mut self, role: StructRole, english: bool, lines: &[(f32, f32, &str)], kind: Type) {
        let lang = english.then_some("en");
        self.element(role, None, lang, |sheet| {
            for (x, y, text) in lines {
                sheet.show(*x, *y, text, kind);
            }
        });
    }

    /// A picture with what it says to those who do not see it.
    pub fn figure(&mut self, alt: String, draw: impl FnOnce(&mut Self)) {
        self.element(StructRole::Figure, Some(alt), None, draw);
    }

    /// Draws what means nothing and is not read out.
    pub fn ornament(&mut self, draw: impl FnOnce(&mut Self)) {
        self.content.begin_marked_content(Name(b"Artifact"));
        draw(self);
        self.content.end_marked_content();
    }

    /// Sets one line of text.
    fn show(&mut self, x: f32, y: f32, text: &str, kind: Type) {
        let [r, g, b] = kind.colour;
        self.content.begin_text();
        self.content.set_fill_rgb(r, g, b);
        self.content.set_char_spacing(kind.spaced);
        self.content.next_line(x, self.height - y);
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let face = self.of(kind.weight, first);
            let end = rest
                .char_indices()
                .find(|(_, c)| self.of(kind.weight, *c) != face)
                .map_or(rest.len(), |(at, _)| at);
            let (run, after) = rest.split_at(end);
            let glyphs = run.chars().filter_map(|c| self.faces[face].glyph(c));
            let bytes: Vec<u8> = glyphs.flat_map(u16::to_be_bytes).collect();
            self.content.set_font(Name(FACES[face]), kind.size);
            self.content.show(Str(&bytes));
            rest = after;
        }
        self.content.end_text();
    }

    /// A line.
    pub fn line(&mut self, from: (f32, f32), to: (f32, f32), width: f32, colour: Colour) {
        let [r, g, b] = colour;
        self.content.set_stroke_rgb(r, g, b);
        self.content.set_line_width(width);
        self.content.move_to(from.0, self.height - from.1);
        self.content.line_to(to.0, self.height - to.1);
        self.content.stroke();
    }

    /// A line through many points; closed.
    pub fn curve(&mut self, points: &[(f32, f32)], width: f32, colour: Colour) {
        let [r, g, b] = colour;
        self.content.set_stroke_rgb(r, g, b);
        self.content.set_line_width(width);
        for (n, (x, y)) in points.iter().enumerate() {
            // A tenth of a point is finer than any eye.
            let (x, y) = (tenth(*x), tenth(self.height - y));
            if n == 0 {
                self.content.move_to(x, y);
            } else {
                self.content.line_to(x, y);
            }
        }
        self.content.close_and_stroke();
    }

    /// The outline of a box.
    pub fn frame(&mut self, x: f32, y: f32, width: f32, height: f32, line: f32, colour: Colour) {
        let [r, g, b] = colour;
        self.content.set_stroke_rgb(r, g, b);
        self.content.set_line_width(line);
        self.content
            .rect(x, self.height - y - height, width, height);
        self.content.stroke();
    }

    /// A filled box.
    pub fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        let [r, g, b] = colour;
        self.content.set_fill_rgb(r, g, b);
        self.content
            .rect(x, self.height - y - height, width, height);
        self.content.fill_nonzero();
    }

    /// The PDF. `None` if a face cannot be embedded, which the tests rule out.
    pub fn pdf(self, about: &About<'_>) -> Option<Vec<u8>> {
        let mut next = 0;
        let mut id = || {
            next += 1;
            Ref::new(next)
        };
        let (catalog, pages, page, content, info, metadata) = (id(), id(), id(), id(), id(), id());
        let (tree, document) = (id(), id());
        let elements: Vec<Ref> = self.elements.iter().map(|_| id()).collect();
        let faces: Vec<[Ref; 5]> = self
            .faces
            .iter()
            .map(|_| [id(), id(), id(), id(), id()])
            .collect();
        let mut pdf = Pdf::new();
        pdf.set_version(1, 7);

        let mut root = pdf.catalog(catalog);
        root.pages(pages).lang(TextStr("zh-CN")).metadata(metadata);
        root.mark_info().marked(true);
        root.viewer_preferences().display_doc_title(true);
        root.pair(Name(b"StructTreeRoot"), tree);
        root.finish();
        // Not within the catalog, for its first element points back to it.
        let marked: Vec<Ref> = self.marked.iter().map(|at| elements[*at]).collect();
        let array = id();
        let mut written: StructTreeRoot<'_> = pdf.indirect(tree).start();
        written.child(document).parent_tree_next_key(1);
        written.parent_tree().nums().insert(0, array);
        written.finish();
        pdf.indirect(array).array().items(marked);

        pdf.pages(pages).kids([page]).count(1);
        let mut sheet = pdf.page(page);
        sheet
            .parent(pages)
            .media_box(Rect::new(0.0, 0.0, self.width, self.height))
            .contents(content)
            .struct_parents(0)
            .tab_order(TabOrder::StructureOrder);
        let mut resources = sheet.resources();
        let mut fonts = resources.fonts();
        for (name, refs) in FACES.iter().zip(&faces) {
            fonts.pair(Name(name), refs[0]);
        }
        fonts.finish();
        resources.finish();
        sheet.finish();
        pdf.stream(content, &self.content.finish());

        let mut top = pdf.struct_element(document);
        top.kind(StructRole::Document).parent(tree);
        let mut children = top.children();
        for (element, own) in self.elements.iter().zip(&elements) {
            if element.parent.is_none() {
                children.struct_element(*own);
            }
        }
        children.finish();
        top.finish();
        for (at, (element, own)) in self.elements.iter().zip(&elements).enumerate() {
            let mut written = pdf.struct_element(*own);
            written
                .kind(element.role)
                .parent(element.parent.map_or(document, |parent| elements[parent]))
                .page(page);
            if let Some(alt) = &element.alt {
                written.alt(TextStr(alt));
            }
            if let Some(lang) = element.lang {
                written.lang(TextStr(lang));
            }
            let mut children = written.children();
            for id in &element.content {
                children.marked_content_id(*id);
            }
            for (child, refs) in self.elements.iter().zip(&elements) {
                if child.parent == Some(at) {
                    children.struct_element(*refs);
                }
            }
        }
        for (face, refs) in self.faces.iter().zip(&faces) {
            embed(&mut pdf, face, *refs)?;
        }
        let at = date(about.at);
        pdf.document_info(info)
            .title(TextStr(about.title))
            .author(TextStr(about.author))
            .producer(TextStr("Tongxin 同心"))
            .creation_date(at)
            .modified_date(at);
        pdf.metadata(metadata, xmp(about).as_bytes());
        Some(pdf.finish())
    }
}

/// What the faces are called within the page.
const FACES: [&[u8]; 2] = [b"R", b"B"];

fn tenth(value: f32) -> f32 {
    (value * 10.0).round() / 10.0
}

fn embed(pdf: &mut Pdf, face: &Face, refs: [Ref; 5]) -> Option<()> {
    let [font, cid, descriptor, outlines, unicode] = refs;
    let Some(part) = face.embedded() else {
        // Nothing was set in it; the page names it all the same.
        pdf.type1_font(font).base_font(Name(b"Helvetica"));
        return Some(());
    };
    // The prefix tells parts of one font from each other; within a file that has one part of each it can be any.
    let name = format!("TONGXN+{}", part.name);
    let name = Name(name.as_bytes());
    let system = SystemInfo {
        registry: Str(b"Adobe"),
        ordering: Str(b"Identity"),
        supplement: 0,
    };
    pdf.type0_font(font)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(unicode);
    let mut written = pdf.cid_font(cid);
    written
        .subtype(CidFontType::Type0)
        .base_font(name)
        .system_info(system)
        .font_descriptor(descriptor)
        .default_width(1000.0);
    let mut widths = written.widths();
    for (glyph, (_, width)) in &face.meanings {
        widths.consecutive(*glyph, [*width]);
    }
    widths.finish();
    written.finish();
    let [left, low, right, high] = part.bounds;
    pdf.font_descriptor(descriptor)
        .name(name)
        .flags(FontFlags::SERIF | FontFlags::SYMBOLIC)
        .bbox(Rect::new(left, low, right, high))
        .italic_angle(0.0)
        .ascent(part.ascent)
        .descent(part.descent)
        .cap_height(part.capitals)
        .stem_v(80.0)
        .font_file3(outlines);
    let mut stream = pdf.stream(outlines, &part.outlines);
    stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
    stream.finish();
    let mut map = UnicodeCmap::<u16>::new(Name(b"Tongxin"), system);
    for (glyph, (c, _)) in &face.meanings {
        map.pair(*glyph, *c);
    }
    pdf.stream(unicode, &map.finish());
    Some(())
}

fn date(at: Timestamp) -> Date {
    let at = jiff::tz::TimeZone::UTC.to_datetime(at);
    let small = |value: i8| u8::try_from(value).unwrap_or(0);
    Date::new(u16::try_from(at.year()).unwrap_or(0))
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

/// The same once more, as programs that keep documents read it (XMP).
fn xmp(about: &About<'_>) -> String {
    let escaped = |text: &str| {
        let plain = text.chars().filter(|c| !c.is_control());
        plain.fold(String::new(), |mut all, c| {
            match c {
                '&' => all.push_str("&amp;"),
                '<' => all.push_str("&lt;"),
                '>' => all.push_str("&gt;"),
                c => all.push(c),
            }
            all
        })
    };
    format!(
        r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator><dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language><xmp:CreateDate>{}</xmp:CreateDate></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>"#,
        escaped(about.title),
        escaped(about.author),
        about.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
}

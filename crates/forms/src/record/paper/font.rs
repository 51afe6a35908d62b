//! The two faces of a certificate: which characters they have, how wide these are, and the part of a face that a PDF carries.

use std::collections::BTreeMap;

use subsetter::GlyphRemapper;
use ttf_parser::Face as Tables;

/// Regular, of 8,500 characters.
const REGULAR: &[u8] = include_bytes!("../../../fonts/NotoSerifSC-Regular.otf");
/// Bold, of the fixed words of headings.
const BOLD: &[u8] = include_bytes!("../../../fonts/NotoSerifSC-Bold.otf");

/// Which face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// For everything.
    Regular,
    /// For headings; what it lacks is set in the regular face.
    Bold,
}

/// A face, and what of it has been used.
pub struct Face {
    data: &'static [u8],
    tables: Tables<'static>,
    used: GlyphRemapper,
    /// What each glyph that was used means, and how wide it is, in thousandths of its size.
    pub meanings: BTreeMap<u16, (char, f32)>,
}

/// A face that a PDF can carry.
pub struct Embedded {
    /// Its outlines (CFF).
    pub outlines: Vec<u8>,
    /// Its name without the prefix of a subset.
    pub name: String,
    /// How far it reaches above the line, in thousandths of its size.
    pub ascent: f32,
    /// How far below; negative.
    pub descent: f32,
    /// Height of capital letters.
    pub capitals: f32,
    /// The box that holds every glyph.
    pub bounds: [f32; 4],
}

impl Face {
    /// A face of which nothing was used yet. `None` if the file is no font, which the tests rule out.
    pub fn new(weight: Weight) -> Option<Self> {
        let data = match weight {
            Weight::Regular => REGULAR,
            Weight::Bold => BOLD,
        };
        Some(Self {
            data,
            tables: Tables::parse(data, 0).ok()?,
            used: GlyphRemapper::new(),
            meanings: BTreeMap::new(),
        })
    }

    /// Whether it has a character.
    pub fn has(&self, c: char) -> bool {
        self.tables.glyph_index(c).is_some()
    }

    /// How wide a character is, in sizes of the type.
    pub fn width(&self, c: char) -> f32 {
        let glyph = self.tables.glyph_index(c);
        let advance = glyph.and_then(|glyph| self.tables.glyph_hor_advance(glyph));
        f32::from(advance.unwrap_or(0)) / self.em()
    }

    fn em(&self) -> f32 {
        f32::from(self.tables.units_per_em())
    }

    /// The number that a character has in the part that the PDF will carry.
    pub fn glyph(&mut self, c: char) -> Option<u16> {
        let width = self.width(c) * 1000.0;
        let glyph = self.tables.glyph_index(c)?;
        let own = self.used.remap(glyph.0);
        self.meanings.entry(own).or_insert((c, width));
        Some(own)
    }

    /// The part of it that was used; nothing if nothing was.
    pub fn embedded(&self) -> Option<Embedded> {
        if self.meanings.is_empty() {
            return None;
        }
        let part = subsetter::subset(self.data, 0, &self.used).ok()?;
        let outlines = table(&part, *b"CFF ")?.to_vec();
        let thousandths = |value: i16| f32::from(value) * 1000.0 / self.em();
        let bounds = self.tables.global_bounding_box();
        let name = self.tables.names().into_iter();
        let name = name
            .filter(|name| name.name_id == ttf_parser::name_id::POST_SCRIPT_NAME)
            .find_map(|name| name.to_string());
        Some(Embedded {
            outlines,
            name: name?,
            ascent: thousandths(self.tables.ascender()),
            descent: thousandths(self.tables.descender()),
            capitals: thousandths(self.tables.capital_height().unwrap_or(700)),
            bounds: [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(thousandths),
        })
    }
}

/// A table of an OpenType font.
fn table(font: &[u8], tag: [u8; 4]) -> Option<&[u8]> {
    const DIRECTORY: usize = 12;
    const RECORD: usize = 16;
    let count = u16::from_be_bytes(*font.get(4..)?.first_chunk()?);
    let records = font.get(DIRECTORY..)?.chunks_exact(RECORD);
    let record = records.take(count.into()).find(|r| r.starts_with(&tag))?;
    let number = |at: usize| {
        let bytes = record.get(at..)?.first_chunk()?;
        usize::try_from(u32::from_be_bytes(*bytes)).ok()
    };
    let (from, length) = (number(8)?, number(12)?);
    font.get(from..from.checked_add(length)?)
}

//! What stands where on a certificate.

use fast_qr::{ECL, QRBuilder};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pdf_writer::types::StructRole;

use super::font::Weight;
use super::ornament::rosette;
use super::sheet::{About, Colour, Sheet, Type};
use super::words::{lines, settable};
use super::{NoPaper, Setting};
use crate::record::holder::Holder;
use crate::record::refusal::{chinese, english};
use crate::record::rows::{Certificate, Part};

const WIDTH: f32 = 595.276;
const HEIGHT: f32 = 841.89;
const LEFT: f32 = 84.0;
const RIGHT: f32 = WIDTH - LEFT;
const INK: Colour = [0.114, 0.106, 0.094];
const SOFT: Colour = [0.341, 0.322, 0.29];
const RULE: Colour = [0.82, 0.79, 0.73];
const RED: Colour = [0.702, 0.149, 0.118];
const WASH: Colour = [0.93, 0.78, 0.74];
/// Projects that have a row of their own; what is left stands in one row together.
const ROWS_MAX: usize = 8;

const fn plain(size: f32, colour: Colour) -> Type {
    Type {
        weight: Weight::Regular,
        size,
        colour,
        spaced: 0.0,
    }
}

const fn bold(size: f32, colour: Colour) -> Type {
    Type {
        weight: Weight::Bold,
        ..plain(size, colour)
    }
}

pub fn pdf(
    certificate: &Certificate,
    holder: &Holder,
    setting: &Setting<'_>,
) -> Result<Vec<u8>, NoPaper> {
    let sheet = Sheet::new(WIDTH, HEIGHT).ok_or(NoPaper::Fonts)?;
    let mut page = Page {
        sheet,
        certificate,
        setting,
        lacking: false,
    };
    page.frame();
    page.head();
    let y = page.body(holder);
    let y = page.hours(y);
    let y = page.projects(y);
    page.foot(y)?;
    let title = format!("服务记录证明 {}", certificate.serial);
    let about = About {
        title: &title,
        author: &setting.issuer.zh,
        at: certificate.issued,
    };
    page.sheet.pdf(&about).ok_or(NoPaper::Fonts)
}

struct Page<'a> {
    sheet: Sheet,
    certificate: &'a Certificate,
    setting: &'a Setting<'a>,
    /// A character was not in the faces.
    lacking: bool,
}

impl Page<'_> {
    /// A text that can be set.
    fn text(&mut self, text: &str) -> String {
        let (text, lacking) = settable(self.sheet.face(), text);
        self.lacking |= lacking;
        text
    }

    fn centred(&mut self, role: StructRole, foreign: bool, y: f32, text: &str, kind: Type) {
        let x = (WIDTH - self.sheet.width(text, kind)) / 2.0;
        self.sheet.say(role, foreign, &[(x, y, text)], kind);
    }

    fn at_right(&mut self, role: StructRole, foreign: bool, y: f32, text: &str, kind: Type) {
        let x = RIGHT - self.sheet.width(text, kind);
        self.sheet.say(role, foreign, &[(x, y, text)], kind);
    }

    /// A paragraph from `y` on; gives where it ends.
    fn paragraph(&mut self, foreign: bool, y: f32, text: &str, kind: Type, leading: f32) -> f32 {
        let broken = lines(&self.sheet, text, kind, RIGHT - LEFT);
        let mut at = y;
        let mut placed = Vec::with_capacity(broken.len());
        for line in &broken {
            placed.push((LEFT, at, line.as_str()));
            at += leading;
        }
        self.sheet.say(StructRole::P, foreign, &placed, kind);
        at
    }

    fn frame(&mut self) {
        let serial = self.certificate.serial.as_str();
        self.sheet.ornament(|sheet| {
            rosette(sheet, serial, (WIDTH / 2.0, 138.0), 96.0, WASH);
            for (edge, line, colour) in [(30.0, 1.4, RED), (35.0, 0.4, RED)] {
                sheet.frame(
                    edge,
                    edge,
                    WIDTH - 2.0 * edge,
                    HEIGHT - 2.0 * edge,
                    line,
                    colour,
                );
            }
            // Corners are cut by short lines, as on old bonds.
            for (x, y) in [
                (35.0, 35.0),
                (WIDTH - 35.0, 35.0),
                (35.0, HEIGHT - 35.0),
                (WIDTH - 35.0, HEIGHT - 35.0),
            ] {
                let (dx, dy) = (
                    if x < 100.0 { 14.0 } else { -14.0 },
                    if y < 100.0 { 14.0 } else { -14.0 },
                );
                sheet.line((x + dx, y), (x + dx, y + dy), 0.4, RED);
                sheet.line((x, y + dy), (x + dx, y + dy), 0.4, RED);
            }
        });
    }

    fn head(&mut self) {
        if self.certificate.demo {
            let kind = plain(9.5, RED);
            self.centred(
                StructRole::P,
                false,
                58.0,
                "演示数据，不作证明 · Demo data, proof of nothing",
                kind,
            );
        }
        let city = self.text(&format!("{} · 同心", self.setting.city.zh));
        let kind = Type {
            spaced: 2.0,
            ..plain(10.5, SOFT)
        };
        self.centred(StructRole::P, false, 96.0, &city, kind);
        let kind = Type {
            spaced: 9.0,
            ..bold(35.0, INK)
        };
        self.centred(StructRole::H1, false, 148.0, "服务记录证明", kind);
        let kind = Type {
            spaced: 1.6,
            ..plain(11.0, SOFT)
        };
        self.centred(StructRole::P, true, 173.0, "Record of Service", kind);
        let number = format!("编号 No. {}", self.certificate.serial);
        self.centred(StructRole::P, false, 206.0, &number, plain(9.5, SOFT));
        if let Some(replaced) = &self.certificate.replaces {
            let replaced = format!("代替已作废的 Replaces {replaced}");
            self.centred(StructRole::P, false, 219.0, &replaced, plain(8.5, SOFT));
        }
    }

    fn body(&mut self, holder: &Holder) -> f32 {
        let certificate = self.certificate;
        self.sheet.say(
            StructRole::P,
            false,
            &[(LEFT, 258.0, "兹证明")],
            plain(13.0, INK),
        );
        let name = self.text(holder.name());
        let room = RIGHT - LEFT - 62.0;
        // Names have up to 64 characters; a long one is set smaller, and broken if that is not enough.
        let mut kind = plain(27.0, INK);
        while kind.size > 15.0 && self.sheet.width(&name, kind) > room {
            kind.size -= 1.0;
        }
        let broken = lines(&self.sheet, &name, kind, room);
        let mut y = 260.0;
        let mut placed = Vec::new();
        for line in &broken {
            placed.push((LEFT + 62.0, y, line.as_str()));
            y += kind.size * 1.25;
        }
        self.sheet.say(StructRole::H2, false, &placed, kind);
        let foot = y - kind.size * 1.25 + 9.0;
        self.sheet
            .ornament(|sheet| sheet.line((LEFT + 56.0, foot), (RIGHT, foot), 0.5, RULE));
        let zone = self.setting.zone;
        let (from, to) = (certificate.from, certificate.to);
        let total = certificate.checked().saturating_add(certificate.granted());
        let title = self.text(&certificate.title.zh);
        let text = format!(
            "于{}至{}，按《{title}》提供服务，共{}场，合计{}，达到公告约定的{}。",
            day(from, zone),
            day(to, zone),
            certificate.sessions(),
            chinese(total),
            chinese(certificate.promised),
        );
        let y = self.paragraph(false, foot + 34.0, &text, plain(13.0, INK), 24.0);
        let text = format!(
            "The person named above served in {} sessions from {} to {} under this notice: {} in all, which meets the {} that it asks for.",
            certificate.sessions(),
            english_day(from, zone),
            english_day(to, zone),
            english(total),
            english(certificate.promised),
        );
        self.paragraph(true, y, &text, plain(9.5, SOFT), 14.5)
    }

    /// The two numbers, side by side and never added to one.
    fn hours(&mut self, y: f32) -> f32 {
        const BOX: f32 = 78.0;
        const GAP: f32 = 18.0;
        let width = (RIGHT - LEFT - GAP) / 2.0;
        let top = y + 8.0;
        let both = [
            (
                "签到时长",
                "checked in and out",
                "由签到、签退得出",
                self.certificate.checked(),
                RED,
            ),
            (
                "补记时长",
                "granted by staff",
                "由工作人员核实后补记",
                self.certificate.granted(),
                INK,
            ),
        ];
        let mut x = LEFT;
        for (zh, en, how, minutes, colour) in both {
            self.sheet.ornament(|sheet| {
                sheet.frame(x, top, width, BOX, 0.5, RULE);
                sheet.fill(x, top, 3.0, BOX, colour);
            });
            let number = if minutes == 0 {
                "0小时".to_owned()
            } else {
                chinese(minutes)
            };
            self.sheet.within(StructRole::Div, |sheet| {
                sheet.say(
                    StructRole::P,
                    false,
                    &[(x + 16.0, top + 20.0, zh)],
                    plain(10.5, SOFT),
                );
                let after = x + 16.0 + sheet.width(zh, plain(10.5, SOFT)) + 8.0;
                sheet.say(
                    StructRole::P,
                    true,
                    &[(after, top + 20.0, en)],
                    plain(8.5, SOFT),
                );
                sheet.say(
                    StructRole::P,
                    false,
                    &[(x + 16.0, top + 50.0, &number)],
                    bold(22.0, INK),
                );
                sheet.say(
                    StructRole::P,
                    false,
                    &[(x + 16.0, top + 68.0, how)],
                    plain(8.5, SOFT),
                );
            });
            x += width + GAP;
        }
        top + BOX
    }

    fn projects(&mut self, y: f32) -> f32 {
        let parts = &self.certificate.parts;
        let (shown, rest) = if parts.len() > ROWS_MAX {
            parts.split_at(ROWS_MAX - 1)
        } else {
            parts.split_at(parts.len())
        };
        let mut rows: Vec<[String; 4]> = Vec::new();
        for part in shown {
            let name = part
                .project
                .as_ref()
                .map_or("服务", |label| label.zh.as_str());
            let name = self.text(name);
            rows.push(row(name, part));
        }
        if !rest.is_empty() {
            let sum = |of: fn(&Part) -> u32| rest.iter().map(of).fold(0_u32, u32::saturating_add);
            let together = Part {
                project: None,
                sessions: sum(|part| part.sessions),
                checked: sum(|part| part.checked),
                granted: sum(|part| part.granted),
            };
            rows.push(row(format!("其余{}项", rest.len()), &together));
        }
        let mut y = y + 32.0;
        self.sheet.ornament(|sheet| {
            sheet.line((LEFT, y + 7.0), (RIGHT, y + 7.0), 0.8, INK);
        });
        self.sheet.within(StructRole::Table, |sheet| {
            let head = [
                "项目 Project",
                "场次 Sessions",
                "签到 Checked",
                "补记 Granted",
            ]
            .map(str::to_owned);
            cells(sheet, StructRole::TH, y, &head, plain(8.5, SOFT));
            for row in &rows {
                y += 20.0;
                cells(sheet, StructRole::TD, y, row, plain(10.5, INK));
                sheet.ornament(|sheet| sheet.line((LEFT, y + 6.5), (RIGHT, y + 6.5), 0.3, RULE));
            }
        });
        y
    }

    fn foot(&mut self, y: f32) -> Result<(), NoPaper> {
        const SIDE: f32 = 92.0;
        let certificate = self.certificate;
        let setting = self.setting;
        let code = QRBuilder::new(setting.check).ecl(ECL::M).build();
        let code = code.map_err(|_| NoPaper::Address)?;
        let top = (y + 24.0).max(618.0);
        let modules = f32::from(u16::try_from(code.size).map_err(|_| NoPaper::Address)?);
        let step = SIDE / modules;
        let alt = format!("二维码，打开后可核验这份证明：{}", setting.check);
        self.sheet.figure(alt, |sheet| {
            let mut upper = top;
            for line in 0..code.size {
                let mut x = LEFT;
                for module in &code[line] {
                    if module.value() {
                        // A little wider, so that no hair lines show between modules beside each other.
                        sheet.fill(x, upper, step + 0.05, step + 0.05, [0.0; 3]);
                    }
                    x += step;
                }
                upper += step;
            }
        });
        let say = "扫码核验 · Scan to check";
        let kind = plain(8.5, SOFT);
        let x = LEFT + (SIDE - self.sheet.width(say, kind)) / 2.0;
        self.sheet.say(
            StructRole::P,
            false,
            &[(x.max(LEFT - 4.0), top + SIDE + 14.0, say)],
            kind,
        );

        let issuer = self.text(&setting.issuer.zh);
        let mut kind = plain(15.0, INK);
        while kind.size > 9.0 && self.sheet.width(&issuer, kind) > RIGHT - LEFT - SIDE - 20.0 {
            kind.size -= 0.5;
        }
        self.at_right(StructRole::P, false, top + 20.0, &issuer, kind);
        let english = self.text(&setting.issuer.en);
        self.at_right(StructRole::P, true, top + 36.0, &english, plain(9.0, SOFT));
        self.at_right(
            StructRole::P,
            false,
            top + 60.0,
            &day(certificate.issued, setting.zone),
            plain(13.0, INK),
        );
        let by = match &certificate.under {
            Some(authority) => format!(
                "依据 {}、{} 出具",
                certificate.offer,
                authority.clauses.join("、")
            ),
            None => format!("依据 {} 出具", certificate.offer),
        };
        let by = self.text(&by);
        self.at_right(StructRole::P, false, top + 80.0, &by, plain(8.0, SOFT));

        let mut notes = vec![
            "本证明以数字签名为准，不盖实体印章；是否有效，以扫码打开的核验页为准。".to_owned(),
            format!(
                "Signed digitally, without a seal. Whether it holds: {}",
                setting.check
            ),
        ];
        if self.lacking {
            notes.insert(0, "字库没有的字以统一码编号代替（〔U+…〕）；姓名请在核验页核对。Characters that this font lacks stand as their Unicode numbers.".to_owned());
        }
        let mut y = HEIGHT - 62.0 - 11.5 * f32::from(u8::try_from(notes.len() - 1).unwrap_or(0));
        for (n, note) in notes.iter().enumerate() {
            let mut kind = plain(7.8, SOFT);
            while kind.size > 5.0 && self.sheet.width(note, kind) > WIDTH - 96.0 {
                kind.size -= 0.2;
            }
            let foreign = n + 1 == notes.len();
            self.centred(StructRole::P, foreign, y, note, kind);
            y += 11.5;
        }
        Ok(())
    }
}

fn row(name: String, part: &Part) -> [String; 4] {
    let minutes = |minutes| {
        if minutes == 0 {
            "—".to_owned()
        } else {
            chinese(minutes)
        }
    };
    [
        name,
        part.sessions.to_string(),
        minutes(part.checked),
        minutes(part.granted),
    ]
}

/// A row of the table: the first cell from the left, the others to the right of their columns.
fn cells(sheet: &mut Sheet, role: StructRole, y: f32, row: &[String; 4], kind: Type) {
    const COLUMNS: [f32; 4] = [LEFT, 330.0, 420.0, RIGHT];
    sheet.within(StructRole::TR, |sheet| {
        for (n, (text, column)) in row.iter().zip(COLUMNS).enumerate() {
            let mut kind = kind;
            // A long name is set smaller rather than over the next column.
            while kind.size > 5.0 && n == 0 && sheet.width(text, kind) > 190.0 {
                kind.size -= 0.5;
            }
            let x = if n == 0 {
                column
            } else {
                column - sheet.width(text, kind)
            };
            sheet.say(role, false, &[(x, y, text)], kind);
        }
    });
}

fn day(at: Timestamp, zone: &TimeZone) -> String {
    let day = zone.to_datetime(at).date();
    day.strftime("%Y年%-m月%-d日").to_string()
}

fn english_day(at: Timestamp, zone: &TimeZone) -> String {
    let day = zone.to_datetime(at).date();
    day.strftime("%-d %B %Y").to_string()
}

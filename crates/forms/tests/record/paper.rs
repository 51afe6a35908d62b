//! Certificates on paper.

use std::collections::BTreeMap;

use forms::record::paper::{NoPaper, Setting, pdf};
use forms::record::{Certificate, Holder};
use notice::Label;

use crate::house::{CITY, House, volunteer};

const CHECK: &str = "http://127.0.0.1:8080/certificates/000000000016-ABCDEFGH";

fn label() -> Label {
    Label::new("山西省图书馆", "Shanxi Library")
}

fn made(certificate: &Certificate, holder: &Holder, check: &str) -> Result<Vec<u8>, NoPaper> {
    let (issuer, city) = (label(), Label::new("太原市", "Taiyuan"));
    pdf(
        certificate,
        holder,
        &Setting {
            issuer: &issuer,
            city: &city,
            zone: &CITY.zone,
            check,
        },
    )
}

fn sample(name: &str) -> (Certificate, Holder) {
    let mut house = House::new();
    let who = volunteer(&mut house, 1);
    house.set("2022-04-01T09:30");
    let certificate = house.ask(&who, name).unwrap();
    let holder = certificate.holder.open(&house.store).unwrap();
    (certificate, holder)
}

fn text(pdf: &[u8]) -> String {
    String::from_utf8_lossy(pdf).into_owned()
}

#[test]
fn the_same_certificate_gives_the_same_sheet() {
    let (certificate, holder) = sample("林晓月");
    let one = made(&certificate, &holder, CHECK).unwrap();
    assert_eq!(one, made(&certificate, &holder, CHECK).unwrap());
    assert!(one.len() < 200_000, "{}", one.len());
    let text = text(&one);
    // Tagged, titled, in Chinese, fonts embedded as parts with a map back to text.
    for part in [
        "/MarkInfo",
        "/StructTreeRoot",
        "/Lang (zh-CN)",
        "/DisplayDocTitle true",
        "/CIDFontType0C",
        "/ToUnicode",
        "TONGXN+NotoSerifCJKsc-Regular",
        "TONGXN+NotoSerifCJKsc-Bold",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

/// Reads the page as any program does that copies text out of a PDF: the glyphs shown, through each face's ToUnicode map.
fn copied(pdf: &[u8]) -> String {
    let text = text(pdf);
    let maps: Vec<BTreeMap<u16, char>> = text
        .split("begincmap")
        .skip(1)
        .map(|map| {
            let lines = map.split("endcmap").next().unwrap().lines();
            let pairs = lines.filter_map(|line| {
                let (glyph, meaning) = line
                    .strip_prefix('<')?
                    .strip_suffix('>')?
                    .split_once("> <")?;
                let glyph = u16::from_str_radix(glyph, 16).ok()?;
                let units: Vec<u16> = meaning
                    .as_bytes()
                    .chunks(4)
                    .map(|four| {
                        u16::from_str_radix(std::str::from_utf8(four).unwrap(), 16).unwrap()
                    })
                    .collect();
                Some((glyph, String::from_utf16(&units).ok()?.chars().next()?))
            });
            pairs.collect()
        })
        .collect();
    assert_eq!(maps.len(), 2);
    let (mut face, mut all) = (0, String::new());
    for line in pdf.split(|byte| *byte == b'\n') {
        if line.ends_with(b" Tf") {
            face = usize::from(line.starts_with(b"/B"));
        } else if let Some(shown) = line.strip_suffix(b" Tj") {
            let bytes = string(shown);
            let glyphs = bytes
                .chunks(2)
                .map(|two| u16::from_be_bytes([two[0], two[1]]));
            all.extend(glyphs.map(|glyph| maps[face][&glyph]));
        }
    }
    all
}

/// The bytes of a string: in hexadecimal digits, or as text with escapes (ISO 32000 §7.3.4).
fn string(written: &[u8]) -> Vec<u8> {
    if let Some(hex) = written.strip_prefix(b"<") {
        let hex = std::str::from_utf8(hex.strip_suffix(b">").unwrap()).unwrap();
        let pairs = (0..hex.len()).step_by(2).map(|at| &hex[at..at + 2]);
        return pairs
            .map(|pair| u8::from_str_radix(pair, 16).unwrap())
            .collect();
    }
    let inner = written
        .strip_prefix(b"(")
        .and_then(|rest| rest.strip_suffix(b")"));
    let mut rest = inner.unwrap();
    let mut bytes = Vec::new();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let (escaped, after) = rest.split_first().unwrap();
        rest = after;
        bytes.push(match escaped {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'0'..=b'7' => {
                let (octal, after) = after.split_at(2);
                rest = after;
                octal
                    .iter()
                    .fold(escaped - b'0', |n, digit| n * 8 + (digit - b'0'))
            }
            other => *other,
        });
    }
    bytes
}

#[test]
fn every_word_can_be_copied_out() {
    let (certificate, holder) = sample("林晓月");
    let words = copied(&made(&certificate, &holder, CHECK).unwrap());
    for part in [
        "服务记录证明",
        "Record of Service",
        "林晓月",
        "合计12小时，达到公告约定的9小时。",
        "under this notice: 12 h in all",
        "签到时长checked in and out10小时30分",
        "补记时长granted by staff1小时30分",
        "长风朗润36小时30分钟",
        CHECK,
    ] {
        assert!(words.contains(part), "{part} in {words}");
    }
    // What no face has is said by its number, and that it is.
    let (certificate, holder) = sample("李𪚥");
    let words = copied(&made(&certificate, &holder, CHECK).unwrap());
    assert!(
        words.contains("李〔U+2A6A5〕") && words.contains("以统一码编号代替"),
        "{words}"
    );
}

/// Left for `scripts/outside.sh`, which has programs of others read it.
#[test]
fn a_sheet_is_left_for_programs_of_others() {
    let (certificate, holder) = sample("林晓月");
    let sheet = made(&certificate, &holder, CHECK).unwrap();
    std::fs::write(
        concat!(env!("CARGO_TARGET_TMPDIR"), "/certificate.pdf"),
        sheet,
    )
    .unwrap();
}

#[test]
fn the_code_leads_to_the_check_page() {
    let (certificate, holder) = sample("林晓月");
    let pdf = made(&certificate, &holder, CHECK).unwrap();
    assert_eq!(code(&text(&pdf)), CHECK);
    let long = format!("https://example.cn/{}", "x".repeat(3000));
    assert_eq!(made(&certificate, &holder, &long), Err(NoPaper::Address));
}

/// Reads the QR code off the page: the small black squares that the page draws.
fn code(pdf: &str) -> String {
    let mut black = false;
    let mut squares: Vec<(f32, f32, f32)> = Vec::new();
    for line in pdf.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["0", "0", "0", "rg"] => black = true,
            [.., "rg"] => black = false,
            [x, y, w, h, "re"] if black && w == h => {
                let number = |text: &str| text.parse::<f32>().unwrap();
                squares.push((number(x), number(y), number(w)));
            }
            _ => {}
        }
    }
    let least = |of: fn(&(f32, f32, f32)) -> f32| squares.iter().map(of).fold(f32::MAX, f32::min);
    let (left, low) = (least(|s| s.0), least(|s| s.1));
    let step = squares[0].2 - 0.05;
    let high = squares.iter().map(|s| s.1).fold(f32::MIN, f32::max);
    let side = ((high - low) / step).round() as usize + 1;
    let mut dark = vec![vec![false; side]; side];
    for (x, y, _) in &squares {
        let (column, row) = (((x - left) / step).round(), ((high - y) / step).round());
        dark[row as usize][column as usize] = true;
    }
    const PIXELS: usize = 4;
    let size = (side + 8) * PIXELS;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(size, size, |x, y| {
        let at = |pixel: usize| (pixel / PIXELS).checked_sub(4).filter(|n| *n < side);
        match at(x).zip(at(y)) {
            Some((column, row)) if dark[row][column] => 0,
            _ => 255,
        }
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

#[test]
fn no_name_breaks_the_sheet() {
    let (certificate, _) = sample("林晓月");
    for name in [
        "李𪚥",
        "阿依古丽·买买提江·吐尔逊江·阿不都热依木",
        &"龘".repeat(64),
        &"W".repeat(64),
        "🙂",
        "O'Brien (Ann)",
    ] {
        let name = forms::people::PersonName::new(name).unwrap();
        let holder = Holder::new(name, &mut crate::house::Count(1)).unwrap();
        let pdf = made(&certificate, &holder, CHECK).unwrap();
        assert!(pdf.starts_with(b"%PDF-1.7"));
    }
}

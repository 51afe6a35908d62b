//! Writes the demo city's register of enterprises: the ones its air order names, and invented ones.
//!
//!     cargo run -p tongxin-city --example generate_enterprises -- cities/taiyuan-2022
//!
//! The same seed gives the same file. Every code is invented: its organisation part begins with `DEM`, which no real
//! one does, and its check characters are right. Grades, lists, fuels and points are demo values.

use city::register::credit_code::{check_character, organisation_check};
use geo::{BoundingRect, Contains, MultiPolygon, Point, Polygon};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

const ENTERPRISES: usize = 400;
const STAGGERED: usize = 51;
const PLANNED: usize = 42;
const SEED: u64 = 20_220_104;

/// An industry, what its firms are called, and what they may burn and work with (empty: the register does not say).
struct Industry {
    word: &'static str,
    firm: &'static str,
    fuels: &'static [&'static str],
    materials: &'static [&'static str],
    /// How often it occurs.
    weight: u64,
    /// It may be listed for shutdown.
    stops: bool,
}

const fn industry(
    word: &'static str,
    firm: &'static str,
    fuels: &'static [&'static str],
    materials: &'static [&'static str],
    weight: u64,
    stops: bool,
) -> Industry {
    Industry {
        word,
        firm,
        fuels,
        materials,
        weight,
        stops,
    }
}

const INDUSTRIES: &[Industry] = &[
    industry("炼焦", "焦化有限公司", &["煤气"], &["煤"], 8, true),
    industry(
        "铁合金冶炼",
        "铁合金有限公司",
        &["电", "煤制品"],
        &["矿石"],
        8,
        true,
    ),
    industry(
        "钢压延加工",
        "轧钢有限公司",
        &["煤气", "天然气"],
        &["其他"],
        10,
        true,
    ),
    industry(
        "砖瓦",
        "砖瓦厂",
        &["煤炭", "煤制品", "天然气"],
        &["煤矸石", "粉煤灰", "页岩", "黏土"],
        40,
        true,
    ),
    industry(
        "耐火材料",
        "耐火材料有限公司",
        &["煤炭", "煤制品", "煤气", "天然气"],
        &["矿石", "煤矸石", "粉煤灰"],
        30,
        true,
    ),
    industry("水泥", "水泥有限公司", &["煤炭"], &["矿石"], 8, true),
    industry("水泥制品", "混凝土有限公司", &["电"], &["其他"], 28, true),
    industry(
        "石灰和石膏",
        "石灰有限公司",
        &["煤炭", "煤制品"],
        &["矿石"],
        12,
        true,
    ),
    industry("石灰石开采", "石料有限公司", &["电"], &["矿石"], 8, true),
    industry(
        "炭黑",
        "炭黑有限公司",
        &["煤气", "重油"],
        &["其他"],
        8,
        true,
    ),
    industry(
        "煤化工",
        "煤化工有限公司",
        &["煤气", "煤炭"],
        &["煤"],
        8,
        true,
    ),
    industry(
        "铸造",
        "铸造有限公司",
        &["电", "煤制品"],
        &["其他"],
        32,
        true,
    ),
    industry(
        "玻璃",
        "玻璃制品有限公司",
        &["天然气", "煤气"],
        &["其他"],
        6,
        true,
    ),
    industry(
        "陶瓷",
        "陶瓷有限公司",
        &["天然气", "煤气"],
        &["黏土"],
        6,
        true,
    ),
    industry(
        "涂料",
        "涂料有限公司",
        &["电", "天然气"],
        &["其他"],
        8,
        true,
    ),
    industry(
        "橡胶制品",
        "橡胶制品有限公司",
        &["天然气", "电"],
        &["其他"],
        8,
        true,
    ),
    industry(
        "金属表面处理",
        "金属表面处理有限公司",
        &["电", "天然气"],
        &["其他"],
        14,
        true,
    ),
    industry("家具", "家具有限公司", &["电"], &["其他"], 12, false),
    industry("印刷", "印刷有限公司", &["电"], &["其他"], 16, false),
    industry(
        "食品",
        "食品有限公司",
        &["天然气", "电", "生物质"],
        &["其他"],
        26,
        false,
    ),
    industry("化学药品", "制药有限公司", &["天然气"], &["其他"], 8, false),
    industry(
        "通用设备制造",
        "机械有限公司",
        &["电", "天然气"],
        &["其他"],
        22,
        false,
    ),
    industry(
        "专用设备制造",
        "装备有限公司",
        &["电"],
        &["其他"],
        18,
        false,
    ),
    industry(
        "电子设备制造",
        "电子有限公司",
        &["电"],
        &["其他"],
        12,
        false,
    ),
    industry(
        "汽车修理",
        "汽车维修有限公司",
        &["电"],
        &["其他"],
        24,
        false,
    ),
    industry("煤炭洗选", "洗煤有限公司", &["电"], &["煤"], 20, true),
    industry(
        "热力生产和供应",
        "供热有限公司",
        &["天然气", "煤炭"],
        &["煤", "其他"],
        12,
        false,
    ),
    industry("仓储物流", "物流有限公司", &["其他"], &["其他"], 14, false),
];

/// The enterprises that the order's source names, with their industry; what it does not say is filled in.
const NAMED: &[(&str, &str, &str)] = &[
    ("太钢", "140108", "炼钢"),
    ("美锦钢铁", "140121", "炼钢"),
    ("古交焦化一厂", "140181", "炼焦"),
    ("山西美锦华盛化工", "140121", "炼焦"),
    ("山西亚鑫新能科技", "140121", "炼焦"),
    ("山西恒阳新能源", "140121", "炼焦"),
    ("东山西石灰石矿", "140107", "石灰石开采"),
    ("潞安化工", "140110", "煤化工"),
];

/// Districts and how often they occur, for heavy industry and for the rest.
const DISTRICTS: &[(&str, u64, u64)] = &[
    ("140105", 10, 30),
    ("140106", 3, 20),
    ("140107", 6, 18),
    ("140108", 16, 18),
    ("140109", 10, 20),
    ("140110", 12, 14),
    ("140121", 40, 14),
    ("140122", 30, 8),
    ("140123", 14, 4),
    ("140181", 26, 6),
];

const FIRST: &[char] = &[
    '晨', '恒', '云', '远', '丰', '嘉', '瑞', '岚', '汇', '新', '泰', '祥', '博', '启', '宏', '润',
];
const SECOND: &[char] = &[
    '岭', '川', '峰', '源', '禾', '辰', '晖', '林', '原', '野', '泽', '桥', '台', '渡', '坪', '舟',
];

/// SplitMix64: small, seeded, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn one<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len() as u64) as usize)
    }

    fn weighted<'a, T>(&mut self, list: &'a [T], weight: impl Fn(&T) -> u64) -> Option<&'a T> {
        let mut left = self.below(list.iter().map(&weight).sum());
        list.iter().find(|item| {
            let here = left < weight(item);
            left = left.saturating_sub(weight(item));
            here
        })
    }
}

struct Enterprise {
    name: String,
    district: &'static str,
    industry: &'static str,
    fuel: &'static str,
    material: &'static str,
    grade: &'static str,
    stops: bool,
    lists: Vec<&'static str>,
    point: (f64, f64),
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("name the city folder")?;
    let folder = Path::new(&folder);
    let districts = districts(&folder.join("places/districts.geojson"))?;
    let mut random = Random(SEED);
    let mut all = Vec::with_capacity(ENTERPRISES);
    for (name, district, word) in NAMED {
        let kind = INDUSTRIES.iter().find(|i| i.word == *word);
        let point = point_in(&districts, district, &mut random)?;
        all.push(Enterprise {
            name: (*name).to_owned(),
            district,
            industry: word,
            fuel: kind
                .and_then(|k| k.fuels.first())
                .copied()
                .unwrap_or("煤气"),
            material: kind
                .and_then(|k| k.materials.first())
                .copied()
                .unwrap_or("矿石"),
            grade: if *name == "太钢" { "A" } else { "B" },
            stops: false,
            lists: vec!["重点排污单位"],
            point,
        });
    }
    while all.len() < ENTERPRISES {
        let number = all.len() + 1;
        let enterprise = invent(number, &districts, &mut random)?;
        all.push(enterprise);
    }
    shut_down(&mut all, &mut random);
    let mut csv =
        String::from("code,name,district,industry,fuel,material,grade,lists,lon,lat,demo\n");
    for (number, e) in (1..).zip(&all) {
        let Enterprise {
            name,
            district,
            industry,
            fuel,
            material,
            grade,
            ..
        } = e;
        let (code, lists) = (code(district, number), e.lists.join(";"));
        writeln!(
            csv,
            "{code},{name},{district},{industry},{fuel},{material},{grade},{lists},{:.5},{:.5},true",
            e.point.0, e.point.1
        )?;
    }
    std::fs::write(folder.join("registers/enterprises.csv"), csv)?;
    Ok(())
}

fn invent(
    number: usize,
    districts: &BTreeMap<String, MultiPolygon>,
    random: &mut Random,
) -> Result<Enterprise, Box<dyn Error>> {
    let kind = random
        .weighted(INDUSTRIES, |i| i.weight)
        .ok_or("no industry")?;
    let district = random.weighted(DISTRICTS, |(_, heavy, light)| match kind.stops {
        true => *heavy,
        false => *light,
    });
    let (district, ..) = district.ok_or("no district")?;
    // Carbon black is made in Qingxu.
    let district = if kind.word == "炭黑" {
        "140121"
    } else {
        *district
    };
    let first = random.one(FIRST).ok_or("no name")?;
    let second = random.one(SECOND).ok_or("no name")?;
    let grades = [("D", 20), ("C", 40), ("B", 25), ("A", 10), ("引领性", 5)];
    let (grade, _) = random
        .weighted(&grades, |(_, weight)| *weight)
        .ok_or("no grade")?;
    let supplies = matches!(kind.word, "食品" | "热力生产和供应");
    let polluter = kind.stops && random.below(4) == 0;
    let lists = [(supplies, "民生保障企业"), (polluter, "重点排污单位")];
    Ok(Enterprise {
        name: format!("{first}{second}{}（演示{number:03}）", kind.firm),
        district,
        industry: kind.word,
        fuel: random.one(kind.fuels).copied().unwrap_or_default(),
        material: random.one(kind.materials).copied().unwrap_or_default(),
        grade,
        stops: kind.stops,
        lists: lists
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, list)| *list)
            .collect(),
        point: point_in(districts, district, random)?,
    })
}

/// Puts as many on the two lists as the order says; nobody is on both.
fn shut_down(all: &mut [Enterprise], random: &mut Random) {
    let mut candidates: Vec<usize> = (0..all.len()).filter(|at| all[*at].stops).collect();
    for (list, count) in [("错峰停产", STAGGERED), ("计划停产", PLANNED)] {
        for _ in 0..count.min(candidates.len()) {
            let chosen = random.below(candidates.len() as u64) as usize;
            all[candidates.swap_remove(chosen)].lists.insert(0, list);
        }
    }
}

fn code(district: &str, number: usize) -> String {
    let organisation = format!("DEM{number:05}");
    let check = organisation_check(&organisation);
    let code = format!("91{district}{organisation}{check}");
    let last = check_character(&code);
    format!("{code}{last}")
}

/// A point of the district, five decimals (about a metre).
fn point_in(
    districts: &BTreeMap<String, MultiPolygon>,
    code: &str,
    random: &mut Random,
) -> Result<(f64, f64), Box<dyn Error>> {
    let shape = districts.get(code).ok_or("no such district")?;
    let bounds = shape.bounding_rect().ok_or("an empty district")?;
    for _ in 0..100_000 {
        let round = |x: f64| (x * 1e5).round() / 1e5;
        let lon = round(bounds.min().x + random.unit() * bounds.width());
        let lat = round(bounds.min().y + random.unit() * bounds.height());
        if shape.contains(&Point::new(lon, lat)) {
            return Ok((lon, lat));
        }
    }
    Err("no point found".into())
}

fn districts(path: &Path) -> Result<BTreeMap<String, MultiPolygon>, Box<dyn Error>> {
    let read: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let mut shapes = BTreeMap::new();
    for feature in read["features"].as_array().into_iter().flatten() {
        let code = feature["properties"]["code"].as_str().ok_or("no code")?;
        let rings: Vec<Vec<(f64, f64)>> =
            serde_json::from_value(feature["geometry"]["coordinates"].clone())?;
        let mut rings = rings.into_iter().map(geo::LineString::from);
        let outer = rings.next().ok_or("no ring")?;
        let polygon = Polygon::new(outer, rings.collect());
        shapes.insert(
            code.to_owned(),
            MultiPolygon::new(std::iter::once(polygon).collect()),
        );
    }
    Ok(shapes)
}

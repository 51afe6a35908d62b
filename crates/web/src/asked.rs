//! What people send with a question, read; and what they are told where it is not understood.

use crate::app::App;
use crate::reader::Reader;
use crate::text;
use notice::{ActionId, PlaceId, PlaceLookup};

/// Characters of a word that are repeated to whoever sent it.
const REPEATED_MAX: usize = 40;

/// An action by one of its words.
pub fn find_action(app: &App, word: &str) -> Option<ActionId> {
    let same = |other: &str| other.trim().eq_ignore_ascii_case(word.trim());
    app.city()
        .vocabulary
        .actions
        .iter()
        .position(|a| same(&a.label.zh) || same(&a.label.en) || a.also.iter().any(|w| same(w)))
        .and_then(|i| u16::try_from(i).ok())
        .map(ActionId)
}

/// A place by code, name or path.
pub fn find_place(app: &App, word: &str) -> Option<PlaceId> {
    match app.city().context().gazetteer.place(word) {
        PlaceLookup::One(place) => Some(place),
        _ => None,
    }
}

/// `112.55,37.87`: longitude and latitude in degrees.
pub fn read_point(text: &str) -> Option<(f64, f64)> {
    let (lon, lat) = text.split_once([',', '\u{ff0c}'])?;
    let (lon, lat): (f64, f64) = (lon.trim().parse().ok()?, lat.trim().parse().ok()?);
    ((-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat)).then_some((lon, lat))
}

/// The places that a point lies in; empty outside of the city.
pub fn places_at(app: &App, (lon, lat): (f64, f64)) -> Vec<PlaceId> {
    let mut found = Vec::new();
    app.city().places.at(lon, lat, &mut found);
    found
}

/// There is no such act.
pub fn no_action(reader: &Reader, word: &str) -> String {
    let word = text::shorten(word, REPEATED_MAX);
    reader.say(
        format!("没有“{word}”这种行为，请从下面选。"),
        format!("There is no act “{word}”; please choose below."),
    )
}

/// Not one place has this name.
pub fn no_place(app: &App, reader: &Reader, word: &str) -> String {
    let said = text::shorten(word, REPEATED_MAX);
    match app.city().context().gazetteer.place(word) {
        PlaceLookup::Several(paths) => {
            let paths = paths.iter().take(3).map(String::as_str).collect::<Vec<_>>();
            reader.say(
                format!(
                    "叫“{said}”的地点不止一个，请写全，如：{}。这里先按全市回答。",
                    paths.join("、")
                ),
                format!(
                    "More than one place is called “{said}”; name it in full: {}. The answer is for the whole city.",
                    paths.join(", ")
                ),
            )
        }
        PlaceLookup::None {
            nearest: Some(nearest),
        } => reader.say(
            format!("没有找到“{said}”这个地点，是不是“{nearest}”？这里先按全市回答。"),
            format!(
                "No place “{said}” was found; is it “{nearest}”? The answer is for the whole city."
            ),
        ),
        PlaceLookup::None { nearest: None } | PlaceLookup::One(_) => reader.say(
            format!("没有找到“{said}”这个地点，先按全市回答。"),
            format!("No place “{said}” was found; the answer is for the whole city."),
        ),
    }
}

/// A point that is none.
pub fn no_point(reader: &Reader, word: &str) -> String {
    let word = text::shorten(word, REPEATED_MAX);
    reader.say(
        format!("没有看懂坐标“{word}”，先按全市回答。坐标写成“经度,纬度”，如 112.55,37.87。"),
        format!(
            "The point “{word}” was not understood; the answer is for the whole city. Write longitude,latitude, such as 112.55,37.87."
        ),
    )
}

/// A point in none of the city's places.
pub fn outside(app: &App, reader: &Reader) -> String {
    let city = app.city().name.get(reader.lang);
    reader.say(
        format!("这一点不在{city}，{city}的公告管不到那里。"),
        format!("This point is outside {city}; its notices do not reach there."),
    )
}

/// A time that is none.
pub fn no_time(reader: &Reader, word: &str) -> String {
    let word = text::shorten(word, REPEATED_MAX);
    reader.say(
        format!("没有看懂时间“{word}”，先按现在回答。时间写成 2022-01-06T10:00 这样。"),
        format!(
            "The time “{word}” was not understood; the answer is for now. Write it like 2022-01-06T10:00."
        ),
    )
}

/// A question in which no act, kind, fact or place was recognised.
pub fn no_words(reader: &Reader, question: &str) -> String {
    let question = text::shorten(question, REPEATED_MAX);
    reader.say(
        format!("没有从“{question}”里认出想做的事，请从下面选。"),
        format!("No act was recognised in “{question}”; please choose below."),
    )
}

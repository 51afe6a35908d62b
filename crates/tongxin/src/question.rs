//! From arguments to a question and the book that answers it.

use crate::cli;
use crate::fault::Fault;
use crate::{folder, given, moment};
use city::City;
use decide::{Book, Question, Whereabouts};
use notice::vocabulary::words::{Meaning, Words};
use notice::{ActionId, PlaceLookup};
use std::sync::Arc;

/// A question with what answers it.
pub struct Asked {
    /// The rules.
    pub book: Book,
    /// The question.
    pub question: Question,
}

/// Loads the city, puts the notices in force and reads the question.
pub fn read(arguments: &cli::Ask) -> Result<Asked, Fault> {
    let city = Arc::new(folder::city(arguments.city.city.as_deref())?);
    let notices = if arguments.notice.is_empty() {
        city.notices.clone()
    } else {
        given::read(&city, &arguments.notice)?.whole()?
    };
    let question = Question {
        action: arguments
            .action
            .as_deref()
            .map(|word| action(&city, word))
            .transpose()?,
        facts: facts(&city, &arguments.who)?,
        place: whereabouts(
            &city,
            arguments.place.as_deref(),
            arguments.point.as_deref(),
        )?,
        at: match &arguments.at {
            Some(text) => moment::read(text, &city)?,
            None => moment::default(&city),
        },
    };
    let book = Book::compile(city, notices);
    Ok(Asked { book, question })
}

/// Reads facts; none written are none known.
pub fn facts(city: &City, text: &str) -> Result<notice::Facts, Fault> {
    if text.trim().is_empty() {
        return Ok(notice::Facts::default());
    }
    notice::read_facts(city.context(), "--who", Arc::from(text)).map_err(Fault::Facts)
}

/// The action called `word`.
pub fn action(city: &City, word: &str) -> Result<ActionId, Fault> {
    let words = Words::of(&city.vocabulary);
    let mut meanings = words.meanings(word).iter();
    let found = meanings.find_map(|meaning| match meaning {
        Meaning::Action(action) => Some(*action),
        _ => None,
    });
    found.ok_or_else(|| Fault::Action {
        word: word.to_owned(),
        nearest: words
            .nearest(word, |meaning| matches!(meaning, Meaning::Action(_)))
            .map(str::to_owned),
        known: city
            .vocabulary
            .actions
            .iter()
            .map(|action| action.label.clone())
            .collect(),
    })
}

fn whereabouts(
    city: &City,
    place: Option<&str>,
    point: Option<&str>,
) -> Result<Whereabouts, Fault> {
    if let Some(text) = point {
        let (lon, lat) = coordinates(text)?;
        let mut places = Vec::new();
        city.places.at(lon, lat, &mut places);
        return Ok(Whereabouts::Point(places));
    }
    let Some(word) = place else {
        return Ok(Whereabouts::Unsaid);
    };
    match city.context().gazetteer.place(word) {
        PlaceLookup::One(place) => Ok(Whereabouts::Within(place)),
        PlaceLookup::Several(paths) => Err(Fault::Places {
            word: word.to_owned(),
            paths,
        }),
        PlaceLookup::None { nearest } => Err(Fault::Place {
            word: word.to_owned(),
            nearest,
        }),
    }
}

/// `longitude,latitude` in degrees; a full-width comma will do.
fn coordinates(text: &str) -> Result<(f64, f64), Fault> {
    let wrong = || Fault::Point(text.to_owned());
    let (lon, lat) = text.split_once([',', '，']).ok_or_else(wrong)?;
    let lon: f64 = lon.trim().parse().map_err(|_| wrong())?;
    let lat: f64 = lat.trim().parse().map_err(|_| wrong())?;
    if lon.abs() <= 180.0 && lat.abs() <= 90.0 {
        Ok((lon, lat))
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_bounded_degrees() {
        assert_eq!(coordinates("112.55, 37.87").ok(), Some((112.55, 37.87)));
        assert_eq!(coordinates("-1,-2").ok(), Some((-1.0, -2.0)));
        for text in [
            "112.55", "a,b", "181,0", "0,91", "NaN,1", "inf,0", "1,2,3", "",
        ] {
            assert!(coordinates(text).is_err(), "{text}");
        }
    }
}

//! What is known of a case, in words, each fact with the facts that remain without it (for "change").

use crate::app::App;
use notice::vocabulary::Domain;
use notice::{AttributeId, Facts, Lang, ValueSet};

/// One known fact in words.
pub struct Known {
    /// What it is about (`车型`).
    pub about: String,
    /// What is known (`中型或重型`).
    pub value: String,
    /// Everything else that is known.
    pub without: Facts,
}

/// Every known fact.
pub fn facts(app: &App, facts: &Facts, lang: Lang) -> Vec<Known> {
    let words = &app.city().vocabulary;
    let mut known = Vec::new();
    if let Some((id, kind)) = facts
        .kind
        .and_then(|id| Some((id, words.kinds.get(usize::from(id.0))?)))
    {
        known.push(Known {
            about: pick(lang, "对象", "Subject").to_owned(),
            value: if facts.kind_alone {
                words.kind_alone(id).get(lang).to_owned()
            } else {
                kind.label.get(lang).to_owned()
            },
            // Attributes hang on the kind, so they go with it; places stay.
            without: Facts {
                places: facts.places.clone(),
                ..Facts::default()
            },
        });
    }
    for (id, values) in &facts.attributes {
        let Some(attribute) = words.attributes.get(usize::from(id.0)) else {
            continue;
        };
        let mut without = facts.clone();
        without.attributes.remove(id);
        known.push(Known {
            about: app.speaker(lang).attribute_name(attribute).to_owned(),
            value: self::values(app, *id, values, lang),
            without,
        });
    }
    for ((id, value), holds) in &facts.members {
        let Some(attribute) = words.attributes.get(usize::from(id.0)) else {
            continue;
        };
        let Domain::List { values } = &attribute.domain else {
            continue;
        };
        let name = values
            .get(*value as usize)
            .map_or("", |value| value.label.get(lang));
        let mut without = facts.clone();
        without.members.remove(&(*id, *value));
        known.push(Known {
            about: attribute.label.get(lang).to_owned(),
            value: match (*holds, lang) {
                (true, _) => name.to_owned(),
                (false, Lang::Zh) => format!("不在{name}"),
                (false, Lang::En) => format!("not {name}"),
            },
            without,
        });
    }
    for (place, inside) in &facts.places {
        let name = app.city().context().gazetteer.place_name(*place, lang);
        let mut without = facts.clone();
        without.places.remove(place);
        known.push(Known {
            about: pick(lang, "地点", "Place").to_owned(),
            value: match (*inside, lang) {
                (true, _) => name,
                (false, Lang::Zh) => format!("不在{name}"),
                (false, Lang::En) => format!("not in {name}"),
            },
            without,
        });
    }
    known
}

/// The positions of an attribute in words: `中型或重型`, `超过4.5吨`, `是`.
pub fn values(app: &App, id: AttributeId, set: &ValueSet, lang: Lang) -> String {
    app.speaker(lang).value(id, set)
}

fn pick<T>(lang: Lang, zh: T, en: T) -> T {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

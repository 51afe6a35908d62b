//! Names as a notice of this city may use them beside other texts than those of the city folder, and what no notice but the
//! powers may speak of.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use city::City;
use notice::diagnostic::Source;
use notice::{
    Diagnostic, DiagnosticKind, Effect, Gazetteer, Label, Lang, Notice, PlaceId, PlaceLookup,
    Severity,
};

use super::POWERS;
use crate::people::powers::Act;

/// The city's names, beside these notices.
pub(super) struct Beside<'a> {
    pub(super) city: &'a City,
    /// The notices that `over` may name; nothing lets every name pass, for texts that were proved before.
    pub(super) others: Option<&'a [Arc<Notice>]>,
}

impl Beside<'_> {
    pub(super) fn read(&self, slug: &str, text: &[u8]) -> notice::Reading {
        let context = notice::Context {
            vocabulary: &self.city.vocabulary,
            gazetteer: self,
            zone: &self.city.zone,
        };
        notice::read_notice(context, &format!("notices/{slug}.md"), text)
    }
}

impl Gazetteer for Beside<'_> {
    fn has_rule(&self, slug: &str, rule: &str) -> Option<bool> {
        let Some(others) = self.others else {
            return Some(true);
        };
        let notice = others.iter().find(|notice| &*notice.slug.0 == slug)?;
        Some(notice.rules.iter().any(|known| known.name == rule))
    }
    fn place(&self, word: &str) -> PlaceLookup {
        self.city.place(word)
    }
    fn place_name(&self, place: PlaceId, lang: Lang) -> String {
        self.city.place_name(place, lang)
    }
    fn whole_city(&self) -> PlaceId {
        self.city.whole_city()
    }
    fn place_span(&self, place: PlaceId) -> Range<u32> {
        self.city.place_span(place)
    }
    fn place_count(&self) -> u32 {
        self.city.place_count()
    }
    fn office(&self, id: &str) -> Result<(), Option<String>> {
        self.city.office(id)
    }
    fn office_name(&self, id: &str, lang: Lang) -> Option<String> {
        self.city.office_name(id, lang)
    }
}

/// An error at a stretch of a notice's text.
pub(super) fn error(
    kind: DiagnosticKind,
    file: &Arc<str>,
    text: &Arc<str>,
    span: Range<usize>,
    message: Label,
    hint: Label,
) -> Diagnostic {
    Diagnostic {
        kind,
        severity: Severity::Error,
        place: Source {
            file: file.clone(),
            text: text.clone(),
            span,
        },
        message,
        hint: Some(hint),
        related: Vec::new(),
        clauses: Vec::new(),
        example: None,
    }
}

/// Rules about what staff may do, in a notice that is not the powers. Every text in force is asked for powers, so an office
/// that could write such a rule would give itself whatever it likes.
pub(super) fn powers(city: &City, notice: &Notice) -> Vec<Diagnostic> {
    if &*notice.slug.0 == POWERS {
        return Vec::new();
    }
    let acts: BTreeSet<_> = Act::ALL
        .iter()
        .filter_map(|act| act.action(&city.vocabulary))
        .collect();
    let about = |effect: &Effect| match effect {
        Effect::Forbid(of) | Effect::Require(of) | Effect::Permit(of) => {
            of.iter().any(|action| acts.contains(action))
        }
        Effect::Limit { measure, .. } => {
            let measure = city.vocabulary.measures.get(usize::from(measure.0));
            measure.is_some_and(|measure| acts.contains(&measure.action))
        }
    };
    let rules = notice.rules.iter().filter(|rule| about(&rule.effect));
    rules
        .map(|rule| {
            error(
                DiagnosticKind::Powers,
                &notice.file,
                &notice.source,
                rule.spans.effect.clone(),
                Label::new(
                    "工作人员在平台上能办什么，只能写在权责清单里",
                    "what staff may do stands in the powers notice and nowhere else",
                ),
                Label::new(
                    format!("去掉规则 {}，或者请负责权责清单的机构修订", rule.name),
                    format!(
                        "take out the rule {}, or ask the office of the powers to amend them",
                        rule.name
                    ),
                ),
            )
        })
        .collect()
}

/// A text that names another office than the one whose notice it is.
pub(super) fn issuer(city: &City, notice: &Notice, office: &str) -> Option<Diagnostic> {
    if notice.issuer == office {
        return None;
    }
    let at = notice.source.find("issuer").unwrap_or_default();
    let line = notice.source[at..].find('\n').map_or(at, |end| at + end);
    let name = |id: &str, lang| city.office_name(id, lang).unwrap_or_else(|| id.to_owned());
    Some(error(
        DiagnosticKind::Issuer,
        &notice.file,
        &notice.source,
        at..line,
        Label::new(
            format!(
                "发布机构写的是{}，这份公告是{}的",
                name(&notice.issuer, Lang::Zh),
                name(office, Lang::Zh)
            ),
            format!(
                "it names {} as its issuer, and this notice is {}'s",
                name(&notice.issuer, Lang::En),
                name(office, Lang::En)
            ),
        ),
        Label::new(
            format!("写成 issuer = \"{office}\""),
            format!("write issuer = \"{office}\""),
        ),
    ))
}

//! Who is commended: what a rule of the notice says over everybody's hours, and nothing else.
//!
//! The rule permits an action that is forbidden by default, `参加年度表彰`, under conditions over [`WORDS`]. What is known of
//! each person comes from the ledger, so anybody who has the notice's bundle makes the same list.

use std::collections::BTreeMap;

use decide::{Book, Question, Whereabouts};
use jiff::civil::DateTime;
use ledger::item::{Item, Row as _};
use ledger::name::{Key, Person};
use notice::ask::Verdict;
use notice::vocabulary::{Domain, Grid};
use notice::{
    ActionId, AttributeId, Effect, Facts, KindId, Label, Notice, Rule, ValueSet, Vocabulary,
};

use crate::booking::rows::{Absences, Hours};

/// The action that the rule permits.
pub const ACTION: &str = "参加年度表彰";
/// What such a rule can speak of: whole hours in all, whole hours between checking in and out, and how often somebody did not
/// come.
pub const WORDS: [&str; 3] = ["服务时长", "签到时长", "未到次数"];
/// Who it speaks of.
const KIND: &str = "个人";

/// What is counted of one person in an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Who.
    pub person: Person,
    /// Minutes between checking in and out.
    pub checked: u32,
    /// Minutes that staff granted.
    pub granted: u32,
    /// How often they did not come.
    pub absences: u32,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commended {
    /// Whose, with what is counted.
    pub record: Record,
    /// The rules by which: `library-volunteers#commendation`.
    pub clauses: Vec<String>,
}

/// There is no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoList {
    /// The city's vocabulary lacks the action or a word.
    #[error("the city's vocabulary does not have `{0}`")]
    Word(&'static str),
    /// No rule of the notice permits it.
    #[error("no rule of this notice says who is commended")]
    NoRule,
    /// The action is not forbidden by default, so that everybody would be.
    #[error("`{ACTION}` has to be forbidden by default")]
    Everybody,
    /// The notice has no offer that promises hours.
    #[error("no offer of this notice promises hours")]
    NoHours,
}

impl NoList {
    /// Why not, in both languages.
    #[must_use]
    pub fn label(&self) -> Label {
        let zh = match self {
            Self::Word(word) => format!("本市的词汇表里没有“{word}”"),
            Self::NoRule => "这份公告没有规定谁参加表彰".to_owned(),
            Self::Everybody => format!("“{ACTION}”应当默认禁止，否则人人都算"),
            Self::NoHours => "这份公告没有约定时长的报名".to_owned(),
        };
        Label::new(zh, self.to_string())
    }
}

/// The offer whose hours count for a notice's commendation: the first that promises any.
///
/// # Errors
/// [`NoList::NoHours`].
pub fn offer(notice: &Notice) -> Result<Key, NoList> {
    let offer = notice.offers.iter().find(|offer| offer.hours.is_some());
    let key = offer.map(|offer| format!("{}#{}", notice.slug, offer.name));
    let key = key.and_then(|key| Key::new(&key).ok());
    key.ok_or(NoList::NoHours)
}

/// The commended of a notice, made ready.
#[derive(Debug)]
pub struct Commendation<'a> {
    book: &'a Book,
    action: ActionId,
    at: DateTime,
    /// Cases answered before: people with the same numbers are the same case.
    answered: BTreeMap<(u32, u32, u32), Option<Vec<String>>>,
}

/// The action of a vocabulary.
fn action(vocabulary: &Vocabulary) -> Option<ActionId> {
    let mut all = (0..).map(ActionId).zip(&vocabulary.actions);
    all.find(|(_, action)| action.label.zh == ACTION)
        .map(|(id, _)| id)
}

/// A number that such a rule can speak of.
fn counted<'v>(vocabulary: &'v Vocabulary, word: &str) -> Option<(AttributeId, &'v Grid)> {
    let mut all = (0..).map(AttributeId).zip(&vocabulary.attributes);
    let (id, attribute) = all.find(|(_, attribute)| attribute.label.zh == word)?;
    match &attribute.domain {
        Domain::Number(grid) => Some((id, grid)),
        _ => None,
    }
}

/// Where a whole number stands on a grid; what lies beyond it counts as its end.
fn position(grid: &Grid, value: u32) -> u32 {
    let value = i64::from(value).saturating_mul(10_i64.saturating_pow(grid.decimals.into()));
    let value = value.clamp(grid.min, grid.max);
    u32::try_from((value - grid.min) / grid.step.max(1)).unwrap_or(u32::MAX)
}

/// The rule of a notice that says who is commended.
#[must_use]
pub fn rule<'n>(vocabulary: &Vocabulary, notice: &'n Notice) -> Option<&'n Rule> {
    let action = action(vocabulary)?;
    let permits =
        |rule: &&Rule| matches!(&rule.effect, Effect::Permit(all) if all.contains(&action));
    notice.rules.iter().find(permits)
}

impl<'a> Commendation<'a> {
    /// By the rules of this notice, which the book holds and no other. The list is as of the last instant of the notice or,
    /// while that is still to come, as of `now`.
    ///
    /// # Errors
    /// [`NoList`].
    pub fn of(book: &'a Book, notice: &Notice, now: DateTime) -> Result<Self, NoList> {
        let vocabulary = &book.city().vocabulary;
        let action = action(vocabulary).ok_or(NoList::Word(ACTION))?;
        if vocabulary.actions[usize::from(action.0)].default
            != notice::vocabulary::Default::Forbidden
        {
            return Err(NoList::Everybody);
        }
        if rule(vocabulary, notice).is_none() {
            return Err(NoList::NoRule);
        }
        let unknown = |word: &&str| counted(vocabulary, word).is_none();
        if let Some(word) = WORDS.into_iter().find(unknown) {
            return Err(NoList::Word(word));
        }
        let last = notice.in_force.until.map(|until| {
            until
                .checked_sub(jiff::Span::new().seconds(1))
                .unwrap_or(until)
        });
        Ok(Self {
            book,
            action,
            at: last.map_or(now, |last| last.min(now)),
            answered: BTreeMap::new(),
        })
    }

    /// The clauses by which somebody is commended; nothing if they are not.
    pub fn clauses(&mut self, record: &Record) -> Option<Vec<String>> {
        let hours = record.checked.saturating_add(record.granted) / 60;
        let case = (hours, record.checked / 60, record.absences);
        if let Some(answered) = self.answered.get(&case) {
            return answered.clone();
        }
        let answer = self.answer(case);
        self.answered.insert(case, answer.clone());
        answer
    }

    fn answer(&self, (hours, checked, absences): (u32, u32, u32)) -> Option<Vec<String>> {
        let vocabulary = &self.book.city().vocabulary;
        let mut kinds = (0..).map(KindId).zip(&vocabulary.kinds);
        let mut facts = Facts {
            kind: kinds
                .find(|(_, kind)| kind.label.zh == KIND)
                .map(|(id, _)| id),
            ..Facts::default()
        };
        for (word, value) in WORDS.into_iter().zip([hours, checked, absences]) {
            let (id, grid) = counted(vocabulary, word)?;
            facts
                .attributes
                .insert(id, ValueSet::one(position(grid, value)));
        }
        let answer = self.book.answer(&Question {
            action: Some(self.action),
            facts,
            place: Whereabouts::Unsaid,
            at: self.at,
        });
        let clause = |because: &decide::Because| format!("{}#{}", because.notice, because.rule);
        (answer.verdict == Verdict::Allowed).then(|| answer.because.iter().map(clause).collect())
    }

    /// Those of these people who are commended, in the order of their pseudonyms.
    pub fn list(&mut self, records: impl IntoIterator<Item = Record>) -> Vec<Commended> {
        let commended = records.into_iter().filter_map(|record| {
            let clauses = self.clauses(&record)?;
            Some(Commended { record, clauses })
        });
        let mut list: Vec<Commended> = commended.collect();
        list.sort_by(|a, b| a.record.person.cmp(&b.record.person));
        list
    }
}

/// What is counted of everybody in an offer, from the items of a bundle. Other items are passed over.
#[must_use]
pub fn records<'i>(items: impl IntoIterator<Item = &'i Item>, offer: &Key) -> Vec<Record> {
    let mut hours: Vec<Hours> = Vec::new();
    let mut absences: BTreeMap<Key, u32> = BTreeMap::new();
    for item in items {
        match item.kind.as_str() {
            Hours::KIND => hours.extend(item.read::<Hours>().ok().filter(|h| h.offer == *offer)),
            Absences::KIND => {
                let read = item.read::<Absences>().ok();
                absences
                    .extend(read.map(|a| (a.key, u32::try_from(a.of.len()).unwrap_or(u32::MAX))));
            }
            _ => {}
        }
    }
    let record = |hours: Hours| Record {
        absences: absences.get(&hours.key).copied().unwrap_or(0),
        person: hours.person,
        checked: hours.checked,
        granted: hours.granted,
    };
    hours.into_iter().map(record).collect()
}

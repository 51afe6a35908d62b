//! The city's words: kinds of subject, attributes, actions, measures, units. Read from `vocabulary.toml`.

use crate::label::Label;

mod read;
pub mod words;

/// A kind of subject (`货车`), by position in [`Vocabulary::kinds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KindId(pub u16);
/// An attribute (`车型`), by position in [`Vocabulary::attributes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttributeId(pub u16);
/// An action (`驶入`), by position in [`Vocabulary::actions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionId(pub u16);
/// A measure (`产能负荷`), by position in [`Vocabulary::measures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MeasureId(pub u16);

/// All words a notice of this city may use. Words are matched after trimming, full-width forms folded, ASCII case ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// Kinds, parents before children; the kinds under one form a consecutive run after it.
    pub kinds: Vec<Kind>,
    /// Attributes in the order in which an interview prefers to ask. Two may share a name if no kind has both
    /// (`燃料` of vehicles and of enterprises).
    pub attributes: Vec<Attribute>,
    /// Actions.
    pub actions: Vec<Action>,
    /// Measures that limits speak of.
    pub measures: Vec<Measure>,
    /// Finds a word's meaning. Built at its first use: a vocabulary does not change after that.
    pub index: words::Index,
}

/// A kind of subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Shown words; `label.zh` is also the word in notices.
    pub label: Label,
    /// Other words for it.
    pub also: Vec<String>,
    /// The kind it is a special case of.
    pub parent: Option<KindId>,
    /// One past the last kind under this one: `id..end` is the kind and everything under it.
    pub end: u16,
    /// The city's own staff, at their work: what only they can do is shown apart from what concerns everybody.
    pub staff: bool,
    /// The standard the term comes from.
    pub standard: Option<String>,
}

/// An attribute of a subject, or a state of the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Shown words; `label.zh` is also the word in notices.
    pub label: Label,
    /// Other words for it.
    pub also: Vec<String>,
    /// Who has it.
    pub holder: Holder,
    /// Its values.
    pub domain: Domain,
    /// How an interview asks for it.
    pub question: Label,
    /// How a sentence says it, `{}` standing for the values: `燃用{}的`, `running on {}`. A bare `{}` stands right before
    /// the noun (`重型货车`). Absent: `车型为…的`, `whose size class is …`.
    pub phrase: Option<Label>,
    /// The standard it comes from (`GA 802-2019`).
    pub standard: Option<String>,
}

/// Who has an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Subjects of these kinds and of those under them.
    Kinds(Vec<KindId>),
    /// The city itself: a state, set for a time by a notice or in `city.toml`; otherwise the value at this position.
    City {
        /// Position that holds while nothing sets the state.
        otherwise: u32,
    },
}

/// The finite set of values an attribute can have. Positions are those of [`crate::ValueSet`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Domain {
    /// One of a few values; comparisons only if ordered.
    Choice {
        /// The values, in order if ordered (lowest first).
        values: Vec<Value>,
        /// `<`, `<=`, `>`, `>=`, `介于` make sense.
        ordered: bool,
    },
    /// Yes or no. `label.zh` stands alone in a condition; `negatives` are words for its opposite (`无通行证`).
    Boolean {
        /// Words for "does not hold".
        negatives: Vec<String>,
    },
    /// A bounded number on a grid.
    Number(Grid),
    /// Any number of these values at once (`名单 包含 错峰停产`); each value is a yes-or-no of its own.
    List {
        /// The values.
        values: Vec<Value>,
    },
    /// A division of the city (`所在地 属于 小店区`).
    Place,
}

/// One value of a choice or list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Shown words; `label.zh` is also the word in notices.
    pub label: Label,
    /// Other words for it.
    pub also: Vec<String>,
}

/// A bounded number: `min, min + step, …, max`, all in units of `10^-decimals` of `unit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// Least value.
    pub min: i64,
    /// Greatest value, on the grid.
    pub max: i64,
    /// Distance between neighbours, positive.
    pub step: i64,
    /// Decimal places of the three numbers above.
    pub decimals: u8,
    /// Unit as written after a number (`t`, `h`, `%`, `岁`); empty for a bare number.
    pub unit: String,
}

/// Something a subject does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Shown words; `label.zh` is also the word in notices.
    pub label: Label,
    /// Other words for it.
    pub also: Vec<String>,
    /// Who can do it; empty means anybody.
    pub actors: Vec<KindId>,
    /// What holds where no rule speaks.
    pub default: Default,
    /// The standard or law the term comes from.
    pub standard: Option<String>,
}

/// What holds for an action where no rule speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Default {
    /// Allowed unless forbidden.
    Allowed,
    /// Forbidden unless permitted.
    Forbidden,
}

/// What a limit speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// Shown words; `label.zh` is also the word in notices.
    pub label: Label,
    /// Other words for it.
    pub also: Vec<String>,
    /// The action it limits: asking about the action answers with the limit.
    pub action: ActionId,
    /// Range and unit.
    pub grid: Grid,
    /// The standard it comes from.
    pub standard: Option<String>,
}

impl Vocabulary {
    /// What every word means.
    pub fn words(&self) -> &words::Words {
        self.index.of(self)
    }

    /// Whether only the city's own staff can do this.
    pub fn for_staff(&self, action: ActionId) -> bool {
        let staff = |kind: &KindId| {
            self.kinds
                .get(usize::from(kind.0))
                .is_some_and(|kind| kind.staff)
        };
        self.actions
            .get(usize::from(action.0))
            .is_some_and(|action| !action.actors.is_empty() && action.actors.iter().all(staff))
    }

    /// A kind and everything under it, as positions of [`Vocabulary::kinds`].
    pub fn kinds_under(&self, kind: KindId) -> std::ops::Range<u16> {
        kind.0
            ..self
                .kinds
                .get(usize::from(kind.0))
                .map_or(kind.0, |known| known.end)
    }

    /// What a kind is called where none of the kinds under it is meant: `其他货车`.
    pub fn kind_alone(&self, kind: KindId) -> Label {
        match self.kinds.get(usize::from(kind.0)) {
            Some(known) => Label::new(
                format!("其他{}", known.label.zh),
                format!("other {}", known.label.en),
            ),
            None => Label::default(),
        }
    }

    /// Whether a subject said to be of `kind` can have the attribute.
    pub fn can_have(&self, kind: KindId, attribute: AttributeId) -> bool {
        match self
            .attributes
            .get(usize::from(attribute.0))
            .map(|known| &known.holder)
        {
            Some(Holder::Kinds(holders)) => self.kinds_meet(&[kind], holders),
            Some(Holder::City { .. }) => true,
            None => false,
        }
    }

    /// Whether some kind is under one of both.
    pub fn kinds_meet(&self, one: &[KindId], other: &[KindId]) -> bool {
        one.iter().any(|a| {
            let a = self.kinds_under(*a);
            other
                .iter()
                .map(|b| self.kinds_under(*b))
                .any(|b| a.start < b.end && b.start < a.end)
        })
    }

    fn share_a_holder(&self, one: &Holder, other: &Holder) -> bool {
        match (one, other) {
            (Holder::Kinds(one), Holder::Kinds(other)) => self.kinds_meet(one, other),
            _ => true,
        }
    }
}

//! One stage of a `steps` block, and the names by which stages are called.

use super::address::is_name;
use super::duration;
use super::offer_block::one_of;
use super::scope::Scope;
use super::sink::Sink;
use super::steps_block::{Named, label};
use super::table::{Table, Text};
use crate::diagnostic::DiagnosticKind;
use crate::steps::{Doer, Evidence, Late, Stage, StageIndex, StageSpans, Way};
use crate::vocabulary::words::nearest;
use std::ops::Range;

const KEYS: &[&str] = &[
    "zh", "en", "by", "within", "needs", "next", "back", "late", "guide",
];
/// What stands for the end of a matter where a stage's name is expected.
const END: [&str; 2] = ["end", "办结"];
/// Offices and roles that are told of one late matter.
const TOLD_MAX: usize = 8;

/// The names of a block's stages.
pub(super) struct Names<'t>(Vec<&'t str>);

impl<'t> Names<'t> {
    /// The names of these tables. Reports one that means the end.
    pub(super) fn of(named: &[Named<'t>], sink: &mut Sink) -> Self {
        for one in named.iter().filter(|one| END.contains(&one.name)) {
            sink.error(
                DiagnosticKind::Duplicate,
                one.span.clone(),
                format!("“{}”说的是办结，不能做环节的名字", one.name),
                format!("`{}` is the end and cannot name a stage", one.name),
            )
            .hint("换一个名字", "give it another name");
        }
        Self(named.iter().map(|one| one.name).collect())
    }

    fn position(&self, word: &str) -> Option<StageIndex> {
        let at = self.0.iter().position(|name| *name == word)?;
        u8::try_from(at).ok().map(StageIndex)
    }

    /// The stage called so; reports if there is none.
    pub(super) fn stage(&self, text: &Text, sink: &mut Sink) -> Option<StageIndex> {
        let word = text.text.trim();
        let found = self.position(word);
        if found.is_none() {
            self.unknown(word, text.span.clone(), self.0.iter().copied(), sink);
        }
        found
    }

    /// The stage called so, or the end; reports if there is neither.
    pub(super) fn way(&self, word: &str, span: Range<usize>, sink: &mut Sink) -> Option<Way> {
        let word = word.trim();
        if END.contains(&word) {
            return Some(Way::End);
        }
        let found = self.position(word).map(Way::Stage);
        if found.is_none() {
            self.unknown(word, span, self.0.iter().copied().chain(END), sink);
        }
        found
    }

    fn unknown<'w>(
        &self,
        word: &str,
        span: Range<usize>,
        among: impl Iterator<Item = &'w str>,
        sink: &mut Sink,
    ) {
        let shown: Vec<_> = self.0.iter().take(8).copied().collect();
        sink.error(
            DiagnosticKind::UnknownWord,
            span,
            format!("没有叫“{word}”的环节"),
            format!("there is no stage `{word}`"),
        )
        .hint(
            format!("stages 里有：{}", shown.join("、")),
            format!("`stages` has {}", shown.join(", ")),
        )
        .nearest(nearest(word, among));
    }
}

/// Reads a stage; `None` after reporting everything that is wrong with it.
pub(super) fn read(
    scope: &Scope<'_>,
    one: &Named<'_>,
    names: &Names<'_>,
    sink: &mut Sink,
) -> Option<Stage> {
    let table = &one.table;
    table.only(KEYS, sink);
    let label = label(table, sink);
    let by = table.required_text("by", sink);
    let by = by.and_then(|text| doer(scope, &text, sink));
    if !table.has("within") {
        table.missing("within", sink);
    }
    let within = duration::deadline(table, "within", sink);
    let needs = needs(table, sink);
    let next = next(table, names, sink);
    let back: Vec<_> = table
        .texts("back", sink)
        .iter()
        .filter_map(|text| names.stage(text, sink))
        .collect();
    let late = table
        .table("late", sink)
        .and_then(|table| late(scope, &table, names, sink));
    let guide = table
        .table("guide", sink)
        .and_then(|table| self::label(&table, sink));
    Some(Stage {
        name: one.name.to_owned(),
        label: label?,
        by: by?,
        within: within?,
        needs,
        next,
        back,
        late,
        guide,
        span: one.span.clone(),
        spans: StageSpans {
            by: table.span_of("by"),
            within: table.span_of("within"),
            next: table.span_of("next"),
            late: table.span_of("late"),
        },
    })
}

/// `community-grid`, or `nanhuan-community/head`.
fn doer(scope: &Scope<'_>, text: &Text, sink: &mut Sink) -> Option<Doer> {
    let word = text.text.trim();
    let (office, role) = match word.split_once('/') {
        Some((office, role)) => (office.trim(), Some(role.trim())),
        None => (word, None),
    };
    if ![Some(office), role].into_iter().flatten().all(is_name) {
        sink.error(
            DiagnosticKind::Syntax,
            text.span.clone(),
            format!("“{word}”说不清由谁来办"),
            format!("`{word}` does not say who acts"),
        )
        .hint(
            "写机构、岗位，或者“机构/岗位”，都是 city.toml 里的代号",
            "write an office, a role, or `office/role`, by their ids in city.toml",
        );
        return None;
    }
    scope.office(office, text.span.clone(), sink);
    let Some(role) = role else {
        return Some(Doer::One(office.to_owned()));
    };
    scope.office(role, text.span.clone(), sink);
    Some(Doer::RoleIn {
        office: office.to_owned(),
        role: role.to_owned(),
    })
}

fn needs(table: &Table<'_>, sink: &mut Sink) -> Vec<Evidence> {
    let words = [
        ("说明", "note", Evidence::Note),
        ("照片", "photo", Evidence::Photo),
        ("双方签字的协议", "signed agreement", Evidence::Agreement),
        ("当事人认可", "their word", Evidence::Word),
    ];
    let mut needs = Vec::new();
    for text in table.texts("needs", sink) {
        let Some(need) = one_of(&text, "needs", &words, sink) else {
            continue;
        };
        if needs.contains(&need) {
            twice(&text, sink);
        } else {
            needs.push(need);
        }
    }
    needs
}

fn next(table: &Table<'_>, names: &Names<'_>, sink: &mut Sink) -> Vec<Way> {
    if !table.has("next") {
        table.missing("next", sink);
        return Vec::new();
    }
    let texts = table.texts("next", sink);
    if texts.is_empty() {
        sink.error(
            DiagnosticKind::MissingKey,
            table.span_of("next"),
            "next 里没有去处",
            "`next` leads nowhere",
        )
        .hint(
            "写下一个环节的名字，最后一个环节写“办结”",
            "name the next stage; the last one has `end`",
        );
    }
    let mut next = Vec::new();
    for text in &texts {
        let Some(way) = names.way(&text.text, text.span.clone(), sink) else {
            continue;
        };
        if next.contains(&way) {
            twice(text, sink);
        } else {
            next.push(way);
        }
    }
    next
}

fn twice(text: &Text, sink: &mut Sink) {
    sink.error(
        DiagnosticKind::Duplicate,
        text.span.clone(),
        format!("“{}”写了两次", text.text),
        format!("`{}` is given twice", text.text),
    );
}

/// `late = { to = "street", tell = ["nanhuan-community/head"] }`.
fn late(scope: &Scope<'_>, table: &Table<'_>, names: &Names<'_>, sink: &mut Sink) -> Option<Late> {
    table.only(&["to", "tell"], sink);
    let to = table.text("to", sink);
    let to = to.and_then(|text| names.stage(&text, sink));
    let told = table.texts("tell", sink);
    if told.len() > TOLD_MAX {
        sink.error(
            DiagnosticKind::Limit,
            table.span_of("tell"),
            format!("tell 里最多写 {TOLD_MAX} 个"),
            format!("`tell` names at most {TOLD_MAX}"),
        );
    }
    if !table.has("to") && told.is_empty() {
        sink.error(
            DiagnosticKind::MissingKey,
            table.span(),
            "late 没说到期以后怎样",
            "`late` does not say what follows",
        )
        .hint(
            "写 to（转到哪个环节）、tell（告诉谁），或者两个都写；什么都不做就去掉 late",
            "write `to` (the stage it goes to), `tell` (who is told) or both; leave `late` out for neither",
        );
    }
    let tell = told
        .iter()
        .take(TOLD_MAX)
        .filter_map(|text| doer(scope, text, sink))
        .collect();
    Some(Late { to, tell })
}

//! What proofs have to say, in both languages.

use crate::case::{self, Case, speaker};
use crate::rules::{RuleId, Rules};
use notice::diagnostic::Source;
use notice::rule::ClauseAddress;
use notice::text::ClauseIndex;
use notice::{ActionId, Diagnostic, DiagnosticKind, Effect, Label, Lang, Notice, Severity};
use std::ops::Range;

/// A block of which something is said that refuses publication.
pub(super) struct Block<'a> {
    pub(super) notice: &'a Notice,
    pub(super) clause: ClauseIndex,
    /// The whole block in the text (bytes), for what has no place of its own.
    pub(super) span: &'a Range<usize>,
    /// What of it is meant.
    pub(super) address: ClauseAddress,
}

impl Block<'_> {
    /// The stretch of the text; the whole block, if it is empty.
    pub(super) fn source(&self, span: &Range<usize>) -> Source {
        stretch(self.notice, if span.is_empty() { self.span } else { span })
    }

    /// `《标题》二、报名 第1款（library#volunteers）`.
    pub(super) fn cited(&self) -> Label {
        cited(self.notice, self.clause, &self.address)
    }

    /// An error about it.
    pub(super) fn error(
        self,
        kind: DiagnosticKind,
        span: &Range<usize>,
        message: Label,
        hint: Label,
    ) -> Diagnostic {
        let cited = self.cited();
        Diagnostic {
            kind,
            severity: Severity::Error,
            place: self.source(span),
            message: Label::new(
                format!("{}：{}", cited.zh, message.zh),
                format!("{}: {}", cited.en, message.en),
            ),
            hint: Some(hint),
            related: Vec::new(),
            clauses: vec![self.address],
            example: None,
        }
    }
}

fn stretch(notice: &Notice, span: &Range<usize>) -> Source {
    Source {
        file: notice.file.clone(),
        text: notice.source.clone(),
        span: span.clone(),
    }
}

fn cited(notice: &Notice, clause: ClauseIndex, address: &ClauseAddress) -> Label {
    let clause = notice.clauses.get(usize::from(clause.0));
    let citation = clause.map(|c| c.citation()).unwrap_or_default();
    let title = &notice.title;
    Label::new(
        format!("《{title}》{citation}（{address}）"),
        format!("“{title}”, {citation} ({address})"),
    )
}

fn source(rules: &Rules, id: RuleId, span: &Range<usize>) -> Source {
    stretch(rules.notice(id), span)
}

/// `《标题》四、移动源 第1款(air-order#trucks)`.
fn clause(rules: &Rules, id: RuleId, lang: Lang) -> String {
    let clause = rules.rule(id).clause;
    let cited = cited(rules.notice(id), clause, &rules.address(id, None));
    cited.get(lang).to_owned()
}

/// `禁止驶入`, `requires capacity load at least 80 %`.
fn deed(rules: &Rules, action: ActionId, id: RuleId, lang: Lang) -> String {
    let word = rules
        .city
        .vocabulary
        .actions
        .get(usize::from(action.0))
        .map_or("", |a| a.label.get(lang));
    match (&rules.rule(id).effect, lang) {
        (Effect::Forbid(_), Lang::Zh) => format!("禁止“{word}”"),
        (Effect::Forbid(_), Lang::En) => format!("forbids “{word}”"),
        (Effect::Require(_), Lang::Zh) => format!("要求“{word}”"),
        (Effect::Require(_), Lang::En) => format!("requires “{word}”"),
        (Effect::Permit(_), Lang::Zh) => format!("准许“{word}”"),
        (Effect::Permit(_), Lang::En) => format!("permits “{word}”"),
        (
            Effect::Limit {
                measure,
                at_most,
                at_least,
            },
            Lang::Zh,
        ) => {
            format!(
                "要求{}",
                speaker(&rules.city, lang).bounds(*measure, *at_most, *at_least)
            )
        }
        (
            Effect::Limit {
                measure,
                at_most,
                at_least,
            },
            Lang::En,
        ) => {
            format!(
                "requires {}",
                speaker(&rules.city, lang).bounds(*measure, *at_most, *at_least)
            )
        }
    }
}

pub(super) fn conflict(
    rules: &Rules,
    action: ActionId,
    id: RuleId,
    other: RuleId,
    case: &Case,
) -> Diagnostic {
    let say = |lang: Lang| {
        let (a, b) = (clause(rules, id, lang), clause(rules, other, lang));
        let (does, opposes) = (
            deed(rules, action, id, lang),
            deed(rules, action, other, lang),
        );
        let case = case::say(&rules.city, case, lang);
        match lang {
            Lang::Zh => format!("两条规定互相冲突：{a}{does}，{b}{opposes}。例如：{case}"),
            Lang::En => format!(
                "two clauses contradict each other: {a} {does}, {b} {opposes}. For example: {case}"
            ),
        }
    };
    let (one, two) = (rules.address(id, None), rules.address(other, None));
    Diagnostic {
        kind: DiagnosticKind::Conflict,
        severity: Severity::Error,
        place: source(rules, id, &rules.rule(id).spans.effect),
        message: Label::new(say(Lang::Zh), say(Lang::En)),
        hint: Some(Label::new(
            format!(
                "在 {one} 里写 over = [\"{two}\"]（或者反过来），说明哪一条优先；或者用 who、where、when、except 把两条分开"
            ),
            format!(
                "write `over = [\"{two}\"]` in {one} (or the other way round) to say which one prevails; or part them by `who`, `where`, `when` or `except`"
            ),
        )),
        related: vec![(
            source(rules, other, &rules.rule(other).spans.effect),
            Label::new(
                format!(
                    "与它冲突的是 {two}：{}",
                    deed(rules, action, other, Lang::Zh)
                ),
                format!(
                    "it conflicts with {two}, which {}",
                    deed(rules, action, other, Lang::En)
                ),
            ),
        )],
        clauses: vec![one.clone(), two.clone()],
        example: Some(case::words(&rules.city, action, case)),
    }
}

/// A pair whose proof outgrew its budget: refused, because nothing is known of it.
pub(super) fn not_proved(rules: &Rules, id: RuleId, other: RuleId) -> Diagnostic {
    let (one, two) = (rules.address(id, None), rules.address(other, None));
    Diagnostic {
        kind: DiagnosticKind::Limit,
        severity: Severity::Error,
        place: source(rules, id, &rules.rule(id).spans.block),
        message: Label::new(
            format!("{one} 和 {two} 太复杂，无法证明它们不冲突"),
            format!("{one} and {two} are too complex to prove that they do not conflict"),
        ),
        hint: Some(Label::new(
            "把条件拆成几条较小的规则，或者写 over 说明哪一条优先",
            "split the conditions into smaller rules, or write `over` to say which one prevails",
        )),
        related: vec![(
            source(rules, other, &rules.rule(other).spans.block),
            Label::new("另一条规则在这里", "the other rule is here"),
        )],
        clauses: vec![one.clone(), two.clone()],
        example: None,
    }
}

/// The steps for conflicts ended at this rule: refused, because nothing is known of it and those after it.
pub(super) fn conflicts_not_proved(rules: &Rules, id: RuleId) -> Diagnostic {
    at_rule(
        rules,
        id,
        Severity::Error,
        Label::new(
            "规则之间的交叠太多：从这条规则起，没有证明它们与别的规定不冲突",
            "rules overlap too much: from this rule on it is not proved that they do not conflict with others",
        ),
        Label::new(
            "把公告分成几份较小的，合并相似的规则，或者用 who、where、when 把规则分开",
            "split the notice into smaller ones, merge rules that are alike, or part them by `who`, `where` or `when`",
        ),
    )
}

/// The steps for rules without effect ended at this rule.
pub(super) fn effects_not_looked_at(rules: &Rules, id: RuleId) -> Diagnostic {
    at_rule(
        rules,
        id,
        Severity::Warning,
        Label::new(
            "规则或者问题太多：从这条规则起，没有再查有没有不起作用的规则和除外",
            "too many rules or findings: from this rule on rules and exceptions that change nothing were not looked for",
        ),
        Label::new(
            "不影响发布；要查到底，就把公告分成几份较小的，或者合并相似的规则",
            "it can be published; to have all of them looked at, split the notice or merge rules that are alike",
        ),
    )
}

/// Rules each of which outranks the next, and the last the first.
pub(super) fn circle(rules: &Rules, circle: &[RuleId]) -> Diagnostic {
    const SHOWN_MAX: usize = 8;
    let first = circle.first().copied().unwrap_or(RuleId(0));
    let say = |lang: Lang| {
        let named = circle.iter().take(SHOWN_MAX).chain([&first]);
        let mut way: Vec<String> = named.map(|id| clause(rules, *id, lang)).collect();
        if circle.len() > SHOWN_MAX {
            way.insert(SHOWN_MAX, "…".to_owned());
        }
        let way = way.join(" → ");
        match (circle.len(), lang) {
            (1, Lang::Zh) => format!("over 绕成了圈，规则写明优先于自己：{way}"),
            (1, Lang::En) => format!("`over` goes in a circle, the rule outranks itself: {way}"),
            (_, Lang::Zh) => format!("over 绕成了圈，每一条都写明优先于下一条：{way}"),
            (_, Lang::En) => {
                format!("`over` goes in a circle, each clause outranks the next: {way}")
            }
        }
    };
    let related = circle.iter().enumerate().skip(1).take(SHOWN_MAX - 1);
    Diagnostic {
        kind: DiagnosticKind::OverCycle,
        severity: Severity::Error,
        place: source(rules, first, &rules.rule(first).spans.over),
        message: Label::new(say(Lang::Zh), say(Lang::En)),
        hint: Some(Label::new(
            "去掉其中一个 over；改好之前，圈里的 over 都不起作用",
            "take one `over` out; until then none in the circle has effect",
        )),
        related: related
            .map(|(i, id)| {
                let next = rules.address(circle[(i + 1) % circle.len()], None);
                (
                    source(rules, *id, &rules.rule(*id).spans.over),
                    Label::new(
                        format!("{} 写明优先于 {next}", rules.address(*id, None)),
                        format!("{} says that it outranks {next}", rules.address(*id, None)),
                    ),
                )
            })
            .collect(),
        clauses: circle.iter().map(|id| rules.address(*id, None)).collect(),
        example: None,
    }
}

/// The rules from here on were not looked at.
pub(super) fn too_many(rules: &Rules, id: RuleId) -> Diagnostic {
    at_rule(
        rules,
        id,
        Severity::Error,
        Label::new(
            "问题太多，从这条规则起没有再查",
            "too many findings; from this rule on nothing was checked",
        ),
        Label::new(
            "先改好上面这些，再查一遍",
            "mend those above, then check again",
        ),
    )
}

/// A limit that was met at a rule.
fn at_rule(
    rules: &Rules,
    id: RuleId,
    severity: Severity,
    message: Label,
    hint: Label,
) -> Diagnostic {
    Diagnostic {
        kind: DiagnosticKind::Limit,
        severity,
        place: source(rules, id, &rules.rule(id).spans.block),
        message,
        hint: Some(hint),
        related: Vec::new(),
        clauses: vec![rules.address(id, None)],
        example: None,
    }
}

/// What a warning says.
pub(super) struct Warning<'a> {
    pub(super) kind: DiagnosticKind,
    pub(super) span: &'a Range<usize>,
    pub(super) message: Label,
    pub(super) hint: Label,
}

/// A warning about one rule or one of its exceptions.
pub(super) fn warning(
    rules: &Rules,
    id: RuleId,
    exception: Option<usize>,
    says: Warning<'_>,
) -> Diagnostic {
    let at = |lang| clause(rules, id, lang);
    Diagnostic {
        kind: says.kind,
        severity: Severity::Warning,
        place: source(rules, id, says.span),
        message: Label::new(
            format!("{}：{}", at(Lang::Zh), says.message.zh),
            format!("{}: {}", at(Lang::En), says.message.en),
        ),
        hint: Some(says.hint),
        related: Vec::new(),
        clauses: vec![rules.address(id, exception)],
        example: None,
    }
}

//! Steps that cannot keep what they say: stages that no matter reaches or ends from, circles that nobody decides, sorts that
//! nothing is of, promises that the deadlines break, and somebody to act who is not there.

use super::NODES_MAX;
use super::deadlines::{Broken, Kept, kept};
use super::report;
use crate::book::Book;
use crate::budget::{Budget, TooLarge};
use crate::case::{Case, example, say, speaker, words};
use crate::diagram::Ref;
use crate::known::Known;
use crate::real_time::in_real_time;
use crate::sheet::Sheet;
use crate::sorting::{Sorting, address};
use city::City;
use notice::diagnostic::Example;
use notice::rule::ClauseAddress;
use notice::steps::{Doer, Promise, Stage, StageIndex, Steps, Way};
use notice::{ActionId, Diagnostic, DiagnosticKind, Label, Lang, Notice};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// Steps that the proof of one sort may take.
const STEPS_MAX: u64 = 1 << 22;

/// Everything there is to say against the steps of new notices.
pub(super) fn steps(book: &Book, is_new: impl Fn(usize) -> bool) -> Vec<Diagnostic> {
    let new = book.notices().iter().enumerate();
    let new: Vec<Arc<Notice>> = new
        .filter(|(n, notice)| is_new(*n) && !notice.steps.is_empty())
        .map(|(_, notice)| notice.clone())
        .collect();
    if new.is_empty() {
        return Vec::new();
    }
    let city = book.city();
    let sorting = Sorting::of(city, &new);
    let mut found = Vec::new();
    for notice in &new {
        for steps in &notice.steps {
            let one = Block {
                city,
                notice,
                steps,
            };
            found.extend(one.nobody());
            found.extend(one.stray());
            let loops = one.loops();
            if loops.is_empty() {
                found.extend(one.promises());
            }
            found.extend(loops);
            found.extend(one.sorts(&sorting));
        }
    }
    found
}

/// One block with what it is read against.
struct Block<'a> {
    city: &'a City,
    notice: &'a Notice,
    steps: &'a Steps,
}

/// A finding, before it is given its place.
struct Said<'s> {
    kind: DiagnosticKind,
    span: &'s Range<usize>,
    sort: Option<usize>,
    message: Label,
    hint: Label,
}

impl Block<'_> {
    fn address(&self, sort: Option<usize>) -> ClauseAddress {
        address(self.notice, self.steps, sort)
    }

    fn error(&self, said: Said<'_>) -> Diagnostic {
        let block = report::Block {
            notice: self.notice,
            clause: self.steps.clause,
            span: &self.steps.spans.block,
            address: self.address(said.sort),
        };
        block.error(said.kind, said.span, said.message, said.hint)
    }

    fn name(&self, at: StageIndex) -> Label {
        let stage = self.steps.stage(at);
        stage.map_or_else(Label::default, |stage| stage.label.clone())
    }

    /// `“受理”→“上门”→“受理”`.
    fn circle(&self, circle: &[StageIndex]) -> Label {
        let closed = circle.iter().chain(circle.first());
        let names: Vec<Label> = closed.map(|at| self.name(*at)).collect();
        let quoted = |get: fn(&Label) -> &str| {
            let names = names.iter().map(|name| format!("“{}”", get(name)));
            names.collect::<Vec<_>>().join(" → ")
        };
        Label::new(quoted(|l| &l.zh), quoted(|l| &l.en))
    }

    /// Whoever is to act or be told, and is no office, no role, or no role in an office.
    fn nobody(&self) -> Vec<Diagnostic> {
        let offices = &self.city.offices;
        let is_office = |id: &str| offices.offices.iter().any(|office| office.id == id);
        let is_role = |id: &str| offices.roles.iter().any(|role| role.id == id);
        let fails = |doer: &Doer| match doer {
            Doer::One(_) => None,
            Doer::RoleIn { office, .. } if !is_office(office) => Some(Label::new(
                format!("“{office}”是岗位，不是机构"),
                format!("`{office}` is a role and no office"),
            )),
            Doer::RoleIn { role, .. } if !is_role(role) => Some(Label::new(
                format!("“{role}”是机构，不是岗位"),
                format!("`{role}` is an office and no role"),
            )),
            Doer::RoleIn { .. } => None,
        };
        let told = |stage: &Stage| {
            let late = stage.late.as_ref();
            late.map(|late| late.tell.clone()).unwrap_or_default()
        };
        let stages = self.steps.stages.iter();
        stages
            .flat_map(|stage| {
                let by = (&stage.spans.by, fails(&stage.by));
                let told = told(stage);
                let told: Vec<_> = told
                    .iter()
                    .map(|doer| (&stage.spans.late, fails(doer)))
                    .collect();
                std::iter::once(by).chain(told)
            })
            .filter_map(|(span, message)| {
                Some(self.error(Said {
                    kind: DiagnosticKind::NobodyActs,
                    span,
                    sort: None,
                    message: message?,
                    hint: Label::new(
                        "写成“机构/岗位”，或者单写一个机构、一个岗位",
                        "write `office/role`, or an office or a role alone",
                    ),
                }))
            })
            .collect()
    }

    /// Stages that no matter reaches, and stages from which none comes to its end.
    fn stray(&self) -> Vec<Diagnostic> {
        let all =
            || (0..self.steps.stages.len()).filter_map(|at| u8::try_from(at).ok().map(StageIndex));
        let mut open: Vec<StageIndex> = self.steps.sorts.iter().map(|sort| sort.first).collect();
        let mut reached = BTreeSet::new();
        while let Some(at) = open.pop() {
            if reached.insert(at) {
                open.extend(self.forward(at));
                open.extend(self.steps.stage(at).iter().flat_map(|stage| &stage.back));
                open.extend(self.by_itself(at));
            }
        }
        // From the end backwards.
        let ends = |at: StageIndex| {
            let stage = self.steps.stage(at);
            stage.is_some_and(|stage| stage.next.contains(&Way::End))
        };
        let mut ending: BTreeSet<StageIndex> = all().filter(|at| ends(*at)).collect();
        loop {
            let more: Vec<StageIndex> = all()
                .filter(|at| !ending.contains(at))
                .filter(|at| self.forward(*at).iter().any(|to| ending.contains(to)))
                .collect();
            if more.is_empty() {
                break;
            }
            ending.extend(more);
        }
        all()
            .filter_map(|at| {
                let (stage, name) = (self.steps.stage(at)?, self.name(at));
                let (message, hint) = if !reached.contains(&at) {
                    (
                        Label::new(
                            format!("没有哪件事会走到“{}”", name.zh),
                            format!("nothing ever comes to “{}”", name.en),
                        ),
                        Label::new(
                            "在前面环节的 next 里写上它，或者去掉它",
                            "name it in `next` of an earlier stage, or take it out",
                        ),
                    )
                } else if !ending.contains(&at) {
                    (
                        Label::new(
                            format!("走到“{}”的事永远办不结", name.zh),
                            format!("what comes to “{}” never ends", name.en),
                        ),
                        Label::new(
                            "让它后面的环节里有一个能办结：next = [\"办结\"]",
                            "let some stage after it have `next = [\"end\"]`",
                        ),
                    )
                } else {
                    return None;
                };
                Some(self.error(Said {
                    kind: DiagnosticKind::StrayStage,
                    span: &stage.span,
                    sort: None,
                    message,
                    hint,
                }))
            })
            .collect()
    }

    fn forward(&self, at: StageIndex) -> Vec<StageIndex> {
        let next = self.steps.stage(at).map(|stage| stage.next.as_slice());
        next.unwrap_or_default()
            .iter()
            .filter_map(|way| way.stage())
            .collect()
    }

    fn by_itself(&self, at: StageIndex) -> Option<StageIndex> {
        self.steps.stage(at)?.late.as_ref()?.to
    }

    /// Circles of `next`, and of what happens by itself: in neither does anybody decide to go round once more.
    fn loops(&self) -> Vec<Diagnostic> {
        let ways: [(&dyn Fn(StageIndex) -> Vec<StageIndex>, _, _); 2] = [
            (
                &|at| self.forward(at),
                ("next 绕成了圈", "`next` goes in a circle"),
                (
                    "往回走要有人决定：把回头的那一步写进 back",
                    "going back is somebody's decision: write that way into `back`",
                ),
            ),
            (
                &|at| self.by_itself(at).into_iter().collect(),
                ("到期自动转，转成了圈", "what is late goes round by itself"),
                (
                    "让最后一级只写 tell，不再往上转",
                    "let the last of them `tell` somebody, and go nowhere",
                ),
            ),
        ];
        let mut found = Vec::new();
        for (next, (zh, en), (hint_zh, hint_en)) in ways {
            let Some(circle) = circle(self.steps.stages.len(), next) else {
                continue;
            };
            let shown = self.circle(&circle);
            let stage = circle.first().and_then(|at| self.steps.stage(*at));
            found.push(self.error(Said {
                kind: DiagnosticKind::Loop,
                span: stage.map_or(&self.steps.spans.block, |stage| &stage.span),
                sort: None,
                message: Label::new(format!("{zh}：{}", shown.zh), format!("{en}: {}", shown.en)),
                hint: Label::new(hint_zh, hint_en),
            }));
        }
        found
    }

    fn promises(&self) -> Vec<Diagnostic> {
        let promises = self.steps.promises.iter();
        promises
            .filter_map(|promise| {
                let term = self.notice.in_force;
                match kept(&self.city.calendar, self.steps, promise, term) {
                    Kept::Yes => None,
                    Kept::No(broken) => Some(self.broken(promise, &broken)),
                    Kept::Unknown => Some(self.error(Said {
                        kind: DiagnosticKind::Limit,
                        span: &promise.span,
                        sort: None,
                        message: Label::new(
                            "环节和期限太多，没法证明这一条承诺做得到",
                            "there are too many stages and deadlines to prove that this promise is kept",
                        ),
                        hint: Label::new(
                            "减少环节，或者把期限写短",
                            "have fewer stages, or shorter deadlines",
                        ),
                    })),
                }
            })
            .collect()
    }

    fn broken(&self, promise: &Promise, broken: &Broken) -> Diagnostic {
        let (zh, en) = (speaker(self.city, Lang::Zh), speaker(self.city, Lang::En));
        let name = match promise.done {
            Way::End => Label::new("办结", "settled"),
            Way::Stage(at) => {
                let name = self.name(at);
                Label::new(
                    format!("办完“{}”", name.zh),
                    format!("done with “{}”", name.en),
                )
            }
        };
        let mut found = self.error(Said {
            kind: DiagnosticKind::BrokenPromise,
            span: &promise.span,
            sort: None,
            message: Label::new(
                format!(
                    "承诺{}内{}，可是每个环节都踩着期限办，{}提出的事要到{}才{}",
                    zh.deadline(promise.within),
                    name.zh,
                    zh.instant(broken.from),
                    zh.instant(broken.done),
                    name.zh,
                ),
                format!(
                    "it promises to be {} within {}; if every stage takes its time, what comes in at {} is {} only at {}",
                    name.en,
                    en.deadline(promise.within),
                    en.instant(broken.from),
                    name.en,
                    en.instant(broken.done),
                ),
            ),
            hint: Label::new(
                "把环节的期限写短，或者少承诺一些",
                "give the stages less time, or promise less",
            ),
        });
        let mut example = Example::default();
        let key = |zh: &str, en: &str| Label::new(zh, en);
        if let Some(sort) = self.steps.sorts.get(broken.sort) {
            example.add("sort", key("类别", "sort"), sort.label.clone());
        }
        for (name, label, at) in [
            ("from", key("提出", "comes in"), broken.from),
            ("promised", key("承诺", "promised"), broken.promised),
            ("done", key("最晚", "at the latest"), broken.done),
        ] {
            example.add_plain(name, label, &at.strftime("%Y-%m-%dT%H:%M").to_string());
        }
        found.example = Some(example);
        found
    }

    /// Sorts that nothing is of, and a matter of none.
    fn sorts(&self, sorting: &Sorting) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (at, sort) in self.steps.sorts.iter().enumerate() {
            match self.possible(sorting, Some(at)) {
                Ok(Some(_)) => {}
                Ok(None) => found.push(self.error(Said {
                    kind: DiagnosticKind::IdleSort,
                    span: &sort.span,
                    sort: Some(at),
                    message: Label::new(
                        format!("没有哪件事归到“{}”", sort.label.zh),
                        format!("nothing is of the sort “{}”", sort.label.en),
                    ),
                    hint: Label::new(
                        "前面的类别已经把它占了，或者它的 if 与 who 互相排斥：调一调先后，或者去掉它",
                        "earlier sorts take all of it, or its `if` and `who` exclude each other: change their order, or take it out",
                    ),
                })),
                Err(TooLarge) => {
                    found.push(self.unsorted(&sort.span));
                    return found;
                }
            }
        }
        match self.possible(sorting, None) {
            Ok(None) => {}
            Ok(Some((action, case))) => {
                let (zh, en) = (
                    say(self.city, &case, Lang::Zh),
                    say(self.city, &case, Lang::En),
                );
                let mut one = self.error(Said {
                    kind: DiagnosticKind::NoSort,
                    span: &self.steps.spans.sorts,
                    sort: None,
                    message: Label::new(
                        format!("有的事哪一类都不是，比如：{zh}"),
                        format!("some of it is of no sort: {en}"),
                    ),
                    hint: Label::new(
                        "最后加一类不写 if 的，收下其余的事",
                        "let the last sort have no `if`, and so take all the rest",
                    ),
                });
                one.example = Some(words(&sorting.0.book.rules.city, action, &case));
                found.push(one);
            }
            Err(TooLarge) => found.push(self.unsorted(&self.steps.spans.sorts)),
        }
        found
    }

    fn unsorted(&self, span: &Range<usize>) -> Diagnostic {
        self.error(Said {
            kind: DiagnosticKind::Limit,
            span,
            sort: None,
            message: Label::new(
                "类别的条件太复杂，没法证明每件事都有一类",
                "the conditions of the sorts are too large to prove that everything has one",
            ),
            hint: Label::new("把条件写简单些", "write simpler conditions"),
        })
    }

    /// A real matter of a sort, or of none, if there is one.
    fn possible(
        &self,
        sorting: &Sorting,
        sort: Option<usize>,
    ) -> Result<Option<(ActionId, Case)>, TooLarge> {
        let Some((id, action)) = sorting.0.rule(&self.address(sort)) else {
            return Ok(None);
        };
        let rules = &sorting.0.book.rules;
        let budget = Budget::new(NODES_MAX, STEPS_MAX);
        let mut sheet = Sheet::new(rules, Known::nothing(rules), &budget);
        let base = sheet.base(id, action)?;
        let possible = sheet.possible_places(&[id])?;
        let base = sheet.arena.and(base, possible)?;
        if base == Ref::NO {
            return Ok(None);
        }
        let term = self.notice.in_force;
        let real = in_real_time(&mut sheet, base, term)?;
        Ok(example(&sheet, real, term).map(|case| (action, case)))
    }
}

/// A circle of ways among so many stages, if there is one; at most one is told at a time.
fn circle(count: usize, next: &dyn Fn(StageIndex) -> Vec<StageIndex>) -> Option<Vec<StageIndex>> {
    let mut done = BTreeSet::new();
    for root in (0..count).filter_map(|at| u8::try_from(at).ok().map(StageIndex)) {
        let mut path = vec![(root, next(root))];
        while let Some((at, rest)) = path.last_mut() {
            let at = *at;
            match rest.pop() {
                None => {
                    done.insert(at);
                    path.pop();
                }
                Some(to) => {
                    if let Some(from) = path.iter().position(|(on, _)| *on == to) {
                        return Some(path[from..].iter().map(|(on, _)| *on).collect());
                    }
                    if !done.contains(&to) {
                        path.push((to, next(to)));
                    }
                }
            }
        }
    }
    None
}

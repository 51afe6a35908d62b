//! Questions of a notice whose answer does not come out.

use crate::answer::{Answer, Question};
use crate::book::Book;
use crate::budget::Budget;
use crate::case::speaker;
use crate::question::{NODES_MAX, STEPS_MAX};
use notice::diagnostic::Source;
use notice::rule::ClauseAddress;
use notice::{Ask, Diagnostic, DiagnosticKind, Label, Lang, Notice, Severity};

/// Every `ask` of the notice that fails; an error at the first one that the steps do not suffice for.
pub(super) fn failed(book: &Book, notice: &Notice, steps: u64) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut left = steps;
    for (at, ask) in notice.asks.iter().enumerate() {
        if left == 0 {
            found.push(not_tried(notice, ask, notice.asks.len() - at));
            break;
        }
        let most = STEPS_MAX.min(left);
        let budget = Budget::new(NODES_MAX, most);
        let question = Question::of(ask, notice, book.city());
        let answer = book.rules.answer_within(&question, &budget);
        // One is for what is not counted: reading the question and writing the answer.
        left = left.saturating_sub(most - budget.left() + 1);
        found.extend(check(book, notice, ask, &answer));
    }
    found
}

fn not_tried(notice: &Notice, ask: &Ask, count: usize) -> Diagnostic {
    Diagnostic {
        kind: DiagnosticKind::Limit,
        severity: Severity::Error,
        place: Source {
            file: notice.file.clone(),
            text: notice.source.clone(),
            span: ask.answer_span.clone(),
        },
        message: Label::new(
            format!("公告里的问太多：从这一问起，有 {count} 问没有试"),
            format!("too many asks in the notice: from this one on {count} were not tried"),
        ),
        hint: Some(Label::new(
            "把公告分成几份较小的，或者删去问得差不多的问；问里的事实、地点说得越全，试起来越快",
            "split the notice into smaller ones, or drop asks that are alike; the more an ask says, the quicker it is tried",
        )),
        related: Vec::new(),
        clauses: Vec::new(),
        example: None,
    }
}

fn check(book: &Book, notice: &Notice, ask: &Ask, answer: &Answer) -> Option<Diagnostic> {
    let missing: Vec<&ClauseAddress> = ask
        .because
        .iter()
        .filter(|address| !cites(answer, address))
        .collect();
    let asked = answer.needs.as_ref().map(|need| need.attribute.as_str());
    // A list's value is asked for as `名单 包含 错峰停产`; naming the list is enough.
    let need_fits = ask.needs.as_deref().is_none_or(|expected| {
        asked.is_some_and(|asked| asked == expected || asked.split(' ').next() == Some(expected))
    });
    let city = book.city();
    let say = |lang: Lang| {
        let speaker = speaker(city, lang);
        if answer.verdict != ask.answer {
            let (is, not) = (speaker.verdict(answer.verdict), speaker.verdict(ask.answer));
            let by = addresses(answer);
            match lang {
                Lang::Zh if by.is_empty() => format!("这一问的答案是“{is}”，不是“{not}”"),
                Lang::Zh => format!("这一问的答案是“{is}”，不是“{not}”；依据：{by}"),
                Lang::En if by.is_empty() => {
                    format!("the answer to this question is “{is}”, not “{not}”")
                }
                Lang::En => {
                    format!("the answer to this question is “{is}”, not “{not}”, because of {by}")
                }
            }
        } else if !missing.is_empty() {
            let missing: Vec<String> = missing.iter().map(|address| address.to_string()).collect();
            let (missing, by) = (missing.join(", "), addresses(answer));
            match lang {
                Lang::Zh => format!("答案的依据里没有 {missing}；有的是：{by}"),
                Lang::En => format!("the answer does not cite {missing}; it cites: {by}"),
            }
        } else {
            let (asked, expected) = (asked.unwrap_or("-"), ask.needs.as_deref().unwrap_or("-"));
            match lang {
                Lang::Zh => format!("接下来要问的是“{asked}”，不是“{expected}”"),
                Lang::En => format!("what is asked next is “{asked}”, not “{expected}”"),
            }
        }
    };
    if answer.verdict == ask.answer && missing.is_empty() && need_fits {
        return None;
    }
    let fault = Label::new(say(Lang::Zh), say(Lang::En));
    let message = Label::new(
        format!("问“{}”：{}", ask.question, fault.zh),
        format!("“{}”: {}", ask.question, fault.en),
    );
    Some(Diagnostic {
        kind: DiagnosticKind::FailedAsk,
        severity: Severity::Error,
        place: Source {
            file: notice.file.clone(),
            text: notice.source.clone(),
            span: ask.answer_span.clone(),
        },
        message,
        hint: Some(Label::new(
            "规则对了就改答案，答案对了就改规则",
            "if the rules are right, change the answer; if the answer is right, change the rules",
        )),
        related: Vec::new(),
        clauses: answer
            .because
            .iter()
            .chain(&answer.duties)
            .map(|b| ClauseAddress {
                notice: notice::Slug(b.notice.as_str().into()),
                rule: b.rule.clone(),
                exception: b.exception.clone(),
            })
            .collect(),
        example: None,
    })
}

fn cites(answer: &Answer, address: &ClauseAddress) -> bool {
    answer.because.iter().chain(&answer.duties).any(|because| {
        because.notice == *address.notice.0
            && because.rule == address.rule
            && because.exception == address.exception
    })
}

fn addresses(answer: &Answer) -> String {
    let mut all: Vec<String> = Vec::new();
    for because in answer.because.iter().chain(&answer.duties) {
        let mut one = format!("{}#{}", because.notice, because.rule);
        if let Some(exception) = &because.exception {
            one.push('/');
            one.push_str(exception);
        }
        if !all.contains(&one) {
            all.push(one);
        }
    }
    const SHOWN_MAX: usize = 6;
    let more = all.len() > SHOWN_MAX;
    all.truncate(SHOWN_MAX);
    all.join(", ") + if more { " …" } else { "" }
}

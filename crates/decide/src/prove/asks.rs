//! Questions of a notice whose answer does not come out.

use crate::answer::{Answer, Question};
use crate::book::Book;
use crate::case::speaker;
use notice::diagnostic::Source;
use notice::rule::ClauseAddress;
use notice::{Ask, Diagnostic, DiagnosticKind, Label, Lang, Notice, Severity};

/// Every `ask` of the notice that fails.
pub(super) fn failed(book: &Book, notice: &Notice) -> Vec<Diagnostic> {
    let asks = notice.asks.iter();
    asks.filter_map(|ask| check(book, notice, ask)).collect()
}

fn check(book: &Book, notice: &Notice, ask: &Ask) -> Option<Diagnostic> {
    let answer = book.answer(&Question::of(ask, notice, book.city()));
    let missing: Vec<&ClauseAddress> = ask
        .because
        .iter()
        .filter(|address| !cites(&answer, address))
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
            let by = addresses(&answer);
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
            let (missing, by) = (missing.join(", "), addresses(&answer));
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

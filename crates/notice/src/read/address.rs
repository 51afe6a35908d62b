//! Addresses of rules: written, checked against what is known, and free of circles.

use super::Context;
use super::body::Block;
use super::sink::Sink;
use super::table::Text;
use crate::diagnostic::DiagnosticKind;
use crate::label::Label;
use crate::rule::{ClauseAddress, Rule};
use crate::text::Slug;
use crate::vocabulary::words::nearest;
use std::collections::HashMap;
use std::ops::Range;

/// Whether a name can stand in an address: letters, digits, `-` and `_`, at most 64 characters.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= 64
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

/// Reports a name that cannot stand in an address.
pub(crate) fn check_name(name: &str, span: Range<usize>, sink: &mut Sink) {
    if !is_name(name) {
        sink.error(
            DiagnosticKind::Syntax,
            span,
            format!("“{name}”不能做名字"),
            format!("`{name}` cannot be a name"),
        )
        .hint(
            "名字由字母、数字和“-”组成，不超过 64 个字",
            "a name has letters, digits and `-`, at most 64",
        );
    }
}

/// The name of a block, or "" after reporting that it has none. `zh` is what the block is called in Chinese.
pub(crate) fn block_name<'t>(file: &'t str, block: &Block, zh: &str, sink: &mut Sink) -> &'t str {
    let name = file.get(block.name.clone()).unwrap_or_default();
    if name.is_empty() {
        let form = file.get(block.form.clone()).unwrap_or_default();
        sink.error(
            DiagnosticKind::MissingKey,
            block.form.clone(),
            format!("{zh}没有名字"),
            format!("the {form} has no name"),
        )
        .hint(
            format!("写成 ```{form} 名字"),
            format!("write ```{form} name"),
        );
    } else {
        check_name(name, block.name.clone(), sink);
    }
    name
}

/// An address that a text mentions.
pub(crate) struct Mention {
    pub(crate) address: ClauseAddress,
    pub(crate) span: Range<usize>,
}

/// Reads `rule`, `rule/exception`, `notice#rule` or `notice#rule/exception`; `None` after reporting why not.
pub(crate) fn read(text: &Text, own: &Slug, exceptions: bool, sink: &mut Sink) -> Option<Mention> {
    let said = text.text.trim();
    let (notice, rest) = match said.split_once('#') {
        Some((notice, rest)) => (Slug(notice.into()), rest),
        None => (own.clone(), said),
    };
    let (rule, exception) = match rest.split_once('/') {
        Some((rule, exception)) => (rule, Some(exception)),
        None => (rest, None),
    };
    let names = [Some(&*notice.0), Some(rule), exception];
    if !names.into_iter().flatten().all(is_name) || (exception.is_some() && !exceptions) {
        let (zh, en) = if exceptions {
            (
                "写成 规则、规则/除外 或 公告#规则/除外",
                "write rule, rule/exception or notice#rule/exception",
            )
        } else {
            ("写成 规则 或 公告#规则", "write rule or notice#rule")
        };
        sink.error(
            DiagnosticKind::Syntax,
            text.span.clone(),
            format!("“{said}”不是规则的地址"),
            format!("`{said}` is no address of a rule"),
        )
        .hint(zh, en);
        return None;
    }
    Some(Mention {
        address: ClauseAddress {
            notice,
            rule: rule.to_owned(),
            exception: exception.map(str::to_owned),
        },
        span: text.span.clone(),
    })
}

/// Checks that what is mentioned exists: an error if its notice is known and lacks it, a warning if the notice is not known.
pub(crate) fn check(
    mention: &Mention,
    own: &Slug,
    rules: &HashMap<&str, &Rule>,
    context: Context<'_>,
    sink: &mut Sink,
) {
    let address = &mention.address;
    let span = mention.span.clone();
    let unknown = |what: &str, near: Option<&str>, sink: &mut Sink| {
        sink.error(
            DiagnosticKind::UnknownWord,
            span.clone(),
            format!("没有“{what}”这条规则或除外"),
            format!("there is no rule or exception `{what}`"),
        )
        .nearest(near);
    };
    if address.notice == *own {
        match rules.get(address.rule.as_str()) {
            None => {
                let near = nearest(&address.rule, rules.keys().copied());
                unknown(&address.rule, near, sink);
            }
            Some(rule) => {
                if let Some(exception) = &address.exception
                    && !rule.exceptions.iter().any(|e| e.name == *exception)
                {
                    let names = rule.exceptions.iter().map(|e| e.name.as_str());
                    let near = nearest(exception, names);
                    unknown(&format!("{}/{exception}", address.rule), near, sink);
                }
            }
        }
        return;
    }
    match context.gazetteer.has_rule(&address.notice.0, &address.rule) {
        Some(true) => {}
        Some(false) => unknown(&address.to_string(), None, sink),
        None => {
            sink.warning(
                DiagnosticKind::UnknownWord,
                span,
                Label::new(
                    format!("本市没有“{}”这个公告", address.notice),
                    format!("the city has no notice `{}`", address.notice),
                ),
            )
            .hint(
                "核对文件名（不含 .md）；那个公告发布之前，这里不起作用",
                "check the file's stem; until that notice is published this has no effect",
            );
        }
    }
}

/// Reports rules of one notice that outrank each other in a circle. Each circle is reported once, at its first rule.
pub(crate) fn circles(own: &Slug, rules: &[Rule], sink: &mut Sink) {
    let position: HashMap<&str, usize> = rules
        .iter()
        .enumerate()
        .map(|(at, rule)| (rule.name.as_str(), at))
        .collect();
    let outranked = |at: usize| {
        rules.get(at).into_iter().flat_map(|rule| {
            rule.over
                .iter()
                .filter(|address| address.notice == *own)
                .filter_map(|address| position.get(address.rule.as_str()).copied())
        })
    };
    // 0 unseen, 1 on the path, 2 done; without recursion, so that long chains cannot overflow the stack.
    let mut state = vec![0u8; rules.len()];
    for root in 0..rules.len() {
        if state[root] != 0 {
            continue;
        }
        state[root] = 1;
        let mut path = vec![(root, outranked(root).collect::<Vec<_>>())];
        while let Some((at, rest)) = path.last_mut() {
            let at = *at;
            match rest.pop() {
                None => {
                    state[at] = 2;
                    path.pop();
                }
                Some(next) if state[next] == 0 => {
                    state[next] = 1;
                    path.push((next, outranked(next).collect()));
                }
                Some(next) if state[next] == 1 => {
                    let from = path.iter().position(|(on, _)| *on == next).unwrap_or(0);
                    let circle: Vec<usize> = path[from..].iter().map(|(on, _)| *on).collect();
                    report(own, &circle, rules, sink);
                }
                Some(_) => {}
            }
        }
    }
}

fn report(own: &Slug, circle: &[usize], rules: &[Rule], sink: &mut Sink) {
    const SHOWN_MAX: usize = 8;
    let members = || circle.iter().filter_map(|at| rules.get(*at));
    let mut names: Vec<&str> = members()
        .take(SHOWN_MAX)
        .map(|rule| rule.name.as_str())
        .collect();
    if circle.len() > SHOWN_MAX {
        names.push("…");
    }
    names.extend(names.first().copied());
    let shown = names.join(" → ");
    let Some(first) = circle.iter().min().and_then(|at| rules.get(*at)) else {
        return;
    };
    let address = |rule: &Rule| ClauseAddress {
        notice: own.clone(),
        rule: rule.name.clone(),
        exception: None,
    };
    let mut handle = sink
        .error(
            DiagnosticKind::OverCycle,
            first.spans.over.clone(),
            format!("over 绕成了圈：{shown}"),
            format!("`over` goes in a circle: {shown}"),
        )
        .hint("去掉其中一个 over", "take one `over` out")
        .clauses(members().map(address).collect());
    for rule in members().take(SHOWN_MAX) {
        if rule.name != first.name {
            let span = rule.spans.over.clone();
            handle = handle.related(span, "圈里还有这里", "this is part of it");
        }
    }
}

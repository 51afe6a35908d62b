//! `tongxin interview`: asks on the terminal what still matters, until the answer is settled.

use crate::fault::Fault;
use crate::{ask, cli, lang, question};
use city::City;
use decide::Need;
use decide::answer::Choice;
use notice::{Facts, Lang};
use std::io::{BufRead, Read as _, Write};
use std::process::ExitCode;
use std::sync::Arc;

/// Questions go to the error output, the answer to the output, so that a pipe gets the answer alone.
/// When the input ends, or the person does not know, the answer stays `depends` and is printed as such.
pub fn run(arguments: &cli::Ask) -> Result<ExitCode, Fault> {
    let mut asked = question::read(arguments)?;
    let mut question = asked.question.clone();
    let mut input = std::io::stdin().lock();
    let mut output = std::io::stderr().lock();
    let answer = loop {
        let answer = asked.book.answer(&question);
        let Some(need) = &answer.needs else {
            break answer;
        };
        let reply = put(need, asked.book.city(), &mut input, &mut output).map_err(Fault::Pipe)?;
        match reply.map(|said| question.facts.clone().and(said)) {
            Some(facts) if facts != question.facts => question.facts = facts,
            // Nothing new was learnt: asking again would not end.
            _ => break answer,
        }
    };
    asked.question = question;
    ask::print(&asked, &answer, arguments.output.format)?;
    Ok(ExitCode::SUCCESS)
}

/// Asks one question until it is answered; `None` if the person does not know or the input ends.
fn put(
    need: &Need,
    city: &City,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> std::io::Result<Option<Facts>> {
    let lang = lang::chosen();
    writeln!(output, "{}", need.question.get(lang))?;
    for (number, choice) in need.choices.iter().enumerate() {
        writeln!(output, "  {}  {}", number + 1, choice.label.get(lang))?;
    }
    writeln!(output, "  ?  {}", lang::say("不知道", "I do not know"))?;
    loop {
        write!(output, "> ")?;
        output.flush()?;
        let mut line = Vec::new();
        let mut bounded = (&mut *input).take(LINE_BYTES_MAX);
        if bounded.read_until(b'\n', &mut line)? == 0 {
            writeln!(output)?;
            return Ok(None);
        }
        match understand(String::from_utf8_lossy(&line).trim(), need, city) {
            Reply::Facts(facts) => return Ok(Some(facts)),
            Reply::Unknown => return Ok(None),
            Reply::Unclear => {
                let hint = lang::say(
                    "请写序号或其中一项",
                    "Please write a number or one of the words",
                );
                writeln!(output, "{hint}")?;
            }
        }
    }
}

/// Nobody answers with more.
const LINE_BYTES_MAX: u64 = 4096;

enum Reply {
    Facts(Facts),
    Unknown,
    Unclear,
}

/// A number is a choice of the list; a word is one of its labels, else a value as `--who` would take it.
fn understand(said: &str, need: &Need, city: &City) -> Reply {
    if ["?", "？", "不知道", "unknown"].contains(&said) {
        return Reply::Unknown;
    }
    let numbered = said
        .parse::<usize>()
        .ok()
        .and_then(|number| need.choices.get(number.checked_sub(1)?));
    let named = || {
        let is = |choice: &&Choice| {
            [Lang::Zh, Lang::En]
                .iter()
                .any(|lang| choice.label.get(*lang).eq_ignore_ascii_case(said))
        };
        need.choices.iter().find(is)
    };
    if let Some(choice) = numbered.or_else(named) {
        return Reply::Facts(choice.facts.clone());
    }
    let fact: Arc<str> = format!("{} = {said}", need.attribute).into();
    match notice::read_facts(city.context(), "", fact) {
        Ok(facts) if !said.is_empty() => Reply::Facts(facts),
        _ => Reply::Unclear,
    }
}

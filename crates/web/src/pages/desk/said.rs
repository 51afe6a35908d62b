//! What a text says, as the machine understands it, and for whom it changes what.

use crate::app::App;
use crate::reader::Reader;
use crate::wording::mixed;
use decide::diff::Differences;
use maud::{Markup, html};
use notice::Notice;

/// Sentences that are shown at once.
const SENTENCES_MAX: usize = 40;

/// Each rule, offer and way of steps of a notice, said back.
pub fn back(app: &App, reader: &Reader, notice: &Notice) -> Markup {
    let speaker = app.speaker(reader.lang);
    html! {
        @if notice.rules.is_empty() && notice.offers.is_empty() && notice.steps.is_empty() {
            p { (reader.say("这份公告只有文字，没有规则、名额和环节。", "This notice is prose alone: no rules, no offers, no steps.")) }
        }
        @for rule in &notice.rules {
            div .said-back {
                p { code { "#" (rule.name) } " " (mixed(reader, &speaker.clause(rule))) (reader.say("。", ".")) }
                @if !rule.exceptions.is_empty() {
                    p .fine { (reader.say("除外：", "Except:")) }
                    ul { @for exception in &rule.exceptions { li { (mixed(reader, &speaker.excepted(rule, exception))) } } }
                }
            }
        }
        @for offer in &notice.offers {
            div .said-back {
                p { code { "#" (offer.name) } }
                ul { @for sentence in speaker.offer_sentences(offer) { li { (mixed(reader, &sentence)) } } }
            }
        }
        @for steps in &notice.steps {
            div .said-back {
                p { code { "#" (steps.name) } }
                ul { @for sentence in speaker.steps_sentences(steps) { li { (mixed(reader, &sentence)) } } }
            }
        }
    }
}

/// For whom what changes, case by case.
pub fn changes(reader: &Reader, changes: Option<&Differences>) -> Markup {
    let Some(changes) = changes else {
        return html! {
            p { (reader.say("读懂文本以后才说得出。", "This can be told once the text can be read.")) }
        };
    };
    let listed = changes.changes.iter().map(|change| &change.sentence);
    let rest = changes.left_out.iter().map(|left| &left.sentence);
    let all: Vec<_> = listed.chain(rest).collect();
    html! {
        @if all.is_empty() {
            p { (reader.say("没有哪种情形的答案会变。", "No case is answered differently.")) }
        } @else {
            ul .changes {
                @for sentence in all.iter().take(SENTENCES_MAX) { li { (mixed(reader, sentence.get(reader.lang))) } }
            }
            @if all.len() > SENTENCES_MAX {
                p .fine { (reader.say(format!("还有 {} 组情形。", all.len() - SENTENCES_MAX), format!("{} more sets of cases.", all.len() - SENTENCES_MAX))) }
            }
        }
    }
}

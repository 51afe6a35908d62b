//! A way of steps beside its paragraph: drawn, and said in sentences.

use crate::app::App;
use crate::flow;
use crate::pages::notice::demo;
use crate::reader::Reader;
use crate::wording;
use maud::{Markup, html};
use notice::steps::Doer;
use notice::text::Clause;
use notice::{Notice, Steps};

/// The card of `steps`, which stand in `notice`.
pub fn card(app: &App, reader: &Reader, notice: &Notice, steps: &Steps) -> Markup {
    let speaker = app.speaker(reader.lang);
    let sentences = speaker.steps_sentences(steps);
    let does = reader.say("办理环节", "stages");
    let clause = notice.clauses.get(usize::from(steps.clause.0));
    let citation = reader.say(
        clause.map(Clause::citation).unwrap_or_default(),
        steps.name.clone(),
    );
    let by = |doer: &Doer| match doer {
        Doer::One(id) | Doer::RoleIn { role: id, .. } => app.office_name(id, reader.lang),
    };
    let line = |at: usize| {
        let stage = steps.stages.get(at)?;
        let (by, within) = (by(&stage.by), speaker.deadline(stage.within));
        Some(flow::Box {
            title: stage.label.get(reader.lang).to_owned(),
            under: format!("{by} · {within}"),
        })
    };
    let boxes: Vec<_> = (0..steps.stages.len()).filter_map(line).collect();
    let words = flow::Words {
        end: reader.say("办结", "settled").to_owned(),
        sorts: steps
            .sorts
            .iter()
            .map(|sort| sort.label.get(reader.lang).to_owned())
            .collect(),
    };
    let name = steps.label.get(reader.lang);
    let title = reader.say(format!("{name}怎样办"), format!("The way of {name}"));
    html! {
        section .card id=(steps.name) aria-label=(format!("{citation} {does}")) {
            p .card-head {
                span .badge .limited { (does) }
                @if steps.demo { " " (demo(reader)) }
                a .anchor href={ "#" (steps.name) } { "#" (steps.name) }
            }
            figure .flow {
                figcaption { (title) }
                (flow::drawing(steps, &boxes, &words))
                p .flow-key aria-hidden="true" {
                    span .key-next { (reader.say("接着办", "goes on")) } " "
                    @if steps.stages.iter().any(|stage| !stage.back.is_empty()) {
                        span .key-back { (reader.say("有人退回", "somebody sends it back")) } " "
                    }
                    @if steps.stages.iter().any(|stage| stage.late.as_ref().is_some_and(|late| late.to.is_some())) {
                        span .key-late { (reader.say("到期自动转", "goes there by itself when late")) }
                    }
                }
            }
            @if let Some((which, others)) = sentences.split_first() {
                p .said { (wording::mixed(reader, which)) }
                details .steps-said {
                    summary { (reader.say("逐条说明：谁办、多久、要有什么、往哪走", "In words: who acts, how long, what is needed, where it goes")) }
                    ul .terms { @for other in others { li { (wording::mixed(reader, other)) } } }
                }
            }
            @let guided: Vec<_> = steps.stages.iter().filter_map(|stage| stage.guide.as_ref().map(|guide| (stage, guide))).collect();
            @if !guided.is_empty() {
                details .steps-said {
                    summary { (reader.say("办的人怎样做", "What guides whoever acts")) }
                    dl .card-more {
                        @for (stage, guide) in guided {
                            div { dt { (stage.label.get(reader.lang)) } dd { (guide.get(reader.lang)) } }
                        }
                    }
                }
            }
        }
    }
}

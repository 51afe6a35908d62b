//! The page on which one slot is booked, step by step: who comes, what still has to be known, and what is agreed to.

use super::book::Step;
use super::words;
use crate::known;
use crate::layout;
use crate::pages::me::{attribute, value};
use crate::params;
use crate::state;
use crate::wording::{Said, mixed, title};
use axum::response::Response;
use decide::Need;
use forms::booking::answers::{NO, WORDS_MAX, YES};
use forms::booking::views::{Open, Stage};
use forms::booking::{Basis, Why};
use forms::people;
use maud::{Markup, html};
use notice::ask::Verdict;
use notice::offer::{Question, Wanted};
use notice::{Label, Lang};

/// The page, with why the last press was refused.
pub fn page(step: &Step<'_>, why: Option<&Why>) -> Response {
    made(step, why, None)
}

/// The page, with what is wrong with an answer to the offer's own questions.
pub fn asked_again(step: &Step<'_>, wrong: &Label) -> Response {
    made(step, None, Some(wrong))
}

fn made(step: &Step<'_>, why: Option<&Why>, wrong: Option<&Label>) -> Response {
    let r = step.reader;
    let heading = r.say("报名", "Sign up");
    let closed = step.closed().or_else(|| step.in_the_way());
    let answer = step.found.answer.as_ref();
    let verdict = answer.map(|answer| answer.verdict);
    let need = answer.and_then(|answer| answer.needs.as_ref());
    let in_force = step.ready.notice.in_force.contains(r.now);
    let body = html! {
        div .narrow .booking-step {
            nav .crumbs aria-label=(r.say("上级页面", "Pages above")) { ol {
                li { a href="/offers" { (r.say("报名", "Take part")) } }
                li { a href=(words::page(step.ready)) { (title(r, &step.ready.notice)) } }
            } }
            h1 { (words::what(r, step.ready, step.slot)) }
            p .lede { (words::day(r, step.slot.session.from.date())) " " (words::hours(r, step.slot.session)) }
            @if let Some(why) = why { (refused(step, why)) }
            @if let Some(wrong) = wrong { div .notice-line role="alert" { p { strong { (mixed(r, wrong.get(r.lang))) } } } }
            (subjects(step))
            @if let Some(booking) = step.has() {
                div .notice-line role="status" {
                    p { (r.say("已经报了这个时段。", "This slot is booked already.")) " " a href=(words::booking(&booking.number)) { (r.say("看这个预约", "See the booking")) } }
                }
            } @else if !in_force {
                div .notice-line role="alert" { p { (r.say("公告现在不在有效期内，不能报名。请看还在报名的其他活动。", "The notice is not in force now, so nobody can sign up. Look for others that are open.")) } (ways(step)) }
            } @else if let Some(closed) = &closed {
                @if why.is_none() { (refused(step, closed)) }
                (about(step))
            } @else {
                @match (verdict, need) {
                    (Some(Verdict::Allowed), _) if needs_guardian(step) => { @if why.is_none() { (refused(step, &Why::GuardianConsent)) } (about(step)) },
                    (Some(Verdict::Allowed), _) => (confirm(step)),
                    (Some(Verdict::Depends), _) if step.ready.offering.is_by_confirmed() => { (unconfirmed(step)) (rests_on(step)) (about(step)) },
                    (Some(Verdict::Depends), Some(need)) => { (ask(step, need)) (rests_on(step)) (about(step)) },
                    (Some(Verdict::Forbidden), _) => { @if why.is_none() { (refused(step, &Why::NotEligible)) } (rests_on(step)) (about(step)) },
                    _ => { @if why.is_none() { (refused(step, &Why::Unclear)) } (rests_on(step)) (about(step)) },
                }
            }
            p .offline role="alert" hidden { (r.say("现在没有网络，没有提交，也没有约成；连上网以后再点一次。", "There is no network now: nothing was sent and nothing is booked. Press again once you are back online.")) }
        }
    };
    layout::personal(step.app, r, heading, body)
}

/// Why not, by which clause, and what to do next.
fn refused(step: &Step<'_>, why: &Why) -> Markup {
    let r = step.reader;
    html! {
        div .notice-line role="alert" {
            p { strong { (mixed(r, &words::reason(step.app, r, why))) } }
            @if matches!(why, Why::NotEligible)
                && let Some(who) = step.app.speaker(r.lang).offer_sentences(step.ready.offer()).first() {
                p { (mixed(r, who)) }
            }
            p .fine { (r.say("依据 ", "By ")) (words::clause(r, step.ready)) }
            @if let Why::Clash { slot, .. } | Why::OneProject { slot } = why
                && let Some(booking) = step.found.standing.iter().rfind(|b| b.slot == *slot) {
                p { a href=(words::booking(&booking.number)) { (r.say("看那个预约，可以在那里退出", "See that booking; it can be given back there")) } }
            }
            @if matches!(why, Why::Limit { .. } | Why::Barred { .. }) {
                p { a href="/me/bookings" { (r.say("看我的预约", "See my bookings")) } }
            }
            (ways(step))
        }
    }
}

fn ways(step: &Step<'_>) -> Markup {
    let r = step.reader;
    let same = params::link(
        &words::page(step.ready),
        &[
            ("free", "1"),
            (
                "project",
                step.ready
                    .project(step.slot)
                    .map_or("", |p| p.name.as_str()),
            ),
        ],
    );
    html! {
        p .error-ways {
            a href=(same) { (r.say("看还有空位的时段", "See slots that are free")) }
            a href="/offers?free=1" { (r.say("看别的活动", "Look for something else")) }
        }
    }
}

/// For whom, where there is a choice.
fn subjects(step: &Step<'_>) -> Markup {
    let r = step.reader;
    let family = &step.found.family;
    let own = &step.visitor.session.person;
    html! {
        @if family.all.len() > 1 || step.found.subject.person != *own {
            nav .chips aria-label=(r.say("为谁报名", "For whom")) {
                @for one in &family.all {
                    @let id = if one.person == *own { "" } else { one.person.as_str() };
                    @let link = params::link(&format!("{}/book", words::page(step.ready)), &[("at", step.ready.short(&step.slot.key)), ("for", id)]);
                    a .chip href=(link) aria-current=[(one.person == step.found.subject.person).then_some("true")] {
                        @if one.person == *own { (r.say("本人", "Myself")) }
                        @else if let Some(name) = &one.name { (Said::name(r, name)) }
                        @else { (r.say("孩子", "A child")) }
                    }
                }
            }
        }
        @if family.proposed > 0 {
            p .fine { (r.say("您名下还有孩子的监护关系等机构核实，核实以前不能替他报名。", "For a child in your care an office has yet to accept the guardianship; until then you cannot sign the child up.")) }
        }
    }
}

/// What every form of the page carries.
fn carried(step: &Step<'_>, answers: bool) -> Markup {
    html! {
        input type="hidden" name="csrf" value=(step.visitor.csrf());
        input type="hidden" name="at" value=(step.ready.short(&step.slot.key));
        @if step.found.subject.person != step.visitor.session.person { input type="hidden" name="for" value=(step.found.subject.person.as_str()); }
        @if answers { input type="hidden" name="s" value=(state::write(step.app.fingerprint, &step.answers)); }
    }
}

fn action(step: &Step<'_>) -> String {
    format!("{}/book", words::page(step.ready))
}

/// One question, the answers as buttons.
fn ask(step: &Step<'_>, need: &Need) -> Markup {
    let r = step.reader;
    html! {
        section .question aria-labelledby="question" {
            h2 #question { (need.question.get(r.lang)) }
            p .fine { (r.say("只问与能不能报名有关的；按公告的条款判断。", "Only what decides whether one may sign up is asked, by the notice's own clause.")) }
            form .choices action=(action(step)) method="post" {
                (carried(step, false))
                div .chips {
                    @for choice in &need.choices {
                        button .chip type="submit" name="s" value=(step.with(&choice.facts)) { (words_of(step, choice)) }
                    }
                }
            }
        }
    }
}

/// A choice in words: stretches of numbers as people say them.
fn words_of(step: &Step<'_>, choice: &decide::answer::Choice) -> String {
    let r = step.reader;
    let base = step.found.known.told.facts();
    let new = crate::bookings::subject::beyond(base, &choice.facts);
    let numbers = |id: notice::AttributeId| {
        let attribute = step.app.city().vocabulary.attributes.get(usize::from(id.0));
        attribute.is_some_and(|a| matches!(a.domain, notice::vocabulary::Domain::Number(_)))
    };
    match new.attributes.first_key_value() {
        Some((id, values)) if numbers(*id) => known::values(step.app, *id, values, r.lang),
        _ => choice.label.get(r.lang).to_owned(),
    }
}

/// What is agreed to, and the button.
fn confirm(step: &Step<'_>) -> Markup {
    let r = step.reader;
    let stage = step.found.fill.map(|fill| fill.stage);
    let verb = match stage {
        Some(Stage::Open {
            open: Open::Waiting { .. },
            ..
        }) => r.say("确认候补", "Join the waiting list"),
        Some(Stage::Open {
            open: Open::Draw, ..
        }) => r.say("确认参加抽签", "Enter the draw"),
        _ => r.say("确认报名", "Confirm"),
    };
    let keeps = !people_said(step).is_empty();
    html! {
        (about(step))
        (rests_on(step))
        form .confirm action=(action(step)) method="post" data-online="" {
            (carried(step, true))
            (party(step))
            @for question in step.ready.offering.questions() { (asked(step, question)) }
            @if keeps { label .sure { input type="checkbox" name="keep" value="yes"; span { (r.say("记住我刚才的回答，下次不再问", "Remember what I just answered for the next time")) } } }
            button .button type="submit" name="book" value="yes" { (verb) }
        }
    }
}

/// Whether a guardian's consent is asked for, and somebody signs up by themselves.
fn needs_guardian(step: &Step<'_>) -> bool {
    let mut asked = step.ready.offering.questions().iter();
    let consent = asked.any(|question| question.wanted == Wanted::Consent);
    consent && step.found.subject.person == step.visitor.session.person
}

/// What decides has not been confirmed by an office, and one's own word does not count.
fn unconfirmed(step: &Step<'_>) -> Markup {
    let r = step.reader;
    html! {
        div .notice-line role="alert" {
            p { strong { (r.say("这里只认机构核实过的情况，请先到机构核实，再来报名。", "Only what an office has confirmed counts here: have it confirmed, then sign up.")) } }
            p .fine { (r.say("依据 ", "By ")) (words::clause(r, step.ready)) }
        }
    }
}

/// For how many, where one booking may be for several.
fn party(step: &Step<'_>) -> Markup {
    let r = step.reader;
    let most = step.ready.offering.party();
    html! {
        @if most > 1 {
            div .field {
                label for="party" { (r.say("几个人来（连本人）", "How many come (with you)")) }
                select #party name="party" {
                    @for n in 1..=most { option value=(n) selected[n == step.party] { (n) } }
                }
            }
        }
    }
}

/// One of the offer's own questions; what was typed before stands in it.
fn asked(step: &Step<'_>, question: &Question) -> Markup {
    let r = step.reader;
    let name = format!("q-{}", question.name);
    let said = step.given.get(&question.name).map_or("", String::as_str);
    let label = Said::name(r, question.label.get(r.lang));
    let options: Vec<(&str, &str)> = match &question.wanted {
        Wanted::YesNo => vec![(YES, r.say("是", "yes")), (NO, r.say("否", "no"))],
        Wanted::Choice(choices) => choices
            .iter()
            .map(|choice| (choice.name.as_str(), choice.label.get(r.lang)))
            .collect(),
        Wanted::Consent | Wanted::Text => Vec::new(),
    };
    html! {
        @match &question.wanted {
            Wanted::Consent => label .sure { input type="checkbox" name=(name) value=(YES) required checked[said == YES]; span { (label) } },
            Wanted::Text => div .field {
                label for=(name) { (label) }
                textarea id=(name) name=(name) rows="2" maxlength=(WORDS_MAX) required[!question.optional] { (said) }
            },
            Wanted::YesNo | Wanted::Choice(_) => div .field {
                label for=(name) { (label) }
                select id=(name) name=(name) required[!question.optional] {
                    option value="" { (r.say("请选", "Choose")) }
                    @for (value, words) in options { option value=(value) selected[said == value] { (Said::name(r, words)) } }
                }
            },
        }
    }
}

fn people_said(step: &Step<'_>) -> Vec<people::SaidFact> {
    crate::people::said(&step.answers, &step.app.city().vocabulary)
}

/// What, where, when, and the rules that hold.
fn about(step: &Step<'_>) -> Markup {
    let r = step.reader;
    let (app, slot, ready) = (step.app, step.slot, step.ready);
    let offer = ready.offer();
    let until = ready.offering.cancel_until(slot.from);
    let now = app.clock.now();
    html! {
        dl .about {
            @if let Some(place) = words::place(app, r, slot) { dt { (r.say("地点", "Where")) } dd { (mixed(r, &place)) } }
            @if let Some(fill) = &step.found.fill {
                @let (class, text) = words::fill(app, r, fill);
                dt { (r.say("名额", "Places")) }
                dd { (r.say(format!("共{}个，", fill.capacity), format!("{} in all, ", fill.capacity))) span .standing .(class) { (text) } }
            }
            @if step.is_drawn() {
                dt { (r.say("怎么给", "How")) } dd { (r.say("截止后抽签，谁都可以核对", "by draw after sign-up ends; anybody can redo it")) }
            } @else if let (Some(rule), Some(Stage::Open { open: Open::Waiting { .. }, .. })) = (offer.waiting, step.found.fill.map(|f| f.stage)) {
                dt { (r.say("候补", "Waiting list")) }
                dd { (r.say(
                    format!("有人退出时按先后递补，名额为您留{}", words::length(rule.offer, Lang::Zh)),
                    format!("places that come free go to the first in line and are kept for {}", words::length(rule.offer, Lang::En)),
                )) }
            }
            dt { (r.say("退出", "Giving it back")) }
            dd {
                @if until > now { (r.say(format!("{}以前可以退出", words::hour(app, r, until)), format!("until {}", words::hour(app, r, until)))) }
                @else { (r.say("约好以后不能再退出", "not possible once booked")) }
            }
            @if let Some(rule) = offer.no_show {
                dt { (r.say("未到", "Not coming")) }
                dd { (no_show(step, rule)) }
            }
            dt { (r.say("依据", "By")) } dd { (words::clause(r, ready)) }
        }
    }
}

fn no_show(step: &Step<'_>, rule: notice::offer::NoShow) -> String {
    let r = step.reader;
    let after = |lang| words::length(rule.after, lang);
    let speaker = |lang| step.app.speaker(lang);
    match rule.bar {
        None => r.say(
            format!("开始{}后还没签到，记为未到", after(Lang::Zh)),
            format!(
                "counted when not checked in {} after the beginning",
                after(Lang::En)
            ),
        ),
        Some((times, bar)) => r.say(
            format!(
                "开始{}后还没签到记为未到；满{times}次，{}内不能再报",
                after(Lang::Zh),
                speaker(Lang::Zh).length(bar)
            ),
            format!(
                "counted when not checked in {} after the beginning; {times} times bar for {}",
                after(Lang::En),
                speaker(Lang::En).length(bar)
            ),
        ),
    }
}

/// What the answer rests on, each with a way to correct it.
fn rests_on(step: &Step<'_>) -> Markup {
    let (r, app) = (step.reader, step.app);
    let said = known::facts(app, &step.answers, r.lang);
    let own = |basis: &Option<people::Basis>| matches!(basis, Some(people::Basis::Stated { .. }));
    // Where one's own word does not count, the answer never rests on it.
    let basis = match step.found.known.told.basis() {
        Basis::Stated if step.ready.offering.is_by_confirmed() => Basis::Confirmed,
        basis => basis,
    };
    html! {
        @if !step.found.known.lines.is_empty() || !said.is_empty() {
            section .known aria-labelledby="rests" {
                h2 #rests { (r.say("按这些情况判断", "What this rests on")) }
                form action=(action(step)) method="post" {
                    (carried(step, true))
                    dl .known-list {
                        @for line in &step.found.known.lines {
                            div {
                                dt { (attribute(app, r, &line.said.attribute)) }
                                dd {
                                    (value(app, r, &line.said.attribute, &line.said.value)) " "
                                    @match &line.basis {
                                        Some(basis) => span .fine { (mixed(r, basis.label(app.city()).get(r.lang))) },
                                        None => span .fine { (r.say("按出生日期，活动当天", "by the date of birth, on that day")) },
                                    }
                                    @if own(&line.basis) {
                                        " " button .link-button type="submit" name="drop" value=(line.said.attribute) { (r.say("不对，重新答", "Wrong, ask again")) span .sr { (attribute(app, r, &line.said.attribute)) } }
                                    }
                                }
                            }
                        }
                        @for fact in &said {
                            div {
                                dt { (fact.about) }
                                dd {
                                    (fact.value) " " span .fine { (r.say("刚才填写", "just stated")) } " "
                                    button .link-button type="submit" name="s" value=(state::write(app.fingerprint, &fact.without)) { (r.say("更改", "change")) span .sr { " " (fact.about) } }
                                }
                            }
                        }
                    }
                }
                @if basis != Basis::Nothing { p .fine { (r.say("回答依据", "The answer rests on ")) (words::basis(r, basis)) (r.say("；这些在账本里是加密的，只用来判断能不能报名。", "; it is kept encrypted and only decides whether one may sign up.")) } }
            }
        }
    }
}

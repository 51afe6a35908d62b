//! `/ask`: an interview that asks one thing at a time, only what can still change the answer.
//!
//! Each step is a form of buttons. What is known travels in the form, so that it needs no script and no memory on the
//! server; steps are sent by POST, so that facts about a person do not stand in addresses or in logs of addresses.

use crate::app::App;
use crate::asked;
use crate::dictionary;
use crate::failure::Failure;
use crate::known;
use crate::layout::{self, Frame};
use crate::pages::notice::rule_actions;
use crate::params::Form;
use crate::reader::Reader;
use crate::wording;
use crate::{moments, params, state, verdict};
use axum::extract::State;
use axum::response::Response;
use decide::{Answer, Book, Need, Question, Whereabouts};
use jiff::civil::DateTime;
use maud::{Markup, html};
use notice::ask::Verdict;
use notice::{ActionId, Facts, KindId, Notice, PlaceId};
use std::sync::Arc;

/// What an interview has come to.
struct Interview<'a> {
    app: &'a App,
    reader: &'a Reader,
    /// Asked of one notice alone, or of all.
    notice: Option<&'a Notice>,
    /// The rules that stand at the moment asked about, of the notice or of all.
    book: Arc<Book>,
    aim: Option<Aim>,
    facts: Facts,
    place: Option<PlaceId>,
    point: Option<(f64, f64)>,
    /// `None` is now.
    at: Option<DateTime>,
    /// They do not know the next fact.
    unsure: bool,
    /// What they typed, to be shown again.
    typed: Option<String>,
    /// What was not understood of what they sent; the interview goes on without it.
    misread: Vec<String>,
}

/// What they want to know.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// Whether they may do this.
    Do(ActionId),
    /// Everything that binds them.
    Everything,
}

/// `GET /ask`, `POST /ask`
pub async fn show(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Form(form): Form,
) -> Result<Response, Failure> {
    // A change of language comes back to this question, but not to what they said of themselves or where they stand.
    let kept: Vec<(&str, &str)> = ["notice", "do", "where", "at"]
        .into_iter()
        .filter_map(|name| Some((name, form.get(name)?)))
        .collect();
    reader.here = params::link("/ask", &kept);
    let interview = Interview::read(&app, &reader, &form)?;
    let body = html! {
        div .interview data-island="ask" {
            (interview.markup())
        }
    };
    let frame = Frame {
        way: "/ask",
        about: Some(reader.say(
            "一次问一件事，只问与答案有关的。",
            "One question at a time, only what matters to the answer.",
        )),
        ..Frame::default()
    };
    Ok(layout::framed(
        &app,
        &reader,
        reader.say("我能不能…？", "May I …?"),
        &frame,
        body,
    ))
}

impl<'a> Interview<'a> {
    fn read(
        app: &'a App,
        reader: &'a Reader,
        form: &crate::params::Params,
    ) -> Result<Self, Failure> {
        let city = app.city();
        let notice = match form.get("notice") {
            Some(slug) => Some(app.notice(slug).ok_or(Failure::NotFound)?),
            None => None,
        };
        let mut misread = Vec::new();
        let mut facts = match form.get("s") {
            Some(token) => state::read(app.fingerprint, city, token).unwrap_or_else(|| {
                let again = reader.say(
                    "先前的回答已经过期，请重新回答。",
                    "The earlier answers are out of date; please answer again.",
                );
                misread.push(again.to_owned());
                Facts::default()
            }),
            None => Facts::default(),
        };
        let mut aim = form.get("do").and_then(|word| match word {
            "*" => Some(Aim::Everything),
            word => asked::find_action(app, word).map(Aim::Do),
        });
        if let (Some(word), None) = (form.get("do"), aim) {
            misread.push(asked::no_action(reader, word));
        }
        let mut place = match form.get("where") {
            Some(word) => asked::find_place(app, word),
            None => None,
        };
        if let (Some(word), None) = (form.get("where"), place) {
            misread.push(asked::no_place(app, reader, word));
        }
        let point = form.get("point").and_then(|word| {
            let point = asked::read_point(word);
            match point {
                None => misread.push(asked::no_point(reader, word)),
                Some(point) if asked::places_at(app, point).is_empty() => {
                    misread.push(asked::outside(app, reader));
                }
                Some(_) => {}
            }
            point
        });
        let typed = form
            .get("q")
            .map(|q| q.chars().take(200).collect::<String>());
        if let Some(typed) = &typed {
            let found = app.dictionary.find(city, typed);
            if aim.is_none() && found.is_nothing() {
                misread.push(asked::no_words(reader, typed));
            }
            aim = aim.or(found.action.map(Aim::Do));
            place = place.or(found.place);
            if facts == Facts::default() {
                facts = found.facts;
            }
        }
        let at = form.get("at").and_then(|text| {
            let at = moments::read(city, text);
            if at.is_none() {
                misread.push(asked::no_time(reader, text));
            }
            at
        });
        let notice = notice.map(|n| &**n);
        Ok(Interview {
            app,
            reader,
            notice,
            book: app.asked_at(notice, at.unwrap_or(reader.now)),
            aim,
            facts,
            place,
            point,
            at,
            unsure: form.get("unsure").is_some(),
            typed,
            misread,
        })
    }

    fn question(&self) -> Question {
        let place = match (self.point, self.place) {
            (Some(point), _) => Whereabouts::Point(asked::places_at(self.app, point)),
            (None, Some(place)) => Whereabouts::Within(place),
            (None, None) => Whereabouts::Unsaid,
        };
        Question {
            action: match self.aim {
                Some(Aim::Do(action)) => Some(action),
                _ => None,
            },
            facts: self.facts.clone(),
            place,
            at: self.at.unwrap_or(self.reader.now),
        }
    }

    fn markup(&self) -> Markup {
        let r = self.reader;
        html! {
            @if let Some(notice) = self.notice {
                p .kicker { (r.say("只问这一份公告：", "Asking one notice: ")) a href={ "/notices/" (notice.slug) } { (wording::title(r, notice)) } }
            }
            @if !self.misread.is_empty() {
                div .notice-line role="status" { @for line in &self.misread { p { (wording::mixed(r, line)) } } }
            }
            @match self.aim {
                None => (self.choose_aim()),
                Some(Aim::Everything) if self.facts.kind.is_none() => (self.choose_kind()),
                Some(_) => {
                    @let answer = self.app.answer(self.notice, &self.question());
                    @match &answer.needs {
                        Some(need) if !self.unsure => (self.ask(need)),
                        _ => (self.result(&answer)),
                    }
                }
            }
        }
    }

    /// What is carried to the next step, apart from the facts and whatever the step itself changes.
    fn carried(&self, except: &[&str]) -> Markup {
        let aim = match self.aim {
            None => None,
            Some(Aim::Everything) => Some("*".to_owned()),
            Some(Aim::Do(action)) => self.action(action).map(|a| a.label.zh.clone()),
        };
        let place = self
            .place
            .and_then(|p| self.app.city().places.all().get(p.0 as usize));
        let fields = [
            ("notice", self.notice.map(|n| n.slug.to_string())),
            ("do", aim),
            ("where", place.map(|p| p.code.clone())),
            ("point", self.point.map(|(lon, lat)| format!("{lon},{lat}"))),
            ("at", self.at.map(moments::field)),
        ];
        html! {
            @for (name, value) in fields {
                @if let Some(value) = value && !except.contains(&name) { input type="hidden" name=(name) value=(value); }
            }
        }
    }

    fn token(&self, facts: &Facts) -> String {
        state::write(self.app.fingerprint, facts)
    }

    fn action(&self, action: ActionId) -> Option<&notice::vocabulary::Action> {
        self.app
            .city()
            .vocabulary
            .actions
            .get(usize::from(action.0))
    }

    /// The first step: what do you want to do?
    fn choose_aim(&self) -> Markup {
        let r = self.reader;
        let words = &self.app.city().vocabulary;
        let mut spoken: Vec<ActionId> = Vec::new();
        for rule in self.book.notices().iter().flat_map(|n| &n.rules) {
            for action in rule_actions(self.app, rule) {
                let fits = self
                    .facts
                    .kind
                    .is_none_or(|kind| dictionary::can(words, kind, action));
                if fits && !spoken.contains(&action) {
                    spoken.push(action);
                }
            }
        }
        let others: Vec<ActionId> = (0..)
            .map(ActionId)
            .take(words.actions.len())
            .filter(|a| !spoken.contains(a))
            .filter(|a| {
                self.facts
                    .kind
                    .is_none_or(|kind| dictionary::can(words, kind, *a))
            })
            .collect();
        // Grouped by who does it, in the vocabulary's order.
        let mut groups: Vec<(String, Vec<ActionId>)> = Vec::new();
        spoken.sort();
        let apart =
            self.facts.kind.is_none() && spoken.iter().any(|action| !words.for_staff(*action));
        let (of_staff, spoken): (Vec<ActionId>, Vec<ActionId>) = spoken
            .into_iter()
            .partition(|action| apart && words.for_staff(*action));
        for action in spoken {
            let who = self.actors(action);
            match groups.iter_mut().find(|(name, _)| *name == who) {
                Some((_, list)) => list.push(action),
                None => groups.push((who, vec![action])),
            }
        }
        html! {
            h1 { (r.say("我能不能…？", "May I …?")) }
            p .lede {
                @if self.typed.is_some() && self.misread.is_empty() {
                    (r.say("还差一点：您想做的是哪一件？", "Almost there: which of these do you want to do?"))
                } @else {
                    (r.say("选一件您想做的事。接下来一次只问一件，只问与答案有关的。", "Choose what you want to do. Then one question at a time, only what matters to the answer."))
                }
            }
            form .ask-free action="/ask" method="post" {
                (self.carried(&["do"]))
                label for="q" { (r.say("用自己的话问", "In your own words")) }
                div .field-row {
                    input #q type="text" name="q" maxlength="200" value=[self.typed.as_deref()] placeholder=(r.say("我的重型柴油货车能驶入中环以内吗？", "May my heavy diesel truck drive in inside the Middle Ring?"));
                    button .button type="submit" { (r.say("问一问", "Ask")) }
                }
            }
            form .aims action="/ask" method="post" {
                (self.carried(&["do"]))
                input type="hidden" name="s" value=(self.token(&self.facts));
                @for (who, actions) in &groups {
                    div .aim-group role="group" aria-label=(who) {
                        p .aim-who { (who) }
                        div .chips { @for action in actions { (self.aim_button(*action)) } }
                    }
                }
                div .aim-group {
                    p .aim-who { (r.say("不确定？", "Not sure?")) }
                    div .chips { button .chip .chip-all type="submit" name="do" value="*" { (r.say("告诉我与我有关的一切规定", "Tell me every rule that concerns me")) } }
                }
                @if !of_staff.is_empty() {
                    details .other-aims {
                        summary { (r.say("工作人员办理的事项", "What the city's own staff do")) }
                        div .chips { @for action in &of_staff { (self.aim_button(*action)) } }
                    }
                }
                @if !others.is_empty() {
                    details .other-aims {
                        summary { (r.say("现行公告没有涉及的事项", "Acts that no notice in force speaks of")) }
                        div .chips { @for action in &others { (self.aim_button(*action)) } }
                    }
                }
            }
            (self.known())
        }
    }

    fn aim_button(&self, action: ActionId) -> Markup {
        html! {
            @if let Some(action) = self.action(action) {
                button .chip type="submit" name="do" value=(action.label.zh) { (action.label.get(self.reader.lang)) }
            }
        }
    }

    fn actors(&self, action: ActionId) -> String {
        let r = self.reader;
        let words = &self.app.city().vocabulary;
        let names: Vec<&str> = self
            .action(action)
            .map(|a| a.actors.as_slice())
            .unwrap_or_default()
            .iter()
            .filter_map(|k| words.kinds.get(usize::from(k.0)))
            .map(|k| k.label.get(r.lang))
            .collect();
        if names.is_empty() {
            r.say("任何人", "anybody").to_owned()
        } else {
            names.join(r.say("、", ", "))
        }
    }

    /// For "everything that concerns me": who is it about? Kinds without a parent first, their special cases inside.
    fn choose_kind(&self) -> Markup {
        let r = self.reader;
        let words = &self.app.city().vocabulary;
        html! {
            h1 { (r.say("问的是谁、是什么？", "Who or what is it about?")) }
            form .choices action="/ask" method="post" {
                (self.carried(&[]))
                @for (id, kind) in (0..).map(KindId).zip(&words.kinds).filter(|(_, k)| k.parent.is_none()) {
                    div .aim-group role="group" aria-label=(kind.label.get(r.lang)) {
                        p .aim-who { (kind.label.get(r.lang)) }
                        div .chips {
                            @for (under, special) in (id.0..kind.end).map(KindId).zip(&words.kinds[usize::from(id.0)..]) {
                                @let facts = Facts { kind: Some(under), ..self.facts.clone() };
                                button .chip type="submit" name="s" value=(self.token(&facts)) {
                                    (special.label.get(r.lang))
                                    @if under == id && kind.end > id.0 + 1 { (r.say("（不细分）", " (in general)")) }
                                }
                            }
                        }
                    }
                }
            }
            (self.known())
        }
    }

    /// One question of the interview.
    fn ask(&self, need: &Need) -> Markup {
        let r = self.reader;
        let many = need.choices.len() > 4;
        html! {
            p .aim-line { (self.aim_words()) }
            h1 .question-title { (need.question.get(r.lang)) }
            form .choices action="/ask" method="post" {
                (self.carried(&[]))
                ul .choice-list .choice-many[many] {
                    @for choice in &need.choices {
                        li { button .choice type="submit" name="s" value=(self.token(&choice.facts)) { (choice.label.get(r.lang)) } }
                    }
                }
            }
            form .unsure action="/ask" method="post" {
                (self.carried(&[]))
                input type="hidden" name="s" value=(self.token(&self.facts));
                button .quiet-button type="submit" name="unsure" value="1" { (r.say("不清楚，看看各种情况", "I don't know; show me each case")) }
            }
            (self.known())
        }
    }

    /// What is asked, in a line: `重型货车 · 驶入 · 中环以内`.
    fn aim_words(&self) -> Markup {
        let r = self.reader;
        let city = self.app.city();
        let kind = self
            .facts
            .kind
            .and_then(|k| city.vocabulary.kinds.get(usize::from(k.0)));
        let place = self.place.and_then(|p| city.places.all().get(p.0 as usize));
        html! {
            @if let Some(kind) = kind { span { (kind.label.get(r.lang)) } " · " }
            span {
                @match self.aim {
                    Some(Aim::Do(action)) => { @if let Some(action) = self.action(action) { (action.label.get(r.lang)) } }
                    _ => (r.say("与之有关的一切规定", "every rule that concerns it"))
                }
            }
            @if let Some(place) = place { " · " span { (place.name.get(r.lang)) } }
            @if self.point.is_some() { " · " span { (r.say("地图上的一点", "a point on the map")) } }
        }
    }

    fn result(&self, answer: &Answer) -> Markup {
        let r = self.reader;
        let (class, sign) = verdict::look(answer.verdict);
        let everything = self.aim == Some(Aim::Everything);
        html! {
            p .aim-line { (self.aim_words()) }
            section .result .(class) aria-labelledby="verdict" {
                h1 #verdict .verdict tabindex="-1" {
                    span .verdict-sign aria-hidden="true" { (sign) }
                    @if everything && answer.verdict != Verdict::Depends {
                        @if answer.duties.is_empty() { (r.say("没有限制", "Nothing binds it")) }
                        @else { (r.say(format!("有{}条规定", answer.duties.len()), format!("{} rules bind it", answer.duties.len()))) }
                    } @else {
                        (verdict::word(r, answer.verdict))
                    }
                }
                (verdict::limits(r, self.app, answer))
                @if answer.verdict != Verdict::Depends { (verdict::until(self.app, r, answer)) }
                @if answer.verdict == Verdict::Allowed && answer.because.is_empty() && answer.duties.is_empty() {
                    p { (r.say("没有一条现行规定禁止或限制它。", "No rule in force forbids or limits it.")) }
                }
            }
            @if let Some(need) = answer.needs.as_ref() { (self.cases(need)) }
            @if !answer.because.is_empty() {
                section .why aria-labelledby="why" {
                    h2 #why { (r.say("依据", "By which clauses")) }
                    (verdict::clauses(self.app, r, &answer.because))
                }
            }
            @if !answer.duties.is_empty() {
                section .why aria-labelledby="duties" {
                    h2 #duties { (r.say("与之有关的规定", "Rules that bind it")) }
                    (verdict::clauses(self.app, r, &answer.duties))
                }
            }
            (self.known())
            form .again action="/ask" method="get" {
                button .button type="submit" { (r.say("问别的事", "Ask something else")) }
            }
            p .fine .small-print {
                (r.say("依据的文本：", "Text: ")) code .hash { (answer.text_version.chars().take(19).collect::<String>()) "…" }
                " · "
                (r.say("回答只说明公告的规定，执行以主管部门为准。", "This says what the notices say; the offices in charge decide."))
            }
        }
    }

    /// What comes out for each value of a fact they do not know.
    fn cases(&self, need: &Need) -> Markup {
        let r = self.reader;
        html! {
            section .cases aria-labelledby="cases" {
                h2 #cases { (r.say("要看：", "It depends on: ")) (need.name.get(r.lang)) }
                form action="/ask" method="post" {
                    (self.carried(&[]))
                    ul .case-list {
                        @for choice in &need.choices {
                            @let question = Question { facts: choice.facts.clone(), ..self.question() };
                            @let answer = self.app.answer(self.notice, &question);
                            li {
                                button .case type="submit" name="s" value=(self.token(&choice.facts)) {
                                    span { (choice.label.get(r.lang)) } " " (verdict::badge(r, answer.verdict))
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// What is known so far, each with a way to change it; when and where.
    fn known(&self) -> Markup {
        let r = self.reader;
        let facts = known::facts(self.app, &self.facts, r.lang);
        let place = self
            .place
            .and_then(|p| self.app.city().places.all().get(p.0 as usize));
        html! {
            section .known aria-labelledby="known" {
                h2 #known { (r.say("按这些情况回答", "What the answer rests on")) }
                @if !facts.is_empty() {
                    form action="/ask" method="post" {
                        (self.carried(&[]))
                        dl .known-list {
                            @for fact in &facts {
                                div {
                                    dt { (fact.about) }
                                    dd {
                                        (fact.value) " "
                                        button .link-button type="submit" name="s" value=(self.token(&fact.without)) {
                                            (r.say("更改", "change")) span .sr { " " (fact.about) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                form .when-where action="/ask" method="post" {
                    (self.carried(&["at", "where", "point"]))
                    input type="hidden" name="s" value=(self.token(&self.facts));
                    div .field {
                        label for="at" { (r.say("什么时候", "When")) }
                        input #at type="datetime-local" name="at" value=(moments::field(self.at.unwrap_or(r.now)));
                    }
                    div .field {
                        label for="where" { (r.say("在哪里", "Where")) }
                        input #where type="text" name="where" maxlength="60" list="known-places" autocomplete="off" value=[place.map(|p| p.name.get(r.lang))] placeholder=(r.say("全市", "the whole city"));
                        datalist #known-places {
                            @for place in self.app.city().places.all().iter().filter(|p| matches!(p.level, city::place::Level::District | city::place::Level::Area)) {
                                option value=(place.name.get(r.lang)) {}
                            }
                        }
                    }
                    button .quiet-button type="submit" { (r.say("按此重算", "Use these")) }
                }
            }
        }
    }
}

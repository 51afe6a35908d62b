//! Offers that cannot keep what they say: no session, sessions out of term, nobody eligible, hours out of reach,
//! overlapping exclusives, a room used twice.

use super::ground::overfull;
use super::reach::reachable;
use super::report;
use crate::answer::Whereabouts;
use crate::book::Book;
use crate::case::speaker;
use crate::eligibility::{Eligibility, address, looks_at_day, subjects};
use city::City;
use city::slot::{Session, Slot, Slots, SlotsFault};
use notice::diagnostic::Example;
use notice::offer::Offer;
use notice::rule::ClauseAddress;
use notice::{Diagnostic, DiagnosticKind, Label, Lang, Minutes, Notice, PlaceId};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// An offer with its slots.
struct Known<'b> {
    notice: &'b Arc<Notice>,
    offer: &'b Offer,
    slots: Slots,
    /// It is to be published now.
    new: bool,
}

/// Everything there is to say against the offers of new notices, against those of all others too.
pub(super) fn offers(book: &Book, is_new: impl Fn(usize) -> bool) -> Vec<Diagnostic> {
    let city = book.city();
    let all = book.notices();
    if !all
        .iter()
        .enumerate()
        .any(|(n, notice)| is_new(n) && !notice.offers.is_empty())
    {
        return Vec::new();
    }
    let known: Vec<Known<'_>> = all
        .iter()
        .enumerate()
        .flat_map(|(n, notice)| notice.offers.iter().map(move |offer| (n, notice, offer)))
        .map(|(n, notice, offer)| Known {
            notice,
            offer,
            slots: city.slots(notice, offer),
            new: is_new(n),
        })
        .collect();
    let new: Vec<Arc<Notice>> = all
        .iter()
        .enumerate()
        .filter(|(n, _)| is_new(*n))
        .map(|(_, notice)| notice.clone())
        .collect();
    let eligibility = Eligibility::of(city, &new);
    let mut found = Vec::new();
    for one in known.iter().filter(|one| one.new) {
        found.extend(one.outside_term());
        if let Some(none) = one.no_session() {
            found.push(none);
            continue;
        }
        let nobody = one.nobody(&eligibility);
        found.extend(one.nobody_eligible(city, &nobody));
        found.extend(one.out_of_reach(city, &nobody));
        found.extend(one.overlap());
        let overfull = one
            .offer
            .ground
            .and_then(|ground| overfull(ground, &one.slots.slots));
        found.extend(overfull.map(|(slot, inside)| one.overfull(slot, inside)));
    }
    found.extend(rooms(city, &known));
    found
}

impl Known<'_> {
    fn address(&self, project: Option<usize>) -> ClauseAddress {
        address(self.notice, self.offer, project)
    }

    fn block(&self, project: Option<usize>) -> report::Block<'_> {
        report::Block {
            notice: self.notice,
            clause: self.offer.clause,
            span: &self.offer.spans.block,
            address: self.address(project),
        }
    }

    fn error(
        &self,
        kind: DiagnosticKind,
        span: &Range<usize>,
        project: Option<usize>,
        message: Label,
        hint: Label,
    ) -> Diagnostic {
        self.block(project).error(kind, span, message, hint)
    }

    /// The slot by name, as an example.
    fn example(&self, slot: &Slot) -> Example {
        let mut example = session(&slot.session.to_string());
        if let Some(project) = slot.project.and_then(|at| self.offer.projects.get(at)) {
            let name = Label::new("项目", "project");
            example.add("project", name, project.label.clone());
        }
        if let Some(room) = &slot.room {
            example.add_plain("room", Label::new("房间", "room"), room);
        }
        example
    }

    fn outside_term(&self) -> Vec<Diagnostic> {
        let outside = self.slots.outside.iter();
        let dated = outside.filter_map(|at| self.offer.dates.get(*at));
        let say = |on: jiff::civil::Date| {
            Label::new(
                format!("{on} 的场次不在公告的有效期内"),
                format!("the session of {on} is not in the notice's term"),
            )
        };
        dated
            .map(|dated| {
                let hint = Label::new(
                    "改日期，或者改公告的 in_force",
                    "change the date, or the notice's `in_force`",
                );
                let kind = DiagnosticKind::OutsideTerm;
                let mut one = self.error(kind, &dated.span, None, say(dated.on), hint);
                one.example = Some(session(&dated.on.to_string()));
                one
            })
            .collect()
    }

    /// No session, none that one can sign up for, or not all of them known.
    fn no_session(&self) -> Option<Diagnostic> {
        let spans = &self.offer.spans;
        let (kind, span, message, hint) = match self.slots.fault {
            Some(SlotsFault::NoEnd) => (
                DiagnosticKind::NoSession,
                &spans.sessions,
                Label::new(
                    "公告没有写到什么时候为止，重复的场次就没有尽头",
                    "the notice has no end, and so its recurring sessions have none",
                ),
                Label::new(
                    "在 in_force 里写上“止”，或者用 dates 写明哪几天",
                    "give `in_force` an end, or name the days in `dates`",
                ),
            ),
            Some(SlotsFault::TooMany) => (
                DiagnosticKind::Limit,
                &spans.sessions,
                Label::new(
                    format!(
                        "时段太多：超过 {} 个，或者跨了十年以上",
                        city::slot::SLOTS_MAX
                    ),
                    format!(
                        "too many slots: more than {}, or more than ten years of them",
                        city::slot::SLOTS_MAX
                    ),
                ),
                Label::new("分成几份公告", "split it into several notices"),
            ),
            None if self.slots.slots.is_empty() => (
                DiagnosticKind::NoSession,
                &spans.sessions,
                Label::new(
                    "公告有效期内一个场次也没有",
                    "there is no session in the notice's term",
                ),
                Label::new(
                    "核对 sessions 的日子和公告的 in_force；场次要整个在有效期内",
                    "check the days in `sessions` and the notice's `in_force`: a session lies wholly in it",
                ),
            ),
            None if self
                .slots
                .slots
                .iter()
                .all(|slot| slot.session.from <= self.offer.sign_up.from) =>
            {
                (
                    DiagnosticKind::NoSession,
                    &spans.sign_up,
                    Label::new(
                        "开始报名时，所有的场次都已经开始了",
                        "when sign-up begins, every session has begun",
                    ),
                    Label::new("把报名提前", "let sign-up begin earlier"),
                )
            }
            None => return None,
        };
        Some(self.error(kind, span, None, message, hint))
    }

    /// Positions of the slots that certainly nobody may sign up for.
    fn nobody(&self, eligibility: &Eligibility) -> BTreeSet<usize> {
        let subjects = subjects(self.notice, self.offer);
        let mut answers: BTreeMap<_, bool> = BTreeMap::new();
        let slots = self.slots.slots.iter().enumerate();
        slots
            .filter(|(_, slot)| {
                let Some((address, who)) = subjects.get(slot.project.unwrap_or(0)) else {
                    return false;
                };
                let at = slot.session.from;
                let day = looks_at_day(who).then(|| at.date());
                *answers
                    .entry((slot.project, slot.place, day))
                    .or_insert_with(|| {
                        let place = slot.place.map_or(Whereabouts::Unsaid, Whereabouts::Within);
                        eligibility.nobody(address, &place, at)
                    })
            })
            .map(|(at, _)| at)
            .collect()
    }

    /// One finding for each project: its first slot is the example.
    fn nobody_eligible(&self, city: &City, nobody: &BTreeSet<usize>) -> Vec<Diagnostic> {
        let mut first: BTreeMap<Option<usize>, (&Slot, usize)> = BTreeMap::new();
        for slot in nobody.iter().filter_map(|at| self.slots.slots.get(*at)) {
            first.entry(slot.project).or_insert((slot, 0)).1 += 1;
        }
        first
            .into_iter()
            .map(|(project, (slot, count))| {
                let own = project.and_then(|at| self.offer.projects.get(at));
                let span = own.map_or(&self.offer.spans.who, |own| &own.span);
                let place = slot.place.map(|place| {
                    let name = |lang| city.context().gazetteer.place_name(place, lang);
                    (name(Lang::Zh), name(Lang::En))
                });
                let (at_zh, at_en) = place
                    .map(|(zh, en)| (format!("，在{zh}"), format!(" in {en}")))
                    .unwrap_or_default();
                let session = slot.session;
                let message = Label::new(
                    format!("没有人可以报名：{session}{at_zh}，这样的时段有 {count} 个"),
                    format!("nobody may sign up: {session}{at_en}, one of {count} such slots"),
                );
                let hint = Label::new(
                    "检查 who 里的条件是否互相排斥，或者与时段的日子、地点对不上",
                    "check whether the conditions in `who` exclude each other, or the slots' days and place",
                );
                let kind = DiagnosticKind::NobodyEligible;
                let mut one = self.error(kind, span, project, message, hint);
                one.example = Some(self.example(slot));
                one
            })
            .collect()
    }

    fn out_of_reach(&self, city: &City, nobody: &BTreeSet<usize>) -> Option<Diagnostic> {
        let Minutes(wanted) = self.offer.hours?;
        let slots = self.slots.slots.iter().enumerate();
        let open: Vec<Session> = slots
            .filter(|(at, slot)| {
                !nobody.contains(at) && slot.session.from > self.offer.sign_up.from
            })
            .map(|(_, slot)| slot.session)
            .collect();
        let count = open.iter().collect::<BTreeSet<_>>().len();
        if reachable(open, self.offer.limit, wanted) {
            return None;
        }
        let length = |lang| speaker(city, lang).length_in_hours(Minutes(wanted));
        let (zh, en) = match self.offer.limit {
            None => (
                format!("{count} 场加起来，互不重叠的时间不够"),
                format!("{count} sessions, as far as they do not overlap, are shorter"),
            ),
            Some(limit) => (
                format!("{count} 场里一个人最多选 {limit} 个时段，时间不够"),
                format!("{count} sessions of which one person holds at most {limit} are shorter"),
            ),
        };
        Some(self.error(
            DiagnosticKind::OutOfReach,
            &self.offer.spans.hours,
            None,
            Label::new(
                format!("没有人能累计到{}：{zh}", length(Lang::Zh)),
                format!("nobody can collect {}: {en}", length(Lang::En)),
            ),
            Label::new(
                "增加场次，放宽 limit，或者少许诺一些",
                "add sessions, raise `limit`, or promise less",
            ),
        ))
    }

    /// More people than the ground holds, when the session of `slot` ends.
    fn overfull(&self, slot: &Slot, inside: u64) -> Diagnostic {
        let places = self.offer.ground.map_or(0, |ground| ground.places);
        let mut found = self.error(
            DiagnosticKind::Overfull,
            &self.offer.spans.ground,
            None,
            Label::new(
                format!(
                    "场内最多 {places} 人，可是到 {} 的入场结束时，里面会有 {inside} 人",
                    slot.session
                ),
                format!(
                    "the ground holds {places}, but when entry ends in {} there can be {inside} inside",
                    slot.session
                ),
            ),
            Label::new(
                "减少每场名额，拉开入场间隔，或者核对停留的时间",
                "give each slot fewer places, let people in less often, or check how long they stay",
            ),
        );
        found.example = Some(self.example(slot));
        found
    }

    /// Sessions of which one may take one project only, and that overlap by halves.
    fn overlap(&self) -> Option<Diagnostic> {
        if !self.offer.one_project_per_slot {
            return None;
        }
        let sessions: BTreeSet<Session> =
            self.slots.slots.iter().map(|slot| slot.session).collect();
        // By beginning: if any two overlap, so do some neighbours in this order.
        let (one, two) = sessions
            .iter()
            .zip(sessions.iter().skip(1))
            .find(|(one, two)| one.overlaps(two))?;
        let mut found = self.error(
            DiagnosticKind::SlotsOverlap,
            &self.offer.spans.one,
            None,
            Label::new(
                format!("说了每个时段一个项目，可是 {one} 和 {two} 错着重叠，不是同一个时段"),
                format!(
                    "it says one project per slot, but {one} and {two} overlap without being one slot"
                ),
            ),
            Label::new(
                "把钟点对齐，或者错开",
                "let the hours be the same, or not overlap",
            ),
        );
        let mut example = session(&one.to_string());
        let name = Label::new("另一场", "other session");
        example.add_plain("other", name, &two.to_string());
        found.example = Some(example);
        Some(found)
    }
}

/// An example that names a session.
fn session(when: &str) -> Example {
    let mut example = Example::default();
    example.add_plain("session", Label::new("场次", "session"), when);
    example
}

/// Where a room is: of one place, or, where no place is said, of one notice.
type Room<'a> = (Option<PlaceId>, Option<&'a str>, &'a str);
/// Two projects of two offers, by their positions.
type Pair = ((usize, Option<usize>), (usize, Option<usize>));

/// Rooms that two slots use at once: one finding for each two offers or projects.
fn rooms(city: &City, known: &[Known<'_>]) -> Vec<Diagnostic> {
    let mut used: BTreeMap<Room<'_>, Vec<(usize, &Slot)>> = BTreeMap::new();
    for (at, one) in known.iter().enumerate() {
        for slot in &one.slots.slots {
            if let Some(room) = &slot.room {
                let within = slot.place.is_none().then_some(&*one.notice.slug.0);
                used.entry((slot.place, within, room))
                    .or_default()
                    .push((at, slot));
            }
        }
    }
    let mut told: BTreeSet<Pair> = BTreeSet::new();
    let mut found = Vec::new();
    for slots in used.values_mut() {
        slots.sort_by_key(|(at, slot)| (slot.session, *at, slot.project));
        let mut latest: Option<(usize, &Slot)> = None;
        for &(at, slot) in slots.iter() {
            if let Some((before, earlier)) = latest
                && earlier.session.overlaps(&slot.session)
            {
                let pair = ((before, earlier.project), (at, slot.project));
                let is_new = known[before].new || known[at].new;
                if is_new && told.insert(pair) {
                    found.push(room_twice(
                        city,
                        (&known[before], earlier),
                        (&known[at], slot),
                    ));
                }
            }
            if latest.is_none_or(|(_, until)| until.session.to <= slot.session.to) {
                latest = Some((at, slot));
            }
        }
    }
    found
}

fn room_twice(
    city: &City,
    (one, slot): (&Known<'_>, &Slot),
    (other, also): (&Known<'_>, &Slot),
) -> Diagnostic {
    // What is new is told of; what is in force already is beside it.
    let ((one, slot), (other, also)) = if one.new {
        ((one, slot), (other, also))
    } else {
        ((other, also), (one, slot))
    };
    let span = |of: &Known<'_>, slot: &Slot| {
        let project = slot.project.and_then(|at| of.offer.projects.get(at));
        match project {
            Some(project) if project.room.is_some() => project.span.clone(),
            _ => of.offer.spans.room.clone(),
        }
    };
    let room = slot.room.as_deref().unwrap_or_default();
    let place = |lang| {
        slot.place
            .map(|place| city.context().gazetteer.place_name(place, lang))
            .unwrap_or_default()
    };
    let theirs = other.block(also.project).cited();
    let mut found = one.error(
        DiagnosticKind::RoomTwice,
        &span(one, slot),
        slot.project,
        Label::new(
            format!(
                "{}的房间“{room}”用了两次：{} 在这里，{} 在{}",
                place(Lang::Zh),
                slot.session,
                also.session,
                theirs.zh
            ),
            format!(
                "the room “{room}”{} is used twice: {} here, {} by {}",
                match place(Lang::En) {
                    name if name.is_empty() => name,
                    name => format!(" in {name}"),
                },
                slot.session,
                also.session,
                theirs.en
            ),
        ),
        Label::new(
            "换一个房间，或者换一个时间",
            "take another room, or another time",
        ),
    );
    found.related.push((
        other.block(also.project).source(&span(other, also)),
        Label::new(
            format!("{} 也用这个房间", other.address(also.project)),
            format!("{} uses it too", other.address(also.project)),
        ),
    ));
    found.clauses.push(other.address(also.project));
    found.example = Some(one.example(slot));
    found
}

//! An offer as sentences.

use super::Speaker;
use super::phrase::{both, capital, either};
use crate::condition::Condition;
use crate::label::Lang;
use crate::offer::{Dated, Give, Ground, Minutes, NoShow, Offer, Project, SeenBy, Waiting, Wanted};
use crate::time::{Hours, When};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Days that are told one by one; of more, only how many there are.
const DAYS_SAID_MAX: usize = 6;
/// Units of length in minutes, largest first.
const UNITS: [(u32, &str, &str); 3] = [
    (24 * 60, "天", "day"),
    (60, "小时", "hour"),
    (1, "分钟", "minute"),
];

impl Speaker<'_> {
    /// An offer in one run of text: its [sentences](Speaker::offer_sentences), marked if it has demo values.
    pub fn offer(&self, offer: &Offer) -> String {
        let mut said = self.offer_sentences(offer).join(self.pick("", " "));
        if offer.demo {
            let stop = self.pick("。", ".");
            said.truncate(said.len() - stop.len());
            said.push_str(self.pick("（含演示数据）", " (demo data)"));
            said.push_str(stop);
        }
        said
    }

    /// An offer as sentences: who may sign up for what, when and where it takes place, how many places there are and how
    /// they are given, and what else holds. The first says who may sign up.
    pub fn offer_sentences(&self, offer: &Offer) -> Vec<String> {
        let mut sentences = vec![self.who_may(offer)];
        sentences.extend(
            offer
                .projects
                .iter()
                .filter_map(|project| self.project(project)),
        );
        if offer.confirmed {
            sentences.push(
                self.pick(
                    "这些情况要由有关机构核实过才算",
                    "of this only what an office has confirmed counts",
                )
                .to_owned(),
            );
        }
        if offer.seen_by == SeenBy::Eligible {
            sentences.push(
                self.pick(
                    "时段只有可以报名的人和监护人看得到",
                    "only those who may sign up, and their guardians, are shown the slots",
                )
                .to_owned(),
            );
        }
        sentences.push(self.sessions(offer));
        sentences.extend(offer.every.map(|every| self.entry(every)));
        sentences.extend(offer.ground.map(|ground| self.ground(ground)));
        sentences.push(self.places_given(offer));
        if offer.party > 1 {
            let most = offer.party;
            sentences.push(match self.lang {
                Lang::Zh => format!("一个预约最多{most}人，一人一个名额"),
                Lang::En => format!("one booking is for {most} people at most, each takes a place"),
            });
        }
        sentences.extend(self.asked(offer));
        if offer.one_project_per_slot {
            sentences.push(
                self.pick(
                    "同一时段每人只能选一个项目",
                    "each person takes one project only in a slot",
                )
                .to_owned(),
            );
        }
        if let Some(limit) = offer.limit {
            sentences.push(match self.lang {
                Lang::Zh => format!("每人最多同时选{limit}个时段"),
                Lang::En => format!("each person holds at most {limit} slots"),
            });
        }
        sentences.push(self.waiting(offer.waiting));
        sentences.push(self.cancelling(offer.cancel_by));
        sentences.extend(offer.no_show.map(|rule| self.no_show(rule)));
        sentences.extend(offer.hours.map(|hours| {
            let hours = self.length_in_hours(hours);
            match self.lang {
                Lang::Zh => format!("时段足够累计{hours}"),
                Lang::En => format!("the slots suffice for {hours}"),
            }
        }));
        sentences
            .iter()
            .map(|one| match self.lang {
                Lang::Zh => format!("{one}。"),
                Lang::En => format!("{}.", capital(one)),
            })
            .collect()
    }

    fn who_may(&self, offer: &Offer) -> String {
        let who = match (&offer.who, self.lang) {
            (Condition::Always, Lang::Zh) => "任何人都".to_owned(),
            (Condition::Always, Lang::En) => "anybody".to_owned(),
            (who, _) => self.condition(who),
        };
        let projects: Vec<String> = offer
            .projects
            .iter()
            .map(|project| match self.lang {
                Lang::Zh => format!("“{}”", project.label.zh),
                Lang::En => format!("“{}”", project.label.en),
            })
            .collect();
        match (self.lang, projects.is_empty()) {
            (Lang::Zh, true) => format!("{who}可以报名"),
            (Lang::Zh, false) => format!("{who}可以报名{}", either(self.lang, &projects)),
            (Lang::En, true) => format!("{who} may sign up"),
            (Lang::En, false) => format!("{who} may sign up for {}", either(self.lang, &projects)),
        }
    }

    /// What is particular to one project.
    fn project(&self, project: &Project) -> Option<String> {
        let mut words = Vec::new();
        if project.who != Condition::Always {
            let who = self.condition(&project.who);
            words.push(match self.lang {
                Lang::Zh => format!("只限{who}"),
                Lang::En => format!("for {who} only"),
            });
        }
        if let Some(place) = project.place {
            words.push(self.at_place(place));
        }
        if let Some(room) = &project.room {
            words.push(self.in_room(room));
        }
        if let Some(capacity) = project.capacity {
            words.push(match self.lang {
                Lang::Zh => format!("每个时段{capacity}个名额"),
                Lang::En => format!("{} a slot", places(capacity)),
            });
        }
        (!words.is_empty()).then(|| match self.lang {
            Lang::Zh => format!("“{}”：{}", project.label.zh, words.join("，")),
            Lang::En => format!("“{}”: {}", project.label.en, words.join(", ")),
        })
    }

    fn at_place(&self, place: crate::PlaceId) -> String {
        match self.lang {
            Lang::Zh => format!("在{}", self.place(place)),
            Lang::En => self.places(&[place]),
        }
    }

    fn in_room(&self, room: &str) -> String {
        match self.lang {
            Lang::Zh => format!("房间是{room}"),
            Lang::En => format!("room {room}"),
        }
    }

    fn sessions(&self, offer: &Offer) -> String {
        let mut words = Vec::new();
        if !offer.sessions.is_empty() {
            let when = self.when(&offer.sessions);
            words.push(match (&offer.during, self.lang) {
                (None, _) => when,
                (Some(during), Lang::Zh) => format!("{}的{when}", self.period(during)),
                (Some(during), Lang::En) => format!("{when}, {}", self.period(during)),
            });
        }
        words.extend(self.dates(&offer.dates));
        let mut said = match self.lang {
            Lang::Zh => format!("时段是{}", words.join("，以及")),
            Lang::En => format!("the slots are {}", both(self.lang, &words)),
        };
        let comma = self.pick("，", ", ");
        if let Some(place) = offer.place {
            said.push_str(comma);
            said.push_str(&self.at_place(place));
        }
        if let Some(room) = &offer.room {
            said.push_str(comma);
            said.push_str(&self.in_room(room));
        }
        said
    }

    fn entry(&self, every: Minutes) -> String {
        let every = self.length(every);
        match self.lang {
            Lang::Zh => format!("每{every}为一个入场时段，在时段内入场"),
            Lang::En => format!("there is an entry slot every {every}, in which one comes in"),
        }
    }

    fn ground(&self, ground: Ground) -> String {
        let (places, stay) = (ground.places, self.length(ground.stay));
        match self.lang {
            Lang::Zh => format!("场内同时最多{places}人，每人按停留{stay}计"),
            Lang::En => {
                format!("at most {places} people are inside at once, each counted for {stay}")
            }
        }
    }

    /// What is asked when somebody signs up, consents apart.
    fn asked(&self, offer: &Offer) -> Vec<String> {
        let list = |consent: bool| -> Vec<String> {
            let asked = offer.questions.iter();
            let asked = asked.filter(|q| (q.wanted == Wanted::Consent) == consent);
            asked
                .map(|question| match self.lang {
                    Lang::Zh => format!("“{}”", question.label.zh),
                    Lang::En => format!("“{}”", question.label.en),
                })
                .collect()
        };
        let (consents, others) = (list(true), list(false));
        let mut said = Vec::new();
        if !consents.is_empty() {
            let consents = both(self.lang, &consents);
            said.push(match self.lang {
                Lang::Zh => format!("报名要监护人同意：{consents}"),
                Lang::En => format!("a guardian must agree: {consents}"),
            });
        }
        if !others.is_empty() {
            let others = both(self.lang, &others);
            said.push(match self.lang {
                Lang::Zh => format!("报名时要答：{others}"),
                Lang::En => format!("whoever signs up is asked: {others}"),
            });
        }
        said
    }

    fn dates(&self, dates: &[Dated]) -> Vec<String> {
        if dates.len() > DAYS_SAID_MAX {
            let days: BTreeSet<Date> = dates.iter().map(|dated| dated.on).collect();
            let (Some(&first), Some(&last)) = (days.first(), days.last()) else {
                return Vec::new();
            };
            let (first, last) = (self.date(first), self.date(last));
            return vec![match self.lang {
                Lang::Zh => format!("{first}至{last}之间的{}天", days.len()),
                Lang::En => format!("{} days from {first} to {last}", days.len()),
            }];
        }
        dates
            .iter()
            .map(|dated| {
                let hours = self.hours_said(&dated.hours);
                let day = self.date(dated.on);
                match self.lang {
                    Lang::Zh => format!("{day}{hours}"),
                    Lang::En => format!("{hours} on {day}"),
                }
            })
            .collect()
    }

    /// Hours by themselves, without days.
    fn hours_said(&self, hours: &[Hours]) -> String {
        let daily = self.when(&[When {
            days: Vec::new(),
            hours: hours.to_vec(),
        }]);
        match self.lang {
            Lang::Zh => daily.trim_start_matches("每日").to_owned(),
            Lang::En => daily.trim_end_matches(" daily").to_owned(),
        }
    }

    fn date(&self, day: Date) -> String {
        match self.lang {
            Lang::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
            Lang::En => format!(
                "{} {} {}",
                day.day(),
                super::time::month_en(day.month().unsigned_abs()),
                day.year()
            ),
        }
    }

    fn places_given(&self, offer: &Offer) -> String {
        let period = self.period(&offer.sign_up);
        let each = match (self.lang, offer.projects.is_empty()) {
            (Lang::Zh, true) => "每个时段",
            (Lang::Zh, false) => "每个时段每个项目",
            (Lang::En, true) => "slot",
            (Lang::En, false) => "project and slot",
        };
        let given = match offer.give {
            Give::FirstCome => self.pick("先到先得", "given in the order of signing up"),
            Give::Draw => self.pick("截止后抽签", "given by a draw after sign-up ends"),
        };
        match self.lang {
            Lang::Zh => format!("{each}{}个名额，{period}报名，{given}", offer.capacity),
            Lang::En => format!(
                "{} for each {each}, sign-up {period}, {given}",
                places(offer.capacity)
            ),
        }
    }

    fn waiting(&self, waiting: Option<Waiting>) -> String {
        match (waiting, self.lang) {
            (None, Lang::Zh) => "满了不设候补".to_owned(),
            (None, Lang::En) => "there is no waiting list".to_owned(),
            (Some(waiting), Lang::Zh) => format!(
                "满了可以候补，空出的名额按候补先后给，保留{}",
                self.length(waiting.offer)
            ),
            (Some(waiting), Lang::En) => format!(
                "when it is full there is a waiting list; a place that comes free is offered in its order and kept for {}",
                self.length(waiting.offer)
            ),
        }
    }

    fn cancelling(&self, before: Minutes) -> String {
        match (before.0, self.lang) {
            (0, Lang::Zh) => "开始前都可以取消".to_owned(),
            (0, Lang::En) => "one can cancel until it begins".to_owned(),
            (_, Lang::Zh) => format!("开始前{}以上可以取消", self.length(before)),
            (_, Lang::En) => format!("one can cancel until {} before", self.length(before)),
        }
    }

    fn no_show(&self, rule: NoShow) -> String {
        let after = self.length(rule.after);
        let counted = match self.lang {
            Lang::Zh => format!("开始后{after}还没签到算未到"),
            Lang::En => {
                format!("whoever has not checked in {after} after the beginning has not come")
            }
        };
        match (rule.bar, self.lang) {
            (None, _) => counted,
            (Some((times, bar)), Lang::Zh) => {
                format!(
                    "{counted}，未到{times}次的，此后{}不能报名",
                    self.length(bar)
                )
            }
            (Some((times, bar)), Lang::En) => {
                let times = match times {
                    1 => "once".to_owned(),
                    2 => "twice".to_owned(),
                    more => format!("{more} times"),
                };
                format!(
                    "{counted}; whoever has not come {times} cannot sign up for {} after",
                    self.length(bar)
                )
            }
        }
    }

    /// A length of time in the largest unit that is whole: `2天`, `90 minutes`.
    pub fn length(&self, minutes: Minutes) -> String {
        // `24小时` is how one day is said of a deadline.
        let units = if minutes.0 == 24 * 60 {
            &UNITS[1..]
        } else {
            &UNITS
        };
        self.in_units(minutes, units)
    }

    /// A length of time in hours, or minutes if they are not whole.
    pub fn length_in_hours(&self, minutes: Minutes) -> String {
        self.in_units(minutes, &UNITS[1..])
    }

    fn in_units(&self, minutes: Minutes, units: &[(u32, &str, &str)]) -> String {
        let whole = |unit: &&(u32, &str, &str)| minutes.0 > 0 && minutes.0.is_multiple_of(unit.0);
        let (unit, zh, en) = units.iter().find(whole).unwrap_or(&UNITS[2]);
        let count = minutes.0 / unit;
        match self.lang {
            Lang::Zh => format!("{count}{zh}"),
            Lang::En if count == 1 => format!("1 {en}"),
            Lang::En => format!("{count} {en}s"),
        }
    }
}

fn places(count: u32) -> String {
    match count {
        1 => "1 place".to_owned(),
        more => format!("{more} places"),
    }
}

//! A way of steps as sentences.

use super::Speaker;
use super::phrase::{both, capital, either};
use crate::condition::Condition;
use crate::label::Lang;
use crate::steps::{
    Deadline, Doer, Evidence, Pause, Promise, Reopen, Sort, Stage, StageIndex, Steps, Way,
};

impl Speaker<'_> {
    /// Steps in one run of text: their [sentences](Speaker::steps_sentences), marked if they have demo values.
    pub fn steps(&self, steps: &Steps) -> String {
        let mut said = self.steps_sentences(steps).join(self.pick("", " "));
        if steps.demo {
            let stop = self.pick("。", ".");
            said.truncate(said.len() - stop.len());
            said.push_str(self.pick("（含演示数据）", " (demo data)"));
            said.push_str(stop);
        }
        said
    }

    /// Steps as sentences: which matters go this way, where each sort begins, what happens at each stage, and what is promised.
    pub fn steps_sentences(&self, steps: &Steps) -> Vec<String> {
        let mut sentences = vec![self.which_cases(steps)];
        sentences.extend(self.sorts(steps));
        sentences.extend(steps.stages.iter().map(|stage| self.stage(steps, stage)));
        sentences.extend(self.promised(steps));
        sentences.extend(self.paused(&steps.pauses));
        sentences.extend(steps.reopen.map(|rule| self.reopened(steps, rule)));
        if steps.callback > 0 {
            let share = steps.callback;
            sentences.push(match self.lang {
                Lang::Zh => format!("办结的抽{share}%回访"),
                Lang::En => {
                    format!(
                        "{share} % of what is settled is drawn, and whoever brought it is asked"
                    )
                }
            });
        }
        sentences
            .iter()
            .map(|one| match self.lang {
                Lang::Zh => format!("{one}。"),
                Lang::En => format!("{}.", capital(one)),
            })
            .collect()
    }

    fn which_cases(&self, steps: &Steps) -> String {
        let label = &steps.label;
        let mut said = match (&steps.who, self.lang) {
            (Condition::Always, Lang::Zh) => format!("{}按下面的环节办理", label.zh),
            (Condition::Always, Lang::En) => format!("{} goes by these stages", label.en),
            (who, Lang::Zh) => {
                format!("{}（{}）按下面的环节办理", label.zh, self.condition(who))
            }
            (who, Lang::En) => format!(
                "{} ({}) goes by these stages",
                label.en,
                self.condition(who)
            ),
        };
        if let Some(place) = steps.place {
            let place = match self.lang {
                Lang::Zh => format!("，限{}", self.place(place)),
                Lang::En => format!(", {}", self.places(&[place])),
            };
            said.push_str(&place);
        }
        said
    }

    /// Where each sort begins; one sort without a condition needs no more than that.
    fn sorts(&self, steps: &Steps) -> Vec<String> {
        if let [only] = &steps.sorts[..]
            && only.when == Condition::Always
        {
            let first = self.stage_name(steps, only.first);
            return vec![match self.lang {
                Lang::Zh => format!("都从{first}开始"),
                Lang::En => format!("it begins at {first}"),
            }];
        }
        let one = |(at, sort): (usize, &Sort)| {
            let (name, first) = (
                self.quoted(&sort.label.zh, &sort.label.en),
                self.stage_name(steps, sort.first),
            );
            match (&sort.when, self.lang) {
                (Condition::Always, Lang::Zh) if at > 0 => format!("其余的归{name}，从{first}开始"),
                (Condition::Always, Lang::En) if at > 0 => {
                    format!("any other is {name} and begins at {first}")
                }
                (Condition::Always, Lang::Zh) => format!("{name}，从{first}开始"),
                (Condition::Always, Lang::En) => format!("it is {name} and begins at {first}"),
                (when, Lang::Zh) => {
                    format!("{}，归{name}，从{first}开始", self.condition(when))
                }
                (when, Lang::En) => {
                    format!("{} is {name} and begins at {first}", self.condition(when))
                }
            }
        };
        steps.sorts.iter().enumerate().map(one).collect()
    }

    fn stage(&self, steps: &Steps, stage: &Stage) -> String {
        let name = self.quoted(&stage.label.zh, &stage.label.en);
        let (by, within) = (self.doer(&stage.by), self.deadline(stage.within));
        let mut words = vec![match self.lang {
            Lang::Zh => format!("{name}由{by}办，限{within}"),
            Lang::En => format!("{name} is for {by}, within {within}"),
        }];
        if !stage.needs.is_empty() {
            let needs: Vec<_> = stage
                .needs
                .iter()
                .map(|need| self.evidence(*need))
                .collect();
            let needs = both(self.lang, &needs);
            words.push(match self.lang {
                Lang::Zh => format!("要有{needs}才算办完"),
                Lang::En => format!("it is done only with {needs}"),
            });
        }
        let ways: Vec<_> = stage.next.iter().map(|way| self.way(steps, *way)).collect();
        let ways = either(self.lang, &ways);
        words.push(match self.lang {
            Lang::Zh => format!("接着{ways}"),
            Lang::En => format!("then it {ways}"),
        });
        if !stage.back.is_empty() {
            let back: Vec<_> = stage
                .back
                .iter()
                .map(|at| self.stage_name(steps, *at))
                .collect();
            let back = either(self.lang, &back);
            words.push(match self.lang {
                Lang::Zh => format!("说明理由可以退回{back}"),
                Lang::En => format!("with a reason it can be sent back to {back}"),
            });
        }
        words.extend(self.late(steps, stage));
        words.join(self.pick("，", "; "))
    }

    fn late(&self, steps: &Steps, stage: &Stage) -> Option<String> {
        let late = stage.late.as_ref()?;
        let to = late.to.map(|to| self.stage_name(steps, to));
        let tell: Vec<_> = late.tell.iter().map(|doer| self.doer(doer)).collect();
        let tell = (!tell.is_empty()).then(|| both(self.lang, &tell));
        Some(match (to, tell, self.lang) {
            (Some(to), None, Lang::Zh) => format!("到期没办完就自动转到{to}"),
            (Some(to), Some(tell), Lang::Zh) => {
                format!("到期没办完就自动转到{to}，并告诉{tell}")
            }
            (None, tell, Lang::Zh) => format!("到期没办完就告诉{}", tell.unwrap_or_default()),
            (Some(to), None, Lang::En) => format!("when that is over it goes to {to} by itself"),
            (Some(to), Some(tell), Lang::En) => {
                format!("when that is over it goes to {to} by itself and is reported to {tell}")
            }
            (None, tell, Lang::En) => {
                format!(
                    "when that is over it is reported to {}",
                    tell.unwrap_or_default()
                )
            }
        })
    }

    fn promised(&self, steps: &Steps) -> Option<String> {
        let one = |promise: &Promise| {
            let within = self.deadline(promise.within);
            match (promise.done, self.lang) {
                (Way::End, Lang::Zh) => format!("{within}内办结"),
                (Way::End, Lang::En) => format!("it is settled within {within}"),
                (Way::Stage(at), Lang::Zh) => {
                    format!("{within}内办完{}", self.stage_name(steps, at))
                }
                (Way::Stage(at), Lang::En) => {
                    format!("{} is done within {within}", self.stage_name(steps, at))
                }
            }
        };
        let all: Vec<_> = steps.promises.iter().map(one).collect();
        (!all.is_empty()).then(|| match self.lang {
            Lang::Zh => format!("承诺从提出起{}", all.join("，")),
            Lang::En => format!("counted from its coming in, {}", both(self.lang, &all)),
        })
    }

    fn paused(&self, pauses: &[Pause]) -> Option<String> {
        let one = |pause: &Pause| {
            let most = self.deadline(pause.most);
            match self.lang {
                Lang::Zh => format!("{}（最长{most}）", pause.label.zh),
                Lang::En => format!("{} ({most} at most)", pause.label.en),
            }
        };
        let all: Vec<_> = pauses.iter().map(one).collect();
        (!all.is_empty()).then(|| match self.lang {
            Lang::Zh => format!("可以暂停的情况：{}", all.join("、")),
            Lang::En => format!("it may rest for {}", either(self.lang, &all)),
        })
    }

    fn reopened(&self, steps: &Steps, rule: Reopen) -> String {
        let (within, to) = (self.deadline(rule.within), self.stage_name(steps, rule.to));
        match self.lang {
            Lang::Zh => format!(
                "办结后{within}内，同一个地方又有同类的事，或者当事人说没办好，就回到{to}重新办"
            ),
            Lang::En => format!(
                "if within {within} of its end one of the same sort comes from the same place, or whoever brought it says that it is not settled, it goes on at {to}"
            ),
        }
    }

    fn way(&self, steps: &Steps, way: Way) -> String {
        match (way, self.lang) {
            (Way::End, Lang::Zh) => "办结".to_owned(),
            (Way::End, Lang::En) => "is settled".to_owned(),
            (Way::Stage(at), Lang::Zh) => format!("到{}", self.stage_name(steps, at)),
            (Way::Stage(at), Lang::En) => format!("goes on to {}", self.stage_name(steps, at)),
        }
    }

    fn stage_name(&self, steps: &Steps, at: StageIndex) -> String {
        steps.stage(at).map_or_else(String::new, |stage| {
            self.quoted(&stage.label.zh, &stage.label.en)
        })
    }

    fn quoted(&self, zh: &str, en: &str) -> String {
        let word = match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        };
        format!("“{word}”")
    }

    /// Who acts, by their name: `南环社区居民委员会的负责人`.
    #[must_use]
    pub fn doer(&self, doer: &Doer) -> String {
        let name = |id: &str| {
            self.gazetteer
                .office_name(id, self.lang)
                .unwrap_or_else(|| id.to_owned())
        };
        match (doer, self.lang) {
            (Doer::One(id), _) => name(id),
            (Doer::RoleIn { office, role }, Lang::Zh) => {
                format!("{}的{}", name(office), name(role))
            }
            (Doer::RoleIn { office, role }, Lang::En) => {
                format!("the {} of {}", name(role), name(office))
            }
        }
    }

    /// A deadline: `2小时`, `5个工作日`.
    #[must_use]
    pub fn deadline(&self, deadline: Deadline) -> String {
        match (deadline, self.lang) {
            (Deadline::Minutes(minutes), _) => self.length(minutes),
            (Deadline::Workdays(count), Lang::Zh) => format!("{count}个工作日"),
            (Deadline::Workdays(1), Lang::En) => "1 workday".to_owned(),
            (Deadline::Workdays(count), Lang::En) => format!("{count} workdays"),
        }
    }

    /// A piece of evidence: `照片`.
    #[must_use]
    pub fn evidence(&self, evidence: Evidence) -> String {
        let (zh, en) = match evidence {
            Evidence::Note => ("办理说明", "a note on what was done"),
            Evidence::Photo => ("照片", "a photograph"),
            Evidence::Agreement => ("双方签字的协议", "an agreement signed by both sides"),
            Evidence::Word => (
                "当事人认可",
                "the word of whoever brought it that it is settled",
            ),
        };
        self.pick(zh, en).to_owned()
    }
}

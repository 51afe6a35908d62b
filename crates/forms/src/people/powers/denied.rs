//! Why somebody may not do something, with the clauses.

use city::City;
use decide::Because;
use notice::Label;

use super::{Act, Post};

/// Why not, by which clause, and whom to ask.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The person holds no post.
    #[error("only staff may {}{}", .act.name(), cited(.only))]
    NoPost {
        /// What was asked for.
        act: Act,
        /// The clauses that give it to somebody.
        only: Vec<Because>,
    },
    /// No clause gives it to this post for this matter.
    #[error("the powers do not let this post {}{}", .act.name(), cited(.only))]
    NotGiven {
        /// What was asked for.
        act: Act,
        /// Who asked.
        post: Post,
        /// The clauses that give it to somebody.
        only: Vec<Because>,
    },
    /// A clause forbids it.
    #[error("it is forbidden to {}{}", .act.name(), cited(.clauses))]
    Forbidden {
        /// What was asked for.
        act: Act,
        /// The clauses that forbid.
        clauses: Vec<Because>,
    },
    /// It turns on something that is not known.
    #[error("whether this post may {} is not settled{}", .act.name(), cited(.clauses))]
    Unsettled {
        /// What was asked for.
        act: Act,
        /// What it turns on.
        needs: Option<Label>,
        /// The clauses that may or may not apply.
        clauses: Vec<Because>,
    },
    /// Clauses contradict each other.
    #[error("clauses contradict each other on who may {}{}", .act.name(), cited(.clauses))]
    Conflict {
        /// What was asked for.
        act: Act,
        /// Which.
        clauses: Vec<Because>,
    },
    /// The vocabulary has no such act.
    #[error("the city's vocabulary has no word for the act `{}`: add it, forbidden by default", .0.word())]
    Unknown(Act),
    /// In the vocabulary the act is allowed by default.
    #[error("the act `{}` must be forbidden by default in the city's vocabulary: set `default = \"forbidden\"`", .0.word())]
    Unkept(Act),
}

/// `; see 一、公告 第1款`, or nothing.
fn cited(clauses: &[Because]) -> String {
    if clauses.is_empty() {
        "; no clause gives it to anybody".to_owned()
    } else {
        let all: Vec<String> = clauses
            .iter()
            .map(|c| format!("{}#{} ({})", c.notice, c.rule, c.clause))
            .collect();
        format!("; see {}", all.join(", "))
    }
}

impl Denied {
    /// The clauses that a page shows with it.
    #[must_use]
    pub fn clauses(&self) -> &[Because] {
        match self {
            Self::NoPost { only, .. } | Self::NotGiven { only, .. } => only,
            Self::Forbidden { clauses, .. }
            | Self::Unsettled { clauses, .. }
            | Self::Conflict { clauses, .. } => clauses,
            Self::Unknown(_) | Self::Unkept(_) => &[],
        }
    }

    /// Why not and whom to ask, in both languages.
    #[must_use]
    pub fn label(&self, city: &City) -> Label {
        let name = |id: &str| {
            let known = city.offices.name(id).cloned();
            known.unwrap_or_else(|| Label::new(id, id))
        };
        let clauses: Vec<&str> = self.clauses().iter().map(|c| c.clause.as_str()).collect();
        let (zh_clauses, en_clauses) = (clauses.join("、"), clauses.join(", "));
        let see = if clauses.is_empty() {
            Label::new(
                "，权责清单没有把它交给任何人；需要办理的，请先修订权责清单",
                ": the powers give it to nobody; where it is needed, amend the powers first",
            )
        } else {
            Label::new(
                format!("，依据是权责清单“{zh_clauses}”；请找其中写明的岗位办理"),
                format!(" (powers: {en_clauses}); ask one of those named there"),
            )
        };
        let said = |zh: String, en: String| {
            Label::new(format!("{zh}{}", see.zh), format!("{en}{}", see.en))
        };
        match self {
            Self::NoPost { act, .. } => said(
                format!("“{}”只能由工作人员办理", act.word()),
                format!("Only staff may {}", act.name()),
            ),
            Self::NotGiven { act, post, .. } => {
                let (office, role) = (name(&post.office), name(&post.role));
                said(
                    format!("{}的{}不能就此“{}”", office.zh, role.zh, act.word()),
                    format!(
                        "As {} of {} you may not {} here and now",
                        role.en,
                        office.en,
                        act.name()
                    ),
                )
            }
            Self::Forbidden { act, .. } => said(
                format!("此处禁止“{}”", act.word()),
                format!("It is forbidden to {} here", act.name()),
            ),
            Self::Unsettled { act, needs, .. } => {
                let on = needs.clone().unwrap_or_default();
                said(
                    format!("能否“{}”取决于“{}”，目前还不清楚", act.word(), on.zh),
                    format!(
                        "Whether you may {} turns on “{}”, which is not known",
                        act.name(),
                        on.en
                    ),
                )
            }
            Self::Conflict { act, .. } => said(
                format!("关于“{}”的条款互相矛盾，更正以前不能办理", act.word()),
                format!(
                    "Clauses contradict each other on who may {}; nobody may until they are corrected",
                    act.name()
                ),
            ),
            Self::Unknown(act) | Self::Unkept(act) => Label::new(
                format!(
                    "词汇表没有把“{}”列为未经许可不得行使的行为，请管理员补上",
                    act.word()
                ),
                self.to_string(),
            ),
        }
    }
}

//! Why a command about certificates is not carried out, and by which clause.

use notice::Label;
use notice::rule::ClauseAddress;

use super::rows::Serial;

/// A refusal: the reason, and the clause that gives it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why} ({clause})")]
pub struct Refused {
    /// The reason.
    pub why: Why,
    /// The offer.
    pub clause: ClauseAddress,
}

/// Reasons.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The command was made by another version of the text.
    #[error(
        "The notice has been changed since you opened it: read it again, then send this again."
    )]
    OtherText,
    /// Given by somebody who is neither the person nor an accepted guardian.
    #[error(
        "You can ask for this only for yourself or for a child whose accepted guardian you are: let the person ask."
    )]
    NotYours,
    /// The clause of the powers is for something else, another office's, or was given to somebody else.
    #[error(
        "The power that was cited is for something else or not yours: start again from your own desk."
    )]
    OtherPower,
    /// What was sealed is of somebody else.
    #[error("What was sent with this is about another person: start again from your own page.")]
    OtherPerson,
    /// The offer promises no hours.
    #[error("This notice promises no certificate: look under the notice for what it gives.")]
    NothingPromised,
    /// Not enough hours.
    #[error("You have {} of the {} that the notice asks for: {} are still missing.", english(*.counted), english(*.promised), english(.promised.saturating_sub(*.counted)))]
    Missing {
        /// Minutes that count.
        counted: u32,
        /// Minutes that the offer promises.
        promised: u32,
    },
    /// There is one.
    #[error("You have this certificate already, number {serial}: find it under My certificates.")]
    Already {
        /// Its number.
        serial: Serial,
    },
    /// The one there was is void.
    #[error(
        "Your certificate was made void, so only the office can issue another: ask it for a new one."
    )]
    Revoked,
    /// The hours of the account are not those of the bookings.
    #[error(
        "Your hours and your sessions do not agree, so nothing was issued: tell the office, it can compare them."
    )]
    Unsettled,
    /// No such certificate in this offer.
    #[error("There is no certificate of this number here: compare the number with the paper.")]
    NoSuchCertificate,
    /// Void already.
    #[error("This certificate is void already: nothing needs doing.")]
    AlreadyRevoked,
    /// The one that another should replace still holds.
    #[error("This certificate still holds: make it void first, then issue another in its place.")]
    NotVoid,
    /// Another one has taken its place already.
    #[error("Certificate {serial} has taken its place already: nothing needs doing.")]
    Replaced {
        /// The number of that one.
        serial: Serial,
    },
    /// There is a void one, and which one the new one replaces was not said.
    #[error("Certificate {serial} of this person is void: say that the new one takes its place.")]
    Unnamed {
        /// The number of the void one.
        serial: Serial,
    },
    /// There is no consent to take back.
    #[error("Your name is not shown here, so there is nothing to take back.")]
    NotNamed,
}

impl Refused {
    /// What it is, what to do next, and the clause.
    #[must_use]
    pub fn label(&self) -> Label {
        Label::new(
            format!("{}（依据 {}）", self.why.label().zh, self.clause),
            self.to_string(),
        )
    }
}

impl Why {
    /// What it is and what to do next, without the clause.
    #[must_use]
    pub fn label(&self) -> Label {
        let zh = match self {
            Self::OtherText => "您打开以后公告有过更正，请重新看一遍再提交。".to_owned(),
            Self::NotYours => {
                "这只能由本人申请，或者由已核实的监护人替孩子申请；请让本人来办。".to_owned()
            }
            Self::OtherPower => {
                "所引用的权责不是这一项，或者不是给您的；请从您自己的工作台重新办理。".to_owned()
            }
            Self::OtherPerson => "随附的内容是别人的，请从您自己的页面重新开始。".to_owned(),
            Self::NothingPromised => {
                "这份公告没有约定出具证明；能得到什么，请看公告本身。".to_owned()
            }
            Self::Missing { counted, promised } => format!(
                "公告要求满{}，您已有{}，还差{}。",
                chinese(*promised),
                chinese(*counted),
                chinese(promised.saturating_sub(*counted)),
            ),
            Self::Already { serial } => {
                format!("您已经有这份证明，编号 {serial}，请到“我的证明”里查看。")
            }
            Self::Revoked => {
                "您原来的证明已经作废，新的只能由发证单位出具，请向它申请。".to_owned()
            }
            Self::Unsettled => {
                "您的时长与场次对不上，所以没有出具；请告诉发证单位核对。".to_owned()
            }
            Self::NoSuchCertificate => "这里没有这个编号的证明，请对照纸面核对编号。".to_owned(),
            Self::AlreadyRevoked => "这份证明已经作废，不用处理。".to_owned(),
            Self::NotVoid => "这份证明还有效，请先作废，再换发。".to_owned(),
            Self::Replaced { serial } => format!("已经换发了证明 {serial}，不用再办。"),
            Self::Unnamed { serial } => {
                format!("这个人的证明 {serial} 已经作废，请写明新证明是代替它的。")
            }
            Self::NotNamed => "这里没有显示您的姓名，不用收回。".to_owned(),
        };
        Label::new(zh, self.to_string())
    }
}

/// `42小时`, `41小时30分`, `30分`.
pub(super) fn chinese(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest}分钟"),
        (hours, 0) => format!("{hours}小时"),
        (hours, rest) => format!("{hours}小时{rest}分"),
    }
}

/// `42 h`, `41 h 30 min`, `30 min`.
pub(super) fn english(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}

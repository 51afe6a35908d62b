//! Why a command about a notice's text is not carried out, said to the officer who gave it.

use notice::Label;

use super::{DAYS_AHEAD_MAX, REASON_CHARS_MAX};

/// Why not, and what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is being written.
    #[error("there is no draft of this notice: write one first")]
    NoDraft,
    /// The draft is another by now.
    #[error(
        "somebody has saved another text meanwhile: open the draft again and look at what is in it now"
    )]
    DraftChanged,
    /// As many people have worked on it as are kept.
    #[error("too many people have worked on this draft: drop it and begin anew")]
    TooManyHands,
    /// Whoever wrote a text does not sign it.
    #[error("you have worked on this text yourself: somebody else must read and sign it")]
    OwnDraft,
    /// It is signed.
    #[error("this text is signed already: publish it")]
    AlreadySigned,
    /// Nobody has signed it.
    #[error("no second officer has signed this text: have it signed first")]
    NotSigned,
    /// The texts that are published have changed since they were looked at.
    #[error(
        "another text was published or withdrawn meanwhile: look at the findings again and repeat this"
    )]
    TextsChanged,
    /// The time is over.
    #[error(
        "the time from which it is to stand is past: name a later one, or none, and have it signed again"
    )]
    PastTime,
    /// The time is very far away.
    #[error("this is more than {DAYS_AHEAD_MAX} days ahead: name an earlier time")]
    TooFar,
    /// Nothing is there to be withdrawn.
    #[error("this notice does not stand, so there is nothing to withdraw")]
    NothingStands,
    /// A withdrawal needs a reason.
    #[error("say why, in 1 to {REASON_CHARS_MAX} characters: everybody will read it")]
    NoReason,
    /// It is another office's.
    #[error("this notice belongs to another office: choose another short name")]
    OtherOffice,
    /// The office's permission is for something else.
    #[error("the permission given is for another act: open the page again and repeat this")]
    OtherPower,
}

impl Refusal {
    /// Why not and what to do next, in both languages.
    #[must_use]
    pub fn label(self) -> Label {
        let zh = match self {
            Self::NoDraft => "这份公告还没有草稿，请先起草".to_owned(),
            Self::DraftChanged => {
                "这期间有人另存了文本，请重新打开草稿，看过现在的内容再办".to_owned()
            }
            Self::TooManyHands => "改过这份草稿的人太多，请放弃它，重新起草".to_owned(),
            Self::OwnDraft => "这份文本您自己改过，要由别人复核签字".to_owned(),
            Self::AlreadySigned => "这份文本已经签过字，可以发布".to_owned(),
            Self::NotSigned => "这份文本还没有第二人签字，请先请人复核签字".to_owned(),
            Self::TextsChanged => {
                "这期间有别的公告发布或者撤回，请重新看一遍检验结果，再办一次".to_owned()
            }
            Self::PastTime => {
                "写的生效时间已经过去，请改成以后的时间或者不写，再请人签字".to_owned()
            }
            Self::TooFar => format!("离现在超过 {DAYS_AHEAD_MAX} 天，请写近一些的时间"),
            Self::NothingStands => "这份公告现在没有文本在用，不用撤回".to_owned(),
            Self::NoReason => format!("请写明理由，1 至 {REASON_CHARS_MAX} 字，人人都会看到"),
            Self::OtherOffice => "这份公告属于别的机构，请换一个短名".to_owned(),
            Self::OtherPower => "手里的许可是办另一件事的，请重新打开页面再办一次".to_owned(),
        };
        Label::new(zh, self.to_string())
    }
}

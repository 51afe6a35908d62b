//! Why a subscription is not set.

use notice::Label;

use super::set::HOOKS_MAX;

/// Why not, and what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The office's permission is for something else.
    #[error("the permission given is for another act: open the page again and repeat this")]
    OtherPower,
    /// The office has no such subscription.
    #[error("your office has no such subscription: choose one from the list")]
    NoSuchHook,
    /// It is over.
    #[error("this subscription has ended: make a new one")]
    Ended,
    /// Nothing is chosen.
    #[error("no event is chosen: tick one at least")]
    NoKinds,
    /// Another one of the office's has the address.
    #[error("your office has a subscription with this address already: change that one")]
    AddressTaken,
    /// It is as it should be.
    #[error("that is what stands already: change what is wrong, or leave it")]
    ChangesNothing,
    /// It is not told.
    #[error("this subscription is told nothing at present: there is nothing to pause")]
    NotTold,
    /// It is told.
    #[error("this subscription is told already: nothing is left to do")]
    Told,
    /// Its secret is another one by now.
    #[error(
        "this secret was replaced already: the new one was shown when that was done; replace it once more if it is lost"
    )]
    OtherSecret,
    /// As many as one may have.
    #[error("an office has at most {HOOKS_MAX} subscriptions: end one first, or change one")]
    TooMany,
    /// As many as are kept.
    #[error(
        "your office has made {most} subscriptions, as many as are kept: change one instead of making new ones"
    )]
    TooManyEver {
        /// How many.
        most: usize,
    },
}

impl Refused {
    /// Why not and what to do next, in both languages.
    #[must_use]
    pub fn label(self) -> Label {
        let zh = match self {
            Self::OtherPower => "手里的许可是办另一件事的，请重新打开页面再办一次".to_owned(),
            Self::NoSuchHook => "本机构没有这项推送，请从列表里选".to_owned(),
            Self::Ended => "这项推送已经结束，请另设一项".to_owned(),
            Self::NoKinds => "还没有选推送什么，请至少勾一种".to_owned(),
            Self::AddressTaken => "本机构已有一项推送用这个地址，请改那一项".to_owned(),
            Self::ChangesNothing => "和现在的一样；请改要改的，或者不用改".to_owned(),
            Self::NotTold => "这项推送现在没有在推送，不用暂停".to_owned(),
            Self::Told => "这项推送已经在推送，不用再办".to_owned(),
            Self::OtherSecret => {
                "这个密钥已经换过，新的在换的时候显示过；没有记下来的，请再换一次".to_owned()
            }
            Self::TooMany => {
                format!("一个机构最多 {HOOKS_MAX} 项推送，请先结束一项，或者改一项")
            }
            Self::TooManyEver { most } => {
                format!("本机构先后设过 {most} 项推送，不能再多；请改现有的，不要另设")
            }
        };
        Label::new(zh, self.to_string())
    }
}

//! Why a command about people is not carried out, said to the one who gave it.

use city::City;
use jiff::Timestamp;
use notice::Label;

use super::code::CODES_PER_HOUR_MAX;
use super::fact::FACTS_MAX;
use super::guardian::{CHILDREN_MAX, GUARDIANS_MAX};
use super::passkey::PASSKEYS_MAX;

/// Why not, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another account has this address.
    #[error(
        "this address has an account: sign in, or have a code sent to it if the password is lost"
    )]
    LoginTaken,
    /// The person has an account.
    #[error("you have an account already: sign in with it")]
    HasAccount,
    /// There is no such account; it may have been forgotten.
    #[error("there is no such account, or it was deleted: open one")]
    NoAccount,
    /// Only the person, or a guardian for a child, may do this.
    #[error(
        "only the person, or the guardian of a child, may do this: sign in as the one it is about"
    )]
    NotYours,
    /// What was sealed is another person's.
    #[error("the data handed in belong to another person: fill in the page again")]
    AnothersData,
    /// A child's account has no password and no address.
    #[error("a child's account is used through its guardian: sign in as the guardian")]
    ChildsAccount,
    /// The office's permission is for something else.
    #[error("the permission given is for another act: open the page again and repeat this")]
    OtherPower,
    /// Too many codes within the hour.
    #[error(
        "{CODES_PER_HOUR_MAX} codes were sent within the hour: use the last one, or ask again after {until}"
    )]
    TooManyCodes {
        /// When the next may be sent.
        until: Timestamp,
    },
    /// No code was sent for this, or it has been used.
    #[error("no code is waiting for you, or it has been used: have a new one sent")]
    NoCode,
    /// The code is too old.
    #[error("the code has expired: have a new one sent")]
    CodeExpired,
    /// The code was mistyped too often.
    #[error("the code was mistyped too often and is void: have a new one sent")]
    CodeVoid,
    /// The passkey is kept already.
    #[error("this passkey is kept already: sign in with it, or make one on another device")]
    PasskeyKept,
    /// As many passkeys as one may have.
    #[error("you have {PASSKEYS_MAX} passkeys already: remove one that you no longer use")]
    TooManyPasskeys,
    /// There is no such passkey of the person's.
    #[error("there is no such passkey any more: open the page again")]
    NoPasskey,
    /// Another account has this identity number.
    #[error(
        "this identity number belongs to another account: sign in with that, or ask the office at its counter"
    )]
    IdTaken,
    /// An office has confirmed it.
    #[error("{office} has confirmed this: ask it to correct it")]
    Confirmed {
        /// Id of the office.
        office: String,
    },
    /// There is nothing to confirm.
    #[error("nothing was stated that could be confirmed: ask the person to fill it in first")]
    NothingStated,
    /// There is no confirmation to take back.
    #[error("no office has confirmed this, so there is nothing to take back")]
    NotConfirmed,
    /// More facts than anybody needs.
    #[error("{FACTS_MAX} facts are kept already: take back one that no notice asks for")]
    TooManyFacts,
    /// Guardian and child are one.
    #[error("nobody is their own guardian: name the child's account")]
    OwnGuardian,
    /// The child has an account of its own.
    #[error("this person signs in by themselves and needs no guardian here")]
    NotAChild,
    /// The guardian is a child.
    #[error("a child cannot be a guardian: sign in as an adult")]
    ChildAsGuardian,
    /// The link exists.
    #[error(
        "this guardian is named for the child already: wait for the office, or see your list of children"
    )]
    LinkExists,
    /// There is no such link.
    #[error("no guardian was proposed here: propose one first")]
    NoLink,
    /// The link was accepted.
    #[error("this guardian was accepted already: nothing is left to do")]
    LinkAccepted,
    /// The office has refused the guardian already.
    #[error("this guardian was refused already: it is looked at again once they propose it again")]
    LinkRefused,
    /// Nobody is the child's accepted guardian yet.
    #[error(
        "no office has accepted the child's first guardian yet: wait for that, then propose again"
    )]
    NoGuardianYet,
    /// As many children as one may have here.
    #[error(
        "a guardian acts for at most {CHILDREN_MAX} children here: ask the office at its counter"
    )]
    TooManyChildren,
    /// As many guardians as a child may have.
    #[error("a child has at most {GUARDIANS_MAX} guardians here: end one link first")]
    TooManyGuardians,
    /// A child would have nobody.
    #[error(
        "you are the only guardian of a child here: delete the child's account first, or have another guardian accepted"
    )]
    OnlyGuardian,
    /// Children hold no posts.
    #[error("this is a child's account, and children hold no posts: name an adult's account")]
    ChildInPost,
    /// The person holds this very post.
    #[error("this person holds the post already: nothing is left to do")]
    PostHeld,
    /// The person holds a post of another office.
    #[error("this person holds a post of {office}: that office ends it first")]
    PostElsewhere {
        /// Id of the office.
        office: String,
    },
    /// The person does not hold this post.
    #[error("this person does not hold the post any more: open the page again")]
    NoPost,
}

impl Refusal {
    /// Why not and what to do next, in both languages, with the city's names and times.
    #[must_use]
    pub fn label(&self, city: &City) -> Label {
        let en = match self {
            Self::TooManyCodes { until } => format!(
                "{CODES_PER_HOUR_MAX} codes were sent within the hour: use the last one, or ask again after {}",
                local(*until, city)
            ),
            Self::Confirmed { office } => format!(
                "{} has confirmed this: ask it to correct it",
                office_name(office, city).en
            ),
            Self::PostElsewhere { office } => format!(
                "this person holds a post of {}: that office ends it first",
                office_name(office, city).en
            ),
            other => other.to_string(),
        };
        let zh = match self {
            Self::LoginTaken => {
                "这个邮箱已经有账号了，请直接登录；忘了密码，可以让系统把验证码发到邮箱".into()
            }
            Self::HasAccount => "您已经有账号了，请直接登录".into(),
            Self::NoAccount => "没有这个账号，或者账号已经注销，请先开设账号".into(),
            Self::NotYours => "这件事只能由本人或者孩子的监护人办，请用本人的账号登录".into(),
            Self::AnothersData => "交来的资料是别人的，请把页面重新填一遍".into(),
            Self::ChildsAccount => "孩子的账号由监护人代用，请用监护人的账号登录".into(),
            Self::OtherPower => "手里的许可是办另一件事的，请重新打开页面再办一次".into(),
            Self::TooManyCodes { until } => {
                format!(
                    "一小时内已经发了 {CODES_PER_HOUR_MAX} 次验证码，请用最后一次的，或者在 {} 以后再要",
                    local(*until, city)
                )
            }
            Self::NoCode => "没有等您填写的验证码，或者已经用过，请重新获取".into(),
            Self::CodeExpired => "验证码已经过期，请重新获取".into(),
            Self::CodeVoid => "验证码填错的次数太多，已经作废，请重新获取".into(),
            Self::PasskeyKept => {
                "这个通行密钥已经记着，可以直接用它登录，或者在别的设备上另建一个".into()
            }
            Self::TooManyPasskeys => {
                format!("您已经有 {PASSKEYS_MAX} 个通行密钥，请先删去不再用的一个")
            }
            Self::NoPasskey => "这个通行密钥已经不在了，请重新打开页面".into(),
            Self::IdTaken => {
                "这个身份证号已经属于另一个账号，请用那个账号登录，或者到窗口办理".into()
            }
            Self::Confirmed { office } => format!(
                "这一项已由{}核实，要改请找该机构更正",
                office_name(office, city).zh
            ),
            Self::NothingStated => "还没有填写可以核实的内容，请本人先填写".into(),
            Self::NotConfirmed => "没有机构核实过这一项，不用撤回".into(),
            Self::TooManyFacts => format!("已经记了 {FACTS_MAX} 项，请先去掉没有公告用到的一项"),
            Self::OwnGuardian => "自己不能当自己的监护人，请填孩子的账号".into(),
            Self::NotAChild => "这个人自己登录，在这里不需要监护人".into(),
            Self::ChildAsGuardian => "孩子不能当监护人，请用成年人的账号登录".into(),
            Self::LinkExists => "这位监护人已经登记，请等机构核实，或者查看您名下的孩子".into(),
            Self::NoLink => "还没有提出监护关系，请先提出".into(),
            Self::LinkAccepted => "监护关系已经核实，不用再办".into(),
            Self::LinkRefused => "这份监护关系已经退回，要等监护人重新提出，才能再核实".into(),
            Self::NoGuardianYet => "孩子的第一位监护人还没有通过核实，请等核实以后再提出".into(),
            Self::TooManyChildren => {
                format!("一位监护人在这里最多代 {CHILDREN_MAX} 个孩子办事，请到窗口办理")
            }
            Self::TooManyGuardians => {
                format!("一个孩子在这里最多有 {GUARDIANS_MAX} 位监护人，请先解除一位")
            }
            Self::OnlyGuardian => {
                "您是一个孩子在这里唯一的监护人，请先注销孩子的账号，或者等另一位监护人通过核实"
                    .into()
            }
            Self::ChildInPost => "这是孩子的账号，孩子不能担任岗位，请填成年人的账号".into(),
            Self::PostHeld => "这个人已经在这个岗位上，不用再办".into(),
            Self::PostElsewhere { office } => format!(
                "这个人现在是{}的工作人员，请先由该机构免去",
                office_name(office, city).zh
            ),
            Self::NoPost => "这个人已经不在这个岗位上，请重新打开页面".into(),
        };
        Label::new(zh, en)
    }
}

/// An instant by the city's clocks.
pub(super) fn local(at: Timestamp, city: &City) -> String {
    city.zone
        .to_datetime(at)
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// An office's name; its id if the city no longer has it.
pub(super) fn office_name(id: &str, city: &City) -> Label {
    let known = city.offices.name(id).cloned();
    known.unwrap_or_else(|| Label::new(id, id))
}

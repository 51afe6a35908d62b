//! Refusals in both languages.

use jiff::civil::{Date, DateTime, Time};
use ledger::name::Key;
use notice::Label;

use super::refusal::{Refused, Why};

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
        Label::new(self.chinese(), self.to_string())
    }

    fn chinese(&self) -> String {
        match self {
            Self::OtherText => "您打开以后公告有过更正，请重新看一遍再提交。".to_owned(),
            Self::NotYours => {
                "这只能由本人办，或者由已核实的监护人替孩子办；请让本人来办，或者先核实监护关系。"
                    .to_owned()
            }
            Self::OtherPower => {
                "所引用的权责不是这一项，或者不是给您的；请从您自己的工作台重新办理。".to_owned()
            }
            Self::NoSuchSlot => "没有这个时段，请从公告所列的时段里选。".to_owned(),
            Self::NotYetOpen { opens } => {
                format!("报名还没有开始，请在 {} 以后再来。", chinese(opens))
            }
            Self::Closed { closed } => {
                format!(
                    "这个时段的报名已于 {} 截止，请选还在报名的时段。",
                    chinese_end(closed)
                )
            }
            Self::NotEligible => {
                "按您填写的情况，您不符合报名条件；请看所依据的条款，填写有误的请更正。".to_owned()
            }
            Self::FactMissing(attribute) => {
                format!("能不能报名还取决于“{}”，请补填以后再提交。", attribute.zh)
            }
            Self::Unclear => {
                "您填写的情况还不能确定能不能报名，请向发布公告的单位询问。".to_owned()
            }
            Self::OtherPerson => "随附的内容是别人的，请从您自己的页面重新开始。".to_owned(),
            Self::Unanswered => "报名还要回答几个问题，没有答全；请答完以后再提交。".to_owned(),
            Self::GuardianConsent => {
                "这要监护人同意，请由家长或者监护人从自己的账号替您报名。".to_owned()
            }
            Self::PartySize { most } => {
                format!("这里一个预约可以有 1 至 {most} 人；请改人数，或者由同行的人另约一个。")
            }
            Self::Barred { until } => format!(
                "您多次未到，{} 起才能再报名；在此之前，已经约好的仍可以退出或者参加。",
                chinese(until)
            ),
            Self::Already { booking } => {
                format!("您已经报了这个时段，编号 {booking}，请到“我的”里查看。")
            }
            Self::OneProject { slot } => {
                format!(
                    "同一场只能选一个项目，您已经报了 {}；请先退出那一个，或者另选一场。",
                    what(slot)
                )
            }
            Self::Clash { slot, from, to } => format!(
                "您已经约了 {}（{} 至 {}），时间与这个时段重叠；请先退出那一个，或者另选时间。",
                what(slot),
                chinese(from),
                chinese_end(to)
            ),
            Self::Limit { limit } => {
                format!(
                    "您在这里已有 {limit} 个时段，达到每人的上限；请先退出一个，或者等其中一个结束。"
                )
            }
            Self::Full => "这个时段已经满员，也不设候补，请选别的时段。".to_owned(),
            Self::TooFewLeft { left } => format!(
                "这个时段只剩 {left} 个名额，不够您一行人，也不设候补；请减少人数，或者选别的时段。"
            ),
            Self::WaitingFull { places } => {
                format!("这个时段已经满员，{places} 个候补位置也满了，请选别的时段。")
            }
            Self::NoSuchBooking => "这里没有这个预约，请到“我的”里核对编号。".to_owned(),
            Self::TooLateToCancel { until } => {
                format!(
                    "退出的时间已于 {} 截止；来不了的，请告诉主办单位。",
                    chinese_end(until)
                )
            }
            Self::NothingToCancel => {
                "这个预约已经结束，不用再退出；请到“我的”里查看情况。".to_owned()
            }
            Self::NotWithdrawn => "公告没有撤回，预约不取消；要取消，请先撤回公告。".to_owned(),
            Self::NothingOffered => {
                "现在没有为这个预约保留的名额，请到“我的”里查看情况。".to_owned()
            }
            Self::OfferLapsed => {
                "为您保留的名额已经过了接受的时间；还想来的，请重新报名。".to_owned()
            }
            Self::NothingToMoveUp => {
                "没有人可以递补：没有过期的保留名额，候补的人也没有空位可补；不用处理。".to_owned()
            }
            Self::InFuture => "所填的时间还没有到，请校准这台设备的时钟再试。".to_owned(),
            Self::TooEarly { from } => format!("{} 开始签到，请到时再试。", chinese(from)),
            Self::TooLate { until } => {
                format!(
                    "签到已于 {} 截止；人确实到了的，可由工作人员补记时长。",
                    chinese_end(until)
                )
            }
            Self::NoPlace => "这个预约现在没有名额；还有空位的，请先为本人报名。".to_owned(),
            Self::CorrectsMore => {
                "更正只能去掉写错的：请填在原来记录的起止时间以内；少记了的，由工作人员补记时长。"
                    .to_owned()
            }
            Self::CorrectsNothing => {
                "和现有的记录一样；请改正写错的地方，没有错就不用改。".to_owned()
            }
            Self::AlreadyIn => "这个预约已经签到，一次有效；请核对名单上的姓名。".to_owned(),
            Self::NotIn => "这个预约还没有签到；请先签到，或者由工作人员补记时长。".to_owned(),
            Self::AlreadyOut => "这个预约已经签退，不用处理。".to_owned(),
            Self::OutBeforeIn => "签退时间早于签到时间，请更正时间再试。".to_owned(),
            Self::NotOver { to } => format!(
                "这一场到 {} 才结束，请为本人签退，或者等到结束。",
                chinese_end(to)
            ),
            Self::WasNotThere => {
                "签到过的人才能评价；您确实到了的，请工作人员核对记录。".to_owned()
            }
            Self::FeedbackNotYet { to } => {
                format!("这一场到 {} 才结束，请结束以后再评价。", chinese_end(to))
            }
            Self::FeedbackClosed { until } => format!(
                "评价已于 {} 截止；还有话说的，请直接告诉主办单位。",
                chinese_end(until)
            ),
            Self::NoFeedback => "这一场还没有评价，不用撤回。".to_owned(),
            Self::NotBegun { from } => {
                format!("这一场 {} 开始，开始以后才能补记时长。", chinese(from))
            }
            Self::HoursFull => "这一场的时长已经记满，不能再补记；不用处理。".to_owned(),
            Self::GrantMinutes { left } => format!(
                "这一场还可以补记 1 至 {left} 分钟，即全场时长减去已经记下的；请更正分钟数。"
            ),
            Self::NoRule => "公告没有规定未到有什么后果，这个预约不用处理。".to_owned(),
            Self::NotMissing => "没有人缺席：本人到了，或者本来没有名额；不用处理。".to_owned(),
            Self::MayStillCome { until } => {
                format!(
                    "本人在 {} 以前仍可以到，请过了这个时间再记未到。",
                    chinese_end(until)
                )
            }
            Self::NotByDraw => "这里的名额按报名先后给，不用抽签。".to_owned(),
            Self::StillOpen { closes } => {
                format!(
                    "{} 以前仍可以报名抽签，请截止以后再执行。",
                    chinese_end(closes)
                )
            }
            Self::DrawTerms => {
                "抽签的约定不是这个时段的；请按它的公告、名额和截止时间另行抽签。".to_owned()
            }
            Self::DrawList => {
                "抽签的名单与截止时报名的人不一致；请用他们的编号重新定名单。".to_owned()
            }
            Self::OtherDraw => "这个时段已由另一次抽签决定，请继续执行那一次的结果。".to_owned(),
            Self::AllSettled => "这次抽签的名次已经全部执行，不用处理。".to_owned(),
            Self::PromisedAlready => {
                "这一方已经承诺了秘密，承诺不能改；请把秘密留好，等名单定了再公开。".to_owned()
            }
            Self::BothSides => "您已经为这次抽签的另一方作了承诺；这一方要由别人承诺。".to_owned(),
            Self::TooLateToPromise { closes } => format!(
                "秘密要在{}名单截止以前承诺；请先定名单，再重新抽签。",
                chinese_end(closes)
            ),
            Self::NotPromised => {
                "双方还没有都承诺秘密；请重新抽签，或者等没有承诺的一方承诺。".to_owned()
            }
            Self::ListFixed => "名单已经定了，不能再改；请公开秘密。".to_owned(),
            Self::ListNotFixed => "名单还没有定；请先定名单，再公开秘密、抽签。".to_owned(),
            Self::NobodyEntered => "没有人参加这次抽签，不用抽。".to_owned(),
            Self::OtherSecret => "这不是当初承诺的秘密；请公开当时留下的那一个。".to_owned(),
            Self::RevealedAlready => "这一方的秘密已经公开，不用处理。".to_owned(),
            Self::NothingWithheld => {
                "没有人隐瞒秘密，或者还没有到公开的期限；抽签照约定进行。".to_owned()
            }
            Self::NoBeacon => "这次抽签的约定里没有公共随机数，只由双方的秘密决定。".to_owned(),
            Self::BeaconIn => "这次抽签的公共随机数已经有了，不用处理。".to_owned(),
            Self::BeaconToCome { at } => format!(
                "约定的那一轮公共随机数 {} 才公布，请到时再取。",
                chinese(at)
            ),
            Self::OtherSignature { round } => {
                format!("这不是第 {round} 轮公共随机数的签名，请取这一轮的签名，并且抄全。")
            }
            Self::OtherRank { next } => format!("下一个要执行的是第 {next} 名，请从那里继续。"),
        }
    }
}

/// `9 January 2022, 09:00`.
pub(crate) fn english(at: &DateTime) -> String {
    at.strftime("%-d %B %Y, %H:%M").to_string()
}

/// The same for an end: midnight belongs to the day before, as notices write it.
pub(crate) fn english_end(at: &DateTime) -> String {
    match day_ended(at) {
        Some(day) => day.strftime("%-d %B %Y, 24:00").to_string(),
        None => english(at),
    }
}

/// `2022年1月9日 09:00`.
pub(crate) fn chinese(at: &DateTime) -> String {
    at.strftime("%Y年%-m月%-d日 %H:%M").to_string()
}

/// `2022年1月9日 24:00`.
pub(crate) fn chinese_end(at: &DateTime) -> String {
    match day_ended(at) {
        Some(day) => day.strftime("%Y年%-m月%-d日 24:00").to_string(),
        None => chinese(at),
    }
}

/// The day that ends at this midnight.
fn day_ended(at: &DateTime) -> Option<Date> {
    let midnight = at.time() == Time::midnight();
    midnight.then(|| at.date().yesterday().ok()).flatten()
}

/// What is booked, without the time, which is said beside it: `library#volunteers/reading`.
pub(super) fn what(slot: &Key) -> &str {
    slot.as_str().split('@').next().unwrap_or_default()
}

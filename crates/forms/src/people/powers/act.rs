//! What staff do in Tongxin itself.

use notice::{ActionId, Vocabulary};
use serde::Serialize;

macro_rules! acts {
    ($($(#[$doc:meta])* $act:ident = $word:literal, $name:literal;)*) => {
        /// An act that is forbidden to everybody unless the powers permit it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Act {
            $($(#[$doc])* $act,)*
        }

        impl Act {
            /// All of them.
            pub const ALL: &'static [Act] = &[$(Act::$act),*];

            /// Its word in the city's vocabulary.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Act::$act => $word,)* }
            }

            /// Its name in English.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Act::$act => $name,)* }
            }
        }
    };
}

acts! {
    /// Puts a notice into force.
    PublishNotice = "发布公告", "publish notices";
    /// Signs a notice as the second officer.
    CountersignNotice = "复核公告", "countersign notices";
    /// Publishes a corrected text.
    CorrectNotice = "更正公告", "correct notices";
    /// Ends a notice before its time.
    WithdrawNotice = "撤回公告", "withdraw notices";
    /// Sees who has booked.
    SeeBookings = "查看预约名单", "see who has booked";
    /// Checks people in and out.
    CheckIn = "办理签到", "check people in";
    /// Makes a timetable of what was ordered.
    DrawUpTimetable = "编排课表", "draw up timetables";
    /// Opens, closes and reveals a draw.
    HoldDraw = "主持抽签", "hold draws";
    /// Watches over a draw with a secret of its own.
    WitnessDraw = "见证抽签", "witness draws";
    /// Grants hours that were not checked.
    GrantHours = "补记时长", "grant hours";
    /// Corrects a record, leaving a trace.
    CorrectRecord = "更正记录", "correct records";
    /// Issues a certificate.
    IssueCertificate = "出具证明", "issue certificates";
    /// Lets a partner make products of a brand, and ends that.
    GrantLicence = "授予产品授权", "license products";
    /// Enters what a season's events and licences brought in.
    EnterResults = "登记活动成效", "enter results";
    /// Corrects what somebody else has entered so, leaving a trace.
    CorrectResults = "更正活动成效", "correct results";
    /// Takes a list of people out of the system.
    Export = "导出名单", "export lists";
    /// Sees what of the system's own mail was delivered.
    SeeOutbox = "查看发件箱", "see the outbox";
    /// Has programs of others told of what everybody may know.
    TellPrograms = "设置事件推送", "have programs told of events";
    /// Confirms a name and an identity number.
    ConfirmIdentity = "核实身份", "confirm identities";
    /// Confirms a fact about a person.
    ConfirmFact = "核实个人情况", "confirm facts about people";
    /// Accepts a guardian.
    ConfirmGuardian = "核实监护关系", "confirm guardians";
    /// Gives and ends the posts of the own office.
    AssignPost = "任免岗位", "assign posts";
}

impl Act {
    /// Its place in a vocabulary.
    #[must_use]
    pub fn action(self, vocabulary: &Vocabulary) -> Option<ActionId> {
        let all = (0..).map(ActionId).zip(&vocabulary.actions);
        let mut named = all.filter(|(_, action)| action.label.zh == self.word());
        named.next().map(|(id, _)| id)
    }
}

//! Why a wish is not taken, or an answer not given.

use jiff::civil::DateTime;
use notice::Label;

use crate::booking::rows::Number;
use crate::booking::words::{chinese, chinese_end, english, english_end};

/// Reasons. Times are the city's civil time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOrdered {
    /// The command was made by another version of the text.
    #[error(
        "The notice has been changed since you opened it: read it again, then send this again."
    )]
    OtherText,
    /// Given by somebody who is neither the person nor an accepted guardian.
    #[error(
        "You can do this only for yourself or for a child whose accepted guardian you are: let the person do it, or have the guardianship confirmed first."
    )]
    NotYours,
    /// The clause of the powers is for something else, or was given to somebody else.
    #[error(
        "The power that was cited is for something else or not yours: start again from your own desk."
    )]
    OtherPower,
    /// The notice is not in force yet.
    #[error("Wishes can be made from {} on: come back then.", english(.from))]
    NotYet {
        /// From when on.
        from: DateTime,
    },
    /// The notice is not in force any more.
    #[error("Wishes could be made until {}: look for a newer notice.", english_end(.until))]
    Over {
        /// Until when.
        until: DateTime,
    },
    /// The menu has no such course.
    #[error("There is no such course on the menu: choose one of those shown.")]
    NoSuchCourse,
    /// The menu has no such community.
    #[error("There is no such community on the menu: choose one of those shown.")]
    NoSuchCommunity,
    /// The course is not for the age group.
    #[error(
        "This course is for people from {from} to {to} years: choose another course, or another age group."
    )]
    NotForAge {
        /// From which age.
        from: u8,
        /// To which.
        to: u8,
    },
    /// Wished for already.
    #[error(
        "You have wished for this course in this community already, as wish {wish}: find it under My things."
    )]
    Already {
        /// Which wish it is.
        wish: Number,
    },
    /// More wishes than one may have.
    #[error("You have {most} wishes, which is as many as one person may: take one back first.")]
    TooMany {
        /// How many.
        most: usize,
    },
    /// No such wish of this person.
    #[error("There is no such wish here: look it up under My things.")]
    NoSuchWish,
    /// The answer is about nothing that anybody wishes for.
    #[error("Nobody wishes for {0} any more: make a new timetable.")]
    NoSuchOrder(String),
    /// Too many answers, or none, in one command.
    #[error("One command answers 1 to {most} orders: send them in parts.")]
    Answers {
        /// How many.
        most: usize,
    },
}

impl NotOrdered {
    /// What it is and what to do next.
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
            Self::NotYet { from } => format!("{} 起可以点单，请到时再来。", chinese(from)),
            Self::Over { until } => {
                format!("点单已于 {} 截止，请看新的公告。", chinese_end(until))
            }
            Self::NoSuchCourse => "菜单上没有这门课，请从所列的里面选。".to_owned(),
            Self::NoSuchCommunity => "菜单上没有这个社区，请从所列的里面选。".to_owned(),
            Self::NotForAge { from, to } => {
                format!("这门课适合 {from} 至 {to} 岁，请选别的课程，或者改年龄段。")
            }
            Self::Already { wish } => {
                format!("您已经在这个社区点过这门课，编号 {wish}，请到“我的”里查看。")
            }
            Self::TooMany { most } => {
                format!("您已经点了 {most} 门，达到每人的上限，请先撤回一门。")
            }
            Self::NoSuchWish => "这里没有这个点单，请到“我的”里核对。".to_owned(),
            Self::NoSuchOrder(which) => format!("已经没有人点 {which}，请重新排课表。"),
            Self::Answers { most } => format!("一次答复 1 至 {most} 个点单，请分几次提交。"),
        }
    }
}

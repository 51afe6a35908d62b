//! Why a licence is not granted, or a figure not entered.

use jiff::civil::{Date, DateTime};
use notice::{ClauseAddress, Label};

use super::money::{BasisPoints, Fen};
use super::typed::Title;
use crate::booking::rows::Number;
use crate::booking::words::{chinese, english};

/// Reasons. Days are the city's; `until` is the first day after.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The command was made by another version of the text.
    #[error(
        "The notice has been changed since you opened it: read it again, then send this again."
    )]
    OtherText,
    /// The clause of the powers is for something else, or was given to somebody else.
    #[error(
        "The power that was cited is for something else or not yours: start again from your own desk."
    )]
    OtherPower,
    /// The notice is not issued yet.
    #[error("The notice is issued on {}: grant licences from then on.", english(.issued))]
    NotIssued {
        /// When it is.
        issued: DateTime,
    },
    /// The term ends before it begins.
    #[error("The term has no day: its last day has to be its first day or later.")]
    NoDay,
    /// The term begins before today.
    #[error("A licence cannot begin in the past: let it begin on {} or later.", day(*.today))]
    InPast {
        /// Today.
        today: Date,
    },
    /// The term is not within the notice's.
    #[error("The term goes beyond the season{}: choose days within it.", season(*.from, *.until))]
    OutsideSeason {
        /// Its first day.
        from: Date,
        /// The first day after it.
        until: Option<Date>,
    },
    /// The term is too long.
    #[error("A licence holds for {days} days at most: choose an earlier last day.")]
    TooLong {
        /// How many.
        days: i32,
    },
    /// The royalty is higher than the notice lets.
    #[error(
        "By {clause} the royalty is {most} of what is sold at most: enter that or less, or so much a piece."
    )]
    RoyaltyTooHigh {
        /// The most.
        most: BasisPoints,
        /// By which clause.
        clause: ClauseAddress,
    },
    /// Names of notice and product do not fit.
    #[error("The product’s name is too long: shorten it.")]
    LongNames,
    /// One product has had too many licences.
    #[error(
        "This product has had {most} licences, which is as many as one can have: give the new one a name of its own."
    )]
    TooManyLicences {
        /// How many.
        most: usize,
    },
    /// The partner has the product then.
    #[error("This partner has a licence for this product already, number {licence}, {}: choose other days, or end that one first.", term(*.from, *.until))]
    LicensedAlready {
        /// Which.
        licence: Number,
        /// Its first day.
        from: Date,
        /// The first day after it.
        until: Date,
    },
    /// Somebody has the product alone then, or would.
    #[error("{}", exclusive(.licence, .partner, *.from, *.until, *.theirs))]
    Exclusive {
        /// Which licence is in the way.
        licence: Number,
        /// Whose.
        partner: Title,
        /// Its first day.
        from: Date,
        /// The first day after it.
        until: Date,
        /// It is the exclusive one; otherwise the new one would be.
        theirs: bool,
    },
    /// No such licence of this notice.
    #[error("This notice has no such licence: choose one from its list.")]
    NoSuchLicence,
    /// It was ended before.
    #[error("This licence was ended already and holds no longer from {} on: nothing is left to do.", day(*.on))]
    EndedAlready {
        /// From when on.
        on: Date,
    },
    /// Its term is over.
    #[error("This licence’s term ended with {}: nothing is left to end.", last(*.until))]
    OverAlready {
        /// The first day after it.
        until: Date,
    },
    /// The end is not within what is left of the term.
    #[error("A licence can be ended from {} to {}: choose a day among these.", day(*.today), last(*.until))]
    EndOutside {
        /// Today.
        today: Date,
        /// The first day after its term.
        until: Date,
    },
    /// The licence did not hold in that month.
    #[error("The licence did not hold in that month: its term is {}; choose a month within it.", term(*.from, *.until))]
    NotInTerm {
        /// Its first day.
        from: Date,
        /// The first day on which it holds no longer.
        until: Date,
    },
    /// What is entered is not over.
    #[error("It is not over yet: enter it from {} on.", day(*.over))]
    NotOver {
        /// The first day on which it is.
        over: Date,
    },
    /// The event is not over.
    #[error("The event is not over before {}: enter it then.", english(.ends))]
    EventNotOver {
        /// When it is.
        ends: DateTime,
    },
    /// Too many visitors.
    #[error("An event has {most} visitors at most: look at the number again.")]
    TooManyVisitors {
        /// How many.
        most: u32,
    },
    /// It was entered before.
    #[error("It is entered already: have somebody who may correct it.")]
    EnteredAlready,
    /// Nothing was entered that could be corrected.
    #[error("Nothing is entered there yet: enter it first.")]
    NotEntered,
    /// Too many pieces.
    #[error("A month has {most} pieces at most: look at the number again.")]
    TooManyPieces {
        /// How many.
        most: u32,
    },
    /// Pieces without money, or money without pieces.
    #[error("Pieces and sales belong together: enter both, or 0 for both.")]
    OneIsMissing,
    /// The amount is too large.
    #[error("The royalty of one month is ¥{most} at most: look at the numbers again.")]
    TooMuch {
        /// How much.
        most: Fen,
    },
    /// Who entered it would correct it.
    #[error("You entered this yourself: let a colleague who may correct it do so.")]
    OwnFigure,
    /// It says what stands already.
    #[error("That is what stands already: change what is wrong, or leave it.")]
    CorrectsNothing,
    /// Corrected too often.
    #[error(
        "This figure was corrected {most} times, which is as often as one can be: settle it in writing."
    )]
    TooManyCorrections {
        /// How often.
        most: usize,
    },
}

impl Refused {
    /// What it is and what to do next.
    #[must_use]
    pub fn label(&self) -> Label {
        Label::new(self.chinese(), self.to_string())
    }

    fn chinese(&self) -> String {
        match self {
            Self::OtherText => "您打开以后公告有过更正，请重新看一遍再提交。".to_owned(),
            Self::OtherPower => {
                "所引用的权责不是这一项，或者不是给您的；请从您自己的工作台重新办理。".to_owned()
            }
            Self::NotIssued { issued } => {
                format!("公告 {} 发布，请在发布以后授权。", chinese(issued))
            }
            Self::NoDay => "期限里一天也没有；最后一天请不要早于第一天。".to_owned(),
            Self::InPast { today } => {
                format!("授权不能从过去开始，请从 {} 或者以后起算。", zh(*today))
            }
            Self::OutsideSeason { from, until } => format!(
                "期限超出了主题季（{}），请在这里面选日子。",
                match until {
                    Some(until) => format!("{} 至 {}", zh(*from), zh_last(*until)),
                    None => format!("{} 起", zh(*from)),
                }
            ),
            Self::TooLong { days } => format!("一次授权最长 {days} 天，请提早最后一天。"),
            Self::RoyaltyTooHigh { most, clause } => {
                format!("依据 {clause}，授权费不超过销售额的 {most}；请改低，或者改为按件收。")
            }
            Self::LongNames => "产品名称太长，请写短一些。".to_owned(),
            Self::TooManyLicences { most } => {
                format!("这件产品已有 {most} 次授权，达到上限；请给新产品另起名称。")
            }
            Self::LicensedAlready {
                licence,
                from,
                until,
            } => format!(
                "这个伙伴已有这件产品的授权，编号 {licence}，{}；请改日子，或者先终止那一个。",
                zh_term(*from, *until)
            ),
            Self::Exclusive {
                licence,
                partner,
                from,
                until,
                theirs,
            } => {
                let term = zh_term(*from, *until);
                match theirs {
                    true => format!(
                        "这件产品已独家授权给{partner}，编号 {licence}，{term}；请改日子，或者先终止那一个。"
                    ),
                    false => format!(
                        "{partner}已有这件产品的授权，编号 {licence}，{term}；独家授权请改日子，或者改为不独家。"
                    ),
                }
            }
            Self::NoSuchLicence => "这份公告没有这个授权，请从名录里选。".to_owned(),
            Self::EndedAlready { on } => {
                format!("这个授权已经终止，{} 起无效，不用再办。", zh(*on))
            }
            Self::OverAlready { until } => {
                format!("这个授权到 {} 期满，不用再终止。", zh_last(*until))
            }
            Self::EndOutside { today, until } => format!(
                "终止的日子可以是 {} 至 {}，请从中选一天。",
                zh(*today),
                zh_last(*until)
            ),
            Self::NotInTerm { from, until } => format!(
                "那个月没有授权；期限是 {}，请选其中的月份。",
                zh_term(*from, *until)
            ),
            Self::NotOver { over } => format!("还没有结束，{} 起可以登记。", zh(*over)),
            Self::EventNotOver { ends } => {
                format!("这一场到 {} 才结束，请到时再登记。", chinese(ends))
            }
            Self::TooManyVisitors { most } => format!("一场最多 {most} 人次，请再核对数字。"),
            Self::EnteredAlready => "已经登记过；写错了的，请由可以更正的同事更正。".to_owned(),
            Self::NotEntered => "还没有登记，请先登记。".to_owned(),
            Self::TooManyPieces { most } => format!("一个月最多 {most} 件，请再核对数字。"),
            Self::OneIsMissing => "件数和销售额要一起填；没有卖出的，两个都填 0。".to_owned(),
            Self::TooMuch { most } => {
                format!("一个月的授权费最多 {most} 元，请再核对数字。")
            }
            Self::OwnFigure => "这是您自己登记的，请由可以更正的同事更正。".to_owned(),
            Self::CorrectsNothing => {
                "和现在的数字一样；请改正写错的地方，没有错就不用改。".to_owned()
            }
            Self::TooManyCorrections { most } => {
                format!("这个数字已更正 {most} 次，达到上限；请另行书面说明。")
            }
        }
    }
}

fn exclusive(licence: &Number, partner: &Title, from: Date, until: Date, theirs: bool) -> String {
    let term = term(from, until);
    match theirs {
        true => format!(
            "This product is licensed to {partner} alone, number {licence}, {term}: choose other days, or end that one first."
        ),
        false => format!(
            "{partner} has a licence for this product, number {licence}, {term}: choose other days for an exclusive one, or let this one not be exclusive."
        ),
    }
}

fn day(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// The day before, which people call the last.
fn last(until: Date) -> String {
    day(until.yesterday().unwrap_or(until))
}

fn term(from: Date, until: Date) -> String {
    match from < until {
        true => format!("{} to {}", day(from), last(until)),
        false => "empty, for it was ended before it began".to_owned(),
    }
}

fn season(from: Date, until: Option<Date>) -> String {
    match until {
        Some(until) => format!(" ({})", term(from, until)),
        None => format!(" (from {} on)", day(from)),
    }
}

fn zh(day: Date) -> String {
    day.strftime("%Y年%-m月%-d日").to_string()
}

fn zh_last(until: Date) -> String {
    zh(until.yesterday().unwrap_or(until))
}

fn zh_term(from: Date, until: Date) -> String {
    match from < until {
        true => format!("{} 至 {}", zh(from), zh_last(until)),
        false => "空的，还没有开始就终止了".to_owned(),
    }
}

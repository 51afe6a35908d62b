//! Why a step of a draw was not done, in both languages.

use forms::draw::{BadEntrant, ENTRANT_CHARS_MAX, Wrong};
use notice::{Label, Lang};
use std::path::PathBuf;

/// A step that was not done.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The draw would not be a fair one, or its file is damaged.
    #[error("{}", listed(.0, Lang::En))]
    Wrong(Vec<Wrong>),
    /// The list is already fixed, or the draw made.
    #[error("{} is past this step: its list is closed; name the file of the step before", .0.display())]
    Closed(PathBuf),
    /// The list is not fixed yet.
    #[error("{} has no list yet; close it first with tongxin draw close", .0.display())]
    NotClosed(PathBuf),
    /// A line of the entrants' list.
    #[error("{}, line {line}: {error}", .path.display())]
    Entrant {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// Why not.
        error: BadEntrant,
    },
    /// Not in the list.
    #[error("{0} is not in the list; a number is written as the receipt shows it")]
    Stranger(String),
    /// A time without its offset.
    #[error(
        "cannot read the closing time '{0}'; write it with its offset, as 2022-02-10T12:00+08:00"
    )]
    Closes(String),
    /// A file name that is no notice's.
    #[error("'{0}' cannot be a notice's short name; rename the file")]
    Slug(String),
    /// A secret would be overwritten.
    #[error("{} is there already; a secret is never overwritten or used again: name a new file", .0.display())]
    SecretExists(PathBuf),
    /// Not a secret.
    #[error("{} holds no secret: 64 hexadecimal digits, as tongxin draw commit writes them", .0.display())]
    NoSecret(PathBuf),
    /// No random numbers.
    #[error(
        "the system gives no random numbers; try again, and look at the machine if it stays so"
    )]
    Chance,
}

impl Refused {
    /// 2 if the command line is to be corrected, 1 if what it named is.
    pub const fn exit(&self) -> u8 {
        match self {
            Self::Wrong(_) | Self::Entrant { .. } | Self::NoSecret(_) | Self::Chance => 1,
            Self::Closed(_)
            | Self::NotClosed(_)
            | Self::Stranger(_)
            | Self::Closes(_)
            | Self::Slug(_)
            | Self::SecretExists(_) => 2,
        }
    }

    /// What went wrong and what to do.
    pub fn label(&self) -> Label {
        let zh = match self {
            Self::Wrong(wrong) => listed(wrong, Lang::Zh),
            Self::Closed(path) => format!(
                "{} 已经过了这一步：名单已截止；请给出上一步的文件",
                path.display()
            ),
            Self::NotClosed(path) => format!(
                "{} 里还没有名单；请先用 tongxin draw close 截止",
                path.display()
            ),
            Self::Entrant { path, line, error } => {
                let why = match error {
                    BadEntrant::Characters(text) => format!(
                        "“{text}”不能作编号：1 到 {ENTRANT_CHARS_MAX} 个英文字母、数字、-、_、. 或 /"
                    ),
                    BadEntrant::Personal(text) => {
                        format!("“{text}”像是身份证号或手机号；名单是要公布的，请另行编号")
                    }
                };
                format!("{} 第 {line} 行：{why}", path.display())
            }
            Self::Stranger(text) => format!("名单里没有 {text}；编号请照回执上的写"),
            Self::Closes(text) => {
                format!("看不懂截止时间“{text}”，请连时差一起写，如 2022-02-10T12:00+08:00")
            }
            Self::Slug(text) => format!("“{text}”不能作公告的短名，请给文件改名"),
            Self::SecretExists(path) => format!(
                "{} 已经有了；秘密不能覆盖，也不能再用：请换一个文件",
                path.display()
            ),
            Self::NoSecret(path) => format!(
                "{} 里不是秘密：应为 tongxin draw commit 写的 64 位十六进制数",
                path.display()
            ),
            Self::Chance => "系统给不出随机数；请再试一次，仍不行请检查这台机器".to_owned(),
        };
        Label::new(zh, self.to_string())
    }
}

/// All that is wrong, each with its field.
fn listed(wrong: &[Wrong], lang: Lang) -> String {
    let one = |wrong: &Wrong| {
        let label = wrong.label();
        match (wrong.field(), lang) {
            (Some(field), Lang::Zh) => format!("{field}：{}", label.zh),
            (Some(field), Lang::En) => format!("{field}: {}", label.en),
            (None, _) => label.get(lang).to_owned(),
        }
    };
    wrong.iter().map(one).collect::<Vec<_>>().join("\n  ")
}

//! What is wrong with a draw, said in both languages.

use notice::Label;

use super::wrong::{Part, Wrong};
use super::{ENTRANTS_MAX, FILE_BYTES_MAX, FORMAT, LINE_FORMAT, PARTIES_MAX};

impl Wrong {
    /// What is wrong and what to do.
    #[must_use]
    pub fn label(&self) -> Label {
        let zh = match self {
            Self::Large => format!("文件超过 {} MiB，没有这么大的抽签", FILE_BYTES_MAX >> 20),
            Self::Json { line, column, .. } => {
                format!("第 {line} 行第 {column} 列：写法不对，抽签文件不是这样写的")
            }
            Self::Layout { line, column } => format!(
                "第 {line} 行第 {column} 列：内容没有错，但这里的空格、换行或写法被改过；请从公布的地方重新取一份"
            ),
            Self::Format(found) => {
                format!("格式是 `{found}`；本程序读 {FORMAT} 与 {LINE_FORMAT}")
            }
            Self::NoPlaces => "没有名额可抽".to_owned(),
            Self::Parties { found, needed } => format!(
                "有 {found} 方持有秘密；{}至少要有 {needed} 方，最多 {PARTIES_MAX} 方",
                if *needed > 1 {
                    "没有写明公共随机数，"
                } else {
                    ""
                }
            ),
            Self::SameParty { by, .. } => format!("持有秘密的各方里，{by} 写了两次"),
            Self::RoundTooEarly { round, first } => format!(
                "第 {round} 轮公共随机数在名单截止之前就已公布，可能有人事先知道；截止之后的第一轮是 {first}"
            ),
            Self::TermsDigest => "约定与它的摘要不相符：约定或摘要被改过".to_owned(),
            Self::NoList => "有结果，却没有名单".to_owned(),
            Self::Empty => "名单里没有人；抽签至少要有一人".to_owned(),
            Self::Crowd => format!("名单超过 {ENTRANTS_MAX} 人；请分成几次抽签"),
            Self::Twice { entrant, .. } => format!("{entrant} 在名单里有两次，等于有两次机会"),
            Self::Unsorted { entrant, .. } => {
                format!("{entrant} 的位置不对：名单按字符编码排列")
            }
            Self::Root => "名单与它的 Merkle 根不相符：有编号或者根被改过".to_owned(),
            Self::NoRank { entrant, .. } => {
                format!("名单里的 {entrant} 没有名次：两处之一被改过")
            }
            Self::Secrets { found, expected } => {
                format!("公开了 {found} 个秘密，而作出承诺的有 {expected} 方")
            }
            Self::Secret { by, .. } => format!("{by} 公开的秘密与截止前的承诺不相符"),
            Self::SignatureMissing(true) => {
                "约定里写明了公共随机数，结果里却没有它的签名".to_owned()
            }
            Self::SignatureMissing(false) => "约定里没有公共随机数，结果里却有签名".to_owned(),
            Self::Signature(round) => {
                format!("第 {round} 轮公共随机数的签名无效：签名被改过，或者属于另一轮")
            }
            Self::Ranks { found, expected } => {
                format!("名单有 {expected} 人，名次却有 {found} 个")
            }
            Self::Rank { at, says, is } => {
                format!("第 {} 名在文件里是 {says}，重抽的结果是 {is}", at + 1)
            }
            Self::Line(entrant) => {
                format!("证明没有从 {entrant} 通到名单的根：编号、位置、证明或者根被改过")
            }
            Self::Published(part) => format!(
                "这不是先前公布的那次抽签：{}不同",
                match part {
                    Part::Terms => "约定",
                    Part::List => "名单",
                    Part::Outcome => "结果",
                }
            ),
            Self::NotYetClosed => "先前公布的文件里还没有名单；请与截止时公布的文件比较".to_owned(),
        };
        Label::new(zh, self.to_string())
    }
}

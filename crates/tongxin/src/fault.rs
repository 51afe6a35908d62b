//! Why a command could not do what was asked, in both languages, and its exit code.

use crate::data::{self, Refusal as Unusable};
use crate::draw::Refused;
use crate::findings;
use crate::refusal::reason;
use decide::diff::Refusal;
use notice::{Diagnostic, Label, Lang};
use std::net::SocketAddr;
use std::path::PathBuf;

/// A command that failed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A path named on the command line cannot be read.
    #[error("cannot read {}: {}; check the path and its permissions", .path.display(), reason(.error).en)]
    Read {
        path: PathBuf,
        error: std::io::Error,
    },
    /// A path that cannot be written.
    #[error("cannot write {}: {}; check the folder and free space", .path.display(), reason(.error).en)]
    Write {
        path: PathBuf,
        error: std::io::Error,
    },
    /// The folder is no city.
    #[error("{} is no city folder: it has no city.toml; name one with --city", .0.display())]
    NoCity(PathBuf),
    /// Several cities to choose from.
    #[error("several cities here: {}; name one with --city", .0.join(", "))]
    ManyCities(Vec<String>),
    /// The city folder has faults.
    #[error("the city folder has errors; correct them and try again")]
    City(Vec<Diagnostic>),
    /// Texts given on the command line have faults.
    #[error("the notice has errors; correct them and try again")]
    Texts(Vec<Diagnostic>),
    /// Facts that cannot be read.
    #[error("cannot read the facts of --who; write them as 'truck, size class = heavy'")]
    Facts(Vec<Diagnostic>),
    /// Two files with one stem.
    #[error(
        "two files are both called {0}; a notice's short name is its file's stem, so rename one"
    )]
    SameSlug(String),
    /// A time that cannot be read.
    #[error("cannot read the time '{0}'; write it as 2022-01-06T10:00 or 2022-01-06T10:00+08:00")]
    Time(String),
    /// A point that cannot be read.
    #[error("cannot read the point '{0}'; write longitude,latitude in degrees, as 112.55,37.87")]
    Point(String),
    /// No such action.
    #[error("the city knows no action '{word}'; {}", action_en(.nearest, .known))]
    Action {
        word: String,
        nearest: Option<String>,
        known: Vec<Label>,
    },
    /// No such place.
    #[error("the city knows no place '{word}'; {}", nearest_en(.nearest))]
    Place {
        word: String,
        nearest: Option<String>,
    },
    /// Several places of one name.
    #[error("several places are called '{word}'; write one of {}", .paths.join(", "))]
    Places { word: String, paths: Vec<String> },
    /// One of the two sides is a file, the other a folder.
    #[error("compare two notices (.md) or two city folders, not one of each")]
    Unlike,
    /// Two cities that cannot be compared case by case.
    #[error("{0}")]
    Incomparable(Refusal),
    /// A Parquet file that cannot be read or written.
    #[error("{}: {error}; a Parquet file with plain columns is expected, uncompressed or with Snappy or LZ4", .path.display())]
    Passages {
        path: PathBuf,
        error: parquet::errors::ParquetError,
    },
    /// A self-check whose answers differ, or that cannot be done here.
    #[error("cannot measure: what was answered is not what is expected: {0}")]
    Measure(String),
    /// A column that a replay cannot do without.
    #[error("the file has no column '{0}'; the columns are described in docs/commands.md")]
    NoColumn(&'static str),
    /// A column of another type.
    #[error("column '{name}' is {found}; {expected} is expected")]
    ColumnType {
        name: String,
        found: String,
        expected: &'static str,
    },
    /// The output would overwrite the input.
    #[error("{} is the input as well; name another output", .0.display())]
    SameFile(PathBuf),
    /// The terminal or pipe was closed.
    #[error("the input or output was closed: {0}")]
    Pipe(std::io::Error),
    /// A step of a draw that was not done.
    #[error(transparent)]
    Draw(#[from] Refused),
    /// A ledger that cannot be exported, backed up or restored.
    #[error("{}", data::told(.0).en)]
    Data(#[from] Unusable),
    /// A receipt without the key that is to have signed it.
    #[error("the receipt comes without a key; give the one that the city publishes with --key")]
    NoKey,
    /// Not a key.
    #[error("'{0}' is not a public key; copy the whole of name+id+key")]
    Key(String),
    /// The bundle is not what the ledger has signed.
    #[error("the bundle does not hold ({0}); check it with tongxin verify")]
    Bundle(String),
    /// No rule says who is commended.
    #[error("there is no list: {}", .0.en)]
    NoList(Label),
    /// Not a web address.
    #[error("'{0}' is not the address of a site; write it like https://tongxin.example.cn")]
    Public(String),
    /// Not a host.
    #[error("'{0}' is not a host that may be called; write hooks.example.cn or 10.0.0.7:8443")]
    MayCall(String),
    /// Not where a beacon can be asked.
    #[error("'{0}' is no address of a drand server; write https://api.drand.sh")]
    Beacon(String),
    /// A beacon that is not called.
    #[error(
        "'{0}' is not called: it leads into a private network, or the clock of this city is not the real time, so that rounds of its future are long published; name its host with --may-call if that is meant"
    )]
    BeaconInside(String),
    /// Not a key of certificates.
    #[error("'{0}' is not the key of certificates; copy the whole of did:key:z6Mk…")]
    CertificateKey(String),
    /// `--name` with what is no certificate.
    #[error("--name goes with a certificate")]
    NothingNamed,
    /// `--void` with what is no certificate.
    #[error("--void goes with a certificate")]
    NothingVoid,
    /// What `--void` names is no such list.
    #[error(
        "the file of --void is no list of void certificates; take the city's /certificates/revoked.json"
    )]
    VoidList,
    /// `--published` with what is no draw.
    #[error(
        "--published goes with a draw or a line of one; receipts and bundles are checked with --key"
    )]
    NothingPublished,
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {}; choose another with --listen", reason(.error).en)]
    Listen {
        address: SocketAddr,
        error: std::io::Error,
    },
}

fn action_en(nearest: &Option<String>, known: &[Label]) -> String {
    let known = || known.iter().map(|action| &*action.en).collect::<Vec<_>>();
    match nearest {
        Some(word) => format!("did you mean '{word}'?"),
        None => format!("it knows {}", known().join(", ")),
    }
}

fn action_zh(nearest: &Option<String>, known: &[Label]) -> String {
    let known = || known.iter().map(|action| &*action.zh).collect::<Vec<_>>();
    match nearest {
        Some(word) => format!("是不是想写“{word}”？"),
        None => format!("可用的有：{}", known().join("、")),
    }
}

fn nearest_en(nearest: &Option<String>) -> String {
    match nearest {
        Some(word) => format!("did you mean '{word}'?"),
        None => "write a name, a code or a path such as 小店区/平阳路街道".into(),
    }
}

fn nearest_zh(nearest: &Option<String>) -> String {
    match nearest {
        Some(word) => format!("是不是想写“{word}”？"),
        None => "请写地名、代码，或像 小店区/平阳路街道 这样的路径".into(),
    }
}

/// Chinese for the types that [`Fault::ColumnType`] expects.
fn type_zh(expected: &str) -> &str {
    match expected {
        "text" => "文本",
        "boolean" => "布尔",
        "a number" => "数字",
        "one plain value a row" => "每行一个值",
        _ => "UTC 时间戳，或自 1970 年起的秒数（INT64）",
    }
}

impl Fault {
    /// 2 if the command line is to be corrected, 1 if what it named is.
    pub fn exit(&self) -> u8 {
        match self {
            Self::City(_)
            | Self::Texts(_)
            | Self::Incomparable(_)
            | Self::Pipe(_)
            | Self::Passages { .. }
            | Self::Measure(_)
            | Self::Bundle(_)
            | Self::NoColumn(_)
            | Self::ColumnType { .. }
            | Self::Write { .. }
            | Self::Listen { .. } => 1,
            Self::Draw(refused) => refused.exit(),
            Self::Data(refusal) => refusal.exit(),
            Self::Read { .. }
            | Self::NoCity(_)
            | Self::ManyCities(_)
            | Self::Facts(_)
            | Self::SameFile(_)
            | Self::SameSlug(_)
            | Self::Time(_)
            | Self::Point(_)
            | Self::Action { .. }
            | Self::Place { .. }
            | Self::Places { .. }
            | Self::NoKey
            | Self::Key(_)
            | Self::NoList(_)
            | Self::Public(_)
            | Self::MayCall(_)
            | Self::Beacon(_)
            | Self::BeaconInside(_)
            | Self::CertificateKey(_)
            | Self::NothingNamed
            | Self::NothingVoid
            | Self::VoidList
            | Self::NothingPublished
            | Self::Unlike => 2,
        }
    }

    /// What went wrong and what to do, with every finding, ready to print.
    pub fn told(&self, lang: Lang) -> String {
        let details = match self {
            Self::City(found) | Self::Texts(found) | Self::Facts(found) => {
                findings::text(found, lang)
            }
            _ => String::new(),
        };
        let head = match lang {
            Lang::Zh => "错误：",
            Lang::En => "error: ",
        };
        format!("{details}{head}{}\n", self.label().get(lang))
    }

    fn label(&self) -> Label {
        let zh = match self {
            Self::Read { path, error } => {
                format!(
                    "读不了 {}：{}；请检查路径与权限",
                    path.display(),
                    reason(error).zh
                )
            }
            Self::Write { path, error } => {
                format!(
                    "写不了 {}：{}；请检查文件夹与剩余空间",
                    path.display(),
                    reason(error).zh
                )
            }
            Self::NoCity(path) => format!(
                "{} 不是城市文件夹：里面没有 city.toml；请用 --city 指定",
                path.display()
            ),
            Self::ManyCities(names) => {
                format!(
                    "这里有好几个城市：{}；请用 --city 指定一个",
                    names.join("、")
                )
            }
            Self::City(_) => "城市文件夹有错误，请改正后再试".into(),
            Self::Texts(_) => "公告有错误，请改正后再试".into(),
            Self::Facts(_) => "看不懂 --who 里的情况，请写成 '货车，车型 = 重型'".into(),
            Self::SameSlug(slug) => {
                format!("有两个文件都叫 {slug}；公告的短名就是文件名，请给其中一个改名")
            }
            Self::Time(text) => {
                format!("看不懂时间“{text}”，请写成 2022-01-06T10:00 或 2022-01-06T10:00+08:00")
            }
            Self::Point(text) => {
                format!("看不懂位置“{text}”，请写成 “经度,纬度”（度），如 112.55,37.87")
            }
            Self::Action {
                word,
                nearest,
                known,
            } => format!("没有“{word}”这个行为；{}", action_zh(nearest, known)),
            Self::Place { word, nearest } => {
                format!("没有“{word}”这个地方；{}", nearest_zh(nearest))
            }
            Self::Places { word, paths } => {
                format!("有好几个地方叫“{word}”，请写明是 {}", paths.join("、"))
            }
            Self::Unlike => "请比较两份公告（.md）或两个城市文件夹，不能一样一个".into(),
            Self::Incomparable(Refusal::Vocabularies) => {
                "两个城市的词汇表不同，答案无法逐一比较；请让两边的 vocabulary.toml 相同".into()
            }
            Self::Incomparable(Refusal::PlaceGone(gone)) => format!(
                "{} 提到的地点“{}”（{}）在新的城市里没有了，无法比较；请在新城市里保留这个地点，或者从旧城市里去掉这条规则",
                gone.clause, gone.name.zh, gone.code
            ),
            Self::Passages { path, error } => format!(
                "{}：{error}；应为列不嵌套、未压缩或用 Snappy、LZ4 压缩的 Parquet 文件",
                path.display()
            ),
            Self::Measure(seen) => format!("无法测量：得到的答复与预期不符：{seen}"),
            Self::NoColumn(name) => format!("文件里没有“{name}”列；各列见 docs/commands.md"),
            Self::ColumnType {
                name,
                found,
                expected,
            } => format!("列“{name}”的类型是 {found}，应为{}", type_zh(expected)),
            Self::SameFile(path) => {
                format!("{} 也是输入文件，请换一个输出文件", path.display())
            }
            Self::Draw(refused) => refused.label().zh,
            Self::Data(refusal) => data::told(refusal).zh,
            Self::NoKey => "回执没有附公钥；请用 --key 给出该市公布的公钥".into(),
            Self::Key(text) => format!("“{text}”不是公钥；请把“名称+编号+公钥”抄全"),
            Self::Bundle(_) => "这份记录核对不上；请用 tongxin verify 看哪里不对".into(),
            Self::NoList(why) => format!("没有名单：{}", why.zh),
            Self::Public(text) => {
                format!("“{text}”不是网站的地址；请写成 https://tongxin.example.cn 的样子")
            }
            Self::MayCall(text) => {
                format!("“{text}”不是主机；请写成 hooks.example.cn 或者 10.0.0.7:8443 的样子")
            }
            Self::Beacon(text) => {
                format!("“{text}”不是 drand 服务器的地址；请写成 https://api.drand.sh 的样子")
            }
            Self::BeaconInside(text) => format!(
                "不访问“{text}”：它在内部网络里，或者这个城市的时钟不是真的时间，未来的轮次其实早已公布；确实要用的，请用 --may-call 放行这台主机"
            ),
            Self::CertificateKey(text) => {
                format!("“{text}”不是证明的公钥；请把 did:key:z6Mk… 抄全")
            }
            Self::NothingNamed => "--name 只用于证明".into(),
            Self::NothingVoid => "--void 只用于证明".into(),
            Self::VoidList => {
                "--void 的文件不是作废名单；请用该市的 /certificates/revoked.json".into()
            }
            Self::NothingPublished => {
                "--published 只用于抽签和抽签中的一行；回执与全部记录请用 --key 核对".into()
            }
            Self::Pipe(error) => format!("输入或输出已关闭：{error}"),
            Self::Listen { address, error } => {
                format!(
                    "无法监听 {address}：{}；请用 --listen 换一个地址",
                    reason(error).zh
                )
            }
        };
        Label::new(zh, self.to_string())
    }
}

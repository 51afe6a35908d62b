//! The arguments of every command, and usage errors in both languages.

mod draw;

use crate::lang::{self, say};
use crate::terminal;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
pub use draw::{Draw, DrawClose, DrawCommit, DrawLine, DrawOpen, DrawReveal, DrawStep, First};
use ledger::name::{BadName, Notice};
use notice::Lang;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "tongxin", version, about = say("写好公告，城市照办。", "Write the notice; the city runs it."))]
pub struct Line {
    #[command(subcommand)]
    pub command: Command,
    /// Read before parsing; see [`crate::lang`].
    #[arg(long, global = true, value_name = "zh|en", hide_possible_values = true, help = say("说中文还是英文", "The language to speak"))]
    lang: Option<Tongue>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Tongue {
    Zh,
    En,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    #[command(about = say("发布城市的公告：网页与接口", "Serve the city: pages and API"))]
    Serve(Serve),
    #[command(about = say("检验公告：语法、矛盾、无效条款、答不出的问答", "Prove notices: syntax, conflicts, dead rules, failing asks"))]
    Check(Check),
    #[command(about = say("问：能不能，依据哪一条，到什么时候", "Ask: may one, by which clause, until when"))]
    Ask(Ask),
    #[command(about = say("一问一答，直到有结论", "Be asked on the terminal until the answer is settled"))]
    Interview(Ask),
    #[command(about = say("两份公告或两个城市：对谁、有何不同", "Two notices or two cities: what changes for whom"))]
    Diff(Diff),
    #[command(about = say("对 Parquet 文件里的每一次通行作出判断", "Decide every passage of a Parquet file"))]
    Replay(Replay),
    #[command(about = say("一分钟自测：各项指标在这台机器上是否达到", "A one-minute self-check: whether this machine meets the stated figures"))]
    Bench(Bench),
    #[command(about = say("核对回执、抽签与公告的全部记录，不用网络", "Check receipts, draws and bundles of notices, without the network"))]
    Verify(Verify),
    #[command(about = say("按公告的规则，从全部记录里算出表彰名单", "Make the list of the commended from a notice's bundle, by the notice's rule"))]
    Commended(Commended),
    #[command(about = say("办一次谁都能重抽的抽签", "Hold a draw that anybody can draw again"))]
    Draw(Draw),
    #[command(about = say("把账本里的内容写成别人能核对的文件", "Write what is in a ledger to a file that others can check"))]
    Export(Export),
    #[command(about = say("录入表格里的人或报名：要么全部，要么一行也不", "Take in people or bookings of a table: all of them or none"))]
    Import(Import),
    #[command(about = say("为演示城市填上一段合成的过去和现在", "Fill a demo city with a synthetic past and present"))]
    Demo(Demo),
    #[command(about = say("以两名工作人员的名义发布一份公告，与工作台一样检验", "Publish a notice in two officers' names, proved as at the desk"))]
    Publish(Publish),
    #[command(about = say("安排一个人的岗位，或者免去：每个机构的第一位负责人由此开始", "Give somebody a post or end it: the first head of each office begins here"))]
    Appoint(Appoint),
    #[command(about = say("备份账本；不用停止服务", "Back up a ledger, while it is served"))]
    Backup(Backup),
    #[command(about = say("用备份恢复账本，并全部核对一遍", "Restore a ledger from a backup, and check all of it"))]
    Restore(Restore),
}

/// Which city.
#[derive(Debug, Args)]
pub struct City {
    #[arg(long, value_name = "DIR", help = say("城市文件夹（默认：TONGXIN_CITY、./cities 下唯一的城市、内置演示城市）", "City folder (default: TONGXIN_CITY, the only one under ./cities, the built-in demo city)"))]
    pub city: Option<PathBuf>,
}

/// How to say the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs; see `docs/commands.md`.
    Json,
}

/// `--format`.
#[derive(Debug, Args)]
pub struct Output {
    #[arg(long, value_name = "text|json", default_value = "text", hide_default_value = true, hide_possible_values = true, help = say("输出给人看还是给程序看", "Output for people or for programs"))]
    pub format: Format,
}

/// `tongxin serve`
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub city: City,
    #[arg(long, value_name = "DIR", help = say("数据目录：账本、账号和登录都在里面（默认：演示城市用临时目录，停止后删除；其他城市没有账号）", "Data directory: the ledger, accounts and sessions (default: a temporary one for the demo city, gone when it stops; other cities have no accounts)"))]
    pub data: Option<PathBuf>,
    #[arg(long, value_name = "postgres://…", help = say("账本和登录放在这个 PostgreSQL 里，几台服务器可以共用；密钥仍在数据目录（也可写在 TONGXIN_DATABASE）", "Keep the ledger and sessions in this PostgreSQL, which several servers may share; the keys stay in the data directory (or set TONGXIN_DATABASE)"))]
    pub database: Option<String>,
    #[arg(long, value_name = "smtps://USER@HOST", help = say("发信的邮件服务器，密码写在 TONGXIN_SMTP_PASSWORD；几台服务器共用账本时，只让一台发信，其余写 elsewhere（默认：演示城市把信显示在演示信箱里，其他城市不发信）", "Mail server to send by, its password in TONGXIN_SMTP_PASSWORD; where servers share a ledger one sends, the others say elsewhere (default: a demo city shows mail in its demo mailbox, other cities send none)"))]
    pub smtp: Option<String>,
    #[arg(long, value_name = "NAME@HOST", help = say("发信人的邮箱", "Address that mail is sent from"))]
    pub mail_from: Option<String>,
    #[arg(long, value_name = "HOST[:PORT]", help = say("事件推送和手机通知可以访问的内部主机，也可以不加密；可以写几次（默认：只访问公开的 https 地址，演示城市一个也不访问）", "Host inside that webhooks and notifications may call, also without encryption; may be given several times (default: public https addresses only, and none from a demo city)"))]
    pub may_call: Vec<String>,
    #[arg(long, value_name = "https://…", help = say("工作台上的抽签由双方的秘密和公共随机数一起决定，到这台 drand 服务器去取，如 https://api.drand.sh（默认：只由双方的秘密决定）", "Let public randomness decide in draws held at the desk, beside both secrets, asked for at this drand server, such as https://api.drand.sh (default: the secrets alone decide)"))]
    pub beacon: Option<String>,
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", help = say("监听地址", "Address to listen on"))]
    pub listen: SocketAddr,
    #[arg(long, value_name = "TIME", help = say("时钟的起点，之后照常走（默认：演示城市的时钟；没有则为当前时间）", "Where the clock starts, to run on from there (default: the demo city's clock, else the real time)"))]
    pub clock: Option<String>,
    #[arg(long, value_name = "https://…", help = say("大家访问本站的网址：写进证明、二维码和信（默认：按访问时的地址）", "The address at which people reach this site: it is written into certificates, QR codes and mails (default: as it was called)"))]
    pub public: Option<String>,
}

/// Which ledger.
#[derive(Debug, Args)]
pub struct LedgerAt {
    #[arg(long, value_name = "DIR", help = say("数据目录", "The data directory"))]
    pub data: PathBuf,
    #[arg(long, value_name = "postgres://…", help = say("账本在这个 PostgreSQL 里（也可写在 TONGXIN_DATABASE）", "The ledger is in this PostgreSQL (or set TONGXIN_DATABASE)"))]
    pub database: Option<String>,
}

/// `tongxin check`
#[derive(Debug, Args)]
pub struct Check {
    #[arg(value_name = "NOTICE.md", help = say("要检验的公告；不写则检验城市的全部公告", "Notices to check; none: all of the city"))]
    pub notices: Vec<PathBuf>,
    #[command(flatten)]
    pub city: City,
    #[command(flatten)]
    pub output: Output,
}

/// `tongxin ask` and `tongxin interview`
#[derive(Debug, Args)]
pub struct Ask {
    #[command(flatten)]
    pub city: City,
    #[arg(long, value_name = "FILE.md", num_args = 1.., help = say("以这些公告代替城市现行的公告", "Put these notices in force instead of the city's"))]
    pub notice: Vec<PathBuf>,
    #[arg(long = "do", value_name = "ACTION", help = say("要做什么（如 驶入）；不写则列出全部义务", "What is to be done, such as enter; none: list all that binds"))]
    pub action: Option<String>,
    #[arg(long, value_name = "FACTS", default_value = "", hide_default_value = true, help = say("是谁、什么情况，如 '货车，车型 = 重型，燃料 = 柴油'", "Who, as facts: 'truck, size class = heavy, fuel = diesel'"))]
    pub who: String,
    #[arg(long = "where", value_name = "PLACE", conflicts_with = "point", help = say("在哪里（地名、代码或路径）", "Where (a name, code or path)"))]
    pub place: Option<String>,
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true, help = say("在哪一点（WGS-84 “经度,纬度”）", "At which point (WGS-84 longitude,latitude)"))]
    pub point: Option<String>,
    #[arg(long, value_name = "TIME", help = say("什么时候，如 2022-01-06T10:00（默认：演示城市的时钟；没有则为现在）", "When, such as 2022-01-06T10:00 (default: the demo city's clock, else now)"))]
    pub at: Option<String>,
    #[command(flatten)]
    pub output: Output,
}

/// `tongxin diff`
#[derive(Debug, Args)]
pub struct Diff {
    #[arg(value_name = "OLD", help = say("旧的公告或城市文件夹", "The old notice or city folder"))]
    pub old: PathBuf,
    #[arg(value_name = "NEW", help = say("新的公告或城市文件夹", "The new notice or city folder"))]
    pub new: PathBuf,
    #[command(flatten)]
    pub city: City,
    #[command(flatten)]
    pub output: Output,
}

/// `tongxin replay`
#[derive(Debug, Args)]
pub struct Replay {
    #[arg(long, value_name = "PASSAGES.parquet", help = say("通行记录（各列见 docs/commands.md）", "Passages (columns: docs/commands.md)"))]
    pub input: PathBuf,
    #[arg(long, value_name = "VERDICTS.parquet", help = say("写出的结论；写完才出现", "The verdicts; appears when complete"))]
    pub output: PathBuf,
    #[command(flatten)]
    pub city: City,
    #[arg(long, value_name = "FILE.md", num_args = 1.., help = say("以这些公告代替城市现行的公告", "Put these notices in force instead of the city's"))]
    pub notice: Vec<PathBuf>,
    #[arg(long = "do", value_name = "ACTION", default_value = say("驶入", "drive"), help = say("每次通行做什么", "What every passage does"))]
    pub action: String,
    #[arg(long, value_name = "FACTS", default_value = "", hide_default_value = true, help = say("每次通行都有的情况，如 '货车'", "What is known of every passage, such as 'truck'"))]
    pub who: String,
    #[command(flatten)]
    pub output_format: Output,
}

/// `tongxin bench`
#[derive(Debug, Args)]
pub struct Bench {
    #[command(flatten)]
    pub city: City,
    #[arg(long, value_name = "NUMBER", default_value_t = 20_220_106, help = say("随机数种子", "Seed of everything made up"))]
    pub seed: u64,
    #[arg(long, value_name = "RULES", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=100_000), help = say("现行规则的条数（指标按 10000 条规定）", "Rules in force (the figures are stated for 10000)"))]
    pub rules: u32,
    #[arg(long, value_name = "ROWS", default_value_t = 5_000_000, help = say("通行记录的行数", "Rows of passages"))]
    pub rows: usize,
    #[arg(long, help = say("有一项未达到，退出码即为 1", "Exit with 1 if a figure is missed"))]
    pub strict: bool,
    #[arg(long, value_name = "FILE.parquet", help = say("不自测，只把合成的通行记录写到这个文件", "No self-check: only write synthetic passages to this file"))]
    pub passages: Option<PathBuf>,
    #[command(flatten)]
    pub output: Output,
}

/// `tongxin verify`
#[derive(Debug, Args)]
pub struct Verify {
    #[arg(value_name = "FILE", help = say("回执、证明、抽签的文件、抽签中的一行，或公告的全部记录", "A receipt, a certificate, a draw's file, a line of one, or the bundle of a notice"))]
    pub file: PathBuf,
    #[arg(long, value_name = "FILE", help = say("先前公布的抽签文件：核对这次抽签是从它继续的", "The draw's file published before, from which this one must go on"))]
    pub published: Option<PathBuf>,
    #[arg(long, value_name = "KEY", help = say("公布的公钥：账本的“名称+编号+公钥”，证明的 did:key（默认：随文件来的）", "The published key: a ledger's name+id+key, did:key for certificates (default: the one that comes with the file)"))]
    pub key: Option<String>,
    #[arg(long, value_name = "NAME", help = say("证明上的姓名：核对是不是本人的", "The name on a certificate: whether it is theirs"))]
    pub name: Option<String>,
    #[arg(long, value_name = "FILE", help = say("该市的作废名单 /certificates/revoked.json：核对证明是不是作废了、由哪一份代替", "The city's list of void certificates, /certificates/revoked.json: whether this one was made void, and which replaces it"))]
    pub void: Option<PathBuf>,
    #[command(flatten)]
    pub output: Output,
}

/// `tongxin commended`
#[derive(Debug, Args)]
pub struct Commended {
    #[arg(value_name = "BUNDLE", help = say("公告的全部记录（.tar.zst）", "The bundle of a notice (.tar.zst)"))]
    pub bundle: PathBuf,
    #[arg(long, value_name = "NAME+ID+KEY", help = say("账本公布的公钥（默认：随文件来的）", "The ledger's published key (default: the one that comes with the file)"))]
    pub key: Option<String>,
    #[command(flatten)]
    pub city: City,
    #[command(flatten)]
    pub output: Output,
}

/// `tongxin export`
#[derive(Debug, Args)]
pub struct Export {
    #[command(subcommand)]
    pub what: ExportWhat,
}

/// What to export.
#[derive(Debug, Subcommand)]
pub enum ExportWhat {
    #[command(about = say("一份公告：各版文本、全部条目、状态与证明", "One notice: its texts, entries, state and proof"))]
    Notice(ExportNotice),
    #[command(about = say("账本的条目，每条一行（.csv、.xlsx、.jsonl、.parquet）", "The entries, one a row (.csv, .xlsx, .jsonl, .parquet)"))]
    Entries(ExportTable),
    #[command(about = say("预约：时段、状态、签到签退和时长", "Bookings: slot, state, coming and going, minutes"))]
    Bookings(ExportTable),
    #[command(about = say("每人在每项活动中的时长", "Each person's hours of each offer"))]
    Hours(ExportTable),
    #[command(about = say("主题季的产品授权", "Licences of products"))]
    Licences(ExportTable),
    #[command(about = say("授权产品每月的销售和应缴授权费", "What licences sold by month, and the royalty due"))]
    Sales(ExportTable),
    #[command(about = say("活动成效：登记的到场人数和现场销售", "Results of events: visitors and sales, as entered"))]
    Results(ExportTable),
    #[command(about = say("城市文件夹，公告是现在在用的文本", "The city folder, with the texts that stand by now"))]
    City(ExportCity),
}

/// `tongxin export entries`, `bookings`, `hours`, `licences`, `sales`, `results`
#[derive(Debug, Args)]
pub struct ExportTable {
    #[command(flatten)]
    pub ledger: LedgerAt,
    #[arg(short, long, value_name = "FILE", help = say("写出的文件，后缀决定格式；写完才出现", "The file to write, its ending says in which format; appears when complete"))]
    pub output: PathBuf,
    #[arg(long, value_name = "STAFF", help = say("为这位工作人员加上姓名，须权责清单允许（默认不含姓名）", "Add names for this member of staff, if the powers let (default: no names)"))]
    pub names_for: Option<String>,
    #[arg(long, value_name = "TIME", requires = "names_for", help = say("什么时候导出（默认：演示城市的时钟；没有则为现在）", "When the list is taken out (default: the demo city's clock, else now)"))]
    pub at: Option<String>,
    #[command(flatten)]
    pub city: City,
}

/// `tongxin export city`
#[derive(Debug, Args)]
pub struct ExportCity {
    #[command(flatten)]
    pub city: City,
    #[command(flatten)]
    pub ledger: LedgerAt,
    #[arg(short, long, value_name = "NEW DIR", help = say("写出的文件夹；写完才出现", "The folder to write; appears when complete"))]
    pub output: PathBuf,
    #[arg(long, value_name = "TIME", help = say("哪一时刻在用的文本（默认：现在）", "The texts that stand at this time (default: now)"))]
    pub at: Option<String>,
}

/// `tongxin publish`
#[derive(Debug, Args)]
pub struct Publish {
    #[arg(value_name = "NOTICE.md", help = say("要发布的公告；短名就是文件名", "The notice to publish; its short name is the file's"))]
    pub notice: PathBuf,
    #[command(flatten)]
    pub city: City,
    #[command(flatten)]
    pub ledger: LedgerAt,
    #[arg(long, value_name = "ID", help = say("发布的工作人员", "The officer who publishes"))]
    pub by: String,
    #[arg(long, value_name = "ID", help = say("复核签字的工作人员，必须是另一人", "The officer who signs, somebody else"))]
    pub signed_by: String,
    #[arg(long, value_name = "TIME", help = say("什么时候起生效（默认：立即）", "From when on it stands (default: at once)"))]
    pub at: Option<String>,
    #[arg(long, help = say("只检验，什么也不写", "Only look at it and write nothing"))]
    pub dry_run: bool,
}

/// `tongxin appoint`
#[derive(Debug, Args)]
pub struct Appoint {
    #[arg(value_name = "ADDRESS", help = say("对方登录用的邮箱", "The address they sign in with"))]
    pub mail: String,
    #[arg(long, value_name = "ID", required_unless_present = "end", help = say("机构，编号见 city.toml", "The office, by its id in city.toml"))]
    pub office: Option<String>,
    #[arg(long, value_name = "ID", required_unless_present = "end", help = say("岗位，编号见 city.toml", "The role, by its id in city.toml"))]
    pub role: Option<String>,
    #[arg(long, conflicts_with_all = ["office", "role"], help = say("免去现在的岗位", "End the post they hold"))]
    pub end: bool,
    #[command(flatten)]
    pub ledger: LedgerAt,
    #[command(flatten)]
    pub city: City,
}

/// `tongxin export notice`
#[derive(Debug, Args)]
pub struct ExportNotice {
    #[arg(value_name = "SLUG", value_parser = name::<Notice>, help = say("公告的短名", "The notice's short name"))]
    pub notice: Notice,
    #[command(flatten)]
    pub ledger: LedgerAt,
    #[arg(short, long, value_name = "FILE.tar.zst", help = say("写出的文件；写完才出现", "The file to write; appears when complete"))]
    pub output: PathBuf,
}

/// `tongxin import`
#[derive(Debug, Args)]
pub struct Import {
    #[command(subcommand)]
    pub what: ImportWhat,
}

/// What to import.
#[derive(Debug, Subcommand)]
pub enum ImportWhat {
    #[command(about = say("人：mail，以及可有可无的 name、facts", "People: mail, and if one likes name and facts"))]
    People(ImportTable),
    #[command(about = say("报名：mail、slot", "Bookings: mail, slot"))]
    Bookings(ImportTable),
}

/// `tongxin import people`, `bookings`
#[derive(Debug, Args)]
pub struct ImportTable {
    #[arg(value_name = "FILE.csv", help = say("表格（各列见 docs/commands.md）", "The table (columns: docs/commands.md)"))]
    pub file: PathBuf,
    #[command(flatten)]
    pub ledger: LedgerAt,
    #[command(flatten)]
    pub city: City,
}

/// `tongxin demo`
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    pub city: City,
    #[command(flatten)]
    pub ledger: LedgerAt,
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u16).range(0..=1_000), help = say("规模：每一倍多一百个虚构的人", "How much: a hundred invented people for each"))]
    pub scale: u16,
    #[arg(long, value_name = "TIME", help = say("故事到什么时候为止（默认：演示城市的时钟）", "Until when the story goes (default: the demo city's clock)"))]
    pub until: Option<String>,
    #[arg(long, value_name = "NUMBER", default_value_t = 20_220_106, help = say("随机数种子", "Seed of everything made up"))]
    pub seed: u64,
}

/// `tongxin backup`
#[derive(Debug, Args)]
pub struct Backup {
    #[arg(long, value_name = "DIR", help = say("数据目录", "The data directory"))]
    pub data: PathBuf,
    #[arg(short, long, value_name = "NEW FILE", help = say("写出的新文件；写完才出现", "The new file to write; appears when complete"))]
    pub output: PathBuf,
}

/// `tongxin restore`
#[derive(Debug, Args)]
pub struct Restore {
    #[arg(value_name = "FILE", help = say("tongxin backup 写出的文件", "A file that tongxin backup has written"))]
    pub file: PathBuf,
    #[arg(long, value_name = "NEW DIR", help = say("数据目录；必须是空的，或者还没有", "The data directory; empty, or not there yet"))]
    pub data: PathBuf,
}

fn name<N: TryFrom<String, Error = BadName>>(text: &str) -> Result<N, BadName> {
    N::try_from(text.to_owned())
}

/// Parses the command line; on help, version or a usage error prints it and gives the exit code.
pub fn parse(line: impl IntoIterator<Item = OsString>) -> Result<Line, ExitCode> {
    let command = localised(Line::command());
    command
        .try_get_matches_from(line)
        .and_then(|matches| Line::from_arg_matches(&matches))
        .map_err(|error| {
            if error.use_stderr() {
                terminal::err(&usage_error(&error, lang::chosen()));
                ExitCode::from(2)
            } else {
                match terminal::out(&placeholders(error.to_string(), lang::chosen())) {
                    Ok(()) => ExitCode::SUCCESS,
                    Err(_) => ExitCode::FAILURE,
                }
            }
        })
}

/// Chinese headings of the help; the texts themselves are chosen where they stand.
fn localised(command: clap::Command) -> clap::Command {
    if lang::chosen() == Lang::En {
        return command;
    }
    fn chinese(command: clap::Command, root: bool) -> clap::Command {
        let template = if root {
            "{about}\n\n用法：{usage}\n\n命令：\n{subcommands}\n\n选项：\n{options}\n"
        } else {
            "{about}\n\n用法：{usage}\n\n{all-args}\n"
        };
        let positionals: Vec<_> = command
            .get_arguments()
            .filter(|argument| argument.is_positional())
            .map(|argument| argument.get_id().clone())
            .collect();
        let options: Vec<_> = command
            .get_arguments()
            .filter(|argument| !argument.is_positional())
            .map(|argument| argument.get_id().clone())
            .collect();
        let mut command = command
            .help_template(template)
            .subcommand_help_heading("命令")
            .disable_help_flag(true)
            .disable_help_subcommand(true)
            .arg(
                clap::Arg::new("help")
                    .short('h')
                    .long("help")
                    .action(clap::ArgAction::Help)
                    .help("显示帮助")
                    .help_heading("选项"),
            );
        for id in positionals {
            command = command.mut_arg(id, |argument| argument.help_heading("参数"));
        }
        for id in options {
            command = command.mut_arg(id, |argument| argument.help_heading("选项"));
        }
        if root {
            command = command.disable_version_flag(true).arg(
                clap::Arg::new("version")
                    .short('V')
                    .long("version")
                    .action(clap::ArgAction::Version)
                    .help("显示版本")
                    .help_heading("选项"),
            );
        }
        command.mut_subcommands(|subcommand| chinese(subcommand, false))
    }
    chinese(command, true)
}

/// What clap itself writes into help and usage.
fn placeholders(text: String, lang: Lang) -> String {
    const CHINESE: [(&str, &str); 6] = [
        ("[OPTIONS]", "[选项]"),
        ("<COMMAND>", "<命令>"),
        ("[default: ", "[默认："),
        ("选项:\n", "选项：\n"),
        ("参数:\n", "参数：\n"),
        ("命令:\n", "命令：\n"),
    ];
    match lang {
        Lang::En => text,
        Lang::Zh => CHINESE
            .iter()
            .fold(text, |text, (en, zh)| text.replace(en, zh)),
    }
}

/// A usage error, in the language asked for.
fn usage_error(error: &clap::Error, lang: Lang) -> String {
    if lang == Lang::En {
        return error.to_string();
    }
    let of = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        _ => String::new(),
    };
    let argument = of(ContextKind::InvalidArg);
    let value = of(ContextKind::InvalidValue);
    let message = match error.kind() {
        ErrorKind::UnknownArgument => format!("没有参数 {argument}"),
        ErrorKind::InvalidSubcommand => {
            format!("没有命令 {}", of(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("缺少参数 {argument}"),
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} 后面缺少值"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("{argument} 不接受 “{value}”")
        }
        ErrorKind::ArgumentConflict => {
            format!("{argument} 不能与 {} 同时使用", of(ContextKind::PriorArg))
        }
        ErrorKind::TooManyValues => format!("{argument} 的值太多"),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return placeholders(error.to_string(), lang);
        }
        ErrorKind::MissingSubcommand => format!("缺少命令：{}", of(ContextKind::ValidSubcommand)),
        _ => error.to_string(),
    };
    let known = of(ContextKind::ValidValue);
    let near = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .map(of)
    .find(|text| !text.is_empty());
    let hint = match (near, known.is_empty()) {
        (Some(near), _) => format!("  是不是想写 {near}？\n"),
        (None, false) => format!("  可以写：{known}\n"),
        (None, true) => String::new(),
    };
    format!("错误：{message}\n{hint}  用法见 tongxin --help\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Line::command().debug_assert();
        localised(Line::command()).debug_assert();
    }

    #[test]
    fn chinese_usage_errors_name_what_is_wrong() {
        let wrong = |line: &[&str]| {
            let error = Line::command()
                .try_get_matches_from(line)
                .and_then(|matches| Line::from_arg_matches(&matches))
                .expect_err("a usage error");
            usage_error(&error, Lang::Zh)
        };
        assert!(wrong(&["tongxin", "chek"]).contains("没有命令 chek\n  是不是想写 check"));
        assert!(
            wrong(&["tongxin", "ask", "--wher", "x"])
                .contains("没有参数 --wher\n  是不是想写 --where")
        );
        assert!(wrong(&["tongxin", "ask", "--format", "xml"]).contains("不接受 “xml”"));
        assert!(wrong(&["tongxin", "diff", "a.md"]).contains("缺少参数"));
        assert!(wrong(&["tongxin", "ask", "--where", "a", "--point", "1,2"]).contains("不能与"));
    }
}

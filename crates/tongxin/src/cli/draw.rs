//! The arguments of `tongxin draw`.

use super::name;
use crate::lang::say;
use clap::{Args, Subcommand};
use forms::draw::{NotHex, Party, Signature};
use ledger::name::{Actor, Key};
use std::path::PathBuf;

/// `tongxin draw`
#[derive(Debug, Args)]
pub struct Draw {
    #[command(subcommand)]
    pub step: DrawStep,
}

/// The steps of a draw, in order.
#[derive(Debug, Subcommand)]
pub enum DrawStep {
    #[command(about = say("一方：生成秘密，作出承诺", "A party: make a secret and promise it"))]
    Commit(DrawCommit),
    #[command(about = say("截止前：定下约定，公布", "Before the close: the terms, to be published"))]
    Open(DrawOpen),
    #[command(about = say("截止时：固定名单，公布", "At the close: the list, to be published"))]
    Close(DrawClose),
    #[command(about = say("截止后：公开秘密，抽签，公布", "After the close: reveal, draw, publish"))]
    Reveal(DrawReveal),
    #[command(about = say("给一个人名单里自己的一行和证明", "One entrant's own line with its proof"))]
    Line(DrawLine),
}

/// `tongxin draw commit`
#[derive(Debug, Args)]
pub struct DrawCommit {
    #[arg(long, value_name = "NAME", value_parser = name::<Key>, help = say("抽签的名字，每次不同", "The draw's name, another for each draw"))]
    pub draw: Key,
    #[arg(long, value_name = "WHO", value_parser = name::<Actor>, help = say("作承诺的一方", "The party that promises"))]
    pub by: Actor,
    #[arg(long, value_name = "NEW FILE", help = say("秘密写进这个新文件", "The new file to keep the secret in"))]
    pub secret: PathBuf,
}

/// `tongxin draw open`
#[derive(Debug, Args)]
pub struct DrawOpen {
    #[arg(long, value_name = "NAME", value_parser = name::<Key>, help = say("抽签的名字，与承诺时相同", "The draw's name, as in the promises"))]
    pub draw: Key,
    #[arg(long, value_name = "NOTICE.md", help = say("规定这次抽签的公告", "The notice that orders the draw"))]
    pub notice: PathBuf,
    #[arg(long, value_name = "NUMBER", help = say("名额", "Places to give"))]
    pub places: u32,
    #[arg(long, value_name = "TIME", help = say("名单截止的时间，如 2022-02-10T12:00+08:00", "When the list closes, such as 2022-02-10T12:00+08:00"))]
    pub closes: String,
    #[arg(long, value_name = "WHO=COMMITMENT", required = true, num_args = 1.., value_parser = party, help = say("各方的承诺；不用公共随机数时至少两方", "The parties' promises; at least two without public randomness"))]
    pub party: Vec<Party>,
    #[arg(long, value_name = "after-close|NUMBER", value_parser = first, help = say("drand quicknet 的哪一轮参与决定：截止后的第一轮，或轮次号", "Which round of drand quicknet decides too: the first after the close, or a number"))]
    pub round: Option<First>,
    #[arg(short, long, value_name = "OPENED.json", help = say("写出的文件", "The file to write"))]
    pub output: PathBuf,
}

/// Which round of public randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// The first one published after the close.
    AfterClose,
    /// This one.
    Round(u64),
}

/// `tongxin draw close`
#[derive(Debug, Args)]
pub struct DrawClose {
    #[arg(value_name = "OPENED.json", help = say("截止前公布的文件", "The file published before the close"))]
    pub opened: PathBuf,
    #[arg(long, value_name = "LIST.txt", help = say("报名者的编号，每行一个", "The entrants' numbers, one a line"))]
    pub entrants: PathBuf,
    #[arg(short, long, value_name = "CLOSED.json", help = say("写出的文件", "The file to write"))]
    pub output: PathBuf,
}

/// `tongxin draw reveal`
#[derive(Debug, Args)]
pub struct DrawReveal {
    #[arg(value_name = "CLOSED.json", help = say("截止时公布的文件", "The file published at the close"))]
    pub closed: PathBuf,
    #[arg(long, value_name = "FILE", required = true, num_args = 1.., help = say("各方的秘密，次序不限", "The parties' secrets, in any order"))]
    pub secret: Vec<PathBuf>,
    #[arg(long, value_name = "HEX", help = say("公共随机数那一轮的签名", "The signature of the round of public randomness"))]
    pub signature: Option<Signature>,
    #[arg(short, long, value_name = "DRAW.json", help = say("写出的文件", "The file to write"))]
    pub output: PathBuf,
}

/// `tongxin draw line`
#[derive(Debug, Args)]
pub struct DrawLine {
    #[arg(value_name = "DRAW.json", help = say("截止时或抽签后公布的文件", "The file published at the close or after the draw"))]
    pub draw: PathBuf,
    #[arg(value_name = "NUMBER", help = say("报名者的编号", "The entrant's number"))]
    pub entrant: String,
    #[arg(short, long, value_name = "LINE.json", help = say("写出的文件", "The file to write"))]
    pub output: PathBuf,
}

fn party(text: &str) -> Result<Party, String> {
    let (by, commitment) = text
        .rsplit_once('=')
        .ok_or("write it as tongxin draw commit prints it: who=commitment")?;
    Ok(Party {
        by: Actor::new(by).map_err(|error| error.to_string())?,
        commitment: commitment
            .parse()
            .map_err(|error: NotHex| error.to_string())?,
    })
}

fn first(text: &str) -> Result<First, String> {
    match text {
        "after-close" => Ok(First::AfterClose),
        number => match number.parse() {
            Ok(round) => Ok(First::Round(round)),
            Err(_) => Err("write after-close or the number of a round".to_owned()),
        },
    }
}

//! Why a data directory did not give or take, in both languages.

use super::Refusal;
use super::import::{NotImported, TOLD, Wrong};
use super::tables::Failed;
use crate::refusal::reason;
use crate::verify::checkpoint;
use ledger::bundle::ExportError;
use ledger::folder::FolderError;
use ledger::sqlite::{AuditError, RestoreError};
use ledger::store::StoreError;
use notice::Label;
use outbox::mail::BadSmtp;

/// What is wrong and what to do.
pub fn told(refusal: &Refusal) -> Label {
    match refusal {
        Refusal::Exists(path) => Label::new(
            format!("{} 已经有了；备份从不覆盖，请换一个文件名", path.display()),
            format!(
                "{} is there already; a backup is never overwritten: name a new file",
                path.display()
            ),
        ),
        Refusal::Texts(why) => Label::new(
            format!("读不出发布过的文本：{why}；请检查数据目录，或者用备份恢复"),
            format!(
                "the published texts cannot be read: {why}; look at the data directory, or restore a backup"
            ),
        ),
        Refusal::Folder(error) => folder(error),
        Refusal::Sessions(error) => sessions(error),
        Refusal::Outbox(error) => {
            let zh = match error {
                outbox::Failed::Sqlite(error) => {
                    format!("发件箱读写不了：{error}；请检查磁盘后再试")
                }
                outbox::Failed::Damaged(why) => format!(
                    "发件箱已损坏：{why}；请删掉 outbox.db，还没有发出的会丢失，账本不受影响"
                ),
            };
            Label::new(zh, error.to_string())
        }
        Refusal::Smtp(error) => smtp(error),
        Refusal::BlindKey(path) => Label::new(
            format!(
                "{} 里没有按邮箱找人的密钥；请放回您另外保管的那一份，没有它谁也不能用邮箱登录",
                path.display()
            ),
            format!(
                "{} holds no key that finds people by their addresses; put back the copy that you keep elsewhere: without it nobody can sign in by address",
                path.display()
            ),
        ),
        Refusal::TicketKey(path) => Label::new(
            format!(
                "{} 里没有签签到码的密钥；请删掉这个文件，下次启动会另做一个，打印过的签到码要重新打印",
                path.display()
            ),
            format!(
                "{} holds no key that signs tickets; delete it: the next start makes another, and tickets that were printed have to be printed again",
                path.display()
            ),
        ),
        Refusal::PushKey(path) => Label::new(
            format!(
                "{} 里没有发手机通知的密钥；请删掉这个文件，下次启动会另做一个，开通过通知的人要重新开通",
                path.display()
            ),
            format!(
                "{} holds no key for notifications; delete it: the next start makes another, and people turn them on anew",
                path.display()
            ),
        ),
        Refusal::CertificateKey(path) => Label::new(
            format!(
                "{} 里没有签证明的密钥；请放回另存的那一份。没有另存的，删掉它，下次启动会另做一个：以前发出的证明文件要用以前公布的公钥核对",
                path.display()
            ),
            format!(
                "{} holds no key that signs certificates; put back the copy that you keep elsewhere. Without one, delete it: the next start makes another, and files given out before are checked with the key published before",
                path.display()
            ),
        ),
        Refusal::Unkept(error) => {
            let zh = match error {
                web::Unkept::NotTaken(_) => "账本现在不接受新的内容，请再试".to_owned(),
                web::Unkept::Store(error) => store(error),
                web::Unkept::Thread(error) => {
                    format!("系统不再给线程，账本没法读：{error}；请放宽系统的限制再启动")
                }
            };
            Label::new(zh, error.to_string())
        }
        Refusal::Halted(halted) => Label::new(
            format!("账本中途停了：{}", store(&halted.0)),
            halted.to_string(),
        ),
        Refusal::NoKeysNamed => Label::new(
            "账本在数据库里时，密钥另有一个目录：请用 --data 给出，每台服务器上的内容都一样",
            "the keys of a ledger in a database are in a directory of their own: name it with --data, the same on each server",
        ),
        Refusal::TwoLedgers(path) => Label::new(
            format!(
                "{} 里已有一个内嵌的账本；用数据库时请给一个新的目录放密钥",
                path.display()
            ),
            format!(
                "{} holds an embedded ledger already; with a database, name another directory for the keys",
                path.display()
            ),
        ),
        Refusal::OtherKeys(path) => Label::new(
            format!(
                "数据库里的账本是用别的密钥开始的；请把第一台服务器上的 ledger.key、ledger.pub、blind.key、ticket.key、certificate.key 和 push.key 放进 {}",
                path.display()
            ),
            format!(
                "the ledger in the database was begun with other keys; put ledger.key, ledger.pub, blind.key, ticket.key, certificate.key and push.key of the first server into {}",
                path.display()
            ),
        ),
        Refusal::NotImported(error) => not_imported(error),
        Refusal::Table(error) => table(error),
        Refusal::NoDemoCity => Label::new(
            "只有演示城市（city.toml 里有 clock）才能用合成的数据填写",
            "only a demo city (with a clock in its city.toml) is filled with what is made up",
        ),
        Refusal::Lived(path) => Label::new(
            format!(
                "{} 的账本里已经有内容；演示数据只写进新的目录，请另给一个",
                path.display()
            ),
            format!(
                "the ledger of {} has entries already; demo data goes into a new directory only: name another",
                path.display()
            ),
        ),
        Refusal::Unfilled(why) => Label::new(
            format!("演示数据没有写成：{why}；请把这句话告诉开发者"),
            format!("the demo data could not be written: {why}; please tell the developers"),
        ),
        Refusal::Database(error) => database(error),
        Refusal::Chance => Label::new(
            "系统给不出随机数，请再试",
            "the system gives no random numbers: try again",
        ),
        Refusal::Export(error) => export(error),
    }
}

fn not_imported(error: &NotImported) -> Label {
    let nothing = Label::new("什么也没有录入", "nothing was taken in");
    let what = match error {
        NotImported::Csv(error) => Label::new(format!("CSV 读不了：{error}"), error.to_string()),
        NotImported::NoColumn(name) => Label::new(
            format!("缺少 {name} 这一列；各列见 docs/commands.md"),
            format!("there is no column {name}; the columns are in docs/commands.md"),
        ),
        NotImported::TooManyRows => Label::new(
            "行数太多，一次最多 100000 行；请分成几份",
            "too many rows for one go, at most 100000: split the file",
        ),
        NotImported::Empty => Label::new("里面没有一行内容", "there are no rows in it"),
        NotImported::Wrong(cells) => {
            let (mut zh, mut en) = (String::new(), String::new());
            for Wrong { line, column, what } in cells.iter().take(TOLD) {
                zh += &format!("第 {line} 行 {column}：{}\n  ", what.zh);
                en += &format!("line {line}, {column}: {}\n  ", what.en);
            }
            let more = cells.len().saturating_sub(TOLD);
            if more > 0 {
                zh += &format!("另有 {more} 处\n  ");
                en += &format!("and {more} more\n  ");
            }
            Label::new(zh.trim_end(), en.trim_end())
        }
    };
    let (zh, en) = (what.zh, what.en);
    Label::new(
        format!("{}：\n  {zh}", nothing.zh),
        format!("{}:\n  {en}", nothing.en),
    )
}

fn table(error: &Failed) -> Label {
    match error {
        Failed::Ending(path) => Label::new(
            format!(
                "{} 的后缀不认识：用 .csv、.xlsx、.jsonl 或 .parquet",
                path.display()
            ),
            format!(
                "{}: end the name in .csv, .xlsx, .jsonl or .parquet",
                path.display()
            ),
        ),
        Failed::TooManyRows(most) => Label::new(
            format!("一张工作表最多 {most} 行，这里更多；请用 .csv 或 .parquet"),
            format!("a sheet has {most} rows at most, and there are more: take .csv or .parquet"),
        ),
        Failed::NoStaff(who) => Label::new(
            format!(
                "没有叫 {who} 的工作人员；写登录用的邮箱，演示人物的编号见城市文件夹的 people/people.csv"
            ),
            format!(
                "no member of staff is called {who}; write the address they sign in with, ids of demo people are in people/people.csv of the city folder"
            ),
        ),
        Failed::Denied(denied, city) => denied.label(city),
        Failed::Io(error) => reason(error),
        Failed::Csv(error) => Label::new(format!("CSV 写不成：{error}"), error.to_string()),
        Failed::Xlsx(error) => Label::new(format!("XLSX 写不成：{error}"), error.to_string()),
        Failed::Parquet(error) => Label::new(format!("Parquet 写不成：{error}"), error.to_string()),
    }
}

fn smtp(error: &BadSmtp) -> Label {
    let zh = match error {
        BadSmtp::Url => {
            "这不是邮件服务器的地址；请写成 smtps://user@mail.example.cn，或者 smtp://user@mail.example.cn:587".to_owned()
        }
        BadSmtp::Password => {
            "密码不要写在地址里，同一台机器上的人都看得到；请写在环境变量 TONGXIN_SMTP_PASSWORD 里".to_owned()
        }
        BadSmtp::NoPassword => {
            "地址里写了用户，但没有密码；请写在环境变量 TONGXIN_SMTP_PASSWORD 里".to_owned()
        }
        BadSmtp::From => "发信人的邮箱不对；请写成 name@example.cn 的样子".to_owned(),
        BadSmtp::Certificates(why) => format!("系统的证书读不出来：{why}"),
    };
    Label::new(zh, error.to_string())
}

fn folder(error: &FolderError) -> Label {
    let zh = match error {
        FolderError::NotEmpty(path) => {
            format!("{} 不是空的；请用一个新的文件夹，以免覆盖", path.display())
        }
        FolderError::NoLedger(path) => format!("{} 里没有账本，请检查路径", path.display()),
        FolderError::Io { path, error } => {
            let (zh, en) = (reason(error).zh, reason(error).en);
            return Label::new(
                format!("读写不了 {}：{zh}", path.display()),
                format!("cannot read or write {}: {en}", path.display()),
            );
        }
        FolderError::Key { path, .. } => {
            format!("{} 里没有密钥，请从备份中放回", path.display())
        }
        FolderError::Store(error) => store(error),
        FolderError::Restore(error) => restore(error),
    };
    Label::new(zh, error.to_string())
}

fn sessions(error: &session::Failed) -> Label {
    let zh = match error {
        session::Failed::Sqlite(error) => {
            format!("登录的记录读写不了：{error}；请检查磁盘后再试")
        }
        session::Failed::Database(error) => store(error),
        session::Failed::Damaged(why) => {
            format!("登录的记录已损坏：{why}；请删掉那个文件，所有人重新登录即可")
        }
        session::Failed::Account(why) => format!("账号读不出来：{why}；请再试"),
        session::Failed::Chance => "系统给不出随机数，请再试".to_owned(),
    };
    Label::new(zh, error.to_string())
}

fn restore(error: &RestoreError) -> String {
    match error {
        RestoreError::NotABackup => "这不是账本的备份；请用 tongxin backup 写出的文件".to_owned(),
        RestoreError::Key(_) => "备份里的密钥读不出来".to_owned(),
        RestoreError::Schema => "备份里的表不是本程序建的".to_owned(),
        RestoreError::Pages(_) => "备份已损坏：文件的各页对不上".to_owned(),
        RestoreError::Audit(error) => format!("备份核对不上：{}", audit(error)),
        RestoreError::Store(error) => store(error),
    }
}

fn audit(error: &AuditError) -> String {
    match error {
        AuditError::Store(error) => store(error),
        AuditError::Checkpoint(error) => checkpoint(error),
        AuditError::Root(size) => format!("{size} 个条目不是当时签过的那些"),
        AuditError::Entry(sequence) => {
            format!("第 {sequence} 号条目损坏、放错了地方，或者与前面的条目矛盾")
        }
        AuditError::Tile { level, index } => {
            format!("第 {level} 层第 {index} 块散列值不是条目算出来的")
        }
        AuditError::Item(id) => format!("{} {} 与条目所说的不同", id.kind, id.key),
        AuditError::Claim(claim) => format!("占用 {claim} 与条目所说的不同"),
        AuditError::Missing(count) => format!("条目里有的 {count} 项或占用不见了"),
        AuditError::Found => "索引与各项所说的不同".to_owned(),
        AuditError::Text(version) => format!("文本 {version} 被改过"),
        AuditError::Forgotten(person) => format!("{person} 已被遗忘，却还有密钥"),
    }
}

fn export(error: &ExportError) -> Label {
    let zh = match error {
        ExportError::Store(error) => store(error),
        ExportError::Text { text, entry } => {
            format!("第 {entry} 号条目依据的文本 {text} 没有保存过")
        }
        ExportError::Nothing(notice) => {
            format!("账本里没有公告 {notice} 的条目；请检查短名")
        }
        ExportError::Large(notice) => format!("公告 {notice} 的内容太多，一个文件装不下"),
        ExportError::Io(error) => format!("文件写不成：{}", reason(error).zh),
    };
    Label::new(zh, error.to_string())
}

fn database(error: &StoreError) -> Label {
    match error {
        StoreError::Later(why) => Label::new(
            format!("数据库用不了：{why}；请检查 --database 的地址和数据库是否在运行"),
            format!(
                "the database cannot be used: {why}; look at the address of --database, and whether it runs"
            ),
        ),
        error => Label::new(store(error), error.to_string()),
    }
}

fn store(error: &StoreError) -> String {
    match error {
        StoreError::Later(why) => format!("账本现在用不了，什么也没有改：{why}；请再试"),
        StoreError::Lost(why) => format!("账本读写失败：{why}；请检查磁盘"),
        StoreError::Damaged(why) => format!("账本已损坏：{why}；请用备份恢复"),
    }
}

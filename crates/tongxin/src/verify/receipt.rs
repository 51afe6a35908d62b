//! Receipts of the ledger.

use super::draw::beijing;
use super::report::Report;
use crate::fault::Fault;
use ledger::checkpoint::CheckpointError;
use ledger::entry::BadEntry;
use ledger::merkle::BrokenProof;
use ledger::note::{NoteError, Verifier};
use ledger::receipt::{Receipt, ReceiptError};
use notice::Label;
use serde::Deserialize;

const FORMAT: &str = "tongxin/receipt/v1";

/// A receipt as a page hands it out: the proof with the key that is to have signed it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    key: String,
    proof: String,
}

/// Checks a receipt with the key given, else with the one that came with it.
pub fn check(bytes: &[u8], given: Option<&str>) -> Result<Report, Fault> {
    let mut report = Report::new("receipt");
    let given = given.map(key).transpose()?;
    // The bare proof, without a key.
    let (proof, own) = if bytes.starts_with(b"{") {
        match serde_json::from_slice::<File>(bytes) {
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                let message = Label::new(
                    format!("第 {line} 行第 {column} 列：写法不对，回执不是这样写的"),
                    format!("line {line}, column {column}: not as a receipt is written"),
                );
                report.is_wrong(None, Some((line, column)), message);
                return Ok(report);
            }
            Ok(file) if file.format != FORMAT => {
                let start: String = file.format.chars().take(64).collect();
                let message = Label::new(
                    format!("格式是 `{start}`；本程序读 {FORMAT}"),
                    format!("the format is `{start}`; this program reads {FORMAT}"),
                );
                report.is_wrong(Some("/format".to_owned()), None, message);
                return Ok(report);
            }
            Ok(file) => match file.key.parse::<Verifier>() {
                Ok(key) => (file.proof, Some(key)),
                Err(_) => {
                    let message = Label::new(
                        "不是公钥：应为“名称+编号+公钥”",
                        "not a public key: name+id+key is expected",
                    );
                    report.is_wrong(Some("/key".to_owned()), None, message);
                    return Ok(report);
                }
            },
        }
    } else {
        (String::from_utf8_lossy(bytes).into_owned(), None)
    };
    let trusted = match (&given, &own) {
        (Some(given), Some(own)) if given != own => {
            let message = Label::new(
                format!("回执附的公钥是 {own}，不是 --key 给出的"),
                format!("the receipt comes with key {own}, which is not the one of --key"),
            );
            report.is_wrong(Some("/key".to_owned()), None, message);
            return Ok(report);
        }
        (Some(key), _) | (None, Some(key)) => key.clone(),
        (None, None) => return Err(Fault::NoKey),
    };
    let verified = proof
        .parse::<Receipt>()
        .and_then(|receipt| receipt.verify(std::slice::from_ref(&trusted)));
    let (entry, checkpoint) = match verified {
        Ok(verified) => verified,
        Err(error) => {
            report.is_wrong(Some("/proof".to_owned()), None, told(&error));
            return Ok(report);
        }
    };
    let at = beijing(entry.at);
    report.is_right(
        format!(
            "条目：第 {} 号，{at}，{} 依据公告 {}（文本 {}）办理 {}",
            entry.sequence, entry.actor, entry.notice, entry.text, entry.command
        ),
        format!(
            "entry: number {}, {at}, {} by {} under notice {} (text {})",
            entry.sequence, entry.command, entry.actor, entry.notice, entry.text
        ),
    );
    report.is_right(
        format!(
            "证明：这个条目在 {} 条的账本里，一个字节也没有改",
            checkpoint.size
        ),
        format!(
            "proof: the entry is in a ledger of {} entries, every byte of it",
            checkpoint.size
        ),
    );
    report.is_right(
        format!("签名：账本 {} 签过这时的全部内容", checkpoint.origin),
        format!(
            "signature: ledger {} signed all that it had then",
            checkpoint.origin
        ),
    );
    if given.is_none() {
        report.because(
            "公钥是随回执来的。请与该市公布的公钥对照，或者用 --key 给出",
            "The key came with the receipt. Compare with the key that the city publishes, or give it with --key",
        );
        report.compare("公钥", "key", "key", trusted.to_string());
    }
    // An entry that was read is JSON, so it is written as well.
    report.says(serde_json::to_value(&entry).unwrap_or_default());
    Ok(report)
}

/// A key of the command line.
pub fn key(text: &str) -> Result<Verifier, Fault> {
    text.parse().map_err(|_| Fault::Key(text.to_owned()))
}

/// Why a receipt proves nothing, in both languages.
fn told(error: &ReceiptError) -> Label {
    let zh = match error {
        ReceiptError::Format(reason) => match *reason {
            r if r.contains("first line") => "第一行应为 c2sp.org/tlog-proof@v1".to_owned(),
            r if r.contains("second line") => "第二行应为 extra 与 base64 写的条目".to_owned(),
            r if r.contains("third line") => "第三行应为 index 与条目号".to_owned(),
            r if r.contains("line of the proof") => "证明里有一行不是 base64 写的散列值".to_owned(),
            _ => "证明之后应有一个空行，空行之后是检查点".to_owned(),
        },
        ReceiptError::Checkpoint(error) => checkpoint(error),
        ReceiptError::Proof(error) => match error {
            BrokenProof::OutOfTree { index, size } => {
                format!("第 {index} 号条目不可能在 {size} 条的账本里")
            }
            BrokenProof::Length(count) => {
                format!("证明有 {count} 个散列值，与账本的大小不相符")
            }
            BrokenProof::Shrunk { .. } | BrokenProof::Root => {
                "证明没有通到账本的根：条目、条目号或证明被改过，或者属于另一个账本".to_owned()
            }
        },
        ReceiptError::Entry(BadEntry::Format(format)) => {
            format!("条目的格式是 {format}，本程序还不认识；请用新版本")
        }
        ReceiptError::Entry(_) => "证明的内容不是条目".to_owned(),
        ReceiptError::Place { says, stands } => {
            format!("条目自称第 {says} 号，却在第 {stands} 号的位置：账本自相矛盾")
        }
    };
    Label::new(zh, error.to_string())
}

pub fn checkpoint(error: &CheckpointError) -> String {
    match error {
        CheckpointError::Format(_) => "检查点应有三行：账本名称、条数与根".to_owned(),
        CheckpointError::Origin { expected, found } => {
            format!("检查点是账本 {found} 的，不是 {expected} 的")
        }
        CheckpointError::Note(error) => match error {
            NoteError::Signature(name) => {
                format!("{name} 的签名与检查点不相符：检查点或签名被改过")
            }
            NoteError::Unsigned(names) => format!("检查点不是用这把公钥签的；签名者：{names}"),
            NoteError::Format(_) | NoteError::Name(_) | NoteError::Key(_) => {
                "检查点的写法不对：应为三行、一个空行与签名".to_owned()
            }
        },
    }
}

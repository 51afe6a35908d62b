//! Bundles: all that happened under a notice.

use super::draw::beijing;
use super::receipt::{checkpoint, key};
use super::report::{Report, Wrong};
use crate::fault::Fault;
use ledger::bundle::{Flaw, Verified, What, verify};
use ledger::entry::BadEntry;
use notice::Label;
use serde_json::json;

/// Checks a bundle with the key given, else with the one that came with it.
pub fn check(bytes: &[u8], given: Option<&str>) -> Result<Report, Fault> {
    let mut report = Report::new("bundle");
    let given = given.map(key).transpose()?;
    match verify(bytes, given.as_ref()) {
        Ok(verified) => {
            tell(&mut report, &verified);
            if given.is_none() {
                report.because(
                    "公钥是随文件来的。请与该市公布的公钥对照，或者用 --key 给出",
                    "The key came with the file. Compare with the key that the city publishes, or give it with --key",
                );
                report.compare("公钥", "key", "key", verified.key.to_string());
            }
        }
        Err(flaw) => report.is_wrong_in(wrong(flaw)),
    }
    Ok(report)
}

fn tell(report: &mut Report, verified: &Verified) {
    let Verified {
        notice,
        entries,
        texts,
        items,
        gaps,
        checkpoint,
        ..
    } = verified;
    let (count, size, items) = (entries.len(), checkpoint.size, items.len());
    let ends = entries.first().zip(entries.last());
    let (from, to) = ends.map_or_else(Default::default, |(first, last)| {
        (beijing(first.at), beijing(last.at))
    });
    report.is_right(
        format!("公告 {notice}：{count} 个条目，{texts} 版文本，{from} 至 {to}"),
        format!("notice {notice}: entries {count}, texts {texts}, {from} to {to}"),
    );
    report.is_right(
        format!("证明：这些条目都在 {size} 条的账本里，一个字节也没有改"),
        format!("proof: they are all in a ledger of {size} entries, every byte of them"),
    );
    report.is_right(
        format!("签名：账本 {} 签过这时的全部内容", checkpoint.origin),
        format!(
            "signature: ledger {} signed all that it had then",
            checkpoint.origin
        ),
    );
    report.is_right(
        format!("重演：这些条目得出的状态与文件里的逐字节相同，{items} 项"),
        format!(
            "replay: the entries make the state that is in the file, byte for byte; items {items}"
        ),
    );
    if *gaps > 0 {
        report.is_right(
            format!("注意：有 {gaps} 处接着别的条目改；那些条目依据别的公告，或者没有收进这个文件"),
            format!("mind: {gaps} changes follow those of other entries, made under another notice or left out of this file"),
        );
    }
    report.says(json!({
        "notice": notice.as_str(),
        "ledger": checkpoint.origin,
        "size": size,
        "entries": count,
        "texts": texts,
        "items": items,
        "gaps": gaps,
    }));
}

/// What is wrong, with its place in front.
fn wrong(flaw: Flaw) -> Wrong {
    let (zh, en) = (what(&flaw.what), flaw.to_string());
    let mut place = flaw.member.clone().unwrap_or_default();
    place += &flaw
        .line
        .map_or(String::new(), |line| format!(" 第 {line} 行"));
    place += &flaw
        .column
        .map_or(String::new(), |column| format!("第 {column} 字节"));
    let zh = if place.is_empty() {
        zh
    } else {
        format!("{place}：{zh}")
    };
    Wrong {
        member: flaw.member,
        field: None,
        line: flaw.line,
        column: flaw.column,
        message: Label::new(zh, en),
    }
}

fn what(what: &What) -> String {
    match what {
        What::Large(most) => format!("至多 {most} 字节，这个文件超出了"),
        What::Many(most) => format!("里面至多 {most} 个文件，这个超出了"),
        What::NotPacked => "不是 zstd 压缩的文件：它不是全部记录，或者开头被改过".to_owned(),
        What::Torn(_) => "文件损坏或不完整，只能解开到这里".to_owned(),
        What::Seal => "内容都对，但压缩的外层被改过：与末尾的摘要不相符".to_owned(),
        What::After(_) => "在它之后的内容不是 tar 写的文件".to_owned(),
        What::NotAFile => "里面只能有普通文件".to_owned(),
        What::Short => "还没有到它的长度就结束了".to_owned(),
        What::Twice => "出现了两次".to_owned(),
        What::Unknown => "全部记录里没有这样的文件；没有把它写到任何地方".to_owned(),
        What::Missing => "缺少这个文件".to_owned(),
        What::Utf8 => "不是 UTF-8".to_owned(),
        What::NoEnd => "最后一行没有结束".to_owned(),
        What::Format(format) => format!("格式是 `{format}`；本程序读 tongxin/bundle/v1"),
        What::About => "应为三行：格式、公告的短名与账本的公钥".to_owned(),
        What::OtherKey(key) => format!("文件附的公钥是 {key}，不是 --key 给出的"),
        What::Checkpoint(error) => checkpoint(error),
        What::Entry(BadEntry::Format(format)) => {
            format!("条目的格式是 {format}，本程序还不认识；请用新版本")
        }
        What::Entry(_) => "不是条目".to_owned(),
        What::Changed { sequence, proof } => {
            format!(
                "第 {sequence} 号条目被改过：与账本里它的散列值（proof.txt 第 {proof} 行）不相符"
            )
        }
        What::HashChanged(sequence) => {
            format!("第 {sequence} 号条目的散列值被改过；条目本身在账本里")
        }
        What::Order(sequence) => format!("第 {sequence} 号条目排在更晚的条目之后"),
        What::Time(sequence) => format!("第 {sequence} 号条目比它前面的条目还早"),
        What::OtherNotice { sequence, notice } => {
            format!("第 {sequence} 号条目属于公告 {notice}")
        }
        What::Unproved(sequence) => format!("proof.txt 里没有第 {sequence} 号条目的散列值"),
        What::NoText { sequence, text } => {
            format!("第 {sequence} 号条目依据的文本 {text} 不在文件里")
        }
        What::Nothing => "一个条目也没有".to_owned(),
        What::Part => "应为起始号、条数与散列值".to_owned(),
        What::Parts(_) => "各段合不成这么大的账本".to_owned(),
        What::Root => "各段没有通到签过的根：其中一段被改过，或者属于另一个账本".to_owned(),
        What::TextChanged(version) => format!("文本被改过：它的 SHA-256 是 {version}"),
        What::TextUnused => "没有条目依据这个文本".to_owned(),
        What::State => "条目重演的结果不是这样".to_owned(),
        What::Written(at) => format!("写法与内容应有的不同：tar 文件的第 {at} 个字节被改过"),
    }
}

//! Certificates: Open Badges 3.0 credentials as the city gives them out.

use super::draw::beijing;
use super::report::Report;
use crate::fault::Fault;
use forms::record::credential::{Flaw, PublicKey, check as read};
use serde::Deserialize;
use serde_json::json;

/// Checks a credential with the key given, else with its own, and whether it is somebody's of this name.
pub fn check(
    bytes: &[u8],
    given: Option<&str>,
    name: Option<&str>,
    void: Option<&[u8]>,
) -> Result<Report, Fault> {
    let mut report = Report::new("certificate");
    let key = |text: &str| {
        let key = text.parse::<PublicKey>();
        key.map_err(|_| Fault::CertificateKey(text.chars().take(200).collect()))
    };
    let given = given.map(key).transpose()?;
    let told = match read(bytes) {
        Ok(told) => told,
        Err(flaw) => {
            let position = match &flaw {
                Flaw::Json { line, column, .. } => Some((*line, *column)),
                _ => None,
            };
            report.is_wrong(flaw.field().map(str::to_owned), position, flaw.label());
            return Ok(report);
        }
    };
    if given.is_some_and(|given| given != told.key) {
        let message = notice::Label::new(
            format!("证明是用 {} 签的，不是 --key 给出的公钥", told.key.did()),
            format!(
                "signed with {}, which is not the key of --key",
                told.key.did()
            ),
        );
        report.is_wrong(Some("/issuer/id".to_owned()), None, message);
        return Ok(report);
    }
    let at = beijing(told.from);
    let hours = |minutes: u32| (minutes / 60, minutes % 60);
    let ((ch, cm), (gh, gm)) = (hours(told.checked), hours(told.granted));
    report.is_right(
        format!(
            "证明：编号 {}，{}，{at} 由{}出具",
            told.serial, told.achievement, told.issuer
        ),
        format!(
            "certificate: number {}, {}, issued {at} by {}",
            told.serial, told.achievement, told.issuer
        ),
    );
    report.is_right(
        format!("时长：签到 {ch} 小时 {cm} 分，补记 {gh} 小时 {gm} 分"),
        format!("hours: {ch} h {cm} min checked, {gh} h {gm} min granted"),
    );
    report.is_right(
        "签名：一个字也没有改（Ed25519，eddsa-jcs-2022）",
        "signature: not a character was changed (Ed25519, eddsa-jcs-2022)",
    );
    if let Some(replaced) = &told.replaces {
        report.is_right(
            format!("代替：已作废的证明 {replaced}"),
            format!("replaces: the void certificate {replaced}"),
        );
    }
    let listed = void.map(Void::read).transpose()?;
    match listed.as_ref().map(|list| list.reason(&told.id)) {
        Some(Some(reason)) => {
            let message = notice::Label::new(
                format!("已经作废（作废名单：{reason}）"),
                format!("it was made void ({reason})"),
            );
            report.is_wrong(Some("/id".to_owned()), None, message);
        }
        Some(None) => report.is_right(
            "作废名单：没有这份证明",
            "list of void certificates: this one is not on it",
        ),
        None => {}
    }
    match name {
        Some(name) if told.is_of(name) => {
            report.is_right("姓名：与证明相符", "name: it is the certificate's");
        }
        Some(_) => {
            let message = notice::Label::new(
                "姓名与证明不符：请对照证件逐字核对",
                "the name is not the certificate's: compare it with the identity card, letter by letter",
            );
            let field = "/credentialSubject/identifier/0/identityHash";
            report.is_wrong(Some(field.to_owned()), None, message);
        }
        None => {}
    }
    if let Some(description) = &told.description {
        report.is_right(description.as_str(), description.as_str());
    }
    if given.is_none() {
        report.because(
            "公钥是随证明来的，请与该市公布的公钥对照，或者用 --key 给出。是否已经作废，离线看不出来，请到核验页查编号",
            "The key came with the certificate: compare with the key that the city publishes, or give it with --key. Whether it was made void cannot be seen offline: look its number up on the check page",
        );
        report.compare("公钥", "key", "key", told.key.did());
    }
    report.says(json!({
        "serial": told.serial,
        "issuer": told.issuer,
        "achievement": told.achievement,
        "issued": told.from.to_string(),
        "checked_minutes": told.checked,
        "granted_minutes": told.granted,
        "replaces": told.replaces,
        "status": told.status,
        "key": told.key.did(),
    }));
    Ok(report)
}

/// The city's list of void certificates, as `/certificates/revoked.json` gives it (1EdTechRevocationList).
#[derive(Deserialize)]
struct Void {
    #[serde(rename = "revokedCredential")]
    all: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    id: String,
    #[serde(default)]
    revoked: bool,
    #[serde(default, rename = "revocationReason")]
    reason: String,
}

impl Void {
    fn read(bytes: &[u8]) -> Result<Void, Fault> {
        serde_json::from_slice(bytes).map_err(|_| Fault::VoidList)
    }

    /// Why a credential is void, with what has taken its place; nothing if it is not on the list.
    fn reason(&self, id: &str) -> Option<String> {
        const SHOWN_MAX: usize = 200;
        let mut listed = self.all.iter().filter(|one| one.revoked);
        let found = listed.find(|one| one.id == id)?;
        // The list is not signed; what it says is shown as plain characters.
        let plain = found.reason.chars().filter(|c| !c.is_control());
        Some(plain.take(SHOWN_MAX).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notice::Lang;

    /// The credential that `forms` has as its example.
    fn sample() -> &'static [u8] {
        let kept = include_str!(
            "../../../forms/tests/record/snapshots/record__credential__a_credential_says_what_was_done_and_proves_it.snap"
        );
        let (_, file) = kept.split_once("\n---\n").unwrap();
        file.as_bytes()
    }

    #[test]
    fn a_list_of_void_certificates_tells_what_has_replaced_one() {
        let told = read(sample()).unwrap();
        let list = |id: &str, revoked: bool| {
            let reason = "the hours were recorded wrongly; replaced by 000000001240-7KQ4MX2P";
            json!({ "revokedCredential": [
                { "id": "urn:uuid:other", "revoked": true },
                { "id": id, "revoked": revoked, "revocationReason": reason },
            ] })
            .to_string()
        };
        let checked = |void: &str| check(sample(), None, None, Some(void.as_bytes()));
        let void = checked(&list(&told.id, true)).unwrap();
        assert!(!void.holds());
        for lang in [Lang::Zh, Lang::En] {
            let said = void.text("certificate.json", lang);
            assert!(said.contains("replaced by 000000001240-7KQ4MX2P"), "{said}");
        }
        for list in [list("urn:uuid:another", true), list(&told.id, false)] {
            let holds = checked(&list).unwrap();
            assert!(holds.holds());
            let said = holds.text("certificate.json", Lang::En);
            assert!(said.contains("not on it"), "{said}");
        }
        assert!(matches!(checked("[]"), Err(Fault::VoidList)));
        assert!(check(sample(), None, None, None).unwrap().holds());
    }
}

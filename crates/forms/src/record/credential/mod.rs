//! Certificates as Open Badges 3.0: a verifiable credential (W3C VC 2.0) that any program can check without asking us.
//!
//! The proof is a Data Integrity proof of the suite `eddsa-jcs-2022` (W3C VC-DI-EDDSA): Ed25519 over the SHA-256 of the
//! canonical JSON. The key stands in it as `did:key`, so the file needs nothing else to be checked; to trust it, one
//! compares the key with the one that the city publishes. Docs: `docs/certificates.md`.

mod base58;
mod canonical;
mod check;
mod proof;

use jiff::Timestamp;
use notice::Label;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::holder::Holder;
use super::rows::Certificate;

pub use check::{Flaw, Told, check};
pub use proof::{Issuer, NotAKey, PublicKey};

/// Bytes a credential's file may have.
pub const FILE_BYTES_MAX: usize = 256 * 1024;

const CREDENTIALS: &str = "https://www.w3.org/ns/credentials/v2";
const BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
const SCHEMA: &str =
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json";
/// Which numbers a credential gives, by the last part of their ids.
const CHECKED: &str = "checked-minutes";
const GRANTED: &str = "granted-minutes";
/// The genre of the evidence that names the void certificate whose place this one takes.
const REPLACES: &str = "replaces";

/// What a credential says beside what the certificate holds.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// The office's name.
    pub issuer: &'a Label,
    /// Where the city is served, without a slash at the end: `https://tongxin.example.cn`. Without it, a credential names no
    /// page to look it up.
    pub root: Option<&'a str>,
}

/// The credential of a certificate, signed. The same certificate has the same credential each time.
///
/// # Errors
/// [`serde_json::Error`], which writing to memory never gives.
pub fn credential(
    certificate: &Certificate,
    holder: &Holder,
    setting: &Setting<'_>,
    issuer: &Issuer,
) -> Result<String, serde_json::Error> {
    let unsigned = unsigned(certificate, holder, setting, &issuer.key());
    let signed = issuer.sign(unsigned, certificate.issued);
    let mut text = serde_json::to_string_pretty(&signed)?;
    text.push('\n');
    Ok(text)
}

fn unsigned(
    certificate: &Certificate,
    holder: &Holder,
    setting: &Setting<'_>,
    key: &PublicKey,
) -> Value {
    let own = urn(certificate.serial.as_str());
    let offer = urn(&format!("{}@{}", certificate.offer, certificate.text));
    let number = |name: &str| format!("{offer}#{name}");
    let title = &certificate.title;
    let hours = |minutes: u32| super::refusal::chinese(minutes);
    let what = |name: &str, zh: &str, en: &str| {
        json!({
            "id": number(name),
            "type": ["ResultDescription"],
            "name": format!("{zh} {en}"),
            "resultType": "RawScore",
        })
    };
    let result = |name: &str, minutes: u32| {
        json!({
            "type": ["Result"],
            "resultDescription": number(name),
            "value": minutes.to_string(),
        })
    };
    let mut profile = json!({
        "id": key.did(),
        "type": ["Profile"],
        "name": setting.issuer.zh,
    });
    let mut criteria = json!({
        "narrative": format!(
            "服务满{}。Serve for {}. {}",
            hours(certificate.promised),
            super::refusal::english(certificate.promised),
            certificate.offer,
        ),
    });
    if let Some(root) = setting.root {
        profile["url"] = root.into();
        criteria["id"] = format!("{root}/notices/{}", certificate.notice()).into();
    }
    let mut narrative = format!(
        "{}：签到时长{}，补记时长{}。",
        title.zh,
        hours(certificate.checked()),
        hours(certificate.granted()),
    );
    for part in &certificate.parts {
        let project = part
            .project
            .as_ref()
            .map_or(title.zh.as_str(), |p| p.zh.as_str());
        narrative += &format!(
            "\n- {project}：{} 场，签到时长{}，补记时长{}",
            part.sessions,
            hours(part.checked),
            hours(part.granted),
        );
    }
    let mut credential = json!({
        "@context": [CREDENTIALS, BADGES],
        "id": own,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": format!("服务记录证明 Record of service {}", certificate.serial),
        "issuer": profile,
        "validFrom": instant(certificate.issued),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [{
                "type": "IdentityObject",
                "hashed": true,
                "identityHash": holder.hash(),
                "identityType": "name",
                "salt": holder.salt(),
            }],
            "activityStartDate": instant(certificate.from),
            "activityEndDate": instant(certificate.to),
            "licenseNumber": certificate.serial.as_str(),
            "narrative": narrative,
            "achievement": {
                "id": offer,
                "type": ["Achievement"],
                "achievementType": "CommunityService",
                "inLanguage": "zh-CN",
                "name": title.zh,
                "description": title.en,
                "criteria": criteria,
                "resultDescription": [
                    what(CHECKED, "签到时长（分钟）", "minutes between checking in and out"),
                    what(GRANTED, "补记时长（分钟）", "minutes granted by staff"),
                ],
            },
            "result": [
                result(CHECKED, certificate.checked()),
                result(GRANTED, certificate.granted()),
            ],
        },
        "credentialSchema": [{
            "id": SCHEMA,
            "type": "1EdTechJsonSchemaValidator2019",
        }],
    });
    if let Some(replaced) = &certificate.replaces {
        credential["evidence"] = json!([{
            "type": ["Evidence"],
            "genre": REPLACES,
            "name": replaced.as_str(),
            "narrative": format!("代替已作废的证明 {replaced}。Takes the place of the void certificate {replaced}."),
        }]);
    }
    if certificate.demo {
        credential["description"] = "演示数据，不作证明。Demo data, no proof of anything.".into();
    }
    if let Some(root) = setting.root {
        credential["credentialStatus"] = json!({
            "id": format!("{root}/certificates/revoked.json"),
            "type": "1EdTechRevocationList",
        });
    }
    credential
}

/// The id of a certificate's credential.
#[must_use]
pub fn id(certificate: &Certificate) -> String {
    urn(certificate.serial.as_str())
}

/// A name as a UUID made of its SHA-256 (RFC 9562, version 8): it means the same whoever serves it, wherever.
fn urn(name: &str) -> String {
    let digest = Sha256::digest(format!("tongxin certificate\n{name}"));
    let mut bytes = [0; 16];
    for (byte, from) in bytes.iter_mut().zip(digest) {
        *byte = from;
    }
    bytes[6] = 0x80 | bytes[6] & 0x0f;
    bytes[8] = 0x80 | bytes[8] & 0x3f;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    let (a, rest) = hex.split_at(8);
    let (b, rest) = rest.split_at(4);
    let (c, rest) = rest.split_at(4);
    let (d, e) = rest.split_at(4);
    format!("urn:uuid:{a}-{b}-{c}-{d}-{e}")
}

/// `2022-04-01T01:00:00Z`.
fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

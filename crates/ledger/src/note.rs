//! Signed notes (C2SP signed-note): a text and, below an empty line, who signed it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The signature type of plain Ed25519 over the note's text.
const ED25519: u8 = 1;
/// Begins a key that must stay secret, as other programs for signed notes write it.
const SECRET: &str = "PRIVATE+KEY+";
/// Signatures looked at in one note; more are refused, as the specification advises.
const SIGNATURES_MAX: usize = 64;

/// What is wrong with a note or a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// A key's name is empty or has a space or `+` in it.
    #[error(
        "`{0}` cannot name a key: take a name such as ledger.example.com/taiyuan, without spaces and `+`"
    )]
    Name(String),
    /// Not `name+id+key`, or the id is not that of the key.
    #[error("`{0}` is not a verifier key: copy the whole of name+id+key")]
    Key(String),
    /// Not a text, an empty line and signature lines.
    #[error("not a signed note: {0}")]
    Format(&'static str),
    /// A known key's signature is wrong.
    #[error("the signature of {0} does not fit the text: one of them was changed")]
    Signature(String),
    /// Nobody known has signed it.
    #[error("none of the signers is known: {0}")]
    Unsigned(String),
}

/// A key that signs notes. Its name and public half are in [`Verifier`].
pub struct Signer {
    key: SigningKey,
    verifier: Verifier,
}

impl Signer {
    /// The key of this name with this 32-byte seed (RFC 8032).
    ///
    /// # Errors
    /// [`NoteError::Name`].
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        let key = SigningKey::from_bytes(seed);
        let verifier = Verifier::new(name, key.verifying_key())?;
        Ok(Self { key, verifier })
    }

    /// The key as it is kept in a file: `PRIVATE+KEY+name+id+seed`. Whoever reads it can sign.
    #[must_use]
    pub fn secret(&self) -> Zeroizing<String> {
        let Verifier { name, id, .. } = &self.verifier;
        let mut seed = Zeroizing::new(vec![ED25519]);
        seed.extend_from_slice(self.key.as_bytes());
        let encoded = Zeroizing::new(STANDARD.encode(&*seed));
        let id = u32::from_be_bytes(*id);
        Zeroizing::new(format!("{SECRET}{name}+{id:08x}+{}", *encoded))
    }

    /// Reads what [`Signer::secret`] gives.
    ///
    /// # Errors
    /// [`NoteError::Key`], which does not repeat the secret.
    pub fn from_secret(text: &str) -> Result<Self, NoteError> {
        let read = || {
            let (name, rest) = text.strip_prefix(SECRET)?.split_once('+')?;
            let (_, encoded) = rest.split_once('+')?;
            let bytes = Zeroizing::new(STANDARD.decode(encoded).ok()?);
            let seed: &[u8; 32] = bytes.strip_prefix(&[ED25519])?.try_into().ok()?;
            let signer = Self::new(name, seed).ok()?;
            (*signer.secret() == text).then_some(signer)
        };
        read().ok_or_else(|| NoteError::Key("PRIVATE+KEY+…".to_owned()))
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The note of this text, which must end in a newline, signed by this key.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let mut bytes = [0; 68];
        bytes[..4].copy_from_slice(&self.verifier.id);
        bytes[4..].copy_from_slice(&signature);
        format!(
            "{text}\n— {} {}\n",
            self.verifier.name,
            STANDARD.encode(bytes)
        )
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.verifier)
    }
}

/// The public half of a [`Signer`]; written as `name+id+key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl Verifier {
    fn new(name: &str, key: VerifyingKey) -> Result<Self, NoteError> {
        if name.is_empty()
            || name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
        {
            return Err(NoteError::Name(name.to_owned()));
        }
        let digest = Sha256::new()
            .chain_update(name)
            .chain_update([b'\n', ED25519])
            .chain_update(key.as_bytes())
            .finalize();
        Ok(Self {
            name: name.to_owned(),
            id: [digest[0], digest[1], digest[2], digest[3]],
            key,
        })
    }

    /// The key's name, by convention the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text of a note, if one of these keys has signed it and no known signature is wrong. Signatures of others are
    /// ignored.
    ///
    /// # Errors
    /// [`NoteError`] when it is not a note, or not one to trust.
    pub fn open<'a>(known: &[Self], note: &'a str) -> Result<&'a str, NoteError> {
        if note.contains(|c: char| c < ' ' && c != '\n') {
            return Err(NoteError::Format("it has control characters"));
        }
        let cut = note.rfind("\n\n").ok_or(NoteError::Format(
            "no empty line stands between text and signatures",
        ))?;
        let (text, below) = (&note[..=cut], &note[cut + 2..]);
        let lines = below
            .strip_suffix('\n')
            .ok_or(NoteError::Format("it does not end in a newline"))?;
        if lines.split('\n').count() > SIGNATURES_MAX {
            return Err(NoteError::Format("it has more than 64 signatures"));
        }
        let (mut trusted, mut names) = (false, Vec::new());
        for line in lines.split('\n') {
            let malformed = NoteError::Format("a signature line is not `— name base64`");
            let (name, encoded) = line
                .strip_prefix("— ")
                .and_then(|l| l.split_once(' '))
                .ok_or(malformed.clone())?;
            let bytes = STANDARD.decode(encoded).map_err(|_| malformed.clone())?;
            let (id, signature) = bytes.split_first_chunk::<4>().ok_or(malformed)?;
            names.push(name);
            let Some(verifier) = known.iter().find(|v| v.name == name && v.id == *id) else {
                continue;
            };
            let fits = Signature::from_slice(signature)
                .is_ok_and(|s| verifier.key.verify_strict(text.as_bytes(), &s).is_ok());
            if !fits {
                return Err(NoteError::Signature(name.to_owned()));
            }
            trusted = true;
        }
        if trusted {
            Ok(text)
        } else {
            Err(NoteError::Unsigned(names.join(", ")))
        }
    }
}

impl std::fmt::Display for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut key = vec![ED25519];
        key.extend_from_slice(self.key.as_bytes());
        write!(
            f,
            "{}+{:08x}+{}",
            self.name,
            u32::from_be_bytes(self.id),
            STANDARD.encode(key)
        )
    }
}

impl std::str::FromStr for Verifier {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let wrong = || NoteError::Key(text.to_owned());
        let (name, rest) = text.split_once('+').ok_or_else(wrong)?;
        // The key's base64 may have a `+` of its own; the id has none.
        let (_, encoded) = rest.split_once('+').ok_or_else(wrong)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| wrong())?;
        let key: [u8; 32] = bytes
            .strip_prefix(&[ED25519])
            .and_then(|k| k.try_into().ok())
            .ok_or_else(wrong)?;
        let verifier = Self::new(name, VerifyingKey::from_bytes(&key).map_err(|_| wrong())?)?;
        if verifier.to_string() == text {
            Ok(verifier)
        } else {
            Err(wrong())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The specification's own example.
    const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    fn known() -> Vec<Verifier> {
        vec![KEY.parse().unwrap()]
    }

    #[test]
    fn a_secret_is_read_back_and_nothing_else_is() {
        let signer = Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap();
        let secret = signer.secret();
        assert!(secret.starts_with("PRIVATE+KEY+ledger.example/taiyuan+"));
        let read = Signer::from_secret(&secret).unwrap();
        assert_eq!(read.verifier(), signer.verifier());
        for wrong in [
            "",
            "PRIVATE+KEY+",
            &secret[1..],
            &secret[..secret.len() - 1],
            &secret.replace("taiyuan", "taipei"),
        ] {
            let error = Signer::from_secret(wrong).unwrap_err();
            assert!(!error.to_string().contains(&secret[40..]), "{error}");
        }
    }

    #[test]
    fn the_specifications_example_opens() {
        assert_eq!(known()[0].to_string(), KEY);
        assert_eq!(
            Verifier::open(&known(), NOTE),
            Ok("This is an example message.\n")
        );
    }

    #[test]
    fn no_single_bit_of_a_note_can_be_changed() {
        for at in 0..NOTE.len() {
            for bit in 0..8 {
                let mut bytes = NOTE.as_bytes().to_vec();
                bytes[at] ^= 1 << bit;
                let Ok(text) = String::from_utf8(bytes) else {
                    continue;
                };
                assert!(
                    Verifier::open(&known(), &text).is_err(),
                    "byte {at} bit {bit}: {text}"
                );
            }
        }
    }

    #[test]
    fn what_we_sign_opens_beside_signatures_of_others() {
        let signer = Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap();
        let note = signer.sign("龙城\n\n第二段\n") + "— stranger AAAAAAAA\n";
        assert_eq!(
            Verifier::open(std::slice::from_ref(signer.verifier()), &note),
            Ok("龙城\n\n第二段\n")
        );
        let read: Verifier = signer.verifier().to_string().parse().unwrap();
        assert_eq!(read, *signer.verifier());
        assert_eq!(
            Verifier::open(&known(), &note),
            Err(NoteError::Unsigned(
                "ledger.example/taiyuan, stranger".to_owned()
            ))
        );
    }

    #[test]
    fn what_is_no_note_or_no_key_is_refused() {
        for wrong in [
            "",
            "a",
            "a\n",
            "a\n\n",
            "a\n\n\n",
            "a\n\nb\n",
            "a\n\n— x\n",
            "a\n\n— x !\n",
            "a\n\n— x AAAA\n",
            "a\n\n— x AAAAAA==",
            "a\r\n\n— x AAAAAA==\n",
        ] {
            assert!(
                matches!(Verifier::open(&known(), wrong), Err(NoteError::Format(_))),
                "{wrong:?}"
            );
        }
        let many = "a\n\n".to_owned() + &"— x AAAAAAAA\n".repeat(65);
        assert_eq!(
            Verifier::open(&known(), &many),
            Err(NoteError::Format("it has more than 64 signatures"))
        );
        for wrong in [
            "",
            "a",
            "a+b",
            "a+00000000+AA==",
            &KEY.replace("530d", "530e"),
            &KEY.replace("foo", "fo"),
            &format!("{KEY} "),
        ] {
            assert_eq!(
                wrong.parse::<Verifier>(),
                Err(NoteError::Key(wrong.to_owned()))
            );
        }
        for wrong in ["", "a b", "a+b", "a\u{3000}b", "a\nb"] {
            assert_eq!(
                Signer::new(wrong, &[1; 32]).unwrap_err(),
                NoteError::Name(wrong.to_owned())
            );
        }
    }
}

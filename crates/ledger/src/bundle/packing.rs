//! The outside of a bundle: a tar file in zstd, and behind it the digest of all that stands before.
//!
//! The digest is a skippable frame of zstd, which other programs pass over. Many bits of compressed data can be changed
//! without changing what it unpacks to; the digest sees those too, and no other version of a compressor is needed to check.

use std::io::{self, Read as _};

use ruzstd::decoding::StreamingDecoder;
use ruzstd::encoding::{CompressionLevel, compress};
use sha2::{Digest, Sha256};

use super::{Flaw, What};

/// Bytes that the file of a bundle may have.
pub const FILE_BYTES_MAX: usize = 128 << 20;
/// Bytes that a bundle may have when it is unpacked: what a small file unpacks to must not fill the memory.
pub const UNPACKED_BYTES_MAX: usize = 512 << 20;

/// Begins a skippable frame of zstd that has 32 bytes.
const SEAL: [u8; 8] = [0x50, 0x2a, 0x4d, 0x18, 32, 0, 0, 0];
const SEAL_BYTES: usize = SEAL.len() + 32;
/// Members of a tar file begin at multiples of this.
const BLOCK: usize = 512;

/// Members that a bundle may have: one for each version of the notice's text, and five.
pub const MEMBERS_MAX: usize = 10_000;

/// A file within the tar file.
pub(super) struct Member<'a> {
    pub name: String,
    pub bytes: &'a [u8],
}

/// What a file has come to.
pub(super) struct Opened {
    /// The tar file, as far as it could be unpacked.
    pub packed: Vec<u8>,
    /// Why it could not be unpacked to its end.
    pub torn: Option<String>,
    /// Whether the digest is there and fits.
    pub sealed: bool,
}

/// Packs members.
pub(super) fn seal(packed: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(packed.len() / 4);
    compress(packed, &mut file, CompressionLevel::Fastest);
    let digest = Sha256::digest(&file);
    file.extend_from_slice(&SEAL);
    file.extend_from_slice(&digest);
    file
}

/// Unpacks a file, as far as it can be.
pub(super) fn open(file: &[u8]) -> Result<Opened, Flaw> {
    if file.len() > FILE_BYTES_MAX {
        return Err(What::Large(FILE_BYTES_MAX).into());
    }
    let (body, digest) = match file.split_at(file.len().saturating_sub(SEAL_BYTES)) {
        (body, seal) if seal.starts_with(&SEAL) => (body, seal.get(SEAL.len()..)),
        _ => (file, None),
    };
    let mut rest = body;
    let mut packed = Vec::new();
    let unpacked = StreamingDecoder::new(&mut rest)
        .map_err(|e| e.to_string())
        .and_then(|decoder| {
            decoder
                .take(UNPACKED_BYTES_MAX as u64 + 1)
                .read_to_end(&mut packed)
                .map_err(|e| e.to_string())
        });
    if packed.len() > UNPACKED_BYTES_MAX {
        return Err(What::Large(UNPACKED_BYTES_MAX).into());
    }
    let torn = unpacked.err();
    if torn.is_some() && packed.is_empty() {
        return Err(What::NotPacked.into());
    }
    let whole =
        rest.is_empty() && digest.is_some_and(|said| said == Sha256::digest(body).as_slice());
    Ok(Opened {
        packed,
        torn,
        sealed: whole,
    })
}

/// The tar file of these members. No name of a person and no time of day gets into it.
pub(super) fn pack<'a>(
    members: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_entry_type(tar::EntryType::Regular);
        tar.append_data(&mut header, name, bytes)?;
    }
    tar.into_inner()
}

/// The members of a tar file, in order. Only plain files, each once; nothing is ever written where their names say.
pub(super) fn unpack(packed: &[u8]) -> Result<Vec<Member<'_>>, Flaw> {
    let mut members: Vec<Member<'_>> = Vec::new();
    let mut archive = tar::Archive::new(packed);
    // Raw: no long names, no sparse files, which could claim to be of any size.
    let entries = archive
        .entries()
        .map_err(|e| after(&members, &e))?
        .raw(true);
    for entry in entries {
        let entry = entry.map_err(|e| after(&members, &e))?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if entry.header().entry_type() != tar::EntryType::Regular {
            return Err(Flaw::of(&name, What::NotAFile));
        }
        let from = usize::try_from(entry.raw_file_position()).ok();
        let size = usize::try_from(entry.size()).ok();
        let bytes = from
            .zip(size)
            .and_then(|(from, size)| packed.get(from..from.checked_add(size)?))
            .ok_or_else(|| Flaw::of(&name, What::Short))?;
        if members.iter().any(|member| member.name == name) {
            return Err(Flaw::of(&name, What::Twice));
        }
        if members.len() == MEMBERS_MAX {
            return Err(What::Many(MEMBERS_MAX).into());
        }
        members.push(Member { name, bytes });
    }
    Ok(members)
}

/// The tar file cannot be read on after these members.
fn after(members: &[Member<'_>], error: &io::Error) -> Flaw {
    match members.last() {
        Some(member) => Flaw::of(&member.name, What::After(error.to_string())),
        None => What::After(error.to_string()).into(),
    }
}

/// Where a tar file ends that was torn: in which member, in which of its lines.
pub(super) fn end(packed: &[u8]) -> Option<(String, usize)> {
    let mut at = 0;
    let mut last = None;
    while let Some(header) = packed.get(at..at + BLOCK) {
        let header = tar::Header::from_byte_slice(header);
        let size = header
            .entry_size()
            .ok()
            .and_then(|size| usize::try_from(size).ok())?;
        let name = String::from_utf8_lossy(&header.path_bytes()).into_owned();
        let bytes = &packed[at + BLOCK..];
        let bytes = &bytes[..bytes.len().min(size)];
        let lines = bytes.iter().filter(|&&byte| byte == b'\n').count();
        last = Some((name, lines + 1));
        let padded = size.checked_next_multiple_of(BLOCK)?;
        at = at.checked_add(BLOCK)?.checked_add(padded)?;
    }
    last
}

/// Which member of a tar file a byte belongs to.
pub(super) fn owner(members: &[Member<'_>], at: usize) -> Option<String> {
    let mut end = 0;
    let of = members.iter().find(|member| {
        end += BLOCK + member.bytes.len().next_multiple_of(BLOCK);
        at < end
    });
    of.map(|member| member.name.clone())
}

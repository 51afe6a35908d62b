//! `tongxin verify`: what a file proves, without the network and without trust in who made it.

mod bundle;
mod certificate;
mod draw;
mod receipt;
mod report;

pub use draw::beijing;
pub use receipt::{checkpoint, key};

use crate::cli::{self, Format};
use crate::fault::Fault;
use crate::{lang, terminal};
use report::Report;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

/// Bytes of a list of void certificates: ten thousand of them have less than two million.
const VOID_BYTES_MAX: usize = 8 << 20;

/// Exit code 0: the file proves what it says; 1: it does not.
pub fn run(arguments: &cli::Verify) -> Result<ExitCode, Fault> {
    let most = ledger::bundle::FILE_BYTES_MAX.max(forms::draw::FILE_BYTES_MAX);
    let bytes = read_up_to(&arguments.file, most)?;
    let kind = Kind::of(&arguments.file, &bytes);
    if arguments.published.is_some() && !matches!(kind, Some(Kind::Draw | Kind::Line)) {
        return Err(Fault::NothingPublished);
    }
    if arguments.name.is_some() && !matches!(kind, Some(Kind::Certificate)) {
        return Err(Fault::NothingNamed);
    }
    if arguments.void.is_some() && !matches!(kind, Some(Kind::Certificate)) {
        return Err(Fault::NothingVoid);
    }
    let void = arguments.void.as_deref();
    let void = void
        .map(|file| read_up_to(file, VOID_BYTES_MAX))
        .transpose()?;
    let published = arguments.published.as_deref();
    let report = match kind {
        Some(Kind::Draw) => draw::check(&bytes, published)?,
        Some(Kind::Line) => draw::check_line(&bytes, published)?,
        Some(Kind::Receipt) => receipt::check(&bytes, arguments.key.as_deref())?,
        Some(Kind::Bundle) => bundle::check(&bytes, arguments.key.as_deref())?,
        Some(Kind::Certificate) => {
            let (key, name) = (arguments.key.as_deref(), arguments.name.as_deref());
            certificate::check(&bytes, key, name, void.as_deref())?
        }
        None => Report::unknown(),
    };
    let file = arguments.file.display().to_string();
    match arguments.output.format {
        Format::Text => terminal::out(&report.text(&file, lang::chosen()))?,
        Format::Json => terminal::line(&report.json(&file, lang::chosen()))?,
    }
    Ok(ExitCode::from(u8::from(!report.holds())))
}

/// What a file is, by its beginning: one that was damaged later is still told as what it was.
enum Kind {
    Draw,
    Line,
    Receipt,
    Bundle,
    Certificate,
}

/// Begins a zstd file.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

impl Kind {
    fn of(path: &Path, bytes: &[u8]) -> Option<Self> {
        const BEGINNING: usize = 200;
        let beginning = String::from_utf8_lossy(&bytes[..bytes.len().min(BEGINNING)]);
        let has = |text| beginning.contains(text);
        match () {
            () if has("tongxin/draw-line/") => Some(Self::Line),
            () if has("tongxin/draw/") => Some(Self::Draw),
            () if has("tongxin/receipt/") || has("c2sp.org/tlog-proof") => Some(Self::Receipt),
            () if has("www.w3.org/ns/credentials/") || has("OpenBadgeCredential") => {
                Some(Self::Certificate)
            }
            () if bytes.starts_with(&ZSTD) => Some(Self::Bundle),
            () if path.to_string_lossy().ends_with(".tar.zst") => Some(Self::Bundle),
            () => None,
        }
    }
}

/// Reads a file, but not more of it than one byte over what a draw may have.
pub fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    read_up_to(path, forms::draw::FILE_BYTES_MAX)
}

/// Reads a file, but not more than one byte over the most that it may have.
pub fn read_up_to(path: &Path, most: usize) -> Result<Vec<u8>, Fault> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?
            .take(most as u64 + 1)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error| Fault::Read {
        path: path.to_owned(),
        error,
    })
}

//! Embeds what pages load: styles of `assets/`, scripts of `islands/dist/`. Each gets a name with a hash of its bytes, so
//! that it may be kept for ever.

use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let styles = here.join("assets");
    let scripts = here.join("../../islands/dist");
    println!("cargo::rerun-if-changed={}", styles.display());
    println!("cargo::rerun-if-changed={}", scripts.display());

    // The files of `assets/css` are one style sheet, in the order of their names.
    let mut sheet = Vec::new();
    for file in files(&styles.join("css"))? {
        sheet.extend(fs::read(file)?);
    }
    let sheet_file = out.join("tongxin.css");
    fs::write(&sheet_file, sheet)?;

    let mut all = vec![sheet_file];
    all.extend(files(&styles)?);
    if scripts.is_dir() {
        all.extend(files(&scripts)?);
    } else {
        println!(
            "cargo::warning=islands/dist is missing: pages are built without their scripts (they work, the map stays a drawing). \
             Run scripts/islands.sh first to have them."
        );
    }

    let mut table = String::from("pub(super) static ASSETS: &[Asset] = &[\n");
    for file in all
        .iter()
        .filter(|f| f.extension().is_none_or(|e| e != "br"))
    {
        let name = file
            .file_name()
            .and_then(|n| n.to_str())
            .ok_or(io::ErrorKind::InvalidData)?;
        let bytes = fs::read(file)?;
        let hash: String = Sha256::digest(&bytes)[..6]
            .iter()
            .fold(String::new(), |mut s, b| {
                let _ = write!(s, "{b:02x}");
                s
            });
        let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
        let packed = PathBuf::from(format!("{}.br", file.display()));
        let packed = match packed.is_file() {
            true => format!("Some(include_bytes!({packed:?}))"),
            false => "None".to_owned(),
        };
        let _ = writeln!(
            table,
            "    Asset {{ name: {name:?}, path: \"/assets/{stem}.{hash}.{extension}\", bytes: include_bytes!({file:?}), brotli: {packed} }},"
        );
    }
    table.push_str("];\n");
    fs::write(out.join("assets.rs"), table)
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

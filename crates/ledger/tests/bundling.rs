//! Bundles: what was exported verifies; whatever is changed in it is found and named.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod places;

use std::io::{Read as _, Write as _};

use ledger::bundle::{ExportError, Exported, Flaw, What, export, verify};
use ledger::given::{SystemChance, SystemClock};
use ledger::memory::Memory;
use ledger::name::{Notice, Person, TextVersion};
use ledger::note::{Signer, Verifier};
use ledger::sqlite::{Sqlite, SqliteReader};
use ledger::store::Store;
use ledger::{Turn, Writer};
use places::{Command, Places, key, origin};
use proptest::prelude::*;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use sha2::{Digest as _, Sha256};

const TEXTS: [&str; 2] = ["# 图书馆志愿者\n", "# 图书馆志愿者（更正）\n"];

fn signer() -> Signer {
    Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap()
}

fn notice(slug: &str) -> Notice {
    Notice::new(slug).unwrap()
}

/// A ledger in which the entries of two notices alternate, each booking into its own slots; the text of the first changes
/// in the middle.
fn filled<S: Store>(store: S, people: u32) -> S {
    let mut writer = Writer::new(store, SystemClock, SystemChance, signer()).unwrap();
    let mut turn = Turn::new();
    for text in TEXTS {
        drop(turn.text(text.as_bytes().to_vec()));
    }
    writer.turn(turn).unwrap();
    let mut request = 0;
    let mut command = |writer: &mut Writer<S>, slug: &str, text: usize, command: Command| {
        request += 1;
        let mut origin = origin(request, "office");
        (origin.notice, origin.text) = (notice(slug), TextVersion::of(TEXTS[text].as_bytes()));
        let mut turn = Turn::new();
        let mut answer = turn.command(origin, Places, command).unwrap();
        writer.turn(turn).unwrap();
        answer.try_now().unwrap().unwrap();
    };
    for slug in ["fair", "library"] {
        let open = Command::Open {
            slot: key(slug),
            places: 1_000_000,
        };
        command(&mut writer, slug, 0, open);
    }
    for person in 0..people {
        for slug in ["library", "fair"] {
            let (slot, person) = (key(slug), key(&format!("p{person}")));
            let text = usize::from(slug == "library" && writer.store().head().unwrap().size > 10);
            command(&mut writer, slug, text, Command::Book { slot, person });
        }
    }
    let (slot, person) = (key("library"), key("p0"));
    command(&mut writer, "library", 1, Command::Cancel { slot, person });
    let person = Person::new("p1").unwrap();
    command(&mut writer, "library", 1, Command::Forget { person });
    writer.into_store()
}

fn bundle(people: u32) -> Vec<u8> {
    export(
        &filled(Memory::new(), people),
        signer().verifier(),
        &notice("library"),
    )
    .unwrap()
    .file
}

/// The tar file in a bundle.
fn unpacked(file: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut rest = &file[..file.len() - 40];
    StreamingDecoder::new(&mut rest)
        .unwrap()
        .read_to_end(&mut packed)
        .unwrap();
    packed
}

/// Packed again, with the digest of a bundle: what somebody makes who knows the format, but has no key.
fn packed(tar: &[u8]) -> Vec<u8> {
    sealed(compress_to_vec(tar, CompressionLevel::Fastest))
}

fn sealed(mut file: Vec<u8>) -> Vec<u8> {
    let digest = Sha256::digest(&file);
    file.extend_from_slice(b"\x50\x2a\x4d\x18\x20\0\0\0");
    file.extend_from_slice(&digest);
    file
}

/// The tar file of a bundle with one text replaced by another of the same length.
fn replaced(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut tar = unpacked(file);
    let at = tar
        .windows(from.len())
        .position(|w| w == from.as_bytes())
        .unwrap();
    tar[at..at + to.len()].copy_from_slice(to.as_bytes());
    packed(&tar)
}

fn flaw(file: &[u8]) -> Flaw {
    verify(file, None).expect_err("something is wrong")
}

#[test]
fn a_bundle_proves_the_notice_and_nothing_of_others() {
    let store = filled(Memory::new(), 200);
    let exported: Exported = export(&store, signer().verifier(), &notice("library")).unwrap();
    assert_eq!(
        (exported.entries, exported.texts, exported.size),
        (203, 2, 404)
    );
    // Every second leaf of the log is one of the notice's.
    let trusted: Verifier = signer().verifier().clone();
    let verified = verify(&exported.file, Some(&trusted)).unwrap();
    assert_eq!(
        (verified.notice, verified.entries.len(), verified.texts),
        (notice("library"), 203, 2)
    );
    assert_eq!((verified.gaps > 0, verified.checkpoint.size), (true, 404));
    // The person who was forgotten had a booking in the other notice's slot too.
    assert!(verified.items.values().any(|item| item.key == key("fair")));
    assert!(!String::from_utf8_lossy(&unpacked(&exported.file)).contains("\"notice\":\"fair\""));
    let again = export(&store, signer().verifier(), &notice("library")).unwrap();
    assert!(
        again.file == exported.file,
        "the same ledger gives the same bundle"
    );
    let other = Signer::new("ledger.example/taiyuan", &[8; 32]).unwrap();
    let wrong = verify(&exported.file, Some(other.verifier())).unwrap_err();
    assert!(matches!(wrong.what, What::OtherKey(_)), "{wrong}");
}

#[test]
fn a_bundle_of_sqlite_is_the_one_of_memory_while_the_writer_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let _writer = Writer::new(
        filled(Sqlite::open(&path).unwrap(), 20),
        SystemClock,
        SystemChance,
        signer(),
    )
    .unwrap();
    let reader = SqliteReader::open(&path).unwrap();
    let exported = export(&reader, signer().verifier(), &notice("library")).unwrap();
    assert_eq!(verify(&exported.file, None).unwrap().entries.len(), 23);
}

#[test]
fn what_cannot_be_exported_says_why() {
    let store = filled(Memory::new(), 2);
    let nothing = export(&store, signer().verifier(), &notice("dogs"));
    assert!(matches!(nothing, Err(ExportError::Nothing(_))));
    let mut writer = Writer::new(Memory::new(), SystemClock, SystemChance, signer()).unwrap();
    let mut turn = Turn::new();
    let open = Command::Open {
        slot: key("a"),
        places: 1,
    };
    drop(turn.command(origin(1, "office"), Places, open).unwrap());
    writer.turn(turn).unwrap();
    let missing = export(
        writer.store(),
        signer().verifier(),
        &origin(1, "office").notice,
    );
    assert!(matches!(missing, Err(ExportError::Text { entry: 0, .. })));
}

#[test]
fn every_flipped_byte_of_a_file_is_found() {
    let file = bundle(4);
    verify(&file, None).unwrap();
    for at in 0..file.len() {
        // Each bit in turn, a different one at each byte.
        let mut changed = file.clone();
        changed[at] ^= 1 << (at % 8);
        let found = flaw(&changed);
        let named = found.member.is_some()
            || matches!(
                found.what,
                What::Seal
                    | What::NotPacked
                    | What::After(_)
                    | What::Torn(_)
                    | What::Large(_)
                    | What::Written(_)
            );
        assert!(named, "byte {at}: {found:?}");
    }
}

#[test]
fn every_flipped_byte_of_what_is_packed_is_named_with_its_file() {
    let tar = unpacked(&bundle(3));
    for at in (0..tar.len()).step_by(3) {
        let mut changed = tar.clone();
        changed[at] ^= 1 << (at % 8);
        let found = flaw(&packed(&changed));
        // A first header that is none, and what stands behind the last file, belong to no file.
        let outside = at < 512 || at >= tar.len() - 2048;
        assert!(found.member.is_some() || outside, "byte {at}: {found}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_damage_panics_or_passes(at in any::<prop::sample::Index>(), bytes in prop::collection::vec(any::<u8>(), 0..20), cut in 0_usize..20) {
        static BUNDLE: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| bundle(2));
        let file = BUNDLE.clone();
        let at = at.index(file.len());
        let mut changed = file[..at].to_vec();
        changed.extend_from_slice(&bytes);
        changed.extend_from_slice(&file[(at + cut).min(file.len())..]);
        prop_assert!(changed == file || verify(&changed, None).is_err());
        // The same, by somebody who gives it the digest it must have.
        prop_assert!(changed == file || verify(&sealed(changed), None).is_err());
    }
}

#[test]
fn what_was_changed_is_named() {
    let file = bundle(4);
    let named = |from: &str, to: &str| flaw(&replaced(&file, from, to)).to_string();
    let entry = named("\"places\":1000000}", "\"places\":2000000}");
    assert!(
        entry.starts_with("entries.jsonl, line 1: entry 1 was changed"),
        "{entry}"
    );
    let state = named(
        "{\"put\":{\"kind\":\"booking\",\"key\":\"library/000000000006\"",
        "{\"put\":{\"kind\":\"booking\",\"key\":\"library/000000000007\"",
    );
    assert!(
        state.starts_with("entries.jsonl, line 4: entry 6"),
        "{state}"
    );
    let text = named("（更正）", "（改正）");
    assert!(text.contains("the text was changed"), "{text}");
    let key = named("bundle/v1\nlibrary\n", "bundle/v2\nlibrary\n");
    assert!(
        key.starts_with("bundle.txt, line 1: the format is"),
        "{key}"
    );
    let json = named(",\"sequence\":6,", ",\"sequence\";6,");
    assert!(
        json.starts_with("entries.jsonl, line 4, column 18: not an entry"),
        "{json}"
    );
    // Only the state file is wrong, which stands behind the entries: found to the byte.
    let tar = unpacked(&file);
    let field = b"\"taken\":";
    let state = tar.windows(field.len()).rposition(|w| w == field);
    let state = state.unwrap();
    let mut changed = tar.clone();
    changed[state + 8] = b'9';
    let found = flaw(&packed(&changed));
    assert!(
        matches!(
            found,
            Flaw {
                what: What::State,
                column: Some(_),
                line: Some(_),
                ..
            }
        ),
        "{found}"
    );
    // A hash of an entry, and the hash of a run of others.
    let proof = String::from_utf8_lossy(&tar).into_owned();
    let line = proof
        .lines()
        .find(|line| line.starts_with("1 1 "))
        .unwrap()
        .to_owned();
    let other = line.replace(&line[4..5], if &line[4..5] == "A" { "B" } else { "A" });
    let other = format!("1 1 {}{}", &other[4..5], &line[5..]);
    let found = named(&line, &other);
    assert!(
        found.starts_with("proof.txt, line 2: the hash of entry 1 was changed"),
        "{found}"
    );
    let line = proof
        .lines()
        .find(|line| line.starts_with("3 1 "))
        .unwrap()
        .to_owned();
    let other = format!(
        "3 1 {}{}",
        if &line[4..5] == "A" { "B" } else { "A" },
        &line[5..]
    );
    let found = named(&line, &other);
    assert!(
        found.starts_with("proof.txt: the parts do not lead to the root"),
        "{found}"
    );
}

#[test]
fn hostile_files_are_refused() {
    assert!(matches!(flaw(b"").what, What::NotPacked));
    assert!(matches!(flaw(b"not a bundle").what, What::NotPacked));
    assert!(matches!(flaw(&sealed(Vec::new())).what, What::NotPacked));
    let file = bundle(2);
    for length in [file.len() - 1, file.len() - 40] {
        assert!(matches!(flaw(&file[..length]).what, What::Seal), "{length}");
    }
    let cut = flaw(&file[..file.len() / 2]);
    assert!(matches!(cut.what, What::Torn(_) | What::NotPacked), "{cut}");
    // A bomb: 513 MB of zeros in 20 KB.
    let bomb = sealed(compress_to_vec(
        std::io::repeat(0).take(513 << 20),
        CompressionLevel::Fastest,
    ));
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    assert!(matches!(flaw(&bomb).what, What::Large(_)));
    let with = |name: &str, kind: tar::EntryType, size: u64| {
        let mut tar = unpacked(&file);
        tar.truncate(tar.len() - 1024);
        let mut header = tar::Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_cksum();
        tar.write_all(header.as_bytes()).unwrap();
        tar.write_all(&[0; 1024]).unwrap();
        flaw(&packed(&tar))
    };
    for name in ["../../etc/passwd", "/etc/passwd", "secret", "texts/../../x"] {
        let found = with(name, tar::EntryType::Regular, 0);
        assert_eq!(found.member.as_deref(), Some(name), "{found}");
    }
    for kind in [
        tar::EntryType::Symlink,
        tar::EntryType::Directory,
        tar::EntryType::GNUSparse,
        tar::EntryType::XHeader,
        tar::EntryType::GNULongName,
    ] {
        assert!(
            matches!(with("texts/x.md", kind, 0).what, What::NotAFile),
            "{kind:?}"
        );
    }
    assert!(
        with("texts/x.md", tar::EntryType::Regular, u64::from(u32::MAX))
            .member
            .is_some()
    );
    assert!(matches!(
        with("entries.jsonl", tar::EntryType::Regular, 0).what,
        What::Twice
    ));
}

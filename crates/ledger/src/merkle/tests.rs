//! The tree, its tiles and its proofs, held to the recursive definitions of RFC 6962 and to its known values.

use std::cell::RefCell;
use std::collections::HashMap;
use std::convert::Infallible;

use proptest::prelude::*;

use super::*;

/// Tiles in memory, as a store keeps them, with a count of the tiles that were asked for.
#[derive(Default)]
struct Kept {
    tree: Tree,
    full: HashMap<(u8, u64), Vec<Hash>>,
    asked: RefCell<usize>,
}

impl Kept {
    fn of(leaves: &[Hash]) -> Self {
        let mut kept = Self::default();
        let mut full = Vec::new();
        for &leaf in leaves {
            kept.tree.append(leaf, &mut full);
        }
        for tile in full {
            assert_eq!(tile.hashes.len(), 256);
            assert!(
                kept.full
                    .insert((tile.tile.level, tile.tile.index), tile.hashes)
                    .is_none()
            );
        }
        kept
    }
}

impl Tiles for Kept {
    type Error = Infallible;

    fn tile(&self, tile: Tile) -> Result<Vec<Hash>, Infallible> {
        *self.asked.borrow_mut() += 1;
        let hashes = self
            .full
            .get(&(tile.level, tile.index))
            .map_or_else(|| self.tree.partial(tile.level), Vec::as_slice);
        Ok(hashes[..usize::from(tile.width)].to_vec())
    }
}

fn leaves(n: u64) -> Vec<Hash> {
    (0..n).map(|i| Hash::leaf(&i.to_be_bytes())).collect()
}

/// MTH, word for word.
fn reference_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::empty_root(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
            Hash::node(reference_root(left), reference_root(right))
        }
    }
}

/// PATH, word for word.
fn reference_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut path, sibling) = if index < left.len() {
        (reference_path(index, left), reference_root(right))
    } else {
        (
            reference_path(index - left.len(), right),
            reference_root(left),
        )
    };
    path.push(sibling);
    path
}

/// SUBPROOF, word for word.
fn reference_subproof(old: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if known {
            Vec::new()
        } else {
            vec![reference_root(leaves)]
        };
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut proof, sibling) = if old <= left.len() {
        (reference_subproof(old, left, known), reference_root(right))
    } else {
        (
            reference_subproof(old - left.len(), right, false),
            reference_root(left),
        )
    };
    proof.push(sibling);
    proof
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
}

/// The eight leaves and the roots that implementations of RFC 6962 are checked with.
#[test]
fn roots_are_the_known_ones() {
    let inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut tree = Tree::new();
    assert_eq!(
        tree.root().as_bytes()[..],
        hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    );
    for (input, root) in inputs.iter().zip(roots) {
        tree.append(Hash::leaf(&hex(input)), &mut Vec::new());
        assert_eq!(tree.root().as_bytes()[..], hex(root));
    }
}

#[test]
fn every_proof_of_every_small_tree_is_the_reference_and_verifies() {
    let all = leaves(70);
    for size in 1..=all.len() {
        let kept = Kept::of(&all[..size]);
        let root = kept.tree.root();
        assert_eq!(root, reference_root(&all[..size]));
        for index in 0..size {
            let Ok(proof) = inclusion(&kept, index as u64, size as u64);
            assert_eq!(proof, reference_path(index, &all[..size]));
            assert_eq!(
                verify_inclusion(all[index], index as u64, size as u64, root, &proof),
                Ok(())
            );
            assert!(
                verify_inclusion(
                    all[(index + 1) % 70],
                    index as u64,
                    size as u64,
                    root,
                    &proof
                )
                .is_err()
            );
        }
        for old in 1..size {
            let Ok(proof) = consistency(&kept, old as u64, size as u64);
            assert_eq!(proof, reference_subproof(old, &all[..size], true));
            let old_root = reference_root(&all[..old]);
            assert_eq!(
                verify_consistency(old as u64, size as u64, old_root, root, &proof),
                Ok(())
            );
            assert!(verify_consistency(old as u64, size as u64, root, root, &proof).is_err());
        }
    }
}

#[test]
fn nothing_is_consistent_with_everything_and_nothing_shrinks() {
    let (root, empty) = (Hash::leaf(b"a"), Hash::empty_root());
    assert_eq!(verify_consistency(0, 1, empty, root, &[]), Ok(()));
    assert_eq!(
        verify_consistency(0, 1, root, root, &[]),
        Err(BrokenProof::Root)
    );
    assert_eq!(verify_consistency(1, 1, root, root, &[]), Ok(()));
    assert_eq!(
        verify_consistency(1, 1, root, root, &[root]),
        Err(BrokenProof::Length(1))
    );
    assert_eq!(
        verify_consistency(2, 1, root, root, &[]),
        Err(BrokenProof::Shrunk { old: 2, new: 1 })
    );
    assert_eq!(
        verify_consistency(3, 4, root, root, &[]),
        Err(BrokenProof::Length(0))
    );
    assert_eq!(
        verify_inclusion(root, 0, 0, empty, &[]),
        Err(BrokenProof::OutOfTree { index: 0, size: 0 })
    );
}

#[test]
fn a_tree_resumes_from_its_partial_tiles_at_every_size() {
    let mut tree = Tree::new();
    for leaf in leaves(66_000) {
        tree.append(leaf, &mut Vec::new());
        if tree.size().is_multiple_of(257) || tree.size().is_multiple_of(256) {
            let edge = (0..8).map(|level| tree.partial(level).to_vec()).collect();
            let resumed = Tree::resume(tree.size(), edge).unwrap();
            assert_eq!((resumed.size(), resumed.root()), (tree.size(), tree.root()));
            assert_eq!(resumed.frontier_for_test(), tree.frontier_for_test());
        }
    }
    let wrong = Tree::resume(3, vec![vec![Hash::empty_root(); 2]]);
    assert_eq!(
        wrong,
        Err(WrongEdge {
            size: 3,
            level: 0,
            expected: 3,
            found: 2
        })
    );
}

#[test]
fn a_proof_in_a_large_tree_asks_for_few_tiles() {
    let size = 70_000;
    let all = leaves(size);
    let kept = Kept::of(&all);
    assert_eq!(kept.tree.root(), reference_root(&all));
    assert_eq!(root(&kept, size), Ok(kept.tree.root()));
    for index in [0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999] {
        kept.asked.replace(0);
        let Ok(proof) = inclusion(&kept, index, size);
        assert!(
            *kept.asked.borrow() <= 24,
            "{} tiles for leaf {index}",
            kept.asked.borrow()
        );
        assert_eq!(
            verify_inclusion(all[index as usize], index, size, kept.tree.root(), &proof),
            Ok(())
        );
    }
    for old in [1, 256, 65_535, 65_536, 65_537, 69_999] {
        let Ok(proof) = consistency(&kept, old, size);
        let old_root = reference_root(&all[..old as usize]);
        assert_eq!(root(&kept, old), Ok(old_root));
        assert_eq!(
            verify_consistency(old, size, old_root, kept.tree.root(), &proof),
            Ok(())
        );
    }
}

proptest! {
    /// One flipped bit, one hash too many or too few, another index or another size: none verifies.
    #[test]
    fn a_proof_that_was_touched_does_not_verify(size in 2_u64..600, pick in any::<u64>(), at in any::<usize>(), bit in 0_usize..256) {
        let all = leaves(size);
        let kept = Kept::of(&all);
        let (index, top) = (pick % size, kept.tree.root());
        let leaf = all[index as usize];
        let Ok(proof) = inclusion(&kept, index, size);
        let mut flipped = proof.clone();
        let at = at % flipped.len();
        let mut bytes = *flipped[at].as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        flipped[at] = Hash::from_bytes(bytes);
        prop_assert_eq!(verify_inclusion(leaf, index, size, top, &flipped), Err(BrokenProof::Root));
        let mut longer = proof.clone();
        longer.insert(at, leaf);
        prop_assert!(verify_inclusion(leaf, index, size, top, &longer).is_err());
        let mut shorter = proof.clone();
        shorter.remove(at);
        prop_assert!(verify_inclusion(leaf, index, size, top, &shorter).is_err());
        prop_assert!(verify_inclusion(leaf, index ^ 1, size, top, &proof).is_err());
    }
}

proptest! {
    #[test]
    fn parts_lead_to_the_root_and_to_no_other(size in 1_u64..700, alone in proptest::collection::btree_set(0_u64..750, 0..40), at in any::<proptest::sample::Index>()) {
        let leaves = leaves(size);
        let alone: Vec<u64> = alone.into_iter().collect();
        let Ok(all) = parts(&Kept::of(&leaves), &alone, size);
        prop_assert_eq!(root_of_parts(&all, size), Ok(reference_root(&leaves)));
        // They cover the log without gap, and those asked for stand alone with their own hash.
        let mut next = 0;
        for part in &all {
            prop_assert_eq!(part.first, next);
            next += part.count;
            let (low, high) = (part.first as usize, next as usize);
            prop_assert_eq!(part.hash, reference_root(&leaves[low..high]));
            prop_assert!(part.count == 1 || !alone.iter().any(|leaf| (part.first..next).contains(leaf)));
        }
        prop_assert_eq!(next, size);
        let at = at.index(all.len());
        let changed = |change: fn(&mut Part)| {
            let mut changed = all.clone();
            change(&mut changed[at]);
            root_of_parts(&changed, size)
        };
        prop_assert_ne!(changed(|part| part.hash = Hash::empty_root()), Ok(reference_root(&leaves)));
        prop_assert!(changed(|part| part.first += 1).is_err());
        prop_assert!(changed(|part| part.count = 0).is_err());
        let mut fewer = all.clone();
        fewer.remove(at);
        prop_assert!(root_of_parts(&fewer, size).is_err());
        let mut more = all.clone();
        more.push(all[at]);
        prop_assert!(root_of_parts(&more, size).is_err());
    }
}

#[test]
fn parts_of_the_largest_and_of_no_log_do_not_panic() {
    assert_eq!(root_of_parts(&[], 0), Ok(Hash::empty_root()));
    let part = |first, count| Part {
        first,
        count,
        hash: Hash::empty_root(),
    };
    assert_eq!(
        root_of_parts(&[part(0, u64::MAX)], u64::MAX),
        Ok(Hash::empty_root())
    );
    assert_eq!(
        root_of_parts(&[part(0, 1), part(1, u64::MAX)], u64::MAX),
        Err(WrongParts::Cut(1))
    );
    assert_eq!(root_of_parts(&[part(0, 1)], 2), Err(WrongParts::Count(1)));
    assert_eq!(root_of_parts(&[part(0, 1)], 0), Err(WrongParts::Count(1)));
}

//! Growth, proofs and their verification on random trees.

use std::cell::RefCell;
use std::collections::BTreeSet;

use evidence::{
    EntryHash, Error, Hash, MAX_ENTRY_BYTES, MemoryTiles, ReadError, TileKind, TilePath, TileReader,
    TreeHead, VerifiedTiles, append, consistency_proof, inclusion_proof, leaf_hash, parse_bundle, rebuild,
    root, tiles_for_append, tiles_for_consistency, tiles_for_inclusion, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

use crate::support::{entries, grown, head_at, log_of};

/// Two levels of tiles are reached at 256 entries, three at 65,536.
fn sizes() -> impl Strategy<Value = u64> {
    prop_oneof![
        1_u64..20,
        1_u64..1200,
        Just(255),
        Just(256),
        Just(257),
        Just(512),
        Just(1024)
    ]
}

#[test]
fn a_tree_of_three_tile_levels() {
    let (entries, tiles, head) = log_of(70_000);
    assert_eq!(head, rebuild(&entries));
    let stored: BTreeSet<TilePath> = tiles.iter().map(|(path, _)| path).collect();
    assert_eq!(stored, TilePath::all_in(70_000).collect());
    for index in [0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999] {
        let proof = inclusion_proof(&tiles, index, &head).unwrap();
        verify_inclusion(leaf_hash(entries[index as usize]), index, &proof, &head).unwrap();
    }
    for old in [0, 1, 255, 256, 257, 65_535, 65_536, 65_537, 69_999, 70_000] {
        let proof = consistency_proof(&tiles, old, &head).unwrap();
        verify_consistency(&head_at(&entries, old), &head, &proof).unwrap();
    }
}

#[test]
fn growth_over_a_level_boundary() {
    for (old, added) in [
        (65_500, 100),
        (65_536, 1),
        (65_535, 1),
        (65_280, 512),
        (255, 65_400),
    ] {
        let all = entries(old + added);
        let (whole, head) = grown(&all, &[all.len()]);
        let (grown, grown_head) = grown(&all, &[old as usize, added as usize]);
        assert_eq!(grown_head, head);
        assert!(grown.iter().eq(whole.iter()), "{old} + {added}");
    }
}

#[test]
fn entries_of_every_allowed_length() {
    let entries = [vec![], vec![1], vec![2; MAX_ENTRY_BYTES]];
    let (tiles, head) = grown(&entries, &[1]);
    assert_eq!(head, rebuild(&entries));
    let bundle = tiles.tile(TilePath::entries(0, 3).unwrap()).unwrap();
    assert_eq!(parse_bundle(&bundle).unwrap(), entries);
    let too_long = append(&tiles, &head, &[vec![0; MAX_ENTRY_BYTES + 1]]);
    assert!(matches!(too_long, Err(Error::EntryTooLong(65_536))));
}

#[test]
fn a_changed_edge_is_never_built_upon() {
    let (_, tiles, head) = log_of(600);
    let more = entries(1);
    for (path, bytes) in tiles.iter().filter(|(path, _)| !path.is_full()) {
        let mut changed = tiles.clone();
        let mut bytes = bytes.to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        changed.insert(path, bytes);
        match append(&changed, &head, &more) {
            Err(Error::NotTheTree { size: 600 }) => assert_ne!(path.kind(), TileKind::Entries),
            Err(Error::WrongEntry { index: 599 }) => assert_eq!(path.kind(), TileKind::Entries),
            other => panic!("{path}: {other:?}"),
        }
    }
    let wrong = TreeHead {
        size: 600,
        root: Hash([0; 32]),
    };
    assert!(matches!(
        append(&tiles, &wrong, &more),
        Err(Error::NotTheTree { .. })
    ));
    let ahead = TreeHead { size: 601, ..head };
    assert!(matches!(
        append(&tiles, &ahead, &more),
        Err(Error::Read(ReadError::Missing(_)))
    ));
}

#[test]
fn what_lies_outside_the_tree() {
    let (_, tiles, head) = log_of(10);
    assert!(matches!(
        inclusion_proof(&tiles, 10, &head),
        Err(Error::OutOfRange { asked: 10, size: 10 })
    ));
    assert!(matches!(
        inclusion_proof(&tiles, 0, &TreeHead::EMPTY),
        Err(Error::OutOfRange { .. })
    ));
    assert!(matches!(
        consistency_proof(&tiles, 11, &head),
        Err(Error::OutOfRange { asked: 11, size: 10 })
    ));
    let huge = TreeHead {
        size: u64::MAX,
        ..head
    };
    assert!(matches!(inclusion_proof(&tiles, 0, &huge), Err(Error::TooLarge)));
    assert!(matches!(append(&tiles, &huge, &entries(1)), Err(Error::TooLarge)));
    assert!(matches!(root(&tiles, u64::MAX), Err(Error::TooLarge)));
    assert!(verify_inclusion(Hash([0; 32]), 3, &[Hash([0; 32]); 200], &huge).is_err());
    assert!(verify_consistency(&head, &huge, &[Hash([0; 32]); 64]).is_err());
    assert!(verify_consistency(&huge, &head, &[]).is_err());
    assert!(
        verify_consistency(
            &TreeHead {
                size: 0,
                root: head.root
            },
            &head,
            &[]
        )
        .is_err()
    );
}

/// Notes which tiles are read.
struct Watched<'a>(&'a MemoryTiles, RefCell<BTreeSet<TilePath>>);

impl TileReader for Watched<'_> {
    fn tile(&self, path: TilePath) -> Result<Vec<u8>, ReadError> {
        self.1.borrow_mut().insert(path);
        self.0.tile(path)
    }
}

fn reads(tiles: &MemoryTiles, run: impl FnOnce(&Watched<'_>)) -> BTreeSet<TilePath> {
    let watched = Watched(tiles, RefCell::default());
    run(&watched);
    watched.1.into_inner()
}

fn batches() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![1_usize..5, 1_usize..700], 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn batches_do_not_matter(size in sizes(), batches in batches()) {
        let entries = entries(size);
        let (whole, head) = grown(&entries, &[entries.len()]);
        let (piecewise, piecewise_head) = grown(&entries, &batches);
        prop_assert_eq!(piecewise_head, head);
        prop_assert_eq!(rebuild(&entries), head);
        prop_assert!(piecewise.iter().eq(whole.iter()));
        prop_assert!(whole.iter().map(|(path, _)| path).collect::<BTreeSet<_>>() == TilePath::all_in(size).collect());
    }

    #[test]
    fn bundles_give_back_the_entries(size in sizes()) {
        let (entries, tiles, _) = log_of(size);
        let mut found = Vec::new();
        for path in TilePath::all_in(size).filter(|path| path.kind() == TileKind::Entries) {
            let bundle = tiles.tile(path).unwrap();
            found.extend(parse_bundle(&bundle).unwrap().into_iter().map(<[u8]>::to_vec));
        }
        prop_assert!(found.iter().map(Vec::as_slice).eq(entries.iter().map(AsRef::as_ref)));
    }

    #[test]
    fn every_inclusion_proof_verifies_and_no_changed_one(
        size in sizes(), at: prop::sample::Index, earlier: prop::sample::Index, flip: prop::sample::Index,
    ) {
        let (entries, tiles, _) = log_of(size);
        // A proof in any earlier tree, from the tiles of the later one.
        let size = earlier.index(size as usize) as u64 + 1;
        let head = head_at(&entries, size);
        let index = at.index(size as usize) as u64;
        let leaf = leaf_hash(entries[index as usize]);
        let proof = inclusion_proof(&tiles, index, &head).unwrap();
        verify_inclusion(leaf, index, &proof, &head).unwrap();

        let bit = flip.index(256);
        for position in 0..proof.len() {
            let mut bad = proof.clone();
            flip_bit(&mut bad[position], bit);
            prop_assert!(verify_inclusion(leaf, index, &bad, &head).is_err());
        }
        let mut other = leaf;
        flip_bit(&mut other, bit);
        prop_assert!(verify_inclusion(other, index, &proof, &head).is_err());
        let mut other = head;
        flip_bit(&mut other.root, bit);
        prop_assert!(verify_inclusion(leaf, index, &proof, &other).is_err());
        let wrong_index = if index == 0 { size } else { index - 1 };
        prop_assert!(verify_inclusion(leaf, wrong_index, &proof, &head).is_err());
        let longer = [&proof[..], &[leaf]].concat();
        prop_assert!(verify_inclusion(leaf, index, &longer, &head).is_err());
        if let Some((_, shorter)) = proof.split_last() {
            prop_assert!(verify_inclusion(leaf, index, shorter, &head).is_err());
        }
    }

    #[test]
    fn every_consistency_proof_verifies_and_no_changed_one(
        size in sizes(), older: prop::sample::Index, flip: prop::sample::Index,
    ) {
        let (entries, tiles, new) = log_of(size);
        let old = head_at(&entries, older.index(size as usize + 1) as u64);
        let proof = consistency_proof(&tiles, old.size, &new).unwrap();
        verify_consistency(&old, &new, &proof).unwrap();

        let bit = flip.index(256);
        for position in 0..proof.len() {
            let mut bad = proof.clone();
            flip_bit(&mut bad[position], bit);
            prop_assert!(verify_consistency(&old, &new, &bad).is_err());
        }
        let mut other = old;
        flip_bit(&mut other.root, bit);
        prop_assert!(verify_consistency(&other, &new, &proof).is_err());
        if old.size > 0 {
            let mut other = new;
            flip_bit(&mut other.root, bit);
            prop_assert!(verify_consistency(&old, &other, &proof).is_err());
        }
        let longer = [&proof[..], &[new.root]].concat();
        prop_assert!(verify_consistency(&old, &new, &longer).is_err());
    }

    #[test]
    fn a_fork_has_no_consistency_proof(size in 2_u64..600, at: prop::sample::Index, old: prop::sample::Index) {
        let mut entries = entries(size);
        let old = head_at(&entries, old.index(size as usize - 1) as u64 + 1);
        entries[at.index(old.size as usize)] = EntryHash([0xff; 32]);
        let (forked, forked_head) = grown(&entries, &[entries.len()]);
        let proof = consistency_proof(&forked, old.size, &forked_head).unwrap();
        prop_assert!(verify_consistency(&old, &forked_head, &proof).is_err());
    }

    #[test]
    fn planned_reads_are_the_reads(size in sizes(), at: prop::sample::Index, older: prop::sample::Index) {
        let (_, tiles, head) = log_of(size);
        let index = at.index(size as usize) as u64;
        let read = reads(&tiles, |reader| { inclusion_proof(reader, index, &head).unwrap(); });
        prop_assert_eq!(read, tiles_for_inclusion(index, size).unwrap().into_iter().collect());
        let old = older.index(size as usize + 1) as u64;
        let read = reads(&tiles, |reader| { consistency_proof(reader, old, &head).unwrap(); });
        prop_assert_eq!(read, tiles_for_consistency(old, size).unwrap().into_iter().collect());
        let read = reads(&tiles, |reader| { append(reader, &head, &entries(3)).unwrap(); });
        prop_assert_eq!(read, tiles_for_append(size).unwrap().into_iter().collect());
    }

    #[test]
    fn a_flipped_bit_in_a_tile_is_never_proved_or_handed_out(
        size in sizes(), which: prop::sample::Index, byte: prop::sample::Index, bit in 0_u8..8,
        at: prop::sample::Index,
    ) {
        let (entries, tiles, head) = log_of(size);
        let (path, bytes) = tiles.iter().nth(which.index(tiles.iter().count())).unwrap();
        let mut changed = tiles.clone();
        let mut flipped = bytes.to_vec();
        flipped[byte.index(bytes.len())] ^= 1 << bit;
        changed.insert(path, flipped);

        let verified = VerifiedTiles::new(&changed, head);
        prop_assert!(matches!(
            verified.tile(path), Err(ReadError::Damaged(_))
        ));
        for (other, bytes) in tiles.iter().filter(|(other, _)| *other != path) {
            // Another tile is handed out right, or not at all.
            if let Ok(given) = verified.tile(other) {
                prop_assert_eq!(given, bytes);
            }
        }
        let index = at.index(size as usize) as u64;
        if let Ok(proof) = inclusion_proof(&changed, index, &head) {
            verify_inclusion(leaf_hash(entries[index as usize]), index, &proof, &head).unwrap();
        }
        prop_assert_eq!(VerifiedTiles::new(&tiles, head).tile(path).unwrap(), bytes);
    }
}

/// Every tile of trees around the sizes at which tiles become full, each with its first hash changed.
#[test]
fn no_changed_tile_is_trusted() {
    for size in [
        1, 2, 3, 5, 255, 256, 257, 258, 259, 263, 511, 512, 515, 767, 1023, 66_051,
    ] {
        let (entries, tiles, head) = log_of(size);
        let large = size > 10_000;
        let asked: Vec<u64> = (0..size).step_by(if large { 9_973 } else { 250 }).collect();
        let heads: Vec<TreeHead> = asked.iter().map(|&old| head_at(&entries, old)).collect();
        let hash_tiles = tiles.iter().filter(|(path, _)| path.kind() != TileKind::Entries);
        // Of the large tree every seventeenth tile is enough.
        for (path, bytes) in hash_tiles.step_by(if large { 17 } else { 1 }) {
            let mut changed = tiles.clone();
            let mut bytes = bytes.to_vec();
            bytes[0] ^= 1;
            changed.insert(path, bytes);
            let verified = VerifiedTiles::new(&changed, head);
            assert!(
                matches!(verified.tile(path), Err(ReadError::Damaged(_))),
                "{path} of {size}"
            );
            for (&index, old) in asked.iter().zip(&heads) {
                if let Ok(proof) = inclusion_proof(&changed, index, &head) {
                    verify_inclusion(leaf_hash(entries[index as usize]), index, &proof, &head).unwrap();
                }
                if let Ok(proof) = consistency_proof(&changed, old.size, &head) {
                    verify_consistency(old, &head, &proof).unwrap();
                }
            }
        }
    }
}

#[test]
fn the_verifying_reader_cuts_and_refuses() {
    let (_, tiles, head) = log_of(300);
    let verified = VerifiedTiles::new(&tiles, head);
    let narrow = TilePath::hashes(0, 1, 10).unwrap();
    assert_eq!(verified.tile(narrow).unwrap(), tiles.tile(narrow).unwrap());
    for beyond in [
        "0/001.p/45",
        "0/002.p/1",
        "2/000.p/1",
        "63/000",
        "entries/001.p/45",
    ] {
        let beyond = TilePath::parse(beyond).unwrap();
        assert!(
            matches!(verified.tile(beyond), Err(ReadError::Missing(_))),
            "{beyond}"
        );
    }
}

fn flip_bit(hash: &mut Hash, bit: usize) {
    hash.0[bit / 8] ^= 1 << (bit % 8);
}

//! The audit names exactly what was changed.

use evidence::{
    EntryHash, Fault, MemoryTiles, TileKind, TilePath, TileReader, TreeHead, append, check_tiles,
};
use proptest::prelude::*;

use crate::support::{entries, grown, log_of};

fn faults(tiles: &MemoryTiles, head: &TreeHead) -> Vec<String> {
    match check_tiles(tiles, head) {
        Ok(()) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

fn with_flip(tiles: &MemoryTiles, path: TilePath, byte: usize) -> MemoryTiles {
    let mut changed = tiles.clone();
    let mut bytes = tiles.tile(path).unwrap();
    bytes[byte] ^= 0x10;
    changed.insert(path, bytes);
    changed
}

fn path(text: &str) -> TilePath {
    TilePath::parse(text).unwrap()
}

#[test]
fn a_sound_log_has_no_faults() {
    for size in [0, 1, 255, 256, 257, 512, 1000, 65_536, 66_000] {
        let (_, tiles, head) = log_of(size);
        assert!(check_tiles(&tiles, &head).is_ok(), "size {size}");
    }
}

#[test]
fn each_change_is_named_in_a_tree_of_three_levels() {
    let (_, tiles, head) = log_of(66_000);
    for (at, byte, expected) in [
        ("0/000", 0, "tile 0/000 was changed"),
        ("0/255", 8191, "tile 0/255 was changed"),
        ("0/256", 100, "tile 0/256 was changed"),
        ("0/257.p/208", 5000, "tile 0/257.p/208 was changed"),
        ("1/000", 77 * 32, "tile 1/000 was changed"),
        ("1/001.p/1", 3, "tile 1/001.p/1 was changed"),
        ("2/000.p/1", 31, "tile 2/000.p/1 was changed"),
        ("entries/000", 34 + 2, "entry 1 was changed"),
        ("entries/257.p/208", 207 * 34 + 33, "entry 65999 was changed"),
        ("entries/003", 1, "tile entries/003 is damaged"),
    ] {
        assert_eq!(
            faults(&with_flip(&tiles, path(at), byte), &head),
            [expected],
            "{at}"
        );
    }
}

#[test]
fn missing_tiles_are_named() {
    let (_, tiles, head) = log_of(66_000);
    for (kind, index, expected) in [
        (TileKind::Entries, 7, "tile entries/007 is missing"),
        (TileKind::Hashes { level: 0 }, 7, "tile 0/007 is missing"),
        (TileKind::Hashes { level: 0 }, 257, "tile 0/257.p/208 is missing"),
        (TileKind::Hashes { level: 1 }, 0, "tile 1/000 is missing"),
        (TileKind::Hashes { level: 2 }, 0, "tile 2/000.p/1 is missing"),
    ] {
        let mut less = tiles.clone();
        assert!(less.remove(kind, index));
        assert_eq!(faults(&less, &head), [expected]);
    }
}

#[test]
fn several_changes_are_all_named() {
    let (_, tiles, head) = log_of(1000);
    let tiles = with_flip(&tiles, path("entries/000"), 5);
    let tiles = with_flip(&tiles, path("entries/000"), 34 * 255 + 2);
    let tiles = with_flip(&tiles, path("0/001"), 64);
    let mut found = faults(&tiles, &head);
    found.sort();
    assert_eq!(
        found,
        [
            "entry 0 was changed",
            "entry 255 was changed",
            "tile 0/001 was changed"
        ]
    );
}

#[test]
fn a_rewritten_tile_with_matching_entries_is_named() {
    let (mut all, tiles, head) = log_of(1000);
    all[300] = EntryHash([1; 32]);
    let (forged, forged_head) = grown(&all, &[all.len()]);
    let mut mixed = tiles.clone();
    for at in ["0/001", "entries/001"] {
        mixed.insert(path(at), forged.tile(path(at)).unwrap());
    }
    assert_eq!(faults(&mixed, &head), ["tile 0/001 was changed"]);
    // Rewritten up to the root, nothing within the log disagrees; only the signature holds against it.
    assert_eq!(faults(&forged, &head), ["the tiles belong to another tree"]);
    assert!(check_tiles(&forged, &forged_head).is_ok());
}

#[test]
fn an_entry_inserted_later_belongs_to_another_tree() {
    let (_, tiles, head) = log_of(10);
    let mut longer = tiles.clone();
    longer.store(&append(&tiles, &head, &entries(1)).unwrap());
    assert!(
        check_tiles(&longer, &head).is_ok(),
        "a longer log still holds the old tree"
    );
    assert_eq!(
        faults(&tiles, &TreeHead { size: 11, ..head }).len(),
        2,
        "missing tile and bundle"
    );
    let huge = check_tiles(
        &tiles,
        &TreeHead {
            size: u64::MAX,
            ..head
        },
    );
    assert!(matches!(huge.unwrap_err()[..], [Fault::Root]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_flipped_bit_is_named_exactly(
        size in prop_oneof![1_u64..20, 200_u64..1500], which: prop::sample::Index,
        byte: prop::sample::Index, bit in 0_u8..8,
    ) {
        let (_, mut tiles, head) = log_of(size);
        let (path, bytes) = tiles.iter().nth(which.index(tiles.iter().count())).unwrap();
        let at = byte.index(bytes.len());
        let mut flipped = bytes.to_vec();
        flipped[at] ^= 1 << bit;
        tiles.insert(path, flipped);
        let expected = match path.kind() {
            TileKind::Hashes { .. } => format!("tile {path} was changed"),
            TileKind::Entries if at % 34 < 2 => format!("tile {path} is damaged"),
            TileKind::Entries => format!("entry {} was changed", path.index() * 256 + at as u64 / 34),
        };
        prop_assert_eq!(faults(&tiles, &head), [expected]);
    }
}

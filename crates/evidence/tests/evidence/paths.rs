//! Tile paths and which tiles a tree has.

use evidence::{TileKind, TilePath};
use proptest::prelude::*;

fn spells(text: &str, path: TilePath) {
    assert_eq!(TilePath::parse(text).unwrap(), path);
    assert_eq!(path.to_string(), text);
}

#[test]
fn the_specifications_spelling() {
    spells("0/x001/x234/067", TilePath::hashes(0, 1_234_067, 256).unwrap());
    spells("0/x001/x234/067.p/8", TilePath::hashes(0, 1_234_067, 8).unwrap());
    spells("63/000.p/255", TilePath::hashes(63, 0, 255).unwrap());
    spells("1/999", TilePath::hashes(1, 999, 256).unwrap());
    spells("1/x001/000", TilePath::hashes(1, 1000, 256).unwrap());
    spells("entries/003.p/1", TilePath::entries(3, 1).unwrap());
    spells(
        "entries/x018/x446/x744/x073/x709/x551/615",
        TilePath::entries(u64::MAX, 256).unwrap(),
    );
}

#[test]
fn everything_else_is_refused() {
    for bad in [
        "",
        "/",
        "0",
        "0/",
        "0/0",
        "0/00",
        "0/0000",
        "0/67",
        "00/067",
        "01/067",
        "64/067",
        "256/067",
        "-1/067",
        "+1/067",
        "0/x067",
        "0/x000/067",
        "0/x01/067",
        "0/001/067",
        "0/X001/067",
        "0/xx01/067",
        "0/x001/x067",
        "0/067.p",
        "0/067.p/",
        "0/067.p/0",
        "0/067.p/00",
        "0/067.p/08",
        "0/067.p/256",
        "0/067.p/-1",
        "0/067.p/+8",
        "0/067.p/8/",
        "0/067.p/8.p/8",
        "0/067/",
        "/0/067",
        "tile/0/067",
        "data/067",
        "entries",
        "entries/",
        "entries/67",
        "Entries/067",
        "0/x001//067",
        "0/x001/x234/067 ",
        "0/０６７",
        "0/06é",
        "entries/x018/x446/x744/x073/x709/x551/616",
        "0/..",
        "0/../067",
    ] {
        assert!(TilePath::parse(bad).is_err(), "{bad:?} was accepted");
    }
    assert!(TilePath::hashes(64, 0, 1).is_err());
    assert!(TilePath::hashes(0, 0, 0).is_err());
    assert!(TilePath::entries(0, 257).is_err());
}

/// Level, number of full tiles, width of the partial tile.
fn check_counts(size: u64, expected: &[(u8, usize, Option<u16>)]) {
    let all: Vec<TilePath> = TilePath::all_in(size).collect();
    for &(level, full, partial) in expected {
        let of_level: Vec<_> = all
            .iter()
            .filter(|path| path.kind() == TileKind::Hashes { level })
            .collect();
        assert_eq!(
            of_level.iter().filter(|path| path.is_full()).count(),
            full,
            "level {level} of {size}"
        );
        let narrow: Vec<_> = of_level
            .iter()
            .filter(|path| !path.is_full())
            .map(|path| path.width())
            .collect();
        assert_eq!(
            narrow,
            partial.into_iter().collect::<Vec<_>>(),
            "level {level} of {size}"
        );
    }
    let counted: usize = expected
        .iter()
        .map(|(_, full, partial)| full + usize::from(partial.is_some()))
        .sum();
    let bundles = all.iter().filter(|path| path.kind() == TileKind::Entries).count();
    assert_eq!(all.len(), counted + bundles);
    assert_eq!(bundles as u64, size.div_ceil(256));
}

#[test]
fn tiles_of_the_specifications_trees() {
    check_counts(0, &[]);
    check_counts(1, &[(0, 0, Some(1))]);
    check_counts(256, &[(0, 1, None), (1, 0, Some(1))]);
    check_counts(70_000, &[(0, 273, Some(112)), (1, 1, Some(17)), (2, 0, Some(1))]);
}

#[test]
fn which_tiles_a_tree_has() {
    let has = |size: u64, path: &str| TilePath::parse(path).unwrap().exists_in(size);
    assert!(has(70_000, "0/272") && has(70_000, "0/273.p/112") && has(70_000, "0/273.p/1"));
    assert!(!has(70_000, "0/273") && !has(70_000, "0/273.p/113") && !has(70_000, "0/274.p/1"));
    assert!(has(70_000, "2/000.p/1") && !has(70_000, "2/000.p/2") && !has(70_000, "3/000.p/1"));
    assert!(has(70_000, "entries/273.p/112") && !has(70_000, "entries/273.p/113"));
    assert!(!has(0, "0/000.p/1") && !has(u64::MAX, "63/000.p/1") && !has(256, "entries/001.p/1"));
    assert!(
        !TilePath::entries(u64::MAX, 256).unwrap().exists_in(u64::MAX),
        "no overflow"
    );
}

proptest! {
    #[test]
    fn every_path_reads_back(level in 0_u8..64, index: u64, width in 1_u16..=256, entries: bool) {
        let path = if entries { TilePath::entries(index, width) } else { TilePath::hashes(level, index, width) };
        let path = path.unwrap();
        prop_assert_eq!(TilePath::parse(&path.to_string()).unwrap(), path);
    }

    #[test]
    fn what_parses_has_one_spelling(text in "(entries|[0-9]{1,3})(/x?[0-9]{2,4}){1,8}(\\.p/[0-9]{1,3})?") {
        if let Ok(path) = TilePath::parse(&text) {
            prop_assert_eq!(path.to_string(), text);
        }
    }
}

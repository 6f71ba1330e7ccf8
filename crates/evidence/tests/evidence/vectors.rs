//! The eight-leaf tree that implementations of RFC 6962 test with.

use data_encoding::HEXLOWER;
use evidence::{
    Hash, TreeHead, append, consistency_proof, inclusion_proof, leaf_hash, rebuild, root, verify_consistency,
    verify_inclusion,
};

use crate::support::grown;

const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn hash(hex: &str) -> Hash {
    Hash(HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap())
}

fn leaves() -> Vec<Vec<u8>> {
    LEAVES
        .iter()
        .map(|hex| HEXLOWER.decode(hex.as_bytes()).unwrap())
        .collect()
}

fn head(size: usize) -> TreeHead {
    TreeHead {
        size: size as u64,
        root: hash(ROOTS[size]),
    }
}

fn check_inclusion(index: u64, size: usize, expected: &[&str]) {
    let leaves = leaves();
    let (tiles, _) = grown(&leaves, &[3, 1, 4]);
    let proof = inclusion_proof(&tiles, index, &head(size)).unwrap();
    assert_eq!(proof, expected.iter().map(|hex| hash(hex)).collect::<Vec<_>>());
    verify_inclusion(leaf_hash(&leaves[index as usize]), index, &proof, &head(size)).unwrap();
}

fn check_consistency(old: usize, new: usize, expected: &[&str]) {
    let (tiles, _) = grown(&leaves(), &[8]);
    let proof = consistency_proof(&tiles, old as u64, &head(new)).unwrap();
    assert_eq!(proof, expected.iter().map(|hex| hash(hex)).collect::<Vec<_>>());
    verify_consistency(&head(old), &head(new), &proof).unwrap();
}

#[test]
fn roots_of_every_size() {
    let leaves = leaves();
    let (tiles, full) = grown(&leaves, &[1, 2]);
    assert_eq!(full, head(8));
    for size in 0..=8 {
        assert_eq!(
            root(&tiles, size as u64).unwrap(),
            hash(ROOTS[size]),
            "size {size}"
        );
        assert_eq!(rebuild(&leaves[..size]), head(size), "size {size}");
    }
}

#[test]
fn the_empty_tree() {
    assert_eq!(TreeHead::EMPTY, head(0));
    let (tiles, _) = grown(&leaves(), &[8]);
    let growth = append(&tiles, &head(8), &[] as &[Vec<u8>]).unwrap();
    assert_eq!(
        (growth.head, growth.tiles().count()),
        (head(8), 0),
        "nothing appended changes nothing"
    );
}

#[test]
fn inclusion_proofs() {
    check_inclusion(0, 1, &[]);
    check_inclusion(
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    );
    check_inclusion(
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    );
    check_inclusion(
        2,
        3,
        &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    );
}

#[test]
fn consistency_proofs() {
    check_consistency(0, 8, &[]);
    check_consistency(8, 8, &[]);
    check_consistency(
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    );
    check_consistency(
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    );
    check_consistency(
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    );
}

//! The log against an independent implementation: `tests/reference.py`, the standard library of Python and
//! the text of the RFCs.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use evidence::{
    Checkpoint, Hash, LogKey, MemoryTiles, ProofBundle, SignedCheckpoint, TreeHead, WitnessKey, append,
    consistency_proof, inclusion_proof,
};
use serde_json::{Value, json};

use crate::support::{ORIGIN, entries, head_at};

fn texts(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(ToString::to_string).collect()
}

fn signed(head: TreeHead) -> SignedCheckpoint {
    let mut signed = log_key().sign(Checkpoint::new(ORIGIN, head).unwrap()).unwrap();
    witness_key().cosign(&mut signed, 1_900_000_000).unwrap();
    signed
}

fn log_key() -> LogKey {
    LogKey::from_seed(ORIGIN, &[3; 32]).unwrap()
}

fn witness_key() -> WitnessKey {
    WitnessKey::from_seed("witness.example/w1", &[4; 32]).unwrap()
}

/// Publishes a log of `size` entries, appended in uneven batches, with the claims to be checked.
fn publish(directory: &Path, size: u64, batch: usize, questions: &Questions) {
    let entries = entries(size);
    let mut tiles = MemoryTiles::default();
    let mut head = TreeHead::EMPTY;
    for (number, part) in entries.chunks(batch).enumerate() {
        let (first, second) = part.split_at(number % part.len());
        for part in [first, second] {
            let growth = append(&tiles, &head, part).unwrap();
            tiles.store(&growth);
            head = growth.head;
        }
    }
    for (path, bytes) in tiles.iter() {
        let file = directory.join("tile").join(path.to_string());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    fs::write(directory.join("checkpoint"), signed(head).to_string()).unwrap();
    fs::write(directory.join("log.vkey"), log_key().verifier().to_string()).unwrap();
    fs::write(
        directory.join("witness.vkey"),
        witness_key().verifier().to_string(),
    )
    .unwrap();
    let claims = questions.answer(&tiles, |size| head_at(&entries, size));
    fs::write(directory.join("claims.json"), claims.to_string()).unwrap();
    for index in [0, size / 2, size - 1] {
        let bundle = ProofBundle::prove(&tiles, index, signed(head))
            .unwrap()
            .with_extra(&[9; 16]);
        fs::write(directory.join(format!("{index}.tlog-proof")), bundle.to_string()).unwrap();
    }
}

struct Questions {
    /// Leaf index and tree size.
    inclusion: Vec<(u64, u64)>,
    /// Old and new tree size.
    consistency: Vec<(u64, u64)>,
}

impl Questions {
    /// Every proof in every tree up to `size`.
    fn all(size: u64) -> Self {
        let pairs = |from: u64, until: fn(u64) -> u64| {
            (1..=size)
                .flat_map(move |new| (from..until(new)).map(move |old| (old, new)))
                .collect()
        };
        Self {
            inclusion: pairs(0, |new| new),
            consistency: pairs(0, |new| new + 1),
        }
    }

    /// Proofs spread over trees around the sizes at which tiles become full.
    fn spread(size: u64) -> Self {
        let marks = [
            1,
            2,
            255,
            256,
            257,
            511,
            4_095,
            65_535,
            65_536,
            65_537,
            65_792,
            size - 1,
            size,
        ];
        let marks: Vec<u64> = marks.into_iter().filter(|&mark| mark <= size).collect();
        let pairs = || {
            marks
                .iter()
                .flat_map(|&new| marks.iter().map(move |&old| (old, new)))
        };
        Self {
            inclusion: pairs()
                .map(|(old, new)| (old - 1, new))
                .filter(|(index, new)| index < new)
                .collect(),
            consistency: pairs().filter(|(old, new)| old <= new).collect(),
        }
    }

    fn answer(&self, tiles: &MemoryTiles, head_at: impl Fn(u64) -> TreeHead) -> Value {
        let mut heads = std::collections::BTreeMap::new();
        let mut head = |size| *heads.entry(size).or_insert_with(|| head_at(size));
        let inclusion: Vec<Value> = self
            .inclusion
            .iter()
            .map(|&(index, size)| {
                let proof = inclusion_proof(tiles, index, &head(size)).unwrap();
                json!({ "index": index, "size": size, "proof": texts(&proof) })
            })
            .collect();
        let consistency: Vec<Value> = self
            .consistency
            .iter()
            .map(|&(old, new)| {
                let proof = consistency_proof(tiles, old, &head(new)).unwrap();
                json!({ "old": old, "new": new, "proof": texts(&proof) })
            })
            .collect();
        let roots: Vec<Value> = heads
            .iter()
            .map(|(size, head)| json!({ "size": size, "root": head.root.to_string() }))
            .collect();
        json!({ "roots": roots, "inclusion": inclusion, "consistency": consistency })
    }
}

fn read_by_reference(directory: &Path) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference.py");
    Command::new("python3")
        .arg(script)
        .arg(directory)
        .output()
        .expect("python3 must be installed")
}

fn check(size: u64, batch: usize, questions: &Questions) {
    let directory = tempfile::tempdir().unwrap();
    publish(directory.path(), size, batch, questions);
    let output = read_by_reference(directory.path());
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let (inclusion, consistency) = (questions.inclusion.len(), questions.consistency.len());
    assert!(told.starts_with(&format!("size {size} ")), "{told}");
    assert!(
        told.contains(&format!("inclusion {inclusion} consistency {consistency} files")),
        "{told}"
    );
}

#[test]
fn every_proof_of_every_small_tree() {
    check(1, 1, &Questions::all(1));
    check(40, 7, &Questions::all(40));
}

#[test]
fn trees_around_full_tiles() {
    for size in [255, 256, 257, 1_000] {
        check(size, 97, &Questions::spread(size));
    }
}

#[test]
fn a_tree_of_three_tile_levels() {
    check(70_000, 3_001, &Questions::spread(70_000));
}

#[test]
fn the_reference_refuses_what_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    publish(directory.path(), 300, 300, &Questions::all(3));
    assert!(read_by_reference(directory.path()).status.success());
    for name in [
        "checkpoint",
        "tile/0/000",
        "tile/1/000.p/1",
        "tile/entries/001.p/44",
        "claims.json",
        "0.tlog-proof",
    ] {
        let file = directory.path().join(name);
        let sound = fs::read(&file).unwrap();
        let mut changed = sound.clone();
        // In each of these files the sixtieth byte from the end lies within a hash, an entry or a signature.
        let at = changed.len().saturating_sub(60).max(8);
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        fs::write(&file, &changed).unwrap();
        assert!(
            !read_by_reference(directory.path()).status.success(),
            "{name} was changed unnoticed"
        );
        fs::write(&file, sound).unwrap();
    }
}

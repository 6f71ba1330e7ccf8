//! How fast a log grows and proves: `cargo run --release -p evidence --example append_rate [LEAVES]`.
#![allow(clippy::print_stdout)]

use std::time::{Duration, Instant};

use evidence::{
    EntryHash, Error, Growth, MemoryTiles, TreeHead, append, check_tiles, consistency_proof, inclusion_proof,
    leaf_hash, rebuild, verify_consistency, verify_inclusion,
};

const PROOFS: u64 = 2_000;

fn main() -> Result<(), Error> {
    let leaves: u64 = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    let entries: Vec<EntryHash> = (0..leaves)
        .map(|n| EntryHash::of(&[7; 16], &n.to_be_bytes()))
        .collect();
    for batch in [1, 16, 256, 5_000] {
        let part = &entries[..entries.len().min(batch * 2_000)];
        let (_, _, spent) = grow(part, batch)?;
        report(&format!("append in batches of {batch}"), part.len() as u64, spent);
    }
    let (tiles, head, spent) = grow(&entries, entries.len().max(1))?;
    report("append at once", leaves, spent);

    let start = Instant::now();
    let rebuilt = rebuild(&entries);
    report("rebuild the root", leaves, start.elapsed());
    assert_eq!(rebuilt, head);
    let start = Instant::now();
    assert!(check_tiles(&tiles, &head).is_ok());
    report("check all tiles and entries", leaves, start.elapsed());
    prove(&entries, &tiles, &head)
}

/// Grows a log in batches; the time spent is that of `append` alone, without storing.
fn grow(entries: &[EntryHash], batch: usize) -> Result<(MemoryTiles, TreeHead, Duration), Error> {
    let (mut tiles, mut head, mut spent) = (MemoryTiles::default(), TreeHead::EMPTY, Duration::ZERO);
    for part in entries.chunks(batch) {
        let start = Instant::now();
        let growth: Growth = append(&tiles, &head, part)?;
        spent += start.elapsed();
        tiles.store(&growth);
        head = growth.head;
    }
    Ok((tiles, head, spent))
}

fn prove(entries: &[EntryHash], tiles: &MemoryTiles, head: &TreeHead) -> Result<(), Error> {
    let picks: Vec<u64> = (0..PROOFS)
        .map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % head.size)
        .collect();
    let start = Instant::now();
    let proofs: Vec<_> = picks
        .iter()
        .map(|&index| inclusion_proof(tiles, index, head))
        .collect::<Result<_, _>>()?;
    report("inclusion proofs", PROOFS, start.elapsed());
    let start = Instant::now();
    for (&index, proof) in picks.iter().zip(&proofs) {
        let leaf = usize::try_from(index)
            .ok()
            .and_then(|at| entries.get(at))
            .map_or(head.root, leaf_hash);
        verify_inclusion(leaf, index, proof, head)?;
    }
    report("inclusion verified", PROOFS, start.elapsed());

    let start = Instant::now();
    for &old in &picks {
        consistency_proof(tiles, old, head)?;
    }
    report("consistency proofs", PROOFS, start.elapsed());
    let half = head.size / 2;
    let old = rebuild(entries.iter().take(usize::try_from(half).unwrap_or(usize::MAX)));
    verify_consistency(&old, head, &consistency_proof(tiles, half, head)?)
}

fn report(what: &str, count: u64, spent: Duration) {
    let seconds = spent.as_secs_f64();
    println!(
        "{what:32} {count:>9} in {seconds:8.3} s  {:>12.0}/s  {:9.2} µs each",
        count as f64 / seconds,
        seconds * 1e6 / count as f64
    );
}

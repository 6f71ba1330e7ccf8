//! Logs to test with.

use evidence::{EntryHash, MemoryTiles, TreeHead, append, rebuild};

pub const ORIGIN: &str = "log.example/safety";

/// The log of `size` distinct salted entries, appended in one go.
pub fn log_of(size: u64) -> (Vec<EntryHash>, MemoryTiles, TreeHead) {
    let entries = entries(size);
    let (tiles, head) = grown(&entries, &[entries.len()]);
    (entries, tiles, head)
}

pub fn entries(size: u64) -> Vec<EntryHash> {
    (0..size)
        .map(|number| EntryHash::of(&[9; 16], &number.to_be_bytes()))
        .collect()
}

/// Appends the entries in batches of the given sizes (repeated as often as needed).
pub fn grown<E: AsRef<[u8]>>(entries: &[E], batches: &[usize]) -> (MemoryTiles, TreeHead) {
    let mut tiles = MemoryTiles::default();
    let mut head = TreeHead::EMPTY;
    let mut rest = entries;
    for &batch in batches.iter().cycle() {
        let (now, later) = rest.split_at(batch.min(rest.len()));
        let growth = append(&tiles, &head, now).unwrap();
        assert_eq!(growth.first_index, head.size);
        tiles.store(&growth);
        head = growth.head;
        rest = later;
        if rest.is_empty() {
            return (tiles, head);
        }
    }
    unreachable!("the batches repeat until no entry is left")
}

/// The head of the first `size` entries, computed without tiles.
pub fn head_at<E: AsRef<[u8]>>(entries: &[E], size: u64) -> TreeHead {
    rebuild(&entries[..usize::try_from(size).unwrap()])
}

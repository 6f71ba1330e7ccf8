//! Reading a whole log again: the root of its entries, and which tile or entry was changed.

use std::fmt;

use tlog_tiles::{EMPTY_HASH, HASH_SIZE, Hash, Tile, node_hash, record_hash};

use crate::entry::parse_bundle;
use crate::error::ReadError;
use crate::path::{TILE_WIDTH, TilePath, hashes_at};
use crate::tiles::{TileReader, read};
use crate::tree::{MAX_TREE_SIZE, TreeHead, root_of_edge};

/// The tree head of a sequence of entries, computed from nothing else, one entry at a time.
pub fn rebuild<I>(entries: I) -> TreeHead
where
    I: IntoIterator,
    I::Item: AsRef<[u8]>,
{
    // The perfect subtrees from left to right, one for each set bit of the size.
    let mut subtrees: Vec<Hash> = Vec::new();
    let mut size = 0_u64;
    for entry in entries {
        let mut hash = record_hash(entry.as_ref());
        for _ in 0..size.trailing_ones() {
            if let Some(left) = subtrees.pop() {
                hash = node_hash(left, hash);
            }
        }
        subtrees.push(hash);
        size += 1;
    }
    let root = subtrees
        .into_iter()
        .rev()
        .reduce(|right, left| node_hash(left, right));
    TreeHead {
        size,
        root: root.unwrap_or(EMPTY_HASH),
    }
}

/// What is wrong with a stored log.
#[derive(Debug)]
pub enum Fault {
    /// A tile or bundle is missing, misshapen, or cannot be read.
    Unreadable(ReadError),
    /// The hashes in this tile were changed: it agrees with neither the tree above it nor what lies below;
    /// or it was changed together with all that lies below it.
    Tile(TilePath),
    /// The entry was changed: it does not hash to its leaf, whose tile is sound.
    Entry(u64),
    /// All tiles agree with one another, but another tree was signed.
    Root,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "{error}"),
            Self::Tile(path) => write!(f, "tile {path} was changed"),
            Self::Entry(index) => write!(f, "entry {index} was changed"),
            Self::Root => f.write_str("the tiles belong to another tree"),
        }
    }
}

/// Reads every tile and entry of the tree `head` and names each that does not belong.
///
/// Entries of a changed tile are not judged until the tile is restored: nothing authentic is left to compare
/// them with. Memory: about 100 bytes for every 256 leaves.
///
/// # Errors
/// All faults that were found.
pub fn check_tiles<R: TileReader + ?Sized>(reader: &R, head: &TreeHead) -> Result<(), Vec<Fault>> {
    if head.size > MAX_TREE_SIZE {
        return Err(vec![Fault::Root]);
    }
    let mut audit = Audit {
        reader,
        size: head.size,
        levels: Vec::new(),
        edge: Some(Vec::new()),
        faults: Vec::new(),
    };
    audit.read_leaves();
    for level in 1.. {
        if hashes_at(head.size, level) == 0 {
            break;
        }
        audit.read_level(level);
    }
    audit.judge(head.root)
}

/// What the audit keeps of a tile after reading it.
struct Seen {
    path: TilePath,
    /// Hash of the subtree, of a full tile that could be read.
    hash: Option<Hash>,
    /// Positions at which the tile and what lies below it disagree.
    disagrees_below: Vec<u64>,
    /// Whether the tile and the one above it (for partial tiles: the root) disagree.
    disagrees_above: bool,
}

struct Audit<'a, R: ?Sized> {
    reader: &'a R,
    size: u64,
    levels: Vec<Vec<Seen>>,
    /// The partial tiles; `None` as soon as one of them cannot be read.
    edge: Option<Vec<Vec<u8>>>,
    faults: Vec<Fault>,
}

impl<R: TileReader + ?Sized> Audit<'_, R> {
    fn read(&mut self, path: TilePath) -> Option<Vec<u8>> {
        read(self.reader, path)
            .map_err(|error| self.faults.push(Fault::Unreadable(error)))
            .ok()
    }

    /// Level 0: every leaf hash against its entry.
    fn read_leaves(&mut self) {
        let pairs = TilePath::level_in(self.size, 0).zip(TilePath::bundles_in(self.size));
        let seen = pairs.map(|(tile, bundle)| {
            let hashes = self.read(tile);
            let entries = self.read(bundle);
            let below = entries.as_deref().map(|bytes| {
                parse_bundle(bytes)
                    .unwrap_or_default()
                    .into_iter()
                    .map(|entry| Some(record_hash(entry)))
                    .collect()
            });
            self.compare(tile, hashes, below.unwrap_or_default())
        });
        let seen = seen.collect();
        self.levels.push(seen);
    }

    /// A higher level: every hash against the tile below it that it stands for.
    fn read_level(&mut self, level: u8) {
        let mut children = self.levels.pop().unwrap_or_default();
        let mut seen = Vec::new();
        for (tile, family) in
            TilePath::level_in(self.size, level).zip(children.chunks_mut(usize::from(TILE_WIDTH)))
        {
            let hashes = self.read(tile);
            let below = family.iter().map(|child| child.hash).collect();
            let tile = self.compare(tile, hashes, below);
            for &position in &tile.disagrees_below {
                if let Some(child) = usize::try_from(position).ok().and_then(|at| family.get_mut(at)) {
                    child.disagrees_above = true;
                }
            }
            seen.push(tile);
        }
        self.levels.push(children);
        self.levels.push(seen);
    }

    /// Compares the hashes of a tile with those computed from below, as far as both could be read.
    fn compare(&mut self, path: TilePath, hashes: Option<Vec<u8>>, below: Vec<Option<Hash>>) -> Seen {
        let mut seen = Seen {
            path,
            hash: None,
            disagrees_below: Vec::new(),
            disagrees_above: false,
        };
        if let Some(hashes) = &hashes {
            let pairs = (0..).zip(hashes.chunks_exact(HASH_SIZE).zip(below));
            let disagree = pairs.filter(|(_, (stored, below))| below.is_some_and(|below| below.0 != *stored));
            seen.disagrees_below = disagree.map(|(position, _)| position).collect();
            seen.hash = path.is_full().then(|| Tile::subtree_hash(hashes));
        }
        self.keep_edge(path, hashes);
        seen
    }

    fn keep_edge(&mut self, path: TilePath, hashes: Option<Vec<u8>>) {
        if path.is_full() {
            return;
        }
        match (hashes, &mut self.edge) {
            (Some(hashes), Some(edge)) => edge.push(hashes),
            (None, edge) => *edge = None,
            (Some(_), None) => {}
        }
    }

    /// From the root down: a tile that disagrees above and below was itself changed; one that disagrees only
    /// above was changed together with what lies below, unless the tile above is the one that was changed.
    fn judge(mut self, root: Hash) -> Result<(), Vec<Fault>> {
        let root_differs = self
            .edge
            .as_deref()
            .is_some_and(|edge| root_of_edge(edge) != root);
        let mut edge_blamed = false;
        let mut above_changed: Vec<bool> = Vec::new();
        let mut found = Vec::new();
        for level in self.levels.iter().rev() {
            let mut changed = Vec::with_capacity(level.len());
            for (position, tile) in level.iter().enumerate() {
                let sound_below = tile.disagrees_below.is_empty();
                let parent_changed = above_changed
                    .get(position / usize::from(TILE_WIDTH))
                    .copied()
                    .unwrap_or(false);
                let tile_changed = if tile.path.is_full() {
                    tile.disagrees_above && !(parent_changed && sound_below)
                } else {
                    root_differs && !sound_below
                };
                edge_blamed |= tile_changed && !tile.path.is_full();
                if tile_changed {
                    found.push(Fault::Tile(tile.path));
                }
                changed.push(tile_changed);
            }
            above_changed = changed;
        }
        if root_differs && !edge_blamed {
            found.push(Fault::Root);
        }
        found.extend(self.changed_entries(&above_changed));
        self.faults.append(&mut found);
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(self.faults)
        }
    }

    fn changed_entries<'s>(&'s self, tile_changed: &'s [bool]) -> impl Iterator<Item = Fault> + 's {
        let leaves = self.levels.first().into_iter().flatten().zip(tile_changed);
        leaves.filter(|(_, changed)| !**changed).flat_map(|(tile, _)| {
            let start = tile.path.index() * u64::from(TILE_WIDTH);
            tile.disagrees_below
                .iter()
                .map(move |position| Fault::Entry(start + position))
        })
    }
}

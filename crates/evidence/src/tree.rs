//! Growing the tree: which tiles change when entries are appended.
//!
//! All that is needed to grow a tree is its right edge, the partial tile of each level. The edge is checked
//! against the old root before anything is built on it, so a log never signs over a tile that was changed
//! in storage.

use tlog_tiles::{EMPTY_HASH, HASH_SIZE, Hash, Tile, node_hash, record_hash};

use crate::entry::{parse_bundle, push_entry};
use crate::error::Error;
use crate::path::{TILE_WIDTH, TilePath, hashes_at, width_in};
use crate::tiles::{TileReader, read};

/// Leaves in the largest tree that is grown or read here; index arithmetic can then never overflow.
pub const MAX_TREE_SIZE: u64 = 1 << 48;

const FULL_TILE_BYTES: usize = TILE_WIDTH as usize * HASH_SIZE;

/// Size and root hash of a tree (RFC 6962, section 2.1): what a checkpoint signs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TreeHead {
    /// Leaves in the tree.
    pub size: u64,
    /// Merkle tree hash of all leaves.
    pub root: Hash,
}

impl TreeHead {
    /// The tree without leaves; its root is the SHA-256 of nothing.
    pub const EMPTY: Self = Self {
        size: 0,
        root: EMPTY_HASH,
    };
}

/// One tile or bundle to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTile {
    /// Which tile, and how wide it is now.
    pub path: TilePath,
    /// Its complete bytes.
    pub bytes: Vec<u8>,
}

/// Everything that changes when entries are appended. Store it in one transaction with the checkpoint over
/// [`Growth::head`]; a tile replaces the narrower version of the same tile.
#[derive(Debug, Clone, PartialEq)]
pub struct Growth {
    /// Index of the first appended entry: the old size.
    pub first_index: u64,
    /// The new tree.
    pub head: TreeHead,
    /// New and widened tiles of hashes.
    pub hash_tiles: Vec<NewTile>,
    /// New and widened entry bundles.
    pub entry_bundles: Vec<NewTile>,
}

impl Growth {
    /// Hash tiles, then entry bundles.
    pub fn tiles(&self) -> impl Iterator<Item = &NewTile> {
        self.hash_tiles.iter().chain(&self.entry_bundles)
    }
}

/// Appends entries to the tree `old`.
///
/// # Errors
/// If an entry is longer than [`crate::MAX_ENTRY_BYTES`], a tile cannot be read, or the stored tiles do not belong
/// to `old`.
pub fn append<R, E>(reader: &R, old: &TreeHead, entries: &[E]) -> Result<Growth, Error>
where
    R: TileReader + ?Sized,
    E: AsRef<[u8]>,
{
    let added = u64::try_from(entries.len()).map_err(|_| Error::TooLarge)?;
    let size = checked_size(old.size.saturating_add(added))?;
    let mut edge = read_edge(reader, old)?;
    let entry_bundles = grow_bundles(reader, old.size, &edge, entries)?;
    let hash_tiles = grow_levels(&mut edge, old.size, entries)?;
    let head = TreeHead {
        size,
        root: root_of_edge(&edge),
    };
    Ok(Growth {
        first_index: old.size,
        head,
        hash_tiles,
        entry_bundles,
    })
}

/// The tiles that [`append`] reads for a tree of `size` leaves: at most one of each level, and one bundle.
///
/// # Errors
/// If the tree is larger than [`MAX_TREE_SIZE`].
pub fn tiles_for_append(size: u64) -> Result<Vec<TilePath>, Error> {
    let mut paths: Vec<_> = edge_paths(size)?.into_iter().flatten().collect();
    paths.extend(partial_bundle(size)?);
    Ok(paths)
}

/// The root of the stored tree of `size` leaves, computed from its right edge.
///
/// # Errors
/// If a tile cannot be read.
pub fn root<R: TileReader + ?Sized>(reader: &R, size: u64) -> Result<Hash, Error> {
    Ok(root_of_edge(&read_partials(reader, size)?))
}

pub(crate) fn checked_size(size: u64) -> Result<u64, Error> {
    if size <= MAX_TREE_SIZE {
        Ok(size)
    } else {
        Err(Error::TooLarge)
    }
}

/// The partial tiles of a tree, lowest level first; empty bytes where a level ends with a full tile.
pub(crate) type Edge = Vec<Vec<u8>>;

/// Reads the partial tiles and checks them against the root.
pub(crate) fn read_edge<R: TileReader + ?Sized>(reader: &R, head: &TreeHead) -> Result<Edge, Error> {
    let edge = read_partials(reader, head.size)?;
    if root_of_edge(&edge) == head.root {
        Ok(edge)
    } else {
        Err(Error::NotTheTree { size: head.size })
    }
}

fn read_partials<R: TileReader + ?Sized>(reader: &R, size: u64) -> Result<Edge, Error> {
    let tiles = edge_paths(size)?.into_iter().map(|path| match path {
        Some(path) => Ok(read(reader, path)?),
        None => Ok(Vec::new()),
    });
    tiles.collect()
}

/// Of each level the path of its partial tile, if it has one.
pub(crate) fn edge_paths(size: u64) -> Result<Vec<Option<TilePath>>, Error> {
    checked_size(size)?;
    let levels = (0_u8..).take_while(|&level| hashes_at(size, level) > 0);
    levels
        .map(|level| {
            last_tile(size, level)
                .map(|(index, width)| TilePath::hashes(level, index, width))
                .transpose()
        })
        .collect()
}

fn partial_bundle(size: u64) -> Result<Option<TilePath>, Error> {
    last_tile(size, 0)
        .map(|(index, width)| TilePath::entries(index, width))
        .transpose()
}

/// Index and width of the partial tile of a level.
fn last_tile(size: u64, level: u8) -> Option<(u64, u16)> {
    let index = hashes_at(size, level) / u64::from(TILE_WIDTH);
    width_in(size, level, index).map(|width| (index, width))
}

/// Folds the right edge into the root (RFC 6962, section 2.1): the set bits of the size, read from the
/// lowest, are the perfect subtrees from right to left.
pub(crate) fn root_of_edge(edge: &[Vec<u8>]) -> Hash {
    let mut right: Option<Hash> = None;
    for tile in edge {
        let mut end = tile.len() / HASH_SIZE;
        while end > 0 {
            let run = 1 << end.trailing_zeros();
            let left = Tile::subtree_hash(&tile[(end - run) * HASH_SIZE..end * HASH_SIZE]);
            right = Some(right.map_or(left, |right| node_hash(left, right)));
            end -= run;
        }
    }
    right.unwrap_or(EMPTY_HASH)
}

/// Extends each level with the hashes of the tiles that became full below it, until nothing is new.
fn grow_levels<E: AsRef<[u8]>>(edge: &mut Edge, old_size: u64, entries: &[E]) -> Result<Vec<NewTile>, Error> {
    let mut tiles = Vec::new();
    let mut fresh: Vec<u8> = entries
        .iter()
        .flat_map(|entry| record_hash(entry.as_ref()).0)
        .collect();
    let mut level = 0;
    while !fresh.is_empty() {
        if edge.len() == usize::from(level) {
            edge.push(Vec::new());
        }
        let first_tile = hashes_at(old_size, level) / u64::from(TILE_WIDTH);
        fresh = grow_level(
            &mut edge[usize::from(level)],
            fresh,
            level,
            first_tile,
            &mut tiles,
        )?;
        level += 1;
    }
    Ok(tiles)
}

/// Extends one level, leaves its partial tile in `row`, and returns the hashes of the tiles now full.
fn grow_level(
    row: &mut Vec<u8>,
    mut fresh: Vec<u8>,
    level: u8,
    mut index: u64,
    tiles: &mut Vec<NewTile>,
) -> Result<Vec<u8>, Error> {
    row.append(&mut fresh);
    let partial = row.split_off(row.len() - row.len() % FULL_TILE_BYTES);
    for bytes in std::mem::replace(row, partial).chunks_exact(FULL_TILE_BYTES) {
        fresh.extend_from_slice(&Tile::subtree_hash(bytes).0);
        tiles.push(NewTile {
            path: TilePath::hashes(level, index, TILE_WIDTH)?,
            bytes: bytes.to_vec(),
        });
        index += 1;
    }
    if !row.is_empty() {
        let width = u16::try_from(row.len() / HASH_SIZE).map_err(|_| Error::TooLarge)?;
        tiles.push(NewTile {
            path: TilePath::hashes(level, index, width)?,
            bytes: row.clone(),
        });
    }
    Ok(fresh)
}

/// Widens the partial bundle and writes the following ones.
fn grow_bundles<R, E>(reader: &R, old_size: u64, edge: &Edge, entries: &[E]) -> Result<Vec<NewTile>, Error>
where
    R: TileReader + ?Sized,
    E: AsRef<[u8]>,
{
    let mut bundle = read_partial_bundle(reader, old_size, edge)?;
    let mut size = old_size;
    let mut bundles = Vec::new();
    for (position, entry) in entries.iter().enumerate() {
        push_entry(&mut bundle, entry.as_ref())?;
        let index = size / u64::from(TILE_WIDTH);
        size += 1;
        if size.is_multiple_of(u64::from(TILE_WIDTH)) || position + 1 == entries.len() {
            let width = u16::try_from(size - index * u64::from(TILE_WIDTH)).map_err(|_| Error::TooLarge)?;
            let path = TilePath::entries(index, width)?;
            bundles.push(NewTile {
                path,
                bytes: std::mem::take(&mut bundle),
            });
        }
    }
    Ok(bundles)
}

/// Reads the partial bundle and checks its entries against the leaf hashes of the (verified) edge.
fn read_partial_bundle<R: TileReader + ?Sized>(reader: &R, size: u64, edge: &Edge) -> Result<Vec<u8>, Error> {
    let Some(path) = partial_bundle(size)? else {
        return Ok(Vec::new());
    };
    let bytes = read(reader, path)?;
    let leaves = edge
        .first()
        .map_or(&[][..], Vec::as_slice)
        .chunks_exact(HASH_SIZE);
    let entries = parse_bundle(&bytes)?;
    let differs = entries
        .iter()
        .zip(leaves)
        .position(|(entry, leaf)| record_hash(entry).0 != leaf);
    match differs.and_then(|position| u64::try_from(position).ok()) {
        Some(position) => Err(Error::WrongEntry {
            index: size - u64::from(path.width()) + position,
        }),
        None => Ok(bytes),
    }
}

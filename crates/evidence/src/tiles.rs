//! Where tiles come from.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use tlog_tiles::HASH_SIZE;

use crate::entry::parse_bundle;
use crate::error::ReadError;
use crate::path::{TileKind, TilePath};
use crate::tree::{Growth, NewTile};

/// Read access to the tiles and entry bundles of a log; implemented by the caller over its storage.
///
/// A reader may be asked for a narrower tile than the one stored by now (that of an earlier tree). A store
/// that keeps only the widest version of each tile answers with [`TilePath::cut`].
///
/// Storage that must be awaited: first fetch what [`crate::tiles_for_append`],
/// [`crate::tiles_for_inclusion`] or [`crate::tiles_for_consistency`] name into a [`MemoryTiles`].
pub trait TileReader {
    /// The bytes of exactly this tile: `width` hashes of 32 bytes, or `width` entries, each with its
    /// big-endian 16-bit length.
    ///
    /// # Errors
    /// If the tile is missing or the storage fails.
    fn tile(&self, path: TilePath) -> Result<Vec<u8>, ReadError>;
}

impl<R: TileReader + ?Sized> TileReader for &R {
    fn tile(&self, path: TilePath) -> Result<Vec<u8>, ReadError> {
        (**self).tile(path)
    }
}

/// Reads a tile and makes sure that it has the length or the number of entries its path promises.
pub(crate) fn read<R: TileReader + ?Sized>(reader: &R, path: TilePath) -> Result<Vec<u8>, ReadError> {
    let bytes = reader.tile(path)?;
    let width = usize::from(path.width());
    let fits = match path.kind() {
        TileKind::Hashes { .. } => bytes.len() == width * HASH_SIZE,
        TileKind::Entries => parse_bundle(&bytes).is_ok_and(|entries| entries.len() == width),
    };
    if fits {
        Ok(bytes)
    } else {
        Err(ReadError::Damaged(path))
    }
}

/// Tiles in memory, the widest version of each: for tests, for audits, and to gather tiles fetched from
/// storage that must be awaited.
#[derive(Debug, Clone, Default)]
pub struct MemoryTiles {
    tiles: BTreeMap<(TileKind, u64), (TilePath, Vec<u8>)>,
}

impl MemoryTiles {
    /// Keeps a tile, unless a wider version of it is already there.
    pub fn insert(&mut self, path: TilePath, bytes: Vec<u8>) {
        let key = (path.kind(), path.index());
        if self
            .tiles
            .get(&key)
            .is_none_or(|(held, _)| held.width() <= path.width())
        {
            self.tiles.insert(key, (path, bytes));
        }
    }

    /// Keeps everything that an [`crate::append`] brought forth.
    pub fn store(&mut self, growth: &Growth) {
        for NewTile { path, bytes } in growth.tiles() {
            self.insert(*path, bytes.clone());
        }
    }

    /// Forgets a tile in every width, and says whether it was there.
    pub fn remove(&mut self, kind: TileKind, index: u64) -> bool {
        self.tiles.remove(&(kind, index)).is_some()
    }

    /// The stored tiles, each in its widest version.
    pub fn iter(&self) -> impl Iterator<Item = (TilePath, &[u8])> {
        self.tiles.values().map(|(path, bytes)| (*path, bytes.as_slice()))
    }
}

impl TileReader for MemoryTiles {
    fn tile(&self, path: TilePath) -> Result<Vec<u8>, ReadError> {
        let (held, bytes) = self
            .tiles
            .get(&(path.kind(), path.index()))
            .ok_or(ReadError::Missing(path))?;
        match held.width().cmp(&path.width()) {
            Ordering::Less => Err(ReadError::Missing(path)),
            // Handed out as it is: a cut would hide what was added behind it.
            Ordering::Equal => Ok(bytes.clone()),
            Ordering::Greater => path
                .cut(bytes)
                .map(<[u8]>::to_vec)
                .ok_or(ReadError::Damaged(path)),
        }
    }
}

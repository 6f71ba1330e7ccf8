//! Inclusion and consistency proofs (RFC 6962, sections 2.1.1 and 2.1.2).
//!
//! Proofs are made from tiles that are first authenticated against the root of the tree, so a damaged
//! store yields an error and never a proof that fails at the verifier's.

use std::cell::RefCell;

use tlog_tiles::{
    EMPTY_HASH, Error as TlogError, HASH_SIZE, Hash, Tile, TileHashReader, TileReader as TlogReader,
    check_record, check_tree, prove_record, prove_tree, record_hash,
};

use crate::entry::parse_bundle;
use crate::error::{Error, ReadError};
use crate::path::{TILE_HEIGHT, TileKind, TilePath, width_in};
use crate::tiles::{TileReader, read};
use crate::tree::{TreeHead, checked_size};

/// No proof in a tree of 64-bit size is longer; longer ones are refused unread.
pub(crate) const MAX_PROOF_HASHES: usize = 64;

/// Proves that leaf `index` is in the tree: the hashes from the leaf's sibling up to the root's child.
///
/// # Errors
/// If the tree has no such leaf, a tile cannot be read, or the tiles do not belong to the tree.
pub fn inclusion_proof<R: TileReader + ?Sized>(
    reader: &R,
    index: u64,
    head: &TreeHead,
) -> Result<Vec<Hash>, Error> {
    check_index(index, head.size)?;
    with_hashes(reader, head, |hashes| prove_record(head.size, index, hashes))
}

/// Proves that the tree of `old_size` leaves is a prefix of the tree `head`. The proof from the empty tree
/// is empty.
///
/// # Errors
/// If the old tree is larger, a tile cannot be read, or the tiles do not belong to the tree.
pub fn consistency_proof<R: TileReader + ?Sized>(
    reader: &R,
    old_size: u64,
    head: &TreeHead,
) -> Result<Vec<Hash>, Error> {
    check_old_size(old_size, head.size)?;
    if old_size == 0 {
        return Ok(Vec::new());
    }
    with_hashes(reader, head, |hashes| prove_tree(head.size, old_size, hashes))
}

/// The tiles that [`inclusion_proof`] reads.
///
/// # Errors
/// If the tree has no such leaf.
pub fn tiles_for_inclusion(index: u64, size: u64) -> Result<Vec<TilePath>, Error> {
    check_index(index, size)?;
    planned(size, |hashes| prove_record(size, index, hashes))
}

/// The tiles that [`consistency_proof`] reads.
///
/// # Errors
/// If the old tree is larger.
pub fn tiles_for_consistency(old_size: u64, size: u64) -> Result<Vec<TilePath>, Error> {
    check_old_size(old_size, size)?;
    if old_size == 0 {
        return Ok(Vec::new());
    }
    planned(size, |hashes| prove_tree(size, old_size, hashes))
}

/// Verifies that `leaf` (a leaf hash) is leaf `index` of the tree `head`. Needs nothing but its arguments.
///
/// # Errors
/// [`Error::ProofFails`] if it is not, [`Error::OutOfRange`] if the tree has no such leaf.
pub fn verify_inclusion(leaf: Hash, index: u64, proof: &[Hash], head: &TreeHead) -> Result<(), Error> {
    if index >= head.size {
        return Err(Error::OutOfRange {
            asked: index,
            size: head.size,
        });
    }
    let proof = checked_proof(proof)?;
    check_record(&proof, head.size, head.root, index, leaf).map_err(|_| Error::ProofFails)
}

/// Verifies that the tree `old` is a prefix of the tree `new`. Needs nothing but its arguments.
///
/// # Errors
/// [`Error::ProofFails`] if it is not, [`Error::OutOfRange`] if the old tree is larger than the new one.
pub fn verify_consistency(old: &TreeHead, new: &TreeHead, proof: &[Hash]) -> Result<(), Error> {
    if old.size > new.size {
        return Err(Error::OutOfRange {
            asked: old.size,
            size: new.size,
        });
    }
    if old.size == 0 {
        // Every tree begins with the empty one; RFC 6962 defines no proof for it.
        let holds = proof.is_empty() && old.root == EMPTY_HASH && (new.size > 0 || new.root == EMPTY_HASH);
        return if holds { Ok(()) } else { Err(Error::ProofFails) };
    }
    let proof = checked_proof(proof)?;
    check_tree(&proof, new.size, new.root, old.size, old.root).map_err(|_| Error::ProofFails)
}

/// A reader that hands out only what it has checked against the root of a tree: hash tiles through their
/// parents, entries through their leaf hashes. For tiles from a cache, a mirror or another's log.
pub struct VerifiedTiles<'a, R: ?Sized> {
    reader: &'a R,
    head: TreeHead,
}

impl<'a, R: TileReader + ?Sized> VerifiedTiles<'a, R> {
    /// Checks everything that is read from `reader` against `head`.
    pub fn new(reader: &'a R, head: TreeHead) -> Self {
        Self { reader, head }
    }

    fn hashes(&self, level: u8, path: TilePath) -> Result<Vec<u8>, ReadError> {
        let width = width_in(self.head.size, level, path.index()).filter(|&there| path.width() <= there);
        if width.is_none() || checked_size(self.head.size).is_err() {
            return Err(ReadError::Missing(path));
        }
        let tile = Tile::new(TILE_HEIGHT, level, path.index(), u32::from(path.width()), false);
        with_hashes(self.reader, &self.head, |hashes| tile.read_data(hashes)).map_err(|error| match error {
            Error::Read(cause) => cause,
            _ => ReadError::Damaged(path),
        })
    }

    fn entries(&self, path: TilePath) -> Result<Vec<u8>, ReadError> {
        let leaves = TilePath::hashes(0, path.index(), path.width()).map_err(|_| ReadError::Missing(path))?;
        let leaves = self.hashes(0, leaves)?;
        let bytes = read(self.reader, path)?;
        let entries = parse_bundle(&bytes).map_err(|_| ReadError::Damaged(path))?;
        let mut pairs = entries.iter().zip(leaves.chunks_exact(HASH_SIZE));
        if pairs.all(|(entry, leaf)| record_hash(entry).0 == leaf) {
            Ok(bytes)
        } else {
            Err(ReadError::Damaged(path))
        }
    }
}

impl<R: TileReader + ?Sized> TileReader for VerifiedTiles<'_, R> {
    fn tile(&self, path: TilePath) -> Result<Vec<u8>, ReadError> {
        match path.kind() {
            TileKind::Hashes { level } => self.hashes(level, path),
            TileKind::Entries => self.entries(path),
        }
    }
}

fn check_index(index: u64, size: u64) -> Result<(), Error> {
    checked_size(size)?;
    if index < size {
        Ok(())
    } else {
        Err(Error::OutOfRange { asked: index, size })
    }
}

fn check_old_size(old_size: u64, size: u64) -> Result<(), Error> {
    checked_size(size)?;
    if old_size <= size {
        Ok(())
    } else {
        Err(Error::OutOfRange {
            asked: old_size,
            size,
        })
    }
}

fn checked_proof(proof: &[Hash]) -> Result<Vec<Hash>, Error> {
    if proof.len() <= MAX_PROOF_HASHES {
        Ok(proof.to_vec())
    } else {
        Err(Error::ProofFails)
    }
}

/// Runs `make` over hashes that are authenticated against the root of `head`.
fn with_hashes<R: TileReader + ?Sized, T>(
    reader: &R,
    head: &TreeHead,
    make: impl FnOnce(&TileHashReader<'_>) -> Result<T, TlogError>,
) -> Result<T, Error> {
    let bridge = Bridge {
        reader,
        failure: RefCell::new(None),
    };
    let result = make(&TileHashReader::new(head.size, head.root, &bridge));
    result.map_err(|_| match bridge.failure.into_inner() {
        Some(failure) => Error::Read(failure),
        None => Error::NotTheTree { size: head.size },
    })
}

/// Which tiles `make` would read. Each proof reads its tiles in one call, so the first call tells all.
fn planned<T>(
    size: u64,
    make: impl FnOnce(&TileHashReader<'_>) -> Result<T, TlogError>,
) -> Result<Vec<TilePath>, Error> {
    let plan = Plan {
        tiles: RefCell::new(Vec::new()),
    };
    // The run ends at its first read, before the root (here a placeholder) is looked at.
    let _ended_at_first_read = make(&TileHashReader::new(size, EMPTY_HASH, &plan));
    plan.tiles.into_inner().iter().map(TilePath::of).collect()
}

/// Offers a [`TileReader`] of this crate to `tlog_tiles`, whose errors cannot carry the cause of a failure.
struct Bridge<'a, R: ?Sized> {
    reader: &'a R,
    failure: RefCell<Option<ReadError>>,
}

impl<R: TileReader + ?Sized> TlogReader for Bridge<'_, R> {
    fn height(&self) -> u8 {
        TILE_HEIGHT
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, TlogError> {
        let read_one = |tile| {
            let path = TilePath::of(tile).map_err(|_| TlogError::InvalidTile)?;
            read(self.reader, path).map_err(|failure| {
                self.failure.replace(Some(failure));
                TlogError::InvalidTile
            })
        };
        tiles.iter().map(read_one).collect()
    }

    fn save_tiles(&self, _tiles: &[Tile], _data: &[Vec<u8>]) {}
}

/// Notes which tiles are asked for, and gives none.
struct Plan {
    tiles: RefCell<Vec<Tile>>,
}

impl TlogReader for Plan {
    fn height(&self) -> u8 {
        TILE_HEIGHT
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, TlogError> {
        self.tiles.replace(tiles.to_vec());
        Err(TlogError::InvalidTile)
    }

    fn save_tiles(&self, _tiles: &[Tile], _data: &[Vec<u8>]) {}
}

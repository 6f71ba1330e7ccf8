//! Inclusion and consistency proofs (RFC 6962, sections 2.1.1 and 2.1.2).
//!
//! Proofs are made from tiles that are first authenticated against the root of the tree, so a damaged
//! store yields an error and never a proof that fails at the verifier's. `tlog_tiles` has a reader for this
//! (`TileHashReader`), but its version 0.2.0 leaves tiles unauthenticated when several subtrees of the root
//! lie in one tile; the tests here found it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use tlog_tiles::{
    EMPTY_HASH, Error as TlogError, HASH_SIZE, Hash, HashReader, Tile, check_record, check_tree,
    prove_record, prove_tree, record_hash,
};

use crate::entry::parse_bundle;
use crate::error::{Error, ReadError};
use crate::path::{TILE_HEIGHT, TILE_WIDTH, TileKind, TilePath, width_in};
use crate::tiles::{TileReader, read};
use crate::tree::{TreeHead, checked_size, edge_paths, read_edge};

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
    prove(reader, head, |hashes| prove_record(head.size, index, hashes))
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
    prove(reader, head, |hashes| prove_tree(head.size, old_size, hashes))
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
        let size = self.head.size;
        let whole = path_in(size, level, path.index()).filter(|_| checked_size(size).is_ok());
        let whole = whole
            .filter(|whole| path.width() <= whole.width())
            .ok_or(ReadError::Missing(path))?;
        self.authentic(whole)
            .map_err(|error| match error {
                Error::Read(cause) => cause,
                _ => ReadError::Damaged(path),
            })
            .and_then(|bytes| {
                path.cut(&bytes)
                    .map(<[u8]>::to_vec)
                    .ok_or(ReadError::Damaged(path))
            })
    }

    fn authentic(&self, path: TilePath) -> Result<Vec<u8>, Error> {
        let mut paths = Vec::new();
        with_ancestors(self.head.size, path, &mut paths)?;
        let mut authentic = AuthenticTiles::read(self.reader, &self.head, &paths)?;
        authentic
            .tiles
            .remove(&path)
            .ok_or(Error::NotTheTree { size: self.head.size })
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

/// Makes a proof from tiles that are all authenticated against the root first.
fn prove<R: TileReader + ?Sized>(
    reader: &R,
    head: &TreeHead,
    make: impl Fn(&Hashes<'_>) -> Result<Vec<Hash>, TlogError>,
) -> Result<Vec<Hash>, Error> {
    let tiles = AuthenticTiles::read(reader, head, &planned(head.size, &make)?)?;
    make(&Hashes(&tiles)).map_err(|_| Error::NotTheTree { size: head.size })
}

/// Which tiles `make` needs. Each proof asks for its hashes in one call, so the first call tells all.
fn planned(
    size: u64,
    make: impl Fn(&Hashes<'_>) -> Result<Vec<Hash>, TlogError>,
) -> Result<Vec<TilePath>, Error> {
    let plan = Plan {
        asked: RefCell::default(),
    };
    let _ends_at_its_first_read = make(&Hashes(&plan));
    let asked = plan.asked.into_inner();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let mut paths: Vec<TilePath> = edge_paths(size)?.into_iter().flatten().collect();
    for index in asked {
        with_ancestors(size, tile_of(size, index).ok_or(Error::TooLarge)?, &mut paths)?;
    }
    Ok(paths)
}

/// The tile, in its width in a tree of `size` leaves, that holds a hash or the hashes it is computed from.
fn tile_of(size: u64, stored_hash_index: u64) -> Option<TilePath> {
    let tile = Tile::from_index(TILE_HEIGHT, stored_hash_index);
    path_in(size, tile.level(), tile.level_index())
}

fn path_in(size: u64, level: u8, index: u64) -> Option<TilePath> {
    TilePath::hashes(level, index, width_in(size, level, index)?).ok()
}

/// Adds a tile after all the tiles above it that are needed to authenticate it.
fn with_ancestors(size: u64, path: TilePath, paths: &mut Vec<TilePath>) -> Result<(), Error> {
    if paths.contains(&path) {
        return Ok(());
    }
    if let (true, Some(parent)) = (path.is_full(), parent_of(size, path)) {
        with_ancestors(size, parent, paths)?;
    }
    paths.push(path);
    Ok(())
}

/// The tile that holds the hash of a full tile.
fn parent_of(size: u64, path: TilePath) -> Option<TilePath> {
    match path.kind() {
        TileKind::Hashes { level } => path_in(size, level + 1, path.index() / u64::from(TILE_WIDTH)),
        TileKind::Entries => None,
    }
}

/// Tiles of hashes that were authenticated against the root: the partial ones by the root itself, each full
/// one by the hash that stands for it in the tile above.
struct AuthenticTiles {
    size: u64,
    tiles: BTreeMap<TilePath, Vec<u8>>,
}

impl AuthenticTiles {
    /// Reads the right edge of the tree and these further tiles, which are listed after their ancestors.
    fn read<R: TileReader + ?Sized>(reader: &R, head: &TreeHead, paths: &[TilePath]) -> Result<Self, Error> {
        let mut authentic = Self {
            size: head.size,
            tiles: BTreeMap::new(),
        };
        if paths.is_empty() {
            return Ok(authentic);
        }
        let edge = edge_paths(head.size)?.into_iter().zip(read_edge(reader, head)?);
        authentic
            .tiles
            .extend(edge.filter_map(|(path, bytes)| path.map(|path| (path, bytes))));
        for &path in paths {
            if !authentic.tiles.contains_key(&path) {
                let bytes = read(reader, path)?;
                if authentic.hash_above(path) != Some(&Tile::subtree_hash(&bytes).0) {
                    return Err(Error::Read(ReadError::Damaged(path)));
                }
                authentic.tiles.insert(path, bytes);
            }
        }
        Ok(authentic)
    }

    /// The hash of a full tile in the tile above it.
    fn hash_above(&self, path: TilePath) -> Option<&[u8; HASH_SIZE]> {
        let above = self.tiles.get(&parent_of(self.size, path)?)?;
        let position = usize::try_from(path.index() % u64::from(TILE_WIDTH)).ok()?;
        above.get(position * HASH_SIZE..)?.first_chunk()
    }
}

impl HashReader for AuthenticTiles {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, TlogError> {
        let hash = |&index| {
            let path = tile_of(self.size, index).ok_or(TlogError::IndexesNotInTree)?;
            let bytes = self.tiles.get(&path).ok_or(TlogError::InvalidTile)?;
            let TileKind::Hashes { level } = path.kind() else {
                return Err(TlogError::InvalidTile);
            };
            let tile = Tile::new(TILE_HEIGHT, level, path.index(), u32::from(path.width()), false);
            tile.hash_at_index(bytes, index)
        };
        indexes.iter().map(hash).collect()
    }
}

/// Notes which hashes are asked for, and gives none.
struct Plan {
    asked: RefCell<Vec<u64>>,
}

impl HashReader for Plan {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, TlogError> {
        self.asked.replace(indexes.to_vec());
        Err(TlogError::IndexesNotInTree)
    }
}

/// Either of the two, for functions that take one type.
struct Hashes<'a>(&'a dyn HashReader);

impl HashReader for Hashes<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, TlogError> {
        self.0.read_hashes(indexes)
    }
}

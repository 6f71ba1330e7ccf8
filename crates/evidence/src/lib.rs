//! A transparency log as [C2SP tlog-tiles](https://c2sp.org/tlog-tiles), usable on its own.
//!
//! The log is an append-only Merkle tree (RFC 6962, section 2.1, SHA-256) published as static tiles, with a
//! [checkpoint](https://c2sp.org/tlog-checkpoint) signed as a [note](https://c2sp.org/signed-note), optional
//! [witness cosignatures](https://c2sp.org/tlog-cosignature), and
//! [proofs that verify offline](https://c2sp.org/tlog-proof).
//!
//! The crate knows no database, no HTTP, no clock and no randomness. The caller keeps the tiles and answers
//! [`TileReader`]; [`append`] returns everything that changed as one value, so that one transaction can
//! store tiles, entry bundles and checkpoint together:
//!
//! ```
//! use evidence::{Checkpoint, EntryHash, LogKey, MemoryTiles, ProofBundle, TreeHead, Trust, append, leaf_hash};
//!
//! # fn main() -> Result<(), evidence::Error> {
//! let key = LogKey::from_seed("log.example/safety", &[7; 32])?;
//! let mut tiles = MemoryTiles::default();
//! let entry = EntryHash::of(&[1; 16], b"{\"licence\":\"issued\"}");
//!
//! let growth = append(&tiles, &TreeHead::EMPTY, &[entry])?;
//! tiles.store(&growth);
//! let signed = key.sign(Checkpoint::new("log.example/safety", growth.head)?)?;
//!
//! let bundle = ProofBundle::prove(&tiles, 0, signed)?;
//! let trust = Trust::new("log.example/safety", key.verifier());
//! let verified = bundle.verify(leaf_hash(&entry), &trust)?;
//! assert_eq!(verified.checkpoint.head(), growth.head);
//! # Ok(()) }
//! ```

mod audit;
mod bundle;
mod canonical;
mod checkpoint;
mod entry;
mod error;
mod keys;
mod path;
mod proof;
mod tiles;
mod tree;
mod trust;

pub use audit::{Fault, check_tiles, rebuild};
pub use bundle::ProofBundle;
pub use canonical::canonical_json;
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use entry::{EntryHash, MAX_ENTRY_BYTES, leaf_hash, parse_bundle};
pub use error::{Error, ReadError};
pub use keys::{LogKey, LogVerifier, WitnessKey, WitnessVerifier};
pub use path::{TILE_WIDTH, TileKind, TilePath};
pub use proof::{
    VerifiedTiles, consistency_proof, inclusion_proof, tiles_for_consistency, tiles_for_inclusion,
    verify_consistency, verify_inclusion,
};
pub use tiles::{MemoryTiles, TileReader};
/// A SHA-256 hash of the tree; `Display` is standard Base64, as in checkpoints and proofs.
pub use tlog_tiles::Hash;
pub use tree::{Growth, MAX_TREE_SIZE, NewTile, TreeHead, append, root, tiles_for_append};
pub use trust::{Cosigned, Trust, Verified};

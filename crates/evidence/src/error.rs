use signed_note::NoteError;
use thiserror::Error;

use crate::path::TilePath;

/// What can go wrong while growing, proving, signing or verifying a log.
#[derive(Debug, Error)]
pub enum Error {
    /// A tile could not be had.
    #[error("the log could not be read")]
    Read(#[from] ReadError),
    /// The stored tiles do not hash to the tree head they were read for. Nothing may be built on them.
    #[error("the stored tiles do not hash to the root of the tree of {size} leaves")]
    NotTheTree {
        /// Leaves in the tree that was expected.
        size: u64,
    },
    /// A stored entry does not hash to its leaf.
    #[error("entry {index} does not hash to its leaf")]
    WrongEntry {
        /// Zero-based index of the entry in the log.
        index: u64,
    },
    /// An entry longer than its 16-bit length prefix can say.
    #[error("an entry of {0} bytes; at most 65535 are allowed")]
    EntryTooLong(usize),
    /// A tree larger than [`crate::MAX_TREE_SIZE`].
    #[error("a tree of more leaves than this library handles")]
    TooLarge,
    /// An index or an old size that the tree does not reach.
    #[error("{asked} lies outside a tree of {size} leaves")]
    OutOfRange {
        /// The leaf index or old tree size that was asked for.
        asked: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// An inclusion or consistency proof that does not lead to the root.
    #[error("the proof does not lead to the root of the tree")]
    ProofFails,
    /// Text or bytes that do not follow their specification.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// A key text whose name, key id or key material do not fit together.
    #[error("malformed {0}")]
    Key(&'static str),
    /// A signature of a known key fails, or a known key is ambiguous.
    #[error("the checkpoint has a bad signature")]
    Signature(#[source] NoteError),
    /// None of the log's keys signed the checkpoint.
    #[error("the checkpoint is not signed by the log")]
    NotSignedByLog,
    /// The checkpoint belongs to another log.
    #[error("the checkpoint is of another log: {found}")]
    WrongOrigin {
        /// The origin line of the checkpoint.
        found: String,
    },
    /// Fewer known witnesses cosigned than the policy asks for.
    #[error("{have} known witnesses cosigned the checkpoint; {need} are required")]
    TooFewWitnesses {
        /// Valid cosignatures of known witnesses.
        have: usize,
        /// Cosignatures that the policy requires.
        need: usize,
    },
    /// An integer that a double cannot hold exactly: RFC 8785 would silently round it.
    #[error("the integer {0} has no exact canonical form; write it as a string")]
    InexactInteger(String),
    /// A JSON value that has no canonical form.
    #[error("the JSON value has no canonical form")]
    NotCanonical(#[source] serde_json::Error),
}

/// Why a reader has no tile to give.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The tile is not stored.
    #[error("tile {0} is missing")]
    Missing(TilePath),
    /// The stored bytes do not have the shape their path promises, or do not belong to the tree.
    #[error("tile {0} is damaged")]
    Damaged(TilePath),
    /// The storage itself failed.
    #[error("tile {path} could not be read")]
    Storage {
        /// The tile that was asked for.
        path: TilePath,
        /// The storage's own error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

//! What the log tells. Pure.

use kernel::Moment;
use serde::Serialize;
use utoipa::ToSchema;

/// How far the log has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedUpTo {
    /// Leaves in the signed tree.
    pub size: u64,
    /// Events sealed by this run.
    pub sealed: u64,
}

/// A log that goes on under another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Renamed {
    /// Former origin line.
    pub from: String,
    /// Origin line from now on.
    pub to: String,
    /// Leaves at the change.
    pub size: u64,
}

/// What waits for its place in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsealed {
    /// Events.
    pub events: u64,
    /// When the oldest of them happened.
    pub oldest: Option<Moment>,
}

/// Proof that an event is in the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Proof {
    /// Place in the log.
    pub index: u64,
    /// The entry: SHA-256 of salt and event, hex.
    pub entry: String,
    /// Proof in the format C2SP tlog-proof, with the signed checkpoint.
    pub bundle: String,
    /// When the event happened.
    pub at: Moment,
    /// Leaves of the tree that proves it.
    pub tree_size: u64,
    /// When that tree was signed.
    pub sealed_at: Option<Moment>,
}

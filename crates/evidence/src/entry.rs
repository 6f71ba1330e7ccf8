//! Entries, their leaf hashes, and the bundles they are published in.

use sha2::{Digest, Sha256};
use tlog_tiles::{Hash, record_hash};

use crate::error::Error;

/// The longest entry that a bundle can hold: its length is a 16-bit number.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

/// A log entry that reveals nothing: SHA-256 over a secret random salt and the canonical bytes of a record.
///
/// The salt keeps guessable records (a licence number, a decision) from being found by trial. Whoever holds
/// record and salt can show that the record was logged; deleting the salt makes the entry meaningless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryHash(pub [u8; 32]);

impl EntryHash {
    /// `SHA-256(salt || canonical)`; `canonical` usually comes from [`crate::canonical_json`].
    #[must_use]
    pub fn of(salt: &[u8; 16], canonical: &[u8]) -> Self {
        // The salt has a fixed length, so the concatenation can be read in one way only.
        Self(
            Sha256::new()
                .chain_update(salt)
                .chain_update(canonical)
                .finalize()
                .into(),
        )
    }
}

impl AsRef<[u8]> for EntryHash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The leaf hash of an entry: `SHA-256(0x00 || entry)` (RFC 6962, section 2.1).
#[must_use]
pub fn leaf_hash(entry: impl AsRef<[u8]>) -> Hash {
    record_hash(entry.as_ref())
}

/// Splits an entry bundle into its entries (tlog-tiles, "Log entries").
///
/// # Errors
/// If the bytes are not a sequence of length-prefixed entries to the very end.
pub fn parse_bundle(bytes: &[u8]) -> Result<Vec<&[u8]>, Error> {
    let mut entries = Vec::with_capacity(bytes.len() / 34);
    let mut rest = bytes;
    while !rest.is_empty() {
        let (entry, after) = split_entry(rest).ok_or(Error::Malformed("entry bundle"))?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

/// The first `count` entries of a bundle, still encoded.
pub(crate) fn bundle_prefix(bytes: &[u8], count: u16) -> Option<&[u8]> {
    let mut rest = bytes;
    for _ in 0..count {
        rest = split_entry(rest)?.1;
    }
    bytes.get(..bytes.len() - rest.len())
}

fn split_entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// Appends one entry with its big-endian 16-bit length to a bundle.
pub(crate) fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), Error> {
    let length = u16::try_from(entry.len()).map_err(|_| Error::EntryTooLong(entry.len()))?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

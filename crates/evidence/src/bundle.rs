//! Proofs that verify offline (tlog-proof): entry index, inclusion proof and checkpoint in one text.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;
use tlog_tiles::Hash;

use crate::checkpoint::SignedCheckpoint;
use crate::error::Error;
use crate::proof::{MAX_PROOF_HASHES, inclusion_proof, verify_inclusion};
use crate::tiles::TileReader;
use crate::trust::{Trust, Verified};

const HEADER: &str = "c2sp.org/tlog-proof@v1\n";

/// Shows without network that an entry is in a log. `Display` and `FromStr` are the text form; files of it
/// are named `*.tlog-proof`.
#[derive(Debug, Clone, PartialEq)]
pub struct ProofBundle {
    /// Application data that comes along **unauthenticated**, for instance the salt of an
    /// [`crate::EntryHash`].
    pub extra: Option<Vec<u8>>,
    /// Zero-based index of the entry in the log.
    pub index: u64,
    /// From the leaf's sibling to the root's child.
    pub proof: Vec<Hash>,
    /// The tree that the entry is proved to be in.
    pub checkpoint: SignedCheckpoint,
}

impl ProofBundle {
    /// Proves entry `index` under a checkpoint.
    ///
    /// # Errors
    /// As [`inclusion_proof`].
    pub fn prove<R>(reader: &R, index: u64, checkpoint: SignedCheckpoint) -> Result<Self, Error>
    where
        R: TileReader + ?Sized,
    {
        let proof = inclusion_proof(reader, index, &checkpoint.unverified().head())?;
        Ok(Self {
            extra: None,
            index,
            proof,
            checkpoint,
        })
    }

    /// Sends application data along; empty data counts as none.
    #[must_use]
    pub fn with_extra(mut self, extra: &[u8]) -> Self {
        self.extra = (!extra.is_empty()).then(|| extra.to_vec());
        self
    }

    /// Verifies that the entry with this leaf hash (see [`crate::leaf_hash`]) is in the log, at this index.
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn verify(&self, leaf: Hash, trust: &Trust) -> Result<Verified, Error> {
        let verified = trust.verify(&self.checkpoint)?;
        verify_inclusion(leaf, self.index, &self.proof, &verified.checkpoint.head())?;
        Ok(verified)
    }

    /// Parses the text form.
    ///
    /// # Errors
    /// If the text does not follow tlog-proof to the letter.
    pub fn parse(text: &str) -> Result<Self, Error> {
        parse(text).ok_or(Error::Malformed("log proof"))
    }
}

fn parse(text: &str) -> Option<ProofBundle> {
    let text = text.strip_prefix(HEADER)?;
    let (extra, text) = match text.strip_prefix("extra ") {
        Some(text) => {
            let (extra, text) = text.split_once('\n')?;
            // Without data the line is left out.
            let extra = BASE64
                .decode(extra.as_bytes())
                .ok()
                .filter(|extra| !extra.is_empty())?;
            (Some(extra), text)
        }
        None => (None, text),
    };
    let (number, mut text) = text.strip_prefix("index ")?.split_once('\n')?;
    let index = number
        .parse::<u64>()
        .ok()
        .filter(|index| index.to_string() == number)?;
    let mut proof = Vec::new();
    loop {
        let (line, rest) = text.split_once('\n')?;
        text = rest;
        if line.is_empty() {
            break;
        }
        if proof.len() == MAX_PROOF_HASHES {
            return None;
        }
        proof.push(Hash(BASE64.decode(line.as_bytes()).ok()?.try_into().ok()?));
    }
    Some(ProofBundle {
        extra,
        index,
        proof,
        checkpoint: SignedCheckpoint::parse(text).ok()?,
    })
}

impl fmt::Display for ProofBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        if let Some(extra) = self.extra.as_ref().filter(|extra| !extra.is_empty()) {
            writeln!(f, "extra {}", BASE64.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.proof {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for ProofBundle {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

//! Checkpoints (tlog-checkpoint) and the signed notes that carry them (signed-note).

use std::fmt;
use std::str::FromStr;

use signed_note::{Note, NoteError, Signature, Verifier};

use crate::error::Error;
use crate::keys::WitnessVerifier;
use crate::tree::TreeHead;

/// What a log states about its tree: whose log, how many leaves, which root. Not yet signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    origin: String,
    head: TreeHead,
    /// Empty, or non-empty lines that each end with a newline. Never written here, but part of what others
    /// have signed.
    extension: String,
}

impl Checkpoint {
    /// A checkpoint of a tree. The origin should be the log's URL prefix without scheme and final slash.
    ///
    /// # Errors
    /// If the origin is empty or contains control characters.
    pub fn new(origin: &str, head: TreeHead) -> Result<Self, Error> {
        if origin.is_empty() || origin.chars().any(char::is_control) {
            return Err(Error::Malformed("origin"));
        }
        Ok(Self {
            origin: origin.to_owned(),
            head,
            extension: String::new(),
        })
    }

    /// Parses a note text: origin, size, root, extension lines.
    ///
    /// # Errors
    /// If the text does not follow tlog-checkpoint to the letter.
    pub fn parse(text: &str) -> Result<Self, Error> {
        const WHAT: Error = Error::Malformed("checkpoint");
        let parsed = tlog_tiles::Checkpoint::from_bytes(text.as_bytes()).map_err(|_| WHAT)?;
        let head = TreeHead {
            size: parsed.size(),
            root: *parsed.hash(),
        };
        let checkpoint = Self {
            extension: parsed.extension().to_owned(),
            ..Self::new(parsed.origin(), head)?
        };
        // What was signed is the text: it must be exactly what this checkpoint prints.
        if checkpoint.text() == text {
            Ok(checkpoint)
        } else {
            Err(WHAT)
        }
    }

    /// Identifies the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Size and root of the tree.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        self.head
    }

    /// Extension lines, each with its newline; usually empty.
    #[must_use]
    pub fn extension(&self) -> &str {
        &self.extension
    }

    /// The note text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            "{}\n{}\n{}\n{}",
            self.origin, self.head.size, self.head.root, self.extension
        )
    }
}

/// A checkpoint with signatures; `Display` and `FromStr` are the signed note, byte for byte.
///
/// A parsed one proves nothing until [`crate::Trust::verify`] has accepted it.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    signatures: Vec<Signature>,
}

impl SignedCheckpoint {
    pub(crate) fn unsigned(checkpoint: Checkpoint) -> Self {
        Self {
            checkpoint,
            signatures: Vec::new(),
        }
    }

    /// Parses a signed note.
    ///
    /// # Errors
    /// If the text is not a signed note, or its text is not a checkpoint.
    pub fn parse(text: &str) -> Result<Self, Error> {
        const WHAT: Error = Error::Malformed("signed checkpoint");
        Note::from_bytes(text.as_bytes()).map_err(|_| WHAT)?;
        let (body, signatures) = text.rsplit_once("\n\n").ok_or(WHAT)?;
        let signatures: Result<_, NoteError> = signatures
            .lines()
            .map(|line| Signature::from_bytes(line.as_bytes()))
            .collect();
        let signatures = signatures.map_err(|_| WHAT)?;
        Ok(Self {
            checkpoint: Checkpoint::parse(&format!("{body}\n"))?,
            signatures,
        })
    }

    /// What the note says, whoever signed it.
    #[must_use]
    pub fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Adds the cosignature line that a witness returned, after verifying it, and tells its time (seconds
    /// since 1970-01-01 UTC). An earlier cosignature of the same witness is replaced.
    ///
    /// # Errors
    /// If the line is malformed, of another key, or does not sign this checkpoint.
    pub fn attach(&mut self, line: &str, witness: &WitnessVerifier) -> Result<u64, Error> {
        const WHAT: Error = Error::Malformed("cosignature");
        let signature = Signature::from_bytes(line.trim_end_matches('\n').as_bytes()).map_err(|_| WHAT)?;
        let by_witness = signature.name() == witness.name() && signature.id() == witness.key_id();
        if !by_witness || !witness.verify(self.checkpoint.text().as_bytes(), signature.signature()) {
            return Err(WHAT);
        }
        let time = WitnessVerifier::time_of(&signature).ok_or(WHAT)?;
        self.put(signature);
        Ok(time)
    }

    /// Adds a signature in place of an earlier one by the same key.
    pub(crate) fn put(&mut self, signature: Signature) {
        self.signatures
            .retain(|old| (old.name(), old.id()) != (signature.name(), signature.id()));
        self.signatures.push(signature);
    }

    pub(crate) fn note(&self) -> Result<Note, Error> {
        Note::new(self.checkpoint.text().as_bytes(), &self.signatures).map_err(Error::Signature)
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.checkpoint.text())?;
        for signature in &self.signatures {
            f.write_str(&String::from_utf8_lossy(&signature.to_bytes()))?;
        }
        Ok(())
    }
}

impl FromStr for SignedCheckpoint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

//! Whose signatures make a checkpoint believable.

use signed_note::{NoteError, Signature, VerificationError, Verifier, Verifiers};

use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::error::Error;
use crate::keys::{LogVerifier, WitnessVerifier};

/// The keys that a verifier knows for one log, and how many witnesses it asks for.
#[derive(Debug, Clone)]
pub struct Trust {
    origin: String,
    logs: Vec<LogVerifier>,
    witnesses: Vec<WitnessVerifier>,
    quorum: usize,
}

/// A checkpoint whose signatures were verified.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// What the log signed.
    pub checkpoint: Checkpoint,
    /// The known witnesses that cosigned it.
    pub cosigned: Vec<Cosigned>,
}

/// A verified cosignature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// Key name of the witness.
    pub witness: String,
    /// When the witness cosigned, seconds since 1970-01-01 UTC.
    pub unix_seconds: u64,
}

impl Trust {
    /// Trusts one key of one log, and asks for no witness.
    #[must_use]
    pub fn new(origin: &str, log: LogVerifier) -> Self {
        Self {
            origin: origin.to_owned(),
            logs: vec![log],
            witnesses: Vec::new(),
            quorum: 0,
        }
    }

    /// Also accepts another key of the log, as when keys rotate.
    #[must_use]
    pub fn or_log(mut self, log: LogVerifier) -> Self {
        self.logs.push(log);
        self
    }

    /// Also knows a witness. A public key counts once, under whatever names it is listed: a cosignature does
    /// not commit to the name of its witness.
    #[must_use]
    pub fn with_witness(mut self, witness: WitnessVerifier) -> Self {
        if !self.witnesses.iter().any(|known| known.same_key(&witness)) {
            self.witnesses.push(witness);
        }
        self
    }

    /// Asks for the cosignatures of at least `quorum` known witnesses.
    #[must_use]
    pub fn require(mut self, quorum: usize) -> Self {
        self.quorum = quorum;
        self
    }

    /// Verifies a checkpoint: right log, signed by it, cosigned by enough witnesses. Signatures of unknown
    /// keys are ignored; a bad signature of a known key condemns the whole note (signed-note).
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn verify(&self, signed: &SignedCheckpoint) -> Result<Verified, Error> {
        let checkpoint = signed.unverified();
        if checkpoint.origin() != self.origin {
            return Err(Error::WrongOrigin {
                found: checkpoint.origin().to_owned(),
            });
        }
        let (good, _unknown) = signed.note()?.verify(self).map_err(|error| match error {
            NoteError::UnverifiedNote => Error::NotSignedByLog,
            other => Error::Signature(other),
        })?;
        if !good
            .iter()
            .any(|signature| self.logs.iter().any(|log| signed_by(signature, log)))
        {
            return Err(Error::NotSignedByLog);
        }
        let cosigned: Vec<Cosigned> = good
            .iter()
            .filter_map(|signature| self.cosigned(signature))
            .collect();
        if cosigned.len() < self.quorum {
            return Err(Error::TooFewWitnesses {
                have: cosigned.len(),
                need: self.quorum,
            });
        }
        Ok(Verified {
            checkpoint: checkpoint.clone(),
            cosigned,
        })
    }

    fn cosigned(&self, signature: &Signature) -> Option<Cosigned> {
        let witness = self
            .witnesses
            .iter()
            .find(|witness| signed_by(signature, *witness))?;
        let unix_seconds = WitnessVerifier::time_of(signature)?;
        Some(Cosigned {
            witness: witness.name().to_owned(),
            unix_seconds,
        })
    }
}

fn signed_by(signature: &Signature, key: &impl Verifier) -> bool {
    (signature.name(), signature.id()) == (key.name(), key.key_id())
}

impl Verifiers for Trust {
    fn verifier(&self, name: &str, id: u32) -> Result<&dyn Verifier, VerificationError> {
        let logs = self.logs.iter().map(|key| key as &dyn Verifier);
        let witnesses = self.witnesses.iter().map(|key| key as &dyn Verifier);
        let mut known = logs
            .chain(witnesses)
            .filter(|key| (key.name(), key.key_id()) == (name, id));
        match (known.next(), known.next()) {
            (Some(key), None) => Ok(key),
            (None, _) => Err(VerificationError::UnknownKey {
                name: name.to_owned(),
                id,
            }),
            (Some(_), Some(_)) => Err(VerificationError::AmbiguousKey {
                name: name.to_owned(),
                id,
            }),
        }
    }
}

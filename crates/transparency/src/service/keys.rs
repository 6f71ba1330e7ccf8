//! The keys of the log: who signs checkpoints, and whose signatures are known.

use evidence::{Checkpoint, LogKey, LogVerifier, SignedCheckpoint, Trust};

use super::{Outcome, TransparencyError};

/// Keys of one log. While keys change, the newest signs together with the one before it, so that those who know
/// only that one can follow.
#[derive(Debug)]
pub struct LogKeys {
    origin: String,
    /// Newest first, at most two; empty where nobody may sign, as in an audit without passphrase.
    signers: Vec<LogKey>,
    /// Newest first, never empty.
    known: Vec<LogVerifier>,
}

impl LogKeys {
    /// Keys given by their seeds, oldest first; the last one signs.
    ///
    /// # Errors
    /// [`TransparencyError::Log`] when the origin cannot name a key, [`TransparencyError::Key`] without a seed.
    pub fn signing(origin: &str, seeds: &[[u8; 32]]) -> Outcome<Self> {
        let all = seeds.iter().rev().map(|seed| LogKey::from_seed(origin, seed));
        let mut signers = all.collect::<Result<Vec<_>, _>>()?;
        let known = signers.iter().map(LogKey::verifier).collect();
        signers.truncate(2);
        Self::checked(origin, signers, known)
    }

    /// Keys given by their public halves, oldest first: they verify, and sign nothing.
    ///
    /// # Errors
    /// As [`LogKeys::signing`].
    pub fn verifying(origin: &str, public: &[[u8; 32]]) -> Outcome<Self> {
        let known = public
            .iter()
            .rev()
            .map(|key| LogVerifier::from_public(origin, key));
        let known = known.collect::<Result<Vec<_>, _>>()?;
        Self::checked(origin, Vec::new(), known)
    }

    fn checked(origin: &str, signers: Vec<LogKey>, known: Vec<LogVerifier>) -> Outcome<Self> {
        if known.is_empty() {
            return Err(TransparencyError::Key("the key store holds no log key".into()));
        }
        Ok(Self {
            origin: origin.to_owned(),
            signers,
            known,
        })
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The same keys under another name.
    pub(crate) fn named(&self, origin: &str) -> Outcome<Self> {
        let signers = self
            .signers
            .iter()
            .map(|key| LogKey::from_seed(origin, &key.seed()));
        let known = self
            .known
            .iter()
            .map(|key| LogVerifier::from_public(origin, &key.public()));
        let (signers, known) = (
            signers.collect::<Result<_, _>>()?,
            known.collect::<Result<_, _>>()?,
        );
        Self::checked(origin, signers, known)
    }

    /// The newest key, in the form of signed-note.
    pub(crate) fn verifier_key(&self) -> String {
        self.known.first().map(ToString::to_string).unwrap_or_default()
    }

    /// Trust in all known keys.
    pub(crate) fn trust(&self) -> Option<Trust> {
        let (first, rest) = self.known.split_first()?;
        let trust = Trust::new(&self.origin, first.clone());
        Some(rest.iter().cloned().fold(trust, Trust::or_log))
    }

    pub(crate) fn sign(&self, checkpoint: Checkpoint) -> Outcome<SignedCheckpoint> {
        let Some((newest, before)) = self.signers.split_first() else {
            return Err(TransparencyError::Key("opened for verifying only".into()));
        };
        let mut signed = newest.sign(checkpoint)?;
        for key in before {
            key.add_to(&mut signed)?;
        }
        Ok(signed)
    }
}

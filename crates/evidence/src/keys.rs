//! Keys of logs and witnesses, in the text forms that signed-note and its Go reference share.

use std::fmt;

use data_encoding::BASE64;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use signed_note::{Signature, StandardSigner, Verifier, is_key_name_valid, key_id};

use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::error::Error;

/// Signature type of Ed25519 over the note text (signed-note, "Signature types").
const ED25519: u8 = 0x01;
/// Signature type of a timestamped Ed25519 cosignature (tlog-cosignature).
const COSIGNATURE_V1: u8 = 0x04;
/// The bytes of the timestamp before the signature of a cosignature.
const TIMESTAMP_BYTES: usize = 8;

/// A named Ed25519 secret key.
struct SecretKey {
    name: String,
    key: SigningKey,
}

impl SecretKey {
    fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, Error> {
        if !is_name(name) {
            return Err(Error::Key("key name"));
        }
        Ok(Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(seed),
        })
    }

    /// `PRIVATE+KEY+<name>+<id>+base64(0x01 || seed)`.
    fn parse(text: &str) -> Result<Self, Error> {
        const WHAT: Error = Error::Key("private key");
        StandardSigner::new(text).map_err(|_| WHAT)?;
        // Base64 may itself contain a plus, so only the first four separate the parts.
        let parts: Vec<&str> = text.splitn(5, '+').collect();
        let &[_, _, name, _, material] = parts.as_slice() else {
            return Err(WHAT);
        };
        let material = BASE64.decode(material.as_bytes()).map_err(|_| WHAT)?;
        let seed = material
            .split_first()
            .and_then(|(_, seed)| seed.try_into().ok())
            .ok_or(WHAT)?;
        Self::from_seed(name, seed)
    }

    fn text(&self) -> String {
        let material = [&[ED25519][..], self.key.as_bytes()].concat();
        format!(
            "PRIVATE+KEY+{}+{:08x}+{}",
            self.name,
            self.public(ED25519).id,
            BASE64.encode(&material)
        )
    }

    fn public(&self, signature_type: u8) -> PublicKey {
        PublicKey::new(&self.name, signature_type, self.key.verifying_key())
    }

    fn signature(&self, signature_type: u8, bytes: Vec<u8>) -> Result<Signature, Error> {
        let id = self.public(signature_type).id;
        Signature::new(self.name.clone(), id, bytes).map_err(Error::Signature)
    }
}

/// A named Ed25519 public key for one type of signature.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PublicKey {
    name: String,
    signature_type: u8,
    id: u32,
    key: VerifyingKey,
}

impl PublicKey {
    fn new(name: &str, signature_type: u8, key: VerifyingKey) -> Self {
        let id = key_id(name, &[&[signature_type][..], key.as_bytes()].concat());
        Self {
            name: name.to_owned(),
            signature_type,
            id,
            key,
        }
    }

    /// `<name>+<id>+base64(type || key)` (signed-note, "Verifier keys").
    fn parse(text: &str, signature_type: u8) -> Option<Self> {
        let mut parts = text.splitn(3, '+');
        let name = parts.next().filter(|name| is_name(name))?;
        let material = BASE64.decode(parts.nth(1)?.as_bytes()).ok()?;
        let (_, key) = material.split_first()?;
        let key = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
        // Id and type are confirmed by spelling the key again.
        Some(Self::new(name, signature_type, key)).filter(|key| key.to_string() == text)
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        ed25519_dalek::Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let material = [&[self.signature_type][..], self.key.as_bytes()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, BASE64.encode(&material))
    }
}

/// Control characters would make the note around the signature malformed.
fn is_name(name: &str) -> bool {
    is_key_name_valid(name) && !name.chars().any(char::is_control)
}

/// The secret key with which a log signs its checkpoints. `Debug` does not show the secret.
pub struct LogKey(SecretKey);

impl LogKey {
    /// A key from 32 random bytes. The name should be the log's origin line.
    ///
    /// # Errors
    /// If the name is empty or contains spaces, plus signs or control characters.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, Error> {
        SecretKey::from_seed(name, seed).map(Self)
    }

    /// Reads a `PRIVATE+KEY+…` text.
    ///
    /// # Errors
    /// If the text is malformed or its key id does not belong to the key.
    pub fn parse(text: &str) -> Result<Self, Error> {
        SecretKey::parse(text).map(Self)
    }

    /// The `PRIVATE+KEY+…` text: a secret.
    #[must_use]
    pub fn secret_text(&self) -> String {
        self.0.text()
    }

    /// The 32 bytes that the key was made from: a secret.
    #[must_use]
    pub fn seed(&self) -> [u8; 32] {
        self.0.key.to_bytes()
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> LogVerifier {
        LogVerifier(self.0.public(ED25519))
    }

    /// Signs a checkpoint. A log must never sign one that is inconsistent with an earlier one.
    ///
    /// # Errors
    /// Never for a key that was made here; the type of the library underneath asks for it.
    pub fn sign(&self, checkpoint: Checkpoint) -> Result<SignedCheckpoint, Error> {
        let mut signed = SignedCheckpoint::unsigned(checkpoint);
        self.add_to(&mut signed)?;
        Ok(signed)
    }

    /// Adds this key's signature to a signed checkpoint, as when a log moves to a new key.
    ///
    /// # Errors
    /// Never for a key that was made here; the type of the library underneath asks for it.
    pub fn add_to(&self, signed: &mut SignedCheckpoint) -> Result<(), Error> {
        let bytes = self.0.key.sign(signed.unverified().text().as_bytes()).to_vec();
        signed.put(self.0.signature(ED25519, bytes)?);
        Ok(())
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.0.name)
    }
}

/// The public key of a log, as a verifier key text (`<name>+<id>+<key>`, type 0x01).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogVerifier(PublicKey);

impl LogVerifier {
    /// The verifier of a log by its name and the 32 bytes of its public key.
    ///
    /// # Errors
    /// If the name cannot name a key, or the bytes are no point of the curve.
    pub fn from_public(name: &str, key: &[u8; 32]) -> Result<Self, Error> {
        const WHAT: Error = Error::Key("public key of a log");
        let key = VerifyingKey::from_bytes(key).map_err(|_| WHAT)?;
        if is_name(name) {
            Ok(Self(PublicKey::new(name, ED25519, key)))
        } else {
            Err(Error::Key("key name"))
        }
    }

    /// Reads a verifier key of type Ed25519 (0x01).
    ///
    /// # Errors
    /// If the text is malformed, of another type, or its key id does not belong to the key.
    pub fn parse(text: &str) -> Result<Self, Error> {
        PublicKey::parse(text, ED25519)
            .map(Self)
            .ok_or(Error::Key("verifier key of a log"))
    }
}

impl LogVerifier {
    /// The 32 bytes of the public key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.key.to_bytes()
    }
}

impl Verifier for LogVerifier {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn key_id(&self) -> u32 {
        self.0.id
    }

    fn verify(&self, msg: &[u8], sig: &[u8]) -> bool {
        self.0.verify(msg, sig)
    }
}

impl fmt::Display for LogVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The secret key with which a witness cosigns checkpoints (tlog-cosignature, `cosignature/v1`).
///
/// The cosigned message does not name the witness, so each witness needs a key of its own.
/// `Debug` does not show the secret.
pub struct WitnessKey(SecretKey);

impl WitnessKey {
    /// A key from 32 random bytes.
    ///
    /// # Errors
    /// If the name is empty or contains spaces, plus signs or control characters.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, Error> {
        SecretKey::from_seed(name, seed).map(Self)
    }

    /// Reads a `PRIVATE+KEY+…` text; witnesses keep their keys in the same form as logs.
    ///
    /// # Errors
    /// If the text is malformed or its key id does not belong to the key.
    pub fn parse(text: &str) -> Result<Self, Error> {
        SecretKey::parse(text).map(Self)
    }

    /// The `PRIVATE+KEY+…` text: a secret.
    #[must_use]
    pub fn secret_text(&self) -> String {
        self.0.text()
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> WitnessVerifier {
        WitnessVerifier(self.0.public(COSIGNATURE_V1))
    }

    /// Adds a cosignature that states: at this time (seconds since 1970-01-01 UTC) this was the largest
    /// consistent tree the witness had seen. The witness must have verified the log's signature and the
    /// consistency with the last checkpoint it cosigned.
    ///
    /// # Errors
    /// If the time exceeds 2^63 - 1.
    pub fn cosign(&self, signed: &mut SignedCheckpoint, unix_seconds: u64) -> Result<(), Error> {
        if i64::try_from(unix_seconds).is_err() {
            return Err(Error::Malformed("cosignature time"));
        }
        let message = cosigned_message(unix_seconds, signed.unverified().text().as_bytes());
        let bytes = [
            &unix_seconds.to_be_bytes()[..],
            &self.0.key.sign(&message).to_bytes(),
        ]
        .concat();
        signed.put(self.0.signature(COSIGNATURE_V1, bytes)?);
        Ok(())
    }
}

impl fmt::Debug for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WitnessKey({})", self.0.name)
    }
}

/// The public key of a witness, as a verifier key text (`<name>+<id>+<key>`, type 0x04).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessVerifier(PublicKey);

impl WitnessVerifier {
    /// Reads a verifier key of type `cosignature/v1` (0x04).
    ///
    /// # Errors
    /// If the text is malformed, of another type, or its key id does not belong to the key.
    pub fn parse(text: &str) -> Result<Self, Error> {
        PublicKey::parse(text, COSIGNATURE_V1)
            .map(Self)
            .ok_or(Error::Key("verifier key of a witness"))
    }

    /// Whether two verifiers, perhaps of different names, hold the same public key.
    pub(crate) fn same_key(&self, other: &Self) -> bool {
        self.0.key == other.0.key
    }

    /// The time in a cosignature, seconds since 1970-01-01 UTC. Says nothing unless the signature verifies.
    pub(crate) fn time_of(signature: &Signature) -> Option<u64> {
        signature
            .signature()
            .first_chunk::<TIMESTAMP_BYTES>()
            .map(|bytes| u64::from_be_bytes(*bytes))
    }
}

impl Verifier for WitnessVerifier {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn key_id(&self) -> u32 {
        self.0.id
    }

    fn verify(&self, msg: &[u8], sig: &[u8]) -> bool {
        let Some((time, signature)) = sig.split_first_chunk::<TIMESTAMP_BYTES>() else {
            return false;
        };
        let time = u64::from_be_bytes(*time);
        i64::try_from(time).is_ok() && self.0.verify(&cosigned_message(time, msg), signature)
    }
}

impl fmt::Display for WitnessVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Two header lines before the note text (tlog-cosignature, "Ed25519 signed message").
fn cosigned_message(unix_seconds: u64, note_text: &[u8]) -> Vec<u8> {
    [
        format!("cosignature/v1\ntime {unix_seconds}\n").as_bytes(),
        note_text,
    ]
    .concat()
}

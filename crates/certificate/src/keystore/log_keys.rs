//! Ed25519 keys without certificate, for the checkpoints of an evidence log: they are known by their public half.

use der::Decode;
use der::asn1::OctetString;
use pkcs8::PrivateKeyInfoRef;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::KeyStore;
use super::files::{read_secret, write_key};
use crate::chance::Chance;
use crate::suite::{SigningKey, SoftwareKey};
use crate::{CertificateError, Result};

/// Bytes before the key in the DER SubjectPublicKeyInfo of an Ed25519 key (RFC 8410, 4).
const PREFIX: usize = 12;

/// A key of the evidence log; the last one in the store signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredLogKey {
    /// Name of its file, `log-<id>.key`.
    pub id: String,
    /// The 32 bytes of the public key, hexadecimal.
    pub public_key: String,
    /// Since when it signs.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
}

impl StoredLogKey {
    /// The public key.
    pub fn public_bytes(&self) -> Result<[u8; 32]> {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(self.public_key.as_bytes());
        bytes
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| CertificateError::KeyStore(format!("log key {} is damaged", self.id)))
    }
}

impl KeyStore {
    /// The keys of the evidence log, oldest first.
    pub fn log_keys(&self) -> &[StoredLogKey] {
        &self.state.log_keys
    }

    /// Makes a new key for the evidence log, or takes one over that is given by its seed. It signs from now on;
    /// the older ones stay known.
    pub fn add_log_key(
        &mut self,
        seed: Option<[u8; 32]>,
        now: OffsetDateTime,
        chance: &dyn Chance,
    ) -> Result<StoredLogKey> {
        let seed = match seed {
            Some(seed) => seed,
            None => {
                let mut fresh = [0; 32];
                chance.fill(&mut fresh)?;
                fresh
            }
        };
        let key = SoftwareKey::from_seed(&seed)?;
        let public = key.public_key()?;
        let public = public
            .get(PREFIX..)
            .ok_or(CertificateError::Key("has no public part"))?;
        let public_key = data_encoding::HEXLOWER.encode(public);
        let stored = StoredLogKey {
            id: public_key.chars().take(16).collect(),
            public_key,
            since: now,
        };
        write_key(
            &self.path(&format!("log-{}", stored.id), "key"),
            &key,
            &self.passphrase,
            chance,
        )?;
        self.state.log_keys.push(stored.clone());
        self.save()?;
        Ok(stored)
    }

    /// The seed of a log key: a secret.
    pub fn log_seed(&self, key: &StoredLogKey) -> Result<[u8; 32]> {
        const DAMAGED: CertificateError = CertificateError::Key("of the log is damaged");
        let secret = read_secret(&self.path(&format!("log-{}", key.id), "key"), &self.passphrase)?;
        let info = PrivateKeyInfoRef::from_der(secret.as_bytes()).map_err(|_| DAMAGED)?;
        // RFC 8410, 7: the seed is an OCTET STRING inside the OCTET STRING of PKCS#8.
        let seed = OctetString::from_der(info.private_key.as_bytes()).map_err(|_| DAMAGED)?;
        seed.as_bytes().try_into().map_err(|_| DAMAGED)
    }
}

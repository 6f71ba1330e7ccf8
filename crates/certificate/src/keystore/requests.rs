//! Keys that an outside authority certifies: the request goes out, the certificate comes back, the key never leaves.

use std::fs;

use der::pem::LineEnding;
use der::{DecodePem, Encode, EncodePem};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use x509_cert::Certificate;

use super::files::{read_key_pem, write, write_key};
use super::{KeyStore, KeyUse, StoredCertificate};
use crate::chance::Chance;
use crate::pki;
use crate::suite::{SigningKey, SoftwareKey, sha256};
use crate::trust::Trust;
use crate::{CertificateError, Result};

/// A key that waits for its certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingKey {
    /// Beginning of the SHA-256 of its public key, hexadecimal; the request is in `request-<id>.csr`.
    pub id: String,
    /// What it will be used for.
    #[serde(flatten)]
    pub usage: KeyUse,
    /// Subject that is asked for, as an RFC 4514 string.
    pub subject: String,
}

impl KeyStore {
    /// Makes a key and a request (PEM, PKCS#10) that an outside authority certifies it. The key is used once its
    /// certificate came back, see [`KeyStore::accept`].
    pub fn request(&mut self, usage: &KeyUse, chance: &dyn Chance) -> Result<(PendingKey, String)> {
        let key = SoftwareKey::generate(usage.role.key_kind())?;
        let subject = self.subject_of(usage);
        let csr = pki::request(&key, usage.role.profile(), &subject)?;
        let pending = PendingKey {
            id: id_of(&key.public_key()?),
            usage: usage.clone(),
            subject,
        };
        let name = format!("request-{}", pending.id);
        write_key(&self.path(&name, "key"), &key, &self.passphrase, chance)?;
        write(&self.path(&name, "csr"), csr.as_bytes(), false)?;
        self.state.requests.push(pending.clone());
        self.save()?;
        Ok((pending, csr))
    }

    /// The keys that wait for a certificate.
    pub fn pending(&self) -> &[PendingKey] {
        &self.state.requests
    }

    /// Takes the certificate (PEM) for a requested key; the key signs from now on. Refused unless the store's
    /// authority issued it for what the key is meant for.
    pub fn accept(
        &mut self,
        certificate_pem: &str,
        now: OffsetDateTime,
        chance: &dyn Chance,
    ) -> Result<StoredCertificate> {
        let certificate = Certificate::from_pem(certificate_pem)
            .map_err(|_| CertificateError::Trust("the certificate is not PEM"))?;
        let id = id_of(&certificate.tbs_certificate().subject_public_key_info().to_der()?);
        let place = self.state.requests.iter().position(|pending| pending.id == id);
        let place = place
            .ok_or_else(|| CertificateError::KeyStore("no request waits for this certificate".into()))?;
        let usage = self.state.requests[place].usage.clone();
        Trust::new(self.ca.clone(), Vec::new())
            .check(&certificate, &[], usage.role.certified_for(), now)
            .map_err(|fault| {
                CertificateError::KeyStore(format!("the certificate cannot be used: {fault}"))
            })?;
        let name = format!("request-{id}");
        let key = self.path(&name, "key");
        let pem = fs::read_to_string(&key).map_err(|source| super::files::io(&key, source))?;
        let key = read_key_pem(&pem, &self.passphrase, &key.display().to_string())?;
        let serial = self.store_key(&usage, &key, &certificate, chance)?;
        self.state.requests.remove(place);
        self.save()?;
        // From here on the request is history; what cannot be removed does no harm.
        for extension in ["key", "csr"] {
            let _ = fs::remove_file(self.path(&name, extension));
        }
        self.stored(&usage, &serial)
    }
}

/// Beginning of the SHA-256 of a public key (DER).
fn id_of(public_key: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&sha256(public_key)[..8])
}

/// A certificate as PEM.
pub(super) fn pem(certificate: &Certificate) -> Result<String> {
    Ok(certificate.to_pem(LineEnding::LF)?)
}

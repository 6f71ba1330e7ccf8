//! What a store holds, for listings and warnings: nothing of it is secret.

use der::asn1::{ObjectIdentifier, UintRef};
use der::{Decode, Encode, Sequence};
use serde::Serialize;
use time::OffsetDateTime;
use x509_cert::Certificate;
use x509_cert::crl::CertificateList;
use x509_cert::time::Time;

use super::{KeyUse, Role};
use crate::suite::sha256;
use crate::{CertificateError, Result};

const ID_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ID_EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateFacts {
    /// Subject, as an RFC 4514 string.
    pub subject: String,
    /// Issuer, as an RFC 4514 string.
    pub issuer: String,
    /// Kind and size of the key, such as `RSA 2048`.
    pub algorithm: String,
    /// First instant of validity.
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: OffsetDateTime,
    /// Last instant of validity.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// SHA-256 of the certificate (DER), hexadecimal.
    pub fingerprint: String,
}

/// A certificate in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredCertificate {
    /// Its role.
    pub role: Role,
    /// The body that it signs for, when that is not the operator of the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// Common name.
    pub name: String,
    /// Whether this one signs now.
    pub active: bool,
    /// Whether it is revoked.
    pub revoked: bool,
    /// What the certificate says.
    #[serde(flatten)]
    pub facts: CertificateFacts,
}

impl StoredCertificate {
    /// What the key is used for.
    pub fn usage(&self) -> KeyUse {
        KeyUse {
            role: self.role,
            body: self.body.clone(),
        }
    }
}

/// When a revocation list was made and when it runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListTimes {
    /// thisUpdate.
    pub made: OffsetDateTime,
    /// nextUpdate; a list without one never runs out.
    pub until: Option<OffsetDateTime>,
}

impl ListTimes {
    /// Reads them from a list (DER).
    pub fn of(der: &[u8]) -> Result<Self> {
        let list: CertificateList =
            CertificateList::from_der(der).map_err(|_| CertificateError::Trust("not a DER list"))?;
        Ok(Self {
            made: instant(&list.tbs_cert_list.this_update)?,
            until: list.tbs_cert_list.next_update.as_ref().map(instant).transpose()?,
        })
    }
}

/// What a certificate says of itself.
pub(super) fn facts(certificate: &Certificate) -> Result<CertificateFacts> {
    let tbs = certificate.tbs_certificate();
    Ok(CertificateFacts {
        subject: tbs.subject().to_string(),
        issuer: tbs.issuer().to_string(),
        algorithm: algorithm(certificate),
        not_before: instant(&tbs.validity().not_before)?,
        not_after: instant(&tbs.validity().not_after)?,
        fingerprint: data_encoding::HEXLOWER.encode(&sha256(&certificate.to_der()?)),
    })
}

fn instant(time: &Time) -> Result<OffsetDateTime> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs());
    seconds
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .ok_or(CertificateError::Range("certificate time"))
}

/// RFC 8017, A.1.1.
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

fn algorithm(certificate: &Certificate) -> String {
    let key = certificate.tbs_certificate().subject_public_key_info();
    match key.algorithm.oid {
        ID_ED25519 => "Ed25519".to_owned(),
        ID_EC => "EC".to_owned(),
        ID_RSA => match RsaPublicKey::from_der(key.subject_public_key.raw_bytes()) {
            Ok(key) => format!("RSA {}", key.modulus.as_bytes().len() * 8),
            Err(_) => "RSA".to_owned(),
        },
        other => other.to_string(),
    }
}

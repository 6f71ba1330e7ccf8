//! The QR proof: one code for both worlds. Any camera opens it as a URL; whoever holds the trust bundle proves the
//! essentials from it without a network.
//!
//! ```text
//! HTTPS://AQ.EXAMPLE.GOV.CN/V/<PAYLOAD>        upper case, so that the QR code stays in alphanumeric mode
//! PAYLOAD   = BASE32 (RFC 4648, no padding) of MESSAGE || SIGNATURE
//! MESSAGE   = CBOR array [1, number, credit code, name, valid from, valid until, fingerprint, key id]
//! SIGNATURE = 64 bytes over MESSAGE by the QR key (Ed25519)
//! ```
//!
//! Number and credit code are packed into byte strings where they have the usual shape and are text otherwise
//! (see `pack`); the name is GB 18030; days count from 2000-01-01; the fingerprint is the first eight bytes of
//! the SHA-256 of `licence.json`; the key id is the first four bytes of the SHA-256 of the signer's
//! SubjectPublicKeyInfo. A payload is accepted only in its one canonical encoding.
//!
//! A server must route `/V/…` like `/v/…`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use ciborium::Value;
use data_encoding::BASE32_NOPAD;
use der::Encode;
use serde::{Deserialize, Serialize};
use time::Date;
use x509_cert::Certificate;

use crate::pack;
use crate::record::LicenceRecord;
use crate::suite::{SigningKey, Suite, sha256};
use crate::{CertificateError, Result};

/// Version of the message.
const VERSION: u8 = 1;
/// Bytes of a signature; a suite for QR codes must have signatures of this size.
const SIGNATURE: usize = 64;
/// Path of the public verification page.
const PATH: &str = "/V/";

/// Scheme, host and port under which the public page is reached, such as `https://aq.example.gov.cn`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicOrigin(String);

impl FromStr for PublicOrigin {
    type Err = CertificateError;

    /// Accepts `http` and `https`, a host name or IPv4 address, an optional port and an optional final slash.
    fn from_str(text: &str) -> Result<Self> {
        let bad = || CertificateError::Origin(text.to_owned());
        let lower = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let host = lower
            .strip_prefix("https://")
            .or_else(|| lower.strip_prefix("http://"))
            .ok_or_else(bad)?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
        if host.is_empty() || !host.bytes().all(allowed) {
            return Err(bad());
        }
        Ok(Self(lower))
    }
}

impl TryFrom<String> for PublicOrigin {
    type Error = CertificateError;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<PublicOrigin> for String {
    fn from(origin: PublicOrigin) -> Self {
        origin.0
    }
}

impl fmt::Display for PublicOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What the code states about a licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrEssentials {
    /// Licence number.
    pub number: String,
    /// Unified social credit code.
    pub credit_code: String,
    /// Name of the enterprise.
    pub enterprise: String,
    /// First valid day.
    #[serde(with = "iso_date")]
    pub valid_from: Date,
    /// Last valid day.
    #[serde(with = "iso_date")]
    pub valid_until: Date,
    /// First eight bytes of the SHA-256 of `licence.json`.
    pub fingerprint: [u8; 8],
}

time::serde::format_description!(iso_date, Date, "[year]-[month]-[day]");

impl QrEssentials {
    /// The essentials of a record.
    pub fn of(record: &LicenceRecord) -> Result<Self> {
        Ok(Self {
            number: record.number.clone(),
            credit_code: record.credit_code.clone(),
            enterprise: record.enterprise.clone(),
            valid_from: record.valid_from,
            valid_until: record.valid_until,
            fingerprint: record.fingerprint()?,
        })
    }

    /// Whether these are the essentials of the record whose attachment has these bytes.
    pub fn describe(&self, record: &LicenceRecord, attachment: &[u8]) -> bool {
        self.number == record.number
            && self.credit_code == record.credit_code
            && self.enterprise == record.enterprise
            && self.valid_from == record.valid_from
            && self.valid_until == record.valid_until
            && self.fingerprint == crate::record::fingerprint(attachment)
    }

    fn message(&self, key_id: [u8; 4]) -> Result<Vec<u8>> {
        let message = Value::Array(vec![
            Value::from(VERSION),
            pack::number(&self.number),
            pack::credit_code(&self.credit_code),
            pack::name(&self.enterprise),
            Value::from(pack::day(self.valid_from)),
            Value::from(pack::day(self.valid_until)),
            Value::Bytes(self.fingerprint.to_vec()),
            Value::Bytes(key_id.to_vec()),
        ]);
        let mut bytes = Vec::with_capacity(128);
        ciborium::into_writer(&message, &mut bytes).map_err(|_| CertificateError::Range("QR message"))?;
        Ok(bytes)
    }
}

/// The key that signs QR codes, with its certificate.
#[derive(Clone)]
pub struct QrSigner {
    key: Arc<dyn SigningKey>,
    certificate: Certificate,
    key_id: [u8; 4],
}

impl QrSigner {
    /// The certificate must be that of the key.
    pub fn new(key: Arc<dyn SigningKey>, certificate: Certificate) -> Result<Self> {
        let public = key.public_key()?;
        if certificate.tbs_certificate().subject_public_key_info().to_der()? != public {
            return Err(CertificateError::Key("does not belong to the certificate"));
        }
        Ok(Self {
            key,
            certificate,
            key_id: key_id(&public),
        })
    }

    /// The signer's certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// First four bytes of the SHA-256 of the SubjectPublicKeyInfo.
    pub fn key_id(&self) -> [u8; 4] {
        self.key_id
    }
}

/// First four bytes of the SHA-256 of a SubjectPublicKeyInfo.
pub(crate) fn key_id(public_key: &[u8]) -> [u8; 4] {
    let mut out = [0; 4];
    out.copy_from_slice(&sha256(public_key)[..4]);
    out
}

/// A parsed or freshly signed proof. Parsing proves nothing: see [`crate::verify_qr`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrProof {
    essentials: QrEssentials,
    key_id: [u8; 4],
    message: Vec<u8>,
    signature: [u8; SIGNATURE],
}

impl QrProof {
    /// Signs the essentials of a licence.
    pub fn sign(essentials: QrEssentials, signer: &QrSigner) -> Result<Self> {
        let message = essentials.message(signer.key_id)?;
        let signature = signer.key.sign(&message)?;
        let signature = signature
            .try_into()
            .map_err(|_| CertificateError::Key("its suite does not make 64-byte signatures"))?;
        Ok(Self {
            essentials,
            key_id: signer.key_id,
            message,
            signature,
        })
    }

    /// Reads a proof from a full URL, a path or the bare payload, in upper or lower case.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let path = text.split(['?', '#']).next().unwrap_or(text);
        let payload = path.rsplit('/').next().unwrap_or(path).to_ascii_uppercase();
        let bytes = BASE32_NOPAD
            .decode(payload.as_bytes())
            .map_err(|_| CertificateError::NotAProof("not the base32 of a payload"))?;
        let (message, signature) = bytes
            .split_last_chunk::<SIGNATURE>()
            .ok_or(CertificateError::NotAProof("too short"))?;
        let (essentials, key_id) = read_message(message)?;
        if essentials.message(key_id)? != message {
            return Err(CertificateError::NotAProof("not in canonical encoding"));
        }
        Ok(Self {
            essentials,
            key_id,
            message: message.to_vec(),
            signature: *signature,
        })
    }

    /// What the code states.
    pub fn essentials(&self) -> &QrEssentials {
        &self.essentials
    }

    /// Which key signed: first four bytes of the SHA-256 of its SubjectPublicKeyInfo.
    pub fn key_id(&self) -> [u8; 4] {
        self.key_id
    }

    /// The bare payload.
    pub fn payload(&self) -> String {
        BASE32_NOPAD.encode(&[self.message.as_slice(), &self.signature].concat())
    }

    /// The address that the QR code holds, in upper case.
    pub fn url(&self, origin: &PublicOrigin) -> String {
        format!("{}{PATH}{}", origin.0.to_ascii_uppercase(), self.payload())
    }

    /// Whether the signature holds under this certificate's key. Says nothing about the certificate.
    pub(crate) fn is_signed_by(&self, certificate: &Certificate, suite: &dyn Suite) -> bool {
        let key = certificate.tbs_certificate().subject_public_key_info();
        key.to_der().is_ok_and(|der| key_id(&der) == self.key_id)
            && suite.verify(key, &self.message, &self.signature)
    }
}

fn read_message(message: &[u8]) -> Result<(QrEssentials, [u8; 4])> {
    const SHAPE: CertificateError = CertificateError::NotAProof("not the message of a proof");
    let value: Value = ciborium::from_reader(message).map_err(|_| SHAPE)?;
    let fields: [Value; 8] = value
        .into_array()
        .ok()
        .and_then(|fields| fields.try_into().ok())
        .ok_or(SHAPE)?;
    let [
        version,
        number,
        credit_code,
        name,
        from,
        until,
        fingerprint,
        key_id,
    ] = fields;
    if version != Value::from(VERSION) {
        return Err(CertificateError::NotAProof("of an unknown version"));
    }
    let essentials = QrEssentials {
        number: pack::read_number(&number).ok_or(SHAPE)?,
        credit_code: pack::read_credit_code(&credit_code).ok_or(SHAPE)?,
        enterprise: pack::read_name(&name).ok_or(SHAPE)?,
        valid_from: pack::read_day(&from).ok_or(SHAPE)?,
        valid_until: pack::read_day(&until).ok_or(SHAPE)?,
        fingerprint: bytes(fingerprint).ok_or(SHAPE)?,
    };
    Ok((essentials, bytes(key_id).ok_or(SHAPE)?))
}

fn bytes<const N: usize>(value: Value) -> Option<[u8; N]> {
    value.into_bytes().ok()?.try_into().ok()
}

/// All proofs found in a grey picture (row by row, one byte a pixel, 0 black). A page carries the code twice; one
/// readable code is enough. Codes that are not proofs are left out.
///
/// The reader finds one code at a time, so the picture is also looked at in overlapping parts.
pub fn find_proofs(luma: &[u8], width: u32, height: u32) -> Vec<QrProof> {
    let mut proofs: Vec<QrProof> = Vec::new();
    if u64::from(width) * u64::from(height) != luma.len() as u64 {
        return proofs;
    }
    for part in parts(width, height) {
        if let Some(text) = read_code(part.cut(luma, width), part.width, part.height)
            && let Ok(proof) = QrProof::parse(&text)
            && !proofs.contains(&proof)
        {
            proofs.push(proof);
        }
    }
    proofs
}

/// A rectangle of a picture, in pixels.
struct Part {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

impl Part {
    fn cut(&self, luma: &[u8], row: u32) -> Vec<u8> {
        let rows = luma
            .chunks(row.max(1) as usize)
            .skip(self.top as usize)
            .take(self.height as usize);
        let columns = self.left as usize..(self.left + self.width) as usize;
        rows.filter_map(|row| row.get(columns.clone()))
            .flatten()
            .copied()
            .collect()
    }
}

/// The whole picture, its halves, and nine overlapping quarters.
fn parts(width: u32, height: u32) -> Vec<Part> {
    let along = |length: u32| {
        let half = length.div_ceil(2);
        [
            (0, length),
            (0, half),
            (length / 4, half.min(length - length / 4)),
            (length - half, half),
        ]
    };
    let mut parts = Vec::new();
    for (top, height) in along(height) {
        for (left, width) in along(width) {
            parts.push(Part {
                left,
                top,
                width,
                height,
            });
        }
    }
    parts.retain(|part| part.width > 0 && part.height > 0);
    parts
}

fn read_code(luma: Vec<u8>, width: u32, height: u32) -> Option<String> {
    let mut hints = rxing::DecodeHints::default();
    let found = rxing::helpers::detect_in_luma_with_hints(
        luma,
        width,
        height,
        Some(rxing::BarcodeFormat::QR_CODE),
        &mut hints,
    );
    found.ok().map(|result| result.getText().to_owned())
}

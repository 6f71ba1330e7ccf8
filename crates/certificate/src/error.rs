//! One error type for issuing. Verification does not fail: it reports (see [`crate::Report`]).

use typesetting::TypesettingError;

/// Why a certificate could not be made, signed or stored.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The page could not be typeset; `Unprintable` inside names field and character.
    #[error("the page could not be typeset")]
    Typesetting(#[from] TypesettingError),
    /// No template of that kind, name and version.
    #[error("no template {0}")]
    NoTemplate(String),
    /// A template or key file could not be read or written.
    #[error("{path}: file error")]
    Io {
        /// The file or directory.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// `licence.json` is not a licence record of a known schema, or contradicts itself.
    #[error("the licence record is not readable: {0}")]
    Record(String),
    /// The public address is not an origin such as `https://aq.example.gov.cn`.
    #[error("{0:?} is not a public origin (scheme and host, no path)")]
    Origin(String),
    /// The text is not a QR proof of this system.
    #[error("not a QR proof: {0}")]
    NotAProof(&'static str),
    /// The picture could not be read.
    #[error("the picture could not be read: {0}")]
    Picture(String),
    /// The PDF has a structure that the signature writer does not accept.
    #[error("the PDF cannot be signed: {0}")]
    Revision(&'static str),
    /// The signature with its certificates and timestamp is larger than the space reserved for it.
    #[error("the signature needs {needed} bytes, {reserved} were reserved")]
    Reserve {
        /// Size of the CMS structure in bytes.
        needed: usize,
        /// Bytes reserved in the PDF.
        reserved: usize,
    },
    /// There is no valid timestamp, and the policy asks for one.
    #[error("signing is refused without a valid timestamp")]
    TimestampRequired,
    /// The timestamp authority's answer was not accepted.
    #[error("the timestamp was not accepted: {0}")]
    Timestamp(#[from] TimestampFault),
    /// An ASN.1 structure could not be read or written.
    #[error("ASN.1 structure")]
    Asn1(#[from] der::Error),
    /// A certificate or revocation list could not be built.
    #[error("certificate could not be built: {0}")]
    Build(String),
    /// A key could not be generated, read or used.
    #[error("key: {0}")]
    Key(&'static str),
    /// The passphrase does not open the key file.
    #[error("the passphrase does not open {0}")]
    Passphrase(String),
    /// The key store lacks what was asked for, or its state does not allow it.
    #[error("key store: {0}")]
    KeyStore(String),
    /// The random source failed.
    #[error("the random source failed")]
    Chance,
    /// A certificate bundle is empty or not readable.
    #[error("trust bundle: {0}")]
    Trust(&'static str),
    /// A date or number lies outside what the format can carry.
    #[error("{0} is out of range")]
    Range(&'static str),
}

/// Why a timestamp is not valid (RFC 3161, sections 2.2 and 2.4.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimestampFault {
    /// Not a `TimeStampResp` or `TimeStampToken`.
    #[error("not readable")]
    Unreadable,
    /// PKIStatus other than granted.
    #[error("rejected by the authority with status {0}")]
    Rejected(u8),
    /// The imprint is not that of the data.
    #[error("made for other data")]
    Imprint,
    /// The nonce differs from that of the request.
    #[error("answers another request")]
    Nonce,
    /// The token's signature does not hold.
    #[error("its signature does not hold")]
    Signature,
    /// The signer is not a timestamp authority that is trusted.
    #[error("its authority is not trusted: {0}")]
    Untrusted(String),
    /// The timestamp source could not be reached or answered something else.
    #[error("source: {0}")]
    Source(String),
}

/// Result of this crate.
pub type Result<T> = std::result::Result<T, CertificateError>;

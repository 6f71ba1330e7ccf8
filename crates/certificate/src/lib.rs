//! From a licence record to a page, from a page to a signed PDF/A-3, and back: verification.
//!
//! A library of its own: it knows no database, no HTTP server, no clock and no chance of its own. Time comes in
//! as `OffsetDateTime` (UTC) or `Date` (Asia/Shanghai), randomness as [`Chance`].
//!
//! ```text
//! LicenceRecord ──┬─ Printer::certificate ── Unsigned ── sign / sign_locally ── Vec<u8> (PDF/A-3b, PAdES B-T)
//! QrSigner ───────┘                                          │                        │
//! OfficialDocument ─ Printer::document ─── Unsigned ─────────┘          verify_pdf(bytes, trust, now) ── Report
//! ```
//!
//! # The path of a certificate
//!
//! ```no_run
//! # use certificate::*;
//! # use time::OffsetDateTime;
//! # fn issue(record: &LicenceRecord, now: OffsetDateTime) -> Result<Vec<u8>> {
//! // Once per process.
//! let chance = SystemChance::new();
//! let store = KeyStore::open("keys".as_ref(), "passphrase")?;
//! let printer = Printer::new(&FontSources::default(), Templates::embedded())?;
//! let (identity, tsa, qr, trust) = (store.authority()?, store.tsa()?, store.qr()?, store.trust()?);
//! let origin: PublicOrigin = "https://aq.example.gov.cn".parse()?;
//!
//! // For each certificate: code, page (store these bytes), signature and timestamp (store these too).
//! let proof = QrProof::sign(QrEssentials::of(record)?, &qr)?;
//! let look = Look { demo: store.is_demo(), ..Look::default() };
//! let page = printer.certificate(record, &proof.url(&origin), &look, now)?;
//! let claim = Claim::new("安全生产许可证签发", "江西省南昌市", now);
//! let pdf = sign_locally(&page, &identity, &claim, &tsa, &trust, &chance)?;
//!
//! assert_eq!(verify_pdf(&pdf, &trust, now).verdict, Verdict::Valid);
//! # Ok(pdf) }
//! ```
//!
//! With an outside timestamp authority, [`sign`] takes a [`TimestampSource`]; callers that keep network and
//! signing apart use [`begin`], [`Pending::timestamp_request`], [`TimestampRequest::accept`] and
//! [`Pending::finish`].
//!
//! # Standards
//!
//! PDF/A-3b (ISO 19005-3) · PAdES B-T (ETSI EN 319 142-1) by incremental update (ISO 32000-1, 7.5.6) · CAdES
//! attributes (RFC 5035) in CMS (RFC 5652) · timestamps (RFC 3161) · X.509 and revocation lists (RFC 5280) ·
//! licence metadata GB/T 36903 and identifier GB/T 36904 · QR codes ISO/IEC 18004 level H, drawn twice, because one
//! code alone does not survive the loss of 30 % of its area.
//!
//! # What is deliberately absent
//!
//! No network, no clock, no database, no status of licences: whether a licence is suspended or revoked today is
//! for the caller, who replaces [`Verdict::Valid`] by what the register says.

mod asn1;
mod cades;
mod chance;
mod document;
mod error;
mod keystore;
mod pack;
mod pki;
mod print;
mod qr;
mod record;
mod report;
mod revision;
mod sign;
mod suite;
mod template;
mod timestamp;
mod trust;
mod verify;

pub use cades::SigningIdentity;
pub use chance::{Chance, SystemChance};
pub use document::{Block, OfficialDocument};
pub use error::{CertificateError, Result, TimestampFault};
pub use keystore::{
    CertificateFacts, KeyStore, KeyUse, ListTimes, PendingKey, Role, StoreLock, StoredCertificate,
    StoredLogKey,
};
pub use pki::{CertificateAuthority, Profile, Revocation, RevocationReason, serial_of};
pub use print::{Look, Printer, Unsigned};
pub use qr::{PublicOrigin, QrEssentials, QrProof, QrSigner, find_proofs};
pub use record::{ATTACHMENT_NAME, AnnualReview, ChangeEntry, Edition, LICENCE_NAME, LicenceRecord, SCHEMA};
pub use report::{Report, Step, StepName, Verdict};
pub use sign::{Claim, DEFAULT_RESERVE, Pending, TimestampPolicy, begin, sign, sign_locally};
pub use suite::{KeyKind, RSA_SHA256, SUITES, SigningKey, SoftwareKey, Suite};
pub use template::{CURRENT_TEMPLATE, TemplateKind, Templates};
pub use timestamp::{LocalSource, LocalTsa, TimestampRequest, TimestampSource, TimestampToken};
pub use trust::Trust;
pub use typesetting::{FontFile, FontSources, TypesettingError};
pub use verify::{Expected, verify_pdf, verify_pdf_against, verify_qr};

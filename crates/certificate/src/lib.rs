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
//! # Public face
//!
//! Records and pages
//! - `LicenceRecord { number, identifier, enterprise, credit_code, address, legal_representative, economic_type,
//!   industry, scope, valid_from, valid_until, issued_on, authority, authority_code, edition, version, … }`,
//!   `LicenceRecord::attachment() -> Vec<u8>` (the exact bytes of `licence.json`, GB/T 36903 codes included)
//! - `Edition::{Original, Duplicate}`; `Look { demo, high_contrast, bilingual, .. }`
//! - `Templates::embedded()`, `Templates::with_override(dir)`; a record names its template version
//! - `Printer::new(FontSources, Templates)`, `.certificate(&record, &qr_url, &look, at) -> Unsigned`,
//!   `.document(&OfficialDocument, at) -> Unsigned`, `.missing_glyphs(text)`
//! - `OfficialDocument { title, number, addressee, blocks, authority, date, … }` for `notice.typ`
//!
//! Keys
//! - `trait Chance { fn fill(&self, &mut [u8]) }`, `SystemChance`
//! - `trait Suite` (digest, algorithm identifiers, verification), `trait SigningKey`
//! - `SigningIdentity { key, certificate, chain }`, `CertificateAuthority`, `Profile`, `Revocation`
//! - `KeyStore::create_demo(dir, passphrase, &DemoNames, now, chance)`, `KeyStore::open(dir, passphrase)`,
//!   `.authority() -> SigningIdentity`, `.tsa() -> LocalTsa`, `.qr() -> QrSigner`, `.ca_bundle_pem()`,
//!   `.crl_der()`, `.revoke(serial, reason, now)`, `.rotate(role, now, chance)`, `.trust() -> Trust`
//!
//! QR
//! - `QrProof::sign(&essentials, &QrSigner, public_url) -> SignedQr { url, .. }`, `QrProof::parse(text)`,
//!   `QrProof::verify(&trust, now)`, `QrProof::find_in_image(bytes)`
//!
//! Signing
//! - `begin(&Unsigned, &SigningIdentity, &Claim) -> Pending`, `Pending::timestamp_request(chance)`,
//!   `Pending::finish(Stamp)`; `sign(…, &dyn TimestampSource, …).await`; `sign_locally(…, &LocalTsa, now, …)`
//! - `LocalTsa::answer(request_der, now, chance) -> Vec<u8>` (mount it at `/tsa`)
//! - `TimestampRequest::new(digest, chance)`, `.accept(response_der, &trust) -> TimestampToken`
//!
//! Verification
//! - `Trust::from_pem(bundle)`, `.with_crl(der)`, `.with_tsa_roots(pem)`
//! - `verify_pdf(bytes, &trust, now) -> Report`, `verify_pdf_against(bytes, &trust, now, &Expected { qr, record })`
//! - `verify_qr(text, &trust, now) -> Report`
//! - `Report { verdict, steps: [{ step, ok, detail }], licence, signed_at, signer, notes }`,
//!   `Verdict::{Valid, Expired, NotYetValid, Altered, Untrusted, Unknown, Suspended, Revoked, …}`

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
pub use keystore::{KeyStore, Role, StoredCertificate};
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

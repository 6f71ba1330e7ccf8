//! What citizens see: server-rendered pages that need no script, and the verification of certificates
//! (VER.1–3, 5; the published list of MAT.1).
//!
//! The crate owns no tables. What it needs from others are narrow faces, wired together by the server:
//! [`Register`] (what the register says now), [`Prover`] (what a PDF or QR code proves by itself), [`Accountability`]
//! (responsibility lists and what was handed down) and, optionally, [`EvidenceLookup`] (whether a certificate is in the
//! evidence log).
//!
//! ```text
//! pages(public)            /  /search  /v/{code}  /losses  /verify  /matters  /about/verification  /proofs/…  robots, sitemap, icon
//! router(public)           POST /api/v1/public/verify
//! docs(&site, &openapi)    /api/docs
//! ```

mod http;
pub mod model;
mod pages;
mod ports;
mod prover;
pub mod rules;
mod service;

pub use http::router;
pub use model::*;
pub use pages::{docs, pages};
pub use ports::{Accountability, EvidenceLookup, Prover, Register};
pub use prover::CertificateProver;
pub use service::{Parts, Public, PublicError, Site, UPLOAD_LIMIT};

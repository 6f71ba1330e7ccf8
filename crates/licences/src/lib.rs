//! Licences (LIC.1, LIC.2, CER, VER.2): numbering, issuing with signed certificates, public status and search.

mod http;
mod jobs;
mod migrations;
pub mod model;
mod ports;
pub mod rules;
mod service;
mod store;

pub use certificate::Edition;
pub use http::router;
pub use jobs::handlers;
pub use migrations::migrations;
pub use model::{DirectIssue, Grant, Holder, Licence, Period, PublicLicence, Status};
pub use ports::{Certify, Grants, NeighbourError, Pressed};
pub use service::{
    Answer, Count, IssuedLicence, LicenceQuery, Licences, LicencesError, PRESS_JOB, PressedPair, PublicFile,
    PublicQuery, Unissued,
};
pub use store::LicenceAudit;

/// Kind of the job that issues the licence of a grant; payload `{"application": …}`.
pub const ISSUE_JOB: &str = "licences.issue";

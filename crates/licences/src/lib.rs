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
pub use model::{DirectIssue, Grant, Holder, Issued, Licence, Period, PublicLicence, Purpose, Status};
pub use ports::{Certify, Grants, NeighbourError, Pressed, ProspectError, Running};
pub use service::{
    Answer, CasePreview, CasesWanted, Count, FilingsWanted, Fulfilled, IssuedLicence, LicenceFacts,
    LicenceMatter, LicenceQuery, Licences, LicencesError, NewCase, NewDamage, NewHandover, NewService,
    NewWorkElsewhere, PRESS_JOB, PaperFile, PressedPair, PublicEvent, PublicFile, PublicLoss, PublicQuery,
    RegionStatus, Unissued, WeakLicences,
};
pub use store::{CaseAudit, FilingAudit, LicenceAudit};

/// Kind of the job that issues the licence of a grant; payload `{"application": …}`.
pub const ISSUE_JOB: &str = "licences.issue";

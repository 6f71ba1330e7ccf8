//! The evidence log of the platform (EVD.1, 2): seals events into the transparency log, serves its tiles,
//! proves inclusion, and audits rows, files and log against each other.

mod http;
mod migrations;
pub mod model;
mod service;
mod store;

pub use http::{log_router, router};
pub use migrations::migrations;
pub use model::{Proof, Renamed, SealedUpTo, Unsealed};
pub use service::{AuditFault, AuditReport, FaultKind, LogKeys, Transparency, TransparencyError};

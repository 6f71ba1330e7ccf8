//! Enterprise registry 一企一档 (REG.1–3): files with one timeline, key staff, facilities and hazard sources, base
//! ledgers by region and danger, search by any two characters, bulk import and export.

mod http;
mod jobs;
mod migrations;
pub mod model;
pub mod rules;
mod service;
mod store;

pub use http::router;
pub use jobs::handlers;
pub use migrations::migrations;
pub use model::{
    Danger, Enterprise, EnterpriseQuery, EnterpriseState, Facility, Field, ImportId, Limits, NewEnterprise,
    Particulars, RegionCount, Settings, SizeClass, Sort, Staff, Watch, WatchId,
};
pub use service::import::{
    Column, ErrorFormat, IMPORT_JOB, ImportOptions, ImportReport, ImportState, IssueKind,
};
pub use service::{Registry, RegistryError};
pub use store::{EnterpriseAudit, FacilityAudit, StaffAudit, WatchAudit};

//! Applications and their approval (APP.1–3, 6–11): one submission, first-contact responsibility, reviews by
//! several departments at once, each with its clock, three reviews by different people, decision and delivery.
//!
//! Other capabilities take a grant over by [`ISSUE_JOB`] and [`Applications::granted`].

mod http;
mod jobs;
mod migrations;
pub mod model;
mod ports;
pub mod rules;
mod service;
mod store;

pub use http::router;
pub use jobs::handlers;
pub use migrations::migrations;
pub use model::Holder;
pub use ports::{LicenceBook, RegisterError};
pub use service::{
    Applications, ApplicationsError, Called, DocumentFile, DueCounts, Filters, Grant, InHand, InHandQuery,
    InHandSort, Listed, NewCorrectionItem, NewDraft, NewItem, NewNonAcceptance, NewPhoto, NewRefusal,
    NewReview, NewSiteCheck, NewStop, NewSubject, OpenTask, PhotoUpload, PreviewContent, PublicDecision,
    Renderer, Seen, SiteOfficerChoice, TaskItem, Upload,
};
pub use store::{About, ApplicationAudit, Counted, Record, Reviewed, Sort, Span};

/// Job that a granted first issue puts into the outbox, once; payload `{"application": ApplicationId}`.
pub const ISSUE_JOB: &str = "licences.issue";
/// Job that the grant of anything about an existing licence (延期、变更、补办、注销) puts into the outbox, once;
/// payload `{"application": ApplicationId}`. What to do stands in [`Grant::subject`].
pub const CARRY_OUT_JOB: &str = "licences.carry_out";

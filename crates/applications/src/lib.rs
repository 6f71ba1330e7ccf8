//! Applications and their approval (APP.1–3, 6–11): one submission, first-contact responsibility, reviews by
//! several departments at once, each with its clock, three reviews by different people, decision and delivery.
//!
//! Other capabilities take a grant over by [`ISSUE_JOB`] and [`Applications::granted`].

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
pub use service::{
    Applications, ApplicationsError, DocumentFile, Filters, Grant, Holder, Listed, NewCorrectionItem,
    NewDraft, NewNonAcceptance, NewRefusal, NewReview, NewStop, PublicDecision, Renderer, Seen, TaskItem,
    Upload,
};
pub use store::{ApplicationAudit, Record, Sort};

/// Job that a grant puts into the outbox, once; payload `{"application": ApplicationId}`.
pub const ISSUE_JOB: &str = "licences.issue";

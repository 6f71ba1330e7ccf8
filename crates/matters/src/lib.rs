//! Matters (事项): what can be applied for, on which conditions, with which papers, before whom and within
//! which time. Definitions are versioned data; a running application keeps the version it began with.

mod http;
mod migrations;
mod model;
mod rules;
mod service;
mod store;

pub use http::router;
pub use migrations::migrations;
pub use model::*;
pub use rules::{
    CORRECTION, CORRECTION_PERIOD, DELIVERY, DEPARTMENT_REVIEW, DocumentFault, Fault, INTERNAL_TARGET,
    ItemCodeError, ListRefusal, PLACEHOLDERS, REQUIRED_CLOCKS, STATUTORY_REVIEW, Section, Unconfirmed,
    compose, compose_with_items, document_number, meaning,
};
pub use service::{
    Matters, NewListReview, OpenFact, Published, QuarterlyDuty, ResponsibilityList, ReviewFilters,
    SeenDevolution, SeenReview,
};
pub use store::{Catalogue, FaultKind, FileFault, ListReviewAudit, MattersError, Source, SourceKind, load};

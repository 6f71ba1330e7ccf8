//! Matters (事项): what can be applied for, on which conditions, with which papers, before whom and within
//! which time. Definitions are versioned data; a running application keeps the version it began with.

mod http;
mod model;
mod rules;
mod service;
mod store;

pub use http::router;
pub use model::*;
pub use rules::{
    CORRECTION, CORRECTION_PERIOD, DELIVERY, DEPARTMENT_REVIEW, DocumentFault, Fault, INTERNAL_TARGET,
    ItemCodeError, PLACEHOLDERS, REQUIRED_CLOCKS, STATUTORY_REVIEW, Section, Unconfirmed, compose,
    compose_with_items, document_number, meaning,
};
pub use service::{Matters, OpenFact, Published};
pub use store::{Catalogue, FaultKind, FileFault, MattersError, Source, SourceKind, load};

//! Matters (事项): what can be applied for, on which conditions, with which papers, before whom and within
//! which time. Definitions are versioned data; a running application keeps the version it began with.

mod catalogue;
mod city;
mod documents;
mod keys;
mod model;
mod rules;

pub use catalogue::{Catalogue, FaultKind, FileFault, MattersError, Source, SourceKind, load};
pub use city::{Area, Authority, City, Delegation, Devolution, Named, NumberRule, Place, Zone};
pub use documents::{
    Column, Copies, DocumentDefinition, DocumentFault, Fact, Footer, Items, Missing, MissingPlaceholder,
    Notice, PLACEHOLDERS, Paragraph, Table, compose, compose_with_items, document_number, meaning,
};
pub use keys::{
    BadKey, ClockKey, ConditionKey, DepartmentKey, DocumentKey, MaterialKey, SourceKey, StageKey, StatuteKey,
};
pub use model::*;
pub use rules::{
    CORRECTION, CORRECTION_PERIOD, DELIVERY, DEPARTMENT_REVIEW, Fault, INTERNAL_TARGET, ItemCodeError,
    REQUIRED_CLOCKS, STATUTORY_REVIEW, Section, Unconfirmed,
};

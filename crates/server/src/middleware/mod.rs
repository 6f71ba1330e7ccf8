//! What every request passes: identification, access, idempotency, measurement.

pub mod access;
mod content;
pub mod idempotent;
pub mod identify;
pub mod linger;
pub mod measure;
pub mod patience;

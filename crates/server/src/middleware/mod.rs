//! What every request passes: identification, access, idempotency, measurement.

pub mod access;
pub mod idempotent;
pub mod identify;
pub mod measure;

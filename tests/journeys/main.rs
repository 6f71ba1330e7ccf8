//! Journeys across capabilities, through HTTP, on both databases.

mod access_matrix;
mod first_licence;
mod idempotency;
mod identity;
mod import;
mod openapi;
mod stale;
mod trust;

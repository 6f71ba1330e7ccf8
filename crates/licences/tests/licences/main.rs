//! Licences through their public face, on SQLite.

// Helpers of tests may fail as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod app;
mod http;
mod issuing;
mod life;
mod public;
mod take_over;

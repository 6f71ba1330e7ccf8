//! The registry over a real SQLite file, through its public faces.

// Helpers of tests may fail as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod files;
mod http;
mod import;
mod search;
mod support;

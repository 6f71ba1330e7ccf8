//! The laws of the house that Cargo cannot express, held by scanning the sources. ARCHITECTURE.md says why
//! each of them exists. A law that must give way is changed here and there at once, never worked around.

// Helpers of tests may unwrap as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod documents;
mod layering;
mod purity;
mod rooms;
mod scan;
mod sql;
mod wire;
mod words;

/// Fails with every breach on a line of its own.
#[track_caller]
fn hold(law: &str, breaches: Vec<String>) {
    assert!(
        breaches.is_empty(),
        "{law}: {} broken\n  {}",
        breaches.len(),
        breaches.join("\n  ")
    );
}

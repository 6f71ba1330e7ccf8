//! The program as a process: commands, crashes, tampering.

// Helpers of tests may fail as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod commands;
mod crash;
mod support;
mod tampering;
mod verifying;

//! Tests through the public faces: pages and API over an invented register.

// Helpers of tests may fail as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api;
mod pages;
mod real;
mod support;
mod web;

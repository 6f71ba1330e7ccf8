//! Tests of this capability through its public face.

// Helpers of tests may fail as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod about_licences;
mod clocks;
mod figures;
mod journeys;
mod life;
mod support;
mod visits;

//! Journeys across capabilities, through HTTP, on both databases.

// Helpers of tests may fail as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod about_licences;
mod access_matrix;
mod collaboration;
mod daily;
mod demo_clock;
mod event_lists;
mod figures;
mod first_licence;
mod idempotency;
mod identity;
mod import;
mod jobs;
mod licence_desk;
mod licence_life;
mod notice_addresses;
mod notices;
mod openapi;
mod previews;
mod stale;
mod trust;
mod watch;

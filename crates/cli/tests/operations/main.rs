//! What an administrator does: keys, backup, restore, watching, stopping.

// Helpers of tests may fail as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod backups;
mod evidence;
mod files;
mod keys;
mod support;
mod upkeep;
mod watching;

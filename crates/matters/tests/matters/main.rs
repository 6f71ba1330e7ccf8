//! The shipped rule files, and what becomes of broken ones; through the public face only.

// Helpers of tests may unwrap as the tests themselves do.
#![allow(clippy::unwrap_used)]

mod catalogue;
mod data;
mod documents;
mod faults;
mod http;
mod kinds;
mod schema;
mod shipped;

//! The crate through its public face: the shipped data files, published vectors, and properties.

// The configuration allows unwrap in test functions only; the functions they share are tests too.
#![allow(clippy::unwrap_used)]

mod calendar;
mod data;
mod properties;

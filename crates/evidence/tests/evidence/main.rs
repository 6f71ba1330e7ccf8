//! The evidence log through its public face: one binary, one module a topic.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod audit;
mod canonical;
mod notes;
mod parsers;
mod paths;
mod reference;
mod support;
mod tree;
mod vectors;

//! The certificate library through its public face, and before foreign judges.
//!
//! The judges (pyHanko, pdfsig, qpdf, mutool, pikepdf, zbarimg, pdftotext, openssl) are installed by
//! `scripts/setup-tests`; a missing one fails its test.

// Helpers of tests may fail as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod codes;
mod forgeries;
mod judges;
mod keys;
mod pages;
mod signatures;
mod support;
mod timestamps;

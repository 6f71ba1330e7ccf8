//! The certificate library through its public face, and before foreign judges.
//!
//! The judges (pyHanko, pdfsig, qpdf, mutool, pikepdf, zbarimg, pdftotext, openssl) are installed by
//! `scripts/setup-test-tools.sh`; a missing one fails its test.

mod codes;
mod forgeries;
mod judges;
mod keys;
mod pages;
mod signatures;
mod support;
mod timestamps;

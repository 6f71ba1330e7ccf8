//! Where capabilities meet: each adapter gives one of them what another has, in the words of the first.

mod enterprises;
mod book;
mod pages;
mod prover;
mod trust_services;

pub use enterprises::EnterpriseFiles;
pub use book::LicenceLookup;
pub use pages::{Evidence, LicenceRegister};
pub use prover::CertificateProver;
pub use trust_services::router as trust_services;

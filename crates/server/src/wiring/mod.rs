//! Where capabilities meet: each adapter gives one of them what another has, in the words of the first.

mod adopting;
mod book;
mod called;
mod enterprises;
mod notices;
mod pages;
mod prover;
mod trust_services;

pub use adopting::{ADOPT_JOB, AdoptChange};
pub use book::LicenceLookup;
pub use called::RegistryNames;
pub use enterprises::EnterpriseFiles;
pub use notices::{HoldersDuties, Names, WorkLists};
pub use pages::{Evidence, LicenceRegister};
pub use prover::CertificateProver;
pub use trust_services::router as trust_services;

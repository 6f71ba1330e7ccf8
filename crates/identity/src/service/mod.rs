//! The use cases of identity.

mod accounts;
mod error;
mod qualifications;
mod secrets;
mod sessions;

use std::sync::Arc;

use kernel::Kernel;

use crate::ports::Enterprises;

pub use error::IdentityError;

/// The capability: accounts, sessions, qualifications.
#[derive(Clone)]
pub struct Identity {
    kernel: Kernel,
    enterprises: Option<Arc<dyn Enterprises>>,
}

type Outcome<T> = Result<T, IdentityError>;

impl Identity {
    /// Over a kernel. Without the registry at its side only who reaches everywhere makes accounts of enterprises.
    pub fn new(kernel: Kernel) -> Self {
        let enterprises = None;
        Self { kernel, enterprises }
    }

    /// With the registry's knowledge of where an enterprise belongs.
    #[must_use]
    pub fn with_enterprises(self, enterprises: Arc<dyn Enterprises>) -> Self {
        let enterprises = Some(enterprises);
        Self { enterprises, ..self }
    }
}

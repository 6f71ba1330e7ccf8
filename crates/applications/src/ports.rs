//! What applications need from the licences, in their own words. The server wires it: licences stand on
//! applications, not the other way round.

use async_trait::async_trait;
use kernel::ids::LicenceId;

use crate::model::HeldLicence;

/// The register of licences did not answer.
#[derive(Debug, thiserror::Error)]
#[error("register of licences")]
pub struct RegisterError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Tells what a licence says and how it stands today.
#[async_trait]
pub trait LicenceBook: Send + Sync {
    /// The licence as it stands now; `None` when it does not exist or was never issued.
    async fn held(&self, id: LicenceId) -> Result<Option<HeldLicence>, RegisterError>;
}

//! What applications ask the register of licences.

use applications::{LicenceBook, RegisterError, model::HeldLicence};
use async_trait::async_trait;
use kernel::{Actor, ids::LicenceId};
use licences::{LicencesError, WeakLicences};

/// The register of licences as applications see it. Licences stand on applications: held here, neither would ever
/// be dropped, nor the connections to the database closed.
pub struct LicenceLookup {
    /// Licences.
    pub licences: WeakLicences,
}

/// The platform was dropped while a question was on its way.
#[derive(Debug, thiserror::Error)]
#[error("the platform is closing")]
struct Closing;

#[async_trait]
impl LicenceBook for LicenceLookup {
    async fn held(&self, id: LicenceId) -> Result<Option<HeldLicence>, RegisterError> {
        let Some(licences) = self.licences.upgrade() else {
            return Err(RegisterError(Box::new(Closing)));
        };
        let found = match licences.licence(&Actor::system("申请办理"), id).await {
            Ok(licence) => licence,
            Err(LicencesError::NotFound) => return Ok(None),
            Err(error) => return Err(RegisterError(Box::new(error))),
        };
        Ok(licences.held_licence(&found))
    }
}

//! What applications ask the register of licences.

use applications::{LicenceBook, RegisterError, model::HeldLicence};
use async_trait::async_trait;
use kernel::{Actor, ids::LicenceId};
use licences::{LicencesError, Status, WeakLicences};
use matters::Standing;

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
        // Nothing can be asked for about a number that was never issued, and nothing about a stand-in.
        let Some(issued) = found
            .issued()
            .filter(|issued| issued.facts.temporary_for.is_none())
        else {
            return Ok(None);
        };
        let facts = issued.facts.clone();
        let standing = match licences.status_today(&found) {
            Some(status) if status.in_force() => Standing::InForce,
            Some(Status::NotYetValid) => Standing::InForce,
            Some(Status::Suspended) => Standing::Suspended,
            Some(Status::Expired) => Standing::Expired,
            _ => Standing::Ended,
        };
        let holder = facts.holder;
        Ok(Some(HeldLicence {
            id,
            number: facts.number.to_string(),
            industry: facts.industry,
            enterprise: facts.enterprise,
            holder: applications::Holder {
                name: holder.name,
                code: holder.code.to_string(),
                address: holder.address,
                legal_representative: holder.legal_representative,
                economic_type: holder.economic_type,
                region: holder.region.as_str().to_owned(),
            },
            scope: facts.scope,
            valid_from: facts.validity.from,
            valid_to: facts.validity.until,
            standing,
        }))
    }
}

//! The neighbours that do it.

use applications::{Applications, ApplicationsError};
use async_trait::async_trait;
use certificate::{CertificateError, LicenceRecord};
use kernel::ids::ApplicationId;
use press::{Press, PressError};
use time::OffsetDateTime;

use super::{Certify, Grants, NeighbourError, Pressed};
use crate::model::{Grant, Holder, Period};

#[async_trait]
impl Grants for Applications {
    async fn grant(&self, application: ApplicationId) -> Result<Grant, NeighbourError> {
        let granted = self.granted(application).await.map_err(|error| match error {
            ApplicationsError::NotFound(_) => NeighbourError::ForGood(Box::new(error)),
            _ => NeighbourError::ForNow(Box::new(error)),
        })?;
        // A second certificate for what only changes the first would be worse than none.
        if granted.licence.is_some() {
            return Err(for_good(NotAFirstIssue(granted.reference)));
        }
        let holder = granted.holder;
        Ok(Grant {
            application: granted.application,
            reference: granted.reference,
            matter: granted.matter,
            matter_version: granted.matter_version,
            industry: granted.industry,
            enterprise: granted.enterprise,
            holder: Holder {
                name: holder.name,
                code: holder.code.parse().map_err(for_good)?,
                address: holder.address,
                legal_representative: holder.legal_representative,
                economic_type: holder.economic_type,
                region: holder.region.parse().map_err(for_good)?,
            },
            scope: granted.scope,
            decided_on: granted.decided_on,
            validity: Period {
                from: granted.valid_from,
                until: granted.valid_to,
            },
            demo: granted.demo,
        })
    }
}

/// The grant concerns a licence that is there already: it is carried out on that licence, never issued anew.
#[derive(Debug, thiserror::Error)]
#[error("application {0} concerns an existing licence")]
struct NotAFirstIssue(String);

fn for_good(error: impl std::error::Error + Send + Sync + 'static) -> NeighbourError {
    NeighbourError::ForGood(Box::new(error))
}

#[async_trait]
impl Certify for Press {
    async fn certify(&self, record: LicenceRecord, at: OffsetDateTime) -> Result<Pressed, NeighbourError> {
        let made = self.certificate(record, at).await.map_err(judge)?;
        Ok(Pressed {
            pdf: made.pdf,
            qr_url: made.qr_url,
        })
    }
}

/// A record that cannot be printed stays so; keys, timestamps and files may come back.
fn judge(error: PressError) -> NeighbourError {
    match error {
        PressError::Certificate(
            CertificateError::Typesetting(_)
            | CertificateError::NoTemplate(_)
            | CertificateError::Record(_)
            | CertificateError::Range(_)
            | CertificateError::Revision(_),
        ) => NeighbourError::ForGood(Box::new(error)),
        PressError::Certificate(_) | PressError::Stopped(_) => NeighbourError::ForNow(Box::new(error)),
    }
}

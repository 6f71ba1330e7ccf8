//! Figures of the register.

use codes::RegionCode;
use kernel::{Actor, Permission};
use matters::Industry;

use super::{Licences, Outcome};
use crate::{
    model::Status,
    store::{self, RegionQuery},
};

/// Licences of a region that have one status today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionStatus {
    /// Code of the region, as deep as asked for or as known.
    pub region: String,
    /// The status.
    pub status: Status,
    /// How many.
    pub count: i64,
}

impl Licences {
    /// Issued licences within the actor's scope by region, cut to so many digits of its code, and status today.
    ///
    /// # Errors
    /// [`super::LicencesError::Forbidden`].
    pub async fn count_by_region(
        &self,
        actor: &Actor,
        region: Option<RegionCode>,
        industry: Option<Industry>,
        digits: usize,
    ) -> Outcome<Vec<RegionStatus>> {
        actor.require(Permission::LicencesRead)?;
        let query = RegionQuery {
            region,
            industry,
            digits,
        };
        let on = self.today();
        let days = (on, self.inner.rule.horizon(on));
        let rows = store::by_region(self.inner.kernel.db(), &actor.scope, &query, days).await?;
        let count = |(region, status, count)| RegionStatus {
            region,
            status,
            count,
        };
        Ok(rows.into_iter().map(count).collect())
    }
}

//! What can be applied for about a licence, before a draft is begun.

use applications::{ApplicationsError, model::HeldLicence};
use kernel::{Actor, LegalDate, Permission, Problem, ids::LicenceId};
use matters::{Definition, Kind, MatterKey, Standing};

use super::{Licences, LicencesError, Outcome};
use crate::{
    model::{Licence, Status},
    ports::Running,
    rules::{self, Asked, WindowView},
};

/// A matter about a licence as it stands today.
#[derive(Clone, Debug)]
pub struct LicenceMatter {
    /// The matter.
    pub key: MatterKey,
    /// The version that new applications use.
    pub version: u32,
    /// Its name.
    pub name: String,
    /// Why it cannot be applied for today, in the words that a draft would be refused with.
    pub reason: Option<String>,
    /// What can be asked for.
    pub facets: Vec<(Asked, Option<String>)>,
    /// The windows that need no day of an event.
    pub windows: Vec<WindowView>,
    /// The application that is under way, as far as the actor may know of it.
    pub running: Option<Running>,
}

impl Licences {
    /// A licence as applications see it; `None` for a number that was never issued and for a stand-in, about which
    /// nothing can be asked for.
    pub fn held_licence(&self, licence: &Licence) -> Option<HeldLicence> {
        let issued = licence
            .issued()
            .filter(|issued| issued.facts.temporary_for.is_none())?;
        let facts = issued.facts.clone();
        let standing = match self.status_today(licence) {
            Some(status) if status.in_force() => Standing::InForce,
            Some(Status::NotYetValid) => Standing::InForce,
            Some(Status::Suspended) => Standing::Suspended,
            Some(Status::Expired) => Standing::Expired,
            _ => Standing::Ended,
        };
        let holder = facts.holder;
        Some(HeldLicence {
            id: facts.id,
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
        })
    }

    /// The matters of the licence's industry about an existing licence, with what a draft would meet today.
    ///
    /// # Errors
    /// [`LicencesError::NotFound`] outside the scope.
    pub async fn matters(&self, actor: &Actor, id: LicenceId) -> Outcome<Vec<LicenceMatter>> {
        let licence = self.licence(actor, id).await?;
        let Some(held) = self.held_licence(&licence) else {
            return Ok(Vec::new());
        };
        let today = self.today();
        let running = self.running(id).await?;
        let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::FirstIssue);
        let current = kinds.filter_map(|kind| {
            let industry = held.industry;
            self.inner
                .catalogue
                .current(MatterKey { industry, kind }, today.0)
        });
        Ok(current
            .map(|def| self.matter_today(actor, &held, def, &running, today))
            .collect())
    }

    fn matter_today(
        &self,
        actor: &Actor,
        held: &HeldLicence,
        def: &Definition,
        running: &[Running],
        today: LegalDate,
    ) -> LicenceMatter {
        let possible = rules::possible(held, def, &self.inner.calendar, today);
        let running = running.iter().find(|one| one.matter == def.key);
        let under_way = running.map(|one| {
            let (id, reference) = (one.application, one.reference.clone());
            words(ApplicationsError::Running { id, reference })
        });
        LicenceMatter {
            key: def.key,
            version: def.version,
            name: def.name.clone(),
            reason: under_way.or_else(|| possible.unfit.map(|unfit| words(unfit.into()))),
            facets: possible
                .asked
                .into_iter()
                .map(|asked| {
                    let reason = asked.unfit.clone().map(|unfit| words(unfit.into()));
                    (asked, reason)
                })
                .collect(),
            windows: possible.windows,
            running: running.filter(|one| may_know(actor, one)).cloned(),
        }
    }

    /// The applications about a licence that are under way.
    pub(super) async fn running(&self, id: LicenceId) -> Outcome<Vec<Running>> {
        let running = self.inner.grants.running(id).await;
        running.map_err(LicencesError::Grant)
    }
}

/// A draft is the applicant's own until it is handed in.
pub(super) fn may_know(actor: &Actor, running: &Running) -> bool {
    let own = actor.is_system || actor.scope.enterprise.is_some();
    actor.may(Permission::ApplicationsRead) && (own || !running.is_draft)
}

/// The words that a draft would be refused with.
fn words(error: ApplicationsError) -> String {
    let problem = Problem::from(error);
    problem.detail.unwrap_or(problem.title)
}

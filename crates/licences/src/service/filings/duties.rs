//! What is owed.

use kernel::{
    Actor, LegalDate,
    ids::{EnterpriseId, LicenceId},
};
use matters::Kind;
use time::Duration;

use super::invalid;
use crate::{
    model::Licence,
    rules::{self, Duty, Window},
    service::{Licences, LicencesError, Outcome, possible::may_know},
    store,
};

/// Licences of one enterprise whose duties are listed.
pub(super) const MOST_LICENCES: u64 = 200;

/// Furthest span of days that duties are listed for.
pub(super) const LONGEST_WINDOW: Duration = Duration::days(4 * 366);

impl Licences {
    /// What an enterprise owes for all its licences, by last day: due, done, missed.
    ///
    /// # Errors
    /// [`LicencesError::Invalid`] for a span of days that is empty or too long.
    pub async fn duties(
        &self,
        actor: &Actor,
        enterprise: EnterpriseId,
        from: LegalDate,
        until: LegalDate,
    ) -> Outcome<Vec<Duty>> {
        let query = crate::LicenceQuery {
            enterprise: Some(enterprise),
            ..crate::LicenceQuery::default()
        };
        let licences = self.list(actor, &query, None, MOST_LICENCES).await?;
        // Whose file it is knows that it is there; to others an enterprise without a licence within their scope is
        // as unknown as one outside it.
        if licences.is_empty() && actor.scope.enterprise != Some(enterprise.into()) {
            return Err(LicencesError::NotFound);
        }
        self.duties_of(actor, &licences, from, until).await
    }

    /// What is owed for one licence.
    ///
    /// # Errors
    /// [`LicencesError::NotFound`] outside the scope.
    pub async fn licence_duties(
        &self,
        actor: &Actor,
        id: LicenceId,
        from: LegalDate,
        until: LegalDate,
    ) -> Outcome<Vec<Duty>> {
        let licence = self.licence(actor, id).await?;
        self.duties_of(actor, &[licence], from, until).await
    }

    pub(super) async fn duties_of(
        &self,
        actor: &Actor,
        licences: &[Licence],
        from: LegalDate,
        until: LegalDate,
    ) -> Outcome<Vec<Duty>> {
        if until < from || until.0 - from.0 > LONGEST_WINDOW {
            return Err(invalid("until", "截止日期应当在起始日期之后，跨度不超过四年"));
        }
        let window = Window {
            from,
            until,
            today: self.today(),
        };
        let ids: Vec<_> = licences.iter().map(|licence| licence.facts().id).collect();
        let filings = store::filings_of(self.inner.kernel.db(), &ids).await?;
        let mut found = Vec::new();
        for licence in licences.iter().filter(|licence| licence.issued().is_some()) {
            let own: Vec<_> = filings
                .iter()
                .filter(|filing| filing.licence == licence.facts().id)
                .cloned()
                .collect();
            let mut duties = rules::duties(licence, &own, &self.inner.periods, window);
            self.renewal_under_way(actor, licence.facts().id, &mut duties)
                .await?;
            found.extend(duties);
        }
        found.sort_by_key(|duty| duty.due);
        Ok(found)
    }

    /// Says of a renewal that is owed by which application it is being done.
    pub(super) async fn renewal_under_way(
        &self,
        actor: &Actor,
        id: LicenceId,
        duties: &mut [Duty],
    ) -> Outcome<()> {
        let open = |duty: &&mut Duty| duty.key == "renewal" && duty.done_on.is_none();
        let Some(duty) = duties.iter_mut().find(open) else {
            return Ok(());
        };
        let running = self.running(id).await?;
        let renewal = running
            .iter()
            .find(|one| one.matter.kind == Kind::Renewal && may_know(actor, one));
        duty.application = renewal.map(|one| one.application);
        Ok(())
    }
}

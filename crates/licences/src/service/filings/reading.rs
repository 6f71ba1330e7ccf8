//! What was filed, and what is offered about it.

use std::collections::BTreeSet;

use applications::model::Person;
use kernel::{Actor, Moment, Permission, event::Event, ids::LicenceId};

use super::{FilingsWanted, person};
use crate::{
    model::{Destruction, Filing, FilingId, FollowUp, Licence, Posted, Report, Returned, Waiting, Witness},
    rules,
    service::{Licences, LicencesError, Outcome, read::text_query},
    store::{self, Competent, FilingQuery},
};

/// A step upon a filing that clients are offered.
pub(super) struct Step {
    act: &'static str,
    permission: Permission,
    follow_up: FollowUp,
}

/// Every step, filled in so far that it can be tried.
pub(super) fn steps(by: Person, at: Moment) -> Vec<Step> {
    use Permission::{LicencesDeliver, LicencesHold, LicencesSupervise};
    let (on, text) = (at.legal_date(), String::new);
    let posted = Posted {
        on,
        place: text(),
        by: by.clone(),
    };
    let begun = FollowUp::BeginExchange {
        at,
        application: None,
    };
    let report = Report {
        on,
        text: text(),
        by: by.clone(),
    };
    let returned = Returned {
        on,
        papers: text(),
        by: by.clone(),
    };
    let destruction = Destruction {
        method: text(),
        by: by.clone(),
        at,
        witness: None,
    };
    let all = [
        ("confirm_posting", LicencesHold, FollowUp::Post(posted)),
        ("begin_exchange", LicencesHold, begun),
        ("recover", LicencesHold, FollowUp::Found(on)),
        ("report", LicencesHold, FollowUp::Report(report)),
        (
            "issue_stand_in",
            LicencesDeliver,
            FollowUp::StandIn(LicenceId(uuid::Uuid::nil())),
        ),
        ("take_back", LicencesDeliver, FollowUp::Return(returned)),
        ("destroy", LicencesDeliver, FollowUp::Destroy(destruction)),
        (
            "witness",
            LicencesSupervise,
            FollowUp::Witness(Witness { by, at }),
        ),
    ];
    all.map(|(act, permission, follow_up)| Step {
        act,
        permission,
        follow_up,
    })
    .into()
}

impl Licences {
    /// One filing within the scope.
    ///
    /// # Errors
    /// [`LicencesError::FilingNotFound`].
    pub async fn filing(&self, actor: &Actor, id: FilingId) -> Outcome<Filing> {
        actor.require(Permission::LicencesRead)?;
        let found = store::filing(self.inner.kernel.db(), actor, id).await?;
        found.ok_or(LicencesError::FilingNotFound)
    }

    /// What happened to a filing, newest first.
    ///
    /// # Errors
    /// [`LicencesError::FilingNotFound`].
    pub async fn filing_timeline(
        &self,
        actor: &Actor,
        id: FilingId,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<Event>> {
        self.filing(actor, id).await?;
        self.events_of("licence_filing", id.into(), before, limit).await
    }

    /// Filings within the scope, newest first, one more than `limit`.
    ///
    /// # Errors
    /// [`LicencesError::Invalid`] for a text too short to search for.
    pub async fn filings(
        &self,
        actor: &Actor,
        wanted: &FilingsWanted,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<Filing>> {
        actor.require(Permission::LicencesRead)?;
        let query = FilingQuery {
            licence: wanted.licence,
            enterprise: wanted.enterprise,
            kind: wanted.kind.clone(),
            open: wanted.open,
            waits_on: wanted.waits.then(|| {
                let competent = Competent::of(&self.inner.competence, actor);
                (self.today(), competent)
            }),
            text: text_query(wanted.text.as_deref())?,
        };
        Ok(store::filings(self.inner.kernel.db(), actor, &query, before, limit).await?)
    }

    /// What the actor may do about each of these filings now. The acts themselves are tried, so that nothing is
    /// offered that would be refused.
    pub(crate) async fn filing_actions(
        &self,
        actor: &Actor,
        filings: &[Filing],
    ) -> Outcome<Vec<Vec<&'static str>>> {
        let is_bound = actor.scope.department.is_some();
        let asks = |filing: &&Filing| {
            is_bound
                || (filing.waits() == Some(Waiting::StandIn) && actor.may(Permission::LicencesDeliver))
                || (filing.notice_until().is_some() && actor.may(Permission::LicencesHold))
        };
        let ids: BTreeSet<_> = filings.iter().filter(asks).map(|one| one.licence).collect();
        let licences = store::licences(self.inner.kernel.db(), ids).await?;
        let steps = steps(person(actor), self.inner.kernel.now());
        let allowed = |filing: &Filing| {
            let licence = licences.iter().find(|one| one.facts().id == filing.licence);
            steps
                .iter()
                .filter(|step| actor.may(step.permission))
                .filter(|step| {
                    !is_bound || licence.is_some_and(|licence| self.is_own(actor, licence, step.permission))
                })
                .filter(|step| filing.clone().follow(step.follow_up.clone()).is_ok())
                .filter(|step| self.licence_allows(step, filing, licence))
                .map(|step| step.act)
                .collect()
        };
        Ok(filings.iter().map(allowed).collect())
    }

    fn is_own(&self, actor: &Actor, licence: &Licence, permission: Permission) -> bool {
        let industry = licence.facts().industry;
        self.inner.competence.is_own(actor, industry, permission)
    }

    pub(super) fn licence_allows(&self, step: &Step, filing: &Filing, licence: Option<&Licence>) -> bool {
        match (&step.follow_up, licence) {
            (FollowUp::StandIn(_), Some(licence)) => self.may_stand_in(filing, licence).is_ok(),
            (FollowUp::Found(_), Some(licence)) => self.held(licence, step.act).is_ok(),
            (FollowUp::StandIn(_) | FollowUp::Found(_), None) => false,
            _ => true,
        }
    }

    /// What could be done about a licence and was: this month's check, a loss that is public, the handing over of the
    /// certificate in force.
    pub(crate) async fn already_done(&self, licence: &Licence) -> Outcome<Vec<&'static str>> {
        let month = rules::month_of(self.today());
        let facts = licence.facts();
        let kinds = store::done_now(self.inner.kernel.db(), facts.id, &month, facts.revision).await?;
        let acts = [
            ("self_check", "self_check"),
            ("loss", "declare_loss"),
            ("handover", "hand_over"),
        ];
        let is_done = |kind: &str| kinds.iter().any(|one| one == kind);
        Ok(acts
            .into_iter()
            .filter(|(kind, _)| is_done(kind))
            .map(|(_, act)| act)
            .collect())
    }
}

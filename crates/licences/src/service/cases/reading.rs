//! Who may know of a case, what is offered about it, and what is in it.

use bytes::Bytes;
use kernel::{Actor, Permission, event::Event, ids::LicenceId};
use uuid::Uuid;

use super::{CasesWanted, PaperFile};
use crate::{
    model::{CaseFile, CaseId, Evidence, Stage, StatementKind},
    rules::CaseWatch,
    service::{Licences, LicencesError, Outcome, filings::person, read::text_query},
    store::{self, CaseQuery, Competent},
};

impl Licences {
    /// One case within the scope; the holder knows of it once it was told.
    ///
    /// # Errors
    /// [`LicencesError::CaseNotFound`].
    pub async fn case(&self, actor: &Actor, id: CaseId) -> Outcome<CaseFile> {
        actor.require(Permission::LicencesRead)?;
        let found = store::case(self.inner.kernel.db(), actor, id).await?;
        found.ok_or(LicencesError::CaseNotFound)
    }

    /// Cases within the scope, newest first, one more than `limit`.
    ///
    /// # Errors
    /// [`LicencesError::Invalid`] for a text too short to search for.
    pub async fn cases(
        &self,
        actor: &Actor,
        wanted: &CasesWanted,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<CaseFile>> {
        actor.require(Permission::LicencesRead)?;
        let query = CaseQuery {
            licence: wanted.licence,
            enterprise: wanted.enterprise,
            state: wanted.state.clone(),
            measure: wanted.measure.clone(),
            waits: wanted.waits.then(|| Competent::of(&self.inner.competence, actor)),
            text: text_query(wanted.text.as_deref())?,
        };
        Ok(store::cases(self.inner.kernel.db(), actor, &query, before, limit).await?)
    }

    /// A signed paper of a case.
    ///
    /// # Errors
    /// [`LicencesError::NotPressed`] while it is being signed.
    pub async fn paper(&self, actor: &Actor, id: CaseId, paper: Uuid) -> Outcome<PaperFile> {
        let case = self.case(actor, id).await?;
        let known = case.file.papers.into_iter().find(|one| one.id == paper);
        let known = known.ok_or(LicencesError::CaseNotFound)?;
        let blob = known.file.ok_or(LicencesError::NotPressed)?;
        Ok(PaperFile {
            title: known.paper.title,
            number: known.paper.number,
            bytes: self.inner.kernel.blobs().get_checked(&blob.sha256).await?,
        })
    }

    /// A piece of evidence of a case.
    ///
    /// # Errors
    /// [`LicencesError::CaseNotFound`].
    pub async fn evidence(&self, actor: &Actor, id: CaseId, piece: Uuid) -> Outcome<(Evidence, Bytes)> {
        let case = self.case(actor, id).await?;
        let known = case.file.evidence.into_iter().find(|one| one.id == piece);
        let known = known.ok_or(LicencesError::CaseNotFound)?;
        let bytes = self.inner.kernel.blobs().get_checked(&known.blob.sha256).await?;
        Ok((known, bytes))
    }

    /// What the actor may do with a case now: nothing that would be refused.
    pub(crate) fn case_actions(&self, actor: &Actor, case: &CaseFile) -> Outcome<Vec<&'static str>> {
        use Permission::{LicencesDeliver, LicencesSanction, LicencesSupervise};
        let (file, today) = (&case.file, self.today());
        let needs_notice = self.measure_rule(&file.measure)?.prior_notice;
        let acts = [
            ("add_evidence", LicencesSupervise, file.may_add_evidence().is_ok()),
            ("find", LicencesSupervise, file.may_find().is_ok()),
            (
                "give_notice",
                LicencesSupervise,
                file.may_notify(needs_notice).is_ok(),
            ),
            (
                "record_statement",
                LicencesSupervise,
                !self.statement_kinds(case).is_empty(),
            ),
            ("record_hearing", LicencesSupervise, file.may_hear().is_ok()),
            (
                "propose",
                LicencesSupervise,
                file.may_propose(today, needs_notice).is_ok(),
            ),
            ("close", LicencesSupervise, file.may_close().is_ok()),
            (
                "decide",
                LicencesSanction,
                file.decidable_by(&person(actor)).is_ok(),
            ),
            ("serve", LicencesDeliver, file.unserved()),
        ];
        let allowed = acts
            .into_iter()
            .filter(|(_, permission, is_open)| *is_open && self.may_act(actor, case, *permission));
        Ok(allowed.map(|(act, ..)| act).collect())
    }

    /// Acts that would open a case which is open already, as `case.suspension`.
    pub(crate) async fn opened_already(&self, licence: LicenceId) -> Outcome<Vec<String>> {
        let open = store::open_cases(self.inner.kernel.db(), licence).await?;
        let act = |case: &CaseFile| format!("case.{}", case.file.measure.as_str());
        Ok(open.iter().map(act).collect())
    }

    /// Whether the actor may do what the permission allows about this case: it belongs to who issued the licence.
    pub(crate) fn may_act(&self, actor: &Actor, case: &CaseFile, permission: Permission) -> bool {
        let competence = &self.inner.competence;
        competence.allows(actor, case.file.industry, permission)
    }

    /// Counts the clocks of a case as of today.
    pub(crate) fn case_watch(&self) -> CaseWatch<'_> {
        CaseWatch {
            calendar: &self.inner.calendar,
            today: self.today(),
            lights: self.inner.lights,
            periods: &self.inner.periods,
        }
    }

    /// What happened to a case, newest first.
    ///
    /// # Errors
    /// [`LicencesError::CaseNotFound`].
    pub async fn case_timeline(
        &self,
        actor: &Actor,
        id: CaseId,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<Event>> {
        self.case(actor, id).await?;
        self.events_of("licence_case", id.into(), before, limit).await
    }

    /// What of the holder's voice can be recorded today.
    pub(crate) fn statement_kinds(&self, case: &CaseFile) -> Vec<StatementKind> {
        let today = self.today();
        StatementKind::ALL
            .into_iter()
            .filter(|kind| case.file.may_state(*kind, today).is_ok())
            .collect()
    }

    /// Why the next step of a case is not open to the actor yet, in a sentence.
    pub(crate) fn case_waits_for(&self, actor: &Actor, case: &CaseFile) -> Outcome<Option<String>> {
        let needs_notice = self.measure_rule(&case.file.measure)?.prior_notice;
        let fault = match case.file.waits_for(self.today(), needs_notice) {
            None if self.may_act(actor, case, Permission::LicencesSanction)
                && matches!(case.file.stage, Stage::Proposed(_)) =>
            {
                case.file.decidable_by(&person(actor)).err()
            }
            fault => fault,
        };
        Ok(fault.map(|fault| fault.to_string()))
    }
}

//! Reading files and lists within the scope.

use std::collections::BTreeMap;

use codes::{IndustryCode, IndustryLevel, RegionCode, SubjectCode};
use kernel::{
    Actor, Event, FieldError, Happened, KernelError, Page, Permission, Subject, TextQuery, Work,
    audit::AuditSource,
    event::{self, EventFilter},
    ids::EnterpriseId,
};
use serde_json::json;
use uuid::Uuid;

use super::{Outcome, Registry, RegistryError};
use crate::{
    model::{Enterprise, EnterpriseQuery, EnterpriseState, LedgerCount, RegionCount},
    store::{self, EnterpriseAudit},
};

/// Rows read at a time when a list is walked to its end.
const STRIDE: u64 = 1000;

impl Registry {
    /// The names of these enterprises, for capabilities that list what belongs to them.
    ///
    /// # Errors
    /// [`KernelError::Db`].
    pub async fn names(&self, ids: &[EnterpriseId]) -> Result<BTreeMap<EnterpriseId, String>, KernelError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| (*id).into()).collect();
        let names = EnterpriseAudit.names(self.kernel.db(), &ids).await?;
        Ok(names.into_iter().map(|(id, name)| (id.into(), name)).collect())
    }

    /// One enterprise within the actor's scope, with personal data: mask it before it is shown.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`].
    pub async fn enterprise(&self, actor: &Actor, id: EnterpriseId) -> Outcome<Enterprise> {
        actor.require(Permission::EnterprisesRead)?;
        store::enterprise(self.kernel.db().read(), id, &actor.scope)
            .await?
            .ok_or(RegistryError::NotFound("企业"))
    }

    /// One enterprise inside a unit of work, whatever the scope: the caller has checked it.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`].
    pub async fn in_work(&self, work: &Work, id: EnterpriseId) -> Outcome<Enterprise> {
        store::enterprise(work.conn(), id, &kernel::Scope::everything())
            .await?
            .ok_or(RegistryError::NotFound("企业"))
    }

    /// The enterprise of that code within the actor's scope.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`].
    pub async fn by_code(&self, actor: &Actor, code: &SubjectCode) -> Outcome<Enterprise> {
        actor.require(Permission::EnterprisesRead)?;
        let found = store::by_codes(self.kernel.db().read(), [code.as_str()]).await?;
        found
            .into_iter()
            .find(|one| actor.scope.covers(one.region.as_str(), Some(one.id.into())))
            .ok_or(RegistryError::NotFound("企业"))
    }

    /// Whether the actor sees personal data of this enterprise in full: who keeps the file, and its own people.
    pub fn sees_personal_data(&self, actor: &Actor, id: EnterpriseId) -> bool {
        actor.may(Permission::EnterprisesWrite) || actor.scope.enterprise == Some(id.into())
    }

    /// Records that personal data was shown in full (IAM.4).
    ///
    /// # Errors
    /// [`RegistryError::Kernel`].
    pub async fn note_personal_read(&self, actor: &Actor, id: EnterpriseId, what: &str) -> Outcome<()> {
        let mut work = self.kernel.begin(actor).await?;
        let happened =
            Happened::new("enterprise.personal_data_read", "查看个人信息").data(json!({ "what": what }));
        work.note(Subject::new("enterprise", id), Some(id.into()), happened)?;
        work.commit().await?;
        Ok(())
    }

    /// Enterprises within the actor's scope.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] for a search text of one character or a spoilt cursor.
    pub async fn search(&self, actor: &Actor, query: &EnterpriseQuery) -> Outcome<Page<Enterprise>> {
        let limit = query.page.limit();
        let after = query
            .page
            .after()
            .map_err(|problem| RegistryError::Invalid(problem.errors))?;
        let rows = self.rows(actor, query, after, limit).await?;
        Ok(Page::cut(rows, limit, store::Cursor::of))
    }

    async fn rows(
        &self,
        actor: &Actor,
        query: &EnterpriseQuery,
        after: Option<store::Cursor>,
        limit: u64,
    ) -> Outcome<Vec<Enterprise>> {
        actor.require(Permission::EnterprisesRead)?;
        let hits = self.hits(actor, query)?;
        Ok(store::list(self.kernel.db(), &hits, query.sort, after, limit).await?)
    }

    fn hits(&self, actor: &Actor, query: &EnterpriseQuery) -> Outcome<store::Hits> {
        let divisions = self.divisions_of(query.industry.as_ref());
        let text = query.q.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let Some(text) = text else {
            return Ok(store::Hits::new(
                query,
                TextQuery::default(),
                &actor.scope,
                divisions,
            ));
        };
        if let Ok(code) = text.parse::<SubjectCode>() {
            return Ok(store::Hits::with_code(
                &actor.scope,
                query,
                code.as_str(),
                divisions,
            ));
        }
        let text = TextQuery::parse(text)
            .map_err(|fault| RegistryError::Invalid(vec![FieldError::new("q", fault.to_string())]))?;
        Ok(store::Hits::new(query, text, &actor.scope, divisions))
    }

    fn divisions_of(&self, industry: Option<&IndustryCode>) -> &[IndustryCode] {
        industry
            .filter(|code| code.level() == IndustryLevel::Section)
            .map_or(&[], |section| self.codes.industries.children(section))
    }

    /// The next thousand of a list and where to go on; `None` at its end.
    pub(crate) async fn stride(
        &self,
        actor: &Actor,
        query: &EnterpriseQuery,
        after: Option<store::Cursor>,
    ) -> Outcome<(Vec<Enterprise>, Option<store::Cursor>)> {
        let rows = self.rows(actor, query, after, STRIDE).await?;
        let page = Page::cut(rows, STRIDE, store::Cursor::of);
        let next = page.items.last().map(store::Cursor::of);
        Ok((page.items, next.filter(|_| page.next.is_some())))
    }

    /// What ever happened to the enterprise, newest first, before the event with that sequence number.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] outside the scope.
    pub async fn timeline(
        &self,
        actor: &Actor,
        id: EnterpriseId,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<Event>> {
        self.enterprise(actor, id).await?;
        let filter = EventFilter {
            enterprise: Some(id.into()),
            ..EventFilter::default()
        };
        Ok(event::find(self.kernel.db(), &filter, before, limit).await?)
    }

    /// Counts of the base ledger within the actor's scope, by the regions one level below `region`.
    ///
    /// # Errors
    /// [`RegistryError::Kernel`].
    pub async fn ledger(&self, actor: &Actor, region: Option<&RegionCode>) -> Outcome<Vec<LedgerCount>> {
        actor.require(Permission::EnterprisesRead)?;
        let digits = match region.map_or(0, |region| region.as_str().len()) {
            0 => 2,
            2 => 4,
            4 => 6,
            6 => 9,
            _ => 12,
        };
        Ok(store::ledger(self.kernel.db(), region, digits, &actor.scope).await?)
    }

    /// Enterprises within the actor's scope by region, cut to so many digits of its code, and by state.
    ///
    /// # Errors
    /// [`RegistryError::Forbidden`].
    pub async fn count_by_region(
        &self,
        actor: &Actor,
        region: Option<&RegionCode>,
        digits: usize,
    ) -> Outcome<Vec<RegionCount>> {
        actor.require(Permission::EnterprisesRead)?;
        let rows = store::by_region(self.kernel.db(), &actor.scope, region, digits).await?;
        let count = |(region, state, count): (String, String, i64)| {
            let known = EnterpriseState::parse(&state);
            let state =
                known.ok_or_else(|| KernelError::Corrupt(format!("state {state} of an enterprise")))?;
            Ok(RegionCount { region, state, count })
        };
        rows.into_iter().map(count).collect()
    }
}

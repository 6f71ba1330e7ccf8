//! Registering enterprises and changing their files.

use std::collections::HashSet;

use codes::SubjectCode;
use kernel::{Actor, FieldError, Happened, KernelError, Permission, Tokens, Work, ids::EnterpriseId};
use serde_json::{Value, json};

use super::{Outcome, Registry, RegistryError};
use crate::{
    model::{Checked, Enterprise, EnterpriseState, NewEnterprise, Particulars},
    rules::{self, Completeness},
    store,
};

impl Registry {
    /// Registers an enterprise.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`], [`RegistryError::Unconfirmed`], [`RegistryError::CodeTaken`].
    pub async fn register(&self, actor: &Actor, new: NewEnterprise) -> Outcome<Enterprise> {
        actor.require(Permission::EnterprisesWrite)?;
        let checked = self.checked(actor, &new, Completeness::Full)?;
        if rules::unconfirmed(&checked, &new, None) {
            return Err(RegistryError::Unconfirmed(checked.warnings));
        }
        let mut work = self.kernel.begin(actor).await?;
        if store::is_taken(work.conn(), &checked.code).await? {
            return Err(RegistryError::CodeTaken);
        }
        let mut registered = self.insert(&mut work, vec![checked], &Value::Null).await?;
        work.commit().await?;
        registered.pop().ok_or(RegistryError::NotFound("企业"))
    }

    /// Registers enterprises from a list, at most 1000 in one transaction: all or none of each thousand.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] with fields such as `[3].code`; [`RegistryError::CodeTaken`].
    pub async fn register_many(&self, actor: &Actor, all: Vec<NewEnterprise>) -> Outcome<Vec<EnterpriseId>> {
        actor.require(Permission::EnterprisesWrite)?;
        let mut ids = Vec::with_capacity(all.len());
        for (batch, news) in all.chunks(1000).enumerate() {
            let checked = self.checked_batch(actor, news, batch * 1000)?;
            let mut work = self.kernel.begin(actor).await?;
            let codes: Vec<SubjectCode> = checked.iter().map(|one| one.code.clone()).collect();
            let known = store::by_codes(work.conn(), codes.iter().map(SubjectCode::as_str)).await?;
            if !known.is_empty() || codes.iter().collect::<HashSet<_>>().len() < codes.len() {
                return Err(RegistryError::CodeTaken);
            }
            let registered = self.insert(&mut work, checked, &Value::Null).await?;
            work.commit().await?;
            ids.extend(registered.iter().map(|enterprise| enterprise.id));
        }
        Ok(ids)
    }

    fn checked_batch(&self, actor: &Actor, news: &[NewEnterprise], offset: usize) -> Outcome<Vec<Checked>> {
        let mut faults = Vec::new();
        let mut checked = Vec::with_capacity(news.len());
        for (place, new) in news.iter().enumerate() {
            match self.checked(actor, new, Completeness::Listed) {
                Ok(one) if rules::unconfirmed(&one, new, None) => {
                    return Err(RegistryError::Unconfirmed(one.warnings));
                }
                Ok(one) => checked.push(one),
                Err(RegistryError::Invalid(errors)) => faults.extend(errors.into_iter().map(|fault| {
                    FieldError::new(format!("[{}].{}", offset + place, fault.field), fault.message)
                })),
                Err(error) => return Err(error),
            }
        }
        if faults.is_empty() {
            Ok(checked)
        } else {
            Err(RegistryError::Invalid(faults))
        }
    }

    fn checked(&self, actor: &Actor, new: &NewEnterprise, completeness: Completeness) -> Outcome<Checked> {
        let today = self.kernel.now().legal_date();
        let checked =
            rules::check(new, &self.codes.tables(), completeness, today).map_err(RegistryError::Invalid)?;
        if actor.scope.enterprise.is_none() && actor.scope.covers(checked.region.as_str(), None) {
            return Ok(checked);
        }
        let fault = FieldError::new("region", "该区域不在您的管辖范围内，请重新选择");
        Err(RegistryError::Invalid(vec![fault]))
    }

    /// Saves new enterprises and records an event for each, with `facts`.
    pub(crate) async fn insert(
        &self,
        work: &mut Work,
        checked: Vec<Checked>,
        facts: &Value,
    ) -> Outcome<Vec<Enterprise>> {
        let keys = store::reserve(work, checked.len()).await?;
        let prepared: Vec<(Enterprise, Tokens)> = checked
            .into_iter()
            .zip(keys)
            .map(|(one, seq)| {
                let enterprise = one.into_enterprise(EnterpriseId(work.next_id()), seq, work.now());
                let tokens = self.tokens(&enterprise);
                (enterprise, tokens)
            })
            .collect();
        let rows = store::insert(work, &prepared).await.map_err(code_taken)?;
        for row in &rows {
            let happened = Happened::new("enterprise.registered", "登记企业").data(facts.clone());
            work.record(row, happened)?;
        }
        Ok(prepared.into_iter().map(|(enterprise, _)| enterprise).collect())
    }

    fn tokens(&self, enterprise: &Enterprise) -> Tokens {
        Tokens::of(
            [enterprise.name.as_str(), enterprise.code.as_str()],
            rules::labels(enterprise, &self.codes.industries),
        )
    }

    /// Replaces the content of a file; what changed is kept in the event. The state stays unless given.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`] outside the scope; a conflict when `version` is stale; as [`Registry::register`].
    pub async fn change(
        &self,
        actor: &Actor,
        id: EnterpriseId,
        version: i64,
        to: NewEnterprise,
        state: Option<EnterpriseState>,
    ) -> Outcome<Enterprise> {
        actor.require(Permission::EnterprisesWrite)?;
        let checked = self.checked(actor, &to, Completeness::Full)?;
        let mut work = self.kernel.begin(actor).await?;
        let old = store::enterprise(work.conn(), id, &actor.scope)
            .await?
            .ok_or(RegistryError::NotFound("企业"))?;
        if old.version != version {
            return Err(KernelError::Stale {
                subject: "enterprise",
            }
            .into());
        }
        if rules::unconfirmed(&checked, &to, Some(&old)) {
            return Err(RegistryError::Unconfirmed(checked.warnings));
        }
        if checked.code != old.code && store::is_taken(work.conn(), &checked.code).await? {
            return Err(RegistryError::CodeTaken);
        }
        let new = checked.onto(&old, state.unwrap_or(old.state));
        let changed = self.save_change(&mut work, &old, new, Value::Null).await?;
        work.commit().await?;
        Ok(changed)
    }

    /// Carries a decision about an enterprise over into its file: what the decision changed, unless somebody has
    /// changed it in the file meanwhile. Coming again changes nothing.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; [`RegistryError::Kernel`].
    pub async fn adopt(
        &self,
        id: EnterpriseId,
        from: &Particulars,
        to: &Particulars,
        source: Value,
    ) -> Outcome<()> {
        let mut work = self.kernel.begin(&Actor::system("变更入档")).await?;
        let old = store::enterprise_locked(&work, id)
            .await?
            .ok_or(RegistryError::NotFound("企业"))?;
        let adopted = rules::adopted(&old, from, to);
        if adopted == old {
            return Ok(work.rollback().await?);
        }
        self.save_change(&mut work, &old, adopted, source).await?;
        work.commit().await?;
        Ok(())
    }

    /// Saves a changed enterprise with an event that names the changed fields.
    pub(crate) async fn save_change(
        &self,
        work: &mut Work,
        old: &Enterprise,
        new: Enterprise,
        source: Value,
    ) -> Outcome<Enterprise> {
        let mut facts = json!({ "changed": rules::changes(old, &new) });
        if let (Some(facts), Value::Object(source)) = (facts.as_object_mut(), source) {
            facts.extend(source);
        }
        let row = store::update(work, &new, self.tokens(&new))
            .await
            .map_err(code_taken)?;
        work.record(
            &row,
            Happened::new("enterprise.changed", "变更企业档案").data(facts),
        )?;
        Ok(new)
    }
}

/// Two who register the same code at once: the engine tells the second one, who is told like any other.
fn code_taken(error: KernelError) -> RegistryError {
    if error.is_duplicate() {
        RegistryError::CodeTaken
    } else {
        error.into()
    }
}

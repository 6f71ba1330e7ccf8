//! Officers' qualifications (IAM.3).

use kernel::{Actor, FieldError, Happened, LegalDate, Permission, Work, ids::AccountId};
use serde_json::json;

use super::{Identity, IdentityError, Outcome};
use crate::{
    model::{Account, Qualification},
    rules, store,
};

impl Identity {
    /// Enters a qualification of an officer.
    ///
    /// # Errors
    /// [`IdentityError::Invalid`], [`IdentityError::NotFound`].
    pub async fn add_qualification(
        &self,
        actor: &Actor,
        account: AccountId,
        number: String,
        field: String,
        issuer: String,
        valid: (LegalDate, LegalDate),
    ) -> Outcome<Qualification> {
        actor.require(Permission::AccountsManage)?;
        let mut faults = Vec::new();
        if number.trim().is_empty() {
            faults.push(FieldError::new("number", "请填写执法证号"));
        }
        if valid.1 < valid.0 {
            faults.push(FieldError::new("valid_until", "有效期止不能早于有效期起"));
        }
        if !faults.is_empty() {
            return Err(IdentityError::Invalid(faults));
        }
        let mut work = self.kernel.begin(actor).await?;
        store::account(work.conn(), account, &actor.scope)
            .await?
            .ok_or(IdentityError::NotFound)?;
        let (valid_from, valid_until) = valid;
        let id = work.next_id().into();
        let qualification = Qualification {
            id,
            version: 1,
            account,
            number,
            field,
            issuer,
            valid_from,
            valid_until,
        };
        let row = store::insert_qualification(&work, &qualification).await?;
        let facts = json!({ "field": qualification.field });
        work.record(
            &row,
            Happened::new("qualification.added", "登记执法资格").data(facts),
        )?;
        work.commit().await?;
        Ok(qualification)
    }

    /// Qualifications of an account within the actor's scope.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`].
    pub async fn qualifications(&self, actor: &Actor, id: AccountId) -> Outcome<Vec<Qualification>> {
        self.account(actor, id).await?;
        Ok(store::qualifications(self.kernel.db().read(), id).await?)
    }

    /// Active officers who are qualified for the field on that day, by name; for capabilities in which they are
    /// chosen. What is shown of them is decided there.
    ///
    /// # Errors
    /// [`IdentityError::Kernel`].
    pub async fn qualified_officers(
        &self,
        field: &str,
        on: LegalDate,
    ) -> Outcome<Vec<(Account, Qualification)>> {
        Ok(store::qualified_officers(self.kernel.db(), field, on).await?)
    }

    /// Refuses an officer without a valid qualification for the field (IAM.3). Call it inside the work that needs
    /// it, with the work's connection.
    ///
    /// # Errors
    /// [`IdentityError::NotQualified`].
    pub async fn require_qualified(&self, work: &Work, field: &str) -> Outcome<()> {
        let Some(account) = work.actor().account else {
            return Ok(());
        };
        let held = store::qualifications(work.conn(), account).await?;
        if rules::is_qualified(&held, field, work.now().legal_date()) {
            Ok(())
        } else {
            Err(IdentityError::NotQualified(field.to_owned()))
        }
    }
}

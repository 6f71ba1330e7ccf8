//! Accounts: making, changing, finding them.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    Actor, FieldError, Happened, KernelError, Permission, Scope,
    ids::{AccountId, EnterpriseId},
};
use serde_json::json;
use uuid::Uuid;

use super::{Identity, IdentityError, Outcome};
use crate::{
    model::{Account, AccountChange, AccountFilter, AccountState, NewAccount},
    rules, store,
};

impl Identity {
    /// Makes an account.
    ///
    /// # Errors
    /// [`IdentityError::Invalid`], [`IdentityError::LoginTaken`], [`IdentityError::Forbidden`].
    pub async fn create(&self, actor: &Actor, new: NewAccount) -> Outcome<Account> {
        actor.require(Permission::AccountsManage)?;
        let faults = self.faults_of(actor, &new).await?;
        if !faults.is_empty() {
            return Err(IdentityError::Invalid(faults));
        }
        let mut made = self.insert(actor, vec![new]).await?;
        made.pop().ok_or(IdentityError::NotFound)
    }

    /// Makes many accounts in one transaction: all or none. Their passwords are hashed side by side.
    ///
    /// # Errors
    /// As [`Identity::create`], with fields such as `[3].login`.
    pub async fn create_many(&self, actor: &Actor, all: Vec<NewAccount>) -> Outcome<Vec<Account>> {
        actor.require(Permission::AccountsManage)?;
        let mut faults = Vec::new();
        for (place, new) in all.iter().enumerate() {
            let own = self.faults_of(actor, new).await?.into_iter();
            faults.extend(
                own.map(|fault| FieldError::new(format!("[{place}].{}", fault.field), fault.message)),
            );
        }
        if !faults.is_empty() {
            return Err(IdentityError::Invalid(faults));
        }
        self.insert(actor, all).await
    }

    /// Faults of a new account, its region and reach included.
    async fn faults_of(&self, actor: &Actor, new: &NewAccount) -> Outcome<Vec<FieldError>> {
        let mut faults = rules::check_new(new);
        if !actor.scope.covers(&new.region, new.scope.enterprise) {
            faults.push(FieldError::new("region", "该区域不在您的管辖范围内"));
        }
        faults.extend(self.reach_faults(actor, &new.scope).await?);
        Ok(faults)
    }

    /// Nobody gives a reach that he has not himself.
    async fn reach_faults(&self, actor: &Actor, given: &Scope) -> Outcome<Vec<FieldError>> {
        let mut faults = rules::check_given(&actor.scope, given);
        if let Some(enterprise) = given.enterprise
            && !actor.scope.is_everything()
            && !self.within(actor, EnterpriseId(enterprise)).await?
        {
            faults.push(FieldError::new(
                "enterprise",
                "该企业不存在或不在您的管辖范围内，请核对",
            ));
        }
        Ok(faults)
    }

    async fn within(&self, actor: &Actor, enterprise: EnterpriseId) -> Outcome<bool> {
        let Some(enterprises) = &self.enterprises else {
            return Ok(false);
        };
        let region = enterprises.region(enterprise).await?;
        Ok(region.is_some_and(|region| actor.scope.covers(&region, Some(enterprise.into()))))
    }

    /// Saves accounts whose content was checked.
    async fn insert(&self, actor: &Actor, all: Vec<NewAccount>) -> Outcome<Vec<Account>> {
        let passwords = all.iter().map(|new| new.password.clone()).collect();
        let hashes = self.hash_all(passwords).await?;
        let mut work = self.kernel.begin(actor).await?;
        let mut made = Vec::with_capacity(all.len());
        let is_alone = all.len() == 1;
        for (place, (new, hash)) in all.into_iter().zip(hashes).enumerate() {
            if store::by_login(work.conn(), &new.login).await?.is_some() {
                let field = format!("[{place}].login");
                let taken = FieldError::new(field, "该登录名已被使用，请换一个");
                return Err(if is_alone {
                    IdentityError::LoginTaken
                } else {
                    IdentityError::Invalid(vec![taken])
                });
            }
            let account = Account {
                id: AccountId(work.next_id()),
                version: 1,
                login: new.login,
                name: new.name.trim().to_owned(),
                end: new.end,
                roles: new.roles,
                scope: new.scope,
                region: new.region,
                phone: new.phone,
                state: AccountState::Active,
                created_at: work.now(),
            };
            let row = store::insert_account(&work, &account, hash, new.must_change_password).await?;
            let roles: Vec<_> = account.roles.iter().map(|role| role.as_str()).collect();
            work.record(
                &row,
                Happened::new("account.created", "新建账号").data(json!({ "roles": roles })),
            )?;
            made.push(account);
        }
        work.commit().await?;
        Ok(made)
    }

    /// Changes name, roles, reach, phone or state of an account.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`] outside the scope; a conflict when `version` is stale.
    pub async fn change(
        &self,
        actor: &Actor,
        id: AccountId,
        version: i64,
        to: AccountChange,
    ) -> Outcome<Account> {
        actor.require(Permission::AccountsManage)?;
        let mut work = self.kernel.begin(actor).await?;
        let old = store::account(work.conn(), id, &actor.scope)
            .await?
            .ok_or(IdentityError::NotFound)?;
        if old.version != version {
            return Err(KernelError::Stale { subject: "account" }.into());
        }
        let mut faults = rules::check_reach(
            old.end,
            &to.roles,
            to.scope.enterprise.is_some(),
            &to.scope.regions,
        );
        faults.extend(rules::check_own(actor, &old, &to));
        faults.extend(self.reach_faults(actor, &to.scope).await?);
        if !faults.is_empty() {
            return Err(IdentityError::Invalid(faults));
        }
        let account = Account {
            version: version + 1,
            name: to.name,
            roles: to.roles,
            scope: to.scope,
            phone: to.phone,
            state: to.state,
            ..old
        };
        let row = store::update_account(&work, &account).await?;
        if account.state == AccountState::Disabled {
            store::end_sessions(&work, id, None, None).await?;
        }
        work.record(&row, Happened::new("account.changed", "变更账号"))?;
        work.commit().await?;
        Ok(account)
    }

    /// One account within the actor's scope.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`].
    pub async fn account(&self, actor: &Actor, id: AccountId) -> Outcome<Account> {
        actor.require(Permission::AccountsRead)?;
        store::account(self.kernel.db().read(), id, &actor.scope)
            .await?
            .ok_or(IdentityError::NotFound)
    }

    /// Accounts within the actor's scope by login name, one more than `limit`.
    ///
    /// # Errors
    /// [`IdentityError::Forbidden`].
    pub async fn accounts(
        &self,
        actor: &Actor,
        wanted: &AccountFilter,
        after: Option<String>,
        limit: u64,
    ) -> Outcome<Vec<Account>> {
        actor.require(Permission::AccountsRead)?;
        Ok(store::accounts(self.kernel.db(), &actor.scope, wanted, after, limit).await?)
    }

    /// The names of the enterprises for which these accounts act.
    ///
    /// # Errors
    /// [`IdentityError::Kernel`].
    pub async fn enterprises_of(&self, accounts: &[Account]) -> Outcome<BTreeMap<Uuid, String>> {
        let own: BTreeSet<Uuid> = accounts
            .iter()
            .filter_map(|account| account.scope.enterprise)
            .collect();
        let Some(files) = self.enterprises.as_ref().filter(|_| !own.is_empty()) else {
            return Ok(BTreeMap::new());
        };
        let ids: Vec<EnterpriseId> = own.into_iter().map(EnterpriseId).collect();
        let names = files.names(&ids).await?;
        Ok(names.into_iter().map(|(id, name)| (id.into(), name)).collect())
    }

    /// These accounts, by name; for capabilities that name the people who act in them. What is shown of them is
    /// decided there.
    ///
    /// # Errors
    /// [`IdentityError::Kernel`].
    pub async fn accounts_of(&self, ids: &[AccountId]) -> Outcome<Vec<Account>> {
        Ok(store::accounts_of(self.kernel.db(), ids).await?)
    }

    /// The account of a login name; for the command line and the demo.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`].
    pub async fn by_login(&self, login: &str) -> Outcome<Account> {
        store::by_login(self.kernel.db().read(), login)
            .await?
            .ok_or(IdentityError::NotFound)
    }

    /// Active accounts of an enterprise, for capabilities that have something to tell it.
    ///
    /// # Errors
    /// [`IdentityError::Kernel`].
    pub async fn people(&self, enterprise: Uuid) -> Outcome<Vec<Account>> {
        Ok(store::people(self.kernel.db(), enterprise).await?)
    }

    /// Active officers of a department and those who belong to none, for capabilities that have something to tell
    /// them; all officers when no department is named.
    ///
    /// # Errors
    /// [`IdentityError::Kernel`].
    pub async fn officers(&self, department: Option<&str>) -> Outcome<Vec<Account>> {
        Ok(store::officers(self.kernel.db(), department).await?)
    }

    /// All active officers, page by page.
    ///
    /// # Errors
    /// [`IdentityError::Kernel`].
    pub async fn officers_after(&self, after: Option<AccountId>, limit: u64) -> Outcome<Vec<Account>> {
        Ok(store::officers_after(self.kernel.db(), after, limit).await?)
    }
}

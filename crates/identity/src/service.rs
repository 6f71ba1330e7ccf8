//! The use cases of identity.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use axum::http::StatusCode;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use futures::{StreamExt, stream};
use kernel::{
    Actor, FieldError, Happened, Kernel, KernelError, LegalDate, Moment, Permission, Problem, Scope, Subject,
    Work,
    access::Forbidden,
    ids::{AccountId, EnterpriseId},
};
use serde_json::json;
use sha2::{Digest, Sha256};
use totp_rs::{Algorithm, Builder, Secret};
use uuid::Uuid;

use crate::{
    model::{
        Account, AccountChange, AccountFilter, AccountState, Authenticated, Credential, NewAccount,
        OwnAccount, Qualification, Session, SessionId, SignedIn,
    },
    ports::Enterprises,
    rules, store,
};

/// Failures of identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The kernel failed.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// A permission is missing.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Input is wrong.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// Unknown login name or wrong password: the same answer for both.
    #[error("wrong login name or password")]
    WrongCredentials,
    /// The second factor is needed or wrong.
    #[error("second factor")]
    SecondFactor {
        /// A code was given but is wrong or used.
        wrong: bool,
    },
    /// Too many failures.
    #[error("locked until {0}")]
    Locked(Moment),
    /// No such account within the scope.
    #[error("account not found")]
    NotFound,
    /// The login name is taken.
    #[error("login name taken")]
    LoginTaken,
    /// The officer has no valid qualification for the field.
    #[error("not qualified for {0}")]
    NotQualified(String),
    /// Hashing failed.
    #[error("password hashing: {0}")]
    Hash(String),
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        let conflict = StatusCode::CONFLICT;
        match error {
            IdentityError::Kernel(error) => error.into(),
            IdentityError::Forbidden(error) => error.into(),
            IdentityError::Invalid(errors) => Self::invalid(errors),
            IdentityError::WrongCredentials => Self::new(
                StatusCode::UNAUTHORIZED,
                "wrong-credentials",
                "登录名或密码不正确",
            )
            .detail(format!(
                "请核对后重试；连续 {} 次错误将锁定 15 分钟。",
                rules::MAX_FAILURES
            )),
            IdentityError::SecondFactor { wrong } => {
                let detail = if wrong {
                    "动态口令不正确或已经用过，请等待下一个口令。"
                } else {
                    "请输入身份验证器上的六位动态口令。"
                };
                Self::new(StatusCode::UNAUTHORIZED, "second-factor-required", "需要动态口令").detail(detail)
            }
            IdentityError::Locked(until) => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "account-locked", "账号暂时锁定")
                    .detail("密码连续错误次数过多，请稍后再试，或请管理员重置密码。")
                    .with("locked_until", until.to_string())
            }
            IdentityError::NotFound => Self::not_found("账号"),
            IdentityError::LoginTaken => {
                let mut problem = Self::new(conflict, "login-taken", "登录名已被使用");
                problem.errors = vec![FieldError::new("login", "该登录名已被使用，请换一个")];
                problem
            }
            IdentityError::NotQualified(field) => {
                Self::forbidden("您没有该领域在有效期内的执法资格，不能办理。请联系管理员核对资格证信息。")
                    .with("field", field)
            }
            IdentityError::Hash(_) => Self::internal(&error),
        }
    }
}

/// The capability: accounts, sessions, qualifications.
#[derive(Clone)]
pub struct Identity {
    kernel: Kernel,
    enterprises: Option<Arc<dyn Enterprises>>,
}

type Outcome<T> = Result<T, IdentityError>;

impl Identity {
    /// Over a kernel. Without the registry at its side only who reaches everywhere makes accounts of enterprises.
    pub fn new(kernel: Kernel) -> Self {
        let enterprises = None;
        Self { kernel, enterprises }
    }

    /// With the registry's knowledge of where an enterprise belongs.
    #[must_use]
    pub fn with_enterprises(self, enterprises: Arc<dyn Enterprises>) -> Self {
        let enterprises = Some(enterprises);
        Self { enterprises, ..self }
    }

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

    /// Signs in with password and, where set up, second factor.
    ///
    /// # Errors
    /// [`IdentityError::WrongCredentials`], [`IdentityError::SecondFactor`], [`IdentityError::Locked`].
    pub async fn sign_in(
        &self,
        stranger: &Actor,
        login: &str,
        password: String,
        code: Option<&str>,
        agent: &str,
    ) -> Outcome<SignedIn> {
        let login = login.trim().to_lowercase();
        let found = store::by_login(self.kernel.db().read(), &login).await?;
        let Some(account) = found.filter(|account| account.state == AccountState::Active) else {
            // The same work for an unknown name, so that its absence cannot be timed.
            self.hash(password).await?;
            return Err(IdentityError::WrongCredentials);
        };
        let secret = store::credential(self.kernel.db().read(), account.id).await?;
        let now = self.kernel.now();
        if let Some(until) = secret.locked_until.filter(|until| *until > now) {
            return Err(IdentityError::Locked(until));
        }
        let fits = self.verify(password, secret.password_hash.clone()).await?;
        if !fits {
            self.note_failure(stranger, &account).await?;
            return Err(IdentityError::WrongCredentials);
        }
        let step = match &secret.totp_secret {
            Some(totp) => {
                let Some(code) = code else {
                    return Err(IdentityError::SecondFactor { wrong: false });
                };
                match totp_step(totp, code, now).filter(|step| *step > secret.totp_step) {
                    Some(step) => step,
                    None => {
                        self.note_failure(stranger, &account).await?;
                        return Err(IdentityError::SecondFactor { wrong: true });
                    }
                }
            }
            None => secret.totp_step,
        };
        self.open_session(
            stranger,
            account,
            Credential {
                totp_step: step,
                ..secret
            },
            agent,
        )
        .await
    }

    async fn open_session(
        &self,
        stranger: &Actor,
        account: Account,
        secret: Credential,
        agent: &str,
    ) -> Outcome<SignedIn> {
        let actor = self.actor(&account, stranger);
        let mut work = self.kernel.begin(&actor).await?;
        let token = BASE64URL_NOPAD.encode(&self.kernel.random_bytes::<32>());
        let session = Session {
            id: SessionId(work.next_id()),
            account: account.id,
            created_at: work.now(),
            seen_at: work.now(),
            expires_at: work.now().plus(rules::IDLE),
            address: actor.request.address.clone(),
            agent: agent.chars().take(200).collect(),
        };
        store::insert_session(&work, &session, token_hash(&token)).await?;
        let must_change_password = secret.must_change;
        store::save_credential(
            &work,
            account.id,
            &Credential {
                failures: 0,
                locked_until: None,
                ..secret
            },
        )
        .await?;
        let subject = Subject::new("account", account.id);
        let facts = json!({ "address": session.address });
        work.note(
            subject,
            account.scope.enterprise,
            Happened::new("session.opened", "登录").data(facts),
        )?;
        work.commit().await?;
        let (id, expires_at) = (session.id, session.expires_at);
        Ok(SignedIn {
            token,
            session: id,
            expires_at,
            account,
            must_change_password,
        })
    }

    async fn note_failure(&self, stranger: &Actor, account: &Account) -> Outcome<()> {
        let mut work = self.kernel.begin(stranger).await?;
        let secret = store::credential(work.conn(), account.id).await?;
        let (failures, locked_until) = rules::after_failure(secret.failures, work.now());
        store::save_credential(
            &work,
            account.id,
            &Credential {
                failures,
                locked_until,
                ..secret
            },
        )
        .await?;
        let facts = json!({ "address": stranger.request.address, "locked": locked_until.is_some() });
        let happened = Happened::new("session.refused", "登录失败").data(facts);
        work.note(
            Subject::new("account", account.id),
            account.scope.enterprise,
            happened,
        )?;
        work.commit().await?;
        Ok(())
    }

    /// Who is behind a token; `None` when it is unknown or its session has ended.
    ///
    /// # Errors
    /// [`IdentityError::Kernel`].
    pub async fn authenticate(&self, token: &str) -> Outcome<Option<Authenticated>> {
        let found = store::session_by_token(self.kernel.db(), &token_hash(token)).await?;
        let now = self.kernel.now();
        let Some((session, account, must_change_password)) = found else {
            return Ok(None);
        };
        if session.expires_at <= now || account.state != AccountState::Active {
            return Ok(None);
        }
        // At most one write a quarter of an hour, not one a request.
        if now.0 - session.seen_at.0 > 15 * 60 * 1000 {
            let work = self.kernel.begin(&Actor::system("session")).await?;
            store::touch_session(&work, session.id, now, now.plus(rules::IDLE)).await?;
            work.commit().await?;
        }
        let enterprise = account.scope.enterprise;
        Ok(Some(Authenticated {
            account,
            session: session.id,
            enterprise,
            must_change_password,
        }))
    }

    /// The actor that an account is, for a request.
    pub fn actor(&self, account: &Account, stranger: &Actor) -> Actor {
        let mut scope = account.scope.clone();
        if scope.enterprise.is_some() && scope.regions.is_empty() {
            // It reaches its enterprise only; but what it does belongs to a region.
            scope.regions.push(account.region.clone());
        }
        Actor {
            account: Some(account.id),
            name: account.name.clone(),
            roles: account.roles.clone(),
            scope,
            is_system: false,
            request: stranger.request.clone(),
        }
    }

    /// The actor's own account.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`] for the system.
    pub async fn own(&self, actor: &Actor) -> Outcome<OwnAccount> {
        let own = actor.account.ok_or(IdentityError::NotFound)?;
        let read = self.kernel.db().read();
        // Whatever its reach, an account sees itself.
        let account = store::account(read, own, &Scope::everything()).await?;
        let credential = store::credential(read, own).await?;
        Ok(OwnAccount {
            account: account.ok_or(IdentityError::NotFound)?,
            must_change_password: credential.must_change,
            second_factor: credential.totp_secret.is_some(),
        })
    }

    /// Carries every session along when the clock of a demo is moved on: nobody was away for so long.
    ///
    /// # Errors
    /// [`IdentityError::Kernel`].
    pub async fn carry_sessions(&self, actor: &Actor, by: time::Duration) -> Outcome<()> {
        let work = self.kernel.begin(actor).await?;
        store::carry_sessions(&work, by).await?;
        work.commit().await?;
        Ok(())
    }

    /// The actor's own sessions.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`] for the system.
    pub async fn sessions(&self, actor: &Actor) -> Outcome<Vec<Session>> {
        let own = actor.account.ok_or(IdentityError::NotFound)?;
        Ok(store::sessions(self.kernel.db(), own).await?)
    }

    /// Ends one of the actor's own sessions, or all when `which` is absent.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`] when there is no such session.
    pub async fn end_session(&self, actor: &Actor, which: Option<SessionId>) -> Outcome<()> {
        let own = actor.account.ok_or(IdentityError::NotFound)?;
        let mut work = self.kernel.begin(actor).await?;
        let ended = store::end_sessions(&work, own, which, None).await?;
        if ended == 0 && which.is_some() {
            return Err(IdentityError::NotFound);
        }
        let happened = Happened::new("session.ended", "退出登录").data(json!({ "sessions": ended }));
        work.note(Subject::new("account", own), actor.scope.enterprise, happened)?;
        work.commit().await?;
        Ok(())
    }

    /// Changes the actor's own password; ends all other sessions.
    ///
    /// # Errors
    /// [`IdentityError::WrongCredentials`] when the old one is wrong, [`IdentityError::Invalid`] for a weak one.
    pub async fn change_password(
        &self,
        actor: &Actor,
        current: SessionId,
        old: String,
        new: String,
    ) -> Outcome<()> {
        let own = actor.account.ok_or(IdentityError::NotFound)?;
        let secret = store::credential(self.kernel.db().read(), own).await?;
        if !self.verify(old, secret.password_hash.clone()).await? {
            return Err(IdentityError::Invalid(vec![FieldError::new(
                "old_password",
                "原密码不正确",
            )]));
        }
        if let Some(fault) = rules::password_fault(&new, "") {
            return Err(IdentityError::Invalid(vec![FieldError::new(
                "new_password",
                fault,
            )]));
        }
        let hash = self.hash(new).await?;
        let mut work = self.kernel.begin(actor).await?;
        let secret = store::credential(work.conn(), own).await?;
        let changed = Credential {
            password_hash: hash,
            must_change: false,
            ..secret
        };
        store::save_credential(&work, own, &changed).await?;
        store::end_sessions(&work, own, None, Some(current)).await?;
        self.note_own(&mut work, own, "account.password_changed", "修改密码")?;
        work.commit().await?;
        Ok(())
    }

    /// Gives an account a new first password and unlocks it; its sessions end.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`], [`IdentityError::Invalid`].
    pub async fn reset_password(&self, actor: &Actor, id: AccountId, new: String) -> Outcome<()> {
        actor.require(Permission::AccountsManage)?;
        let target = store::account(self.kernel.db().read(), id, &actor.scope)
            .await?
            .ok_or(IdentityError::NotFound)?;
        if let Some(fault) = rules::password_fault(&new, &target.login) {
            return Err(IdentityError::Invalid(vec![FieldError::new("password", fault)]));
        }
        let hash = self.hash(new).await?;
        let mut work = self.kernel.begin(actor).await?;
        let secret = store::credential(work.conn(), id).await?;
        let reset = Credential {
            password_hash: hash,
            must_change: true,
            failures: 0,
            locked_until: None,
            ..secret
        };
        store::save_credential(&work, id, &reset).await?;
        store::end_sessions(&work, id, None, None).await?;
        self.note_own(&mut work, id, "account.password_reset", "重置密码")?;
        work.commit().await?;
        Ok(())
    }

    fn note_own(&self, work: &mut Work, id: AccountId, kind: &'static str, title: &str) -> Outcome<()> {
        let enterprise = work.actor().scope.enterprise;
        Ok(work.note(
            Subject::new("account", id),
            enterprise,
            Happened::new(kind, title),
        )?)
    }

    /// Begins to set up a second factor. Returns the secret and its `otpauth://` address.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`] for the system.
    pub async fn begin_totp(&self, actor: &Actor) -> Outcome<(String, String)> {
        let own = actor.account.ok_or(IdentityError::NotFound)?;
        let secret = data_encoding::BASE32_NOPAD.encode(&self.kernel.random_bytes::<20>());
        let work = self.kernel.begin(actor).await?;
        let credential = store::credential(work.conn(), own).await?;
        let pending = Credential {
            totp_pending: Some(secret.clone()),
            ..credential
        };
        store::save_credential(&work, own, &pending).await?;
        work.commit().await?;
        let label: String = actor.name.bytes().map(|b| format!("%{b:02X}")).collect();
        let address = format!("otpauth://totp/Anxu:{label}?secret={secret}&issuer=Anxu&digits=6&period=30");
        Ok((secret, address))
    }

    /// Puts the second factor in force once a code proves that it works.
    ///
    /// # Errors
    /// [`IdentityError::SecondFactor`] for a wrong code.
    pub async fn confirm_totp(&self, actor: &Actor, code: &str) -> Outcome<()> {
        let own = actor.account.ok_or(IdentityError::NotFound)?;
        let mut work = self.kernel.begin(actor).await?;
        let credential = store::credential(work.conn(), own).await?;
        let step = credential
            .totp_pending
            .as_deref()
            .and_then(|secret| totp_step(secret, code, work.now()));
        let step = step.ok_or(IdentityError::SecondFactor { wrong: true })?;
        let confirmed = Credential {
            totp_secret: credential.totp_pending.clone(),
            totp_pending: None,
            totp_step: step,
            ..credential
        };
        store::save_credential(&work, own, &confirmed).await?;
        self.note_own(&mut work, own, "account.totp_enabled", "启用动态口令")?;
        work.commit().await?;
        Ok(())
    }

    /// Takes the second factor out of force; needs a last code.
    ///
    /// # Errors
    /// [`IdentityError::SecondFactor`] for a wrong code.
    pub async fn remove_totp(&self, actor: &Actor, code: &str) -> Outcome<()> {
        let own = actor.account.ok_or(IdentityError::NotFound)?;
        let mut work = self.kernel.begin(actor).await?;
        let credential = store::credential(work.conn(), own).await?;
        let step = credential
            .totp_secret
            .as_deref()
            .and_then(|secret| totp_step(secret, code, work.now()));
        if step.is_none_or(|step| step <= credential.totp_step) {
            return Err(IdentityError::SecondFactor { wrong: true });
        }
        let removed = Credential {
            totp_secret: None,
            totp_pending: None,
            ..credential
        };
        store::save_credential(&work, own, &removed).await?;
        self.note_own(&mut work, own, "account.totp_removed", "停用动态口令")?;
        work.commit().await?;
        Ok(())
    }

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

    async fn hash(&self, password: String) -> Outcome<String> {
        let mut hashes = self.hash_all(vec![password]).await?;
        hashes.pop().ok_or_else(|| IdentityError::Hash("no hash".into()))
    }

    /// Hashes passwords in their order, as many at a time as there are cores: each takes its time and memory.
    async fn hash_all(&self, passwords: Vec<String>) -> Outcome<Vec<String>> {
        let at_once = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let hashing = passwords.into_iter().map(|password| {
            let salt = self.kernel.random_bytes::<16>();
            // Not begun before its turn: the closure runs when the stream polls it.
            async move { tokio::task::spawn_blocking(move || hashed(&password, &salt)).await }
        });
        let hashes: Vec<_> = stream::iter(hashing).buffered(at_once).collect().await;
        hashes
            .into_iter()
            .map(|hash| hash.map_err(|error| IdentityError::Hash(error.to_string()))?)
            .collect()
    }

    async fn verify(&self, password: String, hash: String) -> Outcome<bool> {
        let verified = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&hash).map(|hash| {
                Argon2::default()
                    .verify_password(password.as_bytes(), &hash)
                    .is_ok()
            })
        });
        verified
            .await
            .map_err(|e| IdentityError::Hash(e.to_string()))?
            .map_err(|e| IdentityError::Hash(e.to_string()))
    }
}

/// Argon2id with the library's parameters, as a PHC string.
fn hashed(password: &str, salt: &[u8]) -> Outcome<String> {
    let hash: Result<PasswordHash, _> = Argon2::default().hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash| hash.to_string())
        .map_err(|error| IdentityError::Hash(error.to_string()))
}

/// Tokens are kept only as hashes: a stolen database opens no session.
fn token_hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// The time step in which the code is right (RFC 6238, one step of tolerance).
fn totp_step(secret: &str, code: &str, now: Moment) -> Option<i64> {
    let bytes = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).ok()?;
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(Secret::from(bytes))
        .with_account_name("account")
        .build()
        .ok()?;
    let seconds = u64::try_from(now.0 / 1000).ok()?;
    totp.check(code.trim(), seconds)
        .and_then(|step| i64::try_from(step).ok())
}

//! Signing in, and sessions.

use data_encoding::BASE64URL_NOPAD;
use kernel::{Actor, Happened, Scope, Subject};
use serde_json::json;

use super::{
    Identity, IdentityError, Outcome,
    secrets::{token_hash, totp_step},
};
use crate::{
    model::{Account, AccountState, Authenticated, Credential, OwnAccount, Session, SessionId, SignedIn},
    rules, store,
};

impl Identity {
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
}

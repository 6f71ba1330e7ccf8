//! Passwords and the second factor.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use data_encoding::HEXLOWER;
use futures::{StreamExt, stream};
use kernel::{Actor, FieldError, Happened, Moment, Permission, Subject, Work, ids::AccountId};
use sha2::{Digest, Sha256};
use totp_rs::{Algorithm, Builder, Secret};

use super::{Identity, IdentityError, Outcome};
use crate::{
    model::{Credential, SessionId},
    rules, store,
};

impl Identity {
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

    pub(super) async fn hash(&self, password: String) -> Outcome<String> {
        let mut hashes = self.hash_all(vec![password]).await?;
        hashes.pop().ok_or_else(|| IdentityError::Hash("no hash".into()))
    }

    /// Hashes passwords in their order, as many at a time as there are cores: each takes its time and memory.
    pub(super) async fn hash_all(&self, passwords: Vec<String>) -> Outcome<Vec<String>> {
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

    pub(super) async fn verify(&self, password: String, hash: String) -> Outcome<bool> {
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
pub(super) fn token_hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// The time step in which the code is right (RFC 6238, one step of tolerance).
pub(super) fn totp_step(secret: &str, code: &str, now: Moment) -> Option<i64> {
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

//! The calendar of duties under a secret address.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use kernel::{Actor, Happened, LegalDate, Moment, Permission, Subject};
use sha2::{Digest, Sha256};

use super::{Notices, NoticesError, Outcome, tell::as_actor};
use crate::{
    ports::DutyEntry,
    rules::{CalendarEntry, calendar},
    store,
};

/// A calendar address that was just made.
#[derive(Clone, Debug)]
pub struct Feed {
    /// The whole address; it is told once.
    pub url: String,
    /// Since when.
    pub since: Moment,
}

impl Notices {
    /// Since when the actor has a calendar address; `None` while it has none.
    ///
    /// # Errors
    /// [`NoticesError::NotFound`] for accounts that belong to no enterprise.
    pub async fn feed(&self, actor: &Actor) -> Outcome<Option<Moment>> {
        let (account, _) = holder(actor)?;
        Ok(store::feed_of(self.kernel.db(), account).await?)
    }

    /// Gives the actor a new calendar address; an older one ends with it.
    ///
    /// # Errors
    /// As [`Notices::feed`].
    pub async fn renew_feed(&self, actor: &Actor) -> Outcome<Feed> {
        let (account, enterprise) = holder(actor)?;
        let token = BASE64URL_NOPAD.encode(&self.kernel.random_bytes::<32>());
        let mut work = self.kernel.begin(actor).await?;
        store::save_feed(&work, account, hash(&token)).await?;
        let happened = Happened::new("account.calendar_opened", "生成合规日历订阅地址");
        work.note(Subject::new("account", account), Some(enterprise), happened)?;
        let since = work.commit().await?;
        Ok(Feed {
            url: self.absolute(&format!("/calendar/{token}.ics")),
            since,
        })
    }

    /// Ends the actor's calendar address.
    ///
    /// # Errors
    /// [`NoticesError::NotFound`] when there is none.
    pub async fn end_feed(&self, actor: &Actor) -> Outcome<()> {
        let (account, enterprise) = holder(actor)?;
        let mut work = self.kernel.begin(actor).await?;
        if !store::end_feed(&work, account).await? {
            return Err(NoticesError::NotFound("日历订阅地址"));
        }
        let happened = Happened::new("account.calendar_closed", "撤销合规日历订阅地址");
        work.note(Subject::new("account", account), Some(enterprise), happened)?;
        work.commit().await?;
        Ok(())
    }

    /// The calendar behind an address.
    ///
    /// # Errors
    /// [`NoticesError::NotFound`] for an address that is unknown or has ended, and for a closed account.
    pub async fn calendar(&self, token: &str) -> Outcome<String> {
        let missing = || NoticesError::NotFound("日历");
        let account = store::feed_account(self.kernel.db(), &hash(token)).await?;
        let system = Actor::system("日历");
        let account = self
            .inner
            .identity
            .account(&system, account.ok_or_else(missing)?)
            .await?;
        let is_open = account.state == identity::AccountState::Active;
        let (_, enterprise) = holder(&as_actor(&account))
            .ok()
            .filter(|_| is_open)
            .ok_or_else(missing)?;
        let now = self.kernel.now();
        let [back, ahead] = self.inner.file.calendar_days;
        let day = |days| LegalDate(now.legal_date().0.saturating_add(time::Duration::days(days)));
        let duties = self.inner.duties.of(enterprise, day(-back), day(ahead)).await?;
        let entries: Vec<CalendarEntry> = duties.into_iter().map(|duty| self.entry(duty)).collect();
        Ok(calendar("企业安全许可合规日历", &entries, now))
    }

    fn entry(&self, duty: DutyEntry) -> CalendarEntry {
        CalendarEntry {
            uid: format!("{}@anxu", duty.id),
            day: duty.due_on,
            title: duty.title,
            text: duty.text,
            url: duty.link.as_deref().map(|path| self.absolute(path)),
            alarms: self.inner.file.calendar_alarm_days.clone(),
            is_done: duty.is_done,
        }
    }
}

/// The account and its enterprise: duties are an enterprise's.
fn holder(actor: &Actor) -> Outcome<(kernel::ids::AccountId, uuid::Uuid)> {
    actor.require(Permission::OwnAccount)?;
    let found = actor.account.zip(actor.scope.enterprise);
    found.ok_or(NoticesError::NotFound("企业合规日历"))
}

fn hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

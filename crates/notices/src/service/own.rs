//! What an account sees and chooses itself.

use kernel::{Actor, Happened, KernelError, Moment, Page, PageQuery, Permission, Subject, ids::AccountId};

use super::{Notices, NoticesError, Outcome, OwnAddress};
use crate::{
    model::{Channel, Notice, NoticeId, Preferences, Quiet, Reach},
    rules::{self, Topic},
    store::{self, NoticeQuery},
};

/// What an account chose, beside what it can choose.
#[derive(Clone, Debug)]
pub struct OwnPreferences {
    /// Version for optimistic locking.
    pub version: i64,
    /// What it chose, and what of it is proved.
    pub reach: Reach,
    /// How its addresses stand.
    pub addresses: Vec<OwnAddress>,
    /// Telephone of the account, used for short messages unless another is given.
    pub phone: Option<String>,
    /// Quiet hours of those who chose none.
    pub usual_quiet: Option<Quiet>,
    /// The ways out that the installation has.
    pub available: Vec<Channel>,
    /// The topics that concern the account.
    pub topics: Vec<Topic>,
}

pub(super) fn own(actor: &Actor) -> Outcome<AccountId> {
    actor.require(Permission::OwnAccount)?;
    actor.account.ok_or(NoticesError::NotFound("账号"))
}

impl Notices {
    /// The actor's own notices, newest first.
    ///
    /// # Errors
    /// [`NoticesError::Invalid`] for a cursor that is none.
    pub async fn notices(
        &self,
        actor: &Actor,
        unread: bool,
        topic: Option<String>,
        page: &PageQuery,
    ) -> Outcome<Page<Notice>> {
        let account = own(actor)?;
        let after = page
            .after()
            .map_err(|problem| NoticesError::Invalid(problem.errors))?;
        let query = NoticeQuery {
            unread,
            topic,
            after,
            limit: page.limit(),
        };
        let rows = store::notices(self.kernel.db(), account, &query).await?;
        Ok(Page::cut(rows, query.limit, |row| (row.at.0, row.id)))
    }

    /// How many of them the actor has not read.
    ///
    /// # Errors
    /// [`NoticesError::Kernel`].
    pub async fn unread(&self, actor: &Actor) -> Outcome<u64> {
        Ok(store::unread(self.kernel.db(), own(actor)?).await?)
    }

    /// Notes that the actor has read a notice. Read twice is read once.
    ///
    /// # Errors
    /// [`NoticesError::NotFound`] for somebody else's.
    pub async fn read(&self, actor: &Actor, id: NoticeId) -> Outcome<Notice> {
        let account = own(actor)?;
        let work = self.kernel.begin(actor).await?;
        store::mark_read(&work, account, id).await?;
        let notice = store::notice(work.conn(), account, id).await?;
        let notice = notice.ok_or(NoticesError::NotFound("通知"))?;
        work.commit().await?;
        Ok(notice)
    }

    /// Notes that the actor has read everything up to an instant; everything, unless one is given.
    ///
    /// # Errors
    /// [`NoticesError::Kernel`].
    pub async fn read_all(&self, actor: &Actor, until: Option<Moment>) -> Outcome<u64> {
        let account = own(actor)?;
        let work = self.kernel.begin(actor).await?;
        let until = until.unwrap_or(work.now());
        let read = store::mark_all_read(&work, account, until).await?;
        work.commit().await?;
        Ok(read)
    }

    /// What the actor chose and can choose.
    ///
    /// # Errors
    /// [`NoticesError::Kernel`].
    pub async fn preferences(&self, actor: &Actor) -> Outcome<OwnPreferences> {
        let account = own(actor)?;
        let (version, reach) = store::reach(self.kernel.db().read(), account).await?;
        let phone = self.inner.identity.own(actor).await?.account.phone;
        let is_enterprise = actor.scope.enterprise.is_some();
        let topics = self
            .inner
            .book
            .topics()
            .filter(|topic| topic.is_for(is_enterprise));
        Ok(OwnPreferences {
            version,
            addresses: self.addresses(account, &reach).await?,
            reach,
            phone,
            usual_quiet: self.inner.file.words.quiet,
            available: Channel::PERSONAL
                .into_iter()
                .filter(|one| self.has(*one))
                .collect(),
            topics: topics.cloned().collect(),
        })
    }

    /// Saves what the actor chose over the version that it saw. An address that is new waits for its proof; a code
    /// is on its way to it, where one can be sent.
    ///
    /// # Errors
    /// [`NoticesError::Invalid`] names the fields.
    pub async fn choose(&self, actor: &Actor, seen: i64, chosen: Preferences) -> Outcome<OwnPreferences> {
        own(actor)?;
        let faults = rules::faults(&chosen, &self.inner.book);
        if !faults.is_empty() {
            return Err(NoticesError::Invalid(faults));
        }
        let account = self.inner.identity.own(actor).await?.account;
        let mut work = self.kernel.begin(actor).await?;
        store::hold_account(&work, account.id).await?;
        let (version, mut reach) = store::reach(work.conn(), account.id).await?;
        if version != seen {
            return Err(KernelError::Stale {
                subject: "preferences",
            }
            .into());
        }
        store::save_preferences(&work, account.id, version, &chosen).await?;
        for channel in reach.choose(chosen) {
            let address = reach.preferences.addresses.of(channel);
            self.change_address(&mut work, &account, channel, address).await?;
        }
        // Without the addresses: what leaves the account's hands is not written where auditors read.
        let happened = Happened::new("account.notices_chosen", "修改通知接收方式");
        work.note(
            Subject::new("account", account.id),
            actor.scope.enterprise,
            happened,
        )?;
        work.commit().await?;
        self.preferences(actor).await
    }
}

//! Addresses are proved before they are used: by a code that was sent there.

use identity::Account;
use kernel::{Actor, Happened, Moment, Scope, Subject, Work, ids::AccountId};
use serde_json::json;
use time::Duration;

use super::{
    Notices, NoticesError, Outcome,
    message::{Message, said},
    own::own,
    tell::{new_delivery, sending},
};
use crate::{
    model::{AskedCode, Channel, Code, Delivery, DeliveryId, DeliveryState, Proof, Reach},
    rules::{self, CodeRefusal},
    store,
};

/// Where the code stands in a message until it leaves.
const PLACE: &str = "{code}";

/// How an address of an account stands.
#[derive(Clone, Debug)]
pub struct OwnAddress {
    /// The way.
    pub channel: Channel,
    /// The address.
    pub address: String,
    /// Whether notices leave there.
    pub proof: Option<Proof>,
    /// Whether the installation has the way, so that a code can be sent.
    pub is_open: bool,
    /// The code by which it can be proved.
    pub code: Option<SeenCode>,
    /// When another code can be asked for, and how long that is; absent: at once.
    pub next_code: Option<(Moment, Duration)>,
}

/// A code as its holder sees it: everything but the code.
#[derive(Clone, Debug)]
pub struct SeenCode {
    /// When it was asked for.
    pub asked_at: Moment,
    /// Where its message is.
    pub delivery: DeliveryState,
    /// Until when it holds; absent while it has not left.
    pub valid_until: Option<Moment>,
    /// How often it may still be entered.
    pub attempts_left: i64,
}

impl Notices {
    /// How the addresses of an account stand.
    pub(super) async fn addresses(&self, account: AccountId, reach: &Reach) -> Outcome<Vec<OwnAddress>> {
        let mut found = Vec::new();
        for channel in Channel::PERSONAL {
            found.extend(self.address(account, reach, channel).await?);
        }
        Ok(found)
    }

    async fn address(
        &self,
        account: AccountId,
        reach: &Reach,
        channel: Channel,
    ) -> Outcome<Option<OwnAddress>> {
        let Some(address) = reach.preferences.addresses.of(channel) else {
            return Ok(None);
        };
        let (db, now) = (self.kernel.db(), self.kernel.now());
        let proof = reach.proof(channel).cloned();
        let (mut code, mut next_code) = (None, None);
        if proof.is_none() {
            let asked = store::asked_since(db.read(), account, channel, a_day_before(now)).await?;
            next_code = rules::next_code(&asked, now, &self.inner.proofs);
            let last = store::last_code(db.read(), account, channel).await?;
            code = self
                .seen_code(last.filter(|code| code.address == address))
                .await?;
        }
        Ok(Some(OwnAddress {
            channel,
            address: address.to_owned(),
            proof,
            is_open: self.has(channel),
            code,
            next_code: next_code.map(|again| (again, until(again, now))),
        }))
    }

    async fn seen_code(&self, code: Option<AskedCode>) -> Outcome<Option<SeenCode>> {
        let Some(code) = code else { return Ok(None) };
        let delivery = store::delivery(self.kernel.db(), &Scope::everything(), code.delivery).await?;
        let delivery = delivery.ok_or(NoticesError::NotFound("delivery"))?.state;
        // One that left and of which nothing is kept was given up when the address became another one.
        let is_void = code.made.is_empty() && delivery == DeliveryState::Sent;
        Ok((!is_void).then(|| SeenCode {
            asked_at: code.asked_at,
            delivery,
            valid_until: rules::valid_until(&code, &self.inner.proofs),
            attempts_left: (self.inner.proofs.attempts - code.attempts).max(0),
        }))
    }

    async fn own_address(&self, actor: &Actor, channel: Channel) -> Outcome<OwnAddress> {
        let account = own(actor)?;
        let (_, reach) = store::reach(self.kernel.db().read(), account).await?;
        let found = self.address(account, &reach, channel).await?;
        found.ok_or(NoticesError::NotFound("接收地址"))
    }

    /// Sends a code to the actor's address on a channel.
    ///
    /// # Errors
    /// [`NoticesError::NotFound`] without an address, [`NoticesError::Proved`], [`NoticesError::Closed`],
    /// [`NoticesError::CodeTooSoon`].
    pub async fn send_code(&self, actor: &Actor, channel: Channel) -> Outcome<OwnAddress> {
        own(actor)?;
        let account = self.inner.identity.own(actor).await?.account;
        let mut work = self.kernel.begin(actor).await?;
        store::hold_account(&work, account.id).await?;
        let (_, reach) = store::reach(work.conn(), account.id).await?;
        let address = reach.preferences.addresses.of(channel);
        let address = address.ok_or(NoticesError::NotFound("接收地址"))?;
        if reach.proof(channel).is_some() {
            return Err(NoticesError::Proved);
        }
        if !self.has(channel) {
            return Err(NoticesError::Closed(channel));
        }
        if let Some(again) = self.next_code(&work, account.id, channel).await? {
            let wait = until(again, work.now());
            return Err(NoticesError::CodeTooSoon { again, wait });
        }
        self.put_code_out(&mut work, &account, channel, address).await?;
        work.commit().await?;
        self.own_address(actor, channel).await
    }

    /// Proves the actor's address on a channel by the code that was sent there.
    ///
    /// # Errors
    /// [`NoticesError::NotFound`] without an address, [`NoticesError::Proved`], [`NoticesError::Code`].
    pub async fn prove(&self, actor: &Actor, channel: Channel, entered: &Code) -> Outcome<OwnAddress> {
        let present = self.own_address(actor, channel).await?;
        if present.proof.is_some() {
            return Err(NoticesError::Proved);
        }
        let account = own(actor)?;
        let code = store::last_code(self.kernel.db().read(), account, channel).await?;
        let code = code.filter(|code| code.address == present.address);
        let code = code.ok_or(NoticesError::Code(CodeRefusal::NotSent))?;
        let attempts = self.count_attempt(&code).await?;
        let mut work = self.kernel.begin(actor).await?;
        let judged = rules::judge(&code, entered, attempts, work.now(), &self.inner.proofs);
        judged.map_err(NoticesError::Code)?;
        let proof = Proof {
            channel,
            address: code.address,
            at: Some(work.now()),
        };
        store::save_proof(&work, account, &proof).await?;
        store::save_made(&work, code.delivery, &[]).await?;
        // Without the address: what leaves the account's hands is not written where auditors read.
        let happened = Happened::new("account.notice_address_proved", "验证接收通知的地址");
        let happened = happened.data(json!({ "channel": channel }));
        work.note(Subject::new("account", account), actor.scope.enterprise, happened)?;
        work.commit().await?;
        self.own_address(actor, channel).await
    }

    /// Written down before it is judged, in a transaction of its own: a refusal does not undo it.
    async fn count_attempt(&self, code: &AskedCode) -> Outcome<i64> {
        let work = self.kernel.begin(&Actor::system("通知")).await?;
        let attempts = store::count_attempt(&work, code.delivery, self.inner.proofs.attempts).await?;
        work.commit().await?;
        Ok(attempts)
    }

    /// What follows from an address that became another one, or none.
    pub(super) async fn change_address(
        &self,
        work: &mut Work,
        account: &Account,
        channel: Channel,
        address: Option<&str>,
    ) -> Outcome<()> {
        store::drop_proof(work, account.id, channel).await?;
        if let Some(code) = store::last_code(work.conn(), account.id, channel).await? {
            store::save_made(work, code.delivery, &[]).await?;
        }
        let Some(address) = address.filter(|_| self.has(channel)) else {
            return Ok(());
        };
        // Whoever changes it too often saves it all the same, and asks for the code later.
        match self.next_code(work, account.id, channel).await? {
            None => self.put_code_out(work, account, channel, address).await,
            Some(_) => Ok(()),
        }
    }

    async fn next_code(&self, work: &Work, account: AccountId, channel: Channel) -> Outcome<Option<Moment>> {
        let now = work.now();
        let asked = store::asked_since(work.conn(), account, channel, a_day_before(now)).await?;
        Ok(rules::next_code(&asked, now, &self.inner.proofs))
    }

    /// Puts the message with a code on its way, at once and at any hour: somebody waits for it.
    async fn put_code_out(
        &self,
        work: &mut Work,
        account: &Account,
        channel: Channel,
        address: &str,
    ) -> Outcome<()> {
        let (now, id) = (work.now(), DeliveryId(work.next_id()));
        let (message, greeting) = (self.code_message(account), &self.inner.proofs.words.greeting);
        let delivery = Delivery {
            id,
            account: Some(account.id),
            title: message.title.clone(),
            channel,
            region: account.region.clone(),
            address: address.to_owned(),
            content: self.content(channel, id, address, greeting, &message),
            ..new_delivery(now, now)
        };
        let code = AskedCode {
            delivery: id,
            account: account.id,
            channel,
            address: address.to_owned(),
            asked_at: now,
            made: Vec::new(),
            attempts: 0,
        };
        store::insert_delivery(work, format!("code:{id}"), &delivery).await?;
        store::insert_code(work, &code).await?;
        work.enqueue(sending(&delivery, None, 0)?);
        Ok(())
    }

    /// Perhaps a stranger reads it: it names the account by a masked login only.
    fn code_message(&self, account: &Account) -> Message {
        let rules = &self.inner.proofs;
        let (login, minutes) = (rules::masked(&account.login), rules.valid_minutes.to_string());
        let words = [
            ("site", self.inner.site.as_str()),
            ("login", &login),
            ("minutes", &minutes),
            ("code", PLACE),
        ];
        Message {
            title: rules.words.title.clone(),
            text: said(&rules.words.text, &words),
            short: said(&rules.words.short, &words),
            ..Message::default()
        }
    }

    /// Makes the code of a message that carries one and puts it in, now that it leaves: it is kept nowhere, so that
    /// every attempt has another one. False for a code that nobody needs any more.
    pub(super) async fn put_code_in(&self, work: &Work, delivery: &mut Delivery) -> Outcome<bool> {
        let Some(code) = store::code_of(work, delivery.id).await? else {
            return Ok(true);
        };
        let (_, reach) = store::reach(work.conn(), code.account).await?;
        let last = store::last_code(work.conn(), code.account, code.channel).await?;
        let is_wanted = reach.preferences.addresses.of(code.channel) == Some(&code.address)
            && reach.proof(code.channel).is_none()
            && last.is_some_and(|last| last.delivery == code.delivery);
        if !is_wanted {
            return Ok(false);
        }
        let fresh = Code::from_random(self.kernel.random_bytes());
        let made = rules::with_code(&code, &fresh, work.now(), &self.inner.proofs);
        store::save_made(work, delivery.id, &made).await?;
        delivery.content = delivery.content.replace(PLACE, fresh.as_str());
        Ok(true)
    }
}

fn a_day_before(now: Moment) -> Moment {
    now.plus(-Duration::days(1))
}

fn until(again: Moment, now: Moment) -> Duration {
    Duration::milliseconds(again.0.saturating_sub(now.0))
}

//! Channels, dead letters and webhooks, for administrators.

use data_encoding::BASE64;
use kernel::{Actor, FieldError, Happened, Moment, Page, PageQuery, Permission, Subject, ids::AccountId};
use serde_json::json;

use super::{Notices, NoticesError, Outcome, tell::sending};
use crate::{
    model::{Channel, Delivery, DeliveryId, DeliveryState, Webhook, WebhookId},
    rules::{SECRET_BYTES, SECRET_PREFIX},
    store::{self, DeliveryQuery},
};

/// Over which time channels are counted.
const COUNTED: time::Duration = time::Duration::days(7);

/// How a channel does.
#[derive(Clone, Debug)]
pub struct ChannelState {
    /// Which.
    pub channel: Channel,
    /// Whether the installation has it.
    pub configured: bool,
    /// Deliveries of the last seven days by state.
    pub counts: Vec<(DeliveryState, u64)>,
    /// When something was delivered last.
    pub last_sent: Option<Moment>,
    /// What went wrong last, and has not been mended.
    pub last_error: Option<String>,
}

/// What to look for among deliveries.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeliveryFilter {
    /// In this state; in any unless given.
    pub state: Option<DeliveryState>,
    /// Through this channel.
    pub channel: Option<Channel>,
    /// To this webhook.
    pub webhook: Option<WebhookId>,
}

/// A delivery with the names that administrators know.
#[derive(Clone, Debug)]
pub struct SeenDelivery {
    /// The delivery.
    pub delivery: Delivery,
    /// Name of the topic.
    pub topic_name: String,
    /// Name of the account or of the webhook.
    pub to_name: String,
    /// What the actor may do now: `retry`.
    pub allowed_actions: Vec<&'static str>,
}

/// A webhook to be set up.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    /// What it is called.
    pub name: String,
    /// Where to.
    pub url: String,
    /// Of what it hears.
    pub topics: Vec<String>,
}

impl Notices {
    /// How every channel does. Neither addresses nor keys are shown.
    ///
    /// # Errors
    /// [`NoticesError::Kernel`].
    pub async fn channels(&self, actor: &Actor) -> Outcome<Vec<ChannelState>> {
        actor.require(Permission::JobsRead)?;
        let (db, now) = (self.kernel.db(), self.kernel.now());
        let counts = store::channel_counts(db, &actor.scope, now.plus(-COUNTED)).await?;
        let mut states = Vec::new();
        for channel in Channel::ALL {
            let own = counts.iter().filter(|one| one.channel == channel.as_str());
            let count = |one: &store::ChannelCount| {
                let state = DeliveryState::parse(&one.state)?;
                Some((state, u64::try_from(one.count).unwrap_or(0)))
            };
            states.push(ChannelState {
                channel,
                configured: self.has(channel),
                counts: own.clone().filter_map(count).collect(),
                last_sent: own.filter_map(|one| one.newest).max(),
                last_error: store::last_error(db, &actor.scope, channel).await?,
            });
        }
        Ok(states)
    }

    /// Deliveries: newest first when they have arrived or whatever became of them, else oldest first, as those wait.
    ///
    /// # Errors
    /// [`NoticesError::Invalid`] for a cursor that is none.
    pub async fn deliveries(
        &self,
        actor: &Actor,
        filter: DeliveryFilter,
        page: &PageQuery,
    ) -> Outcome<Page<SeenDelivery>> {
        actor.require(Permission::JobsRead)?;
        let after = page
            .after()
            .map_err(|problem| NoticesError::Invalid(problem.errors))?;
        let query = DeliveryQuery {
            state: filter.state,
            channel: filter.channel,
            webhook: filter.webhook,
            newest_first: filter.state.is_none_or(|state| state == DeliveryState::Sent),
            after,
            limit: page.limit(),
        };
        let rows = store::deliveries(self.kernel.db(), &actor.scope, &query).await?;
        let Page { items, next } = Page::cut(rows, query.limit, |row| (row.created_at.0, row.id));
        let items = self.seen_deliveries(actor, items).await?;
        Ok(Page { items, next })
    }

    /// One delivery.
    ///
    /// # Errors
    /// [`NoticesError::NotFound`] outside of the scope.
    pub async fn delivery(&self, actor: &Actor, id: DeliveryId) -> Outcome<SeenDelivery> {
        actor.require(Permission::JobsRead)?;
        let found = store::delivery(self.kernel.db(), &actor.scope, id).await?;
        self.seen_delivery(actor, found.ok_or(NoticesError::NotFound("发送记录"))?)
            .await
    }

    pub(super) async fn seen_delivery(&self, actor: &Actor, delivery: Delivery) -> Outcome<SeenDelivery> {
        let seen = self.seen_deliveries(actor, vec![delivery]).await?.pop();
        seen.ok_or(NoticesError::NotFound("发送记录"))
    }

    async fn seen_deliveries(&self, actor: &Actor, found: Vec<Delivery>) -> Outcome<Vec<SeenDelivery>> {
        let accounts: Vec<AccountId> = found.iter().filter_map(|one| one.account).collect();
        let accounts = self.inner.identity.accounts_of(&accounts).await?;
        let webhooks = store::webhooks(self.kernel.db(), &actor.scope).await?;
        let may_retry = actor.may(Permission::JobsManage);
        let seen = |delivery: Delivery| {
            let account = accounts.iter().find(|one| Some(one.id) == delivery.account);
            let webhook = webhooks.iter().find(|one| Some(one.id) == delivery.webhook);
            let named = account
                .map(|one| &one.name)
                .or_else(|| webhook.map(|one| &one.name));
            let topic = self.inner.book.topic(&delivery.topic);
            SeenDelivery {
                topic_name: topic
                    .map_or_else(|| delivery.channel.label().to_owned(), |topic| topic.name.clone()),
                to_name: named.cloned().unwrap_or_default(),
                allowed_actions: (may_retry && delivery.state.is_stuck())
                    .then_some("retry")
                    .into_iter()
                    .collect(),
                delivery,
            }
        };
        Ok(found.into_iter().map(seen).collect())
    }

    /// Sends a stuck delivery on its way again.
    ///
    /// # Errors
    /// [`NoticesError::NotStuck`] when it is on its way or has arrived.
    pub async fn retry(&self, actor: &Actor, id: DeliveryId) -> Outcome<SeenDelivery> {
        actor.require(Permission::JobsManage)?;
        let known = store::delivery(self.kernel.db(), &actor.scope, id).await?;
        let mut delivery = known.ok_or(NoticesError::NotFound("发送记录"))?;
        let mut work = self.kernel.begin(actor).await?;
        let was = delivery.state;
        delivery.round = store::restart(&work, id).await?.ok_or(NoticesError::NotStuck)?;
        delivery.not_before = work.now();
        (delivery.state, delivery.attempts) = (DeliveryState::Queued, 0);
        work.enqueue(sending(&delivery, None, 0)?);
        let facts = json!({ "channel": delivery.channel, "was": was, "round": delivery.round });
        let happened = Happened::new("notice_delivery.retried", "重新发送通知").data(facts);
        work.note(Subject::new("notice_delivery", id), None, happened)?;
        work.commit().await?;
        self.seen_delivery(actor, delivery).await
    }

    /// Webhooks that administrators of this scope see.
    ///
    /// # Errors
    /// [`NoticesError::Kernel`].
    pub async fn webhooks(&self, actor: &Actor) -> Outcome<Vec<Webhook>> {
        actor.require(Permission::JobsRead)?;
        Ok(store::webhooks(self.kernel.db(), &actor.scope).await?)
    }

    /// Sets a webhook up. Its key is in the answer and never told again.
    ///
    /// # Errors
    /// [`NoticesError::Invalid`] names the fields.
    pub async fn add_webhook(&self, actor: &Actor, new: NewWebhook) -> Outcome<Webhook> {
        actor.require(Permission::JobsManage)?;
        let faults = self.webhook_faults(&new);
        if !faults.is_empty() {
            return Err(NoticesError::Invalid(faults));
        }
        let mut work = self.kernel.begin(actor).await?;
        let key = self.kernel.random_bytes::<SECRET_BYTES>();
        let webhook = Webhook {
            id: WebhookId(work.next_id()),
            region: actor.scope.regions.first().cloned().unwrap_or_default(),
            name: new.name.trim().to_owned(),
            url: new.url,
            topics: new.topics,
            secret: format!("{SECRET_PREFIX}{}", BASE64.encode(&key)),
            created_at: work.now(),
            ended_at: None,
        };
        store::insert_webhook(&work, &webhook).await?;
        let facts = json!({ "name": webhook.name, "url": webhook.url, "topics": webhook.topics });
        let happened = Happened::new("webhook.added", "新增数据推送").data(facts);
        work.note(Subject::new("webhook", webhook.id), None, happened)?;
        work.commit().await?;
        Ok(webhook)
    }

    fn webhook_faults(&self, new: &NewWebhook) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if !(1..=60).contains(&new.name.trim().chars().count()) {
            faults.push(FieldError::new("name", "请填写名称，不超过 60 个字"));
        }
        let url = new.url.parse::<http::Uri>().ok();
        let is_web = |uri: &http::Uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some_and(|host| !host.is_empty())
        };
        if new.url.len() > 500 || !url.as_ref().is_some_and(is_web) {
            faults.push(FieldError::new(
                "url",
                "请填写 http:// 或 https:// 开头的完整地址",
            ));
        }
        let unknown = new
            .topics
            .iter()
            .find(|topic| self.inner.book.topic(topic).is_none());
        if new.topics.is_empty() {
            faults.push(FieldError::new("topics", "请至少选择一类通知"));
        } else if let Some(topic) = unknown {
            faults.push(FieldError::new("topics", format!("没有“{topic}”这一类通知")));
        }
        faults
    }

    /// Ends a webhook; what is still on its way to it becomes a dead letter.
    ///
    /// # Errors
    /// [`NoticesError::NotFound`] outside of the scope.
    pub async fn end_webhook(&self, actor: &Actor, id: WebhookId) -> Outcome<()> {
        actor.require(Permission::JobsManage)?;
        let mut work = self.kernel.begin(actor).await?;
        if !store::end_webhook(&work, &actor.scope, id).await? {
            return Err(NoticesError::NotFound("数据推送"));
        }
        let happened = Happened::new("webhook.ended", "停用数据推送");
        work.note(Subject::new("webhook", id), None, happened)?;
        work.commit().await?;
        Ok(())
    }

    /// Topics of which webhooks can hear, with their names.
    pub fn topics(&self) -> Vec<(String, String)> {
        let topics = self.inner.book.topics();
        topics
            .map(|topic| (topic.key.clone(), topic.name.clone()))
            .collect()
    }
}

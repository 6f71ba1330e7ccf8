//! Messages by which somebody sees that a way works.

use kernel::{Actor, FieldError, Happened, Permission, Subject};
use serde_json::json;

use super::{
    Notices, NoticesError, Outcome, SeenDelivery,
    message::Message,
    tell::{new_delivery, sending},
};
use crate::{
    model::{Channel, Delivery, DeliveryId, WebhookId},
    store,
};

impl Notices {
    /// Sends a webhook one signed event that is none, at most once a minute.
    ///
    /// # Errors
    /// [`NoticesError::NotFound`] outside of the scope and once it has ended, [`NoticesError::TooSoon`].
    pub async fn try_webhook(&self, actor: &Actor, id: WebhookId) -> Outcome<SeenDelivery> {
        actor.require(Permission::JobsManage)?;
        let known = store::webhooks(self.kernel.db(), &actor.scope).await?;
        let webhook = known
            .into_iter()
            .find(|one| one.id == id && one.ended_at.is_none());
        let webhook = webhook.ok_or(NoticesError::NotFound("数据推送"))?;
        let mut work = self.kernel.begin(actor).await?;
        let now = work.now();
        let delivery = Delivery {
            id: DeliveryId(work.next_id()),
            webhook: Some(id),
            title: self.inner.file.words.test_title.clone(),
            channel: Channel::Webhook,
            region: webhook.region,
            address: webhook.url,
            content: json!({ "type": "webhook.test", "timestamp": now, "data": {} }).to_string(),
            ..new_delivery(now, now)
        };
        let cause = format!("test:{id}:{}", now.0 / 60_000);
        if !store::insert_delivery(&work, cause, &delivery).await? {
            return Err(NoticesError::TooSoon);
        }
        work.enqueue(sending(&delivery, None, 0)?);
        work.note(
            Subject::new("webhook", id),
            None,
            Happened::new("webhook.tested", "测试数据推送"),
        )?;
        work.commit().await?;
        self.seen_delivery(actor, delivery).await
    }

    /// Sends the actor itself one message through a channel, at most once a minute.
    ///
    /// # Errors
    /// [`NoticesError::Invalid`] where there is no such channel or no proved address, [`NoticesError::TooSoon`].
    pub async fn try_channel(&self, actor: &Actor, channel: Channel) -> Outcome<SeenDelivery> {
        let own = self.preferences(actor).await?;
        let account = self.inner.identity.own(actor).await?.account;
        let words = &self.inner.file.words;
        let fault = |why: &str| NoticesError::Invalid(vec![FieldError::new("channel", why)]);
        if !own.available.contains(&channel) {
            return Err(fault("本平台没有开通这种接收方式"));
        }
        if own.reach.preferences.addresses.of(channel).is_some() && own.reach.proof(channel).is_none() {
            return Err(fault("这个地址还没有验证，请先填写发给它的验证码"));
        }
        let address = own.reach.address(channel, own.phone.as_deref());
        let address = address.ok_or_else(|| fault("请先填写并保存这种接收方式的地址"))?;
        let mut work = self.kernel.begin(actor).await?;
        let (now, id) = (work.now(), DeliveryId(work.next_id()));
        let message = Message {
            title: words.test_title.clone(),
            text: words.test_text.clone(),
            short: words.test_text.clone(),
            ..Message::default()
        };
        let delivery = Delivery {
            id,
            account: Some(account.id),
            title: message.title.clone(),
            channel,
            region: account.region,
            address: address.to_owned(),
            content: self.content(channel, id, address, &account.name, &message),
            ..new_delivery(now, now)
        };
        let cause = format!("test:{}:{}:{}", account.id, channel.as_str(), now.0 / 60_000);
        if !store::insert_delivery(&work, cause, &delivery).await? {
            return Err(NoticesError::TooSoon);
        }
        work.enqueue(sending(&delivery, None, 0)?);
        work.commit().await?;
        self.seen_delivery(actor, delivery).await
    }
}

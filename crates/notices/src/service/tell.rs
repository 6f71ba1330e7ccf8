//! From an event to the people whom it concerns.

use std::collections::{BTreeMap, HashSet};

use identity::Account;
use kernel::{Actor, Event, KernelError, LegalDate, Moment, NewJob, Scope, Work, event, ids::AccountId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Notices, NoticesError, Outcome,
    message::{Item, Message},
};
use crate::{
    jobs::{SEND_JOB, Sending},
    model::{Channel, Delivery, DeliveryId, DeliveryState, Notice, NoticeId, Part, Quiet, Reach, Webhook},
    rules::{self, FactLine, Telling, Topic, Words, fill},
    store,
};

/// Somebody who is told something once.
pub(super) struct Told {
    pub account: Account,
    /// Under which key: what is told under a known key is not told again.
    pub cause: String,
    pub words: Words,
    /// What it consists of, when it is about several things, and how many more there are.
    pub items: (Vec<Item>, usize),
}

/// A way to a person.
struct Way<'a> {
    account: &'a Account,
    channel: Channel,
    address: &'a str,
    quiet: Option<Quiet>,
}

impl Notices {
    /// Tells everybody whom the event concerns. Running it again tells nobody twice.
    pub(crate) async fn tell(&self, event: Uuid) -> Outcome<()> {
        let found = event::by_id(self.kernel.db(), event).await?;
        let event = found.ok_or(NoticesError::NotFound("event"))?;
        let facts = &self.inner.facts;
        let mut words = words_of(&event);
        words.extend(
            facts
                .about(&event.body.subject_type, event.body.subject_id)
                .await?,
        );
        for (topic, telling) in self.inner.book.tellings(&event.body.kind) {
            let Some(topic) = self.inner.book.topic(topic) else {
                continue;
            };
            let told = self.audience(&event, topic, telling, &words).await?;
            self.put_out(topic, telling, Some(event.body.id), told).await?;
            self.push(&event, topic, &words).await?;
        }
        Ok(())
    }

    /// Writes the notices, and sends them on the ways that each account chose. All in one transaction: nobody has
    /// the one without the other.
    pub(super) async fn put_out(
        &self,
        topic: &Topic,
        telling: &Telling,
        event: Option<Uuid>,
        told: Vec<Told>,
    ) -> Outcome<()> {
        if told.is_empty() {
            return Ok(());
        }
        let ids: Vec<AccountId> = told.iter().map(|one| one.account.id).collect();
        let reaches = store::reach_of(self.kernel.db(), &ids).await?;
        let mut work = self.kernel.begin(&Actor::system("通知")).await?;
        let composed: Vec<Notice> = told
            .iter()
            .map(|one| compose(&work, topic, telling, event, one))
            .collect();
        let causes = told.iter().map(|one| one.cause.clone());
        let new = store::insert_notices(&work, causes.zip(composed.iter().cloned()).collect()).await?;
        // By account, always in the same order: two processes never wait for each other in a circle.
        let mut own: BTreeMap<AccountId, Vec<(&Told, Notice)>> = BTreeMap::new();
        for (one, notice) in told.iter().zip(composed) {
            if new.contains(&notice.id) {
                own.entry(one.account.id).or_default().push((one, notice));
            }
        }
        for (account, told) in own {
            let reach = reaches.get(&account).cloned().unwrap_or_default();
            self.put_out_to(&mut work, (topic, telling), &reach, told).await?;
        }
        work.commit().await?;
        Ok(())
    }

    /// Sends one account what it is told on the ways that it chose.
    async fn put_out_to(
        &self,
        work: &mut Work,
        (topic, telling): (&Topic, &Telling),
        reach: &Reach,
        told: Vec<(&Told, Notice)>,
    ) -> Outcome<()> {
        let Some((first, _)) = told.first() else {
            return Ok(());
        };
        let account = &first.account;
        let quiet = reach
            .preferences
            .quiet
            .unwrap_or(self.inner.file.words.quiet)
            .filter(|_| !topic.urgent);
        for (channel, address) in rules::chosen_channels(topic, reach, account.phone.as_deref()) {
            if !self.has(channel) {
                continue;
            }
            let way = Way {
                account,
                channel,
                address,
                quiet,
            };
            if topic.gather {
                self.gather(work, (topic, telling), &way, &told).await?;
            } else {
                for one in &told {
                    self.send_later(work, (topic, telling), &way, std::slice::from_ref(one))
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Adds to what of this topic is waiting for its way already, or begins to wait for more.
    async fn gather(
        &self,
        work: &mut Work,
        (topic, telling): (&Topic, &Telling),
        way: &Way<'_>,
        told: &[(&Told, Notice)],
    ) -> Outcome<()> {
        store::hold_account(work, way.account.id).await?;
        let waiting = store::gathering(work, way.account.id, &topic.key, way.channel, way.address).await?;
        let Some(delivery) = waiting else {
            return self.send_later(work, (topic, telling), way, told).await;
        };
        store::add_parts(work, delivery.id, &parts(topic, telling, told)).await?;
        let message = self.several(&store::parts(work, delivery.id).await?);
        let name = &way.account.name;
        let content = self.content(way.channel, delivery.id, way.address, name, &message);
        Ok(store::reword(work, delivery.id, &message.title, content).await?)
    }

    async fn send_later(
        &self,
        work: &mut Work,
        (topic, telling): (&Topic, &Telling),
        way: &Way<'_>,
        told: &[(&Told, Notice)],
    ) -> Outcome<()> {
        let Some((first, notice)) = told.first() else {
            return Ok(());
        };
        let parts = parts(topic, telling, told);
        let message = match told {
            [one] => single(topic, telling, one),
            _ => self.several(&parts),
        };
        let wait = if topic.gather {
            self.inner.file.gather_seconds
        } else {
            0
        };
        let ready = work.now().plus(time::Duration::seconds(wait));
        let id = DeliveryId(work.next_id());
        let delivery = Delivery {
            id,
            notice: Some(notice.id),
            account: Some(way.account.id),
            topic: topic.key.clone(),
            title: message.title.clone(),
            channel: way.channel,
            region: way.account.region.clone(),
            address: way.address.to_owned(),
            content: self.content(way.channel, id, way.address, &way.account.name, &message),
            ..new_delivery(work.now(), rules::not_before(ready, way.quiet))
        };
        let job = sending(&delivery, way.quiet, 0)?;
        let cause = format!("{}:{}", first.cause, way.channel.as_str());
        store::insert_deliveries(work, &[(cause, delivery)]).await?;
        store::add_parts(work, id, &parts).await?;
        work.enqueue(job);
        Ok(())
    }

    /// Lets other systems hear of the event.
    async fn push(&self, event: &Event, topic: &Topic, words: &Words) -> Outcome<()> {
        let region = words.get("region").map(String::as_str).unwrap_or_default();
        let webhooks = store::webhooks_for(self.kernel.db(), &topic.key, region).await?;
        if webhooks.is_empty() {
            return Ok(());
        }
        let mut work = self.kernel.begin(&Actor::system("通知")).await?;
        for webhook in webhooks {
            let delivery = Delivery {
                id: DeliveryId(work.next_id()),
                notice: None,
                webhook: Some(webhook.id),
                account: None,
                topic: topic.key.clone(),
                title: event.body.title.clone(),
                channel: Channel::Webhook,
                region: webhook.region.clone(),
                address: webhook.url.clone(),
                content: pushed(event, topic),
                ..new_delivery(work.now(), work.now())
            };
            let cause = format!("event:{}:{}:{}", event.body.id, topic.key, webhook.id);
            let job = sending(&delivery, None, 0)?.once(cause.clone());
            store::insert_deliveries(&work, &[(cause, delivery)]).await?;
            work.enqueue(job);
        }
        work.commit().await?;
        Ok(())
    }

    /// The webhook of a delivery as it is now: its key may be another one, and it may have ended.
    pub(super) async fn webhook_of(&self, delivery: &Delivery) -> Result<Option<Webhook>, KernelError> {
        let Some(id) = delivery.webhook else {
            return Ok(None);
        };
        let found = store::webhook(self.kernel.db(), id).await?;
        Ok(found.filter(|one| one.ended_at.is_none()))
    }
}

pub(super) fn new_delivery(now: Moment, not_before: Moment) -> Delivery {
    Delivery {
        id: DeliveryId(Uuid::nil()),
        notice: None,
        webhook: None,
        account: None,
        topic: String::new(),
        title: String::new(),
        channel: Channel::Mail,
        region: String::new(),
        address: String::new(),
        content: String::new(),
        state: DeliveryState::Queued,
        attempts: 0,
        round: 0,
        last_error: None,
        not_before,
        created_at: now,
        sent_at: None,
    }
}

/// The job of the next attempt.
pub(super) fn sending(
    delivery: &Delivery,
    quiet: Option<Quiet>,
    attempt: i64,
) -> Result<NewJob, KernelError> {
    let payload = Sending {
        delivery: delivery.id,
        quiet,
    };
    let key = format!(
        "{}:{}:{attempt}:{}",
        delivery.id, delivery.round, delivery.not_before.0
    );
    Ok(NewJob::new(SEND_JOB, &payload)?.once(key).at(delivery.not_before))
}

fn compose(work: &Work, topic: &Topic, telling: &Telling, event: Option<Uuid>, told: &Told) -> Notice {
    let text = fill(&telling.text, &told.words);
    let title = fill(&telling.title, &told.words);
    let missing: HashSet<_> = text.missing.iter().chain(&title.missing).collect();
    if !missing.is_empty() {
        tracing::warn!(
            topic = topic.key,
            event = telling.event,
            ?missing,
            "a notice lacks words"
        );
    }
    Notice {
        id: NoticeId(work.next_id()),
        account: told.account.id,
        topic: topic.key.clone(),
        title: title.text,
        text: text.text,
        link: telling.link.as_deref().map(|link| fill(link, &told.words).text),
        event,
        at: work.now(),
        read_at: None,
    }
}

/// A notice alone, with the facts of its topic.
fn single(topic: &Topic, telling: &Telling, (told, notice): &(&Told, Notice)) -> Message {
    let known = |line: &FactLine| {
        let value = fill(&line.value, &told.words);
        value.missing.is_empty().then(|| (line.label.clone(), value.text))
    };
    let (items, more) = told.items.clone();
    let short = telling.sms.as_ref().map(|text| fill(text, &told.words).text);
    Message {
        short: short.unwrap_or_else(|| format!("{}。", notice.title)),
        facts: topic.facts.iter().filter_map(known).collect(),
        title: notice.title.clone(),
        text: notice.text.clone(),
        link: notice.link.clone(),
        items,
        more,
    }
}

fn parts(topic: &Topic, telling: &Telling, told: &[(&Told, Notice)]) -> Vec<Part> {
    let part = |(told, notice): &(&Told, Notice)| Part {
        label: match &telling.label {
            Some(label) => fill(label, &told.words).text,
            None => topic.name.clone(),
        },
        brief: match &telling.brief {
            Some(brief) => fill(brief, &told.words).text,
            None => String::new(),
        },
        notice: notice.clone(),
    };
    told.iter().map(part).collect()
}

/// The words of the event itself; those of its data as `data.name`.
fn words_of(event: &Event) -> Words {
    let body = &event.body;
    let mut words: Words = [
        ("title", body.title.clone()),
        ("reason", body.reason.clone().unwrap_or_default()),
        ("actor", body.actor.clone()),
        ("day", body.at.legal_date().chinese()),
        ("day.short", rules::short_day(body.at.legal_date())),
        ("subject", body.subject_id.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let facts = body.data.as_object().into_iter().flatten();
    words.extend(
        facts
            .clone()
            .filter_map(|(name, value)| Some((format!("data.{name}"), word(value)?))),
    );
    words.extend(facts.filter_map(|(name, value)| {
        let day: LegalDate = value.as_str()?.parse().ok()?;
        Some((format!("data.{name}.short"), rules::short_day(day)))
    }));
    let documents = body.data["documents"].as_array().into_iter().flatten();
    let titles: Vec<&str> = documents.filter_map(|one| one["title"].as_str()).collect();
    words.insert("documents".to_owned(), titles.join("、"));
    words
}

/// A value as people read it: days as in official documents.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => match text.parse::<LegalDate>() {
            Ok(day) => Some(day.chinese()),
            Err(_) => Some(text.clone()),
        },
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("是".to_owned()),
        Value::Bool(false) => Some("否".to_owned()),
        _ => None,
    }
}

/// What another system hears: what happened to what, without names of people.
fn pushed(event: &Event, topic: &Topic) -> String {
    let body = &event.body;
    json!({
        "type": body.kind,
        "timestamp": body.at,
        "data": { "event": body.id, "topic": topic.key, "title": body.title, "subject_type": body.subject_type,
            "subject_id": body.subject_id, "version": body.version, "enterprise": body.enterprise },
    })
    .to_string()
}

/// An account as it would act: for asking what is due for it.
pub(super) fn as_actor(account: &Account) -> Actor {
    Actor {
        account: Some(account.id),
        name: account.name.clone(),
        roles: account.roles.clone(),
        scope: Scope::clone(&account.scope),
        is_system: false,
        request: std::sync::Arc::default(),
    }
}

//! From an event to the people whom it concerns.

use std::collections::HashSet;

use identity::Account;
use kernel::{Actor, Event, KernelError, LegalDate, Moment, NewJob, Scope, Work, event, ids::AccountId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Notices, NoticesError, Outcome};
use crate::{
    jobs::{SEND_JOB, Sending},
    model::{Channel, Delivery, DeliveryId, DeliveryState, Notice, NoticeId, Quiet, Webhook},
    ports::OpenTask,
    rules::{self, Audience, Telling, Topic, Words, fill},
    store,
};

/// Somebody who is told something once.
pub(super) struct Told {
    pub account: Account,
    /// Under which key: what is told under a known key is not told again.
    pub cause: String,
    pub words: Words,
}

/// What is put into the outbox together.
#[derive(Default)]
struct Outgoing {
    deliveries: Vec<(String, Delivery)>,
    jobs: Vec<NewJob>,
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

    async fn audience(
        &self,
        event: &Event,
        topic: &Topic,
        telling: &Telling,
        words: &Words,
    ) -> Outcome<Vec<Told>> {
        let body = &event.body;
        let accounts = match telling.to {
            Audience::Webhooks => Vec::new(),
            Audience::OpenTasks => return self.task_holders(event, words).await,
            Audience::Enterprise => match body.enterprise {
                Some(enterprise) => self.inner.identity.people(enterprise).await?,
                None => Vec::new(),
            },
            Audience::Department => self.department(&body.data).await?,
            Audience::Account => self.named(&body.data).await?.into_iter().collect(),
        };
        let told = accounts
            .into_iter()
            // Nobody is told what he has just done himself.
            .filter(|account| body.account != Some(account.id.into()))
            .map(|account| Told {
                cause: format!("event:{}:{}:{}", body.id, topic.key, account.id),
                words: words.clone(),
                account,
            });
        Ok(told.collect())
    }

    /// Officers of a department who reach the region.
    async fn department(&self, data: &Value) -> Outcome<Vec<Account>> {
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        let (department, region) = (text("department"), text("region"));
        let officers = self.inner.identity.officers(Some(&department)).await?;
        let own = |account: &Account| account.scope.department.as_deref() == Some(department.as_str());
        Ok(officers
            .into_iter()
            .filter(|account| own(account) && account.scope.covers(&region, None))
            .collect())
    }

    async fn named(&self, data: &Value) -> Outcome<Option<Account>> {
        let id = data["account"].as_str().and_then(|id| id.parse().ok());
        match id {
            Some(id) => self.account(id).await,
            None => Ok(None),
        }
    }

    /// The account, unless it is gone or closed.
    async fn account(&self, id: AccountId) -> Outcome<Option<Account>> {
        let found = self.inner.identity.account(&Actor::system("通知"), id).await;
        match found {
            Ok(account) => Ok(Some(account).filter(|one| one.state == identity::AccountState::Active)),
            Err(identity::IdentityError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Those who may do what is open now; each piece of work is told to each of them once.
    async fn task_holders(&self, event: &Event, words: &Words) -> Outcome<Vec<Told>> {
        let mut told = Vec::new();
        for task in self.inner.tasks.open(event.body.subject_id).await? {
            let officers = self.inner.identity.officers(Some(&task.department)).await?;
            for account in officers.into_iter().filter(|account| may_do(account, &task)) {
                let mut words = words.clone();
                words.insert("task".into(), task.label.clone());
                let due = task.due_on.map(LegalDate::chinese).unwrap_or_default();
                words.insert("due".into(), due);
                told.push(Told {
                    cause: format!("task:{}:{}", task.key, account.id),
                    words,
                    account,
                });
            }
        }
        Ok(told)
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
        let preferences = store::preferences_of(self.kernel.db(), &ids).await?;
        let mut work = self.kernel.begin(&Actor::system("通知")).await?;
        let notices: Vec<(String, Notice)> = told
            .iter()
            .map(|one| (one.cause.clone(), compose(&work, topic, telling, event, one)))
            .collect();
        let new = store::insert_notices(&work, notices.clone()).await?;
        let mut outgoing = Outgoing::default();
        for (one, (_, notice)) in told
            .iter()
            .zip(&notices)
            .filter(|(_, (_, notice))| new.contains(&notice.id))
        {
            let own = preferences.get(&one.account.id).cloned().unwrap_or_default();
            let quiet = own
                .quiet
                .unwrap_or(self.inner.file.words.quiet)
                .filter(|_| !topic.urgent);
            for (channel, address) in rules::chosen_channels(topic, &own, one.account.phone.as_deref()) {
                if self.has(channel) {
                    self.send_later(&work, one, notice, (channel, address), quiet, &mut outgoing)?;
                }
            }
        }
        flush(&mut work, outgoing).await?;
        work.commit().await?;
        Ok(())
    }

    fn send_later(
        &self,
        work: &Work,
        told: &Told,
        notice: &Notice,
        (channel, address): (Channel, &str),
        quiet: Option<Quiet>,
        outgoing: &mut Outgoing,
    ) -> Outcome<()> {
        let id = DeliveryId(work.next_id());
        let delivery = Delivery {
            id,
            notice: Some(notice.id),
            webhook: None,
            account: Some(told.account.id),
            topic: notice.topic.clone(),
            title: notice.title.clone(),
            channel,
            region: told.account.region.clone(),
            address: address.to_owned(),
            content: self.content(channel, id, address, notice, &told.account.name),
            ..new_delivery(work.now(), rules::not_before(work.now(), quiet))
        };
        outgoing.jobs.push(sending(&delivery, quiet, 0)?);
        outgoing
            .deliveries
            .push((format!("{}:{}", told.cause, channel.as_str()), delivery));
        Ok(())
    }

    /// What leaves through the channel, word by word.
    fn content(
        &self,
        channel: Channel,
        id: DeliveryId,
        address: &str,
        notice: &Notice,
        name: &str,
    ) -> String {
        let file = &self.inner.file;
        let link = notice.link.as_deref().map(|path| self.absolute(path));
        let mut words: Words = [
            ("id", id.to_string()),
            ("address", address.to_owned()),
            ("title", notice.title.clone()),
            ("text", notice.text.clone()),
            ("name", name.to_owned()),
            ("link", link.unwrap_or_default()),
            ("site", self.inner.site.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let filled = |text: &str, words: &Words| fill(text, words).text;
        match channel {
            Channel::Sms | Channel::Wechat => {
                let (text, body) = if channel == Channel::Sms {
                    (&file.words.sms_text, &file.sms_body)
                } else {
                    (&file.words.wechat_text, &file.wechat_body)
                };
                let text = filled(text, &words);
                words.insert("text".to_owned(), text);
                filled_json(body, &words).to_string()
            }
            Channel::Mail | Channel::Webhook => {
                let subject = filled(&file.words.mail_subject, &words);
                json!({ "subject": subject, "text": filled(&file.words.mail_text, &words) }).to_string()
            }
        }
    }

    /// Lets other systems hear of the event.
    async fn push(&self, event: &Event, topic: &Topic, words: &Words) -> Outcome<()> {
        let region = words.get("region").map(String::as_str).unwrap_or_default();
        let webhooks = store::webhooks_for(self.kernel.db(), &topic.key, region).await?;
        if webhooks.is_empty() {
            return Ok(());
        }
        let mut work = self.kernel.begin(&Actor::system("通知")).await?;
        let mut outgoing = Outgoing::default();
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
            outgoing
                .jobs
                .push(sending(&delivery, None, 0)?.once(cause.clone()));
            outgoing.deliveries.push((cause, delivery));
        }
        flush(&mut work, outgoing).await?;
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

fn new_delivery(now: Moment, not_before: Moment) -> Delivery {
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

async fn flush(work: &mut Work, outgoing: Outgoing) -> Result<(), KernelError> {
    store::insert_deliveries(work, &outgoing.deliveries).await?;
    outgoing.jobs.into_iter().for_each(|job| work.enqueue(job));
    Ok(())
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

/// Whether an officer may do the work. An officer without a department does what leaders do.
fn may_do(account: &Account, task: &OpenTask) -> bool {
    let department = match account.scope.department.as_deref() {
        Some(own) => own == task.department,
        None => task.is_open_to_leaders,
    };
    department
        && account.scope.covers(&task.region, None)
        && account
            .roles
            .iter()
            .any(|role| role.permissions().contains(&task.permission))
        && !task.excluded.contains(&account.id)
}

/// The words of the event itself; those of its data as `data.name`.
fn words_of(event: &Event) -> Words {
    let body = &event.body;
    let mut words: Words = [
        ("title", body.title.clone()),
        ("reason", body.reason.clone().unwrap_or_default()),
        ("actor", body.actor.clone()),
        ("day", body.at.legal_date().chinese()),
        ("subject", body.subject_id.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let facts = body.data.as_object().into_iter().flatten();
    words.extend(facts.filter_map(|(name, value)| Some((format!("data.{name}"), word(value)?))));
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

fn filled_json(value: &Value, words: &Words) -> Value {
    match value {
        Value::String(text) => fill(text, words).text.into(),
        Value::Array(all) => all.iter().map(|one| filled_json(one, words)).collect(),
        Value::Object(all) => {
            let filled = all
                .iter()
                .map(|(name, one)| (name.clone(), filled_json(one, words)));
            Value::Object(filled.collect())
        }
        other => other.clone(),
    }
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

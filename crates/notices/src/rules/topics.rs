//! What is told to whom: rule files, one a topic.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::model::{Channel, Quiet};

/// A rule file of `data/notices/topics`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicFile {
    /// Stable name.
    pub topic: String,
    /// Chinese name.
    pub name: String,
    /// What it is about, for the page of preferences.
    pub description: String,
    /// Which clause asks for it, or what is only custom.
    pub basis: String,
    /// Channels by which people hear of it who chose nothing.
    pub channels: Vec<Channel>,
    /// Leaves also in quiet hours.
    #[serde(default)]
    pub urgent: bool,
    /// Whether several of them that wait for their way to one person leave as one message.
    #[serde(default = "yes")]
    pub gather: bool,
    /// What stands in the table of a mail; a line for whose places nothing is known is left out.
    #[serde(default)]
    pub facts: Vec<FactLine>,
    /// Path of the desk application where all of it is listed; where it is not given, the place that they share.
    #[serde(default)]
    pub list: Option<String>,
    /// Whether officers, people of enterprises or both have it among their preferences.
    pub ends: BTreeSet<End>,
    /// What is told.
    pub tellings: Vec<Telling>,
}

fn yes() -> bool {
    true
}

/// A line of the table in a mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactLine {
    /// What it is.
    pub label: String,
    /// The value with places.
    pub value: String,
}

/// The end of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// People of enterprises.
    Enterprise,
    /// Officers.
    Government,
}

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The accounts of the enterprise of the event.
    Enterprise,
    /// Officers of the department in `data.department` that reach `data.region`.
    Department,
    /// Those of the department in `data.department` who hold `data.permission`, and its head; everybody of it where
    /// there is neither. All of them reach `data.region`.
    Responsible,
    /// Officers who hold `data.permission` and reach `data.region`.
    Holders,
    /// The account in `data.account`.
    Account,
    /// Those who may do the work that is open now on the application of the event.
    OpenTasks,
    /// Nobody: only webhooks hear of it.
    Webhooks,
}

/// What is told when something happens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telling {
    /// Kind of the event.
    pub event: String,
    /// Who.
    pub to: Audience,
    /// One line with places.
    #[serde(default)]
    pub title: String,
    /// The text with places.
    #[serde(default)]
    pub text: String,
    /// Path of the desk application with places.
    #[serde(default)]
    pub link: Option<String>,
    /// Short message with places; the title unless given.
    #[serde(default)]
    pub sms: Option<String>,
    /// What several of them are called, with places; the name of the topic unless given.
    #[serde(default)]
    pub label: Option<String>,
    /// Whom it is about in a word or two, with places, for the title of several.
    #[serde(default)]
    pub brief: Option<String>,
    /// Whether it is told on working days only.
    #[serde(default)]
    pub on_working_days: bool,
}

/// How words leave the application, with places.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwayWords {
    /// Subject of a mail.
    pub mail_subject: String,
    /// What the button of a mail says.
    pub mail_button: String,
    /// End of a mail.
    pub mail_foot: String,
    /// What the link to the preferences is called.
    pub mail_settings: String,
    /// What several notices of a kind are called: `label`, `count`.
    pub several: String,
    /// Title of several notices: `kinds`, and whom the `first` of them is about; without the latter the kinds alone.
    pub several_title: String,
    /// Text above several notices: `count`.
    pub many_text: String,
    /// Several notices in a short message: `title`.
    pub many_short: String,
    /// Below a list that is cut: `count`.
    pub more: String,
    /// Title of a test.
    pub test_title: String,
    /// Text of a test.
    pub test_text: String,
    /// Short message: `short`, `title`, `text`.
    pub sms_text: String,
    /// WeChat message.
    pub wechat_text: String,
    /// Quiet hours of people who chose none.
    pub quiet: Option<Quiet>,
}

/// A topic without what is told.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Stable name.
    pub key: String,
    /// Chinese name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// Default channels.
    pub channels: Vec<Channel>,
    /// Leaves also in quiet hours.
    pub urgent: bool,
    /// Whether several leave as one message.
    pub gather: bool,
    /// What stands in the table of a mail.
    pub facts: Vec<FactLine>,
    /// Path of the desk application where all of it is listed.
    pub list: Option<String>,
    /// Who has it among the preferences.
    ends: BTreeSet<End>,
}

impl Topic {
    /// Whether accounts of this end have it among their preferences.
    pub fn is_for(&self, enterprise: bool) -> bool {
        self.ends.contains(if enterprise {
            &End::Enterprise
        } else {
            &End::Government
        })
    }
}

/// All topics.
#[derive(Clone, Debug, Default)]
pub struct Book {
    topics: BTreeMap<String, Topic>,
    by_event: BTreeMap<String, Vec<(String, Telling)>>,
}

impl Book {
    /// Puts the rule files together.
    ///
    /// # Errors
    /// Says which file contradicts itself or another.
    pub fn new(files: Vec<TopicFile>) -> Result<Self, String> {
        let mut book = Self::default();
        for file in files {
            book.add(file)?;
        }
        Ok(book)
    }

    fn add(&mut self, file: TopicFile) -> Result<(), String> {
        let key = file.topic;
        if file.channels.contains(&Channel::Webhook) {
            return Err(format!("topic {key}: a webhook reaches no people"));
        }
        if file.basis.trim().is_empty() || file.ends.is_empty() {
            return Err(format!("topic {key}: basis or ends are missing"));
        }
        for telling in file.tellings {
            let worded = !telling.title.is_empty() && !telling.text.is_empty();
            if worded == (telling.to == Audience::Webhooks) {
                return Err(format!("topic {key}: words of {}", telling.event));
            }
            let heard = self.by_event.entry(telling.event.clone()).or_default();
            heard.push((key.clone(), telling));
        }
        let topic = Topic {
            key: key.clone(),
            name: file.name,
            description: file.description,
            channels: file.channels,
            urgent: file.urgent,
            gather: file.gather && !file.urgent,
            facts: file.facts,
            list: file.list,
            ends: file.ends,
        };
        match self.topics.insert(key, topic) {
            Some(twice) => Err(format!("topic {} has two files", twice.key)),
            None => Ok(()),
        }
    }

    /// The kinds of events that somebody is told of.
    pub fn events(&self) -> BTreeSet<String> {
        self.by_event.keys().cloned().collect()
    }

    /// What is told when an event of this kind happens, by topic.
    pub fn tellings(&self, event: &str) -> &[(String, Telling)] {
        self.by_event.get(event).map_or(&[], Vec::as_slice)
    }

    /// A topic.
    pub fn topic(&self, key: &str) -> Option<&Topic> {
        self.topics.get(key)
    }

    /// All topics by name.
    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.topics.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(change: impl Fn(&mut serde_json::Value)) -> TopicFile {
        let mut file = serde_json::json!({ "topic": "a", "name": "甲", "description": "说明", "basis": "惯例",
            "channels": ["mail"], "ends": ["enterprise"],
            "tellings": [{ "event": "x.done", "to": "enterprise", "title": "一", "text": "二" }] });
        change(&mut file);
        serde_json::from_value(file).unwrap()
    }

    #[test]
    fn contradictions_are_found() {
        let of = |files| Book::new(files).map(drop);
        assert_eq!(of(vec![file(|_| {})]), Ok(()));
        assert!(of(vec![file(|_| {}), file(|_| {})]).is_err(), "twice");
        assert!(of(vec![file(|one| one["channels"] = serde_json::json!(["webhook"]))]).is_err());
        assert!(of(vec![file(|one| one["basis"] = "".into())]).is_err());
        assert!(of(vec![file(|one| one["tellings"][0]["text"] = "".into())]).is_err());
        assert!(of(vec![file(|one| one["tellings"][0]["to"] = "webhooks".into())]).is_err());
    }
}

//! What leaves through a channel, word by word: one notice, or several of a topic as one message.

use askama::Template;
use serde_json::{Value, json};

use super::Notices;
use crate::{
    model::{Channel, DeliveryId, Part},
    rules::{Words, fill},
};

/// Where people choose how they are told.
const SETTINGS: &str = "/app/notices/preferences";
/// Where all notices are.
const NOTICES: &str = "/app/notices";

/// What a message says, before it takes the form of its channel.
#[derive(Clone, Debug, Default)]
pub(super) struct Message {
    /// One line: what was found, and to whom it belongs.
    pub title: String,
    /// The text.
    pub text: String,
    /// The text for a short message.
    pub short: String,
    /// Label and value.
    pub facts: Vec<(String, String)>,
    /// What it consists of, when it is about several things.
    pub items: Vec<Item>,
    /// How many more there are.
    pub more: usize,
    /// Path of the desk application.
    pub link: Option<String>,
}

/// One of several things.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// One line.
    pub title: String,
    /// The details.
    pub text: String,
    /// Path of the desk application.
    pub link: Option<String>,
}

/// Both forms of a mail say the same.
struct Mail<'a> {
    site: &'a str,
    subject: &'a str,
    heading: &'a str,
    name: &'a str,
    text: &'a str,
    facts: &'a [(String, String)],
    items: &'a [Item],
    more: &'a str,
    link: Option<&'a str>,
    button: &'a str,
    foot: &'a str,
    settings: &'a str,
    settings_label: &'a str,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage<'a> {
    mail: &'a Mail<'a>,
}

#[derive(Template)]
#[template(path = "mail.txt", escape = "none")]
struct MailText<'a> {
    mail: &'a Mail<'a>,
}

impl Notices {
    /// Several notices of a topic as one message.
    pub(super) fn several(&self, parts: &[Part]) -> Message {
        let (file, words) = (&self.inner.file, &self.inner.file.words);
        let mut groups: Vec<(&str, usize)> = Vec::new();
        for part in parts {
            match groups.iter_mut().find(|(label, _)| *label == part.label) {
                Some((_, count)) => *count += 1,
                None => groups.push((&part.label, 1)),
            }
        }
        let group = |(label, count): &(&str, usize)| {
            said(&words.several, &[("label", label), ("count", &count.to_string())])
        };
        let kinds = groups.iter().map(group).collect::<Vec<_>>().join("、");
        let title = match parts.iter().find(|part| !part.brief.is_empty()) {
            Some(first) => said(
                &words.several_title,
                &[("kinds", &kinds), ("first", &first.brief)],
            ),
            None => kinds.clone(),
        };
        let listed = parts
            .first()
            .and_then(|part| self.inner.book.topic(&part.notice.topic)?.list.clone());
        let links = parts.iter().map(|part| part.notice.link.as_deref());
        let item = |part: &Part| Item {
            title: part.notice.title.clone(),
            text: part.notice.text.clone(),
            link: part.notice.link.clone(),
        };
        Message {
            text: said(&words.many_text, &[("count", &parts.len().to_string())]),
            short: said(&words.many_short, &[("title", &kinds)]),
            items: parts.iter().take(file.most_items).map(item).collect(),
            more: parts.len().saturating_sub(file.most_items),
            link: listed
                .or_else(|| shared_place(links))
                .or_else(|| Some(NOTICES.to_owned())),
            facts: Vec::new(),
            title,
        }
    }

    /// What leaves through the channel.
    pub(super) fn content(
        &self,
        channel: Channel,
        id: DeliveryId,
        address: &str,
        name: &str,
        message: &Message,
    ) -> String {
        let file = &self.inner.file;
        let link = message.link.as_deref().map(|path| self.absolute(path));
        let more = message.more.to_string();
        let more = match message.more {
            0 => String::new(),
            _ => said(&file.words.more, &[("count", &more)]),
        };
        let mut words: Words = [
            ("id", id.to_string()),
            ("address", address.to_owned()),
            ("title", message.title.clone()),
            ("text", message.text.clone()),
            ("short", message.short.clone()),
            ("name", name.to_owned()),
            ("link", link.clone().unwrap_or_default()),
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
                if !message.items.is_empty() {
                    let titles: Vec<&str> = message.items.iter().map(|item| item.title.as_str()).collect();
                    words.insert(
                        "text".to_owned(),
                        format!("{}\n{}", titles.join("\n"), more).trim_end().to_owned(),
                    );
                }
                let text = filled(text, &words);
                words.insert("text".to_owned(), text);
                filled_json(body, &words).to_string()
            }
            Channel::Mail | Channel::Webhook => {
                let (subject, settings) = (filled(&file.words.mail_subject, &words), self.absolute(SETTINGS));
                let items = message.items.iter().map(|item| Item {
                    link: item.link.as_deref().map(|path| self.absolute(path)),
                    ..item.clone()
                });
                let mail = Mail {
                    site: &self.inner.site,
                    subject: &subject,
                    heading: &message.title,
                    name,
                    text: &message.text,
                    facts: &message.facts,
                    items: &items.collect::<Vec<_>>(),
                    more: &more,
                    link: link.as_deref(),
                    button: &file.words.mail_button,
                    foot: &filled(&file.words.mail_foot, &words),
                    settings: &settings,
                    settings_label: &file.words.mail_settings,
                };
                mail.content()
            }
        }
    }
}

impl Mail<'_> {
    /// Subject and both forms, as they are stored until they leave. A template over texts cannot fail; if it did, the
    /// text alone would leave.
    fn content(&self) -> String {
        let text = MailText { mail: self }
            .render()
            .unwrap_or_else(|_| self.text.to_owned());
        let html = MailPage { mail: self }.render().unwrap_or_default();
        json!({ "subject": self.subject, "text": text, "html": html, "settings": self.settings }).to_string()
    }
}

/// The page to which all of them lead, or the list above those pages.
fn shared_place<'a>(links: impl Iterator<Item = Option<&'a str>>) -> Option<String> {
    let links: Vec<&str> = links.collect::<Option<_>>()?;
    let (first, others) = links.split_first()?;
    if others.iter().all(|link| link == first) {
        return Some((*first).to_owned());
    }
    let above = |link: &&'a str| link.rsplit_once('/').map(|(list, _)| list);
    let list = above(first)?;
    let shared = list != "/app" && others.iter().all(|link| above(link) == Some(list));
    shared.then(|| list.to_owned())
}

pub(super) fn said(text: &str, words: &[(&str, &str)]) -> String {
    let words = words
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    fill(text, &words.collect()).text
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

#[cfg(test)]
mod tests {
    use super::*;

    fn mail<'a>(items: &'a [Item], facts: &'a [(String, String)]) -> Mail<'a> {
        Mail {
            site: "南昌市安全生产许可平台",
            subject: "待办",
            heading: "待办",
            name: "张三 <甲>",
            text: "请办理。",
            facts,
            items,
            more: "",
            link: Some("https://anxu.example/app/x?a=1&b=2"),
            button: "打开办理页面",
            foot: "自动发送。",
            settings: "https://anxu.example/s",
            settings_label: "调整接收方式",
        }
    }

    #[test]
    fn both_forms_say_the_same_and_nothing_is_taken_for_markup() {
        let items = [Item {
            title: "初审｜甲&乙".into(),
            text: "应于12月8日前办结".into(),
            link: Some("https://anxu.example/1".into()),
        }];
        let facts = [("申请人".to_owned(), "甲&乙".to_owned())];
        let content: Value = serde_json::from_str(&mail(&items, &facts).content()).unwrap();
        let (text, html) = (
            content["text"].as_str().unwrap(),
            content["html"].as_str().unwrap(),
        );
        assert_eq!(
            text,
            "张三 <甲>：\n\n请办理。\n\n申请人：甲&乙\n\n1. 初审｜甲&乙\n   应于12月8日前办结\n   https://anxu.example/1\n\n\
             打开办理页面：https://anxu.example/app/x?a=1&b=2\n\n-- \n自动发送。\n调整接收方式：https://anxu.example/s"
        );
        assert!(!html.contains("<甲>") && !html.contains("甲&乙"), "{html}");
        for part in [
            "张三",
            "请办理。",
            "申请人",
            "初审｜甲",
            "https://anxu.example/s",
            "打开办理页面",
        ] {
            assert!(html.contains(part), "{part}");
        }
    }

    #[test]
    fn several_lead_to_where_all_of_them_are() {
        #[track_caller]
        fn check(links: &[Option<&str>], expected: Option<&str>) {
            assert_eq!(shared_place(links.iter().copied()).as_deref(), expected);
        }
        check(&[], None);
        check(&[Some("/app/tasks"), Some("/app/tasks")], Some("/app/tasks"));
        check(
            &[Some("/app/licences/1"), Some("/app/licences/2")],
            Some("/app/licences"),
        );
        check(&[Some("/app/licences/1"), Some("/app/cases/2")], None);
        check(&[Some("/app/licences/1"), None], None);
        check(&[Some("/app/tasks"), Some("/app/figures")], None);
    }

    #[test]
    fn what_is_not_there_leaves_no_gap() {
        let content: Value = serde_json::from_str(&mail(&[], &[]).content()).unwrap();
        let text = content["text"].as_str().unwrap();
        assert!(
            text.starts_with("张三 <甲>：\n\n请办理。\n\n打开办理页面："),
            "{text}"
        );
    }
}

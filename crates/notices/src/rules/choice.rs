//! Who is reached how.

use kernel::FieldError;

use super::{Book, Topic};
use crate::model::{Channel, Preferences};

/// The channels by which an account hears of a topic, with its address there. In the application it always does.
pub fn chosen_channels<'a>(
    topic: &Topic,
    preferences: &'a Preferences,
    phone: Option<&'a str>,
) -> Vec<(Channel, &'a str)> {
    let chosen = preferences.channels.get(&topic.key).unwrap_or(&topic.channels);
    let address = |channel| {
        let own = preferences.addresses.of(channel);
        own.or_else(|| phone.filter(|_| channel == Channel::Sms))
    };
    Channel::PERSONAL
        .into_iter()
        .filter(|channel| chosen.contains(channel))
        .filter_map(|channel| Some((channel, address(channel)?)))
        .collect()
}

/// What is wrong with preferences.
pub fn faults(preferences: &Preferences, book: &Book) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let addresses = &preferences.addresses;
    if addresses.mail.as_deref().is_some_and(|mail| !is_mail(mail)) {
        faults.push(FieldError::new(
            "mail",
            "邮箱地址不正确，应写成 name@example.com 这样",
        ));
    }
    if addresses.sms.as_deref().is_some_and(|number| !is_mobile(number)) {
        faults.push(FieldError::new("sms", "手机号码应为 11 位数字"));
    }
    let word =
        |text: &str| (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if addresses.wechat.as_deref().is_some_and(|open_id| !word(open_id)) {
        faults.push(FieldError::new("wechat", "微信标识应为公众号中的 OpenID"));
    }
    for (topic, channels) in &preferences.channels {
        let field = format!("channels.{topic}");
        if book.topic(topic).is_none() {
            faults.push(FieldError::new(field, "没有这一类通知，请从列出的类别中选择"));
        } else if channels.contains(&Channel::Webhook) {
            faults.push(FieldError::new(
                field,
                "数据推送由管理员配置，不能作为个人接收方式",
            ));
        }
    }
    faults
}

/// One local part, one `@`, a domain with a dot; what it is worth only a mail shows. No room for a second header.
fn is_mail(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"()<>[]:;@\\,\"".contains(&byte))
    };
    let labels = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    text.len() <= 254
        && (1..=64).contains(&local.len())
        && plain(local)
        && plain(domain)
        && domain.contains('.')
        && domain.split('.').all(labels)
}

fn is_mobile(text: &str) -> bool {
    text.len() == 11 && text.starts_with('1') && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::TopicFile;

    fn book() -> Book {
        let file = serde_json::json!({ "topic": "a", "name": "甲", "description": "说明", "basis": "惯例",
            "channels": ["mail", "sms"], "ends": ["enterprise"], "tellings": [] });
        Book::new(vec![serde_json::from_value::<TopicFile>(file).unwrap()]).unwrap()
    }

    #[test]
    fn channels_are_the_chosen_ones_that_have_an_address() {
        let book = book();
        let topic = book.topic("a").unwrap();
        let mut own = Preferences::default();
        let phone = Some("13800000000");
        assert_eq!(
            chosen_channels(topic, &own, phone),
            [(Channel::Sms, "13800000000")]
        );
        own.addresses.mail = Some("a@b.cn".into());
        own.addresses.sms = Some("13911111111".into());
        let both = [(Channel::Mail, "a@b.cn"), (Channel::Sms, "13911111111")];
        assert_eq!(chosen_channels(topic, &own, phone), both);
        own.channels.insert("a".into(), vec![Channel::Wechat]);
        assert_eq!(chosen_channels(topic, &own, phone), []);
        own.channels.insert("a".into(), Vec::new());
        assert_eq!(chosen_channels(topic, &own, phone), []);
    }

    #[test]
    fn faults_name_the_field() {
        let check = |change: fn(&mut Preferences), field: &str| {
            let mut own = Preferences::default();
            change(&mut own);
            let found: Vec<_> = faults(&own, &book())
                .into_iter()
                .map(|fault| fault.field)
                .collect();
            assert_eq!(
                found,
                field.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
            );
        };
        check(|_| {}, "");
        check(
            |own| own.addresses.mail = Some("an.hao@example.com.cn".into()),
            "",
        );
        check(|own| own.addresses.mail = Some("a@b".into()), "mail");
        check(
            |own| own.addresses.mail = Some("a@b.cn\r\nBcc: c@d.cn".into()),
            "mail",
        );
        check(|own| own.addresses.mail = Some("a@b@c.cn".into()), "mail");
        check(|own| own.addresses.sms = Some("0791-8388".into()), "sms");
        check(|own| own.addresses.wechat = Some(String::new()), "wechat");
        check(
            |own| drop(own.channels.insert("b".into(), Vec::new())),
            "channels.b",
        );
        check(
            |own| drop(own.channels.insert("a".into(), vec![Channel::Webhook])),
            "channels.a",
        );
    }
}

//! Who is reached how.

use kernel::FieldError;

use super::{Book, Topic};
use crate::model::{Channel, Preferences, Reach};

/// The channels by which an account hears of a topic, with its proved address there. In the application it always does.
pub fn chosen_channels<'a>(
    topic: &Topic,
    reach: &'a Reach,
    phone: Option<&'a str>,
) -> Vec<(Channel, &'a str)> {
    let chosen = &reach.preferences.channels;
    let chosen = chosen.get(&topic.key).unwrap_or(&topic.channels);
    Channel::PERSONAL
        .into_iter()
        .filter(|channel| chosen.contains(channel))
        .filter_map(|channel| Some((channel, reach.address(channel, phone)?)))
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
    use proptest::prelude::*;

    use super::*;
    use crate::{model::Proof, rules::TopicFile};

    fn book() -> Book {
        let file = serde_json::json!({ "topic": "a", "name": "甲", "description": "说明", "basis": "惯例",
            "channels": ["mail", "sms"], "ends": ["enterprise"], "tellings": [] });
        Book::new(vec![serde_json::from_value::<TopicFile>(file).unwrap()]).unwrap()
    }

    #[test]
    fn channels_are_the_chosen_ones_that_have_an_address() {
        let book = book();
        let topic = book.topic("a").unwrap();
        let mut reach = Reach::default();
        let phone = Some("13800000000");
        assert_eq!(
            chosen_channels(topic, &reach, phone),
            [(Channel::Sms, "13800000000")]
        );
        let both = [(Channel::Mail, "a@b.cn"), (Channel::Sms, "13911111111")];
        reach.preferences.addresses.mail = Some(both[0].1.into());
        reach.preferences.addresses.sms = Some(both[1].1.into());
        assert_eq!(chosen_channels(topic, &reach, phone), [], "nothing is proved");
        let proof = |(channel, address): (Channel, &str)| Proof {
            channel,
            address: address.into(),
            at: None,
        };
        reach.proofs = both.map(proof).to_vec();
        assert_eq!(chosen_channels(topic, &reach, phone), both);
        let own = &mut reach.preferences.channels;
        own.insert("a".into(), vec![Channel::Wechat]);
        assert_eq!(chosen_channels(topic, &reach, phone), []);
        reach.preferences.channels.insert("a".into(), Vec::new());
        assert_eq!(chosen_channels(topic, &reach, phone), []);
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

    /// What can be done to the addresses of an account.
    #[derive(Clone, Debug)]
    enum Act {
        Choose(Channel, Option<u8>),
        Prove(Channel),
    }

    fn act() -> impl Strategy<Value = Act> {
        let channel = || prop::sample::select(Channel::PERSONAL.to_vec());
        prop_oneof![
            (channel(), prop::option::of(0..3_u8))
                .prop_map(|(channel, address)| Act::Choose(channel, address)),
            channel().prop_map(Act::Prove),
        ]
    }

    proptest! {
        /// An address is used only when it was proved, and has not been another one since.
        #[test]
        fn an_unproved_address_never_gets_a_notice(acts in prop::collection::vec(act(), 0..24)) {
            let book = book();
            let topic = book.topic("a").unwrap();
            let mut reach = Reach::default();
            reach.preferences.channels.insert("a".into(), Channel::PERSONAL.to_vec());
            let mut proved: Vec<Channel> = Vec::new();
            for act in acts {
                match act {
                    Act::Choose(channel, address) => {
                        let mut next = reach.preferences.clone();
                        let address = address.map(|number| format!("{number}@b.cn"));
                        let own = match channel {
                            Channel::Mail => &mut next.addresses.mail,
                            Channel::Sms => &mut next.addresses.sms,
                            _ => &mut next.addresses.wechat,
                        };
                        if *own != address {
                            proved.retain(|one| *one != channel);
                        }
                        *own = address;
                        reach.choose(next);
                    }
                    Act::Prove(channel) => {
                        if let Some(address) = reach.preferences.addresses.of(channel) {
                            reach.proofs.push(Proof { channel, address: address.into(), at: None });
                            proved.push(channel);
                        }
                    }
                }
                let used: Vec<_> = chosen_channels(topic, &reach, None).into_iter().map(|(channel, _)| channel).collect();
                let expected: Vec<_> = Channel::PERSONAL.into_iter().filter(|one| proved.contains(one)).collect();
                prop_assert_eq!(used, expected);
            }
        }
    }
}

//! What an account chose.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::Channel;

/// A time of the day in Shanghai, `22:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    /// Minutes since midnight.
    pub fn minutes(self) -> i64 {
        i64::from(self.0)
    }
}

impl FromStr for MinuteOfDay {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = |part: &str, most: u16| {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|value: &u16| digits && *value <= most)
        };
        let (hour, minute) = text.split_once(':').unwrap_or_default();
        match (parse(hour, 23), parse(minute, 59)) {
            (Some(hour), Some(minute)) => Ok(Self(hour * 60 + minute)),
            _ => Err("时间应写成 22:00 这样的时:分"),
        }
    }
}

impl fmt::Display for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for MinuteOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MinuteOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// Hours in which nothing leaves the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// Begin.
    pub from: MinuteOfDay,
    /// End, on the next day when it is not later than the begin.
    pub to: MinuteOfDay,
}

/// Where an account is reached outside of the application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// Mail address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mail: Option<String>,
    /// Mobile number; the account's own unless given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sms: Option<String>,
    /// OpenID of the bureau's official account.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wechat: Option<String>,
}

impl Addresses {
    /// The address of a channel.
    pub fn of(&self, channel: Channel) -> Option<&str> {
        match channel {
            Channel::Mail => self.mail.as_deref(),
            Channel::Sms => self.sms.as_deref(),
            Channel::Wechat => self.wechat.as_deref(),
            Channel::Webhook => None,
        }
    }
}

/// What an account chose; whatever it did not choose follows the rule files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// Where it is reached.
    #[serde(default)]
    pub addresses: Addresses,
    /// Its own quiet hours; `None` inside: none at all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub quiet: Option<Option<Quiet>>,
    /// Channels by topic.
    #[serde(default)]
    pub channels: BTreeMap<String, Vec<Channel>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read_strictly() {
        for good in ["00:00", "07:05", "23:59"] {
            assert_eq!(
                good.parse::<MinuteOfDay>().map(|time| time.to_string()),
                Ok(good.into())
            );
        }
        for bad in ["", "7:00", "24:00", "12:60", "12.30", "+1:00", "12:3x", "012:00"] {
            assert!(bad.parse::<MinuteOfDay>().is_err(), "{bad}");
        }
    }
}

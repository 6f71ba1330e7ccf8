//! Addresses that were proved, and the codes by which that is done.

use std::{fmt, str::FromStr};

use kernel::{Moment, ids::AccountId};
use serde::{Deserialize, Serialize};

use super::{Channel, DeliveryId, Preferences};

/// How many digits a code has.
const DIGITS: usize = 6;

/// A code of six digits. `Debug` is masked: it belongs into its message and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// The code that comes of a random number; each is as likely as any other, but for one part in 10¹³.
    pub fn from_random(random: [u8; 8]) -> Self {
        Self(format!("{:06}", u64::from_be_bytes(random) % 1_000_000))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = &'static str;

    /// Takes spaces and full-width digits, as they come by pasting and by Chinese keyboards.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let half = |one: char| match one {
            '０'..='９' => char::from_digit(one as u32 - '０' as u32, 10).unwrap_or(one),
            other => other,
        };
        let digits: String = text
            .chars()
            .filter(|one| !one.is_whitespace())
            .map(half)
            .collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_code
            .then_some(Self(digits))
            .ok_or("验证码是 6 位数字，请按收到的消息填写")
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(******)")
    }
}

/// An address to which notices may leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The way.
    pub channel: Channel,
    /// The address.
    pub address: String,
    /// When its holder proved it; absent for one that was in use before addresses were proved.
    pub at: Option<Moment>,
}

/// What an account chose, and which of its addresses may be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// What it chose.
    pub preferences: Preferences,
    /// What was proved, perhaps of an address that it had before.
    pub proofs: Vec<Proof>,
}

impl Reach {
    /// The proof of the address that the account has on a channel now.
    pub fn proof(&self, channel: Channel) -> Option<&Proof> {
        let address = self.preferences.addresses.of(channel)?;
        self.proofs
            .iter()
            .find(|proof| proof.channel == channel && proof.address == address)
    }

    /// Chooses anew. Returns the channels whose address became another one, or none: their proofs are lost.
    pub fn choose(&mut self, next: Preferences) -> Vec<Channel> {
        let before = std::mem::replace(&mut self.preferences, next).addresses;
        let now = &self.preferences.addresses;
        let changed = Channel::PERSONAL.into_iter();
        let changed: Vec<_> = changed
            .filter(|channel| before.of(*channel) != now.of(*channel))
            .collect();
        self.proofs.retain(|proof| !changed.contains(&proof.channel));
        changed
    }

    /// Where notices of the channel go. The telephone of the account, which whoever administers accounts enters,
    /// stands in for a number of one's own, and only where none is given: an unproved one is not passed over in silence.
    pub fn address<'a>(&'a self, channel: Channel, phone: Option<&'a str>) -> Option<&'a str> {
        match self.preferences.addresses.of(channel) {
            Some(_) => self.proof(channel).map(|proof| proof.address.as_str()),
            None => phone.filter(|_| channel == Channel::Sms),
        }
    }
}

/// A code that left. The code itself is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeCode {
    /// When; its life begins here.
    pub at: Moment,
    /// Its digest.
    pub hash: String,
}

/// A code that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedCode {
    /// The message that carries it.
    pub delivery: DeliveryId,
    /// Who asked.
    pub account: AccountId,
    /// The way.
    pub channel: Channel,
    /// Which address it proves.
    pub address: String,
    /// When it was asked for.
    pub asked_at: Moment,
    /// Those that left, oldest first: an attempt to deliver it again carries another one, and either may have arrived.
    pub made: Vec<MadeCode>,
    /// How often it was entered.
    pub attempts: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_six_digits() {
        assert_eq!(Code::from_random([0; 8]).as_str(), "000000");
        assert_eq!(Code::from_random([0, 0, 0, 0, 0, 0, 0, 42]).as_str(), "000042");
        assert_eq!(Code::from_random([255; 8]).as_str().len(), 6);
        for good in ["012345", " 012 345 ", "０１２３４５", "０12345"] {
            assert_eq!(good.parse::<Code>().unwrap().as_str(), "012345", "{good}");
        }
        for bad in ["", "12345", "1234567", "12345x", "１２３４５六", "-12345"] {
            assert!(bad.parse::<Code>().is_err(), "{bad}");
        }
        assert!(!format!("{:?}", Code::from_random([0; 8])).contains('0'));
    }

    #[test]
    fn only_the_proved_address_is_used() {
        let proof = |address: &str| Proof {
            channel: Channel::Mail,
            address: address.into(),
            at: None,
        };
        let mut reach = Reach::default();
        let phone = Some("13800000000");
        assert_eq!(reach.address(Channel::Mail, phone), None);
        assert_eq!(reach.address(Channel::Sms, phone), phone);
        reach.preferences.addresses.mail = Some("a@b.cn".into());
        reach.preferences.addresses.sms = Some("13911111111".into());
        assert_eq!(reach.address(Channel::Mail, phone), None);
        assert_eq!(
            reach.address(Channel::Sms, phone),
            None,
            "nor does another one stand in for it"
        );
        reach.proofs = vec![proof("other@b.cn")];
        assert_eq!(
            reach.address(Channel::Mail, phone),
            None,
            "that of an address before"
        );
        reach.proofs = vec![proof("a@b.cn")];
        assert_eq!(reach.address(Channel::Mail, phone), Some("a@b.cn"));
        reach.preferences.addresses.mail = None;
        assert_eq!(reach.address(Channel::Mail, phone), None);
    }
}

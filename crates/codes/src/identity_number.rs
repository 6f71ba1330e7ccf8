//! 公民身份号码, GB 11643.

use crate::checks;
use crate::string_value::string_value;
use crate::text::compact;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;
use time::{Date, Month};

/// Citizen identity number 公民身份号码 (GB 11643): 18 characters with birth date and check. Also the
/// residence permits for Hong Kong, Macau and Taiwan residents and, since 2023, for foreigners, which
/// follow the same rule. `Debug` is masked: personal data does not belong in logs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityNumber(String);

string_value!(IdentityNumber);

impl IdentityNumber {
    /// The 18 characters in full. For the screen use [`masked`](Self::masked).
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Date of birth, digits 7–14.
    pub fn birth_date(&self) -> Date {
        // Proven by the parser; the fallback is never reached.
        birth_date(&self.0).unwrap_or(Date::MIN)
    }

    /// Completed years on the given legal date (周岁); `None` before birth.
    pub fn age_on(&self, date: Date) -> Option<u8> {
        let birth = self.birth_date();
        let had_birthday = (date.month() as u8, date.day()) >= (birth.month() as u8, birth.day());
        let years = date.year() - birth.year() - i32::from(!had_birthday);
        u8::try_from(years).ok()
    }

    /// Sex as digit 17 says it: odd is male.
    pub fn is_male(&self) -> bool {
        self.0.as_bytes().get(16).is_some_and(|digit| digit % 2 == 1)
    }

    /// First four and last two characters, the rest as stars: birth date and sequence stay hidden.
    pub fn masked(&self) -> String {
        format!("{}{}{}", &self.0[..4], "*".repeat(12), &self.0[16..])
    }
}

fn birth_date(number: &str) -> Option<Date> {
    let part = |range: std::ops::Range<usize>| number.get(range)?.parse::<u16>().ok();
    let year = i32::from(part(6..10)?);
    let month = Month::try_from(u8::try_from(part(10..12)?).ok()?).ok()?;
    let day = u8::try_from(part(12..14)?).ok()?;
    Date::from_calendar_date(year, month, day)
        .ok()
        .filter(|_| year >= 1850)
}

impl FromStr for IdentityNumber {
    type Err = BadIdentityNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = compact(text);
        let digit_or_x = |(place, c): &(usize, char)| c.is_ascii_digit() || (*place == 18 && *c == 'X');
        match number.chars().count() {
            0 => return Err(BadIdentityNumber::Empty),
            15 if number.chars().all(|c| c.is_ascii_digit()) => return Err(BadIdentityNumber::Legacy),
            18 => {}
            found => return Err(BadIdentityNumber::Length { found }),
        }
        if let Some((position, _)) = (1..).zip(number.chars()).find(|item| !digit_or_x(item)) {
            return Err(BadIdentityNumber::Symbol { position });
        }
        if birth_date(&number).is_none() {
            return Err(BadIdentityNumber::BirthDate);
        }
        if !number.ends_with(checks::gb11643(&number[..17])) {
            return Err(BadIdentityNumber::CheckCharacter);
        }
        Ok(Self(number))
    }
}

impl fmt::Display for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityNumber({})", self.masked())
    }
}

/// Why a text is no identity number. Carries nothing of the number itself.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadIdentityNumber {
    /// Nothing but white space.
    #[error("请填写18位公民身份号码。")]
    Empty,
    /// The first-generation form of 15 digits, void since 2013.
    #[error("这是15位旧身份证号，第一代身份证已停止使用，请改填第二代居民身份证上的18位公民身份号码。")]
    Legacy,
    /// Not 18 characters.
    #[error("公民身份号码应为18位，现为{found}位，请对照身份证核对。")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// A character that cannot stand there.
    #[error("公民身份号码第{position}位不能使用该字符：前17位应为数字，末位为数字或字母 X。")]
    Symbol {
        /// Position from 1.
        position: usize,
    },
    /// Digits 7–14 are no date.
    #[error("公民身份号码第7至14位不是有效的出生日期，请对照身份证核对。")]
    BirthDate,
    /// The last character does not fit the others.
    #[error("公民身份号码校验码不符，请对照身份证逐位核对（常见错误：相邻两位写颠倒、个别数字看错）。")]
    CheckCharacter,
}

impl BadIdentityNumber {
    /// What is wrong and how to mend it, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    /// The example printed in GB 11643-1999.
    const EXAMPLE: &str = "11010519491231002X";

    fn error(text: &str) -> BadIdentityNumber {
        text.parse::<IdentityNumber>().unwrap_err()
    }

    #[test]
    fn the_example_of_the_standard() {
        let number: IdentityNumber = "110105 19491231 002ｘ".parse().unwrap();
        assert_eq!(number.as_str(), EXAMPLE);
        assert_eq!(number.birth_date(), date!(1949 - 12 - 31));
        assert!(!number.is_male());
        assert_eq!(number.age_on(date!(2009 - 12 - 30)), Some(59));
        assert_eq!(number.age_on(date!(2009 - 12 - 31)), Some(60));
        assert_eq!(number.age_on(date!(1949 - 01 - 01)), None);
    }

    #[test]
    fn faults() {
        assert_eq!(error(""), BadIdentityNumber::Empty);
        assert_eq!(error("110105491231002"), BadIdentityNumber::Legacy);
        assert!(error("110105491231002").message().contains("18位"));
        assert_eq!(error("1101051949123100"), BadIdentityNumber::Length { found: 16 });
        assert_eq!(
            error("1101051949123100XX"),
            BadIdentityNumber::Symbol { position: 17 }
        );
        assert_eq!(error("11010519490231002X"), BadIdentityNumber::BirthDate);
        assert_eq!(error("110105194912310021"), BadIdentityNumber::CheckCharacter);
    }

    #[test]
    fn hidden_in_debug_and_masked() {
        let number: IdentityNumber = EXAMPLE.parse().unwrap();
        assert_eq!(number.masked(), "1101************2X");
        assert_eq!(format!("{number:?}"), "IdentityNumber(1101************2X)");
        assert_eq!(number.to_string(), EXAMPLE);
    }

    #[test]
    fn leap_days_are_known() {
        let with_check = |body: &str| format!("{body}{}", checks::gb11643(body));
        assert!(with_check("36010220000229001").parse::<IdentityNumber>().is_ok());
        assert_eq!(
            error(&with_check("36010219000229001")),
            BadIdentityNumber::BirthDate
        );
    }
}

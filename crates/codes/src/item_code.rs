//! 业务办理项编码 of government service items.

use crate::credit_code::CreditCode;
use crate::string_value::string_value;
use crate::text::compact;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

const LENGTH: usize = 33;

/// Level at which a service item is exercised 行使层级: character 19 of the code. Known values: 2 省级,
/// 3 市级, 4 县级; the others are kept as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemLevel(u8);

impl ItemLevel {
    /// 省级.
    pub const PROVINCE: Self = Self(2);
    /// 市级.
    pub const CITY: Self = Self(3);
    /// 县级.
    pub const COUNTY: Self = Self(4);

    /// The level of this digit, 1–9.
    pub fn new(digit: u8) -> Option<Self> {
        (1..=9).contains(&digit).then_some(Self(digit))
    }

    /// The digit.
    pub fn digit(self) -> u8 {
        self.0
    }

    /// The Chinese word of the levels that are known.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::PROVINCE => Some("省级"),
            Self::CITY => Some("市级"),
            Self::COUNTY => Some("县级"),
            _ => None,
        }
    }
}

/// Code of a service item as handled 业务办理项编码, 33 characters: credit code of the body (18), level
/// (1), base code of the item (12 digits), number of the handled variant (2 digits).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemCode {
    body: CreditCode,
    level: ItemLevel,
    base: String,
    variant: u8,
}

string_value!(ItemCode);

impl ItemCode {
    /// Builds a code from its parts; `variant` is 0–99.
    pub fn build(body: CreditCode, level: ItemLevel, base: &str, variant: u8) -> Result<Self, BadItemCode> {
        let base = compact(base);
        if base.len() != 12 || !base.bytes().all(|c| c.is_ascii_digit()) {
            return Err(BadItemCode::Base);
        }
        if variant > 99 {
            return Err(BadItemCode::Variant);
        }
        Ok(Self {
            body,
            level,
            base,
            variant,
        })
    }

    /// The implementing body.
    pub fn body(&self) -> &CreditCode {
        &self.body
    }

    /// The level at which it is exercised.
    pub fn level(&self) -> ItemLevel {
        self.level
    }

    /// The base code 基本编码, 12 digits, the same throughout the country.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The number of the handled variant, 0–99.
    pub fn variant(&self) -> u8 {
        self.variant
    }

    /// The implementation code 实施编码: the first 31 characters.
    pub fn implementation_code(&self) -> String {
        format!("{}{}{}", self.body, self.level.0, self.base)
    }
}

impl FromStr for ItemCode {
    type Err = BadItemCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = compact(text);
        let found = code.chars().count();
        if found != LENGTH {
            return Err(BadItemCode::Length { found });
        }
        let part = |range: std::ops::Range<usize>| code.get(range).unwrap_or_default();
        let body = part(0..18).parse().map_err(|_| BadItemCode::Body)?;
        let level = part(18..19)
            .parse()
            .ok()
            .and_then(ItemLevel::new)
            .ok_or(BadItemCode::Level)?;
        let variant = Some(part(31..33)).filter(|digits| digits.bytes().all(|c| c.is_ascii_digit()));
        let variant = variant
            .and_then(|digits| digits.parse().ok())
            .ok_or(BadItemCode::Variant)?;
        Self::build(body, level, part(19..31), variant)
    }
}

impl fmt::Display for ItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:02}", self.implementation_code(), self.variant)
    }
}

/// Why a text is no item code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadItemCode {
    /// Not 33 characters.
    #[error("业务办理项编码应为33位，现为{found}位，请完整复制。")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// Characters 1–18 are no credit code.
    #[error("业务办理项编码前18位应为实施主体的统一社会信用代码。")]
    Body,
    /// Character 19 is no level.
    #[error("业务办理项编码第19位应为行使层级数字（2省级、3市级、4县级）。")]
    Level,
    /// Characters 20–31 are no base code.
    #[error("业务办理项编码第20至31位应为12位数字的基本编码。")]
    Base,
    /// Characters 32–33 are no number.
    #[error("业务办理项编码最后2位应为数字。")]
    Variant,
}

impl BadItemCode {
    /// What is wrong and how to mend it, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "11100000000013338W300010703600201";

    #[test]
    fn parts_and_back() {
        let code: ItemCode = " 11100000000013338w 3 000107036002 01".parse().unwrap();
        assert_eq!(code.body().as_str(), "11100000000013338W");
        assert_eq!(code.level(), ItemLevel::CITY);
        assert_eq!(code.level().name(), Some("市级"));
        assert_eq!((code.base(), code.variant()), ("000107036002", 1));
        assert_eq!(code.implementation_code(), &CODE[..31]);
        assert_eq!(code.to_string(), CODE);
        let built = ItemCode::build(code.body().clone(), ItemLevel::CITY, "000107036002", 1);
        assert_eq!(built, Ok(code));
    }

    #[test]
    fn faults() {
        let error = |text: &str| text.parse::<ItemCode>().unwrap_err();
        assert_eq!(error("1110"), BadItemCode::Length { found: 4 });
        assert_eq!(error(&CODE.replace('W', "I")), BadItemCode::Body);
        assert_eq!(error(&CODE.replace("W3", "W0")), BadItemCode::Level);
        assert_eq!(
            error(&CODE.replace("00010703600201", "A0010703600201")),
            BadItemCode::Base
        );
        assert_eq!(error(&CODE.replace("0201", "02+1")), BadItemCode::Variant);
        assert_eq!(error(&"号".repeat(33)), BadItemCode::Body);
        let body: CreditCode = "11100000000013338W".parse().unwrap();
        assert_eq!(
            ItemCode::build(body, ItemLevel::COUNTY, "000107036002", 100),
            Err(BadItemCode::Variant)
        );
    }
}

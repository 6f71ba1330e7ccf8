//! What everyone may know of a licence, and by what it is asked for.

use codes::{LicenceIdentifier, LicenceNumber, SubjectCode};
use kernel::LegalDate;
use matters::Industry;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Period, Standing, Status};

/// A licence as everyone may see it: published facts only, no personal data beyond the name of the legal
/// representative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicLicence {
    /// 许可证编号
    pub number: String,
    /// 电子证照标识 (GB/T 36904)
    pub identifier: String,
    /// Name of the holder.
    pub holder: String,
    /// Unified social credit code of the holder.
    pub credit_code: String,
    /// 法定代表人 or 主要负责人
    pub legal_representative: String,
    /// GB/T 2260 code of the holder's region.
    pub region: String,
    /// Key of the industry.
    pub industry: Industry,
    /// Its Chinese name.
    pub industry_name: String,
    /// 许可范围, one item a line.
    pub scope: Vec<String>,
    /// First valid day.
    pub valid_from: LegalDate,
    /// Last valid day.
    pub valid_until: LegalDate,
    /// 发证日期
    pub issued_on: LegalDate,
    /// 发证机关
    pub authority: String,
    /// Status on `status_on`.
    pub status: Status,
    /// Its Chinese name.
    pub status_name: String,
    /// The legal day (Asia/Shanghai) for which the status is told.
    pub status_on: LegalDate,
    /// Since when: of a suspension, an ending, a replacement.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status_since: Option<LegalDate>,
    /// Last day of a suspension or of the transition to a new paper.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status_until: Option<LegalDate>,
    /// The reason, as far as it may be public.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status_reason: Option<String>,
    /// Number of the licence that took this one's place.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replaced_by: Option<String>,
    /// True: invented for a demonstration.
    pub demo: bool,
}

/// The published columns of a licence, before the day comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Order of entry.
    pub seq: i64,
    /// Number as printed.
    pub number: String,
    /// Identifier.
    pub identifier: String,
    /// Holder's name.
    pub holder: String,
    /// Holder's code.
    pub credit_code: String,
    /// Legal representative.
    pub legal_representative: String,
    /// Region of the holder.
    pub region: String,
    /// Industry.
    pub industry: Industry,
    /// Scope.
    pub scope: Vec<String>,
    /// Validity as printed.
    pub validity: Period,
    /// What befell it.
    pub mark: Mark,
    /// Day of issue.
    pub issued_on: LegalDate,
    /// Name of the authority.
    pub authority: String,
    /// Invented data.
    pub demo: bool,
}

/// What decides the status of a published licence on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// First day from which it was in force without a gap.
    pub in_force_from: LegalDate,
    /// Last valid day.
    pub until: LegalDate,
    /// Last day on which the paper before may be used.
    pub transition_until: Option<LegalDate>,
    /// 应急使用
    pub temporary: bool,
    /// Suspension or ending.
    pub standing: Option<Standing>,
}

/// By what a licence is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PublicKey {
    /// Loose key of a number.
    Number(String),
    /// Identifier in its full form.
    Identifier(String),
    /// Code of the holder.
    Code(String),
}

/// Longest text that can be a key; a signed QR address is not one.
const LONGEST_KEY: usize = 160;

impl PublicKey {
    /// Reads a number in any bracket style, an identifier, or a credit code; `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST_KEY {
            return None;
        }
        if text.contains(['.', '。', '．'])
            && let Ok(identifier) = LicenceIdentifier::parse(text)
        {
            return Some(Self::Identifier(identifier.to_string()));
        }
        if let Ok(number) = LicenceNumber::parse(text) {
            return Some(Self::Number(number.match_key()));
        }
        text.parse()
            .ok()
            .map(|code: SubjectCode| Self::Code(code.to_string()))
    }

    /// The text of the key; keys of different kinds never have the same.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Number(key) | Self::Identifier(key) | Self::Code(key) => key,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(key: &str) -> Option<PublicKey> {
        Some(PublicKey::Number(key.to_owned()))
    }

    #[test]
    fn keys_are_told_apart() {
        assert_eq!(
            PublicKey::read("（赣）WH安许证字〔2026〕000123"),
            number("赣WH2026000123")
        );
        assert_eq!(
            PublicKey::read("(赣)wh安许证字[2026]第000123号"),
            number("赣WH2026000123")
        );
        assert_eq!(PublicKey::read("赣WH2026000123-1"), number("赣WH2026000123-1"));
        let identifier = "1.2.156.3005.2.11100000000013338W050.113700000045030270.2023087974.001.E";
        assert_eq!(
            PublicKey::read(&format!("urn:oid:{identifier}")),
            Some(PublicKey::Identifier(identifier.to_owned()))
        );
        assert_eq!(
            PublicKey::read(" 91350100m000100y43 "),
            Some(PublicKey::Code("91350100M000100Y43".to_owned()))
        );
        assert_eq!(PublicKey::read("洪都化工"), None);
        assert_eq!(PublicKey::read(&"9".repeat(200)), None);
    }
}

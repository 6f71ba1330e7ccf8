//! Licences as types: a number that is reserved, a licence that is issued, a number that was voided. Pure.

use certificate::{Edition, LicenceRecord};
use codes::{LicenceIdentifier, LicenceNumber, RegionCode, SubjectCode};
use kernel::{
    LegalDate, Moment,
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use matters::{Industry, MatterKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A licence in one of its states. Suspension 暂扣 and the endings (吊销, 撤销, 撤回, 注销, 换发) become variants
/// of their own that hold the licence they befell; no state is a flag beside another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Licence {
    /// The number is taken and what will be signed is fixed; nothing is published yet.
    Reserved(Reserved),
    /// Published; whether it is valid depends on the day.
    Issued(Issued),
    /// The number will never be used.
    Voided(Voided),
}

/// A reserved number with exactly what will be signed under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserved {
    /// What the licence says.
    pub facts: Facts,
}

/// An issued licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// What the licence says.
    pub facts: Facts,
    /// The signed files; absent while those of a licence taken over are still to be made.
    pub certificate: Option<Certificate>,
}

/// A number that was given and will not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voided {
    /// What the licence would have said.
    pub facts: Facts,
    /// Why the number is not used.
    pub reason: String,
}

/// What a licence says, the same in every state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Identifier of the row.
    pub id: LicenceId,
    /// Version for optimistic locking.
    pub version: i64,
    /// Order of entry, given by the database; 0 before that.
    pub seq: i64,
    /// 许可证编号
    pub number: LicenceNumber,
    /// 电子证照标识 (GB/T 36904)
    pub identifier: LicenceIdentifier,
    /// The holder's file in the registry.
    pub enterprise: EnterpriseId,
    /// Where the licence comes from.
    pub source: Source,
    /// The holder as it stands on the certificate.
    pub holder: Holder,
    /// Industry.
    pub industry: Industry,
    /// 发证机关
    pub authority: Issuer,
    /// 许可范围, one item a line.
    pub scope: Vec<String>,
    /// 有效期
    pub validity: Period,
    /// 发证日期
    pub issued_on: LegalDate,
    /// Exactly what is signed.
    pub record: SignedRecord,
    /// Invented data of a demonstration.
    pub demo: bool,
    /// When it was entered.
    pub created_at: Moment,
}

/// First and last legal day (Asia/Shanghai), both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: LegalDate,
    /// Last day; the licence stops at the midnight that ends it.
    pub until: LegalDate,
}

/// Where a licence comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Granted on this platform.
    Granted {
        /// The application.
        application: ApplicationId,
        /// 受理编号
        reference: String,
        /// The matter.
        matter: MatterKey,
        /// The version of the matter that the application began with.
        matter_version: u32,
    },
    /// Taken over from the register kept before the platform.
    Imported,
}

/// The holder as it stands on the certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Full name.
    pub name: String,
    /// Credit code, or in old files the registration number.
    pub code: SubjectCode,
    /// Address.
    pub address: String,
    /// 法定代表人 or 主要负责人
    pub legal_representative: String,
    /// 经济类型
    pub economic_type: String,
    /// Region of the enterprise.
    pub region: RegionCode,
}

/// The issuing body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Full name as printed.
    pub name: String,
    /// Unified social credit code.
    pub code: String,
}

/// The signed files of a licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// SHA-256 of the original 正本.
    pub original: String,
    /// SHA-256 of the duplicate 副本.
    pub duplicate: String,
    /// What the QR code of the original says.
    pub qr_url: String,
    /// When both were stored.
    pub pressed_at: Moment,
}

impl Certificate {
    /// The file of an edition.
    pub fn file(&self, edition: Edition) -> &str {
        match edition {
            Edition::Original => &self.original,
            Edition::Duplicate => &self.duplicate,
        }
    }
}

/// The licence record of the original, kept as the very text that was fixed with the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRecord(String);

impl SignedRecord {
    /// Fixes a record.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn fix(record: &LicenceRecord) -> Result<Self, serde_json::Error> {
        serde_json::to_string(record).map(Self)
    }

    /// A text fixed before.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The record of an edition; original and duplicate differ in nothing else.
    ///
    /// # Errors
    /// When the stored text is no record.
    pub fn edition(&self, edition: Edition) -> Result<LicenceRecord, serde_json::Error> {
        let record: LicenceRecord = serde_json::from_str(&self.0)?;
        Ok(LicenceRecord { edition, ..record })
    }
}

impl Licence {
    /// What the licence says.
    pub fn facts(&self) -> &Facts {
        match self {
            Self::Reserved(one) => &one.facts,
            Self::Issued(one) => &one.facts,
            Self::Voided(one) => &one.facts,
        }
    }

    /// The stable name of the state.
    pub fn state(&self) -> &'static str {
        match self {
            Self::Reserved(_) => "reserved",
            Self::Issued(_) => "issued",
            Self::Voided(_) => "voided",
        }
    }
}

impl Reserved {
    /// Publishes the licence under its signed files.
    pub fn issue(self, certificate: Certificate) -> Issued {
        Issued {
            facts: self.facts.next(),
            certificate: Some(certificate),
        }
    }

    /// Gives the number up; it stays explained by the reason.
    pub fn void(self, reason: String) -> Voided {
        Voided {
            facts: self.facts.next(),
            reason,
        }
    }
}

impl Issued {
    /// Adds the signed files of a licence that was taken over without them.
    pub fn certify(self, certificate: Certificate) -> Self {
        Self {
            facts: self.facts.next(),
            certificate: Some(certificate),
        }
    }
}

impl Facts {
    fn next(self) -> Self {
        Self {
            version: self.version + 1,
            ..self
        }
    }
}

/// What an issued licence is worth on a day, as people and programs are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 尚未生效
    NotYetValid,
    /// 有效
    Valid,
    /// 即将到期: still valid, but the renewal is due.
    Expiring,
    /// 已过期
    Expired,
}

impl Status {
    /// Every status, in the order in which lists show them.
    pub const ALL: [Self; 4] = [Self::NotYetValid, Self::Valid, Self::Expiring, Self::Expired];

    /// The stable name used in data and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotYetValid => "not_yet_valid",
            Self::Valid => "valid",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
        }
    }

    /// The Chinese word shown on screens.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::NotYetValid => "尚未生效",
            Self::Valid => "有效",
            Self::Expiring => "即将到期",
            Self::Expired => "已过期",
        }
    }

    /// Whether the holder may produce under the licence.
    pub fn in_force(self) -> bool {
        matches!(self, Self::Valid | Self::Expiring)
    }
}

/// A grant as this capability needs it; applications hands it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The application that was granted.
    pub application: ApplicationId,
    /// 受理编号
    pub reference: String,
    /// The matter.
    pub matter: MatterKey,
    /// Its version.
    pub matter_version: u32,
    /// Industry.
    pub industry: Industry,
    /// The enterprise.
    pub enterprise: EnterpriseId,
    /// The holder at the time of the decision.
    pub holder: Holder,
    /// Scope granted.
    pub scope: Vec<String>,
    /// Day of the decision.
    pub decided_on: LegalDate,
    /// Validity as the decision names it.
    pub validity: Period,
    /// Invented data of a demonstration.
    pub demo: bool,
}

/// A licence issued before the platform, as the old register has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectIssue {
    /// Its number.
    pub number: LicenceNumber,
    /// Its electronic identifier, if it has one; else one is formed from the number.
    pub identifier: Option<LicenceIdentifier>,
    /// The holder's file.
    pub enterprise: EnterpriseId,
    /// The holder as it stands on the certificate.
    pub holder: Holder,
    /// Industry.
    pub industry: Industry,
    /// Scope, one item a line.
    pub scope: Vec<String>,
    /// Validity.
    pub validity: Period,
    /// Day of issue.
    pub issued_on: LegalDate,
    /// Invented data of a demonstration.
    pub demo: bool,
}

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
    /// Validity.
    pub validity: Period,
    /// Day of issue.
    pub issued_on: LegalDate,
    /// Name of the authority.
    pub authority: String,
    /// Invented data.
    pub demo: bool,
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

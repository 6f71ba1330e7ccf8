//! Licences as types: a number that is reserved, a licence in each of its states, a number that was voided. Pure.

mod case;
mod filing;
mod grant;
mod life;
mod public;
mod status;

pub use case::{
    CaseBody, CaseFault, CaseFile, CasePaper, ClosedCase, Decided, Evidence, Findings, Hearing,
    MOST_EVIDENCE, Measure, Noticed, Proposed, Served, Stage, Statement, StatementKind,
};
pub use filing::{
    AnnualReviewFiling, Damage, Destruction, EmergencyUse, Exchange, Filing, FilingFault, FilingId,
    FilingMatter, FollowUp, Handover, Loss, Posted, Recall, Report, Returned, SelfCheck, Waiting, Witness,
    WorkElsewhere,
};
pub use grant::{Amendment, DirectIssue, Grant, LossOrDamage, Purpose};
#[cfg(test)]
pub(crate) use life::walk;
pub use life::{
    Cancellation, CancellationGround, CaseId, Command, Ended, Ending, Event, Fault, Order, Replacement,
    Rescission, RescissionGround, Resumption, Revocation, Standing, Suspended, Suspension, Withdrawal,
};
pub use public::{Mark, PublicKey, PublicLicence, Published};
pub use status::Status;

use certificate::{Edition, LicenceRecord};
use codes::{LicenceIdentifier, LicenceNumber, RegionCode, SubjectCode};
use kernel::{
    LegalDate, Moment,
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use matters::{Industry, MatterKey};
use serde::{Deserialize, Serialize};

/// A licence in one of its states. Suspension 暂扣 and the endings (吊销, 撤销, 撤回, 注销, 换发) are variants of
/// their own that hold the licence they befell; no state is a flag beside another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Licence {
    /// The number is taken and what will be signed is fixed; nothing is published yet.
    Reserved(Reserved),
    /// Published; whether it is valid depends on the day.
    Issued(Issued),
    /// 暂扣: taken away for a time.
    Suspended(Suspended),
    /// Ended by an act: 吊销, 撤销, 撤回, 注销 or 换发.
    Ended(Ended),
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
    /// A further edition whose content is fixed and which is being made.
    pub pending: Option<Box<Prepared>>,
}

/// What a further edition of a licence will say, fixed before it is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// Why there is one.
    pub cause: RevisionCause,
    /// The application that led to it.
    pub application: Option<ApplicationId>,
    /// Day of the decision.
    pub on: LegalDate,
    /// The holder from now on.
    pub holder: Holder,
    /// 许可范围 from now on.
    pub scope: Vec<String>,
    /// 有效期 as it will be printed.
    pub validity: Period,
    /// 电子证照标识 of the edition.
    pub identifier: LicenceIdentifier,
    /// Last day on which the paper that it replaces may be used.
    pub transition_until: Option<LegalDate>,
    /// Exactly what will be signed.
    pub record: SignedRecord,
}

/// Why a licence got a further edition of its certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RevisionCause {
    /// 延期
    Renewal {
        /// Not decided before expiry and therefore deemed granted (行政许可法 art. 50).
        deemed: bool,
    },
    /// 变更
    Change {
        /// What changed.
        amendments: Vec<Amendment>,
    },
    /// 损毁换证: the same content on a new paper.
    Reprint {
        /// What happened to the old paper.
        reason: String,
    },
    /// 年度复核: a line on the duplicate's page of reviews.
    Review {
        /// The year under review.
        year: i32,
        /// Its result.
        result: String,
    },
}

impl RevisionCause {
    /// Chinese phrase for timelines.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Renewal { deemed: false } => "准予延期",
            Self::Renewal { deemed: true } => "视为准予延期",
            Self::Change { .. } => "准予变更",
            Self::Reprint { .. } => "损毁换证",
            Self::Review { .. } => "年度复核",
        }
    }
}

/// A certificate that an edition took the place of: it proves to be replaced, never to be valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastPaper {
    /// Which edition, from 1.
    pub revision: u32,
    /// 电子证照标识 that it bears.
    pub identifier: LicenceIdentifier,
    /// The validity that it states.
    pub validity: Period,
    /// Its signed files; absent when they were never made.
    pub certificate: Option<Certificate>,
    /// Day on which the next edition took its place.
    pub replaced_on: LegalDate,
    /// Last day of the transition.
    pub usable_until: Option<LegalDate>,
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
    /// 有效期 as printed on the certificate in force.
    pub validity: Period,
    /// First day from which it was in force without a gap: earlier than the printed period once it was renewed.
    pub in_force_from: LegalDate,
    /// Which edition of the certificate is in force, from 1.
    pub revision: u32,
    /// Last day on which the paper before may be used beside the one in force.
    pub transition_until: Option<LegalDate>,
    /// Earlier editions, oldest first.
    pub past: Vec<PastPaper>,
    /// 应急使用: stands in for this licence for some days.
    pub temporary_for: Option<LicenceId>,
    /// 补证: continues this lost licence under a number with a suffix.
    pub replaces: Option<LicenceId>,
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
    /// 应急使用: issued upon the report of a damage, without an application.
    StandIn,
}

/// The holder as it stands on the certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
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

/// Where a licence stands in a list, whatever its order: last day of validity and order of entry.
pub type Place = (LegalDate, i64);

impl Licence {
    /// Its place in lists.
    pub fn place(&self) -> Place {
        let facts = self.facts();
        (facts.validity.until, facts.seq)
    }

    /// What the licence says.
    pub fn facts(&self) -> &Facts {
        match self {
            Self::Reserved(one) => &one.facts,
            Self::Voided(one) => &one.facts,
            Self::Issued(one) => &one.facts,
            Self::Suspended(one) => &one.held.facts,
            Self::Ended(one) => &one.held.facts,
        }
    }

    /// The licence as it was issued, whatever befell it since; `None` for a number without a licence.
    pub fn issued(&self) -> Option<&Issued> {
        match self {
            Self::Reserved(_) | Self::Voided(_) => None,
            Self::Issued(one) => Some(one),
            Self::Suspended(one) => Some(&one.held),
            Self::Ended(one) => Some(&one.held),
        }
    }

    /// What befell it.
    pub fn mark(&self) -> Mark {
        let facts = self.facts();
        let mut mark = Mark {
            in_force_from: facts.in_force_from,
            until: facts.validity.until,
            transition_until: facts.transition_until,
            temporary: facts.temporary_for.is_some(),
            standing: None,
        };
        mark.standing = match self {
            Self::Suspended(one) => Some(one.standing()),
            Self::Ended(one) => Some(one.ending.standing()),
            Self::Reserved(_) | Self::Issued(_) | Self::Voided(_) => None,
        };
        mark
    }

    /// The stable name of the state.
    pub fn state(&self) -> &'static str {
        match self {
            Self::Reserved(_) => "reserved",
            Self::Voided(_) => "voided",
            Self::Issued(_) => "issued",
            Self::Suspended(_) => "suspended",
            Self::Ended(one) => one.ending.as_str(),
        }
    }
}

impl Facts {
    pub(crate) fn next(self) -> Self {
        Self {
            version: self.version + 1,
            ..self
        }
    }
}

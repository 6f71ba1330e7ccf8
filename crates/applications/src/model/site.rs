//! 联合现场核查: one visit of at least two officers for all departments, by one checklist; and 容缺受理: materials
//! that follow later against a commitment.

use std::collections::BTreeSet;

use kernel::{BlobRef, LegalDate, Moment, ids::AccountId};
use matters::{ConditionKey, DepartmentKey, MaterialKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Act, FileId, Met, Person, SiteCheckId};

/// An officer who goes to the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteOfficer {
    /// The account.
    pub account: AccountId,
    /// Name.
    pub name: String,
    /// Department; absent for an officer of no department.
    #[schema(value_type = Option<String>)]
    pub department: Option<DepartmentKey>,
    /// Number of the enforcement card (执法证号), shown on site.
    pub card: String,
    /// When the officer signed the record.
    pub signed_at: Option<Moment>,
}

/// One line of the joint checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteLine {
    /// The condition that it looks at.
    #[schema(value_type = String)]
    pub condition: ConditionKey,
    /// What to do on site, as the definition said when the check was ordered.
    pub text: String,
    /// 核心指标: one failure fails the whole check.
    pub core: bool,
    /// What was found; absent while open.
    pub result: Option<SiteResult>,
}

/// What was found on one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteResult {
    /// Whether it is met.
    pub met: Met,
    /// What was seen; required where it is not met.
    pub text: String,
    /// Who found it.
    pub by: Person,
    /// When.
    pub at: Moment,
}

/// A place on earth in millionths of a degree (CGCS2000).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Spot {
    /// Longitude, east positive, in millionths of a degree.
    #[schema(minimum = -180_000_000, maximum = 180_000_000)]
    pub longitude_e6: i64,
    /// Latitude, north positive, in millionths of a degree.
    #[schema(minimum = -90_000_000, maximum = 90_000_000)]
    pub latitude_e6: i64,
}

/// A photo taken on site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SitePhoto {
    /// Identifier.
    pub id: FileId,
    /// The line that it shows; absent for the whole.
    #[schema(value_type = Option<String>)]
    pub condition: Option<ConditionKey>,
    /// When it was taken.
    pub taken_at: Moment,
    /// Where, by coordinates.
    pub spot: Spot,
    /// Where, in words.
    pub place: String,
    /// The picture.
    pub blob: BlobRef,
    /// Who handed it in and when.
    pub added: Act,
}

/// What the enterprise did with the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Acknowledgement {
    /// 签字确认
    Signed {
        /// Who signed for the enterprise.
        name: String,
        /// Position.
        position: String,
        /// What the enterprise wants to be noted.
        #[serde(default)]
        remark: String,
    },
    /// 拒绝签字, recorded by the officers with the reason.
    Refused {
        /// Who refused.
        name: String,
        /// Why, as far as said.
        reason: String,
        /// Who witnessed it, if anybody did.
        #[serde(default)]
        witness: String,
    },
}

/// How a site check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SiteOutcome {
    /// 通过: nothing is wrong.
    Passed,
    /// 整改: something is wrong, but no core line.
    Rectify,
    /// 不通过: a core line is not met.
    Failed,
}

impl SiteOutcome {
    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Passed => "通过",
            Self::Rectify => "存在问题，须整改",
            Self::Failed => "不通过（核心指标不符合）",
        }
    }
}

/// The end of a site check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteConclusion {
    /// How it came out; follows from the lines.
    pub outcome: SiteOutcome,
    /// In words.
    pub summary: String,
    /// What the enterprise did with the record.
    pub acknowledgement: Acknowledgement,
    /// Who concluded it and when.
    pub act: Act,
    /// Legal day.
    pub on: LegalDate,
}

/// A joint site check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteCheck {
    /// Identifier.
    pub id: SiteCheckId,
    /// Who ordered it and when.
    pub ordered: Act,
    /// Why the content of the materials has to be verified.
    pub reason: String,
    /// Day on which it takes place.
    pub planned_on: LegalDate,
    /// Who goes there.
    pub officers: Vec<SiteOfficer>,
    /// The one checklist for all departments.
    pub lines: Vec<SiteLine>,
    /// Photos.
    pub photos: Vec<SitePhoto>,
    /// The end; absent while open.
    pub conclusion: Option<SiteConclusion>,
}

impl SiteCheck {
    /// Whether it is still to be done.
    pub fn is_open(&self) -> bool {
        self.conclusion.is_none()
    }

    /// An officer of it.
    pub fn officer(&self, account: AccountId) -> Option<&SiteOfficer> {
        self.officers.iter().find(|officer| officer.account == account)
    }

    /// How it comes out by its lines; `None` while a line is open.
    pub fn outcome(&self) -> Option<SiteOutcome> {
        let results: Option<Vec<_>> = self.lines.iter().map(|line| line.result.as_ref()).collect();
        results?;
        let failed = |line: &&SiteLine| line.result.as_ref().is_some_and(|one| one.met == Met::NotMet);
        let mut wrong = self.lines.iter().filter(failed).peekable();
        Some(if wrong.peek().is_none() {
            SiteOutcome::Passed
        } else if wrong.any(|line| line.core) {
            SiteOutcome::Failed
        } else {
            SiteOutcome::Rectify
        })
    }
}

/// The applicant's promise to hand materials in later (容缺受理 + 承诺制), made with the submission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeferralPromise {
    /// Materials that follow.
    #[schema(value_type = Vec<String>)]
    pub materials: BTreeSet<MaterialKey>,
    /// Who signs the commitment for the enterprise.
    #[serde(default)]
    pub signatory: String,
    /// The commitment was read and is signed.
    #[serde(default)]
    pub signed: bool,
}

/// How a commitment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Commitment {
    /// Materials are to come.
    Open,
    /// All came in time.
    Kept {
        /// When the last was handed in.
        at: Moment,
    },
    /// 承诺失信: they did not come, or were not what was promised.
    Broken {
        /// When it was found.
        at: Moment,
        /// Legal day.
        on: LegalDate,
        /// By whom; the platform itself when the day passed.
        by: Person,
        /// What was broken.
        reason: String,
    },
}

/// Materials that were accepted as to follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Deferral {
    /// What follows.
    #[schema(value_type = Vec<String>)]
    pub materials: BTreeSet<MaterialKey>,
    /// Who signed the commitment.
    pub signatory: String,
    /// From which day the period runs.
    pub accepted_on: LegalDate,
    /// How it stands.
    pub commitment: Commitment,
}

impl Deferral {
    /// Whether materials are still to come.
    pub fn is_open(&self) -> bool {
        self.commitment == Commitment::Open
    }
}

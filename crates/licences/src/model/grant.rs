//! What comes in: a grant of an application, a licence of an old register.

use codes::{LicenceIdentifier, LicenceNumber};
use kernel::{
    LegalDate,
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use matters::{Industry, MatterKey};
use serde::{Deserialize, Serialize};

use super::{CancellationGround, Holder, Period};

/// What a grant leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// 首次申请: a licence of its own.
    FirstIssue,
    /// 延期: the next period of a licence.
    Renewal {
        /// The licence.
        licence: LicenceId,
        /// Not decided before expiry and therefore deemed granted (行政许可法 art. 50).
        deemed: bool,
    },
    /// 变更: new content under the same number until the same day.
    Change {
        /// The licence.
        licence: LicenceId,
        /// What changes, as the applicant named it; empty: what differs between licence and grant.
        amendments: Vec<Amendment>,
    },
    /// 补办
    Replacement {
        /// The licence.
        licence: LicenceId,
        /// What became of the paper.
        cause: LossOrDamage,
    },
    /// 注销 at the holder's request.
    Deregistration {
        /// The licence.
        licence: LicenceId,
        /// On which ground.
        ground: CancellationGround,
        /// Why, as far as it may be public.
        reason: String,
    },
}

impl Purpose {
    /// The licence that the application was about.
    pub fn licence(&self) -> Option<LicenceId> {
        match self {
            Self::FirstIssue => None,
            Self::Renewal { licence, .. }
            | Self::Change { licence, .. }
            | Self::Replacement { licence, .. }
            | Self::Deregistration { licence, .. } => Some(*licence),
        }
    }
}

/// What became of a paper that has to be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossOrDamage {
    /// 遗失: the number goes on with a suffix, the lost paper is void.
    Lost,
    /// 损毁: the number stays.
    Damaged,
}

/// One change of a licence: a line of the duplicate's page of changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// What changed, such as 企业名称.
    pub item: String,
    /// The former content.
    pub from: String,
    /// The new content.
    pub to: String,
}

/// A grant as this capability needs it; applications hands it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What it leads to.
    pub purpose: Purpose,
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

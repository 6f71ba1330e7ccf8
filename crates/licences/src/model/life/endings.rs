//! The acts that befall a licence: suspension, resumption and the five ways to end.

use kernel::{LegalDate, ids::ApplicationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CaseId;
use crate::model::Status;

/// The decision behind an act: its day, its paper, and the reason as far as it may be public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Day of the decision.
    pub on: LegalDate,
    /// 文号 of the decision.
    pub document: String,
    /// The reason as far as it may be public.
    pub reason: String,
    /// The case file that led to it.
    pub case: Option<CaseId>,
    /// The application that led to it.
    pub application: Option<ApplicationId>,
}

/// 暂扣 (安全生产许可证条例 art. 14): a penalty for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// The decision.
    pub order: Order,
    /// First day.
    pub from: LegalDate,
    /// Last day as decided. It is lifted by a decision, never by its planned end alone.
    pub until: LegalDate,
}

/// 发还: the end of a suspension after a recheck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumption {
    /// The decision; its reason is the conclusion of the recheck.
    pub order: Order,
}

/// 吊销 (条例 arts. 14, 21): a penalty, final.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// The decision.
    pub order: Order,
}

/// 撤销 (行政许可法 art. 69): the grant was unlawful.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rescission {
    /// The decision.
    pub order: Order,
    /// What was unlawful about the grant.
    pub ground: RescissionGround,
}

/// 撤回 (行政许可法 art. 8): law or facts changed; losses are compensated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// The decision.
    pub order: Order,
    /// What is done about the loss.
    pub compensation: String,
}

/// 注销 (行政许可法 art. 70): the record is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// The decision.
    pub order: Order,
    /// On which ground.
    pub ground: CancellationGround,
}

/// 换发: another licence took this one's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// The decision.
    pub order: Order,
    /// Number of the licence that took its place.
    pub by: String,
}

/// Why a grant was unlawful (行政许可法 art. 69).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RescissionGround {
    /// 滥用职权、玩忽职守
    AbuseOfOffice,
    /// 超越法定职权
    BeyondPowers,
    /// 违反法定程序
    AgainstProcedure,
    /// 申请人不具备申请资格或者不符合法定条件
    Unqualified,
    /// 依法可以撤销的其他情形
    OtherByLaw,
    /// 被许可人以欺骗、贿赂等不正当手段取得: must be rescinded, and bars the holder for three years (art. 79).
    Fraud,
}

impl RescissionGround {
    /// As it stands in the decision.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::AbuseOfOffice => "行政机关工作人员滥用职权、玩忽职守作出准予行政许可决定",
            Self::BeyondPowers => "超越法定职权作出准予行政许可决定",
            Self::AgainstProcedure => "违反法定程序作出准予行政许可决定",
            Self::Unqualified => "对不具备申请资格或者不符合法定条件的申请人准予行政许可",
            Self::OtherByLaw => "依法可以撤销行政许可的其他情形",
            Self::Fraud => "被许可人以欺骗、贿赂等不正当手段取得行政许可",
        }
    }
}

/// Why a licence is deregistered: the six grounds of 行政许可法 art. 70, and the exit of the source document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancellationGround {
    /// (一) 有效期届满未延续
    Expired,
    /// (二) 赋予公民特定资格的许可，该公民死亡或者丧失行为能力
    PersonGone,
    /// (三) 法人或者其他组织依法终止
    OrganisationEnded,
    /// (四) 依法被撤销、撤回，或者许可证件依法被吊销
    PermitTaken,
    /// (五) 因不可抗力导致许可事项无法实施
    ForceMajeure,
    /// (六) 法律、法规规定的其他情形, the holder's own request among them
    OtherByLaw,
    /// 连续两年未开展标准化建设: the exit of the source document, with notice and hearing
    WithoutStandardisation,
}

impl CancellationGround {
    /// As it stands in the decision.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Expired => "行政许可有效期届满未延续",
            Self::PersonGone => "被许可的公民死亡或者丧失行为能力",
            Self::OrganisationEnded => "法人或者其他组织依法终止",
            Self::PermitTaken => "行政许可依法被撤销、撤回，或者行政许可证件依法被吊销",
            Self::ForceMajeure => "因不可抗力导致行政许可事项无法实施",
            Self::OtherByLaw => "法律、法规规定的应当注销行政许可的其他情形",
            Self::WithoutStandardisation => "连续两年未开展安全生产标准化建设",
        }
    }
}

/// How a licence ended: five different things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ending", rename_all = "snake_case")]
pub enum Ending {
    /// 吊销
    Revoked(Revocation),
    /// 撤销
    Rescinded(Rescission),
    /// 撤回
    Withdrawn(Withdrawal),
    /// 注销
    Cancelled(Cancellation),
    /// 换发
    Replaced(Replacement),
}

/// Suspension or ending as the status and the public need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The status that follows.
    pub status: Status,
    /// Since when.
    pub since: LegalDate,
    /// Last day of a suspension.
    pub until: Option<LegalDate>,
    /// The reason as far as it may be public.
    pub reason: String,
    /// Number of the licence that took its place.
    pub by: Option<String>,
}

impl Ending {
    /// The decision.
    pub fn order(&self) -> &Order {
        match self {
            Self::Revoked(one) => &one.order,
            Self::Rescinded(one) => &one.order,
            Self::Withdrawn(one) => &one.order,
            Self::Cancelled(one) => &one.order,
            Self::Replaced(one) => &one.order,
        }
    }

    /// The status that follows.
    pub fn status(&self) -> Status {
        match self {
            Self::Revoked(_) => Status::Revoked,
            Self::Rescinded(_) => Status::Rescinded,
            Self::Withdrawn(_) => Status::Withdrawn,
            Self::Cancelled(_) => Status::Cancelled,
            Self::Replaced(_) => Status::Replaced,
        }
    }

    /// The stable name.
    pub fn as_str(&self) -> &'static str {
        self.status().as_str()
    }

    /// As the status and the public need it.
    pub fn standing(&self) -> Standing {
        let order = self.order();
        Standing {
            status: self.status(),
            since: order.on,
            until: None,
            reason: order.reason.clone(),
            by: match self {
                Self::Replaced(one) => Some(one.by.clone()),
                _ => None,
            },
        }
    }
}

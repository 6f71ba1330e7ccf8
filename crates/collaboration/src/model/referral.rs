//! 移送

use kernel::{Moment, ids::ApplicationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Done, ReferralId};

/// How far a referral is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferralState {
    /// 待签收
    Sent,
    /// 已签收，办理中
    Received,
    /// 已退回
    Returned,
    /// 已反馈结果
    Answered,
}

impl ReferralState {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Returned => "returned",
            Self::Answered => "answered",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Sent => "待签收",
            Self::Received => "已签收，办理中",
            Self::Returned => "已退回",
            Self::Answered => "已反馈结果",
        }
    }

    /// The state of that stable name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Sent, Self::Received, Self::Returned, Self::Answered]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// 回执
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralReceipt {
    /// Number under which the other department registered it, if it has one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub number: Option<String>,
    /// Who took it.
    pub by: Done,
}

/// What became of a referral that was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Whether it was sent back, as the other department has no power in it.
    pub returned: bool,
    /// What was done, or why it was sent back.
    pub text: String,
    /// Who answered.
    pub by: Done,
}

/// A referral to another department. Its state follows from receipt and answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// Identifier.
    pub id: ReferralId,
    /// Version for optimistic locking.
    pub version: i64,
    /// Where.
    pub region: String,
    /// The enterprise concerned.
    pub enterprise: Option<Uuid>,
    /// The application concerned.
    pub application: Option<ApplicationId>,
    /// Name of the enterprise when it was referred.
    pub enterprise_name: Option<String>,
    /// 受理编号 of the application when it was referred.
    pub application_reference: Option<String>,
    /// Department that refers.
    pub sender: String,
    /// Department to which it refers.
    pub addressee: String,
    /// One line.
    pub title: String,
    /// What is referred, with clues and enclosures.
    pub text: String,
    /// Clause by which it is referred and the time for the receipt counted.
    pub basis: String,
    /// Who sent it.
    pub by: Done,
    /// Until when the receipt is due.
    pub due_at: Moment,
    /// 回执
    pub receipt: Option<ReferralReceipt>,
    /// What became of it.
    pub answer: Option<Answer>,
}

impl Referral {
    /// How far it is.
    pub fn state(&self) -> ReferralState {
        match (&self.receipt, &self.answer) {
            (_, Some(answer)) if answer.returned => ReferralState::Returned,
            (_, Some(_)) => ReferralState::Answered,
            (Some(_), None) => ReferralState::Received,
            (None, None) => ReferralState::Sent,
        }
    }

    /// Whether the receipt came late, or has not come and is late now.
    pub fn is_late(&self, now: Moment) -> bool {
        self.receipt.as_ref().map_or(now, |receipt| receipt.by.at) > self.due_at
    }
}

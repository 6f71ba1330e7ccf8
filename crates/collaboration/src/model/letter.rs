//! 提醒函

use applications::model::Paper;
use kernel::{
    LegalDate, Moment,
    ids::{AccountId, ApplicationId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::LetterId;

/// What a letter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// 提醒函: to the department that is late.
    Reminder,
    /// 提请督办函: to the office of the committee, 安委办.
    Escalation,
}

impl LetterKind {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::Escalation => "escalation",
        }
    }

    /// The kind of that stable name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Reminder, Self::Escalation]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// What lists and notices show of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterFacts {
    /// 受理编号
    pub reference: String,
    /// Name of the matter.
    pub matter: String,
    /// The applicant.
    pub applicant: String,
    /// What was to be done.
    pub task: String,
    /// Name of the department that is late.
    pub late_department: String,
    /// Name of the body that gets the letter.
    pub addressee: String,
    /// Permission that the late work needs: whoever holds it is told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub permission: Option<String>,
}

/// That a letter arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// When.
    pub at: Moment,
    /// Who took it.
    pub by: Option<AccountId>,
    /// The name then.
    pub name: String,
}

/// A letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Identifier.
    pub id: LetterId,
    /// Version for optimistic locking.
    pub version: i64,
    /// The piece of work that is late.
    pub piece: String,
    /// Step of lateness, from 1.
    pub step: i64,
    /// What it asks for.
    pub kind: LetterKind,
    /// The application.
    pub application: ApplicationId,
    /// The enterprise.
    pub enterprise: Uuid,
    /// Where.
    pub region: String,
    /// Department that is late.
    pub department: String,
    /// Department that gets it.
    pub addressee: String,
    /// 文号
    pub number: String,
    /// Working days past the last day when it was written.
    pub late_days: i64,
    /// The last day.
    pub due_on: LegalDate,
    /// What is signed.
    pub paper: Paper,
    /// What is shown of it.
    pub facts: LetterFacts,
    /// When it was written.
    pub at: Moment,
    /// The signed file and since when it is there.
    pub file: Option<(String, Moment)>,
    /// That it arrived.
    pub receipt: Option<Receipt>,
}

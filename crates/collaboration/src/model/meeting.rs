//! 联席会议 and its lists of problems, responsibilities and rectification.

use kernel::{LegalDate, Moment};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Done, MeetingId, RectificationId};

/// A joint meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Identifier.
    pub id: MeetingId,
    /// Version for optimistic locking.
    pub version: i64,
    /// Where.
    pub region: String,
    /// What it was about.
    pub title: String,
    /// When.
    pub held_on: LegalDate,
    /// Where it met.
    pub place: String,
    /// Department that convened it.
    pub convener: String,
    /// Departments that took part.
    pub departments: Vec<String>,
    /// 会议纪要
    pub summary: String,
    /// Who entered it.
    pub by: Done,
}

/// How far a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RectificationState {
    /// 整改中
    Open,
    /// 已报结，待核销
    Reported,
    /// 已核销
    Closed,
}

impl RectificationState {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reported => "reported",
            Self::Closed => "closed",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "整改中",
            Self::Reported => "已报结，待核销",
            Self::Closed => "已核销",
        }
    }

    /// The state of that stable name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Reported, Self::Closed]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// What the department says that it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What was done.
    pub text: String,
    /// By whom it was reported.
    pub by: Done,
}

/// What another person found of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Whether the problem is mended.
    pub mended: bool,
    /// What was found.
    pub text: String,
    /// By whom.
    pub by: Done,
}

/// A report and what was found of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// The report.
    pub report: Report,
    /// What was found of it, once somebody looked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub closing: Option<Closing>,
}

/// A problem, who answers for it, and how it was mended. Its state follows from its rounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rectification {
    /// Identifier.
    pub id: RectificationId,
    /// Version for optimistic locking.
    pub version: i64,
    /// The meeting that found it.
    pub meeting: MeetingId,
    /// Where.
    pub region: String,
    /// Department that convened the meeting.
    pub convener: String,
    /// Department that answers for it.
    pub department: String,
    /// 问题
    pub problem: String,
    /// 整改要求
    pub requirement: String,
    /// Last day.
    pub due_on: LegalDate,
    /// Reports and what was found of them.
    pub rounds: Vec<Round>,
}

impl Rectification {
    /// How far it is.
    pub fn state(&self) -> RectificationState {
        match self.rounds.last().map(|round| &round.closing) {
            Some(None) => RectificationState::Reported,
            Some(Some(closing)) if closing.mended => RectificationState::Closed,
            _ => RectificationState::Open,
        }
    }

    /// The day on which it was closed.
    pub fn closed_on(&self) -> Option<LegalDate> {
        let closing = self.rounds.last()?.closing.as_ref()?;
        closing.mended.then(|| closing.by.at.legal_date())
    }

    /// Whether its last day has passed and it is not closed, or was closed after it.
    pub fn is_late(&self, now: Moment) -> bool {
        self.closed_on().unwrap_or(now.legal_date()) > self.due_on
    }
}

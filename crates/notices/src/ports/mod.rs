//! What this capability needs from its neighbours, in its own words. The server gives it: whoever knows
//! applications, licences and duties stands beside notices, not above.

use async_trait::async_trait;
use kernel::{Actor, KernelError, LegalDate, Permission, ids::AccountId};
use uuid::Uuid;

use crate::rules::Words;

/// Words about the subject of an event.
#[async_trait]
pub trait Facts: Send + Sync {
    /// What is known of it by the names that rule files use, such as `reference`; nothing for an unknown one.
    async fn about(&self, subject: &str, id: Uuid) -> Result<Words, KernelError>;
}

/// Work that is open now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenTask {
    /// Stable as long as it is the same piece of work.
    pub key: String,
    /// What is to be done, e.g. 部门审查.
    pub label: String,
    /// Which permission it needs.
    pub permission: Permission,
    /// Which department has it.
    pub department: String,
    /// Whether an officer without a department may do it as well.
    pub is_open_to_leaders: bool,
    /// Where.
    pub region: String,
    /// Last day.
    pub due_on: Option<LegalDate>,
    /// Who may not do it (segregation of duties).
    pub excluded: Vec<AccountId>,
}

/// A piece of an officer's work that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueTask {
    /// What is to be done, e.g. 部门审查.
    pub label: String,
    /// The applicant.
    pub applicant: String,
    /// Name of the matter.
    pub matter: String,
    /// 受理编号
    pub reference: Option<String>,
    /// Last day.
    pub due_on: Option<LegalDate>,
    /// Working days past the last day; nothing while it is not late or cannot be counted.
    pub days_late: Option<u32>,
    /// Path of the desk application on which it is done.
    pub link: String,
}

/// How much of an officer's work is due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TasksDue {
    /// Past its last day.
    pub late: u64,
    /// Today is its last day.
    pub today: u64,
    /// Within the next three days.
    pub soon: u64,
    /// The most urgent of them.
    pub first: Vec<DueTask>,
}

/// The work lists.
#[async_trait]
pub trait Tasks: Send + Sync {
    /// Open work of departments on an application.
    async fn open(&self, application: Uuid) -> Result<Vec<OpenTask>, KernelError>;
    /// How much of the actor's own work is due as of `today`, with at most so many pieces of it.
    async fn due(&self, officer: &Actor, today: LegalDate, most: usize) -> Result<TasksDue, KernelError>;
    /// Whether officers work on the day; where the holidays of its year are not published, on Monday to Friday.
    fn is_working_day(&self, day: LegalDate) -> bool;
}

/// A duty of an enterprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyEntry {
    /// Stable identifier.
    pub id: String,
    /// Last day.
    pub due_on: LegalDate,
    /// One line.
    pub title: String,
    /// What to do, and which clause asks for it.
    pub text: String,
    /// Path of the desk application on which it is done.
    pub link: Option<String>,
    /// Whether it is done.
    pub is_done: bool,
}

/// The duties of enterprises.
#[async_trait]
pub trait Duties: Send + Sync {
    /// What an enterprise has to do between two days, in order of days.
    async fn of(
        &self,
        enterprise: Uuid,
        from: LegalDate,
        until: LegalDate,
    ) -> Result<Vec<DutyEntry>, KernelError>;
}

/// An installation without duties.
#[derive(Debug, Default)]
pub struct NoDuties;

#[async_trait]
impl Duties for NoDuties {
    async fn of(&self, _: Uuid, _: LegalDate, _: LegalDate) -> Result<Vec<DutyEntry>, KernelError> {
        Ok(Vec::new())
    }
}

//! The outbox as its administrator sees it: what waits, what was given up, and what may be done about it.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Actor, Happened, Kernel, KernelError, Moment, Permission, Subject,
    access::Forbidden,
    named,
    outbox::{Column, Entity, Model},
};

named! {
    /// Where a job stands.
    JobState {
        /// To be done, now or at its time; also one that failed and will be tried again.
        Ready = "ready", "待执行";
        /// A worker is at it.
        Running = "running", "执行中";
        /// Done.
        Done = "done", "已完成";
        /// Given up: a dead letter.
        Dead = "dead", "已放弃";
        /// Cancelled.
        Cancelled = "cancelled", "已取消";
    }
}

named! {
    /// What may be done with a job.
    JobAction {
        /// Do it (again) now.
        Retry = "retry", "立即重试";
        /// Do not do it any more.
        Cancel = "cancel", "取消";
    }
}

impl JobState {
    /// What an administrator may do with a job in this state. What is done stays done: jobs are idempotent, but
    /// nobody needs them twice.
    pub fn actions(self) -> &'static [JobAction] {
        match self {
            Self::Ready => &[JobAction::Retry, JobAction::Cancel],
            Self::Running => &[JobAction::Cancel],
            Self::Dead | Self::Cancelled => &[JobAction::Retry],
            Self::Done => &[],
        }
    }
}

/// A job as it is shown. Its payload is not: it may name people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobView {
    /// Identifier.
    pub id: Uuid,
    /// Which handler does it, e.g. `licences.issue`.
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
    /// Its Chinese name.
    pub state_name: &'static str,
    /// What it is about: the first identifier in its payload.
    pub subject: Option<Uuid>,
    /// Tries so far.
    pub attempts: i64,
    /// Steps done.
    pub progress: i64,
    /// Steps in all, 0 while unknown.
    pub total: i64,
    /// Somebody asked it to stop.
    pub cancel_requested: bool,
    /// When it was put in.
    pub created_at: Moment,
    /// When it is done next; for those that wait.
    pub next_attempt_at: Option<Moment>,
    /// When it ended.
    pub finished_at: Option<Moment>,
    /// What went wrong last.
    pub error: Option<String>,
    /// What may be done with it.
    pub allowed_actions: Vec<JobAction>,
}

/// Key of a page of jobs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct JobKey(Moment, Uuid);

impl JobView {
    /// Key of the page after this row.
    pub fn key(&self) -> JobKey {
        JobKey(self.created_at, self.id)
    }
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// The kernel failed.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// A permission is missing.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// No such job.
    #[error("job not found")]
    NotFound,
    /// The state does not allow it.
    #[error("a job that is {0:?} cannot be changed so")]
    NotPossible(JobState),
}

/// Jobs by state and kind, newest first, one more than `limit`.
///
/// # Errors
/// [`JobsError::Forbidden`].
pub async fn list(
    kernel: &Kernel,
    actor: &Actor,
    (state, kind): (Option<JobState>, Option<&str>),
    after: Option<JobKey>,
    limit: u64,
) -> Result<Vec<JobView>, JobsError> {
    actor.require(Permission::JobsRead)?;
    let mut query = Entity::find()
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(limit + 1);
    if let Some(state) = state {
        query = query.filter(Column::State.eq(state.as_str()));
    }
    if let Some(kind) = kind {
        query = query.filter(Column::Kind.eq(kind));
    }
    if let Some(JobKey(at, id)) = after {
        let same = Condition::all()
            .add(Column::CreatedAt.eq(at))
            .add(Column::Id.lt(id));
        query = query.filter(Condition::any().add(Column::CreatedAt.lt(at)).add(same));
    }
    let rows = query.all(kernel.db().read()).await.map_err(KernelError::from)?;
    rows.into_iter().map(view).collect()
}

/// Does a job that waits, was given up or cancelled now, with all its tries before it.
///
/// # Errors
/// [`JobsError::NotFound`], [`JobsError::NotPossible`], [`JobsError::Forbidden`].
pub async fn retry(kernel: &Kernel, actor: &Actor, id: Uuid) -> Result<JobView, JobsError> {
    change(kernel, actor, id, JobAction::Retry).await
}

/// Cancels a job: one that waits at once, one that runs at its next step.
///
/// # Errors
/// As [`retry`].
pub async fn cancel(kernel: &Kernel, actor: &Actor, id: Uuid) -> Result<JobView, JobsError> {
    change(kernel, actor, id, JobAction::Cancel).await
}

async fn change(kernel: &Kernel, actor: &Actor, id: Uuid, action: JobAction) -> Result<JobView, JobsError> {
    actor.require(Permission::JobsManage)?;
    let mut work = kernel.begin(actor).await?;
    let row = Entity::find_by_id(id)
        .one(work.conn())
        .await
        .map_err(KernelError::from)?
        .ok_or(JobsError::NotFound)?;
    let state = state_of(&row)?;
    if !state.actions().contains(&action) {
        return Err(JobsError::NotPossible(state));
    }
    let now = work.now();
    let (kind, title) = match action {
        JobAction::Retry => ("job.retried", "重新执行后台任务"),
        JobAction::Cancel => ("job.cancelled", "取消后台任务"),
    };
    // The state in the condition: a worker may have taken it up meanwhile.
    let update = Entity::update_many()
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(state.as_str()));
    let update = match (action, state) {
        (JobAction::Retry, _) => update
            .col_expr(Column::State, Expr::value(JobState::Ready.as_str()))
            .col_expr(Column::RunAt, Expr::value(now))
            .col_expr(Column::Attempts, Expr::value(0_i64))
            .col_expr(Column::CancelRequested, Expr::value(0_i64))
            .col_expr(Column::FinishedAt, Expr::value(None::<Moment>)),
        (JobAction::Cancel, JobState::Running) => {
            update.col_expr(Column::CancelRequested, Expr::value(1_i64))
        }
        (JobAction::Cancel, _) => update
            .col_expr(Column::State, Expr::value(JobState::Cancelled.as_str()))
            .col_expr(Column::FinishedAt, Expr::value(Some(now))),
    };
    let done = update.exec(work.conn()).await.map_err(KernelError::from)?;
    crate::work::guarded(done.rows_affected, "job")?;
    let changed = Entity::find_by_id(id)
        .one(work.conn())
        .await
        .map_err(KernelError::from)?
        .ok_or(JobsError::NotFound)?;
    let facts = json!({ "kind": row.kind, "from": state });
    work.note(
        Subject::new("job", id),
        None,
        Happened::new(kind, title).data(facts),
    )?;
    work.commit().await?;
    view(changed)
}

fn state_of(row: &Model) -> Result<JobState, KernelError> {
    JobState::parse(&row.state).ok_or_else(|| KernelError::Corrupt(format!("job {}: {}", row.id, row.state)))
}

fn view(row: Model) -> Result<JobView, JobsError> {
    let state = state_of(&row)?;
    Ok(JobView {
        id: row.id,
        state,
        state_name: state.chinese(),
        subject: serde_json::from_str(&row.payload)
            .ok()
            .as_ref()
            .and_then(first_id),
        kind: row.kind,
        attempts: row.attempts,
        progress: row.progress,
        total: row.total,
        cancel_requested: row.cancel_requested != 0,
        created_at: row.created_at,
        next_attempt_at: (state == JobState::Ready).then_some(row.run_at),
        finished_at: row.finished_at,
        error: row.last_error,
        allowed_actions: state.actions().to_vec(),
    })
}

fn first_id(value: &Value) -> Option<Uuid> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Array(all) => all.iter().find_map(first_id),
        Value::Object(fields) => fields.values().find_map(first_id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_stays_done() {
        assert!(JobState::Done.actions().is_empty());
        assert!(!JobState::Running.actions().contains(&JobAction::Retry));
    }

    #[test]
    fn a_job_is_about_the_first_identifier_in_its_payload() {
        let id = "0190b6a0-0000-7000-8000-000000000001";
        assert_eq!(
            first_id(&json!({ "kind": "x", "of": [{ "id": id }] })),
            id.parse().ok()
        );
        assert_eq!(first_id(&json!({ "day": "2026-11-22" })), None);
    }
}

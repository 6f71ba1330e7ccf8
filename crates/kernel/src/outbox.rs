//! The outbox: jobs written with the act that causes them, done afterwards, at least once, by any process.
//!
//! A handler must be idempotent. A failed job is tried again with back-off; one that keeps failing is kept as
//! a dead letter where the administrator sees it.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use metrics::{counter, histogram};
use sea_orm::{ActiveValue::Set, ConnectionTrait, FromQueryResult, Statement, Value, entity::prelude::*};
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    Db, Dialect, Kernel, KernelError, Moment,
    daily::{Missed, Planner},
    problem::chain,
};

/// How long a worker may hold a job without a sign of life.
const LEASE: time::Duration = time::Duration::seconds(120);
/// Tries before a job becomes a dead letter.
const MAX_ATTEMPTS: i64 = 12;

/// A row of the outbox.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which handler does it.
    pub kind: String,
    /// A second job with the same key is not put in.
    #[sea_orm(unique)]
    pub dedupe: Option<String>,
    /// JSON for the handler.
    pub payload: String,
    /// `ready`, `running`, `done`, `dead`, `cancelled`.
    pub state: String,
    /// Not before.
    pub run_at: Moment,
    /// Tries so far.
    pub attempts: i64,
    /// While running: when another worker may take it over.
    pub lease_until: Option<Moment>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// Steps done.
    pub progress: i64,
    /// Steps in all, 0 while unknown.
    pub total: i64,
    /// 1 once somebody asked to cancel it.
    pub cancel_requested: i64,
    /// When it was put in.
    pub created_at: Moment,
    /// When it ended.
    pub finished_at: Option<Moment>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A job to be put into the outbox.
#[derive(Clone, Debug)]
pub struct NewJob {
    kind: &'static str,
    payload: String,
    dedupe: Option<String>,
    run_at: Option<Moment>,
}

impl NewJob {
    /// A job for the handler of `kind`.
    ///
    /// # Errors
    /// [`KernelError::Json`] when the payload cannot be written as JSON.
    pub fn new(kind: &'static str, payload: &impl Serialize) -> Result<Self, KernelError> {
        Ok(Self {
            kind,
            payload: serde_json::to_string(payload)?,
            dedupe: None,
            run_at: None,
        })
    }

    /// At most one job with this key is ever put in.
    #[must_use]
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.dedupe = Some(format!("{}:{}", self.kind, key.into()));
        self
    }

    /// Not before the given instant.
    #[must_use]
    pub fn at(mut self, run_at: Moment) -> Self {
        self.run_at = Some(run_at);
        self
    }

    pub(crate) fn into_row(self, id: Uuid, now: Moment) -> ActiveModel {
        ActiveModel {
            id: Set(id),
            kind: Set(self.kind.to_owned()),
            dedupe: Set(self.dedupe),
            payload: Set(self.payload),
            state: Set("ready".to_owned()),
            run_at: Set(self.run_at.unwrap_or(now)),
            attempts: Set(0),
            lease_until: Set(None),
            last_error: Set(None),
            progress: Set(0),
            total: Set(0),
            cancel_requested: Set(0),
            created_at: Set(now),
            finished_at: Set(None),
        }
    }
}

/// A job as its handler sees it.
#[derive(Clone)]
pub struct Job {
    /// Identifier.
    pub id: Uuid,
    /// Which try this is, from 1.
    pub attempt: i64,
    payload: String,
    kernel: Kernel,
}

impl Job {
    /// The payload.
    ///
    /// # Errors
    /// [`JobError::Permanent`] when it is not what the handler expects.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, JobError> {
        serde_json::from_str(&self.payload).map_err(|e| JobError::Permanent(format!("payload: {e}")))
    }

    /// Tells how far the job is and renews the lease. Returns whether it should stop.
    ///
    /// # Errors
    /// [`KernelError::Database`].
    pub async fn progress(&self, done: u64, total: u64) -> Result<bool, KernelError> {
        let now = self.kernel.now();
        let sql = "UPDATE job SET progress = $2, total = $3, lease_until = $4 WHERE id = $1 \
                   RETURNING cancel_requested";
        let values: [Value; 4] = [
            self.id.into(),
            i64::try_from(done).unwrap_or(i64::MAX).into(),
            i64::try_from(total).unwrap_or(i64::MAX).into(),
            now.plus(LEASE).into(),
        ];
        let tx = self.kernel.db().transaction().await?;
        let row = tx
            .query_one_raw(Statement::from_sql_and_values(
                self.kernel.db().backend(),
                sql,
                values,
            ))
            .await?;
        tx.commit().await?;
        let cancelled: i64 = row.map_or(Ok(1), |r| r.try_get("", "cancel_requested"))?;
        Ok(cancelled != 0)
    }
}

/// Why a job did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Try again later.
    #[error("{0}")]
    Retry(String),
    /// Trying again is useless: a dead letter at once.
    #[error("{0}")]
    Permanent(String),
    /// Somebody cancelled it.
    #[error("cancelled")]
    Cancelled,
}

impl From<KernelError> for JobError {
    fn from(error: KernelError) -> Self {
        Self::Retry(chain(&error))
    }
}

/// Does one kind of job. Running it twice must come to the same end.
#[async_trait]
pub trait JobHandler: Send + Sync {
    /// The kind of job, e.g. `licences.issue`.
    fn kind(&self) -> &'static str;
    /// Whether it runs once on every legal day, and what becomes of missed ones; the payload is then a
    /// [`crate::daily::Day`]. Any other job waits until somebody puts it in.
    fn daily(&self) -> Option<Missed> {
        None
    }
    /// Does the job.
    async fn run(&self, job: Job) -> Result<(), JobError>;
}

/// The workers of one process.
pub struct Workers {
    kernel: Kernel,
    handlers: HashMap<&'static str, Arc<dyn JobHandler>>,
    planner: Planner,
    concurrency: usize,
}

#[derive(FromQueryResult)]
struct Claimed {
    id: Uuid,
    kind: String,
    payload: String,
    attempts: i64,
}

impl Workers {
    /// Workers for these handlers; `concurrency` jobs at a time.
    pub fn new(kernel: Kernel, handlers: Vec<Arc<dyn JobHandler>>, concurrency: usize) -> Self {
        let daily = handlers
            .iter()
            .filter_map(|h| h.daily().map(|missed| (h.kind(), missed)));
        let planner = Planner::new(daily.collect());
        let handlers = handlers.into_iter().map(|h| (h.kind(), h)).collect();
        Self {
            kernel,
            handlers,
            planner,
            concurrency: concurrency.max(1),
        }
    }

    /// Works until `stopping` says so; jobs under way are brought to their end. A job cut off all the same is
    /// taken up again after its lease.
    pub async fn run_until(&self, mut stopping: watch::Receiver<bool>) {
        if let Err(error) = self.reclaim().await {
            tracing::error!(error = chain(&error), "outbox");
        }
        while !*stopping.borrow() {
            let rest = match self.due().await {
                Ok(0) => Duration::from_millis(500),
                Ok(_) => continue,
                Err(error) => {
                    tracing::error!(error = chain(&error), "outbox");
                    Duration::from_secs(1)
                }
            };
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                () = self.kernel.changed(), if rest < Duration::from_secs(1) => {}
                told = stopping.changed() => if told.is_err() { break }
            }
        }
    }

    /// An embedded database has one process of workers: what still counts as running was cut off with the one
    /// before, and nobody has to wait for its lease.
    async fn reclaim(&self) -> Result<(), KernelError> {
        let db = self.kernel.db();
        if db.dialect() != Dialect::Sqlite {
            return Ok(());
        }
        let sql = "UPDATE job SET state = 'ready', lease_until = NULL WHERE state = 'running'";
        let tx = db.transaction().await?;
        tx.execute_raw(Statement::from_string(db.backend(), sql)).await?;
        Ok(tx.commit().await?)
    }

    /// Does everything that is due now, including what that causes and the days that were missed. Returns the
    /// number of jobs done.
    ///
    /// # Errors
    /// [`KernelError::Database`].
    pub async fn drain(&self) -> Result<usize, KernelError> {
        let mut sum = 0;
        loop {
            match self.due().await? {
                0 => return Ok(sum),
                n => sum += n,
            }
        }
    }

    /// One batch of what is due; once nothing else is, what is due by date.
    async fn due(&self) -> Result<usize, KernelError> {
        match self.round().await? {
            0 if self.planner.plan(&self.kernel).await? > 0 => self.round().await,
            done => Ok(done),
        }
    }

    /// Claims and does one batch of due jobs.
    async fn round(&self) -> Result<usize, KernelError> {
        let claimed = self.claim().await?;
        let count = claimed.len();
        let running = claimed.into_iter().map(|job| self.perform(job));
        for outcome in futures::future::join_all(running).await {
            outcome?;
        }
        Ok(count)
    }

    async fn claim(&self) -> Result<Vec<Claimed>, KernelError> {
        let db = self.kernel.db();
        let now = self.kernel.now();
        let due = "((state = 'ready' AND run_at <= $1) OR (state = 'running' AND lease_until < $1))";
        let probe = Statement::from_sql_and_values(
            db.backend(),
            format!("SELECT 1 AS one FROM job WHERE {due} LIMIT 1"),
            [now.into()],
        );
        if db.read().query_one_raw(probe).await?.is_none() {
            return Ok(Vec::new());
        }
        let skip = if db.dialect() == Dialect::Postgres {
            "FOR UPDATE SKIP LOCKED"
        } else {
            ""
        };
        let sql = format!(
            "UPDATE job SET state = 'running', attempts = attempts + 1, lease_until = $2 WHERE id IN \
             (SELECT id FROM job WHERE state IN ('ready','running') AND {due} ORDER BY run_at LIMIT $3 {skip}) \
             RETURNING id, kind, payload, attempts"
        );
        let limit = i64::try_from(self.concurrency).unwrap_or(1);
        let values: [Value; 3] = [now.into(), now.plus(LEASE).into(), limit.into()];
        let tx = db.transaction().await?;
        let claimed = Claimed::find_by_statement(Statement::from_sql_and_values(db.backend(), sql, values))
            .all(&tx)
            .await?;
        tx.commit().await?;
        Ok(claimed)
    }

    async fn perform(&self, claimed: Claimed) -> Result<(), KernelError> {
        let begun = Instant::now();
        let job = Job {
            id: claimed.id,
            attempt: claimed.attempts,
            payload: claimed.payload.clone(),
            kernel: self.kernel.clone(),
        };
        let outcome = match self.handlers.get(claimed.kind.as_str()) {
            Some(handler) => {
                let handler = Arc::clone(handler);
                // A panic in a handler must not take the worker down.
                match tokio::spawn(async move { handler.run(job).await }).await {
                    Ok(outcome) => outcome,
                    Err(error) => Err(JobError::Retry(format!("worker stopped: {error}"))),
                }
            }
            None => Err(JobError::Permanent(format!("no handler for {}", claimed.kind))),
        };
        measure(&claimed.kind, begun, &outcome);
        self.finish(&claimed, outcome).await
    }

    async fn finish(&self, claimed: &Claimed, outcome: Result<(), JobError>) -> Result<(), KernelError> {
        let now = self.kernel.now();
        let (state, run_at, error) = match outcome {
            Ok(()) => ("done", now, None),
            Err(JobError::Cancelled) => ("cancelled", now, None),
            Err(JobError::Retry(text)) if claimed.attempts < MAX_ATTEMPTS => {
                tracing::warn!(job = %claimed.id, kind = claimed.kind, attempt = claimed.attempts, error = text, "job failed");
                ("ready", now.plus(backoff(claimed.attempts)), Some(text))
            }
            Err(error) => {
                tracing::error!(job = %claimed.id, kind = claimed.kind, %error, "job is dead");
                ("dead", now, Some(error.to_string()))
            }
        };
        let finished: Option<Moment> = (state != "ready").then_some(now);
        let sql = "UPDATE job SET state = $2, run_at = $3, last_error = COALESCE($4, last_error), \
                   lease_until = NULL, finished_at = $5 WHERE id = $1";
        let values: [Value; 5] = [
            claimed.id.into(),
            state.into(),
            run_at.into(),
            error.into(),
            finished.into(),
        ];
        let tx = self.kernel.db().transaction().await?;
        tx.execute_raw(Statement::from_sql_and_values(
            self.kernel.db().backend(),
            sql,
            values,
        ))
        .await?;
        Ok(tx.commit().await?)
    }
}

fn measure(kind: &str, begun: Instant, outcome: &Result<(), JobError>) {
    let ended = match outcome {
        Ok(()) => "done",
        Err(JobError::Cancelled) => "cancelled",
        Err(JobError::Retry(_)) => "failed",
        Err(JobError::Permanent(_)) => "dead",
    };
    counter!("anxu_jobs_total", "kind" => kind.to_owned(), "outcome" => ended).increment(1);
    histogram!("anxu_job_seconds", "kind" => kind.to_owned()).record(begun.elapsed().as_secs_f64());
}

/// How much there is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Jobs that could be done now.
    pub due: u64,
    /// Jobs that wait for their time.
    pub later: u64,
    /// Jobs that a worker is at.
    pub running: u64,
    /// Jobs that were given up.
    pub dead: u64,
    /// Since when the oldest of those that could be done now waits.
    pub oldest: Option<Moment>,
}

/// Counts what there is to do.
///
/// # Errors
/// [`KernelError::Database`].
pub async fn backlog(db: &Db, now: Moment) -> Result<Backlog, KernelError> {
    let sql = "SELECT state, run_at <= $1 AS due, count(*) AS jobs, min(run_at) AS oldest FROM job \
               WHERE state IN ('ready','running') GROUP BY 1, 2 \
               UNION ALL SELECT 'dead', TRUE, count(*), NULL FROM job WHERE state = 'dead'";
    let statement = Statement::from_sql_and_values(db.backend(), sql, [now.into()]);
    let mut backlog = Backlog::default();
    for row in db.read().query_all_raw(statement).await? {
        let (state, due): (String, bool) = (row.try_get("", "state")?, row.try_get("", "due")?);
        let jobs: i64 = row.try_get("", "jobs")?;
        let jobs = u64::try_from(jobs).unwrap_or(0);
        match state.as_str() {
            "running" => backlog.running += jobs,
            "dead" => backlog.dead = jobs,
            _ if due => {
                backlog.due = jobs;
                backlog.oldest = row.try_get("", "oldest")?;
            }
            _ => backlog.later = jobs,
        }
    }
    Ok(backlog)
}

/// When the next job that waits for its time becomes due, once everything due before is done.
///
/// # Errors
/// [`KernelError::Database`].
pub async fn next_due(db: &Db) -> Result<Option<Moment>, KernelError> {
    let sql = "SELECT min(run_at) AS next FROM job WHERE state = 'ready'";
    let row = db
        .read()
        .query_one_raw(Statement::from_string(db.backend(), sql))
        .await?;
    Ok(row.map_or(Ok(None), |row| row.try_get("", "next"))?)
}

/// 2, 4, 8 … seconds, at most an hour.
fn backoff(attempts: i64) -> time::Duration {
    let exponent = u32::try_from(attempts.clamp(1, 12)).unwrap_or(12);
    time::Duration::seconds(2_i64.pow(exponent).min(3600))
}

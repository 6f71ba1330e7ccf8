//! Jobs: issuing after a decision, and certificates of many licences.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{
    Day, Job, JobError, JobHandler, Missed,
    ids::{ApplicationId, LicenceId},
    problem::chain,
};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    model::CaseId,
    ports::NeighbourError,
    service::{EDITION_JOB, Licences, LicencesError, PAPER_JOB, PRESS_JOB},
};

/// The handlers of this capability.
pub fn handlers(licences: Licences) -> Vec<Arc<dyn JobHandler>> {
    vec![
        Arc::new(Issue(licences.clone(), crate::ISSUE_JOB)),
        Arc::new(Issue(licences.clone(), applications::CARRY_OUT_JOB)),
        Arc::new(EditionJob(licences.clone())),
        Arc::new(PaperJob(licences.clone())),
        Arc::new(DailyJob(licences.clone())),
        Arc::new(Press(licences)),
    ]
}

/// A grant takes effect: a first issue and everything about a licence that is there come under kinds of their own.
struct Issue(Licences, &'static str);

#[derive(Deserialize)]
struct IssuePayload {
    application: ApplicationId,
}

#[async_trait]
impl JobHandler for Issue {
    fn kind(&self) -> &'static str {
        self.1
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let payload: IssuePayload = job.payload()?;
        self.0
            .fulfil(payload.application)
            .await
            .map(drop)
            .map_err(job_error)
    }
}

struct EditionJob(Licences);

#[derive(Deserialize)]
struct EditionPayload {
    licence: LicenceId,
}

#[async_trait]
impl JobHandler for EditionJob {
    fn kind(&self) -> &'static str {
        EDITION_JOB
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let payload: EditionPayload = job.payload()?;
        self.0.make_edition(payload.licence).await.map_err(job_error)
    }
}

struct PaperJob(Licences);

#[derive(Deserialize)]
struct PaperPayload {
    case: CaseId,
    paper: Uuid,
}

#[async_trait]
impl JobHandler for PaperJob {
    fn kind(&self) -> &'static str {
        PAPER_JOB
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let payload: PaperPayload = job.payload()?;
        self.0
            .sign_paper(payload.case, payload.paper)
            .await
            .map_err(job_error)
    }
}

/// Kind of the job that does the work of a legal day.
const DAILY_JOB: &str = "licences.daily";

struct DailyJob(Licences);

#[async_trait]
impl JobHandler for DailyJob {
    fn kind(&self) -> &'static str {
        DAILY_JOB
    }

    /// A reminder belongs to its day, so each missed day is made up for.
    fn daily(&self) -> Option<Missed> {
        Some(Missed::EachDay)
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let run: Day = job.payload()?;
        self.0.run_day(run.day).await.map(drop).map_err(job_error)
    }
}

struct Press(Licences);

#[async_trait]
impl JobHandler for Press {
    fn kind(&self) -> &'static str {
        PRESS_JOB
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        self.0.press_all(&job).await
    }
}

/// Whether it is worth trying again.
pub(crate) fn job_error(error: LicencesError) -> JobError {
    let text = chain(&error);
    match error {
        LicencesError::Grant(NeighbourError::ForGood(_))
        | LicencesError::Press(NeighbourError::ForGood(_))
        | LicencesError::Validity(_)
        | LicencesError::Fault(_)
        | LicencesError::Revision(_)
        | LicencesError::Numbering(_) => JobError::Permanent(text),
        _ => JobError::Retry(text),
    }
}

//! Jobs: issuing after a decision, and certificates of many licences.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Job, JobError, JobHandler, ids::ApplicationId, problem::chain};
use serde::Deserialize;

use crate::{
    ports::NeighbourError,
    service::{Licences, LicencesError, PRESS_JOB},
};

/// The handlers of this capability.
pub fn handlers(licences: Licences) -> Vec<Arc<dyn JobHandler>> {
    vec![Arc::new(Issue(licences.clone())), Arc::new(Press(licences))]
}

struct Issue(Licences);

#[derive(Deserialize)]
struct IssuePayload {
    application: ApplicationId,
}

#[async_trait]
impl JobHandler for Issue {
    fn kind(&self) -> &'static str {
        crate::ISSUE_JOB
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let payload: IssuePayload = job.payload()?;
        self.0
            .issue(payload.application)
            .await
            .map(drop)
            .map_err(job_error)
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
        | LicencesError::Numbering(_) => JobError::Permanent(text),
        _ => JobError::Retry(text),
    }
}

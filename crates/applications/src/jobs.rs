//! Work after the act: documents, ends of periods, recomputed days.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Job, JobError, JobHandler, ids::ApplicationId};
use serde::Deserialize;

use crate::{model::DocumentId, service::Applications};

/// Typesets and signs one document.
pub(crate) const DOCUMENT_JOB: &str = "applications.document";
/// Looks whether a period of an application has ended.
pub(crate) const DEADLINE_JOB: &str = "applications.deadline";
/// Looks whether materials that were to follow came in time.
pub(crate) const DEFERRAL_JOB: &str = "applications.deferral";
/// Looks whether a licence expired before its renewal was decided.
pub(crate) const EXPIRY_JOB: &str = "applications.expiry";
/// Recomputes last days and lights: those that were unknown, or all.
pub(crate) const REFRESH_JOB: &str = "applications.refresh";

/// The job handlers of this capability.
pub fn handlers(applications: Applications) -> Vec<Arc<dyn JobHandler>> {
    vec![
        Arc::new(Documents(applications.clone())),
        Arc::new(Deadlines(applications.clone())),
        Arc::new(Expiries(applications.clone())),
        Arc::new(Deferrals(applications.clone())),
        Arc::new(Refresh(applications)),
    ]
}

struct Documents(Applications);
struct Deadlines(Applications);
struct Expiries(Applications);
struct Deferrals(Applications);
struct Refresh(Applications);

#[derive(Deserialize)]
struct DocumentPayload {
    application: ApplicationId,
    document: DocumentId,
}

#[async_trait]
impl JobHandler for Documents {
    fn kind(&self) -> &'static str {
        DOCUMENT_JOB
    }
    async fn run(&self, job: Job) -> Result<(), JobError> {
        let payload: DocumentPayload = job.payload()?;
        let outcome = self.0.press_document(payload.application, payload.document).await;
        outcome.map_err(|error| JobError::from(&error))
    }
}

#[derive(Deserialize)]
struct DeadlinePayload {
    application: ApplicationId,
}

#[async_trait]
impl JobHandler for Deadlines {
    fn kind(&self) -> &'static str {
        DEADLINE_JOB
    }
    async fn run(&self, job: Job) -> Result<(), JobError> {
        let payload: DeadlinePayload = job.payload()?;
        self.0
            .on_deadline(payload.application)
            .await
            .map_err(|error| JobError::from(&error))
    }
}

#[async_trait]
impl JobHandler for Expiries {
    fn kind(&self) -> &'static str {
        EXPIRY_JOB
    }
    async fn run(&self, job: Job) -> Result<(), JobError> {
        let payload: DeadlinePayload = job.payload()?;
        self.0
            .on_expiry(payload.application)
            .await
            .map_err(|error| JobError::from(&error))
    }
}

#[async_trait]
impl JobHandler for Deferrals {
    fn kind(&self) -> &'static str {
        DEFERRAL_JOB
    }
    async fn run(&self, job: Job) -> Result<(), JobError> {
        let payload: DeadlinePayload = job.payload()?;
        self.0
            .on_deferral(payload.application)
            .await
            .map_err(|error| JobError::from(&error))
    }
}

#[derive(Deserialize)]
struct RefreshPayload {
    /// Every application, not only those that wait for a calendar.
    #[serde(default)]
    all: bool,
}

#[async_trait]
impl JobHandler for Refresh {
    fn kind(&self) -> &'static str {
        REFRESH_JOB
    }
    async fn run(&self, job: Job) -> Result<(), JobError> {
        let payload: RefreshPayload = job.payload()?;
        let done = if payload.all {
            self.0.refresh_all().await
        } else {
            self.0.refresh().await
        };
        done.map_err(|error| JobError::from(&error))
    }
}

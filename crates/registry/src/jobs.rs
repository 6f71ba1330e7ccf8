//! Jobs of the registry.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Day, Job, JobError, JobHandler, Missed, event::Heard, problem::chain};
use serde::Deserialize;

use crate::{
    model::ImportId,
    service::import::{DriveError, IMPORT_JOB, ImportState},
    service::{Registry, RegistryError},
};

/// Follows an event that may put an enterprise on the list for closer supervision, or take it off.
pub(crate) const WATCH_JOB: &str = "registry.watch";

/// The handlers of this capability.
pub fn handlers(registry: Registry) -> Vec<Arc<dyn JobHandler>> {
    vec![
        Arc::new(ImportJob(registry.clone())),
        Arc::new(WatchJob(registry.clone())),
        Arc::new(WatchDay(registry)),
    ]
}

struct ImportJob(Registry);

#[derive(Deserialize)]
struct Payload {
    import: ImportId,
}

#[async_trait]
impl JobHandler for ImportJob {
    fn kind(&self) -> &'static str {
        IMPORT_JOB
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let Payload { import } = job.payload()?;
        match self.0.drive(import, |_| {}, Some(&job)).await {
            Ok(report) if report.state == ImportState::Cancelled => Err(JobError::Cancelled),
            // Whoever overtook it comes to the end; this try has nothing left to do.
            Ok(_) | Err(DriveError::Overtaken) => Ok(()),
            Err(DriveError::Registry(error @ RegistryError::BadFile(_))) => {
                Err(JobError::Permanent(chain(&error)))
            }
            Err(DriveError::Registry(error)) => Err(JobError::Retry(chain(&error))),
        }
    }
}

struct WatchJob(Registry);

#[async_trait]
impl JobHandler for WatchJob {
    fn kind(&self) -> &'static str {
        WATCH_JOB
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let heard: Heard = job.payload()?;
        self.0.follow(&heard.events).await.map_err(again)
    }
}

struct WatchDay(Registry);

#[async_trait]
impl JobHandler for WatchDay {
    fn kind(&self) -> &'static str {
        "registry.watch_day"
    }

    /// It looks at how things stand, so one look stands for all days that were missed.
    fn daily(&self) -> Option<Missed> {
        Some(Missed::Together)
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let _: Day = job.payload()?;
        self.0.review_all().await.map_err(again)
    }
}

fn again(error: RegistryError) -> JobError {
    JobError::Retry(chain(&error))
}

//! Jobs of the registry.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Job, JobError, JobHandler, problem::chain};
use serde::Deserialize;

use crate::{
    model::ImportId,
    service::import::{DriveError, IMPORT_JOB, ImportState},
    service::{Registry, RegistryError},
};

/// The handlers of this capability.
pub fn handlers(registry: Registry) -> Vec<Arc<dyn JobHandler>> {
    vec![Arc::new(ImportJob(registry))]
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

//! Work after the act: telling, sending, and the morning's list.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Day, Job, JobError, JobHandler, Missed, event::Heard};
use serde::{Deserialize, Serialize};

use crate::{
    Notices,
    model::{DeliveryId, Quiet},
};

/// Tells those whom an event concerns.
pub(crate) const EVENT_JOB: &str = "notices.event";
/// Makes one attempt to deliver.
pub(crate) const SEND_JOB: &str = "notices.send";
/// Tells officers what is due.
const DIGEST_JOB: &str = "notices.digest";

/// The job handlers of this capability.
pub fn handlers(notices: Notices) -> Vec<Arc<dyn JobHandler>> {
    vec![
        Arc::new(Events(notices.clone())),
        Arc::new(Sender(notices.clone())),
        Arc::new(Digest(notices)),
    ]
}

/// The payload of an attempt.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Sending {
    /// What is to be delivered.
    pub delivery: DeliveryId,
    /// When it must not leave.
    pub quiet: Option<Quiet>,
}

struct Events(Notices);
struct Sender(Notices);
struct Digest(Notices);

#[async_trait]
impl JobHandler for Events {
    fn kind(&self) -> &'static str {
        EVENT_JOB
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let heard: Heard = job.payload()?;
        let mut outcome = Ok(());
        for event in heard.events {
            // One that cannot be told does not keep the others waiting.
            outcome = outcome.and(self.0.tell(event).await);
        }
        Ok(outcome?)
    }
}

#[async_trait]
impl JobHandler for Sender {
    fn kind(&self) -> &'static str {
        SEND_JOB
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        self.0.deliver(job.payload()?).await
    }
}

#[async_trait]
impl JobHandler for Digest {
    fn kind(&self) -> &'static str {
        DIGEST_JOB
    }

    /// Nobody wants yesterday's list.
    fn daily(&self) -> Option<Missed> {
        Some(Missed::Together)
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let run: Day = job.payload()?;
        Ok(self.0.digest(run).await?)
    }
}

//! Work by date: letters to those who are late, and what else is overdue.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Day, Job, JobError, JobHandler, Missed};
use serde::{Deserialize, Serialize};

use crate::{
    Collaboration,
    model::{LetterId, ReferralId},
};

/// Looks every day who is late.
const LATENESS_JOB: &str = "collaboration.lateness";
/// Signs a letter.
pub(crate) const LETTER_JOB: &str = "collaboration.letter";
/// Looks whether a referral was received in time.
pub(crate) const REFERRAL_JOB: &str = "collaboration.referral_due";

/// The job handlers of this capability.
pub fn handlers(collaboration: Collaboration) -> Vec<Arc<dyn JobHandler>> {
    vec![
        Arc::new(Lateness(collaboration.clone())),
        Arc::new(Letters(collaboration.clone())),
        Arc::new(Referrals(collaboration)),
    ]
}

/// The payload of [`LETTER_JOB`].
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct LetterPayload {
    pub letter: LetterId,
}

/// The payload of [`REFERRAL_JOB`].
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct ReferralPayload {
    pub referral: ReferralId,
}

struct Lateness(Collaboration);
struct Letters(Collaboration);
struct Referrals(Collaboration);

#[async_trait]
impl JobHandler for Lateness {
    fn kind(&self) -> &'static str {
        LATENESS_JOB
    }

    /// One letter says how late it is; there is none for each day that nobody looked.
    fn daily(&self) -> Option<Missed> {
        Some(Missed::Together)
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let run: Day = job.payload()?;
        self.0.look_for_lateness(&job, run).await
    }
}

#[async_trait]
impl JobHandler for Letters {
    fn kind(&self) -> &'static str {
        LETTER_JOB
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let payload: LetterPayload = job.payload()?;
        Ok(self.0.press_letter(payload.letter).await?)
    }
}

#[async_trait]
impl JobHandler for Referrals {
    fn kind(&self) -> &'static str {
        REFERRAL_JOB
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let payload: ReferralPayload = job.payload()?;
        Ok(self.0.look_for_receipt(payload.referral).await?)
    }
}

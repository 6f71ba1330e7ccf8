//! Certificates of many licences: one job with progress, using every core.

use futures::{StreamExt, stream};
use kernel::{Actor, Job, JobError, KernelError, NewJob, Permission, ids::LicenceId};
use serde_json::json;

use super::{
    Licences, Outcome, PressedPair,
    issue::{changed_keys, keep},
};
use crate::{
    jobs::job_error,
    model::{Command, Issued, Licence},
    store,
};

/// Kind of the job that makes the certificates of all licences that have none.
pub const PRESS_JOB: &str = "licences.press";

/// Licences whose files are entered in one transaction, and after which progress is told.
const BATCH: u64 = 64;

impl Licences {
    /// Starts the job that makes the certificates of all licences taken over without one.
    ///
    /// # Errors
    /// [`LicencesError::Forbidden`].
    pub async fn press_missing(&self, actor: &Actor) -> Outcome<()> {
        actor.require(Permission::LicencesTakeOver)?;
        let mut work = self.inner.kernel.begin(actor).await?;
        work.enqueue(NewJob::new(PRESS_JOB, &json!({}))?);
        work.commit().await?;
        Ok(())
    }

    /// How many issued licences have no certificate yet.
    ///
    /// # Errors
    /// [`LicencesError::Kernel`].
    pub async fn missing_certificates(&self) -> Outcome<u64> {
        Ok(store::count_unpressed(self.inner.kernel.db()).await?)
    }

    /// Does the job. Taken up again, it goes on with what is still missing.
    pub(crate) async fn press_all(&self, job: &Job) -> Result<(), JobError> {
        let db = self.inner.kernel.db();
        let total = self.missing_certificates().await.map_err(job_error)?;
        let (mut after, mut done, mut failed) = (0, 0, None);
        loop {
            if job.progress(done, total.max(done)).await? {
                return Err(JobError::Cancelled);
            }
            let batch = store::unpressed(db, after, BATCH).await?;
            let Some(last) = batch.last() else { break };
            after = last.facts().seq;
            done += u64::try_from(batch.len()).unwrap_or(0);
            if let Err(error) = self.press_batch(batch).await {
                failed = Some(error); // one bad record must not hold up the others
            }
        }
        self.settle().await.map_err(job_error)?;
        failed.map_or(Ok(()), |error| Err(job_error(error)))
    }

    /// After many licences were taken over, the text index is put in order.
    async fn settle(&self) -> Outcome<()> {
        let work = self.inner.kernel.begin(&Actor::system("证照制作")).await?;
        store::settle(&work).await?;
        work.commit().await?;
        Ok(())
    }

    /// Makes the certificates of a batch side by side and enters them in one transaction. The last failure is
    /// returned after all others are entered.
    async fn press_batch(&self, batch: Vec<Licence>) -> Outcome<()> {
        let at_once = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let made: Vec<_> = stream::iter(batch)
            .map(|licence| {
                let licences = self.clone();
                // A task of its own, so that certificates are made on as many threads as there are cores.
                tokio::spawn(async move {
                    let facts = licence.facts();
                    (facts.id, licences.press_record(&facts.record).await)
                })
            })
            .buffer_unordered(at_once)
            .collect()
            .await;
        let (mut pairs, mut failed) = (Vec::with_capacity(made.len()), None);
        for outcome in made {
            match outcome {
                Ok((id, Ok(pair))) => pairs.push((id, pair)),
                Ok((_, Err(error))) => failed = Some(error),
                Err(error) => failed = Some(KernelError::Corrupt(error.to_string()).into()),
            }
        }
        self.enter(pairs).await?;
        failed.map_or(Ok(()), Err)
    }

    async fn enter(&self, pairs: Vec<(LicenceId, PressedPair)>) -> Outcome<()> {
        let mut work = self.inner.kernel.begin(&Actor::system("证照制作")).await?;
        let mut keys = Vec::with_capacity(pairs.len() * 3);
        for (id, pair) in pairs {
            // Another worker may have been faster: its files stay.
            let Some(licence) = store::load(&work, id).await? else {
                continue;
            };
            let Licence::Issued(Issued {
                certificate: None, ..
            }) = licence
            else {
                continue;
            };
            let certificate = keep(&work, pair).await?;
            let licence = self
                .act(&mut work, licence, Command::Certify { certificate })
                .await?;
            keys.extend(changed_keys(&licence));
        }
        let _changing = self.inner.answers.changing(keys.iter().map(String::as_str));
        work.commit().await?;
        Ok(())
    }
}

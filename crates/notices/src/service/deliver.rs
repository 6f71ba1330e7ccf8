//! One attempt to deliver.

use kernel::{Actor, JobError};

use super::{Notices, NoticesError, tell::sending};
use crate::{
    jobs::Sending,
    model::{Delivery, DeliveryState},
    rules::{self, Attempt},
    store,
};

/// What administrators read of a code that nobody needs any more.
const NEEDLESS: &str = "验证码已不需要：地址已经验证、更改，或者重新获取了验证码";

impl Notices {
    /// Makes one attempt, unless it is not due any more. That an attempt begins is written down before anything
    /// leaves: a process that dies in between leaves `sending`, and nobody takes it for unsent.
    pub(crate) async fn deliver(&self, job: Sending) -> Result<(), JobError> {
        let Some((delivery, is_wanted)) = self.take_up(&job).await? else {
            return Ok(());
        };
        let webhook = self.webhook_of(&delivery).await?;
        let secret = webhook.as_ref().map(|one| one.secret.as_str());
        let attempt = if is_wanted {
            self.inner.away.send(&delivery, secret, self.kernel.now()).await
        } else {
            Attempt::Never(NEEDLESS.to_owned())
        };
        measure(&delivery, &attempt);
        Ok(self.put_down(&job, delivery, attempt).await?)
    }

    /// The delivery when an attempt is to be made now, with the code in it where it carries one, and whether anybody
    /// still wants it.
    async fn take_up(&self, job: &Sending) -> Result<Option<(Delivery, bool)>, NoticesError> {
        let mut work = self.kernel.begin(&Actor::system("通知")).await?;
        let quiet_until = rules::not_before(work.now(), job.quiet);
        if quiet_until > work.now() {
            // It waited for its turn until the quiet hours began.
            store::postpone(&work, job.delivery, quiet_until).await?;
            let known = store::delivery(self.kernel.db(), &kernel::Scope::everything(), job.delivery).await?;
            let mut delivery = known.ok_or(NoticesError::NotFound("delivery"))?;
            delivery.not_before = quiet_until;
            work.enqueue(sending(&delivery, job.quiet, delivery.attempts)?);
            work.commit().await?;
            return Ok(None);
        }
        let found = store::begin_attempt(&work, job.delivery).await?;
        let mut delivery = found.ok_or(NoticesError::NotFound("delivery"))?;
        let again = delivery.state == DeliveryState::Sending && delivery.channel.is_repeatable();
        let due = matches!(delivery.state, DeliveryState::Queued | DeliveryState::Failed) || again;
        let is_wanted = due && self.put_code_in(&work, &mut delivery).await?;
        work.commit().await?;
        delivery.attempts += 1;
        Ok(due.then_some((delivery, is_wanted)))
    }

    async fn put_down(
        &self,
        job: &Sending,
        mut delivery: Delivery,
        attempt: Attempt,
    ) -> Result<(), NoticesError> {
        let mut work = self.kernel.begin(&Actor::system("通知")).await?;
        let verdict = rules::after(attempt, delivery.attempts, work.now(), &self.inner.file.policy);
        store::end_attempt(&work, delivery.id, &verdict).await?;
        if let Some(again) = verdict.again {
            delivery.not_before = rules::not_before(again, job.quiet);
            work.enqueue(sending(&delivery, job.quiet, delivery.attempts)?);
        }
        work.commit().await?;
        Ok(())
    }
}

fn measure(delivery: &Delivery, attempt: &Attempt) {
    let outcome = match attempt {
        Attempt::Taken => "sent",
        Attempt::Later(_) => "failed",
        Attempt::Never(_) => "dead",
        Attempt::Unclear(_) => "unknown",
    };
    metrics::counter!("anxu_notices_total", "channel" => delivery.channel.as_str(), "outcome" => outcome)
        .increment(1);
}

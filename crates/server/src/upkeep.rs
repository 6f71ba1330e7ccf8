//! What a running platform does for itself: renews the revocation list, takes up changed keys, warns of what runs
//! out.

use std::time::Duration;

use kernel::problem::chain;
use press::{KeyWarning, RunsOut, Upkeep};
use time::OffsetDateTime;

use crate::{Platform, PlatformError, keyring};

/// How often it looks.
const ROUND: Duration = Duration::from_secs(60);
/// How often it repeats a warning.
const REPEAT: time::Duration = time::Duration::days(1);

impl Platform {
    /// Keeps keys and revocation list in order until the process ends.
    pub async fn keep_up(&self) {
        if let Err(error) = self.applications.renew_projections().await {
            tracing::error!(
                error = chain(&error),
                "renewing what follows from calendar and lights"
            );
        }
        let mut warned: Option<OffsetDateTime> = None;
        while !self.life.is_stopping() {
            let now = self.kernel.now().instant();
            match self.upkeep().await {
                Ok(done) if warned.is_none_or(|last| now - last >= REPEAT) => {
                    self.warn(&done.warnings);
                    warned = Some(now);
                }
                Ok(_) => {}
                Err(error) => tracing::error!(error = chain(&error), "upkeep of the keys"),
            }
            tokio::select! {
                () = tokio::time::sleep(ROUND) => {}
                () = self.life.stopped() => {}
            }
        }
    }

    /// One round: renews the revocation list when it is time, and takes up keys that were changed on disk.
    ///
    /// # Errors
    /// [`PlatformError`]; the platform works on with the keys it has.
    pub async fn upkeep(&self) -> Result<Upkeep, PlatformError> {
        let (press, now) = (self.press.clone(), self.kernel.now().instant());
        let done = tokio::task::spawn_blocking(move || press.upkeep(now))
            .await
            .map_err(|error| press::PressError::Stopped(error.to_string()))??;
        if done.list_renewed {
            tracing::info!("the revocation list was renewed");
        }
        if done.reloaded {
            self.take_up_log_keys()?;
            tracing::info!("the keys were changed and are in use now");
        }
        Ok(done)
    }

    fn take_up_log_keys(&self) -> Result<(), PlatformError> {
        self.transparency.use_keys(keyring::signing_keys(&self.config)?);
        Ok(())
    }

    fn warn(&self, warnings: &[KeyWarning]) {
        for warning in warnings {
            let what = match warning.what {
                RunsOut::Key => "a signing key",
                RunsOut::Authority => "the certificate of the authority",
                RunsOut::List => "the revocation list",
            };
            let state = if warning.over { "has run out" } else { "runs out" };
            tracing::warn!(name = warning.name, until = %warning.until, "{what} {state}; see `anxu keys`");
        }
        for body in self.keyless() {
            tracing::warn!(
                body,
                "issues licences without a key of its own: the operator's key signs; see `anxu keys create`"
            );
        }
    }

    /// Bodies that issue licences of a real installation without a signing key of their own.
    pub(crate) fn keyless(&self) -> impl Iterator<Item = &str> {
        let bodies = self.issuers.iter().map(String::as_str);
        bodies.filter(|body| !self.config.demo && !self.press.has_key_of(body))
    }
}

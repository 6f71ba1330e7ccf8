//! What every capability stands on: ids, clock, actors, the unit of work, events, the outbox, problems,
//! paging, files and rule data. It knows no capability.
//!
//! The one path for every change is [`Work`]: authorise → load → decide → save → record → commit.

pub mod access;
pub mod audit;
pub mod blobs;
pub mod clock;
pub mod daily;
pub mod db;
pub mod event;
pub mod http;
pub mod idempotency;
pub mod ids;
pub mod jobs;
pub mod named;
pub mod numbering;
pub mod outbox;
pub mod paging;
pub mod problem;
pub mod rule_files;
pub mod snapshot;
pub mod text_index;
pub mod times;
pub mod work;

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError, RwLock},
};

pub use access::{Actor, Permission, RequestInfo, Role, Scope};
pub use blobs::{BlobRef, Blobs};
pub use clock::{Clock, FixedClock, MovableClock, SystemClock};
pub use daily::{Day, Missed};
pub use db::{Db, DbConfig, Dialect, SqlMigration};
pub use event::{Event, Happened, Sealed, Subject};
pub use ids::{IdSource, RandomIds, SeededIds};
pub use outbox::{Job, JobError, JobHandler, NewJob, Workers};
pub use paging::{Page, PageQuery};
pub use problem::{FieldError, Problem};
pub use rule_files::RuleFiles;
pub use text_index::{TextIndex, TextQuery, Tokens};
pub use times::{LegalDate, Moment};
pub use work::Work;

/// Failures of the kernel itself. Capabilities wrap it as a source.
#[derive(Debug, thiserror::Error)]
pub enum KernelError {
    /// The database refused or could not be reached.
    #[error("database")]
    Database(#[from] sea_orm::DbErr),
    /// Somebody else changed the aggregate between load and save.
    #[error("{subject} was changed by someone else")]
    Conflict {
        /// What was changed, e.g. `application`.
        subject: &'static str,
    },
    /// The client edits a version that is no longer the present one (`If-Match`).
    #[error("another version of {subject} was seen")]
    Stale {
        /// What is edited, e.g. `application`.
        subject: &'static str,
    },
    /// The same Idempotency-Key was already used for a committed act.
    #[error("idempotency key already used")]
    AlreadyDone,
    /// A stored row makes no sense.
    #[error("corrupt row: {0}")]
    Corrupt(String),
    /// The file store failed.
    #[error("file store")]
    Files(#[from] object_store::Error),
    /// Serialisation of an event or job failed.
    #[error("serialisation")]
    Json(#[from] serde_json::Error),
    /// Rule data could not be loaded.
    #[error("rule data: {0}")]
    Rules(String),
}

impl KernelError {
    /// Whether the database refused a second row with the same key.
    pub fn is_duplicate(&self) -> bool {
        matches!(
            self,
            Self::Database(error)
                if matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
        )
    }
}

/// Everything a use case needs from outside: database, clock, ids, files and rules. Cheap to clone.
#[derive(Clone)]
pub struct Kernel {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    blobs: Blobs,
    rules: RuleFiles,
    wake: tokio::sync::Notify,
    listeners: RwLock<Vec<Listener>>,
}

/// A job that follows every event of these kinds.
struct Listener {
    job: &'static str,
    kinds: BTreeSet<String>,
}

impl Kernel {
    /// Puts the parts together. Migrations have to be applied before the first use.
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        blobs: Blobs,
        rules: RuleFiles,
    ) -> Self {
        let inner = Inner {
            db,
            clock,
            ids,
            blobs,
            rules,
            wake: tokio::sync::Notify::new(),
            listeners: RwLock::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The database, for reading. Writing goes through [`Kernel::begin`].
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// The present instant. Read it once per request.
    pub fn now(&self) -> Moment {
        Moment::from(self.inner.clock.now())
    }

    /// A fresh, time-ordered identifier.
    pub fn next_id(&self) -> uuid::Uuid {
        self.inner.ids.next(self.inner.clock.now())
    }

    /// Random bytes from the injected source.
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.inner.ids.fill(&mut bytes);
        bytes
    }

    /// The content-addressed file store.
    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// Versioned rule data.
    pub fn rules(&self) -> &RuleFiles {
        &self.inner.rules
    }

    /// Opens a unit of work for `actor`: one transaction, one instant.
    ///
    /// # Errors
    /// [`KernelError::Database`] when no transaction can be begun.
    pub async fn begin(&self, actor: &Actor) -> Result<Work, KernelError> {
        Work::begin(self.clone(), actor.clone()).await
    }

    /// From here on events of these kinds put the job into the outbox, in the transaction of the events; the payload
    /// is a [`event::Heard`], one for up to a hundred events of the same act.
    pub fn listen(&self, job: &'static str, kinds: BTreeSet<String>) {
        let mut listeners = self
            .inner
            .listeners
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        listeners.push(Listener { job, kinds });
    }

    /// The jobs that follow an event of this kind.
    pub(crate) fn followers(&self, kind: &str) -> Vec<&'static str> {
        let listeners = self
            .inner
            .listeners
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let hearing = listeners.iter().filter(|one| one.kinds.contains(kind));
        hearing.map(|one| one.job).collect()
    }

    pub(crate) fn wake(&self) {
        self.inner.wake.notify_waiters();
    }

    /// Waits until this process commits an act. Acts of other processes do not wake it: poll besides.
    pub async fn changed(&self) {
        self.inner.wake.notified().await;
    }
}

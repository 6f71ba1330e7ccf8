//! The unit of work: the only way to write.
//!
//! It carries actor and instant. State, events and jobs are saved in one transaction; dropping it undoes all.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryTrait};
use uuid::Uuid;

use crate::{
    Actor, Kernel, KernelError, Moment,
    event::{self, Happened, Heard, Seal, Sealed, Subject},
    idempotency,
    outbox::{self, NewJob},
};

/// Rows in one INSERT: under the limits of bind parameters of both engines, and few enough for SQLite, which finds
/// each parameter by counting from the first.
const BATCH: usize = 200;
/// Events of one act that a job follows together.
const HEARD_TOGETHER: usize = 100;

/// An open unit of work.
pub struct Work {
    kernel: Kernel,
    tx: DatabaseTransaction,
    actor: Actor,
    now: Moment,
    events: Vec<event::ActiveModel>,
    jobs: Vec<outbox::ActiveModel>,
    heard: BTreeMap<&'static str, Vec<Uuid>>,
    first_subject: Option<Subject>,
}

impl Work {
    pub(crate) async fn begin(kernel: Kernel, actor: Actor) -> Result<Self, KernelError> {
        let tx = kernel.db().transaction().await?;
        let now = kernel.now();
        Ok(Self {
            kernel,
            tx,
            actor,
            now,
            events: Vec::new(),
            jobs: Vec::new(),
            heard: BTreeMap::new(),
            first_subject: None,
        })
    }

    /// The connection for the store functions of a capability.
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The instant of the act, the same throughout.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// The kernel this work belongs to.
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// A fresh identifier.
    pub fn next_id(&self) -> Uuid {
        self.kernel.next_id()
    }

    /// Records what happened to a saved row; the event seals the row's content.
    ///
    /// # Errors
    /// [`KernelError::Json`] when the facts cannot be written as JSON.
    pub fn record<S: Sealed>(&mut self, row: &S, happened: Happened) -> Result<(), KernelError> {
        let subject = Subject::new(S::SUBJECT, row.subject_id());
        let seal = Seal {
            version: row.version(),
            state: Some(row.digest()),
            enterprise: row.enterprise(),
            region: row.region().map(str::to_owned).or_else(|| self.own_region()),
        };
        self.push(subject, seal, happened)
    }

    /// Records an act that changed no row, e.g. a failed login or the reading of personal data.
    ///
    /// # Errors
    /// [`KernelError::Json`] when the facts cannot be written as JSON.
    pub fn note(
        &mut self,
        subject: Subject,
        enterprise: Option<Uuid>,
        happened: Happened,
    ) -> Result<(), KernelError> {
        let seal = Seal {
            enterprise,
            region: self.own_region(),
            ..Seal::default()
        };
        self.push(subject, seal, happened)
    }

    /// As [`Work::note`], for what happens to somebody by itself: the region is that of the enterprise.
    ///
    /// # Errors
    /// [`KernelError::Json`] when the facts cannot be written as JSON.
    pub fn note_within(
        &mut self,
        region: &str,
        subject: Subject,
        enterprise: Uuid,
        happened: Happened,
    ) -> Result<(), KernelError> {
        let seal = Seal {
            enterprise: Some(enterprise),
            region: Some(region.to_owned()),
            ..Seal::default()
        };
        self.push(subject, seal, happened)
    }

    /// The region of who acts; none for who reaches the whole country, such as the platform itself.
    fn own_region(&self) -> Option<String> {
        let own = self.actor.scope.regions.first();
        own.filter(|region| !region.is_empty()).cloned()
    }

    fn push(&mut self, subject: Subject, seal: Seal, happened: Happened) -> Result<(), KernelError> {
        let salt = self.kernel.random_bytes::<16>();
        let id = self.next_id();
        for job in self.kernel.followers(happened.kind) {
            self.heard.entry(job).or_default().push(id);
        }
        let row = event::compose(&self.actor, self.now, id, salt, subject, seal, happened)?;
        self.first_subject.get_or_insert(subject);
        self.events.push(row);
        Ok(())
    }

    /// Puts a job into the outbox; it runs after the commit.
    pub fn enqueue(&mut self, job: NewJob) {
        let id = self.next_id();
        self.jobs.push(job.into_row(id, self.now));
    }

    /// Writes events and jobs and commits everything at once. Returns the instant of the act.
    ///
    /// # Errors
    /// [`KernelError::AlreadyDone`] when the client's Idempotency-Key belongs to an act already committed;
    /// [`KernelError::Database`] otherwise. In both cases nothing was written.
    pub async fn commit(mut self) -> Result<Moment, KernelError> {
        self.write_events().await?;
        self.enqueue_followers()?;
        self.write_jobs().await?;
        self.write_idempotency().await?;
        let wake = !self.jobs.is_empty() || !self.events.is_empty();
        self.tx.commit().await?;
        if wake {
            self.kernel.wake();
        }
        Ok(self.now)
    }

    /// Undoes everything; the same as dropping it, but waits until it is done.
    ///
    /// # Errors
    /// [`KernelError::Database`].
    pub async fn rollback(self) -> Result<(), KernelError> {
        Ok(self.tx.rollback().await?)
    }

    async fn write_events(&mut self) -> Result<(), KernelError> {
        let mut rest = std::mem::take(&mut self.events);
        while !rest.is_empty() {
            let batch: Vec<_> = rest.drain(..rest.len().min(BATCH)).collect();
            event::Entity::insert_many(batch)
                .exec_without_returning(&self.tx)
                .await?;
        }
        Ok(())
    }

    /// A bulk act is followed in batches: a job for each of its thousands of events would take longer than the act.
    fn enqueue_followers(&mut self) -> Result<(), KernelError> {
        for (job, events) in std::mem::take(&mut self.heard) {
            for events in events.chunks(HEARD_TOGETHER) {
                let key = events.first().map(Uuid::to_string).unwrap_or_default();
                let heard = Heard {
                    events: events.to_vec(),
                };
                self.enqueue(NewJob::new(job, &heard)?.once(key));
            }
        }
        Ok(())
    }

    async fn write_jobs(&mut self) -> Result<(), KernelError> {
        for chunk in self.jobs.chunks(BATCH) {
            let mut insert = outbox::Entity::insert_many(chunk.to_vec()).into_query();
            // A job with the same dedupe key is already under way or done.
            insert.on_conflict(
                sea_orm::sea_query::OnConflict::column(outbox::Column::Dedupe)
                    .do_nothing()
                    .to_owned(),
            );
            self.tx.execute(&insert).await?;
        }
        Ok(())
    }

    async fn write_idempotency(&self) -> Result<(), KernelError> {
        let request = &self.actor.request;
        let (Some((key, _)), Some(fingerprint)) = (&request.idempotency, request.fingerprint()) else {
            return Ok(());
        };
        if request.idempotency_stored.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        let resource = self.first_subject.map(|s| format!("{}/{}", s.kind, s.id));
        let row = idempotency::ActiveModel {
            actor: Set(idempotency::actor_key(&self.actor)),
            request_key: Set(key.clone()),
            fingerprint: Set(fingerprint),
            resource: Set(resource),
            status: Set(None),
            content_type: Set(None),
            body: Set(None),
            etag: Set(None),
            at: Set(self.now),
        };
        let kept = idempotency::Entity::insert(row)
            .exec_without_returning(&self.tx)
            .await
            .map_err(KernelError::from);
        match kept {
            Err(error) if error.is_duplicate() => Err(KernelError::AlreadyDone),
            outcome => outcome.map(drop),
        }
    }
}

/// Turns an update that met no row into a conflict: somebody else changed the aggregate.
///
/// # Errors
/// [`KernelError::Conflict`] when `rows_affected` is zero.
pub fn guarded(rows_affected: u64, subject: &'static str) -> Result<(), KernelError> {
    if rows_affected == 0 {
        Err(KernelError::Conflict { subject })
    } else {
        Ok(())
    }
}

//! Sealing events and proving them.

mod audit;
mod keys;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

pub use audit::{AuditFault, AuditReport, FaultKind};
use axum::http::StatusCode;
use evidence::{
    Checkpoint, EntryHash, ProofBundle, SignedCheckpoint, TilePath, TreeHead, append, tiles_for_append,
    tiles_for_inclusion,
};
use kernel::{
    Actor, Happened, Kernel, KernelError, Permission, Problem, Subject, access::Forbidden,
    audit::AuditSource, event, problem::chain,
};
pub use keys::LogKeys;
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    model::{Proof, Renamed, SealedUpTo, Unsealed},
    store,
};

/// Events sealed in one transaction at most.
const BATCH: u64 = 8192;

/// Failures of the evidence log.
#[derive(Debug, thiserror::Error)]
pub enum TransparencyError {
    /// The kernel failed.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// A permission is missing.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The stored log does not hold together.
    #[error("evidence log")]
    Log(#[from] evidence::Error),
    /// The stored log has another name than the configured one: nothing is signed under a new name by accident.
    #[error(
        "the stored log is {found}, the configured one {configured}: set ANXU_LOG_ORIGIN to the former, or continue \
         it under the new name with `anxu log rename`"
    )]
    Origin {
        /// Name in the newest checkpoint.
        found: String,
        /// Name of the keys.
        configured: String,
    },
    /// The key of the log cannot be read or written.
    #[error("log key: {0}")]
    Key(String),
    /// No such event or tile.
    #[error("not found")]
    NotFound,
    /// The event is recorded but not sealed yet.
    #[error("not sealed yet")]
    NotSealed,
}

impl From<TransparencyError> for Problem {
    fn from(error: TransparencyError) -> Self {
        match error {
            TransparencyError::Kernel(error) => error.into(),
            TransparencyError::Forbidden(error) => error.into(),
            TransparencyError::NotFound => Self::not_found("存证记录"),
            TransparencyError::NotSealed => Self::new(StatusCode::CONFLICT, "not-sealed-yet", "存证尚未封存")
                .detail("记录已保存，几秒后即可取得存证证明。"),
            other => Self::internal(&other),
        }
    }
}

/// The capability. Cheap to clone.
#[derive(Clone)]
pub struct Transparency {
    pub(crate) kernel: Kernel,
    keys: Arc<RwLock<Arc<LogKeys>>>,
    /// Who knows what the subjects of events are called.
    sources: Arc<[Arc<dyn AuditSource>]>,
}

type Outcome<T> = Result<T, TransparencyError>;

impl Transparency {
    /// Opens the log with its keys.
    pub fn open(kernel: Kernel, keys: LogKeys) -> Self {
        Self {
            kernel,
            keys: Arc::new(RwLock::new(Arc::new(keys))),
            sources: Arc::new([]),
        }
    }

    /// Says what the subjects of events are called, as far as these sources know it.
    #[must_use]
    pub fn with_sources(mut self, sources: Vec<Arc<dyn AuditSource>>) -> Self {
        self.sources = sources.into();
        self
    }

    /// Goes on with other keys of the same log.
    pub fn use_keys(&self, keys: LogKeys) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    fn keys(&self) -> Arc<LogKeys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The key with which outsiders verify checkpoints, in the form of signed-note.
    pub fn verifier_key(&self) -> String {
        self.keys().verifier_key()
    }

    /// Origin line of the log.
    pub fn origin(&self) -> String {
        self.keys().origin().to_owned()
    }

    /// Seals until `stopping` says so: soon after each act, and at least every few seconds; at the end once more.
    pub async fn run(&self, mut stopping: watch::Receiver<bool>) {
        while !*stopping.borrow() {
            let fault = self.seal_all().await.err();
            if let Some(error) = &fault {
                tracing::error!(error = chain(error), "sealing");
            }
            let rest = if fault.is_some() { 5 } else { 2 };
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(rest)) => {}
                // A moment's rest gathers the acts of many into one checkpoint.
                () = self.kernel.changed(), if fault.is_none() => tokio::time::sleep(Duration::from_millis(500)).await,
                told = stopping.changed() => if told.is_err() { break }
            }
        }
        if let Err(error) = self.seal_all().await {
            tracing::error!(error = chain(&error), "sealing");
        }
    }

    /// What waits for its place in the log.
    ///
    /// # Errors
    /// [`TransparencyError::Kernel`].
    pub async fn unsealed(&self) -> Outcome<Unsealed> {
        Ok(store::waiting(self.kernel.db()).await?)
    }

    /// Seals all that is recorded. Returns the size of the log.
    ///
    /// # Errors
    /// [`TransparencyError::Log`] when the stored tiles were changed: nothing is signed over them.
    pub async fn seal_all(&self) -> Outcome<SealedUpTo> {
        let mut sum = SealedUpTo { size: 0, sealed: 0 };
        while store::any_unsealed(self.kernel.db()).await? {
            let step = self.seal().await?;
            sum = SealedUpTo {
                size: step.size.max(sum.size),
                sealed: sum.sealed + step.sealed,
            };
            if step.sealed == 0 {
                break; // another process is at it
            }
        }
        Ok(sum)
    }

    async fn seal(&self) -> Outcome<SealedUpTo> {
        let work = self.kernel.begin(&Actor::system("evidence")).await?;
        if !store::try_lock(&work).await? {
            return Ok(SealedUpTo { size: 0, sealed: 0 });
        }
        let old = self.head(store::latest(work.conn()).await?)?;
        let events = store::unsealed(work.conn(), BATCH).await?;
        if events.is_empty() {
            return Ok(SealedUpTo {
                size: old.size,
                sealed: 0,
            });
        }
        let entries = events.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        let tiles = store::tiles(work.conn(), &tiles_for_append(old.size)?).await?;
        let growth = append(&tiles, &old, &entries)?;
        let keys = self.keys();
        let note = keys.sign(Checkpoint::new(keys.origin(), growth.head)?)?;
        store::save_growth(&work, &growth, &events, &note).await?;
        work.commit().await?;
        Ok(SealedUpTo {
            size: growth.head.size,
            sealed: events.len() as u64,
        })
    }

    /// The tree of a stored checkpoint, whose own signature is checked first.
    pub(crate) fn head(&self, note: Option<String>) -> Outcome<TreeHead> {
        let Some(note) = note else {
            return Ok(TreeHead::EMPTY);
        };
        let signed = SignedCheckpoint::parse(&note)?;
        verified(&signed, &self.keys())
    }

    /// Continues the stored log under the name of the keys that it is opened with, as after a change of the public
    /// address or when a log has to begin anew after a restore. The tree stays; its newest checkpoint, which has to be
    /// signed by one of the same keys under the former name, is signed anew.
    ///
    /// # Errors
    /// [`TransparencyError::Log`] when the stored checkpoint is not signed by a known key, [`TransparencyError::Key`]
    /// when nobody may sign here, [`TransparencyError::NotFound`] when nothing is stored or the name is the same.
    pub async fn rename(&self) -> Outcome<Renamed> {
        let mut work = self.kernel.begin(&Actor::system("evidence")).await?;
        if !store::try_lock(&work).await? {
            return Err(KernelError::Conflict {
                subject: "evidence log",
            }
            .into());
        }
        let note = store::latest(work.conn()).await?;
        let signed = SignedCheckpoint::parse(&note.ok_or(TransparencyError::NotFound)?)?;
        let (keys, from) = (self.keys(), signed.unverified().origin().to_owned());
        if from == keys.origin() {
            return Err(TransparencyError::NotFound);
        }
        let head = verified(&signed, &keys.named(&from)?)?;
        let anew = keys.sign(Checkpoint::new(keys.origin(), head)?)?;
        store::replace_checkpoint(&work, head.size, &anew).await?;
        let renamed = Renamed {
            from,
            to: keys.origin().to_owned(),
            size: head.size,
        };
        let subject = Subject::new("evidence_log", work.next_id());
        let happened = Happened::new("evidence_log.renamed", "存证日志更名").data(serde_json::json!(renamed));
        work.note(subject, None, happened)?;
        work.commit().await?;
        Ok(renamed)
    }

    /// The newest signed checkpoint; an empty tree is signed on the fly.
    ///
    /// # Errors
    /// [`TransparencyError::Kernel`].
    pub async fn checkpoint(&self) -> Outcome<String> {
        match store::latest(self.kernel.db().read()).await? {
            Some(note) => Ok(note),
            None => {
                let keys = self.keys();
                let empty = Checkpoint::new(keys.origin(), TreeHead::EMPTY)?;
                Ok(keys.sign(empty)?.to_string())
            }
        }
    }

    /// The bytes of a tile or entry bundle.
    ///
    /// # Errors
    /// [`TransparencyError::NotFound`] for one that no signed tree holds.
    pub async fn tile(&self, path: TilePath) -> Outcome<Vec<u8>> {
        store::tile(self.kernel.db().read(), path)
            .await?
            .ok_or(TransparencyError::NotFound)
    }

    /// Proof that an event is in the log.
    ///
    /// # Errors
    /// [`TransparencyError::NotFound`], [`TransparencyError::NotSealed`].
    pub async fn prove(&self, event: Uuid) -> Outcome<Proof> {
        let row = store::event(self.kernel.db(), event)
            .await?
            .ok_or(TransparencyError::NotFound)?;
        self.prove_row(row).await
    }

    /// Proof of the last event about a subject, e.g. of the last act on a licence.
    ///
    /// # Errors
    /// [`TransparencyError::NotFound`], [`TransparencyError::NotSealed`].
    pub async fn prove_about(&self, subject: (&str, Uuid)) -> Outcome<Proof> {
        let row = store::last_event(self.kernel.db(), subject).await?;
        self.prove_row(row.ok_or(TransparencyError::NotFound)?).await
    }

    /// Proof that a file belongs to a subject: of the first event about it that names the file's SHA-256 (lower-case
    /// hex). When the platform itself acted, the proof carries salt and body of the event, so that it shows by
    /// itself what was logged; an event that names a person keeps that to itself.
    ///
    /// # Errors
    /// [`TransparencyError::NotFound`], [`TransparencyError::NotSealed`].
    pub async fn prove_file(&self, subject: (&str, Uuid), sha256: &str) -> Outcome<Proof> {
        let row = store::event_naming(self.kernel.db(), subject, sha256).await?;
        let row = row.ok_or(TransparencyError::NotFound)?;
        let disclosed = row
            .account
            .is_none()
            .then(|| [row.salt.as_slice(), row.body.as_bytes()].concat());
        let mut proof = self.prove_row(row).await?;
        if let Some(disclosed) = disclosed {
            let bundle = ProofBundle::parse(&proof.bundle)?;
            proof.bundle = bundle.with_extra(&disclosed).to_string();
        }
        Ok(proof)
    }

    async fn prove_row(&self, row: event::Model) -> Outcome<Proof> {
        let index = row
            .log_index
            .and_then(|index| u64::try_from(index).ok())
            .ok_or(TransparencyError::NotSealed)?;
        let note = store::latest(self.kernel.db().read())
            .await?
            .ok_or(TransparencyError::NotSealed)?;
        let signed = SignedCheckpoint::parse(&note)?;
        let size = signed.unverified().head().size;
        let tiles = store::tiles(self.kernel.db().read(), &tiles_for_inclusion(index, size)?).await?;
        let bundle = ProofBundle::prove(&tiles, index, signed)?;
        let entry = data_encoding::HEXLOWER.encode(entry(&row)?.as_ref());
        let sealed_at = store::sealed_at(self.kernel.db()).await?;
        Ok(Proof {
            index,
            entry,
            bundle: bundle.to_string(),
            at: row.at,
            tree_size: size,
            sealed_at,
        })
    }

    /// Events that match, newest first, for auditors.
    ///
    /// # Errors
    /// [`TransparencyError::Forbidden`].
    pub async fn events(
        &self,
        actor: &Actor,
        filter: &event::EventFilter,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<event::Event>> {
        actor.require(Permission::AuditRead)?;
        let everywhere = actor.scope.regions.iter().any(String::is_empty);
        let filter = event::EventFilter {
            regions: (!everywhere).then(|| actor.scope.regions.clone()),
            ..filter.clone()
        };
        Ok(event::find(self.kernel.db(), &filter, before, limit + 1).await?)
    }

    /// What the subjects of events are called, by identifier; one question for each type.
    ///
    /// # Errors
    /// [`TransparencyError::Kernel`].
    pub async fn names(&self, events: &[event::Event]) -> Outcome<BTreeMap<Uuid, String>> {
        let mut names = BTreeMap::new();
        for source in self.sources.iter() {
            let of_type = events
                .iter()
                .filter(|one| one.body.subject_type == source.subject());
            let ids: BTreeSet<Uuid> = of_type.map(|one| one.body.subject_id).collect();
            if !ids.is_empty() {
                let ids: Vec<Uuid> = ids.into_iter().collect();
                names.extend(source.names(self.kernel.db(), &ids).await?);
            }
        }
        Ok(names)
    }
}

/// The tree of a checkpoint that one of the keys signed.
fn verified(signed: &SignedCheckpoint, keys: &LogKeys) -> Outcome<TreeHead> {
    let trust = keys.trust();
    let trust = trust.ok_or_else(|| TransparencyError::Key("no key is known".into()))?;
    match trust.verify(signed) {
        Err(evidence::Error::WrongOrigin { found }) => Err(TransparencyError::Origin {
            found,
            configured: keys.origin().to_owned(),
        }),
        outcome => Ok(outcome?.checkpoint.head()),
    }
}

/// The log entry of an event: a salted hash, so that the public log tells nobody anything.
pub(crate) fn entry(row: &event::Model) -> Result<EntryHash, KernelError> {
    let salt: &[u8; 16] = row
        .salt
        .as_slice()
        .try_into()
        .map_err(|_| KernelError::Corrupt(format!("salt of event {}", row.seq)))?;
    Ok(EntryHash::of(salt, row.body.as_bytes()))
}

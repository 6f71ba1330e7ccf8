//! Sealing events and proving them.

use std::{path::Path, sync::Arc, time::Duration};

use axum::http::StatusCode;
use evidence::{
    Checkpoint, EntryHash, LogKey, ProofBundle, SignedCheckpoint, TilePath, TreeHead, append,
    tiles_for_append, tiles_for_inclusion,
};
use kernel::{Actor, Kernel, KernelError, Permission, Problem, access::Forbidden, event, problem::chain};
use uuid::Uuid;

use crate::{
    model::{Proof, SealedUpTo},
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

/// The capability.
#[derive(Clone)]
pub struct Transparency {
    pub(crate) kernel: Kernel,
    key: Arc<LogKey>,
    origin: Arc<str>,
}

type Outcome<T> = Result<T, TransparencyError>;

impl Transparency {
    /// Opens the log. Its key is read from `key_file`, which is made with a fresh key if missing.
    ///
    /// # Errors
    /// [`TransparencyError::Key`].
    pub fn open(kernel: Kernel, origin: &str, key_file: &Path) -> Outcome<Self> {
        let fault = |error: &dyn std::fmt::Display| TransparencyError::Key(error.to_string());
        let key = match std::fs::read_to_string(key_file) {
            Ok(text) => LogKey::parse(text.trim())?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = LogKey::from_seed(origin, &kernel.random_bytes::<32>())?;
                write_secret(key_file, &key.secret_text()).map_err(|e| fault(&e))?;
                key
            }
            Err(error) => return Err(fault(&error)),
        };
        Ok(Self {
            kernel,
            key: Arc::new(key),
            origin: origin.into(),
        })
    }

    /// The key with which outsiders verify checkpoints, in the form of signed-note.
    pub fn verifier_key(&self) -> String {
        self.key.verifier().to_string()
    }

    /// Origin line of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Seals until the future is dropped: soon after each act, and at least every few seconds.
    pub async fn run(&self) {
        loop {
            if let Err(error) = self.seal_all().await {
                tracing::error!(error = chain(&error), "sealing");
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            let pause = tokio::time::sleep(Duration::from_secs(2));
            tokio::select! {
                () = pause => {}
                // A moment's rest gathers the acts of many into one checkpoint.
                () = self.kernel.changed() => tokio::time::sleep(Duration::from_millis(500)).await,
            }
        }
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
        let note = self.key.sign(Checkpoint::new(&self.origin, growth.head)?)?;
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
        let trust = evidence::Trust::new(&self.origin, self.key.verifier());
        Ok(trust.verify(&signed)?.checkpoint.head())
    }

    /// The newest signed checkpoint; an empty tree is signed on the fly.
    ///
    /// # Errors
    /// [`TransparencyError::Kernel`].
    pub async fn checkpoint(&self) -> Outcome<String> {
        match store::latest(self.kernel.db().read()).await? {
            Some(note) => Ok(note),
            None => Ok(self
                .key
                .sign(Checkpoint::new(&self.origin, TreeHead::EMPTY)?)?
                .to_string()),
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
        Ok(event::find(self.kernel.db(), filter, before, limit + 1).await?)
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

/// Writes a secret so that only the owner can read it.
fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

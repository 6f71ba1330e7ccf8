//! Backups: everything that an installation must not lose, in a folder that outlives it.
//!
//! ```text
//! files/ab/<sha256>            stored files, shared by all snapshots and written once
//! snapshots/<moment>/
//!   manifest.json              what the snapshot is
//!   database/…                 the database at one moment
//!   keys/…                     the key store, encrypted as it is
//!   rules/…                    rule data of the installation's own
//!   SHA256SUMS                 every file above and every stored file, as `sha256sum -c` reads it
//! ```
//!
//! The database is copied first and the files after it: a file is stored before the act that refers to it is
//! committed, so that no act of the copy lacks its files. A snapshot gets its name when it is complete.

mod make;
mod restore;
mod sums;

use std::path::{Path, PathBuf};

use kernel::{KernelError, snapshot::Dump, snapshot::SnapshotError};
use serde::{Deserialize, Serialize};

use crate::PlatformError;
pub use make::make;
pub use restore::{check, restore};

/// Version of the layout.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const SUMS: &str = "SHA256SUMS";
const SNAPSHOTS: &str = "snapshots";
const FILES: &str = "files";
const DATABASE: &str = "database";
const KEYS: &str = "keys";
const RULES: &str = "rules";
/// Ending of the name of a snapshot that is not complete.
const PART: &str = "part";

/// Why there is no backup, or it could not be put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file of the backup could not be read or written.
    #[error("{path}")]
    Io {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The database could not be copied or put back.
    #[error("database")]
    Database(#[from] SnapshotError),
    /// The file store failed.
    #[error("file store")]
    Files(#[from] KernelError),
    /// The installation cannot be opened.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// The folder holds no complete backup, or not the one asked for.
    #[error("{0} holds no such backup")]
    None(String),
    /// The backup is of another format.
    #[error("the backup has format {0}, this program reads format 1")]
    Format(u32),
    /// The manifest cannot be read.
    #[error("manifest.json")]
    Manifest(#[source] serde_json::Error),
    /// The list of checksums cannot be read.
    #[error("SHA256SUMS, line {0}: not a checksum and a path")]
    Sums(usize),
    /// Something in the backup is missing or was changed; nothing was restored.
    #[error("the backup is damaged: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Damaged(Vec<Damage>),
    /// Stored files of the installation are damaged; everything else was saved.
    #[error("damaged files in the installation: {}", .0.join(", "))]
    Source(Vec<String>),
    /// The target of a restore holds something already.
    #[error("{0} is not empty: restore into an empty installation only")]
    NotEmpty(String),
}

impl BackupError {
    fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Io { path, source }
    }
}

/// What is wrong with a file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// The file, as in `SHA256SUMS`.
    pub path: String,
    /// What is wrong.
    pub fault: Fault,
}

/// Kinds of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The file is gone.
    Missing,
    /// Its content is not what was written.
    Changed,
    /// The list of checksums is not the one that was written.
    Listed,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fault = match self.fault {
            Fault::Missing => "is missing",
            Fault::Changed => "was changed",
            Fault::Listed => "does not list what it should",
        };
        write!(f, "{} {fault}", self.path)
    }
}

/// What a snapshot is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the layout.
    pub format: u32,
    /// When it was begun (RFC 3339, UTC).
    pub made_at: String,
    /// Version of the program that made it.
    pub program: String,
    /// Public address of the installation.
    pub public_url: String,
    /// Origin line of its evidence log.
    pub log_origin: String,
    /// The database.
    pub database: Dump,
    /// Stored files.
    pub files: u64,
    /// Their size together, bytes.
    pub files_bytes: u64,
    /// Lines of `SHA256SUMS` without its own.
    pub entries: u64,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BackupReport {
    /// Name of the snapshot.
    pub snapshot: String,
    /// Where it lies.
    pub path: PathBuf,
    /// `sqlite` or `postgres`.
    pub engine: &'static str,
    /// Size of the copied database, bytes.
    pub database_bytes: u64,
    /// Stored files in the backup.
    pub files: u64,
    /// Of these, copied this time.
    pub files_new: u64,
    /// Size of what was copied this time, bytes.
    pub files_new_bytes: u64,
    /// Files of the key store.
    pub keys: u64,
    /// Files of the installation's own rule data.
    pub rules: u64,
    /// Seconds it took.
    pub seconds: f64,
}

/// What was found or put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Name of the snapshot.
    pub snapshot: String,
    /// Where it lies.
    pub path: PathBuf,
    /// When it was made (RFC 3339, UTC).
    pub made_at: String,
    /// Files whose checksum was compared.
    pub checked: u64,
    /// Their size together, bytes.
    pub bytes: u64,
    /// What is wrong.
    pub damage: Vec<Damage>,
}

/// What a backup is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Comparing checksums.
    Checking,
    /// Copying the database, in pages or tables.
    Database,
    /// Copying stored files.
    Files,
}

/// Hears how far it is: stage, steps done, steps in all (0 while unknown).
pub type Progress<'a> = &'a (dyn Fn(Stage, u64, u64) + Send + Sync);

/// The complete snapshots of a backup, oldest first.
fn snapshots(folder: &Path) -> Result<Vec<String>, BackupError> {
    let path = folder.join(SNAPSHOTS);
    let entries = match std::fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(BackupError::io(&path)(error)),
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names
        .filter(|name| !name.ends_with(PART) && path.join(name).join(SUMS).is_file())
        .collect();
    names.sort();
    Ok(names)
}

/// Every file below a folder, as paths from it with `/`, sorted.
fn below(folder: &Path) -> Result<Vec<String>, BackupError> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).map_err(BackupError::io(&next))? {
            let path = entry.map_err(BackupError::io(&next))?.path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(relative) = path.strip_prefix(folder) {
                found.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    Ok(found)
}

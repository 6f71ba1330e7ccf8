//! Making a backup while the platform works.

use std::{
    fs,
    path::{Path, PathBuf},
};

use certificate::KeyStore;
use futures::{StreamExt, TryStreamExt};
use kernel::{Blobs, Clock, KernelError, blobs::StoredFile, problem::chain, snapshot, snapshot::Dump};
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

use super::{
    BackupError, BackupReport, DATABASE, FILES, FORMAT, KEYS, MANIFEST, Manifest, PART, Progress, RULES,
    SNAPSHOTS, SUMS, Stage, below, snapshots,
    sums::{self, Sum, sum_of},
};
use crate::{Config, files};

/// Files copied at the same time.
const AT_ONCE: usize = 8;

/// Backs an installation up into a folder, beside the snapshots that are there; with `keep`, older ones beyond that
/// number are removed afterwards.
///
/// # Errors
/// [`BackupError`]. After [`BackupError::Source`] the snapshot exists, without the damaged files.
pub async fn make(
    config: &Config,
    folder: &Path,
    keep: Option<usize>,
    clock: &dyn Clock,
    progress: Progress<'_>,
) -> Result<BackupReport, BackupError> {
    let begun = clock.now();
    let name = free_name(folder, &name_of(begun));
    let part = prepare(folder, &name)?;
    let database = part.join(DATABASE);
    make_folder(&database)?;
    let dump = snapshot::dump(&config.database(), &database, &|done, total| {
        progress(Stage::Database, done, total);
    })
    .await?;
    let stored = copy_files(&files(config)?, &folder.join(FILES), progress).await?;
    let keys = copy_keys(config, &part.join(KEYS))?;
    let rules = copy_rules(config, &part.join(RULES))?;
    let done = finish(config, &part, begun, dump, &stored)?;
    let path = publish(folder, &part, &name)?;
    if let Some(keep) = keep {
        thin_out(folder, keep)?;
    }
    if !stored.damaged.is_empty() {
        return Err(BackupError::Source(stored.damaged));
    }
    Ok(BackupReport {
        snapshot: name,
        path,
        engine: done.engine,
        database_bytes: done.database_bytes,
        files: stored.all.len() as u64,
        files_new: stored.new,
        files_new_bytes: stored.new_bytes,
        keys,
        rules,
        seconds: (clock.now() - begun).as_seconds_f64(),
    })
}

/// `20260302T040000Z`: sorts by time.
fn name_of(moment: OffsetDateTime) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    moment
        .format(format)
        .unwrap_or_else(|_| moment.unix_timestamp().to_string())
}

/// The name, or with a number when there is a snapshot of the same second.
fn free_name(folder: &Path, name: &str) -> String {
    let taken = |name: &str| folder.join(SNAPSHOTS).join(name).exists();
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| !taken(name))
        .unwrap_or_else(|| name.to_owned())
}

/// The folder of the new snapshot; what an earlier run left half done is removed.
fn prepare(folder: &Path, name: &str) -> Result<PathBuf, BackupError> {
    let snapshots = folder.join(SNAPSHOTS);
    make_folder(&snapshots)?;
    let part = snapshots.join(format!("{name}.{PART}"));
    for entry in fs::read_dir(&snapshots).map_err(BackupError::io(&snapshots))? {
        let path = entry.map_err(BackupError::io(&snapshots))?.path();
        if path.extension().is_some_and(|ending| ending == PART) {
            fs::remove_dir_all(&path).map_err(BackupError::io(&path))?;
        }
    }
    make_folder(&part)?;
    Ok(part)
}

/// Makes a folder that only its owner can look into.
pub(super) fn make_folder(path: &Path) -> Result<(), BackupError> {
    use std::os::unix::fs::DirBuilderExt;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(BackupError::io(path))
}

/// Stored files in the backup.
#[derive(Default)]
struct Stored {
    all: Vec<StoredFile>,
    new: u64,
    new_bytes: u64,
    damaged: Vec<String>,
}

enum Copied {
    Old(StoredFile),
    New(StoredFile),
    Damaged(String),
}

/// Copies the files that the backup does not have yet.
async fn copy_files(blobs: &Blobs, folder: &Path, progress: Progress<'_>) -> Result<Stored, BackupError> {
    let listed: Vec<StoredFile> = blobs.stored().try_collect().await?;
    let (total, mut stored) = (listed.len() as u64, Stored::default());
    let mut copies = futures::stream::iter(listed)
        .map(|file| copy_file(blobs, folder, file))
        .buffer_unordered(AT_ONCE);
    while let Some(copied) = copies.next().await {
        match copied? {
            Copied::Old(file) => stored.all.push(file),
            Copied::New(file) => {
                stored.new += 1;
                stored.new_bytes += file.size;
                stored.all.push(file);
            }
            Copied::Damaged(sha256) => stored.damaged.push(sha256),
        }
        progress(
            Stage::Files,
            (stored.all.len() + stored.damaged.len()) as u64,
            total,
        );
    }
    stored.all.sort_by(|a, b| a.sha256.cmp(&b.sha256));
    stored.damaged.sort();
    Ok(stored)
}

async fn copy_file(blobs: &Blobs, folder: &Path, file: StoredFile) -> Result<Copied, BackupError> {
    let path = folder.join(place_of(&file.sha256));
    if fs::metadata(&path).is_ok_and(|there| there.len() == file.size) {
        return Ok(Copied::Old(file));
    }
    let bytes = match blobs.get_checked(&file.sha256).await {
        Ok(bytes) => bytes,
        Err(error @ KernelError::Corrupt(_)) => {
            tracing::error!(
                error = chain(&error),
                "a stored file is damaged and was not saved"
            );
            return Ok(Copied::Damaged(file.sha256));
        }
        Err(error) => return Err(error.into()),
    };
    let written = path.clone();
    tokio::task::spawn_blocking(move || write_new(&written, &bytes))
        .await
        .map_err(std::io::Error::other)
        .flatten()
        .map_err(BackupError::io(&path))?;
    Ok(Copied::New(file))
}

/// `ab/<sha256>`.
pub(super) fn place_of(sha256: &str) -> String {
    format!("{}/{sha256}", sha256.get(..2).unwrap_or("__"))
}

/// Writes beside the target, syncs and renames: under its name a file is always whole.
fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// Copies the keys as they are, encrypted, while nobody changes them.
fn copy_keys(config: &Config, to: &Path) -> Result<u64, BackupError> {
    let from = config.data_dir.join(KEYS);
    if !from.is_dir() {
        return Ok(0);
    }
    let store = config.keys_dir();
    let _alone = match KeyStore::exists(&store) {
        true => Some(KeyStore::lock(&store).map_err(crate::PlatformError::from)?),
        false => None,
    };
    copy_tree(&from, to, |path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name != "lock" && !name.ends_with(".new")
    })
}

fn copy_rules(config: &Config, to: &Path) -> Result<u64, BackupError> {
    match &config.rules_dir {
        Some(from) if from.is_dir() => copy_tree(from, to, |_| true),
        _ => Ok(0),
    }
}

/// Copies all wanted files below a folder.
pub(super) fn copy_tree(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool) -> Result<u64, BackupError> {
    let mut count = 0;
    for path in below(from)?.into_iter().filter(|path| wanted(path)) {
        let (source, target) = (from.join(&path), to.join(&path));
        let bytes = fs::read(&source).map_err(BackupError::io(&source))?;
        if let Some(folder) = target.parent() {
            make_folder(folder)?;
        }
        write_new(&target, &bytes).map_err(BackupError::io(&target))?;
        count += 1;
    }
    Ok(count)
}

struct Finished {
    engine: &'static str,
    database_bytes: u64,
}

/// Writes manifest and checksums.
fn finish(
    config: &Config,
    part: &Path,
    begun: OffsetDateTime,
    dump: Dump,
    stored: &Stored,
) -> Result<Finished, BackupError> {
    let own = below(part)?;
    let manifest = Manifest {
        format: FORMAT,
        made_at: begun.format(&Rfc3339).unwrap_or_default(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        public_url: config.public_url.clone(),
        log_origin: config.origin(),
        files: stored.all.len() as u64,
        files_bytes: stored.all.iter().map(|file| file.size).sum(),
        entries: own.len() as u64 + 1 + stored.all.len() as u64,
        database: dump,
    };
    let text = serde_json::to_vec_pretty(&manifest).map_err(BackupError::Manifest)?;
    let path = part.join(MANIFEST);
    write_new(&path, &text).map_err(BackupError::io(&path))?;
    let (mut sums, mut database_bytes) = (Vec::new(), 0);
    for path in own.into_iter().chain([MANIFEST.to_owned()]) {
        let file = part.join(&path);
        let (sha256, size) = sum_of(&file).map_err(BackupError::io(&file))?;
        if path.starts_with(DATABASE) {
            database_bytes += size;
        }
        sums.push(Sum { sha256, path });
    }
    sums.extend(stored.all.iter().map(|file| Sum {
        path: format!("../../{FILES}/{}", place_of(&file.sha256)),
        sha256: file.sha256.clone(),
    }));
    sums::write(&part.join(SUMS), &sums)?;
    let engine = match manifest.database {
        Dump::Sqlite { .. } => "sqlite",
        Dump::Postgres { .. } => "postgres",
    };
    Ok(Finished {
        engine,
        database_bytes,
    })
}

/// Gives the complete snapshot its name.
fn publish(folder: &Path, part: &Path, name: &str) -> Result<PathBuf, BackupError> {
    let snapshots = folder.join(SNAPSHOTS);
    let path = snapshots.join(name);
    fs::rename(part, &path).map_err(BackupError::io(&path))?;
    for folder in [&path, &snapshots] {
        let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(BackupError::io(folder))?;
    }
    Ok(path)
}

/// Removes the oldest snapshots beyond a number. Stored files stay: they are never changed, and later snapshots
/// share them.
fn thin_out(folder: &Path, keep: usize) -> Result<(), BackupError> {
    let names = snapshots(folder)?;
    let surplus = names.len().saturating_sub(keep.max(1));
    for name in names.into_iter().take(surplus) {
        let path = folder.join(SNAPSHOTS).join(name);
        fs::remove_dir_all(&path).map_err(BackupError::io(&path))?;
    }
    Ok(())
}

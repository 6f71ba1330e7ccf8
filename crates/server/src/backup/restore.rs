//! Checking a backup, and putting it back into an empty installation.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use futures::StreamExt;
use kernel::snapshot::{self, SnapshotError};

use super::{
    BackupError, CheckReport, DATABASE, Damage, FILES, FORMAT, Fault, KEYS, MANIFEST, Manifest, Progress,
    RULES, SNAPSHOTS, SUMS, Stage, make, snapshots,
    sums::{self, Sum, sum_of},
};
use crate::{Config, Migrations, files};

/// What stored files are said to be while they are put back; the register of files knows better.
const SOME_TYPE: &str = "application/octet-stream";

/// Compares every file of a snapshot with its checksum: the newest one unless another is named.
///
/// # Errors
/// [`BackupError`] when the snapshot cannot be read at all; what is damaged is in the report.
pub async fn check(
    folder: &Path,
    snapshot: Option<&str>,
    progress: Progress<'_>,
) -> Result<CheckReport, BackupError> {
    let (report, _) = examine(folder, snapshot, progress).await?;
    Ok(report)
}

/// Puts a snapshot back, the newest one unless another is named. Everything is checked before anything is written,
/// and nothing that exists is overwritten.
///
/// # Errors
/// [`BackupError`]; after an error in the middle the target is to be thrown away.
pub async fn restore(
    config: &Config,
    folder: &Path,
    snapshot: Option<&str>,
    progress: Progress<'_>,
) -> Result<CheckReport, BackupError> {
    check_target(config).await?;
    let (report, found) = examine(folder, snapshot, progress).await?;
    let Some(found) = found.filter(|_| report.damage.is_empty()) else {
        return Err(BackupError::Damaged(report.damage));
    };
    put_files(config, folder, &found.sums, progress).await?;
    put_tree(&found.path.join(KEYS), &config.data_dir.join(KEYS))?;
    if let Some(rules) = config.rules_dir.as_deref().filter(|rules| is_empty(rules)) {
        put_tree(&found.path.join(RULES), rules)?;
    }
    let database = found.path.join(DATABASE);
    let told = |done, total| progress(Stage::Database, done, total);
    snapshot::restore::<Migrations>(&config.database(), &database, &found.manifest.database, &told).await?;
    Ok(report)
}

/// A snapshot that is whole.
struct Found {
    path: PathBuf,
    manifest: Manifest,
    sums: Vec<Sum>,
}

async fn examine(
    folder: &Path,
    snapshot: Option<&str>,
    progress: Progress<'_>,
) -> Result<(CheckReport, Option<Found>), BackupError> {
    let known = snapshots(folder)?;
    let name = match snapshot {
        Some(asked) => known.into_iter().find(|name| name == asked),
        None => known.into_iter().next_back(),
    };
    let name = name.ok_or_else(|| BackupError::None(folder.display().to_string()))?;
    let path = folder.join(SNAPSHOTS).join(&name);
    let sums = sums::read(&path.join(SUMS))?;
    let mut report = CheckReport {
        snapshot: name,
        path: path.clone(),
        made_at: String::new(),
        checked: 0,
        bytes: 0,
        damage: Vec::new(),
    };
    compare(&mut report, &path, &sums, progress).await?;
    if !report.damage.is_empty() {
        return Ok((report, None));
    }
    let manifest = read_manifest(&path)?;
    report.made_at.clone_from(&manifest.made_at);
    // Lines that were taken out of the list would hide what was taken out of the backup.
    if manifest.entries != sums.len() as u64 {
        report.damage.push(Damage {
            path: SUMS.to_owned(),
            fault: Fault::Listed,
        });
        return Ok((report, None));
    }
    Ok((report, Some(Found { path, manifest, sums })))
}

async fn compare(
    report: &mut CheckReport,
    path: &Path,
    sums: &[Sum],
    progress: Progress<'_>,
) -> Result<(), BackupError> {
    let at_once = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let mut compared = futures::stream::iter(sums)
        .map(|sum| async move {
            let file = path.join(&sum.path);
            let read = tokio::task::spawn_blocking(move || sum_of(&file)).await;
            (sum, read.map_err(std::io::Error::other).flatten())
        })
        .buffered(at_once);
    while let Some((sum, read)) = compared.next().await {
        let damage = |fault| Damage {
            path: sum.path.clone(),
            fault,
        };
        report.checked += 1;
        match read {
            Ok((sha256, size)) => {
                report.bytes += size;
                if sha256 != sum.sha256 {
                    report.damage.push(damage(Fault::Changed));
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                report.damage.push(damage(Fault::Missing));
            }
            Err(error) => return Err(BackupError::io(&path.join(&sum.path))(error)),
        }
        progress(Stage::Checking, report.checked, sums.len() as u64);
    }
    Ok(())
}

fn read_manifest(path: &Path) -> Result<Manifest, BackupError> {
    let path = path.join(MANIFEST);
    let bytes = fs::read(&path).map_err(BackupError::io(&path))?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(BackupError::Manifest)?;
    match manifest.format {
        FORMAT => Ok(manifest),
        other => Err(BackupError::Format(other)),
    }
}

/// Refuses a target that holds anything.
async fn check_target(config: &Config) -> Result<(), BackupError> {
    match snapshot::check_empty(&config.database()).await {
        Err(SnapshotError::NotEmpty(what)) => return Err(BackupError::NotEmpty(what)),
        outcome => outcome?,
    }
    for name in [KEYS, FILES] {
        let folder = config.data_dir.join(name);
        if !is_empty(&folder) {
            return Err(BackupError::NotEmpty(folder.display().to_string()));
        }
    }
    // A folder would be made by opening it; a bucket is there already.
    if let Some(url) = &config.files_url
        && files(config)?.stored().next().await.transpose()?.is_some()
    {
        return Err(BackupError::NotEmpty(url.clone()));
    }
    Ok(())
}

/// Also when it does not exist.
fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none()) || !folder.exists()
}

async fn put_files(
    config: &Config,
    folder: &Path,
    sums: &[Sum],
    progress: Progress<'_>,
) -> Result<(), BackupError> {
    let blobs = files(config)?;
    let stored: Vec<&Sum> = sums.iter().filter(|sum| sum.path.starts_with("../../")).collect();
    let total = stored.len() as u64;
    let mut put = futures::stream::iter(stored)
        .map(|sum| async {
            let path = folder.join(FILES).join(make::place_of(&sum.sha256));
            let bytes = tokio::fs::read(&path).await.map_err(BackupError::io(&path))?;
            let kept = blobs.put(Bytes::from(bytes), SOME_TYPE).await?;
            // It was checked a moment ago; a disk that changes its mind is not to be trusted.
            match kept.sha256 == sum.sha256 {
                true => Ok(()),
                false => Err(BackupError::Damaged(vec![Damage {
                    path: sum.path.clone(),
                    fault: Fault::Changed,
                }])),
            }
        })
        .buffer_unordered(8);
    let mut done = 0;
    while let Some(outcome) = put.next().await {
        outcome?;
        done += 1;
        progress(Stage::Files, done, total);
    }
    Ok(())
}

fn put_tree(from: &Path, to: &Path) -> Result<(), BackupError> {
    if !from.is_dir() {
        return Ok(());
    }
    make::copy_tree(from, to, |_| true)?;
    Ok(())
}

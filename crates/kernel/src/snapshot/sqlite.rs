//! Copies of an embedded database: page by page, through the engine.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, backup::Backup, backup::StepResult};
use tokio::sync::mpsc;

use super::{Dump, Progress, SnapshotError};

const FILE: &str = "anxu.sqlite";
/// Pages copied between two reports.
const PAGES: i32 = 4096;

/// The file behind `sqlite://path?options`.
fn path_of(url: &str) -> PathBuf {
    let bare = url.strip_prefix("sqlite:").unwrap_or(url);
    let bare = bare.strip_prefix("//").unwrap_or(bare);
    PathBuf::from(bare.split('?').next().unwrap_or(bare))
}

pub(super) async fn dump(url: &str, folder: &Path, progress: Progress<'_>) -> Result<Dump, SnapshotError> {
    let from = path_of(url);
    if !from.is_file() {
        return Err(SnapshotError::Missing(from.display().to_string()));
    }
    let to = folder.join(FILE);
    let (told, mut steps) = mpsc::unbounded_channel();
    let copying = tokio::task::spawn_blocking(move || copy(&from, &to, &told));
    while let Some((done, total)) = steps.recv().await {
        progress(done, total);
    }
    copying
        .await
        .map_err(|error| SnapshotError::Stopped(error.to_string()))??;
    Ok(Dump::Sqlite {
        file: FILE.to_owned(),
    })
}

fn copy(from: &Path, to: &Path, told: &mpsc::UnboundedSender<(u64, u64)>) -> Result<(), SnapshotError> {
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    source.busy_timeout(Duration::from_secs(15))?;
    // The first read fixes the moment; whatever is committed afterwards stays out, and nobody has to wait.
    source.execute_batch("BEGIN; SELECT count(*) FROM sqlite_master;")?;
    let mut target = Connection::open(to)?;
    {
        let backup = Backup::new(&source, &mut target)?;
        loop {
            let step = backup.step(PAGES)?;
            let pages = backup.progress();
            let count = |pages: i32| u64::try_from(pages).unwrap_or(0);
            // Nobody listening is no reason to stop.
            let _ = told.send((count(pages.pagecount - pages.remaining), count(pages.pagecount)));
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
    target.close().map_err(|(_, error)| error)?;
    source.execute_batch("COMMIT")?;
    fs::File::open(to)?.sync_all()?;
    check(to)
}

/// Reads the whole copy once.
fn check(path: &Path) -> Result<(), SnapshotError> {
    let copy = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let verdict: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    copy.close().map_err(|(_, error)| error)?;
    match verdict.as_str() {
        "ok" => Ok(()),
        _ => Err(SnapshotError::Damaged(verdict)),
    }
}

pub(super) fn check_empty(url: &str) -> Result<(), SnapshotError> {
    let path = path_of(url);
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.clone().into_os_string();
        name.push(ending);
        if Path::new(&name).exists() {
            return Err(SnapshotError::NotEmpty(PathBuf::from(name).display().to_string()));
        }
    }
    Ok(())
}

pub(super) async fn restore(url: &str, from: &Path) -> Result<(), SnapshotError> {
    let (from, to) = (from.to_owned(), path_of(url));
    let placing = tokio::task::spawn_blocking(move || place(&from, &to));
    placing
        .await
        .map_err(|error| SnapshotError::Stopped(error.to_string()))?
}

/// Copies beside the target and renames: a crash leaves no half database where one is looked for.
fn place(from: &Path, to: &Path) -> Result<(), SnapshotError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = to.with_extension("restoring");
    fs::copy(from, &beside)?;
    check(&beside)?;
    fs::File::open(&beside)?.sync_all()?;
    fs::rename(&beside, to)?;
    Ok(())
}

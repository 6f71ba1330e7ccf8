//! `anxu backup` and `anxu restore`.

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    sync::Mutex,
    time::{Duration, Instant},
};

use kernel::SystemClock;
use serde::Serialize;
use server::{
    Config,
    backup::{self, CheckReport, Stage},
};
use transparency::AuditReport;

use crate::{Outcome, audit, output};

/// Where to back up to.
#[derive(clap::Args)]
pub struct BackupArgs {
    /// Folder of the backup; snapshots are added to it, stored files are copied once.
    folder: PathBuf,
    /// Keep this many snapshots, remove older ones.
    #[arg(long, value_name = "N")]
    keep: Option<usize>,
    /// Make none: compare the newest one with its checksums.
    #[arg(long, conflicts_with = "keep")]
    check: bool,
    /// With --check: this snapshot instead of the newest.
    #[arg(long, requires = "check", value_name = "NAME")]
    snapshot: Option<String>,
}

/// What to restore.
#[derive(clap::Args)]
pub struct RestoreArgs {
    /// Folder of the backup.
    folder: PathBuf,
    /// This snapshot instead of the newest.
    #[arg(long, value_name = "NAME")]
    snapshot: Option<String>,
}

/// Makes a backup while the platform works, or checks one.
pub async fn backup(config: Config, args: BackupArgs, json: bool) -> Outcome {
    let shown = Shown::default();
    let progress = |stage, done, total| shown.tell(stage, done, total);
    if args.check {
        let report = backup::check(&args.folder, args.snapshot.as_deref(), &progress).await?;
        shown.end();
        print_check(&report, json)?;
        return Ok(report.damage.is_empty());
    }
    let report = backup::make(&config, &args.folder, args.keep, &SystemClock, &progress).await?;
    shown.end();
    if json {
        output::print(&serde_json::to_string_pretty(&report)?)?;
    } else {
        output::print(&format!(
            "备份完成：{}\n数据库 {} 字节，文件 {} 个（新增 {} 个、{} 字节），密钥文件 {} 个，规则文件 {} 个，用时 {:.1} 秒",
            report.path.display(),
            report.database_bytes,
            report.files,
            report.files_new,
            report.files_new_bytes,
            report.keys,
            report.rules,
            report.seconds
        ))?;
    }
    Ok(true)
}

/// What a restore comes to.
#[derive(Serialize)]
struct Restored {
    restored: CheckReport,
    audit: AuditReport,
}

/// Puts a backup into an empty installation and audits it.
pub async fn restore(config: Config, args: RestoreArgs, json: bool) -> Outcome {
    let shown = Shown::default();
    let progress = |stage, done, total| shown.tell(stage, done, total);
    let restored = backup::restore(&config, &args.folder, args.snapshot.as_deref(), &progress).await;
    shown.end();
    let restored = match restored {
        Err(backup::BackupError::Damaged(damage)) if json => {
            output::print(&serde_json::to_string_pretty(
                &serde_json::json!({ "damage": damage }),
            )?)?;
            return Ok(false);
        }
        outcome => outcome?,
    };
    if !json {
        output::print(&format!(
            "已从 {}（{}）恢复，核对 {} 个文件",
            restored.snapshot, restored.made_at, restored.checked
        ))?;
    }
    let audit = audit::report(config).await?;
    let clean = audit.is_clean();
    if json {
        output::print(&serde_json::to_string_pretty(&Restored { restored, audit })?)?;
    } else {
        audit::print(&audit)?;
    }
    Ok(clean)
}

fn print_check(report: &CheckReport, json: bool) -> Result<(), Box<dyn std::error::Error>> {
    if json {
        output::print(&serde_json::to_string_pretty(report)?)?;
        return Ok(());
    }
    let (snapshot, checked, bytes) = (&report.snapshot, report.checked, report.bytes);
    let mut lines = vec![format!("{snapshot}：核对 {checked} 个文件，{bytes} 字节")];
    lines.extend(report.damage.iter().map(|damage| format!("✗ {damage}")));
    let whole = report.damage.is_empty();
    lines.push(
        if whole {
            "备份完好"
        } else {
            "备份已损坏，请勿使用"
        }
        .to_owned(),
    );
    output::print(&lines.join("\n"))?;
    Ok(())
}

/// Progress on standard error: one line that is written over on a terminal, a line now and then in a log.
#[derive(Default)]
struct Shown(Mutex<Option<(Stage, Instant)>>);

impl Shown {
    fn tell(&self, stage: Stage, done: u64, total: u64) {
        let terminal = std::io::stderr().is_terminal();
        let pause = Duration::from_millis(if terminal { 200 } else { 10_000 });
        let mut last = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let fresh = last.is_none_or(|(shown, at)| shown != stage || at.elapsed() >= pause);
        if !fresh && done != total {
            return;
        }
        *last = Some((stage, Instant::now()));
        let what = match stage {
            Stage::Checking => "核对",
            Stage::Database => "数据库",
            Stage::Files => "文件",
        };
        let mut out = std::io::stderr().lock();
        // Progress that cannot be shown is no reason to stop.
        let _ = match terminal {
            true => write!(out, "\r\x1b[K{what} {done}/{total}"),
            false => writeln!(out, "{what} {done}/{total}"),
        };
    }

    fn end(&self) {
        if std::io::stderr().is_terminal() {
            let _ = writeln!(std::io::stderr());
        }
    }
}

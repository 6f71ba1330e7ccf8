//! Where the figures were taken.

use std::{path::Path, process::Command};

use serde::{Deserialize, Serialize};

use crate::{Outcome, options::Options, process::output};

/// Machine, day, versions.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Facts(Vec<(String, String)>);

impl Facts {
    /// Of this machine, now.
    pub fn gather(options: &Options) -> Self {
        let python = |code: &str| said(Command::new(&options.python).args(["-c", code]));
        let version = |tool: &str| said(Command::new(options.pg_bin.join(tool)).arg("--version"));
        let all = [
            (
                "date",
                said(Command::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"])),
            ),
            ("commit", commit()),
            ("processor", processor()),
            ("memory", memory()),
            ("system", said(Command::new("uname").args(["-sr"]))),
            ("disk", disk(options)),
            ("rustc", said(Command::new("rustc").arg("--version"))),
            ("PostgreSQL", version("postgres")),
            (
                "SQLite",
                format!(
                    "{} in the program; command line {}",
                    rusqlite::version(),
                    said(Command::new("sqlite3").arg("--version"))
                        .chars()
                        .take(6)
                        .collect::<String>()
                ),
            ),
            ("Python peers", python(PEERS)),
        ];
        Self(all.map(|(name, text)| (name.to_owned(), text)).to_vec())
    }

    /// As a list for the report.
    pub fn markdown(&self) -> String {
        let lines = self.0.iter().map(|(name, text)| format!("- {name}: {text}\n"));
        lines.collect()
    }
}

const PEERS: &str = "import sys, importlib.metadata as m; print('Python', sys.version.split()[0], \
    *(n + ' ' + m.version(n) for n in ('reportlab', 'weasyprint', 'pyHanko', 'cryptography')))";

fn said(command: &mut Command) -> String {
    output(command).map_or_else(|_| "unknown".into(), |text| text.trim().to_owned())
}

fn commit() -> String {
    let head = said(Command::new("git").args(["rev-parse", "--short=12", "HEAD"]));
    let changed = said(Command::new("git").args([
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--",
        "crates",
        "data",
        "bench",
        "Cargo.lock",
    ]));
    match changed.lines().count() {
        0 => head,
        files => format!("{head} with {files} files changed"),
    }
}

fn first_of(file: &str, key: &str) -> Outcome<String> {
    let text = std::fs::read_to_string(file)?;
    let line = text.lines().find(|line| line.starts_with(key));
    let value = line.and_then(|line| line.split_once(':'));
    Ok(value.ok_or("no such line")?.1.trim().to_owned())
}

fn processor() -> String {
    let name = first_of("/proc/cpuinfo", "model name").unwrap_or_else(|_| "unknown".into());
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{name}, {cores} cores")
}

fn memory() -> String {
    let kilobytes = first_of("/proc/meminfo", "MemTotal").unwrap_or_default();
    let number = kilobytes
        .split_whitespace()
        .next()
        .and_then(|text| text.parse::<f64>().ok());
    number.map_or_else(|| "unknown".into(), |kb| format!("{:.0} GB", kb / 1_048_576.0))
}

/// The file system that holds the data.
fn disk(options: &Options) -> String {
    let temporary = std::env::temp_dir();
    let folder: &Path = options.folder.as_deref().unwrap_or(&temporary);
    let text = said(Command::new("df").arg("--output=fstype,source").arg(folder));
    let line = text.lines().nth(1).unwrap_or("unknown");
    line.split_whitespace().collect::<Vec<_>>().join(" on ")
}

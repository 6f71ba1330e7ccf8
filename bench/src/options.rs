//! What is measured, and where its parts are found.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::base::Engine;

/// A group of rows of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Row {
    /// Making and signing certificates.
    Certificate,
    /// A city's certificates in one job.
    City,
    /// Import and bulk load. The data of all rows below come from it, so it is always done.
    Import,
    /// Sealing and proofs.
    Evidence,
    /// Search of enterprises.
    Search,
    /// Commits of whole acts.
    Commit,
    /// The work of a legal day over all licences.
    Nightly,
    /// Public status over HTTP.
    Status,
    /// Every list over HTTP.
    Lists,
    /// The ledger of collaboration with a hundred thousand pieces of work in hand.
    Ledger,
    /// Start, memory, sizes.
    Start,
}

/// How to measure.
#[derive(Args)]
pub struct Options {
    /// Numbers of enterprises (each with a licence).
    #[arg(long, value_delimiter = ',', default_value = "10000,100000,1000000")]
    pub sizes: Vec<usize>,
    /// Databases.
    #[arg(long, value_delimiter = ',', value_enum, default_value = "sqlite,postgres")]
    pub databases: Vec<Engine>,
    /// Rows; all unless given. What is not measured keeps its figures of the last run.
    #[arg(long, value_delimiter = ',', value_enum)]
    pub rows: Vec<Row>,
    /// Seconds of each run under load.
    #[arg(long, default_value_t = 8)]
    pub seconds: u64,
    /// Licences of the city whose certificates are made in one job.
    #[arg(long, default_value_t = 12_000)]
    pub city: usize,
    /// Applications that are brought before the leader, to be granted by one client and as many again by 16.
    #[arg(long, default_value_t = 400)]
    pub applications: usize,
    /// The program.
    #[arg(long, default_value = "target/release/anxu")]
    pub anxu: PathBuf,
    /// Python with the peers' libraries.
    #[arg(long, default_value = "target/bench/venv/bin/python")]
    pub python: PathBuf,
    /// Folder of psql and pgbench.
    #[arg(long, env = "ANXU_BENCH_PG_BIN", default_value = "/usr/bin")]
    pub pg_bin: PathBuf,
    /// The PostgreSQL cluster.
    #[arg(long, env = "ANXU_TEST_POSTGRES")]
    pub postgres: Option<String>,
    /// Folder for the data; a temporary one unless given.
    #[arg(long)]
    pub folder: Option<PathBuf>,
    /// Figures for programs; those of rows not measured now are kept.
    #[arg(long, default_value = "target/bench/results.json")]
    pub results: PathBuf,
    /// The report, whose text outside of the marks stays.
    #[arg(long, default_value = "docs/benchmarks.md")]
    pub document: PathBuf,
}

impl Options {
    /// Whether a row is to be measured.
    pub fn wants(&self, row: Row) -> bool {
        self.rows.is_empty() || self.rows.contains(&row)
    }

    /// Whether any row needs the data of a size.
    pub fn wants_data(&self) -> bool {
        self.rows.is_empty() || self.rows.iter().any(|row| *row >= Row::Import)
    }
}

//! `anxu-bench`: measures the product against its goals, with the peers in the same run.
//!
//! `make bench` prepares what it needs and runs it; the report is `docs/benchmarks.md`. Data come into being through
//! the use cases of the product, never by writing tables.

// A benchmark talks to the person at the terminal.
#![allow(clippy::print_stdout)]

mod bare;
mod base;
mod city;
mod load;
mod machine;
mod options;
mod process;
mod report;
mod rows;
mod stats;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;
use options::Options;

/// As in the program that is measured.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What a measurement comes to.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures the product against its goals.
#[derive(Parser)]
#[command(name = "anxu-bench", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure, and write the report.
    Run(Box<Options>),
    /// Serve answers of a fixed size with axum alone: the peer of the status page.
    Bare(bare::Args),
}

#[tokio::main]
async fn main() -> Outcome<()> {
    match Cli::parse().command {
        Command::Run(options) => rows::run(&options).await,
        Command::Bare(args) => bare::serve(args).await,
    }
}

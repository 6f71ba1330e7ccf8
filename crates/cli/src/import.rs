//! `anxu import` takes lists over.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use kernel::Actor;
use registry::{ErrorFormat, ImportOptions, ImportReport};
use server::Config;

use crate::{Outcome, output, serve};

/// What to import.
#[derive(Subcommand)]
pub enum Command {
    /// Enterprises from an xlsx or csv file.
    Enterprises(Args),
}

/// Which list, and how to take it.
#[derive(clap::Args)]
pub struct Args {
    /// The file.
    file: PathBuf,
    /// Check only, change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Change enterprises that are registered already where the file says otherwise.
    #[arg(long)]
    update: bool,
    /// GB/T 2260 code for rows whose region neither a column nor the code tells.
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    /// Where to write the refused rows with what to mend; xlsx if named so, else csv.
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
}

/// Imports; success only when the file was read to its end and no row refused.
pub async fn run(config: Config, command: Command, json: bool) -> Outcome {
    let Command::Enterprises(args) = command;
    let platform = serve::open(config).await?;
    let registry = &platform.registry;
    let actor = Actor::system("anxu import");
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let options = ImportOptions {
        dry_run: args.dry_run,
        update: args.update,
        default_region: args.region,
        ..ImportOptions::default()
    };
    let bytes = std::fs::read(&args.file)?;
    let report = registry
        .import_file(&actor, &name, bytes.into(), options, |_| {})
        .await?;
    if let Some(path) = &args.errors {
        let refused = registry.import_errors(&actor, report.id, format(path)).await?;
        std::fs::write(path, refused)?;
    }
    let text = if json {
        serde_json::to_string_pretty(&report)?
    } else {
        in_words(&report)
    };
    output::print(&text)?;
    Ok(report.refused == 0 && report.failure.is_none())
}

fn format(path: &Path) -> ErrorFormat {
    match path.extension() {
        Some(end) if end.eq_ignore_ascii_case("xlsx") => ErrorFormat::Xlsx,
        _ => ErrorFormat::Csv,
    }
}

fn in_words(report: &ImportReport) -> String {
    let counts = format!(
        "读取 {} 行：登记 {}，变更 {}，跳过 {}，退回 {}；登记的企业中代码有疑问的 {}",
        report.read, report.taken, report.changed, report.skipped, report.refused, report.warned
    );
    let trial = if report.dry_run {
        "（试运行，未改动数据）"
    } else {
        ""
    };
    let failure = report.failure.as_deref().map(|why| format!("\n✗ {why}"));
    format!("{counts}{trial}{}", failure.unwrap_or_default())
}

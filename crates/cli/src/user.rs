//! `anxu user` makes the first administrator; `anxu import` takes lists over.

use std::{io::Read, path::PathBuf};

use clap::Subcommand;
use identity::{End, Identity, NewAccount};
use kernel::{Actor, Role, Scope};
use server::Config;

use crate::{Outcome, serve};

/// What to do with accounts.
#[derive(Subcommand)]
pub enum Command {
    /// Make an administrator. The password is read from standard input.
    CreateAdmin {
        /// Login name.
        login: String,
        /// Name of the person.
        #[arg(long)]
        name: String,
        /// GB/T 2260 code of the region administered, e.g. 3601.
        #[arg(long)]
        region: String,
    },
}

/// Does it.
pub async fn run(config: Config, command: Command) -> Outcome {
    let Command::CreateAdmin { login, name, region } = command;
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    let identity = Identity::new(serve::foundation(config).await?.kernel);
    let account = NewAccount {
        login,
        name,
        end: End::Government,
        roles: vec![Role::Administrator],
        scope: Scope {
            regions: vec![region.clone()],
            ..Scope::default()
        },
        region,
        phone: None,
        password: password.trim_end_matches(['\r', '\n']).to_owned(),
        must_change_password: false,
    };
    identity.create(&Actor::system("anxu user"), account).await?;
    Ok(true)
}

/// What to import.
#[derive(Subcommand)]
pub enum Import {
    /// Enterprises from an xlsx or csv file.
    Enterprises {
        /// The file.
        file: PathBuf,
        /// Check only, change nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

/// Imports; success only when the file was read to its end and no row refused.
pub async fn import(config: Config, command: Import, json: bool) -> Outcome {
    let Import::Enterprises { file, dry_run } = command;
    let platform = serve::open(config).await?;
    crate::user::enterprises(&platform, &file, dry_run, json).await
}

#[allow(clippy::print_stdout, reason = "the report is the output")]
async fn enterprises(
    platform: &server::Platform,
    file: &std::path::Path,
    dry_run: bool,
    json: bool,
) -> Outcome {
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let bytes = std::fs::read(file)?;
    let options = registry::ImportOptions {
        dry_run,
        ..registry::ImportOptions::default()
    };
    let report = platform
        .registry
        .import_file(
            &Actor::system("anxu import"),
            &name,
            bytes.into(),
            options,
            |_| {},
        )
        .await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{}", in_words(&report));
    }
    Ok(report.refused == 0 && report.failure.is_none())
}

fn in_words(report: &registry::ImportReport) -> String {
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

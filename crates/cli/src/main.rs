//! The `anxu` program.

mod audit;
mod backup;
mod demo;
mod import;
mod keys;
mod log;
mod openapi;
mod output;
mod serve;
mod user;
mod verify;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// Gives memory back after a burst: making a city left a third of what the system's allocator kept.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Work-safety licensing and supervision.
#[derive(Parser)]
#[command(name = "anxu", version, about)]
struct Cli {
    /// Configuration file; `anxu.toml` in the working folder unless given. `ANXU_*` variables override it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// Report as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the platform.
    Serve,
    /// Make a demo city of invented enterprises with an account for every role, and serve it.
    Demo(demo::Args),
    /// Bring the database up to date.
    Migrate,
    /// Verify a certificate (PDF file) or the text of its QR code.
    Verify(verify::Args),
    /// Check every sealed row, file, event and log entry against each other.
    Audit,
    /// Back database, files, keys and rule data up while the platform works.
    Backup(backup::BackupArgs),
    /// Put a backup into an empty installation, and audit it.
    Restore(backup::RestoreArgs),
    /// Keys of the authority, of the signing bodies, of timestamps, QR codes and the evidence log.
    #[command(subcommand)]
    Keys(keys::Command),
    /// The evidence log.
    #[command(subcommand)]
    Log(log::Command),
    /// Write the stored signed PDF of a licence.
    Certificate(audit::CertificateArgs),
    /// Print the OpenAPI document.
    Openapi,
    /// Accounts.
    #[command(subcommand)]
    User(user::Command),
    /// Import data.
    #[command(subcommand)]
    Import(import::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    serve::start_logging();
    let cli = Cli::parse();
    let config = match server::Config::load(cli.config.as_deref()) {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    let outcome = match cli.command {
        Command::Serve => serve::serve(config).await,
        Command::Demo(args) => demo::run(config, args).await,
        Command::Migrate => serve::foundation(config).await.map(|_| true).map_err(Into::into),
        Command::Verify(args) => verify::run(&config, args, cli.json).await,
        Command::Audit => audit::run(config, cli.json).await,
        Command::Backup(args) => backup::backup(config, args, cli.json).await,
        Command::Restore(args) => backup::restore(config, args, cli.json).await,
        Command::Keys(command) => keys::run(&config, command, cli.json),
        Command::Log(command) => log::run(config, command, cli.json).await,
        Command::Certificate(args) => audit::certificate(config, args).await,
        Command::Openapi => openapi::run().await,
        Command::User(command) => user::run(config, command).await,
        Command::Import(command) => import::run(config, command, cli.json).await,
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => fail(error.as_ref()),
    }
}

/// The whole chain of causes, once.
#[allow(clippy::print_stderr)]
fn fail(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    eprintln!("anxu: {}", kernel::problem::chain(error));
    ExitCode::FAILURE
}

/// What a command comes to: whether it succeeded, or why it could not be done.
type Outcome = Result<bool, Box<dyn std::error::Error>>;

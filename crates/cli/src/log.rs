//! `anxu log`: the evidence log.

use clap::Subcommand;
use server::{Config, keyring};
use transparency::Transparency;

use crate::{Outcome, output, serve};

/// What to do with the log.
#[derive(Subcommand)]
pub enum Command {
    /// Continue the stored log under the configured name, as after a change of the public address. Tell those who
    /// follow it first: for them it is another log.
    Rename,
}

/// Does it.
pub async fn run(config: Config, command: Command, json: bool) -> Outcome {
    let Command::Rename = command;
    keyring::check(&config)?;
    let keys = keyring::signing_keys(&config)?;
    let foundation = serve::foundation(config).await?;
    let renamed = Transparency::open(foundation.kernel, keys).rename().await?;
    output::print(&if json {
        serde_json::to_string_pretty(&renamed)?
    } else {
        format!(
            "存证日志 {} 更名为 {}（{} 条）",
            renamed.from, renamed.to, renamed.size
        )
    })?;
    Ok(true)
}

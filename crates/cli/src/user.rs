//! `anxu user` makes the first administrator.

use std::io::Read;

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

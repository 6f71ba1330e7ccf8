//! Serving, and the demo installation.

use std::sync::Arc;

use identity::{End, IdentityError, NewAccount};
use kernel::{Actor, RandomIds, Role, Scope, SystemClock};
use server::{Config, Foundation, Platform, PlatformError};
use tracing_subscriber::EnvFilter;

use crate::Outcome;

/// Password of every demo account. Exists in demos only.
const DEMO_PASSWORD: &str = "Anxu-demo-2026";

/// Log lines to standard error; `RUST_LOG` chooses which.
pub fn start_logging() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,tower_http=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

/// Opens the platform with the machine's clock.
pub async fn open(config: Config) -> Result<Platform, Box<dyn std::error::Error>> {
    let opened: Result<Platform, PlatformError> =
        Platform::open(config, Arc::new(SystemClock), Arc::new(RandomIds)).await;
    Ok(opened?)
}

/// Opens database, files and rules only: what needs no keys works without them.
pub async fn foundation(config: Config) -> Result<Foundation, PlatformError> {
    Foundation::open(config, Arc::new(SystemClock), Arc::new(RandomIds)).await
}

/// Serves until stopped by a signal.
pub async fn serve(config: Config) -> Outcome {
    let platform = open(config).await?;
    listen(platform).await
}

/// A demo: its own keys, an account for every role, every page marked.
pub async fn demo(config: Config) -> Outcome {
    let platform = open(Config { demo: true, ..config }).await?;
    for (login, name, end, role, department) in DEMO_ACCOUNTS {
        let scope = Scope {
            regions: vec!["3601".into()],
            department: department.map(str::to_owned),
            enterprise: None,
        };
        let account = NewAccount {
            login: (*login).to_owned(),
            name: format!("{name}（演示）"),
            end: *end,
            roles: vec![*role],
            scope,
            region: "3601".into(),
            phone: None,
            password: DEMO_PASSWORD.into(),
            must_change_password: false,
        };
        match platform.identity.create(&Actor::system("演示"), account).await {
            Ok(_) | Err(IdentityError::LoginTaken) => {}
            Err(error) => return Err(error.into()),
        }
    }
    announce(&platform);
    listen(platform).await
}

/// Login, name, end, role and department of the demo accounts.
const DEMO_ACCOUNTS: &[(&str, &str, End, Role, Option<&str>)] = &[
    ("admin", "系统管理员", End::Government, Role::Administrator, None),
    ("auditor", "审计员", End::Government, Role::Auditor, None),
    (
        "clerk",
        "窗口受理员",
        End::Government,
        Role::WindowClerk,
        Some("emergency"),
    ),
    (
        "fire",
        "消防审查员",
        End::Committee,
        Role::DepartmentReviewer,
        Some("fire"),
    ),
    (
        "first",
        "初审员",
        End::Government,
        Role::FirstReviewer,
        Some("emergency"),
    ),
    (
        "second",
        "复审员",
        End::Government,
        Role::SecondReviewer,
        Some("emergency"),
    ),
    (
        "approver",
        "分管领导",
        End::Government,
        Role::Approver,
        Some("emergency"),
    ),
    (
        "inspector",
        "执法人员",
        End::Government,
        Role::Inspector,
        Some("emergency"),
    ),
    ("regulator", "属地监管员", End::Government, Role::Regulator, None),
];

#[allow(
    clippy::print_stdout,
    reason = "this is what the person at the terminal waits for"
)]
fn announce(platform: &Platform) {
    println!("Anxu demo: {}", platform.config.public_url);
    println!("API and documentation: {}/api/docs", platform.config.public_url);
    println!("Accounts, all with the password {DEMO_PASSWORD}:");
    for (login, name, ..) in DEMO_ACCOUNTS {
        println!("  {login:<10} {name}");
    }
}

async fn listen(platform: Platform) -> Outcome {
    let listener = tokio::net::TcpListener::bind(platform.config.listen).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    server::run(platform, server::metrics()?, listener, stopped()).await?;
    Ok(true)
}

/// Ends at Ctrl-C or SIGTERM.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupt.await;
        return;
    };
    tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
}

//! Serving.

use std::{io::IsTerminal, sync::Arc};

use ::demo::{DemoClock, DemoError, Found};
use kernel::{RandomIds, SystemClock};
use server::{Config, Foundation, Platform, PlatformError, keyring};
use time::Duration;
use tracing_subscriber::EnvFilter;

use crate::Outcome;

/// Log lines to standard error; `RUST_LOG` chooses which.
pub fn start_logging() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,sea_orm_migration=warn,tower_http=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
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
    // Said before anything is made or migrated.
    keyring::check(&config)?;
    let clock = Arc::new(DemoClock::running(Duration::ZERO));
    let foundation = Foundation::open(config, clock.clone(), Arc::new(RandomIds)).await?;
    let city = matches!(
        ::demo::look(&foundation.kernel).await,
        Ok(Found::City(_)) | Err(DemoError::Unfinished)
    );
    if !city {
        return listen(Platform::over(foundation)?).await;
    }
    if !foundation.config.demo {
        return Err(DemoError::Unmarked.into());
    }
    // The city goes on where it was left, under its own clock.
    clock.resume(::demo::ahead(&foundation.kernel).await?);
    listen(Platform::over(foundation)?.with_movable_clock(clock)).await
}

/// Serves the open platform until stopped by a signal.
pub async fn listen(platform: Platform) -> Outcome {
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

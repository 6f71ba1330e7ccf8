//! What everything stands on: settings, database, files and rules, without keys. Commands that sign nothing need
//! no more.

use std::{path::Path, sync::Arc, time::Duration};

use kernel::{Blobs, Clock, Db, DbConfig, IdSource, Kernel, RuleFiles};

use crate::{Config, PlatformError, platform::Migrations};

/// An open installation without its keys. Cheap to clone.
#[derive(Clone)]
pub struct Foundation {
    /// Settings.
    pub config: Arc<Config>,
    /// Database, files and rules.
    pub kernel: Kernel,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl Foundation {
    /// Opens database, files and rules; migrates the database.
    ///
    /// # Errors
    /// [`PlatformError`] says what is missing.
    pub async fn open(
        config: Config,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, PlatformError> {
        make_folder(&config.data_dir)?;
        let db = connect(&config).await?;
        db.migrate::<Migrations>()
            .await
            .map_err(|source| unusable(&config, source))?;
        Self::over(config, db, clock, ids)
    }

    /// Over a database that is open and up to date.
    ///
    /// # Errors
    /// [`PlatformError`] when the file store cannot be opened.
    pub fn over(
        config: Config,
        db: Db,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, PlatformError> {
        let rules = RuleFiles::new(config.rules_dir.clone());
        let kernel = Kernel::new(db, Arc::clone(&clock), ids, files(&config)?, rules);
        Ok(Self {
            config: Arc::new(config),
            kernel,
            clock,
        })
    }
}

/// The file store of an installation.
///
/// # Errors
/// [`PlatformError`] when its address is not understood or the folder cannot be made.
pub fn files(config: &Config) -> Result<Blobs, PlatformError> {
    Ok(match &config.files_url {
        Some(url) => Blobs::s3(url)?,
        None => Blobs::folder(&config.data_dir.join("files"))?,
    })
}

/// Connects, waiting for a database that is still starting. Does not migrate.
///
/// # Errors
/// [`PlatformError::Database`] when it stays away.
pub async fn connect(config: &Config) -> Result<Db, PlatformError> {
    let address = DbConfig {
        url: config.database(),
        connections: config.database_connections,
    };
    let mut tries = 0;
    loop {
        match Db::connect(&address).await {
            Ok(db) => return Ok(db),
            Err(error) if tries >= 10 => return Err(unusable(config, error)),
            Err(error) => {
                tracing::warn!(%error, "database not reachable yet");
                tries += 1;
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        }
    }
}

fn unusable(config: &Config, source: sea_orm::DbErr) -> PlatformError {
    PlatformError::Database {
        url: without_password(&config.database()),
        source,
    }
}

fn make_folder(path: &Path) -> Result<(), PlatformError> {
    std::fs::create_dir_all(path).map_err(|source| PlatformError::Folder {
        path: path.display().to_string(),
        source,
    })
}

/// The address as it may be logged.
fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => format!("{}…{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}

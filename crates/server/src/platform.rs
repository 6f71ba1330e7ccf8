//! Composition: opens database, files, keys and rules and puts the capabilities together.

use std::{sync::Arc, time::Duration};

use identity::Identity;
use kernel::{
    Blobs, Clock, Db, DbConfig, IdSource, JobHandler, Kernel, KernelError, RuleFiles, Workers,
    audit::AuditSource,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use transparency::{Transparency, TransparencyError};

use crate::Config;

/// Why the platform does not start.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// The database cannot be opened or migrated.
    #[error("database {url}")]
    Database {
        /// Its address.
        url: String,
        /// Why.
        #[source]
        source: sea_orm::DbErr,
    },
    /// A folder cannot be made.
    #[error("folder {path}")]
    Folder {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The kernel failed.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// The evidence log cannot be opened.
    #[error(transparent)]
    Transparency(#[from] TransparencyError),
}

/// All migrations of all capabilities, in order.
pub struct Migrations;

impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = kernel::db::migrations();
        all.extend(identity::migrations());
        all.extend(transparency::migrations());
        all
    }
}

/// The platform: every capability over one kernel.
#[derive(Clone)]
pub struct Platform {
    /// Settings.
    pub config: Arc<Config>,
    /// The kernel.
    pub kernel: Kernel,
    /// Accounts.
    pub identity: Identity,
    /// The evidence log.
    pub transparency: Transparency,
}

impl Platform {
    /// Opens everything; migrates the database.
    ///
    /// # Errors
    /// [`PlatformError`] says what is missing.
    pub async fn open(
        config: Config,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, PlatformError> {
        make_folder(&config.data_dir)?;
        let url = config.database();
        let db = connect(&url, config.database_connections).await?;
        let blobs = Blobs::folder(&config.data_dir.join("files"))?;
        let rules = RuleFiles::new(config.rules_dir.clone());
        let kernel = Kernel::new(db, clock, ids, blobs, rules);
        let log_key = config.data_dir.join("keys").join("log.key");
        Ok(Self {
            identity: Identity::new(kernel.clone()),
            transparency: Transparency::open(kernel.clone(), &config.origin(), &log_key)?,
            kernel,
            config: Arc::new(config),
        })
    }

    /// The workers for all jobs.
    pub fn workers(&self) -> Workers {
        let handlers: Vec<Arc<dyn JobHandler>> = Vec::new();
        Workers::new(self.kernel.clone(), handlers, self.config.workers)
    }

    /// What the audit compares with the events.
    pub fn audit_sources(&self) -> Vec<Arc<dyn AuditSource>> {
        vec![
            Arc::new(identity::AccountAudit),
            Arc::new(identity::QualificationAudit),
        ]
    }
}

fn make_folder(path: &std::path::Path) -> Result<(), PlatformError> {
    std::fs::create_dir_all(path).map_err(|source| PlatformError::Folder {
        path: path.display().to_string(),
        source,
    })
}

/// Connects, waiting for a database that is still starting, and migrates.
async fn connect(url: &str, connections: u32) -> Result<Db, PlatformError> {
    let failed = |source| PlatformError::Database {
        url: without_password(url),
        source,
    };
    let config = DbConfig {
        url: url.to_owned(),
        connections,
    };
    let mut tries = 0;
    let db = loop {
        match Db::connect(&config).await {
            Ok(db) => break db,
            Err(error) if tries >= 10 => return Err(failed(error)),
            Err(error) => {
                tracing::warn!(%error, "database not reachable yet");
                tries += 1;
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        }
    };
    db.migrate::<Migrations>().await.map_err(failed)?;
    Ok(db)
}

/// The address as it may be logged.
fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => format!("{}…{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}

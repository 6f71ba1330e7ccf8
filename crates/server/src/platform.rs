//! Composition: opens database, files, keys and rules and puts the capabilities together.

use std::{sync::Arc, time::Duration};

use applications::Applications;
use identity::Identity;
use kernel::{
    Blobs, Clock, Db, DbConfig, IdSource, JobHandler, Kernel, KernelError, RuleFiles, Workers,
    audit::AuditSource,
};
use licences::{Licences, LicencesError};
use matters::{Matters, MattersError};
use press::{Press, PressError, PressOptions};
use public::{Parts, Public, Site as PublicSite};
use registry::{Registry, RegistryError};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use transparency::{Transparency, TransparencyError};

use crate::{
    Config,
    wiring::{CertificateProver, Evidence, LicenceRegister},
};

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
    /// Keys, fonts or templates are missing.
    #[error("keys and fonts (without a demo, make keys first with `anxu keys create`)")]
    Press(#[from] PressError),
    /// Rule data of matters are wrong.
    #[error(transparent)]
    Matters(#[from] MattersError),
    /// Code tables are wrong.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// Rule data of licences are wrong.
    #[error(transparent)]
    Licences(#[from] LicencesError),
}

/// All migrations of all capabilities, in order.
pub struct Migrations;

impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = kernel::db::migrations();
        all.extend(identity::migrations());
        all.extend(registry::migrations());
        all.extend(applications::migrations());
        all.extend(licences::migrations());
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
    /// Enterprises.
    pub registry: Registry,
    /// Matter definitions.
    pub matters: Matters,
    /// Applications.
    pub applications: Applications,
    /// Licences.
    pub licences: Licences,
    /// The evidence log.
    pub transparency: Transparency,
    /// Signed documents.
    pub press: Press,
    /// Public pages and verification.
    pub public: Public,
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
        let kernel = Kernel::new(db, Arc::clone(&clock), ids, blobs, rules);
        let press = open_press(&config, &clock)?;
        Self::compose(config, kernel, press, clock)
    }

    fn compose(
        config: Config,
        kernel: Kernel,
        press: Press,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PlatformError> {
        let identity = Identity::new(kernel.clone());
        let registry = Registry::new(kernel.clone())?;
        let matters = Matters::new(kernel.clone())?;
        let applications = Applications::new(
            kernel.clone(),
            identity.clone(),
            registry.clone(),
            matters.catalogue(),
            matters.city(),
            matters.calendar(),
            press.clone(),
        );
        let licences = Licences::new(
            kernel.clone(),
            applications.clone(),
            matters.catalogue(),
            matters.city(),
            press.clone(),
        )?;
        let log_key = config.data_dir.join("keys").join("log.key");
        let transparency = Transparency::open(kernel.clone(), &config.origin(), &log_key)?;
        let city = matters.city();
        let public = Public::new(Parts {
            site: PublicSite {
                city: city.name.clone(),
                operator: city
                    .authorities
                    .first()
                    .map(|body| body.name.clone())
                    .unwrap_or_default(),
                public_url: config.public_url.trim_end_matches('/').to_owned(),
                hotline: None,
                demo: config.demo,
            },
            clock,
            register: Arc::new(LicenceRegister {
                licences: licences.clone(),
                registry: registry.clone(),
            }),
            prover: Arc::new(CertificateProver {
                trust: press.trust().clone(),
            }),
            evidence: Some(Arc::new(Evidence {
                log: transparency.clone(),
                licences: licences.clone(),
            })),
            catalogue: matters.catalogue(),
            matters_city: city,
        });
        let config = Arc::new(config);
        Ok(Self {
            config,
            kernel,
            identity,
            registry,
            matters,
            applications,
            licences,
            transparency,
            press,
            public,
        })
    }

    /// The workers for all jobs.
    pub fn workers(&self) -> Workers {
        let mut handlers: Vec<Arc<dyn JobHandler>> = registry::handlers(self.registry.clone());
        handlers.extend(applications::handlers(self.applications.clone()));
        handlers.extend(licences::handlers(self.licences.clone()));
        Workers::new(self.kernel.clone(), handlers, self.config.workers)
    }

    /// What the audit compares with the events.
    pub fn audit_sources(&self) -> Vec<Arc<dyn AuditSource>> {
        vec![
            Arc::new(identity::AccountAudit),
            Arc::new(identity::QualificationAudit),
            Arc::new(registry::EnterpriseAudit),
            Arc::new(registry::StaffAudit),
            Arc::new(registry::FacilityAudit),
            Arc::new(applications::ApplicationAudit),
            Arc::new(licences::LicenceAudit),
        ]
    }
}

/// Opens keys, fonts and templates. A demo makes its own marked keys.
fn open_press(config: &Config, clock: &Arc<dyn Clock>) -> Result<Press, PlatformError> {
    let passphrase = config.keys_passphrase.as_deref().unwrap_or("demo");
    let authority = config.demo.then_some("南昌市应急管理局");
    let folder = config.data_dir.join("keys").join("pki");
    let keys = Press::keys(&folder, passphrase, authority, clock.now())?;
    let options = PressOptions {
        public_url: config.public_url.clone(),
        fonts: config.fonts_dir.clone(),
        templates: config.rules_dir.as_ref().map(|folder| folder.join("templates")),
        demo: config.demo,
        location: "江西省南昌市".into(),
        tsa_url: config.tsa_url.clone(),
        concurrency: config.workers,
    };
    let clock = Arc::clone(clock);
    Ok(Press::open(&keys, options, move || clock.now())?)
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

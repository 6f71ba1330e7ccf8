//! Composition: opens database, files, keys and rules and puts the capabilities together.

use std::sync::Arc;

use applications::Applications;
use certificate::CertificateError;
use collaboration::{Collaboration, CollaborationError};
use identity::Identity;
use kernel::{Clock, IdSource, JobHandler, Kernel, KernelError, MovableClock, Workers, audit::AuditSource};
use licences::{Licences, LicencesError};
use matters::{Matters, MattersError};
use notices::{Notices, NoticesError};
use press::{Press, PressError};
use public::{Parts, Public, Site as PublicSite};
use registry::{Registry, RegistryError};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use transparency::{Transparency, TransparencyError};

use crate::{
    Config, DemoLogins, Foundation, Life,
    demo_clock::DemoClockControl,
    keyring,
    wiring::{
        ADOPT_JOB, AdoptChange, CertificateProver, EnterpriseFiles, Evidence, HoldersDuties, LicenceLookup,
        LicenceRegister, Names, RegistryNames, WorkLists,
    },
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
    /// The passphrase of the keys is not set.
    #[error(
        "the passphrase of the keys is not set: set ANXU_KEYS_PASSPHRASE, or name a file that holds it in \
         ANXU_KEYS_PASSPHRASE_FILE (only a demo works without)"
    )]
    NoPassphrase,
    /// The file with the passphrase cannot be read.
    #[error("passphrase file {path} (setting ANXU_KEYS_PASSPHRASE_FILE)")]
    PassphraseFile {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// There are no keys.
    #[error("there are no keys in {path}: make them with `anxu keys create`")]
    NoKeys {
        /// Where they are looked for.
        path: String,
    },
    /// Keys of a demo outside of one, or the other way round.
    #[error(
        "the keys in {path} are {}: use another data folder (ANXU_DATA_DIR)",
        if *.demo { "those of a demo and must not sign real licences" } else { "real and must not sign for a demo" }
    )]
    WrongKeys {
        /// Where they are.
        path: String,
        /// Whether they are a demo's.
        demo: bool,
    },
    /// The setting names no body of the city.
    #[error("ANXU_AUTHORITY is {found:?}, but the bodies in the city's file are: {known}")]
    Authority {
        /// What is set.
        found: String,
        /// The bodies that there are.
        known: String,
    },
    /// The key store cannot be used.
    #[error("key store")]
    Keys(#[from] CertificateError),
    /// Keys, fonts or templates cannot be used.
    #[error("keys, fonts or templates")]
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
    /// Rule data of notices, or the ways out of the application, are wrong.
    #[error(transparent)]
    Notices(#[from] NoticesError),
    /// Rule data of collaboration are wrong.
    #[error(transparent)]
    Collaboration(#[from] CollaborationError),
}

/// All migrations of all capabilities, in order.
pub struct Migrations;

impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = kernel::db::migrations();
        all.extend(identity::migrations());
        all.extend(registry::migrations());
        all.extend(matters::migrations());
        all.extend(applications::migrations());
        all.extend(licences::migrations());
        all.extend(notices::migrations());
        all.extend(collaboration::migrations());
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
    /// The ledger across departments.
    pub collaboration: Collaboration,
    /// Notices.
    pub notices: Notices,
    /// The evidence log.
    pub transparency: Transparency,
    /// Signed documents.
    pub press: Press,
    /// Public pages and verification.
    pub public: Public,
    /// Whether the process is about to end.
    pub life: Life,
    /// Names of the bodies that issue licences beside the operator.
    pub issuers: Arc<[String]>,
    /// In a demo: with what to sign in.
    pub demo_logins: Option<Arc<DemoLogins>>,
    /// The clock as far as it can be moved, in a demo.
    pub demo_clock: Option<DemoClockControl>,
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
        // Said before anything is made or migrated.
        keyring::check(&config)?;
        Self::over(Foundation::open(config, clock, ids).await?)
    }

    /// Puts keys and capabilities on a foundation.
    ///
    /// # Errors
    /// [`PlatformError`] says what is missing.
    pub fn over(foundation: Foundation) -> Result<Self, PlatformError> {
        let Foundation {
            config,
            kernel,
            clock,
        } = foundation.clone();
        let registry = Registry::new(kernel.clone())?;
        let matters = Matters::new(kernel.clone())?;
        let city = matters.city();
        let operator = keyring::operator(&config, &city)?;
        let store = keyring::open_store(&foundation, operator)?;
        let press = keyring::open_press(&foundation, &store, &city, &registry)?;
        let transparency = Transparency::open(kernel.clone(), keyring::log_keys(&config, &store)?)
            .with_sources(audit_sources());
        let issuers = keyring::other_issuers(&matters.catalogue(), &city, operator).into();

        let identity =
            Identity::new(kernel.clone()).with_enterprises(Arc::new(EnterpriseFiles(registry.clone())));
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
        )?
        .with_follow_ups(vec![ADOPT_JOB]);
        applications.connect(LicenceLookup {
            licences: licences.downgrade(),
        });
        let collaboration = Collaboration::new(
            kernel.clone(),
            applications.clone(),
            RegistryNames(registry.clone()),
            press.clone(),
            matters.catalogue(),
            matters.city(),
            matters.calendar(),
        )?;
        let notices = Notices::new(notices::Parts {
            kernel: kernel.clone(),
            identity: identity.clone(),
            facts: Arc::new(Names {
                applications: applications.clone(),
                licences: licences.clone(),
            }),
            tasks: Arc::new(WorkLists {
                applications: applications.clone(),
                calendar: matters.calendar(),
            }),
            duties: Arc::new(HoldersDuties(licences.clone())),
            settings: ways_out(&config, &city.name),
        })?;
        let public = Public::new(Parts {
            site: PublicSite {
                city: city.name.clone(),
                operator: operator.name.clone(),
                public_url: config.public_url.trim_end_matches('/').to_owned(),
                hotline: config.hotline.clone(),
                demo: config.demo,
            },
            clock,
            register: Arc::new(LicenceRegister {
                licences: licences.clone(),
                registry: registry.clone(),
            }),
            prover: Arc::new(CertificateProver { press: press.clone() }),
            evidence: Some(Arc::new(Evidence {
                log: transparency.clone(),
                licences: licences.clone(),
            })),
            catalogue: matters.catalogue(),
            matters_city: Arc::clone(&city),
            accountability: Arc::new(matters.clone()),
        });
        Ok(Self {
            config,
            kernel,
            identity,
            registry,
            matters,
            applications,
            licences,
            collaboration,
            notices,
            transparency,
            press,
            public,
            life: Life::default(),
            issuers,
            demo_logins: None,
            demo_clock: None,
        })
    }

    /// Lets the clock be moved on, if this is a demo.
    #[must_use]
    pub fn with_movable_clock(mut self, clock: Arc<dyn MovableClock>) -> Self {
        self.demo_clock = self.config.demo.then(|| DemoClockControl::new(clock));
        self
    }

    /// The workers for all jobs.
    pub fn workers(&self) -> Workers {
        let mut handlers: Vec<Arc<dyn JobHandler>> = registry::handlers(self.registry.clone());
        handlers.extend(applications::handlers(self.applications.clone()));
        handlers.extend(licences::handlers(self.licences.clone()));
        handlers.extend(collaboration::handlers(self.collaboration.clone()));
        handlers.extend(notices::handlers(self.notices.clone()));
        handlers.push(self.adoption());
        Workers::new(self.kernel.clone(), handlers, self.config.workers)
    }

    fn adoption(&self) -> Arc<dyn JobHandler> {
        Arc::new(AdoptChange {
            applications: self.applications.clone(),
            licences: self.licences.clone(),
            registry: self.registry.clone(),
        })
    }

    /// What follows events while the past of a demo is made: everybody is told, but nobody reads a list of what was
    /// due on a morning long ago.
    pub fn followers(&self) -> Vec<Arc<dyn JobHandler>> {
        let mut followers = notices::handlers(self.notices.clone());
        followers.retain(|handler| handler.daily().is_none());
        followers.push(self.adoption());
        followers
    }

    /// What the audit compares with the events.
    pub fn audit_sources(&self) -> Vec<Arc<dyn AuditSource>> {
        audit_sources()
    }
}

/// The ways out of the application as they are set.
fn ways_out(config: &Config, city: &str) -> notices::Settings {
    let adapter = |url: &Option<String>, secret: &Option<String>| {
        url.clone().map(|url| notices::Adapter {
            url,
            secret: secret.clone().unwrap_or_default(),
        })
    };
    notices::Settings {
        smtp_url: config.smtp_url.clone(),
        mail_from: config.mail_from.clone(),
        sms: adapter(&config.sms_url, &config.sms_secret),
        wechat: adapter(&config.wechat_url, &config.wechat_secret),
        public_url: config.public_url.clone(),
        site: format!("{city}安全生产许可平台"),
    }
}

/// Every table of sealed rows of every capability; the audit reports events about rows that are missing here.
pub fn audit_sources() -> Vec<Arc<dyn AuditSource>> {
    vec![
        Arc::new(identity::AccountAudit),
        Arc::new(identity::QualificationAudit),
        Arc::new(registry::EnterpriseAudit),
        Arc::new(registry::StaffAudit),
        Arc::new(registry::FacilityAudit),
        Arc::new(registry::WatchAudit),
        Arc::new(matters::ListReviewAudit),
        Arc::new(applications::ApplicationAudit),
        Arc::new(licences::LicenceAudit),
        Arc::new(licences::FilingAudit),
        Arc::new(licences::CaseAudit),
        Arc::new(collaboration::LetterAudit),
        Arc::new(collaboration::MeetingAudit),
        Arc::new(collaboration::RectificationAudit),
        Arc::new(collaboration::ReferralAudit),
    ]
}

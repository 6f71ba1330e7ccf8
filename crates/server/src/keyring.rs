//! Which keys an installation needs, and how they are opened.

use std::{collections::BTreeSet, sync::Arc};

use certificate::{KeyStore, SystemChance};
use evidence::LogKey;
use kernel::RuleFiles;
use matters::{Authority, Catalogue, City, MattersError};
use press::{Press, PressOptions};
use registry::Registry;
use transparency::LogKeys;

use crate::{Config, Foundation, PlatformError};

/// Passphrase of a demo for which none is set. Its keys are worth nothing.
const DEMO_PASSPHRASE: &str = "demo";

/// The body that runs the installation: the one named by the settings, else the first of the city's file.
///
/// # Errors
/// [`PlatformError::Authority`] names the bodies that there are.
pub fn operator<'a>(config: &Config, city: &'a City) -> Result<&'a Authority, PlatformError> {
    let found = match &config.authority {
        Some(department) => city.authority(department),
        None => city.authorities.first(),
    };
    found.ok_or_else(|| PlatformError::Authority {
        found: config.authority.clone().unwrap_or_default(),
        known: city
            .authorities
            .iter()
            .map(|body| body.department.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// Names of the bodies that issue licences, without the operator: each of them needs a signing key of its own.
pub fn other_issuers(catalogue: &Catalogue, city: &City, operator: &Authority) -> Vec<String> {
    let departments: BTreeSet<&str> = catalogue
        .matters()
        .map(|matter| matter.power.implementing_department.as_str())
        .collect();
    departments
        .into_iter()
        .filter_map(|department| city.authority(department))
        .filter(|body| body.name != operator.name)
        .map(|body| body.name.clone())
        .collect()
}

/// The bodies for which an installation signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signers {
    /// Full name of the body that runs it.
    pub operator: String,
    /// Full names of the other bodies that issue licences.
    pub others: Vec<String>,
}

/// Reads from rule data and settings for which bodies an installation signs; needs no database.
///
/// # Errors
/// [`PlatformError`] names what is wrong with the rule data.
pub fn signers(config: &Config) -> Result<Signers, PlatformError> {
    let rules = RuleFiles::new(config.rules_dir.clone());
    let mut files = Vec::new();
    for path in [rules.list("matters/"), rules.list("documents/")].concat() {
        let bytes = rules.read(&path)?;
        files.push((path, bytes));
    }
    let catalogue = matters::load(files)?;
    let city = catalogue.own_city().ok_or(MattersError::NoCity)?;
    let operator = operator(config, city)?;
    Ok(Signers {
        operator: operator.name.clone(),
        others: other_issuers(&catalogue, city, operator),
    })
}

/// The passphrase of the key store: from the settings, or from the file that they name. A demo needs none.
///
/// # Errors
/// [`PlatformError::NoPassphrase`] names the setting that is missing.
pub fn passphrase(config: &Config) -> Result<String, PlatformError> {
    if let Some(passphrase) = &config.keys_passphrase {
        return Ok(passphrase.clone());
    }
    if let Some(path) = &config.keys_passphrase_file {
        let text = std::fs::read_to_string(path).map_err(|source| PlatformError::PassphraseFile {
            path: path.display().to_string(),
            source,
        })?;
        return Ok(text.trim_end_matches(['\r', '\n']).to_owned());
    }
    match config.demo {
        true => Ok(DEMO_PASSPHRASE.to_owned()),
        false => Err(PlatformError::NoPassphrase),
    }
}

/// Refuses settings with which no keys can be opened.
///
/// # Errors
/// [`PlatformError::NoPassphrase`], [`PlatformError::NoKeys`].
pub fn check(config: &Config) -> Result<(), PlatformError> {
    passphrase(config)?;
    let folder = config.keys_dir();
    if config.demo || KeyStore::exists(&folder) {
        return Ok(());
    }
    Err(PlatformError::NoKeys {
        path: folder.display().to_string(),
    })
}

/// Opens the key store. A demo makes its own, marked in every name; a real installation has to have one.
///
/// # Errors
/// [`PlatformError`] says what is missing.
pub fn open_store(foundation: &Foundation, operator: &Authority) -> Result<KeyStore, PlatformError> {
    let config = &foundation.config;
    check(config)?;
    let (folder, passphrase) = (config.keys_dir(), passphrase(config)?);
    let _alone = KeyStore::lock(&folder)?;
    let now = foundation.clock.now();
    let mut store = Press::keys(
        &folder,
        &passphrase,
        config.demo.then_some(operator.name.as_str()),
        now,
    )?;
    if store.is_demo() != config.demo {
        return Err(PlatformError::WrongKeys {
            path: folder.display().to_string(),
            demo: store.is_demo(),
        });
    }
    if store.log_keys().is_empty() {
        let seed = match earlier_log_key(config)? {
            Some(seed) => seed,
            None => foundation.kernel.random_bytes::<32>(),
        };
        store.add_log_key(Some(seed), now, &SystemChance::new())?;
    }
    Ok(store)
}

/// The log key that version 0.1 kept beside the store, in the clear.
fn earlier_log_key(config: &Config) -> Result<Option<[u8; 32]>, PlatformError> {
    let path = config.data_dir.join("keys").join("log.key");
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let key = LogKey::parse(text.trim()).map_err(transparency::TransparencyError::from)?;
            tracing::warn!(
                path = %path.display(),
                "the log key was taken into the key store, encrypted; remove the old file"
            );
            Ok(Some(key.seed()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(PlatformError::Folder {
            path: path.display().to_string(),
            source,
        }),
    }
}

/// The keys with which the evidence log signs.
///
/// # Errors
/// [`PlatformError`] when the passphrase does not open them.
pub fn log_keys(config: &Config, store: &KeyStore) -> Result<LogKeys, PlatformError> {
    let seeds = store.log_keys().iter().map(|key| store.log_seed(key));
    let seeds = seeds.collect::<Result<Vec<_>, _>>()?;
    Ok(LogKeys::signing(&config.origin(), &seeds)?)
}

/// The same, from the store on disk.
///
/// # Errors
/// As [`log_keys`]; [`PlatformError::Keys`] when there is no store.
pub fn signing_keys(config: &Config) -> Result<LogKeys, PlatformError> {
    log_keys(config, &KeyStore::open(&config.keys_dir(), &passphrase(config)?)?)
}

/// The public halves of the log's keys: they verify what was signed, without a passphrase.
///
/// # Errors
/// [`PlatformError`] when there is no key store, or it has no log key.
pub fn log_verifiers(config: &Config) -> Result<LogKeys, PlatformError> {
    let store = KeyStore::open(&config.keys_dir(), "")?;
    let public = store
        .log_keys()
        .iter()
        .map(certificate::StoredLogKey::public_bytes);
    let public = public.collect::<Result<Vec<_>, _>>()?;
    Ok(LogKeys::verifying(&config.origin(), &public)?)
}

/// Opens keys, fonts and templates.
///
/// # Errors
/// [`PlatformError::Press`] says what is not usable.
pub fn open_press(
    foundation: &Foundation,
    store: &KeyStore,
    city: &City,
    registry: &Registry,
) -> Result<Press, PlatformError> {
    let config = &foundation.config;
    let options = PressOptions {
        public_url: config.public_url.clone(),
        fonts: config.fonts_dir.clone(),
        templates: config.rules_dir.as_ref().map(|folder| folder.join("templates")),
        demo: config.demo,
        location: registry.region_name(&city.region),
        tsa_url: config.tsa_url.clone(),
        concurrency: config.workers,
    };
    let clock = Arc::clone(&foundation.clock);
    Ok(Press::open(store, options, move || clock.now())?)
}

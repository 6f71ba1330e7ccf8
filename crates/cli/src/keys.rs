//! `anxu keys`: the keys of an installation, from their making to their end. A secret is never printed.

use std::path::PathBuf;

use certificate::{
    CertificateFacts, KeyStore, KeyUse, PendingKey, RevocationReason, Role, StoredCertificate, StoredLogKey,
    SystemChance,
};
use clap::{Subcommand, ValueEnum};
use kernel::{Clock, SystemClock};
use serde::Serialize;
use server::{Config, keyring};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{Outcome, output};

/// Fewer characters than these would be tried out too soon.
const PASSPHRASE: usize = 12;

/// What to do with keys.
#[derive(Subcommand)]
pub enum Command {
    /// Make the keys that are missing: an authority, a signing key for every body that issues licences, and keys
    /// for timestamps, QR codes and the evidence log.
    Create {
        /// Certificate (PEM) of an outside authority that will certify the keys; requests for it are written.
        #[arg(long, value_name = "CA.pem")]
        under: Option<PathBuf>,
    },
    /// Show every key: subject, algorithm, validity, fingerprint, use.
    List,
    /// Make a new key for a use; it signs from now on, and what the old one signed stays good.
    Rotate {
        /// Which use.
        usage: Usage,
        /// Full name of the body whose signing key it is; the operator's unless given.
        #[arg(long)]
        body: Option<String>,
    },
    /// Take certificates (PEM) that the outside authority issued for requested keys.
    Import {
        /// The certificates.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Revoke a certificate and renew the revocation list.
    Revoke {
        /// Serial number, as `anxu keys list` shows it.
        serial: String,
        /// Why.
        #[arg(long)]
        reason: Reason,
    },
    /// Renew the revocation list, or install that of the outside authority.
    Crl {
        /// List (DER) of the outside authority.
        #[arg(long, value_name = "CRL.der")]
        install: Option<PathBuf>,
    },
    /// Trust the roots (PEM) of an outside timestamp service, for timestamps only.
    TrustTsa {
        /// The roots.
        file: PathBuf,
    },
}

/// What a key is used for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Usage {
    /// Signs certificates and documents.
    Signer,
    /// Gives timestamps.
    Tsa,
    /// Signs QR codes.
    Qr,
    /// Signs checkpoints of the evidence log.
    Log,
}

/// Why a certificate is revoked.
#[derive(Clone, Copy, ValueEnum)]
pub enum Reason {
    /// The key may be in foreign hands: what it signed is worthless from now on, unless stamped before.
    Compromised,
    /// Replaced by another key.
    Superseded,
    /// No longer in use.
    Ceased,
}

/// Does it.
pub fn run(config: &Config, command: Command, json: bool) -> Outcome {
    if let Command::List = command {
        return show(config, json);
    }
    if config.demo {
        return Err("a demo makes its own keys; unset ANXU_DEMO for a real installation".into());
    }
    let keys = Keys::new(config)?;
    match command {
        Command::Create { under } => keys.create(under)?,
        Command::Rotate { usage, body } => keys.rotate(usage, body)?,
        Command::Import { files } => keys.import(&files)?,
        Command::Revoke { serial, reason } => keys.revoke(&serial, reason)?,
        Command::Crl { install } => keys.renew_list(install)?,
        Command::TrustTsa { file } => {
            let _alone = keys.lock()?;
            keys.open()?
                .trust_for_timestamps(&std::fs::read_to_string(file)?)?;
        }
        Command::List => {}
    }
    show(config, json)
}

type Done<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// The key store of an installation and who changes it when.
struct Keys<'a> {
    config: &'a Config,
    folder: PathBuf,
    passphrase: String,
    now: OffsetDateTime,
    chance: SystemChance,
}

impl<'a> Keys<'a> {
    fn new(config: &'a Config) -> Done<Self> {
        Ok(Self {
            config,
            folder: config.keys_dir(),
            passphrase: keyring::passphrase(config)?,
            now: SystemClock.now(),
            chance: SystemChance::new(),
        })
    }

    fn lock(&self) -> Done<certificate::StoreLock> {
        Ok(KeyStore::lock(&self.folder)?)
    }

    fn open(&self) -> Done<KeyStore> {
        if !KeyStore::exists(&self.folder) {
            return Err(Box::new(server::PlatformError::NoKeys {
                path: self.folder.display().to_string(),
            }));
        }
        Ok(KeyStore::open(&self.folder, &self.passphrase)?)
    }

    /// Makes what is missing; what is there stays.
    fn create(&self, under: Option<PathBuf>) -> Done {
        if self.passphrase.chars().count() < PASSPHRASE {
            return Err(format!("the passphrase must have {PASSPHRASE} characters or more").into());
        }
        let signers = keyring::signers(self.config)?;
        let _alone = self.lock()?;
        let mut store = match (KeyStore::exists(&self.folder), under) {
            (true, None) => self.open()?,
            (true, Some(_)) => return Err("there are keys already; they stay under their authority".into()),
            (false, None) => KeyStore::create(
                &self.folder,
                &self.passphrase,
                &signers.operator,
                self.now,
                &self.chance,
            )?,
            (false, Some(ca)) => {
                let ca = std::fs::read_to_string(ca)?;
                KeyStore::create_under(&self.folder, &self.passphrase, &signers.operator, &ca)?
            }
        };
        let others = signers.others.into_iter().map(KeyUse::of_body);
        for usage in Role::ALL.into_iter().map(KeyUse::own).chain(others) {
            self.make_missing(&mut store, &usage)?;
        }
        if store.log_keys().is_empty() {
            store.add_log_key(None, self.now, &self.chance)?;
        }
        Ok(())
    }

    fn make_missing(&self, store: &mut KeyStore, usage: &KeyUse) -> Done {
        let made = store
            .certificates()?
            .iter()
            .any(|key| key.active && key.usage() == *usage);
        let asked = store.pending().iter().any(|key| key.usage == *usage);
        if made || asked {
            return Ok(());
        }
        self.make(store, usage)
    }

    /// A key with its certificate, or with a request for one.
    fn make(&self, store: &mut KeyStore, usage: &KeyUse) -> Done {
        if store.is_own_authority() {
            store.renew(usage, self.now, &self.chance)?;
        } else {
            store.request(usage, &self.chance)?;
        }
        Ok(())
    }

    fn rotate(&self, usage: Usage, body: Option<String>) -> Done {
        let _alone = self.lock()?;
        let mut store = self.open()?;
        let body = body.filter(|name| name != store.operator());
        let usage = match (usage, body) {
            (Usage::Signer, None) => KeyUse::own(Role::Authority),
            (Usage::Signer, Some(name)) => self.known_body(name)?,
            (_, Some(_)) => return Err("only signing keys belong to a body".into()),
            (Usage::Tsa, None) => KeyUse::own(Role::Tsa),
            (Usage::Qr, None) => KeyUse::own(Role::Qr),
            (Usage::Log, None) => {
                store.add_log_key(None, self.now, &self.chance)?;
                return Ok(());
            }
        };
        self.make(&mut store, &usage)
    }

    /// A misspelt name would make a key that nobody ever signs with.
    fn known_body(&self, name: String) -> Done<KeyUse> {
        let known = keyring::signers(self.config)?.others;
        if known.contains(&name) {
            return Ok(KeyUse::of_body(name));
        }
        Err(format!(
            "{name} issues no licences here; the bodies are: {}",
            known.join(", ")
        )
        .into())
    }

    fn import(&self, files: &[PathBuf]) -> Done {
        let _alone = self.lock()?;
        let mut store = self.open()?;
        for file in files {
            let pem = std::fs::read_to_string(file)?;
            store
                .accept(&pem, self.now, &self.chance)
                .map_err(|error| format!("{}: {error}", file.display()))?;
        }
        Ok(())
    }

    fn revoke(&self, serial: &str, reason: Reason) -> Done {
        let reason = match reason {
            Reason::Compromised => RevocationReason::KeyCompromise,
            Reason::Superseded => RevocationReason::Superseded,
            Reason::Ceased => RevocationReason::CessationOfOperation,
        };
        let _alone = self.lock()?;
        Ok(self.open()?.revoke(serial, reason, self.now)?)
    }

    fn renew_list(&self, install: Option<PathBuf>) -> Done {
        let _alone = self.lock()?;
        let mut store = self.open()?;
        match install {
            Some(file) => store.install_crl(&std::fs::read(file)?)?,
            None if store.is_own_authority() => store.renew_crl(self.now)?,
            None => return Err("the authority is elsewhere: install its list with --install CRL.der".into()),
        }
        Ok(())
    }
}

/// What a store holds.
#[derive(Serialize)]
struct Listing {
    /// Folder of the store.
    folder: PathBuf,
    /// Who runs the installation.
    operator: String,
    /// Whether the keys are those of a demo.
    demo: bool,
    /// The authority.
    authority: AuthorityLine,
    /// Keys with certificates, also those that sign no more.
    keys: Vec<StoredCertificate>,
    /// Keys that wait for a certificate of an outside authority.
    pending: Vec<PendingLine>,
    /// Keys of the evidence log; the last one signs.
    log: Vec<StoredLogKey>,
    /// The revocation list.
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<ListLine>,
}

#[derive(Serialize)]
struct AuthorityLine {
    /// Whether its key is here.
    own: bool,
    #[serde(flatten)]
    facts: CertificateFacts,
}

#[derive(Serialize)]
struct PendingLine {
    #[serde(flatten)]
    key: PendingKey,
    /// File with the request (PKCS#10) for the authority.
    request: PathBuf,
}

#[derive(Serialize)]
struct ListLine {
    made: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// Shows what is public; needs no passphrase.
fn show(config: &Config, json: bool) -> Outcome {
    let folder = config.keys_dir();
    if !KeyStore::exists(&folder) {
        return Err(Box::new(server::PlatformError::NoKeys {
            path: folder.display().to_string(),
        }));
    }
    let listing = listing(&KeyStore::open(&folder, "")?, folder)?;
    let text = if json {
        serde_json::to_string_pretty(&listing)?
    } else {
        table(&listing)
    };
    output::print(&text)?;
    Ok(true)
}

fn listing(store: &KeyStore, folder: PathBuf) -> Done<Listing> {
    let instant = |at: OffsetDateTime| at.format(&Rfc3339).unwrap_or_default();
    let pending = store.pending().iter().map(|key| PendingLine {
        request: folder.join(format!("request-{}.csr", key.id)),
        key: key.clone(),
    });
    Ok(Listing {
        operator: store.operator().to_owned(),
        demo: store.is_demo(),
        authority: AuthorityLine {
            own: store.is_own_authority(),
            facts: store.authority_facts()?,
        },
        keys: store.certificates()?,
        pending: pending.collect(),
        log: store.log_keys().to_vec(),
        list: store.crl_times()?.map(|times| ListLine {
            made: instant(times.made),
            until: times.until.map(instant),
        }),
        folder,
    })
}

fn table(listing: &Listing) -> String {
    let mut lines = vec![
        format!("{} {}", listing.folder.display(), listing.operator),
        line(
            "authority",
            if listing.authority.own { "own" } else { "outside" },
            &listing.authority.facts,
            "",
        ),
    ];
    lines.extend(listing.keys.iter().map(|key| {
        let state = match (key.revoked, key.active) {
            (true, _) => "revoked",
            (false, true) => "active",
            (false, false) => "old",
        };
        line(role(key.role), state, &key.facts, &key.serial)
    }));
    lines.extend(listing.pending.iter().map(|pending| {
        let (key, request) = (&pending.key, pending.request.display());
        format!(
            "{:<9} waiting  {}\n          request {request}",
            role(key.usage.role),
            key.subject
        )
    }));
    lines.extend(listing.log.iter().enumerate().map(|(place, key)| {
        let state = if place + 1 == listing.log.len() {
            "active"
        } else {
            "old"
        };
        format!(
            "log       {state:<8} Ed25519 since {}\n          public key {}",
            key.since.date(),
            key.public_key
        )
    }));
    if let Some(list) = &listing.list {
        lines.push(format!(
            "crl       until {}",
            list.until.as_deref().unwrap_or("-")
        ));
    }
    lines.join("\n")
}

fn line(usage: &str, state: &str, facts: &CertificateFacts, serial: &str) -> String {
    format!(
        "{usage:<9} {state:<8} {}\n          {} {} to {} serial {serial}\n          sha256 {}",
        facts.subject,
        facts.algorithm,
        facts.not_before.date(),
        facts.not_after.date(),
        facts.fingerprint
    )
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Authority => "signer",
        Role::Tsa => "tsa",
        Role::Qr => "qr",
    }
}

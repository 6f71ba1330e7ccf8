//! Keys and certificates in a directory, encrypted at rest.
//!
//! ```text
//! state.json           which certificate plays which role, what is revoked, number of the revocation list
//! ca.crt, ca.key       the authority (no key file when an outside authority issues)
//! <serial>.crt, .key   certificate (PEM) and key (PEM, PKCS#8 encrypted: PBES2, scrypt, AES-256-CBC; RFC 7914, 8018)
//! request-<id>.csr     request for a certificate by an outside authority (PKCS#10), its key in request-<id>.key
//! log-<id>.key         Ed25519 key without certificate, for checkpoints of an evidence log
//! crl.der              the revocation list
//! tsa.crt              roots of an outside timestamp service, if there is one
//! lock                 held by whoever changes the store
//! ```
//!
//! Key files can be read with `openssl pkey`. They are decrypted when used, not when the store is opened.
//!
//! Whoever changes a store that others may have open takes [`KeyStore::lock`] first and opens it afterwards; those
//! that only read it notice the change by [`KeyStore::revision_in`].

mod files;
mod listing;
mod log_keys;
mod requests;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use der::DecodePem;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use x509_cert::Certificate;

use crate::cades::{SigningIdentity, common_name};
use crate::chance::Chance;
use crate::pki::{CertificateAuthority, Profile, Revocation, RevocationReason, serial_of};
use crate::qr::QrSigner;
use crate::suite::{KeyKind, SigningKey, SoftwareKey};
use crate::timestamp::LocalTsa;
use crate::trust::{Trust, Usage};
use crate::{CertificateError, Result};

use files::{io, read, read_certificate, read_key_pem, read_secret, write, write_key};
pub use listing::{CertificateFacts, ListTimes, StoredCertificate};
pub use log_keys::StoredLogKey;
pub use requests::PendingKey;
use requests::pem;

const STATE: &str = "state.json";
const CA: &str = "ca";
const CRL: &str = "crl.der";
const TSA_ROOTS: &str = "tsa";
const LOCK: &str = "lock";
/// A revocation list is good for a month; a daily job renews it in time.
const LIST_LIFETIME: Duration = Duration::days(30);

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Signs certificates and documents for the issuing authority.
    Authority,
    /// Gives timestamps.
    Tsa,
    /// Signs QR codes.
    Qr,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Authority, Self::Tsa, Self::Qr];

    fn profile(self) -> Profile {
        match self {
            Self::Authority => Profile::DocumentSigner,
            Self::Tsa => Profile::TimestampAuthority,
            Self::Qr => Profile::QrSigner,
        }
    }

    fn key_kind(self) -> KeyKind {
        match self {
            Self::Authority | Self::Tsa => KeyKind::Rsa2048,
            Self::Qr => KeyKind::Ed25519,
        }
    }

    fn lifetime(self) -> Duration {
        match self {
            Self::Authority => Duration::days(5 * 365),
            Self::Tsa | Self::Qr => Duration::days(10 * 365),
        }
    }

    /// What a verifier must accept its certificate for.
    fn certified_for(self) -> Usage {
        match self {
            Self::Authority => Usage::Documents,
            Self::Tsa => Usage::Timestamps,
            Self::Qr => Usage::QrCodes,
        }
    }

    /// What follows the name of the authority in a certificate.
    fn purpose(self) -> &'static str {
        match self {
            Self::Authority => "",
            Self::Tsa => "时间戳服务",
            Self::Qr => "二维码签发",
        }
    }
}

/// What a key is used for, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUse {
    /// The role.
    pub role: Role,
    /// The body that it signs for; absent: the operator of the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl KeyUse {
    /// A key of the operator.
    pub fn own(role: Role) -> Self {
        Self { role, body: None }
    }

    /// A key with which the documents of another body are signed.
    pub fn of_body(name: impl Into<String>) -> Self {
        Self {
            role: Role::Authority,
            body: Some(name.into()),
        }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    /// Common name suffix of certificates that the store issues, such as 演示市应急管理局.
    authority: String,
    /// Whether all names carry 演示.
    demo: bool,
    /// Serial numbers by role; the last one signs.
    roles: BTreeMap<Role, Vec<String>>,
    /// Serial numbers by name of the body, for bodies with a signing key of their own; the last one signs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    bodies: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    requests: Vec<PendingKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    log_keys: Vec<StoredLogKey>,
    revocations: Vec<Revocation>,
    list_number: u64,
    /// Grows with every change, so that a process that has the store open notices it.
    #[serde(default)]
    revision: u64,
}

/// Whoever holds it is the only one that changes the store; freed when dropped, also by a crash.
#[derive(Debug)]
pub struct StoreLock {
    _file: fs::File,
}

/// A key store in a directory.
pub struct KeyStore {
    directory: PathBuf,
    passphrase: String,
    state: State,
    ca: Certificate,
}

impl KeyStore {
    /// Whether a directory holds a key store.
    pub fn exists(directory: &Path) -> bool {
        directory.join(STATE).is_file()
    }

    /// Makes a demo authority with all keys. Every name in its certificates says 演示.
    pub fn create_demo(
        directory: &Path,
        passphrase: &str,
        authority: &str,
        now: OffsetDateTime,
        chance: &dyn Chance,
    ) -> Result<Self> {
        Self::create_own(directory, passphrase, authority, true, now, chance)
    }

    /// Makes an authority of the bureau's own with all keys.
    pub fn create(
        directory: &Path,
        passphrase: &str,
        authority: &str,
        now: OffsetDateTime,
        chance: &dyn Chance,
    ) -> Result<Self> {
        Self::create_own(directory, passphrase, authority, false, now, chance)
    }

    /// Makes an empty store under an outside authority, whose certificate is given as PEM. Keys come in with
    /// [`KeyStore::import`], revocation lists with [`KeyStore::install_crl`].
    pub fn create_under(directory: &Path, passphrase: &str, authority: &str, ca_pem: &str) -> Result<Self> {
        prepare(directory)?;
        let ca = Certificate::from_pem(ca_pem)?;
        write(&directory.join("ca.crt"), pem(&ca)?.as_bytes(), false)?;
        let state = State {
            authority: authority.to_owned(),
            ..State::default()
        };
        let mut store = Self {
            directory: directory.to_owned(),
            passphrase: passphrase.to_owned(),
            state,
            ca,
        };
        store.save()?;
        Ok(store)
    }

    fn create_own(
        directory: &Path,
        passphrase: &str,
        authority: &str,
        demo: bool,
        now: OffsetDateTime,
        chance: &dyn Chance,
    ) -> Result<Self> {
        prepare(directory)?;
        // A real root has to last for twenty years.
        let kind = if demo { KeyKind::Rsa2048 } else { KeyKind::Rsa3072 };
        let key = SoftwareKey::generate(kind)?;
        write_key(&directory.join("ca.key"), &key, passphrase, chance)?;
        let state = State {
            authority: authority.to_owned(),
            demo,
            ..State::default()
        };
        let name = distinguished_name(authority, demo, "安全生产许可根证书");
        let root = CertificateAuthority::create(Arc::new(key), &name, now, Duration::days(20 * 365), chance)?;
        let ca = root.certificate().clone();
        write(&directory.join("ca.crt"), pem(&ca)?.as_bytes(), false)?;
        let mut store = Self {
            directory: directory.to_owned(),
            passphrase: passphrase.to_owned(),
            state,
            ca,
        };
        for role in Role::ALL {
            store.add_key(&root, &KeyUse::own(role), now, chance)?;
        }
        store.write_list(&root, now)?;
        store.save()?;
        Ok(store)
    }

    /// Opens a store. The passphrase is tried when a key is used.
    pub fn open(directory: &Path, passphrase: &str) -> Result<Self> {
        let state = read_state(directory)?;
        let ca = read_certificate(&directory.join("ca.crt"))?;
        Ok(Self {
            directory: directory.to_owned(),
            passphrase: passphrase.to_owned(),
            state,
            ca,
        })
    }

    /// Takes the lock of a store, waiting for whoever holds it. The folder is made if missing.
    pub fn lock(directory: &Path) -> Result<StoreLock> {
        make_folder(directory)?;
        let path = directory.join(LOCK);
        let file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(|source| io(&path, source))?;
        file.lock().map_err(|source| io(&path, source))?;
        Ok(StoreLock { _file: file })
    }

    /// The same store as it is on disk now.
    pub fn reopen(&self) -> Result<Self> {
        Self::open(&self.directory, &self.passphrase)
    }

    /// Takes the lock of this store.
    pub fn lock_own(&self) -> Result<StoreLock> {
        Self::lock(&self.directory)
    }

    /// How often the store in a directory was changed.
    pub fn revision_in(directory: &Path) -> Result<u64> {
        Ok(read_state(directory)?.revision)
    }

    /// How often this store was changed when it was opened.
    pub fn revision(&self) -> u64 {
        self.state.revision
    }

    /// Name of the operator.
    pub fn operator(&self) -> &str {
        &self.state.authority
    }

    /// Whether this is a demo authority; certificates under it should be printed with [`crate::Look::demo`].
    pub fn is_demo(&self) -> bool {
        self.state.demo
    }

    /// The identity that signs certificates and documents of the operator.
    pub fn authority(&self) -> Result<SigningIdentity> {
        self.signer(&KeyUse::own(Role::Authority))
    }

    /// The identities of other bodies that have a signing key of their own, by name.
    pub fn bodies(&self) -> Result<BTreeMap<String, SigningIdentity>> {
        let names = self.state.bodies.keys();
        names
            .map(|name| Ok((name.clone(), self.signer(&KeyUse::of_body(name))?)))
            .collect()
    }

    fn signer(&self, usage: &KeyUse) -> Result<SigningIdentity> {
        let (key, certificate) = self.active(usage)?;
        let mut chain = vec![self.ca.clone()];
        // The QR signer's certificate travels along, so that a file proves its QR code by itself.
        chain.extend(self.certificates_of(&KeyUse::own(Role::Qr))?.pop());
        SigningIdentity::new(key, certificate, chain)
    }

    /// The local timestamp authority.
    pub fn tsa(&self) -> Result<LocalTsa> {
        let (key, certificate) = self.active(&KeyUse::own(Role::Tsa))?;
        Ok(LocalTsa::new(SigningIdentity::new(
            key,
            certificate,
            vec![self.ca.clone()],
        )?))
    }

    /// The signer of QR codes.
    pub fn qr(&self) -> Result<QrSigner> {
        let (key, certificate) = self.active(&KeyUse::own(Role::Qr))?;
        QrSigner::new(key, certificate)
    }

    /// What the authority's own certificate says.
    pub fn authority_facts(&self) -> Result<CertificateFacts> {
        listing::facts(&self.ca)
    }

    /// Whether the authority's key is here, so that the store can certify keys and renew the list itself.
    pub fn is_own_authority(&self) -> bool {
        self.path(CA, "key").is_file()
    }

    /// The authority itself, if its key is here.
    pub fn certificate_authority(&self) -> Result<CertificateAuthority> {
        CertificateAuthority::new(self.key(CA)?, self.ca.clone())
    }

    /// The bundle served at `/pki/ca.crt`: the root, then every certificate that signed QR codes.
    pub fn ca_bundle_pem(&self) -> Result<String> {
        let mut bundle = pem(&self.ca)?;
        for certificate in self.certificates_of(&KeyUse::own(Role::Qr))? {
            bundle.push_str(&pem(&certificate)?);
        }
        bundle.push_str(&self.tsa_roots()?);
        Ok(bundle)
    }

    /// The revocation list (DER) served at `/pki/crl.der`, if there is one.
    pub fn crl_der(&self) -> Result<Option<Vec<u8>>> {
        let path = self.directory.join(CRL);
        if path.is_file() {
            read(&path).map(Some)
        } else {
            Ok(None)
        }
    }

    /// When the revocation list was made and when it runs out, if there is one.
    pub fn crl_times(&self) -> Result<Option<ListTimes>> {
        self.crl_der()?.map(|list| ListTimes::of(&list)).transpose()
    }

    /// Trusts further roots (PEM) for timestamps only: those of an outside timestamp service.
    pub fn trust_for_timestamps(&mut self, roots_pem: &str) -> Result<()> {
        let roots = Certificate::load_pem_chain(roots_pem.as_bytes())
            .ok()
            .filter(|roots| !roots.is_empty())
            .ok_or(CertificateError::Trust("not a PEM bundle of certificates"))?;
        let bundle = roots.iter().map(pem).collect::<Result<String>>()?;
        write(&self.path(TSA_ROOTS, "crt"), bundle.as_bytes(), false)?;
        self.save()
    }

    fn tsa_roots(&self) -> Result<String> {
        let path = self.path(TSA_ROOTS, "crt");
        match fs::read_to_string(&path) {
            Ok(roots) => Ok(roots),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(io(&path, error)),
        }
    }

    /// Trust in this store's authority, with its revocation list.
    pub fn trust(&self) -> Result<Trust> {
        let qr = self.certificates_of(&KeyUse::own(Role::Qr))?;
        let mut trust = Trust::new(self.ca.clone(), qr);
        let roots = self.tsa_roots()?;
        if !roots.is_empty() {
            trust = trust.with_tsa_roots(roots.as_bytes())?;
        }
        match self.crl_der()? {
            Some(list) => trust.with_crl(&list),
            None => Ok(trust),
        }
    }

    /// All certificates but the root.
    pub fn certificates(&self) -> Result<Vec<StoredCertificate>> {
        let own = self.state.roles.iter();
        let own =
            own.flat_map(|(&role, serials)| serials.iter().map(move |serial| (KeyUse::own(role), serial)));
        let bodies = self.state.bodies.iter();
        let bodies = bodies
            .flat_map(|(name, serials)| serials.iter().map(move |serial| (KeyUse::of_body(name), serial)));
        own.chain(bodies)
            .map(|(usage, serial)| self.stored(&usage, serial))
            .collect()
    }

    fn stored(&self, usage: &KeyUse, serial: &str) -> Result<StoredCertificate> {
        let certificate = read_certificate(&self.path(serial, "crt"))?;
        Ok(StoredCertificate {
            role: usage.role,
            body: usage.body.clone(),
            serial: serial.to_owned(),
            name: common_name(&certificate),
            active: self.serials(usage).last().is_some_and(|last| last == serial),
            revoked: self.is_revoked(serial),
            facts: listing::facts(&certificate)?,
        })
    }

    /// Makes a new key for a role of the operator; it signs from now on. The old certificate stays good for what it
    /// signed. Gives the new serial number.
    pub fn rotate(&mut self, role: Role, now: OffsetDateTime, chance: &dyn Chance) -> Result<String> {
        self.renew(&KeyUse::own(role), now, chance)
    }

    /// Makes a new key for a use, the first one of a body too; otherwise as [`KeyStore::rotate`].
    pub fn renew(&mut self, usage: &KeyUse, now: OffsetDateTime, chance: &dyn Chance) -> Result<String> {
        let root = self.certificate_authority()?;
        let serial = self.add_key(&root, usage, now, chance)?;
        self.save()?;
        Ok(serial)
    }

    /// Brings in a key that an outside authority certified; it signs from now on. The key is PKCS#8 PEM, plain or
    /// encrypted with this store's passphrase.
    pub fn import(
        &mut self,
        role: Role,
        certificate_pem: &str,
        key_pem: &str,
        chance: &dyn Chance,
    ) -> Result<String> {
        let certificate = Certificate::from_pem(certificate_pem)?;
        let key = Arc::new(read_key_pem(key_pem, &self.passphrase, "the key to import")?);
        // The constructor checks that key and certificate belong together.
        let identity = SigningIdentity::new(key.clone(), certificate, Vec::new())?;
        let serial = self.store_key(&KeyUse::own(role), &key, identity.certificate(), chance)?;
        self.save()?;
        Ok(serial)
    }

    /// Revokes a certificate and renews the list.
    pub fn revoke(&mut self, serial: &str, reason: RevocationReason, now: OffsetDateTime) -> Result<()> {
        let all = self.state.roles.values().chain(self.state.bodies.values());
        let known = all.flatten().any(|stored| stored == serial);
        if !known || self.is_revoked(serial) {
            return Err(CertificateError::KeyStore(format!(
                "{serial} is unknown or revoked already"
            )));
        }
        self.state.revocations.push(Revocation {
            serial: serial.to_owned(),
            at: now,
            reason,
        });
        self.renew_crl(now)
    }

    /// Makes a fresh revocation list, valid for a month.
    pub fn renew_crl(&mut self, now: OffsetDateTime) -> Result<()> {
        let root = self.certificate_authority()?;
        self.write_list(&root, now)?;
        self.save()
    }

    /// Stores the revocation list (DER) of an outside authority.
    pub fn install_crl(&mut self, der: &[u8]) -> Result<()> {
        // Refused unless the authority signed it.
        Trust::new(self.ca.clone(), Vec::new()).with_crl(der)?;
        write(&self.directory.join(CRL), der, false)?;
        self.save()
    }

    /// Serial numbers of a use, oldest first.
    fn serials(&self, usage: &KeyUse) -> &[String] {
        let found = match &usage.body {
            None => self.state.roles.get(&usage.role),
            Some(name) => self.state.bodies.get(name),
        };
        found.map_or(&[], Vec::as_slice)
    }

    fn is_revoked(&self, serial: &str) -> bool {
        self.state.revocations.iter().any(|entry| entry.serial == serial)
    }

    fn active(&self, usage: &KeyUse) -> Result<(Arc<dyn SigningKey>, Certificate)> {
        let whose = usage.body.as_deref().unwrap_or(&self.state.authority);
        let role = usage.role;
        let serial = self
            .serials(usage)
            .last()
            .ok_or_else(|| CertificateError::KeyStore(format!("no {role:?} key of {whose}")))?;
        if self.is_revoked(serial) {
            return Err(CertificateError::KeyStore(format!(
                "the {role:?} key of {whose} is revoked; make a new one"
            )));
        }
        Ok((self.key(serial)?, read_certificate(&self.path(serial, "crt"))?))
    }

    fn key(&self, name: &str) -> Result<Arc<dyn SigningKey>> {
        let secret = read_secret(&self.path(name, "key"), &self.passphrase)?;
        Ok(Arc::new(SoftwareKey::from_pkcs8(secret.as_bytes())?))
    }

    fn certificates_of(&self, usage: &KeyUse) -> Result<Vec<Certificate>> {
        let serials = self.serials(usage).iter();
        serials
            .map(|serial| read_certificate(&self.path(serial, "crt")))
            .collect()
    }

    /// The distinguished name of a certificate for a use.
    fn subject_of(&self, usage: &KeyUse) -> String {
        let name = usage.body.as_deref().unwrap_or(&self.state.authority);
        distinguished_name(name, self.state.demo, usage.role.purpose())
    }

    fn add_key(
        &mut self,
        root: &CertificateAuthority,
        usage: &KeyUse,
        now: OffsetDateTime,
        chance: &dyn Chance,
    ) -> Result<String> {
        let key = SoftwareKey::generate(usage.role.key_kind())?;
        let (role, name) = (usage.role, self.subject_of(usage));
        let public = key.public_key()?;
        let certificate = root.issue(role.profile(), &name, &public, now, role.lifetime(), chance)?;
        self.store_key(usage, &key, &certificate, chance)
    }

    fn store_key(
        &mut self,
        usage: &KeyUse,
        key: &SoftwareKey,
        certificate: &Certificate,
        chance: &dyn Chance,
    ) -> Result<String> {
        let serial = serial_of(certificate);
        write_key(&self.path(&serial, "key"), key, &self.passphrase, chance)?;
        write(&self.path(&serial, "crt"), pem(certificate)?.as_bytes(), false)?;
        let serials = match &usage.body {
            None => self.state.roles.entry(usage.role).or_default(),
            Some(name) => self.state.bodies.entry(name.clone()).or_default(),
        };
        serials.push(serial.clone());
        Ok(serial)
    }

    fn write_list(&mut self, root: &CertificateAuthority, now: OffsetDateTime) -> Result<()> {
        self.state.list_number += 1;
        let (entries, number) = (&self.state.revocations, self.state.list_number);
        let list = root.revocation_list(entries, number, now, now + LIST_LIFETIME)?;
        write(&self.directory.join(CRL), &list, false)
    }

    fn save(&mut self) -> Result<()> {
        self.state.revision += 1;
        let state = serde_json::to_vec_pretty(&self.state)
            .map_err(|error| CertificateError::KeyStore(error.to_string()))?;
        write(&self.directory.join(STATE), &state, false)
    }

    fn path(&self, name: &str, extension: &str) -> PathBuf {
        self.directory.join(format!("{name}.{extension}"))
    }
}

/// `CN=演示市应急管理局（演示）时间戳服务,O=…,C=CN`; commas and other specials are escaped (RFC 4514, 2.4).
fn distinguished_name(authority: &str, demo: bool, purpose: &str) -> String {
    let authority: String = authority
        .chars()
        .flat_map(|character| {
            let special = matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' | '#');
            special.then_some('\\').into_iter().chain([character])
        })
        .collect();
    let mark = if demo { "（演示）" } else { "" };
    format!("CN={authority}{mark}{purpose},O={authority}{mark},C=CN")
}

fn prepare(directory: &Path) -> Result<()> {
    if KeyStore::exists(directory) {
        return Err(CertificateError::KeyStore(format!(
            "{} holds keys already",
            directory.display()
        )));
    }
    make_folder(directory)
}

/// Makes the folder, for its owner alone.
fn make_folder(directory: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(directory).map_err(|source| io(directory, source))
}

fn read_state(directory: &Path) -> Result<State> {
    serde_json::from_slice(&read(&directory.join(STATE))?)
        .map_err(|error| CertificateError::KeyStore(error.to_string()))
}

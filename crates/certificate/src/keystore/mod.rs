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

mod creation;
mod files;
mod listing;
mod log_keys;
mod new_keys;
mod requests;
mod revocation;
mod roles;
mod state;
mod trust;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use x509_cert::Certificate;

use crate::cades::{SigningIdentity, common_name};
use crate::pki::CertificateAuthority;
use crate::qr::QrSigner;
use crate::suite::{SigningKey, SoftwareKey};
use crate::timestamp::LocalTsa;
use crate::{CertificateError, Result};

use files::{io, read_certificate, read_secret};
pub use listing::{CertificateFacts, ListTimes, StoredCertificate};
pub use log_keys::StoredLogKey;
pub use requests::PendingKey;
pub use roles::{KeyUse, Role};
use state::{STATE, State, read_state};

const CA: &str = "ca";
const LOCK: &str = "lock";

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

    /// Serial numbers of a use, oldest first.
    fn serials(&self, usage: &KeyUse) -> &[String] {
        let found = match &usage.body {
            None => self.state.roles.get(&usage.role),
            Some(name) => self.state.bodies.get(name),
        };
        found.map_or(&[], Vec::as_slice)
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

    fn path(&self, name: &str, extension: &str) -> PathBuf {
        self.directory.join(format!("{name}.{extension}"))
    }
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

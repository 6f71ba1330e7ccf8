//! Keys and certificates in a directory, encrypted at rest.
//!
//! ```text
//! state.json           which certificate plays which role, what is revoked, number of the revocation list
//! ca.crt, ca.key       the authority (no key file when an outside authority issues)
//! <serial>.crt, .key   certificate (PEM) and key (PEM, PKCS#8 encrypted: PBES2, scrypt, AES-256-CBC; RFC 7914, 8018)
//! crl.der              the revocation list
//! ```
//!
//! Key files can be read with `openssl pkey`. They are decrypted when used, not when the store is opened.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use der::pem::LineEnding;
use der::{Decode, DecodePem, EncodePem};
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SecretDocument};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use x509_cert::Certificate;

use crate::cades::{SigningIdentity, common_name};
use crate::chance::Chance;
use crate::pki::{CertificateAuthority, Profile, Revocation, RevocationReason, serial_of};
use crate::qr::QrSigner;
use crate::suite::{KeyKind, SigningKey, SoftwareKey};
use crate::timestamp::LocalTsa;
use crate::trust::Trust;
use crate::{CertificateError, Result};

const STATE: &str = "state.json";
const CA: &str = "ca";
const CRL: &str = "crl.der";
/// scrypt work factor 2^14 with r = 8, p = 1: 16 MB, and the largest that OpenSSL opens without a setting.
const SCRYPT: (u8, u32, u32) = (14, 8, 1);
/// A revocation list is good for a month; a daily job renews it.
const LIST_LIFETIME: Duration = Duration::days(30);
const KEY_LABEL: &str = "ENCRYPTED PRIVATE KEY";

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
}

/// A certificate in the store, for listings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredCertificate {
    /// Its role.
    pub role: Role,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// Common name.
    pub name: String,
    /// Whether this one signs now.
    pub active: bool,
    /// Whether it is revoked.
    pub revoked: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    /// Common name suffix of certificates that the store issues, such as 演示市应急管理局.
    authority: String,
    /// Whether all names carry 演示.
    demo: bool,
    /// Serial numbers by role; the last one signs.
    roles: BTreeMap<Role, Vec<String>>,
    revocations: Vec<Revocation>,
    list_number: u64,
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
        write(
            &directory.join("ca.crt"),
            ca.to_pem(LineEnding::LF)?.as_bytes(),
            false,
        )?;
        let state = State {
            authority: authority.to_owned(),
            ..State::default()
        };
        let store = Self {
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
        let key = SoftwareKey::generate(KeyKind::Rsa2048)?;
        write_key(&directory.join("ca.key"), &key, passphrase, chance)?;
        let state = State {
            authority: authority.to_owned(),
            demo,
            ..State::default()
        };
        let name = distinguished_name(&state, "安全生产许可根证书");
        let root = CertificateAuthority::create(Arc::new(key), &name, now, Duration::days(20 * 365), chance)?;
        let ca = root.certificate().clone();
        write(
            &directory.join("ca.crt"),
            ca.to_pem(LineEnding::LF)?.as_bytes(),
            false,
        )?;
        let mut store = Self {
            directory: directory.to_owned(),
            passphrase: passphrase.to_owned(),
            state,
            ca,
        };
        for role in Role::ALL {
            store.add_key(&root, role, now, chance)?;
        }
        store.write_list(&root, now)?;
        store.save()?;
        Ok(store)
    }

    /// Opens a store. The passphrase is tried when a key is used.
    pub fn open(directory: &Path, passphrase: &str) -> Result<Self> {
        let state = serde_json::from_slice(&read(&directory.join(STATE))?)
            .map_err(|error| CertificateError::KeyStore(error.to_string()))?;
        let ca = read_certificate(&directory.join("ca.crt"))?;
        Ok(Self {
            directory: directory.to_owned(),
            passphrase: passphrase.to_owned(),
            state,
            ca,
        })
    }

    /// Whether this is a demo authority; certificates under it should be printed with [`crate::Look::demo`].
    pub fn is_demo(&self) -> bool {
        self.state.demo
    }

    /// The identity that signs certificates and documents.
    pub fn authority(&self) -> Result<SigningIdentity> {
        let (key, certificate) = self.active(Role::Authority)?;
        let mut chain = vec![self.ca.clone()];
        // The QR signer's certificate travels along, so that a file proves its QR code by itself.
        chain.extend(self.certificates_of(Role::Qr)?.pop());
        SigningIdentity::new(key, certificate, chain)
    }

    /// The local timestamp authority.
    pub fn tsa(&self) -> Result<LocalTsa> {
        let (key, certificate) = self.active(Role::Tsa)?;
        Ok(LocalTsa::new(SigningIdentity::new(
            key,
            certificate,
            vec![self.ca.clone()],
        )?))
    }

    /// The signer of QR codes.
    pub fn qr(&self) -> Result<QrSigner> {
        let (key, certificate) = self.active(Role::Qr)?;
        QrSigner::new(key, certificate)
    }

    /// The authority itself, if its key is here.
    pub fn certificate_authority(&self) -> Result<CertificateAuthority> {
        CertificateAuthority::new(self.key(CA)?, self.ca.clone())
    }

    /// The bundle served at `/pki/ca.crt`: the root, then every certificate that signed QR codes.
    pub fn ca_bundle_pem(&self) -> Result<String> {
        let mut bundle = self.ca.to_pem(LineEnding::LF)?;
        for certificate in self.certificates_of(Role::Qr)? {
            bundle.push_str(&certificate.to_pem(LineEnding::LF)?);
        }
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

    /// Trust in this store's authority, with its revocation list.
    pub fn trust(&self) -> Result<Trust> {
        let trust = Trust::new(self.ca.clone(), self.certificates_of(Role::Qr)?);
        match self.crl_der()? {
            Some(list) => trust.with_crl(&list),
            None => Ok(trust),
        }
    }

    /// All certificates but the root.
    pub fn certificates(&self) -> Result<Vec<StoredCertificate>> {
        let mut listed = Vec::new();
        for (&role, serials) in &self.state.roles {
            for serial in serials {
                let certificate = read_certificate(&self.path(serial, "crt"))?;
                listed.push(StoredCertificate {
                    role,
                    serial: serial.clone(),
                    name: common_name(&certificate),
                    active: serials.last() == Some(serial),
                    revoked: self.state.revocations.iter().any(|entry| entry.serial == *serial),
                });
            }
        }
        Ok(listed)
    }

    /// Makes a new key for a role; it signs from now on. The old certificate stays good for what it signed.
    /// Gives the new serial number.
    pub fn rotate(&mut self, role: Role, now: OffsetDateTime, chance: &dyn Chance) -> Result<String> {
        let root = self.certificate_authority()?;
        let serial = self.add_key(&root, role, now, chance)?;
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
        let serial = self.store_key(role, &key, identity.certificate(), chance)?;
        self.save()?;
        Ok(serial)
    }

    /// Revokes a certificate and renews the list.
    pub fn revoke(&mut self, serial: &str, reason: RevocationReason, now: OffsetDateTime) -> Result<()> {
        let known = self.state.roles.values().flatten().any(|stored| stored == serial);
        let already = self.state.revocations.iter().any(|entry| entry.serial == serial);
        if !known || already {
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
    pub fn install_crl(&self, der: &[u8]) -> Result<()> {
        // Refused unless the authority signed it.
        Trust::new(self.ca.clone(), Vec::new()).with_crl(der)?;
        write(&self.directory.join(CRL), der, false)
    }

    fn active(&self, role: Role) -> Result<(Arc<dyn SigningKey>, Certificate)> {
        let serial = self.state.roles.get(&role).and_then(|serials| serials.last());
        let serial = serial.ok_or_else(|| CertificateError::KeyStore(format!("no key for {role:?}")))?;
        if self.state.revocations.iter().any(|entry| entry.serial == *serial) {
            return Err(CertificateError::KeyStore(format!(
                "the key for {role:?} is revoked"
            )));
        }
        Ok((self.key(serial)?, read_certificate(&self.path(serial, "crt"))?))
    }

    fn key(&self, name: &str) -> Result<Arc<dyn SigningKey>> {
        let path = self.path(name, "key");
        let pem = String::from_utf8(read(&path)?).map_err(|_| CertificateError::Key("file is not PEM"))?;
        Ok(Arc::new(read_key_pem(
            &pem,
            &self.passphrase,
            &path.display().to_string(),
        )?))
    }

    fn certificates_of(&self, role: Role) -> Result<Vec<Certificate>> {
        let serials = self.state.roles.get(&role).into_iter().flatten();
        serials
            .map(|serial| read_certificate(&self.path(serial, "crt")))
            .collect()
    }

    fn add_key(
        &mut self,
        root: &CertificateAuthority,
        role: Role,
        now: OffsetDateTime,
        chance: &dyn Chance,
    ) -> Result<String> {
        let key = SoftwareKey::generate(role.key_kind())?;
        let purpose = match role {
            Role::Authority => "",
            Role::Tsa => "时间戳服务",
            Role::Qr => "二维码签发",
        };
        let name = distinguished_name(&self.state, purpose);
        let public = key.public_key()?;
        let certificate = root.issue(role.profile(), &name, &public, now, role.lifetime(), chance)?;
        self.store_key(role, &key, &certificate, chance)
    }

    fn store_key(
        &mut self,
        role: Role,
        key: &SoftwareKey,
        certificate: &Certificate,
        chance: &dyn Chance,
    ) -> Result<String> {
        let serial = serial_of(certificate);
        write_key(&self.path(&serial, "key"), key, &self.passphrase, chance)?;
        write(
            &self.path(&serial, "crt"),
            certificate.to_pem(LineEnding::LF)?.as_bytes(),
            false,
        )?;
        self.state.roles.entry(role).or_default().push(serial.clone());
        Ok(serial)
    }

    fn write_list(&mut self, root: &CertificateAuthority, now: OffsetDateTime) -> Result<()> {
        self.state.list_number += 1;
        let (entries, number) = (&self.state.revocations, self.state.list_number);
        let list = root.revocation_list(entries, number, now, now + LIST_LIFETIME)?;
        write(&self.directory.join(CRL), &list, false)
    }

    fn save(&self) -> Result<()> {
        let state = serde_json::to_vec_pretty(&self.state)
            .map_err(|error| CertificateError::KeyStore(error.to_string()))?;
        write(&self.directory.join(STATE), &state, false)
    }

    fn path(&self, name: &str, extension: &str) -> PathBuf {
        self.directory.join(format!("{name}.{extension}"))
    }
}

/// `CN=演示市应急管理局（演示）时间戳服务,O=…,C=CN`; commas and other specials are escaped (RFC 4514, 2.4).
fn distinguished_name(state: &State, purpose: &str) -> String {
    let authority: String = state
        .authority
        .chars()
        .flat_map(|character| {
            let special = matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' | '#');
            special.then_some('\\').into_iter().chain([character])
        })
        .collect();
    let mark = if state.demo { "（演示）" } else { "" };
    format!("CN={authority}{mark}{purpose},O={authority}{mark},C=CN")
}

fn prepare(directory: &Path) -> Result<()> {
    if KeyStore::exists(directory) {
        return Err(CertificateError::KeyStore(format!(
            "{} holds keys already",
            directory.display()
        )));
    }
    fs::create_dir_all(directory).map_err(|source| io(directory, source))
}

fn write_key(path: &Path, key: &SoftwareKey, passphrase: &str, chance: &dyn Chance) -> Result<()> {
    const FAILED: CertificateError = CertificateError::Key("cannot be encrypted");
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    chance.fill(&mut salt)?;
    chance.fill(&mut iv)?;
    let (log_n, r, p) = SCRYPT;
    let work = scrypt::Params::new(log_n, r, p).map_err(|_| FAILED)?;
    let parameters = pbes2::Parameters::generate_scrypt_aes256cbc(work, &salt, iv).map_err(|_| FAILED)?;
    // SecretDocument wipes its bytes when it is dropped.
    let plain = SecretDocument::try_from(key.to_pkcs8()?)?;
    let info = PrivateKeyInfoRef::from_der(plain.as_bytes()).map_err(|_| FAILED)?;
    let sealed = info
        .encrypt_with_params(parameters, passphrase)
        .map_err(|_| FAILED)?;
    write(path, sealed.to_pem(KEY_LABEL, LineEnding::LF)?.as_bytes(), true)
}

fn read_key_pem(pem: &str, passphrase: &str, what: &str) -> Result<SoftwareKey> {
    let (label, document) = SecretDocument::from_pem(pem)?;
    if label != KEY_LABEL {
        return SoftwareKey::from_pkcs8(document.as_bytes());
    }
    let sealed = EncryptedPrivateKeyInfoRef::from_der(document.as_bytes())?;
    let plain = sealed
        .decrypt(passphrase)
        .map_err(|_| CertificateError::Passphrase(what.to_owned()))?;
    SoftwareKey::from_pkcs8(plain.as_bytes())
}

fn read_certificate(path: &Path) -> Result<Certificate> {
    Ok(Certificate::from_pem(read(path)?)?)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|source| io(path, source))
}

/// Writes beside the target, then renames: a crash leaves the old file or the new one, never half of one.
fn write(path: &Path, bytes: &[u8], secret: bool) -> Result<()> {
    let beside = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    // A file left over from a crash may have other permissions.
    let _ = fs::remove_file(&beside);
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(if secret { 0o600 } else { 0o644 });
    }
    #[cfg(not(unix))]
    let _ = secret;
    let stored = options.open(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    stored.map_err(|source| io(path, source))
}

fn io(path: &Path, source: std::io::Error) -> CertificateError {
    CertificateError::Io {
        path: path.display().to_string(),
        source,
    }
}

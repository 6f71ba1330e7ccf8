//! New keys for a use, made here or brought in: the newest one signs.

use std::sync::Arc;

use der::DecodePem;
use time::OffsetDateTime;
use x509_cert::Certificate;

use super::files::{read_key_pem, write, write_key};
use super::requests::pem;
use super::{KeyStore, KeyUse, Role};
use crate::Result;
use crate::cades::SigningIdentity;
use crate::chance::Chance;
use crate::pki::{CertificateAuthority, serial_of};
use crate::suite::{SigningKey, SoftwareKey};

impl KeyStore {
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

    /// The distinguished name of a certificate for a use.
    pub(super) fn subject_of(&self, usage: &KeyUse) -> String {
        let name = usage.body.as_deref().unwrap_or(&self.state.authority);
        distinguished_name(name, self.state.demo, usage.role.purpose())
    }

    pub(super) fn add_key(
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

    pub(super) fn store_key(
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
}

/// `CN=演示市应急管理局（演示）时间戳服务,O=…,C=CN`; commas and other specials are escaped (RFC 4514, 2.4).
pub(super) fn distinguished_name(authority: &str, demo: bool, purpose: &str) -> String {
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

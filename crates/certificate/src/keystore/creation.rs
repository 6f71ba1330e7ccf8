//! Making a store: a demo authority, the bureau's own, or an empty store under an outside authority.

use std::path::Path;
use std::sync::Arc;

use der::DecodePem;
use time::{Duration, OffsetDateTime};
use x509_cert::Certificate;

use super::files::{write, write_key};
use super::new_keys::distinguished_name;
use super::requests::pem;
use super::state::State;
use super::{KeyStore, KeyUse, Role, make_folder};
use crate::chance::Chance;
use crate::pki::CertificateAuthority;
use crate::suite::{KeyKind, SoftwareKey};
use crate::{CertificateError, Result};

impl KeyStore {
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

//! Revoked certificates and the revocation list.

use time::{Duration, OffsetDateTime};

use super::files::{read, write};
use super::{KeyStore, ListTimes};
use crate::pki::{CertificateAuthority, Revocation, RevocationReason};
use crate::trust::Trust;
use crate::{CertificateError, Result};

const CRL: &str = "crl.der";
/// A revocation list is good for a month; a daily job renews it in time.
const LIST_LIFETIME: Duration = Duration::days(30);

impl KeyStore {
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

    pub(super) fn is_revoked(&self, serial: &str) -> bool {
        self.state.revocations.iter().any(|entry| entry.serial == serial)
    }

    pub(super) fn write_list(&mut self, root: &CertificateAuthority, now: OffsetDateTime) -> Result<()> {
        self.state.list_number += 1;
        let (entries, number) = (&self.state.revocations, self.state.list_number);
        let list = root.revocation_list(entries, number, now, now + LIST_LIFETIME)?;
        write(&self.directory.join(CRL), &list, false)
    }
}

//! What verifiers trust: the store's authority and, for timestamps, the roots of an outside service.

use std::fs;

use x509_cert::Certificate;

use super::files::{io, write};
use super::requests::pem;
use super::{KeyStore, KeyUse, Role};
use crate::trust::Trust;
use crate::{CertificateError, Result};

const TSA_ROOTS: &str = "tsa";

impl KeyStore {
    /// The bundle served at `/pki/ca.crt`: the root, then every certificate that signed QR codes.
    pub fn ca_bundle_pem(&self) -> Result<String> {
        let mut bundle = pem(&self.ca)?;
        for certificate in self.certificates_of(&KeyUse::own(Role::Qr))? {
            bundle.push_str(&pem(&certificate)?);
        }
        bundle.push_str(&self.tsa_roots()?);
        Ok(bundle)
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
}

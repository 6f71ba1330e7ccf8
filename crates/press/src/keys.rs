//! The keys that the press works with at a time.

use std::{collections::BTreeMap, sync::Arc};

use certificate::{KeyStore, LocalTsa, QrSigner, SigningIdentity, Trust};

use crate::PressError;

/// Everything of a key store that is used for signing and verifying, read once.
pub(crate) struct Keys {
    /// Revision of the store that was read.
    pub(crate) revision: u64,
    operator: SigningIdentity,
    bodies: BTreeMap<String, SigningIdentity>,
    pub(crate) qr: QrSigner,
    pub(crate) tsa: LocalTsa,
    pub(crate) trust: Arc<Trust>,
    pub(crate) ca_bundle: String,
    pub(crate) crl: Option<Vec<u8>>,
}

impl Keys {
    pub(crate) fn read(store: &KeyStore) -> Result<Self, PressError> {
        Ok(Self {
            revision: store.revision(),
            operator: store.authority()?,
            bodies: store.bodies()?,
            qr: store.qr()?,
            tsa: store.tsa()?,
            trust: Arc::new(store.trust()?),
            ca_bundle: store.ca_bundle_pem()?,
            crl: store.crl_der()?,
        })
    }

    /// The identity that signs for a body: its own, else the operator's.
    pub(crate) fn signer(&self, body: &str) -> &SigningIdentity {
        self.bodies.get(body).unwrap_or(&self.operator)
    }

    /// Whether a body has a key of its own.
    pub(crate) fn has(&self, body: &str) -> bool {
        self.bodies.contains_key(body)
    }
}

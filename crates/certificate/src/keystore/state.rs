//! What `state.json` says, and how often it was changed.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::files::{read, write};
use super::{KeyStore, PendingKey, Role, StoredLogKey};
use crate::pki::Revocation;
use crate::{CertificateError, Result};

pub(super) const STATE: &str = "state.json";

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    /// Common name suffix of certificates that the store issues, such as 演示市应急管理局.
    pub(super) authority: String,
    /// Whether all names carry 演示.
    pub(super) demo: bool,
    /// Serial numbers by role; the last one signs.
    pub(super) roles: BTreeMap<Role, Vec<String>>,
    /// Serial numbers by name of the body, for bodies with a signing key of their own; the last one signs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) bodies: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) requests: Vec<PendingKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) log_keys: Vec<StoredLogKey>,
    pub(super) revocations: Vec<Revocation>,
    pub(super) list_number: u64,
    /// Grows with every change, so that a process that has the store open notices it.
    #[serde(default)]
    pub(super) revision: u64,
}

impl KeyStore {
    /// How often the store in a directory was changed.
    pub fn revision_in(directory: &Path) -> Result<u64> {
        Ok(read_state(directory)?.revision)
    }

    /// How often this store was changed when it was opened.
    pub fn revision(&self) -> u64 {
        self.state.revision
    }

    pub(super) fn save(&mut self) -> Result<()> {
        self.state.revision += 1;
        let state = serde_json::to_vec_pretty(&self.state)
            .map_err(|error| CertificateError::KeyStore(error.to_string()))?;
        write(&self.directory.join(STATE), &state, false)
    }
}

pub(super) fn read_state(directory: &Path) -> Result<State> {
    serde_json::from_slice(&read(&directory.join(STATE))?)
        .map_err(|error| CertificateError::KeyStore(error.to_string()))
}

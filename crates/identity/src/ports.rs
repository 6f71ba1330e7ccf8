//! What identity needs from its neighbours, in its own words.

use std::collections::BTreeMap;

use async_trait::async_trait;
use kernel::{KernelError, ids::EnterpriseId};

/// Where an enterprise belongs. Wired to the registry by the server.
#[async_trait]
pub trait Enterprises: Send + Sync {
    /// GB/T 2260 code of the enterprise's region; none when there is no such enterprise.
    async fn region(&self, enterprise: EnterpriseId) -> Result<Option<String>, KernelError>;
    /// What enterprises are called, for lists of the accounts of their people.
    async fn names(&self, _: &[EnterpriseId]) -> Result<BTreeMap<EnterpriseId, String>, KernelError> {
        Ok(BTreeMap::new())
    }
}

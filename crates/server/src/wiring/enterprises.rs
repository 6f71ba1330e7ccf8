//! Where an enterprise belongs, for the accounts of its people.

use std::collections::BTreeMap;

use async_trait::async_trait;
use identity::Enterprises;
use kernel::{Actor, KernelError, ids::EnterpriseId};
use registry::{Registry, RegistryError};

/// The registry, asked for an enterprise's region.
pub struct EnterpriseFiles(pub Registry);

#[async_trait]
impl Enterprises for EnterpriseFiles {
    async fn region(&self, enterprise: EnterpriseId) -> Result<Option<String>, KernelError> {
        let system = Actor::system("核对账号所属企业");
        match self.0.enterprise(&system, enterprise).await {
            Ok(file) => Ok(Some(file.region.as_str().to_owned())),
            Err(RegistryError::Kernel(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    async fn names(&self, ids: &[EnterpriseId]) -> Result<BTreeMap<EnterpriseId, String>, KernelError> {
        self.0.names(ids).await
    }
}

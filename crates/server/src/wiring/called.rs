//! What regions and enterprises are called, for collaboration.

use async_trait::async_trait;
use codes::RegionCode;
use collaboration::Names;
use kernel::{Actor, KernelError, ids::EnterpriseId};
use registry::{Registry, RegistryError};

/// The registry, asked for names.
pub struct RegistryNames(pub Registry);

#[async_trait]
impl Names for RegistryNames {
    fn region(&self, code: &str) -> String {
        let known = code.parse::<RegionCode>().ok();
        let name = known.and_then(|code| {
            let divisions = self.0.divisions();
            divisions.name(&divisions.nearest(&code)?).map(str::to_owned)
        });
        name.unwrap_or_else(|| code.to_owned())
    }

    async fn enterprise(&self, actor: &Actor, id: EnterpriseId) -> Result<Option<String>, KernelError> {
        match self.0.enterprise(actor, id).await {
            Ok(file) => Ok(Some(file.name.to_string())),
            Err(RegistryError::Kernel(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }
}

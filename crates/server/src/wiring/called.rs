//! What regions and enterprises are called, for collaboration.

use async_trait::async_trait;
use codes::RegionCode;
use collaboration::Names;
use kernel::{Actor, KernelError, ids::EnterpriseId};
use registry::{Registry, RegistryError};

/// Digits of a city in a GB/T 2260 code.
const CITY: usize = 4;

/// The registry, asked for names.
pub struct RegistryNames(pub Registry);

#[async_trait]
impl Names for RegistryNames {
    fn region(&self, code: &str) -> String {
        let full = |code: &str| Some(self.0.region_name(&code.parse::<RegionCode>().ok()?));
        let name = full(code).unwrap_or_else(|| code.to_owned());
        // Everything here lies in one city: what stands above the district says nothing.
        let city = code
            .get(..CITY)
            .filter(|city| city.len() < code.len())
            .and_then(full);
        let below = city.and_then(|city| name.strip_prefix(&city).map(str::to_owned));
        below.filter(|below| !below.is_empty()).unwrap_or(name)
    }

    async fn enterprise(&self, actor: &Actor, id: EnterpriseId) -> Result<Option<String>, KernelError> {
        match self.0.enterprise(actor, id).await {
            Ok(file) => Ok(Some(file.name.to_string())),
            Err(RegistryError::Kernel(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }
}

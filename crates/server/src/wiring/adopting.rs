//! A change that was granted reaches the enterprise's file, so that whatever is written next bears the new name.

use applications::Applications;
use async_trait::async_trait;
use kernel::{Actor, Job, JobError, JobHandler, problem::chain};
use licences::{IssuedLicence, Licences};
use matters::Kind;
use registry::{Particulars, Registry};
use serde_json::json;

/// Carries a granted change over into the registry.
pub const ADOPT_JOB: &str = "registry.adopt_change";

/// Hears of every certificate that takes effect.
pub struct AdoptChange {
    /// What was applied for.
    pub applications: Applications,
    /// What was granted.
    pub licences: Licences,
    /// Where it is carried over to.
    pub registry: Registry,
}

#[async_trait]
impl JobHandler for AdoptChange {
    fn kind(&self) -> &'static str {
        ADOPT_JOB
    }

    async fn run(&self, job: Job) -> Result<(), JobError> {
        let issued: IssuedLicence = job.payload()?;
        let Some(id) = issued.application else {
            return Ok(());
        };
        let system = Actor::system("变更入档");
        let seen = self.applications.application(&system, id).await.map_err(again)?;
        let dossier = seen.record.application.dossier();
        if dossier.matter.kind != Kind::Change {
            return Ok(());
        }
        let licence = self
            .licences
            .licence(&system, issued.licence)
            .await
            .map_err(again)?;
        let (asked, granted) = (&dossier.applicant, &licence.facts().holder);
        let from = Particulars {
            name: asked.name.clone(),
            address: asked.address.clone(),
            legal_representative: asked.legal_representative.clone(),
            economic_type: asked.economic_type.clone(),
        };
        let to = Particulars {
            name: granted.name.clone(),
            address: granted.address.clone(),
            legal_representative: granted.legal_representative.clone(),
            economic_type: granted.economic_type.clone(),
        };
        let source = json!({ "licence": issued.number, "application": id });
        self.registry
            .adopt(asked.enterprise, &from, &to, source)
            .await
            .map_err(again)
    }
}

fn again(error: impl std::error::Error + 'static) -> JobError {
    JobError::Retry(chain(&error))
}

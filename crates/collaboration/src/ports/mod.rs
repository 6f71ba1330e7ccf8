//! What this capability needs from its neighbours.
//!
//! Letters are signed through [`applications::Renderer`], which the press implements.

use applications::{Applications, ApplicationsError, InHand, InHandQuery, rules::Light};
use async_trait::async_trait;
use kernel::{
    Actor, KernelError, Page, PageQuery,
    ids::{ApplicationId, EnterpriseId},
};

/// What is in hand across departments. Implemented by applications.
#[async_trait]
pub trait Desk: Send + Sync {
    /// One page of it within the actor's reach.
    async fn in_hand(
        &self,
        actor: &Actor,
        query: &InHandQuery,
        page: &PageQuery,
    ) -> Result<Page<InHand>, ApplicationsError>;

    /// How much each department has in hand, by light; the empty name stands for applicants.
    async fn tally(
        &self,
        actor: &Actor,
        query: &InHandQuery,
    ) -> Result<Vec<(String, Light, u64)>, ApplicationsError>;

    /// What an application within the actor's reach is called, and whose it is.
    async fn called(&self, actor: &Actor, id: ApplicationId) -> Result<Option<Case>, ApplicationsError>;
}

/// An application to which a referral points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// 受理编号, once it was handed in.
    pub reference: Option<String>,
    /// The applicant.
    pub enterprise: EnterpriseId,
    /// Its name.
    pub applicant: String,
}

/// What regions and enterprises are called. The server gives it: whoever knows them stands beside collaboration.
#[async_trait]
pub trait Names: Send + Sync {
    /// Short name of a region, such as 东湖区; the code for an unknown one.
    fn region(&self, code: &str) -> String;

    /// Name of an enterprise within the actor's reach.
    async fn enterprise(&self, actor: &Actor, id: EnterpriseId) -> Result<Option<String>, KernelError>;
}

#[async_trait]
impl Desk for Applications {
    async fn in_hand(
        &self,
        actor: &Actor,
        query: &InHandQuery,
        page: &PageQuery,
    ) -> Result<Page<InHand>, ApplicationsError> {
        Self::in_hand(self, actor, query, page).await
    }

    async fn tally(
        &self,
        actor: &Actor,
        query: &InHandQuery,
    ) -> Result<Vec<(String, Light, u64)>, ApplicationsError> {
        self.in_hand_tally(actor, query).await
    }

    async fn called(&self, actor: &Actor, id: ApplicationId) -> Result<Option<Case>, ApplicationsError> {
        let seen = match self.application(actor, id).await {
            Ok(seen) => seen,
            Err(ApplicationsError::NotFound(_) | ApplicationsError::Forbidden(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let application = seen.record.application;
        let applicant = &application.dossier().applicant;
        Ok(Some(Case {
            reference: application.intake().map(|intake| intake.reference.clone()),
            enterprise: applicant.enterprise,
            applicant: applicant.name.clone(),
        }))
    }
}

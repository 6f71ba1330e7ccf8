//! What this capability needs from its neighbours, in its own words.

mod neighbours;

use applications::model::Paper;
use async_trait::async_trait;
use certificate::LicenceRecord;
use kernel::{
    Actor, Problem,
    ids::{ApplicationId, LicenceId},
};
use matters::MatterKey;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::model::Grant;

/// A neighbour did not do its part.
#[derive(Debug, thiserror::Error)]
pub enum NeighbourError {
    /// It may work later.
    #[error("for now")]
    ForNow(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It never will.
    #[error("for good")]
    ForGood(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// There is no prospect of a licence.
#[derive(Debug, thiserror::Error)]
pub enum ProspectError {
    /// The actor may not look at it, or not now.
    #[error("refused: {}", .0.title)]
    Refused(Box<Problem>),
    /// What would be granted cannot be read.
    #[error(transparent)]
    Neighbour(#[from] NeighbourError),
}

/// Tells what was granted. Implemented by applications.
#[async_trait]
pub trait Grants: Send + Sync {
    /// The grant of an application that was decided in its favour.
    async fn grant(&self, application: ApplicationId) -> Result<Grant, NeighbourError>;

    /// What a grant today would have, with another scope than the one applied for if given.
    async fn prospect(
        &self,
        actor: &Actor,
        application: ApplicationId,
        scope: Option<Vec<String>>,
    ) -> Result<Grant, ProspectError>;

    /// The applications about a licence that are under way, drafts included.
    async fn running(&self, licence: LicenceId) -> Result<Vec<Running>, NeighbourError>;
}

/// An application that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// Which.
    pub application: ApplicationId,
    /// 受理编号, once handed in.
    pub reference: Option<String>,
    /// What it asks for.
    pub matter: MatterKey,
    /// The stable name of its state.
    pub state: &'static str,
    /// The state in Chinese.
    pub state_name: &'static str,
    /// Not handed in yet.
    pub is_draft: bool,
}

/// A finished certificate.
#[derive(Clone, Debug)]
pub struct Pressed {
    /// Signed and time-stamped PDF/A-3.
    pub pdf: Vec<u8>,
    /// What its QR code says.
    pub qr_url: String,
}

/// Makes certificates and papers. Implemented by the press.
#[async_trait]
pub trait Certify: Send + Sync {
    /// The certificate of a record, made at the given instant.
    async fn certify(&self, record: LicenceRecord, at: OffsetDateTime) -> Result<Pressed, NeighbourError>;

    /// A paper as signed PDF, made at the given instant.
    async fn document(
        &self,
        paper: &Paper,
        ident: Uuid,
        at: OffsetDateTime,
    ) -> Result<Vec<u8>, NeighbourError>;

    /// A paper as it would look, neither sealed nor signed.
    async fn preview(
        &self,
        paper: &Paper,
        ident: Uuid,
        at: OffsetDateTime,
    ) -> Result<Vec<u8>, NeighbourError>;

    /// The certificate of a record as it would look, marked 样张, neither sealed nor signed.
    async fn specimen(&self, record: LicenceRecord, at: OffsetDateTime) -> Result<Vec<u8>, NeighbourError>;
}

//! What this capability needs from its neighbours.
//!
//! Letters are signed through [`applications::Renderer`], which the press implements.

use applications::{Applications, ApplicationsError, InHand, InHandQuery, rules::Light};
use async_trait::async_trait;
use kernel::{Actor, Page, PageQuery};

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
}

//! What can be applied for about a licence.

use axum::{Json as Answer, extract::State};
use kernel::{
    Actor, Problem,
    http::Path,
    ids::{ApplicationId, LicenceId},
};
use matters::{Facet, Kind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ports::Running,
    rules::WindowView,
    service::{LicenceMatter, Licences},
};

/// A matter about a licence, as it stands today.
#[derive(Serialize, ToSchema)]
#[schema(as = LicenceMatterView)]
pub(super) struct MatterView {
    /// Key of the matter, as a draft names it.
    key: String,
    /// The version that new applications use.
    version: u32,
    name: String,
    kind: Kind,
    kind_name: &'static str,
    /// A draft begun today would be taken: for one of the facets at least.
    allowed: bool,
    /// Why not, in the words that the draft would be refused with.
    reason: Option<String>,
    /// What can be asked for: items of a change, causes of a replacement, grounds of a deregistration.
    facets: Vec<FacetView>,
    /// Until when one has to apply, without what counts from the day of an event.
    windows: Vec<WindowView>,
    /// The application of this matter that is under way.
    running: Option<RunningView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LicenceMatterFacet)]
struct FacetView {
    facet: Facet,
    label: &'static str,
    /// What the rule says about it.
    text: String,
    /// A draft for it would be taken today.
    allowed: bool,
    reason: Option<String>,
}

/// An application that is under way.
#[derive(Serialize, ToSchema)]
#[schema(as = LicenceRunningApplication)]
struct RunningView {
    id: ApplicationId,
    /// 受理编号, once handed in.
    reference: Option<String>,
    state: &'static str,
    state_name: &'static str,
}

impl From<Running> for RunningView {
    fn from(running: Running) -> Self {
        Self {
            id: running.application,
            reference: running.reference,
            state: running.state,
            state_name: running.state_name,
        }
    }
}

impl From<LicenceMatter> for MatterView {
    fn from(matter: LicenceMatter) -> Self {
        let facets = matter.facets.into_iter().map(|(asked, reason)| FacetView {
            facet: asked.facet,
            label: asked.facet.label(),
            text: asked.text,
            allowed: reason.is_none(),
            reason,
        });
        Self {
            key: matter.key.to_string(),
            version: matter.version,
            name: matter.name,
            kind: matter.key.kind,
            kind_name: matter.key.kind.label(),
            allowed: matter.reason.is_none(),
            reason: matter.reason,
            facets: facets.collect(),
            windows: matter.windows,
            running: matter.running.map(Into::into),
        }
    }
}

/// What can be applied for about a licence today, one entry a matter of its industry: possible, not possible and why,
/// under way. Nothing for a number that was never issued, and for a stand-in.
#[utoipa::path(get, path = "/api/v1/licences/{id}/matters", tag = "licences", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<MatterView>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
pub(super) async fn matters(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
) -> Result<Answer<Vec<MatterView>>, Problem> {
    let matters = licences.matters(&actor, id).await?;
    Ok(Answer(matters.into_iter().map(MatterView::from).collect()))
}

//! What is owed, and what is public about it.

use axum::{Json as Answer, extract::State};
use kernel::{
    Actor, LegalDate, Page, PageQuery, Problem,
    http::{Path, Query},
    ids::{EnterpriseId, LicenceId},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{rules::Duty, service::Licences};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DutyParams {
    /// Last days from this one on.
    from: LegalDate,
    /// Last days up to this one; at most four years later.
    until: LegalDate,
}

/// What is owed for one licence, by last day: due, done, missed.
#[utoipa::path(get, path = "/api/v1/licences/{id}/duties", tag = "licences",
    params(("id" = Uuid, Path), DutyParams),
    responses((status = 200, body = Vec<Duty>), (status = 404, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
pub(super) async fn licence_duties(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Query(params): Query<DutyParams>,
) -> Result<Answer<Vec<Duty>>, Problem> {
    let duties = licences
        .licence_duties(&actor, id, params.from, params.until)
        .await?;
    Ok(Answer(duties))
}

/// What an enterprise owes for all its licences, by last day: due, done, missed.
#[utoipa::path(get, path = "/api/v1/enterprises/{id}/licence-duties", tag = "licences",
    params(("id" = Uuid, Path), DutyParams),
    responses((status = 200, body = Vec<Duty>), (status = 404, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
pub(super) async fn enterprise_duties(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<EnterpriseId>,
    Query(params): Query<DutyParams>,
) -> Result<Answer<Vec<Duty>>, Problem> {
    let duties = licences.duties(&actor, id, params.from, params.until).await?;
    Ok(Answer(duties))
}

/// A loss that is public.
#[derive(Serialize, ToSchema)]
pub(super) struct PublicLossView {
    /// Number of the lost licence.
    number: String,
    /// Its holder.
    holder: String,
    /// First day of the notice.
    from: LegalDate,
    /// Last day of the notice.
    until: LegalDate,
}

/// 遗失公告: losses that are public today, newest first.
#[utoipa::path(get, path = "/api/v1/public/licence-losses", tag = "public", params(PageQuery),
    responses((status = 200, body = Page<PublicLossView>)),
    extensions(("x-permission" = json!("public"))))]
pub(super) async fn public_losses(
    State(licences): State<Licences>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<PublicLossView>>, Problem> {
    let losses = licences.public_losses(&page).await?;
    Ok(Answer(losses.map(|loss| PublicLossView {
        number: loss.number,
        holder: loss.holder,
        from: loss.from,
        until: loss.until,
    })))
}

//! Routes of case files.

mod acts;
mod papers;
mod view;

use axum::{
    Json as Answer,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
};
use kernel::{
    Actor, Page, PageQuery, Problem,
    event::Event,
    http::{Json, Path, Query, Versioned},
    ids::{EnterpriseId, LicenceId},
};
use matters::Industry;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;
use view::CaseView;

use crate::{
    model::{CaseFile, CaseId, Measure},
    rules::SuspensionCase,
    service::{CasesWanted, EVIDENCE_LIMIT_MB, Licences, NewCase},
};

pub(super) fn routes() -> OpenApiRouter<Licences> {
    let most = usize::try_from(EVIDENCE_LIMIT_MB * 1024 * 1024 + 64 * 1024).unwrap_or(usize::MAX);
    OpenApiRouter::new()
        .routes(routes!(papers::add_evidence))
        .layer(DefaultBodyLimit::max(most))
        .routes(routes!(open_case))
        .routes(routes!(cases_of))
        .routes(routes!(cases))
        .routes(routes!(case))
        .routes(routes!(timeline))
        .routes(routes!(papers::evidence))
        .routes(routes!(acts::find))
        .routes(routes!(acts::notice))
        .routes(routes!(papers::preview))
        .routes(routes!(acts::statement))
        .routes(routes!(acts::hearing))
        .routes(routes!(acts::propose))
        .routes(routes!(acts::decide))
        .routes(routes!(acts::close))
        .routes(routes!(papers::paper))
        .routes(routes!(papers::serve))
        .routes(routes!(suspension_cases))
}

type Case = Result<Versioned<CaseView>, Problem>;

fn shown(licences: &Licences, actor: &Actor, status: StatusCode, case: CaseFile) -> Case {
    let version = case.version;
    Ok(Versioned(status, version, CaseView::new(licences, actor, case)?))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceCaseRequest)]
struct CaseRequest {
    measure: Measure,
    /// 案由
    subject: String,
}

/// 立案: opens a case file on a licence.
#[utoipa::path(post, path = "/api/v1/licences/{id}/cases", tag = "licences", params(("id" = Uuid, Path)),
    request_body = CaseRequest,
    responses((status = 201, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
async fn open_case(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<CaseRequest>,
) -> Case {
    let new = NewCase {
        measure: body.measure,
        subject: body.subject,
    };
    let case = licences.open_case(&actor, id, new).await?;
    shown(&licences, &actor, StatusCode::CREATED, case)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CaseParams {
    /// `investigating`, `noticed`, `proposed`, `decided`, `closed`.
    state: Option<String>,
    /// `suspension`, `resumption`, `revocation`, `rescission`, `withdrawal`, `cancellation`.
    measure: Option<String>,
    /// Only those in which something is the actor's to do: to investigate, to decide what another proposed, to serve.
    #[serde(default)]
    waits: bool,
    /// Part of the holder's name, of the number or of the credit code; two characters at least.
    q: Option<String>,
    /// The holder.
    enterprise: Option<Uuid>,
    /// Rows on a page, 1 to 200; 20 unless given.
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl CaseParams {
    /// What is listed, and which page of it.
    pub(super) fn read(self, licence: Option<LicenceId>) -> (CasesWanted, PageQuery) {
        let page = PageQuery {
            limit: self.limit,
            cursor: self.cursor,
        };
        let wanted = CasesWanted {
            licence,
            enterprise: self.enterprise.map(EnterpriseId),
            state: self.state,
            measure: self.measure,
            waits: self.waits,
            text: self.q,
        };
        (wanted, page)
    }
}

async fn page(
    licences: &Licences,
    actor: &Actor,
    licence: Option<LicenceId>,
    params: CaseParams,
) -> Result<Answer<Page<CaseView>>, Problem> {
    let (wanted, page) = params.read(licence);
    let rows = licences
        .cases(actor, &wanted, page.after()?, page.limit())
        .await?;
    let rows = Page::cut(rows, page.limit(), |case| case.seq);
    let views = rows
        .items
        .into_iter()
        .map(|case| CaseView::new(licences, actor, case));
    Ok(Answer(Page {
        items: views.collect::<Result<_, _>>()?,
        next: rows.next,
    }))
}

/// Case files on a licence, newest first.
#[utoipa::path(get, path = "/api/v1/licences/{id}/cases", tag = "licences",
    params(("id" = Uuid, Path), CaseParams),
    responses((status = 200, body = Page<CaseView>), (status = 404, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn cases_of(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Query(params): Query<CaseParams>,
) -> Result<Answer<Page<CaseView>>, Problem> {
    licences.licence(&actor, id).await?;
    page(&licences, &actor, Some(id), params).await
}

/// Case files within the scope, newest first.
#[utoipa::path(get, path = "/api/v1/licence-cases", tag = "licences", params(CaseParams),
    responses((status = 200, body = Page<CaseView>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn cases(
    State(licences): State<Licences>,
    actor: Actor,
    Query(params): Query<CaseParams>,
) -> Result<Answer<Page<CaseView>>, Problem> {
    page(&licences, &actor, None, params).await
}

/// One case file.
#[utoipa::path(get, path = "/api/v1/licence-cases/{id}", tag = "licences", params(("id" = Uuid, Path)),
    responses((status = 200, body = CaseView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn case(State(licences): State<Licences>, actor: Actor, Path(id): Path<CaseId>) -> Case {
    let case = licences.case(&actor, id).await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

/// What happened to a case file, newest first.
#[utoipa::path(get, path = "/api/v1/licence-cases/{id}/timeline", tag = "licences",
    params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<Event>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn timeline(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<Event>>, Problem> {
    let events = licences
        .case_timeline(&actor, id, page.after()?, page.limit() + 1)
        .await?;
    Ok(Answer(Page::cut(events, page.limit(), |event| event.seq)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SuspensionParams {
    industry: Industry,
}

/// How long a licence of an industry is suspended, by case: the rule data with their marks.
#[utoipa::path(get, path = "/api/v1/licence-suspension-cases", tag = "licences", params(SuspensionParams),
    responses((status = 200, body = Vec<SuspensionCase>)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn suspension_cases(
    State(licences): State<Licences>,
    Query(params): Query<SuspensionParams>,
) -> Answer<Vec<SuspensionCase>> {
    Answer(licences.suspension_cases(params.industry))
}

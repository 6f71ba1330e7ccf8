//! Routes of holding: what is filed about a licence and what is owed.

mod desk;
mod duties;
mod holder;

use axum::{Json as Answer, extract::State, http::StatusCode};
use kernel::{
    Actor, LegalDate, Moment, Page, PageQuery, Problem,
    event::Event,
    http::{Path, Query, Versioned},
    ids::{EnterpriseId, LicenceId},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    model::{Filing, FilingId, FilingMatter},
    service::{FilingsWanted, Licences},
};

pub(super) fn routes() -> OpenApiRouter<Licences> {
    OpenApiRouter::new()
        .routes(routes!(filings_of))
        .routes(routes!(filings))
        .routes(routes!(filing))
        .routes(routes!(timeline))
        .routes(routes!(desk::hand_over))
        .routes(routes!(holder::confirm_posting))
        .routes(routes!(holder::self_check))
        .routes(routes!(holder::report_damage))
        .routes(routes!(holder::begin_exchange))
        .routes(routes!(desk::stand_in))
        .routes(routes!(holder::declare_loss))
        .routes(routes!(holder::found))
        .routes(routes!(holder::work_elsewhere))
        .routes(routes!(holder::emergency_use))
        .routes(routes!(holder::report))
        .routes(routes!(desk::annual_review))
        .routes(routes!(desk::take_back))
        .routes(routes!(desk::destroy))
        .routes(routes!(desk::witness))
        .routes(routes!(duties::licence_duties))
        .routes(routes!(duties::enterprise_duties))
        .routes(routes!(duties::public_losses))
}

/// Something filed about a licence.
#[derive(Serialize, ToSchema)]
#[schema(as = LicenceFilingView)]
struct FilingView {
    id: FilingId,
    version: i64,
    licence: LicenceId,
    /// Number of the licence when it was filed.
    number: String,
    enterprise: EnterpriseId,
    holder: String,
    /// Who filed it.
    by: String,
    at: Moment,
    kind: &'static str,
    /// Its Chinese name.
    title: &'static str,
    /// Last day of what is still owed.
    due_on: Option<LegalDate>,
    matter: FilingMatter,
    /// What the actor may do now: `confirm_posting`, `begin_exchange`, `recover`, `report` (holder); `issue_stand_in`,
    /// `take_back`, `destroy`, `witness` (authority).
    allowed_actions: Vec<&'static str>,
}

impl FilingView {
    fn new(filing: Filing, allowed_actions: Vec<&'static str>) -> Self {
        Self {
            id: filing.id,
            version: filing.version,
            licence: filing.licence,
            kind: filing.matter.as_str(),
            title: filing.matter.title(),
            due_on: filing.due(),
            number: filing.number,
            enterprise: filing.enterprise,
            holder: filing.holder,
            by: filing.by.name,
            at: filing.at,
            matter: filing.matter,
            allowed_actions,
        }
    }

    /// With what the actor may do about each.
    async fn all(licences: &Licences, actor: &Actor, filings: Vec<Filing>) -> Result<Vec<Self>, Problem> {
        let actions = licences.filing_actions(actor, &filings).await?;
        let both = filings.into_iter().zip(actions);
        Ok(both.map(|(filing, actions)| Self::new(filing, actions)).collect())
    }

    async fn one(licences: &Licences, actor: &Actor, filing: Filing) -> Result<Self, Problem> {
        let mut actions = licences
            .filing_actions(actor, std::slice::from_ref(&filing))
            .await?;
        Ok(Self::new(filing, actions.pop().unwrap_or_default()))
    }
}

type Filed = Result<Versioned<FilingView>, Problem>;

async fn shown(licences: &Licences, actor: &Actor, status: StatusCode, filing: Filing) -> Filed {
    let version = filing.version;
    let view = FilingView::one(licences, actor, filing).await?;
    Ok(Versioned(status, version, view))
}

async fn created(licences: &Licences, actor: &Actor, filing: Filing) -> Filed {
    shown(licences, actor, StatusCode::CREATED, filing).await
}

async fn changed(licences: &Licences, actor: &Actor, filing: Filing) -> Filed {
    shown(licences, actor, StatusCode::OK, filing).await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FilingParams {
    /// `handover`, `self_check`, `damage`, `loss`, `recall`, `work_elsewhere`, `emergency_use`, `annual_review`.
    kind: Option<String>,
    /// Only those of which the holder still owes something.
    #[serde(default)]
    open: bool,
    /// Only those about which something is the actor's to do as an officer: a stand-in, papers to take in or to
    /// destroy, a destruction to confirm.
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

impl FilingParams {
    /// What is listed, and which page of it.
    pub(super) fn read(self, licence: Option<LicenceId>) -> (FilingsWanted, PageQuery) {
        let page = PageQuery {
            limit: self.limit,
            cursor: self.cursor,
        };
        let wanted = FilingsWanted {
            licence,
            enterprise: self.enterprise.map(EnterpriseId),
            kind: self.kind,
            open: self.open,
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
    params: FilingParams,
) -> Result<Answer<Page<FilingView>>, Problem> {
    let (wanted, page) = params.read(licence);
    let rows = licences
        .filings(actor, &wanted, page.after()?, page.limit())
        .await?;
    let rows = Page::cut(rows, page.limit(), |filing| filing.seq);
    Ok(Answer(Page {
        items: FilingView::all(licences, actor, rows.items).await?,
        next: rows.next,
    }))
}

/// What was filed about a licence, newest first.
#[utoipa::path(get, path = "/api/v1/licences/{id}/filings", tag = "licences",
    params(("id" = Uuid, Path), FilingParams),
    responses((status = 200, body = Page<FilingView>), (status = 404, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn filings_of(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Query(params): Query<FilingParams>,
) -> Result<Answer<Page<FilingView>>, Problem> {
    licences.licence(&actor, id).await?;
    page(&licences, &actor, Some(id), params).await
}

/// What was filed within the scope, newest first.
#[utoipa::path(get, path = "/api/v1/licence-filings", tag = "licences", params(FilingParams),
    responses((status = 200, body = Page<FilingView>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn filings(
    State(licences): State<Licences>,
    actor: Actor,
    Query(params): Query<FilingParams>,
) -> Result<Answer<Page<FilingView>>, Problem> {
    page(&licences, &actor, None, params).await
}

/// One filing.
#[utoipa::path(get, path = "/api/v1/licence-filings/{id}", tag = "licences", params(("id" = Uuid, Path)),
    responses((status = 200, body = FilingView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn filing(State(licences): State<Licences>, actor: Actor, Path(id): Path<FilingId>) -> Filed {
    let filing = licences.filing(&actor, id).await?;
    changed(&licences, &actor, filing).await
}

/// What happened to a filing, newest first.
#[utoipa::path(get, path = "/api/v1/licence-filings/{id}/timeline", tag = "licences",
    params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<Event>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn timeline(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<Event>>, Problem> {
    let events = licences
        .filing_timeline(&actor, id, page.after()?, page.limit() + 1)
        .await?;
    Ok(Answer(Page::cut(events, page.limit(), |event| event.seq)))
}

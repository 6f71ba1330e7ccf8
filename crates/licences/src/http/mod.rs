//! Routes and wire types of licences.

mod cases;
mod export;
mod filings;
mod possible;
mod public;
mod specimen;
mod takeover;
mod view;

use axum::{
    Json as Answer,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use codes::RegionCode;
use kernel::{
    Actor, Page, PageQuery, Problem,
    event::Event,
    http::{Path, Query, Versioned},
    ids::{EnterpriseId, LicenceId},
};
use matters::Industry;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;
use view::LicenceView;

use crate::{
    Edition,
    model::{Licence, Status},
    service::{LicenceQuery, Licences, Unissued},
};

/// The routes of this capability.
pub fn router(licences: Licences) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(licence))
        .routes(routes!(certificate))
        .routes(routes!(specimen::specimen))
        .routes(routes!(timeline))
        .routes(routes!(possible::matters))
        .routes(routes!(takeover::take_over))
        .routes(routes!(takeover::press))
        .routes(routes!(takeover::void))
        .routes(routes!(public::search))
        .routes(routes!(public::licence))
        .routes(routes!(public::open_data))
        .merge(export::routes())
        .merge(filings::routes())
        .merge(cases::routes())
        .with_state(licences)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// Part of the holder's name, of a number or of a credit code; two characters at least.
    q: Option<String>,
    industry: Option<Industry>,
    /// GB/T 2260 code; everything within the region.
    region: Option<String>,
    /// The holder.
    enterprise: Option<Uuid>,
    /// Status today.
    status: Option<Status>,
    /// Numbers reserved or voided instead of issued licences.
    #[param(inline)]
    unissued: Option<Unissued>,
    /// Rows on a page, 1 to 200; 20 unless given.
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl ListParams {
    fn read(self) -> Result<(LicenceQuery, PageQuery), Problem> {
        let page = PageQuery {
            limit: self.limit,
            cursor: self.cursor,
        };
        let query = LicenceQuery {
            text: self.q,
            industry: self.industry,
            region: region(self.region.as_deref())?,
            enterprise: self.enterprise.map(EnterpriseId),
            status: self.status,
            unissued: self.unissued,
        };
        Ok((query, page))
    }
}

/// A region typed into a filter; empty is none.
fn region(text: Option<&str>) -> Result<Option<RegionCode>, Problem> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let code = text.map(str::parse::<RegionCode>).transpose();
    code.map_err(|error| Problem::field("region", error.to_string()))
}

/// Licences within the scope, newest entry first; without words those that expire or expired by their last day.
#[utoipa::path(get, path = "/api/v1/licences", tag = "licences", params(ListParams),
    responses((status = 200, body = Page<LicenceView>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn list(
    State(licences): State<Licences>,
    actor: Actor,
    Query(params): Query<ListParams>,
) -> Result<Answer<Page<LicenceView>>, Problem> {
    let (query, page) = params.read()?;
    let rows = licences.list(&actor, &query, page.after()?, page.limit()).await?;
    let rows = Page::cut(rows, page.limit(), Licence::place);
    Ok(Answer(rows.map(|licence| {
        let status = licences.status_today(&licence);
        LicenceView::new(&licences, licence, status, &actor)
    })))
}

/// One licence. Here `allowed_actions` leave out what was done already: this month's check, a loss that stands open, the handing
/// over of this certificate, a case for the same measure that is open.
#[utoipa::path(get, path = "/api/v1/licences/{id}", tag = "licences", params(("id" = Uuid, Path)),
    responses((status = 200, body = LicenceView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn licence(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
) -> Result<Versioned<LicenceView>, Problem> {
    let licence = licences.licence(&actor, id).await?;
    let (version, status) = (licence.facts().version, licences.status_today(&licence));
    let done = licences.already_done(&licence).await?;
    let mut view = LicenceView::new(&licences, licence, status, &actor);
    let opened = licences.opened_already(id).await?;
    view.allowed_actions
        .retain(|act| !done.contains(act) && !opened.iter().any(|one| one == act));
    Ok(Versioned(StatusCode::OK, version, view))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RevisionParams {
    /// Which certificate, as `revision` of one of `past`; the one in force unless given.
    revision: Option<u32>,
}

/// The signed PDF of an edition: `original` 正本 or `duplicate` 副本; with `revision` the one that was in force before.
#[utoipa::path(get, path = "/api/v1/licences/{id}/certificates/{edition}", tag = "licences",
    params(("id" = Uuid, Path), ("edition" = String, Path, description = "`original` or `duplicate`"), RevisionParams),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = 404, body = Problem),
        (status = 409, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn certificate(
    State(licences): State<Licences>,
    actor: Actor,
    Path((id, edition)): Path<(LicenceId, Edition)>,
    Query(params): Query<RevisionParams>,
) -> Result<impl IntoResponse, Problem> {
    let (licence, bytes) = licences.certificate(&actor, id, edition, params.revision).await?;
    let facts = licence.facts();
    let past = params.revision.filter(|revision| *revision != facts.revision);
    let past = past
        .map(|revision| format!("，第{revision}版"))
        .unwrap_or_default();
    let name = format!("{}（{}{past}）.pdf", facts.number, edition.chinese());
    Ok((download("application/pdf", &name, "inline"), bytes))
}

/// Headers of a file with a Chinese name (RFC 6266, RFC 8187).
fn download(media_type: &'static str, name: &str, disposition: &str) -> HeaderMap {
    let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Ok(value) = HeaderValue::from_str(&format!("{disposition}; filename*=UTF-8''{encoded}")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers
}

/// Headers of a file that somebody handed in. Its kind was read off its bytes: PDF and pictures are shown, everything
/// else is saved, in a sandbox. Nothing is sniffed, on no route.
fn handed_in(media_type: &str, name: &str) -> HeaderMap {
    let shown =
        media_type == "application/pdf" || (media_type.starts_with("image/") && !media_type.contains("svg"));
    let mut headers = download(
        "application/octet-stream",
        name,
        if shown { "inline" } else { "attachment" },
    );
    if let Ok(value) = HeaderValue::from_str(media_type) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    if !shown {
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox"),
        );
    }
    headers
}

/// What happened to a licence, newest first.
#[utoipa::path(get, path = "/api/v1/licences/{id}/timeline", tag = "licences",
    params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<Event>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn timeline(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<Event>>, Problem> {
    let events = licences
        .timeline(&actor, id, page.after()?, page.limit() + 1)
        .await?;
    Ok(Answer(Page::cut(events, page.limit(), |event| event.seq)))
}

//! Enterprise files.

use axum::{Json as Answer, extract::State, http::StatusCode, response::IntoResponse};
use kernel::{
    Actor, Event, LegalDate, Moment, Page, PageQuery, Permission, Problem,
    http::{IfMatch, IfMatchHeader, Json, Path, Query, Versioned},
    ids::EnterpriseId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{parameter, watch::WatchView, xlsx};
use crate::{
    model::{Danger, Enterprise, EnterpriseQuery, EnterpriseState, NewEnterprise, SizeClass, Sort, Watch},
    rules,
    service::Registry,
};

/// An enterprise as shown to an actor.
#[derive(Serialize, ToSchema)]
pub(crate) struct EnterpriseView {
    id: EnterpriseId,
    version: i64,
    name: String,
    /// Unified social credit code or registration number.
    code: String,
    /// Kinds of objections against the code; empty for a sound one.
    code_warnings: Vec<String>,
    legal_representative: String,
    economic_type: String,
    address: String,
    /// GB/T 2260 code in its shortest form.
    region: String,
    /// Full name of the region.
    region_name: String,
    /// GB/T 4754 code.
    industry: Option<String>,
    industry_name: Option<String>,
    size: SizeClass,
    size_name: &'static str,
    danger: Option<Danger>,
    danger_name: Option<&'static str>,
    /// Masked unless the actor keeps the file.
    phone: Option<String>,
    longitude: Option<f64>,
    latitude: Option<f64>,
    authority: Option<String>,
    established_on: Option<LegalDate>,
    state: EnterpriseState,
    state_name: &'static str,
    /// Invented for the demo city.
    demo: bool,
    registered_at: Moment,
    /// Why it is supervised more closely (重点监管); empty when it is not.
    watch: Vec<WatchView>,
    /// Acts open to the actor: `change`, `keep_staff`, `keep_facilities`, `end_watch`.
    allowed_actions: Vec<&'static str>,
}

impl EnterpriseView {
    /// With personal data masked.
    fn masked(registry: &Registry, actor: &Actor, mut enterprise: Enterprise, watch: Vec<Watch>) -> Self {
        enterprise.phone = rules::masked_phone(enterprise.phone.as_deref());
        Self::full(registry, actor, enterprise, watch)
    }

    fn full(registry: &Registry, actor: &Actor, enterprise: Enterprise, watch: Vec<Watch>) -> Self {
        let industry_name = enterprise
            .industry
            .as_deref()
            .and_then(|code| code.parse().ok())
            .and_then(|code| registry.industries().name(&code).map(str::to_owned));
        // Whoever is shown a file reaches it: what is left is the permission.
        let acts = [
            (true, Permission::EnterprisesWrite, "change"),
            (true, Permission::EnterprisesKeep, "keep_staff"),
            (true, Permission::EnterprisesKeep, "keep_facilities"),
            (!watch.is_empty(), Permission::LicencesSupervise, "end_watch"),
        ];
        let allowed = acts
            .iter()
            .filter(|(fits, permission, _)| *fits && actor.may(*permission));
        let allowed_actions = allowed.map(|(.., act)| *act).collect();
        let watch = watch.into_iter().map(|one| WatchView::new(registry, one));
        Self {
            id: enterprise.id,
            version: enterprise.version,
            name: enterprise.name,
            code: enterprise.code.to_string(),
            code_warnings: enterprise.code_warnings,
            legal_representative: enterprise.legal_representative,
            economic_type: enterprise.economic_type,
            address: enterprise.address,
            region_name: registry.region_name(&enterprise.region),
            region: enterprise.region.to_string(),
            industry: enterprise.industry,
            industry_name,
            size: enterprise.size,
            size_name: enterprise.size.chinese(),
            danger: enterprise.danger,
            danger_name: enterprise.danger.map(Danger::chinese),
            phone: enterprise.phone,
            longitude: enterprise.longitude,
            latitude: enterprise.latitude,
            authority: enterprise.authority,
            established_on: enterprise.established_on,
            state: enterprise.state,
            state_name: enterprise.state.chinese(),
            demo: enterprise.demo,
            registered_at: enterprise.registered_at,
            watch: watch.collect(),
            allowed_actions,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Two or more characters of name or code; several words have to occur all.
    q: Option<String>,
    /// GB/T 2260 code: the region and everything within it.
    region: Option<String>,
    /// GB/T 4754 code: the industry and everything below it.
    industry: Option<String>,
    /// Size class.
    size: Option<SizeClass>,
    /// Danger class.
    danger: Option<Danger>,
    /// State.
    state: Option<EnterpriseState>,
    /// Only files whose code has objections.
    code_warnings: Option<bool>,
    /// Only enterprises that are supervised more closely (重点监管).
    watched: Option<bool>,
    /// Order; `registered` (newest first) unless given.
    #[param(inline)]
    sort: Option<Sort>,
    /// Rows on a page, 1 to 200; 20 unless given.
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl TryFrom<ListQuery> for EnterpriseQuery {
    type Error = Problem;

    fn try_from(query: ListQuery) -> Result<Self, Problem> {
        Ok(Self {
            region: parameter("region", query.region.as_deref(), str::parse::<codes::RegionCode>)?,
            industry: parameter(
                "industry",
                query.industry.as_deref(),
                str::parse::<codes::IndustryCode>,
            )?,
            q: query.q,
            size: query.size,
            danger: query.danger,
            state: query.state,
            code_warnings: query.code_warnings.unwrap_or_default(),
            watched: query.watched.unwrap_or_default(),
            sort: query.sort.unwrap_or_default(),
            page: PageQuery {
                limit: query.limit,
                cursor: query.cursor,
            },
        })
    }
}

/// Enterprises within the scope.
#[utoipa::path(get, path = "/api/v1/enterprises", tag = "registry", params(ListQuery),
    responses((status = 200, body = Page<EnterpriseView>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("enterprises:read"))))]
pub(super) async fn enterprises(
    State(registry): State<Registry>,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Answer<Page<EnterpriseView>>, Problem> {
    let page = registry.search(&actor, &query.try_into()?).await?;
    let ids: Vec<EnterpriseId> = page.items.iter().map(|one| one.id).collect();
    let watches = registry.open_watches(&ids).await?;
    Ok(Answer(page.map(|one| {
        let own = watches.iter().filter(|watch| watch.enterprise == one.id);
        let own = own.cloned().collect();
        EnterpriseView::masked(&registry, &actor, one, own)
    })))
}

/// The same list, to its end, as a spreadsheet. Telephone numbers are masked.
#[utoipa::path(get, path = "/api/v1/enterprises.xlsx", tag = "registry", params(ListQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("enterprises:read"))))]
pub(super) async fn export(
    State(registry): State<Registry>,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<impl IntoResponse, Problem> {
    let bytes = registry.export(&actor, &query.try_into()?).await?;
    Ok(xlsx("enterprises.xlsx", bytes))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct EnterpriseRequest {
    name: String,
    /// Unified social credit code, or 15-digit registration number.
    code: String,
    legal_representative: String,
    #[serde(default)]
    economic_type: String,
    address: String,
    /// GB/T 2260 code, 2 to 12 digits.
    region: String,
    /// GB/T 4754 code.
    industry: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<SizeClass>)]
    size: SizeClass,
    danger: Option<Danger>,
    phone: Option<String>,
    /// Degrees east, WGS 84.
    longitude: Option<f64>,
    /// Degrees north, WGS 84.
    latitude: Option<f64>,
    /// Registration authority.
    authority: Option<String>,
    /// Day of establishment.
    established_on: Option<LegalDate>,
    /// The objections against the code were seen, and the licence says so all the same.
    #[serde(default)]
    confirmed_warnings: bool,
    /// State; only when changing.
    state: Option<EnterpriseState>,
}

impl From<EnterpriseRequest> for NewEnterprise {
    fn from(body: EnterpriseRequest) -> Self {
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Self {
            name: body.name,
            code: body.code,
            legal_representative: body.legal_representative,
            economic_type: body.economic_type,
            address: body.address,
            region: body.region,
            industry: given(body.industry),
            size: body.size,
            danger: body.danger,
            phone: given(body.phone),
            longitude: body.longitude,
            latitude: body.latitude,
            authority: given(body.authority),
            established_on: body.established_on,
            demo: false,
            confirmed_warnings: body.confirmed_warnings,
        }
    }
}

/// Registers an enterprise. Objections against its code have to be confirmed (`urn:anxu:problem:confirm-warnings`).
#[utoipa::path(post, path = "/api/v1/enterprises", tag = "registry", request_body = EnterpriseRequest,
    responses((status = 201, body = EnterpriseView), (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("enterprises:write"))))]
pub(super) async fn register(
    State(registry): State<Registry>,
    actor: Actor,
    Json(body): Json<EnterpriseRequest>,
) -> Result<Versioned<EnterpriseView>, Problem> {
    let enterprise = registry.register(&actor, body.into()).await?;
    let version = enterprise.version;
    let view = EnterpriseView::full(&registry, &actor, enterprise, Vec::new());
    Ok(Versioned(StatusCode::CREATED, version, view))
}

/// One enterprise. Whoever keeps the file, and its own people, see personal data in full; that is recorded.
#[utoipa::path(get, path = "/api/v1/enterprises/{id}", tag = "registry", params(("id" = Uuid, Path)),
    responses((status = 200, body = EnterpriseView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("enterprises:read"))))]
pub(super) async fn enterprise(
    State(registry): State<Registry>,
    actor: Actor,
    Path(id): Path<EnterpriseId>,
) -> Result<Versioned<EnterpriseView>, Problem> {
    let enterprise = registry.enterprise(&actor, id).await?;
    let version = enterprise.version;
    let watch = registry.open_watches(&[id]).await?;
    let in_full = enterprise.phone.is_some() && registry.sees_personal_data(&actor, id);
    let view = if in_full {
        registry.note_personal_read(&actor, id, "phone").await?;
        EnterpriseView::full(&registry, &actor, enterprise, watch)
    } else {
        EnterpriseView::masked(&registry, &actor, enterprise, watch)
    };
    Ok(Versioned(StatusCode::OK, version, view))
}

/// Replaces the content of a file; needs `If-Match`. What changed stands in the timeline.
#[utoipa::path(put, path = "/api/v1/enterprises/{id}", tag = "registry", params(("id" = Uuid, Path), IfMatchHeader),
    request_body = EnterpriseRequest,
    responses((status = 200, body = EnterpriseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem)),
    extensions(("x-permission" = json!("enterprises:write"))))]
pub(super) async fn change(
    State(registry): State<Registry>,
    actor: Actor,
    Path(id): Path<EnterpriseId>,
    IfMatch(version): IfMatch,
    Json(body): Json<EnterpriseRequest>,
) -> Result<Versioned<EnterpriseView>, Problem> {
    let state = body.state;
    let enterprise = registry.change(&actor, id, version, body.into(), state).await?;
    let version = enterprise.version;
    let watch = registry.open_watches(&[id]).await?;
    let view = EnterpriseView::full(&registry, &actor, enterprise, watch);
    Ok(Versioned(StatusCode::OK, version, view))
}

/// One entry of a timeline.
#[derive(Serialize, ToSchema)]
pub(super) struct TimelineEntry {
    id: Uuid,
    at: Moment,
    /// Stable kind, e.g. `enterprise.changed`.
    kind: String,
    /// Chinese phrase.
    title: String,
    subject_type: String,
    subject_id: Uuid,
    version: i64,
    /// Who acted; for people of the enterprise only when it was themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Facts, e.g. `{"changed": {"name": [from, to]}}`; not for people of the enterprise.
    #[schema(value_type = Object)]
    #[serde(skip_serializing_if = "Value::is_null")]
    data: Value,
}

impl TimelineEntry {
    fn new(event: Event, actor: &Actor) -> Self {
        let body = event.body;
        let is_own = actor.account.is_some() && body.account == actor.account.map(Uuid::from);
        let sees_all = actor.scope.enterprise.is_none() || is_own;
        Self {
            id: body.id,
            at: body.at,
            kind: body.kind,
            title: body.title,
            subject_type: body.subject_type,
            subject_id: body.subject_id,
            version: body.version,
            actor: sees_all.then_some(body.actor),
            reason: body.reason.filter(|_| sees_all),
            data: if sees_all { body.data } else { Value::Null },
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TimelineQuery {
    /// Entries on a page, 1 to 200; 20 unless given.
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Everything that ever happened to the enterprise, newest first.
#[utoipa::path(get, path = "/api/v1/enterprises/{id}/timeline", tag = "registry",
    params(("id" = Uuid, Path), TimelineQuery),
    responses((status = 200, body = Page<TimelineEntry>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("enterprises:read"))))]
pub(super) async fn timeline(
    State(registry): State<Registry>,
    actor: Actor,
    Path(id): Path<EnterpriseId>,
    Query(query): Query<TimelineQuery>,
) -> Result<Answer<Page<TimelineEntry>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let events = registry
        .timeline(&actor, id, page.after()?, page.limit() + 1)
        .await?;
    let events = Page::cut(events, page.limit(), |event| event.seq);
    Ok(Answer(events.map(|event| TimelineEntry::new(event, &actor))))
}

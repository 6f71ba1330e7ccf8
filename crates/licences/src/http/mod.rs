//! Routes and wire types of licences.

mod cases;
mod export;
mod filings;
mod possible;
mod public;
mod specimen;

use axum::{
    Json as Answer,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use codes::{LicenceIdentifier, LicenceNumber, RegionCode, SubjectCode};
use kernel::{
    Actor, LegalDate, Moment, Page, PageQuery, Permission, Problem,
    event::Event,
    http::{Json, Path, Query, Versioned},
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use matters::{Industry, MatterKey};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    Edition,
    model::{CaseId, Certificate, DirectIssue, Holder, Licence, PastPaper, Period, Source, Status},
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
        .routes(routes!(take_over))
        .routes(routes!(press))
        .routes(routes!(void))
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

#[derive(Serialize, ToSchema)]
struct LicenceView {
    id: LicenceId,
    version: i64,
    /// `reserved`, `voided`, `issued`, `suspended`, or how it ended: `revoked`, `rescinded`, `withdrawn`, `cancelled`,
    /// `replaced`.
    state: &'static str,
    state_name: &'static str,
    /// Status today; absent for a number without a licence.
    status: Option<Status>,
    status_name: Option<&'static str>,
    /// What befell the licence.
    standing: Option<StandingView>,
    number: String,
    identifier: String,
    enterprise: EnterpriseId,
    /// Taken over from the register before the platform.
    imported: bool,
    application: Option<ApplicationId>,
    /// 受理编号
    reference: Option<String>,
    matter: Option<MatterKey>,
    industry: Industry,
    industry_name: &'static str,
    holder: HolderView,
    scope: Vec<String>,
    valid_from: LegalDate,
    valid_until: LegalDate,
    /// First day from which it was in force without a gap; before `valid_from` once it was renewed.
    in_force_from: LegalDate,
    issued_on: LegalDate,
    authority: String,
    authority_code: String,
    certificate: Option<CertificateView>,
    /// Which edition of the certificate is in force, from 1.
    revision: u32,
    /// Last day on which the paper before may be used beside the one in force.
    transition_until: Option<LegalDate>,
    /// Earlier editions, oldest first.
    past: Vec<PastView>,
    /// A further edition is being made.
    pending: bool,
    /// The licence for which this one stands in (应急使用).
    temporary_for: Option<LicenceId>,
    /// The lost licence that this one continues (补证).
    replaces: Option<LicenceId>,
    void_reason: Option<String>,
    demo: bool,
    created_at: Moment,
    /// What the actor may do now: `download`, `void`; `hand_over`, `self_check`, `report_damage`, `declare_loss`,
    /// `file_work_elsewhere`, `file_emergency_use`, `review_year`; `case.suspension`, `case.resumption`,
    /// `case.revocation`, `case.rescission`, `case.withdrawal`, `case.cancellation`.
    allowed_actions: Vec<&'static str>,
}

#[derive(Serialize, Deserialize, ToSchema)]
struct HolderView {
    name: String,
    /// Unified social credit code, or registration number.
    code: String,
    address: String,
    legal_representative: String,
    economic_type: String,
    /// GB/T 2260 code.
    region: String,
}

/// Suspension or ending.
#[derive(Serialize, ToSchema)]
#[schema(as = LicenceStandingView)]
struct StandingView {
    since: LegalDate,
    /// Last day of a suspension.
    until: Option<LegalDate>,
    reason: String,
    /// 文号 of the decision.
    document: String,
    /// The case file behind it.
    case: Option<CaseId>,
    /// Number of the licence that took its place.
    replaced_by: Option<String>,
    /// Day of deregistration of a licence that was revoked, rescinded or withdrawn.
    deregistered_on: Option<LegalDate>,
}

impl StandingView {
    fn of(licence: &Licence) -> Option<Self> {
        let standing = licence.mark().standing?;
        let (order, deregistered_on) = match licence {
            Licence::Suspended(one) => (&one.suspension.order, None),
            Licence::Ended(one) => (
                one.ending.order(),
                one.deregistered
                    .as_ref()
                    .map(|cancellation| cancellation.order.on),
            ),
            _ => return None,
        };
        Some(Self {
            since: standing.since,
            until: standing.until,
            reason: standing.reason,
            document: order.document.clone(),
            case: order.case,
            replaced_by: standing.by,
            deregistered_on,
        })
    }
}

/// A certificate that a later edition took the place of.
#[derive(Serialize, ToSchema)]
#[schema(as = PastCertificateView)]
struct PastView {
    revision: u32,
    identifier: String,
    valid_from: LegalDate,
    valid_until: LegalDate,
    replaced_on: LegalDate,
    /// Last day of the transition.
    usable_until: Option<LegalDate>,
    certificate: Option<CertificateView>,
}

impl From<PastPaper> for PastView {
    fn from(paper: PastPaper) -> Self {
        Self {
            revision: paper.revision,
            identifier: paper.identifier.to_string(),
            valid_from: paper.validity.from,
            valid_until: paper.validity.until,
            replaced_on: paper.replaced_on,
            usable_until: paper.usable_until,
            certificate: paper.certificate.map(Into::into),
        }
    }
}

impl From<Certificate> for CertificateView {
    fn from(files: Certificate) -> Self {
        Self {
            original_sha256: files.original,
            duplicate_sha256: files.duplicate,
            qr_url: files.qr_url,
            pressed_at: files.pressed_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct CertificateView {
    /// SHA-256 of the original.
    original_sha256: String,
    /// SHA-256 of the duplicate.
    duplicate_sha256: String,
    /// What the QR code says.
    qr_url: String,
    pressed_at: Moment,
}

fn allowed_actions(licences: &Licences, licence: &Licence, actor: &Actor) -> Vec<&'static str> {
    let mut actions = licences.life_actions(actor, licence);
    if licence
        .issued()
        .is_some_and(|issued| issued.certificate.is_some())
    {
        actions.push("download");
    }
    if matches!(licence, Licence::Reserved(_)) && actor.may(Permission::LicencesTakeOver) {
        actions.push("void");
    }
    actions
}

impl LicenceView {
    fn new(licences: &Licences, licence: Licence, status: Option<Status>, actor: &Actor) -> Self {
        let (state, state_name) = (licence.state(), licence.chinese());
        let allowed_actions = allowed_actions(licences, &licence, actor);
        let standing = StandingView::of(&licence);
        let pending = licence.issued().is_some_and(|issued| issued.pending.is_some());
        let certificate = licence.issued().and_then(|issued| issued.certificate.clone());
        let facts = licence.facts().clone();
        let imported = facts.source == Source::Imported;
        let void_reason = match licence {
            Licence::Voided(one) => Some(one.reason),
            _ => None,
        };
        let (application, reference, matter) = match facts.source {
            Source::Granted {
                application,
                reference,
                matter,
                ..
            } => (Some(application), Some(reference), Some(matter)),
            Source::Imported | Source::StandIn => (None, None, None),
        };
        Self {
            id: facts.id,
            version: facts.version,
            state,
            state_name,
            status,
            status_name: status.map(Status::chinese),
            standing,
            number: facts.number.to_string(),
            identifier: facts.identifier.to_string(),
            enterprise: facts.enterprise,
            imported,
            application,
            reference,
            matter,
            industry: facts.industry,
            industry_name: facts.industry.label(),
            holder: facts.holder.into(),
            scope: facts.scope,
            valid_from: facts.validity.from,
            valid_until: facts.validity.until,
            issued_on: facts.issued_on,
            authority: facts.authority.name,
            authority_code: facts.authority.code,
            in_force_from: facts.in_force_from,
            certificate: certificate.map(Into::into),
            revision: facts.revision,
            transition_until: facts.transition_until,
            past: facts.past.into_iter().map(Into::into).collect(),
            pending,
            temporary_for: facts.temporary_for,
            replaces: facts.replaces,
            void_reason,
            demo: facts.demo,
            created_at: facts.created_at,
            allowed_actions,
        }
    }
}

impl From<Holder> for HolderView {
    fn from(holder: Holder) -> Self {
        Self {
            name: holder.name,
            code: holder.code.to_string(),
            address: holder.address,
            legal_representative: holder.legal_representative,
            economic_type: holder.economic_type,
            region: holder.region.to_string(),
        }
    }
}

/// Licences within the scope, newest entry first.
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
    let rows = Page::cut(rows, page.limit(), |licence| licence.facts().seq);
    Ok(Answer(rows.map(|licence| {
        let status = licences.status_today(&licence);
        LicenceView::new(&licences, licence, status, &actor)
    })))
}

/// One licence. Here `allowed_actions` leave out what was done already: this month's check, a loss that stands open, the handing
/// over of this certificate.
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
    view.allowed_actions.retain(|act| !done.contains(act));
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

#[derive(Deserialize, ToSchema)]
struct TakeOverRequest {
    /// At most 1,000; all are taken over or none.
    licences: Vec<OldLicence>,
}

/// A licence of the register kept before the platform.
#[derive(Deserialize, ToSchema)]
struct OldLicence {
    /// Number in any bracket style.
    #[schema(value_type = String)]
    number: LicenceNumber,
    /// Electronic identifier, if it has one.
    #[schema(value_type = Option<String>)]
    identifier: Option<LicenceIdentifier>,
    enterprise: EnterpriseId,
    holder: OldHolder,
    industry: Industry,
    scope: Vec<String>,
    valid_from: LegalDate,
    valid_until: LegalDate,
    issued_on: LegalDate,
}

#[derive(Deserialize, ToSchema)]
struct OldHolder {
    name: String,
    /// Unified social credit code, or registration number.
    #[schema(value_type = String)]
    code: SubjectCode,
    address: String,
    legal_representative: String,
    economic_type: String,
    /// GB/T 2260 code.
    #[schema(value_type = String)]
    region: RegionCode,
}

impl From<OldLicence> for DirectIssue {
    fn from(old: OldLicence) -> Self {
        Self {
            number: old.number,
            identifier: old.identifier,
            enterprise: old.enterprise,
            holder: Holder {
                name: old.holder.name,
                code: old.holder.code,
                address: old.holder.address,
                legal_representative: old.holder.legal_representative,
                economic_type: old.holder.economic_type,
                region: old.holder.region,
            },
            industry: old.industry,
            scope: old.scope,
            validity: Period {
                from: old.valid_from,
                until: old.valid_until,
            },
            issued_on: old.issued_on,
            demo: false,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct TakenOver {
    /// The licences in the order of the request.
    licences: Vec<LicenceId>,
}

/// Takes licences over that were issued before the platform.
#[utoipa::path(post, path = "/api/v1/licences/takeovers", tag = "licences", request_body = TakeOverRequest,
    responses((status = 201, body = TakenOver), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:take_over"))))]
async fn take_over(
    State(licences): State<Licences>,
    actor: Actor,
    Json(body): Json<TakeOverRequest>,
) -> Result<impl IntoResponse, Problem> {
    let old = body.licences.into_iter().map(DirectIssue::from).collect();
    let licences = licences.issue_many_directly(&actor, old).await?;
    Ok((StatusCode::CREATED, Answer(TakenOver { licences })))
}

#[derive(Serialize, ToSchema)]
struct PressStarted {
    /// Licences without a certificate.
    missing: u64,
}

/// Starts the job that makes the certificates of all licences without one.
#[utoipa::path(post, path = "/api/v1/licences/certificate-runs", tag = "licences",
    responses((status = 202, body = PressStarted)), extensions(("x-permission" = json!("licences:take_over"))))]
async fn press(State(licences): State<Licences>, actor: Actor) -> Result<impl IntoResponse, Problem> {
    licences.press_missing(&actor).await?;
    let missing = licences.missing_certificates().await?;
    Ok((StatusCode::ACCEPTED, Answer(PressStarted { missing })))
}

#[derive(Deserialize, ToSchema)]
struct VoidRequest {
    /// Why the number will not be used.
    reason: String,
}

/// Gives a reserved number up; it stays explained.
#[utoipa::path(post, path = "/api/v1/licences/{id}/voiding", tag = "licences", params(("id" = Uuid, Path)),
    request_body = VoidRequest,
    responses((status = 200, body = LicenceView), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("licences:take_over"))))]
async fn void(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<VoidRequest>,
) -> Result<Versioned<LicenceView>, Problem> {
    let voided = licences.void(&actor, id, &body.reason).await?;
    Ok(Versioned(
        StatusCode::OK,
        voided.facts().version,
        LicenceView::new(&licences, voided, None, &actor),
    ))
}

//! Routes of holding: what is filed about a licence and what is owed.

use axum::{Json as Answer, extract::State, http::StatusCode, response::IntoResponse};
use codes::RegionCode;
use kernel::{
    Actor, LegalDate, Moment, Page, PageQuery, Problem,
    event::Event,
    http::{IfMatch, Json, Path, Query, Versioned},
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    model::{Filing, FilingId, FilingMatter},
    rules::Duty,
    service::{FilingsWanted, Licences, NewDamage, NewHandover, NewWorkElsewhere},
};

pub(super) fn routes() -> OpenApiRouter<Licences> {
    OpenApiRouter::new()
        .routes(routes!(filings_of))
        .routes(routes!(filings))
        .routes(routes!(filing))
        .routes(routes!(timeline))
        .routes(routes!(hand_over))
        .routes(routes!(confirm_posting))
        .routes(routes!(self_check))
        .routes(routes!(report_damage))
        .routes(routes!(begin_exchange))
        .routes(routes!(stand_in))
        .routes(routes!(declare_loss))
        .routes(routes!(found))
        .routes(routes!(work_elsewhere))
        .routes(routes!(emergency_use))
        .routes(routes!(report))
        .routes(routes!(annual_review))
        .routes(routes!(take_back))
        .routes(routes!(destroy))
        .routes(routes!(witness))
        .routes(routes!(licence_duties))
        .routes(routes!(enterprise_duties))
        .routes(routes!(public_losses))
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

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceHandoverRequest)]
struct HandoverRequest {
    /// Who took it.
    recipient: String,
    /// How the recipient proved to be entitled, such as 法定代表人身份证、委托书.
    identity: String,
    /// How, such as 窗口领取.
    method: String,
    /// Where.
    place: String,
}

/// 发放: hands the certificate in force over. Posting is to be confirmed within the days of the rules.
#[utoipa::path(post, path = "/api/v1/licences/{id}/handovers", tag = "licences", params(("id" = Uuid, Path)),
    request_body = HandoverRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:deliver"))))]
async fn hand_over(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<HandoverRequest>,
) -> Filed {
    let new = NewHandover {
        recipient: body.recipient,
        identity: body.identity,
        method: body.method,
        place: body.place,
    };
    let filing = licences.hand_over(&actor, id, new).await?;
    created(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
struct PostingRequest {
    /// Where the certificate hangs.
    place: String,
}

/// 悬挂确认: the certificate handed over is posted.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/postings", tag = "licences", params(("id" = Uuid, Path)),
    request_body = PostingRequest,
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
async fn confirm_posting(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
    Json(body): Json<PostingRequest>,
) -> Filed {
    let filing = licences.confirm_posting(&actor, id, version, body.place).await?;
    changed(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
struct SelfCheckRequest {
    /// Posted, whole and legible.
    intact: bool,
    /// What was found; needed when it is not intact.
    #[serde(default)]
    findings: String,
}

/// 月度自查: once a month. Damage starts the hours within which the exchange is begun.
#[utoipa::path(post, path = "/api/v1/licences/{id}/self-checks", tag = "licences", params(("id" = Uuid, Path)),
    request_body = SelfCheckRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
async fn self_check(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<SelfCheckRequest>,
) -> Filed {
    let filing = licences
        .self_check(&actor, id, body.intact, body.findings)
        .await?;
    created(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
struct DamageRequest {
    /// When it happened.
    happened_at: Moment,
    /// What happened.
    cause: String,
    /// By a disaster: a stand-in may be issued.
    disaster: bool,
}

/// 损毁报告.
#[utoipa::path(post, path = "/api/v1/licences/{id}/damages", tag = "licences", params(("id" = Uuid, Path)),
    request_body = DamageRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
async fn report_damage(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<DamageRequest>,
) -> Filed {
    let new = NewDamage {
        happened_at: body.happened_at,
        cause: body.cause,
        disaster: body.disaster,
    };
    let filing = licences.report_damage(&actor, id, new).await?;
    created(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
struct ExchangeRequest {
    /// The application by which the exchange was begun.
    application: Option<ApplicationId>,
}

/// 启动换证: the exchange of a damaged paper was begun.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/exchanges", tag = "licences", params(("id" = Uuid, Path)),
    request_body = ExchangeRequest,
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
async fn begin_exchange(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
    Json(body): Json<ExchangeRequest>,
) -> Filed {
    let filing = licences
        .begin_exchange(&actor, id, version, body.application)
        .await?;
    changed(&licences, &actor, filing).await
}

/// A stand-in was issued.
#[derive(Serialize, ToSchema)]
struct StandInIssued {
    /// The licence that stands in; its certificate is made by a job.
    licence: LicenceId,
    filing: FilingView,
}

/// 应急使用许可证: stands in for a licence damaged by a disaster, for the days of the rules.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/stand-ins", tag = "licences", params(("id" = Uuid, Path)),
    responses((status = 201, body = StandInIssued), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem)),
    extensions(("x-permission" = json!("licences:deliver"))))]
async fn stand_in(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
) -> Result<impl IntoResponse, Problem> {
    let (filing, licence) = licences.issue_stand_in(&actor, id, version).await?;
    let version = filing.version;
    let filing = FilingView::one(&licences, &actor, filing).await?;
    Ok(Versioned(
        StatusCode::CREATED,
        version,
        StandInIssued { licence, filing },
    ))
}

#[derive(Deserialize, ToSchema)]
struct LossRequest {
    /// Legal day of the loss.
    on: LegalDate,
    /// How it was lost.
    circumstances: String,
}

/// 遗失声明: made public for the days of the rules.
#[utoipa::path(post, path = "/api/v1/licences/{id}/losses", tag = "licences", params(("id" = Uuid, Path)),
    request_body = LossRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
async fn declare_loss(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<LossRequest>,
) -> Filed {
    let filing = licences
        .declare_loss(&actor, id, body.on, body.circumstances)
        .await?;
    created(&licences, &actor, filing).await
}

/// 找回: the lost paper was found before it was replaced.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/recoveries", tag = "licences", params(("id" = Uuid, Path)),
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
async fn found(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
) -> Filed {
    let filing = licences.found_again(&actor, id, version).await?;
    changed(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
struct WorkElsewhereRequest {
    /// GB/T 2260 code of the place of work.
    #[schema(value_type = String)]
    region: RegionCode,
    /// The place.
    place: String,
    /// What is done there.
    project: String,
    /// Who answers for safety there.
    responsible: String,
    /// First day.
    from: LegalDate,
    /// Last day as planned.
    until: LegalDate,
}

/// 异地作业备案.
#[utoipa::path(post, path = "/api/v1/licences/{id}/works-elsewhere", tag = "licences", params(("id" = Uuid, Path)),
    request_body = WorkElsewhereRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
async fn work_elsewhere(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<WorkElsewhereRequest>,
) -> Filed {
    let new = NewWorkElsewhere {
        region: body.region,
        place: body.place,
        project: body.project,
        responsible: body.responsible,
        from: body.from,
        until: body.until,
    };
    let filing = licences.file_work_elsewhere(&actor, id, new).await?;
    created(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
struct EmergencyUseRequest {
    /// Legal day.
    on: LegalDate,
    /// Where and what for.
    purpose: String,
}

/// 应急使用备案.
#[utoipa::path(post, path = "/api/v1/licences/{id}/emergency-uses", tag = "licences", params(("id" = Uuid, Path)),
    request_body = EmergencyUseRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
async fn emergency_use(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<EmergencyUseRequest>,
) -> Filed {
    let filing = licences
        .file_emergency_use(&actor, id, body.on, body.purpose)
        .await?;
    created(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
struct OwedReportRequest {
    /// What it says.
    text: String,
}

/// The report that was owed: completion of work elsewhere, or an emergency use.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/reports", tag = "licences", params(("id" = Uuid, Path)),
    request_body = OwedReportRequest,
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:hold"))))]
async fn report(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
    Json(body): Json<OwedReportRequest>,
) -> Filed {
    let filing = licences.report(&actor, id, version, body.text).await?;
    changed(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
struct AnnualReviewRequest {
    /// The year under review.
    year: i32,
    /// Its result, such as 合格.
    result: String,
    /// Opinion of the reviewer.
    opinion: String,
}

/// 年度复核: its line is printed on a further edition of the duplicate.
#[utoipa::path(post, path = "/api/v1/licences/{id}/annual-reviews", tag = "licences", params(("id" = Uuid, Path)),
    request_body = AnnualReviewRequest,
    responses((status = 201, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
async fn annual_review(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<LicenceId>,
    Json(body): Json<AnnualReviewRequest>,
) -> Filed {
    let filing = licences
        .review_year(&actor, id, body.year, body.result, body.opinion)
        .await?;
    created(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
struct PapersReturned {
    /// What was handed in, such as 正本1份、副本1份.
    papers: String,
}

/// 收回登记: papers asked back were handed in.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/paper-returns", tag = "licences",
    params(("id" = Uuid, Path)), request_body = PapersReturned,
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:deliver"))))]
async fn take_back(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
    Json(body): Json<PapersReturned>,
) -> Filed {
    let filing = licences.take_back(&actor, id, version, body.papers).await?;
    changed(&licences, &actor, filing).await
}

#[derive(Deserialize, ToSchema)]
struct DestructionRequest {
    /// How, such as 碎纸机粉碎.
    method: String,
}

/// 销毁: the first of two people.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/destructions", tag = "licences",
    params(("id" = Uuid, Path)), request_body = DestructionRequest,
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:deliver"))))]
async fn destroy(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
    Json(body): Json<DestructionRequest>,
) -> Filed {
    let filing = licences.destroy(&actor, id, version, body.method).await?;
    changed(&licences, &actor, filing).await
}

/// 监销: the second of two people, never the first.
#[utoipa::path(post, path = "/api/v1/licence-filings/{id}/destruction-witnesses", tag = "licences",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = FilingView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
async fn witness(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<FilingId>,
    IfMatch(version): IfMatch,
) -> Filed {
    let filing = licences.witness_destruction(&actor, id, version).await?;
    changed(&licences, &actor, filing).await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DutyParams {
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
async fn licence_duties(
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
async fn enterprise_duties(
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
struct PublicLossView {
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
async fn public_losses(
    State(licences): State<Licences>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<PublicLossView>>, Problem> {
    let rows = licences.public_losses(page.after()?, page.limit()).await?;
    let rows = Page::cut(rows, page.limit(), |loss| loss.seq);
    Ok(Answer(rows.map(|loss| PublicLossView {
        number: loss.number,
        holder: loss.holder,
        from: loss.from,
        until: loss.until,
    })))
}

//! Routes of case files.

use axum::{
    Json as Answer,
    extract::{
        DefaultBodyLimit, Multipart, State,
        multipart::{MultipartError, MultipartRejection},
    },
    http::StatusCode,
    response::IntoResponse,
};
use bytes::Bytes;
use kernel::{
    Actor, LegalDate, Moment, Page, PageQuery, Permission, Problem,
    event::Event,
    http::{IfMatch, Json, Path, Query, Versioned, too_large},
    ids::{EnterpriseId, LicenceId},
};
use matters::Industry;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{download, handed_in};
use crate::{
    model::{
        CaseFile, CaseId, CasePaper, Evidence, Findings, Hearing, Measure, Noticed, Served, Stage, Statement,
        StatementKind,
    },
    rules::{CaseWatch, ClockView, SuspensionCase},
    service::{CasePreview, CasesWanted, EVIDENCE_LIMIT_MB, Licences, NewCase, NewService},
};

pub(super) fn routes() -> OpenApiRouter<Licences> {
    let most = usize::try_from(EVIDENCE_LIMIT_MB * 1024 * 1024 + 64 * 1024).unwrap_or(usize::MAX);
    OpenApiRouter::new()
        .routes(routes!(add_evidence))
        .layer(DefaultBodyLimit::max(most))
        .routes(routes!(open_case))
        .routes(routes!(cases_of))
        .routes(routes!(cases))
        .routes(routes!(case))
        .routes(routes!(timeline))
        .routes(routes!(evidence))
        .routes(routes!(find))
        .routes(routes!(notice))
        .routes(routes!(preview))
        .routes(routes!(statement))
        .routes(routes!(hearing))
        .routes(routes!(propose))
        .routes(routes!(decide))
        .routes(routes!(close))
        .routes(routes!(paper))
        .routes(routes!(serve))
        .routes(routes!(suspension_cases))
}

/// A case file.
#[derive(Serialize, ToSchema)]
#[schema(as = LicenceCaseView)]
struct CaseView {
    id: CaseId,
    version: i64,
    licence: LicenceId,
    /// Number of the licence when the case was opened.
    number: String,
    enterprise: EnterpriseId,
    holder: String,
    measure: Measure,
    /// What is proposed, in words.
    measure_name: String,
    subject: String,
    opened_by: String,
    opened_at: Moment,
    /// `investigating`, `noticed`, `proposed`, `decided`, `closed`.
    state: &'static str,
    state_name: &'static str,
    /// The holder was told of the case.
    disclosed: bool,
    /// The law demands a prior notice.
    needs_notice: bool,
    findings: Option<Findings>,
    evidence: Vec<EvidenceView>,
    papers: Vec<CasePaperView>,
    notice: Option<NoticeView>,
    /// Who put it before the leader, with the opinion.
    proposed_by: Option<String>,
    proposed_at: Option<Moment>,
    proposal: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<Moment>,
    decision: Option<String>,
    /// Why it was closed.
    closed_reason: Option<String>,
    /// The clock that runs now: the holder's days, else the service of a paper.
    clock: Option<ClockView>,
    /// Why the next step is not open yet, as a sentence for the page; absent when it is.
    waits_for: Option<String>,
    /// What the actor may do now: `add_evidence`, `find`, `give_notice`, `record_statement`, `record_hearing`,
    /// `propose`, `close`, `decide`, `serve`.
    allowed_actions: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LicenceEvidenceView)]
struct EvidenceView {
    id: Uuid,
    name: String,
    proves: String,
    sha256: String,
    size: u64,
    media_type: String,
    at: Moment,
    by: String,
    /// SHA-256 of the link before it and its own hash.
    link: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LicenceCasePaperView)]
struct CasePaperView {
    id: Uuid,
    kind: String,
    title: String,
    number: String,
    at: Moment,
    /// The signed PDF can be fetched.
    ready: bool,
    sha256: Option<String>,
    /// Last day for serving it.
    service_due: Option<LegalDate>,
    served: Option<Served>,
    /// 送达期限.
    clock: Option<ClockView>,
    /// What the actor may do with it now: `serve`.
    allowed_actions: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LicenceNoticeView)]
struct NoticeView {
    hearing_right: bool,
    /// Last day for statement and defence; known once the notice was served.
    plea_until: Option<LegalDate>,
    /// Last day for asking for a hearing.
    hearing_until: Option<LegalDate>,
    statements: Vec<Statement>,
    /// What of the holder's voice can be recorded today.
    statement_kinds: Vec<StatementKind>,
    hearing: Option<Hearing>,
}

impl From<Evidence> for EvidenceView {
    fn from(piece: Evidence) -> Self {
        Self {
            id: piece.id,
            name: piece.name,
            proves: piece.proves,
            sha256: piece.blob.sha256,
            size: piece.blob.size,
            media_type: piece.blob.media_type,
            at: piece.at,
            by: piece.by.name,
            link: piece.link,
        }
    }
}

impl CasePaperView {
    fn new(paper: CasePaper, actor: &Actor, watch: CaseWatch<'_>) -> Self {
        let may_serve = actor.may(Permission::LicencesDeliver) && paper.may_serve().is_ok();
        Self {
            clock: watch.service(&paper),
            allowed_actions: may_serve.then_some("serve").into_iter().collect(),
            id: paper.id,
            kind: paper.kind,
            title: paper.paper.title,
            number: paper.paper.number,
            at: paper.at,
            ready: paper.file.is_some(),
            sha256: paper.file.map(|file| file.sha256),
            service_due: paper.service_due,
            served: paper.served,
        }
    }
}

impl NoticeView {
    fn new(noticed: Noticed, statement_kinds: Vec<StatementKind>) -> Self {
        Self {
            statement_kinds,
            hearing_right: noticed.hearing_right,
            plea_until: noticed.plea_until,
            hearing_until: noticed.hearing_until,
            statements: noticed.statements,
            hearing: noticed.hearing,
        }
    }
}

impl CaseView {
    fn new(licences: &Licences, actor: &Actor, case: CaseFile) -> Result<Self, Problem> {
        let needs_notice = licences.measure_rule(&case.file.measure)?.prior_notice;
        let allowed_actions = licences.case_actions(actor, &case)?;
        let waits_for = licences.case_waits_for(actor, &case)?;
        let statement_kinds = licences.statement_kinds(&case);
        let watch = licences.case_watch();
        let clock = watch.running(&case.file);
        let file = case.file;
        let (notice, proposed, decided, closed) = match file.stage.clone() {
            Stage::Investigating => (None, None, None, None),
            Stage::Noticed(noticed) => (Some(noticed), None, None, None),
            Stage::Proposed(one) => (one.noticed.clone(), Some(one), None, None),
            Stage::Decided(one) => (
                one.proposed.noticed.clone(),
                Some(one.proposed.clone()),
                Some(one),
                None,
            ),
            Stage::Closed(one) => (None, None, None, Some(one)),
        };
        Ok(Self {
            id: case.id,
            version: case.version,
            licence: case.licence,
            number: file.number.clone(),
            enterprise: case.enterprise,
            holder: file.holder.clone(),
            measure_name: file.measure.proposed(),
            subject: file.subject.clone(),
            opened_by: file.opened_by.name.clone(),
            opened_at: case.opened_at,
            state: file.stage.as_str(),
            state_name: file.stage.chinese(),
            disclosed: file.disclosed(),
            needs_notice,
            measure: file.measure,
            findings: file.findings,
            evidence: file.evidence.into_iter().map(Into::into).collect(),
            papers: file
                .papers
                .into_iter()
                .map(|paper| CasePaperView::new(paper, actor, watch))
                .collect(),
            notice: notice.map(|notice| NoticeView::new(notice, statement_kinds)),
            proposed_by: proposed.as_ref().map(|one| one.by.name.clone()),
            proposed_at: proposed.as_ref().map(|one| one.at),
            proposal: proposed.map(|one| one.opinion),
            decided_by: decided.as_ref().map(|one| one.by.name.clone()),
            decided_at: decided.as_ref().map(|one| one.at),
            decision: decided.map(|one| one.opinion),
            closed_reason: closed.map(|one| one.reason),
            clock,
            waits_for,
            allowed_actions,
        })
    }
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

/// The form of a piece of evidence.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "describes the multipart form, which is read field by field"
)]
#[schema(as = LicenceEvidenceForm)]
struct EvidenceForm {
    /// What it proves.
    proves: String,
    /// PDF, picture, docx, xlsx or OFD.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// 证据入卷: puts a file into the case, chained by its hash to what was put in before.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/evidence", tag = "licences", params(("id" = Uuid, Path)),
    request_body(content = EvidenceForm, content_type = "multipart/form-data"),
    responses((status = 201, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
async fn add_evidence(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    form: Result<Multipart, MultipartRejection>,
) -> Case {
    licences.case(&actor, id).await?;
    let form = form.map_err(|_| Problem::bad_request("请以 multipart/form-data 上传文件。"))?;
    let (name, proves, bytes) = read_form(form).await?;
    let case = licences
        .add_evidence(&actor, id, version, &name, proves, bytes)
        .await?;
    shown(&licences, &actor, StatusCode::CREATED, case)
}

/// Name, what it proves, content.
async fn read_form(mut form: Multipart) -> Result<(String, String, Bytes), Problem> {
    let (mut proves, mut file) = (String::new(), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("proves") => proves = field.text().await.map_err(broken)?,
            Some("file") if file.is_none() => {
                let name = field.file_name().unwrap_or_default().to_owned();
                file = Some((name, field.bytes().await.map_err(broken)?));
            }
            _ => {}
        }
    }
    let (name, bytes) = file.ok_or_else(|| Problem::field("file", "请选择要上传的文件"))?;
    Ok((name, proves, bytes))
}

fn broken(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::bad_request("上传没有完整到达，请重试。")
}

/// A piece of evidence, to be looked at if it is a PDF or a picture, else to be saved.
#[utoipa::path(get, path = "/api/v1/licence-cases/{id}/evidence/{piece}", tag = "licences",
    params(("id" = Uuid, Path), ("piece" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>,
        description = "The media type is the file's own"), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn evidence(
    State(licences): State<Licences>,
    actor: Actor,
    Path((id, piece)): Path<(CaseId, Uuid)>,
) -> Result<impl IntoResponse, Problem> {
    let (known, bytes) = licences.evidence(&actor, id, piece).await?;
    Ok((handed_in(&known.blob.media_type, &known.name), bytes))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceFindingsRequest)]
struct FindingsRequest {
    findings: Findings,
    /// The measure with its terms; its kind stays.
    measure: Measure,
}

/// 调查结论: facts, clauses, public reason, and the terms of the measure.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/findings", tag = "licences", params(("id" = Uuid, Path)),
    request_body = FindingsRequest,
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
async fn find(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Json(body): Json<FindingsRequest>,
) -> Case {
    let case = licences
        .find(&actor, id, version, body.findings, body.measure)
        .await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

/// 事先告知: writes the notice; the days for the holder's voice begin when it was served.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/prior-notices", tag = "licences",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
async fn notice(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
) -> Case {
    let case = licences.give_notice(&actor, id, version).await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

/// A paper of the case before it goes out, `prior_notice` or `decision`: unsigned, without a number, marked in its
/// title. What is not written yet is shown as such.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/previews/{kind}", tag = "licences",
    params(("id" = Uuid, Path), ("kind" = String, Path, description = "`prior_notice` or `decision`")),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn preview(
    State(licences): State<Licences>,
    actor: Actor,
    Path((id, kind)): Path<(CaseId, String)>,
) -> Result<impl IntoResponse, Problem> {
    licences.case(&actor, id).await?;
    let (kind, name) = match kind.as_str() {
        "prior_notice" => (CasePreview::PriorNotice, "【预览】事先告知书.pdf"),
        "decision" => (CasePreview::Decision, "【预览】决定书.pdf"),
        _ => return Err(Problem::not_found("文书")),
    };
    let pdf = licences.preview_case_paper(&actor, id, kind).await?;
    Ok((download("application/pdf", name, "inline"), pdf))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceStatementRequest)]
struct StatementRequest {
    kind: StatementKind,
    text: String,
}

/// 陈述申辩、申请听证、放弃.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/statements", tag = "licences", params(("id" = Uuid, Path)),
    request_body = StatementRequest,
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
async fn statement(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Json(body): Json<StatementRequest>,
) -> Case {
    let case = licences
        .record_statement(&actor, id, version, body.kind, body.text)
        .await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceHearingRequest)]
struct HearingRequest {
    /// Who presided: nobody who investigated.
    presided: String,
    /// The record's essence.
    report: String,
}

/// 听证.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/hearings", tag = "licences", params(("id" = Uuid, Path)),
    request_body = HearingRequest,
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
async fn hearing(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Json(body): Json<HearingRequest>,
) -> Case {
    let case = licences
        .record_hearing(&actor, id, version, body.presided, body.report)
        .await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceProposalRequest)]
struct ProposalRequest {
    /// Opinion, with what became of the holder's statements.
    opinion: String,
}

/// 报批.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/proposals", tag = "licences", params(("id" = Uuid, Path)),
    request_body = ProposalRequest,
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
async fn propose(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Json(body): Json<ProposalRequest>,
) -> Case {
    let case = licences.propose(&actor, id, version, body.opinion).await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceSanctionRequest)]
struct SanctionRequest {
    /// True: the measure is taken. False: the case goes back.
    approve: bool,
    opinion: String,
}

/// 审批: another person than the proposer decides; approved, the measure takes effect at once.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/approvals", tag = "licences", params(("id" = Uuid, Path)),
    request_body = SanctionRequest,
    responses((status = 200, body = CaseView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:sanction"))))]
async fn decide(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Json(body): Json<SanctionRequest>,
) -> Case {
    let case = licences
        .decide(&actor, id, version, body.approve, body.opinion)
        .await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceCaseClosing)]
struct ClosingRequest {
    reason: String,
}

/// 终止: ends the case without a decision.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/closures", tag = "licences", params(("id" = Uuid, Path)),
    request_body = ClosingRequest,
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:supervise"))))]
async fn close(
    State(licences): State<Licences>,
    actor: Actor,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Json(body): Json<ClosingRequest>,
) -> Case {
    let case = licences.close_case(&actor, id, version, body.reason).await?;
    shown(&licences, &actor, StatusCode::OK, case)
}

/// A paper of the case as signed PDF. 409 while it is being signed.
#[utoipa::path(get, path = "/api/v1/licence-cases/{id}/papers/{paper}", tag = "licences",
    params(("id" = Uuid, Path), ("paper" = Uuid, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404, body = Problem),
        (status = 409, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
async fn paper(
    State(licences): State<Licences>,
    actor: Actor,
    Path((id, paper)): Path<(CaseId, Uuid)>,
) -> Result<impl IntoResponse, Problem> {
    let file = licences.paper(&actor, id, paper).await?;
    let name = format!("{} {}.pdf", file.title, file.number);
    Ok((download("application/pdf", &name, "inline"), file.bytes))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LicenceServiceRequest)]
struct ServiceRequest {
    /// How, such as 直接送达.
    method: String,
    /// Where.
    place: String,
    /// Who took it.
    recipient: String,
    /// Remark, such as why and before whom it was left.
    #[serde(default)]
    remark: String,
    /// Legal day; today unless given.
    on: Option<LegalDate>,
}

/// 送达: a paper was served; a receipt is written and signed.
#[utoipa::path(post, path = "/api/v1/licence-cases/{id}/papers/{paper}/services", tag = "licences",
    params(("id" = Uuid, Path), ("paper" = Uuid, Path)), request_body = ServiceRequest,
    responses((status = 200, body = CaseView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:deliver"))))]
async fn serve(
    State(licences): State<Licences>,
    actor: Actor,
    Path((id, paper)): Path<(CaseId, Uuid)>,
    IfMatch(version): IfMatch,
    Json(body): Json<ServiceRequest>,
) -> Case {
    let new = NewService {
        method: body.method,
        place: body.place,
        recipient: body.recipient,
        remark: body.remark,
        on: body.on,
    };
    let case = licences.serve(&actor, id, version, paper, new).await?;
    shown(&licences, &actor, StatusCode::OK, case)
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

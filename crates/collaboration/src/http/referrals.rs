//! 移送

use axum::{Json as Answer, extract::State, http::StatusCode};
use kernel::{
    Actor, Moment, Page, PageQuery, Problem,
    http::{Json, Path, Query, Versioned},
    ids::{ApplicationId, EnterpriseId},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{DepartmentName, DoneBy, department};
use crate::{
    Collaboration,
    model::{Referral, ReferralId, ReferralState},
    rules,
    service::{ReferralFilter, referral_actions},
};

/// A referral to another department.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReferralView {
    /// Identifier.
    id: ReferralId,
    /// Version.
    version: i64,
    /// Department that refers.
    sender: DepartmentName,
    /// Department to which it refers.
    addressee: DepartmentName,
    /// One line.
    title: String,
    /// What is referred.
    text: String,
    /// The enterprise concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise: Option<EnterpriseId>,
    /// Its name when the matter was referred.
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise_name: Option<String>,
    /// The application concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<ApplicationId>,
    /// 受理编号 of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    application_reference: Option<String>,
    /// Clause by which the time for the receipt is counted.
    basis: String,
    /// Who sent it.
    sent: DoneBy,
    /// Until when the receipt is due.
    due_at: Moment,
    /// How far it is.
    state: ReferralState,
    /// The same in words.
    state_label: &'static str,
    /// The receipt is late, or came late.
    late: bool,
    /// Who took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    received: Option<DoneBy>,
    /// Number under which the other department registered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt_number: Option<String>,
    /// What became of it, or why it was sent back.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    /// Who answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered: Option<DoneBy>,
    /// What the actor may do now: `receive`; `answer`, which is also sending back.
    allowed_actions: Vec<&'static str>,
}

fn view(collaboration: &Collaboration, actor: &Actor, one: Referral) -> ReferralView {
    let state = one.state();
    ReferralView {
        allowed_actions: referral_actions(actor, &one),
        late: one.is_late(collaboration.now()),
        sender: department(collaboration, &one.sender),
        addressee: department(collaboration, &one.addressee),
        sent: DoneBy::from(&one.by),
        received: one.receipt.as_ref().map(|receipt| DoneBy::from(&receipt.by)),
        receipt_number: one.receipt.and_then(|receipt| receipt.number),
        answered: one.answer.as_ref().map(|answer| DoneBy::from(&answer.by)),
        answer: one.answer.map(|answer| answer.text),
        id: one.id,
        version: one.version,
        title: one.title,
        text: one.text,
        enterprise: one.enterprise.map(EnterpriseId),
        enterprise_name: one.enterprise_name,
        application: one.application,
        application_reference: one.application_reference,
        basis: one.basis,
        due_at: one.due_at,
        state,
        state_label: state.label(),
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReferralListQuery {
    /// By this department.
    sender: Option<String>,
    /// To this department.
    addressee: Option<String>,
    /// In this state.
    #[param(inline)]
    state: Option<ReferralState>,
    /// Only those whose receipt is late.
    overdue: Option<bool>,
    /// Rows on a page.
    limit: Option<u64>,
    /// Cursor.
    cursor: Option<String>,
}

/// Referrals by or to one's own department, newest first; all of the region for who has no department.
#[utoipa::path(get, path = "/api/v1/referrals", tag = "collaboration", params(ReferralListQuery),
    responses((status = 200, body = Page<ReferralView>)), extensions(("x-permission" = json!("collaboration:read"))))]
pub(super) async fn list(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Query(query): Query<ReferralListQuery>,
) -> Result<Answer<Page<ReferralView>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let filter = ReferralFilter {
        sender: query.sender,
        addressee: query.addressee,
        state: query.state,
        overdue: query.overdue.unwrap_or(false),
    };
    let found = collaboration.referrals(&actor, filter, &page).await?;
    Ok(Answer(found.map(|one| view(&collaboration, &actor, one))))
}

/// A referral to be sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReferral {
    /// Key of the department to which it goes.
    addressee: String,
    /// One line.
    title: String,
    /// What is referred, with clues and enclosures.
    text: String,
    /// The enterprise concerned.
    enterprise: Option<EnterpriseId>,
    /// The application concerned.
    application: Option<ApplicationId>,
}

/// Refers a matter to another department.
#[utoipa::path(post, path = "/api/v1/referrals", tag = "collaboration", request_body = NewReferral,
    responses((status = 201, body = ReferralView), (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("collaboration:act"))))]
pub(super) async fn refer(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Json(body): Json<NewReferral>,
) -> Result<Versioned<ReferralView>, Problem> {
    let new = rules::NewReferral {
        addressee: body.addressee,
        title: body.title,
        text: body.text,
        enterprise: body.enterprise.map(uuid::Uuid::from),
        application: body.application,
    };
    let sent = collaboration.refer(&actor, new).await?;
    let version = sent.version;
    Ok(Versioned(
        StatusCode::CREATED,
        version,
        view(&collaboration, &actor, sent),
    ))
}

/// One referral.
#[utoipa::path(get, path = "/api/v1/referrals/{id}", tag = "collaboration", params(("id" = ReferralId, Path)),
    responses((status = 200, body = ReferralView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("collaboration:read"))))]
pub(super) async fn one(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Path(id): Path<ReferralId>,
) -> Result<Versioned<ReferralView>, Problem> {
    let found = collaboration.referral(&actor, id).await?;
    let version = found.version;
    Ok(Versioned(
        StatusCode::OK,
        version,
        view(&collaboration, &actor, found),
    ))
}

/// A receipt for a referral.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReferralReceipt {
    /// Number under which the department registered it.
    number: Option<String>,
}

/// The other department confirms that it has the referral.
#[utoipa::path(post, path = "/api/v1/referrals/{id}/receipts", tag = "collaboration",
    params(("id" = ReferralId, Path)), request_body = NewReferralReceipt,
    responses((status = 201, body = ReferralView), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("collaboration:act"))))]
pub(super) async fn receive(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Path(id): Path<ReferralId>,
    Json(body): Json<NewReferralReceipt>,
) -> Result<Versioned<ReferralView>, Problem> {
    let changed = collaboration.receive_referral(&actor, id, body.number).await?;
    let version = changed.version;
    Ok(Versioned(
        StatusCode::CREATED,
        version,
        view(&collaboration, &actor, changed),
    ))
}

/// What became of a referral.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReferralAnswer {
    /// Whether it is sent back, as the department has no power in it.
    #[serde(default)]
    returned: bool,
    /// What was done, or why it is sent back.
    text: String,
}

/// The other department tells what became of the referral, or sends it back.
#[utoipa::path(post, path = "/api/v1/referrals/{id}/answers", tag = "collaboration",
    params(("id" = ReferralId, Path)), request_body = NewReferralAnswer,
    responses((status = 201, body = ReferralView), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("collaboration:act"))))]
pub(super) async fn answer(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Path(id): Path<ReferralId>,
    Json(body): Json<NewReferralAnswer>,
) -> Result<Versioned<ReferralView>, Problem> {
    let changed = collaboration
        .answer_referral(&actor, id, body.returned, &body.text)
        .await?;
    let version = changed.version;
    Ok(Versioned(
        StatusCode::CREATED,
        version,
        view(&collaboration, &actor, changed),
    ))
}

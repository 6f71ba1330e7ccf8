//! 提醒函

use axum::{
    Json as Answer,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use kernel::{
    Actor, LegalDate, Moment, Page, PageQuery, Problem,
    http::{Path, Query, Versioned},
    ids::ApplicationId,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{DepartmentName, DoneBy, department, file as answer_file};
use crate::{
    Collaboration,
    model::{Letter, LetterId, LetterKind},
    service::{LetterFilter, letter_actions},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LetterListQuery {
    /// To this department.
    addressee: Option<String>,
    /// About work that this department has in hand.
    department: Option<String>,
    /// Only those not received yet.
    waiting: Option<bool>,
    /// About this application.
    #[param(value_type = Option<uuid::Uuid>)]
    application: Option<ApplicationId>,
    /// Rows on a page.
    limit: Option<u64>,
    /// Cursor.
    cursor: Option<String>,
}

/// A letter that was written because a department is late.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReminderLetter {
    /// Identifier.
    id: LetterId,
    /// Version.
    version: i64,
    /// What it asks for.
    kind: LetterKind,
    /// Step of lateness, from 1.
    step: i64,
    /// 文号
    number: String,
    /// Title.
    title: String,
    /// The application.
    application: ApplicationId,
    /// 受理编号
    reference: String,
    /// Name of the matter.
    matter: String,
    /// The applicant.
    applicant: String,
    /// What was to be done.
    task: String,
    /// Department that is late.
    department: DepartmentName,
    /// Department that gets it.
    addressee: DepartmentName,
    /// Last day of the work.
    due_on: LegalDate,
    /// Working days past it when the letter was written.
    late_days: i64,
    /// When it was written.
    at: Moment,
    /// Since when the signed file is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<Moment>,
    /// Who confirmed that it arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    received: Option<DoneBy>,
    /// The text.
    paragraphs: Vec<String>,
    /// What the actor may do now: `receive`.
    allowed_actions: Vec<&'static str>,
}

fn view(collaboration: &Collaboration, actor: &Actor, letter: Letter) -> ReminderLetter {
    let allowed_actions = letter_actions(actor, &letter);
    let facts = letter.facts;
    ReminderLetter {
        id: letter.id,
        version: letter.version,
        kind: letter.kind,
        step: letter.step,
        number: letter.number,
        title: letter.paper.title,
        application: letter.application,
        reference: facts.reference,
        matter: facts.matter,
        applicant: facts.applicant,
        task: facts.task,
        department: department(collaboration, &letter.department),
        addressee: DepartmentName {
            key: letter.addressee,
            name: facts.addressee,
        },
        due_on: letter.due_on,
        late_days: letter.late_days,
        at: letter.at,
        sent_at: letter.file.map(|(_, at)| at),
        received: letter.receipt.map(|receipt| DoneBy {
            name: receipt.name,
            at: receipt.at,
        }),
        paragraphs: letter.paper.paragraphs,
        allowed_actions,
    }
}

/// Letters, newest first.
#[utoipa::path(get, path = "/api/v1/reminder-letters", tag = "collaboration", params(LetterListQuery),
    responses((status = 200, body = Page<ReminderLetter>)),
    extensions(("x-permission" = json!("collaboration:read"))))]
pub(super) async fn list(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Query(query): Query<LetterListQuery>,
) -> Result<Answer<Page<ReminderLetter>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let filter = LetterFilter {
        addressee: query.addressee,
        department: query.department,
        waiting: query.waiting.unwrap_or(false),
        application: query.application,
    };
    let found = collaboration.letters(&actor, filter, &page).await?;
    Ok(Answer(found.map(|letter| view(&collaboration, &actor, letter))))
}

/// One letter.
#[utoipa::path(get, path = "/api/v1/reminder-letters/{id}", tag = "collaboration", params(("id" = LetterId, Path)),
    responses((status = 200, body = ReminderLetter), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("collaboration:read"))))]
pub(super) async fn one(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Path(id): Path<LetterId>,
) -> Result<Versioned<ReminderLetter>, Problem> {
    let letter = collaboration.letter(&actor, id).await?;
    let version = letter.version;
    Ok(Versioned(
        StatusCode::OK,
        version,
        view(&collaboration, &actor, letter),
    ))
}

/// The signed letter as PDF. 409 while it is being signed.
#[utoipa::path(get, path = "/api/v1/reminder-letters/{id}/file", tag = "collaboration",
    params(("id" = LetterId, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404, body = Problem),
        (status = 409, body = Problem)),
    extensions(("x-permission" = json!("collaboration:read"))))]
pub(super) async fn file(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Path(id): Path<LetterId>,
) -> Result<Response, Problem> {
    let found = collaboration.letter_file(&actor, id).await?;
    let mut response = answer_file("application/pdf", &found.name, "inline", found.bytes);
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", found.sha256)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// Receipt by an officer of the department that gets the letter.
#[utoipa::path(post, path = "/api/v1/reminder-letters/{id}/receipts", tag = "collaboration",
    params(("id" = LetterId, Path)),
    responses((status = 201, body = ReminderLetter), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("collaboration:act"))))]
pub(super) async fn receive(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Path(id): Path<LetterId>,
) -> Result<Versioned<ReminderLetter>, Problem> {
    let letter = collaboration.receive_letter(&actor, id).await?;
    let version = letter.version;
    Ok(Versioned(
        StatusCode::CREATED,
        version,
        view(&collaboration, &actor, letter),
    ))
}

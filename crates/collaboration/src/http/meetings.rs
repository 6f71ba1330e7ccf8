//! 联席会议 and 问题、责任、整改清单

use axum::{Json as Answer, extract::State, http::StatusCode};
use kernel::{
    Actor, LegalDate, Page, PageQuery, Problem,
    http::{Json, Path, Query, Versioned},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{DepartmentName, DoneBy, department};
use crate::{
    Collaboration,
    model::{Meeting, MeetingId, RectificationId, RectificationState},
    rules::{NewMeeting, NewProblem},
    service::{RectificationFilter, SeenMeeting, SeenProblem, rectification_actions},
};

/// A joint meeting.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JointMeeting {
    /// Identifier.
    id: MeetingId,
    /// What it was about.
    title: String,
    /// When.
    held_on: LegalDate,
    /// Where it met.
    place: String,
    /// Department that convened it.
    convener: DepartmentName,
    /// Departments that took part.
    departments: Vec<DepartmentName>,
    /// 会议纪要
    summary: String,
    /// Who entered it.
    by: DoneBy,
    /// What it found; absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    problems: Option<Vec<RectificationView>>,
}

/// A report of a department, and what another person found of it.
#[derive(Debug, Serialize, ToSchema)]
struct RectificationRound {
    /// What the department says that it did.
    report: String,
    /// Who reported.
    reported: DoneBy,
    /// Whether the problem is mended; absent until somebody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    mended: Option<bool>,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<String>,
    /// Who looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<DoneBy>,
}

/// A problem, who answers for it, and how it was mended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RectificationView {
    /// Identifier.
    id: RectificationId,
    /// Version.
    version: i64,
    /// The meeting that found it.
    meeting: MeetingId,
    /// What that meeting was about.
    meeting_title: String,
    /// Department that convened the meeting and closes the problem.
    convener: DepartmentName,
    /// Department that answers for it.
    department: DepartmentName,
    /// 问题
    problem: String,
    /// 整改要求
    requirement: String,
    /// Last day.
    due_on: LegalDate,
    /// How far it is.
    state: RectificationState,
    /// The same in words.
    state_label: &'static str,
    /// Past its last day, or closed after it.
    late: bool,
    /// The day on which it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_on: Option<LegalDate>,
    /// Reports and findings.
    rounds: Vec<RectificationRound>,
    /// What the actor may do now: `report`; `close`, which is also sending back.
    allowed_actions: Vec<&'static str>,
}

fn meeting(collaboration: &Collaboration, meeting: Meeting) -> JointMeeting {
    let name = |key: &String| department(collaboration, key);
    JointMeeting {
        id: meeting.id,
        title: meeting.title,
        held_on: meeting.held_on,
        place: meeting.place,
        convener: name(&meeting.convener),
        departments: meeting.departments.iter().map(name).collect(),
        summary: meeting.summary,
        by: DoneBy::from(&meeting.by),
        problems: None,
    }
}

fn seen(collaboration: &Collaboration, actor: &Actor, found: SeenMeeting) -> JointMeeting {
    let problems = found.problems.into_iter().map(|problem| SeenProblem {
        problem,
        meeting_title: found.meeting.title.clone(),
    });
    JointMeeting {
        problems: Some(
            problems
                .map(|one| rectification(collaboration, actor, one))
                .collect(),
        ),
        ..meeting(collaboration, found.meeting)
    }
}

fn rectification(collaboration: &Collaboration, actor: &Actor, seen: SeenProblem) -> RectificationView {
    let one = seen.problem;
    let state = one.state();
    let rounds = one.rounds.iter().map(|round| RectificationRound {
        report: round.report.text.clone(),
        reported: DoneBy::from(&round.report.by),
        mended: round.closing.as_ref().map(|closing| closing.mended),
        finding: round.closing.as_ref().map(|closing| closing.text.clone()),
        found: round.closing.as_ref().map(|closing| DoneBy::from(&closing.by)),
    });
    RectificationView {
        rounds: rounds.collect(),
        allowed_actions: rectification_actions(actor, &one),
        late: one.is_late(collaboration.now()),
        closed_on: one.closed_on(),
        convener: department(collaboration, &one.convener),
        department: department(collaboration, &one.department),
        id: one.id,
        version: one.version,
        meeting: one.meeting,
        meeting_title: seen.meeting_title,
        problem: one.problem,
        requirement: one.requirement,
        due_on: one.due_on,
        state,
        state_label: state.label(),
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MeetingListQuery {
    /// Rows on a page.
    limit: Option<u64>,
    /// Cursor.
    cursor: Option<String>,
}

/// Joint meetings, newest first.
#[utoipa::path(get, path = "/api/v1/joint-meetings", tag = "collaboration", params(MeetingListQuery),
    responses((status = 200, body = Page<JointMeeting>)), extensions(("x-permission" = json!("collaboration:read"))))]
pub(super) async fn list(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Query(query): Query<MeetingListQuery>,
) -> Result<Answer<Page<JointMeeting>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let found = collaboration.meetings(&actor, &page).await?;
    Ok(Answer(found.map(|one| meeting(&collaboration, one))))
}

/// A problem to be mended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRectification {
    /// 问题
    problem: String,
    /// 整改要求
    requirement: String,
    /// Key of the department that answers for it.
    department: String,
    /// Last day.
    due_on: LegalDate,
}

/// A meeting to be entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewJointMeeting {
    /// What it was about.
    title: String,
    /// When.
    held_on: LegalDate,
    /// Where it met.
    place: String,
    /// Keys of the departments that took part.
    departments: Vec<String>,
    /// 会议纪要
    summary: String,
    /// What it found.
    #[serde(default)]
    problems: Vec<NewRectification>,
}

impl From<NewJointMeeting> for NewMeeting {
    fn from(new: NewJointMeeting) -> Self {
        let problem = |one: NewRectification| NewProblem {
            problem: one.problem,
            requirement: one.requirement,
            department: one.department,
            due_on: one.due_on,
        };
        Self {
            title: new.title,
            held_on: new.held_on,
            place: new.place,
            departments: new.departments,
            summary: new.summary,
            problems: new.problems.into_iter().map(problem).collect(),
        }
    }
}

/// Enters a meeting with what it found.
#[utoipa::path(post, path = "/api/v1/joint-meetings", tag = "collaboration", request_body = NewJointMeeting,
    responses((status = 201, body = JointMeeting), (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("collaboration:convene"))))]
pub(super) async fn hold(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Json(body): Json<NewJointMeeting>,
) -> Result<(StatusCode, Answer<JointMeeting>), Problem> {
    let held = collaboration.hold_meeting(&actor, body.into()).await?;
    Ok((StatusCode::CREATED, Answer(seen(&collaboration, &actor, held))))
}

/// A joint meeting with what it found.
#[utoipa::path(get, path = "/api/v1/joint-meetings/{id}", tag = "collaboration", params(("id" = MeetingId, Path)),
    responses((status = 200, body = JointMeeting), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("collaboration:read"))))]
pub(super) async fn one(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Path(id): Path<MeetingId>,
) -> Result<Answer<JointMeeting>, Problem> {
    let found = collaboration.meeting(&actor, id).await?;
    Ok(Answer(seen(&collaboration, &actor, found)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RectificationListQuery {
    /// Of this department.
    department: Option<String>,
    /// Found by a meeting that this department convened.
    convener: Option<String>,
    /// In this state.
    #[param(inline)]
    state: Option<RectificationState>,
    /// Only those past their last day.
    overdue: Option<bool>,
    /// Rows on a page.
    limit: Option<u64>,
    /// Cursor.
    cursor: Option<String>,
}

/// Problems across meetings, most urgent first.
#[utoipa::path(get, path = "/api/v1/rectifications", tag = "collaboration", params(RectificationListQuery),
    responses((status = 200, body = Page<RectificationView>)),
    extensions(("x-permission" = json!("collaboration:read"))))]
pub(super) async fn problems(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Query(query): Query<RectificationListQuery>,
) -> Result<Answer<Page<RectificationView>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let filter = RectificationFilter {
        department: query.department,
        convener: query.convener,
        state: query.state,
        overdue: query.overdue.unwrap_or(false),
    };
    let found = collaboration.rectifications(&actor, filter, &page).await?;
    Ok(Answer(
        found.map(|one| rectification(&collaboration, &actor, one)),
    ))
}

/// One problem.
#[utoipa::path(get, path = "/api/v1/rectifications/{id}", tag = "collaboration",
    params(("id" = RectificationId, Path)),
    responses((status = 200, body = RectificationView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("collaboration:read"))))]
pub(super) async fn problem(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Path(id): Path<RectificationId>,
) -> Result<Versioned<RectificationView>, Problem> {
    let found = collaboration.rectification(&actor, id).await?;
    let version = found.problem.version;
    Ok(Versioned(
        StatusCode::OK,
        version,
        rectification(&collaboration, &actor, found),
    ))
}

/// What a department did about a problem.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRectificationReport {
    /// What was done.
    text: String,
}

/// The department reports that it has mended a problem.
#[utoipa::path(post, path = "/api/v1/rectifications/{id}/reports", tag = "collaboration",
    params(("id" = RectificationId, Path)), request_body = NewRectificationReport,
    responses((status = 201, body = RectificationView), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("collaboration:act"))))]
pub(super) async fn report(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Path(id): Path<RectificationId>,
    Json(body): Json<NewRectificationReport>,
) -> Result<Versioned<RectificationView>, Problem> {
    let changed = collaboration.report_mended(&actor, id, &body.text).await?;
    let version = changed.problem.version;
    Ok(Versioned(
        StatusCode::CREATED,
        version,
        rectification(&collaboration, &actor, changed),
    ))
}

/// What another person found of a report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRectificationClosure {
    /// Whether the problem is mended; otherwise it goes back.
    mended: bool,
    /// What was found.
    text: String,
}

/// Another person closes a problem, or sends it back.
#[utoipa::path(post, path = "/api/v1/rectifications/{id}/closures", tag = "collaboration",
    params(("id" = RectificationId, Path)), request_body = NewRectificationClosure,
    responses((status = 201, body = RectificationView), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("collaboration:convene"))))]
pub(super) async fn close(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Path(id): Path<RectificationId>,
    Json(body): Json<NewRectificationClosure>,
) -> Result<Versioned<RectificationView>, Problem> {
    let changed = collaboration
        .close_problem(&actor, id, body.mended, &body.text)
        .await?;
    let version = changed.problem.version;
    Ok(Versioned(
        StatusCode::CREATED,
        version,
        rectification(&collaboration, &actor, changed),
    ))
}

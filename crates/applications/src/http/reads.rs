//! Lists and views.

use axum::{Json as Answer, extract::State, http::StatusCode};
use kernel::{
    Actor, Event, LegalDate, Page, PageQuery, Problem,
    http::{Path, Query, Versioned},
    ids::ApplicationId,
};
use matters::{Industry, Kind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::wire::{ApplicationView, ListItem, TaskView};
use crate::{
    Applications, Counted, Filters, PublicDecision, Reviewed, Sort, Span,
    model::StateName,
    rules::{Light, TaskKind},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// In this state.
    state: Option<StateName>,
    /// Of this matter, such as `hazchem.first_issue`.
    matter: Option<String>,
    /// Of this enterprise.
    enterprise: Option<Uuid>,
    /// GB/T 2260 code: in this region and below.
    region: Option<String>,
    /// That this department keeps, takes in or reviews.
    department: Option<String>,
    /// Owned by this first-contact officer.
    officer: Option<Uuid>,
    /// `true`: that no officer has taken on yet; `false`: that one has.
    unowned: Option<bool>,
    /// Due on or before this day.
    due_before: Option<LegalDate>,
    /// Of this industry.
    industry: Option<Industry>,
    /// `true`: under way, from submission to decision; `false`: drafts and what has ended.
    open: Option<bool>,
    /// Whose clock stands still, or runs.
    held: Option<bool>,
    /// In which this department still has to review.
    waiting_department: Option<String>,
    /// In which this department handed in its review.
    reviewed_department: Option<String>,
    /// The review of `reviewed_department` was handed in on or after this day.
    reviewed_from: Option<LegalDate>,
    /// The review of `reviewed_department` was handed in on or before this day.
    reviewed_until: Option<LegalDate>,
    /// The review of `reviewed_department` was handed in after its last day, or in time.
    reviewed_late: Option<bool>,
    /// Handed in on or after this day.
    submitted_from: Option<LegalDate>,
    /// Handed in on or before this day.
    submitted_until: Option<LegalDate>,
    /// Accepted on or after this day.
    accepted_from: Option<LegalDate>,
    /// Accepted on or before this day.
    accepted_until: Option<LegalDate>,
    /// Granted, refused or not accepted on or after this day.
    decided_from: Option<LegalDate>,
    /// Granted, refused or not accepted on or before this day.
    decided_until: Option<LegalDate>,
    /// With this light today: `green`, `yellow` or `red`.
    #[param(inline)]
    light: Option<Light>,
    /// Of this kind, such as `renewal`.
    #[param(value_type = Option<String>)]
    kind: Option<Kind>,
    /// About this licence.
    licence: Option<Uuid>,
    /// Part of the applicant's name or of the reference.
    q: Option<String>,
    /// `submitted` (newest first, the default) or `due` (most urgent first).
    #[param(inline)]
    sort: Option<Sort>,
    /// Rows on a page, 1 to 200; 20 unless given.
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl ListQuery {
    pub(super) fn split(self) -> (Filters, PageQuery) {
        let page = PageQuery {
            limit: self.limit,
            cursor: self.cursor,
        };
        let counted = Counted {
            industry: self.industry.map(|industry| industry.as_str().to_owned()),
            open: self.open,
            held: self.held,
            unowned: self.unowned,
            waiting_department: self.waiting_department,
            reviewed: self.reviewed_department.map(|department| Reviewed {
                department,
                on: Span::new(self.reviewed_from, self.reviewed_until),
                late: self.reviewed_late,
            }),
            submitted: Span::new(self.submitted_from, self.submitted_until),
            accepted: Span::new(self.accepted_from, self.accepted_until),
            decided: Span::new(self.decided_from, self.decided_until),
        };
        let filters = Filters {
            counted,
            state: self.state,
            matter: self.matter,
            enterprise: self.enterprise,
            region: self.region,
            department: self.department,
            officer: self.officer,
            due_before: self.due_before,
            light: self.light,
            kind: self.kind,
            licence: self.licence,
            q: self.q,
            sort: self.sort.unwrap_or_default(),
        };
        (filters, page)
    }
}

/// Applications within the scope.
#[utoipa::path(get, path = "/api/v1/applications", tag = "applications", params(ListQuery),
    responses((status = 200, body = Page<ListItem>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn list(
    State(applications): State<Applications>,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Answer<Page<ListItem>>, Problem> {
    let (filters, page) = query.split();
    let rows = applications.list(&actor, filters, &page).await?;
    Ok(Answer(rows.map(|row| ListItem::new(&applications, row))))
}

/// One application with its clocks and what the actor may do now.
#[utoipa::path(get, path = "/api/v1/applications/{id}", tag = "applications", params(("id" = Uuid, Path)),
    responses((status = 200, body = ApplicationView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn one(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
) -> Result<Versioned<ApplicationView>, Problem> {
    let seen = applications.application(&actor, id).await?;
    let version = seen.record.version;
    Ok(Versioned(
        StatusCode::OK,
        version,
        ApplicationView::new(&applications, &actor, seen)?,
    ))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TaskQuery {
    /// Only this kind of work.
    kind: Option<TaskKind>,
    /// Due on or before this day.
    due_before: Option<LegalDate>,
    /// Rows on a page, 1 to 200; 20 unless given.
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What the actor has to do now, by deadline.
#[utoipa::path(get, path = "/api/v1/application-tasks", tag = "applications", params(TaskQuery),
    responses((status = 200, body = Page<TaskView>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn tasks(
    State(applications): State<Applications>,
    actor: Actor,
    Query(query): Query<TaskQuery>,
) -> Result<Answer<Page<TaskView>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let kinds = query.kind.into_iter().collect();
    let tasks = applications.tasks(&actor, kinds, query.due_before, &page).await?;
    Ok(Answer(tasks.map(|task| TaskView::new(&applications, task))))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TimelineQuery {
    /// Older than this event number.
    before: Option<i64>,
    /// Events wanted, 1 to 200; 100 unless given.
    limit: Option<u64>,
}

/// What happened to an application, newest first.
#[utoipa::path(get, path = "/api/v1/applications/{id}/timeline", tag = "applications",
    params(("id" = Uuid, Path), TimelineQuery),
    responses((status = 200, body = Vec<Event>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn timeline(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Query(query): Query<TimelineQuery>,
) -> Result<Answer<Vec<Event>>, Problem> {
    let limit = query.limit.unwrap_or(100).clamp(1, 200);
    Ok(Answer(
        applications.timeline(&actor, id, query.before, limit).await?,
    ))
}

/// A published decision.
#[derive(Serialize, ToSchema)]
pub(super) struct PublicDecisionView {
    /// 受理编号.
    reference: String,
    matter: String,
    applicant: String,
    /// `granted` or `refused`.
    outcome: StateName,
    /// 准予许可 or 不予许可.
    outcome_name: &'static str,
    /// Number of the written decision.
    number: Option<String>,
    decided_on: LegalDate,
    delivered_on: Option<LegalDate>,
    authority: String,
}

impl From<PublicDecision> for PublicDecisionView {
    fn from(one: PublicDecision) -> Self {
        Self {
            reference: one.reference,
            matter: one.matter,
            applicant: one.applicant,
            outcome: one.state,
            outcome_name: one.state.label(),
            number: one.number,
            decided_on: one.decided_on,
            delivered_on: one.delivered_on,
            authority: one.authority,
        }
    }
}

/// Decisions, granted and refused, for everyone to see (行政许可法 art. 40).
#[utoipa::path(get, path = "/api/v1/public/decisions", tag = "public", params(PageQuery),
    responses((status = 200, body = Page<PublicDecisionView>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
pub(super) async fn public_decisions(
    State(applications): State<Applications>,
    Query(page): Query<PageQuery>,
) -> Result<Answer<Page<PublicDecisionView>>, Problem> {
    let decisions = applications.public_decisions(&page).await?;
    Ok(Answer(decisions.map(PublicDecisionView::from)))
}

//! Routes of the outbox: what waits in the background and what was given up.

use axum::{Json, extract::State, http::StatusCode};
use kernel::{
    Actor, Kernel, Moment, Page, PageQuery, Problem,
    http::{Path, Query},
    jobs::{self, JobState, JobView, JobsError},
    outbox,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes.
pub(crate) fn router(kernel: Kernel) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(summary))
        .routes(routes!(retry))
        .routes(routes!(cancel))
        .with_state(kernel)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct JobQuery {
    /// Only jobs in this state.
    state: Option<JobState>,
    /// Only jobs of this kind.
    kind: Option<String>,
    /// Rows on a page.
    limit: Option<u64>,
    /// Cursor.
    cursor: Option<String>,
}

/// Jobs in the background, newest first.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "operation", params(JobQuery),
    responses((status = 200, body = Page<JobView>)), extensions(("x-permission" = json!("jobs:read"))))]
async fn list(
    State(kernel): State<Kernel>,
    actor: Actor,
    Query(query): Query<JobQuery>,
) -> Result<Json<Page<JobView>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let wanted = (query.state, query.kind.as_deref());
    let rows = jobs::list(&kernel, &actor, wanted, page.after()?, page.limit())
        .await
        .map_err(problem)?;
    Ok(Json(Page::cut(rows, page.limit(), JobView::key)))
}

/// How much there is to do in the background.
#[derive(Serialize, ToSchema)]
struct JobSummary {
    /// Jobs that could be done now.
    due: u64,
    /// Jobs that wait for their time.
    later: u64,
    /// Jobs that a worker is at.
    running: u64,
    /// Jobs that were given up.
    dead: u64,
    /// Since when the oldest of those that could be done now waits.
    oldest_due_at: Option<Moment>,
}

/// How many jobs wait, run and were given up.
#[utoipa::path(get, path = "/api/v1/jobs/summary", tag = "operation",
    responses((status = 200, body = JobSummary)), extensions(("x-permission" = json!("jobs:read"))))]
async fn summary(State(kernel): State<Kernel>) -> Result<Json<JobSummary>, Problem> {
    let backlog = outbox::backlog(kernel.db(), kernel.now()).await?;
    Ok(Json(JobSummary {
        due: backlog.due,
        later: backlog.later,
        running: backlog.running,
        dead: backlog.dead,
        oldest_due_at: backlog.oldest,
    }))
}

/// Does a job now that waits, was given up or cancelled.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/retries", tag = "operation", params(("id" = Uuid, Path)),
    responses((status = 200, body = JobView), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("jobs:manage"))))]
async fn retry(
    State(kernel): State<Kernel>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<JobView>, Problem> {
    jobs::retry(&kernel, &actor, id).await.map(Json).map_err(problem)
}

/// Cancels a job: one that waits at once, one that runs at its next step.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancellation", tag = "operation", params(("id" = Uuid, Path)),
    responses((status = 200, body = JobView), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("jobs:manage"))))]
async fn cancel(
    State(kernel): State<Kernel>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<JobView>, Problem> {
    jobs::cancel(&kernel, &actor, id).await.map(Json).map_err(problem)
}

fn problem(error: JobsError) -> Problem {
    match error {
        JobsError::Kernel(error) => error.into(),
        JobsError::Forbidden(error) => error.into(),
        JobsError::NotFound => Problem::not_found("后台任务"),
        JobsError::NotPossible(state) => {
            Problem::new(StatusCode::CONFLICT, "job-state", "任务当前状态不能这样处理").detail(format!(
                "任务现在是“{}”，请刷新后再看可以做什么。",
                state.chinese()
            ))
        }
    }
}

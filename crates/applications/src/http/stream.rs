//! Live progress as Server-Sent Events.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, stream};
use kernel::{Actor, Problem, http::Path, ids::ApplicationId};
use serde_json::json;

use crate::Applications;

/// Acts of other processes are seen within this time.
const POLL: Duration = Duration::from_secs(2);

struct Watcher {
    applications: Applications,
    actor: Actor,
    id: ApplicationId,
    seen: Option<i64>,
}

impl Watcher {
    /// Waits for the next act; `None` once the application is out of reach.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            let (seq, version) = self.applications.progress(&self.actor, self.id).await.ok()?;
            if self.seen != Some(seq) {
                self.seen = Some(seq);
                let event = Event::default().event("progress").id(seq.to_string());
                let data = json!({ "seq": seq, "version": version });
                return Some((Ok(event.data(data.to_string())), self));
            }
            let changed = self.applications.changed();
            tokio::select! { () = changed => {}, () = tokio::time::sleep(POLL) => {} }
        }
    }
}

/// Tells at once when something happened to the application: one event now, and one after each act. Read the
/// application again then.
#[utoipa::path(get, path = "/api/v1/applications/{id}/progress", tag = "applications", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn progress(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    // Out of reach is 404, not an empty stream.
    applications.progress(&actor, id).await?;
    let watcher = Watcher {
        applications,
        actor,
        id,
        seen: None,
    };
    Ok(Sse::new(stream::unfold(watcher, Watcher::next)).keep_alive(KeepAlive::default()))
}

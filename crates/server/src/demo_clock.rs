//! The clock of a demo: an administrator moves it on, and everything due in between happens on its day.
//!
//! It steps from one thing that is due to the next — a job's time, a midnight — and waits at each step until all
//! work is done, so that three years leave the same records as three years lived. Outside of a demo there is no such
//! address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::extract::State;
use axum::http::StatusCode;
use kernel::{
    Actor, Clock, FieldError, KernelError, LegalDate, Moment, MovableClock, Permission, Problem, SystemClock,
    Workers, daily,
    event::{self, EventFilter},
    http::Json,
    outbox,
    problem::chain,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Platform;

/// How far the clock may be moved at a time, in days.
const MOST: i64 = 1830;
/// When the day begins to which the clock is moved: as an office does, nine in the morning.
const MORNING: time::Duration = time::Duration::hours(9);
/// So many kinds of events are told of a move.
const SHOWN: usize = 12;
/// Events read at a time.
const STRIDE: u64 = 500;
/// How often it is asked whether the work of a step is done.
const POLL: Duration = Duration::from_millis(20);

/// The clock and what is known of its last move. Cheap to clone.
#[derive(Clone)]
pub struct DemoClockControl(Arc<Inner>);

struct Inner {
    clock: Arc<dyn MovableClock>,
    state: Mutex<Motion>,
}

#[derive(Clone, Debug, Default)]
struct Motion {
    under_way: Option<Move>,
    failed: Option<String>,
    last: Option<Past>,
}

/// A move that is over.
#[derive(Clone, Debug)]
struct Past {
    from: Moment,
    to: Moment,
    jobs: u64,
    /// Events by title, most first.
    happened: Vec<(String, u64)>,
}

#[derive(Clone, Copy, Debug)]
struct Move {
    from: Moment,
    to: Moment,
    jobs: u64,
}

impl DemoClockControl {
    /// Over a clock that can be moved.
    pub fn new(clock: Arc<dyn MovableClock>) -> Self {
        Self(Arc::new(Inner {
            clock,
            state: Mutex::default(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, Motion> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the one place of a mover.
    fn set_out(&self, from: Moment, to: Moment) -> Result<(), Problem> {
        let mut state = self.state();
        if state.under_way.is_some() {
            return Err(Problem::conflict(
                "demo-clock-moving",
                "演示时间正在调整",
                "上一次调整还没有结束，请等它到达后再调。",
            ));
        }
        state.under_way = Some(Move { from, to, jobs: 0 });
        state.failed = None;
        Ok(())
    }

    fn did(&self, jobs: usize) {
        if let Some(under_way) = &mut self.state().under_way {
            under_way.jobs += u64::try_from(jobs).unwrap_or(0);
        }
    }

    /// The move did not begin.
    fn stay(&self) {
        self.state().under_way = None;
    }

    fn end(&self, now: Moment, outcome: Result<Vec<(String, u64)>, KernelError>) {
        let mut state = self.state();
        let Some(over) = state.under_way.take() else {
            return;
        };
        let happened = match outcome {
            Ok(happened) => happened,
            Err(error) => {
                tracing::error!(error = chain(&error), "moving the clock of the demo");
                state.failed = Some("调整中途出错，时间停在已到达的日期，可以从那里继续调整。".to_owned());
                Vec::new()
            }
        };
        state.last = Some(Past {
            from: over.from,
            to: now.min(over.to),
            jobs: over.jobs,
            happened,
        });
    }
}

/// The routes.
pub(crate) fn router(platform: Platform) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(read, move_on))
        .with_state(platform)
}

/// The clock of a demo.
#[derive(Debug, Serialize, ToSchema)]
struct DemoClockView {
    /// Its present instant.
    now: Moment,
    /// The legal day in Shanghai.
    today: LegalDate,
    /// The move under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    moving: Option<DemoClockMove>,
    /// Why the last move ended before its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<String>,
    /// The last move that is over, as long as this process lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<DemoClockPast>,
}

/// A move of the clock that is over.
#[derive(Debug, Serialize, ToSchema)]
struct DemoClockPast {
    /// Where it began.
    from: Moment,
    /// Where it ended.
    to: Moment,
    /// Jobs done on the way.
    jobs: u64,
    /// What happened on the way, most first.
    happened: Vec<DemoClockHappened>,
}

/// So many times something happened.
#[derive(Debug, Serialize, ToSchema)]
struct DemoClockHappened {
    /// What.
    title: String,
    /// How often.
    count: u64,
}

impl From<Past> for DemoClockPast {
    fn from(past: Past) -> Self {
        let happened = past.happened.into_iter();
        Self {
            from: past.from,
            to: past.to,
            jobs: past.jobs,
            happened: happened
                .map(|(title, count)| DemoClockHappened { title, count })
                .collect(),
        }
    }
}

/// A move of the clock under way.
#[derive(Debug, Serialize, ToSchema)]
struct DemoClockMove {
    /// Where it began.
    from: Moment,
    /// Where it ends.
    to: Moment,
    /// Days lived through.
    days_done: i64,
    /// Days in all.
    days: i64,
    /// Jobs done on the way.
    jobs: u64,
}

/// Where the clock is to be moved: to a day, or by so many days.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDemoClockMove {
    /// The day; it begins at nine in the morning.
    to: Option<LegalDate>,
    /// So many days later at the same hour.
    days: Option<i64>,
}

impl NewDemoClockMove {
    fn target(&self, now: Moment) -> Result<Moment, Problem> {
        let (field, to) = match (self.to, self.days) {
            (Some(day), None) => ("to", day.midnight().plus(MORNING)),
            (None, Some(days)) => ("days", now.plus(time::Duration::days(days.clamp(-1, MOST + 1)))),
            _ => {
                return Err(Problem::invalid(vec![FieldError::new(
                    "to",
                    "请填写到达日期 to 或者天数 days 中的一个",
                )]));
            }
        };
        let fault = if to <= now {
            "演示时间只能向前调整，请选择以后的日期"
        } else if to > now.plus(time::Duration::days(MOST)) {
            "一次最多向前调整五年"
        } else {
            return Ok(to);
        };
        Err(Problem::invalid(vec![FieldError::new(field, fault)]))
    }
}

fn control(platform: &Platform) -> Result<&DemoClockControl, Problem> {
    let control = platform.demo_clock.as_ref();
    control.ok_or_else(|| Problem::not_found("演示时间"))
}

fn view(platform: &Platform, control: &DemoClockControl) -> DemoClockView {
    let (now, state) = (platform.kernel.now(), control.state().clone());
    let days = |from: Moment, to: Moment| (to.legal_date().0 - from.legal_date().0).whole_days();
    DemoClockView {
        now,
        today: now.legal_date(),
        moving: state.under_way.map(|one| DemoClockMove {
            from: one.from,
            to: one.to,
            days_done: days(one.from, now).min(days(one.from, one.to)),
            days: days(one.from, one.to),
            jobs: one.jobs,
        }),
        failed: state.failed,
        last: state.last.map(DemoClockPast::from),
    }
}

/// The clock of the demo and how far a move is; 404 outside of a demo.
#[utoipa::path(get, path = "/api/v1/demo/clock", tag = "site",
    responses((status = 200, body = DemoClockView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
async fn read(State(platform): State<Platform>) -> Result<axum::Json<DemoClockView>, Problem> {
    Ok(axum::Json(view(&platform, control(&platform)?)))
}

/// Moves the clock of the demo on, through everything that is due in between. It goes on after the answer: ask for
/// its state. Never back, and not outside of a demo.
#[utoipa::path(post, path = "/api/v1/demo/clock", tag = "site", request_body = NewDemoClockMove,
    responses((status = 202, body = DemoClockView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("demo:clock"))))]
async fn move_on(
    State(platform): State<Platform>,
    actor: Actor,
    Json(body): Json<NewDemoClockMove>,
) -> Result<(StatusCode, axum::Json<DemoClockView>), Problem> {
    let control = control(&platform)?.clone();
    actor.require(Permission::DemoClock)?;
    let now = platform.kernel.now();
    let to = body.target(now)?;
    control.set_out(now, to)?;
    if let Err(problem) = prepare(&platform, &actor, now, to).await {
        control.stay();
        return Err(problem);
    }
    let answer = view(&platform, &control);
    tokio::spawn(async move {
        let outcome = match walk(&platform, &control, to).await {
            Ok(()) => happened(&platform, now).await,
            Err(error) => Err(error),
        };
        control.end(platform.kernel.now(), outcome);
    });
    Ok((StatusCode::ACCEPTED, axum::Json(answer)))
}

/// Before the first step: where a demo that is started again goes on, and that nobody is signed out by it.
async fn prepare(platform: &Platform, actor: &Actor, now: Moment, to: Moment) -> Result<(), Problem> {
    let ahead = to.instant() - SystemClock.now();
    demo::note_clock(&platform.kernel, actor, to, ahead)
        .await
        .map_err(|error| Problem::internal(&error))?;
    let system = Actor::system("演示");
    Ok(platform
        .identity
        .carry_sessions(&system, to.instant() - now.instant())
        .await?)
}

/// From one thing that is due to the next, until `to`.
async fn walk(platform: &Platform, control: &DemoClockControl, to: Moment) -> Result<(), KernelError> {
    let (kernel, workers) = (&platform.kernel, platform.workers());
    let mut day = kernel.now().legal_date();
    while !platform.life.is_stopping() {
        settle(platform, control, &workers).await?;
        let now = kernel.now();
        if now.legal_date() != day {
            day = now.legal_date();
            if let Err(error) = platform.upkeep().await {
                tracing::warn!(error = chain(&error), "upkeep of the keys");
            }
        }
        if now >= to {
            break;
        }
        control
            .0
            .clock
            .forward(next_step(platform, now, to).await?.instant());
    }
    Ok(())
}

/// What has happened since an instant, by title, most first.
async fn happened(platform: &Platform, since: Moment) -> Result<Vec<(String, u64)>, KernelError> {
    let filter = EventFilter {
        since: Some(since),
        ..EventFilter::default()
    };
    let (mut counts, mut before) = (HashMap::<String, u64>::new(), None);
    loop {
        let events = event::find(platform.kernel.db(), &filter, before, STRIDE).await?;
        before = events.last().map(|event| event.seq);
        // That the clock was moved is known.
        for event in events
            .into_iter()
            .filter(|event| event.body.subject_type != "demo")
        {
            *counts.entry(event.body.title).or_default() += 1;
        }
        if before.is_none() {
            break;
        }
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    counts.truncate(SHOWN);
    Ok(counts)
}

async fn next_step(platform: &Platform, now: Moment, to: Moment) -> Result<Moment, KernelError> {
    let due = outbox::next_due(platform.kernel.db()).await?;
    let due = due.filter(|due| *due > now).unwrap_or(to);
    Ok(due.min(daily::next_midnight(now)).min(to))
}

/// Until nothing is due and nobody is at work, in this process or another.
async fn settle(
    platform: &Platform,
    control: &DemoClockControl,
    workers: &Workers,
) -> Result<(), KernelError> {
    while !platform.life.is_stopping() {
        let done = workers.drain().await?;
        control.did(done);
        let left = outbox::backlog(platform.kernel.db(), platform.kernel.now()).await?;
        if done == 0 && left.due == 0 && left.running == 0 {
            break;
        }
        if done == 0 {
            tokio::time::sleep(POLL).await;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(to: Option<&str>, days: Option<i64>, expected: Result<&str, &str>) {
        let now: Moment = serde_json::from_str("\"2026-03-02T04:00:00Z\"").unwrap_or(Moment(0));
        let to = to.map(|day| day.parse().unwrap());
        let found = NewDemoClockMove { to, days }.target(now);
        match expected {
            Ok(at) => assert_eq!(found.unwrap().to_string(), at),
            Err(field) => assert_eq!(found.unwrap_err().errors[0].field, field),
        }
    }

    #[test]
    fn it_is_moved_forward_and_not_too_far() {
        check(Some("2026-03-03"), None, Ok("2026-03-03T01:00:00Z"));
        check(None, Some(30), Ok("2026-04-01T04:00:00Z"));
        // Nine in the morning of today has passed at noon.
        check(Some("2026-03-02"), None, Err("to"));
        check(Some("2020-01-01"), None, Err("to"));
        check(None, Some(0), Err("days"));
        check(None, Some(i64::MIN), Err("days"));
        check(None, Some(i64::MAX), Err("days"));
        check(Some("9999-12-31"), None, Err("to"));
        check(None, None, Err("to"));
        check(Some("2026-03-03"), Some(1), Err("to"));
    }
}

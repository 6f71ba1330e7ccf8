//! What has to be done now, by whom, by when: the projection behind the work lists.

use kernel::{LegalDate, Moment, Permission};
use matters::{CORRECTION, CORRECTION_PERIOD, DELIVERY, Definition, INTERNAL_TARGET, STATUTORY_REVIEW};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Bodies, ClockView, Due, Light, RoundTime, Turning, Watch, excluded};
use crate::model::{Application, StageName, StopReach};

/// A kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// 受理或告知补正
    Accept,
    /// 补正
    Correct,
    /// 部门审查
    Review,
    /// 初审
    FirstReview,
    /// 复审
    SecondReview,
    /// 决定
    Decide,
    /// 恢复计时
    Resume,
    /// 送达
    Deliver,
    /// 现场核查
    SiteCheck,
    /// 补交容缺材料
    Supply,
}

impl TaskKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Accept,
        Self::Correct,
        Self::Review,
        Self::FirstReview,
        Self::SecondReview,
        Self::Decide,
        Self::Resume,
        Self::Deliver,
        Self::SiteCheck,
        Self::Supply,
    ];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Correct => "correct",
            Self::Review => "review",
            Self::FirstReview => "first_review",
            Self::SecondReview => "second_review",
            Self::Decide => "decide",
            Self::Resume => "resume",
            Self::Deliver => "deliver",
            Self::SiteCheck => "site_check",
            Self::Supply => "supply",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Accept => "受理或者告知补正",
            Self::Correct => "补正材料",
            Self::Review => "部门审查",
            Self::FirstReview => "初审",
            Self::SecondReview => "复审",
            Self::Decide => "作出决定",
            Self::Resume => "恢复计时",
            Self::Deliver => "送达",
            Self::SiteCheck => "现场核查",
            Self::Supply => "补交容缺材料",
        }
    }

    /// The permission that the work needs.
    pub fn permission(self) -> Permission {
        match self {
            Self::Accept => Permission::ApplicationsAccept,
            Self::Correct => Permission::ApplicationsDraft,
            Self::Review => Permission::ApplicationsReview,
            Self::FirstReview => Permission::ApplicationsFirstReview,
            Self::SecondReview => Permission::ApplicationsSecondReview,
            Self::Decide => Permission::ApplicationsDecide,
            Self::Resume => Permission::ApplicationsClock,
            Self::Deliver => Permission::LicencesDeliver,
            // Those who are named in it go there, whatever they do otherwise.
            Self::SiteCheck => Permission::ApplicationsRead,
            Self::Supply => Permission::ApplicationsDraft,
        }
    }
}

/// A piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What.
    pub kind: TaskKind,
    /// Which department; absent for the applicant's own.
    pub department: Option<String>,
    /// Since when.
    pub since: Moment,
    /// By when.
    pub due: Option<Due>,
    /// Done: kept so that a department still finds what it has reviewed.
    pub done: bool,
    /// Accounts that may not do it (segregation of duties).
    pub excluded: Vec<uuid::Uuid>,
    /// Accounts that have to do it; empty: whoever does this kind of work in the department.
    pub assigned: Vec<uuid::Uuid>,
    /// How it stands to its clock; of reviews only.
    pub time: Option<RoundTime>,
    /// First day on which its light is not green any more.
    pub yellow_on: Option<LegalDate>,
}

impl Task {
    fn open(kind: TaskKind, department: Option<&str>, since: Moment, due: Option<Due>) -> Self {
        let department = department.map(str::to_owned);
        Self {
            kind,
            department,
            since,
            due,
            done: false,
            excluded: Vec::new(),
            assigned: Vec::new(),
            time: None,
            yellow_on: None,
        }
    }
}

/// Every task of an application as of today.
pub fn tasks(app: &Application, def: &Definition, bodies: &Bodies, watch: Watch<'_>) -> Vec<Task> {
    let lead = Some(bodies.lead.as_str());
    let clock = |key| watch.clock(app, def, key).map(|view| view.due);
    let staged = |kind, stage, since| {
        let mut task = Task::open(kind, lead, since, clock(INTERNAL_TARGET));
        task.excluded = excluded(app, def, stage).into_iter().map(Into::into).collect();
        task
    };
    let mut tasks = reviews(app, def, watch);
    match app {
        Application::Submitted(s) => {
            let since = s
                .intake
                .correction
                .as_ref()
                .map_or(s.intake.submitted_at, |round| round.answered_at);
            tasks.push(Task::open(
                TaskKind::Accept,
                Some(&bodies.window),
                since,
                clock(CORRECTION),
            ));
        }
        Application::Correcting(s) => {
            tasks.push(Task::open(
                TaskKind::Correct,
                None,
                s.notice.notified_at,
                clock(CORRECTION_PERIOD),
            ));
        }
        Application::FirstReview(s) => {
            tasks.push(staged(TaskKind::FirstReview, StageName::FirstReview, s.since))
        }
        Application::SecondReview(s) => {
            tasks.push(staged(
                TaskKind::SecondReview,
                StageName::SecondReview,
                s.first.at,
            ));
        }
        Application::Deciding(s) => tasks.push(staged(TaskKind::Decide, StageName::Decision, s.since())),
        Application::Granted(s) if s.delivery.is_none() => {
            tasks.push(Task::open(
                TaskKind::Deliver,
                Some(&bodies.window),
                s.decision.at,
                clock(DELIVERY),
            ));
        }
        Application::Refused(s) if s.delivery.is_none() => {
            tasks.push(Task::open(
                TaskKind::Deliver,
                Some(&bodies.window),
                s.decision.at,
                clock(DELIVERY),
            ));
        }
        Application::NotAccepted(s) if s.delivery.is_none() => {
            tasks.push(Task::open(
                TaskKind::Deliver,
                Some(&bodies.window),
                s.decision.at,
                clock(DELIVERY),
            ));
        }
        _ => {}
    }
    tasks.extend(resumptions(app, bodies));
    tasks.extend(visits(app, bodies));
    tasks.extend(supplies(app, def, watch));
    for task in tasks.iter_mut().filter(|task| !task.done) {
        task.yellow_on = turns_yellow(task, app, def, watch);
    }
    tasks
}

/// Days before the last one that are looked at for the first that is not green; no period is longer.
const LOOKED_AT: u16 = 400;

/// The first day on which the light of an open task is not green: found by going back from its last day, as periods in
/// working days have no shorter way.
fn turns_yellow(task: &Task, app: &Application, def: &Definition, watch: Watch<'_>) -> Option<LegalDate> {
    let mut first = task.due?.day()?;
    for _ in 0..LOOKED_AT {
        let Some(before) = first.0.previous_day().map(LegalDate) else {
            break;
        };
        let then = Watch {
            today: before,
            ..watch
        };
        let begun = before >= task.since.legal_date();
        if !begun || light(task, app, def, then) == Light::Green {
            break;
        }
        first = before;
    }
    Some(first)
}

/// The light of a task on the day of the watch; a stop of the clock has only its expected end.
fn light(task: &Task, app: &Application, def: &Definition, watch: Watch<'_>) -> Light {
    let clock = match task.kind {
        TaskKind::Accept => watch.clock(app, def, CORRECTION),
        TaskKind::Correct => watch.clock(app, def, CORRECTION_PERIOD),
        TaskKind::FirstReview | TaskKind::SecondReview | TaskKind::Decide => {
            watch.clock(app, def, INTERNAL_TARGET)
        }
        TaskKind::Deliver => watch.clock(app, def, DELIVERY),
        TaskKind::Review => {
            let department = task.department.as_deref().and_then(|own| own.parse().ok());
            department.and_then(|own| watch.department(app, def, &own))
        }
        TaskKind::Resume | TaskKind::SiteCheck | TaskKind::Supply => None,
    };
    clock.map_or(Light::Green, |clock| clock.light)
}

/// One task for each round of each department: earlier rounds are done, and stay for the figures.
fn reviews(app: &Application, def: &Definition, watch: Watch<'_>) -> Vec<Task> {
    let reviews = app.case().into_iter().flat_map(|case| &case.reviews);
    reviews
        .flat_map(|review| review.rounds().map(move |round| (&review.department, round)))
        .map(|(department, round)| {
            let time = watch.round(app, def, department, round);
            let due = time.map(|time| time.due);
            Task {
                done: round.result.is_some() || app.state().is_final(),
                time,
                ..Task::open(TaskKind::Review, Some(department.as_str()), round.since, due)
            }
        })
        .collect()
}

fn resumptions(app: &Application, bodies: &Bodies) -> Vec<Task> {
    let case = app.case().filter(|_| app.stage().is_some());
    let stops = case
        .into_iter()
        .flat_map(|case| &case.intake.stops)
        .filter(|stop| stop.last.is_none());
    stops
        .map(|stop| {
            let department = match &stop.reach {
                StopReach::Whole => bodies.lead.as_str(),
                StopReach::Department(department) => department.as_str(),
            };
            let due = stop.expected.map(|day| Due::On {
                day,
                provisional: false,
            });
            Task::open(TaskKind::Resume, Some(department), stop.at, due)
        })
        .collect()
}

/// Site checks that are still to be made, by the officers who are named in them.
fn visits(app: &Application, bodies: &Bodies) -> Vec<Task> {
    let case = app.case().filter(|_| app.stage().is_some());
    let checks = case.into_iter().flat_map(|case| &case.site_checks);
    checks
        .filter(|check| check.is_open())
        .map(|check| {
            let due = Some(Due::On {
                day: check.planned_on,
                provisional: false,
            });
            Task {
                assigned: check.officers.iter().map(|one| one.account.into()).collect(),
                ..Task::open(TaskKind::SiteCheck, Some(&bodies.lead), check.ordered.at, due)
            }
        })
        .collect()
}

/// Materials that are still to follow.
fn supplies(app: &Application, def: &Definition, watch: Watch<'_>) -> Option<Task> {
    let case = app.case().filter(|_| app.stage().is_some())?;
    case.deferral.as_ref().filter(|deferral| deferral.is_open())?;
    let due = super::deferral_due(app, def, watch);
    Some(Task::open(TaskKind::Supply, None, case.acceptance.at, due))
}

/// The clock that matters most in the present state.
pub fn headline(app: &Application, def: &Definition, watch: Watch<'_>) -> Option<ClockView> {
    watch.clock(app, def, headline_key(app)?)
}

/// When the light of the clock that matters most turns.
pub fn headline_turning(app: &Application, def: &Definition, watch: Watch<'_>) -> Turning {
    headline_key(app).map_or_else(Turning::default, |key| watch.turning(app, def, key))
}

fn headline_key(app: &Application) -> Option<&'static str> {
    Some(match app {
        Application::Draft(_) | Application::Withdrawn(_) => return None,
        Application::Submitted(_) => CORRECTION,
        Application::Correcting(_) => CORRECTION_PERIOD,
        Application::Granted(_) | Application::Refused(_) | Application::NotAccepted(_) => DELIVERY,
        _ => STATUTORY_REVIEW,
    })
}

/// Whether a last day cannot be computed yet because the holidays of a year are not published.
pub fn waits_for_calendar(headline: Option<Due>, tasks: &[Task]) -> bool {
    let dues = tasks.iter().filter(|task| !task.done).map(|task| task.due);
    dues.chain([headline])
        .any(|due| matches!(due, Some(Due::Unknown { .. })))
}

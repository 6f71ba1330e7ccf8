//! The clocks of an application: from which act to which each runs, and which light it shows.

use codes::WorkCalendar;
use kernel::LegalDate;
use matters::{ClockStart, ClockUse, Definition, DepartmentKey, Term};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    amount,
    periods::{ClockUnit, Count, Due, Period},
};
use crate::model::{Application, Case, Extension, ReviewRound, StateName, Stop, StopReach, Subject};

/// Which light shows beside a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// Plenty of time.
    Green,
    /// The last part of the period.
    Yellow,
    /// Overdue.
    Red,
}

/// From when on the yellow light shows; rule data of the installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lights {
    /// Yellow when at most this share of the period is left, in percent.
    pub yellow_percent: u32,
    /// Yellow in any case when at most so many days are left.
    pub yellow_days: u32,
}

impl Default for Lights {
    fn default() -> Self {
        Self {
            yellow_percent: 20,
            yellow_days: 1,
        }
    }
}

/// When the light of a clock turns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turning {
    /// From this day on it is yellow.
    pub yellow_on: Option<LegalDate>,
    /// From this day on it is red.
    pub red_on: Option<LegalDate>,
}

/// How a round of a department's review stands to its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundTime {
    /// When the clock ends.
    pub due: Due,
    /// Days of the clock used, where the holidays are known.
    pub used: Option<u32>,
    /// Day of the outcome; absent while the round is open.
    pub ended_on: Option<LegalDate>,
    /// After the last day.
    pub late: bool,
    /// From this day on an open round is late.
    pub red_on: Option<LegalDate>,
}

/// A clock of the application as everyone entitled sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClockView {
    /// Key in the matter definition.
    pub key: String,
    /// Name.
    pub name: String,
    /// The department whose clock it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Length in words, such as 45日.
    pub term: String,
    /// In what it counts `used` and `left`.
    pub unit: ClockUnit,
    /// True: a target of the house; false: a period of the law.
    pub internal: bool,
    /// Day of the event from which it runs; counting begins the day after.
    pub started_on: LegalDate,
    /// Day on which it was met.
    pub ended_on: Option<LegalDate>,
    /// Days used so far; absent where the holidays are not known.
    pub used: Option<u32>,
    /// Days left, negative when overdue; absent where unknown.
    pub left: Option<i64>,
    /// Last day; absent while unknown or stopped.
    pub due_on: Option<LegalDate>,
    /// The same in words, always given.
    pub due_words: String,
    /// When it ends, in full.
    pub due: Due,
    /// Whether it stands still now.
    pub stopped: bool,
    /// The traffic light.
    pub light: Light,
    /// What happens when it runs out.
    pub on_expiry: matters::OnExpiry,
    /// Clauses.
    pub clauses: Vec<String>,
}

/// Counts every clock of an application.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// The working-day calendar.
    pub calendar: &'a WorkCalendar,
    /// Today in Asia/Shanghai.
    pub today: LegalDate,
    /// When the yellow light shows.
    pub lights: Lights,
}

impl Watch<'_> {
    /// Every clock that runs or ran, in the order of the definition.
    pub fn clocks(&self, app: &Application, def: &Definition) -> Vec<ClockView> {
        let mut views = Vec::new();
        for clock in def.clocks.iter().filter(|clock| clock.usage == ClockUse::Binding) {
            if clock.start == ClockStart::ReviewAssigned {
                views.extend(self.department_clocks(app, def, clock));
            } else {
                views.extend(self.of_application(app, def, clock));
            }
        }
        views
    }

    /// One clock by its key.
    pub fn clock(&self, app: &Application, def: &Definition, key: &str) -> Option<ClockView> {
        self.of_application(app, def, def.clock(key)?)
    }

    fn of_application(
        &self,
        app: &Application,
        def: &Definition,
        clock: &matters::Clock,
    ) -> Option<ClockView> {
        let view = self.view(def, clock, None, &self.period(app, clock)?);
        // 行政许可法 article 44 speaks of what was granted; after a refusal only the decision is handed over.
        if clock.start == ClockStart::Decided && app.state() != StateName::Granted {
            return Some(ClockView {
                name: "送达决定".to_owned(),
                clauses: Vec::new(),
                ..view
            });
        }
        Some(view)
    }

    /// A department's clock in its present round.
    pub fn department(
        &self,
        app: &Application,
        def: &Definition,
        department: &DepartmentKey,
    ) -> Option<ClockView> {
        let review = def
            .departments()
            .find(|review| &review.department == department)?;
        let clock = def.clock(review.clock.as_str())?;
        self.department_clocks(app, def, clock)
            .into_iter()
            .find(|view| view.department.as_deref() == Some(department.as_str()))
    }

    fn department_clocks(
        &self,
        app: &Application,
        def: &Definition,
        clock: &matters::Clock,
    ) -> Vec<ClockView> {
        let Some(case) = app.case() else { return Vec::new() };
        let own = |key: &DepartmentKey| {
            def.departments()
                .any(|review| &review.department == key && review.clock == clock.key)
        };
        let reviews = case.reviews.iter().filter(|review| own(&review.department));
        reviews
            .map(|review| {
                let period = round_period(app, case, clock, &review.department, &review.round);
                self.view(def, clock, Some(review.department.as_str()), &period)
            })
            .collect()
    }

    /// How one round of a department's review stands to its clock, the present round or an earlier one.
    pub fn round(
        &self,
        app: &Application,
        def: &Definition,
        department: &DepartmentKey,
        round: &ReviewRound,
    ) -> Option<RoundTime> {
        let rule = def.departments().find(|one| &one.department == department)?;
        let clock = def.clock(rule.clock.as_str())?;
        let period = round_period(app, app.case()?, clock, department, round);
        let count = period.count(self.calendar, self.today);
        let late = count.left.is_some_and(|left| left < 0);
        let red_on = match count.due {
            Due::On { day, .. } => Some(period.first_over(self.calendar, day)),
            Due::Unknown { .. } => None,
            // A clock that stands still keeps its light.
            Due::Stopped { .. } => late.then_some(self.today),
        };
        Some(RoundTime {
            due: count.due,
            used: count.used,
            // What ended with its application was not handed in.
            ended_on: round.result.as_ref().map(|result| result.on),
            late,
            red_on,
        })
    }

    /// The period that a clock of the whole application measures, once it has begun.
    pub fn period<'a>(&self, app: &'a Application, clock: &matters::Clock) -> Option<Period<'a>> {
        let intake = app.intake()?;
        let (start, ended) = span(app, clock)?;
        let stops = intake
            .stops
            .iter()
            .filter(|stop| stop.reach == StopReach::Whole && stop.clocks.contains(&clock.key))
            .collect();
        let added = app.case().and_then(|case| case.extension.as_ref());
        Some(Period {
            terms: terms(clock, &app.dossier().subject, added),
            start,
            ended,
            stops,
        })
    }

    fn view(
        &self,
        def: &Definition,
        clock: &matters::Clock,
        of: Option<&str>,
        period: &Period<'_>,
    ) -> ClockView {
        let count = period.count(self.calendar, self.today);
        let stopped = period.ended.is_none()
            && period
                .stops
                .iter()
                .any(|stop| stop.last.is_none() && stop.first <= super::next_day(self.today));
        let whole: u32 = period.terms.iter().map(|term| amount(*term)).sum();
        let words: Vec<_> = period.terms.iter().map(ToString::to_string).collect();
        ClockView {
            key: clock.key.to_string(),
            name: clock.name.clone(),
            department: of.map(str::to_owned),
            term: words.join("+"),
            unit: period
                .terms
                .first()
                .map_or(ClockUnit::Days, |term| ClockUnit::from(*term)),
            internal: clock.internal,
            started_on: period.start,
            ended_on: period.ended,
            used: count.used,
            left: count.left,
            due_on: count.due.day(),
            due_words: count.due.words(),
            due: count.due,
            stopped,
            light: self.light(count, whole),
            on_expiry: clock.on_expiry,
            clauses: clock.basis.iter().map(|clause| def.cite(clause)).collect(),
        }
    }

    /// Units left at which yellow begins.
    fn yellow(&self, whole: u32) -> u32 {
        let share = whole.saturating_mul(self.lights.yellow_percent).div_ceil(100);
        share.max(self.lights.yellow_days)
    }

    /// The days on which the light of a clock of the whole application turns yellow and red, as far as they are
    /// known; a clock that was met or has not begun turns no more.
    pub fn turning(&self, app: &Application, def: &Definition, key: &str) -> Turning {
        let period = def.clock(key).and_then(|clock| self.period(app, clock));
        let Some(period) = period.filter(|period| period.ended.is_none()) else {
            return Turning::default();
        };
        let yellow = self.yellow(period.terms.iter().map(|term| amount(*term)).sum());
        let count = period.count(self.calendar, self.today);
        match (count.due, count.left) {
            (Due::On { day, .. }, _) => Turning {
                yellow_on: Some(period.left_at_most(self.calendar, day, yellow)),
                red_on: Some(period.first_over(self.calendar, day)),
            },
            (Due::Unknown { not_before, .. }, _) => Turning {
                yellow_on: Some(not_before),
                red_on: None,
            },
            // A clock that stands still keeps its light.
            (Due::Stopped { .. }, left) => Turning {
                yellow_on: left
                    .is_none_or(|left| left <= i64::from(yellow))
                    .then_some(self.today),
                red_on: left.is_some_and(|left| left < 0).then_some(self.today),
            },
        }
    }

    fn light(&self, count: Count, whole: u32) -> Light {
        let yellow = self.yellow(whole);
        match (count.left, count.due) {
            (Some(left), _) if left < 0 => Light::Red,
            (Some(left), _) if left <= i64::from(yellow) => Light::Yellow,
            (Some(_), _) => Light::Green,
            // Not known, but certainly not over before that day.
            (None, Due::Unknown { not_before, .. }) if self.today < not_before => Light::Green,
            (None, _) => Light::Yellow,
        }
    }
}

/// The period of a round: every round has its own.
fn round_period<'a>(
    app: &Application,
    case: &'a Case,
    clock: &matters::Clock,
    department: &DepartmentKey,
    round: &ReviewRound,
) -> Period<'a> {
    let reach = StopReach::Department(department.clone());
    let concerns = |stop: &&Stop| {
        stop.reach == reach || (stop.reach == StopReach::Whole && stop.clocks.contains(&clock.key))
    };
    Period {
        terms: vec![super::term_of(clock, &app.dossier().subject)],
        start: round.assigned_on,
        ended: round
            .result
            .as_ref()
            .map(|result| result.on)
            .or_else(|| closed_on(app)),
        stops: case.intake.stops.iter().filter(concerns).collect(),
    }
}

fn terms(clock: &matters::Clock, subject: &Subject, added: Option<&Extension>) -> Vec<Term> {
    let mut terms = vec![super::term_of(clock, subject)];
    terms.extend(added.filter(|one| one.clock == clock.key).map(|one| one.by_term));
    terms
}

fn withdrawn_on(app: &Application) -> Option<LegalDate> {
    match app {
        Application::Withdrawn(s) => Some(s.withdrawal.at.legal_date()),
        _ => None,
    }
}

/// When the matter was over, decided or withdrawn: nobody reviews any more.
fn closed_on(app: &Application) -> Option<LegalDate> {
    app.decided_on().or_else(|| withdrawn_on(app))
}

/// From which event to which event a clock of the whole application runs; `None` while it has not begun.
fn span(app: &Application, clock: &matters::Clock) -> Option<(LegalDate, Option<LegalDate>)> {
    let intake = app.intake()?;
    let accepted = app.case().map(|case| &case.acceptance);
    let withdrawn = withdrawn_on(app);
    let closed = closed_on(app);
    let first = match clock.start {
        ClockStart::Received if clock.on_expiry == matters::OnExpiry::DeemedAccepted => {
            let since = match app {
                Application::Submitted(s) => s.since,
                _ => intake
                    .correction
                    .as_ref()
                    .map_or(intake.received_on, |round| round.answered_on),
            };
            let noticed = app.open_notice().map(|notice| notice.notified_on);
            let refused = match app {
                Application::NotAccepted(s) => Some(s.decision.on),
                _ => None,
            };
            let acted = accepted
                .map(|a| a.at.legal_date())
                .or(noticed)
                .or(refused)
                .or(withdrawn);
            (since, acted)
        }
        ClockStart::Received => (intake.received_on, closed),
        ClockStart::Accepted => (accepted?.accepted_on, closed),
        ClockStart::CorrectionNotified => match (app.open_notice(), &intake.correction) {
            (Some(notice), _) => (notice.notified_on, withdrawn),
            (None, Some(round)) => (round.notice.notified_on, Some(round.answered_on)),
            (None, None) => return None,
        },
        ClockStart::Decided => (app.decided_on()?, app.delivery().map(|delivery| delivery.on)),
        ClockStart::DecisionKnown => (app.delivery()?.on, None),
        ClockStart::ReviewAssigned
        | ClockStart::HearingRightNotified
        | ClockStart::HearingRequested
        | ClockStart::HearingDay
        | ClockStart::ProjectAccepted => return None,
    };
    Some(first)
}

//! Figures about applications under way. Each number can be opened as a list; the fields say how.

use axum::{Json as Answer, extract::State};
use codes::RegionCode;
use kernel::{Actor, LegalDate, Problem, http::Query, ids::AccountId};
use matters::{Industry, MatterKey};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    About, Applications,
    model::{DayCount, DepartmentFigure, Load, OfficerFigure, StageLoad, StateName},
    rules::ClockUnit,
};

/// What a figure is about.
fn about(
    region: Option<&str>,
    matter: Option<MatterKey>,
    industry: Option<Industry>,
) -> Result<About, Problem> {
    let region = region.map(str::trim).filter(|text| !text.is_empty());
    let region = region.map(str::parse::<RegionCode>).transpose();
    Ok(About {
        region: region.map_err(|error| Problem::field("region", error.to_string()))?,
        matter: matter.map(|matter| matter.to_string()),
        industry: industry.map(|industry| industry.as_str().to_owned()),
    })
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FigureQuery {
    /// GB/T 2260 code: in this region and below.
    region: Option<String>,
    /// Of this matter, such as `hazchem.first_issue`.
    matter: Option<MatterKey>,
    /// Of this industry.
    industry: Option<Industry>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SpanQuery {
    /// First day; thirty days with the last one unless given.
    from: Option<LegalDate>,
    /// Last day, today unless given; at most 366 days in all.
    until: Option<LegalDate>,
    /// GB/T 2260 code: in this region and below.
    region: Option<String>,
    /// Of this matter, such as `hazchem.first_issue`.
    matter: Option<MatterKey>,
    /// Of this industry.
    industry: Option<Industry>,
}

/// Applications in one state; as a list: `/applications?state=…`, and with it `light=red` (`late`), `light=yellow`
/// (`soon`), `held=true` (`held`), `light=yellow&held=false&due_before=` today (`today`).
#[derive(Serialize, ToSchema)]
struct StageFigure {
    state: StateName,
    /// Chinese name of the state.
    state_name: &'static str,
    count: i64,
    /// Overdue: the red light.
    late: i64,
    /// On their last day; contained in `soon`.
    today: i64,
    /// In the last part of the period: the yellow light.
    soon: i64,
    /// The clock stands still; they show a light too and are contained in the numbers above.
    held: i64,
}

impl From<StageLoad> for StageFigure {
    fn from(StageLoad { state, load }: StageLoad) -> Self {
        Self {
            state,
            state_name: state.label(),
            count: load.open,
            late: load.late,
            today: load.today,
            soon: load.soon,
            held: load.held,
        }
    }
}

/// Applications under way by state.
#[derive(Serialize, ToSchema)]
pub(super) struct StageFigures {
    /// The legal day of the lights.
    today: LegalDate,
    /// Every state from submission to decision, in the order of the law.
    items: Vec<StageFigure>,
}

/// Applications under way by state.
#[utoipa::path(get, path = "/api/v1/figures/stages", tag = "figures", params(FigureQuery),
    responses((status = 200, body = StageFigures), (status = 403, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("figures:read"))))]
pub(super) async fn stages(
    State(applications): State<Applications>,
    actor: Actor,
    Query(query): Query<FigureQuery>,
) -> Result<Answer<StageFigures>, Problem> {
    let about = about(query.region.as_deref(), query.matter, query.industry)?;
    let stages = applications.stage_figures(&actor, &about).await?;
    Ok(Answer(StageFigures {
        today: applications.today(),
        items: stages.into_iter().map(StageFigure::from).collect(),
    }))
}

/// One day; as a list: `/applications?submitted_from=…&submitted_until=…`, likewise `accepted_…`, and `decided_…`
/// with `state`.
#[derive(Serialize, ToSchema)]
struct DayFigure {
    day: LegalDate,
    /// Whether it is worked; absent while the holidays of its year are not published.
    workday: Option<bool>,
    submitted: i64,
    accepted: i64,
    granted: i64,
    refused: i64,
    not_accepted: i64,
}

impl From<DayCount> for DayFigure {
    fn from(day: DayCount) -> Self {
        Self {
            day: day.day,
            workday: day.workday,
            submitted: day.submitted,
            accepted: day.accepted,
            granted: day.granted,
            refused: day.refused,
            not_accepted: day.not_accepted,
        }
    }
}

/// What happened on each day.
#[derive(Serialize, ToSchema)]
pub(super) struct DayFigures {
    from: LegalDate,
    until: LegalDate,
    /// Every day of the span, quiet ones too.
    items: Vec<DayFigure>,
}

/// What happened on each day.
#[utoipa::path(get, path = "/api/v1/figures/days", tag = "figures", params(SpanQuery),
    responses((status = 200, body = DayFigures), (status = 403, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("figures:read"))))]
pub(super) async fn days(
    State(applications): State<Applications>,
    actor: Actor,
    Query(query): Query<SpanQuery>,
) -> Result<Answer<DayFigures>, Problem> {
    let about = about(query.region.as_deref(), query.matter, query.industry)?;
    let (from, until) = applications.span(query.from, query.until)?;
    let days = applications.day_figures(&actor, &about, (from, until)).await?;
    Ok(Answer(DayFigures {
        from,
        until,
        items: days.into_iter().map(DayFigure::from).collect(),
    }))
}

/// A department in parallel reviews; as a list: `/applications?waiting_department=…` (`open`) and
/// `/applications?reviewed_department=…&reviewed_from=…&reviewed_until=…` (`done`), with `reviewed_late=true` those
/// after their last day (`done_late`).
#[derive(Serialize, ToSchema)]
struct DepartmentTimes {
    department: String,
    name: String,
    /// Its limit in words, such as 10个工作日; absent where matters give it different ones.
    term: Option<String>,
    /// The same in days of the clock.
    limit_days: Option<u32>,
    /// What days are counted here; absent where matters count differently.
    unit: Option<ClockUnit>,
    /// Reviews handed in on these days, each round counted.
    done: i64,
    /// Those after their last day.
    done_late: i64,
    /// Days of the clock that they took on average, in tenths.
    mean_used: Option<f64>,
    /// Nine of ten took at most so many.
    p90_used: Option<u32>,
    /// The longest.
    max_used: Option<u32>,
    /// Reviews to be handed in now.
    open: i64,
    /// Those after their last day.
    open_late: i64,
}

impl DepartmentTimes {
    fn new(applications: &Applications, figure: DepartmentFigure) -> Self {
        let (term, limit_days) = figure.limit.unzip();
        Self {
            name: applications.department_name(&figure.department),
            department: figure.department,
            term,
            limit_days,
            unit: figure.unit,
            done: figure.done,
            done_late: figure.done_late,
            mean_used: figure.used.map(|used| used.mean),
            p90_used: figure.used.map(|used| used.p90),
            max_used: figure.used.map(|used| used.max),
            open: figure.open,
            open_late: figure.open_late,
        }
    }
}

/// How departments keep their time.
#[derive(Serialize, ToSchema)]
pub(super) struct DepartmentFigures {
    from: LegalDate,
    until: LegalDate,
    items: Vec<DepartmentTimes>,
}

/// How departments keep their time in parallel reviews. Who keeps applications sees every department, any other its
/// own.
#[utoipa::path(get, path = "/api/v1/figures/departments", tag = "figures", params(SpanQuery),
    responses((status = 200, body = DepartmentFigures), (status = 403, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("figures:read"))))]
pub(super) async fn departments(
    State(applications): State<Applications>,
    actor: Actor,
    Query(query): Query<SpanQuery>,
) -> Result<Answer<DepartmentFigures>, Problem> {
    let about = about(query.region.as_deref(), query.matter, query.industry)?;
    let (from, until) = applications.span(query.from, query.until)?;
    let figures = applications
        .department_figures(&actor, &about, (from, until))
        .await?;
    let views = figures
        .into_iter()
        .map(|figure| DepartmentTimes::new(&applications, figure));
    Ok(Answer(DepartmentFigures {
        from,
        until,
        items: views.collect(),
    }))
}

/// A first-contact officer; as a list: `/applications?officer=…&open=true` with `light` and `held` as for stages, and
/// `/applications?officer=…&decided_from=` `done_from` (`done_30_days`).
#[derive(Serialize, ToSchema)]
struct OfficerView {
    account: AccountId,
    name: String,
    department: Option<String>,
    department_name: Option<String>,
    /// Applications under way.
    open: i64,
    late: i64,
    today: i64,
    soon: i64,
    held: i64,
    /// Decided within thirty days, today included.
    done_30_days: i64,
}

impl OfficerView {
    fn new(applications: &Applications, figure: OfficerFigure) -> Self {
        let Load {
            open,
            late,
            today,
            soon,
            held,
        } = figure.load;
        let name = |key: &String| applications.department_name(key);
        Self {
            account: figure.account,
            name: figure.name,
            department_name: figure.department.as_ref().map(name),
            department: figure.department,
            open,
            late,
            today,
            soon,
            held,
            done_30_days: figure.done,
        }
    }
}

/// The load of first-contact officers.
#[derive(Serialize, ToSchema)]
pub(super) struct OfficerFigures {
    /// First of the thirty days.
    done_from: LegalDate,
    items: Vec<OfficerView>,
    unowned: UnownedView,
}

/// What nobody has taken on yet; as a list: `/applications?unowned=true&open=true`, with `light` for those late and soon.
#[derive(Serialize, ToSchema)]
struct UnownedView {
    open: i64,
    late: i64,
    soon: i64,
}

/// What first-contact officers have on their desks.
#[utoipa::path(get, path = "/api/v1/figures/officers", tag = "figures", params(FigureQuery),
    responses((status = 200, body = OfficerFigures), (status = 403, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("figures:officers"))))]
pub(super) async fn officers(
    State(applications): State<Applications>,
    actor: Actor,
    Query(query): Query<FigureQuery>,
) -> Result<Answer<OfficerFigures>, Problem> {
    let about = about(query.region.as_deref(), query.matter, query.industry)?;
    let figures = applications.officer_figures(&actor, &about).await?;
    let Load { open, late, soon, .. } = figures.unowned;
    let officers = figures.officers.into_iter();
    let views = officers.map(|figure| OfficerView::new(&applications, figure));
    Ok(Answer(OfficerFigures {
        done_from: applications.thirty_days_ago(),
        unowned: UnownedView { open, late, soon },
        items: views.collect(),
    }))
}

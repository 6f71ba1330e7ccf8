//! What figures count: sums of whole groups, within the scope, each by one statement; and the filters by which
//! lists show the applications behind a sum.

use codes::RegionCode;
use kernel::{Actor, Db, KernelError, LegalDate, access::subtree_end};
use sea_orm::{
    Condition, FromQueryResult, JoinType, QuerySelect, Select, SelectModel, Selector,
    entity::prelude::*,
    sea_query::{CaseStatement, ExprTrait, IntoCondition, Query},
};
use uuid::Uuid;

use super::{application, lists::shows, tasks::application_task, visible};
use crate::{
    model::StateName,
    rules::{Light, next_day},
};
use application::Column;

/// Milliseconds by which Asia/Shanghai is ahead of UTC, all year round since 1992.
const SHANGHAI: i64 = 28_800_000;
/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
/// Spelt as in the partial indexes: a bound value would keep SQLite from using them.
const IS_OPEN: &str = "\"application\".\"state\" IN \
     ('submitted','correcting','in_review','first_review','second_review','deciding')";
const HAS_ENDED: &str = "\"application_task\".\"ended_on\" IS NOT NULL";
const OPEN_REVIEW: &str =
    "\"application_task\".\"kind\" = 'review' AND \"application_task\".\"state\" = 'open'";

/// A stretch of legal days, both ends counted; an end that is absent is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Option<LegalDate>,
    /// Last day.
    pub until: Option<LegalDate>,
}

impl Span {
    /// From and until these days.
    pub fn new(from: Option<LegalDate>, until: Option<LegalDate>) -> Self {
        Self { from, until }
    }

    fn days<C: ColumnTrait>(self, column: C) -> Condition {
        Condition::all()
            .add_option(self.from.map(|day| column.gte(day)))
            .add_option(self.until.map(|day| column.lte(day)))
    }

    fn instants(self, column: Column) -> Condition {
        Condition::all()
            .add_option(self.from.map(|day| column.gte(day.midnight())))
            .add_option(self.until.map(|day| column.lt(next_day(day).midnight())))
    }
}

/// Filters by which a list shows what a figure counts.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// Of this industry.
    pub industry: Option<String>,
    /// Under way, or not.
    pub open: Option<bool>,
    /// Whose clock stands still, or runs.
    pub held: Option<bool>,
    /// That nobody, or somebody, has taken on.
    pub unowned: Option<bool>,
    /// In which this department still has to review.
    pub waiting_department: Option<String>,
    /// In which a department handed in its review.
    pub reviewed: Option<Reviewed>,
    /// Handed in on these days.
    pub submitted: Span,
    /// Accepted on these days.
    pub accepted: Span,
    /// Decided, or not accepted, on these days.
    pub decided: Span,
}

impl Counted {
    pub(super) fn condition(&self) -> Condition {
        let opened = |open| {
            if open {
                Condition::all().add(is_open())
            } else {
                Condition::all().add(is_open()).not()
            }
        };
        Condition::all()
            .add_option(
                self.industry
                    .as_ref()
                    .map(|industry| Column::Industry.eq(industry.as_str())),
            )
            .add_option(self.open.map(opened))
            .add_option(self.held.map(|held| Column::Held.eq(i64::from(held))))
            .add_option(self.unowned.map(|nobody| {
                if nobody {
                    Column::Officer.is_null()
                } else {
                    Column::Officer.is_not_null()
                }
            }))
            .add_option(self.waiting_department.as_deref().map(waits_for))
            .add_option(self.reviewed.as_ref().map(has_reviewed))
            .add(self.submitted.instants(Column::SubmittedAt))
            .add(self.accepted.days(Column::AcceptedOn))
            .add(self.decided.days(Column::DecidedOn))
    }
}

fn is_open() -> Expr {
    Expr::cust(IS_OPEN)
}

/// A department has not handed its review in.
fn waits_for(department: &str) -> Condition {
    let mut waiting = Query::select();
    waiting
        .column(application_task::Column::Application)
        .from(application_task::Entity)
        .and_where(application_task::Column::Department.eq(department))
        .and_where(Expr::cust(OPEN_REVIEW));
    Condition::all().add(Column::Id.in_subquery(waiting))
}

/// Reviews that a department handed in.
#[derive(Clone, Debug, Default)]
pub struct Reviewed {
    /// By this department.
    pub department: String,
    /// On these days.
    pub on: Span,
    /// After its last day, or in time.
    pub late: Option<bool>,
}

fn has_reviewed(reviewed: &Reviewed) -> Condition {
    use application_task::Column as Task;
    let mut done = Query::select();
    done.column(Task::Application)
        .from(application_task::Entity)
        .and_where(Expr::cust(HAS_ENDED))
        .cond_where(
            Condition::all()
                .add(Task::Department.eq(&reviewed.department))
                .add(reviewed.on.days(Task::EndedOn))
                .add_option(reviewed.late.map(|late| Task::Late.eq(i64::from(late)))),
        );
    Condition::all().add(Column::Id.in_subquery(done))
}

/// Which applications a figure is about.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// In this region and below.
    pub region: Option<RegionCode>,
    /// Of this matter.
    pub matter: Option<String>,
    /// Of this industry.
    pub industry: Option<String>,
}

impl About {
    fn condition(&self) -> Condition {
        Condition::all()
            .add_option(self.region.as_ref().map(|one| within(Column::Region, one)))
            .add_option(self.matter.as_ref().map(|one| Column::Matter.eq(one.as_str())))
            .add_option(
                self.industry
                    .as_ref()
                    .map(|one| Column::Industry.eq(one.as_str())),
            )
    }
}

fn within<C: ColumnTrait>(column: C, region: &RegionCode) -> Condition {
    Condition::all()
        .add(column.gte(region.as_str()))
        .add(column.lt(subtree_end(region.as_str())))
}

/// Applications that the actor may know of and that a figure is about.
fn seen(actor: &Actor, about: &About) -> Select<application::Entity> {
    application::Entity::find()
        .select_only()
        .filter(visible(actor))
        .filter(about.condition())
}

/// How many rows of a group fulfil a condition.
pub(super) fn count_if(condition: impl IntoCondition) -> Expr {
    let one = CaseStatement::new().case(condition, Expr::cust("1"));
    Expr::expr(one).count()
}

/// Counts that every group of open applications has.
fn with_lights(select: Select<application::Entity>, today: LegalDate) -> Select<application::Entity> {
    let due_today = shows(Light::Yellow, today)
        .add(Column::DueOn.lte(today))
        .add(Column::Held.eq(0));
    select
        .column_as(Expr::cust("COUNT(*)"), "number")
        .column_as(count_if(shows(Light::Red, today)), "late")
        .column_as(count_if(due_today), "today")
        .column_as(count_if(shows(Light::Yellow, today)), "soon")
        .column_as(count_if(Column::Held.eq(1)), "held")
        .filter(is_open())
}

/// Open applications of a state.
#[derive(Debug, FromQueryResult)]
pub(crate) struct StageRow {
    pub state: String,
    pub number: i64,
    pub late: i64,
    pub today: i64,
    pub soon: i64,
    pub held: i64,
}

/// Open applications by state.
pub(crate) async fn stages(
    db: &Db,
    actor: &Actor,
    about: &About,
    today: LegalDate,
) -> Result<Vec<StageRow>, KernelError> {
    let select = seen(actor, about).column(Column::State).group_by(Column::State);
    let rows: Selector<SelectModel<StageRow>> = with_lights(select, today).into_model();
    Ok(rows.all(db.read()).await?)
}

/// Open applications of a first-contact officer, or of nobody yet.
#[derive(Debug, FromQueryResult)]
pub(crate) struct OfficerRow {
    pub officer: Option<Uuid>,
    pub number: i64,
    pub late: i64,
    pub today: i64,
    pub soon: i64,
    pub held: i64,
}

/// Open applications by first-contact officer; those that nobody has taken on are a row of their own.
pub(crate) async fn officers(
    db: &Db,
    actor: &Actor,
    about: &About,
    today: LegalDate,
) -> Result<Vec<OfficerRow>, KernelError> {
    let select = seen(actor, about)
        .column(Column::Officer)
        .group_by(Column::Officer);
    let rows: Selector<SelectModel<OfficerRow>> = with_lights(select, today).into_model();
    Ok(rows.all(db.read()).await?)
}

/// Applications of first-contact officers decided on the days of a span.
pub(crate) async fn decided_by_officer(
    db: &Db,
    actor: &Actor,
    about: &About,
    span: Span,
) -> Result<Vec<(Uuid, i64)>, KernelError> {
    let rows = seen(actor, about)
        .column(Column::Officer)
        .column_as(Expr::cust("COUNT(*)"), "number")
        .filter(span.days(Column::DecidedOn))
        .filter(Column::Officer.is_not_null())
        .group_by(Column::Officer)
        .into_tuple();
    Ok(rows.all(db.read()).await?)
}

/// Open applications of a region.
#[derive(Debug, FromQueryResult)]
pub(crate) struct RegionRow {
    pub part: String,
    pub number: i64,
    pub late: i64,
}

/// Open applications by region, cut to so many digits.
pub(crate) async fn regions(
    db: &Db,
    actor: &Actor,
    about: &About,
    digits: usize,
    today: LegalDate,
) -> Result<Vec<RegionRow>, KernelError> {
    // Not as a parameter: it would make two expressions of one for PostgreSQL.
    let part = || Expr::cust(format!("SUBSTR(\"application\".\"region\", 1, {digits})"));
    let rows: Selector<SelectModel<RegionRow>> = seen(actor, about)
        .column_as(part(), "part")
        .column_as(Expr::cust("COUNT(*)"), "number")
        .column_as(count_if(shows(Light::Red, today)), "late")
        .filter(is_open())
        .group_by(part())
        .into_model();
    Ok(rows.all(db.read()).await?)
}

/// How many were handed in on the days from the first to the last, by days since 1970-01-01.
pub(crate) async fn submitted_by_day(
    db: &Db,
    actor: &Actor,
    about: &About,
    span: Span,
) -> Result<Vec<(i64, i64)>, KernelError> {
    let day = || Expr::cust(format!("(\"application\".\"submitted_at\" + {SHANGHAI}) / {DAY}"));
    let rows = seen(actor, about)
        .column_as(day(), "day")
        .column_as(Expr::cust("COUNT(*)"), "number")
        .filter(span.instants(Column::SubmittedAt))
        .group_by(day())
        .into_tuple();
    Ok(rows.all(db.read()).await?)
}

/// How many were accepted on each of the days.
pub(crate) async fn accepted_by_day(
    db: &Db,
    actor: &Actor,
    about: &About,
    span: Span,
) -> Result<Vec<(LegalDate, i64)>, KernelError> {
    let rows = seen(actor, about)
        .column(Column::AcceptedOn)
        .column_as(Expr::cust("COUNT(*)"), "number")
        .filter(span.days(Column::AcceptedOn))
        .group_by(Column::AcceptedOn)
        .into_tuple();
    Ok(rows.all(db.read()).await?)
}

/// How many were decided on each of the days, by outcome.
pub(crate) async fn decided_by_day(
    db: &Db,
    actor: &Actor,
    about: &About,
    span: Span,
) -> Result<Vec<(LegalDate, String, i64)>, KernelError> {
    let rows = seen(actor, about)
        .column(Column::DecidedOn)
        .column(Column::State)
        .column_as(Expr::cust("COUNT(*)"), "number")
        .filter(span.days(Column::DecidedOn))
        .group_by(Column::DecidedOn)
        .group_by(Column::State)
        .into_tuple();
    Ok(rows.all(db.read()).await?)
}

/// Finished reviews of a department that used the same number of days.
#[derive(Debug, FromQueryResult)]
pub(crate) struct SpentRow {
    pub department: String,
    pub used: Option<i64>,
    pub number: i64,
    pub late: i64,
}

/// Reviews within the actor's scope. A department that does not keep an application learns of its own reviews only.
/// Everything but the matter and the keeping department stands in the tasks themselves, so that these lead the way.
fn reviews(actor: &Actor, about: &About) -> Select<application_task::Entity> {
    use application_task::Column as Task;
    let own = actor.scope.department.as_deref().map(|own| {
        Condition::any()
            .add(Task::Department.eq(own))
            .add(Column::LeadBody.eq(own))
    });
    let needs_application = own.is_some() || about.matter.is_some();
    let filter = Condition::all()
        .add_option(own)
        .add_option(about.region.as_ref().map(|one| within(Task::Region, one)))
        .add_option(about.matter.as_ref().map(|one| Column::Matter.eq(one.as_str())))
        .add_option(about.industry.as_ref().map(|one| Task::Industry.eq(one.as_str())));
    let mut select = application_task::Entity::find()
        .select_only()
        .filter(actor.scope.condition(Task::Region, Task::Enterprise))
        .filter(filter)
        .column(Task::Department)
        .group_by(Task::Department);
    if needs_application {
        let on = application_task::Entity::belongs_to(application::Entity)
            .from(Task::Application)
            .to(Column::Id);
        select = select.join(JoinType::InnerJoin, on.into());
    }
    select
}

/// Reviews finished on the days of a span, by department and days used.
pub(crate) async fn finished_reviews(
    db: &Db,
    actor: &Actor,
    about: &About,
    span: Span,
) -> Result<Vec<SpentRow>, KernelError> {
    use application_task::Column as Task;
    let rows: Selector<SelectModel<SpentRow>> = reviews(actor, about)
        .column(Task::Used)
        .column_as(Expr::cust("COUNT(*)"), "number")
        .column_as(count_if(Task::Late.eq(1)), "late")
        .filter(Expr::cust(HAS_ENDED))
        .filter(
            Condition::all()
                .add_option(span.from.map(|day| Task::EndedOn.gte(day)))
                .add_option(span.until.map(|day| Task::EndedOn.lte(day))),
        )
        .group_by(Task::Used)
        .into_model();
    Ok(rows.all(db.read()).await?)
}

/// Reviews that a department still has to hand in.
#[derive(Debug, FromQueryResult)]
pub(crate) struct WaitingRow {
    pub department: String,
    pub number: i64,
    pub late: i64,
}

/// Open reviews by department.
pub(crate) async fn open_reviews(
    db: &Db,
    actor: &Actor,
    about: &About,
    today: LegalDate,
) -> Result<Vec<WaitingRow>, KernelError> {
    use application_task::Column as Task;
    let rows: Selector<SelectModel<WaitingRow>> = reviews(actor, about)
        .column_as(Expr::cust("COUNT(*)"), "number")
        .column_as(count_if(Task::RedOn.lte(today)), "late")
        .filter(Expr::cust(OPEN_REVIEW))
        .into_model();
    Ok(rows.all(db.read()).await?)
}

/// The state of a stored name.
pub(crate) fn state(name: &str) -> Result<StateName, KernelError> {
    let found = StateName::ALL.into_iter().find(|one| one.as_str() == name);
    found.ok_or_else(|| KernelError::Corrupt(format!("state {name} of an application")))
}

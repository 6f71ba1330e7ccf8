//! Work in hand as neighbours ask for it: on one application, how much of an officer's own is due, and all of it
//! across departments.

use kernel::{Actor, Db, KernelError, LegalDate, access::subtree_end, ids::ApplicationId};
use sea_orm::{Condition, QueryOrder, QuerySelect, entity::prelude::*, sea_query::Query as SubQuery};

use super::{
    application,
    figures::count_if,
    lists::containing,
    tasks::{application_task, open, own_work},
};
use crate::rules::TaskKind;
use application_task::Column;

/// A piece of work without its application.
pub(crate) type OpenRow = application_task::Model;

/// Open work of departments on an application.
pub(crate) async fn open_tasks(db: &Db, id: ApplicationId) -> Result<Vec<OpenRow>, KernelError> {
    let rows = open()
        .filter(Column::Application.eq(id))
        .filter(Column::Department.is_not_null())
        .order_by_asc(Column::Seq)
        .all(db.read())
        .await?;
    Ok(rows)
}

/// How much of the actor's own work has its last day between two days, both counted.
pub(crate) async fn due_between(
    db: &Db,
    actor: &Actor,
    from: Option<LegalDate>,
    until: LegalDate,
) -> Result<u64, KernelError> {
    let mut due = 0;
    for work in own_work(actor, &[]) {
        let mut select = open()
            .filter(work)
            // A day that is not known yet is not due.
            .filter(Column::DueOn.is_not_null())
            .filter(Column::DueSort.lte(until.to_string()));
        if let Some(from) = from {
            select = select.filter(Column::DueSort.gte(from.to_string()));
        }
        due += select.count(db.read()).await?;
    }
    Ok(due)
}

/// Which light a piece of work shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lit {
    Green,
    Yellow,
    Red,
}

/// What to look for among the work in hand.
#[derive(Clone, Debug, Default)]
pub(crate) struct InHandFilter {
    /// Held by this department; the empty name stands for applicants.
    pub department: Option<String>,
    /// In this region and below.
    pub region: Option<String>,
    /// Of this kind.
    pub kind: Option<TaskKind>,
    /// Of this matter's industry.
    pub industry: Option<String>,
    /// Showing this light today.
    pub light: Option<(Lit, LegalDate)>,
    /// Part of the applicant's name, or of the reference.
    pub q: Option<String>,
}

/// Order of the work in hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum InHandOrder {
    /// Most urgent first.
    #[default]
    Due,
    /// Longest in hand first.
    Since,
}

impl InHandFilter {
    fn condition(&self) -> Condition {
        let mut all = Condition::all()
            .add_option(self.kind.map(|kind| Column::Kind.eq(kind.as_str())))
            .add_option(
                self.industry
                    .as_ref()
                    .map(|one| Column::Industry.eq(one.as_str())),
            )
            .add_option(self.light.map(|(lit, today)| shows(lit, today)));
        match self.department.as_deref() {
            None => {}
            Some("") => all = all.add(Column::Department.is_null()),
            Some(own) => all = all.add(Column::Department.eq(own)),
        }
        if let Some(region) = &self.region {
            all = all
                .add(Column::Region.gte(region.as_str()))
                .add(Column::Region.lt(subtree_end(region)));
        }
        if let Some(text) = self.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            let named = SubQuery::select()
                .column(application::Column::Id)
                .from(application::Entity)
                .cond_where(
                    Condition::any()
                        .add(application::Column::Applicant.like(containing(text)))
                        .add(application::Column::Reference.like(containing(&text.to_uppercase()))),
                )
                .to_owned();
            all = all.add(Column::Application.in_subquery(named));
        }
        all
    }
}

/// Red is past its last day; what has no last day is never late. Yellow begins on the day that was worked out when
/// the task was written.
fn shows(lit: Lit, today: LegalDate) -> Condition {
    let today = today.to_string();
    let late = Condition::all()
        .add(Column::DueOn.is_not_null())
        .add(Column::DueSort.lt(today.as_str()));
    let in_time = Condition::any()
        .add(Column::DueOn.is_null())
        .add(Column::DueSort.gte(today.as_str()));
    let warned = Column::YellowOn.lte(today.as_str());
    let not_warned = Condition::any()
        .add(Column::YellowOn.is_null())
        .add(Column::YellowOn.gt(today.as_str()));
    match lit {
        Lit::Red => late,
        Lit::Yellow => Condition::all().add(warned).add(in_time),
        Lit::Green => Condition::all().add(not_warned).add(in_time),
    }
}

/// One page of the work in hand within the actor's reach, one more than asked for.
pub(crate) async fn in_hand(
    db: &Db,
    actor: &Actor,
    filter: &InHandFilter,
    order: InHandOrder,
    after: Option<(String, i64)>,
    limit: u64,
) -> Result<Vec<OpenRow>, KernelError> {
    let mut select = open()
        .filter(actor.scope.condition(Column::Region, Column::Enterprise))
        .filter(filter.condition())
        .limit(limit + 1);
    select = match order {
        InHandOrder::Due => select.order_by_asc(Column::DueSort).order_by_asc(Column::Seq),
        InHandOrder::Since => select.order_by_asc(Column::Since).order_by_asc(Column::Seq),
    };
    if let Some((key, seq)) = after {
        let (first, same) = match order {
            InHandOrder::Due => (Column::DueSort.gt(key.as_str()), Column::DueSort.eq(key.as_str())),
            InHandOrder::Since => {
                let at: i64 = key.parse().unwrap_or(0);
                (Column::Since.gt(at), Column::Since.eq(at))
            }
        };
        let behind = Condition::all().add(same).add(Column::Seq.gt(seq));
        select = select.filter(Condition::any().add(first).add(behind));
    }
    Ok(select.all(db.read()).await?)
}

/// The applications of these pieces of work.
pub(crate) async fn applications_of(
    db: &Db,
    rows: &[OpenRow],
) -> Result<Vec<application::Model>, KernelError> {
    let ids = rows.iter().map(|row| row.application);
    let found = application::Entity::find().filter(application::Column::Id.is_in(ids));
    Ok(found.all(db.read()).await?)
}

/// How much a department has in hand, and how much of it shows which light.
#[derive(Clone, Debug, sea_orm::FromQueryResult)]
pub(crate) struct Tally {
    pub department: Option<String>,
    pub count: i64,
    pub yellow: i64,
    pub red: i64,
}

/// Counts the work in hand by department. Reads `application_task_held` alone.
pub(crate) async fn tally(
    db: &Db,
    actor: &Actor,
    filter: &InHandFilter,
    today: LegalDate,
) -> Result<Vec<Tally>, KernelError> {
    let select = open()
        .select_only()
        .column(Column::Department)
        .column_as(Expr::cust("COUNT(*)"), "count")
        .column_as(count_if(shows(Lit::Yellow, today)), "yellow")
        .column_as(count_if(shows(Lit::Red, today)), "red")
        .filter(actor.scope.condition(Column::Region, Column::Enterprise))
        .filter(filter.condition())
        .group_by(Column::Department);
    Ok(select.into_model::<Tally>().all(db.read()).await?)
}

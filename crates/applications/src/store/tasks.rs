//! The work lists.

use kernel::{Actor, Db, KernelError, LegalDate, Moment, Work, ids::ApplicationId};
use sea_orm::{
    ActiveValue::NotSet, ActiveValue::Set, Condition, QueryOrder, QuerySelect, entity::prelude::*,
};
use uuid::Uuid;

use super::{application, due_sort};
use crate::{
    model::Application,
    rules::{Due, RoundTime, Task, TaskKind},
};

pub(crate) mod application_task {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "application_task")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub seq: i64,
        pub application: ApplicationId,
        pub kind: String,
        pub department: Option<String>,
        pub region: String,
        pub industry: String,
        pub enterprise: Uuid,
        pub state: String,
        pub since: Moment,
        pub due_on: Option<LegalDate>,
        pub due_sort: String,
        pub excluded: String,
        pub red_on: Option<LegalDate>,
        pub ended_on: Option<LegalDate>,
        pub used: Option<i64>,
        pub late: i64,
        pub yellow_on: Option<LegalDate>,
        pub assigned: String,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

use application_task::Column;

/// Writes the tasks of an application anew.
pub(crate) async fn replace_tasks(
    work: &Work,
    id: ApplicationId,
    app: &Application,
    tasks: &[Task],
) -> Result<(), KernelError> {
    application_task::Entity::delete_many()
        .filter(Column::Application.eq(id))
        .exec(work.conn())
        .await?;
    if tasks.is_empty() {
        return Ok(());
    }
    let dossier = app.dossier();
    let rows = tasks.iter().map(|task| application_task::ActiveModel {
        seq: NotSet,
        application: Set(id),
        kind: Set(task.kind.as_str().to_owned()),
        department: Set(task.department.clone()),
        region: Set(dossier.applicant.region.clone()),
        industry: Set(dossier.matter.industry.as_str().to_owned()),
        enterprise: Set(dossier.applicant.enterprise.into()),
        state: Set(if task.done { "done" } else { "open" }.to_owned()),
        since: Set(task.since),
        due_on: Set(task.due.and_then(Due::day)),
        due_sort: Set(due_sort(task.due)),
        excluded: Set(accounts_text(&task.excluded)),
        assigned: Set(accounts_text(&task.assigned)),
        red_on: Set(task.time.filter(|_| !task.done).and_then(|time| time.red_on)),
        ended_on: Set(task.time.and_then(|time| time.ended_on)),
        used: Set(finished(task).and_then(|time| time.used).map(i64::from)),
        late: Set(finished(task).is_some_and(|time| time.late).into()),
        yellow_on: Set(task.yellow_on),
    });
    application_task::Entity::insert_many(rows)
        .exec_without_returning(work.conn())
        .await?;
    Ok(())
}

/// The time of a review that was handed in.
fn finished(task: &Task) -> Option<RoundTime> {
    task.time.filter(|time| time.ended_on.is_some())
}

/// Accounts between bars, so that each is found by its own text.
fn accounts_text(accounts: &[Uuid]) -> String {
    accounts
        .iter()
        .fold("|".to_owned(), |text, account| format!("{text}{account}|"))
}

/// What to look for among the tasks.
#[derive(Clone, Debug, Default)]
pub(crate) struct TaskQuery {
    /// Only these kinds; empty: all that the actor's roles do.
    pub kinds: Vec<TaskKind>,
    /// Due on or before this day.
    pub due_before: Option<LegalDate>,
    /// Go on after this row.
    pub after: Option<(String, i64)>,
    /// Rows wanted; one more is fetched.
    pub limit: u64,
}

/// A task with what a list shows of its application.
#[derive(Clone, Debug)]
pub(crate) struct TaskRow {
    pub seq: i64,
    pub kind: TaskKind,
    pub department: Option<String>,
    pub since: Moment,
    pub due_on: Option<LegalDate>,
    pub due_sort: String,
    pub application: application::Model,
}

/// Open work. The state is written out, as an index of open work serves no state that is a parameter.
pub(super) fn open() -> Select<application_task::Entity> {
    application_task::Entity::find().filter(Expr::cust("application_task.state = 'open'"))
}

/// What the actor has to do now, by deadline.
pub(crate) async fn work_list(
    db: &Db,
    actor: &Actor,
    query: &TaskQuery,
) -> Result<Vec<TaskRow>, KernelError> {
    let mut rows = Vec::new();
    // One question for each kind of claim: together they would find no index.
    for work in own_work(actor, &query.kinds) {
        rows.extend(page_of(work, query).all(db.read()).await?);
    }
    rows.sort_by(|a, b| (&a.due_sort, a.seq).cmp(&(&b.due_sort, b.seq)));
    rows.truncate(
        usize::try_from(query.limit)
            .unwrap_or(usize::MAX)
            .saturating_add(1),
    );
    let ids: Vec<ApplicationId> = rows.iter().map(|row| row.application).collect();
    let applications = application::Entity::find()
        .filter(application::Column::Id.is_in(ids))
        .filter(super::visible(actor))
        .all(db.read())
        .await?;
    let of = |id: ApplicationId| applications.iter().find(|one| one.id == id).cloned();
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(TaskRow {
                kind: TaskKind::ALL.into_iter().find(|kind| kind.as_str() == row.kind)?,
                application: of(row.application)?,
                seq: row.seq,
                department: row.department,
                since: row.since,
                due_on: row.due_on,
                due_sort: row.due_sort,
            })
        })
        .collect())
}

/// A page of a kind of work, and one row more.
fn page_of(work: Condition, query: &TaskQuery) -> Select<application_task::Entity> {
    let mut select = open()
        .filter(work)
        .order_by_asc(Column::DueSort)
        .order_by_asc(Column::Seq)
        .limit(query.limit + 1);
    if let Some(day) = query.due_before {
        select = select.filter(Column::DueSort.lte(day.to_string()));
    }
    if let Some((due, seq)) = &query.after {
        let later = Condition::any().add(Column::DueSort.gt(due.as_str())).add(
            Condition::all()
                .add(Column::DueSort.eq(due.as_str()))
                .add(Column::Seq.gt(*seq)),
        );
        select = select.filter(later);
    }
    select
}

/// What is the actor's to do: by its roles, and what it is named for. No work is both.
pub(super) fn own_work(actor: &Actor, kinds: &[TaskKind]) -> Vec<Condition> {
    let wanted = |kind: &TaskKind| (kinds.is_empty() || kinds.contains(kind)) && actor.may(kind.permission());
    let (named, by_role): (Vec<_>, Vec<_>) = TaskKind::ALL
        .into_iter()
        .filter(wanted)
        .partition(|kind| *kind == TaskKind::SiteCheck);
    let mut work = vec![work_by_role(actor, &by_role)];
    if let Some(account) = actor.account.filter(|_| !named.is_empty()) {
        work.push(visits_of(actor, account.into()));
    }
    work
}

/// Who is named for the other site checks that are still to be made, and when.
pub(crate) async fn visits(db: &Db, but: ApplicationId) -> Result<Vec<(String, LegalDate)>, KernelError> {
    let rows = open()
        .filter(Expr::cust("application_task.kind = 'site_check'"))
        .filter(Column::Application.ne(but))
        .order_by_asc(Column::DueSort)
        .all(db.read())
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.assigned, row.due_on?)))
        .collect())
}

/// Site checks that name this account. The kind is written out, as for [`open`].
fn visits_of(actor: &Actor, account: Uuid) -> Condition {
    Condition::all()
        .add(Expr::cust("application_task.kind = 'site_check'"))
        .add(actor.scope.condition(Column::Region, Column::Enterprise))
        .add(Column::Assigned.like(format!("%|{account}|%")))
}

/// Work that the actor's roles do, in its region, for its department, and not excluded by segregation of duties.
fn work_by_role(actor: &Actor, kinds: &[TaskKind]) -> Condition {
    let names = kinds.iter().map(|kind| kind.as_str());
    let mut all = Condition::all()
        .add(actor.scope.condition(Column::Region, Column::Enterprise))
        .add(Column::Kind.is_in(names));
    if actor.scope.enterprise.is_none() {
        match &actor.scope.department {
            Some(own) => all = all.add(Column::Department.eq(own.as_str())),
            // Without a department one does the window's and the leaders' work, never a department's review.
            None => all = all.add(Column::Kind.ne(TaskKind::Review.as_str())),
        }
    }
    if let Some(account) = actor.account {
        all = all.add(Column::Excluded.not_like(format!("%|{account}|%")));
    }
    all
}

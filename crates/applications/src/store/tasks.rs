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
        excluded: Set(excluded_text(&task.excluded)),
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

fn excluded_text(accounts: &[Uuid]) -> String {
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

/// What the actor has to do now, by deadline.
pub(crate) async fn work_list(
    db: &Db,
    actor: &Actor,
    query: &TaskQuery,
) -> Result<Vec<TaskRow>, KernelError> {
    let mut select = application_task::Entity::find()
        .filter(Column::State.eq("open"))
        .filter(own_work(actor, &query.kinds))
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
    let rows = select.all(db.read()).await?;
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

/// Work that the actor's roles do, in its region, for its department, and not excluded by segregation of duties.
pub(super) fn own_work(actor: &Actor, kinds: &[TaskKind]) -> Condition {
    let wanted = |kind: &TaskKind| (kinds.is_empty() || kinds.contains(kind)) && actor.may(kind.permission());
    let names: Vec<_> = TaskKind::ALL
        .into_iter()
        .filter(wanted)
        .map(TaskKind::as_str)
        .collect();
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

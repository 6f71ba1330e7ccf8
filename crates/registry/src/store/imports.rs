//! Runs of the import and what they say about single rows.

use std::collections::HashSet;

use kernel::{Db, KernelError, Moment, Work, ids::AccountId, work::guarded};
use sea_orm::{
    ActiveValue::Set, Condition, DbBackend, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*,
};

use crate::{
    model::ImportId,
    service::import::{
        Column as FileColumn, ImportReport, ImportState, Issue, IssueKind, Run, StoredOptions,
    },
};

mod run_row {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_run")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ImportId,
        pub version: i64,
        pub file: String,
        pub file_name: String,
        pub dry_run: i64,
        pub options: String,
        pub columns: String,
        pub actor: String,
        pub account: Option<AccountId>,
        pub state: String,
        pub cancel_requested: i64,
        pub total: i64,
        pub done_rows: i64,
        pub taken: i64,
        pub changed: i64,
        pub skipped: i64,
        pub warned: i64,
        pub refused: i64,
        pub failure: Option<String>,
        pub created_at: Moment,
        pub finished_at: Option<Moment>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

mod issue_row {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_issue")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub run: ImportId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub row_done: i64,
        pub line: i64,
        pub kind: String,
        pub cells: String,
        pub faults: String,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn to_row(run: &Run) -> Result<run_row::Model, KernelError> {
    let report = &run.report;
    let options = StoredOptions {
        options: run.options.clone(),
        sheet: run.sheet.clone(),
    };
    Ok(run_row::Model {
        id: report.id,
        version: run.version,
        file: run.file.clone(),
        file_name: report.file_name.clone(),
        dry_run: report.dry_run.into(),
        options: serde_json::to_string(&options)?,
        columns: serde_json::to_string(&report.columns)?,
        actor: serde_json::to_string(&run.actor)?,
        account: run.actor.account(),
        state: report.state.as_str().to_owned(),
        cancel_requested: run.cancel_requested.into(),
        total: signed(report.total),
        done_rows: signed(report.read),
        taken: signed(report.taken),
        changed: signed(report.changed),
        skipped: signed(report.skipped),
        warned: signed(report.warned),
        refused: signed(report.refused),
        failure: report.failure.clone(),
        created_at: report.created_at,
        finished_at: report.finished_at,
    })
}

impl TryFrom<run_row::Model> for Run {
    type Error = KernelError;

    fn try_from(row: run_row::Model) -> Result<Self, KernelError> {
        let stored: StoredOptions = serde_json::from_str(&row.options)?;
        let columns: Vec<FileColumn> = serde_json::from_str(&row.columns)?;
        let state = ImportState::parse(&row.state)
            .ok_or_else(|| KernelError::Corrupt(format!("state of import {}", row.id)))?;
        Ok(Self {
            report: ImportReport {
                id: row.id,
                file_name: row.file_name,
                dry_run: row.dry_run != 0,
                state,
                columns,
                total: unsigned(row.total),
                read: unsigned(row.done_rows),
                taken: unsigned(row.taken),
                changed: unsigned(row.changed),
                skipped: unsigned(row.skipped),
                warned: unsigned(row.warned),
                refused: unsigned(row.refused),
                failure: row.failure,
                created_at: row.created_at,
                finished_at: row.finished_at,
            },
            version: row.version,
            file: row.file,
            options: stored.options,
            sheet: stored.sheet,
            actor: serde_json::from_str(&row.actor)?,
            cancel_requested: row.cancel_requested != 0,
        })
    }
}

/// Saves a new run.
pub(crate) async fn insert(work: &Work, run: &Run) -> Result<(), KernelError> {
    run_row::Entity::insert(to_row(run)?.into_active_model())
        .exec_without_returning(work.conn())
        .await?;
    Ok(())
}

/// Saves a changed run and raises its version.
pub(crate) async fn update(work: &Work, run: &mut Run) -> Result<(), KernelError> {
    let old = run.version;
    run.version += 1;
    let done = run_row::Entity::update_many()
        .set(to_row(run)?.into_active_model().reset_all())
        .filter(run_row::Column::Id.eq(run.report.id))
        .filter(run_row::Column::Version.eq(old))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "import")
}

/// One run.
pub(crate) async fn run<C: ConnectionTrait>(conn: &C, id: ImportId) -> Result<Option<Run>, KernelError> {
    let row = run_row::Entity::find_by_id(id).one(conn).await?;
    row.map(Run::try_from).transpose()
}

/// One run, kept from others until the work ends.
pub(crate) async fn run_locked(work: &Work, id: ImportId) -> Result<Option<Run>, KernelError> {
    let mut find = run_row::Entity::find_by_id(id);
    if work.kernel().db().backend() != DbBackend::Sqlite {
        find = find.lock_exclusive();
    }
    find.one(work.conn()).await?.map(Run::try_from).transpose()
}

/// Runs, newest first, one more than `limit`; of one account when given.
pub(crate) async fn runs(
    db: &Db,
    account: Option<Option<AccountId>>,
    after: Option<(Moment, ImportId)>,
    limit: u64,
) -> Result<Vec<Run>, KernelError> {
    let mut find = run_row::Entity::find()
        .order_by_desc(run_row::Column::CreatedAt)
        .order_by_desc(run_row::Column::Id)
        .limit(limit + 1);
    if let Some(account) = account {
        find = find.filter(run_row::Column::Account.eq(account));
    }
    if let Some((at, id)) = after {
        find = find.filter(run_row::Column::CreatedAt.lte(at)).filter(
            Condition::any()
                .add(run_row::Column::CreatedAt.lt(at))
                .add(run_row::Column::Id.lt(id)),
        );
    }
    find.all(db.read())
        .await?
        .into_iter()
        .map(Run::try_from)
        .collect()
}

/// Saves what is to be said about rows.
pub(crate) async fn insert_issues(work: &Work, run: ImportId, issues: &[Issue]) -> Result<(), KernelError> {
    let rows: Result<Vec<issue_row::ActiveModel>, KernelError> = issues
        .iter()
        .map(|issue| {
            Ok(issue_row::ActiveModel {
                run: Set(run),
                row_done: Set(signed(issue.place)),
                line: Set(signed(issue.line)),
                kind: Set(issue.kind.as_str().to_owned()),
                cells: Set(serde_json::to_string(&issue.cells)?),
                faults: Set(serde_json::to_string(&issue.faults)?),
            })
        })
        .collect();
    let rows = rows?;
    if !rows.is_empty() {
        issue_row::Entity::insert_many(rows)
            .exec_without_returning(work.conn())
            .await?;
    }
    Ok(())
}

/// What a run says about rows after `after`, in order of the file.
pub(crate) async fn issues(
    db: &Db,
    run: ImportId,
    kind: Option<IssueKind>,
    after: u64,
    limit: u64,
) -> Result<Vec<Issue>, KernelError> {
    let mut find = issue_row::Entity::find()
        .filter(issue_row::Column::Run.eq(run))
        .filter(issue_row::Column::RowDone.gt(signed(after)))
        .order_by_asc(issue_row::Column::RowDone)
        .limit(limit);
    if let Some(kind) = kind {
        find = find.filter(issue_row::Column::Kind.eq(kind.as_str()));
    }
    find.all(db.read()).await?.into_iter().map(to_issue).collect()
}

fn to_issue(row: issue_row::Model) -> Result<Issue, KernelError> {
    let kind = IssueKind::parse(&row.kind)
        .ok_or_else(|| KernelError::Corrupt(format!("issue of import {}", row.run)))?;
    Ok(Issue {
        place: unsigned(row.row_done),
        line: unsigned(row.line),
        kind,
        cells: serde_json::from_str(&row.cells)?,
        faults: serde_json::from_str(&row.faults)?,
    })
}

/// Places of the rows refused so far.
pub(crate) async fn refused_places(db: &Db, run: ImportId) -> Result<HashSet<u64>, KernelError> {
    let places: Vec<i64> = issue_row::Entity::find()
        .select_only()
        .column(issue_row::Column::RowDone)
        .filter(issue_row::Column::Run.eq(run))
        .filter(issue_row::Column::Kind.eq(IssueKind::Refused.as_str()))
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(places.into_iter().map(unsigned).collect())
}

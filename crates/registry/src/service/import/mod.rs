//! Bulk import of enterprises from xlsx and csv (REG.3).
//!
//! A file is recognised, stored and noted as a run; a job then takes it in batches of a thousand rows. Each batch
//! is one transaction that saves enterprises, faults and the count of rows dealt with, so that a job that died
//! goes on after the last finished batch and comes to the same end.

mod columns;
mod drive;
pub(crate) mod errors;
mod rows;
mod table;

use std::collections::BTreeMap;

use bytes::Bytes;
use codes::RegionCode;
pub use columns::Column;
pub(crate) use drive::DriveError;
pub use errors::ErrorFormat;
use kernel::{
    Actor, FieldError, Happened, Moment, NewJob, Page, PageQuery, Permission, Role, Scope, Subject,
    ids::AccountId,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    model::{Field, ImportId, Limits, Settings},
    service::{Outcome, Registry, RegistryError},
    store::imports,
};
use table::{Flow, HEADER_WITHIN, Table};

/// Kind of the job that does an import; its payload is `{"import": id}`.
pub const IMPORT_JOB: &str = "registry.import";

/// How a file is to be taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportOptions {
    /// Only tell what would happen.
    pub dry_run: bool,
    /// Change enterprises that are in the registry already where the file says otherwise; else they are skipped.
    pub update: bool,
    /// Region of enterprises whose region neither a column nor the code tells.
    pub default_region: Option<String>,
    /// Headers of columns whose names are not guessed.
    pub columns: BTreeMap<Field, String>,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// The job has not begun.
    Waiting,
    /// Rows are being taken.
    Running,
    /// All rows were dealt with.
    Done,
    /// Somebody stopped it; rows taken before stay.
    Cancelled,
    /// The file could not be read to its end.
    Failed,
}

impl ImportState {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// The value of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Waiting,
            Self::Running,
            Self::Done,
            Self::Cancelled,
            Self::Failed,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
    }

    /// Whether nothing more will happen.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// What a run has come to so far.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ImportReport {
    /// Identifier.
    pub id: ImportId,
    /// Name of the file.
    pub file_name: String,
    /// Whether it only tells what would happen.
    pub dry_run: bool,
    /// Where it stands.
    pub state: ImportState,
    /// Columns and what they are read as.
    pub columns: Vec<Column>,
    /// Data rows in the file.
    pub total: u64,
    /// Rows dealt with.
    pub read: u64,
    /// Enterprises registered.
    pub taken: u64,
    /// Enterprises changed.
    pub changed: u64,
    /// Rows that repeat the file or the registry.
    pub skipped: u64,
    /// Rows taken although their code has objections.
    pub warned: u64,
    /// Rows with faults.
    pub refused: u64,
    /// Why it failed, in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// When it was ordered.
    pub created_at: Moment,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Moment>,
}

/// A run as stored.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) report: ImportReport,
    pub(crate) version: i64,
    pub(crate) file: String,
    pub(crate) options: ImportOptions,
    pub(crate) sheet: String,
    pub(crate) actor: RunActor,
    pub(crate) cancel_requested: bool,
}

/// Options with what was found out about the file.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredOptions {
    #[serde(flatten)]
    pub(crate) options: ImportOptions,
    /// Sheet that holds the list; empty for a csv.
    pub(crate) sheet: String,
}

/// On whose behalf a run acts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RunActor {
    account: Option<AccountId>,
    name: String,
    roles: Vec<Role>,
    scope: Scope,
    is_system: bool,
}

impl RunActor {
    fn of(actor: &Actor) -> Self {
        Self {
            account: actor.account,
            name: actor.name.clone(),
            roles: actor.roles.clone(),
            scope: actor.scope.clone(),
            is_system: actor.is_system,
        }
    }

    pub(crate) fn account(&self) -> Option<AccountId> {
        self.account
    }

    fn actor(&self) -> Actor {
        Actor {
            account: self.account,
            name: self.name.clone(),
            roles: self.roles.clone(),
            scope: self.scope.clone(),
            is_system: self.is_system,
            request: std::sync::Arc::default(),
        }
    }
}

/// What is to be said about a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Issue {
    pub(crate) place: u64,
    pub(crate) line: u64,
    pub(crate) kind: IssueKind,
    pub(crate) cells: Vec<String>,
    pub(crate) faults: Vec<FieldError>,
}

/// Why something is said about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueKind {
    /// Not taken; to be mended.
    Refused,
    /// Taken, but its code has objections.
    Warned,
    /// Repeats the file or the registry.
    Skipped,
}

impl IssueKind {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Warned => "warned",
            Self::Skipped => "skipped",
        }
    }

    /// The value of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Refused, Self::Warned, Self::Skipped]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// A file that was looked at: fit to be imported.
struct Looked {
    media_type: &'static str,
    sheet: String,
    columns: Vec<Column>,
    total: u64,
}

impl Registry {
    /// Looks at a file, stores it and orders its import; a job does it.
    ///
    /// # Errors
    /// [`RegistryError::BadFile`] when the file cannot be used at all, [`RegistryError::Invalid`] for options.
    pub async fn start_import(
        &self,
        actor: &Actor,
        file_name: &str,
        bytes: Bytes,
        options: ImportOptions,
    ) -> Outcome<ImportReport> {
        let limit = self.settings.limits.upload_mb;
        let run = self
            .new_run(actor, file_name, bytes, options, limit, true)
            .await?;
        Ok(run.report)
    }

    /// Imports a file at once, for the command line: `progress` hears of every batch.
    ///
    /// # Errors
    /// As [`Registry::start_import`].
    pub async fn import_file(
        &self,
        actor: &Actor,
        file_name: &str,
        bytes: Bytes,
        options: ImportOptions,
        mut progress: impl FnMut(&ImportReport),
    ) -> Outcome<ImportReport> {
        let limit = self.settings.limits.local_file_mb;
        let run = self
            .new_run(actor, file_name, bytes, options, limit, false)
            .await?;
        let driven = self.drive(run.report.id, |report| progress(report), None).await;
        driven.map_err(|error| match error {
            DriveError::Registry(error) => error,
            DriveError::Overtaken => RegistryError::Stopped("the run was taken over".to_owned()),
        })
    }

    async fn new_run(
        &self,
        actor: &Actor,
        file_name: &str,
        bytes: Bytes,
        options: ImportOptions,
        limit_mb: u64,
        with_job: bool,
    ) -> Outcome<Run> {
        actor.require(Permission::EnterprisesImport)?;
        if bytes.len() as u64 > limit_mb * 1024 * 1024 {
            return Err(RegistryError::BadFile(format!(
                "文件有 {} MB，超过允许的 {limit_mb} MB，请拆分后再上传",
                bytes.len().div_ceil(1024 * 1024)
            )));
        }
        self.check_options(actor, &options)?;
        let looked = self.look(bytes.clone(), options.columns.clone()).await?;
        let blob = self.kernel.blobs().put(bytes, looked.media_type).await?;
        let mut work = self.kernel.begin(actor).await?;
        work.keep_blob(&blob).await?;
        let run = Run {
            report: ImportReport {
                id: ImportId(work.next_id()),
                file_name: file_name.chars().take(200).collect(),
                dry_run: options.dry_run,
                state: ImportState::Waiting,
                columns: looked.columns,
                total: looked.total,
                read: 0,
                taken: 0,
                changed: 0,
                skipped: 0,
                warned: 0,
                refused: 0,
                failure: None,
                created_at: work.now(),
                finished_at: None,
            },
            version: 1,
            file: blob.sha256.clone(),
            options,
            sheet: looked.sheet,
            actor: RunActor::of(actor),
            cancel_requested: false,
        };
        imports::insert(&work, &run).await?;
        let id = run.report.id;
        let facts = json!({ "file": blob.sha256, "rows": run.report.total, "dry_run": run.report.dry_run });
        let happened = Happened::new("import.ordered", "提交企业批量导入").data(facts);
        work.note(Subject::new("import", id), None, happened)?;
        if with_job {
            work.enqueue(NewJob::new(IMPORT_JOB, &json!({ "import": id }))?.once(id.to_string()));
        }
        work.commit().await?;
        Ok(run)
    }

    fn check_options(&self, actor: &Actor, options: &ImportOptions) -> Outcome<()> {
        let Some(text) = &options.default_region else {
            return Ok(());
        };
        let region: Result<RegionCode, _> = text.parse();
        let message = match region {
            Err(error) => error.message(),
            Ok(region) if !self.divisions().contains(&region) => {
                "默认区域不在现行区划表中，请重新选择".to_owned()
            }
            Ok(region) if !actor.scope.covers(region.as_str(), None) => {
                "默认区域不在您的管辖范围内，请重新选择".to_owned()
            }
            Ok(_) => return Ok(()),
        };
        Err(RegistryError::Invalid(vec![FieldError::new(
            "default_region",
            message,
        )]))
    }

    /// Looks a file through in a thread of its own: kind, header, number of rows.
    async fn look(&self, bytes: Bytes, told: BTreeMap<Field, String>) -> Outcome<Looked> {
        let settings = self.settings.clone();
        let looking = tokio::task::spawn_blocking(move || look(&bytes, &settings, &told));
        looking
            .await
            .map_err(|error| RegistryError::Stopped(error.to_string()))?
            .map_err(RegistryError::BadFile)
    }

    /// One run: own ones, or all for who reaches the whole country.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`].
    pub async fn import(&self, actor: &Actor, id: ImportId) -> Outcome<ImportReport> {
        Ok(self.visible_run(actor, id).await?.report)
    }

    pub(crate) async fn visible_run(&self, actor: &Actor, id: ImportId) -> Outcome<Run> {
        actor.require(Permission::EnterprisesImport)?;
        imports::run(self.kernel.db().read(), id)
            .await?
            .filter(|run| sees_all(actor) || run.actor.account == actor.account)
            .ok_or(RegistryError::NotFound("导入记录"))
    }

    /// Runs, newest first.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] for a spoilt cursor.
    pub async fn imports(&self, actor: &Actor, page: &PageQuery) -> Outcome<Page<ImportReport>> {
        actor.require(Permission::EnterprisesImport)?;
        let own = if sees_all(actor) {
            None
        } else {
            Some(actor.account)
        };
        let after: Option<(Moment, ImportId)> = page
            .after()
            .map_err(|problem| RegistryError::Invalid(problem.errors))?;
        let runs = imports::runs(self.kernel.db(), own, after, page.limit()).await?;
        let page = Page::cut(runs, page.limit(), |run| (run.report.created_at, run.report.id));
        Ok(page.map(|run| run.report))
    }

    /// What a run has to say about single rows, after the given place.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`].
    pub(crate) async fn import_issues(
        &self,
        actor: &Actor,
        id: ImportId,
        kind: Option<IssueKind>,
        after: u64,
        limit: u64,
    ) -> Outcome<(Run, Vec<Issue>)> {
        let run = self.visible_run(actor, id).await?;
        let issues = imports::issues(self.kernel.db(), id, kind, after, limit).await?;
        Ok((run, issues))
    }

    /// Asks a run to stop. Rows taken before stay.
    ///
    /// # Errors
    /// [`RegistryError::ImportOver`], [`RegistryError::NotFound`].
    pub async fn cancel_import(&self, actor: &Actor, id: ImportId) -> Outcome<ImportReport> {
        let seen = self.visible_run(actor, id).await?;
        if seen.report.state.is_over() {
            return Err(RegistryError::ImportOver);
        }
        let mut work = self.kernel.begin(actor).await?;
        let mut run = imports::run_locked(&work, id)
            .await?
            .filter(|run| !run.report.state.is_over())
            .ok_or(RegistryError::ImportOver)?;
        run.cancel_requested = true;
        if run.report.state == ImportState::Waiting {
            run.report.state = ImportState::Cancelled;
            run.report.finished_at = Some(work.now());
        }
        imports::update(&work, &mut run).await?;
        let happened = Happened::new("import.cancelled", "取消企业批量导入");
        work.note(Subject::new("import", id), None, happened)?;
        work.commit().await?;
        Ok(run.report)
    }
}

fn sees_all(actor: &Actor) -> bool {
    actor.is_system || actor.scope.regions.iter().any(String::is_empty)
}

/// Finds sheet, header and number of rows.
fn look(bytes: &Bytes, settings: &Settings, told: &BTreeMap<Field, String>) -> Result<Looked, String> {
    let table = Table::open(bytes, &settings.limits)?;
    let mut tops = Vec::new();
    for sheet in table.sheets()? {
        let mut found = None;
        let mut total = 0_u64;
        let mut read = 0;
        let most = table.most_rows(&settings.limits);
        table.rows(&sheet, &settings.limits, &mut |row| {
            read += 1;
            if found.is_some() {
                total += 1;
            } else {
                found =
                    columns::read_header(&row.cells, settings, told).filter(|c| columns::is_sufficient(c));
                if found.is_none() {
                    tops.push(row.cells);
                }
            }
            let goes_on = total <= most && (found.is_some() || read < HEADER_WITHIN);
            if goes_on {
                Flow::Continue(())
            } else {
                Flow::Break(())
            }
        })?;
        let Some(columns) = found else { continue };
        if total > most {
            return Err(format!("文件超过 {most} 行，请拆分成几个文件再上传"));
        }
        if total == 0 {
            return Err("文件只有表头，没有数据行".to_owned());
        }
        return Ok(Looked {
            media_type: table.media_type(),
            sheet,
            columns,
            total,
        });
    }
    Err(columns::missing(&tops))
}

/// Reads the data rows below the header, with their places from 1.
fn data_rows(
    table: &Table,
    sheet: &str,
    columns: &[Column],
    limits: &Limits,
    each: &mut dyn FnMut(u64, table::RawRow) -> Flow,
) -> Result<(), String> {
    let mut place = None;
    table.rows(sheet, limits, &mut |row| match &mut place {
        None => {
            let is_header = row.cells.iter().eq(columns.iter().map(|column| &column.header));
            if is_header {
                place = Some(0);
            }
            Flow::Continue(())
        }
        Some(done) => {
            *done += 1;
            each(*done, row)
        }
    })
}

//! Takes a file in batches: one thread reads and checks, the database takes what is ready.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use bytes::Bytes;
use kernel::{FieldError, Happened, Job, KernelError, LegalDate, Subject, Work};
use serde_json::json;
use tokio::sync::mpsc;

use super::{
    ImportReport, ImportState, Issue, IssueKind, Run, data_rows,
    rows::{Names, Prepared, RowReader, Verdict},
    table::{Flow, RawRow, Table},
};
use crate::{
    model::{Checked, Enterprise, Field, ImportId, Settings},
    rules,
    service::{CodeTables, Registry, RegistryError},
    store::{self, imports},
};

/// Rows in one transaction.
const BATCH: usize = 1000;

/// Why a run was not brought to its end here.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DriveError {
    /// Something failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// Another worker goes on with it.
    #[error("another worker goes on with the import")]
    Overtaken,
}

impl From<KernelError> for DriveError {
    fn from(error: KernelError) -> Self {
        Self::Registry(error.into())
    }
}

/// What the reading thread needs.
struct Reading {
    bytes: Bytes,
    run: Run,
    refused: HashSet<u64>,
    settings: Arc<Settings>,
    codes: Arc<CodeTables>,
    today: LegalDate,
}

impl Registry {
    /// Does a run, or what is left of it.
    pub(crate) async fn drive(
        &self,
        id: ImportId,
        mut progress: impl FnMut(&ImportReport),
        job: Option<&Job>,
    ) -> Result<ImportReport, DriveError> {
        let run = imports::run(self.kernel.db().read(), id)
            .await?
            .ok_or(RegistryError::NotFound("导入记录"))?;
        if run.report.state.is_over() {
            return Ok(run.report);
        }
        let (mut batches, reading) = self.read_ahead(run).await?;
        while let Some(batch) = batches.recv().await {
            let report = self.take_batch(id, batch).await?;
            progress(&report);
            if report.state.is_over() {
                return Ok(report);
            }
            if let Some(job) = job
                && job.progress(report.read, report.total).await?
            {
                return Ok(self.finish(id, ImportState::Cancelled, None).await?);
            }
        }
        let read = reading
            .await
            .map_err(|error| RegistryError::Stopped(error.to_string()))?;
        if let Err(message) = read {
            self.finish(id, ImportState::Failed, Some(message.clone()))
                .await?;
            return Err(RegistryError::BadFile(message).into());
        }
        let report = self.finish(id, ImportState::Done, None).await?;
        progress(&report);
        Ok(report)
    }

    /// Starts the thread that reads and checks the rows not yet dealt with.
    async fn read_ahead(
        &self,
        run: Run,
    ) -> Result<
        (
            mpsc::Receiver<Vec<Prepared>>,
            tokio::task::JoinHandle<Result<(), String>>,
        ),
        DriveError,
    > {
        let reading = Reading {
            bytes: self.kernel.blobs().get_checked(&run.file).await?,
            refused: imports::refused_places(self.kernel.db(), run.report.id).await?,
            run,
            settings: self.settings.clone(),
            codes: self.codes.clone(),
            today: self.kernel.now().legal_date(),
        };
        let (send, receive) = mpsc::channel(2);
        let thread = tokio::task::spawn_blocking(move || reading.read(&send));
        Ok((receive, thread))
    }

    /// Saves what comes of a batch and how far the run is, in one transaction.
    async fn take_batch(&self, id: ImportId, batch: Vec<Prepared>) -> Result<ImportReport, DriveError> {
        let mut work = self.run_work(id).await?;
        let mut run = imports::run_locked(&work, id)
            .await?
            .ok_or(RegistryError::NotFound("导入记录"))?;
        if run.report.state.is_over() {
            return Ok(run.report);
        }
        if run.cancel_requested {
            return Ok(self.close(work, run, ImportState::Cancelled, None).await?);
        }
        if batch.first().is_some_and(|row| row.place != run.report.read + 1) {
            return Err(DriveError::Overtaken);
        }
        run.report.state = ImportState::Running;
        run.report.read += batch.len() as u64;
        let issues = self.take_rows(&mut work, &mut run, batch).await?;
        imports::insert_issues(&work, id, &issues).await?;
        imports::update(&work, &mut run).await?;
        work.commit().await?;
        Ok(run.report)
    }

    /// A unit of work on behalf of who ordered the run.
    async fn run_work(&self, id: ImportId) -> Result<Work, DriveError> {
        let run = imports::run(self.kernel.db().read(), id)
            .await?
            .ok_or(RegistryError::NotFound("导入记录"))?;
        Ok(self.kernel.begin(&run.actor.actor()).await?)
    }

    async fn take_rows(
        &self,
        work: &mut Work,
        run: &mut Run,
        batch: Vec<Prepared>,
    ) -> Result<Vec<Issue>, RegistryError> {
        let codes = batch.iter().filter_map(|row| match &row.verdict {
            Verdict::Sound(checked) => Some(checked.code.as_str()),
            _ => None,
        });
        let known = store::by_codes(work.conn(), codes).await?;
        let known: HashMap<String, Enterprise> =
            known.into_iter().map(|one| (one.code.to_string(), one)).collect();
        let mut issues = Vec::new();
        let mut fresh = Vec::new();
        for row in batch {
            match row.verdict {
                Verdict::Refused(faults) => {
                    run.report.refused += 1;
                    issues.push(issue(row.place, row.raw, IssueKind::Refused, faults));
                }
                Verdict::Skipped(note) => {
                    run.report.skipped += 1;
                    issues.push(issue(row.place, row.raw, IssueKind::Skipped, about_code(note)));
                }
                Verdict::Sound(checked) => {
                    let warnings = warnings_of(&checked);
                    let outcome = match known.get(checked.code.as_str()) {
                        Some(old) => self.meet(work, run, old, *checked, &row.raw).await?,
                        None => {
                            run.report.taken += 1;
                            fresh.push(*checked);
                            Met::Taken
                        }
                    };
                    issues.extend(outcome.issue(row.place, row.raw, warnings, run));
                }
            }
        }
        if !run.options.dry_run && !fresh.is_empty() {
            self.insert(work, fresh, &json!({ "import": run.report.id }))
                .await?;
        }
        Ok(issues)
    }

    /// A row whose enterprise is in the registry already.
    async fn meet(
        &self,
        work: &mut Work,
        run: &mut Run,
        old: &Enterprise,
        checked: Checked,
        raw: &RawRow,
    ) -> Result<Met, RegistryError> {
        if !work
            .actor()
            .scope
            .covers(old.region.as_str(), Some(old.id.into()))
        {
            run.report.refused += 1;
            return Ok(Met::Elsewhere);
        }
        let given = RowReader::given(&run.report.columns, raw);
        let new = rules::merged(old, checked, &given);
        if rules::changes(old, &new).is_empty() {
            run.report.skipped += 1;
            return Ok(Met::Same);
        }
        if !run.options.update {
            run.report.skipped += 1;
            return Ok(Met::Differs);
        }
        run.report.changed += 1;
        if !run.options.dry_run {
            let source = json!({ "import": run.report.id });
            self.save_change(work, old, new, source).await?;
        }
        Ok(Met::Taken)
    }

    async fn finish(
        &self,
        id: ImportId,
        state: ImportState,
        failure: Option<String>,
    ) -> Result<ImportReport, RegistryError> {
        let run = imports::run(self.kernel.db().read(), id)
            .await?
            .ok_or(RegistryError::NotFound("导入记录"))?;
        let work = self.kernel.begin(&run.actor.actor()).await?;
        let run = imports::run_locked(&work, id)
            .await?
            .ok_or(RegistryError::NotFound("导入记录"))?;
        if run.report.state.is_over() {
            return Ok(run.report);
        }
        self.close(work, run, state, failure).await
    }

    async fn close(
        &self,
        mut work: Work,
        mut run: Run,
        state: ImportState,
        failure: Option<String>,
    ) -> Result<ImportReport, RegistryError> {
        run.report.state = state;
        run.report.failure = failure;
        run.report.finished_at = Some(work.now());
        imports::update(&work, &mut run).await?;
        if run.report.taken > 10_000 && !run.options.dry_run {
            store::INDEX.settle(work.conn()).await?;
        }
        let report = &run.report;
        let facts = json!({
            "state": state, "read": report.read, "taken": report.taken, "changed": report.changed,
            "skipped": report.skipped, "warned": report.warned, "refused": report.refused,
        });
        let happened = Happened::new("import.finished", "企业批量导入结束").data(facts);
        work.note(Subject::new("import", report.id), None, happened)?;
        work.commit().await?;
        Ok(run.report)
    }
}

impl Reading {
    /// Reads the file and sends checked rows on. Rows dealt with before are only remembered.
    fn read(self, send: &mpsc::Sender<Vec<Prepared>>) -> Result<(), String> {
        let limits = self.settings.limits;
        let table = Table::open(&self.bytes, &limits)?;
        let names = Names::new(&self.codes.divisions, &self.codes.industries);
        let options = &self.run.options;
        let region = options
            .default_region
            .as_deref()
            .and_then(|code| code.parse().ok());
        let columns = &self.run.report.columns;
        let scope = self.run.actor.scope.clone();
        let mut reader = RowReader::new(self.codes.tables(), &names, columns, region, scope, self.today);
        let done = self.run.report.read;
        let mut batch = Vec::with_capacity(BATCH);
        data_rows(&table, &self.run.sheet, columns, &limits, &mut |place, raw| {
            if place <= done {
                if !self.refused.contains(&place) {
                    reader.prepare(place, raw);
                }
                return Flow::Continue(());
            }
            batch.push(reader.prepare(place, raw));
            if batch.len() < BATCH {
                return Flow::Continue(());
            }
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            match send.blocking_send(full) {
                Ok(()) => Flow::Continue(()),
                // Nobody wants them any more.
                Err(_) => Flow::Break(()),
            }
        })?;
        if !batch.is_empty() {
            let _ = send.blocking_send(batch);
        }
        Ok(())
    }
}

/// What became of a sound row.
enum Met {
    /// Registered or changed.
    Taken,
    /// The registry says the same.
    Same,
    /// The registry says otherwise, and updating was not asked for.
    Differs,
    /// Registered where the actor does not reach.
    Elsewhere,
}

impl Met {
    fn issue(self, place: u64, raw: RawRow, warnings: Vec<FieldError>, run: &mut Run) -> Option<Issue> {
        match self {
            Self::Taken if warnings.is_empty() => None,
            Self::Taken => {
                run.report.warned += 1;
                Some(issue(place, raw, IssueKind::Warned, warnings))
            }
            Self::Same => {
                let note = about_code("该企业已登记，内容相同，已跳过".to_owned());
                Some(issue(place, raw, IssueKind::Skipped, note))
            }
            Self::Differs => {
                let note = "该企业已登记而内容不同，已跳过；要按文件更新，请在导入时选择“更新已有企业”";
                Some(issue(place, raw, IssueKind::Skipped, about_code(note.to_owned())))
            }
            Self::Elsewhere => {
                let note = "该企业已在您管辖范围以外登记，请核对代码，或联系登记地办理迁移";
                Some(issue(place, raw, IssueKind::Refused, about_code(note.to_owned())))
            }
        }
    }
}

fn issue(place: u64, raw: RawRow, kind: IssueKind, faults: Vec<FieldError>) -> Issue {
    Issue {
        place,
        line: raw.line,
        kind,
        cells: raw.cells,
        faults,
    }
}

fn about_code(note: String) -> Vec<FieldError> {
    vec![FieldError::new(Field::Code.key(), note)]
}

fn warnings_of(checked: &Checked) -> Vec<FieldError> {
    checked
        .warnings
        .iter()
        .map(|warning| FieldError::new(Field::Code.key(), warning.message().trim_end_matches('。')))
        .collect()
}

//! The refused rows as a file that can be mended and sent again.

use kernel::{Actor, FieldError};

use super::{Column, Issue, IssueKind};
use crate::{
    model::{Field, ImportId},
    service::export::SheetWriter,
    service::{Outcome, Registry, RegistryError},
};

/// Rows read at a time.
const STRIDE: u64 = 1000;
/// Header of the added column.
const ERROR: &str = "错误";

/// Format of the error file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorFormat {
    /// UTF-8 with byte order mark, so that spreadsheet programs read it.
    Csv,
    /// Office Open XML.
    Xlsx,
}

impl Registry {
    /// The refused rows of a run with their original columns and what to mend.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`].
    pub async fn import_errors(&self, actor: &Actor, id: ImportId, format: ErrorFormat) -> Outcome<Vec<u8>> {
        let run = self.visible_run(actor, id).await?;
        let columns = run.report.columns;
        let mut rows = Vec::new();
        let mut after = 0;
        loop {
            let (_, issues) = self
                .import_issues(actor, id, Some(IssueKind::Refused), after, STRIDE)
                .await?;
            let Some(last) = issues.last() else { break };
            after = last.place;
            rows.extend(issues.into_iter().map(|issue| cells(&columns, issue)));
        }
        let headers = headers(&columns);
        let writing = tokio::task::spawn_blocking(move || match format {
            ErrorFormat::Csv => to_csv(&headers, &rows),
            ErrorFormat::Xlsx => to_xlsx(headers, &rows),
        });
        writing
            .await
            .map_err(|error| RegistryError::Stopped(error.to_string()))?
    }
}

/// The original headers; an error column of an earlier round is replaced.
fn headers(columns: &[Column]) -> Vec<String> {
    let kept = columns.iter().map(|column| column.header.clone());
    kept.filter(|header| header != ERROR)
        .chain([ERROR.to_owned()])
        .collect()
}

fn cells(columns: &[Column], issue: Issue) -> Vec<String> {
    let message = message(columns, &issue.faults);
    let mut cells = issue.cells;
    cells.resize(columns.len(), String::new());
    let kept = columns.iter().zip(cells);
    kept.filter(|(column, _)| column.header != ERROR)
        .map(|(_, cell)| cell)
        .chain([message])
        .collect()
}

/// `成立日期：没有“2023-02-30”这一天；代码：…`, each fault under the header of its column.
pub(crate) fn message(columns: &[Column], faults: &[FieldError]) -> String {
    let named = faults.iter().map(|fault| {
        let field = Field::ALL.into_iter().find(|field| field.key() == fault.field);
        let header = columns
            .iter()
            .find(|column| column.field.is_some() && column.field == field)
            .map(|column| column.header.as_str());
        let name = header.or(field.map(Field::chinese)).unwrap_or(&fault.field);
        format!("{name}：{}", fault.message)
    });
    named.collect::<Vec<_>>().join("；")
}

fn to_csv(headers: &[String], rows: &[Vec<String>]) -> Outcome<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    let written = std::iter::once(headers)
        .chain(rows.iter().map(Vec::as_slice))
        .try_for_each(|row| writer.write_record(row.iter().map(|cell| harmless(cell))));
    written.map_err(|error| RegistryError::Stopped(error.to_string()))?;
    writer
        .into_inner()
        .map_err(|error| RegistryError::Stopped(error.to_string()))
}

/// A cell that a spreadsheet program would run as a formula gets an apostrophe, which reading takes away again.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn to_xlsx(headers: Vec<String>, rows: &[Vec<String>]) -> Outcome<Vec<u8>> {
    let mut sheet = SheetWriter::new(headers);
    for row in rows {
        sheet.row(row)?;
    }
    Ok(sheet.finish()?)
}

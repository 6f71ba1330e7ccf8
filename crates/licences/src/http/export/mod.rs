//! Lists as workbooks: all pages of the same filters.

mod cases;
mod filings;
mod licences;

use std::io::{Seek, SeekFrom};

use axum::{body::Body, http::HeaderMap};
use kernel::Problem;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use tokio_util::io::ReaderStream;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::download;
use crate::service::{Licences, LicencesError};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Rows read at once.
const CHUNK: u64 = 1000;
/// Rows on one sheet, under the limit of 1,048,576.
const SHEET: u32 = 1_000_000;

pub(super) fn routes() -> OpenApiRouter<Licences> {
    OpenApiRouter::new()
        .routes(routes!(licences::licences_xlsx))
        .routes(routes!(filings::filings_xlsx))
        .routes(routes!(cases::cases_xlsx))
}

/// Why no workbook was made.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Licences(#[from] LicencesError),
    #[error("workbook")]
    Workbook(#[from] XlsxError),
    #[error("temporary file")]
    File(#[from] std::io::Error),
    #[error("worker")]
    Worker(#[from] tokio::task::JoinError),
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Licences(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

/// The columns of a list: title and width.
type Head<const N: usize> = [(&'static str, f64); N];

/// Rows of text below a head. They wait in a temporary file, not in memory; a full sheet is followed by another.
struct Book<const N: usize> {
    workbook: Workbook,
    head: Head<N>,
    row: u32,
    sheets: usize,
}

impl<const N: usize> Book<N> {
    /// The first sheet is begun even when nothing follows its head.
    fn new(head: Head<N>) -> Result<Self, XlsxError> {
        let mut book = Self {
            workbook: Workbook::new(),
            head,
            row: 0,
            sheets: 0,
        };
        book.begin_sheet()?;
        Ok(book)
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold();
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, (title, width)) in (0..).zip(self.head) {
            sheet.set_column_width(column, width)?;
            sheet.write_string_with_format(0, column, title, &bold)?;
        }
        self.row = 1;
        self.sheets += 1;
        Ok(())
    }

    fn push(&mut self, cells: [String; N]) -> Result<(), XlsxError> {
        if self.row > SHEET {
            self.begin_sheet()?;
        }
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1)?;
        for (column, text) in (0..).zip(cells) {
            sheet.write_string(self.row, column, text)?;
        }
        self.row += 1;
        Ok(())
    }

    async fn save(mut self, name: &str) -> Result<(HeaderMap, Body), ExportError> {
        let file = tokio::task::spawn_blocking(move || {
            let mut file = tempfile::tempfile()?;
            self.workbook.save_to_writer(&mut file)?;
            file.seek(SeekFrom::Start(0))?;
            Ok::<_, ExportError>(file)
        });
        let file = tokio::fs::File::from_std(file.await??);
        let headers = download(XLSX, name, "attachment");
        Ok((headers, Body::from_stream(ReaderStream::new(file))))
    }
}

/// Takes the row more than was asked for off a page and says whether there was one.
fn cut<T>(page: &mut Vec<T>) -> bool {
    let most = usize::try_from(CHUNK).unwrap_or(usize::MAX);
    let more = page.len() > most;
    page.truncate(most);
    more
}

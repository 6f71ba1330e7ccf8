//! The list as a workbook.

use std::io::{Seek, SeekFrom};

use axum::{body::Body, extract::State, http::HeaderMap, response::IntoResponse};
use kernel::{Actor, Problem, http::Query};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use tokio_util::io::ReaderStream;

use super::{ListParams, download};
use crate::{
    model::{Licence, Status},
    service::{LicenceQuery, Licences, LicencesError},
};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Licences read at once.
const CHUNK: u64 = 1000;
/// Rows on one sheet, under the limit of 1,048,576.
const SHEET: u32 = 1_000_000;

const HEAD: [&str; 14] = [
    "许可证编号",
    "电子证照标识",
    "持证单位",
    "统一社会信用代码",
    "法定代表人",
    "单位地址",
    "行业",
    "行政区划代码",
    "许可范围",
    "有效期起",
    "有效期止",
    "发证日期",
    "发证机关",
    "状态",
];

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

/// The list as xlsx: all pages of the same filters.
#[utoipa::path(get, path = "/api/v1/licences.xlsx", tag = "licences", params(ListParams),
    responses((status = 200, body = Vec<u8>, content_type = XLSX), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
pub(super) async fn licences_xlsx(
    State(licences): State<Licences>,
    actor: Actor,
    Query(params): Query<ListParams>,
) -> Result<impl IntoResponse, Problem> {
    let (query, _) = params.read()?;
    let file = write(&licences, &actor, &query).await?;
    let headers: HeaderMap = download(XLSX, "安全生产许可证.xlsx", "attachment");
    Ok((
        headers,
        Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file))),
    ))
}

/// Writes page after page; rows wait in a temporary file, not in memory.
async fn write(
    licences: &Licences,
    actor: &Actor,
    query: &LicenceQuery,
) -> Result<std::fs::File, ExportError> {
    let mut workbook = Workbook::new();
    let (mut before, mut row, mut sheets) = (None, 0, 0);
    loop {
        let mut page = licences.list(actor, query, before, CHUNK).await?;
        let more = page.len() > usize::try_from(CHUNK).unwrap_or(usize::MAX);
        page.truncate(usize::try_from(CHUNK).unwrap_or(usize::MAX));
        before = page.last().map(|licence| licence.facts().seq);
        // The first sheet is begun even when nothing follows its header.
        if sheets == 0 || row + u32::try_from(page.len()).unwrap_or(SHEET) > SHEET {
            begin_sheet(&mut workbook)?;
            (row, sheets) = (1, sheets + 1);
        }
        let sheet = workbook.worksheet_from_index(sheets - 1)?;
        for licence in &page {
            for (column, text) in (0..).zip(cells(licence, licences.status_today(licence))) {
                sheet.write_string(row, column, text)?;
            }
            row += 1;
        }
        if !more {
            break;
        }
    }
    tokio::task::spawn_blocking(move || {
        let mut file = tempfile::tempfile()?;
        workbook.save_to_writer(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    })
    .await?
}

fn begin_sheet(workbook: &mut Workbook) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, title) in (0..).zip(HEAD) {
        let width = if matches!(column, 1 | 2 | 5 | 8) { 40 } else { 18 };
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, title, &bold)?;
    }
    Ok(())
}

fn cells(licence: &Licence, status: Option<Status>) -> [String; 14] {
    let facts = licence.facts();
    let holder = &facts.holder;
    [
        facts.number.to_string(),
        facts.identifier.to_string(),
        holder.name.clone(),
        holder.code.to_string(),
        holder.legal_representative.clone(),
        holder.address.clone(),
        facts.industry.label().to_owned(),
        holder.region.to_string(),
        facts.scope.join("；"),
        facts.validity.from.to_string(),
        facts.validity.until.to_string(),
        facts.issued_on.to_string(),
        facts.authority.name.clone(),
        status
            .map_or_else(|| licence.chinese(), Status::chinese)
            .to_owned(),
    ]
}

//! The list of filings as a workbook.

use axum::{extract::State, response::IntoResponse};
use kernel::{Actor, Problem, http::Query};

use super::{super::filings::FilingParams, Book, CHUNK, ExportError, Head, XLSX, cut};
use crate::{
    model::{Filing, Waiting},
    service::{FilingsWanted, Licences},
};

const HEAD: Head<7> = [
    ("种类", 18.0),
    ("许可证编号", 28.0),
    ("持证单位", 40.0),
    ("办理人", 18.0),
    ("办理日期", 18.0),
    ("后续办理期限", 18.0),
    ("待机关办理", 28.0),
];

/// The list of filings as xlsx: all pages of the same filters.
#[utoipa::path(get, path = "/api/v1/licence-filings.xlsx", tag = "licences", params(FilingParams),
    responses((status = 200, body = Vec<u8>, content_type = XLSX), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
pub(super) async fn filings_xlsx(
    State(licences): State<Licences>,
    actor: Actor,
    Query(params): Query<FilingParams>,
) -> Result<impl IntoResponse, Problem> {
    let (wanted, _) = params.read(None);
    let book = written(&licences, &actor, &wanted).await?;
    Ok(book.save("证照管理备案.xlsx").await?)
}

async fn written(licences: &Licences, actor: &Actor, wanted: &FilingsWanted) -> Result<Book<7>, ExportError> {
    let mut book = Book::new(HEAD)?;
    let mut before = None;
    loop {
        let mut page = licences.filings(actor, wanted, before, CHUNK).await?;
        let more = cut(&mut page);
        before = page.last().map(|one| one.seq);
        for one in &page {
            book.push(cells(one))?;
        }
        if !more {
            return Ok(book);
        }
    }
}

fn cells(filing: &Filing) -> [String; 7] {
    [
        filing.matter.title().to_owned(),
        filing.number.clone(),
        filing.holder.clone(),
        filing.by.name.clone(),
        filing.at.legal_date().to_string(),
        filing.due().map(|due| due.to_string()).unwrap_or_default(),
        filing
            .waits()
            .map(Waiting::chinese)
            .unwrap_or_default()
            .to_owned(),
    ]
}

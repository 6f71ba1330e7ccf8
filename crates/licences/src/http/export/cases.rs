//! The list of case files as a workbook.

use axum::{extract::State, response::IntoResponse};
use kernel::{Actor, Problem, http::Query};

use super::{super::cases::CaseParams, Book, CHUNK, ExportError, Head, XLSX, cut};
use crate::{
    model::{CaseFile, Stage},
    service::{CasesWanted, Licences},
};

const HEAD: Head<11> = [
    ("许可证编号", 28.0),
    ("持证单位", 40.0),
    ("案由", 40.0),
    ("拟作出的决定", 40.0),
    ("阶段", 14.0),
    ("立案日期", 14.0),
    ("立案人", 14.0),
    ("报批人", 14.0),
    ("审批人", 14.0),
    ("决定日期", 14.0),
    ("决定文号", 28.0),
];

/// The list of case files as xlsx: all pages of the same filters.
#[utoipa::path(get, path = "/api/v1/licence-cases.xlsx", tag = "licences", params(CaseParams),
    responses((status = 200, body = Vec<u8>, content_type = XLSX), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("licences:read"))))]
pub(super) async fn cases_xlsx(
    State(licences): State<Licences>,
    actor: Actor,
    Query(params): Query<CaseParams>,
) -> Result<impl IntoResponse, Problem> {
    let (wanted, _) = params.read(None);
    let book = written(&licences, &actor, &wanted).await?;
    Ok(book.save("许可证案卷.xlsx").await?)
}

async fn written(licences: &Licences, actor: &Actor, wanted: &CasesWanted) -> Result<Book<11>, ExportError> {
    let mut book = Book::new(HEAD)?;
    let mut before = None;
    loop {
        let mut page = licences.cases(actor, wanted, before, CHUNK).await?;
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

fn cells(case: &CaseFile) -> [String; 11] {
    let file = &case.file;
    let (proposed, decided) = match &file.stage {
        Stage::Proposed(one) => (Some(one), None),
        Stage::Decided(one) => (Some(&one.proposed), Some(one)),
        Stage::Investigating | Stage::Noticed(_) | Stage::Closed(_) => (None, None),
    };
    let paper = decided.and_then(|one| file.papers.iter().find(|paper| paper.id == one.paper));
    let or_blank = |text: Option<String>| text.unwrap_or_default();
    [
        file.number.clone(),
        file.holder.clone(),
        file.subject.clone(),
        file.measure.proposed(),
        file.stage.chinese().to_owned(),
        case.opened_at.legal_date().to_string(),
        file.opened_by.name.clone(),
        or_blank(proposed.map(|one| one.by.name.clone())),
        or_blank(decided.map(|one| one.by.name.clone())),
        or_blank(decided.map(|one| one.at.legal_date().to_string())),
        or_blank(paper.map(|paper| paper.paper.number.clone())),
    ]
}

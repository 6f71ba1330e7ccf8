//! The list of licences as a workbook.

use axum::{extract::State, response::IntoResponse};
use kernel::{Actor, Problem, http::Query};

use super::{super::ListParams, Book, CHUNK, ExportError, Head, XLSX, cut};
use crate::{
    model::{Licence, Status},
    service::{LicenceQuery, Licences},
};

const HEAD: Head<14> = [
    ("许可证编号", 18.0),
    ("电子证照标识", 40.0),
    ("持证单位", 40.0),
    ("统一社会信用代码", 18.0),
    ("法定代表人", 18.0),
    ("单位地址", 40.0),
    ("行业", 18.0),
    ("行政区划代码", 18.0),
    ("许可范围", 40.0),
    ("有效期起", 18.0),
    ("有效期止", 18.0),
    ("发证日期", 18.0),
    ("发证机关", 18.0),
    ("状态", 18.0),
];

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
    let book = written(&licences, &actor, &query).await?;
    Ok(book.save("安全生产许可证.xlsx").await?)
}

async fn written(licences: &Licences, actor: &Actor, query: &LicenceQuery) -> Result<Book<14>, ExportError> {
    let mut book = Book::new(HEAD)?;
    let mut after = None;
    loop {
        let mut page = licences.list(actor, query, after, CHUNK).await?;
        let more = cut(&mut page);
        after = page.last().map(Licence::place);
        for licence in &page {
            book.push(cells(licence, licences.status_today(licence)))?;
        }
        if !more {
            return Ok(book);
        }
    }
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

//! Routes for everyone: status, search, open data.

use axum::{
    Json as Answer,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::stream;
use kernel::{
    LegalDate, Page, PageQuery, Problem,
    http::{Path, Query},
    problem::chain,
};
use matters::Industry;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{download, region};
use crate::{
    model::{PublicLicence, Status},
    service::{Licences, PublicQuery},
};

/// Anyone may store the answer, but has to ask whether it still holds: a suspension counts at once.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("public, no-cache");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Rows of the open-data file that are read at once.
const CHUNK: u64 = 1000;

/// Status of a licence now, by number in any bracket style, electronic identifier or credit code of the holder; of
/// several licences of one holder the one issued last.
#[utoipa::path(get, path = "/api/v1/public/licences/{key}", tag = "public",
    params(("key" = String, Path, description = "Number, identifier (GB/T 36904) or unified social credit code")),
    responses((status = 200, body = PublicLicence), (status = 304, description = "Unchanged since `If-None-Match`"),
        (status = 404, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
pub(super) async fn licence(
    State(licences): State<Licences>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(answer) = licences.public_answer(&key).await? else {
        return Err(Problem::not_found("许可证"));
    };
    let caching = [
        (header::ETAG, answer.tag.clone()),
        (header::CACHE_CONTROL, ASK_AGAIN),
    ];
    if known(&headers, &answer.tag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    Ok((caching, [(header::CONTENT_TYPE, JSON)], answer.body).into_response())
}

/// Whether the client has this very answer (`If-None-Match`, weak comparison).
fn known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let tags = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut tags = tags
        .flat_map(|list| list.split(','))
        .map(|one| one.trim().trim_start_matches("W/"));
    tags.any(|one| one == "*" || one.as_bytes() == tag.as_bytes())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchParams {
    /// Part of the holder's name, of a number or of a credit code; two characters at least.
    q: Option<String>,
    industry: Option<Industry>,
    /// GB/T 2260 code; everything within the region.
    region: Option<String>,
    /// Status today.
    status: Option<Status>,
    /// Rows on a page, 1 to 200; 20 unless given.
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Published licences that match, newest entry first; without words those that expire or expired by their last day.
#[utoipa::path(get, path = "/api/v1/public/licences", tag = "public", params(SearchParams),
    responses((status = 200, body = Page<PublicLicence>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
pub(super) async fn search(
    State(licences): State<Licences>,
    Query(params): Query<SearchParams>,
) -> Result<Answer<Page<PublicLicence>>, Problem> {
    let query = PublicQuery {
        text: params.q,
        industry: params.industry,
        region: region(params.region.as_deref())?,
        status: params.status,
        page: PageQuery {
            limit: params.limit,
            cursor: params.cursor,
        },
    };
    Ok(Answer(licences.search_public(&query).await?))
}

/// All published licences as csv (UTF-8 with byte order mark), streamed. Without names of persons.
#[utoipa::path(get, path = "/open-data/licences.csv", tag = "public",
    responses((status = 200, body = String, content_type = "text/csv")),
    extensions(("x-permission" = json!("public"))))]
pub(super) async fn open_data(State(licences): State<Licences>) -> Result<impl IntoResponse, Problem> {
    let head = head().map_err(|error| Problem::internal(&error))?;
    let rows = stream::try_unfold(0_i64, move |after| {
        let licences = licences.clone();
        async move { chunk(&licences, after).await }
    });
    let body = stream::StreamExt::chain(stream::iter([Ok(head)]), rows);
    let headers = download("text/csv; charset=utf-8", "安全生产许可证.csv", "attachment");
    Ok((headers, Body::from_stream(body)))
}

/// Why a stream broke off; the client sees an incomplete body.
#[derive(Debug, thiserror::Error)]
#[error("open data")]
struct Broken;

/// The next rows and the key to go on from.
async fn chunk(licences: &Licences, after: i64) -> Result<Option<(Bytes, i64)>, Broken> {
    let broken = |error: &(dyn std::error::Error + 'static)| {
        tracing::error!(error = chain(error), "open data");
        Broken
    };
    let (rows, last) = licences
        .published_after(after, CHUNK)
        .await
        .map_err(|error| broken(&error))?;
    let Some(last) = last else { return Ok(None) };
    let lines = lines(&rows).map_err(|error| broken(&error))?;
    Ok(Some((lines, last)))
}

fn head() -> Result<Bytes, csv::Error> {
    let mut writer = csv::Writer::from_writer("\u{FEFF}".as_bytes().to_vec());
    writer.write_record([
        "许可证编号",
        "电子证照标识",
        "持证单位",
        "统一社会信用代码",
        "行业",
        "行政区划代码",
        "许可范围",
        "有效期起",
        "有效期止",
        "发证日期",
        "发证机关",
        "状态",
        "状态日期",
        "是否演示数据",
        "状态起始日",
        "状态截止日",
        "状态原因",
        "新证编号",
    ])?;
    finish(writer)
}

fn lines(rows: &[PublicLicence]) -> Result<Bytes, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::with_capacity(rows.len() * 300));
    for row in rows {
        writer.write_record([
            row.number.as_str(),
            &row.identifier,
            &plain(&row.holder),
            &row.credit_code,
            &row.industry_name,
            &row.region,
            &plain(&row.scope.join("；")),
            &row.valid_from.to_string(),
            &row.valid_until.to_string(),
            &row.issued_on.to_string(),
            &row.authority,
            &row.status_name,
            &row.status_on.to_string(),
            if row.demo { "是" } else { "否" },
            &day(row.status_since),
            &day(row.status_until),
            &plain(row.status_reason.as_deref().unwrap_or_default()),
            row.replaced_by.as_deref().unwrap_or_default(),
        ])?;
    }
    finish(writer)
}

fn day(date: Option<LegalDate>) -> String {
    date.map(|day| day.to_string()).unwrap_or_default()
}

fn finish(writer: csv::Writer<Vec<u8>>) -> Result<Bytes, csv::Error> {
    let bytes = writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(Bytes::from(bytes))
}

/// Text that a spreadsheet would run as a formula gets an apostrophe in front.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_one_by_one() {
        let tag = HeaderValue::from_static("\"b\"");
        let asked = |value: &'static str| {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(value))]);
            known(&headers, &tag)
        };
        assert!(asked("\"b\"") && asked("\"a\", W/\"b\"") && asked("*"));
        assert!(!asked("\"a\"") && !asked("b"));
        assert!(!known(&HeaderMap::new(), &tag));
    }

    #[test]
    fn a_formula_is_text() {
        assert_eq!(plain("=1+1"), "'=1+1");
        assert_eq!(plain("洪都化工"), "洪都化工");
    }
}

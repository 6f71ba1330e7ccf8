//! 协同工作台账

use std::collections::BTreeMap;

use applications::{
    InHandQuery, InHandSort,
    rules::{ClockUnit, Light, TaskKind},
};
use axum::{Json as Answer, extract::State, response::Response};
use kernel::{
    Actor, LegalDate, Moment, Page, PageQuery, Problem,
    http::Query,
    ids::{ApplicationId, EnterpriseId},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{DepartmentName, department, file};
use crate::{
    Collaboration,
    model::{LetterId, LetterKind},
    service::{LedgerRow, LetterMark},
};

/// Order of the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum LedgerSort {
    /// Most urgent first.
    #[default]
    Due,
    /// Longest in hand first.
    Since,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LedgerQuery {
    /// Held by this department; the empty name stands for applicants.
    department: Option<String>,
    /// In this region and below.
    region: Option<String>,
    /// Of this kind.
    #[param(inline)]
    kind: Option<TaskKind>,
    /// Of this industry.
    industry: Option<String>,
    /// Showing this light.
    #[param(inline)]
    light: Option<Light>,
    /// Part of the applicant's name, or of the reference.
    q: Option<String>,
    /// Order.
    #[param(inline)]
    sort: Option<LedgerSort>,
    /// Rows on a page.
    limit: Option<u64>,
    /// Cursor.
    cursor: Option<String>,
}

impl LedgerQuery {
    fn split(self) -> (InHandQuery, PageQuery) {
        let page = PageQuery {
            limit: self.limit,
            cursor: self.cursor,
        };
        let query = InHandQuery {
            department: self.department,
            region: self.region,
            kind: self.kind,
            industry: self.industry,
            light: self.light,
            q: self.q,
            sort: match self.sort.unwrap_or_default() {
                LedgerSort::Due => InHandSort::Due,
                LedgerSort::Since => InHandSort::Since,
            },
        };
        (query, page)
    }
}

/// A letter about a row of the ledger.
#[derive(Debug, Serialize, ToSchema)]
struct LedgerLetter {
    /// The letter.
    id: LetterId,
    /// What it asks for.
    kind: LetterKind,
    /// 文号
    number: String,
    /// When it was written.
    at: Moment,
}

impl From<LetterMark> for LedgerLetter {
    fn from(mark: LetterMark) -> Self {
        Self {
            id: mark.id,
            kind: mark.kind,
            number: mark.number,
            at: mark.at,
        }
    }
}

/// Something in hand.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LedgerEntry {
    /// The application.
    application: ApplicationId,
    /// 受理编号
    reference: String,
    /// Name of the matter.
    matter: String,
    /// The enterprise.
    enterprise: EnterpriseId,
    /// Its name.
    applicant: String,
    /// Its region.
    region: String,
    /// Short name of the region.
    region_name: String,
    /// What is to be done.
    kind: TaskKind,
    /// The same in words.
    task: &'static str,
    /// Department that holds it; absent when the applicant does.
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    /// Name of who holds it.
    holder: String,
    /// First-contact officer.
    #[serde(skip_serializing_if = "Option::is_none")]
    officer: Option<String>,
    /// Since when.
    since: Moment,
    /// Last day, while known.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<LegalDate>,
    /// Days until then, negative once it is late; they stand still with its clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_days: Option<i64>,
    /// In what they are counted.
    unit: ClockUnit,
    /// Light as of today.
    light: Light,
    /// Whether its clock stands still now.
    held: bool,
    /// Letters about it, oldest first.
    letters: Vec<LedgerLetter>,
}

impl From<LedgerRow> for LedgerEntry {
    fn from(row: LedgerRow) -> Self {
        let piece = row.piece;
        Self {
            application: piece.application,
            reference: piece.reference,
            matter: piece.matter,
            enterprise: piece.enterprise,
            applicant: piece.applicant,
            region: piece.region,
            region_name: row.region_name,
            kind: piece.kind,
            task: piece.kind.label(),
            department: piece.department,
            holder: row.holder,
            officer: piece.officer,
            since: piece.since,
            due_on: piece.due_on,
            left_days: row.left_days,
            unit: row.unit,
            light: piece.light,
            held: piece.held,
            letters: row.letters.into_iter().map(LedgerLetter::from).collect(),
        }
    }
}

/// Everything in hand across departments: who holds what, since when, how long is left.
#[utoipa::path(get, path = "/api/v1/ledger", tag = "collaboration", params(LedgerQuery),
    responses((status = 200, body = Page<LedgerEntry>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("collaboration:read"))))]
pub(super) async fn list(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Query(query): Query<LedgerQuery>,
) -> Result<Answer<Page<LedgerEntry>>, Problem> {
    let (query, page) = query.split();
    let found = collaboration.ledger(&actor, &query, &page).await?;
    Ok(Answer(found.map(LedgerEntry::from)))
}

/// How much a department has in hand.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct LedgerTally {
    /// Key of the department; empty for applicants.
    department: String,
    /// Its name.
    name: String,
    /// In time.
    green: u64,
    /// Nearly due.
    yellow: u64,
    /// Late.
    red: u64,
}

/// The ledger in numbers, and the departments of the city.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LedgerSummary {
    /// By department.
    items: Vec<LedgerTally>,
    /// Departments by which one can filter, and to which one can refer.
    departments: Vec<DepartmentName>,
}

/// How much each department has in hand, by light.
#[utoipa::path(get, path = "/api/v1/ledger/summary", tag = "collaboration", params(LedgerQuery),
    responses((status = 200, body = LedgerSummary)), extensions(("x-permission" = json!("collaboration:read"))))]
pub(super) async fn summary(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Query(query): Query<LedgerQuery>,
) -> Result<Answer<LedgerSummary>, Problem> {
    let (query, _) = query.split();
    let mut items: BTreeMap<String, LedgerTally> = BTreeMap::new();
    for (key, name, light, count) in collaboration.ledger_summary(&actor, &query).await? {
        let tally = items.entry(key.clone()).or_insert_with(|| LedgerTally {
            department: key,
            name,
            ..LedgerTally::default()
        });
        match light {
            Light::Green => tally.green = count,
            Light::Yellow => tally.yellow = count,
            Light::Red => tally.red = count,
        }
    }
    let departments = collaboration.departments();
    Ok(Answer(LedgerSummary {
        items: items.into_values().collect(),
        departments: departments
            .iter()
            .map(|(key, _)| department(&collaboration, key))
            .collect(),
    }))
}

/// The ledger as xlsx: all pages of the query.
#[utoipa::path(get, path = "/api/v1/ledger.xlsx", tag = "collaboration", params(LedgerQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        body = Vec<u8>), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("collaboration:read"))))]
pub(super) async fn export(
    State(collaboration): State<Collaboration>,
    actor: Actor,
    Query(query): Query<LedgerQuery>,
) -> Result<Response, Problem> {
    let (query, _) = query.split();
    let bytes = collaboration.export_ledger(&actor, &query).await?;
    let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file(media_type, "协同工作台账.xlsx", "attachment", bytes.into()))
}

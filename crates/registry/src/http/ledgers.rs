//! Base ledgers by region, danger, size and industry.

use std::collections::BTreeMap;

use axum::{Json as Answer, extract::State};
use codes::RegionCode;
use kernel::{Actor, Problem, http::Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::parameter;
use crate::{
    model::{Danger, LedgerCount, SizeClass},
    service::Registry,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LedgerQuery {
    /// GB/T 2260 code; the actor's own region unless given, or the whole country.
    region: Option<String>,
}

/// How many enterprises there are, not counting those closed.
#[derive(Default, Serialize, ToSchema)]
struct Counts {
    total: i64,
    red: i64,
    orange: i64,
    yellow: i64,
    blue: i64,
    /// Without a danger class.
    unrated: i64,
    large: i64,
    medium: i64,
    small: i64,
    micro: i64,
    /// Without a size class.
    unstated: i64,
}

impl Counts {
    fn add(&mut self, count: &LedgerCount) {
        self.total += count.count;
        let danger = match count.danger {
            Some(Danger::Red) => &mut self.red,
            Some(Danger::Orange) => &mut self.orange,
            Some(Danger::Yellow) => &mut self.yellow,
            Some(Danger::Blue) => &mut self.blue,
            None => &mut self.unrated,
        };
        *danger += count.count;
        let size = match count.size {
            SizeClass::Large => &mut self.large,
            SizeClass::Medium => &mut self.medium,
            SizeClass::Small => &mut self.small,
            SizeClass::Micro => &mut self.micro,
            SizeClass::Unstated => &mut self.unstated,
        };
        *size += count.count;
    }
}

#[derive(Serialize, ToSchema)]
struct RegionCounts {
    /// GB/T 2260 code.
    region: String,
    name: String,
    counts: Counts,
}

#[derive(Serialize, ToSchema)]
struct IndustryCounts {
    /// Section letter of GB/T 4754; absent for enterprises without an industry.
    industry: Option<String>,
    name: String,
    counts: Counts,
}

/// The base ledger of a region.
#[derive(Serialize, ToSchema)]
pub(super) struct LedgerView {
    /// GB/T 2260 code; empty for the whole country.
    region: String,
    name: String,
    counts: Counts,
    /// By the regions one level below; enterprises known no closer stand under the region itself.
    regions: Vec<RegionCounts>,
    /// By section of GB/T 4754.
    industries: Vec<IndustryCounts>,
}

impl LedgerView {
    fn new(registry: &Registry, region: Option<&RegionCode>, rows: &[LedgerCount]) -> Self {
        let mut counts = Counts::default();
        let mut regions: BTreeMap<String, Counts> = BTreeMap::new();
        let mut industries: BTreeMap<Option<String>, Counts> = BTreeMap::new();
        for row in rows {
            counts.add(row);
            regions.entry(row.region.clone()).or_default().add(row);
            industries.entry(section_of(registry, row)).or_default().add(row);
        }
        Self {
            region: region.map(ToString::to_string).unwrap_or_default(),
            name: region.map_or_else(|| "全国".to_owned(), |region| registry.region_name(region)),
            counts,
            regions: regions
                .into_iter()
                .map(|(region, counts)| region_counts(registry, region, counts))
                .collect(),
            industries: industries
                .into_iter()
                .map(|(industry, counts)| industry_counts(registry, industry, counts))
                .collect(),
        }
    }
}

fn section_of(registry: &Registry, row: &LedgerCount) -> Option<String> {
    let code = row.industry.as_deref()?.parse().ok()?;
    registry.industries().section(&code).map(ToString::to_string)
}

fn region_counts(registry: &Registry, region: String, counts: Counts) -> RegionCounts {
    let name = region
        .parse()
        .map_or_else(|_| region.clone(), |code| registry.region_name(&code));
    RegionCounts { region, name, counts }
}

fn industry_counts(registry: &Registry, industry: Option<String>, counts: Counts) -> IndustryCounts {
    let code = industry.as_deref().and_then(|code| code.parse().ok());
    let name = code.and_then(|code| registry.industries().name(&code));
    IndustryCounts {
        name: name.unwrap_or("未填行业").to_owned(),
        industry,
        counts,
    }
}

/// The base ledger of a region within the scope.
#[utoipa::path(get, path = "/api/v1/ledgers/enterprises", tag = "registry", params(LedgerQuery),
    responses((status = 200, body = LedgerView), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("enterprises:read"))))]
pub(super) async fn ledger(
    State(registry): State<Registry>,
    actor: Actor,
    Query(query): Query<LedgerQuery>,
) -> Result<Answer<LedgerView>, Problem> {
    let asked = parameter("region", query.region.as_deref(), str::parse::<RegionCode>)?;
    let own = actor.scope.regions.first().and_then(|code| code.parse().ok());
    let region = asked.or(own);
    let rows = registry.ledger(&actor, region.as_ref()).await?;
    Ok(Answer(LedgerView::new(&registry, region.as_ref(), &rows)))
}

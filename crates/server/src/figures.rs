//! Figures over several capabilities: what a map of districts shows.

use std::collections::BTreeMap;

use applications::About;
use axum::{Json, extract::State};
use codes::{Divisions, RegionCode};
use kernel::{Actor, Problem, Scope, http::Query};
use licences::{RegionStatus, Status};
use matters::{Industry, MatterKey};
use registry::{EnterpriseState, RegionCount};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Platform;

/// Digits of the five levels of regions.
const LEVELS: [usize; 5] = [2, 4, 6, 9, 12];

/// The route.
pub(crate) fn router(platform: Platform) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(regions)).with_state(platform)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RegionsQuery {
    /// GB/T 2260 code whose parts are counted; the actor's own region unless given.
    region: Option<String>,
    /// Only applications of this matter.
    matter: Option<MatterKey>,
    /// Only applications and licences of this industry.
    industry: Option<Industry>,
}

/// Enterprises by state; as a list: `/enterprises?region=…&state=…`.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
struct EnterpriseCounts {
    active: i64,
    halted: i64,
    closed: i64,
}

/// Licences of one status today; as a list: `/licences?region=…&status=…`.
#[derive(Debug, Serialize, ToSchema)]
struct StatusCount {
    status: Status,
    status_name: &'static str,
    count: i64,
}

/// A region one level down.
#[derive(Debug, Default, Serialize, ToSchema)]
struct RegionFigure {
    /// GB/T 2260 code.
    region: String,
    name: String,
    enterprises: EnterpriseCounts,
    /// Every status that there is, with zeros.
    licences: Vec<StatusCount>,
    /// Under way; as a list: `/applications?region=…&open=true`.
    applications_open: i64,
    /// Overdue; as a list: with `light=red`.
    applications_late: i64,
}

/// Figures by region.
#[derive(Serialize, ToSchema)]
struct RegionFigures {
    /// The region whose parts are counted; absent for several regions or the whole country.
    region: Option<String>,
    name: Option<String>,
    /// Its parts, by code; what is known no closer than the region itself stands under its own code.
    items: Vec<RegionFigure>,
}

/// Enterprises, licences and applications of the districts of a city, or of the streets of a district.
#[utoipa::path(get, path = "/api/v1/figures/regions", tag = "figures", params(RegionsQuery),
    responses((status = 200, body = RegionFigures), (status = 403, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("figures:read"))))]
async fn regions(
    State(platform): State<Platform>,
    actor: Actor,
    Query(query): Query<RegionsQuery>,
) -> Result<Json<RegionFigures>, Problem> {
    let (tops, digits) = tops(query.region.as_deref(), &actor.scope)?;
    let whole = match tops.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    };
    let about = About {
        region: whole.clone(),
        matter: query.matter.map(|matter| matter.to_string()),
        industry: query.industry.map(|industry| industry.as_str().to_owned()),
    };
    let enterprises = platform
        .registry
        .count_by_region(&actor, whole.as_ref(), digits)
        .await?;
    let licences = platform
        .licences
        .count_by_region(&actor, whole.clone(), query.industry, digits)
        .await?;
    let applications = platform
        .applications
        .region_figures(&actor, &about, digits)
        .await?;

    let mut table = Table::of(parts(platform.registry.divisions(), &tops));
    enterprises
        .into_iter()
        .for_each(|count| table.enterprises(&count));
    licences.into_iter().for_each(|count| table.licences(&count));
    for load in applications {
        let row = table.row(&load.region);
        (row.applications_open, row.applications_late) = (load.open, load.late);
    }
    let name = |code: &RegionCode| platform.registry.region_name(code);
    Ok(Json(RegionFigures {
        name: whole.as_ref().map(&name),
        region: whole.map(|code| code.to_string()),
        items: table.named(platform.registry.divisions()),
    }))
}

/// The regions whose parts are counted, and the digits of the parts' codes.
fn tops(asked: Option<&str>, scope: &Scope) -> Result<(Vec<RegionCode>, usize), Problem> {
    let asked = asked.map(str::trim).filter(|text| !text.is_empty());
    let asked = asked.map(str::parse::<RegionCode>).transpose();
    let asked = asked.map_err(|error| Problem::field("region", error.to_string()))?;
    let everywhere = scope.regions.iter().any(String::is_empty);
    let tops: Vec<RegionCode> = match asked {
        Some(region) => vec![region],
        None if everywhere => Vec::new(),
        None => scope
            .regions
            .iter()
            .filter_map(|code| code.parse().ok())
            .collect(),
    };
    let shortest = tops.iter().map(|code| code.as_str().len()).min().unwrap_or(0);
    let below = LEVELS.into_iter().find(|digits| *digits > shortest);
    Ok((tops, below.unwrap_or(12)))
}

/// The regions directly below; the provinces when there is nothing above them.
fn parts<'a>(divisions: &'a Divisions, tops: &'a [RegionCode]) -> Vec<&'a RegionCode> {
    if tops.is_empty() {
        return divisions.provinces().iter().collect();
    }
    tops.iter().flat_map(|top| divisions.children(top)).collect()
}

struct Table(BTreeMap<String, RegionFigure>);

impl Table {
    fn of(parts: Vec<&RegionCode>) -> Self {
        let mut table = Self(BTreeMap::new());
        for part in parts {
            table.row(part.as_str());
        }
        table
    }

    fn row(&mut self, region: &str) -> &mut RegionFigure {
        self.0.entry(region.to_owned()).or_insert_with(|| RegionFigure {
            region: region.to_owned(),
            licences: Status::ALL.iter().map(|status| nothing(*status)).collect(),
            ..RegionFigure::default()
        })
    }

    fn enterprises(&mut self, count: &RegionCount) {
        let counts = &mut self.row(&count.region).enterprises;
        match count.state {
            EnterpriseState::Active => counts.active += count.count,
            EnterpriseState::Halted => counts.halted += count.count,
            EnterpriseState::Closed => counts.closed += count.count,
        }
    }

    fn licences(&mut self, count: &RegionStatus) {
        let counts = &mut self.row(&count.region).licences;
        if let Some(known) = counts.iter_mut().find(|one| one.status == count.status) {
            known.count += count.count;
        }
    }

    fn named(self, divisions: &Divisions) -> Vec<RegionFigure> {
        let name = |code: &str| {
            let code: RegionCode = code.parse().ok()?;
            divisions.name(&code).map(str::to_owned)
        };
        let rows = self.0.into_values();
        rows.map(|row| RegionFigure {
            name: name(&row.region).unwrap_or_else(|| row.region.clone()),
            ..row
        })
        .collect()
    }
}

fn nothing(status: Status) -> StatusCount {
    StatusCount {
        status,
        status_name: status.chinese(),
        count: 0,
    }
}

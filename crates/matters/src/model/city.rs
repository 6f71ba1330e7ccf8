//! What a city adds to the definitions: which body stands behind a department's key, how its licences and
//! items are numbered, and to whom it has handed work down.

use codes::{CreditCode, RegionCode};
use serde::{Deserialize, Serialize};
use time::Date;

use super::{DepartmentKey, Industry, MatterKey, Provenance, StageKey, iso_date};

/// A city's file, `data/matters/city.<key>.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct City {
    /// Key in the file's name.
    pub key: String,
    /// 南昌市
    pub name: String,
    /// True while any code in the file is invented for demonstration.
    pub demonstration: bool,
    /// What the administrator must know before go-live.
    pub notice: String,
    /// GB/T 2260 code.
    pub region: RegionCode,
    /// 行使层级 in item codes: 2 province, 3 city, 4 county.
    pub item_level: u8,
    /// Government to which reconsideration is addressed.
    pub government: Named,
    /// Court to which an action is addressed.
    pub court: Named,
    /// How licences are numbered.
    pub licence_numbers: NumberRule,
    /// Bodies behind the department keys.
    pub authorities: Vec<Authority>,
    /// Powers that the city exercises on behalf of a higher level.
    pub delegations: Vec<Delegation>,
    /// Development zones.
    pub zones: Vec<Zone>,
    /// Work handed down by the city.
    pub devolutions: Vec<Devolution>,
}

/// A name with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// As it stands in a document.
    pub name: String,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// How the city's licence numbers look; the patterns themselves are in `data/licence_numbers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberRule {
    /// Region mark, the province's character.
    pub region: String,
    /// Digits of the serial.
    pub digits: u8,
    /// Where the rule comes from.
    pub provenance: Provenance,
}

/// A body of the city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// The key that definitions use.
    pub department: DepartmentKey,
    /// Full name on documents.
    pub name: String,
    /// Short name in lists.
    pub short_name: String,
    /// What stands before the series in a document number: 洪应急 in 洪应急许受〔2026〕12号.
    pub document_prefix: String,
    /// Unified social credit code.
    pub credit_code: CreditCode,
    /// True: the code is made up for demonstration and names nobody.
    pub invented_code: bool,
}

/// A power of a higher level that the city exercises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delegation {
    /// The industry concerned.
    pub industry: Industry,
    /// The body whose power it is, and in whose name the decision is made.
    pub from: String,
    /// The department that exercises it.
    pub department: DepartmentKey,
    /// Where it comes from; unconfirmed until the notice of delegation is named.
    pub provenance: Provenance,
}

/// A development zone 园区/新区.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Key used by devolutions and by the registry.
    pub key: String,
    /// Name.
    pub name: String,
    /// Regions that lie in it, down to villages; an enterprise registered there lies in the zone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionCode>,
}

/// The place to which a devolution applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Area {
    /// A region and all within it.
    Region(RegionCode),
    /// A zone by its key.
    Zone(String),
}

/// Stages of matters that a body below the city handles for enterprises of its area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Devolution {
    /// The matters.
    pub matters: Vec<MatterKey>,
    /// The stages; never the decision where the city itself acts by delegation.
    pub stages: Vec<StageKey>,
    /// For which enterprises.
    pub area: Area,
    /// Who handles them.
    pub to: DepartmentKey,
    /// First legal day.
    #[serde(with = "iso_date")]
    pub from: Date,
    /// Last legal day; absent: until changed.
    #[serde(default, with = "iso_date::option", skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Where an enterprise is, for routing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Its region, as deep as known.
    pub region: &'a RegionCode,
    /// The zone it lies in, if any.
    pub zone: Option<&'a str>,
}

impl City {
    /// The body behind a department's key.
    pub fn authority(&self, department: &str) -> Option<&Authority> {
        self.authorities
            .iter()
            .find(|body| body.department.as_str() == department)
    }

    /// What a department is called in lists; its key while the city names no body for it.
    pub fn short_name<'a>(&'a self, department: &'a str) -> &'a str {
        self.authority(department)
            .map_or(department, |body| body.short_name.as_str())
    }

    /// Who handles a stage of a matter for an enterprise at `place` on a legal day: the body to which the
    /// city handed the stage down, else `lead`. Of several devolutions the youngest counts.
    pub fn handler(
        &self,
        lead: &str,
        matter: MatterKey,
        stage: &str,
        place: Place<'_>,
        on: Date,
    ) -> Option<&Authority> {
        let devolved = self
            .devolutions
            .iter()
            .filter(|one| one.applies(matter, stage, place, on));
        let to = devolved
            .max_by_key(|one| one.from)
            .map_or(lead, |one| one.to.as_str());
        self.authority(to)
    }

    /// The zone in which a region lies, if any.
    pub fn zone_of(&self, region: &RegionCode) -> Option<&Zone> {
        let within = |zone: &&Zone| zone.regions.iter().any(|own| own.contains(region));
        self.zones.iter().find(within)
    }

    /// Whether the city acts in the name of a higher level in this industry.
    pub fn acts_by_delegation(&self, industry: Industry) -> bool {
        self.delegations.iter().any(|one| one.industry == industry)
    }
}

impl City {
    /// Every fact with its name and provenance.
    pub fn provenances(&self) -> Vec<(String, &Provenance)> {
        let named = [
            ("复议机关", &self.government.provenance),
            ("管辖法院", &self.court.provenance),
            ("许可证编号", &self.licence_numbers.provenance),
        ];
        let named = named.into_iter().map(|(name, of)| (name.to_owned(), of));
        let delegated = self
            .delegations
            .iter()
            .map(|one| (format!("{}委托", one.industry.label()), &one.provenance));
        let devolved = self.devolutions.iter().map(|one| {
            (
                format!("下放{}", self.short_name(one.to.as_str())),
                &one.provenance,
            )
        });
        named.chain(delegated).chain(devolved).collect()
    }
}

impl Devolution {
    fn applies(&self, matter: MatterKey, stage: &str, place: Place<'_>, on: Date) -> bool {
        self.matters.contains(&matter)
            && self.stages.iter().any(|known| known.as_str() == stage)
            && self.from <= on
            && self.until.is_none_or(|last| on <= last)
            && self.area.covers(place)
    }
}

impl Area {
    fn covers(&self, place: Place<'_>) -> bool {
        match self {
            Self::Region(region) => region.contains(place.region),
            Self::Zone(zone) => place.zone == Some(zone.as_str()),
        }
    }
}

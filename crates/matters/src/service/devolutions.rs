//! What the city has handed down, in words.

use std::collections::BTreeMap;

use codes::{Divisions, RegionCode};
use kernel::RuleFiles;

use super::Matters;
use crate::{
    model::{Area, City, Definition, Devolution, Mark, MatterKey, SourceKey, StageKey},
    store::{MattersError, SourceKind},
};

/// The table of regions, for those that the city's file names.
const DIVISIONS: &str = "divisions/";

/// A devolution with its names.
#[derive(Clone, Debug)]
pub struct SeenDevolution {
    /// What is handed down.
    pub devolution: Devolution,
    /// The matters with their names.
    pub matters: Vec<(MatterKey, String)>,
    /// Names of the stages.
    pub stage_names: Vec<String>,
    /// Name of the zone or region.
    pub area: String,
    /// Name of the body that handles them.
    pub body: String,
    /// Documents that order it, as far as the city's file has any.
    pub sources: Vec<String>,
    /// What still has to be checked; absent once it is confirmed.
    pub unconfirmed: Option<String>,
    /// Whether it is in force today.
    pub in_force: bool,
}

impl Matters {
    /// What the city has handed down to zones and districts.
    pub fn devolutions(&self) -> Vec<SeenDevolution> {
        self.city
            .devolutions
            .iter()
            .map(|one| self.seen_devolution(one))
            .collect()
    }

    fn seen_devolution(&self, one: &Devolution) -> SeenDevolution {
        let today = self.today().0;
        // A matter may begin, as its devolution does, on a later day.
        let known = |key: &MatterKey| {
            let now = self.catalogue.current(*key, today);
            now.or_else(|| self.catalogue.current(*key, one.from))
        };
        let definitions: Vec<&Definition> = one.matters.iter().filter_map(known).collect();
        let name = |key: &MatterKey| known(key).map_or_else(|| key.to_string(), |def| def.name.clone());
        let stage = |key: &StageKey| {
            let mut stages = definitions.iter().flat_map(|def| &def.stages);
            let found = stages.find(|stage| stage.key == *key);
            found.map_or_else(|| key.to_string(), |stage| stage.name.clone())
        };
        let orders = |key: &SourceKey| {
            let source = self.catalogue.source(key.as_str())?;
            let is_document = !matches!(
                source.kind,
                SourceKind::Requirement | SourceKind::Proposal | SourceKind::Recollection
            );
            is_document.then(|| source.title.clone())
        };
        SeenDevolution {
            matters: one.matters.iter().map(|key| (*key, name(key))).collect(),
            stage_names: one.stages.iter().map(stage).collect(),
            area: self.area_name(&one.area),
            body: self
                .city
                .authority(one.to.as_str())
                .map(|body| body.name.clone())
                .unwrap_or_default(),
            sources: one.provenance.sources.iter().filter_map(orders).collect(),
            unconfirmed: (one.provenance.mark == Mark::Unconfirmed)
                .then(|| one.provenance.note.clone())
                .flatten(),
            in_force: one.from <= today && one.until.is_none_or(|last| today <= last),
            devolution: one.clone(),
        }
    }

    fn area_name(&self, area: &Area) -> String {
        match area {
            Area::Region(code) => {
                let name = self.region_names.get(code);
                name.cloned().unwrap_or_else(|| code.to_string())
            }
            Area::Zone(key) => {
                let zone = self.city.zones.iter().find(|zone| &zone.key == key);
                zone.map_or_else(|| key.clone(), |zone| zone.name.clone())
            }
        }
    }
}

/// Names of the regions to which the city has handed something down. The table is long, and read only for them.
pub(super) fn region_names(
    rules: &RuleFiles,
    city: &City,
) -> Result<BTreeMap<RegionCode, String>, MattersError> {
    let wanted = city.devolutions.iter().filter_map(|one| match &one.area {
        Area::Region(code) => Some(code),
        Area::Zone(_) => None,
    });
    let wanted: Vec<&RegionCode> = wanted.collect();
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let paths = rules.list(DIVISIONS);
    let files: Result<Vec<String>, _> = paths
        .iter()
        .filter(|path| path.ends_with(".csv"))
        .map(|path| rules.text(path))
        .collect();
    let divisions =
        Divisions::from_csv(files?.iter().map(String::as_str)).map_err(|source| MattersError::Table {
            path: DIVISIONS,
            source,
        })?;
    let named = |code: &&RegionCode| Some(((*code).clone(), divisions.name(code)?.to_owned()));
    Ok(wanted.iter().filter_map(named).collect())
}

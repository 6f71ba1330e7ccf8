//! Can a city's file carry the definitions?

use std::collections::BTreeSet;

use codes::LicenceNumberPatterns;

use super::checks::unknown;
use super::facts::Fact;
use super::{Fault, Section};
use crate::model::{Area, City, Definition};

impl City {
    /// Every fault of the city's file against the definitions in use.
    pub fn faults<'a>(&self, definitions: impl IntoIterator<Item = &'a Definition>) -> Vec<Fault> {
        let mut faults: Vec<_> = self.facts().filter_map(Fact::fault).collect();
        self.check_own_keys(&mut faults);
        let mut needed = BTreeSet::new();
        for definition in definitions {
            needed.extend(
                definition
                    .departments
                    .iter()
                    .map(|review| review.department.as_str()),
            );
            self.check_devolutions(definition, &mut faults);
        }
        for department in needed.into_iter().filter(|key| self.authority(key).is_none()) {
            faults.push(self.no_authority(department));
        }
        faults
    }

    /// The table of numbering patterns has what the city's file promises.
    pub fn number_faults<'a>(
        &self,
        definitions: impl IntoIterator<Item = &'a Definition>,
        patterns: &LicenceNumberPatterns,
    ) -> Vec<Fault> {
        let region = &self.licence_numbers.region;
        let digits = usize::from(self.licence_numbers.digits);
        let sound = |code: &str| {
            let number = patterns
                .get(region, code)
                .and_then(|pattern| pattern.number(2026, 1).ok());
            number.is_some_and(|number| number.serial().len() == digits)
        };
        let codes = definitions
            .into_iter()
            .map(|definition| definition.licence.type_code.as_str());
        let codes: BTreeSet<_> = codes.filter(|code| !sound(code)).collect();
        codes
            .into_iter()
            .map(|code| Fault::NumberPattern {
                region: region.clone(),
                code: code.to_owned(),
            })
            .collect()
    }

    fn check_own_keys(&self, faults: &mut Vec<Fault>) {
        let mut seen = BTreeSet::new();
        for body in &self.authorities {
            if !seen.insert(&body.department) {
                let key = body.department.to_string();
                faults.push(Fault::Duplicate {
                    section: Section::Departments,
                    key,
                });
            }
        }
        let devolved = self.devolutions.iter().map(|one| &one.to);
        for department in self.delegations.iter().map(|one| &one.department).chain(devolved) {
            if self.authority(department.as_str()).is_none() {
                faults.push(self.no_authority(department.as_str()));
            }
        }
        for devolution in &self.devolutions {
            if let Area::Zone(zone) = &devolution.area
                && !self.zones.iter().any(|known| &known.key == zone)
            {
                faults.push(Fault::UnknownZone(zone.clone()));
            }
        }
    }

    fn check_devolutions(&self, definition: &Definition, faults: &mut Vec<Fault>) {
        for devolution in self
            .devolutions
            .iter()
            .filter(|one| one.matters.contains(&definition.key))
        {
            for stage in &devolution.stages {
                if definition.stage(stage.as_str()).is_none() {
                    faults.push(unknown(&self.name, Section::Stages, stage.as_str()));
                }
            }
            let decides = devolution.stages.iter().any(|stage| stage.as_str() == "decision");
            if decides && self.acts_by_delegation(definition.industry) {
                faults.push(Fault::DelegatedAgain(definition.industry.label()));
            }
        }
    }

    fn no_authority(&self, department: &str) -> Fault {
        Fault::NoAuthority {
            city: self.name.clone(),
            department: department.to_owned(),
        }
    }
}

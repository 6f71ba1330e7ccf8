//! Licences that enterprises held before the platform began, in every status that time brings.

use std::collections::BTreeMap;

use kernel::{LegalDate, ids::EnterpriseId};
use licences::{DirectIssue, Holder, Licences, Period};
use matters::{Catalogue, Definition, Industry, Kind, MatterKey};
use time::{Date, Duration};

use crate::{DemoError, chance::Chance, invent::Invented};

/// Days for which a licence is good, roughly: three years.
const TERM: i64 = 3 * 365 + 1;
/// Parts of a hundred that have expired, are about to, and are good for longer.
const AGES: [u32; 3] = [10, 8, 82];

/// A licence held.
#[derive(Clone, Debug)]
pub(crate) struct Holding {
    /// Place of the holder among the enterprises.
    pub holder: usize,
    pub industry: Industry,
    pub scope: String,
    pub issued_on: LegalDate,
    pub validity: Period,
    pub expiring: bool,
}

/// How far each series of numbers has come.
pub(crate) type Series = BTreeMap<(Industry, i32), u64>;

/// The holdings on the day on which the platform began, oldest first.
pub(crate) fn before_the_platform(
    invented: &[Invented],
    catalogue: &Catalogue,
    seed: u64,
    today: Date,
    began_on: Date,
) -> Vec<Holding> {
    let mut chance = Chance::of(seed, "holdings");
    let holders: Vec<_> = invented
        .iter()
        .enumerate()
        .filter_map(|(place, one)| {
            one.licence
                .as_ref()
                .filter(|need| need.held)
                .map(|need| (place, need))
        })
        .collect();
    let ages = chance.spread(holders.len(), &AGES);
    let since_began = (today - began_on).whole_days();
    let mut holdings = Vec::with_capacity(holders.len());
    for ((holder, need), age) in holders.into_iter().zip(ages) {
        // Days from the end of the term to today; negative for terms that are over.
        let left = match age {
            0 => chance.between(-150, -3),
            1 => chance.between(2, 86),
            _ => chance.between(96, TERM - since_began - 3),
        };
        let issued_on = LegalDate(today + Duration::days(left - TERM));
        let validity = definition(catalogue, need.industry)
            .and_then(|definition| applications::rules::validity(definition, issued_on));
        holdings.extend(validity.map(|(from, until)| Holding {
            holder,
            industry: need.industry,
            scope: need.scope.clone(),
            issued_on,
            validity: Period { from, until },
            expiring: age == 1,
        }));
    }
    holdings.sort_by_key(|one| (one.issued_on, one.holder));
    holdings
}

/// Licences that follow on some that end within two months: decided early, not in force yet.
pub(crate) fn renewals(holdings: &[Holding], catalogue: &Catalogue, issued_on: Date) -> Vec<Holding> {
    let ends_late = |one: &&Holding| {
        let left = (one.validity.until.0 - issued_on).whole_days();
        one.expiring && (20..=75).contains(&left)
    };
    let count = holdings.len().div_ceil(150);
    holdings
        .iter()
        .filter(ends_late)
        .take(count)
        .filter_map(|old| {
            let from = LegalDate(old.validity.until.0.next_day()?);
            let definition = definition(catalogue, old.industry)?;
            let (from, until) = applications::rules::validity(definition, from)?;
            Some(Holding {
                issued_on: LegalDate(issued_on),
                validity: Period { from, until },
                expiring: false,
                ..old.clone()
            })
        })
        .collect()
}

fn definition(catalogue: &Catalogue, industry: Industry) -> Option<&Definition> {
    let key = MatterKey {
        industry,
        kind: Kind::FirstIssue,
    };
    catalogue.matters().find(|one| one.key == key)
}

/// The holding as the old register hands it over, with the next number of its series.
pub(crate) fn handed_over(
    holding: Holding,
    enterprise: EnterpriseId,
    holder: &Invented,
    series: &mut Series,
    licences: &Licences,
) -> Result<DirectIssue, DemoError> {
    let year = holding.issued_on.0.year();
    let last = series.entry((holding.industry, year)).or_default();
    *last += 1;
    let number = licences
        .numbering()
        .number(holding.industry, u16::try_from(year).unwrap_or(0), *last)?;
    let file = &holder.file;
    let unfit = |what: String| DemoError::Setting(what);
    Ok(DirectIssue {
        number,
        identifier: None,
        enterprise,
        holder: Holder {
            name: file.name.clone(),
            code: file
                .code
                .parse()
                .map_err(|error: codes::BadSubjectCode| unfit(error.message()))?,
            address: file.address.clone(),
            legal_representative: file.legal_representative.clone(),
            economic_type: file.economic_type.clone(),
            region: file
                .region
                .parse()
                .map_err(|error: codes::BadRegionCode| unfit(error.message()))?,
        },
        industry: holding.industry,
        scope: vec![holding.scope],
        validity: holding.validity,
        issued_on: holding.issued_on,
        demo: true,
    })
}

//! Search of enterprises by two characters and more.

use std::time::Instant;

use kernel::{Actor, Role};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use registry::{EnterpriseQuery, Sort};
use server::Platform;

use super::Place;
use crate::{
    Outcome, city,
    report::{Finding, Report, Section, Unit, Verdict},
    stats::{Times, figure},
};

/// Searches of each kind.
const COUNT: usize = 300;

/// A kind of search: its name, words for a name drawn at random, order, region of the officer.
struct Kind {
    name: &'static str,
    words: fn(&[char], &mut StdRng) -> String,
    sort: Sort,
    region: &'static str,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "2 characters, one city",
        words: |name, chance| part(name, 2, chance),
        sort: Sort::Registered,
        region: "3601",
    },
    Kind {
        name: "2 characters, whole province",
        words: |name, chance| part(name, 2, chance),
        sort: Sort::Registered,
        region: "36",
    },
    Kind {
        name: "2 characters, one city, by name",
        words: |name, chance| part(name, 2, chance),
        sort: Sort::Name,
        region: "3601",
    },
    Kind {
        name: "3 to 5 characters, one city",
        words: |name, chance| {
            let length = chance.random_range(3..=5);
            part(name, length, chance)
        },
        sort: Sort::Registered,
        region: "3601",
    },
    Kind {
        name: "two words of 2 characters, one city",
        words: |name, chance| format!("{} {}", part(name, 2, chance), part(name, 2, chance)),
        sort: Sort::Registered,
        region: "3601",
    },
    Kind {
        name: "two words of 2 characters, whole province, by name",
        words: |name, chance| format!("{} {}", part(name, 2, chance), part(name, 2, chance)),
        sort: Sort::Name,
        region: "36",
    },
    Kind {
        name: "whole name, whole province",
        words: |name, _| name.iter().collect(),
        sort: Sort::Registered,
        region: "36",
    },
    Kind {
        name: "nothing found, whole province",
        words: |name, chance| format!("{}囧", part(name, 3, chance)),
        sort: Sort::Registered,
        region: "36",
    },
];

/// Characters of a name that stand together.
fn part(name: &[char], length: usize, chance: &mut StdRng) -> String {
    let length = length.min(name.len());
    let from = chance.random_range(0..=name.len() - length);
    name.iter().skip(from).take(length).collect()
}

pub(super) async fn run(place: &Place<'_>, platform: &Platform, report: &mut Report) -> Outcome<()> {
    for kind in KINDS {
        let actor = city::officer(Role::WindowClerk, kind.region);
        let times = many(place, platform, &actor, kind).await?;
        report.add(
            Finding::of(
                Section::Search,
                kind.name,
                format!(
                    "p50 {} ms, p99 {} ms",
                    figure(times.at(0.5)),
                    figure(times.at(0.99))
                ),
            )
            .on(place.engine, place.size)
            .judged(Verdict::at_most("p95", times.at(0.95), 50.0, Unit::Millis)),
        );
    }
    Ok(())
}

async fn many(place: &Place<'_>, platform: &Platform, actor: &Actor, kind: &Kind) -> Outcome<Times> {
    let mut chance = StdRng::seed_from_u64(11);
    let mut times = Times::new()?;
    for _ in 0..COUNT {
        let name = place.names.get(chance.random_range(0..place.names.len()));
        let name: Vec<char> = name.map(String::as_str).unwrap_or_default().chars().collect();
        let query = EnterpriseQuery {
            q: Some((kind.words)(&name, &mut chance)),
            sort: kind.sort,
            ..EnterpriseQuery::default()
        };
        let begun = Instant::now();
        platform.registry.search(actor, &query).await?;
        times.add(begun.elapsed());
    }
    Ok(times)
}

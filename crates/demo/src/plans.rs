//! Who applies for what, and how it goes.

use std::collections::BTreeMap;

use kernel::LegalDate;
use matters::{Catalogue, Definition, Industry, Kind, MatterKey};
use time::OffsetDateTime;

use crate::{
    DemoError,
    chance::Chance,
    invent::Invented,
    scripts::{Act, SCRIPTS, Script},
    workdays::Workdays,
};

/// The size of the city for which the counts of the scripts are given.
const FULL: usize = 12_000;
/// Share of applications by industry; where nobody is left to apply, construction stands in.
const APPLICANTS: [(Industry, u32); 6] = [
    (Industry::Construction, 46),
    (Industry::Hazchem, 22),
    (Industry::NoncoalMine, 14),
    (Industry::Fireworks, 10),
    (Industry::CivilExplosives, 4),
    (Industry::Coal, 4),
];

/// An application to be.
pub(crate) struct Plan<'a> {
    /// Name of its script.
    pub script: &'static str,
    /// Login of the enterprise.
    pub login: String,
    /// Place of the enterprise.
    pub enterprise: usize,
    /// What is applied for.
    pub scope: String,
    /// The matter, in the version in force on the day of the draft.
    pub definition: &'a Definition,
    /// What is done, in order.
    pub acts: Vec<(OffsetDateTime, Act)>,
}

/// Chooses applicants among the enterprises that need a licence and hold none.
pub(crate) struct Planner<'a> {
    pub catalogue: &'a Catalogue,
    pub days: &'a Workdays,
    pub seed: u64,
    pub today: LegalDate,
}

impl<'a> Planner<'a> {
    /// The applications of the city.
    pub fn plans(&self, invented: &[Invented]) -> Result<Vec<Plan<'a>>, DemoError> {
        let mut pool = Pool::of(invented, self.seed);
        let mut plans = Vec::new();
        for script in SCRIPTS {
            for nth in 0..scaled(script.count, invented.len()) {
                let applicant = pool.next().ok_or(DemoError::Script("nobody is left to apply"))?;
                let shown = script.login.filter(|_| nth == 0).map(str::to_owned);
                let login = shown.unwrap_or_else(|| format!("ent.{:03}", plans.len() + 1));
                plans.push(self.plan(script, applicant, login, invented, plans.len())?);
            }
        }
        Ok(plans)
    }

    fn plan(
        &self,
        script: &Script,
        enterprise: usize,
        login: String,
        invented: &[Invented],
        nth: usize,
    ) -> Result<Plan<'a>, DemoError> {
        let need = invented.get(enterprise).and_then(|one| one.licence.as_ref());
        let need = need.ok_or(DemoError::Script("the applicant needs no licence"))?;
        let (definition, acts) = self
            .life(script, need.industry, nth)
            .ok_or(DemoError::Script("the matter was not in force then"))?;
        Ok(Plan {
            script: script.name,
            login,
            enterprise,
            scope: need.scope.clone(),
            definition,
            acts,
        })
    }

    /// The life, told by the version of the matter in force when it began.
    fn life(
        &self,
        script: &Script,
        industry: Industry,
        nth: usize,
    ) -> Option<(&'a Definition, Vec<(OffsetDateTime, Act)>)> {
        let key = MatterKey {
            industry,
            kind: Kind::FirstIssue,
        };
        let tell = |definition| {
            let mut chance = Chance::of(self.seed, &format!("life {nth}"));
            script.tell(definition, self.days, &mut chance)
        };
        let now = self.catalogue.current(key, self.today.0)?;
        let acts = tell(now);
        let begun = acts.first().map(|(at, _)| codes::legal_date(*at))?;
        let then = self.catalogue.current(key, begun)?;
        if then.version == now.version {
            return Some((now, acts));
        }
        Some((then, tell(then)))
    }
}

fn scaled(count: usize, enterprises: usize) -> usize {
    (count * enterprises.min(FULL)).div_euclid(FULL).max(1)
}

/// Those who can apply, by industry.
struct Pool {
    free: BTreeMap<Industry, Vec<usize>>,
    chance: Chance,
}

impl Pool {
    fn of(invented: &[Invented], seed: u64) -> Self {
        let mut free: BTreeMap<Industry, Vec<usize>> = BTreeMap::new();
        for (place, one) in invented.iter().enumerate() {
            if let Some(need) = one.licence.as_ref().filter(|need| !need.held) {
                free.entry(need.industry).or_default().push(place);
            }
        }
        let mut chance = Chance::of(seed, "applicants");
        free.values_mut().for_each(|places| chance.shuffle(places));
        Self { free, chance }
    }

    fn next(&mut self) -> Option<usize> {
        let (industry, _) = APPLICANTS[self.chance.weighted(APPLICANTS.iter().map(|(_, share)| *share))];
        let mut draw = |industry| self.free.get_mut(&industry)?.pop();
        draw(industry)
            .or_else(|| draw(Industry::Construction))
            .or_else(|| Industry::ALL.into_iter().find_map(draw))
    }
}

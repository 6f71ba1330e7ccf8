//! Lives through the past: every deed at its hour, every job as soon as it is due, every midnight passed.

use std::{collections::HashSet, num::NonZero, sync::Arc};

use kernel::{JobHandler, LegalDate, Workers};
use matters::Catalogue;
use registry::{
    EnterpriseState,
    model::{FacilityDetails, FacilityKind, HazardLevel, Post, StaffDetails},
};
use time::{Date, Duration, OffsetDateTime};

use crate::{
    DemoClock, DemoError, Parts, Wish, accounts,
    chance::Chance,
    holdings,
    invent::{self, Invented},
    making::Founded,
    materials::Shelf,
    past,
    plans::Plan,
    sanctions::{Sanctions, Signing},
    scripts::Act,
    setting::Setting,
    stage::{Case, Stage},
    workdays::{Workdays, instant},
};

/// Login of the officer who keeps enterprise files.
const FILES: &str = "clerk";
/// Enterprises that come into the registry one by one, that stop and that close, in a large city.
const LATER: usize = 24;
const HALTED: usize = 14;
const CLOSED: usize = 10;
/// Applicants whose key staff and hazard sources are on file.
const WITH_STAFF: usize = 12;
/// Working days ago on which renewals of other platforms are taken over.
const RENEWALS_AGO: usize = 3;
/// Seconds after which a worker has taken a job up.
const PICKED_UP: Duration = Duration::seconds(2);
/// A day in parts of two hours, at whose end documents are signed; the last one ends at midnight.
const PARTS: i64 = 12;
const MINUTES: i64 = 120;
/// Deeds after which progress is told.
const STRIDE: usize = 500;

/// Enterprises to which something happens outside of applications.
pub(crate) struct Trickle {
    later: Vec<usize>,
    halted: Vec<usize>,
    closed: Vec<usize>,
    known_later: HashSet<usize>,
}

impl Trickle {
    /// Chooses among those that need no licence.
    pub fn choose(invented: &[Invented], seed: u64) -> Self {
        let mut places: Vec<usize> = (0..invented.len())
            .filter(|place| invented[*place].licence.is_none())
            .collect();
        Chance::of(seed, "trickle").shuffle(&mut places);
        let most = places.len() / 10;
        let mut take = |count: usize| places.split_off(places.len() - count.min(most));
        let (later, halted, closed) = (take(LATER), take(HALTED), take(CLOSED));
        Self {
            known_later: later.iter().copied().collect(),
            later,
            halted,
            closed,
        }
    }

    /// Whether the enterprise is not there on the first day.
    pub fn comes_later(&self, place: usize) -> bool {
        self.known_later.contains(&place)
    }
}

/// Something that happens on a day of the past.
enum Deed {
    /// An act of an application.
    Act { case: usize, act: Act },
    /// An enterprise is registered at the window.
    Register(usize),
    /// An enterprise stops or closes.
    Change(usize, EnterpriseState),
    /// Key staff and a hazard source are entered.
    File(usize),
    /// Licences renewed elsewhere are taken over.
    Renewals,
    /// Some licences are suspended, revoked, rescinded, withdrawn and deregistered.
    Sanctions,
}

/// The days between the first and today.
pub(crate) struct Days<'a> {
    pub parts: &'a Parts,
    pub clock: &'a DemoClock,
    pub wish: Wish,
    pub tell: &'a (dyn Fn(&str) + Send + Sync),
    pub catalogue: &'a Catalogue,
    pub workdays: &'a Workdays,
    pub setting: &'a Setting,
    pub shelf: Shelf,
}

impl Days<'_> {
    /// Plays everything in the order of time.
    pub async fn live(&self, founded: &mut Founded, plans: Vec<Plan<'_>>) -> Result<(), DemoError> {
        let mut deeds = self.other_deeds(founded, &plans);
        let mut cases = Vec::with_capacity(plans.len());
        for (place, plan) in plans.into_iter().enumerate() {
            let acts = plan.acts.into_iter();
            deeds.extend(acts.map(|(at, act)| (at, Deed::Act { case: place, act })));
            let chance = Chance::of(self.wish.seed, &format!("case {place}"));
            cases.push((
                plan.script,
                Case::new(plan.definition, plan.login, plan.scope, chance),
            ));
        }
        deeds.sort_by_key(|(at, _)| *at);
        self.play_all(founded, &mut cases, deeds).await
    }

    /// The deeds in their order. Documents are signed every two hours, on all cores; licences at once, and what
    /// the law attaches to the end of a day at midnight, both one by one: so numbers and identifiers come out alike
    /// every time.
    async fn play_all(
        &self,
        founded: &mut Founded,
        cases: &mut [(&'static str, Case<'_>)],
        deeds: Vec<(OffsetDateTime, Deed)>,
    ) -> Result<(), DemoError> {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let (one_by_one, side_by_side) = (self.workers(1), self.workers(cores));
        let (total, mut done) = (deeds.len(), 0);
        let mut deeds = deeds.into_iter().peekable();
        let mut day = past::first_day(self.wish.today);
        while day < self.wish.today.0 {
            for part in 1..=PARTS {
                let (until, before) = (instant(day, part * MINUTES), done);
                while let Some((at, deed)) = deeds.next_if(|(at, _)| *at < until) {
                    self.clock.put(at);
                    let grants = matches!(deed, Deed::Act { act: Act::Grant, .. });
                    self.play(founded, cases, deed, codes::legal_date(at)).await?;
                    if grants {
                        self.clock.put(at + PICKED_UP);
                        one_by_one.drain().await?;
                    }
                    done += 1;
                    if done % STRIDE == 0 || done == total {
                        (self.tell)(&format!("办理过程 {done}/{total}，{}", LegalDate(day)));
                    }
                }
                self.clock.put(until);
                match part {
                    PARTS => one_by_one.drain().await?,
                    _ if done > before => side_by_side.drain().await?,
                    _ => 0,
                };
            }
            day += Duration::DAY;
        }
        Ok(())
    }

    fn workers(&self, at_once: usize) -> Workers {
        let parts = self.parts;
        let mut handlers: Vec<Arc<dyn JobHandler>> = registry::handlers(parts.registry.clone());
        handlers.extend(applications::handlers(parts.applications.clone()));
        handlers.extend(licences::handlers(parts.licences.clone()));
        handlers.extend(parts.followers.iter().cloned());
        Workers::new(parts.kernel.clone(), handlers, at_once)
    }

    fn other_deeds(&self, founded: &Founded, plans: &[Plan<'_>]) -> Vec<(OffsetDateTime, Deed)> {
        let mut chance = Chance::of(self.wish.seed, "deeds");
        let oldest = past::WORKING_DAYS / 2;
        let mut on_some_day = |deed: Deed| {
            let ago = chance
                .between(1, i64::try_from(oldest).unwrap_or(1))
                .unsigned_abs();
            let day = self.workdays.ago(usize::try_from(ago).unwrap_or(1));
            (instant(day, chance.between(9 * 60, 17 * 60)), deed)
        };
        let trickle = &founded.trickle;
        let registered = trickle.later.iter().map(|place| Deed::Register(*place));
        let change = |state| move |place: &usize| Deed::Change(*place, state);
        let halted = trickle.halted.iter().map(change(EnterpriseState::Halted));
        let closed = trickle.closed.iter().map(change(EnterpriseState::Closed));
        let filed = plans
            .iter()
            .take(WITH_STAFF)
            .map(|plan| Deed::File(plan.enterprise));
        let deeds = registered.chain(halted).chain(closed).chain(filed);
        let mut deeds: Vec<_> = deeds.map(&mut on_some_day).collect();
        let renewals = instant(self.workdays.ago(RENEWALS_AGO), 16 * 60);
        deeds.push((renewals, Deed::Renewals));
        deeds.push((instant(self.workdays.ago(RENEWALS_AGO), 17 * 60), Deed::Sanctions));
        deeds
    }

    async fn play(
        &self,
        founded: &mut Founded,
        cases: &mut [(&'static str, Case<'_>)],
        deed: Deed,
        on: Date,
    ) -> Result<(), DemoError> {
        match deed {
            Deed::Act { case, act } => self.act(founded, &mut cases[case], &act, on).await,
            Deed::Register(place) => self.register(founded, place).await,
            Deed::Change(place, state) => self.change(founded, place, state).await,
            Deed::File(place) => self.file(founded, place).await,
            Deed::Renewals => self.renewals(founded).await,
            Deed::Sanctions => self.sanctions(founded, LegalDate(on)).await,
        }
    }

    async fn act(
        &self,
        founded: &mut Founded,
        (script, case): &mut (&'static str, Case<'_>),
        act: &Act,
        on: Date,
    ) -> Result<(), DemoError> {
        let stage = Stage {
            applications: &self.parts.applications,
            cast: &founded.cast,
            shelf: &self.shelf,
            on: LegalDate(on),
        };
        let played = stage.play(case, act).await;
        played.map_err(|source| DemoError::Life {
            script,
            act: format!("{act:?}"),
            source: Box::new(source),
        })?;
        if *act == Act::Grant {
            // The licence that is issued now takes the next number of its series.
            let series = (case.definition.industry, on.year());
            *founded.series.entry(series).or_default() += 1;
        }
        Ok(())
    }

    async fn register(&self, founded: &mut Founded, place: usize) -> Result<(), DemoError> {
        let file = founded.invented[place].file.clone();
        let clerk = founded.cast.actor(FILES)?;
        let registered = self.parts.registry.register(clerk, file).await?;
        founded.ids[place] = Some(registered.id);
        Ok(())
    }

    async fn change(&self, founded: &Founded, place: usize, state: EnterpriseState) -> Result<(), DemoError> {
        let Some(id) = founded.ids[place] else {
            return Ok(());
        };
        let clerk = founded.cast.actor(FILES)?;
        let version = self.parts.registry.enterprise(clerk, id).await?.version;
        let file = founded.invented[place].file.clone();
        self.parts
            .registry
            .change(clerk, id, version, file, Some(state))
            .await?;
        Ok(())
    }

    async fn file(&self, founded: &Founded, place: usize) -> Result<(), DemoError> {
        let Some(id) = founded.ids[place] else {
            return Ok(());
        };
        let clerk = founded.cast.actor(FILES)?;
        let mut chance = Chance::of(self.wish.seed, &format!("staff {place}"));
        for post in [Post::Principal, Post::SafetyOfficer, Post::SpecialOperator] {
            let details = self.staff(post, &mut chance);
            self.parts.registry.add_staff(clerk, id, details).await?;
        }
        let file = &founded.invented[place].file;
        let details = FacilityDetails {
            name: "一号储存区".to_owned(),
            kind: FacilityKind::MajorHazardSource,
            class: "储存单元".to_owned(),
            level: Some(*chance.one(HazardLevel::ALL)),
            filing_number: Some(format!("演示备{:05}", chance.between(1, 99_999))),
            longitude: file.longitude,
            latitude: file.latitude,
            ended_on: None,
        };
        self.parts.registry.add_facility(clerk, id, details).await?;
        Ok(())
    }

    fn staff(&self, post: Post, chance: &mut Chance) -> StaffDetails {
        let since = self.wish.today.0 - Duration::days(chance.between(200, 900));
        let (certificate, years) = match post {
            Post::SpecialOperator => ("特种作业操作证", 6),
            _ => ("安全生产知识和管理能力考核合格证", 3),
        };
        StaffDetails {
            name: invent::person(self.setting, chance),
            post,
            identity_number: None,
            phone: Some(invent::phone(self.setting, chance)),
            certificate_kind: certificate.to_owned(),
            certificate_number: format!("演示{:08}", chance.between(1, 99_999_999)),
            valid_from: Some(LegalDate(since)),
            valid_until: Some(LegalDate(since + Duration::days(years * 365))),
            left_on: None,
        }
    }

    async fn sanctions(&self, founded: &Founded, on: LegalDate) -> Result<(), DemoError> {
        let workers = self.workers(1);
        let sign = || -> Signing<'_> {
            Box::pin(async {
                workers.drain().await?;
                Ok(())
            })
        };
        let sanctions = Sanctions {
            licences: &self.parts.licences,
            cast: &founded.cast,
            shelf: &self.shelf,
            clerk: FILES,
            on,
            sign: &sign,
        };
        sanctions.play().await
    }

    async fn renewals(&self, founded: &mut Founded) -> Result<(), DemoError> {
        let issued_on = self.workdays.ago(RENEWALS_AGO + 1);
        let renewed = holdings::renewals(&founded.holdings, self.catalogue, issued_on);
        let mut taken_over = Vec::with_capacity(renewed.len());
        for holding in renewed {
            let Some(id) = founded.ids[holding.holder] else {
                continue;
            };
            let holder = &founded.invented[holding.holder];
            let licences = &self.parts.licences;
            taken_over.push(holdings::handed_over(
                holding,
                id,
                holder,
                &mut founded.series,
                licences,
            )?);
        }
        let admin = founded.cast.actor(accounts::ADMIN)?;
        self.parts.licences.issue_many_directly(admin, taken_over).await?;
        Ok(())
    }
}

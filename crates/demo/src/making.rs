//! Makes the city: accounts, enterprises and licences on the first day, then one day after the other.

use std::sync::Arc;

use identity::NewAccount;
use kernel::{Actor, LegalDate, Role, ids::EnterpriseId};
use matters::Catalogue;
use registry::NewEnterprise;
use time::{Duration, Month, OffsetDateTime};

use crate::{
    DemoClock, DemoError, Parts, Wish, accounts,
    chance::Chance,
    days::{Days, Trickle},
    holdings::{self, Holding, Series},
    invent::{self, Invented},
    materials::Shelf,
    past,
    plans::{Plan, Planner},
    setting::Setting,
    stage::Cast,
    workdays::Workdays,
};

/// Enterprises registered, and licences taken over, at a time.
const BATCH: usize = 1000;
/// Enterprises are older than the platform by so many days.
const OLDER: Duration = Duration::days(40);

/// The making of one city.
pub(crate) struct Making<'a> {
    parts: &'a Parts,
    clock: &'a DemoClock,
    wish: Wish,
    tell: &'a (dyn Fn(&str) + Send + Sync),
    setting: Setting,
    catalogue: Arc<Catalogue>,
    now: OffsetDateTime,
}

/// What the first day leaves behind.
pub(crate) struct Founded {
    pub cast: Cast,
    pub invented: Vec<Invented>,
    /// The place of each enterprise in the registry, once it is there.
    pub ids: Vec<Option<EnterpriseId>>,
    pub holdings: Vec<Holding>,
    pub series: Series,
    pub trickle: Trickle,
}

type Outcome<T> = Result<T, DemoError>;

impl<'a> Making<'a> {
    /// Reads the ingredients.
    pub fn new(
        parts: &'a Parts,
        clock: &'a DemoClock,
        wish: Wish,
        tell: &'a (dyn Fn(&str) + Send + Sync),
    ) -> Outcome<Self> {
        Ok(Self {
            setting: Setting::load(&parts.kernel)?,
            catalogue: parts.matters.catalogue(),
            now: wish.beginning(),
            parts,
            clock,
            wish,
            tell,
        })
    }

    /// Makes everything.
    pub async fn run(mut self) -> Outcome<()> {
        let invented = self.invent()?;
        let mut cast = Cast::default();
        self.officers(&mut cast).await?;
        let trickle = Trickle::choose(&invented, self.wish.seed);
        let ids = self.enterprises(&cast, &invented, &trickle).await?;
        let holdings = holdings::before_the_platform(
            &invented,
            &self.catalogue,
            self.wish.seed,
            self.wish.today.0,
            past::first_day(self.wish.today),
        );
        let mut founded = Founded {
            cast,
            invented,
            ids,
            holdings,
            series: Series::new(),
            trickle,
        };
        self.take_over(&mut founded).await?;
        let catalogue = Arc::clone(&self.catalogue);
        let calendar = self.parts.matters.calendar();
        let workdays = Workdays::before(self.wish.today, past::WORKING_DAYS, &calendar);
        let planner = Planner {
            catalogue: &catalogue,
            days: &workdays,
            seed: self.wish.seed,
            today: self.wish.today,
        };
        let plans = planner.plans(&founded.invented)?;
        self.people(&mut founded, &plans).await?;
        let days = Days {
            parts: self.parts,
            clock: self.clock,
            wish: self.wish,
            tell: self.tell,
            catalogue: &catalogue,
            workdays: &workdays,
            setting: &self.setting,
            shelf: Shelf::default(),
        };
        days.live(&mut founded, plans).await?;
        let admin = founded.cast.actor(accounts::ADMIN)?;
        self.parts.licences.press_missing(admin).await?;
        Ok(())
    }

    fn invent(&self) -> Outcome<Vec<Invented>> {
        let until = past::first_day(self.wish.today) - OLDER;
        let divisions = self.parts.registry.divisions();
        invent::enterprises(
            &self.setting,
            divisions,
            self.wish.seed,
            self.wish.enterprises,
            until,
        )
    }

    /// A moment later.
    fn tick(&mut self, seconds: i64) {
        self.now += Duration::seconds(seconds);
        self.clock.put(self.now);
    }

    /// The accounts of authorities: the administrator by the platform itself, all others by the administrator.
    async fn officers(&mut self, cast: &mut Cast) -> Outcome<()> {
        let mut officers = accounts::officers(&self.setting, self.wish.seed);
        (self.tell)(&format!("建立机关账号 {} 个", officers.len()));
        let others = officers.split_off(1);
        let system = Actor::system("演示");
        let joined = self.join(&system, officers, cast).await?;
        let admin = joined.first().ok_or(DemoError::Script("no administrator"))?;
        let joined = self.join(admin, others, cast).await?;
        let qualified = |one: &&Actor| one.roles.iter().any(|role| accounts::holds_qualification(*role));
        for (place, officer) in joined.iter().filter(qualified).enumerate() {
            self.qualify(admin, officer, place).await?;
        }
        Ok(())
    }

    /// Makes accounts and lets them act.
    async fn join(&mut self, maker: &Actor, new: Vec<NewAccount>, cast: &mut Cast) -> Outcome<Vec<Actor>> {
        self.tick(60);
        let identity = &self.parts.identity;
        let made = identity.create_many(maker, new).await?;
        let actors = made.into_iter().map(|account| {
            let actor = identity.actor(&account, &Actor::system("演示"));
            cast.join(account.login, actor.clone());
            actor
        });
        Ok(actors.collect())
    }

    async fn qualify(&self, maker: &Actor, officer: &Actor, place: usize) -> Outcome<()> {
        let Some(account) = officer.account else {
            return Ok(());
        };
        let first = self
            .now
            .date()
            .replace_month(Month::January)
            .unwrap_or(self.now.date());
        let valid = (
            LegalDate(first - Duration::days(365)),
            LegalDate(first + Duration::days(4 * 365)),
        );
        let (number, issuer) = (format!("赣演示{:05}", place + 1), "江西省人民政府（演示）");
        let added = self.parts.identity.add_qualification(
            maker,
            account,
            number,
            "all".to_owned(),
            issuer.to_owned(),
            valid,
        );
        added.await?;
        Ok(())
    }

    /// Registers everybody but those who come later.
    async fn enterprises(
        &mut self,
        cast: &Cast,
        invented: &[Invented],
        trickle: &Trickle,
    ) -> Outcome<Vec<Option<EnterpriseId>>> {
        let admin = cast.actor(accounts::ADMIN)?;
        let mut ids = vec![None; invented.len()];
        let known: Vec<usize> = (0..invented.len())
            .filter(|place| !trickle.comes_later(*place))
            .collect();
        let mut done = 0;
        for batch in known.chunks(BATCH) {
            self.tick(60);
            let files: Vec<NewEnterprise> = batch.iter().map(|place| invented[*place].file.clone()).collect();
            let registered = self.parts.registry.register_many(admin, files).await?;
            for (place, id) in batch.iter().zip(registered) {
                ids[*place] = Some(id);
            }
            done += batch.len();
            (self.tell)(&format!("登记企业 {done}/{}", invented.len()));
        }
        Ok(ids)
    }

    /// Takes the licences over that were issued before the platform.
    async fn take_over(&mut self, founded: &mut Founded) -> Outcome<()> {
        let mut old = Vec::with_capacity(founded.holdings.len());
        for holding in &founded.holdings {
            let id = founded.ids.get(holding.holder).copied().flatten();
            let id = id.ok_or(DemoError::Script("the holder is not registered"))?;
            let holder = &founded.invented[holding.holder];
            let licences = &self.parts.licences;
            old.push(holdings::handed_over(
                holding.clone(),
                id,
                holder,
                &mut founded.series,
                licences,
            )?);
        }
        (self.tell)(&format!("接管原有许可证 {} 个", old.len()));
        let admin = founded.cast.actor(accounts::ADMIN)?;
        for batch in old.chunks(BATCH) {
            self.tick(60);
            let licences = &self.parts.licences;
            licences.issue_many_directly(admin, batch.to_vec()).await?;
        }
        Ok(())
    }

    /// The accounts of enterprises: of all that apply, and of those that are shown for their licences.
    async fn people(&mut self, founded: &mut Founded, plans: &[Plan<'_>]) -> Outcome<()> {
        let mut wanted: Vec<(String, Role, usize)> = plans
            .iter()
            .map(|plan| (plan.login.clone(), Role::EnterpriseManager, plan.enterprise))
            .collect();
        let granted = wanted.iter().find(|(login, ..)| login == "ent.granted");
        let granted = granted.map(|(.., place)| ("ent.officer", Role::EnterpriseOfficer, *place));
        let today = self.wish.today;
        let holder = |fits: fn(&Holding, LegalDate) -> bool| {
            let found = founded.holdings.iter().rev().find(|one| fits(one, today));
            found.map(|one| one.holder)
        };
        let manager =
            |login, place: Option<usize>| place.map(|place| (login, Role::EnterpriseManager, place));
        let shown = [
            granted,
            manager("ent.expiring", holder(|one, _| one.expiring)),
            manager("ent.expired", holder(|one, today| one.validity.until < today)),
        ];
        let shown = shown.into_iter().flatten();
        wanted.extend(shown.map(|(login, role, place)| (login.to_owned(), role, place)));
        (self.tell)(&format!("建立企业账号 {} 个", wanted.len()));
        let mut chance = Chance::of(self.wish.seed, "enterprise people");
        let admin = founded.cast.actor(accounts::ADMIN)?.clone();
        let mut new = Vec::with_capacity(wanted.len());
        for (login, role, place) in wanted {
            let id = founded.ids.get(place).copied().flatten();
            let id = id.ok_or(DemoError::Script("the enterprise is not registered"))?;
            let region = founded.invented[place].file.region.clone();
            new.push(accounts::of_enterprise(
                &login,
                role,
                id,
                &region,
                &self.setting,
                &mut chance,
            ));
        }
        self.join(&admin, new, &mut founded.cast).await?;
        Ok(())
    }
}

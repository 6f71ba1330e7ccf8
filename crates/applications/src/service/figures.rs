//! Figures for those who lead: counted by the database within the actor's scope, never from rows in memory.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Actor, FieldError, LegalDate, Permission, ids::AccountId};
use matters::{Definition, Term};
use time::{Date, Duration};

use super::{Applications, ApplicationsError, Outcome};
use crate::{
    model::{
        DayCount, DepartmentFigure, Load, OfficerFigure, OfficerFigures, RegionLoad, StageLoad, StateName,
    },
    rules::{self, ClockUnit, MOST_DAYS, amount},
    store::{self, About, OfficerRow, SpentRow, StageRow, WaitingRow},
};

/// Days that a span has unless it is given, today included.
const USUAL_DAYS: i64 = 30;

impl From<StageRow> for Load {
    fn from(row: StageRow) -> Self {
        Self {
            open: row.number,
            late: row.late,
            today: row.today,
            soon: row.soon,
            held: row.held,
        }
    }
}

impl From<&OfficerRow> for Load {
    fn from(row: &OfficerRow) -> Self {
        Self {
            open: row.number,
            late: row.late,
            today: row.today,
            soon: row.soon,
            held: row.held,
        }
    }
}

impl Applications {
    /// The legal day now.
    pub(crate) fn today(&self) -> LegalDate {
        self.now().legal_date()
    }

    /// Open applications by state, in the order of the law; states without any are there too.
    ///
    /// # Errors
    /// [`ApplicationsError::Forbidden`].
    pub async fn stage_figures(&self, actor: &Actor, about: &About) -> Outcome<Vec<StageLoad>> {
        actor.require(Permission::FiguresRead)?;
        let rows = store::stages(self.kernel.db(), actor, about, self.today()).await?;
        let mut loads = BTreeMap::new();
        for row in rows {
            loads.insert(store::state(&row.state)?, Load::from(row));
        }
        let of = |state: StateName| loads.get(&state).copied().unwrap_or_default();
        let stages = StateName::OPEN.map(|state| StageLoad {
            state,
            load: of(state),
        });
        Ok(stages.into())
    }

    /// The days asked for; the last thirty unless given.
    ///
    /// # Errors
    /// [`ApplicationsError::Invalid`] for a span that is none or too long.
    pub(crate) fn span(
        &self,
        from: Option<LegalDate>,
        until: Option<LegalDate>,
    ) -> Outcome<(LegalDate, LegalDate)> {
        let until = until.unwrap_or_else(|| self.today());
        let from = from.unwrap_or_else(|| back(until, USUAL_DAYS - 1));
        let days = (until.0 - from.0).whole_days() + 1;
        let fault = |message: String| {
            Err(ApplicationsError::Invalid(vec![FieldError::new(
                "until", message,
            )]))
        };
        match days {
            ..=0 => fault(format!("截止日期 {until} 早于开始日期 {from}，请调换或者改正")),
            days if days > MOST_DAYS => fault(format!(
                "一次最多统计 {MOST_DAYS} 天，现为 {days} 天，请缩短或者分段统计"
            )),
            _ => Ok((from, until)),
        }
    }

    /// What happened on each day of a span.
    ///
    /// # Errors
    /// [`ApplicationsError::Forbidden`].
    pub async fn day_figures(
        &self,
        actor: &Actor,
        about: &About,
        (from, until): (LegalDate, LegalDate),
    ) -> Outcome<Vec<DayCount>> {
        actor.require(Permission::FiguresRead)?;
        let (db, span) = (self.kernel.db(), store::Span::new(Some(from), Some(until)));
        let submitted = store::submitted_by_day(db, actor, about, span).await?;
        let accepted = store::accepted_by_day(db, actor, about, span).await?;
        let decided = store::decided_by_day(db, actor, about, span).await?;
        let quiet = |day: LegalDate| {
            let workday = self.inner.calendar.is_working_day(day.0).ok();
            (day, DayCount::quiet(day, workday))
        };
        let mut counts: BTreeMap<LegalDate, DayCount> = rules::days(from, until).map(quiet).collect();
        for (number, times) in submitted {
            if let Some(day) = day_of(number).and_then(|day| counts.get_mut(&day)) {
                day.submitted = times;
            }
        }
        for (day, times) in accepted {
            if let Some(day) = counts.get_mut(&day) {
                day.accepted = times;
            }
        }
        for (day, state, times) in decided {
            let Some(day) = counts.get_mut(&day) else { continue };
            match store::state(&state)? {
                StateName::Granted => day.granted = times,
                StateName::Refused => day.refused = times,
                _ => day.not_accepted = times,
            }
        }
        Ok(counts.into_values().collect())
    }

    /// How departments keep their time in parallel reviews: done in a span, open now. Who keeps applications sees
    /// every department, any other its own.
    ///
    /// # Errors
    /// [`ApplicationsError::Forbidden`].
    pub async fn department_figures(
        &self,
        actor: &Actor,
        about: &About,
        (from, until): (LegalDate, LegalDate),
    ) -> Outcome<Vec<DepartmentFigure>> {
        actor.require(Permission::FiguresRead)?;
        let (db, span) = (self.kernel.db(), store::Span::new(Some(from), Some(until)));
        let finished = store::finished_reviews(db, actor, about, span).await?;
        let open = store::open_reviews(db, actor, about, self.today()).await?;
        let mut departments = self.reviewing(actor, about);
        departments.extend(finished.iter().map(|row| row.department.clone()));
        departments.extend(open.iter().map(|row| row.department.clone()));
        let figures = departments.into_iter().map(|department| {
            let (limit, unit) = (self.limit(&department, about), self.unit(&department, about));
            department_figure(department, (limit, unit), &finished, &open)
        });
        Ok(figures.collect())
    }

    fn matters_of<'a>(&'a self, about: &'a About) -> impl Iterator<Item = &'a Definition> {
        let wanted = move |def: &&Definition| {
            let matter = about.matter.as_ref();
            let industry = about.industry.as_deref();
            matter.is_none_or(|one| *one == def.key.to_string())
                && industry.is_none_or(|one| one == def.industry.as_str())
        };
        self.inner.catalogue.in_use(self.today().0).filter(wanted)
    }

    /// Departments that review the matters in use, as far as the actor learns of them.
    fn reviewing(&self, actor: &Actor, about: &About) -> BTreeSet<String> {
        let own = actor.scope.department.as_deref();
        let keeps = own.is_none_or(|own| {
            let mut all = self.inner.catalogue.in_use(self.today().0);
            all.any(|def| def.power.implementing_department.as_str() == own)
        });
        let departments = self.matters_of(about).flat_map(Definition::departments);
        let names = departments.map(|review| review.department.to_string());
        names.filter(|name| keeps || own == Some(name.as_str())).collect()
    }

    /// The terms that matters give a department for its review.
    fn terms_of<'a>(&'a self, department: &'a str, about: &'a About) -> impl Iterator<Item = Term> {
        self.matters_of(about).flat_map(move |def| {
            let own = def
                .departments()
                .filter(move |review| review.department.as_str() == department);
            own.filter_map(|review| def.clock(review.clock.as_str()))
                .map(|clock| clock.term)
        })
    }

    /// The limit of a department, if all its matters give it the same.
    fn limit(&self, department: &str, about: &About) -> Option<(String, u32)> {
        let terms = self.terms_of(department, about);
        only(terms.map(|term| (term.to_string(), amount(term))))
    }

    /// What the clocks of a department count, if all its matters count alike.
    fn unit(&self, department: &str, about: &About) -> Option<ClockUnit> {
        only(self.terms_of(department, about).map(ClockUnit::from))
    }

    /// What first-contact officers have on their desks and have finished within thirty days.
    ///
    /// # Errors
    /// [`ApplicationsError::Forbidden`].
    pub async fn officer_figures(&self, actor: &Actor, about: &About) -> Outcome<OfficerFigures> {
        actor.require(Permission::FiguresOfficers)?;
        let (db, today) = (self.kernel.db(), self.today());
        let open = store::officers(db, actor, about, today).await?;
        let month = store::Span::new(Some(self.thirty_days_ago()), Some(today));
        let done = store::decided_by_officer(db, actor, about, month).await?;
        let mut loads: BTreeMap<AccountId, (Load, i64)> = BTreeMap::new();
        let mut unowned = Load::default();
        for row in &open {
            match row.officer {
                Some(officer) => loads.entry(AccountId(officer)).or_default().0 = Load::from(row),
                None => unowned = Load::from(row),
            }
        }
        for (officer, times) in done {
            loads.entry(AccountId(officer)).or_default().1 = times;
        }
        let accounts: Vec<AccountId> = loads.keys().copied().collect();
        let people = self.inner.identity.accounts_of(&accounts).await?;
        let officers = people.into_iter().map(|person| {
            let (load, done) = loads.get(&person.id).copied().unwrap_or_default();
            OfficerFigure {
                account: person.id,
                name: person.name,
                department: person.scope.department,
                load,
                done,
            }
        });
        Ok(OfficerFigures {
            officers: officers.collect(),
            unowned,
        })
    }

    /// The first of the thirty days that end today.
    pub(crate) fn thirty_days_ago(&self) -> LegalDate {
        back(self.today(), USUAL_DAYS - 1)
    }

    /// Open applications by region, cut to so many digits of its code.
    ///
    /// # Errors
    /// [`ApplicationsError::Forbidden`].
    pub async fn region_figures(
        &self,
        actor: &Actor,
        about: &About,
        digits: usize,
    ) -> Outcome<Vec<RegionLoad>> {
        actor.require(Permission::FiguresRead)?;
        let rows = store::regions(self.kernel.db(), actor, about, digits, self.today()).await?;
        let load = |row: store::RegionRow| RegionLoad {
            region: row.part,
            open: row.number,
            late: row.late,
        };
        Ok(rows.into_iter().map(load).collect())
    }
}

fn back(day: LegalDate, days: i64) -> LegalDate {
    LegalDate(day.0.checked_sub(Duration::days(days)).unwrap_or(Date::MIN))
}

/// The day so many days after 1970-01-01.
fn day_of(number: i64) -> Option<LegalDate> {
    let first = time::OffsetDateTime::UNIX_EPOCH.date();
    first.checked_add(Duration::days(number)).map(LegalDate)
}

/// What all of them are, if they are one.
fn only<Item: PartialEq>(mut items: impl Iterator<Item = Item>) -> Option<Item> {
    let first = items.next()?;
    items.all(|one| one == first).then_some(first)
}

fn department_figure(
    department: String,
    (limit, unit): (Option<(String, u32)>, Option<ClockUnit>),
    finished: &[SpentRow],
    open: &[WaitingRow],
) -> DepartmentFigure {
    let finished = || finished.iter().filter(|row| row.department == department);
    let mut used = BTreeMap::new();
    for row in finished() {
        let days = row.used.and_then(|days| u32::try_from(days).ok());
        if let (Some(days), Ok(times)) = (days, u64::try_from(row.number)) {
            *used.entry(days).or_default() += times;
        }
    }
    let waiting = open.iter().find(|row| row.department == department);
    DepartmentFigure {
        limit,
        unit,
        done: finished().map(|row| row.number).sum(),
        done_late: finished().map(|row| row.late).sum(),
        used: rules::spread(&used),
        open: waiting.map_or(0, |row| row.number),
        open_late: waiting.map_or(0, |row| row.late),
        department,
    }
}

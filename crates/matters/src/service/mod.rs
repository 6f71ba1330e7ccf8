//! The use cases of matters: what is published, what is still open, and the law's calendar.

mod devolutions;
mod lists;

use std::{collections::BTreeMap, sync::Arc};

use axum::http::StatusCode;
use codes::{LicenceNumberPatterns, RegionCode, WorkCalendar, WorkingDays};
use kernel::{Actor, Kernel, LegalDate, Permission, Problem, RuleFiles};

use crate::{
    model::{City, Definition, MatterKey, Outlines},
    rules::{Section, Unconfirmed},
    store::{self, Catalogue, FaultKind, FileFault, MattersError, Source},
};

pub use devolutions::SeenDevolution;
pub use lists::{NewListReview, QuarterlyDuty, ResponsibilityList, ReviewFilters, SeenReview};

/// Holidays of the State Council, by day.
const HOLIDAYS: &str = "holidays/holidays.csv";
/// How licence numbers look.
const NUMBER_PATTERNS: &str = "licence_numbers/patterns.csv";
/// Outlines of the districts, as the administrator got them.
const OUTLINES: &str = "geo/districts.geojson";
/// Most working days that are counted in one question: four years.
const MOST_DAYS: u32 = 1000;

impl From<MattersError> for Problem {
    fn from(error: MattersError) -> Self {
        match error {
            MattersError::Kernel(error) => error.into(),
            MattersError::Forbidden(error) => error.into(),
            MattersError::NotFound => Self::not_found("事项"),
            MattersError::NoReview => Self::not_found("责任清单审查意见"),
            MattersError::List(refusal) => lists::list_problem(refusal),
            MattersError::Reviewed(quarter) => lists::reviewed_problem(quarter),
            MattersError::BadCursor(errors) => lists::cursor_problem(errors),
            MattersError::TooManyDays(_) => Self::field("days", format!("{error}，请分段计算")),
            MattersError::MissingYear(missing) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "calendar-year-missing",
                "缺少节假日安排",
            )
            .detail(missing.message())
            .with("year", missing.year),
            _ => Self::internal(&error),
        }
    }
}

/// The capability: definitions in force, the city's file and the calendar. Cheap to clone.
#[derive(Clone)]
pub struct Matters {
    kernel: Kernel,
    catalogue: Arc<Catalogue>,
    city: Arc<City>,
    calendar: Arc<WorkCalendar>,
    outlines: Option<Arc<Outlines>>,
    region_names: Arc<BTreeMap<RegionCode, String>>,
}

type Outcome<T> = Result<T, MattersError>;

/// A matter as everybody may read it.
#[derive(Debug)]
pub struct Published {
    /// The definition without what is for the administrator only.
    pub definition: Definition,
    /// Whether new applications use this version today.
    pub in_use: bool,
}

/// A fact that the administrator must check before go-live, and where it stands.
#[derive(Debug)]
pub struct OpenFact {
    /// File in which the fact stands, e.g. `matters/hazchem/first_issue.v1.json`.
    pub file: String,
    /// What the file is about, for people.
    pub name: String,
    /// The fact.
    pub fact: Unconfirmed,
}

impl Matters {
    /// Loads all rule files and holds them to each other.
    ///
    /// # Errors
    /// [`MattersError`] names the file and what is wrong with it; the platform must not start then.
    pub fn new(kernel: Kernel) -> Outcome<Self> {
        let rules = kernel.rules();
        let mut files = Vec::new();
        for path in [rules.list("matters/"), rules.list("documents/")].concat() {
            let bytes = rules.read(&path)?;
            files.push((path, bytes));
        }
        let catalogue = store::load(files)?;
        let city = catalogue.own_city().ok_or(MattersError::NoCity)?.clone();
        let patterns = LicenceNumberPatterns::from_csv(&rules.text(NUMBER_PATTERNS)?).map_err(|source| {
            MattersError::Table {
                path: NUMBER_PATTERNS,
                source,
            }
        })?;
        check_numbers(&catalogue, &city, &patterns)?;
        let calendar =
            WorkCalendar::from_csv(&rules.text(HOLIDAYS)?).map_err(|source| MattersError::Table {
                path: HOLIDAYS,
                source,
            })?;
        let outlines = outlines(kernel.rules())?.map(Arc::new);
        let region_names = Arc::new(devolutions::region_names(kernel.rules(), &city)?);
        Ok(Self {
            kernel,
            catalogue: Arc::new(catalogue),
            city: Arc::new(city),
            calendar: Arc::new(calendar),
            outlines,
            region_names,
        })
    }

    /// All definitions and documents in every version.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.catalogue)
    }

    /// The city of this installation.
    pub fn city(&self) -> Arc<City> {
        Arc::clone(&self.city)
    }

    /// Working days, by the State Council's notices.
    pub fn calendar(&self) -> Arc<WorkCalendar> {
        Arc::clone(&self.calendar)
    }

    /// Outlines of the districts, if the administrator has put any into the rules folder.
    pub fn outlines(&self) -> Option<&Outlines> {
        self.outlines.as_deref()
    }

    /// The matters that can be applied for today, in the order of industry and kind.
    pub fn in_use(&self) -> Vec<&Definition> {
        self.catalogue.in_use(self.today().0).collect()
    }

    /// A matter for everybody: the version in use today, or the one asked for.
    ///
    /// # Errors
    /// [`MattersError::NotFound`].
    pub fn published(&self, key: MatterKey, version: Option<u32>) -> Outcome<Published> {
        let current = self.catalogue.current(key, self.today().0);
        let definition = match version {
            None => current,
            Some(version) => self.catalogue.get(key, version),
        };
        let definition = definition.ok_or(MattersError::NotFound)?;
        Ok(Published {
            in_use: current.is_some_and(|current| current.version == definition.version),
            definition: definition.published(),
        })
    }

    /// Every version of a matter, oldest first, each with whether it is in use today.
    ///
    /// # Errors
    /// [`MattersError::NotFound`] when there is none.
    pub fn versions(&self, key: MatterKey) -> Outcome<Vec<(&Definition, bool)>> {
        let current = self.catalogue.current(key, self.today().0).map(|one| one.version);
        let versions = self.catalogue.matters().filter(|one| one.key == key);
        let versions: Vec<_> = versions.map(|one| (one, current == Some(one.version))).collect();
        if versions.is_empty() {
            Err(MattersError::NotFound)
        } else {
            Ok(versions)
        }
    }

    /// 待核: every unconfirmed fact of what is in use or will be, and of the city's file.
    ///
    /// # Errors
    /// [`MattersError::Forbidden`].
    pub fn unconfirmed(&self, actor: &Actor) -> Outcome<Vec<OpenFact>> {
        actor.require(Permission::MattersManage)?;
        let mut open = Vec::new();
        let mut add = |file: String, name: &str, facts: Vec<Unconfirmed>| {
            let line = |mut fact: Unconfirmed| {
                // A definition knows departments by their keys; people know them by the city's names.
                if fact.section == Section::Departments {
                    fact.label = self.city.short_name(&fact.label).to_owned();
                }
                OpenFact {
                    file: file.clone(),
                    name: name.to_owned(),
                    fact,
                }
            };
            open.extend(facts.into_iter().map(line));
        };
        let today = self.today().0;
        let superseded = |one: &&Definition| {
            self.catalogue
                .current(one.key, today)
                .is_some_and(|current| current.version > one.version)
        };
        for one in self.catalogue.matters().filter(|one| !superseded(one)) {
            add(one.path(), &one.name, one.unconfirmed());
        }
        for one in self.catalogue.documents() {
            let current = self.catalogue.current_document(one.key.as_str(), today);
            if current.is_none_or(|current| current.version <= one.version) {
                add(one.path(), &one.title, one.unconfirmed().into_iter().collect());
            }
        }
        add(self.city.path(), &self.city.name, self.city.unconfirmed());
        Ok(open)
    }

    /// Where a fact was read, by the key of the source.
    pub fn source(&self, key: &str) -> Option<&Source> {
        self.catalogue.source(key)
    }

    /// The last day of a period of working days that begins the day after `from`; also whether a notice
    /// still to come may move it.
    ///
    /// # Errors
    /// [`MattersError::MissingYear`] names the year whose holidays are not loaded; nothing is guessed.
    pub fn working_days(&self, from: LegalDate, days: u32) -> Outcome<(LegalDate, bool)> {
        if days > MOST_DAYS {
            return Err(MattersError::TooManyDays(MOST_DAYS));
        }
        let until = self.calendar.add_working_days(from.0, WorkingDays(days))?;
        Ok((LegalDate(until), self.calendar.is_provisional(until)))
    }

    pub(crate) fn today(&self) -> LegalDate {
        self.kernel.now().legal_date()
    }
}

fn outlines(rules: &RuleFiles) -> Outcome<Option<Outlines>> {
    if !rules.list("geo/").iter().any(|path| path == OUTLINES) {
        return Ok(None);
    }
    let unreadable = |source| MattersError::Unreadable {
        path: OUTLINES.to_owned(),
        source,
    };
    let outlines = serde_json::from_slice(&rules.read(OUTLINES)?).map_err(unreadable)?;
    Ok(Some(outlines))
}

fn check_numbers(catalogue: &Catalogue, city: &City, patterns: &LicenceNumberPatterns) -> Outcome<()> {
    let faults = city.number_faults(catalogue.matters(), patterns);
    if faults.is_empty() {
        return Ok(());
    }
    let placed = |fault| FileFault {
        place: city.name.clone(),
        kind: FaultKind::Matter(fault),
    };
    Err(MattersError::Faulty(faults.into_iter().map(placed).collect()))
}

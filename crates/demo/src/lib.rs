//! A demo city: real divisions, invented enterprises, and a past in which everything happened through the use
//! cases of the product, by the accounts that would do it, under a clock that moves. The same seed on the same
//! day gives the same city.

mod accounts;
mod chance;
mod clock;
mod days;
mod holdings;
mod invent;
mod making;
mod materials;
mod past;
mod plans;
mod sanctions;
mod scripts;
mod setting;
mod stage;
mod workdays;

use std::sync::Arc;

pub use accounts::{DemoAccount, PASSWORD};
pub use clock::{DemoClock, DemoIds};
use kernel::{Actor, Happened, JobHandler, Kernel, KernelError, LegalDate, Moment, Subject, event};
use serde::{Deserialize, Serialize};
use setting::Setting;
use time::Duration;

/// Kinds of the events that mark begin and end of the making.
const BEGUN: &str = "demo.begun";
const FINISHED: &str = "demo.finished";
/// Kind of the events that say how far the clock of the city is ahead of the machine's.
const CLOCK: &str = "demo.clock_moved";
/// Fewest enterprises with which every state can be shown.
pub const FEWEST: usize = 300;
/// Most enterprises of one city.
pub const MOST: usize = 200_000;

/// Why there is no city.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The kernel failed.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// An account could not be made.
    #[error("account")]
    Identity(#[from] identity::IdentityError),
    /// An enterprise could not be registered.
    #[error("enterprise")]
    Registry(#[from] registry::RegistryError),
    /// An application could not go on.
    #[error("{act} of the life “{script}”")]
    Life {
        /// Which life.
        script: &'static str,
        /// Which act.
        act: String,
        /// Why.
        #[source]
        source: Box<DemoError>,
    },
    /// An act was refused.
    #[error("application")]
    Applications(#[from] applications::ApplicationsError),
    /// A licence could not be taken over.
    #[error("licence")]
    Licences(#[from] licences::LicencesError),
    /// A number could not be formed.
    #[error("licence number")]
    Number(#[from] licences::rules::NumberingError),
    /// A page could not be made.
    #[error("material")]
    Material(#[from] lopdf::Error),
    /// A scan could not be made.
    #[error("scan")]
    Scan(#[from] image::ImageError),
    /// The accounts of a demo city have a password that everybody knows.
    #[error("this installation is a demo city; serve it with `anxu demo`, or as a demo with ANXU_DEMO=true")]
    Unmarked,
    /// The ingredients of the city contradict each other.
    #[error("demo/city.json: {0}")]
    Setting(String),
    /// A script asks for what cannot be.
    #[error("script: {0}")]
    Script(&'static str),
    /// Too few or too many enterprises.
    #[error("a demo city has {FEWEST} to {MOST} enterprises")]
    Size,
    /// The making was cut off.
    #[error(
        "the making of this demo city was interrupted; remove its data folder (on PostgreSQL: empty the database) and start again"
    )]
    Unfinished,
    /// Another city is there.
    #[error(
        "this folder holds the demo city of seed {} with {} enterprises that begins on {}; choose another \
         ANXU_DATA_DIR for another city",
        .0.seed, .0.enterprises, .0.today
    )]
    Another(Wish),
    /// Data that no demo made.
    #[error(
        "this database is in use and no demo made it: a demo never touches it; choose another ANXU_DATA_DIR"
    )]
    NotADemo,
}

/// Which city is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// The same seed gives the same city.
    pub seed: u64,
    /// How many enterprises.
    pub enterprises: usize,
    /// The present day of the city, on whose eve its past ends.
    pub today: LegalDate,
}

/// The capabilities with which the city is made.
#[derive(Clone)]
pub struct Parts {
    /// The kernel, over a [`DemoClock`] and [`DemoIds`].
    pub kernel: Kernel,
    /// Accounts.
    pub identity: identity::Identity,
    /// Enterprises.
    pub registry: registry::Registry,
    /// Matters.
    pub matters: matters::Matters,
    /// Applications.
    pub applications: applications::Applications,
    /// Licences.
    pub licences: licences::Licences,
    /// Whatever else follows what happens, such as notices.
    pub followers: Vec<Arc<dyn JobHandler>>,
}

/// What an installation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing: a city can be made.
    Nothing,
    /// A city that was made before.
    City(Wish),
}

impl Wish {
    /// Day and hour at which a city with this present begins: the clock of a fresh installation stands there.
    pub fn beginning(&self) -> time::OffsetDateTime {
        past::beginning(self.today)
    }
}

/// Looks what the installation holds.
///
/// # Errors
/// [`DemoError::Unfinished`] and [`DemoError::NotADemo`] for what nobody should build upon.
pub async fn look(kernel: &Kernel) -> Result<Found, DemoError> {
    let Some(begun) = newest(kernel, Some(BEGUN)).await? else {
        return match newest(kernel, None).await? {
            None => Ok(Found::Nothing),
            Some(_) => Err(DemoError::NotADemo),
        };
    };
    if newest(kernel, Some(FINISHED)).await?.is_none() {
        return Err(DemoError::Unfinished);
    }
    let wish = serde_json::from_value(begun.body.data).map_err(KernelError::from)?;
    Ok(Found::City(wish))
}

/// How far the clock of the city was ahead of the machine's when it was set last.
///
/// # Errors
/// [`DemoError::Kernel`].
pub async fn ahead(kernel: &Kernel) -> Result<Duration, DemoError> {
    let moved = newest(kernel, Some(CLOCK)).await?;
    let seconds = moved.and_then(|event| event.body.data["ahead_seconds"].as_i64());
    Ok(Duration::seconds(seconds.unwrap_or(0)))
}

/// Remembers that the clock is put to `to`, so far ahead of the machine's: a demo that is started again goes on there.
///
/// # Errors
/// [`DemoError::Kernel`].
pub async fn note_clock(
    kernel: &Kernel,
    actor: &Actor,
    to: Moment,
    ahead: Duration,
) -> Result<(), DemoError> {
    let mut work = kernel.begin(actor).await?;
    let subject = Subject::new("demo", work.next_id());
    let data = serde_json::json!({ "to": to, "ahead_seconds": ahead.whole_seconds() });
    let happened = Happened::new(CLOCK, format!("演示时间调整到{}", to.legal_date().chinese()));
    work.note(subject, None, happened.data(data))?;
    work.commit().await?;
    Ok(())
}

async fn newest(kernel: &Kernel, kind: Option<&str>) -> Result<Option<event::Event>, DemoError> {
    let filter = event::EventFilter {
        kind_prefix: kind.map(str::to_owned),
        ..event::EventFilter::default()
    };
    Ok(event::find(kernel.db(), &filter, None, 1).await?.pop())
}

/// Marks begin or end of the making: an event like any other, so that it is sealed with the rest.
async fn mark(kernel: &Kernel, kind: &'static str, title: &str, wish: Wish) -> Result<(), DemoError> {
    let mut work = kernel.begin(&Actor::system("演示")).await?;
    let subject = Subject::new("demo", work.next_id());
    let data = serde_json::to_value(wish).map_err(KernelError::from)?;
    work.note(subject, None, Happened::new(kind, title).data(data))?;
    work.commit().await?;
    Ok(())
}

/// Makes the city, and leaves clock and identifiers to the world. `tell` hears how far it is.
///
/// # Errors
/// [`DemoError`]; what was made by then is of no use.
pub async fn make(
    parts: &Parts,
    clock: &DemoClock,
    ids: &DemoIds,
    wish: Wish,
    tell: &(dyn Fn(&str) + Send + Sync),
) -> Result<(), DemoError> {
    if !(FEWEST..=MOST).contains(&wish.enterprises) {
        return Err(DemoError::Size);
    }
    clock.put(wish.beginning());
    ids.follow(wish.seed);
    mark(&parts.kernel, BEGUN, "开始生成演示城市", wish).await?;
    // What is not finished is of no use, so the disk need not have it before.
    let db = parts.kernel.db();
    db.hurry().await.map_err(KernelError::from)?;
    making::Making::new(parts, clock, wish, tell)?.run().await?;
    db.settle().await.map_err(KernelError::from)?;
    mark(&parts.kernel, FINISHED, "演示城市生成完毕", wish).await?;
    ids.release();
    clock.run();
    Ok(())
}

/// The accounts of the city, in the order in which the terminal shows them.
///
/// # Errors
/// [`DemoError::Kernel`] when the ingredients cannot be read.
pub fn accounts(parts: &Parts) -> Result<Vec<DemoAccount>, DemoError> {
    let setting = Setting::load(&parts.kernel)?;
    let divisions = parts.registry.divisions();
    let name = |code: &str| {
        let known = code.parse().ok().and_then(|code| divisions.name(&code));
        known.unwrap_or(code).to_owned()
    };
    Ok(accounts::table(&setting, name))
}

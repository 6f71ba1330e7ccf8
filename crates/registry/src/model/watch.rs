//! 重点监管: enterprises that are supervised more closely, with the ground and its end.

use std::collections::BTreeSet;

use kernel::{LegalDate, Moment, ids::EnterpriseId};
use serde::Deserialize;
use uuid::Uuid;

use super::WatchId;

/// The rule file `registry/watch.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchFile {
    /// Version of the file.
    pub version: u32,
    /// The grounds there are.
    pub grounds: Vec<Ground>,
}

/// Why an enterprise is supervised more closely: the events that begin and end it, with the clauses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// Stable name, e.g. `licence_expired`.
    pub key: String,
    /// Chinese name.
    pub name: String,
    /// What takes the enterprise off, in Chinese, for everybody who reads it.
    pub remedy: String,
    /// Kinds of events that put the enterprise on the list.
    pub begins: BTreeSet<String>,
    /// Kinds that take it off, if what they tell of is in force.
    pub ends: BTreeSet<String>,
    /// As `ends`, but too many at once to be heard one by one: looked at once on each legal day.
    pub ends_seen_daily: BTreeSet<String>,
    /// Kinds after which an end before proves nothing any more.
    pub undoes: BTreeSet<String>,
    /// The clauses.
    pub basis: Vec<String>,
    /// Whether the basis was read in the law (`confirmed`) or has to be settled by the bureau (`unconfirmed`).
    pub mark: String,
    /// What to settle.
    #[serde(default)]
    pub note: String,
}

impl Ground {
    /// Kinds of events upon which the list is looked at at once.
    pub fn heard(&self) -> impl Iterator<Item = &String> {
        self.begins.iter().chain(&self.ends)
    }

    /// Kinds of events that say anything about the ground.
    pub fn told(&self) -> impl Iterator<Item = &String> {
        self.heard().chain(&self.ends_seen_daily).chain(&self.undoes)
    }
}

/// What the ground lies in, e.g. the licence that expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchSource {
    /// Type of the aggregate, e.g. `licence`.
    pub kind: String,
    /// Its identifier.
    pub id: Uuid,
    /// How people call it, e.g. the number of the licence.
    pub label: String,
}

/// A time during which an enterprise is on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Identifier.
    pub id: WatchId,
    /// Version.
    pub version: i64,
    /// The enterprise.
    pub enterprise: EnterpriseId,
    /// Its region when it was listed.
    pub region: String,
    /// Key of the ground.
    pub ground: String,
    /// What the ground lies in.
    pub source: WatchSource,
    /// First day of the ground.
    pub since: LegalDate,
    /// The event that put it on the list.
    pub begun_by: Uuid,
    /// When it was listed.
    pub begun_at: Moment,
    /// How it ended.
    pub end: Option<WatchEnd>,
}

/// The end of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchEnd {
    /// When.
    pub at: Moment,
    /// By what.
    pub by: EndedBy,
}

/// What ended a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The ground is gone, as this event tells.
    Event(Uuid),
    /// An officer, for this reason.
    Officer(String),
}

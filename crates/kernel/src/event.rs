//! Events: what happened, by whom, when, why, from which version. Written by [`crate::Work`] only.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    entity::prelude::*,
    sea_query::{BinOper, Expr},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Actor, Db, KernelError, Moment, access::subtree_end};

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Type of the aggregate, e.g. `application`.
    pub kind: &'static str,
    /// Its identifier.
    pub id: Uuid,
}

impl Subject {
    /// A subject.
    pub fn new(kind: &'static str, id: impl Into<Uuid>) -> Self {
        Self { kind, id: id.into() }
    }
}

/// A stored aggregate row whose content is sealed by its events: the audit recomputes
/// [`Sealed::digest`] and compares it with the last event.
///
/// A column added later must be skipped while it is `None`, so that old digests keep holding.
pub trait Sealed: Serialize {
    /// Type of the aggregate, e.g. `application`.
    const SUBJECT: &'static str;
    /// Identifier of the row.
    fn subject_id(&self) -> Uuid;
    /// Version after the act.
    fn version(&self) -> i64;
    /// The enterprise on whose timeline the act appears.
    fn enterprise(&self) -> Option<Uuid>;
    /// The region that the row belongs to; without one it is that of who acts.
    fn region(&self) -> Option<&str> {
        None
    }

    /// SHA-256 of the row, lower-case hex.
    fn digest(&self) -> String {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        hex(&Sha256::digest(bytes))
    }
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// The account of an act that a use case hands to [`crate::Work::record`].
#[derive(Clone, Debug)]
pub struct Happened {
    /// Stable kind, e.g. `application.accepted`.
    pub kind: &'static str,
    /// One Chinese phrase for timelines, e.g. `受理申请`.
    pub title: String,
    /// Facts of the act; hashes of files belong here. No more personal data than needed.
    pub data: Value,
    /// Reason given, where the act needs one.
    pub reason: Option<String>,
}

impl Happened {
    /// An act without further facts.
    pub fn new(kind: &'static str, title: impl Into<String>) -> Self {
        Self {
            kind,
            title: title.into(),
            data: Value::Null,
            reason: None,
        }
    }

    /// With facts.
    #[must_use]
    pub fn data(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// With the reason given.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// The part of an event that is hashed into the evidence log, byte for byte as stored.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EventBody {
    /// Identifier of the event.
    pub id: Uuid,
    /// When.
    pub at: Moment,
    /// Kind, e.g. `application.accepted`.
    pub kind: String,
    /// Chinese phrase.
    pub title: String,
    /// Type of the aggregate.
    pub subject_type: String,
    /// Its identifier.
    pub subject_id: Uuid,
    /// Its version after the act.
    pub version: i64,
    /// SHA-256 of its row after the act; absent for acts that change no row.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state: Option<String>,
    /// The enterprise concerned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub enterprise: Option<Uuid>,
    /// The region concerned (GB/T 2260); absent for what belongs to the installation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub region: Option<String>,
    /// The account that acted; absent for the system.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<Uuid>,
    /// Name of who acted.
    pub actor: String,
    /// Reason given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Facts.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// A stored event.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// Order of recording.
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// Identifier.
    pub id: Uuid,
    /// When.
    pub at: Moment,
    /// Kind.
    pub kind: String,
    /// Type of the aggregate.
    pub subject_type: String,
    /// Its identifier.
    pub subject_id: Uuid,
    /// Its version after the act.
    pub version: i64,
    /// Enterprise concerned.
    pub enterprise: Option<Uuid>,
    /// Region concerned.
    pub region: Option<String>,
    /// Who acted.
    pub account: Option<Uuid>,
    /// [`EventBody`] as JSON.
    pub body: String,
    /// Salt of the hash in the log.
    pub salt: Vec<u8>,
    /// Place in the evidence log, once sealed.
    pub log_index: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A stored event with its body read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Event {
    /// Order of recording.
    pub seq: i64,
    /// Place in the evidence log, once sealed.
    pub log_index: Option<i64>,
    /// The account of the act.
    #[serde(flatten)]
    pub body: EventBody,
}

impl TryFrom<Model> for Event {
    type Error = KernelError;
    fn try_from(row: Model) -> Result<Self, KernelError> {
        let body = serde_json::from_str(&row.body)
            .map_err(|e| KernelError::Corrupt(format!("event {}: {e}", row.seq)))?;
        Ok(Self {
            seq: row.seq,
            log_index: row.log_index,
            body,
        })
    }
}

/// What an event says of the row that it seals.
#[derive(Debug, Default)]
pub(crate) struct Seal {
    pub version: i64,
    pub state: Option<String>,
    pub enterprise: Option<Uuid>,
    pub region: Option<String>,
}

/// Builds the body and row of an event.
pub(crate) fn compose(
    actor: &Actor,
    at: Moment,
    id: Uuid,
    salt: [u8; 16],
    subject: Subject,
    seal: Seal,
    happened: Happened,
) -> Result<ActiveModel, KernelError> {
    use sea_orm::ActiveValue::Set;
    let Seal {
        version,
        state,
        enterprise,
        region,
    } = seal;
    let account = actor.account.map(Uuid::from);
    let body = EventBody {
        id,
        at,
        kind: happened.kind.to_owned(),
        title: happened.title,
        subject_type: subject.kind.to_owned(),
        subject_id: subject.id,
        version,
        state,
        enterprise,
        region,
        account,
        actor: actor.name.clone(),
        reason: happened.reason,
        data: happened.data,
    };
    Ok(ActiveModel {
        seq: sea_orm::ActiveValue::NotSet,
        id: Set(id),
        at: Set(at),
        kind: Set(body.kind.clone()),
        subject_type: Set(body.subject_type.clone()),
        subject_id: Set(subject.id),
        version: Set(version),
        enterprise: Set(enterprise),
        region: Set(body.region.clone()),
        account: Set(account),
        body: Set(serde_json::to_string(&body)?),
        salt: Set(salt.to_vec()),
        log_index: Set(None),
    })
}

/// The payload of a job that follows events of one act ([`crate::Kernel::listen`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The events, in order of recording.
    pub events: Vec<Uuid>,
}

/// The event of that identifier.
///
/// # Errors
/// [`KernelError::Database`], [`KernelError::Corrupt`].
pub async fn by_id(db: &Db, id: Uuid) -> Result<Option<Event>, KernelError> {
    let row = Entity::find().filter(Column::Id.eq(id)).one(db.read()).await?;
    row.map(Event::try_from).transpose()
}

/// The events of those identifiers.
///
/// # Errors
/// [`KernelError::Database`], [`KernelError::Corrupt`].
pub async fn by_ids(db: &Db, ids: &[Uuid]) -> Result<Vec<Event>, KernelError> {
    let found = Entity::find().filter(Column::Id.is_in(ids.iter().copied()));
    let rows = found.all(db.read()).await?;
    rows.into_iter().map(Event::try_from).collect()
}

/// Events of these kinds on the timeline of an enterprise, oldest first, as the connection sees them: inside a
/// [`crate::Work`] that keeps the enterprise from others, all that were committed.
///
/// # Errors
/// [`KernelError::Database`], [`KernelError::Corrupt`].
pub async fn of_enterprise<C: ConnectionTrait>(
    conn: &C,
    enterprise: Uuid,
    kinds: impl IntoIterator<Item = &str>,
) -> Result<Vec<Event>, KernelError> {
    let rows = Entity::find()
        .filter(Column::Enterprise.eq(enterprise))
        .filter(Column::Kind.is_in(kinds))
        .order_by_asc(Column::Seq)
        .all(conn)
        .await?;
    rows.into_iter().map(Event::try_from).collect()
}

/// What to look for among the events.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// About this aggregate.
    pub subject: Option<(String, Uuid)>,
    /// On the timeline of this enterprise.
    pub enterprise: Option<Uuid>,
    /// By this account.
    pub account: Option<Uuid>,
    /// Kinds that begin with this.
    pub kind_prefix: Option<String>,
    /// Not before.
    pub since: Option<Moment>,
    /// Before.
    pub until: Option<Moment>,
    /// In one of these regions and below, or of none; everywhere unless given.
    pub regions: Option<Vec<String>>,
}

impl EventFilter {
    /// Whether an index leads to the events in their order.
    fn leads(&self) -> bool {
        self.subject.is_some() || self.enterprise.is_some() || self.account.is_some()
    }

    fn condition(&self, by: Reading) -> Condition {
        // Kinds are the rarer of the two: the planner, which does not know, would collect the region.
        let by_region = match self.kind_prefix {
            Some(_) => Reading::InOrder,
            None => by,
        };
        let mut all = Condition::all()
            .add_option(self.enterprise.map(|one| Column::Enterprise.eq(one)))
            .add_option(self.account.map(|one| Column::Account.eq(one)))
            .add_option(self.since.map(|from| Column::At.gte(from)))
            .add_option(self.until.map(|until| Column::At.lt(until)))
            .add_option(self.regions.as_deref().map(|regions| within(regions, by_region)));
        if let Some((kind, id)) = &self.subject {
            all = all
                .add(Column::SubjectType.eq(kind))
                .add(Column::SubjectId.eq(*id));
        }
        if let Some(prefix) = &self.kind_prefix {
            all = all.add(between(by.column(Column::Kind), prefix, format!("{prefix}~")));
        }
        all
    }
}

/// How the database is to go about a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// As it likes.
    Indexed,
    /// In order of recording, comparing each event.
    InOrder,
}

impl Reading {
    /// The column, hidden from the planner where it would rather collect all that match and sort them.
    fn column(self, column: Column) -> Expr {
        let plain = Expr::col((Entity, column));
        match self {
            Self::Indexed => plain,
            Self::InOrder => plain.binary(BinOper::Custom("||"), ""),
        }
    }
}

fn between(column: Expr, from: &str, end: String) -> Condition {
    Condition::all().add(column.clone().gte(from)).add(column.lt(end))
}

/// What lies in one of the regions, and what belongs to the installation as a whole.
fn within(regions: &[String], by: Reading) -> Condition {
    let installation = Condition::all()
        .add(by.column(Column::Region).is_null())
        .add(Column::Enterprise.is_null());
    regions
        .iter()
        .fold(Condition::any().add(installation), |any, code| {
            any.add(between(by.column(Column::Region), code, subtree_end(code)))
        })
}

/// So many of the newest events are compared one by one: few first, then more if they did not fill the page. What is
/// rarer still is collected by an index, and sorted; of a region that may be much, so that it is put off longer.
const RECENT: [i64; 3] = [2_000, 20_000, 200_000];
const RECENT_OF_KIND: [i64; 2] = [2_000, 20_000];

/// Events that match, newest first, older than `before` when given.
///
/// # Errors
/// [`KernelError::Database`], [`KernelError::Corrupt`].
pub async fn find(
    db: &Db,
    filter: &EventFilter,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<Event>, KernelError> {
    let rows = match recent(db, filter, before, limit).await? {
        Some(rows) => rows,
        None => {
            page(filter, Reading::Indexed, before, limit)
                .all(db.read())
                .await?
        }
    };
    rows.into_iter().map(Event::try_from).collect()
}

fn page(filter: &EventFilter, by: Reading, before: Option<i64>, limit: u64) -> Select<Entity> {
    Entity::find()
        .filter(filter.condition(by))
        .filter(Condition::all().add_option(before.map(|seq| Column::Seq.lt(seq))))
        .order_by_desc(Column::Seq)
        .limit(limit)
}

/// The page, if the newest events fill it or are all there are.
async fn recent(
    db: &Db,
    filter: &EventFilter,
    before: Option<i64>,
    limit: u64,
) -> Result<Option<Vec<Model>>, KernelError> {
    if filter.leads() {
        return Ok(None);
    }
    let end = match before {
        Some(seq) => seq,
        None => newest(db).await? + 1,
    };
    let stretches: &[i64] = match filter.kind_prefix {
        Some(_) => &RECENT_OF_KIND,
        None => &RECENT,
    };
    for stretch in stretches.iter().copied() {
        let rows = page(filter, Reading::InOrder, Some(end), limit)
            .filter(Column::Seq.gte(end - stretch))
            .all(db.read())
            .await?;
        if rows.len() as u64 >= limit || end <= stretch {
            return Ok(Some(rows));
        }
    }
    Ok(None)
}

/// The last place in the order of recording.
async fn newest(db: &Db) -> Result<i64, KernelError> {
    let last: Option<Option<i64>> = Entity::find()
        .select_only()
        .column_as(Column::Seq.max(), "seq")
        .into_tuple()
        .one(db.read())
        .await?;
    Ok(last.flatten().unwrap_or(0))
}

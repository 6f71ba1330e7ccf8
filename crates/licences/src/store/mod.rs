//! The only place that knows the tables of this capability.

mod cases;
mod competent;
mod counts;
mod daily;
mod figures;
mod filings;
mod native;
mod row;
mod search;

pub use cases::CaseAudit;
pub(crate) use cases::{CaseQuery, case, case_key, cases, insert_case, load_case, open_cases, update_case};
pub(crate) use competent::Competent;
pub(crate) use counts::{CountRow, counts, keep_past, last_key, of_file, stretch};
pub(crate) use daily::{ByDate, DateStep, advance, by_date, progress};
pub(crate) use figures::{RegionQuery, by_region};
pub use filings::FilingAudit;
pub(crate) use filings::{
    FilingQuery, done_now, filing, filing_key, filings, filings_of, insert_filing, load_filing, open_loss,
    overdue, public_losses, update_filing,
};
pub(crate) use native::PointReader;
pub use row::LicenceAudit;
pub(crate) use search::{ListQuery, Listed, StatusFilter, list, public_list, published_after, text_query};

use std::collections::BTreeMap;

use kernel::{
    Db, KernelError, Scope, Work,
    audit::names_in,
    ids::{ApplicationId, LicenceId},
    text_index::{TextIndex, Tokens, reserve_keys},
    work::guarded,
};
use sea_orm::{
    Condition, DbBackend, IntoActiveModel, QueryOrder, QuerySelect, Select, Statement, entity::prelude::*,
};

use matters::Industry;
use uuid::Uuid;

use crate::model::{Facts, Licence, PublicKey};

/// The text index of licences.
pub(crate) const INDEX: TextIndex = TextIndex::new("licence_text");
/// Rows in one INSERT: 48 columns each, under the 32,766 parameters of SQLite.
const INSERT_BATCH: usize = 500;

/// A fresh row key for each of `count` licences.
pub(crate) async fn keys(work: &Work, count: usize) -> Result<Vec<i64>, KernelError> {
    reserve_keys(work.conn(), "licence", count).await
}

/// A fresh row key of one of the tables.
async fn fresh_key(work: &Work, table: &'static str) -> Result<i64, KernelError> {
    let keys = reserve_keys(work.conn(), table, 1).await?;
    let key = keys.into_iter().next();
    key.ok_or_else(|| KernelError::Corrupt("no row key".into()))
}

/// Saves a new licence. Returns its row for the event.
pub(crate) async fn insert(work: &Work, licence: &Licence) -> Result<row::Model, KernelError> {
    let rows = insert_many(work, std::slice::from_ref(licence)).await?;
    rows.into_iter()
        .next()
        .ok_or_else(|| KernelError::Corrupt("nothing inserted".into()))
}

/// Saves new licences at once. Returns their rows for the events.
pub(crate) async fn insert_many(work: &Work, licences: &[Licence]) -> Result<Vec<row::Model>, KernelError> {
    let rows = licences
        .iter()
        .map(row::from_licence)
        .collect::<Result<Vec<_>, _>>()?;
    for chunk in rows.chunks(INSERT_BATCH) {
        let models = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        row::Entity::insert_many(models)
            .exec_without_returning(work.conn())
            .await?;
    }
    index(work, licences).await?;
    Ok(rows)
}

/// Saves a changed licence whose version was raised by one.
pub(crate) async fn update(work: &Work, licence: &Licence) -> Result<row::Model, KernelError> {
    let row = row::from_licence(licence)?;
    let done = row::Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(row::Column::Id.eq(row.id))
        .filter(row::Column::Version.eq(row.version - 1))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "licence")?;
    Ok(row)
}

/// Enters what is published into the text index: an issued licence never leaves it.
pub(crate) async fn index(work: &Work, licences: &[Licence]) -> Result<(), KernelError> {
    let issued = licences.iter().filter(|licence| licence.issued().is_some());
    let rows: Vec<(i64, Tokens)> = issued.map(|licence| tokens(licence.facts())).collect();
    INDEX.put_many(work.conn(), &rows).await
}

/// Puts the text index in order after bulk changes.
pub(crate) async fn settle(work: &Work) -> Result<(), KernelError> {
    INDEX.settle(work.conn()).await
}

fn tokens(facts: &Facts) -> (i64, Tokens) {
    let texts = row::searchable(facts);
    let regions = row::region_labels(facts.holder.region.as_str());
    let labels = regions
        .into_iter()
        .chain([row::industry_label(facts.industry.as_str())]);
    (facts.seq, Tokens::of(texts.iter().map(String::as_str), labels))
}

/// Rows that are changed in this work: others wait until it is done.
pub(super) fn locked_rows<E: EntityTrait>(work: &Work, query: Select<E>) -> Select<E> {
    // On SQLite the writing transaction is alone already.
    match work.conn().get_database_backend() {
        DbBackend::Sqlite => query,
        _ => query.lock_exclusive(),
    }
}

/// Nobody's, or another's than the actor's.
fn of_another(column: impl ColumnTrait, actor: &kernel::Actor) -> Condition {
    Condition::any()
        .add(column.is_null())
        .add_option(actor.account.map(|own| column.ne(own)))
}

/// The licence for changing it in this work: others wait until it is done.
pub(crate) async fn load(work: &Work, id: LicenceId) -> Result<Option<Licence>, KernelError> {
    let query = locked_rows(work, row::Entity::find().filter(row::Column::Id.eq(id)));
    query.one(work.conn()).await?.map(Licence::try_from).transpose()
}

/// The licence of a grant, unless its number was voided.
pub(crate) async fn of_application<C: ConnectionTrait>(
    conn: &C,
    application: ApplicationId,
) -> Result<Option<Licence>, KernelError> {
    let found = row::Entity::find()
        .filter(row::Column::Application.eq(application))
        .filter(row::Column::State.ne("voided"))
        .one(conn)
        .await?;
    if found.is_some() {
        return found.map(Licence::try_from).transpose();
    }
    let sql = "SELECT licence FROM licence_outcome WHERE application = $1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [application.into()]);
    let Some(outcome) = conn.query_one_raw(statement).await? else {
        return Ok(None);
    };
    let id: LicenceId = outcome.try_get("", "licence")?;
    let found = row::Entity::find()
        .filter(row::Column::Id.eq(id))
        .one(conn)
        .await?;
    found.map(Licence::try_from).transpose()
}

/// Notes what an application leads to; a second time it is a duplicate.
pub(crate) async fn enter_outcome(
    work: &Work,
    application: ApplicationId,
    licence: LicenceId,
    purpose: &str,
) -> Result<(), KernelError> {
    let sql = "INSERT INTO licence_outcome (application, licence, purpose, at) VALUES ($1, $2, $3, $4)";
    let values = [
        application.into(),
        licence.into(),
        purpose.into(),
        work.now().into(),
    ];
    let statement = Statement::from_sql_and_values(work.kernel().db().backend(), sql, values);
    work.conn().execute_raw(statement).await?;
    Ok(())
}

/// The licence, if the scope covers it.
pub(crate) async fn licence(db: &Db, id: LicenceId, scope: &Scope) -> Result<Option<Licence>, KernelError> {
    let found = row::Entity::find()
        .filter(row::Column::Id.eq(id))
        .filter(scope.condition(row::Column::Region, row::Column::Enterprise))
        .one(db.read())
        .await?;
    found.map(Licence::try_from).transpose()
}

/// The licences of those identifiers, in no order; the caller knows that the actor may see them.
pub(crate) async fn licences(
    db: &Db,
    ids: impl IntoIterator<Item = LicenceId>,
) -> Result<Vec<Licence>, KernelError> {
    let ids: Vec<_> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = row::Entity::find().filter(row::Column::Id.is_in(ids));
    let rows = found.all(db.read()).await?;
    rows.into_iter().map(Licence::try_from).collect()
}

/// The licence of that loose key of its number.
pub(crate) async fn by_number_key(db: &Db, key: &str) -> Result<Option<Licence>, KernelError> {
    let found = row::Entity::find()
        .filter(row::Column::NumberKey.eq(key))
        .one(db.read())
        .await?;
    found.map(Licence::try_from).transpose()
}

/// The published licence of a key with everything that is known of it.
pub(crate) async fn published(db: &Db, key: &PublicKey) -> Result<Option<Licence>, KernelError> {
    let found = row::Entity::find()
        .filter(native::condition(key))
        .order_by_desc(row::Column::IssuedOn)
        .order_by_desc(row::Column::Seq)
        .limit(1)
        .one(db.read())
        .await?;
    found.map(Licence::try_from).transpose()
}

/// The number of a licence as printed.
pub(crate) async fn number(db: &Db, id: LicenceId) -> Result<Option<String>, KernelError> {
    let found = row::Entity::find()
        .select_only()
        .column(row::Column::Number)
        .filter(row::Column::Id.eq(id))
        .into_tuple()
        .one(db.read())
        .await?;
    Ok(found)
}

/// The numbers of the licences to which some rows belong, by row.
async fn numbers_of<E: EntityTrait>(
    db: &Db,
    (id, licence): (E::Column, E::Column),
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String)>, KernelError> {
    let of: Vec<(Uuid, Uuid)> = E::find()
        .select_only()
        .column(id)
        .column(licence)
        .filter(id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db.read())
        .await?;
    let licences: Vec<Uuid> = of.iter().map(|(_, licence)| *licence).collect();
    let numbers = names_in::<row::Entity>(db, row::Column::Id, row::Column::Number, &licences).await?;
    let numbers: BTreeMap<Uuid, String> = numbers.into_iter().collect();
    let named = |(id, licence): (Uuid, Uuid)| Some((id, numbers.get(&licence)?.clone()));
    Ok(of.into_iter().filter_map(named).collect())
}

/// How many stand-ins a licence has had.
pub(crate) async fn count_stand_ins(work: &Work, id: LicenceId) -> Result<u8, KernelError> {
    let count = row::Entity::find()
        .filter(row::Column::TemporaryFor.eq(id))
        .count(work.conn())
        .await?;
    Ok(u8::try_from(count).unwrap_or(u8::MAX - 1))
}

/// The industry of a stored key.
pub(crate) fn industry(key: &str) -> Result<Industry, KernelError> {
    row::industry(key, "counts")
}

/// Which of these numbers and identifiers are taken already.
pub(crate) async fn taken<C: ConnectionTrait>(
    conn: &C,
    number_keys: &[String],
    identifiers: &[String],
) -> Result<Vec<(String, String)>, KernelError> {
    let either = sea_orm::Condition::any()
        .add(row::Column::NumberKey.is_in(number_keys))
        .add(row::Column::Identifier.is_in(identifiers));
    let found = row::Entity::find()
        .select_only()
        .column(row::Column::NumberKey)
        .column(row::Column::Identifier)
        .filter(either)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found)
}

/// Issued licences without signed files, in order of entry after `after`.
pub(crate) async fn unpressed(db: &Db, after: i64, limit: u64) -> Result<Vec<Licence>, KernelError> {
    let rows = unpressed_rows()
        .filter(row::Column::Seq.gt(after))
        .order_by_asc(row::Column::Seq)
        .limit(limit)
        .all(db.read())
        .await?;
    rows.into_iter().map(Licence::try_from).collect()
}

/// How many issued licences have no signed files.
pub(crate) async fn count_unpressed(db: &Db) -> Result<u64, KernelError> {
    Ok(unpressed_rows().count(db.read()).await?)
}

fn unpressed_rows() -> Select<row::Entity> {
    row::Entity::find()
        .filter(row::Column::OriginalSha256.is_null())
        .filter(row::Column::State.eq("issued"))
        .filter(row::Column::Standing.is_null())
}

//! The only place that knows the tables of this capability.

mod counts;
mod native;
mod row;
mod search;

pub(crate) use counts::{CountRow, counts, last_key, of_file, stretch};
pub(crate) use native::PointReader;
pub use row::LicenceAudit;
pub(crate) use search::{ListQuery, Listed, StatusFilter, list, public_list, published_after, text_query};

use kernel::{
    Db, KernelError, Scope, Work,
    ids::{ApplicationId, LicenceId},
    text_index::{TextIndex, Tokens, reserve_keys},
    work::guarded,
};
use sea_orm::{DbBackend, IntoActiveModel, QueryOrder, QuerySelect, Select, entity::prelude::*};

use matters::Industry;

use crate::model::{Facts, Issued, Licence, PublicKey};

/// The text index of licences.
pub(crate) const INDEX: TextIndex = TextIndex::new("licence_text");
/// Rows in one INSERT: 35 columns each, under the 32,766 parameters of SQLite.
const INSERT_BATCH: usize = 500;

/// A fresh row key for each of `count` licences.
pub(crate) async fn keys(work: &Work, count: usize) -> Result<Vec<i64>, KernelError> {
    reserve_keys(work.conn(), "licence", count).await
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
    let issued = licences
        .iter()
        .filter(|licence| matches!(licence, Licence::Issued(_)));
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

fn locked(work: &Work, query: Select<row::Entity>) -> Select<row::Entity> {
    // On SQLite the writing transaction is alone already.
    match work.conn().get_database_backend() {
        DbBackend::Sqlite => query,
        _ => query.lock_exclusive(),
    }
}

/// The licence for changing it in this work: others wait until it is done.
pub(crate) async fn load(work: &Work, id: LicenceId) -> Result<Option<Licence>, KernelError> {
    let query = locked(work, row::Entity::find().filter(row::Column::Id.eq(id)));
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
    found.map(Licence::try_from).transpose()
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

/// The licence of that loose key of its number.
pub(crate) async fn by_number_key(db: &Db, key: &str) -> Result<Option<Licence>, KernelError> {
    let found = row::Entity::find()
        .filter(row::Column::NumberKey.eq(key))
        .one(db.read())
        .await?;
    found.map(Licence::try_from).transpose()
}

/// The issued licence of a key with everything that is known of it.
pub(crate) async fn issued(db: &Db, key: &PublicKey) -> Result<Option<Issued>, KernelError> {
    let found = row::Entity::find()
        .filter(native::column(key).eq(key.as_str()))
        .filter(row::Column::State.eq("issued"))
        .order_by_desc(row::Column::IssuedOn)
        .order_by_desc(row::Column::Seq)
        .limit(1)
        .one(db.read())
        .await?;
    Ok(match found.map(Licence::try_from).transpose()? {
        Some(Licence::Issued(issued)) => Some(issued),
        _ => None,
    })
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
}

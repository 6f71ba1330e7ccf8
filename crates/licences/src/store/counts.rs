//! Counts, stretches of the register for the sitemap, and the way from a file to its licence.

use kernel::{Db, KernelError, LegalDate, Moment, Work, ids::LicenceId};
use sea_orm::{Condition, FromQueryResult, QueryOrder, QuerySelect, Statement, entity::prelude::*};

use super::row;
use crate::model::Certificate;

/// Licences in force of one industry and district.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub(crate) struct CountRow {
    pub industry: String,
    pub region: String,
    pub in_force: i64,
    pub expiring: i64,
}

/// Licences in force on a day by industry and district (six digits); `expiring` of them end by `horizon`.
pub(crate) async fn counts(db: &Db, on: LegalDate, horizon: LegalDate) -> Result<Vec<CountRow>, KernelError> {
    let sql = "SELECT industry, SUBSTR(region, 1, 6) AS region, COUNT(*) AS in_force, \
               SUM(CASE WHEN valid_until <= $2 THEN 1 ELSE 0 END) AS expiring \
               FROM licence WHERE state = 'issued' AND standing IS NULL AND temporary_for IS NULL \
               AND valid_from <= $1 AND valid_until >= $1 \
               GROUP BY industry, SUBSTR(region, 1, 6)";
    let values = [on.into(), horizon.into()];
    let statement = Statement::from_sql_and_values(db.backend(), sql, values);
    Ok(CountRow::find_by_statement(statement).all(db.read()).await?)
}

/// The highest key in the register, 0 when it is empty.
pub(crate) async fn last_key(db: &Db) -> Result<i64, KernelError> {
    let last: Option<Option<i64>> = row::Entity::find()
        .select_only()
        .column_as(row::Column::Seq.max(), "last")
        .into_tuple()
        .one(db.read())
        .await?;
    Ok(last.flatten().unwrap_or(0))
}

/// Numbers of issued licences whose keys lie in a stretch, with the instant of their last change.
pub(crate) async fn stretch(db: &Db, after: i64, until: i64) -> Result<Vec<(String, Moment)>, KernelError> {
    let found: Vec<(String, Moment, Option<Moment>)> = row::Entity::find()
        .select_only()
        .columns([
            row::Column::Number,
            row::Column::CreatedAt,
            row::Column::PressedAt,
        ])
        .filter(row::Column::State.eq("issued"))
        .filter(row::Column::Seq.gt(after))
        .filter(row::Column::Seq.lte(until))
        .order_by_asc(row::Column::Seq)
        .into_tuple()
        .all(db.read())
        .await?;
    let last = |(number, created, pressed): (String, Moment, Option<Moment>)| {
        (number, pressed.map_or(created, |pressed| pressed.max(created)))
    };
    Ok(found.into_iter().map(last).collect())
}

/// The licence to which a certificate belongs.
pub(crate) async fn of_file(db: &Db, sha256: &str) -> Result<Option<LicenceId>, KernelError> {
    let either = Condition::any()
        .add(row::Column::OriginalSha256.eq(sha256))
        .add(row::Column::DuplicateSha256.eq(sha256));
    let found: Option<LicenceId> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(either)
        .into_tuple()
        .one(db.read())
        .await?;
    if found.is_some() {
        return Ok(found);
    }
    let past = Statement::from_sql_and_values(
        db.backend(),
        "SELECT licence FROM licence_past_file WHERE sha256 = $1",
        [sha256.into()],
    );
    let row = db.read().query_one_raw(past).await?;
    Ok(row.map(|row| row.try_get("", "licence")).transpose()?)
}

/// Enters the files of an earlier edition, so that its licence is still found.
pub(crate) async fn keep_past(
    work: &Work,
    licence: LicenceId,
    files: &Certificate,
) -> Result<(), KernelError> {
    let sql =
        "INSERT INTO licence_past_file (sha256, licence) VALUES ($1, $3), ($2, $3) ON CONFLICT DO NOTHING";
    let values = [
        files.original.as_str().into(),
        files.duplicate.as_str().into(),
        licence.into(),
    ];
    let statement = Statement::from_sql_and_values(work.kernel().db().backend(), sql, values);
    work.conn().execute_raw(statement).await?;
    Ok(())
}

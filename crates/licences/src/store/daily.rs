//! What the daily work reads, a page at a time, and how far it has come.

use kernel::{
    KernelError, LegalDate, Work,
    ids::{EnterpriseId, LicenceId},
};
use sea_orm::{Condition, DbBackend, QueryOrder, QuerySelect, Statement, entity::prelude::*};

use super::row;
use crate::model::Status;

/// A licence that something happens to by date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ByDate {
    pub seq: i64,
    pub id: LicenceId,
    pub number: String,
    pub enterprise: EnterpriseId,
    pub region: String,
    pub industry: String,
    pub valid_until: LegalDate,
}

/// What happens by date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateStep {
    /// The last day was this one.
    Expired(LegalDate),
    /// A stand-in's last day was this one.
    StandInEnded(LegalDate),
    /// The last day will be this one.
    Reminder(LegalDate),
    /// The last day of a transition was this one.
    TransitionEnded(LegalDate),
    /// The last day of a suspension was this one.
    SuspensionOver(LegalDate),
}

impl DateStep {
    fn condition(self) -> Condition {
        use row::Column::{Standing, StandingUntil, State, TemporaryFor, TransitionUntil, ValidUntil};
        let published = Condition::all().add(State.eq("issued"));
        let suspended = Standing.eq(Status::Suspended.as_str());
        let lives = Condition::any().add(Standing.is_null()).add(suspended.clone());
        match self {
            Self::Expired(day) => published
                .add(ValidUntil.eq(day))
                .add(TemporaryFor.is_null())
                .add(lives),
            Self::StandInEnded(day) => published
                .add(ValidUntil.eq(day))
                .add(TemporaryFor.is_not_null())
                .add(lives),
            Self::Reminder(day) => published
                .add(ValidUntil.eq(day))
                .add(TemporaryFor.is_null())
                .add(lives),
            Self::TransitionEnded(day) => published.add(TransitionUntil.eq(day)).add(lives),
            Self::SuspensionOver(day) => published.add(suspended).add(StandingUntil.eq(day)),
        }
    }
}

/// Licences that a step concerns, in order of entry.
pub(crate) async fn by_date(
    work: &Work,
    step: DateStep,
    after: i64,
    limit: u64,
) -> Result<Vec<ByDate>, KernelError> {
    let rows: Vec<(i64, LicenceId, String, EnterpriseId, String, String, LegalDate)> = row::Entity::find()
        .select_only()
        .columns([
            row::Column::Seq,
            row::Column::Id,
            row::Column::Number,
            row::Column::Enterprise,
            row::Column::Region,
            row::Column::Industry,
            row::Column::ValidUntil,
        ])
        .filter(step.condition())
        .filter(row::Column::Seq.gt(after))
        .order_by_asc(row::Column::Seq)
        .limit(limit)
        .into_tuple()
        .all(work.conn())
        .await?;
    let read = |(seq, id, number, enterprise, region, industry, valid_until)| ByDate {
        seq,
        id,
        number,
        enterprise,
        region,
        industry,
        valid_until,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// How far a step of a day has come: the key to go on from, or `None` when it is done.
pub(crate) async fn progress(work: &Work, day: LegalDate, step: &str) -> Result<Option<i64>, KernelError> {
    let backend = work.kernel().db().backend();
    // The row is there before it is locked, so that a second process waits instead of beginning as well.
    let begun =
        "INSERT INTO licence_daily (day, step, after, done) VALUES ($1, $2, 0, 0) ON CONFLICT DO NOTHING";
    let begun = Statement::from_sql_and_values(backend, begun, [day.into(), step.into()]);
    work.conn().execute_raw(begun).await?;
    let sql = match backend {
        DbBackend::Sqlite => "SELECT after, done FROM licence_daily WHERE day = $1 AND step = $2",
        _ => "SELECT after, done FROM licence_daily WHERE day = $1 AND step = $2 FOR UPDATE",
    };
    let statement = Statement::from_sql_and_values(backend, sql, [day.into(), step.into()]);
    let Some(row) = work.conn().query_one_raw(statement).await? else {
        return Ok(Some(0));
    };
    let (after, done): (i64, i64) = (row.try_get("", "after")?, row.try_get("", "done")?);
    Ok((done == 0).then_some(after))
}

/// Notes how far a step of a day has come, in the transaction of what was done.
pub(crate) async fn advance(
    work: &Work,
    day: LegalDate,
    step: &str,
    after: i64,
    done: bool,
) -> Result<(), KernelError> {
    let sql = "UPDATE licence_daily SET after = $3, done = $4 WHERE day = $1 AND step = $2";
    let values = [day.into(), step.into(), after.into(), i64::from(done).into()];
    let statement = Statement::from_sql_and_values(work.kernel().db().backend(), sql, values);
    work.conn().execute_raw(statement).await?;
    Ok(())
}

//! Counts of licences by region and status.

use codes::RegionCode;
use kernel::{Db, KernelError, LegalDate, Scope};
use matters::Industry;
use sea_orm::{Condition, QuerySelect, entity::prelude::*, sea_query::CaseStatement};

use super::{StatusFilter, row, search::within};
use crate::model::Status;

/// What of the register is counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct RegionQuery {
    pub region: Option<RegionCode>,
    pub industry: Option<Industry>,
    /// Digits to which codes of regions are cut.
    pub digits: usize,
}

/// Issued licences within the scope by region and status on a day; the conditions are those of the list.
pub(crate) async fn by_region(
    db: &Db,
    scope: &Scope,
    query: &RegionQuery,
    (on, horizon): (LegalDate, LegalDate),
) -> Result<Vec<(String, Status, i64)>, KernelError> {
    let is = |status| StatusFilter { status, on, horizon }.condition();
    let place = Status::ALL.iter().enumerate();
    let status = place.fold(CaseStatement::new(), |case, (place, status)| {
        case.case(is(*status), Expr::cust(place.to_string()))
    });
    let filter = Condition::all()
        .add_option(query.region.as_ref().map(|region| within(region.as_str())))
        .add_option(query.industry.map(|one| row::Column::Industry.eq(one.as_str())));
    let rows: Vec<(String, Option<i32>, i64)> = row::Entity::find()
        .select_only()
        .column_as(Expr::cust(format!("SUBSTR(region, 1, {})", query.digits)), "part")
        .column_as(Expr::expr(status), "status")
        .column_as(Expr::cust("COUNT(*)"), "number")
        // Spelt as in the partial index: a bound value would keep SQLite from using it.
        .filter(Expr::cust("state = 'issued'"))
        .filter(scope.condition(row::Column::Region, row::Column::Enterprise))
        .filter(filter)
        // By place: parameters inside the expression would make it another one for PostgreSQL.
        .group_by(Expr::cust("1"))
        .group_by(Expr::cust("2"))
        .into_tuple()
        .all(db.read())
        .await?;
    let known = |place: Option<i32>| {
        let place = place.and_then(|place| usize::try_from(place).ok())?;
        Status::ALL.get(place).copied()
    };
    let counted = rows
        .into_iter()
        .filter_map(|(part, place, number)| Some((part, known(place)?, number)));
    Ok(counted.collect())
}

//! Counts of licences by region and status.

use std::collections::BTreeMap;

use codes::RegionCode;
use kernel::{Db, KernelError, LegalDate, Scope};
use matters::Industry;
use sea_orm::{
    Condition, ConnectionTrait, ExprTrait, QuerySelect, QueryTrait, entity::prelude::*,
    sea_query::CaseStatement,
};

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

/// Issued licences within the scope by region and status on a day; the conditions are those of the list. Reads
/// `licence_districts` alone, in its order.
pub(crate) async fn by_region(
    db: &Db,
    scope: &Scope,
    query: &RegionQuery,
    (on, horizon): (LegalDate, LegalDate),
) -> Result<Vec<(String, Status, i64)>, KernelError> {
    let filter = Condition::all()
        .add_option(query.region.as_ref().map(|region| within(region.as_str())))
        .add_option(query.industry.map(|one| row::Column::Industry.eq(one.as_str())));
    let mut select = row::Entity::find()
        .select_only()
        .column(row::Column::Region)
        // Spelt as in the partial index: a bound value would keep SQLite from using it.
        .filter(Expr::cust("state = 'issued'"))
        .filter(scope.condition(row::Column::Region, row::Column::Enterprise))
        .filter(filter)
        .group_by(row::Column::Region);
    for status in Status::ALL {
        let is = StatusFilter { status, on, horizon }.condition();
        let one = CaseStatement::new().case(is, Expr::cust("1"));
        select = select.expr_as(Expr::expr(one).count(), status.as_str());
    }
    let mut counts = BTreeMap::new();
    for found in db.read().query_all(&select.into_query()).await? {
        let region: String = found.try_get("", "region")?;
        let part: String = region.chars().take(query.digits).collect();
        for (place, status) in Status::ALL.into_iter().enumerate() {
            let number: i64 = found.try_get("", status.as_str())?;
            *counts.entry((part.clone(), place)).or_insert(0) += number;
        }
    }
    let known = counts.into_iter().filter(|(_, number)| *number > 0);
    Ok(known
        .filter_map(|((part, place), number)| Some((part, *Status::ALL.get(place)?, number)))
        .collect())
}

//! Counts of enterprises by region.

use std::collections::BTreeMap;

use codes::RegionCode;
use kernel::{Db, KernelError, Scope, access::subtree_end};
use sea_orm::{Condition, QuerySelect, entity::prelude::*};

use super::enterprise::{Column, Entity};

/// Enterprises by region, cut to so many digits of its code, and by state. Reads `enterprise_ledger` alone,
/// in its order.
pub(crate) async fn by_region(
    db: &Db,
    scope: &Scope,
    region: Option<&RegionCode>,
    digits: usize,
) -> Result<Vec<(String, String, i64)>, KernelError> {
    let within = region.map(|region| {
        Condition::all()
            .add(Column::Region.gte(region.as_str()))
            .add(Column::Region.lt(subtree_end(region.as_str())))
    });
    let rows: Vec<(String, String, i64)> = Entity::find()
        .select_only()
        .column(Column::Region)
        .column(Column::State)
        .column_as(Expr::cust("COUNT(*)"), "number")
        .filter(scope.condition(Column::Region, Column::Id))
        .filter(Condition::all().add_option(within))
        .group_by(Column::Region)
        .group_by(Column::State)
        .into_tuple()
        .all(db.read())
        .await?;
    let mut counts = BTreeMap::new();
    for (region, state, number) in rows {
        let part: String = region.chars().take(digits).collect();
        *counts.entry((part, state)).or_insert(0) += number;
    }
    Ok(counts
        .into_iter()
        .map(|((part, state), number)| (part, state, number))
        .collect())
}

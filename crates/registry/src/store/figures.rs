//! Counts of enterprises by region.

use codes::RegionCode;
use kernel::{Db, KernelError, Scope, access::subtree_end};
use sea_orm::{Condition, QuerySelect, entity::prelude::*};

use super::enterprise::{Column, Entity};

/// Enterprises by region, cut to so many digits of its code, and by state. Reads `enterprise_ledger` alone.
pub(crate) async fn by_region(
    db: &Db,
    scope: &Scope,
    region: Option<&RegionCode>,
    digits: usize,
) -> Result<Vec<(String, String, i64)>, KernelError> {
    // Not as a parameter: it would make two expressions of one for PostgreSQL.
    let part = || Expr::cust(format!("SUBSTR(region, 1, {digits})"));
    let within = region.map(|region| {
        Condition::all()
            .add(Column::Region.gte(region.as_str()))
            .add(Column::Region.lt(subtree_end(region.as_str())))
    });
    let rows = Entity::find()
        .select_only()
        .column_as(part(), "part")
        .column(Column::State)
        .column_as(Expr::cust("COUNT(*)"), "number")
        .filter(scope.condition(Column::Region, Column::Id))
        .filter(Condition::all().add_option(within))
        .group_by(part())
        .group_by(Column::State)
        .into_tuple();
    Ok(rows.all(db.read()).await?)
}

//! Lists and counts of enterprises: filters in SQL, each order streamed from an index.

use codes::{IndustryCode, RegionCode};
use kernel::{Db, Dialect, KernelError, Scope, TextQuery, access::subtree_end};
use sea_orm::{
    Condition, FromQueryResult, Order, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement},
};

use super::{
    INDEX,
    enterprise::{Column, Entity},
    watch,
};
use crate::{
    model::{Danger, Enterprise, EnterpriseQuery, LedgerCount, SizeClass, Sort},
    rules::label,
};

/// Hits that are worth sorting by name; more are met soon enough by walking the names.
const SORTABLE: u64 = 5000;

/// A list query translated: what the text index narrows down and what SQL decides.
pub(crate) struct Hits {
    text: TextQuery,
    condition: Condition,
}

impl Hits {
    /// Of a query within a scope. `divisions_of` gives the two-digit divisions of an industry section.
    pub(crate) fn new(
        query: &EnterpriseQuery,
        text: TextQuery,
        scope: &Scope,
        divisions: &[IndustryCode],
    ) -> Self {
        let mut text = scoped(text, query.region.as_ref(), scope);
        let mut condition = Condition::all()
            .add(scope.condition(Column::Region, Column::Id))
            .add(text.verification((Entity, Column::SearchText)));
        if let Some(region) = &query.region {
            text = text.labelled(&label("region", region.as_str()));
            condition = condition.add(within(Column::Region, region.as_str()));
        }
        if let Some(industry) = &query.industry {
            text = text.labelled(&label("industry", industry.as_str()));
            condition = condition.add(industry_condition(industry, divisions));
        }
        if let Some(size) = query.size {
            text = text.labelled(&label("size", size.as_str()));
            condition = condition.add(Column::SizeClass.eq(size.as_str()));
        }
        if let Some(danger) = query.danger {
            text = text.labelled(&label("danger", danger.as_str()));
            condition = condition.add(Column::Danger.eq(danger.as_str()));
        }
        if let Some(state) = query.state {
            text = text.labelled(&label("state", state.as_str()));
            condition = condition.add(Column::State.eq(state.as_str()));
        }
        if query.code_warnings {
            text = text.labelled(&label("code", "warned"));
            condition = condition.add(Column::CodeWarnings.ne("[]"));
        }
        if query.watched {
            condition = condition.add(Column::Id.in_subquery(watch::on_the_list()));
        }
        Self { text, condition }
    }

    /// Only the enterprise with this code.
    pub(crate) fn with_code(
        scope: &Scope,
        query: &EnterpriseQuery,
        code: &str,
        divisions: &[IndustryCode],
    ) -> Self {
        let hits = Self::new(query, TextQuery::default(), scope, divisions);
        Self {
            text: TextQuery::default(),
            condition: hits.condition.add(Column::Code.eq(code)),
        }
    }
}

/// Labels for the scope, unless the region asked for lies within it already.
fn scoped(text: TextQuery, region: Option<&RegionCode>, scope: &Scope) -> TextQuery {
    let is_covered = region.is_some_and(|region| scope.covers(region.as_str(), None));
    let everywhere = scope.regions.iter().any(String::is_empty);
    if scope.enterprise.is_some() || is_covered || everywhere {
        text
    } else {
        text.labelled_any(scope.regions.iter().map(|code| label("region", code)))
    }
}

fn within(column: Column, prefix: &str) -> Condition {
    Condition::all()
        .add(column.gte(prefix))
        .add(column.lt(subtree_end(prefix)))
}

fn industry_condition(industry: &IndustryCode, divisions: &[IndustryCode]) -> Condition {
    let own = within(Column::Industry, industry.as_str());
    divisions.iter().fold(Condition::any().add(own), |any, division| {
        any.add(within(Column::Industry, division.as_str()))
    })
}

/// Where a page begins.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Cursor {
    name: String,
    seq: i64,
}

impl Cursor {
    pub(crate) fn of(enterprise: &Enterprise) -> Self {
        Self {
            name: enterprise.name.clone(),
            seq: enterprise.seq,
        }
    }
}

/// Enterprises of a query after the cursor, one more than `limit`.
pub(crate) async fn list(
    db: &Db,
    hits: &Hits,
    sort: Sort,
    after: Option<Cursor>,
    limit: u64,
) -> Result<Vec<Enterprise>, KernelError> {
    let mut find = Entity::find().filter(hits.condition.clone()).limit(limit + 1);
    let uses_index = !hits.text.is_empty() && (sort == Sort::Registered || sorts_hits(db, hits).await?);
    let mut key = Expr::col((Entity, Column::Seq));
    if uses_index {
        let query = QueryTrait::query(&mut find);
        key = INDEX.apply(
            db.backend(),
            query,
            Alias::new("enterprise"),
            Alias::new("seq"),
            &hits.text,
        );
    }
    let query = QueryTrait::query(&mut find);
    match sort {
        Sort::Registered => newest_first(query, key, after),
        Sort::Name => by_name(query, after),
    }
    find.all(db.read())
        .await?
        .into_iter()
        .map(Enterprise::try_from)
        .collect()
}

fn newest_first(query: &mut SelectStatement, key: Expr, after: Option<Cursor>) {
    if let Some(cursor) = after {
        query.and_where(key.clone().lt(cursor.seq));
    }
    query.order_by_expr(key, Order::Desc);
}

fn by_name(query: &mut SelectStatement, after: Option<Cursor>) {
    if let Some(Cursor { name, seq }) = after {
        // Written so that the index on (name, seq) starts at the right place.
        query.and_where(Column::Name.gte(name.clone()));
        query.cond_where(
            Condition::any()
                .add(Column::Name.gt(name))
                .add(Column::Seq.gt(seq)),
        );
    }
    query
        .order_by((Entity, Column::Name), Order::Asc)
        .order_by((Entity, Column::Seq), Order::Asc);
}

/// Whether the hits are so few that sorting them beats walking the names. PostgreSQL decides that itself.
async fn sorts_hits(db: &Db, hits: &Hits) -> Result<bool, KernelError> {
    if db.dialect() == Dialect::Postgres {
        return Ok(true);
    }
    let mut find = Entity::find()
        .select_only()
        .column(Column::Seq)
        .filter(hits.condition.clone())
        .offset(SORTABLE)
        .limit(1);
    let query = QueryTrait::query(&mut find);
    INDEX.apply(
        db.backend(),
        query,
        Alias::new("enterprise"),
        Alias::new("seq"),
        &hits.text,
    );
    let beyond: Option<i64> = find.into_tuple().one(db.read()).await?;
    Ok(beyond.is_none())
}

#[derive(FromQueryResult)]
struct CountRow {
    part: String,
    danger: Option<String>,
    size_class: String,
    division: Option<String>,
    enterprises: i64,
}

/// Counts of enterprises not closed, by the region one level below (`digits` digits), danger, size, industry.
pub(crate) async fn ledger(
    db: &Db,
    region: Option<&RegionCode>,
    digits: i64,
    scope: &Scope,
) -> Result<Vec<LedgerCount>, KernelError> {
    let mut alike = Entity::find()
        .select_only()
        .columns([
            Column::Region,
            Column::Danger,
            Column::SizeClass,
            Column::Industry,
        ])
        .column_as(Expr::cust("count(*)"), "number")
        .filter(scope.condition(Column::Region, Column::Id))
        .filter(Column::State.is_in(["active", "halted"]))
        // In the order of `enterprise_ledger`, so that the groups come one after the other.
        .group_by(Column::Region)
        .group_by(Column::State)
        .group_by(Column::Danger)
        .group_by(Column::SizeClass)
        .group_by(Column::Industry);
    if let Some(region) = region {
        alike = alike.filter(within(Column::Region, region.as_str()));
    }
    let mut find = Query::select();
    find.from_subquery(alike.into_query(), "alike")
        // A number of our own, not a parameter: the engines write those differently inside an expression.
        .expr_as(Expr::cust(format!("substr(region, 1, {digits})")), "part")
        .columns(["danger", "size_class"])
        .expr_as(Expr::cust("substr(industry, 1, 2)"), "division")
        .expr_as(Expr::cust("cast(sum(number) AS BIGINT)"), "enterprises")
        .add_group_by((1..=4).map(|place: i32| Expr::cust(place.to_string())));
    let rows = CountRow::find_by_statement(db.backend().build(&find))
        .all(db.read())
        .await?;
    rows.into_iter().map(count).collect()
}

fn count(row: CountRow) -> Result<LedgerCount, KernelError> {
    let corrupt = || KernelError::Corrupt("ledger".to_owned());
    let danger = match row.danger.as_deref() {
        None => None,
        Some(text) => Some(Danger::parse(text).ok_or_else(corrupt)?),
    };
    Ok(LedgerCount {
        region: row.part,
        danger,
        size: SizeClass::parse(&row.size_class).ok_or_else(corrupt)?,
        industry: row.division,
        count: row.enterprises,
    })
}

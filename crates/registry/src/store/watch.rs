//! Who is supervised more closely.

use std::collections::BTreeSet;

use kernel::{KernelError, LegalDate, Moment, Sealed, Work, event, ids::EnterpriseId, work::guarded};
use sea_orm::{
    ExprTrait, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*,
    sea_query::SelectStatement,
};
use serde::Serialize;
use uuid::Uuid;

use crate::model::{EndedBy, Watch, WatchEnd, WatchId, WatchSource};

pub(crate) mod row {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "enterprise_watch")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: WatchId,
        pub version: i64,
        pub enterprise: EnterpriseId,
        pub region: String,
        pub ground: String,
        pub source_type: String,
        pub source: Uuid,
        pub source_label: String,
        pub since: LegalDate,
        pub begun_by: Uuid,
        pub begun_at: Moment,
        pub ended_at: Option<Moment>,
        pub ended_by: Option<Uuid>,
        pub end_reason: Option<String>,
    }
    impl ActiveModelBehavior for ActiveModel {}

    impl Sealed for Model {
        const SUBJECT: &'static str = "enterprise_watch";
        fn subject_id(&self) -> Uuid {
            self.id.into()
        }
        fn version(&self) -> i64 {
            self.version
        }
        fn enterprise(&self) -> Option<Uuid> {
            Some(self.enterprise.into())
        }
        fn region(&self) -> Option<&str> {
            Some(&self.region)
        }
    }
}

use row::{Column, Entity};

impl TryFrom<row::Model> for Watch {
    type Error = KernelError;

    fn try_from(row: row::Model) -> Result<Self, KernelError> {
        let by = match (row.ended_by, row.end_reason) {
            (Some(event), None) => Some(EndedBy::Event(event)),
            (None, Some(reason)) => Some(EndedBy::Officer(reason)),
            (None, None) => None,
            (Some(_), Some(_)) => return Err(KernelError::Corrupt(format!("end of watch {}", row.id))),
        };
        let end = match (row.ended_at, by) {
            (Some(at), Some(by)) => Some(WatchEnd { at, by }),
            (None, None) => None,
            _ => return Err(KernelError::Corrupt(format!("end of watch {}", row.id))),
        };
        Ok(Self {
            id: row.id,
            version: row.version,
            enterprise: row.enterprise,
            region: row.region,
            ground: row.ground,
            source: WatchSource {
                kind: row.source_type,
                id: row.source,
                label: row.source_label,
            },
            since: row.since,
            begun_by: row.begun_by,
            begun_at: row.begun_at,
            end,
        })
    }
}

fn to_row(watch: &Watch) -> row::Model {
    let by = watch.end.as_ref().map(|end| &end.by);
    row::Model {
        id: watch.id,
        version: watch.version,
        enterprise: watch.enterprise,
        region: watch.region.clone(),
        ground: watch.ground.clone(),
        source_type: watch.source.kind.clone(),
        source: watch.source.id,
        source_label: watch.source.label.clone(),
        since: watch.since,
        begun_by: watch.begun_by,
        begun_at: watch.begun_at,
        ended_at: watch.end.as_ref().map(|end| end.at),
        ended_by: match by {
            Some(EndedBy::Event(event)) => Some(*event),
            _ => None,
        },
        end_reason: match by {
            Some(EndedBy::Officer(reason)) => Some(reason.clone()),
            _ => None,
        },
    }
}

fn all(rows: Vec<row::Model>) -> Result<Vec<Watch>, KernelError> {
    rows.into_iter().map(Watch::try_from).collect()
}

/// Puts an enterprise on the list.
pub(crate) async fn insert(work: &Work, watch: &Watch) -> Result<row::Model, KernelError> {
    let row = to_row(watch);
    Entity::insert(row.clone().into_active_model())
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// Saves a watch whose version was raised by one.
pub(crate) async fn update(work: &Work, watch: &Watch) -> Result<row::Model, KernelError> {
    let row = to_row(watch);
    let done = Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(watch.id))
        .filter(Column::Version.eq(watch.version - 1))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "watch")?;
    Ok(row)
}

/// One watch.
pub(crate) async fn one<C: ConnectionTrait>(conn: &C, id: WatchId) -> Result<Option<Watch>, KernelError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.map(Watch::try_from).transpose()
}

/// All that an enterprise ever had.
pub(crate) async fn of_enterprise<C: ConnectionTrait>(
    conn: &C,
    id: EnterpriseId,
) -> Result<Vec<Watch>, KernelError> {
    all(Entity::find().filter(Column::Enterprise.eq(id)).all(conn).await?)
}

/// Those of some enterprises that have not ended, the oldest first.
pub(crate) async fn open_of<C: ConnectionTrait>(
    conn: &C,
    ids: &[EnterpriseId],
) -> Result<Vec<Watch>, KernelError> {
    let find = Entity::find()
        .filter(Column::Enterprise.is_in(ids.iter().copied()))
        .filter(Column::EndedAt.is_null())
        .order_by_asc(Column::Id);
    all(find.all(conn).await?)
}

/// An event belongs to a time before the watch only if it is older by this, in milliseconds: processes share a clock
/// that is not exact, and an act counts from its beginning.
const MARGIN: i64 = 3_600_000;

/// Enterprises on the list, after this one, of which events of these kinds were recorded since they stand there.
pub(crate) async fn listed_with<C: ConnectionTrait>(
    conn: &C,
    kinds: &BTreeSet<&str>,
    after: Option<EnterpriseId>,
    limit: u64,
) -> Result<Vec<EnterpriseId>, KernelError> {
    let since = Expr::col((Entity, Column::BegunAt)).sub(MARGIN);
    let news = event::Entity::find()
        .select_only()
        .expr(Expr::cust("1"))
        .filter(Expr::col((event::Entity, event::Column::Enterprise)).equals((Entity, Column::Enterprise)))
        .filter(event::Column::Kind.is_in(kinds.iter().copied()))
        .filter(Expr::col((event::Entity, event::Column::At)).gte(since))
        .into_query();
    let mut find = Entity::find()
        .select_only()
        .column(Column::Enterprise)
        .distinct()
        .filter(Column::EndedAt.is_null())
        .filter(Expr::exists(news))
        .order_by_asc(Column::Enterprise)
        .limit(limit);
    if let Some(after) = after {
        find = find.filter(Column::Enterprise.gt(after));
    }
    Ok(find.into_tuple().all(conn).await?)
}

/// The enterprises on the list, for a condition. Reads `enterprise_watch_open` alone.
pub(crate) fn on_the_list() -> SelectStatement {
    Entity::find()
        .select_only()
        .column(Column::Enterprise)
        .filter(Column::EndedAt.is_null())
        .into_query()
}

//! Messages of several notices: what waits, and of what it consists.

use kernel::{Dialect, KernelError, Work, ids::AccountId};
use sea_orm::{
    ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect, Statement, entity::prelude::*,
    sea_query::LockType,
};

use super::{deliveries::row as delivery, notices::row as notice};
use crate::model::{Channel, Delivery, DeliveryId, DeliveryState, NoticeId, Part};

pub(crate) mod row {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "notice_part")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub delivery: DeliveryId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub notice: NoticeId,
        pub label: String,
        pub brief: String,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// Nobody else puts something together for this account until the end of the transaction. SQLite has one writer anyway.
pub(crate) async fn hold_account(work: &Work, account: AccountId) -> Result<(), KernelError> {
    let db = work.kernel().db();
    if db.dialect() == Dialect::Postgres {
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        let key = format!("notices:{account}");
        let lock = Statement::from_sql_and_values(db.backend(), sql, [key.into()]);
        work.conn().execute_raw(lock).await?;
    }
    Ok(())
}

/// A delivery of a topic to this address that waits and has never been tried, locked until the end of the transaction.
pub(crate) async fn gathering(
    work: &Work,
    account: AccountId,
    topic: &str,
    channel: Channel,
    address: &str,
) -> Result<Option<Delivery>, KernelError> {
    use delivery::Column;
    let mut select = delivery::Entity::find()
        .filter(Column::Account.eq(account))
        .filter(Column::Topic.eq(topic))
        .filter(Column::Channel.eq(channel.as_str()))
        .filter(Column::State.eq(DeliveryState::Queued.as_str()))
        .filter(Column::Address.eq(address))
        .filter(Column::Attempts.eq(0))
        .filter(Column::Round.eq(0))
        // What is due is perhaps being sent this very moment.
        .filter(Column::NotBefore.gt(work.now()))
        .order_by_asc(Column::CreatedAt)
        .limit(1);
    if work.kernel().db().dialect() == Dialect::Postgres {
        select = select.lock(LockType::Update);
    }
    select.one(work.conn()).await?.map(Delivery::try_from).transpose()
}

/// Notes of which notices a delivery consists.
pub(crate) async fn add_parts(work: &Work, id: DeliveryId, parts: &[Part]) -> Result<(), KernelError> {
    let rows = parts.iter().map(|part| {
        row::Model {
            delivery: id,
            notice: part.notice.id,
            label: part.label.clone(),
            brief: part.brief.clone(),
        }
        .into_active_model()
        .reset_all()
    });
    row::Entity::insert_many(rows)
        .exec_without_returning(work.conn())
        .await?;
    Ok(())
}

/// The notices of a delivery, oldest first.
pub(crate) async fn parts(work: &Work, id: DeliveryId) -> Result<Vec<Part>, KernelError> {
    let known = row::Entity::find()
        .filter(row::Column::Delivery.eq(id))
        .all(work.conn())
        .await?;
    let notices = notice::Entity::find()
        .filter(notice::Column::Id.is_in(known.iter().map(|one| one.notice)))
        .order_by_asc(notice::Column::At)
        .order_by_asc(notice::Column::Id)
        .all(work.conn())
        .await?;
    let part = |row: notice::Model| {
        let part = known.iter().find(|one| one.notice == row.id)?;
        Some(Part {
            notice: row.into(),
            label: part.label.clone(),
            brief: part.brief.clone(),
        })
    };
    Ok(notices.into_iter().filter_map(part).collect())
}

/// Writes anew what a waiting delivery says.
pub(crate) async fn reword(
    work: &Work,
    id: DeliveryId,
    title: &str,
    content: String,
) -> Result<(), KernelError> {
    use delivery::Column;
    delivery::Entity::update_many()
        .col_expr(Column::Title, Expr::value(title))
        .col_expr(Column::Content, Expr::value(content))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(DeliveryState::Queued.as_str()))
        .exec(work.conn())
        .await?;
    Ok(())
}

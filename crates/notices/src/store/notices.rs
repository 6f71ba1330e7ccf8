//! Notices by account.

use std::collections::HashSet;

use kernel::{Db, KernelError, Moment, Work, ids::AccountId};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::model::{Notice, NoticeId};

pub(crate) mod row {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "notice")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: NoticeId,
        pub account: AccountId,
        #[sea_orm(unique)]
        pub cause: String,
        pub topic: String,
        pub title: String,
        pub content: String,
        pub link: Option<String>,
        pub event: Option<Uuid>,
        pub at: Moment,
        pub read_at: Option<Moment>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

use row::Column;

/// Rows in one INSERT.
const BATCH: usize = 500;

impl From<row::Model> for Notice {
    fn from(row: row::Model) -> Self {
        Self {
            id: row.id,
            account: row.account,
            topic: row.topic,
            title: row.title,
            text: row.content,
            link: row.link,
            event: row.event,
            at: row.at,
            read_at: row.read_at,
        }
    }
}

/// Saves notices by cause; a cause that is known already is left as it is. Returns which are new.
pub(crate) async fn insert_notices(
    work: &Work,
    notices: Vec<(String, Notice)>,
) -> Result<HashSet<NoticeId>, KernelError> {
    let mut new = HashSet::new();
    for batch in notices.chunks(BATCH) {
        let rows = batch.iter().map(|(cause, notice)| {
            row::Model {
                id: notice.id,
                account: notice.account,
                cause: cause.clone(),
                topic: notice.topic.clone(),
                title: notice.title.clone(),
                content: notice.text.clone(),
                link: notice.link.clone(),
                event: notice.event,
                at: notice.at,
                read_at: notice.read_at,
            }
            .into_active_model()
            .reset_all()
        });
        let mut insert = row::Entity::insert_many(rows).into_query();
        insert
            .on_conflict(OnConflict::column(Column::Cause).do_nothing().to_owned())
            .returning_col(Column::Id);
        for row in work.conn().query_all(&insert).await? {
            new.insert(row.try_get("", "id")?);
        }
    }
    Ok(new)
}

/// What to look for among an account's notices.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoticeQuery {
    /// Only those not read yet.
    pub unread: bool,
    /// Only of this topic.
    pub topic: Option<String>,
    /// Go on after this row.
    pub after: Option<(i64, Uuid)>,
    /// Rows wanted; one more is fetched.
    pub limit: u64,
}

/// Notices of an account, newest first.
pub(crate) async fn notices(
    db: &Db,
    account: AccountId,
    query: &NoticeQuery,
) -> Result<Vec<Notice>, KernelError> {
    let mut select = row::Entity::find()
        .filter(Column::Account.eq(account))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .limit(query.limit + 1);
    if query.unread {
        select = select.filter(Column::ReadAt.is_null());
    }
    if let Some(topic) = &query.topic {
        select = select.filter(Column::Topic.eq(topic.as_str()));
    }
    if let Some((at, id)) = query.after {
        let earlier = Condition::any()
            .add(Column::At.lt(at))
            .add(Condition::all().add(Column::At.eq(at)).add(Column::Id.lt(id)));
        select = select.filter(earlier);
    }
    let rows = select.all(db.read()).await?;
    Ok(rows.into_iter().map(Notice::from).collect())
}

/// How many an account has not read.
pub(crate) async fn unread(db: &Db, account: AccountId) -> Result<u64, KernelError> {
    let query = row::Entity::find()
        .filter(Column::Account.eq(account))
        .filter(Column::ReadAt.is_null());
    Ok(query.count(db.read()).await?)
}

/// A notice of an account.
pub(crate) async fn notice<C: ConnectionTrait>(
    conn: &C,
    account: AccountId,
    id: NoticeId,
) -> Result<Option<Notice>, KernelError> {
    let found = row::Entity::find_by_id(id).filter(Column::Account.eq(account));
    Ok(found.one(conn).await?.map(Notice::from))
}

/// Notes when it was read first.
pub(crate) async fn mark_read(work: &Work, account: AccountId, id: NoticeId) -> Result<(), KernelError> {
    row::Entity::update_many()
        .set(read(work.now()))
        .filter(Column::Id.eq(id))
        .filter(Column::Account.eq(account))
        .filter(Column::ReadAt.is_null())
        .exec(work.conn())
        .await?;
    Ok(())
}

/// Notes that all of an account's notices up to an instant were read.
pub(crate) async fn mark_all_read(
    work: &Work,
    account: AccountId,
    until: Moment,
) -> Result<u64, KernelError> {
    let done = row::Entity::update_many()
        .set(read(work.now()))
        .filter(Column::Account.eq(account))
        .filter(Column::At.lte(until))
        .filter(Column::ReadAt.is_null())
        .exec(work.conn())
        .await?;
    Ok(done.rows_affected)
}

fn read(at: Moment) -> row::ActiveModel {
    row::ActiveModel {
        read_at: Set(Some(at)),
        ..Default::default()
    }
}

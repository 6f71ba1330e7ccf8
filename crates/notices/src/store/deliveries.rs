//! Deliveries: each once by its cause, with its state.

use kernel::{Db, KernelError, Moment, Scope, Work, ids::AccountId};
use sea_orm::{
    Condition, ConnectionTrait, FromQueryResult, IntoActiveModel, Order, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{LockType, OnConflict},
};
use uuid::Uuid;

use crate::{
    model::{Channel, Delivery, DeliveryId, DeliveryState, NoticeId, WebhookId},
    rules::Verdict,
};

pub(crate) mod row {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "notice_delivery")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DeliveryId,
        #[sea_orm(unique)]
        pub cause: String,
        pub notice: Option<NoticeId>,
        pub webhook: Option<WebhookId>,
        pub account: Option<AccountId>,
        pub topic: String,
        pub title: String,
        pub channel: String,
        pub region: String,
        pub address: String,
        pub content: String,
        pub state: String,
        pub attempts: i64,
        pub round: i64,
        pub last_error: Option<String>,
        pub not_before: Moment,
        pub created_at: Moment,
        pub sent_at: Option<Moment>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

use row::Column;

/// Rows in one INSERT.
const BATCH: usize = 500;

impl TryFrom<row::Model> for Delivery {
    type Error = KernelError;

    fn try_from(row: row::Model) -> Result<Self, KernelError> {
        let corrupt = || KernelError::Corrupt(format!("notice_delivery {}", row.id));
        Ok(Self {
            channel: Channel::parse(&row.channel).ok_or_else(corrupt)?,
            state: DeliveryState::parse(&row.state).ok_or_else(corrupt)?,
            id: row.id,
            notice: row.notice,
            webhook: row.webhook,
            account: row.account,
            topic: row.topic,
            title: row.title,
            region: row.region,
            address: row.address,
            content: row.content,
            attempts: row.attempts,
            round: row.round,
            last_error: row.last_error,
            not_before: row.not_before,
            created_at: row.created_at,
            sent_at: row.sent_at,
        })
    }
}

fn model(cause: String, one: &Delivery) -> row::Model {
    row::Model {
        id: one.id,
        cause,
        notice: one.notice,
        webhook: one.webhook,
        account: one.account,
        topic: one.topic.clone(),
        title: one.title.clone(),
        channel: one.channel.as_str().to_owned(),
        region: one.region.clone(),
        address: one.address.clone(),
        content: one.content.clone(),
        state: one.state.as_str().to_owned(),
        attempts: one.attempts,
        round: one.round,
        last_error: one.last_error.clone(),
        not_before: one.not_before,
        created_at: one.created_at,
        sent_at: one.sent_at,
    }
}

/// Saves deliveries by cause; a cause that is known already is left as it is.
pub(crate) async fn insert_deliveries(
    work: &Work,
    deliveries: &[(String, Delivery)],
) -> Result<(), KernelError> {
    for batch in deliveries.chunks(BATCH) {
        let rows = batch
            .iter()
            .map(|(cause, one)| model(cause.clone(), one).into_active_model().reset_all());
        let mut insert = row::Entity::insert_many(rows).into_query();
        insert.on_conflict(OnConflict::column(Column::Cause).do_nothing().to_owned());
        work.conn().execute(&insert).await?;
    }
    Ok(())
}

/// Saves one delivery; false when its cause is known already.
pub(crate) async fn insert_delivery(
    work: &Work,
    cause: String,
    delivery: &Delivery,
) -> Result<bool, KernelError> {
    let row = model(cause, delivery).into_active_model().reset_all();
    let mut insert = row::Entity::insert(row).into_query();
    insert.on_conflict(OnConflict::column(Column::Cause).do_nothing().to_owned());
    Ok(work.conn().execute(&insert).await?.rows_affected() > 0)
}

/// A delivery, locked until the end of the transaction on the engine that has locks.
async fn locked(work: &Work, id: DeliveryId) -> Result<Option<Delivery>, KernelError> {
    let mut select = row::Entity::find_by_id(id);
    if work.kernel().db().dialect() == kernel::Dialect::Postgres {
        select = select.lock(LockType::Update);
    }
    select.one(work.conn()).await?.map(Delivery::try_from).transpose()
}

/// A delivery that the scope covers.
pub(crate) async fn delivery(
    db: &Db,
    scope: &Scope,
    id: DeliveryId,
) -> Result<Option<Delivery>, KernelError> {
    let found = row::Entity::find_by_id(id).filter(within(scope));
    found.one(db.read()).await?.map(Delivery::try_from).transpose()
}

/// Administrators see what belongs to accounts of their region; an enterprise sees none.
fn within(scope: &Scope) -> Condition {
    // A delivery belongs to no enterprise: whoever is of one meets none.
    scope.condition(Column::Region, Column::Webhook)
}

/// Takes a delivery up for an attempt: from here on its end is unknown until it is written down. Returns it as it was
/// before; the caller sees by its state whether an attempt is to be made.
pub(crate) async fn begin_attempt(work: &Work, id: DeliveryId) -> Result<Option<Delivery>, KernelError> {
    let Some(found) = locked(work, id).await? else {
        return Ok(None);
    };
    let repeat = found.state == DeliveryState::Sending && found.channel.is_repeatable();
    let is_ready = matches!(found.state, DeliveryState::Queued | DeliveryState::Failed) || repeat;
    let next = match found.state {
        _ if is_ready => DeliveryState::Sending,
        // The process that was at it is gone, and nobody knows how far it came.
        DeliveryState::Sending => DeliveryState::Unknown,
        other => other,
    };
    row::Entity::update_many()
        .col_expr(Column::State, Expr::value(next.as_str()))
        .col_expr(
            Column::Attempts,
            Expr::value(found.attempts + i64::from(is_ready)),
        )
        .filter(Column::Id.eq(id))
        .exec(work.conn())
        .await?;
    Ok(Some(found))
}

/// Writes down how an attempt ended.
pub(crate) async fn end_attempt(work: &Work, id: DeliveryId, verdict: &Verdict) -> Result<(), KernelError> {
    let sent = (verdict.state == DeliveryState::Sent).then(|| work.now());
    row::Entity::update_many()
        .col_expr(Column::State, Expr::value(verdict.state.as_str()))
        .col_expr(Column::SentAt, Expr::value(sent.map(|at| at.0)))
        .col_expr(Column::LastError, Expr::value(verdict.error.clone()))
        .filter(Column::Id.eq(id))
        // Another worker that took it over may have ended it well in the meantime.
        .filter(Column::State.ne(DeliveryState::Sent.as_str()))
        .exec(work.conn())
        .await?;
    Ok(())
}

/// Leaves later: quiet hours have begun since it was put in.
pub(crate) async fn postpone(work: &Work, id: DeliveryId, until: Moment) -> Result<(), KernelError> {
    row::Entity::update_many()
        .col_expr(Column::NotBefore, Expr::value(until.0))
        .filter(Column::Id.eq(id))
        .exec(work.conn())
        .await?;
    Ok(())
}

/// Sends a stuck delivery on its way again. Returns its new round, or nothing when it is not stuck.
pub(crate) async fn restart(work: &Work, id: DeliveryId) -> Result<Option<i64>, KernelError> {
    let Some(found) = locked(work, id).await?.filter(|one| one.state.is_stuck()) else {
        return Ok(None);
    };
    row::Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::Queued.as_str()))
        .col_expr(Column::Attempts, Expr::value(0_i64))
        .col_expr(Column::Round, Expr::value(found.round + 1))
        .col_expr(Column::NotBefore, Expr::value(work.now().0))
        .filter(Column::Id.eq(id))
        .exec(work.conn())
        .await?;
    Ok(Some(found.round + 1))
}

/// What to look for among deliveries.
#[derive(Clone, Debug)]
pub(crate) struct DeliveryQuery {
    /// In this state; in any unless given.
    pub state: Option<DeliveryState>,
    /// Through this channel.
    pub channel: Option<Channel>,
    /// To this webhook.
    pub webhook: Option<WebhookId>,
    /// Newest first; oldest first otherwise.
    pub newest_first: bool,
    /// Go on after this row.
    pub after: Option<(i64, Uuid)>,
    /// Rows wanted; one more is fetched.
    pub limit: u64,
}

/// Deliveries by the time at which they were put in.
pub(crate) async fn deliveries(
    db: &Db,
    scope: &Scope,
    query: &DeliveryQuery,
) -> Result<Vec<Delivery>, KernelError> {
    let order = if query.newest_first {
        Order::Desc
    } else {
        Order::Asc
    };
    let mut select = row::Entity::find()
        .filter(within(scope))
        .order_by(Column::CreatedAt, order.clone())
        .order_by(Column::Id, order)
        .limit(query.limit + 1);
    if let Some(state) = query.state {
        select = select.filter(Column::State.eq(state.as_str()));
    }
    if let Some(channel) = query.channel {
        select = select.filter(Column::Channel.eq(channel.as_str()));
    }
    if let Some(webhook) = query.webhook {
        select = select.filter(Column::Webhook.eq(webhook));
    }
    if let Some((at, id)) = query.after {
        let (other, same) = if query.newest_first {
            (Column::CreatedAt.lt(at), Column::Id.lt(id))
        } else {
            (Column::CreatedAt.gt(at), Column::Id.gt(id))
        };
        let behind = Condition::all().add(Column::CreatedAt.eq(at)).add(same);
        select = select.filter(Condition::any().add(other).add(behind));
    }
    let rows = select.all(db.read()).await?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// How many deliveries of a channel are in a state.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct ChannelCount {
    pub channel: String,
    pub state: String,
    pub count: i64,
    pub newest: Option<Moment>,
}

/// Counts the deliveries that were put in since an instant.
pub(crate) async fn channel_counts(
    db: &Db,
    scope: &Scope,
    since: Moment,
) -> Result<Vec<ChannelCount>, KernelError> {
    let select = row::Entity::find()
        .select_only()
        .column(Column::Channel)
        .column(Column::State)
        .column_as(Column::Id.count(), "count")
        .column_as(Column::SentAt.max(), "newest")
        .filter(within(scope))
        .filter(Column::CreatedAt.gte(since))
        .group_by(Column::Channel)
        .group_by(Column::State);
    Ok(select.into_model::<ChannelCount>().all(db.read()).await?)
}

/// What went wrong last on a channel.
pub(crate) async fn last_error(
    db: &Db,
    scope: &Scope,
    channel: Channel,
) -> Result<Option<String>, KernelError> {
    let states = [DeliveryState::Failed, DeliveryState::Dead].map(DeliveryState::as_str);
    let row = row::Entity::find()
        .filter(within(scope))
        .filter(Column::Channel.eq(channel.as_str()))
        .filter(Column::State.is_in(states))
        .order_by_desc(Column::CreatedAt)
        .one(db.read())
        .await?;
    Ok(row.and_then(|row| row.last_error))
}

//! Preferences, webhooks, calendar feeds.

use std::collections::HashMap;

use kernel::{Db, KernelError, Moment, Scope, Work, ids::AccountId};
use sea_orm::{
    ConnectionTrait, IntoActiveModel, QueryOrder, QueryTrait, entity::prelude::*, sea_query::OnConflict,
};

use crate::model::{Preferences, Webhook, WebhookId};

pub(crate) mod preference {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "notice_preference")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: AccountId,
        pub version: i64,
        pub body: String,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod hook {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhook")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: WebhookId,
        pub region: String,
        pub name: String,
        pub url: String,
        pub topics: String,
        pub secret: String,
        pub created_at: Moment,
        pub ended_at: Option<Moment>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod feed {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "calendar_feed")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: AccountId,
        #[sea_orm(unique)]
        pub token_hash: String,
        pub created_at: Moment,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

fn read(row: preference::Model) -> Result<(i64, Preferences), KernelError> {
    Ok((row.version, serde_json::from_str(&row.body)?))
}

/// What an account chose, with the version; version 0 when it chose nothing yet.
pub(crate) async fn preferences<C: ConnectionTrait>(
    conn: &C,
    account: AccountId,
) -> Result<(i64, Preferences), KernelError> {
    let row = preference::Entity::find_by_id(account).one(conn).await?;
    row.map_or(Ok((0, Preferences::default())), read)
}

/// What several accounts chose.
pub(crate) async fn preferences_of(
    db: &Db,
    accounts: &[AccountId],
) -> Result<HashMap<AccountId, Preferences>, KernelError> {
    let ids = accounts.iter().copied();
    let rows = preference::Entity::find()
        .filter(preference::Column::Account.is_in(ids))
        .all(db.read())
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.account, read(row)?.1)))
        .collect()
}

/// Saves what an account chose over the version that it saw.
pub(crate) async fn save_preferences(
    work: &Work,
    account: AccountId,
    version: i64,
    preferences: &Preferences,
) -> Result<(), KernelError> {
    let row = preference::Model {
        account,
        version: version + 1,
        body: serde_json::to_string(preferences)?,
    };
    let set = row.clone().into_active_model().reset_all();
    if version > 0 {
        let done = preference::Entity::update_many()
            .set(set)
            .filter(preference::Column::Account.eq(account))
            .filter(preference::Column::Version.eq(version))
            .exec(work.conn())
            .await?;
        return kernel::work::guarded(done.rows_affected, "preferences");
    }
    let mut insert = preference::Entity::insert(set).into_query();
    insert.on_conflict(
        OnConflict::column(preference::Column::Account)
            .do_nothing()
            .to_owned(),
    );
    let done = work.conn().execute(&insert).await?;
    kernel::work::guarded(done.rows_affected(), "preferences")
}

impl TryFrom<hook::Model> for Webhook {
    type Error = KernelError;

    fn try_from(row: hook::Model) -> Result<Self, KernelError> {
        Ok(Self {
            topics: serde_json::from_str(&row.topics)?,
            id: row.id,
            region: row.region,
            name: row.name,
            url: row.url,
            secret: row.secret,
            created_at: row.created_at,
            ended_at: row.ended_at,
        })
    }
}

/// Saves a webhook.
pub(crate) async fn insert_webhook(work: &Work, webhook: &Webhook) -> Result<(), KernelError> {
    let row = hook::Model {
        id: webhook.id,
        region: webhook.region.clone(),
        name: webhook.name.clone(),
        url: webhook.url.clone(),
        topics: serde_json::to_string(&webhook.topics)?,
        secret: webhook.secret.clone(),
        created_at: webhook.created_at,
        ended_at: webhook.ended_at,
    };
    hook::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(work.conn())
        .await?;
    Ok(())
}

/// Webhooks within the scope, oldest first. An installation has a handful.
pub(crate) async fn webhooks(db: &Db, scope: &Scope) -> Result<Vec<Webhook>, KernelError> {
    let rows = hook::Entity::find()
        .filter(scope.condition(hook::Column::Region, hook::Column::Id))
        .order_by_asc(hook::Column::CreatedAt)
        .order_by_asc(hook::Column::Id)
        .all(db.read())
        .await?;
    rows.into_iter().map(Webhook::try_from).collect()
}

/// A webhook, ended or not.
pub(crate) async fn webhook(db: &Db, id: WebhookId) -> Result<Option<Webhook>, KernelError> {
    let row = hook::Entity::find_by_id(id).one(db.read()).await?;
    row.map(Webhook::try_from).transpose()
}

/// Webhooks that hear of a topic in a region; an event without a region reaches those of everywhere.
pub(crate) async fn webhooks_for(db: &Db, topic: &str, region: &str) -> Result<Vec<Webhook>, KernelError> {
    let rows = hook::Entity::find()
        .filter(hook::Column::EndedAt.is_null())
        .order_by_asc(hook::Column::CreatedAt)
        .all(db.read())
        .await?;
    let all: Vec<Webhook> = rows
        .into_iter()
        .map(Webhook::try_from)
        .collect::<Result<_, _>>()?;
    Ok(all
        .into_iter()
        .filter(|one| one.topics.iter().any(|known| known == topic) && region.starts_with(&one.region))
        .collect())
}

/// Ends a webhook; false when there is none within the scope.
pub(crate) async fn end_webhook(work: &Work, scope: &Scope, id: WebhookId) -> Result<bool, KernelError> {
    let done = hook::Entity::update_many()
        .col_expr(hook::Column::EndedAt, Expr::value(work.now().0))
        .filter(hook::Column::Id.eq(id))
        .filter(hook::Column::EndedAt.is_null())
        .filter(scope.condition(hook::Column::Region, hook::Column::Id))
        .exec(work.conn())
        .await?;
    Ok(done.rows_affected > 0)
}

/// Since when an account has a calendar address.
pub(crate) async fn feed_of(db: &Db, account: AccountId) -> Result<Option<Moment>, KernelError> {
    let row = feed::Entity::find_by_id(account).one(db.read()).await?;
    Ok(row.map(|row| row.created_at))
}

/// The account of a calendar address.
pub(crate) async fn feed_account(db: &Db, token_hash: &str) -> Result<Option<AccountId>, KernelError> {
    let row = feed::Entity::find()
        .filter(feed::Column::TokenHash.eq(token_hash))
        .one(db.read())
        .await?;
    Ok(row.map(|row| row.account))
}

/// Gives an account a calendar address; an older one ends with it.
pub(crate) async fn save_feed(
    work: &Work,
    account: AccountId,
    token_hash: String,
) -> Result<(), KernelError> {
    let row = feed::Model {
        account,
        token_hash,
        created_at: work.now(),
    };
    let mut insert = feed::Entity::insert(row.into_active_model().reset_all()).into_query();
    let renewed = [feed::Column::TokenHash, feed::Column::CreatedAt];
    insert.on_conflict(
        OnConflict::column(feed::Column::Account)
            .update_columns(renewed)
            .to_owned(),
    );
    work.conn().execute(&insert).await?;
    Ok(())
}

/// Ends an account's calendar address; false when it has none.
pub(crate) async fn end_feed(work: &Work, account: AccountId) -> Result<bool, KernelError> {
    let done = feed::Entity::delete_by_id(account).exec(work.conn()).await?;
    Ok(done.rows_affected > 0)
}

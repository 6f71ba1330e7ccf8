//! Idempotent POSTs: the client's Idempotency-Key is committed with the act, so a retry never acts twice.

use sea_orm::entity::prelude::*;

use crate::{Actor, Moment};

/// A key whose act was committed.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    /// Whose key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub actor: String,
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_key: String,
    /// Hash of method and address, and of the content.
    pub fingerprint: String,
    /// What was created or changed, `type/id`.
    pub resource: Option<String>,
    /// Status that was answered.
    pub status: Option<i64>,
    /// Content type that was answered.
    pub content_type: Option<String>,
    /// Body that was answered.
    pub body: Option<Vec<u8>>,
    /// Version that was answered.
    pub etag: Option<String>,
    /// When.
    pub at: Moment,
}

impl ActiveModelBehavior for ActiveModel {}

/// Under which name an actor's keys are kept.
pub(crate) fn actor_key(actor: &Actor) -> String {
    actor
        .account
        .map_or_else(|| "system".to_owned(), |id| id.to_string())
}

/// What is known of an actor's key; `None` for one never seen.
///
/// # Errors
/// [`DbErr`].
pub async fn find(db: &crate::Db, actor: &Actor, key: &str) -> Result<Option<Model>, DbErr> {
    let id = (actor_key(actor), key.to_owned());
    Entity::find_by_id(id).one(db.read()).await
}

/// An answer as it is kept for retries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Content type.
    pub content_type: Option<String>,
    /// `ETag`: the next edit brings it back.
    pub etag: Option<String>,
    /// Body.
    pub body: Vec<u8>,
}

/// Keeps the answer for retries. Losing it is harmless: a retry is then told that the act is done.
///
/// # Errors
/// [`DbErr`].
pub async fn keep_answer(db: &crate::Db, actor: &Actor, key: &str, answer: Answer) -> Result<(), DbErr> {
    let tx = db.transaction().await?;
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(i64::from(answer.status)))
        .col_expr(Column::ContentType, Expr::value(answer.content_type))
        .col_expr(Column::Etag, Expr::value(answer.etag))
        .col_expr(Column::Body, Expr::value(answer.body))
        .filter(Column::Actor.eq(actor_key(actor)))
        .filter(Column::RequestKey.eq(key))
        .exec(&tx)
        .await?;
    tx.commit().await
}

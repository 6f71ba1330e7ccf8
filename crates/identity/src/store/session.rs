//! Sessions.

use kernel::{Db, KernelError, Moment, Work, ids::AccountId};
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect, entity::prelude::*};

use super::{account, corrupt, credential};
use crate::model::{Account, Session, SessionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    #[sea_orm(unique)]
    pub token_hash: String,
    pub account: AccountId,
    pub created_at: Moment,
    pub seen_at: Moment,
    pub expires_at: Moment,
    pub address: String,
    pub agent: String,
}
impl ActiveModelBehavior for ActiveModel {}

/// Saves a new session under the hash of its token.
pub(crate) async fn insert_session(
    work: &Work,
    session: &Session,
    token_hash: String,
) -> Result<(), KernelError> {
    let row = ActiveModel {
        id: Set(session.id),
        token_hash: Set(token_hash),
        account: Set(session.account),
        created_at: Set(session.created_at),
        seen_at: Set(session.seen_at),
        expires_at: Set(session.expires_at),
        address: Set(session.address.clone()),
        agent: Set(session.agent.clone()),
    };
    Entity::insert(row).exec_without_returning(work.conn()).await?;
    Ok(())
}

/// The session of a token with its account.
pub(crate) async fn session_by_token(
    db: &Db,
    token_hash: &str,
) -> Result<Option<(Session, Account, bool)>, KernelError> {
    let found = Entity::find()
        .filter(Column::TokenHash.eq(token_hash))
        .one(db.read())
        .await?;
    let Some(row) = found else { return Ok(None) };
    let account = account::Entity::find_by_id(row.account).one(db.read()).await?;
    let account = account.ok_or_else(|| corrupt("session", row.account))?;
    let must_change: Option<i64> = credential::Entity::find_by_id(row.account)
        .select_only()
        .column(credential::Column::MustChange)
        .into_tuple()
        .one(db.read())
        .await?;
    Ok(Some((
        row.into(),
        Account::try_from(account)?,
        must_change == Some(1),
    )))
}

impl From<Model> for Session {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            account: row.account,
            created_at: row.created_at,
            seen_at: row.seen_at,
            expires_at: row.expires_at,
            address: row.address,
            agent: row.agent,
        }
    }
}

/// Sessions of an account, newest first.
pub(crate) async fn sessions(db: &Db, id: AccountId) -> Result<Vec<Session>, KernelError> {
    let rows = Entity::find()
        .filter(Column::Account.eq(id))
        .order_by_desc(Column::CreatedAt)
        .limit(200)
        .all(db.read())
        .await?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Moves the end of a session on.
pub(crate) async fn touch_session(
    work: &Work,
    id: SessionId,
    seen: Moment,
    expires: Moment,
) -> Result<(), KernelError> {
    Entity::update_many()
        .col_expr(Column::SeenAt, Expr::value(seen.0))
        .col_expr(Column::ExpiresAt, Expr::value(expires.0))
        .filter(Column::Id.eq(id))
        .exec(work.conn())
        .await?;
    Ok(())
}

/// Moves the end of every session on by the same time.
pub(crate) async fn carry_sessions(work: &Work, by: time::Duration) -> Result<(), KernelError> {
    let by = i64::try_from(by.whole_milliseconds()).unwrap_or(0);
    Entity::update_many()
        .col_expr(
            Column::SeenAt,
            sea_orm::ExprTrait::add(Expr::col(Column::SeenAt), by),
        )
        .col_expr(
            Column::ExpiresAt,
            sea_orm::ExprTrait::add(Expr::col(Column::ExpiresAt), by),
        )
        .exec(work.conn())
        .await?;
    Ok(())
}

/// Ends one session of an account, or all but `keep` when `which` is absent. Returns how many ended.
pub(crate) async fn end_sessions(
    work: &Work,
    account: AccountId,
    which: Option<SessionId>,
    keep: Option<SessionId>,
) -> Result<u64, KernelError> {
    let mut delete = Entity::delete_many().filter(Column::Account.eq(account));
    if let Some(id) = which {
        delete = delete.filter(Column::Id.eq(id));
    }
    if let Some(id) = keep {
        delete = delete.filter(Column::Id.ne(id));
    }
    Ok(delete.exec(work.conn()).await?.rows_affected)
}

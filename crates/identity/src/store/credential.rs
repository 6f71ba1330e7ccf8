//! Passwords and second factors.

use kernel::{KernelError, Moment, Work, ids::AccountId};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::corrupt;
use crate::model::Credential;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "credential")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: AccountId,
    pub password_hash: String,
    pub must_change: i64,
    pub totp_secret: Option<String>,
    pub totp_pending: Option<String>,
    pub totp_step: i64,
    pub failures: i64,
    pub locked_until: Option<Moment>,
}
impl ActiveModelBehavior for ActiveModel {}

/// The secrets of an account.
pub(crate) async fn credential<C: ConnectionTrait>(
    conn: &C,
    id: AccountId,
) -> Result<Credential, KernelError> {
    let row = Entity::find_by_id(id)
        .one(conn)
        .await?
        .ok_or_else(|| corrupt("credential", id))?;
    Ok(Credential {
        password_hash: row.password_hash,
        must_change: row.must_change != 0,
        totp_secret: row.totp_secret,
        totp_pending: row.totp_pending,
        totp_step: row.totp_step,
        failures: row.failures,
        locked_until: row.locked_until,
    })
}

/// Saves the secrets of an account.
pub(crate) async fn save_credential(
    work: &Work,
    id: AccountId,
    secret: &Credential,
) -> Result<(), KernelError> {
    let row = ActiveModel {
        account: Set(id),
        password_hash: Set(secret.password_hash.clone()),
        must_change: Set(secret.must_change.into()),
        totp_secret: Set(secret.totp_secret.clone()),
        totp_pending: Set(secret.totp_pending.clone()),
        totp_step: Set(secret.totp_step),
        failures: Set(secret.failures),
        locked_until: Set(secret.locked_until),
    };
    Entity::update(row).exec(work.conn()).await?;
    Ok(())
}

//! Proved addresses, and the codes that were asked for.

use std::collections::HashMap;

use kernel::{Db, KernelError, Moment, Work, ids::AccountId};
use sea_orm::{
    ConnectionTrait, ExprTrait, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*,
    sea_query::OnConflict,
};

use super::others::{preferences, preferences_of};
use crate::model::{AskedCode, Channel, DeliveryId, MadeCode, Proof, Reach};

pub(crate) mod row {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "notice_proof")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: AccountId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub channel: String,
        pub address: String,
        pub proved_at: Option<Moment>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod code {
    use super::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "notice_code")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub delivery: DeliveryId,
        pub account: AccountId,
        pub channel: String,
        pub address: String,
        pub asked_at: Moment,
        pub made: String,
        pub attempts: i64,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

impl TryFrom<row::Model> for Proof {
    type Error = KernelError;

    fn try_from(row: row::Model) -> Result<Self, KernelError> {
        Ok(Self {
            channel: channel("notice_proof", &row.channel)?,
            address: row.address,
            at: row.proved_at,
        })
    }
}

impl TryFrom<code::Model> for AskedCode {
    type Error = KernelError;

    fn try_from(row: code::Model) -> Result<Self, KernelError> {
        Ok(Self {
            channel: channel("notice_code", &row.channel)?,
            made: serde_json::from_str(&row.made)?,
            delivery: row.delivery,
            account: row.account,
            address: row.address,
            asked_at: row.asked_at,
            attempts: row.attempts,
        })
    }
}

fn channel(table: &str, name: &str) -> Result<Channel, KernelError> {
    Channel::parse(name).ok_or_else(|| KernelError::Corrupt(format!("{table}: {name}")))
}

/// What an account chose and may be reached by, with the version of what it chose.
pub(crate) async fn reach<C: ConnectionTrait>(
    conn: &C,
    account: AccountId,
) -> Result<(i64, Reach), KernelError> {
    let (version, preferences) = preferences(conn, account).await?;
    let rows = row::Entity::find()
        .filter(row::Column::Account.eq(account))
        .all(conn)
        .await?;
    let proofs = rows.into_iter().map(Proof::try_from).collect::<Result<_, _>>()?;
    let reach = Reach { preferences, proofs };
    Ok((version, reach))
}

/// The same for several accounts; one that chose nothing is left out.
pub(crate) async fn reach_of(
    db: &Db,
    accounts: &[AccountId],
) -> Result<HashMap<AccountId, Reach>, KernelError> {
    let chosen = preferences_of(db, accounts).await?.into_iter();
    let mut found: HashMap<AccountId, Reach> = chosen
        .map(|(account, preferences)| {
            let reach = Reach {
                preferences,
                ..Reach::default()
            };
            (account, reach)
        })
        .collect();
    let rows = row::Entity::find()
        .filter(row::Column::Account.is_in(found.keys().copied()))
        .all(db.read())
        .await?;
    for row in rows {
        if let Some(reach) = found.get_mut(&row.account) {
            reach.proofs.push(row.try_into()?);
        }
    }
    Ok(found)
}

/// Writes down that an address was proved.
pub(crate) async fn save_proof(work: &Work, account: AccountId, proof: &Proof) -> Result<(), KernelError> {
    let row = row::Model {
        account,
        channel: proof.channel.as_str().to_owned(),
        address: proof.address.clone(),
        proved_at: proof.at,
    };
    let mut insert = row::Entity::insert(row.into_active_model().reset_all()).into_query();
    insert.on_conflict(
        OnConflict::columns([row::Column::Account, row::Column::Channel])
            .update_columns([row::Column::Address, row::Column::ProvedAt])
            .to_owned(),
    );
    work.conn().execute(&insert).await?;
    Ok(())
}

/// Forgets that the address of a channel was proved.
pub(crate) async fn drop_proof(work: &Work, account: AccountId, channel: Channel) -> Result<(), KernelError> {
    row::Entity::delete_by_id((account, channel.as_str().to_owned()))
        .exec(work.conn())
        .await?;
    Ok(())
}

/// Saves that a code was asked for.
pub(crate) async fn insert_code(work: &Work, code: &AskedCode) -> Result<(), KernelError> {
    let row = code::Model {
        delivery: code.delivery,
        account: code.account,
        channel: code.channel.as_str().to_owned(),
        address: code.address.clone(),
        asked_at: code.asked_at,
        made: serde_json::to_string(&code.made)?,
        attempts: code.attempts,
    };
    code::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(work.conn())
        .await?;
    Ok(())
}

/// When an account asked for codes of a channel since an instant, whatever its address was.
pub(crate) async fn asked_since<C: ConnectionTrait>(
    conn: &C,
    account: AccountId,
    channel: Channel,
    since: Moment,
) -> Result<Vec<Moment>, KernelError> {
    let times = code::Entity::find()
        .select_only()
        .column(code::Column::AskedAt)
        .filter(code::Column::Account.eq(account))
        .filter(code::Column::Channel.eq(channel.as_str()))
        .filter(code::Column::AskedAt.gt(since))
        .into_tuple::<i64>()
        .all(conn)
        .await?;
    Ok(times.into_iter().map(Moment).collect())
}

/// The code that an account asked for last on a channel: the only one that counts.
pub(crate) async fn last_code<C: ConnectionTrait>(
    conn: &C,
    account: AccountId,
    channel: Channel,
) -> Result<Option<AskedCode>, KernelError> {
    let row = code::Entity::find()
        .filter(code::Column::Account.eq(account))
        .filter(code::Column::Channel.eq(channel.as_str()))
        .order_by_desc(code::Column::AskedAt)
        .order_by_desc(code::Column::Delivery)
        .limit(1)
        .one(conn)
        .await?;
    row.map(AskedCode::try_from).transpose()
}

/// The code that a message carries; `None` for a message that carries none.
pub(crate) async fn code_of(work: &Work, delivery: DeliveryId) -> Result<Option<AskedCode>, KernelError> {
    let row = code::Entity::find_by_id(delivery).one(work.conn()).await?;
    row.map(AskedCode::try_from).transpose()
}

/// Writes down which codes left with a message.
pub(crate) async fn save_made(
    work: &Work,
    delivery: DeliveryId,
    made: &[MadeCode],
) -> Result<(), KernelError> {
    code::Entity::update_many()
        .col_expr(code::Column::Made, Expr::value(serde_json::to_string(made)?))
        .filter(code::Column::Delivery.eq(delivery))
        .exec(work.conn())
        .await?;
    Ok(())
}

/// Counts that a code is entered, in one statement: whoever enters many at once gets no more than `most`. Returns how
/// often it was entered with this one.
pub(crate) async fn count_attempt(work: &Work, delivery: DeliveryId, most: i64) -> Result<i64, KernelError> {
    let counted = code::Entity::update_many()
        .col_expr(
            code::Column::Attempts,
            Expr::col(code::Column::Attempts).add(1_i64),
        )
        .filter(code::Column::Delivery.eq(delivery))
        .filter(code::Column::Made.ne("[]"))
        .filter(code::Column::Attempts.lt(most))
        .exec(work.conn())
        .await?;
    if counted.rows_affected == 0 {
        return Ok(most + 1);
    }
    let code = code_of(work, delivery).await?;
    Ok(code.map_or(most + 1, |code| code.attempts))
}

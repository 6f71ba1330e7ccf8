//! Qualifications of officers.

use std::collections::HashMap;

use async_trait::async_trait;
use kernel::{
    Db, KernelError, LegalDate, Sealed, Work,
    audit::{AuditSource, RowDigest, names_in, rows_after},
    ids::AccountId,
};
use sea_orm::{IntoActiveModel, QueryOrder, entity::prelude::*};
use serde::Serialize;
use uuid::Uuid;

use super::accounts_of;
use crate::{
    model::{Account, AccountState, Qualification, QualificationId},
    rules,
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "qualification")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QualificationId,
    pub version: i64,
    pub account: AccountId,
    pub number: String,
    pub field: String,
    pub issuer: String,
    pub valid_from: LegalDate,
    pub valid_until: LegalDate,
}
impl ActiveModelBehavior for ActiveModel {}

impl Sealed for Model {
    const SUBJECT: &'static str = "qualification";
    fn subject_id(&self) -> Uuid {
        self.id.into()
    }
    fn version(&self) -> i64 {
        self.version
    }
    fn enterprise(&self) -> Option<Uuid> {
        None
    }
}

/// Qualifications of an account.
pub(crate) async fn qualifications<C: ConnectionTrait>(
    conn: &C,
    id: AccountId,
) -> Result<Vec<Qualification>, KernelError> {
    let rows = Entity::find()
        .filter(Column::Account.eq(id))
        .order_by_asc(Column::ValidUntil)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(Qualification::from).collect())
}

/// Active officers with a qualification for the field on that day, by name; each with the one that holds longest.
pub(crate) async fn qualified_officers(
    db: &Db,
    field: &str,
    on: LegalDate,
) -> Result<Vec<(Account, Qualification)>, KernelError> {
    let rows = Entity::find()
        .filter(Column::Field.is_in([field, rules::ANY_FIELD]))
        .filter(Column::ValidFrom.lte(on))
        .filter(Column::ValidUntil.gte(on))
        .order_by_asc(Column::ValidUntil)
        .all(db.read())
        .await?;
    let mut held: HashMap<AccountId, Qualification> = rows
        .into_iter()
        .map(|row| (row.account, Qualification::from(row)))
        .collect();
    let ids: Vec<AccountId> = held.keys().copied().collect();
    let mut accounts = accounts_of(db, &ids).await?;
    accounts.retain(|one| one.state == AccountState::Active && one.scope.enterprise.is_none());
    Ok(accounts
        .into_iter()
        .filter_map(|account| held.remove(&account.id).map(|card| (account, card)))
        .collect())
}

impl From<Model> for Qualification {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            version: row.version,
            account: row.account,
            number: row.number,
            field: row.field,
            issuer: row.issuer,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
        }
    }
}

/// Saves a new qualification.
pub(crate) async fn insert_qualification(work: &Work, q: &Qualification) -> Result<Model, KernelError> {
    let row = Model {
        id: q.id,
        version: q.version,
        account: q.account,
        number: q.number.clone(),
        field: q.field.clone(),
        issuer: q.issuer.clone(),
        valid_from: q.valid_from,
        valid_until: q.valid_until,
    };
    Entity::insert(row.clone().into_active_model())
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// The qualification rows, for the audit.
pub struct QualificationAudit;

#[async_trait]
impl AuditSource for QualificationAudit {
    fn subject(&self) -> &'static str {
        Model::SUBJECT
    }
    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
        let rows = rows_after::<Entity>(db, Column::Id, after, limit).await?;
        Ok(rows.iter().map(RowDigest::of).collect())
    }

    async fn names(&self, db: &Db, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, KernelError> {
        names_in::<Entity>(db, Column::Id, Column::Number, ids).await
    }
}

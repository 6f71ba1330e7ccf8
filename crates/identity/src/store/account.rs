//! Accounts.

use async_trait::async_trait;
use kernel::{
    Db, KernelError, Moment, Role, Scope, Sealed, Work,
    access::subtree_end,
    audit::{AuditSource, RowDigest, names_in, rows_after},
    ids::AccountId,
    work::guarded,
};
use sea_orm::{ActiveValue::Set, Condition, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};
use serde::Serialize;
use uuid::Uuid;

use super::{corrupt, credential};
use crate::model::{Account, AccountFilter, AccountState, End};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    pub version: i64,
    #[sea_orm(unique)]
    pub login: String,
    pub name: String,
    pub end_kind: String,
    pub roles: String,
    pub regions: String,
    pub region: String,
    pub department: Option<String>,
    pub enterprise: Option<Uuid>,
    pub phone: Option<String>,
    pub state: String,
    pub created_at: Moment,
}
impl ActiveModelBehavior for ActiveModel {}

impl Sealed for Model {
    const SUBJECT: &'static str = "account";
    fn subject_id(&self) -> Uuid {
        self.id.into()
    }
    fn version(&self) -> i64 {
        self.version
    }
    fn enterprise(&self) -> Option<Uuid> {
        self.enterprise
    }
    fn region(&self) -> Option<&str> {
        Some(&self.region)
    }
}

impl TryFrom<Model> for Account {
    type Error = KernelError;

    fn try_from(row: Model) -> Result<Self, KernelError> {
        let end = match row.end_kind.as_str() {
            "government" => End::Government,
            "committee" => End::Committee,
            "enterprise" => End::Enterprise,
            _ => return Err(corrupt("end", row.id)),
        };
        let state = match row.state.as_str() {
            "active" => AccountState::Active,
            "disabled" => AccountState::Disabled,
            _ => return Err(corrupt("state", row.id)),
        };
        let roles: Vec<Role> = serde_json::from_str(&row.roles)?;
        let regions: Vec<String> = serde_json::from_str(&row.regions)?;
        Ok(Self {
            id: row.id,
            version: row.version,
            login: row.login,
            name: row.name,
            end,
            roles,
            scope: Scope {
                regions,
                department: row.department,
                enterprise: row.enterprise,
            },
            region: row.region,
            phone: row.phone,
            state,
            created_at: row.created_at,
        })
    }
}

fn account_row(account: &Account) -> Result<Model, KernelError> {
    Ok(Model {
        id: account.id,
        version: account.version,
        login: account.login.clone(),
        name: account.name.clone(),
        end_kind: account.end.as_str().to_owned(),
        roles: serde_json::to_string(&account.roles)?,
        regions: serde_json::to_string(&account.scope.regions)?,
        region: account.region.clone(),
        department: account.scope.department.clone(),
        enterprise: account.scope.enterprise,
        phone: account.phone.clone(),
        state: account.state.as_str().to_owned(),
        created_at: account.created_at,
    })
}

/// Saves a new account with its credential. Returns the row for the event.
pub(crate) async fn insert_account(
    work: &Work,
    account: &Account,
    password_hash: String,
    must_change: bool,
) -> Result<Model, KernelError> {
    let row = account_row(account)?;
    Entity::insert(row.clone().into_active_model())
        .exec_without_returning(work.conn())
        .await?;
    let secret = credential::ActiveModel {
        account: Set(account.id),
        password_hash: Set(password_hash),
        must_change: Set(must_change.into()),
        totp_secret: Set(None),
        totp_pending: Set(None),
        totp_step: Set(0),
        failures: Set(0),
        locked_until: Set(None),
    };
    credential::Entity::insert(secret)
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// Saves a changed account whose version was raised by one.
pub(crate) async fn update_account(work: &Work, account: &Account) -> Result<Model, KernelError> {
    let row = account_row(account)?;
    let done = Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(account.id))
        .filter(Column::Version.eq(account.version - 1))
        .exec(work.conn())
        .await?;
    guarded(done.rows_affected, "account")?;
    Ok(row)
}

/// The account of that login name.
pub(crate) async fn by_login<C: ConnectionTrait>(
    conn: &C,
    login: &str,
) -> Result<Option<Account>, KernelError> {
    let row = Entity::find().filter(Column::Login.eq(login)).one(conn).await?;
    row.map(Account::try_from).transpose()
}

/// The account, if the scope covers it.
pub(crate) async fn account<C: ConnectionTrait>(
    conn: &C,
    id: AccountId,
    scope: &Scope,
) -> Result<Option<Account>, KernelError> {
    let row = Entity::find_by_id(id)
        .filter(scope.condition(Column::Region, Column::Enterprise))
        .one(conn)
        .await?;
    row.map(Account::try_from).transpose()
}

/// These accounts, by name.
pub(crate) async fn accounts_of(db: &Db, ids: &[AccountId]) -> Result<Vec<Account>, KernelError> {
    let rows = Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(Column::Name)
        .order_by_asc(Column::Id)
        .all(db.read())
        .await?;
    rows.into_iter().map(Account::try_from).collect()
}

/// Accounts within the scope by login name, one more than `limit`.
pub(crate) async fn accounts(
    db: &Db,
    scope: &Scope,
    wanted: &AccountFilter,
    after: Option<String>,
    limit: u64,
) -> Result<Vec<Account>, KernelError> {
    let mut query = Entity::find()
        .filter(scope.condition(Column::Region, Column::Enterprise))
        .order_by_asc(Column::Login)
        .limit(limit + 1);
    if let Some(end) = wanted.end {
        query = query.filter(Column::EndKind.eq(end.as_str()));
    }
    if let Some(state) = wanted.state {
        query = query.filter(Column::State.eq(state.as_str()));
    }
    if let Some(role) = wanted.role {
        // A list in JSON: the name stands in it between quotation marks.
        query = query.filter(Column::Roles.contains(format!("\"{}\"", role.as_str())));
    }
    if let Some(region) = &wanted.region {
        query = query
            .filter(Column::Region.gte(region.as_str()))
            .filter(Column::Region.lt(subtree_end(region)));
    }
    if let Some(text) = &wanted.text {
        let either = sea_orm::Condition::any()
            .add(Column::Login.contains(text))
            .add(Column::Name.contains(text));
        query = query.filter(either);
    }
    if let Some(login) = after {
        query = query.filter(Column::Login.gt(login));
    }
    query
        .all(db.read())
        .await?
        .into_iter()
        .map(Account::try_from)
        .collect()
}

/// Accounts that can sign in and match, by identifier.
async fn active(db: &Db, wanted: Condition, limit: Option<u64>) -> Result<Vec<Account>, KernelError> {
    let rows = Entity::find()
        .filter(Column::State.eq("active"))
        .filter(wanted)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
    rows.into_iter().map(Account::try_from).collect()
}

/// Active accounts of an enterprise.
pub(crate) async fn people(db: &Db, enterprise: Uuid) -> Result<Vec<Account>, KernelError> {
    let own = Condition::all().add(Column::Enterprise.eq(enterprise));
    active(db, own, None).await
}

/// Active officers of a department and those who belong to none; all officers when none is named.
pub(crate) async fn officers(db: &Db, department: Option<&str>) -> Result<Vec<Account>, KernelError> {
    let mut wanted = Condition::all().add(Column::Enterprise.is_null());
    if let Some(department) = department {
        let either = Condition::any()
            .add(Column::Department.eq(department))
            .add(Column::Department.is_null());
        wanted = wanted.add(either);
    }
    active(db, wanted, None).await
}

/// Active officers behind one, by identifier.
pub(crate) async fn officers_after(
    db: &Db,
    after: Option<AccountId>,
    limit: u64,
) -> Result<Vec<Account>, KernelError> {
    let wanted = Condition::all()
        .add(Column::Enterprise.is_null())
        .add_option(after.map(|id| Column::Id.gt(id)));
    active(db, wanted, Some(limit)).await
}

/// The account rows, for the audit.
pub struct AccountAudit;

#[async_trait]
impl AuditSource for AccountAudit {
    fn subject(&self) -> &'static str {
        Model::SUBJECT
    }
    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
        let rows = rows_after::<Entity>(db, Column::Id, after, limit).await?;
        Ok(rows.iter().map(RowDigest::of).collect())
    }

    async fn names(&self, db: &Db, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, KernelError> {
        names_in::<Entity>(db, Column::Id, Column::Name, ids).await
    }
}

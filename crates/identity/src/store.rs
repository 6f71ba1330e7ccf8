//! The only place that knows the tables of this capability.

use std::collections::HashMap;

use async_trait::async_trait;
use kernel::{
    Db, KernelError, LegalDate, Moment, Role, Scope, Sealed, Work,
    access::subtree_end,
    audit::{AuditSource, RowDigest},
    ids::AccountId,
    work::guarded,
};
use sea_orm::{ActiveValue::Set, Condition, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    model::{
        Account, AccountFilter, AccountState, Credential, End, Qualification, QualificationId, Session,
        SessionId,
    },
    rules,
};

pub(crate) mod account {
    use super::*;

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
}

pub(crate) mod credential {
    use super::*;

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
}

pub(crate) mod session {
    use super::*;

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
}

pub(crate) mod qualification {
    use super::*;

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
}

fn corrupt(what: &str, id: impl std::fmt::Display) -> KernelError {
    KernelError::Corrupt(format!("{what} of account {id}"))
}

impl TryFrom<account::Model> for Account {
    type Error = KernelError;

    fn try_from(row: account::Model) -> Result<Self, KernelError> {
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

fn account_row(account: &Account) -> Result<account::Model, KernelError> {
    Ok(account::Model {
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
) -> Result<account::Model, KernelError> {
    let row = account_row(account)?;
    account::Entity::insert(row.clone().into_active_model())
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
pub(crate) async fn update_account(work: &Work, account: &Account) -> Result<account::Model, KernelError> {
    let row = account_row(account)?;
    let done = account::Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(account::Column::Id.eq(account.id))
        .filter(account::Column::Version.eq(account.version - 1))
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
    let row = account::Entity::find()
        .filter(account::Column::Login.eq(login))
        .one(conn)
        .await?;
    row.map(Account::try_from).transpose()
}

/// The account, if the scope covers it.
pub(crate) async fn account<C: ConnectionTrait>(
    conn: &C,
    id: AccountId,
    scope: &Scope,
) -> Result<Option<Account>, KernelError> {
    let row = account::Entity::find_by_id(id)
        .filter(scope.condition(account::Column::Region, account::Column::Enterprise))
        .one(conn)
        .await?;
    row.map(Account::try_from).transpose()
}

/// These accounts, by name.
pub(crate) async fn accounts_of(db: &Db, ids: &[AccountId]) -> Result<Vec<Account>, KernelError> {
    let rows = account::Entity::find()
        .filter(account::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(account::Column::Name)
        .order_by_asc(account::Column::Id)
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
    let mut query = account::Entity::find()
        .filter(scope.condition(account::Column::Region, account::Column::Enterprise))
        .order_by_asc(account::Column::Login)
        .limit(limit + 1);
    if let Some(end) = wanted.end {
        query = query.filter(account::Column::EndKind.eq(end.as_str()));
    }
    if let Some(state) = wanted.state {
        query = query.filter(account::Column::State.eq(state.as_str()));
    }
    if let Some(role) = wanted.role {
        // A list in JSON: the name stands in it between quotation marks.
        query = query.filter(account::Column::Roles.contains(format!("\"{}\"", role.as_str())));
    }
    if let Some(region) = &wanted.region {
        query = query
            .filter(account::Column::Region.gte(region.as_str()))
            .filter(account::Column::Region.lt(subtree_end(region)));
    }
    if let Some(text) = &wanted.text {
        let either = sea_orm::Condition::any()
            .add(account::Column::Login.contains(text))
            .add(account::Column::Name.contains(text));
        query = query.filter(either);
    }
    if let Some(login) = after {
        query = query.filter(account::Column::Login.gt(login));
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
    let rows = account::Entity::find()
        .filter(account::Column::State.eq("active"))
        .filter(wanted)
        .order_by_asc(account::Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
    rows.into_iter().map(Account::try_from).collect()
}

/// Active accounts of an enterprise.
pub(crate) async fn people(db: &Db, enterprise: Uuid) -> Result<Vec<Account>, KernelError> {
    let own = Condition::all().add(account::Column::Enterprise.eq(enterprise));
    active(db, own, None).await
}

/// Active officers of a department and those who belong to none; all officers when none is named.
pub(crate) async fn officers(db: &Db, department: Option<&str>) -> Result<Vec<Account>, KernelError> {
    let mut wanted = Condition::all().add(account::Column::Enterprise.is_null());
    if let Some(department) = department {
        let either = Condition::any()
            .add(account::Column::Department.eq(department))
            .add(account::Column::Department.is_null());
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
        .add(account::Column::Enterprise.is_null())
        .add_option(after.map(|id| account::Column::Id.gt(id)));
    active(db, wanted, Some(limit)).await
}

/// The secrets of an account.
pub(crate) async fn credential<C: ConnectionTrait>(
    conn: &C,
    id: AccountId,
) -> Result<Credential, KernelError> {
    let row = credential::Entity::find_by_id(id)
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
    let row = credential::ActiveModel {
        account: Set(id),
        password_hash: Set(secret.password_hash.clone()),
        must_change: Set(secret.must_change.into()),
        totp_secret: Set(secret.totp_secret.clone()),
        totp_pending: Set(secret.totp_pending.clone()),
        totp_step: Set(secret.totp_step),
        failures: Set(secret.failures),
        locked_until: Set(secret.locked_until),
    };
    credential::Entity::update(row).exec(work.conn()).await?;
    Ok(())
}

/// Saves a new session under the hash of its token.
pub(crate) async fn insert_session(
    work: &Work,
    session: &Session,
    token_hash: String,
) -> Result<(), KernelError> {
    let row = session::ActiveModel {
        id: Set(session.id),
        token_hash: Set(token_hash),
        account: Set(session.account),
        created_at: Set(session.created_at),
        seen_at: Set(session.seen_at),
        expires_at: Set(session.expires_at),
        address: Set(session.address.clone()),
        agent: Set(session.agent.clone()),
    };
    session::Entity::insert(row)
        .exec_without_returning(work.conn())
        .await?;
    Ok(())
}

/// The session of a token with its account.
pub(crate) async fn session_by_token(
    db: &Db,
    token_hash: &str,
) -> Result<Option<(Session, Account, bool)>, KernelError> {
    let found = session::Entity::find()
        .filter(session::Column::TokenHash.eq(token_hash))
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

impl From<session::Model> for Session {
    fn from(row: session::Model) -> Self {
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
    let rows = session::Entity::find()
        .filter(session::Column::Account.eq(id))
        .order_by_desc(session::Column::CreatedAt)
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
    session::Entity::update_many()
        .col_expr(session::Column::SeenAt, Expr::value(seen.0))
        .col_expr(session::Column::ExpiresAt, Expr::value(expires.0))
        .filter(session::Column::Id.eq(id))
        .exec(work.conn())
        .await?;
    Ok(())
}

/// Moves the end of every session on by the same time.
pub(crate) async fn carry_sessions(work: &Work, by: time::Duration) -> Result<(), KernelError> {
    let by = i64::try_from(by.whole_milliseconds()).unwrap_or(0);
    session::Entity::update_many()
        .col_expr(
            session::Column::SeenAt,
            sea_orm::ExprTrait::add(Expr::col(session::Column::SeenAt), by),
        )
        .col_expr(
            session::Column::ExpiresAt,
            sea_orm::ExprTrait::add(Expr::col(session::Column::ExpiresAt), by),
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
    let mut delete = session::Entity::delete_many().filter(session::Column::Account.eq(account));
    if let Some(id) = which {
        delete = delete.filter(session::Column::Id.eq(id));
    }
    if let Some(id) = keep {
        delete = delete.filter(session::Column::Id.ne(id));
    }
    Ok(delete.exec(work.conn()).await?.rows_affected)
}

/// Qualifications of an account.
pub(crate) async fn qualifications<C: ConnectionTrait>(
    conn: &C,
    id: AccountId,
) -> Result<Vec<Qualification>, KernelError> {
    let rows = qualification::Entity::find()
        .filter(qualification::Column::Account.eq(id))
        .order_by_asc(qualification::Column::ValidUntil)
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
    let rows = qualification::Entity::find()
        .filter(qualification::Column::Field.is_in([field, rules::ANY_FIELD]))
        .filter(qualification::Column::ValidFrom.lte(on))
        .filter(qualification::Column::ValidUntil.gte(on))
        .order_by_asc(qualification::Column::ValidUntil)
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

impl From<qualification::Model> for Qualification {
    fn from(row: qualification::Model) -> Self {
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
pub(crate) async fn insert_qualification(
    work: &Work,
    q: &Qualification,
) -> Result<qualification::Model, KernelError> {
    let row = qualification::Model {
        id: q.id,
        version: q.version,
        account: q.account,
        number: q.number.clone(),
        field: q.field.clone(),
        issuer: q.issuer.clone(),
        valid_from: q.valid_from,
        valid_until: q.valid_until,
    };
    qualification::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(work.conn())
        .await?;
    Ok(row)
}

/// The account rows, for the audit.
pub struct AccountAudit;
/// The qualification rows, for the audit.
pub struct QualificationAudit;

#[async_trait]
impl AuditSource for AccountAudit {
    fn subject(&self) -> &'static str {
        account::Model::SUBJECT
    }
    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
        let mut query = account::Entity::find()
            .order_by_asc(account::Column::Id)
            .limit(limit);
        if let Some(after) = after {
            query = query.filter(account::Column::Id.gt(after));
        }
        Ok(query.all(db.read()).await?.iter().map(RowDigest::of).collect())
    }
}

#[async_trait]
impl AuditSource for QualificationAudit {
    fn subject(&self) -> &'static str {
        qualification::Model::SUBJECT
    }
    async fn rows(&self, db: &Db, after: Option<Uuid>, limit: u64) -> Result<Vec<RowDigest>, KernelError> {
        let mut query = qualification::Entity::find()
            .order_by_asc(qualification::Column::Id)
            .limit(limit);
        if let Some(after) = after {
            query = query.filter(qualification::Column::Id.gt(after));
        }
        Ok(query.all(db.read()).await?.iter().map(RowDigest::of).collect())
    }
}

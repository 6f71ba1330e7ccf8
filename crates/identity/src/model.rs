//! Accounts, qualifications and sessions as types. Pure.

use kernel::{LegalDate, Moment, Role, Scope, ids, ids::AccountId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

ids! {
    /// A session of an account.
    SessionId,
    /// A law-enforcement or review qualification of an officer.
    QualificationId,
}

/// The end an account belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// 政府监管端
    Government,
    /// 安委会成员端
    Committee,
    /// 企业服务端
    Enterprise,
}

impl End {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Government => "government",
            Self::Committee => "committee",
            Self::Enterprise => "enterprise",
        }
    }
}

/// Whether an account may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// May sign in.
    Active,
    /// Closed by the administrator.
    Disabled,
}

impl AccountState {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Identifier.
    pub id: AccountId,
    /// Version for optimistic locking.
    pub version: i64,
    /// Login name, lower case.
    pub login: String,
    /// Name of the person.
    pub name: String,
    /// End.
    pub end: End,
    /// Roles.
    pub roles: Vec<Role>,
    /// Reach.
    pub scope: Scope,
    /// Region under which the account itself is administered.
    pub region: String,
    /// Mobile number.
    pub phone: Option<String>,
    /// State.
    pub state: AccountState,
    /// When it was made.
    pub created_at: Moment,
}

/// What is needed for a new account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Login name.
    pub login: String,
    /// Name of the person.
    pub name: String,
    /// End.
    pub end: End,
    /// Roles.
    pub roles: Vec<Role>,
    /// Reach.
    pub scope: Scope,
    /// Region under which the account is administered.
    pub region: String,
    /// Mobile number.
    pub phone: Option<String>,
    /// First password.
    pub password: String,
    /// Whether the password has to be changed at the first login.
    pub must_change_password: bool,
}

/// Which accounts are looked for.
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// Part of login name or name.
    pub text: Option<String>,
    /// Of this end.
    pub end: Option<End>,
    /// That hold this role.
    pub role: Option<Role>,
    /// In this state.
    pub state: Option<AccountState>,
    /// Administered under this region or within it.
    pub region: Option<String>,
}

/// A changed account.
#[derive(Clone, Debug)]
pub struct AccountChange {
    /// Name of the person.
    pub name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Reach.
    pub scope: Scope,
    /// Mobile number.
    pub phone: Option<String>,
    /// State.
    pub state: AccountState,
}

/// Secrets of an account.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Argon2id, PHC string.
    pub password_hash: String,
    /// Must be changed before anything else.
    pub must_change: bool,
    /// Second factor in force, base32.
    pub totp_secret: Option<String>,
    /// Second factor being set up, base32.
    pub totp_pending: Option<String>,
    /// Last time step used.
    pub totp_step: i64,
    /// Failed logins in a row.
    pub failures: i64,
    /// Locked until then.
    pub locked_until: Option<Moment>,
}

/// An officer's qualification for a field (执法资格).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qualification {
    /// Identifier.
    pub id: QualificationId,
    /// Version.
    pub version: i64,
    /// Holder.
    pub account: AccountId,
    /// Number of the officer's certificate.
    pub number: String,
    /// Industry key such as `hazchem`, or `all`.
    pub field: String,
    /// Who issued it.
    pub issuer: String,
    /// First day.
    pub valid_from: LegalDate,
    /// Last day.
    pub valid_until: LegalDate,
}

/// A session as its owner sees it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Identifier.
    pub id: SessionId,
    /// Owner.
    pub account: AccountId,
    /// When it began.
    pub created_at: Moment,
    /// Last use (to the minute).
    pub seen_at: Moment,
    /// End.
    pub expires_at: Moment,
    /// Address of the client.
    pub address: String,
    /// Program of the client.
    pub agent: String,
}

/// The outcome of a login.
#[derive(Debug)]
pub struct SignedIn {
    /// The secret the client presents from now on.
    pub token: String,
    /// The session.
    pub session: SessionId,
    /// When it ends.
    pub expires_at: Moment,
    /// Whose it is.
    pub account: Account,
    /// The password must be changed first.
    pub must_change_password: bool,
}

/// Who is behind a token.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The account.
    pub account: Account,
    /// The session.
    pub session: SessionId,
    /// The enterprise's identifier, for the scope.
    pub enterprise: Option<Uuid>,
    /// The password must be changed first.
    pub must_change_password: bool,
}

/// An account as the person behind it sees it.
#[derive(Clone, Debug)]
pub struct OwnAccount {
    /// The account.
    pub account: Account,
    /// The password must be changed first.
    pub must_change_password: bool,
    /// A second factor is in force.
    pub second_factor: bool,
}

//! Identity, roles and scope (IAM.1–4): accounts, officer qualifications, sessions, passwords, second factor.

mod http;
mod migrations;
pub mod model;
mod ports;
pub mod rules;
mod service;
mod store;

pub use http::{COOKIE, CurrentSession, router};
pub use migrations::migrations;
pub use model::{Account, AccountFilter, AccountState, End, NewAccount, Qualification, SignedIn};
pub use ports::Enterprises;
pub use service::{Identity, IdentityError};
pub use store::{AccountAudit, QualificationAudit};

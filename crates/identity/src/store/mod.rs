//! The only place that knows the tables of this capability.

pub(crate) mod account;
pub(crate) mod credential;
pub(crate) mod qualification;
pub(crate) mod session;

pub use account::AccountAudit;
pub(crate) use account::*;
pub(crate) use credential::{credential, save_credential};
pub use qualification::QualificationAudit;
pub(crate) use qualification::{insert_qualification, qualifications, qualified_officers};
pub(crate) use session::{
    carry_sessions, end_sessions, insert_session, session_by_token, sessions, touch_session,
};

use kernel::KernelError;

fn corrupt(what: &str, id: impl std::fmt::Display) -> KernelError {
    KernelError::Corrupt(format!("{what} of account {id}"))
}

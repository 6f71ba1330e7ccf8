//! What can go wrong.

use kernel::{FieldError, JobError, KernelError, Problem, access::Forbidden, problem::chain};

/// Why a use case was not done.
#[derive(Debug, thiserror::Error)]
pub enum NoticesError {
    /// The kernel failed.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// The actor lacks a permission.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Accounts could not be read.
    #[error("accounts")]
    Identity(#[from] identity::IdentityError),
    /// There is no such thing within the scope.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// The input has faults.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// Only what is stuck is sent on its way again.
    #[error("the delivery is not stuck")]
    NotStuck,
    /// A test was sent a moment ago.
    #[error("a test was sent a moment ago")]
    TooSoon,
    /// A setting cannot be used.
    #[error("setting {name}: {why}")]
    Settings {
        /// Name of the setting.
        name: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl From<NoticesError> for Problem {
    fn from(error: NoticesError) -> Self {
        match error {
            NoticesError::Kernel(error) => error.into(),
            NoticesError::Forbidden(error) => error.into(),
            NoticesError::Identity(error) => error.into(),
            NoticesError::NotFound(what) => Self::not_found(what),
            NoticesError::Invalid(faults) => Self::invalid(faults),
            NoticesError::NotStuck => Self::conflict(
                "delivery-not-stuck",
                "无需重发",
                "这条通知没有停滞：已经送达，或者仍在自动重试。请刷新列表查看最新状态。",
            ),
            NoticesError::TooSoon => Self::conflict(
                "test-too-soon",
                "刚刚发送过测试",
                "一分钟内只发送一次测试，请先查看是否收到，稍后再试。",
            ),
            error @ NoticesError::Settings { .. } => Self::internal(&error),
        }
    }
}

impl From<NoticesError> for JobError {
    fn from(error: NoticesError) -> Self {
        match &error {
            NoticesError::NotFound(_) | NoticesError::Kernel(KernelError::Corrupt(_)) => {
                Self::Permanent(chain(&error))
            }
            _ => Self::Retry(chain(&error)),
        }
    }
}

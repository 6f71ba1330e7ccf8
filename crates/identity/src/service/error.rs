//! What can go wrong, and how people are told.

use axum::http::StatusCode;
use kernel::{FieldError, KernelError, Moment, Problem, access::Forbidden};

use crate::rules;

/// Failures of identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The kernel failed.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// A permission is missing.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Input is wrong.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// Unknown login name or wrong password: the same answer for both.
    #[error("wrong login name or password")]
    WrongCredentials,
    /// The second factor is needed or wrong.
    #[error("second factor")]
    SecondFactor {
        /// A code was given but is wrong or used.
        wrong: bool,
    },
    /// Too many failures.
    #[error("locked until {0}")]
    Locked(Moment),
    /// No such account within the scope.
    #[error("account not found")]
    NotFound,
    /// The login name is taken.
    #[error("login name taken")]
    LoginTaken,
    /// The officer has no valid qualification for the field.
    #[error("not qualified for {0}")]
    NotQualified(String),
    /// Hashing failed.
    #[error("password hashing: {0}")]
    Hash(String),
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        let conflict = StatusCode::CONFLICT;
        match error {
            IdentityError::Kernel(error) => error.into(),
            IdentityError::Forbidden(error) => error.into(),
            IdentityError::Invalid(errors) => Self::invalid(errors),
            IdentityError::WrongCredentials => Self::new(
                StatusCode::UNAUTHORIZED,
                "wrong-credentials",
                "登录名或密码不正确",
            )
            .detail(format!(
                "请核对后重试；连续 {} 次错误将锁定 15 分钟。",
                rules::MAX_FAILURES
            )),
            IdentityError::SecondFactor { wrong } => {
                let detail = if wrong {
                    "动态口令不正确或已经用过，请等待下一个口令。"
                } else {
                    "请输入身份验证器上的六位动态口令。"
                };
                Self::new(StatusCode::UNAUTHORIZED, "second-factor-required", "需要动态口令").detail(detail)
            }
            IdentityError::Locked(until) => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "account-locked", "账号暂时锁定")
                    .detail("密码连续错误次数过多，请稍后再试，或请管理员重置密码。")
                    .with("locked_until", until.to_string())
            }
            IdentityError::NotFound => Self::not_found("账号"),
            IdentityError::LoginTaken => {
                let mut problem = Self::new(conflict, "login-taken", "登录名已被使用");
                problem.errors = vec![FieldError::new("login", "该登录名已被使用，请换一个")];
                problem
            }
            IdentityError::NotQualified(field) => {
                Self::forbidden("您没有该领域在有效期内的执法资格，不能办理。请联系管理员核对资格证信息。")
                    .with("field", field)
            }
            IdentityError::Hash(_) => Self::internal(&error),
        }
    }
}

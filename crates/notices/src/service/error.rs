//! What can go wrong.

use http::StatusCode;
use kernel::{FieldError, JobError, KernelError, Moment, Problem, access::Forbidden, problem::chain};
use time::Duration;

use crate::{
    model::Channel,
    rules::{CodeRefusal, wait_words, whole_seconds},
};

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
    /// A code proves nothing.
    #[error("the code proves nothing: {0:?}")]
    Code(CodeRefusal),
    /// A code was asked for too often.
    #[error("the next code at {again}")]
    CodeTooSoon {
        /// When one may be asked for.
        again: Moment,
        /// How long that is.
        wait: Duration,
    },
    /// The address was proved already.
    #[error("the address is proved")]
    Proved,
    /// The installation does not have the way out.
    #[error("no way out: {0:?}")]
    Closed(Channel),
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
            NoticesError::Code(refusal) => refused_code(refusal),
            NoticesError::CodeTooSoon { again, wait } => too_many_codes(again, wait),
            NoticesError::Proved => Self::conflict(
                "address-proved",
                "地址已经验证",
                "这个地址已经验证过，通知会发到这里，不需要再验证。",
            ),
            NoticesError::Closed(channel) => Self::conflict(
                "channel-closed",
                format!("没有开通{}", channel.label()),
                format!(
                    "本平台还没有开通{}，发不出验证码。地址已经保存，开通以后再来验证；通知在平台内都看得到。",
                    channel.label()
                ),
            ),
            error @ NoticesError::Settings { .. } => Self::internal(&error),
        }
    }
}

/// What is wrong with an entered code stands beneath its field.
fn refused_code(refusal: CodeRefusal) -> Problem {
    let (slug, status, detail) = match refusal {
        CodeRefusal::NotSent => (
            "code-not-sent",
            StatusCode::CONFLICT,
            "验证码还没有发出，请等收到以后再填；没有获取过的请先获取".to_owned(),
        ),
        CodeRefusal::Expired => (
            "code-expired",
            StatusCode::CONFLICT,
            "验证码已经过期，请重新获取".to_owned(),
        ),
        CodeRefusal::UsedUp | CodeRefusal::Wrong { left: 0 } => (
            "code-used-up",
            StatusCode::CONFLICT,
            "验证码填错次数太多，已经作废，请重新获取".to_owned(),
        ),
        CodeRefusal::Wrong { left } => (
            "wrong-code",
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("验证码不正确，还可以再试 {left} 次"),
        ),
    };
    let mut problem = Problem::new(status, slug, "没有通过验证").detail(&*detail);
    if let CodeRefusal::Wrong { left } = refusal {
        problem = problem.with("attempts_left", left);
    }
    problem.errors = vec![FieldError::new("code", detail)];
    problem
}

fn too_many_codes(again: Moment, wait: Duration) -> Problem {
    let detail = format!("获取验证码太频繁，请在 {}后再获取。", wait_words(wait));
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "code-too-soon", "获取验证码太频繁")
        .detail(detail)
        .with("next_code_at", again.to_string())
        .with("next_code_in", whole_seconds(wait))
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

//! What can go wrong.

use applications::ApplicationsError;
use axum::http::StatusCode;
use kernel::{FieldError, JobError, KernelError, Problem, access::Forbidden, problem::chain};

use crate::rules::Refusal;

/// Why a use case was not done.
#[derive(Debug, thiserror::Error)]
pub enum CollaborationError {
    /// The kernel failed.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// The actor lacks a permission.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Work in hand could not be read.
    #[error("applications")]
    Applications(#[from] ApplicationsError),
    /// There is no such thing within the scope.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// The input has faults.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// The state, the department or the person does not allow it.
    #[error(transparent)]
    Refused(Refusal),
    /// The letter is still being signed.
    #[error("the letter is not signed yet")]
    NotReady,
    /// The holidays of a year are not known, so that a period cannot be counted.
    #[error(transparent)]
    Calendar(#[from] codes::MissingYear),
    /// The letter could not be signed.
    #[error("press: {0}")]
    Press(String),
    /// The workbook could not be written.
    #[error("workbook")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

impl From<Refusal> for CollaborationError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(faults) => Self::Invalid(faults),
            Refusal::Unsigned => Self::NotReady,
            other => Self::Refused(other),
        }
    }
}

impl From<CollaborationError> for Problem {
    fn from(error: CollaborationError) -> Self {
        match error {
            CollaborationError::Kernel(error) => error.into(),
            CollaborationError::Forbidden(error) => error.into(),
            CollaborationError::Applications(error) => error.into(),
            CollaborationError::NotFound(what) => Self::not_found(what),
            CollaborationError::Invalid(faults) => Self::invalid(faults),
            CollaborationError::Refused(refusal) => refused(&refusal),
            CollaborationError::NotReady => refused(&Refusal::Unsigned),
            CollaborationError::Calendar(missing) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "calendar-missing",
                "节假日安排未发布",
            )
            .detail(missing.message()),
            error @ (CollaborationError::Press(_) | CollaborationError::Workbook(_)) => {
                Self::internal(&error)
            }
        }
    }
}

fn refused(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::State(why) => Problem::conflict("not-now", "现在不能这样办理", *why),
        Refusal::Department(department) => Problem::conflict(
            "other-department",
            "由其他部门办理",
            "这件事由指定的部门办理，您所在的部门不能代办。",
        )
        .with("department", department.as_str()),
        Refusal::Unsigned => Problem::conflict(
            "letter-not-ready",
            "提醒函正在签章",
            "提醒函正在生成和签章，请稍后再下载。",
        ),
        Refusal::SamePerson => Problem::conflict(
            "same-person",
            "须由另一人核销",
            "上报整改情况的人不能自己核销，请由另一位工作人员核查。",
        ),
        Refusal::Invalid(faults) => Problem::invalid(faults.clone()),
    }
}

impl From<CollaborationError> for JobError {
    fn from(error: CollaborationError) -> Self {
        match &error {
            CollaborationError::NotFound(_) | CollaborationError::Kernel(KernelError::Corrupt(_)) => {
                Self::Permanent(chain(&error))
            }
            _ => Self::Retry(chain(&error)),
        }
    }
}

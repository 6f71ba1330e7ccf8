//! How a use case fails, and what people read then.

use axum::http::StatusCode;
use codes::MissingYear;
use identity::IdentityError;
use kernel::{FieldError, KernelError, Problem, access::Forbidden, blobs::BadFile, ids::ApplicationId};
use matters::MissingPlaceholder;
use registry::RegistryError;

use crate::{
    model::{Refusal, StateName},
    ports::RegisterError,
    rules::{Action, Denial, Gap, Unfit},
};

/// Failures of this capability.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationsError {
    /// The kernel failed.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// A permission is missing.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The registry refused.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// Identity refused.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Not there, or outside the scope.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// The actor may not do it now.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The state machine refused; the owner of the last act is named where known.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Input is wrong.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// An upload was refused.
    #[error(transparent)]
    BadFile(#[from] BadFile),
    /// A document would have blanks.
    #[error(transparent)]
    Blank(#[from] MissingPlaceholder),
    /// The five days are over: the application counts as accepted (行政许可法 art. 32).
    #[error("the period for a notice is over")]
    DeemedAccepted,
    /// The matter is not offered (any more).
    #[error("no such matter in force")]
    NoMatter,
    /// The licence cannot be the matter of such an application.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// An application of the kind runs already for the licence.
    #[error("another application is under way")]
    Running {
        /// Which.
        id: ApplicationId,
        /// Its 受理编号, once handed in.
        reference: Option<String>,
    },
    /// The licence says something else than when the draft was begun.
    #[error("the licence was changed since")]
    LicenceChanged,
    /// The register of licences did not answer.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The server has not wired a register of licences.
    #[error("no register of licences")]
    NoRegister,
    /// Somebody else was quicker.
    #[error("already decided by {by}")]
    AlreadyDecided {
        /// Who decided.
        by: String,
        /// What.
        state: StateName,
    },
    /// The document is not typeset and signed yet.
    #[error("document not ready")]
    NotReady,
    /// Typesetting or signing failed.
    #[error("press: {0}")]
    Press(String),
    /// The calendar cannot answer.
    #[error(transparent)]
    Calendar(#[from] MissingYear),
    /// A workbook could not be written.
    #[error("workbook")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

impl From<ApplicationsError> for Problem {
    fn from(error: ApplicationsError) -> Self {
        use ApplicationsError as E;
        match error {
            E::Kernel(error) => error.into(),
            E::Forbidden(error) => error.into(),
            E::Registry(error) => error.into(),
            E::Identity(error) => error.into(),
            E::NotFound(what) => Self::not_found(what),
            E::Denied(denial) => denied(denial),
            E::Refused(refusal) => refused(refusal),
            E::Invalid(errors) => Self::invalid(errors),
            E::BadFile(fault @ BadFile::TooLarge { .. }) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "文件太大").detail(format!("{fault}。"))
            }
            E::BadFile(fault) => Self::field("file", fault.to_string()),
            E::Blank(missing) => Self::invalid(
                missing
                    .missing
                    .iter()
                    .map(|one| {
                        FieldError::new(
                            one.name.clone(),
                            format!("文书缺少“{}”，请补充后再办理", one.label),
                        )
                    })
                    .collect(),
            ),
            E::DeemedAccepted => Self::conflict(
                "deemed-accepted",
                "已经视为受理",
                "收到申请材料已满五个工作日而没有告知，依照《中华人民共和国行政许可法》第三十二条自收到之日起即为受理，不能再告知补正或者不予受理。",
            ),
            E::NoMatter => Self::field("matter", "该事项没有生效的办事规定，请从事项清单中选择"),
            E::Unfit(why) => unfit(&why),
            E::Running { id, reference } => running(id, reference),
            E::LicenceChanged => Self::conflict(
                "licence-changed",
                "许可证内容已经变化",
                "许可证载明的内容在您填报期间已经变化，请撤回本草稿，按现在的许可证重新填报。",
            ),
            E::AlreadyDecided { by, state } => Self::conflict(
                "already-decided",
                format!("申请已由他人办结（{}）", state.label()),
                format!(
                    "在您提交之前，{by}已经作出“{}”的决定。请刷新查看，不需要再次办理。",
                    state.label()
                ),
            )
            .with("state", state.as_str()),
            E::NotReady => Self::conflict(
                "document-not-ready",
                "文书正在签章",
                "文书内容已经确定，正在排版和电子签章，通常几秒钟后即可下载，请稍后刷新。",
            ),
            E::Calendar(missing) => Self::conflict("calendar-missing", "缺少节假日安排", missing.message()),
            E::Press(_) | E::Workbook(_) | E::Register(_) | E::NoRegister => Self::internal(&error),
        }
    }
}

fn unfit(why: &Unfit) -> Problem {
    match why {
        Unfit::Stranger => Problem::not_found("许可证"),
        Unfit::OtherIndustry => Problem::field("licence", "该许可证不属于本事项的行业，请选择相应行业的事项"),
        Unfit::Standing(standing) => Problem::conflict(
            "licence-standing",
            "许可证现在的状态不能办理",
            format!(
                "该许可证{}，不能办理本事项。请核对许可证状态后选择适用的事项。",
                standing.label()
            ),
        )
        .with("standing", standing.as_str()),
        Unfit::TooLate { window, until } => Problem::conflict(
            "too-late",
            "已经超过申请期限",
            format!(
                "“{window}”已于{}届满，不再办理延期，请按首次申请重新办理。",
                until.chinese()
            ),
        )
        .with("until", until.to_string()),
    }
}

fn running(id: ApplicationId, reference: Option<String>) -> Problem {
    let which = reference.map_or_else(|| "尚未提交的草稿".to_owned(), |one| format!("受理编号 {one}"));
    let detail = format!("该许可证已有一件同类申请正在办理（{which}）。请继续办理该申请，或者先撤回。");
    Problem::conflict("application-running", "同类申请正在办理", detail).with("application", id.to_string())
}

fn denied(denial: Denial) -> Problem {
    match denial {
        Denial::Permission(permission) => Forbidden(permission).into(),
        Denial::State(action, state) => wrong_state(action.label(), state),
        Denial::Department => {
            Problem::forbidden("该事项或者该环节不由您所在的部门办理，请核对后由主管部门办理。")
        }
        Denial::SamePerson(stage) => Problem::forbidden(format!(
            "您已经参与本申请的{stage}。依照职责分离的要求，本环节须由其他人员办理。"
        ))
        .with("stage", stage),
        Denial::NotQualified => Problem::forbidden(
            "您没有该行业在有效期内的执法资格，不能审查或者决定。请联系管理员核对资格证信息。",
        ),
    }
}

fn wrong_state(act: &str, state: StateName) -> Problem {
    let detail = format!(
        "申请现在的状态是“{}”，不能进行“{act}”。请刷新后按现在的状态办理。",
        state.label()
    );
    Problem::conflict("wrong-state", format!("当前状态不能{act}"), detail).with("state", state.as_str())
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::WrongState { act, state } => wrong_state(act, state),
        Refusal::Invalid(errors) => Problem::invalid(errors),
        Refusal::Incomplete(gaps) => incomplete(&gaps),
        Refusal::NotFound(what) => Problem::not_found(what),
        Refusal::Once(why) => Problem::conflict("already-done", "已经办理", format!("{why}。")),
    }
}

fn incomplete(gaps: &[Gap]) -> Problem {
    let mut problem = Problem::invalid(gaps.iter().map(Gap::fault).collect());
    "urn:anxu:problem:incomplete".clone_into(&mut problem.kind);
    problem.title = format!("还有 {} 项没有填写或者上传", gaps.len());
    problem
}

/// What a late decision meets: 409 with who was quicker.
pub(crate) fn late(action: Action, state: StateName, by: Option<String>) -> ApplicationsError {
    match by {
        Some(by) if action == Action::Decide && state.is_final() => {
            ApplicationsError::AlreadyDecided { by, state }
        }
        _ => Denial::State(action, state).into(),
    }
}

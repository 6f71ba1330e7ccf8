//! The use cases of the registry.

mod entry;
mod export;
pub(crate) mod import;
mod keeping;
mod reading;
mod watch;

use std::sync::Arc;

use axum::http::StatusCode;
use codes::{CodeWarning, Divisions, Industries, RegionCode};
use kernel::{FieldError, Kernel, KernelError, Problem, access::Forbidden};
use serde_json::{Value, json};

use crate::{
    model::{Ground, Settings},
    rules::Tables,
};

/// Failures of the registry.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The kernel failed.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// A permission is missing.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Input is wrong.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// The code has objections that nobody confirmed.
    #[error("unconfirmed warnings")]
    Unconfirmed(Vec<CodeWarning>),
    /// Another enterprise has this code.
    #[error("code taken")]
    CodeTaken,
    /// No such thing within the scope.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// A code table under `data/` cannot be used.
    #[error("code table: {0}")]
    Table(String),
    /// The file of an import cannot be used at all.
    #[error("import file: {0}")]
    BadFile(String),
    /// The import is over, so that it cannot be cancelled.
    #[error("import is over")]
    ImportOver,
    /// The enterprise was taken off the list before.
    #[error("watch is over")]
    WatchOver,
    /// A spreadsheet could not be written.
    #[error("spreadsheet")]
    Sheet(#[from] rust_xlsxwriter::XlsxError),
    /// A working thread stopped.
    #[error("worker stopped: {0}")]
    Stopped(String),
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Kernel(error) => error.into(),
            RegistryError::Forbidden(error) => error.into(),
            RegistryError::Invalid(errors) => Self::invalid(errors),
            RegistryError::Unconfirmed(warnings) => confirm_warnings(&warnings),
            RegistryError::CodeTaken => {
                let mut problem = Self::conflict(
                    "code-taken",
                    "该代码已登记",
                    "同一统一社会信用代码或注册号的企业已在登记库中。请先查询；若在其他地区登记，请联系该地区。",
                );
                problem.errors = vec![FieldError::new("code", "该代码已登记，请查询核对")];
                problem
            }
            RegistryError::NotFound(what) => Self::not_found(what),
            RegistryError::BadFile(message) => {
                let mut problem = Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "bad-import-file",
                    "文件无法导入",
                )
                .detail(message.clone());
                problem.errors = vec![FieldError::new("file", message)];
                problem
            }
            RegistryError::ImportOver => Self::conflict(
                "import-over",
                "导入已结束",
                "这次导入已经结束，不能取消。已导入的企业请在企业档案中处理。",
            ),
            RegistryError::WatchOver => Self::conflict(
                "watch-over",
                "已移出重点监管",
                "这家企业已因这一事由移出重点监管，不能再次移出。请刷新页面，查看最新情况。",
            ),
            RegistryError::Table(_) | RegistryError::Sheet(_) | RegistryError::Stopped(_) => {
                Self::internal(&error)
            }
        }
    }
}

fn confirm_warnings(warnings: &[CodeWarning]) -> Problem {
    let listed: Vec<Value> = warnings
        .iter()
        .map(|warning| json!({ "field": "code", "kind": warning.kind(), "message": warning.message() }))
        .collect();
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "confirm-warnings",
        "代码校验有疑问，请确认",
    )
    .detail("请对照营业执照逐位核对。执照上确实如此的，请确认后再次提交（confirmed_warnings 为 true）。")
    .with("warnings", listed)
}

pub(crate) type Outcome<T> = Result<T, RegistryError>;

/// The capability: enterprise files. Cheap to clone.
#[derive(Clone)]
pub struct Registry {
    pub(crate) kernel: Kernel,
    pub(crate) codes: Arc<CodeTables>,
    pub(crate) settings: Arc<Settings>,
    /// Grounds for closer supervision.
    pub(crate) grounds: Arc<[Ground]>,
}

/// The code lists of this installation.
pub(crate) struct CodeTables {
    pub(crate) divisions: Divisions,
    pub(crate) industries: Industries,
}

impl CodeTables {
    pub(crate) fn tables(&self) -> Tables<'_> {
        Tables {
            divisions: &self.divisions,
            industries: &self.industries,
        }
    }

    fn load(kernel: &Kernel) -> Outcome<Self> {
        let rules = kernel.rules();
        let files: Result<Vec<String>, _> = rules
            .list("divisions/")
            .iter()
            .filter(|path| path.ends_with(".csv"))
            .map(|path| rules.text(path))
            .collect();
        let files = files?;
        let divisions = Divisions::from_csv(files.iter().map(String::as_str))
            .map_err(|error| RegistryError::Table(error.message()))?;
        let industries = Industries::from_csv(&rules.text("industry/gbt4754_2017.csv")?)
            .map_err(|error| RegistryError::Table(error.message()))?;
        Ok(Self {
            divisions,
            industries,
        })
    }
}

impl Registry {
    /// Over a kernel; loads code tables and grounds from its rule data and begins to hear of events.
    ///
    /// # Errors
    /// [`RegistryError::Table`] when a table cannot be used.
    pub fn new(kernel: Kernel) -> Outcome<Self> {
        let codes = Arc::new(CodeTables::load(&kernel)?);
        let settings = Arc::new(load_settings(&kernel)?);
        let grounds = watch::listen(&kernel)?.into();
        Ok(Self {
            kernel,
            codes,
            settings,
            grounds,
        })
    }

    /// GB/T 2260 as loaded.
    pub fn divisions(&self) -> &Divisions {
        &self.codes.divisions
    }

    /// Full name of a region; of the nearest known one above it where it is not in the tables.
    pub fn region_name(&self, code: &RegionCode) -> String {
        let divisions = &self.codes.divisions;
        let known = divisions.nearest(code);
        known
            .and_then(|known| divisions.full_name(&known))
            .unwrap_or_else(|| code.to_string())
    }

    /// GB/T 4754 as loaded.
    pub fn industries(&self) -> &Industries {
        &self.codes.industries
    }
}

/// Limits and header names of the import.
fn load_settings(kernel: &Kernel) -> Outcome<Settings> {
    let text = kernel.rules().text("registry/import.json")?;
    serde_json::from_str(&text)
        .map_err(|error| RegistryError::Table(format!("registry/import.json: {error}")))
}

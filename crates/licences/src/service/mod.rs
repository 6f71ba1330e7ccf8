//! The use cases of licences.

mod answers;
mod cases;
mod daily;
mod direct;
mod figures;
mod filings;
mod issue;
mod outcome;
mod possible;
mod press;
mod read;
mod register;
mod specimen;

use std::sync::{Arc, Weak};

use applications::rules::Lights;
use codes::WorkCalendar;
use kernel::{
    FieldError, Kernel, KernelError, LegalDate, Problem, RuleFiles, access::Forbidden, blobs::BadFile,
};
use matters::{Catalogue, City, MissingPlaceholder};

pub use answers::Answer;
pub use cases::{CasePreview, CasesWanted, LicenceFacts, NewCase, NewService, PaperFile};
pub(crate) use cases::{EVIDENCE_LIMIT_MB, PAPER_JOB};
pub use figures::RegionStatus;
pub use filings::{FilingsWanted, NewDamage, NewHandover, NewWorkElsewhere, PublicLoss};
pub use issue::{IssuedLicence, PressedPair};
pub use outcome::Fulfilled;
pub use possible::LicenceMatter;
pub use press::PRESS_JOB;
pub use read::{LicenceQuery, PublicQuery, Unissued};
pub use register::{Count, PublicEvent, PublicFile};

use answers::Answers;

use crate::{
    model::{CaseFault, CaseId, Fault, FilingFault},
    ports::{Certify, Grants, NeighbourError, ProspectError},
    rules::{
        Competence, Measures, Numbering, NumberingError, Periods, RevisionError, StatusRule, SuspensionTable,
    },
    store::PointReader,
};

/// Failures of licences.
#[derive(Debug, thiserror::Error)]
pub enum LicencesError {
    /// The kernel failed.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// Another department issued the licence; its name.
    #[error("the licence is the business of {0}")]
    NotCompetent(String),
    /// A permission is missing.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Input is wrong.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// No such licence within the scope.
    #[error("licence not found")]
    NotFound,
    /// The signed files are still to be made.
    #[error("the certificate is not made yet")]
    NotPressed,
    /// What is applied for leads to no certificate.
    #[error("no certificate comes of it")]
    NoCertificate,
    /// Only a reserved number can be voided.
    #[error("the licence is {0}, not reserved")]
    NotReserved(&'static str),
    /// Applications did not hand the grant over.
    #[error("the grant")]
    Grant(#[source] NeighbourError),
    /// The press did not make a certificate.
    #[error("the certificate")]
    Press(#[source] NeighbourError),
    /// A number cannot be formed.
    #[error("numbering")]
    Numbering(#[from] NumberingError),
    /// A decision grants a longer validity than its matter allows, or the matter is unknown.
    #[error("no such validity: {0}")]
    Validity(String),
    /// A neighbour refuses; its own words are the best.
    #[error("refused: {}", .0.title)]
    Refused(Box<Problem>),
    /// A record cannot be written or read.
    #[error("record")]
    Record(#[from] serde_json::Error),
    /// The fingerprint of a record cannot be computed.
    #[error("fingerprint: {0}")]
    Fingerprint(String),
    /// A further edition cannot be fixed.
    #[error("edition")]
    Revision(#[from] RevisionError),
    /// The loss has to be public first.
    #[error("the loss is made public until {0}")]
    NoticeRunning(LegalDate),
    /// No such case file within the scope.
    #[error("case not found")]
    CaseNotFound,
    /// A case file for the same measure is open on the licence.
    #[error("case {id} is open")]
    CaseOpen {
        /// The open one.
        id: CaseId,
        /// Its measure, in Chinese.
        measure: &'static str,
        /// When it was opened.
        opened: LegalDate,
    },
    /// A case file does not allow what is done.
    #[error(transparent)]
    Case(#[from] CaseFault),
    /// A file cannot be taken.
    #[error(transparent)]
    BadFile(#[from] BadFile),
    /// A document has a blank.
    #[error(transparent)]
    Paper(#[from] MissingPlaceholder),
    /// No such filing within the scope.
    #[error("filing not found")]
    FilingNotFound,
    /// A filing does not allow what follows.
    #[error(transparent)]
    Filing(#[from] FilingFault),
    /// The state of the licence does not allow the act.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<ProspectError> for LicencesError {
    fn from(error: ProspectError) -> Self {
        match error {
            ProspectError::Refused(problem) => Self::Refused(problem),
            ProspectError::Neighbour(error) => Self::Grant(error),
        }
    }
}

impl From<LicencesError> for Problem {
    fn from(error: LicencesError) -> Self {
        match error {
            LicencesError::Kernel(error) => error.into(),
            LicencesError::Forbidden(error) => error.into(),
            LicencesError::NotCompetent(authority) => Self::forbidden(format!(
                "该许可证由{authority}颁发，由该机关办理；您所在部门不能办理。"
            )),
            LicencesError::Invalid(errors) => Self::invalid(errors),
            LicencesError::NotFound => Self::not_found("许可证"),
            LicencesError::Refused(problem) => *problem,
            LicencesError::NoCertificate => {
                Self::not_found("证书样张").detail("准予注销后不再颁发证书，没有样张可看。")
            }
            LicencesError::NotPressed => Self::conflict(
                "certificate-pending",
                "电子证照尚未制成",
                "电子证照正在制作，请稍后再下载。",
            ),
            LicencesError::NotReserved(state) => Self::conflict(
                "licence-not-reserved",
                "编号不能作废",
                "只有已占用、尚未发证的编号可以作废。已发证的许可证请按注销、撤销等程序办理。",
            )
            .with("licence_state", state),
            LicencesError::Fault(fault) => {
                Self::conflict("licence-state", "许可证状态不允许此操作", fault.to_string())
            }
            LicencesError::CaseOpen { id, measure, opened } => Self::conflict(
                "licence-case-open",
                "同类案卷正在办理",
                format!(
                    "这本许可证已有一件{measure}案卷在办理（{}立案），请接着办理。",
                    opened.chinese()
                ),
            )
            .with("case", id.0.to_string()),
            LicencesError::CaseNotFound => Self::not_found("案卷"),
            LicencesError::Case(CaseFault::SamePerson) => Self::forbidden(CaseFault::SamePerson.to_string()),
            LicencesError::Case(fault) => {
                Self::conflict("licence-case", "案卷不能这样办理", fault.to_string())
            }
            LicencesError::BadFile(BadFile::TooLarge { limit_mb }) => {
                kernel::http::too_large().detail(format!("文件超过 {limit_mb} MB，请压缩或拆分后再上传。"))
            }
            LicencesError::BadFile(fault) => Self::field("file", fault.to_string()),
            LicencesError::Paper(missing) => Self::field("findings", missing.to_string()),
            LicencesError::FilingNotFound => Self::not_found("备案"),
            LicencesError::Filing(fault) => {
                Self::conflict("licence-filing", "不能这样办理", fault.to_string())
            }
            LicencesError::NoticeRunning(last) => Self::conflict(
                "loss-notice-running",
                "遗失公告尚未期满",
                format!("遗失公告到{}期满，期满后自动补发。", last.chinese()),
            ),
            LicencesError::Grant(_)
            | LicencesError::Revision(_)
            | LicencesError::Fingerprint(_)
            | LicencesError::Press(_)
            | LicencesError::Numbering(_)
            | LicencesError::Validity(_)
            | LicencesError::Record(_) => Self::internal(&error),
        }
    }
}

/// Kind of the job that signs a stand-in, or an edition without an application; payload `{"licence": …}`.
pub(crate) const EDITION_JOB: &str = "licences.edition";

pub(crate) type Outcome<T> = Result<T, LicencesError>;

/// A rule file; a fault names the file.
fn read<T: serde::de::DeserializeOwned>(rules: &RuleFiles, path: &str) -> Outcome<T> {
    let text = rules.text(path)?;
    serde_json::from_str(&text).map_err(|error| KernelError::Rules(format!("{path}: {error}")).into())
}

/// The capability: numbering, issuing, certificates, public status. Cheap to clone.
#[derive(Clone)]
pub struct Licences {
    inner: Arc<Inner>,
}

/// Licences for whom they stand on themselves: holding these keeps nothing open.
#[derive(Clone)]
pub struct WeakLicences {
    inner: Weak<Inner>,
}

impl WeakLicences {
    /// The capability, while somebody holds it.
    pub fn upgrade(&self) -> Option<Licences> {
        self.inner.upgrade().map(|inner| Licences { inner })
    }
}

struct Inner {
    kernel: Kernel,
    grants: Box<dyn Grants>,
    press: Box<dyn Certify>,
    catalogue: Arc<Catalogue>,
    city: Arc<City>,
    calendar: WorkCalendar,
    numbering: Numbering,
    competence: Competence,
    rule: StatusRule,
    periods: Periods,
    measures: Measures,
    suspensions: SuspensionTable,
    lights: Lights,
    reader: PointReader,
    answers: Answers,
    follow_ups: Vec<&'static str>,
}

impl Licences {
    /// The same without holding it open.
    pub fn downgrade(&self) -> WeakLicences {
        WeakLicences {
            inner: Arc::downgrade(&self.inner),
        }
    }

    /// Puts the capability together; reads numbering and status rules from the rule data.
    ///
    /// # Errors
    /// [`LicencesError::Kernel`] or [`LicencesError::Numbering`] when rule data are missing or contradictory.
    pub fn new(
        kernel: Kernel,
        grants: impl Grants + 'static,
        catalogue: Arc<Catalogue>,
        city: Arc<City>,
        press: impl Certify + 'static,
    ) -> Outcome<Self> {
        let rules = kernel.rules();
        let numbering = Numbering::new(
            &catalogue,
            &city,
            &rules.text("licence_numbers/patterns.csv")?,
            &rules.text("licence_numbers/identifier_types.csv")?,
        )?;
        let competence = Competence::new(&catalogue, &city, &numbering)?;
        let rule = read(rules, "licences/status.json")?;
        let periods = read(rules, "licences/periods.json")?;
        let measures = read(rules, "licences/measures.json")?;
        let suspensions = read(rules, "licences/suspensions.json")?;
        let lights = read(rules, "applications/lights.json")?;
        let calendar = WorkCalendar::from_csv(&rules.text("holidays/holidays.csv")?)
            .map_err(|bad| KernelError::Rules(format!("holidays/holidays.csv: {}", bad.message())))?;
        let inner = Inner {
            reader: PointReader::new(kernel.db().clone()),
            grants: Box::new(grants),
            press: Box::new(press),
            catalogue,
            city,
            calendar,
            numbering,
            competence,
            rule,
            periods,
            measures,
            suspensions,
            lights,
            answers: Answers::new(),
            follow_ups: Vec::new(),
            kernel,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Kinds of jobs that each issue puts into the outbox with the payload [`IssuedLicence`](crate::IssuedLicence),
    /// once a licence: how other capabilities hear of it. Call it before the first clone.
    #[must_use]
    pub fn with_follow_ups(mut self, kinds: Vec<&'static str>) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.follow_ups = kinds;
        }
        self
    }

    /// The numbering rules of the city.
    pub fn numbering(&self) -> &Numbering {
        &self.inner.numbering
    }

    /// When a licence counts as expiring.
    pub fn status_rule(&self) -> StatusRule {
        self.inner.rule
    }
}

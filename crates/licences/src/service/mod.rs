//! The use cases of licences.

mod answers;
mod direct;
mod issue;
mod press;
mod read;
mod register;

use std::sync::Arc;

use kernel::{FieldError, Kernel, KernelError, Problem, access::Forbidden};
use matters::{Catalogue, City};

pub use answers::Answer;
pub use issue::{IssuedLicence, PressedPair};
pub use press::PRESS_JOB;
pub use read::{LicenceQuery, PublicQuery, Unissued};
pub use register::{Count, PublicFile};

use answers::Answers;

use crate::{
    ports::{Certify, Grants, NeighbourError},
    rules::{Numbering, NumberingError, StatusRule},
    store::PointReader,
};

/// Failures of licences.
#[derive(Debug, thiserror::Error)]
pub enum LicencesError {
    /// The kernel failed.
    #[error(transparent)]
    Kernel(#[from] KernelError),
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
    /// A record cannot be written or read.
    #[error("record")]
    Record(#[from] serde_json::Error),
}

impl From<LicencesError> for Problem {
    fn from(error: LicencesError) -> Self {
        match error {
            LicencesError::Kernel(error) => error.into(),
            LicencesError::Forbidden(error) => error.into(),
            LicencesError::Invalid(errors) => Self::invalid(errors),
            LicencesError::NotFound => Self::not_found("许可证"),
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
            LicencesError::Grant(_)
            | LicencesError::Press(_)
            | LicencesError::Numbering(_)
            | LicencesError::Validity(_)
            | LicencesError::Record(_) => Self::internal(&error),
        }
    }
}

pub(crate) type Outcome<T> = Result<T, LicencesError>;

/// The capability: numbering, issuing, certificates, public status. Cheap to clone.
#[derive(Clone)]
pub struct Licences {
    inner: Arc<Inner>,
}

struct Inner {
    kernel: Kernel,
    grants: Box<dyn Grants>,
    press: Box<dyn Certify>,
    catalogue: Arc<Catalogue>,
    numbering: Numbering,
    rule: StatusRule,
    reader: PointReader,
    answers: Answers,
    follow_ups: Vec<&'static str>,
}

impl Licences {
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
        let rule = serde_json::from_slice(&rules.read("licences/status.json")?).map_err(KernelError::from)?;
        let inner = Inner {
            reader: PointReader::new(kernel.db().clone()),
            grants: Box::new(grants),
            press: Box::new(press),
            catalogue,
            numbering,
            rule,
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

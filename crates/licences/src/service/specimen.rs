//! The certificate before anything is decided: as a grant today would make it, without a seal or a signature. A number
//! is taken by nobody for it: a licence that is there shows its own, a new one shows open digits.

use bytes::Bytes;
use certificate::{Edition, LicenceRecord};
use codes::{LicenceIdentifier, LicenceNumber};
use kernel::{
    Actor,
    ids::{ApplicationId, LicenceId},
};
use uuid::Uuid;

use super::{
    Licences, LicencesError, Outcome,
    outcome::{continued, granted},
};
use crate::{
    model::{Grant, Licence, LossOrDamage, Purpose},
    rules::{self, Given},
    store,
};

/// Stands for each digit of a number that is not taken yet.
const OPEN_DIGIT: &str = "×";
/// Stands where the identifier will be.
const NO_IDENTIFIER: &str = "（签发时赋码）";

impl Licences {
    /// The certificate of an application as it would be granted today, marked 样张. Takes no number.
    ///
    /// # Errors
    /// [`LicencesError::Refused`] by the applications; [`LicencesError::NoCertificate`] when a grant leads to none;
    /// [`LicencesError::Press`].
    pub async fn specimen(
        &self,
        actor: &Actor,
        application: ApplicationId,
        scope: Option<Vec<String>>,
        edition: Edition,
    ) -> Outcome<Bytes> {
        let grant = self.inner.grants.prospect(actor, application, scope).await?;
        let record = self.record_to_be(grant, edition).await?;
        let at = self.inner.kernel.now().instant();
        let pdf = self.inner.press.specimen(record, at).await;
        Ok(pdf.map_err(LicencesError::Press)?.into())
    }

    async fn record_to_be(&self, grant: Grant, edition: Edition) -> Outcome<LicenceRecord> {
        let record = match grant.purpose.clone() {
            Purpose::FirstIssue => return self.first_record(grant, edition),
            Purpose::Deregistration { .. } => return Err(LicencesError::NoCertificate),
            Purpose::Replacement {
                licence,
                cause: LossOrDamage::Lost,
            } => {
                let old = self.known(licence).await?;
                let (number, identifier) = continued(old.facts())?;
                let given = self.not_given(number, identifier);
                let reserved = rules::replacement(old.facts(), given, granted(&grant), grant.decided_on)?;
                reserved.facts.record
            }
            Purpose::Renewal { licence, .. }
            | Purpose::Change { licence, .. }
            | Purpose::Replacement { licence, .. } => {
                let old = self.known(licence).await?;
                let content = self.edition_of(grant, old.facts())?;
                rules::prepare(old.facts(), content)?.record
            }
        };
        Ok(LicenceRecord {
            identifier: NO_IDENTIFIER.to_owned(),
            ..record.edition(edition)?
        })
    }

    async fn known(&self, id: LicenceId) -> Outcome<Licence> {
        let found = store::licences(self.inner.kernel.db(), [id]).await?;
        found.into_iter().next().ok_or(LicencesError::NotFound)
    }

    /// For what is not entered anywhere.
    fn not_given(&self, number: LicenceNumber, identifier: LicenceIdentifier) -> Given {
        Given {
            id: LicenceId(Uuid::nil()),
            seq: 0,
            number,
            identifier,
            at: self.inner.kernel.now(),
        }
    }

    fn first_record(&self, grant: Grant, edition: Edition) -> Outcome<LicenceRecord> {
        let numbering = &self.inner.numbering;
        let year = u16::try_from(grant.decided_on.0.year()).unwrap_or_default();
        let number = numbering.number(grant.industry, year, 1)?;
        let digits = number.serial().len();
        let open = number
            .to_string()
            .replace(number.serial(), &OPEN_DIGIT.repeat(digits));
        let identifier = numbering.identifier(grant.industry, &number)?;
        let given = self.not_given(number, identifier);
        let authority = numbering.authority(grant.industry)?;
        let reserved = rules::reserved(grant, given, authority)?;
        let record = reserved.facts.record.edition(edition)?;
        Ok(LicenceRecord {
            number: open,
            identifier: NO_IDENTIFIER.to_owned(),
            ..record
        })
    }
}

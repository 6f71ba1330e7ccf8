//! The certificate before anything is decided: as a grant today would make it, without a number, a seal or a signature.

use bytes::Bytes;
use certificate::{Edition, LicenceRecord};
use kernel::{
    Actor,
    ids::{ApplicationId, LicenceId},
};
use uuid::Uuid;

use super::{Licences, LicencesError, Outcome};
use crate::{
    model::Grant,
    rules::{self, Given},
};

/// Stands for each digit of a number that is not taken yet.
const OPEN_DIGIT: &str = "×";
/// Stands where the identifier will be.
const NO_IDENTIFIER: &str = "（签发时赋码）";

impl Licences {
    /// The certificate of an application as it would be granted today, marked 样张. Takes no number.
    ///
    /// # Errors
    /// [`LicencesError::Refused`] by the applications; [`LicencesError::Press`].
    pub async fn specimen(
        &self,
        actor: &Actor,
        application: ApplicationId,
        scope: Option<Vec<String>>,
        edition: Edition,
    ) -> Outcome<Bytes> {
        let grant = self.inner.grants.prospect(actor, application, scope).await?;
        let record = self.record_to_be(grant, edition)?;
        let at = self.inner.kernel.now().instant();
        let pdf = self.inner.press.specimen(record, at).await;
        Ok(pdf.map_err(LicencesError::Press)?.into())
    }

    fn record_to_be(&self, grant: Grant, edition: Edition) -> Outcome<LicenceRecord> {
        let numbering = &self.inner.numbering;
        let year = u16::try_from(grant.decided_on.0.year()).unwrap_or_default();
        let number = numbering.number(grant.industry, year, 1)?;
        let digits = number.serial().len();
        let open = number
            .to_string()
            .replace(number.serial(), &OPEN_DIGIT.repeat(digits));
        let given = Given {
            id: LicenceId(Uuid::nil()),
            seq: 0,
            identifier: numbering.identifier(grant.industry, &number)?,
            number,
            at: self.inner.kernel.now(),
        };
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

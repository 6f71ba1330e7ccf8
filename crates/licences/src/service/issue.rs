//! Issuing: reserve the number → store exactly what will be signed → sign and stamp → store → record.
//!
//! Each step is a function of its own and can be taken up again at any point: the reservation is found by its
//! application, and a certificate is made anew only while none is stored with the licence.

use bytes::Bytes;
use certificate::Edition;
use kernel::{
    Actor, BlobRef, Happened, KernelError, NewJob, Permission, Subject, Work,
    ids::{ApplicationId, LicenceId},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Licences, LicencesError, Outcome};
use crate::{
    model::{Certificate, Grant, Issued, Licence, Period, Reserved},
    rules::{self, Given},
    store,
};

/// Media type of certificates.
pub(crate) const PDF: &str = "application/pdf";

/// Payload of the jobs that follow an issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedLicence {
    /// The licence.
    pub licence: LicenceId,
    /// The application it was granted on.
    pub application: Option<ApplicationId>,
    /// Its number.
    pub number: String,
}

/// Both editions, stored in the file store but not yet part of the licence.
#[derive(Clone, Debug)]
pub struct PressedPair {
    /// 正本
    pub original: BlobRef,
    /// 副本
    pub duplicate: BlobRef,
    /// What the QR code of the original says.
    pub qr_url: String,
}

fn issuer() -> Actor {
    Actor::system("证照签发")
}

impl Licences {
    /// Issues the licence of a grant, or finishes what was begun. Coming again changes nothing.
    ///
    /// # Errors
    /// [`LicencesError`] of any step; what was done before stays and is taken up again.
    pub async fn issue(&self, application: ApplicationId) -> Outcome<Issued> {
        match self.reserve(application).await? {
            Licence::Reserved(reserved) => {
                let pair = self.press(&reserved).await?;
                self.conclude(reserved.facts.id, pair).await
            }
            Licence::Issued(issued) => Ok(issued),
            Licence::Voided(_) => Err(LicencesError::NotReserved("voided")),
        }
    }

    /// Step 1: takes the number and fixes what will be signed. Finds the reservation if there is one.
    ///
    /// # Errors
    /// [`LicencesError::Grant`] when there is no grant; [`LicencesError::Numbering`].
    pub async fn reserve(&self, application: ApplicationId) -> Outcome<Licence> {
        let db = self.inner.kernel.db();
        if let Some(known) = store::of_application(db.read(), application).await? {
            return Ok(known);
        }
        let grant = self
            .inner
            .grants
            .grant(application)
            .await
            .map_err(LicencesError::Grant)?;
        match self.reserve_new(grant).await {
            // Another worker was faster; our number went back with the transaction.
            Err(LicencesError::Kernel(error)) if error.is_duplicate() => {
                store::of_application(db.read(), application)
                    .await?
                    .ok_or(LicencesError::NotFound)
            }
            outcome => outcome,
        }
    }

    async fn reserve_new(&self, grant: Grant) -> Outcome<Licence> {
        let mut work = self.inner.kernel.begin(&issuer()).await?;
        if let Some(known) = store::of_application(work.conn(), grant.application).await? {
            return Ok(known);
        }
        self.check_validity(&grant)?;
        let given = self.give(&mut work, &grant).await?;
        let authority = self.inner.numbering.authority(grant.industry)?;
        let reserved = Licence::Reserved(rules::reserved(grant, given, authority)?);
        let row = store::insert(&work, &reserved).await?;
        let facts = json!({ "number": row.number, "identifier": row.identifier, "reference": row.reference });
        work.record(
            &row,
            Happened::new("licence.reserved", "占用许可证编号").data(facts),
        )?;
        work.commit().await?;
        Ok(reserved)
    }

    /// Takes number, identifier and row key.
    async fn give(&self, work: &mut Work, grant: &Grant) -> Outcome<Given> {
        let numbering = &self.inner.numbering;
        let id = LicenceId(work.next_id());
        let year = u16::try_from(grant.decided_on.0.year()).unwrap_or_default();
        let series = numbering.series(grant.industry, year)?;
        let sequence = work.next_number(&series, Subject::new("licence", id)).await?;
        let number = numbering.number(grant.industry, year, sequence)?;
        let identifier = numbering.identifier(grant.industry, &number)?;
        let seq = store::keys(work, 1).await?.into_iter().next();
        let seq = seq.ok_or_else(|| KernelError::Corrupt("no row key".into()))?;
        Ok(Given {
            id,
            seq,
            number,
            identifier,
            at: work.now(),
        })
    }

    /// A decision may grant less than the matter's validity, never more.
    fn check_validity(&self, grant: &Grant) -> Outcome<()> {
        let Period { from, until } = grant.validity;
        let matter = self.inner.catalogue.get(grant.matter, grant.matter_version);
        let last = matter.and_then(|matter| rules::valid_until(from.0, &matter.licence.validity));
        if from <= until && last.is_some_and(|last| until.0 <= last) {
            return Ok(());
        }
        let matter = format!("{} v{}", grant.matter, grant.matter_version);
        Err(LicencesError::Validity(format!("{from} to {until}, {matter}")))
    }

    /// Step 2: makes both editions of exactly what was fixed and stores the files. No transaction is open.
    ///
    /// # Errors
    /// [`LicencesError::Press`] when the press fails; [`LicencesError::Kernel`] when the file store does.
    pub async fn press(&self, reserved: &Reserved) -> Outcome<PressedPair> {
        self.press_record(&reserved.facts.record).await
    }

    pub(super) async fn press_record(&self, record: &crate::model::SignedRecord) -> Outcome<PressedPair> {
        let at = self.inner.kernel.now().instant();
        let press = &self.inner.press;
        let (original, duplicate) = (
            record.edition(Edition::Original)?,
            record.edition(Edition::Duplicate)?,
        );
        let made = futures::future::try_join(press.certify(original, at), press.certify(duplicate, at));
        let (original, duplicate) = made.await.map_err(LicencesError::Press)?;
        let blobs = self.inner.kernel.blobs();
        let qr_url = original.qr_url;
        let (original, duplicate) = futures::future::try_join(
            blobs.put(Bytes::from(original.pdf), PDF),
            blobs.put(Bytes::from(duplicate.pdf), PDF),
        )
        .await?;
        Ok(PressedPair {
            original,
            duplicate,
            qr_url,
        })
    }

    /// Step 3: publishes the licence under its stored files. A licence that is issued already keeps its own.
    ///
    /// # Errors
    /// [`LicencesError::NotFound`], [`LicencesError::NotReserved`] when the number was voided meanwhile.
    pub async fn conclude(&self, id: LicenceId, pair: PressedPair) -> Outcome<Issued> {
        let mut work = self.inner.kernel.begin(&issuer()).await?;
        let reserved = match store::load(&work, id).await? {
            Some(Licence::Reserved(reserved)) => reserved,
            Some(Licence::Issued(issued)) => return Ok(issued),
            Some(Licence::Voided(_)) => return Err(LicencesError::NotReserved("voided")),
            None => return Err(LicencesError::NotFound),
        };
        let certificate = keep(&work, pair).await?;
        let issued = reserved.issue(certificate);
        let licence = Licence::Issued(issued.clone());
        let keys = changed_keys(&licence);
        let _changing = self.inner.answers.changing(keys.iter().map(String::as_str));
        let row = store::update(&work, &licence).await?;
        store::index(&work, std::slice::from_ref(&licence)).await?;
        work.record(
            &row,
            Happened::new("licence.issued", "颁发许可证").data(issue_facts(&issued)),
        )?;
        let payload = IssuedLicence {
            licence: id,
            application: row.application,
            number: row.number,
        };
        for kind in &self.inner.follow_ups {
            work.enqueue(NewJob::new(kind, &payload)?.once(id.to_string()));
        }
        work.commit().await?;
        Ok(issued)
    }

    /// Gives a reserved number up, e.g. because the record cannot be printed; the gap stays explained. The
    /// application can then be issued under the next number.
    ///
    /// # Errors
    /// [`LicencesError::NotReserved`] once the licence is issued; [`LicencesError::Invalid`] without a reason.
    pub async fn void(&self, actor: &Actor, id: LicenceId, reason: &str) -> Outcome<Licence> {
        actor.require(Permission::LicencesTakeOver)?;
        let reason = reason.trim();
        if reason.is_empty() {
            let fault = kernel::FieldError::new("reason", "请写明编号作废的原因");
            return Err(LicencesError::Invalid(vec![fault]));
        }
        let mut work = self.inner.kernel.begin(actor).await?;
        let found = store::load(&work, id).await?.ok_or(LicencesError::NotFound)?;
        // Outside the scope a licence does not exist, whatever its state.
        let facts = found.facts();
        if !actor
            .scope
            .covers(facts.holder.region.as_str(), Some(facts.enterprise.into()))
        {
            return Err(LicencesError::NotFound);
        }
        let reserved = match found {
            Licence::Reserved(reserved) => reserved,
            other => return Err(LicencesError::NotReserved(other.state())),
        };
        let facts = &reserved.facts;
        if let Some((series, value)) = self.inner.numbering.place(facts.industry, &facts.number) {
            work.void_number(&series, value, reason).await?;
        }
        let voided = Licence::Voided(reserved.void(reason.to_owned()));
        let row = store::update(&work, &voided).await?;
        work.record(
            &row,
            Happened::new("licence.voided", "许可证编号作废").reason(reason),
        )?;
        work.commit().await?;
        Ok(voided)
    }
}

/// Registers the files of a licence with the act that makes them part of it.
pub(super) async fn keep(work: &Work, pair: PressedPair) -> Outcome<Certificate> {
    work.keep_blob(&pair.original).await?;
    work.keep_blob(&pair.duplicate).await?;
    Ok(Certificate {
        original: pair.original.sha256,
        duplicate: pair.duplicate.sha256,
        qr_url: pair.qr_url,
        pressed_at: work.now(),
    })
}

/// The keys under which everyone asks for a licence.
pub(super) fn changed_keys(licence: &Licence) -> [String; 3] {
    let facts = licence.facts();
    [
        facts.number.match_key(),
        facts.identifier.to_string(),
        facts.holder.code.to_string(),
    ]
}

fn issue_facts(issued: &Issued) -> serde_json::Value {
    let facts = &issued.facts;
    json!({
        "number": facts.number,
        "identifier": facts.identifier,
        "valid_from": facts.validity.from,
        "valid_until": facts.validity.until,
        "original": issued.certificate.as_ref().map(|files| &files.original),
        "duplicate": issued.certificate.as_ref().map(|files| &files.duplicate),
    })
}

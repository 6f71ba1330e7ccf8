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

use super::{Fulfilled, Licences, LicencesError, Outcome};
use crate::{
    model::{Certificate, Command, Event, Grant, Issued, Licence, Period, Reserved, Source},
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

pub(super) fn issuer() -> Actor {
    Actor::system("证照签发")
}

impl Licences {
    /// Issues the licence of a grant, or finishes what was begun. Coming again changes nothing.
    ///
    /// # Errors
    /// [`LicencesError`] of any step; what was done before stays and is taken up again.
    pub async fn issue(&self, application: ApplicationId) -> Outcome<Issued> {
        match self.fulfil(application).await? {
            Fulfilled::Licence(licence) => licence.issued().cloned().ok_or(LicencesError::NotFound),
            Fulfilled::Waiting(last) => Err(LicencesError::NoticeRunning(last)),
        }
    }

    /// Step 1: fixes what will be signed; a first licence takes its number. Finds what was fixed before.
    ///
    /// # Errors
    /// [`LicencesError::Grant`] when there is no grant; [`LicencesError::Numbering`].
    pub async fn reserve(&self, application: ApplicationId) -> Outcome<Licence> {
        match self.begin_grant(application).await? {
            Fulfilled::Licence(licence) => Ok(*licence),
            Fulfilled::Waiting(last) => Err(LicencesError::NoticeRunning(last)),
        }
    }

    pub(super) async fn reserve_new(&self, grant: Grant) -> Outcome<Licence> {
        let mut work = self.inner.kernel.begin(&issuer()).await?;
        if let Some(known) = store::of_application(work.conn(), grant.application).await? {
            return Ok(known);
        }
        self.check_validity(&grant)?;
        let given = self.give(&mut work, &grant).await?;
        let authority = self.inner.numbering.authority(grant.industry)?;
        let reserved = Licence::Reserved(rules::reserved(grant, given, authority)?);
        self.enter_reserved(&mut work, &reserved).await?;
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
    pub(super) fn check_validity(&self, grant: &Grant) -> Outcome<()> {
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
            Some(reserved @ Licence::Reserved(_)) => reserved,
            Some(Licence::Voided(_)) => return Err(LicencesError::NotReserved("voided")),
            Some(other) => return other.issued().cloned().ok_or(LicencesError::NotFound),
            None => return Err(LicencesError::NotFound),
        };
        let certificate = keep(&work, pair).await?;
        let licence = self
            .act(&mut work, reserved, Command::Issue { certificate })
            .await?;
        let issued = licence.issued().cloned().ok_or(LicencesError::NotFound)?;
        let ended = self.end_replaced(&mut work, &issued).await?;
        let application = match issued.facts.source {
            Source::Granted { application, .. } => Some(application),
            Source::Imported | Source::StandIn => None,
        };
        self.tell_followers(&mut work, &licence, application)?;
        let keys: Vec<String> = ended.iter().chain([&licence]).flat_map(changed_keys).collect();
        let _changing = self.inner.answers.changing(keys.iter().map(String::as_str));
        work.commit().await?;
        Ok(issued)
    }

    /// Other capabilities hear of each edition once.
    pub(super) fn tell_followers(
        &self,
        work: &mut Work,
        licence: &Licence,
        application: Option<ApplicationId>,
    ) -> Outcome<()> {
        let facts = licence.facts();
        let payload = IssuedLicence {
            licence: facts.id,
            application,
            number: facts.number.to_string(),
        };
        for kind in &self.inner.follow_ups {
            let key = match facts.revision {
                1 => facts.id.to_string(),
                revision => format!("{}:{revision}", facts.id),
            };
            work.enqueue(NewJob::new(kind, &payload)?.once(key));
        }
        Ok(())
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
        let facts = match &found {
            Licence::Reserved(reserved) => &reserved.facts,
            other => return Err(LicencesError::NotReserved(other.state())),
        };
        if let Some((series, value)) = self.inner.numbering.place(facts.industry, &facts.number) {
            work.void_number(&series, value, reason).await?;
        }
        let reason = reason.to_owned();
        let voided = self.act(&mut work, found, Command::Void { reason }).await?;
        work.commit().await?;
        Ok(voided)
    }
}

impl Licences {
    /// Does an act on a licence that was loaded in this work: saves it, keeps the index, records the one event.
    pub(super) async fn act(&self, work: &mut Work, before: Licence, command: Command) -> Outcome<Licence> {
        let (after, event) = before.clone().act(command)?;
        let row = store::update(work, &after).await?;
        // What is found by name or number changes with the holder, and begins with the issue.
        let new_name = before.facts().holder != after.facts().holder;
        if new_name || (before.issued().is_none() && after.issued().is_some()) {
            store::index(work, std::slice::from_ref(&after)).await?;
        }
        for paper in after.facts().past.iter().skip(before.facts().past.len()) {
            if let Some(files) = &paper.certificate {
                store::keep_past(work, after.facts().id, files).await?;
            }
        }
        let mut happened = Happened::new(event.kind(), event.title(&before)).data(act_facts(&after, &event));
        if let Some(reason) = event.reason() {
            happened = happened.reason(reason);
        }
        work.record(&row, happened)?;
        Ok(after)
    }
}

/// What the event of an act says: the essentials for readers, and the act from which the state is built again.
fn act_facts(after: &Licence, event: &Event) -> serde_json::Value {
    let facts = after.facts();
    let files = after.issued().and_then(|issued| issued.certificate.as_ref());
    json!({
        "number": facts.number,
        "identifier": facts.identifier,
        "industry": facts.industry,
        "stands_in": facts.temporary_for.is_some(),
        "valid_from": facts.validity.from,
        "valid_until": facts.validity.until,
        "original": files.map(|files| &files.original),
        "duplicate": files.map(|files| &files.duplicate),
        "act": event,
    })
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

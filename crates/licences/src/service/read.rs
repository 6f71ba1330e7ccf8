//! Reading: within the scope for officers and holders, the published part for everyone.

use axum::http::HeaderValue;
use bytes::Bytes;
use certificate::Edition;
use codes::RegionCode;
use kernel::{
    Actor, FieldError, LegalDate, Page, PageQuery, Permission, Problem,
    event::{self, Event, EventFilter},
    ids::{EnterpriseId, LicenceId},
};
use matters::Industry;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Licences, LicencesError, Outcome};
use crate::{
    model::{Licence, Place, PublicKey, PublicLicence, Status},
    rules,
    service::answers::Answer,
    store::{self, ListQuery, Listed, StatusFilter},
};

/// What officers and holders look for.
#[derive(Clone, Debug, Default)]
pub struct LicenceQuery {
    /// Part of name, number or code, two characters at least.
    pub text: Option<String>,
    /// Industry.
    pub industry: Option<Industry>,
    /// Region with all that lies in it.
    pub region: Option<RegionCode>,
    /// Holder.
    pub enterprise: Option<EnterpriseId>,
    /// Status today.
    pub status: Option<Status>,
    /// Numbers that are reserved, or voided, instead of issued licences.
    pub unissued: Option<Unissued>,
}

/// Numbers without a licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unissued {
    /// Reserved, the certificate is being made.
    Reserved,
    /// Voided with a reason.
    Voided,
}

/// What anyone looks for.
#[derive(Clone, Debug, Default)]
pub struct PublicQuery {
    /// Part of name, number or code, two characters at least.
    pub text: Option<String>,
    /// Industry.
    pub industry: Option<Industry>,
    /// Region with all that lies in it.
    pub region: Option<RegionCode>,
    /// Status today.
    pub status: Option<Status>,
    /// Which page.
    pub page: PageQuery,
}

impl Licences {
    /// One licence within the scope.
    ///
    /// # Errors
    /// [`LicencesError::NotFound`] outside the scope.
    pub async fn licence(&self, actor: &Actor, id: LicenceId) -> Outcome<Licence> {
        actor.require(Permission::LicencesRead)?;
        let found = store::licence(self.inner.kernel.db(), id, &actor.scope).await?;
        found.ok_or(LicencesError::NotFound)
    }

    /// Licences within the scope, one more than `limit`: newest entry first; those that expire by their last day, the
    /// next one first; expired ones by their last day, the latest first. With words always newest entry first.
    ///
    /// # Errors
    /// [`LicencesError::Invalid`] for a text too short to search for.
    pub async fn list(
        &self,
        actor: &Actor,
        query: &LicenceQuery,
        after: Option<Place>,
        limit: u64,
    ) -> Outcome<Vec<Licence>> {
        actor.require(Permission::LicencesRead)?;
        let wanted = ListQuery {
            text: text_query(query.text.as_deref())?,
            industry: query.industry,
            region: query.region.clone(),
            enterprise: query.enterprise,
            status: query.status.map(|status| self.on_today(status)),
            listed: match query.unissued {
                None => Listed::Issued,
                Some(Unissued::Reserved) => Listed::Reserved,
                Some(Unissued::Voided) => Listed::Voided,
            },
        };
        Ok(store::list(self.inner.kernel.db(), &actor.scope, &wanted, after, limit).await?)
    }

    /// What happened to a licence, newest first.
    ///
    /// # Errors
    /// [`LicencesError::NotFound`] outside the scope.
    pub async fn timeline(
        &self,
        actor: &Actor,
        id: LicenceId,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<Event>> {
        self.licence(actor, id).await?;
        self.events_of("licence", id.into(), before, limit).await
    }

    /// What happened to one thing, newest first; the caller has seen that the actor may know of it.
    pub(super) async fn events_of(
        &self,
        subject: &str,
        id: Uuid,
        before: Option<i64>,
        limit: u64,
    ) -> Outcome<Vec<Event>> {
        let filter = EventFilter {
            subject: Some((subject.to_owned(), id)),
            ..EventFilter::default()
        };
        Ok(event::find(self.inner.kernel.db(), &filter, before, limit).await?)
    }

    /// The stored signed PDF of a licence within the scope: of the certificate in force, or of the one with that
    /// number of revision.
    ///
    /// # Errors
    /// [`LicencesError::NotPressed`] while it is still to be made; [`LicencesError::NotFound`] for a revision that
    /// never was.
    pub async fn certificate(
        &self,
        actor: &Actor,
        id: LicenceId,
        edition: Edition,
        revision: Option<u32>,
    ) -> Outcome<(Licence, Bytes)> {
        let licence = self.licence(actor, id).await?;
        let facts = licence.facts();
        let Some(revision) = revision.filter(|revision| *revision != facts.revision) else {
            let bytes = self.file(&licence, edition).await?;
            return Ok((licence, bytes));
        };
        let past = facts.past.iter().find(|past| past.revision == revision);
        let past = past.ok_or(LicencesError::NotFound)?;
        let files = past.certificate.as_ref().ok_or(LicencesError::NotFound)?;
        let bytes = self.inner.kernel.blobs().get_checked(files.file(edition)).await?;
        Ok((licence, bytes))
    }

    /// The stored signed PDF by number, in any bracket style: for the command line and other capabilities.
    ///
    /// # Errors
    /// [`LicencesError::NotFound`], [`LicencesError::NotPressed`].
    pub async fn certificate_pdf(&self, number: &str, edition: Edition) -> Outcome<Bytes> {
        let Some(PublicKey::Number(key)) = PublicKey::read(number) else {
            return Err(LicencesError::NotFound);
        };
        let licence = store::by_number_key(self.inner.kernel.db(), &key).await?;
        self.file(&licence.ok_or(LicencesError::NotFound)?, edition).await
    }

    async fn file(&self, licence: &Licence, edition: Edition) -> Outcome<Bytes> {
        let files = licence.issued().and_then(|issued| issued.certificate.as_ref());
        let files = files.ok_or(LicencesError::NotPressed)?;
        Ok(self.inner.kernel.blobs().get_checked(files.file(edition)).await?)
    }

    /// The legal day now.
    pub(crate) fn today(&self) -> LegalDate {
        self.inner.kernel.now().legal_date()
    }

    /// What a published licence is worth today.
    pub fn status_today(&self, licence: &Licence) -> Option<Status> {
        licence
            .issued()
            .map(|_| self.inner.rule.status(&licence.mark(), self.today()))
    }

    fn on_today(&self, status: Status) -> StatusFilter {
        let on = self.today();
        StatusFilter {
            status,
            on,
            horizon: self.inner.rule.horizon(on),
        }
    }

    /// The published part of a licence by number (any bracket style), identifier or credit code of the holder; of
    /// several licences of one holder the one issued last.
    ///
    /// # Errors
    /// [`LicencesError::Kernel`].
    pub async fn public_status(&self, key: &str) -> Outcome<Option<PublicLicence>> {
        let Some(key) = PublicKey::read(key) else {
            return Ok(None);
        };
        let found = self.inner.reader.find(&key).await?;
        let today = self.today();
        Ok(found.map(|row| rules::publish(row, &self.inner.rule, today)))
    }

    /// The same, ready to be sent. Never older than what this process has committed, at most a second old for what
    /// others have.
    ///
    /// # Errors
    /// [`LicencesError::Kernel`].
    pub async fn public_answer(&self, key: &str) -> Outcome<Option<Answer>> {
        let Some(key) = PublicKey::read(key) else {
            return Ok(None);
        };
        let today = self.today();
        let ticket = match self.inner.answers.get(&key, today) {
            Ok(answer) => return Ok(answer),
            Err(ticket) => ticket,
        };
        let found = self.inner.reader.find(&key).await?;
        let answer = found
            .map(|row| ready(&rules::publish(row, &self.inner.rule, today)))
            .transpose()?;
        self.inner.answers.keep(key, &ticket, today, answer.clone());
        Ok(answer)
    }

    /// Published licences that match, in the order of [`Licences::list`].
    ///
    /// # Errors
    /// [`LicencesError::Invalid`] for a text too short to search for or a cursor that is none.
    pub async fn search_public(&self, query: &PublicQuery) -> Outcome<Page<PublicLicence>> {
        let wanted = ListQuery {
            text: text_query(query.text.as_deref())?,
            industry: query.industry,
            region: query.region.clone(),
            status: query.status.map(|status| self.on_today(status)),
            ..ListQuery::default()
        };
        let (after, limit) = (query.page.after().map_err(invalid)?, query.page.limit());
        let rows = store::public_list(self.inner.kernel.db(), &wanted, after, limit).await?;
        let today = self.today();
        Ok(Page::cut(rows, limit, |row| (row.validity.until, row.seq))
            .map(|row| rules::publish(row, &self.inner.rule, today)))
    }

    /// All published licences in order of entry: those after `after`, at most `limit`, with the key to go on from.
    ///
    /// # Errors
    /// [`LicencesError::Kernel`].
    pub async fn published_after(
        &self,
        after: i64,
        limit: u64,
    ) -> Outcome<(Vec<PublicLicence>, Option<i64>)> {
        let rows = store::published_after(self.inner.kernel.db(), after, limit).await?;
        let (today, last) = (self.today(), rows.last().map(|row| row.seq));
        let rows = rows
            .into_iter()
            .map(|row| rules::publish(row, &self.inner.rule, today));
        Ok((rows.collect(), last))
    }
}

/// A text typed into a search; empty is none.
pub(super) fn text_query(text: Option<&str>) -> Outcome<Option<kernel::text_index::TextQuery>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let query = text.map(store::text_query).transpose();
    query.map_err(|error| LicencesError::Invalid(vec![FieldError::new("q", error.to_string())]))
}

fn invalid(problem: Problem) -> LicencesError {
    LicencesError::Invalid(problem.errors)
}

/// Writes an answer; its tag is a hash of the body.
fn ready(licence: &PublicLicence) -> Outcome<Answer> {
    let body = serde_json::to_vec(licence)?;
    let digest = Sha256::digest(&body);
    let tag = format!(
        "\"{}\"",
        data_encoding::HEXLOWER.encode(digest.get(..12).unwrap_or(&digest))
    );
    let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
    Ok(Answer {
        body: Bytes::from(body),
        tag,
    })
}

//! What the public pages say of the register as a whole, and of one licence beyond its status.

use kernel::{
    LegalDate, Moment,
    event::{self, EventFilter},
    ids::LicenceId,
};
use matters::Industry;

use super::{Licences, LicencesError, Outcome};
use crate::{
    Edition,
    model::{Event, Issued, Licence, PublicKey, Source, Status},
    store,
};

/// Licences on one page of the sitemap at most; the protocol allows no more.
const SITEMAP_STRETCH: i64 = 50_000;

/// The holder declared the paper lost.
pub(in crate::service) const LOSS_DECLARED: &str = "licence.loss_declared";

/// Events that everyone may know of; their reasons are written for everyone.
const PUBLIC_EVENTS: [&str; 11] = [
    "licence.issued",
    "licence.revised",
    "licence.suspended",
    "licence.resumed",
    "licence.revoked",
    "licence.rescinded",
    "licence.withdrawn",
    "licence.cancelled",
    "licence.deregistered",
    "licence.replaced",
    LOSS_DECLARED,
];

/// Licences in force today, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Industry.
    pub industry: Industry,
    /// GB/T 2260 code of the district, six digits or fewer.
    pub region: String,
    /// In force.
    pub in_force: u64,
    /// Those of them that are expiring.
    pub expiring: u64,
}

/// What is published of one licence besides its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicFile {
    /// The licence.
    pub licence: Licence,
    /// Its status today.
    pub status: Status,
    /// The first day on which it counts as expiring.
    pub expiring_from: Option<LegalDate>,
    /// What happened, newest first.
    pub history: Vec<PublicEvent>,
    /// When the licence last changed.
    pub updated_at: Moment,
    /// The days on which the loss of its paper is made public, unless it was found again.
    pub lost: Option<(LegalDate, LegalDate)>,
    /// The number of the licence that a temporary one stands in for, or that a replacement continues.
    pub of_number: Option<String>,
}

/// Something that happened, as everyone may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicEvent {
    /// Legal day.
    pub on: LegalDate,
    /// Chinese phrase.
    pub title: String,
    /// The reason, as far as it may be public.
    pub reason: Option<String>,
    /// 文号 of the decision, where what happened is a penalty (行政处罚法 art. 9 (3): 暂扣、吊销许可证件).
    pub penalty: Option<String>,
}

/// The number of the decision in the facts of an event, if the act was a penalty.
fn penalty(facts: &serde_json::Value) -> Option<String> {
    let act: Event = serde_json::from_value(facts.get("act")?.clone()).ok()?;
    act.penalty().map(|order| order.document.clone())
}

impl Issued {
    /// First eight bytes, in hex, of the SHA-256 of the record of an edition: what its QR code carries.
    ///
    /// # Errors
    /// [`LicencesError::Record`](crate::LicencesError::Record) when the stored record cannot be read.
    pub fn fingerprint(&self, edition: Edition) -> Outcome<String> {
        let record = self.facts.record.edition(edition)?;
        let print = record
            .fingerprint()
            .map_err(|error| LicencesError::Fingerprint(error.to_string()))?;
        Ok(data_encoding::HEXLOWER.encode(&print))
    }
}

impl Licences {
    /// Licences in force today by industry and district.
    ///
    /// # Errors
    /// [`LicencesError::Kernel`](crate::LicencesError::Kernel).
    pub async fn counts(&self) -> Outcome<Vec<Count>> {
        let on = self.today();
        let rows = store::counts(self.inner.kernel.db(), on, self.inner.rule.horizon(on)).await?;
        let read = |row: store::CountRow| {
            Ok(Count {
                industry: store::industry(&row.industry)?,
                region: row.region,
                in_force: u64::try_from(row.in_force).unwrap_or(0),
                expiring: u64::try_from(row.expiring).unwrap_or(0),
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// The published file of a licence: by number in any bracket style, identifier or credit code.
    ///
    /// # Errors
    /// [`LicencesError::Kernel`](crate::LicencesError::Kernel).
    pub async fn public_file(&self, key: &str) -> Outcome<Option<PublicFile>> {
        let Some(key) = PublicKey::read(key) else {
            return Ok(None);
        };
        let db = self.inner.kernel.db();
        let Some(licence) = store::published(db, &key).await? else {
            return Ok(None);
        };
        let filter = EventFilter {
            subject: Some(("licence".to_owned(), licence.facts().id.into())),
            ..EventFilter::default()
        };
        let events = event::find(db, &filter, None, 200).await?;
        let last = events.first().map(|event| event.body.at);
        let declared = events.iter().any(|event| event.body.kind == LOSS_DECLARED);
        let lost = match declared {
            true => store::open_loss(db.read(), licence.facts().id).await?,
            false => None,
        };
        let public = events
            .into_iter()
            .filter(|event| PUBLIC_EVENTS.contains(&event.body.kind.as_str()));
        let mut history: Vec<_> = public
            .map(|event| PublicEvent {
                penalty: penalty(&event.body.data),
                on: event.body.at.legal_date(),
                title: event.body.title,
                reason: event.body.reason,
            })
            .collect();
        let facts = licence.facts();
        if facts.source == Source::Imported {
            history.push(PublicEvent {
                on: facts.issued_on,
                title: "颁发许可证".to_owned(),
                reason: None,
                penalty: None,
            });
        }
        let of = facts.temporary_for.or(facts.replaces);
        let of_number = match of {
            None => None,
            Some(id) => store::number(db, id).await?,
        };
        Ok(Some(PublicFile {
            status: self.inner.rule.status(&licence.mark(), self.today()),
            expiring_from: self.inner.rule.expiring_from(facts.validity),
            history,
            updated_at: last.unwrap_or(facts.created_at),
            lost: lost.and_then(|filing| filing.notice()),
            of_number,
            licence,
        }))
    }

    /// The licence whose certificate has this SHA-256.
    ///
    /// # Errors
    /// [`LicencesError::Kernel`](crate::LicencesError::Kernel).
    pub async fn of_file(&self, sha256: &str) -> Outcome<Option<LicenceId>> {
        Ok(store::of_file(self.inner.kernel.db(), sha256).await?)
    }

    /// How many pages the sitemap has. A page covers a fixed stretch of the register, so that a licence stays on
    /// its page.
    ///
    /// # Errors
    /// [`LicencesError::Kernel`](crate::LicencesError::Kernel).
    pub async fn sitemap_pages(&self) -> Outcome<u32> {
        let last = store::last_key(self.inner.kernel.db()).await?;
        let pages = last.saturating_add(SITEMAP_STRETCH - 1) / SITEMAP_STRETCH;
        Ok(u32::try_from(pages).unwrap_or(u32::MAX))
    }

    /// Numbers and days of the last change on a page of the sitemap, from 1; at most 50,000.
    ///
    /// # Errors
    /// [`LicencesError::Kernel`](crate::LicencesError::Kernel).
    pub async fn sitemap_page(&self, page: u32) -> Outcome<Vec<(String, LegalDate)>> {
        let until = i64::from(page).saturating_mul(SITEMAP_STRETCH);
        let rows = store::stretch(self.inner.kernel.db(), until - SITEMAP_STRETCH, until).await?;
        Ok(rows
            .into_iter()
            .map(|(number, at)| (number, at.legal_date()))
            .collect())
    }
}

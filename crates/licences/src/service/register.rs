//! What the public pages say of the register as a whole, and of one licence beyond its status.

use kernel::{
    LegalDate, Moment,
    event::{self, EventFilter},
    ids::LicenceId,
};
use matters::Industry;

use super::{Licences, Outcome};
use crate::{
    model::{Issued, PublicKey, Source, Status},
    store,
};

/// Licences on one page of the sitemap at most; the protocol allows no more.
const SITEMAP_STRETCH: i64 = 50_000;

/// Events that everyone may know of.
const PUBLIC_EVENTS: [&str; 1] = ["licence.issued"];

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
    pub licence: Issued,
    /// Its status today.
    pub status: Status,
    /// The first day on which it counts as expiring.
    pub expiring_from: Option<LegalDate>,
    /// What happened, newest first: legal day and Chinese phrase.
    pub history: Vec<(LegalDate, String)>,
}

impl Issued {
    /// When the licence last changed.
    pub fn changed_at(&self) -> Moment {
        let pressed = self.certificate.as_ref().map(|files| files.pressed_at);
        pressed.map_or(self.facts.created_at, |at| at.max(self.facts.created_at))
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
        let Some(licence) = store::issued(db, &key).await? else {
            return Ok(None);
        };
        let filter = EventFilter {
            subject: Some(("licence".to_owned(), licence.facts.id.into())),
            ..EventFilter::default()
        };
        let events = event::find(db, &filter, None, 200).await?;
        let public = events
            .into_iter()
            .filter(|event| PUBLIC_EVENTS.contains(&event.body.kind.as_str()));
        let mut history: Vec<_> = public
            .map(|event| (event.body.at.legal_date(), event.body.title))
            .collect();
        if licence.facts.source == Source::Imported {
            history.push((licence.facts.issued_on, "颁发许可证".to_owned()));
        }
        Ok(Some(PublicFile {
            status: self.inner.rule.status(licence.facts.validity, self.today()),
            expiring_from: self.inner.rule.expiring_from(licence.facts.validity),
            history,
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

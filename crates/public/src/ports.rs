//! What this capability needs from others. Refusals and failures arrive as the [`Problem`] that the other
//! capability would send itself.

use async_trait::async_trait;
use kernel::{Moment, Page, Problem};
use matters::{MatterKey, Matters, MattersError, ResponsibilityList, SeenDevolution};

use crate::model::{
    Inclusion, LicenceLine, LossNotice, Numbers, Proof, PublicLicence, SearchQuery, SitemapEntry,
};

/// What the licence register publishes. Everything here is public: implementations leave out the rest.
#[async_trait]
pub trait Register: Send + Sync {
    /// One licence by number in any bracket style, by electronic-licence identifier, or by the credit code of
    /// an enterprise that holds one licence.
    async fn status(&self, key: &str) -> Result<Option<PublicLicence>, Problem>;

    /// A page of licences, keyset-paged.
    async fn search(&self, query: &SearchQuery) -> Result<Page<LicenceLine>, Problem>;

    /// Licences in force, counted by industry and by district. Cached by the caller for a minute.
    async fn numbers(&self) -> Result<Numbers, Problem>;

    /// A page of the losses that are public today, newest first, keyset-paged.
    async fn losses(&self, cursor: Option<String>, limit: u64) -> Result<Page<LossNotice>, Problem>;

    /// How long a loss is made public, in Chinese, such as 3个工作日.
    fn loss_term(&self) -> String;

    /// How many sitemap pages there are; a page covers a fixed stretch of the register, so that a licence
    /// stays on its page.
    async fn sitemap_pages(&self) -> Result<u32, Problem>;

    /// One sitemap page, from 1; at most 50,000 entries (limit of the sitemap protocol).
    async fn sitemap_page(&self, page: u32) -> Result<Vec<SitemapEntry>, Problem>;
}

/// What a file or code proves by itself, without the register. Files are costly and examined off the async
/// threads; a code takes microseconds and is examined in place.
pub trait Prover: Send + Sync {
    /// Examines a PDF.
    fn pdf(&self, bytes: &[u8], now: Moment) -> Proof;

    /// Examines the text of a QR code: a whole address or the bare payload. `None` when the text is not such a
    /// payload at all, e.g. a licence number.
    fn qr(&self, text: &str, now: Moment) -> Option<Proof>;

    /// Texts of the signed QR codes found in a JPEG or PNG picture; empty when there is none.
    fn codes_in_picture(&self, bytes: &[u8]) -> Vec<String>;
}

/// What officials decided about matters on the platform: responsibility lists and what was handed down. Implemented by
/// matters.
#[async_trait]
pub trait Accountability: Send + Sync {
    /// The list of a matter in every published version; `None` for no such matter.
    async fn responsibility(&self, matter: MatterKey) -> Result<Option<ResponsibilityList>, Problem>;

    /// What has been handed down to zones and districts.
    fn handed_down(&self) -> Vec<SeenDevolution>;
}

#[async_trait]
impl Accountability for Matters {
    async fn responsibility(&self, matter: MatterKey) -> Result<Option<ResponsibilityList>, Problem> {
        match self.responsibility_list(matter).await {
            Ok(list) => Ok(Some(list)),
            Err(MattersError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn handed_down(&self) -> Vec<SeenDevolution> {
        self.devolutions()
    }
}

/// Whether a document is in the evidence log.
#[async_trait]
pub trait EvidenceLookup: Send + Sync {
    /// The place of the document with this SHA-256 (lower-case hex) in the log; `None` when it is not there.
    async fn inclusion(&self, sha256: &str) -> Result<Option<Inclusion>, Problem>;
}

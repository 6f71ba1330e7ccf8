//! The press: turns records into signed, time-stamped PDF/A-3 files with the bureau's keys.
//!
//! It joins printer, keys and timestamp source, so that capabilities ask for a document and nothing else.
//! Printing runs on blocking threads, at most as many at a time as there are cores. The keys can be changed while
//! the press works: what is begun is finished with the old ones.

mod keys;
mod stamps;
mod upkeep;

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Instant,
};

use certificate::{
    CURRENT_TEMPLATE, CertificateError, Claim, FontSources, KeyStore, LicenceRecord, LocalSource, Look,
    OfficialDocument, Printer, PublicOrigin, QrEssentials, QrProof, SystemChance, Templates, TimestampPolicy,
    TimestampSource, Trust, Unsigned, sign,
};
use keys::Keys;
pub use stamps::HttpStamps;
use stamps::Timed;
use time::OffsetDateTime;
use tokio::sync::Semaphore;
pub use upkeep::{End, KeyWarning, RENEW_BEFORE, RunsOut, Upkeep, WARN_BEFORE};

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub enum PressError {
    /// Keys, fonts, templates, page or signature.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The printing thread was lost.
    #[error("printing stopped: {0}")]
    Stopped(String),
}

/// How a press is set up.
#[derive(Clone, Debug)]
pub struct PressOptions {
    /// Address under which people reach the platform.
    pub public_url: String,
    /// Folder of the Noto CJK fonts.
    pub fonts: std::path::PathBuf,
    /// Folder whose templates override the shipped ones.
    pub templates: Option<std::path::PathBuf>,
    /// Mark every page as a demo.
    pub demo: bool,
    /// Place named in signatures, e.g. 江西省南昌市.
    pub location: String,
    /// RFC 3161 service; the built-in one unless given.
    pub tsa_url: Option<String>,
    /// Pages printed at the same time.
    pub concurrency: usize,
}

/// A finished certificate.
#[derive(Clone, Debug)]
pub struct Pressed {
    /// Signed and time-stamped PDF/A-3.
    pub pdf: Vec<u8>,
    /// What its QR code says.
    pub qr_url: String,
}

/// The press. Cheap to clone.
#[derive(Clone)]
pub struct Press(Arc<Inner>);

type Now = dyn Fn() -> OffsetDateTime + Send + Sync;

struct Inner {
    printer: Arc<Printer>,
    store: KeyStore,
    keys: RwLock<Arc<Keys>>,
    outside_stamps: Option<HttpStamps>,
    clock: Arc<Now>,
    origin: PublicOrigin,
    options: PressOptions,
    slots: Semaphore,
}

impl Press {
    /// Opens the press over a key store. `clock` gives the time of local timestamps.
    ///
    /// # Errors
    /// [`PressError::Certificate`] when keys, fonts or the public address are not usable.
    pub fn open(
        store: &KeyStore,
        options: PressOptions,
        clock: impl Fn() -> OffsetDateTime + Send + Sync + 'static,
    ) -> Result<Self, PressError> {
        let templates = options
            .templates
            .clone()
            .map_or_else(Templates::embedded, Templates::with_override);
        let printer = Printer::new(&FontSources::noto_cjk(&options.fonts), templates)?;
        let keys = Keys::read(store)?;
        Ok(Self(Arc::new(Inner {
            printer: Arc::new(printer),
            store: store.reopen()?,
            keys: RwLock::new(Arc::new(keys)),
            outside_stamps: options.tsa_url.clone().map(HttpStamps::new),
            clock: Arc::new(clock),
            origin: options.public_url.parse()?,
            slots: Semaphore::new(options.concurrency.max(1)),
            options,
        })))
    }

    /// Makes or opens the key store of an installation. A missing one is made only for a demo.
    ///
    /// # Errors
    /// [`PressError::Certificate`] when the store is missing or cannot be read.
    pub fn keys(
        folder: &Path,
        passphrase: &str,
        demo_authority: Option<&str>,
        now: OffsetDateTime,
    ) -> Result<KeyStore, PressError> {
        if let (false, Some(authority)) = (KeyStore::exists(folder), demo_authority) {
            return Ok(KeyStore::create_demo(
                folder,
                passphrase,
                authority,
                now,
                &SystemChance::new(),
            )?);
        }
        Ok(KeyStore::open(folder, passphrase)?)
    }

    /// The keys of now; whoever holds them works with them to the end.
    fn current(&self) -> Arc<Keys> {
        Arc::clone(&self.0.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// An official document, signed and stamped.
    ///
    /// # Errors
    /// [`PressError`]; nothing leaves without a timestamp.
    pub async fn document(
        &self,
        document: OfficialDocument,
        at: OffsetDateTime,
    ) -> Result<Vec<u8>, PressError> {
        let (reason, body) = (document.title.clone(), document.authority.clone());
        let look = self.look();
        let unsigned = self
            .print(move |printer| printer.document_with(&document, &look, at))
            .await?;
        self.sign(unsigned, &body, reason, at).await
    }

    /// The unsigned page of a document, for previews.
    ///
    /// # Errors
    /// [`PressError`].
    pub async fn preview(
        &self,
        document: OfficialDocument,
        at: OffsetDateTime,
    ) -> Result<Vec<u8>, PressError> {
        let look = self.look();
        Ok(self
            .print(move |printer| printer.document_with(&document, &look, at))
            .await?
            .pdf)
    }

    /// The certificate of a record with both QR codes, signed and stamped.
    ///
    /// # Errors
    /// [`PressError`]; nothing leaves without a timestamp.
    pub async fn certificate(
        &self,
        record: LicenceRecord,
        at: OffsetDateTime,
    ) -> Result<Pressed, PressError> {
        let qr_url = QrProof::sign(QrEssentials::of(&record)?, &self.current().qr)?.url(&self.0.origin);
        let look = self.look();
        let (reason, body) = (format!("{} 签发", record.number), record.authority.clone());
        let url = qr_url.clone();
        let unsigned = self
            .print(move |printer| printer.certificate(&record, &url, &look, at))
            .await?;
        Ok(Pressed {
            pdf: self.sign(unsigned, &body, reason, at).await?,
            qr_url,
        })
    }

    fn look(&self) -> Look {
        Look {
            demo: self.0.options.demo,
            ..Look::default()
        }
    }

    /// A certificate as it would look, neither sealed nor signed nor numbered, plainly marked: its QR codes lead to the
    /// page where certificates are checked.
    ///
    /// # Errors
    /// [`PressError`].
    pub async fn specimen(&self, record: LicenceRecord, at: OffsetDateTime) -> Result<Vec<u8>, PressError> {
        let url = format!("{}/verify", self.0.origin);
        let look = Look {
            specimen: true,
            ..self.look()
        };
        let page = self.print(move |printer| printer.certificate(&record, &url, &look, at));
        Ok(page.await?.pdf)
    }

    async fn print(
        &self,
        page: impl FnOnce(&Printer) -> certificate::Result<Unsigned> + Send + 'static,
    ) -> Result<Unsigned, PressError> {
        let _slot = self
            .0
            .slots
            .acquire()
            .await
            .map_err(|e| PressError::Stopped(e.to_string()))?;
        let printer = Arc::clone(&self.0.printer);
        let printed = tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            let printed = page(&printer);
            took("print", begun);
            printed
        });
        Ok(printed.await.map_err(|e| PressError::Stopped(e.to_string()))??)
    }

    /// Signs for a body and fetches the timestamp.
    async fn sign(
        &self,
        unsigned: Unsigned,
        body: &str,
        reason: String,
        at: OffsetDateTime,
    ) -> Result<Vec<u8>, PressError> {
        let begun = Instant::now();
        let claim = Claim::new(reason, self.0.options.location.clone(), at);
        let (keys, chance) = (self.current(), SystemChance::new());
        let stamps = Timed(self.stamps(&keys));
        let signed = sign(
            &unsigned,
            keys.signer(body),
            &claim,
            &stamps,
            TimestampPolicy::Required,
            &keys.trust,
            &chance,
        )
        .await?;
        took("sign", begun);
        Ok(signed)
    }

    fn stamps(&self, keys: &Keys) -> Arc<dyn TimestampSource> {
        if let Some(outside) = &self.0.outside_stamps {
            return Arc::new(outside.clone());
        }
        let clock = Arc::clone(&self.0.clock);
        Arc::new(LocalSource::new(
            keys.tsa.clone(),
            move || clock(),
            SystemChance::new(),
        ))
    }

    /// Characters that could not be printed; for checks at the edge.
    ///
    /// # Errors
    /// [`PressError::Certificate`] when the fonts cannot be read.
    pub fn missing_glyphs(&self, text: &str) -> Result<Vec<char>, PressError> {
        Ok(self.0.printer.missing_glyphs(text)?)
    }

    /// Version of the certificate template for new licences.
    pub fn template(&self) -> &'static str {
        CURRENT_TEMPLATE
    }

    /// Whether pages are marked as a demo.
    pub fn is_demo(&self) -> bool {
        self.0.options.demo
    }

    /// Whether a body signs with a key of its own; otherwise the operator's key signs for it.
    pub fn has_key_of(&self, body: &str) -> bool {
        self.0.store.operator() == body || self.current().has(body)
    }

    /// What this installation trusts, as of now.
    pub fn trust(&self) -> Arc<Trust> {
        Arc::clone(&self.current().trust)
    }

    /// PEM bundle for `/pki/ca.crt`.
    pub fn ca_bundle(&self) -> String {
        self.current().ca_bundle.clone()
    }

    /// Revocation list for `/pki/crl.der`.
    pub fn crl(&self) -> Option<Vec<u8>> {
        self.current().crl.clone()
    }

    /// Answers an RFC 3161 request (DER) with the built-in authority.
    ///
    /// # Errors
    /// [`PressError::Certificate`].
    pub fn timestamp(&self, request: &[u8], now: OffsetDateTime) -> Result<Vec<u8>, PressError> {
        Ok(self.current().tsa.answer(request, now, &SystemChance::new())?)
    }
}

/// Tells the metrics how long a step of making a document took.
fn took(step: &'static str, begun: Instant) {
    metrics::histogram!("anxu_document_seconds", "step" => step).record(begun.elapsed().as_secs_f64());
}

//! Use cases: look a licence up, search, verify a document, count.

use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use codes::RegionCode;
use http::StatusCode;
use kernel::{
    Clock, FieldError, Moment, Page, Problem,
    blobs::{self, BadFile, FileKind},
};
use matters::{Catalogue, City, Industry};
use sha2::{Digest, Sha256};

use crate::{
    model::{
        CertificateFile, Inclusion, LicenceLine, LossNotice, Numbers, Outcome, Proof, PublicLicence, Report,
        SearchQuery, SitemapEntry, State, Step, Verdict,
    },
    ports::{Accountability, EvidenceLookup, Prover, Register},
    rules::{self, Wanted},
};

/// Largest file that may be uploaded for verification, in MB (2²⁰ bytes). A certificate has about 0.1 MB, a
/// photograph of one a few.
pub const UPLOAD_LIMIT: u64 = 10;
/// How long the counted numbers may be shown again, in milliseconds.
const NUMBERS_AGE: i64 = 60_000;
/// Results on a page of the search.
const PAGE: u64 = 20;

/// Whose installation this is.
#[derive(Clone, Debug)]
pub struct Site {
    /// City, such as 南昌市.
    pub city: String,
    /// Authority that runs the site, such as 南昌市应急管理局.
    pub operator: String,
    /// Scheme and host under which the site is reached, without final slash.
    pub public_url: String,
    /// Telephone for questions and reports, if published.
    pub hotline: Option<String>,
    /// All data are invented.
    pub demo: bool,
}

/// What the service is put together from.
pub struct Parts {
    /// Whose installation this is.
    pub site: Site,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// The licence register.
    pub register: Arc<dyn Register>,
    /// Examines documents.
    pub prover: Arc<dyn Prover>,
    /// The evidence log, if there is one.
    pub evidence: Option<Arc<dyn EvidenceLookup>>,
    /// Published matters.
    pub catalogue: Arc<Catalogue>,
    /// Names behind department keys.
    pub matters_city: Arc<City>,
    /// Responsibility lists and what was handed down.
    pub accountability: Arc<dyn Accountability>,
}

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Public {
    parts: Arc<Parts>,
    numbers: Arc<RwLock<Option<Arc<Numbers>>>>,
}

/// Why a question of the public was not answered.
#[derive(Debug, thiserror::Error)]
pub enum PublicError {
    /// The input is at fault; field and remedy.
    #[error("{}", .0.message)]
    Input(FieldError),
    /// Another capability refused or failed.
    #[error("{}", .0.title)]
    Upstream(Problem),
    /// A verification did not come to its end.
    #[error("verification was interrupted")]
    Interrupted(#[from] tokio::task::JoinError),
}

impl From<Problem> for PublicError {
    fn from(problem: Problem) -> Self {
        Self::Upstream(problem)
    }
}

impl From<PublicError> for Problem {
    fn from(error: PublicError) -> Self {
        match error {
            PublicError::Input(fault) => Self::invalid(vec![fault]),
            PublicError::Upstream(problem) => problem,
            PublicError::Interrupted(_) => Self::internal(&error),
        }
    }
}

/// What was found under a code.
pub enum Found {
    /// A licence.
    Licence(Box<Shown>),
    /// The code is a signed QR payload: what it proves, beside the register.
    Scanned(Box<Report>, Option<Box<Shown>>),
    /// Nothing.
    Nothing,
}

/// A licence ready to be shown.
pub struct Shown {
    /// The record.
    pub licence: PublicLicence,
    /// State today.
    pub state: State,
    /// Certificates with their place in the evidence log.
    pub certificates: Vec<(CertificateFile, Option<Inclusion>)>,
}

/// What the search page shows.
pub enum Searched {
    /// The question has not been put yet.
    Unasked,
    /// The text names one licence: its number or identifier.
    Exactly(String),
    /// A page of results.
    Results(Page<LicenceLine>),
}

/// The search form as sent.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Text.
    pub text: String,
    /// Region code.
    pub region: String,
    /// Industry key.
    pub industry: String,
    /// State key.
    pub state: String,
    /// Cursor.
    pub cursor: Option<String>,
}

impl Question {
    fn has_filter(&self) -> bool {
        [&self.region, &self.industry, &self.state]
            .iter()
            .any(|filter| !filter.is_empty())
    }
}

impl Public {
    /// Puts the service together.
    pub fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
            numbers: Arc::default(),
        }
    }

    /// Whose installation this is.
    pub fn site(&self) -> &Site {
        &self.parts.site
    }

    /// The present instant.
    pub fn now(&self) -> Moment {
        Moment::from(self.parts.clock.now())
    }

    /// Published matters.
    pub fn catalogue(&self) -> &Catalogue {
        &self.parts.catalogue
    }

    /// The city's bodies.
    pub fn matters_city(&self) -> &City {
        &self.parts.matters_city
    }

    /// Responsibility lists and what was handed down.
    pub fn accountability(&self) -> &dyn Accountability {
        self.parts.accountability.as_ref()
    }

    /// What stands under a code: a number in any bracket style, an identifier, or a signed QR payload.
    ///
    /// # Errors
    /// [`PublicError::Upstream`] when the register does not answer.
    pub async fn find(&self, code: &str) -> Result<Found, PublicError> {
        if let Some(report) = self.verify_qr(code).await {
            let shown = match report.licence.clone() {
                Some(licence) => Some(Box::new(self.shown(licence).await)),
                None => None,
            };
            return Ok(Found::Scanned(Box::new(report), shown));
        }
        match self.parts.register.status(code).await? {
            Some(licence) => Ok(Found::Licence(Box::new(self.shown(licence).await))),
            None => Ok(Found::Nothing),
        }
    }

    async fn shown(&self, licence: PublicLicence) -> Shown {
        let mut certificates = Vec::with_capacity(licence.certificates.len());
        for file in &licence.certificates {
            certificates.push((file.clone(), self.inclusion(&file.sha256).await));
        }
        let state = rules::standing_on(&licence, self.now().legal_date());
        Shown {
            state,
            certificates,
            licence,
        }
    }

    /// The proof that a document is in the evidence log; `None` when it is not, or there is no log.
    ///
    /// # Errors
    /// [`PublicError::Upstream`].
    pub async fn evidence(&self, sha256: &str) -> Result<Option<Inclusion>, PublicError> {
        match &self.parts.evidence {
            Some(lookup) => Ok(lookup.inclusion(sha256).await?),
            None => Ok(None),
        }
    }

    /// A failing log never hides the status: the proof is then left out.
    async fn inclusion(&self, sha256: &str) -> Option<Inclusion> {
        let lookup = self.parts.evidence.as_ref()?;
        match lookup.inclusion(sha256).await {
            Ok(place) => place,
            Err(problem) => {
                tracing::warn!(problem = problem.title, "evidence lookup failed");
                None
            }
        }
    }

    /// Answers the search form.
    ///
    /// # Errors
    /// [`PublicError::Input`] names the field; [`PublicError::Upstream`] when the register does not answer.
    pub async fn search(&self, question: &Question) -> Result<Searched, PublicError> {
        let text = match rules::wanted(&question.text) {
            Wanted::Nothing if !question.has_filter() => return Ok(Searched::Unasked),
            Wanted::Nothing => None,
            Wanted::TooShort => return Err(input("q", "请至少输入 2 个字，例如企业名称中的“化工”")),
            Wanted::TooLong => return Err(input("q", "查询内容太长，请只输入名称的一部分或者编号")),
            Wanted::Number(key) | Wanted::Identifier(key) => {
                if self.parts.register.status(&key).await?.is_some() {
                    return Ok(Searched::Exactly(key));
                }
                Some(key)
            }
            Wanted::Code(code) => Some(code),
            Wanted::Fragment(text) => Some(text),
        };
        let query = SearchQuery {
            text,
            region: filter("region", &question.region, |key| key.parse::<RegionCode>().ok())?,
            industry: filter("industry", &question.industry, industry)?,
            state: filter("state", &question.state, State::from_key)?,
            cursor: question.cursor.clone(),
            limit: PAGE,
        };
        Ok(Searched::Results(self.parts.register.search(&query).await?))
    }

    /// Losses that are public today.
    ///
    /// # Errors
    /// [`PublicError::Upstream`].
    pub async fn losses(&self, cursor: Option<String>) -> Result<Page<LossNotice>, PublicError> {
        Ok(self.parts.register.losses(cursor, PAGE).await?)
    }

    /// How long a loss is made public.
    pub(crate) fn loss_term(&self) -> String {
        self.parts.register.loss_term()
    }

    /// Licences in force, counted at most a minute ago. Failing to count never takes a page down: the last
    /// numbers, or none, are shown instead.
    pub async fn numbers(&self) -> Option<Arc<Numbers>> {
        let now = self.now();
        let known = self
            .numbers
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let fresh = |numbers: &&Arc<Numbers>| {
            numbers
                .at
                .is_some_and(|at| (0..NUMBERS_AGE).contains(&(now.0 - at.0)))
        };
        if let Some(numbers) = known.as_ref().filter(fresh) {
            return Some(numbers.clone());
        }
        match self.parts.register.numbers().await {
            Ok(numbers) => {
                let counted = Arc::new(Numbers {
                    at: Some(now),
                    ..numbers
                });
                *self.numbers.write().unwrap_or_else(PoisonError::into_inner) = Some(counted.clone());
                Some(counted)
            }
            Err(problem) => {
                tracing::warn!(problem = problem.title, "licences could not be counted");
                known
            }
        }
    }

    /// How many sitemap pages there are.
    ///
    /// # Errors
    /// [`PublicError::Upstream`].
    pub async fn sitemap_pages(&self) -> Result<u32, PublicError> {
        Ok(self.parts.register.sitemap_pages().await?)
    }

    /// One sitemap page.
    ///
    /// # Errors
    /// [`PublicError::Upstream`].
    pub async fn sitemap_page(&self, page: u32) -> Result<Vec<SitemapEntry>, PublicError> {
        Ok(self.parts.register.sitemap_page(page).await?)
    }

    /// Verifies an uploaded file: a signed PDF, or a picture that shows a signed QR code.
    ///
    /// # Errors
    /// [`PublicError::Input`] when it is neither, is empty or too large.
    pub async fn verify_file(&self, bytes: Bytes) -> Result<Report, PublicError> {
        let kinds = [FileKind::Pdf, FileKind::Picture];
        let media_type = blobs::check(&bytes, UPLOAD_LIMIT, &kinds).map_err(|fault| bad_file(&fault))?;
        if media_type == "application/pdf" {
            self.verify_pdf(bytes).await
        } else {
            self.verify_picture(bytes).await
        }
    }

    async fn verify_pdf(&self, bytes: Bytes) -> Result<Report, PublicError> {
        let (now, prover) = (self.now(), self.parts.prover.clone());
        let examine = move || {
            let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
            (prover.pdf(&bytes, now), sha256)
        };
        let (proof, sha256) = tokio::task::spawn_blocking(examine).await?;
        Ok(self.conclude(proof, Some(sha256), now).await)
    }

    async fn verify_picture(&self, bytes: Bytes) -> Result<Report, PublicError> {
        let prover = self.parts.prover.clone();
        let codes = tokio::task::spawn_blocking(move || prover.codes_in_picture(&bytes)).await?;
        for code in codes {
            if let Some(report) = self.verify_qr(&code).await {
                return Ok(report);
            }
        }
        Err(input(
            "file",
            "图片中没有读到许可证的二维码。请正对二维码、光线充足、靠近再拍一张，或者直接输入许可证编号查询",
        ))
    }

    /// Verifies the text of a QR code; `None` when it is not a signed payload.
    pub async fn verify_qr(&self, text: &str) -> Option<Report> {
        let now = self.now();
        let proof = self.parts.prover.qr(text, now)?;
        Some(self.conclude(proof, None, now).await)
    }

    /// Puts the document's own proof beside the register and the evidence log.
    async fn conclude(&self, proof: Proof, sha256: Option<String>, now: Moment) -> Report {
        let today = now.legal_date();
        let mut steps = proof.steps.clone();
        let asked = match &proof.claims {
            Some(claims) => self.parts.register.status(&claims.number).await,
            None => Ok(None),
        };
        let mut verdict = rules::verdict(&proof, asked.as_ref().ok().and_then(Option::as_ref), today);
        let licence = match asked {
            Ok(licence) => {
                if let Some(claims) = &proof.claims {
                    steps.push(rules::register_step(&claims.number, licence.as_ref(), today));
                }
                licence
            }
            Err(problem) => {
                tracing::warn!(problem = problem.title, "register did not answer a verification");
                steps.push(unreachable_step());
                if proof.outcome == Outcome::Genuine {
                    verdict = Verdict::Unknown;
                }
                None
            }
        };
        let mut differences = Vec::new();
        if let (Some(claims), Some(licence)) = (&proof.claims, &licence) {
            differences = rules::differences(claims, licence);
            steps.extend(rules::comparison_step(&proof, claims, licence, &differences));
        }
        let evidence = self
            .evidence_of(&proof, licence.as_ref(), sha256.as_deref())
            .await;
        steps.extend(self.evidence_step(evidence.as_ref(), sha256.is_some()));
        Report {
            verdict,
            outcome: proof.outcome,
            steps,
            state: licence.as_ref().map(|licence| rules::standing_on(licence, today)),
            claims: proof.claims,
            licence,
            differences,
            signer: proof.signer,
            signed_at: proof.signed_at,
            notes: proof.notes,
            sha256,
            evidence,
            checked_at: now,
        }
    }

    /// The log entry of the file itself, or of the certificate that a QR code is printed on.
    async fn evidence_of(
        &self,
        proof: &Proof,
        licence: Option<&PublicLicence>,
        sha256: Option<&str>,
    ) -> Option<Inclusion> {
        if let Some(sha256) = sha256 {
            return self.inclusion(sha256).await;
        }
        let print = proof.claims.as_ref()?.fingerprint.as_deref()?;
        let file = licence?
            .certificates
            .iter()
            .find(|one| one.fingerprint.as_deref() == Some(print))?;
        self.inclusion(&file.sha256).await
    }

    fn evidence_step(&self, found: Option<&Inclusion>, is_file: bool) -> Option<Step> {
        self.parts.evidence.as_ref()?;
        match found {
            Some(place) => Some(Step::new(
                "evidence",
                true,
                format!("已在公开存证日志中，序号 {}，任何人都可以核对。", place.index),
            )),
            None if is_file => Some(Step::new("evidence", false, "这个文件不在公开存证日志中。")),
            None => None,
        }
    }
}

fn unreachable_step() -> Step {
    Step::new(
        "register",
        false,
        "登记系统暂时没有应答，现在的状态查不到。以上只是文件自身的证明，请稍后再查。",
    )
}

fn input(field: &str, message: &str) -> PublicError {
    PublicError::Input(FieldError::new(field, message))
}

fn bad_file(fault: &BadFile) -> PublicError {
    match fault {
        BadFile::TooLarge { .. } => {
            let detail = format!("文件超过 {UPLOAD_LIMIT} MB。许可证的 PDF 一般不到 1 MB，请确认选对了文件");
            PublicError::Upstream(
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "文件太大").detail(detail),
            )
        }
        _ => input("file", &fault.to_string()),
    }
}

fn industry(key: &str) -> Option<Industry> {
    Industry::ALL.into_iter().find(|one| one.as_str() == key)
}

fn filter<T>(field: &str, key: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, PublicError> {
    if key.is_empty() {
        return Ok(None);
    }
    read(key)
        .map(Some)
        .ok_or_else(|| input(field, "筛选条件不在可选范围内，请从列表中选择"))
}

//! From record or document to the unsigned page.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::{Date, OffsetDateTime};
use typesetting::{Attachment, FontSources, Metadata, Page, Relationship, Template, Typesetter, qr_svg};

use crate::document::OfficialDocument;
use crate::record::{ATTACHMENT_NAME, Edition, LICENCE_NAME, LicenceRecord};
use crate::template::{TemplateKind, Templates};
use crate::{CertificateError, Result};

/// Name of the mark that a template puts where the seal is.
const SEAL_MARK: &str = "seal";

/// How a certificate is shown; not part of the record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// Prints 演示 plainly across the page.
    pub demo: bool,
    /// Prints 样张 plainly across the page, without seal and without attached data: what a certificate would look
    /// like that nobody has signed.
    pub specimen: bool,
    /// Black on white, without background patterns, for readers with weak sight.
    pub high_contrast: bool,
    /// English labels beside the Chinese ones.
    pub bilingual: bool,
}

/// A finished page before signing. Store these bytes first, then sign them.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsigned {
    /// PDF/A-3b.
    pub pdf: Vec<u8>,
    /// Number of pages.
    pub pages: usize,
    /// Where the signature field goes: page (from 1) and rectangle in PDF points (left, bottom, right, top).
    pub seal: Option<(usize, [f64; 4])>,
}

/// Makes pages. Share one between all threads.
pub struct Printer {
    typesetter: Typesetter,
    templates: Templates,
}

impl Printer {
    /// Fails when a font file is missing.
    pub fn new(fonts: &FontSources, templates: Templates) -> Result<Self> {
        Ok(Self {
            typesetter: Typesetter::load(fonts)?,
            templates,
        })
    }

    /// Loads the fonts now instead of at the first page.
    pub fn warm_up(&self) -> Result<()> {
        Ok(self.typesetter.warm_up()?)
    }

    /// Characters of a text that a certificate could not print. For checks at the edge.
    pub fn missing_glyphs(&self, text: &str) -> Result<Vec<char>> {
        Ok(self.typesetter.missing_glyphs(text)?)
    }

    /// The certificate of a record, with its QR address drawn twice. `made_at` becomes the creation date of the
    /// PDF; the same arguments give the same bytes.
    pub fn certificate(
        &self,
        record: &LicenceRecord,
        qr_url: &str,
        look: &Look,
        made_at: OffsetDateTime,
    ) -> Result<Unsigned> {
        let name = match record.edition {
            Edition::Original => "original",
            Edition::Duplicate => "duplicate",
        };
        let template = self
            .templates
            .get(TemplateKind::Certificate, &record.template, name)?;
        let data = certificate_data(&template, record, qr_url, look)?;
        let attachment = Attachment {
            name: ATTACHMENT_NAME.to_owned(),
            data: record.attachment()?,
            mime_type: "application/json".to_owned(),
            description: format!("{LICENCE_NAME}结构化数据"),
            relationship: Relationship::Data,
        };
        // Data of something that does not exist must not be taken for a licence by other programs.
        let attachments = if look.specimen { vec![] } else { vec![attachment] };
        let mark = if look.specimen { "【样张】" } else { "" };
        let metadata = Metadata {
            ident: format!("{}/{}", record.identifier, name),
            title: format!(
                "{mark}{LICENCE_NAME}（{}） {}",
                record.edition.chinese(),
                record.number
            ),
            author: record.authority.clone(),
            timestamp: made_at,
        };
        let page = self
            .typesetter
            .typeset(&template, &data, &attachments, &metadata)?;
        Ok(unsigned(page))
    }

    /// An official document with its data attached as `document.json`.
    pub fn document(&self, document: &OfficialDocument, made_at: OffsetDateTime) -> Result<Unsigned> {
        self.document_with(document, &Look::default(), made_at)
    }

    /// The page of an official document; of the look only the mark of a demo matters to it.
    ///
    /// # Errors
    /// As [`Printer::document`].
    pub fn document_with(
        &self,
        document: &OfficialDocument,
        look: &Look,
        made_at: OffsetDateTime,
    ) -> Result<Unsigned> {
        let template = self
            .templates
            .get(TemplateKind::Document, &document.template, &document.layout)?;
        let value = serde_json::to_value(document).map_err(record_error)?;
        let attachment = Attachment {
            name: "document.json".to_owned(),
            data: serde_json::to_vec_pretty(document).map_err(record_error)?,
            mime_type: "application/json".to_owned(),
            description: format!("{}结构化数据", document.title),
            relationship: Relationship::Data,
        };
        let metadata = Metadata {
            ident: document.ident.clone(),
            title: format!("{} {}", document.title, document.number)
                .trim()
                .to_owned(),
            author: document.authority.clone(),
            timestamp: made_at,
        };
        let data = document_data(document, look.demo, value)?;
        let page = self
            .typesetter
            .typeset(&template, &data, &[attachment], &metadata)?;
        Ok(unsigned(page))
    }
}

fn unsigned(page: Page) -> Unsigned {
    let seal = page
        .marks
        .iter()
        .find(|mark| mark.name == SEAL_MARK)
        .map(|mark| (mark.page, mark.rectangle));
    Unsigned {
        pdf: page.pdf,
        pages: page.pages,
        seal,
    }
}

/// What the certificate templates see as `data`.
fn certificate_data(template: &Template, record: &LicenceRecord, qr_url: &str, look: &Look) -> Result<Value> {
    let sign = format!("sign-{}.svg", record.industry);
    let sign = if template.contains(&sign) {
        sign
    } else {
        "sign-general.svg".to_owned()
    };
    let mut value = serde_json::to_value(record).map_err(record_error)?;
    if let Some(fields) = value.as_object_mut() {
        // Keys and codes that are not printed need no glyphs.
        fields.remove("template");
    }
    Ok(json!({
        "licence": value,
        "look": look,
        "sign": sign,
        "qr": { "svg": qr_svg(qr_url)?.svg, "url": qr_url },
        "issued_on": chinese_date(record.issued_on),
        "valid_from": chinese_date(record.valid_from),
        "valid_until": chinese_date(record.valid_until),
    }))
}

fn document_data(document: &OfficialDocument, demo: bool, mut value: Value) -> Result<Value> {
    if let Some(fields) = value.as_object_mut() {
        fields.insert("date_text".to_owned(), chinese_date(document.date).into());
        fields.insert("demo".to_owned(), demo.into());
        if let Some(url) = &document.qr {
            fields.insert("qr".to_owned(), json!({ "svg": qr_svg(url)?.svg, "url": url }));
        }
    }
    Ok(value)
}

/// 2026年11月21日.
fn chinese_date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), u8::from(date.month()), date.day())
}

fn record_error(error: serde_json::Error) -> CertificateError {
    CertificateError::Record(error.to_string())
}

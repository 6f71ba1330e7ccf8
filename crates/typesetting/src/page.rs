//! From template and data to the finished page.

use std::sync::OnceLock;

use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, NativeElement, Smart, Value as TypstValue};
use typst::introspection::{Introspector, MetadataElem};
use typst::pdf::AttachElem;
use typst::{World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::fonts::FontSources;
use crate::template::Template;
use crate::world::{PageWorld, Shared};
use crate::{Result, TypesettingError, glyphs};

/// Age, in pages, at which memoised layout work is dropped.
const MEMO_AGE: usize = 10;

/// How an attached file relates to the page (PDF/A-3, ISO 19005-3 annex E: `AFRelationship`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relationship {
    /// The page was made from this file.
    Source,
    /// The file holds the data shown on the page.
    Data,
    /// Another representation of the same content.
    Alternative,
    /// Additional material.
    Supplement,
}

/// A file inside the PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Bare file name such as `licence.json`.
    pub name: String,
    /// The exact bytes.
    pub data: Vec<u8>,
    /// Media type such as `application/json`.
    pub mime_type: String,
    /// Shown by PDF readers.
    pub description: String,
    /// `AFRelationship`.
    pub relationship: Relationship,
}

/// What the document says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// Stable identifier; its hash becomes the document id of the PDF.
    pub ident: String,
    /// Title.
    pub title: String,
    /// Author: the issuing authority.
    pub author: String,
    /// Creation date written into the PDF; UTC, whole seconds.
    pub timestamp: OffsetDateTime,
}

/// Where a template's `mark(name, width, height)` came to stand, in PDF points from the lower left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The name given in the template.
    pub name: String,
    /// Page, from 1.
    pub page: usize,
    /// Left, bottom, right, top.
    pub rectangle: [f64; 4],
}

/// A finished document.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// PDF/A-3b, PDF 1.7 with a classic cross-reference table.
    pub pdf: Vec<u8>,
    /// Number of pages.
    pub pages: usize,
    /// The marks of the template.
    pub marks: Vec<Mark>,
}

/// Turns templates and data into pages. Share one between all threads.
pub struct Typesetter {
    sources: FontSources,
    shared: OnceLock<Shared>,
}

impl Typesetter {
    /// Checks that the font files can be opened. They are mapped and indexed at the first page (tens of
    /// milliseconds) or by [`Typesetter::warm_up`], so that a program that never prints does not pay for it.
    pub fn load(fonts: &FontSources) -> Result<Self> {
        fonts.check()?;
        Ok(Self {
            sources: fonts.clone(),
            shared: OnceLock::new(),
        })
    }

    /// Maps and indexes the fonts now.
    pub fn warm_up(&self) -> Result<()> {
        self.shared().map(|_| ())
    }

    /// Typesets one document.
    ///
    /// Fails closed: a character of the data that cannot be printed is an error that names field and character,
    /// and so is anything that PDF/A-3b does not allow.
    pub fn typeset(
        &self,
        template: &Template,
        data: &Value,
        attachments: &[Attachment],
        metadata: &Metadata,
    ) -> Result<Page> {
        let shared = self.shared()?;
        glyphs::check(&shared.faces, data, &mut String::new())?;
        glyphs::check_text(&shared.faces, &metadata.title, "#title")?;
        glyphs::check_text(&shared.faces, &metadata.author, "#author")?;
        let world = PageWorld::new(shared, template, input(data, attachments, metadata), attachments)?;
        let page = compile(&world).and_then(|document| finish(&world, &document, attachments, metadata));
        typst::comemo::evict(MEMO_AGE);
        page
    }

    /// The characters of a text that could not be printed, each once. For checks at the edge, before anything
    /// is stored.
    pub fn missing_glyphs(&self, text: &str) -> Result<Vec<char>> {
        Ok(glyphs::missing(&self.shared()?.faces, text))
    }

    fn shared(&self) -> Result<&Shared> {
        if let Some(shared) = self.shared.get() {
            return Ok(shared);
        }
        let loaded = Shared::load(&self.sources)?;
        Ok(self.shared.get_or_init(|| loaded))
    }
}

/// The virtual file `/input.json`.
fn input(data: &Value, attachments: &[Attachment], metadata: &Metadata) -> Vec<u8> {
    let attachments: Vec<Value> = attachments
        .iter()
        .map(|attachment| {
            json!({
                "name": attachment.name,
                "mime_type": attachment.mime_type,
                "description": attachment.description,
                "relationship": attachment.relationship,
            })
        })
        .collect();
    let meta = json!({ "title": metadata.title, "author": metadata.author });
    json!({ "data": data, "meta": meta, "attachments": attachments })
        .to_string()
        .into_bytes()
}

fn compile(world: &PageWorld<'_>) -> Result<PagedDocument> {
    typst::compile::<PagedDocument>(world)
        .output
        .map_err(|errors| TypesettingError::Compilation(describe(world, &errors)))
}

fn finish(
    world: &PageWorld<'_>,
    document: &PagedDocument,
    attachments: &[Attachment],
    metadata: &Metadata,
) -> Result<Page> {
    check_attachments(document, attachments)?;
    let pdf = typst_pdf::pdf(document, &options(metadata)?)
        .map_err(|errors| TypesettingError::Export(describe(world, &errors)))?;
    Ok(Page {
        pdf,
        pages: document.pages().len(),
        marks: marks(document),
    })
}

fn check_attachments(document: &PagedDocument, attachments: &[Attachment]) -> Result<()> {
    let present = document.introspector().query(&AttachElem::ELEM.select());
    let is_present = |name: &str| {
        present
            .iter()
            .filter_map(|element| element.to_packed::<AttachElem>())
            .any(|element| element.path.derived.as_str() == name)
    };
    match attachments
        .iter()
        .find(|attachment| !is_present(&attachment.name))
    {
        Some(lost) => Err(TypesettingError::AttachmentLost(lost.name.clone())),
        None => Ok(()),
    }
}

fn options(metadata: &Metadata) -> Result<PdfOptions> {
    let standards = PdfStandards::new(&[PdfStandard::A_3b])
        .map_err(|error| TypesettingError::Export(error.message().to_string()))?;
    Ok(PdfOptions {
        ident: Smart::Custom(metadata.ident.clone()),
        creator: Smart::Custom(Some("Anxu".to_owned())),
        timestamp: Some(timestamp(metadata.timestamp)?),
        standards,
        tagged: false,
        ..PdfOptions::default()
    })
}

fn timestamp(instant: OffsetDateTime) -> Result<Timestamp> {
    let utc = instant.to_offset(time::UtcOffset::UTC);
    Datetime::from_ymd_hms(
        utc.year(),
        utc.month().into(),
        utc.day(),
        utc.hour(),
        utc.minute(),
        utc.second(),
    )
    .map(Timestamp::new_utc)
    .ok_or(TypesettingError::Timestamp)
}

fn marks(document: &PagedDocument) -> Vec<Mark> {
    let introspector = document.introspector();
    introspector
        .query(&MetadataElem::ELEM.select())
        .iter()
        .filter_map(|element| {
            let TypstValue::Dict(fields) = &element.to_packed::<MetadataElem>()?.value else {
                return None;
            };
            let name = match fields.get("mark").ok()? {
                TypstValue::Str(name) => name.to_string(),
                _ => return None,
            };
            let position = introspector.position(element.location()?)?;
            let page = position.page.get();
            let height = document.pages().get(page - 1)?.frame.height().to_pt();
            let (left, top) = (position.point.x.to_pt(), height - position.point.y.to_pt());
            let size = |key: &str| points(fields.get(key).ok()?);
            let rectangle = [left, top - size("height")?, left + size("width")?, top];
            Some(Mark {
                name,
                page,
                rectangle,
            })
        })
        .collect()
}

fn points(value: &TypstValue) -> Option<f64> {
    match value {
        TypstValue::Length(length) => Some(length.abs.to_pt()),
        _ => None,
    }
}

/// `original.typ:12: message`, for whoever writes templates.
fn describe(world: &PageWorld<'_>, errors: &[SourceDiagnostic]) -> String {
    let place = |error: &SourceDiagnostic| {
        let source = world.source(error.span.id()?).ok()?;
        let line = source.lines().byte_to_line(world.range(error.span)?.start)?;
        Some(format!(
            "{}:{}: ",
            source.id().get().vpath().get_without_slash(),
            line + 1
        ))
    };
    let texts = errors
        .iter()
        .map(|error| format!("{}{}", place(error).unwrap_or_default(), error.message));
    texts.collect::<Vec<_>>().join("; ")
}

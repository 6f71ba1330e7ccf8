//! Typesetting of official pages: a template and data in, PDF/A-3b out.
//!
//! The only crate that depends on typst, because typst is the longest part of a cold build. It knows nothing of
//! licences: a [`Template`] is a set of files (a main `.typ`, modules, drawings), the data is any JSON value, and
//! both can be replaced without a build.
//!
//! What a template gets: `#import "/host.typ": data, meta, setup`, where `data` is the JSON value handed to
//! [`Typesetter::typeset`], `meta` carries title and author, and `#show: setup` (after `set page`) writes the
//! document metadata, the language and the attachments. A template that forgets `setup` is refused, because the
//! page would lose its attachments.
//!
//! Bytes are a function of the arguments: no clock, no file system, no network and no package is reachable from a
//! template, and the order of threads does not matter.
//!
//! ```no_run
//! # use typesetting::*;
//! # fn main() -> Result<()> {
//! let typesetter = Typesetter::load(&FontSources::default())?;
//! let template = Template::new("hello.typ", [(
//!     "hello.typ".to_owned(),
//!     b"#import \"/host.typ\": data, setup\n#show: setup\n#data.name".to_vec(),
//! )])?;
//! let metadata = Metadata {
//!     ident: "hello-1".into(),
//!     title: "Hello".into(),
//!     author: "Anxu".into(),
//!     timestamp: time::macros::datetime!(2026-01-01 0:00 UTC),
//! };
//! let page = typesetter.typeset(&template, &serde_json::json!({ "name": "安许" }), &[], &metadata)?;
//! assert!(page.pdf.starts_with(b"%PDF-1.7"));
//! # Ok(()) }
//! ```

mod fonts;
mod glyphs;
mod page;
mod qr;
mod template;
mod world;

pub use fonts::{FontFile, FontSources};
pub use page::{Attachment, Mark, Metadata, Page, Relationship, Typesetter};
pub use qr::{Qr, qr_svg};
pub use template::Template;

/// Why no page came out.
#[derive(Debug, thiserror::Error)]
pub enum TypesettingError {
    /// A font file is missing, unreadable or lacks the face that was asked for.
    #[error("font {path}: {reason}")]
    Font {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A template is incomplete or its main file is not among its files.
    #[error("template: {0}")]
    Template(String),
    /// A character of the data has no glyph in any loaded face (emoji, for instance) or must not be printed
    /// (control and bidirectional formatting characters). `field` is a JSON pointer into the data.
    #[error("the character {character:?} (U+{:04X}) of the field {field:?} cannot be printed", u32::from(*character))]
    Unprintable {
        /// The character.
        character: char,
        /// JSON pointer (RFC 6901) of the value that holds it; `#title` and `#author` for the metadata.
        field: String,
    },
    /// The template could not be evaluated or laid out with this data.
    #[error("compilation: {0}")]
    Compilation(String),
    /// The page is not expressible in PDF/A-3b.
    #[error("export: {0}")]
    Export(String),
    /// The name of an attachment is empty, is not a bare file name, or clashes with a file of the template.
    #[error("attachment {0:?}: not a usable file name")]
    AttachmentName(String),
    /// The template did not call `setup`, so an attachment is missing from the page.
    #[error("the template lost the attachment {0:?}")]
    AttachmentLost(String),
    /// The timestamp cannot be written into a PDF.
    #[error("the timestamp is out of range")]
    Timestamp,
    /// The text does not fit into any QR version at level H.
    #[error("{0} bytes do not fit into a QR code at level H")]
    QrTooLong(usize),
}

/// Result of this crate.
pub type Result<T> = std::result::Result<T, TypesettingError>;

//! Official documents: notices, decisions, receipts, set in the letter layout of `notice.typ`.

use serde::{Deserialize, Serialize};
use time::Date;

/// A part of the body, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// A paragraph with an indent of two characters.
    Paragraph {
        /// Its text.
        text: String,
    },
    /// A heading inside the body.
    Heading {
        /// Its text.
        text: String,
    },
    /// Numbered items: 1. 2. 3.
    Items {
        /// One text an item.
        items: Vec<String>,
    },
    /// A two-column list of labels and values.
    Fields {
        /// Label and value.
        fields: Vec<(String, String)>,
    },
    /// A ruled table.
    Table {
        /// Caption above the table, may be empty.
        #[serde(default)]
        caption: String,
        /// Column heads.
        columns: Vec<String>,
        /// Relative widths of the columns; all equal when empty.
        #[serde(default)]
        widths: Vec<u16>,
        /// Rows of as many cells as there are columns.
        rows: Vec<Vec<String>>,
    },
}

impl Block {
    /// A paragraph.
    pub fn paragraph(text: impl Into<String>) -> Self {
        Self::Paragraph { text: text.into() }
    }
}

/// An official document. It becomes a PDF/A-3b with its own data attached as `document.json`, and is signed in
/// the same way as a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficialDocument {
    /// Stable identifier of the document (not printed).
    pub ident: String,
    /// Series above the double rule, such as 安全生产行政许可文书; may be empty.
    #[serde(default)]
    pub series: String,
    /// Title, such as 行政许可受理通知书.
    pub title: String,
    /// Number, such as （洪）应急许受〔2026〕15号; may be empty.
    #[serde(default)]
    pub number: String,
    /// Addressee, printed with a colon; may be empty.
    #[serde(default)]
    pub addressee: String,
    /// Body.
    pub blocks: Vec<Block>,
    /// Authority that issues the document.
    pub authority: String,
    /// Date under the authority's name.
    #[serde(with = "iso_date")]
    pub date: Date,
    /// Whether the seal of the authority is drawn over name and date.
    #[serde(default)]
    pub seal: bool,
    /// Lines for signatures on the left, such as 申请人（签字）.
    #[serde(default)]
    pub signatures: Vec<String>,
    /// Copies line under the rule, such as 本文书一式两份：一份归档，一份送达申请人; may be empty.
    #[serde(default)]
    pub footer: String,
    /// Address behind a QR code at the foot of the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qr: Option<String>,
    /// Version of the document template.
    pub template: String,
    /// Name of the template, normally `notice`.
    #[serde(default = "notice")]
    pub layout: String,
}

time::serde::format_description!(iso_date, Date, "[year]-[month]-[day]");

fn notice() -> String {
    "notice".to_owned()
}

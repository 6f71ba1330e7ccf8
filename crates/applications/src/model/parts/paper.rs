//! Documents as they are written, and the files they become.

use kernel::{BlobRef, LegalDate, Moment};
use matters::DocumentKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::DocumentId;

/// A labelled value above the text of a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaperFact {
    /// Label.
    pub label: String,
    /// Value.
    pub value: String,
}

/// A list below the text of a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaperTable {
    /// Title.
    pub title: String,
    /// Headings.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

/// Exactly what stands on a document; composed at the act and never changed afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Paper {
    /// Title.
    pub title: String,
    /// Document number.
    pub number: String,
    /// To whom.
    pub addressee: String,
    /// Labelled values.
    pub facts: Vec<PaperFact>,
    /// The text.
    pub paragraphs: Vec<String>,
    /// The list.
    pub table: Option<PaperTable>,
    /// Who issues it.
    pub issuer: String,
    /// Date of issue.
    pub date: LegalDate,
    /// Which seal.
    pub seal: String,
    /// Lines for signatures.
    pub signatures: Vec<String>,
    /// Copies.
    pub copies: String,
}

/// How far a document is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Rendering {
    /// Waits for typesetting and signature.
    Pending,
    /// The signed PDF is stored.
    Ready {
        /// The signed PDF.
        blob: BlobRef,
        /// When it was stored.
        at: Moment,
    },
}

/// A document of the procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Identifier.
    pub id: DocumentId,
    /// Key of its definition.
    pub kind: DocumentKey,
    /// Version of its definition.
    pub definition: u32,
    /// What stands on it.
    pub paper: Paper,
    /// When it was composed.
    pub at: Moment,
    /// Typeset and signed or not.
    pub rendering: Rendering,
}

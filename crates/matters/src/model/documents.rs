//! Texts of the documents that the procedure produces. A definition is data
//! (`data/documents/<key>.v<version>.json`): title, paragraphs with `{placeholders}`, sentences that the law
//! demands. [`crate::compose`] fills it in and refuses to leave anything blank.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use super::{DocumentKey, Provenance, iso_date};

/// A document definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentDefinition {
    /// Where an editor finds the schema; no meaning of its own.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Names the document.
    pub key: DocumentKey,
    /// Counted from 1.
    #[schema(minimum = 1)]
    pub version: u32,
    /// First legal day on which this version is used.
    #[serde(with = "iso_date")]
    #[schema(value_type = String, format = Date)]
    pub effective_from: Date,
    /// Title on the paper.
    pub title: String,
    /// 编号代字 after the body's prefix, such as 许受.
    pub number_series: String,
    /// To whom it is addressed.
    pub addressee: String,
    /// Label and value, one line each, above the text.
    pub facts: Vec<Fact>,
    /// The text.
    pub paragraphs: Vec<Paragraph>,
    /// A list below the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Items>,
    /// Sentences that must stand in the text word for word.
    pub mandatory: Vec<String>,
    /// Clauses on which the document rests, spelt out.
    pub basis: Vec<String>,
    /// Copies.
    pub copies: Copies,
    /// Which seal.
    pub seal: String,
    /// Who signs.
    pub signatures: Vec<String>,
    /// Who issues it.
    pub issuer: String,
    /// Date of issue.
    pub date: String,
    /// Where the wording comes from.
    pub provenance: Provenance,
}

/// A labelled value; in a definition the value holds placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DocumentFact)]
pub struct Fact {
    /// Label.
    pub label: String,
    /// Value.
    pub value: String,
}

/// A paragraph of a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DocumentParagraph)]
pub struct Paragraph {
    /// Text with placeholders.
    pub text: String,
    /// Printed only when this value is given and not blank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_with: Option<String>,
}

/// The head of a list of things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DocumentItems)]
pub struct Items {
    /// Title of the list.
    pub title: String,
    /// Columns.
    pub columns: Vec<Column>,
}

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DocumentColumn)]
pub struct Column {
    /// Key of the cell in each row.
    pub key: String,
    /// Heading.
    pub title: String,
}

/// How many copies, and where they go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DocumentCopies)]
pub struct Copies {
    /// Number.
    #[schema(minimum = 1)]
    pub count: u32,
    /// Where they go.
    pub distribution: String,
}

/// A document with everything filled in, ready to be laid out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Key of the definition.
    pub document: DocumentKey,
    /// Version of the definition.
    pub version: u32,
    /// Title.
    pub title: String,
    /// Full document number.
    pub number: String,
    /// To whom.
    pub addressee: String,
    /// Labelled values above the text.
    pub facts: Vec<Fact>,
    /// The text.
    pub paragraphs: Vec<String>,
    /// List below the text.
    pub table: Option<Table>,
    /// Foot of the paper.
    pub footer: Footer,
}

/// A list with heading and rows of equal width.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Title of the list.
    pub title: String,
    /// Headings.
    pub columns: Vec<String>,
    /// Rows, each as wide as the headings.
    pub rows: Vec<Vec<String>>,
}

/// Foot of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Footer {
    /// Who issues it.
    pub issuer: String,
    /// Date of issue.
    pub date: String,
    /// Which seal.
    pub seal: String,
    /// Who signs.
    pub signatures: Vec<String>,
    /// How many copies, and where they go.
    pub copies: String,
}

/// Values without which the document would have a blank.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("《{title}》缺少：{}", self.labels().join("、"))]
pub struct MissingPlaceholder {
    /// Title of the document.
    pub title: String,
    /// What is missing, each once, in the order of the names.
    pub missing: Vec<Missing>,
}

/// A value that is missing or blank.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// Name of the placeholder; a cell is written `items[row].column`, row from 1.
    pub name: String,
    /// In words that people know.
    pub label: String,
}

impl MissingPlaceholder {
    fn labels(&self) -> Vec<&str> {
        self.missing.iter().map(|one| one.label.as_str()).collect()
    }
}

//! What every state has.

use kernel::Moment;
use matters::{MaterialKey, MatterKey};
use serde::{Deserialize, Serialize};

use super::{Applicant, Document, FormRecord, MaterialFile, Person};
use crate::model::{DocumentId, HeldLicence, Subject};

/// What every state has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// The matter.
    pub matter: MatterKey,
    /// Version of its definition, kept to the end.
    pub matter_version: u32,
    /// Name of the matter.
    pub matter_name: String,
    /// The applicant.
    pub applicant: Applicant,
    /// The licence that it is about; absent for a first issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<HeldLicence>,
    /// What is asked for.
    #[serde(default)]
    pub subject: Subject,
    /// The form.
    pub form: FormRecord,
    /// Files handed in.
    pub files: Vec<MaterialFile>,
    /// Documents produced, oldest first.
    pub documents: Vec<Document>,
    /// Who drafted it.
    pub drafted_by: Person,
    /// When it was begun.
    pub created_at: Moment,
}

impl Dossier {
    /// Files of one material.
    pub fn files_of<'a>(&'a self, material: &'a MaterialKey) -> impl Iterator<Item = &'a MaterialFile> {
        self.files.iter().filter(move |file| &file.material == material)
    }

    /// A document by its identifier.
    pub fn document(&self, id: DocumentId) -> Option<&Document> {
        self.documents.iter().find(|document| document.id == id)
    }

    /// The newest document of a kind.
    pub fn newest(&self, kind: &str) -> Option<&Document> {
        self.documents
            .iter()
            .rev()
            .find(|document| document.kind.as_str() == kind)
    }
}

//! The store of matters: rule files, parsed and held to each other, and the table of quarterly reviews. Reading
//! the files is the caller's business; this takes paths and bytes.

mod reviews;

use std::collections::BTreeMap;

use codes::{BadTable, MissingYear};
use kernel::{FieldError, KernelError, access::Forbidden};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use crate::model::{City, Definition, DocumentDefinition, DocumentKey, MatterKey, Quarter, SourceKey};
use crate::rules::{DocumentFault, Fault, ListRefusal, Section};

pub use reviews::ListReviewAudit;
pub(crate) use reviews::{ReviewQuery, approved, approved_of, find, insert, list, reviewed, update};

/// The file of sources, `data/matters/sources.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceFile {
    as_of: String,
    sources: BTreeMap<SourceKey, Source>,
}

/// Where a fact was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What kind of source.
    pub kind: SourceKind,
    /// What it is.
    pub title: String,
    /// Where it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locator: Option<String>,
}

/// How much weight a source has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Text of a statute, read in full or in the named articles.
    Statute,
    /// Page of an authority.
    OfficialPage,
    /// A local rule or notice, read elsewhere.
    LocalRule,
    /// A page of somebody else.
    Secondary,
    /// Real certificates published on the web.
    PublishedExample,
    /// The texts that say what this platform must do.
    Requirement,
    /// The platform's own proposal.
    Proposal,
    /// From memory; proves nothing.
    Recollection,
}

/// The file that says which of the cities is this installation's, `data/matters/city.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnCity {
    city: String,
}

/// Why the rule files cannot be used, or a question about them has no answer. Chinese, for the person who
/// edits the files or asks.
#[derive(Debug, thiserror::Error)]
pub enum MattersError {
    /// A file is not what its place demands.
    #[error("规则文件 {path} 无法解析")]
    Unreadable {
        /// The file.
        path: String,
        /// Line, column and what was expected.
        #[source]
        source: serde_json::Error,
    },
    /// The file's name says something else than its content.
    #[error("规则文件 {path} 应命名为 {expected}")]
    Misnamed {
        /// The file.
        path: String,
        /// The name it should have.
        expected: String,
    },
    /// A file whose place has no meaning.
    #[error("{path} 不是事项、文书、城市或者来源文件")]
    Stray {
        /// The file.
        path: String,
    },
    /// The same thing twice.
    #[error("规则文件 {path} 与已载入的文件重复")]
    Twice {
        /// The second file.
        path: String,
    },
    /// The list of sources is missing.
    #[error("缺少来源清单 matters/sources.json")]
    NoSources,
    /// Definitions contradict themselves or each other.
    #[error("规则文件有{}处错误：{}", .0.len(), listed(.0))]
    Faulty(Vec<FileFault>),
    /// No file says which city this is, or there is no such city.
    #[error("matters/city.json 没有指明本市，或者缺少它指明的城市文件 matters/city.<城市>.json")]
    NoCity,
    /// A table that the matters stand on cannot be used.
    #[error("规则文件 {path} 无法使用")]
    Table {
        /// The file.
        path: &'static str,
        /// What is wrong with it.
        #[source]
        source: BadTable,
    },
    /// Rule data cannot be read.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// No such matter, or no such version of it.
    #[error("没有该事项")]
    NotFound,
    /// No such review of a responsibility list.
    #[error("没有该审查意见")]
    NoReview,
    /// The holidays of a year are not loaded.
    #[error(transparent)]
    MissingYear(#[from] MissingYear),
    /// A proposal or decision about a responsibility list was refused.
    #[error(transparent)]
    List(ListRefusal),
    /// The quarter has its review.
    #[error("{0} has its review")]
    Reviewed(Quarter),
    /// A cursor is none.
    #[error("invalid cursor")]
    BadCursor(Vec<FieldError>),
    /// More working days than anybody counts.
    #[error("工作日数不能超过{0}")]
    TooManyDays(u32),
    /// A permission is missing.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
}

/// A fault and where it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}：{kind}")]
pub struct FileFault {
    /// The definition, document or city.
    pub place: String,
    /// What is wrong.
    pub kind: FaultKind,
}

/// A fault of a matter or city, or of a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// Of a matter or city.
    #[error(transparent)]
    Matter(#[from] Fault),
    /// Of a document.
    #[error(transparent)]
    Document(#[from] DocumentFault),
}

fn listed(faults: &[FileFault]) -> String {
    faults
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("；")
}

/// All matter definitions, documents, cities and sources, in every version.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    matters: BTreeMap<(MatterKey, u32), Definition>,
    documents: BTreeMap<(DocumentKey, u32), DocumentDefinition>,
    cities: BTreeMap<String, City>,
    sources: BTreeMap<SourceKey, Source>,
    own_city: Option<String>,
}

/// Loads rule files. Paths are relative to `data/`: `matters/<industry>/<kind>.v<n>.json`,
/// `matters/city.<key>.json`, `matters/city.json`, `matters/sources.json`, `documents/<key>.v<n>.json`;
/// schemas are skipped.
///
/// # Errors
/// At the first file that cannot be read, else with all faults of all files together.
pub fn load<P, B>(files: impl IntoIterator<Item = (P, B)>) -> Result<Catalogue, MattersError>
where
    P: AsRef<str>,
    B: AsRef<[u8]>,
{
    let mut catalogue = Catalogue::default();
    let mut has_sources = false;
    for (path, bytes) in files {
        let (path, bytes) = (path.as_ref(), bytes.as_ref());
        match place(path)? {
            Place::Schema => {}
            Place::Sources => {
                catalogue.sources = parse::<SourceFile>(path, bytes)?.sources;
                has_sources = true;
            }
            Place::OwnCity => catalogue.own_city = Some(parse::<OwnCity>(path, bytes)?.city),
            Place::City => catalogue.add_city(path, parse(path, bytes)?)?,
            Place::Document => catalogue.add_document(path, parse(path, bytes)?)?,
            Place::Matter => catalogue.add_matter(path, parse(path, bytes)?)?,
        }
    }
    if !has_sources {
        return Err(MattersError::NoSources);
    }
    let faults = catalogue.faults();
    if faults.is_empty() {
        Ok(catalogue)
    } else {
        Err(MattersError::Faulty(faults))
    }
}

enum Place {
    Schema,
    Sources,
    OwnCity,
    City,
    Document,
    Matter,
}

fn place(path: &str) -> Result<Place, MattersError> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["matters" | "documents", "schema.json"] => Ok(Place::Schema),
        ["matters", "sources.json"] => Ok(Place::Sources),
        ["matters", "city.json"] => Ok(Place::OwnCity),
        ["matters", name] if name.starts_with("city.") => Ok(Place::City),
        ["documents", _] => Ok(Place::Document),
        ["matters", _, _] => Ok(Place::Matter),
        _ => Err(MattersError::Stray {
            path: path.to_owned(),
        }),
    }
}

fn parse<T: for<'de> Deserialize<'de>>(path: &str, bytes: &[u8]) -> Result<T, MattersError> {
    serde_json::from_slice(bytes).map_err(|source| MattersError::Unreadable {
        path: path.to_owned(),
        source,
    })
}

fn named(path: &str, expected: String) -> Result<(), MattersError> {
    if path == expected {
        Ok(())
    } else {
        Err(MattersError::Misnamed {
            path: path.to_owned(),
            expected,
        })
    }
}

fn twice(path: &str) -> MattersError {
    MattersError::Twice {
        path: path.to_owned(),
    }
}

impl Catalogue {
    /// The version of a matter that new applications use on a legal day.
    pub fn current(&self, key: MatterKey, on: Date) -> Option<&Definition> {
        let versions = self
            .matters
            .range((key, 0)..=(key, u32::MAX))
            .map(|(_, definition)| definition);
        versions
            .filter(|definition| definition.effective_from <= on)
            .max_by_key(|definition| definition.version)
    }

    /// A version of a matter, as a running application needs it.
    pub fn get(&self, key: MatterKey, version: u32) -> Option<&Definition> {
        self.matters.get(&(key, version))
    }

    /// Every version of every matter.
    pub fn matters(&self) -> impl Iterator<Item = &Definition> {
        self.matters.values()
    }

    /// The matters in use on a legal day, one version each.
    pub fn in_use(&self, on: Date) -> impl Iterator<Item = &Definition> {
        self.matters().filter(move |one| {
            self.current(one.key, on)
                .is_some_and(|current| current.version == one.version)
        })
    }

    /// The version of a document that is used on a legal day.
    pub fn current_document(&self, key: &str, on: Date) -> Option<&DocumentDefinition> {
        let versions = self.documents.values().filter(|one| one.key.as_str() == key);
        versions
            .filter(|one| one.effective_from <= on)
            .max_by_key(|one| one.version)
    }

    /// Every version of every document.
    pub fn documents(&self) -> impl Iterator<Item = &DocumentDefinition> {
        self.documents.values()
    }

    /// A city by its key.
    pub fn city(&self, key: &str) -> Option<&City> {
        self.cities.get(key)
    }

    /// The city of this installation, as `matters/city.json` names it.
    pub fn own_city(&self) -> Option<&City> {
        self.city(self.own_city.as_deref()?)
    }

    /// Every city.
    pub fn cities(&self) -> impl Iterator<Item = &City> {
        self.cities.values()
    }

    /// A source by its key.
    pub fn source(&self, key: &str) -> Option<&Source> {
        self.sources.get(key)
    }

    fn add_matter(&mut self, path: &str, one: Definition) -> Result<(), MattersError> {
        named(path, one.path())?;
        match self.matters.insert((one.key, one.version), one) {
            None => Ok(()),
            Some(_) => Err(twice(path)),
        }
    }

    fn add_document(&mut self, path: &str, one: DocumentDefinition) -> Result<(), MattersError> {
        named(path, one.path())?;
        match self.documents.insert((one.key.clone(), one.version), one) {
            None => Ok(()),
            Some(_) => Err(twice(path)),
        }
    }

    fn add_city(&mut self, path: &str, one: City) -> Result<(), MattersError> {
        named(path, one.path())?;
        match self.cities.insert(one.key.clone(), one) {
            None => Ok(()),
            Some(_) => Err(twice(path)),
        }
    }

    fn faults(&self) -> Vec<FileFault> {
        let mut faults = Vec::new();
        for one in self.matters.values() {
            let place = format!("{} 第{}版", one.key, one.version);
            let mut own = one.faults();
            self.check_references(one, &mut own);
            faults.extend(own.into_iter().map(|fault| at(&place, fault)));
        }
        for one in self.documents.values() {
            let place = format!("文书 {} 第{}版", one.key, one.version);
            faults.extend(one.faults().into_iter().map(|fault| at(&place, fault)));
            faults.extend(one.source_fault().map(|fault| at(&place, fault)));
            let sources = one.provenance.sources.iter().map(|key| key.as_str());
            faults.extend(
                self.unknown_sources(&place, sources)
                    .map(|fault| at(&place, fault)),
            );
        }
        for one in self.cities.values() {
            faults.extend(
                one.faults(self.matters.values())
                    .into_iter()
                    .map(|fault| at(&one.name, fault)),
            );
            let provenances = one.provenances().into_iter();
            let sources = provenances.flat_map(|(_, of)| of.sources.iter().map(|key| key.as_str()));
            faults.extend(
                self.unknown_sources(&one.name, sources)
                    .map(|fault| at(&one.name, fault)),
            );
        }
        faults
    }

    fn check_references(&self, one: &Definition, faults: &mut Vec<Fault>) {
        for key in one.document_keys() {
            // A document must be there on the first day on which the definition is used.
            if self.current_document(key, one.effective_from).is_none() {
                let (from, key) = (one.name.clone(), key.to_owned());
                faults.push(Fault::Unknown {
                    from,
                    section: Section::Documents,
                    key,
                });
            }
        }
        faults.extend(self.unknown_sources(&one.name, one.source_keys().into_iter()));
    }

    fn unknown_sources<'a>(
        &'a self,
        from: &'a str,
        keys: impl Iterator<Item = &'a str>,
    ) -> impl Iterator<Item = Fault> {
        keys.filter(|key| !self.sources.contains_key(*key))
            .map(move |key| Fault::Unknown {
                from: from.to_owned(),
                section: Section::Sources,
                key: key.to_owned(),
            })
    }
}

impl Definition {
    /// The file of this version, relative to `data/`.
    pub fn path(&self) -> String {
        let (industry, kind) = (self.key.industry.as_str(), self.key.kind.as_str());
        format!("matters/{industry}/{kind}.v{}.json", self.version)
    }
}

impl DocumentDefinition {
    /// The file of this version, relative to `data/`.
    pub fn path(&self) -> String {
        format!("documents/{}.v{}.json", self.key, self.version)
    }
}

impl City {
    /// The city's file, relative to `data/`.
    pub fn path(&self) -> String {
        format!("matters/city.{}.json", self.key)
    }
}

fn at(place: &str, fault: impl Into<FaultKind>) -> FileFault {
    FileFault {
        place: place.to_owned(),
        kind: fault.into(),
    }
}

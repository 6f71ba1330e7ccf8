//! Versioned templates: embedded in the program, replaceable by a directory of files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use typesetting::Template;

use crate::{CertificateError, Result};

/// A family of templates with its own versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TemplateKind {
    /// Licence certificates: `original.typ`, `duplicate.typ`.
    Certificate,
    /// Official documents: `notice.typ`.
    Document,
}

impl TemplateKind {
    fn directory(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Document => "documents",
        }
    }
}

type Files = &'static [(&'static str, &'static [u8])];

/// Builds the table of embedded files of one template version.
macro_rules! embedded {
    ($folder:literal: $($name:literal),+ $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../../data/templates/", $folder, "/", $name)))),+]
    };
}

const CERTIFICATE_V1: Files = embedded!("certificate/v1":
    "original.typ", "duplicate.typ", "common.typ",
    "band-horizontal.svg", "band-vertical.svg", "corner.svg", "rosette.svg",
    "sign-civil_explosives.svg", "sign-coal_mine.svg", "sign-construction.svg", "sign-fireworks.svg",
    "sign-general.svg", "sign-hazardous_chemicals.svg", "sign-non_coal_mine.svg",
);
const DOCUMENT_V1: Files = embedded!("documents/v1": "notice.typ");

/// The versions that the program brings along.
const EMBEDDED: &[(TemplateKind, &str, Files)] = &[
    (TemplateKind::Certificate, "v1", CERTIFICATE_V1),
    (TemplateKind::Document, "v1", DOCUMENT_V1),
];

/// Version used for new certificates and documents when nothing else is configured.
pub const CURRENT_TEMPLATE: &str = "v1";

type Key = (TemplateKind, String, String);

/// The registry. A directory laid out like `data/templates` (`certificate/v2/original.typ` …) adds versions and
/// overrides embedded ones, so that the look can change without a build. A record names its version; old versions
/// stay, so that old certificates can be made again exactly.
#[derive(Debug)]
pub struct Templates {
    directory: Option<PathBuf>,
    parsed: RwLock<BTreeMap<Key, Arc<Template>>>,
}

impl Templates {
    /// Only the embedded versions.
    pub fn embedded() -> Self {
        Self {
            directory: None,
            parsed: RwLock::default(),
        }
    }

    /// The embedded versions, overridden and extended by a directory. Files are read at first use and kept.
    pub fn with_override(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: Some(directory.into()),
            parsed: RwLock::default(),
        }
    }

    /// A template by kind, version and name (`original`, `duplicate`, `notice`).
    pub fn get(&self, kind: TemplateKind, version: &str, name: &str) -> Result<Arc<Template>> {
        let key = (kind, version.to_owned(), name.to_owned());
        if let Ok(parsed) = self.parsed.read()
            && let Some(template) = parsed.get(&key)
        {
            return Ok(template.clone());
        }
        let template = Arc::new(self.load(kind, version, name)?);
        if let Ok(mut parsed) = self.parsed.write() {
            parsed.insert(key, template.clone());
        }
        Ok(template)
    }

    fn load(&self, kind: TemplateKind, version: &str, name: &str) -> Result<Template> {
        let missing = || CertificateError::NoTemplate(format!("{}/{version}/{name}", kind.directory()));
        if !is_plain(version) || !is_plain(name) {
            return Err(missing());
        }
        let mut files = embedded_files(kind, version);
        if let Some(directory) = &self.directory {
            files.extend(read_folder(&directory.join(kind.directory()).join(version))?);
        }
        let main = format!("{name}.typ");
        if !files.contains_key(&main) {
            return Err(missing());
        }
        Ok(Template::new(main, files)?)
    }
}

/// Version and name become parts of a path; only plain words are let through.
fn is_plain(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn embedded_files(kind: TemplateKind, version: &str) -> BTreeMap<String, Vec<u8>> {
    let found = EMBEDDED
        .iter()
        .filter(|(known, number, _)| (*known, *number) == (kind, version));
    found
        .flat_map(|(_, _, files)| *files)
        .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()))
        .collect()
}

fn read_folder(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let failed = |source| CertificateError::Io {
        path: folder.display().to_string(),
        source,
    };
    let mut files = BTreeMap::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if let (true, Some(name)) = (path.is_file(), path.file_name().and_then(|name| name.to_str())) {
            files.insert(name.to_owned(), std::fs::read(&path).map_err(failed)?);
        }
    }
    Ok(files)
}

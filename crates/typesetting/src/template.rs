//! A template: files handed over as bytes, parsed once, used for many pages.

use std::collections::BTreeMap;

use typst::foundations::Bytes;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};

use crate::{Result, TypesettingError};

/// A parsed template. Cheap to share between threads; build it once for each version.
#[derive(Debug, Clone)]
pub struct Template {
    main: String,
    sources: BTreeMap<String, Source>,
    files: BTreeMap<String, Bytes>,
}

impl Template {
    /// `main` names the entry among `files`. File names are paths relative to the template's root, with `/`;
    /// `.typ` files must be UTF-8 and can be imported (`#import "/common.typ"`), all others can be read
    /// (`image("/sign.svg")`). `host.typ` and `input.json` are the host's own names.
    pub fn new(main: impl Into<String>, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self> {
        let mut template = Self {
            main: main.into(),
            sources: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        for (name, bytes) in files {
            template.add(name, bytes)?;
        }
        if template.sources.contains_key(&template.main) {
            Ok(template)
        } else {
            Err(TypesettingError::Template(format!("no file {:?}", template.main)))
        }
    }

    fn add(&mut self, name: String, bytes: Vec<u8>) -> Result<()> {
        let id = file_id(&name)?;
        if crate::world::is_reserved(&name) {
            return Err(TypesettingError::Template(format!(
                "{name:?} is the host's own name"
            )));
        }
        if name.ends_with(".typ") {
            let text = String::from_utf8(bytes)
                .map_err(|_| TypesettingError::Template(format!("{name:?} is not UTF-8")))?;
            self.sources.insert(name, Source::new(id, text));
        } else {
            self.files.insert(name, Bytes::new(bytes));
        }
        Ok(())
    }

    /// The entry file.
    pub fn main(&self) -> &str {
        &self.main
    }

    /// Whether the template brings a file of that name.
    pub fn contains(&self, name: &str) -> bool {
        self.sources.contains_key(name) || self.files.contains_key(name)
    }

    pub(crate) fn source(&self, name: &str) -> Option<&Source> {
        self.sources.get(name)
    }

    pub(crate) fn file(&self, name: &str) -> Option<Bytes> {
        self.files.get(name).cloned()
    }
}

/// Interns a path of the virtual root. typst keeps interned paths for the life of the process; templates and
/// attachments use a small fixed set of names, so this does not grow with the number of pages.
pub(crate) fn file_id(name: &str) -> Result<FileId> {
    let path = VirtualPath::new(name)
        .map_err(|_| TypesettingError::Template(format!("{name:?} is not a path inside the template")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

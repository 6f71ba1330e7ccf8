//! The world of one page: shared library and faces, the template, and three virtual files.

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::fonts::{Faces, FontSources};
use crate::page::Attachment;
use crate::template::{Template, file_id};
use crate::{Result, TypesettingError};

const HOST: &str = "host.typ";
const INPUT: &str = "input.json";

/// Names of the virtual root that belong to the host.
pub(crate) fn is_reserved(name: &str) -> bool {
    name == HOST || name == INPUT
}

/// Loaded once for all pages.
pub(crate) struct Shared {
    library: LazyHash<Library>,
    pub(crate) faces: Faces,
    host: Source,
}

impl Shared {
    pub(crate) fn load(fonts: &FontSources) -> Result<Self> {
        Ok(Self {
            library: LazyHash::new(Library::builder().build()),
            faces: Faces::load(fonts)?,
            host: Source::new(file_id(HOST)?, include_str!("host.typ").to_owned()),
        })
    }
}

/// Everything one page can see.
pub(crate) struct PageWorld<'a> {
    shared: &'a Shared,
    template: &'a Template,
    main: FileId,
    input: Bytes,
    attachments: Vec<(&'a str, Bytes)>,
}

impl<'a> PageWorld<'a> {
    pub(crate) fn new(
        shared: &'a Shared,
        template: &'a Template,
        input: Vec<u8>,
        attachments: &'a [Attachment],
    ) -> Result<Self> {
        let attachments = attachments
            .iter()
            .map(|attachment| named(template, attachment))
            .collect::<Result<Vec<_>>>()?;
        let main = file_id(template.main())?;
        Ok(Self {
            shared,
            template,
            main,
            input: Bytes::new(input),
            attachments,
        })
    }

    fn attachment(&self, name: &str) -> Option<Bytes> {
        self.attachments
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, data)| data.clone())
    }
}

fn named<'a>(template: &Template, attachment: &'a Attachment) -> Result<(&'a str, Bytes)> {
    let name = attachment.name.as_str();
    let bare = !name.is_empty() && !name.contains(['/', '\\']) && name != "." && name != "..";
    if !bare || is_reserved(name) || template.contains(name) {
        return Err(TypesettingError::AttachmentName(name.to_owned()));
    }
    Ok((name, Bytes::new(attachment.data.clone())))
}

impl World for PageWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.shared.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.shared.faces.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        match id.get().vpath().get_without_slash() {
            HOST => Ok(self.shared.host.clone()),
            name => self
                .template
                .source(name)
                .cloned()
                .ok_or_else(|| FileError::NotFound(name.into())),
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match id.get().vpath().get_without_slash() {
            INPUT => Ok(self.input.clone()),
            name => self
                .template
                .file(name)
                .or_else(|| self.attachment(name))
                .ok_or_else(|| FileError::NotFound(name.into())),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shared.faces.fonts.get(index).cloned()
    }

    /// No clock: a page must not change because a day has passed.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

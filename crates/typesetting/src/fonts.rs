//! Faces: found by family, mapped into memory, shared by all pages.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fontique::{SourceCache, SourceId, SourceInfo, SourceKind};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::LazyHash;

use crate::{Result, TypesettingError};

/// Where Debian and Ubuntu put `fonts-noto-cjk`.
const DEBIAN_NOTO: &str = "/usr/share/fonts/opentype/noto";

/// A font file (single face or collection) and the families wanted from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FontFile {
    /// Path of the `.ttc`, `.otf` or `.ttf`.
    pub path: PathBuf,
    /// Family names as in the name table; faces of other families stay unused.
    pub families: Vec<String>,
}

/// The font files a [`crate::Typesetter`] may use. Nothing else of the system is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FontSources {
    /// In order of preference when a character must be borrowed from another family.
    pub files: Vec<FontFile>,
}

impl FontSources {
    /// The Simplified Chinese faces of Noto Sans, Sans Mono and Serif CJK (`fonts-noto-cjk`) in a directory.
    pub fn noto_cjk(directory: impl AsRef<Path>) -> Self {
        let file = |name: &str, families: &[&str]| FontFile {
            path: directory.as_ref().join(name),
            families: families.iter().map(|&family| family.to_owned()).collect(),
        };
        Self {
            files: vec![
                file("NotoSerifCJK-Regular.ttc", &["Noto Serif CJK SC"]),
                file("NotoSerifCJK-Bold.ttc", &["Noto Serif CJK SC"]),
                file(
                    "NotoSansCJK-Regular.ttc",
                    &["Noto Sans CJK SC", "Noto Sans Mono CJK SC"],
                ),
                file("NotoSansCJK-Bold.ttc", &["Noto Sans CJK SC"]),
            ],
        }
    }

    /// Fails when a file cannot be opened, so that a wrong path shows at start and not at the first page.
    pub(crate) fn check(&self) -> Result<()> {
        for file in &self.files {
            std::fs::File::open(&file.path).map_err(|error| font_error(&file.path, error.to_string()))?;
        }
        Ok(())
    }
}

impl Default for FontSources {
    /// `fonts-noto-cjk` where Debian installs it.
    fn default() -> Self {
        Self::noto_cjk(DEBIAN_NOTO)
    }
}

/// Faces and their index, loaded once.
pub(crate) struct Faces {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
}

impl Faces {
    pub(crate) fn load(sources: &FontSources) -> Result<Self> {
        let mut fonts = Vec::new();
        for file in &sources.files {
            fonts.extend(load_file(file)?);
        }
        Ok(Self {
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
        })
    }

    /// Whether any face has a glyph for the character.
    pub(crate) fn covers(&self, character: char) -> bool {
        self.fonts
            .iter()
            .any(|font| font.info().coverage.contains(character.into()))
    }
}

fn load_file(file: &FontFile) -> Result<Vec<Font>> {
    let data = map(&file.path)?;
    let mut wanted: Vec<&str> = file.families.iter().map(String::as_str).collect();
    let mut fonts = Vec::new();
    for index in face_order(&data) {
        let family = FontInfo::new(data.as_slice(), index).map(|info| info.family);
        let Some(position) = wanted.iter().position(|&name| Some(name) == family.as_deref()) else {
            continue;
        };
        wanted.swap_remove(position);
        fonts.extend(Font::new(data.clone(), index));
        if wanted.is_empty() {
            return Ok(fonts);
        }
    }
    Err(font_error(
        &file.path,
        format!("no face of the family {}", wanted.join(", ")),
    ))
}

/// Reading a face's coverage costs milliseconds, so the places where Noto keeps its SC faces come first.
fn face_order(data: &Bytes) -> impl Iterator<Item = u32> {
    const USUAL: [u32; 2] = [2, 7];
    let count = face_count(data.as_slice());
    let usual = USUAL.into_iter().filter(move |&index| index < count);
    usual.chain((0..count).filter(|index| !USUAL.contains(index)))
}

/// Number of faces: field `numFonts` of a collection header (OpenType 1.9, `ttcf`), else one.
fn face_count(data: &[u8]) -> u32 {
    match (
        data.get(..4),
        data.get(8..12).and_then(|bytes| bytes.try_into().ok()),
    ) {
        (Some(b"ttcf"), Some(count)) => u32::from_be_bytes(count),
        _ => 1,
    }
}

/// Maps the file read-only. The mapping itself needs `unsafe`, which is forbidden here; fontique, a font library
/// with many users, offers it behind a safe call.
fn map(path: &Path) -> Result<Bytes> {
    let source = SourceInfo::new(SourceId::new(), SourceKind::Path(Arc::from(path)));
    let blob = SourceCache::default().get(&source);
    blob.map(Bytes::new)
        .ok_or_else(|| font_error(path, "cannot be read".to_owned()))
}

fn font_error(path: &Path, reason: String) -> TypesettingError {
    TypesettingError::Font {
        path: path.display().to_string(),
        reason,
    }
}

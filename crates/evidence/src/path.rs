//! Tile coordinates and their URL paths (tlog-tiles, "Merkle Tree" and "Log entries").

use std::fmt;
use std::str::FromStr;

use tlog_tiles::HASH_SIZE;

use crate::entry::bundle_prefix;
use crate::error::Error;

/// Hashes or entries in a full tile.
pub const TILE_WIDTH: u16 = 256;
/// Tree levels that one tile spans.
pub(crate) const TILE_HEIGHT: u8 = 8;
/// The highest tile level that a path may name.
const MAX_LEVEL: u8 = 63;
/// Longer than any valid path, so that hostile ones are refused before they are split.
const MAX_PATH_BYTES: usize = 64;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Merkle tree hashes of a tile level (0 holds leaf hashes).
    Hashes {
        /// Tile level, 0 to 63.
        level: u8,
    },
    /// The log entries themselves.
    Entries,
}

/// Names one tile or entry bundle, full or partial.
///
/// The text form is what follows `<prefix>/tile/`: `0/x001/x234/067`, `1/000.p/17`, `entries/003`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    width: u16,
}

impl TilePath {
    /// A tile of hashes: `level` 0 to 63, `width` 1 to 256.
    ///
    /// # Errors
    /// If level or width lie outside these bounds.
    pub fn hashes(level: u8, index: u64, width: u16) -> Result<Self, Error> {
        Self::checked(TileKind::Hashes { level }, index, width)
    }

    /// A bundle of entries: `width` 1 to 256.
    ///
    /// # Errors
    /// If the width lies outside these bounds.
    pub fn entries(index: u64, width: u16) -> Result<Self, Error> {
        Self::checked(TileKind::Entries, index, width)
    }

    fn checked(kind: TileKind, index: u64, width: u16) -> Result<Self, Error> {
        let level_fits = !matches!(kind, TileKind::Hashes { level } if level > MAX_LEVEL);
        if level_fits && (1..=TILE_WIDTH).contains(&width) {
            Ok(Self { kind, index, width })
        } else {
            Err(Error::Malformed("tile path"))
        }
    }

    /// Parses the part of the URL after `<prefix>/tile/`; exactly one spelling of each tile is accepted.
    ///
    /// # Errors
    /// If the text is not a tile path as tlog-tiles spells it.
    pub fn parse(text: &str) -> Result<Self, Error> {
        text.parse()
    }

    /// Hashes of which level, or entries.
    #[must_use]
    pub fn kind(&self) -> TileKind {
        self.kind
    }

    /// Index of the tile within its level.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Hashes or entries that the tile holds, 1 to 256.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether the tile is full, and so final.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// Whether a tree of `size` leaves holds this tile, or a wider one that it can be cut from.
    #[must_use]
    pub fn exists_in(&self, size: u64) -> bool {
        let level = match self.kind {
            TileKind::Hashes { level } => level,
            TileKind::Entries => 0,
        };
        width_in(size, level, self.index).is_some_and(|there| self.width <= there)
    }

    /// Cuts this tile out of the bytes of the same or a wider version of it, so that a store needs to keep
    /// only the widest one. `None` if the bytes are too short or not a tile.
    #[must_use]
    pub fn cut<'a>(&self, wider: &'a [u8]) -> Option<&'a [u8]> {
        match self.kind {
            TileKind::Hashes { .. } => wider.get(..usize::from(self.width) * HASH_SIZE),
            TileKind::Entries => bundle_prefix(wider, self.width),
        }
    }

    /// Every tile and entry bundle of a tree of `size` leaves: level by level, then the bundles.
    pub fn all_in(size: u64) -> impl Iterator<Item = Self> {
        let levels = (0..).take_while(move |&level| hashes_at(size, level) > 0);
        levels
            .flat_map(move |level| Self::level_in(size, level))
            .chain(Self::bundles_in(size))
    }

    /// The tiles of one level of a tree of `size` leaves.
    pub(crate) fn level_in(size: u64, level: u8) -> impl Iterator<Item = Self> {
        Self::row(TileKind::Hashes { level }, hashes_at(size, level))
    }

    /// The entry bundles of a tree of `size` leaves.
    pub(crate) fn bundles_in(size: u64) -> impl Iterator<Item = Self> {
        Self::row(TileKind::Entries, size)
    }

    fn row(kind: TileKind, count: u64) -> impl Iterator<Item = Self> {
        (0..count.div_ceil(u64::from(TILE_WIDTH))).map(move |index| {
            let left = count - index * u64::from(TILE_WIDTH);
            Self {
                kind,
                index,
                width: clamp_width(left),
            }
        })
    }
}

/// How many complete hashes a tree of `size` leaves has at a tile level.
pub(crate) fn hashes_at(size: u64, level: u8) -> u64 {
    size.checked_shr(u32::from(TILE_HEIGHT) * u32::from(level))
        .unwrap_or(0)
}

/// The width that a tile has in a tree of `size` leaves, if it exists there.
pub(crate) fn width_in(size: u64, level: u8, index: u64) -> Option<u16> {
    let start = index.checked_mul(u64::from(TILE_WIDTH))?;
    let left = hashes_at(size, level)
        .checked_sub(start)
        .filter(|&left| left > 0)?;
    Some(clamp_width(left))
}

fn clamp_width(left: u64) -> u16 {
    u16::try_from(left).map_or(TILE_WIDTH, |left| left.min(TILE_WIDTH))
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes { level } => write!(f, "{level}/")?,
            TileKind::Entries => f.write_str("entries/")?,
        }
        write_index(f, self.index)?;
        if self.is_full() {
            Ok(())
        } else {
            write!(f, ".p/{}", self.width)
        }
    }
}

/// Three digits an element; all but the last begin with an `x`.
fn write_index(f: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    let mut groups = vec![index % 1000];
    let mut rest = index / 1000;
    while rest > 0 {
        groups.push(rest % 1000);
        rest /= 1000;
    }
    for group in groups.iter().skip(1).rev() {
        write!(f, "x{group:03}/")?;
    }
    write!(f, "{:03}", index % 1000)
}

impl FromStr for TilePath {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse_path(text)
            // One tile has one spelling: whatever does not print back the same is not a path.
            .filter(|path| path.to_string() == text)
            .ok_or(Error::Malformed("tile path"))
    }
}

fn parse_path(text: &str) -> Option<TilePath> {
    if text.len() > MAX_PATH_BYTES {
        return None;
    }
    let (kind, rest) = text.split_once('/')?;
    let kind = match kind {
        "entries" => TileKind::Entries,
        level => TileKind::Hashes {
            level: parse_decimal(level)?.try_into().ok()?,
        },
    };
    let (index, width) = match rest.split_once(".p/") {
        // A full tile never carries its width.
        Some((index, width)) => (
            index,
            parse_decimal(width).filter(|&w| w < u64::from(TILE_WIDTH))?,
        ),
        None => (rest, u64::from(TILE_WIDTH)),
    };
    TilePath::checked(kind, parse_index(index)?, width.try_into().ok()?).ok()
}

fn parse_index(text: &str) -> Option<u64> {
    let (parents, last) = match text.rsplit_once('/') {
        Some((parents, last)) => (Some(parents), last),
        None => (None, text),
    };
    let mut index = 0_u64;
    for parent in parents.into_iter().flat_map(|p| p.split('/')) {
        index = push_group(index, parent.strip_prefix('x')?)?;
    }
    push_group(index, last)
}

fn push_group(index: u64, digits: &str) -> Option<u64> {
    if digits.len() != 3 {
        return None;
    }
    index.checked_mul(1000)?.checked_add(parse_decimal(digits)?)
}

/// ASCII digits only: `u64::from_str` would also take a leading plus.
fn parse_decimal(text: &str) -> Option<u64> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

//! Files that invented enterprises hand in: real PDFs and PNGs, small, and marked as invented.

use std::{
    collections::BTreeMap,
    io::Cursor,
    sync::{Arc, Mutex, PoisonError},
};

use image::{ImageFormat, Rgb, RgbImage};
use lopdf::{
    Document, Object, Stream, StringFormat,
    content::{Content, Operation},
    dictionary,
};

use crate::DemoError;

/// A4 in points.
const PAGE: [i64; 2] = [595, 842];
/// Left margin and first baseline in points.
const START: [i64; 2] = [72, 760];
/// Size of a scan in pixels.
const SCAN: [u32; 2] = [210, 150];
const PAPER: Rgb<u8> = Rgb([250, 248, 240]);
const INK: Rgb<u8> = Rgb([96, 100, 108]);
const FRAME: Rgb<u8> = Rgb([176, 150, 96]);
const SEAL: Rgb<u8> = Rgb([196, 44, 36]);

/// The files, each made once: enterprises hand in the same ones, as forms from one printer.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<BTreeMap<Material, Arc<Vec<u8>>>>);

/// A file that can be handed in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Material {
    /// Name of the material.
    pub name: String,
    /// A scan instead of a page.
    pub is_scan: bool,
    /// Handed in after a correction notice.
    pub mended: bool,
    /// One of several that differ a little.
    pub variant: u8,
}

impl Shelf {
    /// The content of a file.
    pub fn take(&self, material: &Material) -> Result<Arc<Vec<u8>>, DemoError> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = made.get(material) {
            return Ok(Arc::clone(known));
        }
        let bytes = Arc::new(material.make()?);
        made.insert(material.clone(), Arc::clone(&bytes));
        Ok(bytes)
    }
}

impl Material {
    /// Name of the file.
    pub fn file_name(&self) -> String {
        let ending = if self.is_scan { "png" } else { "pdf" };
        format!("{}{}.{ending}", self.name, self.suffix())
    }

    fn suffix(&self) -> &'static str {
        if self.mended { "（补正）" } else { "" }
    }

    fn make(&self) -> Result<Vec<u8>, DemoError> {
        if self.is_scan {
            // Any number will do, as long as no other material has it.
            let sign = self.name.bytes().fold(u64::from(self.variant), |sign, byte| {
                sign.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)
            });
            return png(sign ^ (u64::from(self.mended) << 7));
        }
        let title: String = self.name.chars().take(24).collect();
        let lines = [
            format!("演示材料 第{}号样本", self.variant + 1),
            "申请人信息见申请表；签字、盖章和日期均为示意。".to_owned(),
            "本文件为演示数据，内容全部虚构，不具有任何效力。".to_owned(),
        ];
        pdf(&format!("{title}{}", self.suffix()), &lines)
    }
}

/// A page with a title and lines of text. The font is one that every reader brings for GB 1, so the file stays
/// small.
fn pdf(title: &str, lines: &[String]) -> Result<Vec<u8>, DemoError> {
    let mut file = Document::with_version("1.5");
    let pages = file.new_object_id();
    let font = font(&mut file);
    let content = Content {
        operations: text(title, lines),
    };
    let content = file.add_object(Stream::new(dictionary! {}, content.encode()?));
    let page = file.add_object(dictionary! {
        "Type" => "Page",
        "Parent" => pages,
        "MediaBox" => vec![0.into(), 0.into(), PAGE[0].into(), PAGE[1].into()],
        "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
        "Contents" => content,
    });
    let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    file.objects.insert(pages, Object::Dictionary(tree));
    let catalog = file.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    file.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    file.save_to(&mut bytes)
        .map_err(|error| DemoError::Material(lopdf::Error::from(error)))?;
    Ok(bytes)
}

/// STSong-Light, not embedded: one of the fonts that PDF readers keep for Adobe-GB1.
fn font(file: &mut Document) -> lopdf::ObjectId {
    let descriptor = file.add_object(dictionary! {
        "Type" => "FontDescriptor",
        "FontName" => "STSong-Light",
        "Flags" => 6,
        "FontBBox" => vec![(-25).into(), (-254).into(), 1000.into(), 880.into()],
        "ItalicAngle" => 0,
        "Ascent" => 880,
        "Descent" => -120,
        "CapHeight" => 880,
        "StemV" => 93,
    });
    let system = dictionary! {
        "Registry" => Object::string_literal("Adobe"),
        "Ordering" => Object::string_literal("GB1"),
        "Supplement" => 4,
    };
    let descendant = file.add_object(dictionary! {
        "Type" => "Font",
        "Subtype" => "CIDFontType0",
        "BaseFont" => "STSong-Light",
        "CIDSystemInfo" => system,
        "FontDescriptor" => descriptor,
        "DW" => 1000,
    });
    file.add_object(dictionary! {
        "Type" => "Font",
        "Subtype" => "Type0",
        "BaseFont" => "STSong-Light",
        "Encoding" => "UniGB-UCS2-H",
        "DescendantFonts" => vec![descendant.into()],
    })
}

fn text(title: &str, lines: &[String]) -> Vec<Operation> {
    let mut operations = vec![Operation::new("BT", Vec::new())];
    operations.extend(line(title, 20, START));
    for text in lines {
        operations.extend(line(text, 12, [0, -30]));
    }
    operations.push(Operation::new("ET", Vec::new()));
    operations
}

fn line(text: &str, size: i64, step: [i64; 2]) -> [Operation; 3] {
    let code_units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let string = Object::String(code_units, StringFormat::Hexadecimal);
    [
        Operation::new("Tf", vec!["F1".into(), size.into()]),
        Operation::new("Td", vec![step[0].into(), step[1].into()]),
        Operation::new("Tj", vec![string]),
    ]
}

/// What the scan of a certificate looks like from afar: a frame, lines and a seal. No two are the same.
fn png(sign: u64) -> Result<Vec<u8>, DemoError> {
    let mut scan = RgbImage::from_pixel(SCAN[0], SCAN[1], PAPER);
    for (x, y, pixel) in scan.enumerate_pixels_mut() {
        if let Some(ink) = ink(x, y, sign) {
            *pixel = ink;
        }
    }
    let mut bytes = Cursor::new(Vec::new());
    scan.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// The colour of a pixel that is not paper.
fn ink(x: u32, y: u32, sign: u64) -> Option<Rgb<u8>> {
    let edge = x.min(SCAN[0] - 1 - x).min(y).min(SCAN[1] - 1 - y);
    if (4..6).contains(&edge) {
        return Some(FRAME);
    }
    let (from_seal_x, from_seal_y) = (x.abs_diff(165), y.abs_diff(110));
    let distance = from_seal_x * from_seal_x + from_seal_y * from_seal_y;
    if (17 * 17..20 * 20).contains(&distance) || distance < 4 * 4 {
        return Some(SEAL);
    }
    // Eight lines, each as long as the next byte of the sign says.
    let row = y.checked_sub(24)?;
    let length = 30 + u32::from(sign.to_be_bytes().get(row as usize / 12).copied()?) / 2;
    let is_line = row % 12 < 3 && (18..18 + length).contains(&x);
    is_line.then_some(INK)
}

#[cfg(test)]
mod tests {
    use kernel::blobs::{FileKind, sniff};

    use super::*;

    #[test]
    fn files_are_what_they_claim() {
        let page = pdf("安全评价报告", &["南昌演示云帆化工有限公司".into()]).unwrap();
        assert_eq!(sniff(&page).unwrap().0, FileKind::Pdf);
        let read = Document::load_mem(&page).unwrap();
        assert_eq!(read.get_pages().len(), 1);
        let scan = png(7).unwrap();
        assert_eq!(sniff(&scan).unwrap().0, FileKind::Picture);
        assert!(image::load_from_memory(&scan).is_ok());
        assert!(page.len() < 4_000 && scan.len() < 20_000);
    }

    #[test]
    fn every_file_differs_and_is_made_once() {
        let shelf = Shelf::default();
        let first = Material {
            name: "营业执照".into(),
            is_scan: true,
            mended: false,
            variant: 0,
        };
        let second = Material {
            variant: 1,
            ..first.clone()
        };
        let mended = Material {
            mended: true,
            ..first.clone()
        };
        let page = Material {
            is_scan: false,
            ..first.clone()
        };
        let take = |material: &Material| shelf.take(material).unwrap();
        assert!(Arc::ptr_eq(&take(&first), &take(&first)));
        assert_ne!(take(&first), take(&second));
        assert_ne!(take(&first), take(&mended));
        assert_ne!(take(&first), take(&page));
        assert_eq!(mended.file_name(), "营业执照（补正）.png");
    }
}

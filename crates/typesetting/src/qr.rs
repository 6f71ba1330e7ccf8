//! QR codes as SVG drawings.

use std::fmt::Write;

use fast_qr::{ECL, QRBuilder, QRCode};

use crate::{Result, TypesettingError};

/// Quiet zone in modules (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;

/// A drawn QR code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// SVG with one unit a module, quiet zone included, black on white.
    pub svg: String,
    /// Version 1–40.
    pub version: u8,
}

/// Draws the text as a QR code with error correction level H. Text of the 45 alphanumeric characters (upper case)
/// takes 5.5 bits a character, any other text 8.
pub fn qr_svg(text: &str) -> Result<Qr> {
    let code = QRBuilder::new(text)
        .ecl(ECL::H)
        .build()
        .map_err(|_| TypesettingError::QrTooLong(text.len()))?;
    // Side length is 4 × version + 17 (ISO/IEC 18004, 6.3.1), so the version is below 41.
    let version = u8::try_from(code.size.saturating_sub(17) / 4).unwrap_or(u8::MAX);
    Ok(Qr {
        svg: draw(&code),
        version,
    })
}

/// One stroked path of horizontal runs: a third of the size of filled squares, and without seams between modules.
fn draw(code: &QRCode) -> String {
    let mut path = String::new();
    for y in 0..code.size {
        for (x, width) in runs(code, y) {
            // Writing into a String cannot fail.
            let _ = write!(path, "M{} {}.5h{width}", x + QUIET, y + QUIET);
        }
    }
    let side = code.size + 2 * QUIET;
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {side} {side}' shape-rendering='crispEdges'>\
         <rect width='{side}' height='{side}' fill='#fff'/><path stroke='#000' d='{path}'/></svg>"
    )
}

/// The dark runs of a row as (start, length).
fn runs(code: &QRCode, y: usize) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for x in (0..code.size).filter(|&x| code[y][x].value()) {
        match runs.last_mut() {
            Some((start, length)) if *start + *length == x => *length += 1,
            _ => runs.push((x, 1)),
        }
    }
    runs
}

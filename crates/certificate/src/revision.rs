//! The signature as an incremental update of the PDF (ISO 32000-1, 7.5.6 and 12.8).
//!
//! The original bytes stay untouched; a new revision adds the signature field and its value. The input is what
//! our own typesetter writes: one revision, a classic cross-reference table, no object streams, no form.
//! Everything else is refused, so this small reader never has to guess.

use crate::CertificateError;

type Result<T> = std::result::Result<T, &'static str>;

/// Name of the signature field.
const FIELD: &str = "IssuerSeal";
/// Annotation flags Print and Locked (ISO 32000-1, table 165).
const FLAGS: u8 = 132;
/// Room for `0 a b c` in the ByteRange.
const RANGE_ROOM: usize = 44;
/// Objects that the revision adds: field, signature, appearance.
const ADDED: u32 = 3;

/// What the signature dictionary says. Only the timestamp proves the time.
pub(crate) struct Statement<'a> {
    pub(crate) name: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) location: &'a str,
    /// PDF date, such as `D:20261121080000Z`.
    pub(crate) date: &'a str,
    /// Page (from 1) and rectangle of the field; without it the field is invisible.
    pub(crate) seal: Option<(usize, [f64; 4])>,
    /// Bytes reserved for the CMS structure.
    pub(crate) reserve: usize,
}

/// A PDF with an empty signature.
pub(crate) struct Revision {
    bytes: Vec<u8>,
    /// Offset of `<` of the hexadecimal string.
    start: usize,
    /// Offset behind `>`.
    end: usize,
}

impl Revision {
    /// Appends the signature revision with an empty value.
    pub(crate) fn prepare(
        pdf: &[u8],
        statement: &Statement<'_>,
    ) -> std::result::Result<Self, CertificateError> {
        prepare(pdf, statement).map_err(CertificateError::Revision)
    }

    /// The bytes that the signature covers: everything but the hexadecimal string.
    pub(crate) fn signed_bytes(&self) -> Vec<u8> {
        [&self.bytes[..self.start], &self.bytes[self.end..]].concat()
    }

    /// Writes the CMS structure into its place.
    pub(crate) fn fill(mut self, cms: &[u8]) -> std::result::Result<Vec<u8>, CertificateError> {
        let room = &mut self.bytes[self.start + 1..self.end - 1];
        let hex = data_encoding::HEXLOWER.encode(cms);
        match room.get_mut(..hex.len()) {
            Some(place) => place.copy_from_slice(hex.as_bytes()),
            None => {
                return Err(CertificateError::Reserve {
                    needed: cms.len(),
                    reserved: room.len() / 2,
                });
            }
        }
        Ok(self.bytes)
    }
}

fn prepare(pdf: &[u8], statement: &Statement<'_>) -> Result<Revision> {
    let source = Source::parse(pdf)?;
    let catalog = source.dictionary(source.root)?;
    if find(catalog, b"/AcroForm").is_some() || find(catalog, b"/Perms").is_some() {
        return Err("it has a form already");
    }
    let (page_number, rectangle) = statement.seal.unwrap_or((1, [0.0; 4]));
    let page = source.page(page_number)?;
    let (field, signature, appearance) = (source.size, source.size + 1, source.size + 2);

    let mut writer = Writer::new(pdf, statement.reserve);
    writer.object(source.root, &with_form(catalog, field, signature));
    writer.object(page, &with_annotation(source.dictionary(page)?, field)?);
    writer.object(
        field,
        &field_dictionary(statement, rectangle, page, signature, appearance),
    );
    let (range, start, end) = writer.signature(signature, statement);
    writer.object(appearance, &appearance_stream(rectangle));
    writer.finish(&source);
    let mut bytes = writer.bytes;
    write_range(&mut bytes, range, start, end);
    Ok(Revision { bytes, start, end })
}

/// The single revision of our own PDF.
struct Source<'a> {
    bytes: &'a [u8],
    xref: usize,
    offsets: Vec<usize>,
    size: u32,
    root: u32,
    info: Option<u32>,
    id: &'a [u8],
}

impl<'a> Source<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self> {
        let tail = bytes.len().saturating_sub(64);
        let startxref = tail + rfind(&bytes[tail..], b"startxref").ok_or("no startxref")?;
        let xref = number(&bytes[startxref + 9..]).ok_or("no startxref")?;
        let table = bytes
            .get(xref..startxref)
            .filter(|table| table.starts_with(b"xref"));
        let table = table.ok_or("its cross-reference table is not a classic one")?;
        let (offsets, trailer) = read_table(table)?;
        if find(trailer, b"/Prev").is_some() || find(trailer, b"/Encrypt").is_some() {
            return Err("it is updated or encrypted already");
        }
        let reference = |key: &[u8]| {
            let value = number(&trailer[find(trailer, key)? + key.len()..])?;
            u32::try_from(value).ok()
        };
        Ok(Self {
            bytes,
            xref,
            size: u32::try_from(offsets.len()).map_err(|_| "too many objects")?,
            offsets,
            root: reference(b"/Root").ok_or("no catalog")?,
            info: reference(b"/Info"),
            id: file_id(trailer).ok_or("no file identifier")?,
        })
    }

    /// The `<< … >>` of an indirect object.
    fn dictionary(&self, object: u32) -> Result<&'a [u8]> {
        const BROKEN: &str = "a dictionary is not readable";
        let offset = *self.offsets.get(object as usize).ok_or(BROKEN)?;
        let body = self.bytes.get(offset..).ok_or(BROKEN)?;
        let body = &body[..find(body, b"endobj").ok_or(BROKEN)?];
        let start = find(body, b"<<").ok_or(BROKEN)?;
        let end = rfind(body, b">>").ok_or(BROKEN)? + 2;
        body.get(start..end).ok_or(BROKEN)
    }

    /// Object number of a page (from 1), by walking the page tree.
    fn page(&self, number: usize) -> Result<u32> {
        let catalog = self.dictionary(self.root)?;
        let tree = references(catalog, b"/Pages")?;
        let mut leaves = Vec::new();
        self.leaves(*tree.first().ok_or("no pages")?, &mut leaves, 0)?;
        leaves.get(number.wrapping_sub(1)).copied().ok_or("no such page")
    }

    fn leaves(&self, node: u32, leaves: &mut Vec<u32>, depth: usize) -> Result<()> {
        let dictionary = self.dictionary(node)?;
        if find(dictionary, b"/Kids").is_none() {
            leaves.push(node);
            return Ok(());
        }
        if depth > 8 {
            return Err("its page tree is too deep");
        }
        references(dictionary, b"/Kids")?
            .into_iter()
            .try_for_each(|kid| self.leaves(kid, leaves, depth + 1))
    }
}

/// Offsets by object number, and the rest of the table (the trailer).
fn read_table(table: &[u8]) -> Result<(Vec<usize>, &[u8])> {
    const BROKEN: &str = "its cross-reference table is not readable";
    let head = find(table, b"0 ")
        .filter(|&start| start < 8)
        .ok_or("its table has several sections")?;
    let count = number(&table[head + 2..]).ok_or(BROKEN)?;
    let first = head + find(&table[head..], b"\n").ok_or(BROKEN)? + 1;
    let entries = table
        .get(first..first + count.checked_mul(20).ok_or(BROKEN)?)
        .ok_or(BROKEN)?;
    let offsets = entries
        .chunks(20)
        .map(|entry| number(&entry[..10]).ok_or(BROKEN))
        .collect::<Result<_>>()?;
    let trailer = &table[first + entries.len()..];
    if trailer.starts_with(b"trailer") {
        Ok((offsets, trailer))
    } else {
        Err("its table has several sections")
    }
}

/// The inside of `/ID [ … ]`.
fn file_id(trailer: &[u8]) -> Option<&[u8]> {
    let rest = &trailer[find(trailer, b"/ID")?..];
    let open = find(rest, b"[")?;
    // Identifiers may be literal strings with brackets inside; the array is the last one of the trailer.
    let close = rfind(rest, b"]")?;
    rest.get(open + 1..close)
}

/// The object numbers in `/Key n 0 R` or `/Key [n 0 R m 0 R …]`.
fn references(dictionary: &[u8], key: &[u8]) -> Result<Vec<u32>> {
    const BROKEN: &str = "a reference is not readable";
    let rest = &dictionary[find(dictionary, key).ok_or(BROKEN)? + key.len()..];
    let text = match rest.trim_ascii_start().strip_prefix(b"[") {
        Some(array) => &array[..find(array, b"]").ok_or(BROKEN)?],
        None => &rest[..find(rest, b"R").ok_or(BROKEN)? + 1],
    };
    let text = std::str::from_utf8(text).map_err(|_| BROKEN)?;
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    words
        .chunks(3)
        .map(|words| match words {
            [number, "0", "R"] => number.parse().map_err(|_| BROKEN),
            _ => Err(BROKEN),
        })
        .collect()
}

/// Collects new objects behind the original bytes.
struct Writer {
    bytes: Vec<u8>,
    objects: Vec<(u32, usize)>,
}

impl Writer {
    fn new(pdf: &[u8], reserve: usize) -> Self {
        let mut bytes = Vec::with_capacity(pdf.len() + 8192 + 2 * reserve);
        bytes.extend_from_slice(pdf);
        if bytes.last() != Some(&b'\n') {
            bytes.push(b'\n');
        }
        Self {
            bytes,
            objects: Vec::new(),
        }
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn object(&mut self, number: u32, body: &[u8]) {
        self.objects.push((number, self.bytes.len()));
        self.text(&format!("{number} 0 obj\n"));
        self.bytes.extend_from_slice(body);
        self.text("\nendobj\n");
    }

    /// The signature dictionary with room for range and value; gives their places.
    fn signature(&mut self, number: u32, statement: &Statement<'_>) -> (usize, usize, usize) {
        self.objects.push((number, self.bytes.len()));
        let (name, reason) = (utf16(statement.name), utf16(statement.reason));
        let (location, date) = (utf16(statement.location), statement.date);
        self.text(&format!(
            "{number} 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M({date})/Name{name}\
             /Reason{reason}/Location{location}/Reference[<</Type/SigRef/TransformMethod/DocMDP\
             /TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]/ByteRange["
        ));
        let range = self.bytes.len();
        self.bytes.resize(range + RANGE_ROOM, b' ');
        self.text("]/Contents");
        let start = self.bytes.len();
        self.bytes.push(b'<');
        self.bytes.resize(start + 1 + 2 * statement.reserve, b'0');
        self.bytes.push(b'>');
        let end = self.bytes.len();
        self.text(">>\nendobj\n");
        (range, start, end)
    }

    /// Cross-reference table and trailer of the new revision.
    fn finish(&mut self, source: &Source<'_>) {
        let start = self.bytes.len();
        self.objects.sort_unstable();
        let mut table = String::from("xref\n0 1\n0000000000 65535 f \n");
        for run in self.objects.chunk_by(|one, next| one.0 + 1 == next.0) {
            table.push_str(&format!(
                "{} {}\n",
                run.first().map_or(0, |first| first.0),
                run.len()
            ));
            run.iter()
                .for_each(|(_, offset)| table.push_str(&format!("{offset:010} 00000 n \n")));
        }
        self.text(&table);
        let info = source
            .info
            .map(|info| format!("/Info {info} 0 R"))
            .unwrap_or_default();
        let (size, root, previous) = (source.size + ADDED, source.root, source.xref);
        self.text(&format!(
            "trailer\n<</Size {size}/Root {root} 0 R{info}/Prev {previous}/ID["
        ));
        self.bytes.extend_from_slice(source.id);
        self.text(&format!("]>>\nstartxref\n{start}\n%%EOF\n"));
    }
}

fn write_range(bytes: &mut [u8], place: usize, start: usize, end: usize) {
    let range = format!("0 {start} {end} {}", bytes.len() - end);
    bytes[place..place + range.len()].copy_from_slice(range.as_bytes());
}

/// The dictionary with more entries at its end.
fn with(dictionary: &[u8], entries: &str) -> Vec<u8> {
    let inner = dictionary.strip_suffix(b">>").unwrap_or(dictionary);
    [inner, entries.as_bytes(), b">>"].concat()
}

fn with_form(catalog: &[u8], field: u32, signature: u32) -> Vec<u8> {
    let form = format!("/AcroForm<</Fields[{field} 0 R]/SigFlags 3>>/Perms<</DocMDP {signature} 0 R>>");
    with(catalog, &form)
}

fn with_annotation(page: &[u8], field: u32) -> Result<Vec<u8>> {
    const KEY: &[u8] = b"/Annots";
    let Some(at) = find(page, KEY) else {
        return Ok(with(page, &format!("/Annots[{field} 0 R]")));
    };
    let (before, rest) = page.split_at(at + KEY.len());
    let list = rest
        .trim_ascii_start()
        .strip_prefix(b"[")
        .ok_or("its annotations are not a plain list")?;
    Ok([before, format!("[{field} 0 R ").as_bytes(), list].concat())
}

fn field_dictionary(
    statement: &Statement<'_>,
    [left, bottom, right, top]: [f64; 4],
    page: u32,
    signature: u32,
    appearance: u32,
) -> Vec<u8> {
    let text = utf16(statement.reason);
    format!(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T({FIELD})/TU{text}/Contents{text}/V {signature} 0 R/F {FLAGS}\
         /Rect[{left:.2} {bottom:.2} {right:.2} {top:.2}]/P {page} 0 R/AP<</N {appearance} 0 R>>>>"
    )
    .into_bytes()
}

/// An empty appearance: the seal is part of the page; the field only makes it clickable.
fn appearance_stream([left, bottom, right, top]: [f64; 4]) -> Vec<u8> {
    let (width, height) = (right - left, top - bottom);
    format!(
        "<</Type/XObject/Subtype/Form/BBox[0 0 {width:.2} {height:.2}]/Resources<<>>/Length 0>>\n\
         stream\n\nendstream"
    )
    .into_bytes()
}

/// Text string as hexadecimal UTF-16 with byte order mark (ISO 32000-1, 7.9.2.2).
fn utf16(text: &str) -> String {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    format!("<FEFF{}>", data_encoding::HEXUPPER.encode(&units))
}

fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).position(|window| window == pattern)
}

fn rfind(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).rposition(|window| window == pattern)
}

/// The first decimal number of a text.
fn number(text: &[u8]) -> Option<usize> {
    let start = text.iter().position(u8::is_ascii_digit)?;
    let digits = text[start..].split(|byte| !byte.is_ascii_digit()).next()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

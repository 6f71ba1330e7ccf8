//! The outside of a signed PDF: where the signature is and what it covers. lopdf reads; the rules here are
//! stricter than the format.

use der::asn1::AnyRef;
use der::{Decode, Encode, Reader, SliceReader};
use lopdf::{Dictionary, Document, LoadOptions, Object};

/// Larger files are not read.
const MAX_FILE: usize = 32 << 20;
/// Streams that unpack to more than this are not read.
const MAX_STREAM: usize = 8 << 20;
/// The only kind of signature that is issued (ISO 32000-2, 12.8.3.4).
const SUBFILTER: &[u8] = b"ETSI.CAdES.detached";

/// Why a file is not an intact signed document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EnvelopeFault {
    /// Not a PDF, or too large.
    NotPdf,
    /// A PDF without any signature.
    Unsigned,
    /// The structure of the PDF is damaged.
    Damaged,
    /// There were signatures, but the document no longer refers to one.
    Removed,
    /// More than one signature.
    Several(usize),
    /// Not a PAdES signature.
    Kind,
    /// Bytes were added behind the signed range.
    Appended(usize),
    /// The file ends before the signed range does.
    Truncated,
    /// The range does not fit the file: it was written anew by a program.
    Rewritten,
    /// The value of the signature is not one DER structure followed by zeros.
    Value,
}

/// A readable document; `signature` tells whether it is intact on the outside.
pub(super) struct Envelope<'a> {
    document: Document,
    pub(super) signature: Result<Covered<'a>, EnvelopeFault>,
}

/// A signature that covers the whole file.
pub(super) struct Covered<'a> {
    /// Before and behind the value.
    parts: [&'a [u8]; 2],
    /// The CMS structure.
    pub(super) cms: Vec<u8>,
}

impl Covered<'_> {
    pub(super) fn signed_bytes(&self) -> Vec<u8> {
        self.parts.concat()
    }
}

impl<'a> Envelope<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, EnvelopeFault> {
        if !bytes.starts_with(b"%PDF-") || bytes.len() > MAX_FILE {
            return Err(EnvelopeFault::NotPdf);
        }
        let strict = load(bytes, true);
        let damaged = strict.is_none();
        // A lenient look at a damaged file only serves to tell what is left of it.
        let Some(document) = strict.or_else(|| load(bytes, false)) else {
            return Err(EnvelopeFault::Damaged);
        };
        let signature = match find_signature(&document, bytes) {
            Ok(_) if damaged => Err(EnvelopeFault::Damaged),
            other => other,
        };
        Ok(Self { document, signature })
    }

    /// The attached file of that name, if there is exactly one.
    pub(super) fn attachment(&self, name: &str) -> Option<Vec<u8>> {
        let specifications: Vec<&Dictionary> = self
            .document
            .objects
            .values()
            .filter_map(|object| object.as_dict().ok())
            .filter(|dictionary| is_file(dictionary, name))
            .collect();
        let [specification] = specifications.as_slice() else {
            return None;
        };
        let embedded = self.dictionary(specification.get(b"EF").ok()?)?;
        let file = embedded.get(b"UF").or_else(|_| embedded.get(b"F")).ok()?;
        let stream = self.document.dereference(file).ok()?.1.as_stream().ok()?;
        stream.get_plain_content_with_limit(MAX_STREAM).ok()
    }

    /// The addresses of all links.
    pub(super) fn links(&self) -> Vec<String> {
        let dictionaries = self
            .document
            .objects
            .values()
            .filter_map(|object| object.as_dict().ok());
        let links = dictionaries.filter(|dictionary| name_is(dictionary, b"Subtype", b"Link"));
        links
            .filter_map(|link| {
                let action = self.dictionary(link.get(b"A").ok()?)?;
                let address = self
                    .document
                    .dereference(action.get(b"URI").ok()?)
                    .ok()?
                    .1
                    .as_str()
                    .ok()?;
                String::from_utf8(address.to_vec()).ok()
            })
            .collect()
    }

    fn dictionary<'b>(&'b self, object: &'b Object) -> Option<&'b Dictionary> {
        self.document.dereference(object).ok()?.1.as_dict().ok()
    }
}

fn load(bytes: &[u8], strict: bool) -> Option<Document> {
    let options = LoadOptions {
        strict,
        max_decompressed_size: Some(MAX_STREAM),
        ..LoadOptions::default()
    };
    // A parser bug must not take the server down with it.
    std::panic::catch_unwind(|| Document::load_mem_with_options(bytes, options).ok())
        .ok()
        .flatten()
}

fn find_signature<'a>(document: &Document, bytes: &'a [u8]) -> Result<Covered<'a>, EnvelopeFault> {
    let values = signature_values(document);
    let dictionary = match values.as_slice() {
        [] if contains(bytes, b"/ByteRange") => return Err(EnvelopeFault::Removed),
        [] => return Err(EnvelopeFault::Unsigned),
        [single] => *single,
        several => return Err(EnvelopeFault::Several(several.len())),
    };
    if !is_field_value(document, dictionary) {
        return Err(EnvelopeFault::Removed);
    }
    if !name_is(dictionary, b"SubFilter", SUBFILTER) {
        return Err(EnvelopeFault::Kind);
    }
    cover(dictionary, bytes)
}

/// Every dictionary that looks like a signature value, whether or not a field refers to it.
fn signature_values(document: &Document) -> Vec<&Dictionary> {
    let dictionaries = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok());
    dictionaries
        .filter(|dictionary| dictionary.has(b"ByteRange") || name_is(dictionary, b"Type", b"Sig"))
        .collect()
}

/// Whether the value belongs to the only field of the document's form.
fn is_field_value(document: &Document, value: &Dictionary) -> bool {
    let field = || {
        let form = document
            .catalog()
            .ok()?
            .get_deref(b"AcroForm", document)
            .ok()?
            .as_dict()
            .ok()?;
        let fields = form.get_deref(b"Fields", document).ok()?.as_array().ok()?;
        let [field] = fields.as_slice() else { return None };
        let field = document.dereference(field).ok()?.1.as_dict().ok()?;
        field.get_deref(b"V", document).ok()?.as_dict().ok()
    };
    field() == Some(value)
}

/// The range must be `[0 a b c]` with the hexadecimal value, and nothing else, between `a` and `b`, and `b + c`
/// the end of the file.
fn cover<'a>(dictionary: &Dictionary, bytes: &'a [u8]) -> Result<Covered<'a>, EnvelopeFault> {
    let range = dictionary
        .get(b"ByteRange")
        .and_then(Object::as_array)
        .map_err(|_| EnvelopeFault::Kind)?;
    let numbers: Option<Vec<usize>> = range
        .iter()
        .map(|number| number.as_i64().ok().and_then(|number| number.try_into().ok()))
        .collect();
    let Some([0, start, end, rest]) = numbers.and_then(|numbers| <[usize; 4]>::try_from(numbers).ok()) else {
        return Err(EnvelopeFault::Rewritten);
    };
    let covered = end.checked_add(rest).ok_or(EnvelopeFault::Rewritten)?;
    if covered > bytes.len() {
        // A re-saved file is often shorter than the old range; a cut one still has its value in place.
        let in_place = bytes
            .get(start..end)
            .is_some_and(|gap| hexadecimal(gap).is_some());
        return Err(if in_place {
            EnvelopeFault::Truncated
        } else {
            EnvelopeFault::Rewritten
        });
    }
    let value = bytes
        .get(start..end)
        .and_then(hexadecimal)
        .ok_or(EnvelopeFault::Rewritten)?;
    let stated = dictionary
        .get(b"Contents")
        .and_then(Object::as_str)
        .map_err(|_| EnvelopeFault::Kind)?;
    if stated != value {
        return Err(EnvelopeFault::Rewritten);
    }
    if covered < bytes.len() {
        return Err(EnvelopeFault::Appended(bytes.len() - covered));
    }
    let cms = leading_der(&value).ok_or(EnvelopeFault::Value)?;
    Ok(Covered {
        parts: [&bytes[..start], &bytes[end..]],
        cms,
    })
}

/// The bytes of `<…>` with nothing but lower-case hexadecimal digits inside, which is how we write them: a digit in
/// upper case would be a change that no signature could show.
fn hexadecimal(gap: &[u8]) -> Option<Vec<u8>> {
    let digits = gap.strip_prefix(b"<")?.strip_suffix(b">")?;
    data_encoding::HEXLOWER.decode(digits).ok()
}

/// The DER structure at the front, if only zeros follow.
fn leading_der(value: &[u8]) -> Option<Vec<u8>> {
    let mut reader = SliceReader::new(value).ok()?;
    let der = AnyRef::decode(&mut reader).ok()?.to_der().ok()?;
    let padding = value.get(usize::try_from(reader.position()).ok()?..)?;
    padding.iter().all(|&byte| byte == 0).then_some(der)
}

fn is_file(dictionary: &Dictionary, name: &str) -> bool {
    let stated = dictionary
        .get(b"UF")
        .or_else(|_| dictionary.get(b"F"))
        .and_then(lopdf::decode_text_string);
    dictionary.has(b"EF") && stated.is_ok_and(|stated| stated == name)
}

fn name_is(dictionary: &Dictionary, key: &[u8], name: &[u8]) -> bool {
    dictionary
        .get(key)
        .and_then(Object::as_name)
        .is_ok_and(|stated| stated == name)
}

fn contains(bytes: &[u8], pattern: &[u8]) -> bool {
    bytes.windows(pattern.len()).any(|window| window == pattern)
}

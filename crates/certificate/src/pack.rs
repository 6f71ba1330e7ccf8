//! Short forms inside the QR message. Every short form is used only when it reads back as exactly the same text;
//! anything else goes in as CBOR text.

use ciborium::Value;
use encoding_rs::GB18030;
use time::macros::date;
use time::{Date, Duration};

/// Day zero of the day numbers.
const EPOCH: Date = date!(2000 - 01 - 01);

/// Abbreviations of the 31 provincial-level divisions in the order of GB/T 2260. The position is part of the
/// format: never reorder, only append.
const PROVINCES: [char; 31] = [
    '京', '津', '冀', '晋', '蒙', '辽', '吉', '黑', '沪', '苏', '浙', '皖', '闽', '赣', '鲁', '豫', '鄂',
    '湘', '粤', '桂', '琼', '渝', '川', '贵', '云', '藏', '陕', '甘', '青', '宁', '新',
];

/// Bracket pairs in use around the province and the year. The position is part of the format.
const BRACKETS: [[char; 4]; 4] = [
    ['（', '）', '〔', '〕'],
    ['(', ')', '[', ']'],
    ['（', '）', '[', ']'],
    ['（', '）', '【', '】'],
];

/// The words between type letters and year.
const WORDS: &str = "安许证字";

/// First year that fits into one byte.
const FIRST_YEAR: u16 = 2000;

/// The parts of a licence number of the usual shape, （赣）WH安许证字〔2026〕000123.
#[derive(Debug, PartialEq, Eq)]
struct Number {
    brackets: u8,
    province: u8,
    letters: String,
    year: u8,
    digits: u8,
    serial: u32,
}

impl Number {
    fn parse(text: &str) -> Option<Self> {
        let mut characters = text.chars();
        let open = characters.next()?;
        let province = characters.next()?;
        let rest = characters.as_str();
        let (brackets, [_, close, open_year, close_year]) =
            BRACKETS.iter().enumerate().find(|(_, set)| {
                set[0] == open && rest.starts_with(set[1]) && rest.contains(set[2]) && rest.contains(set[3])
            })?;
        let (letters, rest) = rest.strip_prefix(*close)?.split_once(WORDS)?;
        let (year, serial) = rest.strip_prefix(*open_year)?.split_once(*close_year)?;
        Some(Self {
            brackets: u8::try_from(brackets).ok()?,
            province: u8::try_from(PROVINCES.iter().position(|&known| known == province)?).ok()?,
            letters: letters.to_owned(),
            year: u8::try_from(year.parse::<u16>().ok()?.checked_sub(FIRST_YEAR)?).ok()?,
            digits: u8::try_from(serial.len()).ok()?,
            serial: serial.parse().ok()?,
        })
    }

    fn text(&self) -> Option<String> {
        let [open, close, open_year, close_year] = BRACKETS.get(usize::from(self.brackets))?;
        let province = PROVINCES.get(usize::from(self.province))?;
        let year = FIRST_YEAR + u16::from(self.year);
        let (letters, serial, digits) = (&self.letters, self.serial, usize::from(self.digits));
        Some(format!(
            "{open}{province}{close}{letters}{WORDS}{open_year}{year}{close_year}{serial:0digits$}"
        ))
    }

    /// `[brackets | province << 2, year, letters | digits << 4, letters…, serial big-endian without leading zeros]`
    fn bytes(&self) -> Option<Vec<u8>> {
        let letters = u8::try_from(self.letters.len())
            .ok()
            .filter(|&count| count < 16)?;
        let digits = (self.digits < 16).then_some(self.digits)?;
        let mut bytes = vec![
            self.brackets | self.province << 2,
            self.year,
            letters | digits << 4,
        ];
        bytes.extend(self.letters.bytes());
        bytes.extend(self.serial.to_be_bytes().iter().skip_while(|&&byte| byte == 0));
        Some(bytes)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&[head, year, lengths], rest) = bytes.split_first_chunk()?;
        let (letters, serial) = rest.split_at_checked(usize::from(lengths & 0x0f))?;
        if serial.len() > 4 {
            return None;
        }
        Some(Self {
            brackets: head & 3,
            province: head >> 2,
            letters: String::from_utf8(letters.to_vec()).ok()?,
            year,
            digits: lengths >> 4,
            serial: serial.iter().fold(0, |value, &byte| value << 8 | u32::from(byte)),
        })
    }
}

pub(crate) fn number(text: &str) -> Value {
    let packed = Number::parse(text)
        .and_then(|number| number.bytes())
        .map(Value::Bytes);
    verified(text, packed, read_number)
}

pub(crate) fn read_number(value: &Value) -> Option<String> {
    match value {
        Value::Bytes(bytes) => Number::from_bytes(bytes)?.text(),
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// 18 characters of 0–9 and A–Z as a number to base 36: 36^18 < 2^94, twelve bytes.
pub(crate) fn credit_code(text: &str) -> Value {
    let packed = (text.len() == 18)
        .then(|| {
            text.chars().try_fold(0u128, |value, digit| {
                Some(value * 36 + u128::from(digit.to_digit(36)?))
            })
        })
        .flatten()
        .map(|value| Value::Bytes(value.to_be_bytes()[4..].to_vec()));
    verified(text, packed, read_credit_code)
}

pub(crate) fn read_credit_code(value: &Value) -> Option<String> {
    match value {
        Value::Bytes(bytes) => unpack_credit_code((*bytes.as_slice()).try_into().ok()?),
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn unpack_credit_code(bytes: [u8; 12]) -> Option<String> {
    let mut value = bytes
        .iter()
        .fold(0u128, |value, &byte| value << 8 | u128::from(byte));
    let mut digits = Vec::with_capacity(18);
    for _ in 0..18 {
        // The remainder is below 36, so the cast keeps it.
        digits.push(char::from_digit((value % 36) as u32, 36)?.to_ascii_uppercase());
        value /= 36;
    }
    (value == 0).then(|| digits.into_iter().rev().collect())
}

/// GB 18030: two bytes for a common Chinese character instead of three.
pub(crate) fn name(text: &str) -> Value {
    let (bytes, _, unmappable) = GB18030.encode(text);
    let packed = (!unmappable).then(|| Value::Bytes(bytes.into_owned()));
    verified(text, packed, read_name)
}

pub(crate) fn read_name(value: &Value) -> Option<String> {
    match value {
        Value::Bytes(bytes) => {
            let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes)?;
            Some(text.into_owned())
        }
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// Days since 2000-01-01, negative before.
pub(crate) fn day(date: Date) -> i64 {
    (date - EPOCH).whole_days()
}

pub(crate) fn read_day(value: &Value) -> Option<Date> {
    let days: i64 = value.as_integer()?.try_into().ok()?;
    // Days of the calendar's whole range fit; anything beyond would overflow the duration.
    (days.unsigned_abs() < 4_000_000)
        .then(|| EPOCH.checked_add(Duration::days(days)))
        .flatten()
}

/// The packed form if it reads back as the same text, else the text itself.
fn verified(text: &str, packed: Option<Value>, read: fn(&Value) -> Option<String>) -> Value {
    packed
        .filter(|value| read(value).as_deref() == Some(text))
        .unwrap_or_else(|| Value::Text(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_numbers_are_packed_and_read_back() {
        let check = |text: &str, length: Option<usize>| {
            let value = number(text);
            assert_eq!(value.as_bytes().map(Vec::len), length, "{text}");
            assert_eq!(read_number(&value).as_deref(), Some(text));
        };
        check("（赣）WH安许证字〔2026〕000123", Some(6));
        check("(赣)WH安许证字[2024]0123", Some(6));
        check("（冀）JZ安许证字[2005]000049", Some(6));
        check("（鄂）JZ安许证字【2005】000115", Some(6));
        check("（赣）JZ安许证字〔2016〕20028", Some(7));
        check("（新）FM安许证字〔2255〕999999999", Some(9));
        check("（赣）WH安许证字〔2026〕000123-01", None);
        check("（赣）WH安许证字〔2026〕", None);
        check("（赣）wH安许证字〔1999〕000123", None);
        check("（洪）WH安许证字〔2026〕000123", None);
        check("（赣）WH安许证字〔02026〕000123", None);
        check("演示-1", None);
        check("", None);
    }

    #[test]
    fn credit_codes_take_twelve_bytes() {
        let check = |text: &str, packed: bool| {
            let value = credit_code(text);
            assert_eq!(value.is_bytes(), packed, "{text}");
            assert_eq!(read_credit_code(&value).as_deref(), Some(text));
        };
        check("91360100MA3TEST01X", true);
        check("000000000000000000", true);
        check("ZZZZZZZZZZZZZZZZZZ", true);
        check("91360100ma3test01x", false);
        check("9136010", false);
        assert_eq!(read_credit_code(&Value::Bytes(vec![0xff; 12])), None);
    }

    #[test]
    fn names_survive() {
        for text in [
            "江西某某化工有限公司",
            "𠂇龘䶮𬴊𰻝",
            "ABC（中国）有限公司",
            "\u{e5e5}",
            "",
        ] {
            assert_eq!(read_name(&name(text)).as_deref(), Some(text), "{text}");
        }
        assert_eq!(name("江西化工").as_bytes().map(Vec::len), Some(8));
        assert_eq!(read_name(&Value::Bytes(vec![0xff, 0xff])), None);
    }

    #[test]
    fn days_survive() {
        for text in [
            date!(2000 - 01 - 01),
            date!(2026 - 11 - 21),
            date!(1999 - 12 - 31),
            date!(2099 - 12 - 31),
        ] {
            assert_eq!(read_day(&Value::from(day(text))), Some(text));
        }
        assert_eq!(read_day(&Value::from(i64::MAX)), None);
        assert_eq!(read_day(&Value::Text("1".into())), None);
    }
}

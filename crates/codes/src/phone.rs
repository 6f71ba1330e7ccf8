//! Telephone numbers: loosely checked, since a refused contact is worse than an odd one.

use crate::string_value::string_value;
use crate::text::{compact, fold_bracket, fold_dash};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A telephone number in one spelling: `13812345678`, `0791-83881234`, `0791-83881234-801`,
/// `4001234567`, `12350`, `+85223456789`. `Debug` is masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

string_value!(PhoneNumber);

impl PhoneNumber {
    /// The number in full.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a mainland mobile number, which can receive a text message.
    pub fn is_mobile(&self) -> bool {
        is_mobile(&self.0)
    }

    /// `138****5678` for a mobile; for others the last four digits hidden and the extension left out;
    /// short service numbers and 400 lines are public and stay.
    pub fn masked(&self) -> String {
        if self.is_mobile() {
            return format!("{}****{}", &self.0[..3], &self.0[7..]);
        }
        let groups: Vec<&str> = self.0.split('-').collect();
        match groups.iter().position(|group| group.len() >= 7) {
            Some(main) if !is_service_line(&self.0) => {
                let shown = groups[..=main].join("-");
                format!("{}****", &shown[..shown.len() - 4])
            }
            _ => self.0.clone(),
        }
    }
}

impl FromStr for PhoneNumber {
    type Err = BadPhoneNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let folded: String = compact(text)
            .chars()
            .map(|c| fold_dash(fold_bracket(c)))
            .collect();
        if folded.is_empty() {
            return Err(BadPhoneNumber::Empty);
        }
        let (folded, from_abroad) = without_country(&folded);
        if let Some(number) = folded.strip_prefix('+') {
            return international(number);
        }
        let parted = folded.replace(['(', ')', '转', '/'], "-");
        let groups: Vec<&str> = parted.split('-').filter(|group| !group.is_empty()).collect();
        if !groups.iter().all(|group| is_digits(group)) {
            return Err(BadPhoneNumber::Form);
        }
        let joined = groups.concat();
        if is_mobile(&joined) || is_service_line(&joined) || (groups.len() == 1 && is_short(&joined)) {
            return Ok(Self(joined));
        }
        landline(&groups, from_abroad)
            .map(Self)
            .ok_or(BadPhoneNumber::Form)
    }
}

/// Without +86, and whether it was there: then the area code has lost its 0.
fn without_country(folded: &str) -> (&str, bool) {
    let stripped = ["+86", "(+86)", "0086", "(86)", "86-"]
        .iter()
        .find_map(|country| folded.strip_prefix(country));
    (stripped.unwrap_or(folded), stripped.is_some())
}

fn international(number: &str) -> Result<PhoneNumber, BadPhoneNumber> {
    let digits = number.replace(['-', '(', ')'], "");
    let fits = is_digits(&digits) && (7..=15).contains(&digits.len()) && !digits.starts_with('0');
    if fits {
        Ok(PhoneNumber(format!("+{digits}")))
    } else {
        Err(BadPhoneNumber::Form)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..]) && is_digits(digits)
}

fn is_service_line(digits: &str) -> bool {
    digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800")) && is_digits(digits)
}

/// 12350, 119, 96119 and the like.
fn is_short(digits: &str) -> bool {
    (3..=6).contains(&digits.len()) && digits.starts_with(['1', '9'])
}

/// Area code, number and extension, in groups or run together; the area code may be missing.
fn landline(groups: &[&str], from_abroad: bool) -> Option<String> {
    let lead = if from_abroad && !groups.first()?.starts_with('0') {
        "0"
    } else {
        ""
    };
    let (area, number, extension) = match *groups {
        [number] if lead.is_empty() && matches!(number.len(), 7..=8) => (String::new(), number, None),
        [number, extension] if matches!(number.len(), 7..=8) => (String::new(), number, Some(extension)),
        [all] => run_together(lead, all, None)?,
        [area, number] if area.len() <= 4 => (format!("{lead}{area}"), number, None),
        [all, extension] => run_together(lead, all, Some(extension))?,
        [area, number, extension] => (format!("{lead}{area}"), number, Some(extension)),
        _ => return None,
    };
    let area_fits = area.is_empty() || (area.starts_with('0') && matches!(area.len(), 3..=4));
    let number_fits = matches!(number.len(), 7..=8) && !number.starts_with('0');
    let extension_fits = extension.is_none_or(|extension| matches!(extension.len(), 1..=6));
    let parts = [
        (!area.is_empty()).then_some(area.as_str()),
        Some(number),
        extension,
    ];
    (area_fits && number_fits && extension_fits)
        .then(|| parts.into_iter().flatten().collect::<Vec<_>>().join("-"))
}

/// Splits `079183881234`: area codes 010 and 02x have three digits, all others four.
fn run_together<'a>(
    lead: &str,
    all: &'a str,
    extension: Option<&'a str>,
) -> Option<(String, &'a str, Option<&'a str>)> {
    let short_area = [lead, all].concat().starts_with("010") || [lead, all].concat().starts_with("02");
    let at = if short_area { 3 } else { 4 } - lead.len();
    let (area, number) = all.split_at_checked(at)?;
    Some((format!("{lead}{area}"), number, extension))
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.masked())
    }
}

/// Why a text is no telephone number.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadPhoneNumber {
    /// Nothing but white space.
    #[error("请填写联系电话。")]
    Empty,
    /// No known form.
    #[error("联系电话格式不正确，请填写11位手机号（如 13812345678）或带区号的固定电话（如 0791-83881234）。")]
    Form,
}

impl BadPhoneNumber {
    /// What is wrong and how to mend it, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, stored: &str, masked: &str) {
        let number: PhoneNumber = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(
            (number.as_str(), number.masked().as_str()),
            (stored, masked),
            "{text}"
        );
        assert_eq!(stored.parse::<PhoneNumber>().as_ref(), Ok(&number));
    }

    #[test]
    fn spellings() {
        check("１３８ 1234-5678", "13812345678", "138****5678");
        check("+86 138 1234 5678", "13812345678", "138****5678");
        check("0791-83881234", "0791-83881234", "0791-8388****");
        check("（0791）83881234转801", "0791-83881234-801", "0791-8388****");
        check("079183881234", "0791-83881234", "0791-8388****");
        check("01083881234", "010-83881234", "010-8388****");
        check("+86 791 83881234", "0791-83881234", "0791-8388****");
        check("+86(10)83881234", "010-83881234", "010-8388****");
        check("86-791-8388123", "0791-8388123", "0791-838****");
        check("83881234", "83881234", "8388****");
        check("8388123-12", "8388123-12", "838****");
        check("400-123-4567", "4001234567", "4001234567");
        check("12350", "12350", "12350");
        check("+852 2345 6789", "+85223456789", "+8522345****");
    }

    #[test]
    fn refused() {
        for text in [
            "1381234567",
            "138123456789",
            "张三",
            "0791-838",
            "12",
            "+86",
            "1234567890123456",
            "00000000",
            "0791-83881234-1234567",
        ] {
            assert_eq!(text.parse::<PhoneNumber>(), Err(BadPhoneNumber::Form), "{text}");
        }
        assert_eq!(" ".parse::<PhoneNumber>(), Err(BadPhoneNumber::Empty));
        assert!(BadPhoneNumber::Form.message().contains("区号"));
    }

    #[test]
    fn hidden_in_debug() {
        let number: PhoneNumber = "13812345678".parse().unwrap();
        assert!(number.is_mobile());
        assert_eq!(format!("{number:?}"), "PhoneNumber(138****5678)");
    }
}

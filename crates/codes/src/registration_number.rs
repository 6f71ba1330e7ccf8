//! 营业执照注册号 of the years before the unified credit code, GS15-2006.

use crate::checks;
use crate::credit_code::CodeWarning;
use crate::string_value::string_value;
use crate::text::compact;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Registration number 注册号 (GS15-2006): 6 digits of the first registrar, 8 of sequence, 1 check digit
/// by MOD 11,10. Found on old licences and files only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistrationNumber(String);

string_value!(RegistrationNumber);

impl RegistrationNumber {
    /// Parses a number; the warnings must be confirmed by a person.
    pub fn parse(text: &str) -> Result<(Self, Vec<CodeWarning>), BadRegistrationNumber> {
        let number: Self = text.parse()?;
        let warnings = number.warnings();
        Ok((number, warnings))
    }

    /// The 15 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the standard says against this number; empty for a sound one.
    pub fn warnings(&self) -> Vec<CodeWarning> {
        let expected = checks::mod11_10(&self.0[..14]);
        self.0
            .chars()
            .last()
            .filter(|found| *found != expected)
            .map(|found| CodeWarning::RegistrationCheckDigit { expected, found })
            .into_iter()
            .collect()
    }
}

impl FromStr for RegistrationNumber {
    type Err = BadRegistrationNumber;

    /// Accepts every 15 digits; ask [`warnings`](RegistrationNumber::warnings) separately.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = compact(text);
        if let Some((position, found)) = (1..).zip(number.chars()).find(|(_, c)| !c.is_ascii_digit()) {
            return Err(BadRegistrationNumber::Symbol { position, found });
        }
        match number.len() {
            15 => Ok(Self(number)),
            found => Err(BadRegistrationNumber::Length { found }),
        }
    }
}

impl fmt::Display for RegistrationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text cannot be a registration number.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadRegistrationNumber {
    /// Not 15 digits.
    #[error("注册号应为15位数字，现为{found}位，请对照执照核对。")]
    Length {
        /// Digits found.
        found: usize,
    },
    /// Something other than a digit.
    #[error("注册号应全为数字，第{position}位却是“{found}”，请对照执照改正。")]
    Symbol {
        /// Position from 1.
        position: usize,
        /// The character there.
        found: char,
    },
}

impl BadRegistrationNumber {
    /// What is wrong and how to mend it, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard() {
        let (number, warnings) = RegistrationNumber::parse("１１０１０８ 000000016").unwrap();
        assert_eq!(number.as_str(), "110108000000016");
        assert_eq!(warnings, []);
    }

    #[test]
    fn a_wrong_check_digit_is_a_warning() {
        let (_, warnings) = RegistrationNumber::parse("110108000000017").unwrap();
        assert_eq!(
            warnings,
            [CodeWarning::RegistrationCheckDigit {
                expected: '6',
                found: '7'
            }]
        );
        assert!(warnings[0].message().contains("应为“6”"));
    }

    #[test]
    fn malformed() {
        assert_eq!(
            RegistrationNumber::parse("1101").unwrap_err(),
            BadRegistrationNumber::Length { found: 4 }
        );
        let error = RegistrationNumber::parse("1101080000O0016").unwrap_err();
        assert!(error.message().contains("第11位却是“O”"));
    }
}

//! The code of a market subject, old or new.

use crate::credit_code::{BadCreditCode, CodeWarning, CreditCode};
use crate::registration_number::{BadRegistrationNumber, RegistrationNumber};
use crate::string_value::string_value;
use crate::text::compact;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// What identifies an enterprise: the credit code, or in old files the registration number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectCode {
    /// 统一社会信用代码.
    CreditCode(CreditCode),
    /// 15-digit 注册号.
    RegistrationNumber(RegistrationNumber),
}

string_value!(SubjectCode);

impl SubjectCode {
    /// Parses either kind, told apart by form: 15 digits are a registration number.
    pub fn parse(text: &str) -> Result<(Self, Vec<CodeWarning>), BadSubjectCode> {
        let code: Self = text.parse()?;
        let warnings = code.warnings();
        Ok((code, warnings))
    }

    /// The characters of the code.
    pub fn as_str(&self) -> &str {
        match self {
            Self::CreditCode(code) => code.as_str(),
            Self::RegistrationNumber(number) => number.as_str(),
        }
    }

    /// What the standards say against this code; empty for a sound one.
    pub fn warnings(&self) -> Vec<CodeWarning> {
        match self {
            Self::CreditCode(code) => code.warnings(),
            Self::RegistrationNumber(number) => number.warnings(),
        }
    }

    /// The credit code, if it is one.
    pub fn credit_code(&self) -> Option<&CreditCode> {
        match self {
            Self::CreditCode(code) => Some(code),
            Self::RegistrationNumber(_) => None,
        }
    }
}

impl From<CreditCode> for SubjectCode {
    fn from(code: CreditCode) -> Self {
        Self::CreditCode(code)
    }
}

impl From<RegistrationNumber> for SubjectCode {
    fn from(number: RegistrationNumber) -> Self {
        Self::RegistrationNumber(number)
    }
}

impl FromStr for SubjectCode {
    type Err = BadSubjectCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = compact(text);
        if code.len() == 15 && code.chars().all(|c| c.is_ascii_digit()) {
            Ok(Self::RegistrationNumber(code.parse()?))
        } else {
            Ok(Self::CreditCode(code.parse()?))
        }
    }
}

impl fmt::Display for SubjectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is neither a credit code nor a registration number.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadSubjectCode {
    /// Read as a credit code.
    #[error(transparent)]
    CreditCode(#[from] BadCreditCode),
    /// Read as a registration number.
    #[error(transparent)]
    RegistrationNumber(#[from] BadRegistrationNumber),
}

impl BadSubjectCode {
    /// What is wrong and how to mend it, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_apart_by_form() {
        assert!(
            matches!(SubjectCode::parse("110108000000016"), Ok((SubjectCode::RegistrationNumber(_), w)) if w.is_empty())
        );
        assert!(
            matches!(SubjectCode::parse("91350100m000100y43"), Ok((SubjectCode::CreditCode(_), w)) if w.is_empty())
        );
        assert!(matches!(
            SubjectCode::parse("110108"),
            Err(BadSubjectCode::CreditCode(BadCreditCode::Length { .. }))
        ));
        assert_eq!(
            SubjectCode::parse("110108000000010").unwrap().1[0].kind(),
            "registration-check-digit"
        );
    }

    #[test]
    fn travels_as_text() {
        let codes = ["110108000000016", "91350100M000100Y43"];
        let json = serde_json::to_string(&codes.map(|c| c.parse::<SubjectCode>().unwrap())).unwrap();
        assert_eq!(json, serde_json::to_string(&codes).unwrap());
    }
}

//! How the city numbers its licences: the printed number and the identifier of GB/T 36904.

use std::collections::BTreeMap;

use codes::{
    BadLicenceIdentifier, BadLicenceNumber, BadTable, CreditCode, LicenceIdentifier, LicenceNumber,
    LicenceNumberPattern, LicenceNumberPatterns, LicenceTypeCode,
};
use matters::{Authority, Catalogue, City, Industry};
use serde::Deserialize;

/// Rule data that makes no licence number.
#[derive(Debug, thiserror::Error)]
pub enum NumberingError {
    /// The file of patterns cannot be read.
    #[error("numbering patterns: {0}")]
    Patterns(BadTable),
    /// The file of licence types cannot be read.
    #[error("licence types")]
    Types(#[source] csv::Error),
    /// No pattern, type or authority for an industry.
    #[error("no {what} for {}", .industry.as_str())]
    Missing {
        /// What is missing.
        what: &'static str,
        /// For which industry.
        industry: Industry,
    },
    /// The city's file and the pattern disagree about the digits of the serial.
    #[error("the city numbers {} with {city} digits, the pattern with {pattern}", .industry.as_str())]
    Digits {
        /// The industry.
        industry: Industry,
        /// Digits in the city's file.
        city: u8,
        /// Digits in the pattern.
        pattern: usize,
    },
    /// A number cannot be formed.
    #[error(transparent)]
    Number(#[from] BadLicenceNumber),
    /// An identifier cannot be formed.
    #[error(transparent)]
    Identifier(#[from] BadLicenceIdentifier),
}

/// A row of `data/licence_numbers/identifier_types.csv`.
#[derive(Debug, Deserialize)]
struct TypeRow {
    industry: Industry,
    /// Credit code of the ministry that defines the type; empty: the issuing authority itself.
    definer: Option<CreditCode>,
    /// Number of the type, 1 to 999.
    number: u16,
}

/// The numbering of one industry.
#[derive(Debug, Clone)]
struct Line {
    pattern: LicenceNumberPattern,
    type_code: LicenceTypeCode,
    authority: Authority,
}

/// The numbering rules of a city.
#[derive(Debug, Clone)]
pub struct Numbering(BTreeMap<Industry, Line>);

impl Numbering {
    /// Puts the rules together for every industry that the catalogue has matters of.
    ///
    /// # Errors
    /// [`NumberingError`] names what is missing or contradictory.
    pub fn new(
        catalogue: &Catalogue,
        city: &City,
        patterns: &str,
        types: &str,
    ) -> Result<Self, NumberingError> {
        let patterns = LicenceNumberPatterns::from_csv(patterns).map_err(NumberingError::Patterns)?;
        let types = csv::Reader::from_reader(types.as_bytes())
            .into_deserialize()
            .collect::<Result<Vec<TypeRow>, _>>()
            .map_err(NumberingError::Types)?;
        let mut lines = BTreeMap::new();
        for matter in catalogue.matters() {
            let industry = matter.industry;
            let missing = |what| NumberingError::Missing { what, industry };
            let pattern = patterns
                .get(&city.licence_numbers.region, &matter.licence.type_code)
                .ok_or_else(|| missing("numbering pattern"))?;
            let authority = city
                .authority(matter.power.implementing_department.as_str())
                .ok_or_else(|| missing("authority"))?;
            let row = types.iter().find(|row| row.industry == industry);
            let row = row.ok_or_else(|| missing("licence type"))?;
            let definer = row.definer.as_ref().unwrap_or(&authority.credit_code);
            let line = Line {
                pattern: agreed(pattern, city, industry)?.clone(),
                type_code: LicenceTypeCode::new(definer, row.number)?,
                authority: authority.clone(),
            };
            lines.insert(industry, line);
        }
        Ok(Self(lines))
    }

    fn line(&self, industry: Industry) -> Result<&Line, NumberingError> {
        self.0.get(&industry).ok_or(NumberingError::Missing {
            what: "numbering",
            industry,
        })
    }

    /// The authority that issues licences of an industry.
    ///
    /// # Errors
    /// [`NumberingError::Missing`].
    pub fn authority(&self, industry: Industry) -> Result<&Authority, NumberingError> {
        Ok(&self.line(industry)?.authority)
    }

    /// The letters of an industry in numbers, such as WH.
    ///
    /// # Errors
    /// [`NumberingError::Missing`].
    pub fn letters(&self, industry: Industry) -> Result<&str, NumberingError> {
        Ok(self.line(industry)?.pattern.industry())
    }

    /// The gapless series that numbers of an industry and year are taken from: `licence/赣/WH/2026`.
    ///
    /// # Errors
    /// [`NumberingError::Missing`].
    pub fn series(&self, industry: Industry, year: u16) -> Result<String, NumberingError> {
        let pattern = &self.line(industry)?.pattern;
        Ok(format!(
            "licence/{}/{}/{year}",
            pattern.region(),
            pattern.industry()
        ))
    }

    /// The number with this sequence.
    ///
    /// # Errors
    /// [`NumberingError::Number`] when the sequence has too many digits.
    pub fn number(
        &self,
        industry: Industry,
        year: u16,
        sequence: u64,
    ) -> Result<LicenceNumber, NumberingError> {
        let sequence = u32::try_from(sequence).unwrap_or(u32::MAX);
        Ok(self.line(industry)?.pattern.number(year, sequence)?)
    }

    /// The series and sequence that a number of the city's own pattern belongs to; `None` for one of an older
    /// pattern, which stands in the way of no new number, and for replacements, which follow their original.
    pub fn place(&self, industry: Industry, number: &LicenceNumber) -> Option<(String, u64)> {
        let sequence = self.0.get(&industry)?.pattern.sequence_of(number)?;
        let series = self.series(industry, number.year()).ok()?;
        number.suffix().is_none().then_some((series, u64::from(sequence)))
    }

    /// The identifier of a stand-in: its letter and count are part of the serial, so that it takes no version of the
    /// licence for which it stands in.
    ///
    /// # Errors
    /// [`NumberingError::Identifier`].
    pub fn stand_in_identifier(
        &self,
        industry: Industry,
        number: &LicenceNumber,
    ) -> Result<LicenceIdentifier, NumberingError> {
        let line = self.line(industry)?;
        let issuer = codes::Issuer::Authority(line.authority.credit_code.clone());
        let serial = format!(
            "{}{}",
            number.identifier_serial(),
            number.suffix().unwrap_or_default()
        );
        Ok(LicenceIdentifier::build(
            line.type_code.clone(),
            issuer,
            &serial,
            1,
        )?)
    }

    /// The identifier of a licence with this number. Replacements count its version up.
    ///
    /// # Errors
    /// [`NumberingError::Identifier`].
    pub fn identifier(
        &self,
        industry: Industry,
        number: &LicenceNumber,
    ) -> Result<LicenceIdentifier, NumberingError> {
        let line = self.line(industry)?;
        let issuer = codes::Issuer::Authority(line.authority.credit_code.clone());
        let replaced: u16 = number
            .suffix()
            .and_then(|suffix| suffix.parse().ok())
            .unwrap_or(0);
        let serial = number.identifier_serial();
        Ok(LicenceIdentifier::build(
            line.type_code.clone(),
            issuer,
            &serial,
            replaced + 1,
        )?)
    }
}

/// The pattern, if the city's file agrees with it about the digits.
fn agreed<'a>(
    pattern: &'a LicenceNumberPattern,
    city: &City,
    industry: Industry,
) -> Result<&'a LicenceNumberPattern, NumberingError> {
    let digits = pattern
        .number(2000, 1)?
        .serial()
        .bytes()
        .filter(u8::is_ascii_digit)
        .count();
    if digits == usize::from(city.licence_numbers.digits) {
        Ok(pattern)
    } else {
        Err(NumberingError::Digits {
            industry,
            city: city.licence_numbers.digits,
            pattern: digits,
        })
    }
}

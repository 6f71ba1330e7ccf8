//! 电子证照标识, GB/T 36904-2018.

use crate::checks;
use crate::credit_code::CreditCode;
use crate::division::RegionCode;
use crate::string_value::string_value;
use crate::text::compact;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Arc of electronic licences below {iso(1) member-body(2) cn(156)}.
const ROOT: &str = "1.2.156.3005.2";

/// The standard names no bound; no published identifier comes near this one.
const LONGEST_SERIAL: usize = 50;

/// Type code of a licence 证照类型代码: credit code of the body that defines the licence, then three
/// digits; 21 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenceTypeCode(String);

string_value!(LicenceTypeCode, LicenceIdentifier);

impl LicenceTypeCode {
    /// The code of the `number`-th licence type (up to 999) that `definer` has defined.
    pub fn new(definer: &CreditCode, number: u16) -> Result<Self, BadLicenceIdentifier> {
        format!("{definer}{number:03}").parse()
    }

    /// The 21 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LicenceTypeCode {
    type Err = BadLicenceIdentifier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = compact(text);
        let definer_fits = code
            .get(..18)
            .is_some_and(|definer| definer.parse::<CreditCode>().is_ok());
        let number_fits = code.get(18..).is_some_and(|number| is_digits(number, 3));
        if definer_fits && number_fits {
            Ok(Self(code))
        } else {
            Err(BadLicenceIdentifier::TypeCode)
        }
    }
}

impl fmt::Display for LicenceTypeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|c| c.is_ascii_digit())
}

/// Who issued the licence 证照颁发机构代码.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Issuer {
    /// By credit code: 18 characters.
    Authority(CreditCode),
    /// By division, as some older systems do: 6 digits.
    Division(RegionCode),
}

impl Issuer {
    fn written(&self) -> Option<String> {
        match self {
            Self::Authority(code) => Some(code.to_string()),
            Self::Division(region) => region.six_digits(),
        }
    }

    fn read(text: &str) -> Option<Self> {
        match text.len() {
            18 => text.parse().ok().map(Self::Authority),
            6 => text.parse().ok().map(Self::Division),
            _ => None,
        }
    }
}

/// Electronic licence identifier 电子证照标识 (GB/T 36904):
/// `1.2.156.3005.2.` type (21) `.` issuer (18 or 6) `.` serial `.` version (3) `.` check (1).
///
/// The check character is ISO 7064 MOD 37,36 (GB/T 17710-2008) over type, issuer, serial and version
/// without dots and root. An identifier whose check fails is refused: it was never issued.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LicenceIdentifier {
    type_code: LicenceTypeCode,
    issuer: Issuer,
    issuer_code: String,
    serial: String,
    version: u16,
}

impl LicenceIdentifier {
    /// Builds an identifier; the check character is computed.
    ///
    /// `serial`: 1–50 of 0–9 A–Z, unique for type and issuer ([`LicenceNumber::identifier_serial`]);
    /// `version`: 1–999, counted up with every re-issue of the electronic licence.
    ///
    /// [`LicenceNumber::identifier_serial`]: crate::LicenceNumber::identifier_serial
    pub fn build(
        type_code: LicenceTypeCode,
        issuer: Issuer,
        serial: &str,
        version: u16,
    ) -> Result<Self, BadLicenceIdentifier> {
        let issuer_code = issuer.written().ok_or(BadLicenceIdentifier::Issuer)?;
        let serial = compact(serial);
        let is_symbol = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
        if !(1..=LONGEST_SERIAL).contains(&serial.chars().count()) || !serial.chars().all(is_symbol) {
            return Err(BadLicenceIdentifier::Serial);
        }
        if !(1..=999).contains(&version) {
            return Err(BadLicenceIdentifier::Version);
        }
        Ok(Self {
            type_code,
            issuer,
            issuer_code,
            serial,
            version,
        })
    }

    /// The licence type.
    pub fn type_code(&self) -> &LicenceTypeCode {
        &self.type_code
    }

    /// The issuer.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The serial.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// The version, 1–999.
    pub fn version(&self) -> u16 {
        self.version
    }

    /// The check character over all parts.
    pub fn check_character(&self) -> char {
        checks::mod37_36(&format!(
            "{}{}{}{:03}",
            self.type_code, self.issuer_code, self.serial, self.version
        ))
    }

    /// The identifier of the next issue of the same licence.
    pub fn next_version(&self) -> Result<Self, BadLicenceIdentifier> {
        Self::build(
            self.type_code.clone(),
            self.issuer.clone(),
            &self.serial,
            self.version + 1,
        )
    }

    /// Parses and verifies, with or without the root and the `urn:oid:` prefix.
    pub fn parse(text: &str) -> Result<Self, BadLicenceIdentifier> {
        let folded = compact(text).replace('。', ".");
        let bare = folded.strip_prefix("URN:OID:").unwrap_or(&folded);
        let bare = bare
            .strip_prefix(ROOT)
            .map_or(bare, |rest| rest.trim_start_matches('.'));
        let parts: Vec<&str> = bare.split('.').collect();
        let [type_code, issuer, serial, version, check] = parts.as_slice() else {
            return Err(BadLicenceIdentifier::Parts { found: parts.len() });
        };
        let issuer = Issuer::read(issuer).ok_or(BadLicenceIdentifier::Issuer)?;
        if !is_digits(version, 3) {
            return Err(BadLicenceIdentifier::Version);
        }
        let version = version.parse().map_err(|_| BadLicenceIdentifier::Version)?;
        let identifier = Self::build(type_code.parse()?, issuer, serial, version)?;
        identifier.checked_by(check)
    }

    fn checked_by(self, check: &str) -> Result<Self, BadLicenceIdentifier> {
        let expected = self.check_character();
        if check.chars().eq([expected]) {
            Ok(self)
        } else {
            Err(BadLicenceIdentifier::CheckCharacter {
                expected,
                found: check.to_owned(),
            })
        }
    }
}

impl FromStr for LicenceIdentifier {
    type Err = BadLicenceIdentifier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for LicenceIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            type_code,
            issuer_code,
            serial,
            version,
            ..
        } = self;
        write!(
            f,
            "{ROOT}.{type_code}.{issuer_code}.{serial}.{version:03}.{}",
            self.check_character()
        )
    }
}

/// Why a text is no licence identifier.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadLicenceIdentifier {
    /// Not five parts after the root.
    #[error("电子证照标识除前缀外应由5段组成（类型.机构.流水号.版本.校验位），现为{found}段，请完整复制。")]
    Parts {
        /// Parts found.
        found: usize,
    },
    /// The type code is not 18 characters of credit code and 3 digits.
    #[error("电子证照标识的证照类型代码应为21位：18位统一社会信用代码加3位数字。")]
    TypeCode,
    /// The issuer is neither a credit code nor a division of 6 digits.
    #[error("电子证照标识的颁发机构代码应为18位统一社会信用代码或6位行政区划代码。")]
    Issuer,
    /// The serial is empty, too long or holds other characters.
    #[error("电子证照标识的流水号应为1至50位数字或字母。")]
    Serial,
    /// The version is not 001–999.
    #[error("电子证照标识的版本号应为001至999的3位数字。")]
    Version,
    /// The check character fails.
    #[error("电子证照标识的校验位不符：应为“{expected}”，现为“{found}”，请核对是否抄录有误。")]
    CheckCharacter {
        /// What GB/T 17710 computes.
        expected: char,
        /// What was given.
        found: String,
    },
}

impl BadLicenceIdentifier {
    /// What is wrong and how to mend it, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HUNAN: &str = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";

    /// Published identifiers; all of them check.
    const PUBLISHED: [&str; 7] = [
        HUNAN,
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S",
        "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
        "1.2.156.3005.2.11100000000013338W087.11370800MB28559184.37080001202411010001.001.3",
        "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
        "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
        "1.2.156.3005.2.11100000000013338W050.113700000045030270.2023087974.001.E",
    ];

    fn error(text: &str) -> BadLicenceIdentifier {
        LicenceIdentifier::parse(text).unwrap_err()
    }

    #[test]
    fn published_identifiers_verify_and_print_back() {
        for text in PUBLISHED {
            assert_eq!(LicenceIdentifier::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn parts() {
        let identifier = LicenceIdentifier::parse(PUBLISHED[4]).unwrap();
        assert_eq!(identifier.type_code().as_str(), "11100000MB03271699022");
        assert_eq!(identifier.issuer(), &Issuer::Division("3401".parse().unwrap()));
        assert_eq!((identifier.serial(), identifier.version()), ("000000016", 1));
        assert_eq!(identifier.check_character(), '9');
    }

    #[test]
    fn lenient_forms() {
        let expected = LicenceIdentifier::parse(HUNAN).unwrap();
        let bare = HUNAN.strip_prefix("1.2.156.3005.2.").unwrap();
        for text in [
            bare,
            &HUNAN.to_lowercase(),
            &format!("urn:oid:{HUNAN}"),
            &HUNAN.replace('.', "．"),
            &HUNAN.replace('.', " 。"),
        ] {
            assert_eq!(LicenceIdentifier::parse(text).as_ref(), Ok(&expected), "{text}");
        }
    }

    #[test]
    fn built_and_counted_up() {
        let definer: CreditCode = "11100000000013338W".parse().unwrap();
        let issuer = Issuer::Authority("113700000045030270".parse().unwrap());
        let type_code = LicenceTypeCode::new(&definer, 50).unwrap();
        let built = LicenceIdentifier::build(type_code, issuer, "2023087974", 1).unwrap();
        assert_eq!(built.to_string(), PUBLISHED[6]);
        let first = LicenceIdentifier::parse(PUBLISHED[0]).unwrap();
        assert_eq!(first.next_version().unwrap().to_string(), PUBLISHED[1]);
    }

    #[test]
    fn the_published_constant() {
        let type_code = "11100000000013338W002".parse().unwrap();
        let issuer = Issuer::Authority("11320482014138860P".parse().unwrap());
        let built = LicenceIdentifier::build(type_code, issuer, "201807250201", 1).unwrap();
        assert_eq!(built.check_character(), 'M');
    }

    /// 53 characters take part, each with 35 wrong values: none passes.
    #[test]
    fn every_single_substitution_is_caught() {
        let parts: Vec<&str> = HUNAN
            .strip_prefix("1.2.156.3005.2.")
            .unwrap()
            .rsplitn(2, '.')
            .collect();
        let body: Vec<char> = parts[1].chars().filter(|c| *c != '.').collect();
        let mut tried = 0;
        for place in 0..body.len() {
            for wrong in ('0'..='9').chain('A'..='Z').filter(|wrong| *wrong != body[place]) {
                let mut altered = body.clone();
                altered[place] = wrong;
                let altered: String = altered.into_iter().collect();
                assert_ne!(checks::mod37_36(&altered), 'U', "{altered}");
                tried += 1;
            }
        }
        assert_eq!(tried, 1855);
    }

    #[test]
    fn faults() {
        assert_eq!(
            error("1.2.156.3005.2.1"),
            BadLicenceIdentifier::Parts { found: 1 }
        );
        assert_eq!(
            error(&HUNAN.replace("W011", "W01X")),
            BadLicenceIdentifier::TypeCode
        );
        assert_eq!(
            error(&HUNAN.replace("6122244L", "6122244")),
            BadLicenceIdentifier::Issuer
        );
        assert_eq!(
            error(&HUNAN.replace("20230000403", "2023-403")),
            BadLicenceIdentifier::Serial
        );
        assert_eq!(
            error(&HUNAN.replace("20230000403", "")),
            BadLicenceIdentifier::Serial
        );
        assert_eq!(
            error(&HUNAN.replace(".001.", ".01.")),
            BadLicenceIdentifier::Version
        );
        assert_eq!(
            error(&HUNAN.replace(".001.", ".000.")),
            BadLicenceIdentifier::Version
        );
        let wrong = error(&HUNAN.replace(".U", ".M"));
        assert_eq!(
            wrong,
            BadLicenceIdentifier::CheckCharacter {
                expected: 'U',
                found: "M".into()
            }
        );
        assert!(wrong.message().contains("应为“U”"));
        let below_county = Issuer::Division("360102002".parse().unwrap());
        let type_code = "11100000000013338W002".parse().unwrap();
        assert_eq!(
            LicenceIdentifier::build(type_code, below_county, "1", 1),
            Err(BadLicenceIdentifier::Issuer)
        );
    }

    #[test]
    fn travels_as_text() {
        let json = format!("\"{HUNAN}\"");
        let identifier: LicenceIdentifier = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&identifier).unwrap(), json);
        assert!(serde_json::from_str::<LicenceIdentifier>(&json.replace(".U", ".M")).is_err());
    }
}

//! 统一社会信用代码, GB 32100-2015.

use crate::checks;
use crate::division::RegionCode;
use crate::string_value::string_value;
use crate::text::compact;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

const LENGTH: usize = 18;

/// Letters that GB 32100 leaves out, with the digit they are usually mistaken for.
const LEFT_OUT: [(char, char); 4] = [('I', '1'), ('O', '0'), ('S', '5'), ('Z', '2')];

/// Pairs inside the alphabet that people and scanners confuse.
const LOOK_ALIKE: [(char, char); 16] = [
    ('0', 'D'),
    ('0', 'Q'),
    ('1', 'L'),
    ('1', '7'),
    ('2', '7'),
    ('3', '8'),
    ('4', 'A'),
    ('5', '6'),
    ('6', 'G'),
    ('8', 'B'),
    ('C', 'G'),
    ('D', 'Q'),
    ('E', 'F'),
    ('M', 'N'),
    ('P', 'R'),
    ('X', 'Y'),
];

/// How many likely readings a message tells at most; programs get all.
const MOST_SUGGESTIONS: usize = 3;

/// Unified social credit code 统一社会信用代码 (GB 32100-2015): 18 of the 31 symbols 0–9 A–Z without
/// I O S V Z. Well formed by construction; whether its check characters hold is asked with
/// [`warnings`](Self::warnings), since a few codes on real licences fail them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

string_value!(CreditCode);

impl CreditCode {
    /// Parses a typed, pasted or recognised code: spaces, full width and lower case are folded.
    /// The warnings must be confirmed by a person before the code is used.
    pub fn parse(text: &str) -> Result<(Self, Vec<CodeWarning>), BadCreditCode> {
        let code: Self = text.parse()?;
        let warnings = code.warnings();
        Ok((code, warnings))
    }

    /// The code of these 17 characters with its check character computed (GB 32100, 4.3).
    pub fn with_check(first17: &str) -> Result<Self, BadCreditCode> {
        let body = compact(first17);
        let found = body.chars().count();
        if found != LENGTH - 1 {
            return Err(BadCreditCode::Length {
                found,
                digits_only: false,
            });
        }
        let check = checks::gb32100(&body);
        format!("{body}{check}").parse()
    }

    /// The code of these 16 characters with both check characters computed: that of the organisation code
    /// (GB 11714) and its own (GB 32100, 4.3).
    pub fn with_checks(first16: &str) -> Result<Self, BadCreditCode> {
        let body = compact(first16);
        let found = body.chars().count();
        if found != LENGTH - 2 || !body.is_ascii() {
            return Err(BadCreditCode::Length {
                found,
                digits_only: false,
            });
        }
        let organisation = checks::gb11714(&body[8..]);
        Self::with_check(&format!("{body}{organisation}"))
    }

    /// The 18 characters, upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Characters 9–17: the organisation code (主体标识码, GB 11714), with its own check character last.
    pub fn organisation_code(&self) -> &str {
        &self.0[8..17]
    }

    /// Characters 3–8: the division of the registering authority at the time of registration. It may
    /// have been abolished since; that is no fault.
    pub fn region(&self) -> Option<RegionCode> {
        self.0[2..8].parse().ok()
    }

    /// What the standard says against this code; empty for a sound one.
    pub fn warnings(&self) -> Vec<CodeWarning> {
        let checked = checks::gb32100(&self.0[..17]);
        let organisation = checks::gb11714(&self.0[8..16]);
        let mut warnings = Vec::new();
        if let Some((place, found)) = self.letter_among_division_digits() {
            warnings.push(CodeWarning::DivisionDigits {
                position: place,
                found,
            });
        }
        if let Some(found) = self.at(16).filter(|found| *found != organisation) {
            warnings.push(CodeWarning::OrganisationCode {
                expected: organisation,
                found,
            });
        }
        if let Some(found) = self.at(17).filter(|found| *found != checked) {
            let likely = self.suggestions();
            warnings.push(CodeWarning::CheckCharacter {
                expected: checked,
                found,
                likely,
            });
        }
        warnings
    }

    fn at(&self, index: usize) -> Option<char> {
        self.0.chars().nth(index)
    }

    fn letter_among_division_digits(&self) -> Option<(usize, char)> {
        (1..)
            .zip(self.0.chars())
            .skip(2)
            .take(6)
            .find(|(_, c)| !c.is_ascii_digit())
    }

    fn is_sound(&self) -> bool {
        self.at(17) == Some(checks::gb32100(&self.0[..17]))
            && self.at(16) == Some(checks::gb11714(&self.0[8..16]))
            && self.letter_among_division_digits().is_none()
    }

    /// Sound codes one slip away: neighbours swapped, or one look-alike. Swaps first.
    fn suggestions(&self) -> Vec<Suggestion> {
        let symbols: Vec<char> = self.0.chars().collect();
        let swaps =
            (0..LENGTH - 1).map(|first| (Slip::Swapped { first: first + 1 }, swapped(&symbols, first)));
        let confusions = symbols.iter().enumerate().flat_map(|(index, found)| {
            let symbols = &symbols;
            look_alikes(*found).map(move |meant| {
                let slip = Slip::Confused {
                    position: index + 1,
                    found: *found,
                    meant,
                };
                (slip, replaced(symbols, index, meant))
            })
        });
        swaps
            .chain(confusions)
            .map(|(slip, symbols)| Suggestion {
                code: Self(symbols.into_iter().collect()),
                slip,
            })
            .filter(|suggestion| suggestion.code.is_sound())
            .collect()
    }
}

fn swapped(symbols: &[char], first: usize) -> Vec<char> {
    let mut symbols = symbols.to_vec();
    symbols.swap(first, first + 1);
    symbols
}

fn replaced(symbols: &[char], index: usize, meant: char) -> Vec<char> {
    symbols
        .iter()
        .enumerate()
        .map(|(at, c)| if at == index { meant } else { *c })
        .collect()
}

fn look_alikes(found: char) -> impl Iterator<Item = char> {
    LOOK_ALIKE.into_iter().filter_map(move |(a, b)| match found {
        c if c == a => Some(b),
        c if c == b => Some(a),
        _ => None,
    })
}

fn is_symbol(c: char) -> bool {
    checks::GB32100.contains(c)
}

impl FromStr for CreditCode {
    type Err = BadCreditCode;

    /// Accepts every well-formed code; ask [`warnings`](CreditCode::warnings) separately.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = compact(text);
        let found = code.chars().count();
        if found == 0 {
            return Err(BadCreditCode::Empty);
        }
        if found != LENGTH {
            let digits_only = code.chars().all(|c| c.is_ascii_digit());
            return Err(BadCreditCode::Length { found, digits_only });
        }
        let wrong: Vec<(usize, char)> = (1..).zip(code.chars()).filter(|(_, c)| !is_symbol(*c)).collect();
        if wrong.is_empty() {
            Ok(Self(code))
        } else {
            Err(BadCreditCode::Symbols {
                likely: mended(&code),
                wrong,
            })
        }
    }
}

/// The code with every left-out letter read as its digit, if that makes it sound.
fn mended(code: &str) -> Option<CreditCode> {
    let code: String = code.chars().map(|c| digit_for(c).unwrap_or(c)).collect();
    let code = code.chars().all(is_symbol).then_some(CreditCode(code))?;
    code.is_sound().then_some(code)
}

fn digit_for(c: char) -> Option<char> {
    LEFT_OUT
        .into_iter()
        .find_map(|(letter, digit)| (letter == c).then_some(digit))
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text cannot be a unified social credit code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadCreditCode {
    /// Nothing but white space.
    #[error("请填写统一社会信用代码（18位）。")]
    Empty,
    /// Not 18 characters (17 for `with_check`, 16 for `with_checks`).
    #[error("统一社会信用代码应为18位，现为{found}位：{}", length_advice(*found, *digits_only))]
    Length {
        /// Characters found after folding.
        found: usize,
        /// All of them digits, as in the registration numbers used before 2015.
        digits_only: bool,
    },
    /// Characters outside the alphabet.
    #[error("{}", symbols_message(wrong, likely.as_ref()))]
    Symbols {
        /// Position from 1, and the character found there.
        wrong: Vec<(usize, char)>,
        /// The sound code that results from reading O as 0, I as 1, S as 5, Z as 2.
        likely: Option<CreditCode>,
    },
}

impl BadCreditCode {
    /// What is wrong and how to mend it, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

fn length_advice(found: usize, digits_only: bool) -> String {
    match found {
        15 if digits_only => "这是旧版15位注册号，请改填营业执照上的18位统一社会信用代码。".to_owned(),
        9 => "这像是组织机构代码，请改填营业执照上的18位统一社会信用代码。".to_owned(),
        _ if found < LENGTH => format!("少{}位，请对照营业执照补全。", LENGTH - found),
        _ => format!("多{}位，请对照营业执照删去多余字符。", found - LENGTH),
    }
}

fn symbols_message(wrong: &[(usize, char)], likely: Option<&CreditCode>) -> String {
    let places: Vec<String> = wrong.iter().map(|(place, c)| symbol_advice(*place, *c)).collect();
    let mend = match likely {
        Some(code) => format!("改正后应为 {code}，校验相符，请核对。"),
        None => "请对照营业执照改正。".to_owned(),
    };
    format!(
        "{}。统一社会信用代码只用数字和大写字母，且不用 I、O、S、V、Z。{mend}",
        places.join("；")
    )
}

fn symbol_advice(place: usize, found: char) -> String {
    match digit_for(found) {
        Some(digit) => format!("第{place}位的字母“{found}”不能使用，多为数字“{digit}”之误"),
        None => format!("第{place}位的“{found}”不能使用"),
    }
}

/// A well-formed code against which the standard has an objection. Not an error: a person who has the
/// licence at hand may confirm the code as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeWarning {
    /// Characters 3–8 of a credit code hold a letter.
    DivisionDigits {
        /// Position from 1.
        position: usize,
        /// The letter there.
        found: char,
    },
    /// Character 17 does not check the organisation code (GB 11714).
    OrganisationCode {
        /// What GB 11714 computes.
        expected: char,
        /// What the code has.
        found: char,
    },
    /// Character 18 does not check the credit code (GB 32100).
    CheckCharacter {
        /// What GB 32100 computes.
        expected: char,
        /// What the code has.
        found: char,
        /// Sound codes one slip of the pen away, the likeliest first.
        likely: Vec<Suggestion>,
    },
    /// Digit 15 does not check the registration number (GS15-2006).
    RegistrationCheckDigit {
        /// What GS15-2006 computes.
        expected: char,
        /// What the number has.
        found: char,
    },
}

impl CodeWarning {
    /// A stable name for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::DivisionDigits { .. } => "division-digits",
            Self::OrganisationCode { .. } => "organisation-code",
            Self::CheckCharacter { .. } => "check-character",
            Self::RegistrationCheckDigit { .. } => "registration-check-digit",
        }
    }

    /// What is wrong and how to mend it, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for CodeWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DivisionDigits { position, found } => {
                write!(
                    f,
                    "第3至8位是登记机关行政区划码，应全为数字，第{position}位却是“{found}”，请核对。"
                )
            }
            Self::OrganisationCode { expected, found } => write!(
                f,
                "第9至17位组织机构代码的校验码不符：第17位是“{found}”，按 GB 11714 应为“{expected}”，\
                 请重点核对第9至17位。"
            ),
            Self::CheckCharacter {
                expected,
                found,
                likely,
            } => write!(
                f,
                "统一社会信用代码校验码不符：第18位是“{found}”，按 GB 32100 应为“{expected}”。{}\
                 请对照营业执照逐位核对；确与执照一致的，可确认后继续。",
                likely
                    .iter()
                    .take(MOST_SUGGESTIONS)
                    .map(ToString::to_string)
                    .collect::<String>()
            ),
            Self::RegistrationCheckDigit { expected, found } => write!(
                f,
                "注册号校验码不符：第15位是“{found}”，应为“{expected}”，请对照执照逐位核对；\
                 确与执照一致的，可确认后继续。"
            ),
        }
    }
}

/// A sound code that differs from the one given by one common slip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The code that was perhaps meant.
    pub code: CreditCode,
    /// How the given one may have come about.
    pub slip: Slip,
}

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.slip {
            Slip::Swapped { first } => write!(f, "可能第{first}、{}位写颠倒了", first + 1)?,
            Slip::Confused {
                position,
                found,
                meant,
            } => {
                write!(f, "可能第{position}位把“{meant}”写成了“{found}”")?;
            }
        }
        write!(f, "（{}）。", self.code)
    }
}

/// A common slip in copying a code. Positions count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// Two neighbours changed places.
    Swapped {
        /// The earlier of the two positions.
        first: usize,
    },
    /// One character stands for another that looks alike.
    Confused {
        /// Where.
        position: usize,
        /// The character given.
        found: char,
        /// The character meant.
        meant: char,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "91350100M000100Y43";

    fn error(text: &str) -> BadCreditCode {
        CreditCode::parse(text).unwrap_err()
    }

    fn warnings(text: &str) -> Vec<CodeWarning> {
        CreditCode::parse(text).unwrap().1
    }

    #[test]
    fn folds_what_people_type() {
        for text in [
            "91350100M000100Y43",
            " 9135 0100 m000 100y 43\n",
            "９１３５０１００Ｍ０００１００Ｙ４３",
            "\u{FEFF}91350100M000100Y43\u{200B}",
        ] {
            let (code, warnings) = CreditCode::parse(text).unwrap();
            assert_eq!(code.as_str(), SOUND);
            assert_eq!(warnings, []);
        }
    }

    #[test]
    fn parts() {
        let code: CreditCode = SOUND.parse().unwrap();
        assert_eq!(code.organisation_code(), "M000100Y4");
        assert_eq!(code.region().unwrap().as_str(), "3501");
    }

    #[test]
    fn computes_the_check_character() {
        assert_eq!(
            CreditCode::with_check("1110000000001333 8").unwrap().as_str(),
            "11100000000013338W"
        );
        assert!(matches!(
            CreditCode::with_check("1110"),
            Err(BadCreditCode::Length { found: 4, .. })
        ));
        assert!(matches!(
            CreditCode::with_check("I1100000000013338"),
            Err(BadCreditCode::Symbols { .. })
        ));
    }

    #[test]
    fn computes_both_check_characters() {
        let code = CreditCode::with_checks("91350100M000100Y").unwrap();
        assert_eq!((code.as_str(), code.warnings()), (SOUND, Vec::new()));
        assert!(matches!(
            CreditCode::with_checks("91350100M000100Y4"),
            Err(BadCreditCode::Length { found: 17, .. })
        ));
        assert!(matches!(
            CreditCode::with_checks("91350100M000100O"),
            Err(BadCreditCode::Symbols { .. })
        ));
    }

    #[test]
    fn lengths_are_explained() {
        assert_eq!(error("  "), BadCreditCode::Empty);
        assert!(error("91350100M000100Y4").message().contains("少1位"));
        assert!(error("91350100M000100Y4300").message().contains("多2位"));
        assert!(error("110108000000016").message().contains("15位注册号"));
        assert!(error("M000100Y4").message().contains("组织机构代码"));
    }

    #[test]
    fn left_out_letters_are_explained_and_mended() {
        let BadCreditCode::Symbols { wrong, likely } = error("9I350IOOM000100Y43") else {
            panic!()
        };
        assert_eq!(wrong, [(2, 'I'), (6, 'I'), (7, 'O'), (8, 'O')]);
        assert_eq!(likely.unwrap().as_str(), SOUND);
        let message = error("9I350100M000100Y43").message();
        assert!(message.contains("第2位的字母“I”") && message.contains("数字“1”") && message.contains(SOUND));
    }

    #[test]
    fn foreign_characters_are_named() {
        let message = error("91350100M000100Y4号").message();
        assert!(message.contains("第18位的“号”"), "{message}");
        assert!(matches!(
            error("91350100M000100V43"),
            BadCreditCode::Symbols { likely: None, .. }
        ));
    }

    #[test]
    fn codes_on_real_licences_that_fail_only_the_last_check() {
        for (code, expected) in [
            ("91350100M0001TGQXM", '1'),
            ("91350211M0000XUF46", 'R'),
            ("91350203M0001FUE2P", 'J'),
        ] {
            let found = code.chars().last().unwrap();
            match warnings(code).as_slice() {
                [
                    CodeWarning::CheckCharacter {
                        expected: e,
                        found: f,
                        ..
                    },
                ] => {
                    assert_eq!((*e, *f), (expected, found));
                }
                other => panic!("{code}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_swap_is_recognised() {
        let found = warnings("91351000M000100Y43");
        let Some(CodeWarning::CheckCharacter { likely, .. }) = found.last() else {
            panic!("{found:?}")
        };
        assert!(
            likely
                .iter()
                .any(|s| s.code.as_str() == SOUND && s.slip == Slip::Swapped { first: 5 })
        );
        assert!(found.last().unwrap().message().contains("第5、6位写颠倒"));
    }

    #[test]
    fn a_look_alike_is_recognised() {
        let found = warnings("91350100M0D0100Y43");
        let Some(CodeWarning::CheckCharacter { likely, .. }) = found.last() else {
            panic!("{found:?}")
        };
        let slip = Slip::Confused {
            position: 11,
            found: 'D',
            meant: '0',
        };
        assert!(
            likely.iter().any(|s| s.code.as_str() == SOUND && s.slip == slip),
            "{likely:?}"
        );
        assert!(found.iter().any(|w| w.kind() == "organisation-code"));
    }

    #[test]
    fn a_letter_in_the_division_is_told() {
        let found = warnings("9135B100M000100Y43");
        assert!(
            found.contains(&CodeWarning::DivisionDigits {
                position: 5,
                found: 'B'
            }),
            "{found:?}"
        );
    }

    #[test]
    fn an_abolished_division_is_no_fault() {
        // 360105, a district merged away in 2019; and 000000.
        for body in ["91360105MA35A0001", "91000000MA35A0001"] {
            let code = CreditCode::with_check(body).unwrap();
            assert!(
                code.warnings()
                    .iter()
                    .all(|w| matches!(w, CodeWarning::OrganisationCode { .. }))
            );
        }
    }

    #[test]
    fn serde_uses_the_parser() {
        let code: CreditCode = serde_json::from_str("\" 91350100m000100y43\"").unwrap();
        assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{SOUND}\""));
        let error = serde_json::from_str::<CreditCode>("\"91\"").unwrap_err();
        assert!(error.to_string().contains("应为18位"));
    }
}

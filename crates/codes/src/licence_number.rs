//! 安全生产许可证编号, such as （赣）WH安许证字〔2026〕000123.

use crate::string_value::string_value;
use crate::table::{self, BadTable};
use crate::text::{compact, fold_bracket, fold_dash, is_han};
use std::fmt;
use std::iter::Peekable;
use std::str::{Chars, FromStr};
use thiserror::Error;

/// The word of safety production licences.
const WORD: &str = "安许证字";

/// The licensing regulation is of 2004; a year outside these is a misread number.
const YEARS: std::ops::RangeInclusive<u16> = 2000..=2099;

/// Longest serial; the 3–7 digits found in practice, and one more.
const MOST_DIGITS: usize = 8;

/// A licence number, kept in its parts: authorities write it with every kind of bracket, so equality
/// is by parts, and printing always uses `（）` and `〔〕`.
///
/// Parts: region mark (province character, with a city letter where the province uses one), industry
/// letters (WH, JZ, FM, MK, YH, MB …), word (安许证字, or none as on some older licences and on trade
/// permits), year, serial (digits, with class letters before them where used), replacement suffix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenceNumber {
    region: String,
    industry: String,
    word: String,
    year: u16,
    serial: String,
    suffix: Option<String>,
}

string_value!(LicenceNumber);

impl LicenceNumber {
    /// Parses every bracket style, full and half width, with or without 第…号.
    pub fn parse(text: &str) -> Result<Self, BadLicenceNumber> {
        let folded: String = compact(text)
            .chars()
            .map(|c| fold_dash(fold_bracket(c)))
            .collect();
        if folded.is_empty() {
            return Err(BadLicenceNumber::Empty);
        }
        Parser {
            rest: folded.chars().peekable(),
        }
        .number()
    }

    /// The region mark, such as 赣 or 川E.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The industry letters, such as WH.
    pub fn industry(&self) -> &str {
        &self.industry
    }

    /// The year of numbering.
    pub fn year(&self) -> u16 {
        self.year
    }

    /// The serial as written, such as 000123.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// The suffix of a replacement, such as 1 in `…000123-1`.
    pub fn suffix(&self) -> Option<&str> {
        self.suffix.as_deref()
    }

    /// The number under which the licence was first issued.
    pub fn original(&self) -> Self {
        Self {
            suffix: None,
            ..self.clone()
        }
    }

    /// The number of the next replacement 补证: the old number continued by a suffix that counts up.
    pub fn replacement(&self) -> Result<Self, BadLicenceNumber> {
        let width = self.suffix.as_ref().map_or(1, String::len);
        let last: u8 = self
            .suffix
            .as_deref()
            .map_or(Ok(0), str::parse)
            .map_err(|_| BadLicenceNumber::Suffix)?;
        let next = format!("{:0width$}", last + 1);
        if next.len() > 2 {
            Err(BadLicenceNumber::Suffix)
        } else {
            Ok(Self {
                suffix: Some(next),
                ..self.clone()
            })
        }
    }

    /// The number of the nth stand-in 应急使用: the number continued by 临's letter, such as `…000123-L1`.
    ///
    /// # Errors
    /// [`BadLicenceNumber::Suffix`] for 0, for more than 99, and for the stand-in of a stand-in.
    pub fn stand_in(&self, nth: u8) -> Result<Self, BadLicenceNumber> {
        let before = self.suffix.as_deref().unwrap_or_default();
        if !(1..=99).contains(&nth) || before.contains('L') {
            return Err(BadLicenceNumber::Suffix);
        }
        Ok(Self {
            suffix: Some(format!("{before}L{nth}")),
            ..self.clone()
        })
    }

    /// Serial for the electronic licence identifier, as construction licences form it: year, then the
    /// last six digits of the serial (class letters kept between them). The suffix is not part of it:
    /// a replacement counts the identifier's version up.
    pub fn identifier_serial(&self) -> String {
        let digits = self.serial.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let class = &self.serial[..self.serial.len() - digits.len()];
        format!(
            "{}{class}{}",
            self.year,
            &digits[digits.len().saturating_sub(6)..]
        )
    }

    /// Key for finding the number however it was written: equals [`loose_key`](Self::loose_key) of any
    /// spelling.
    pub fn match_key(&self) -> String {
        Self::loose_key(&self.to_string())
    }

    /// Key of a whole or partial number as typed into a search box: brackets, spaces, 安许证字, 第 and 号
    /// gone, width and case folded: `赣WH2026000123`.
    pub fn loose_key(text: &str) -> String {
        compact(text)
            .replace(WORD, "")
            .chars()
            .map(|c| fold_dash(fold_bracket(c)))
            .filter(|c| !matches!(c, '(' | ')' | '第' | '号' | '字'))
            .collect()
    }
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
}

impl Parser<'_> {
    fn number(mut self) -> Result<LicenceNumber, BadLicenceNumber> {
        let region = self.region()?;
        let industry = self.take(|c| c.is_ascii_uppercase());
        if !fits_industry(&industry) {
            return Err(BadLicenceNumber::Industry);
        }
        let word = self.take(|c| is_han(c) && c != '第');
        if !fits_word(&word) {
            return Err(BadLicenceNumber::Word { found: word });
        }
        let year = self.year()?;
        self.skip('第');
        let serial = self.serial()?;
        let suffix = self.suffix()?;
        self.skip('号');
        let rest: String = self.rest.collect();
        if rest.is_empty() {
            Ok(LicenceNumber {
                region,
                industry,
                word,
                year,
                serial,
                suffix,
            })
        } else {
            Err(BadLicenceNumber::Trailing { found: rest })
        }
    }

    fn region(&mut self) -> Result<String, BadLicenceNumber> {
        let opened = self.skip('(');
        let mut region = self.take(is_han);
        if opened {
            region.push_str(&self.take(|c| c.is_ascii_uppercase()));
        }
        let closed = self.skip(')');
        if opened == closed && fits_region(&region) {
            Ok(region)
        } else {
            Err(BadLicenceNumber::Region)
        }
    }

    fn year(&mut self) -> Result<u16, BadLicenceNumber> {
        let opened = self.skip('(');
        let mut digits = String::new();
        while digits.len() < 4 {
            match self.rest.next_if(char::is_ascii_digit) {
                Some(digit) => digits.push(digit),
                None => return Err(BadLicenceNumber::Year),
            }
        }
        let closed = self.skip(')');
        let year = digits.parse().ok().filter(|year| YEARS.contains(year));
        year.filter(|_| opened == closed).ok_or(BadLicenceNumber::Year)
    }

    fn serial(&mut self) -> Result<String, BadLicenceNumber> {
        let class = self.take(|c| c.is_ascii_uppercase());
        let digits = self.take(|c| c.is_ascii_digit());
        let fits = class.len() <= 2 && (2..=MOST_DIGITS).contains(&digits.len());
        if fits {
            Ok(class + &digits)
        } else {
            Err(BadLicenceNumber::Serial)
        }
    }

    fn suffix(&mut self) -> Result<Option<String>, BadLicenceNumber> {
        if !self.skip('-') {
            return Ok(None);
        }
        let digits = self.take(|c| c.is_ascii_digit());
        if !self.skip('L') {
            return match digits.len() {
                1..=2 => Ok(Some(digits)),
                _ => Err(BadLicenceNumber::Suffix),
            };
        }
        let nth = self.take(|c| c.is_ascii_digit());
        match (digits.len(), nth.len()) {
            (0..=2, 1..=2) => Ok(Some(format!("{digits}L{nth}"))),
            _ => Err(BadLicenceNumber::Suffix),
        }
    }

    fn take(&mut self, fits: impl Fn(char) -> bool) -> String {
        std::iter::from_fn(|| self.rest.next_if(|c| fits(*c))).collect()
    }

    fn skip(&mut self, expected: char) -> bool {
        self.rest.next_if_eq(&expected).is_some()
    }
}

/// One province character, perhaps with one city letter.
fn fits_region(region: &str) -> bool {
    let mut characters = region.chars();
    characters.next().is_some_and(is_han)
        && characters.next().is_none_or(|c| c.is_ascii_uppercase())
        && characters.next().is_none()
}

fn fits_industry(industry: &str) -> bool {
    matches!(industry.len(), 2..=3) && industry.chars().all(|c| c.is_ascii_uppercase())
}

fn fits_word(word: &str) -> bool {
    word.is_empty() || (word.ends_with('字') && word.chars().all(is_han) && !word.contains('第'))
}

impl FromStr for LicenceNumber {
    type Err = BadLicenceNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for LicenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            region,
            industry,
            word,
            year,
            serial,
            suffix,
        } = self;
        write!(f, "（{region}）{industry}{word}〔{year}〕{serial}")?;
        suffix.iter().try_for_each(|suffix| write!(f, "-{suffix}"))
    }
}

/// Why a text is no licence number.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadLicenceNumber {
    /// Nothing but white space.
    #[error("请填写许可证编号，如（赣）WH安许证字〔2026〕000123。")]
    Empty,
    /// No single province character at the start.
    #[error("许可证编号应以省级简称开头，如（赣），括号须成对。")]
    Region,
    /// No two or three letters after it.
    #[error("许可证编号的省级简称后应为2至3位行业字母，如 WH、JZ、FM、MK、YH、MB。")]
    Industry,
    /// The word between letters and year does not end in 字.
    #[error("许可证编号的“{found}”应为“安许证字”。")]
    Word {
        /// What stands there.
        found: String,
    },
    /// No plausible year of four digits.
    #[error("许可证编号的年份应为4位数字并置于括号内，如〔2026〕。")]
    Year,
    /// The serial does not fit.
    #[error("许可证编号的顺序号应为2至8位数字，如 000123。")]
    Serial,
    /// The suffix does not fit.
    #[error("许可证编号的后缀应为1至2位数字（补证，如 -1），或者 L 加1至2位数字（应急使用，如 -L1）。")]
    Suffix,
    /// Something stands after the number.
    #[error("许可证编号末尾有多余内容“{found}”，请删去。")]
    Trailing {
        /// What stands there.
        found: String,
    },
    /// The sequence is zero or has more digits than the pattern allows.
    #[error("顺序号 {sequence} 超出编号规则规定的{digits}位。")]
    Sequence {
        /// The sequence number asked for.
        sequence: u32,
        /// Digits of the pattern.
        digits: u8,
    },
    /// A pattern's part does not fit.
    #[error("编号规则的“{part}”一项不合规定。")]
    Pattern {
        /// Name of the column.
        part: &'static str,
    },
}

impl BadLicenceNumber {
    /// What is wrong and how to mend it, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

/// How an authority numbers the licences of one industry. Data, not code: provinces differ in digits,
/// class letters and marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenceNumberPattern {
    region: String,
    industry: String,
    name: String,
    word: String,
    class: String,
    digits: u8,
}

impl LicenceNumberPattern {
    /// Industry letters, such as WH.
    pub fn industry(&self) -> &str {
        &self.industry
    }

    /// Region mark, such as 赣.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// What the industry is called, such as 危险化学品生产企业.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number with this year and sequence (from 1).
    pub fn number(&self, year: u16, sequence: u32) -> Result<LicenceNumber, BadLicenceNumber> {
        let width = usize::from(self.digits);
        let digits = format!("{sequence:0width$}");
        if sequence == 0 || digits.len() > width {
            return Err(BadLicenceNumber::Sequence {
                sequence,
                digits: self.digits,
            });
        }
        if !YEARS.contains(&year) {
            return Err(BadLicenceNumber::Year);
        }
        Ok(LicenceNumber {
            region: self.region.clone(),
            industry: self.industry.clone(),
            word: self.word.clone(),
            year,
            serial: format!("{}{digits}", self.class),
            suffix: None,
        })
    }

    /// Whether a number follows this pattern, replacements included.
    pub fn accepts(&self, number: &LicenceNumber) -> bool {
        self.sequence_of(number).is_some()
    }

    /// The sequence in a number of this pattern; `None` for a number of another.
    pub fn sequence_of(&self, number: &LicenceNumber) -> Option<u32> {
        let digits = number.serial.strip_prefix(&self.class)?;
        let same =
            number.region == self.region && number.industry == self.industry && number.word == self.word;
        let sequence = digits.parse().ok().filter(|sequence| *sequence > 0)?;
        (same && digits.len() == usize::from(self.digits)).then_some(sequence)
    }
}

#[derive(serde::Deserialize)]
struct Row {
    region: String,
    industry: String,
    name: String,
    word: String,
    class: String,
    digits: u8,
}

impl TryFrom<Row> for LicenceNumberPattern {
    type Error = BadLicenceNumber;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        let Row {
            region,
            industry,
            name,
            word,
            class,
            digits,
        } = row;
        let fits = [
            ("region", fits_region(&region)),
            ("industry", fits_industry(&industry)),
            ("word", fits_word(&word)),
            (
                "class",
                class.len() <= 2 && class.chars().all(|c| c.is_ascii_uppercase()),
            ),
            ("digits", (2..=MOST_DIGITS).contains(&usize::from(digits))),
        ];
        match fits.into_iter().find(|(_, fits)| !fits) {
            Some((part, _)) => Err(BadLicenceNumber::Pattern { part }),
            None => Ok(Self {
                region,
                industry,
                name,
                word,
                class,
                digits,
            }),
        }
    }
}

/// The numbering patterns of an authority, from `data/licence_numbers/patterns.csv` (columns
/// `region,industry,name,word,class,digits`; others, such as `note`, are for people).
#[derive(Debug, Clone, Default)]
pub struct LicenceNumberPatterns(Vec<LicenceNumberPattern>);

impl LicenceNumberPatterns {
    /// Reads the patterns; region and industry together are unique.
    pub fn from_csv(content: &str) -> Result<Self, BadTable> {
        let mut patterns: Vec<LicenceNumberPattern> = Vec::new();
        for (line, row) in table::rows::<Row>(content)? {
            let pattern = LicenceNumberPattern::try_from(row).map_err(|error| BadTable::row(line, error))?;
            let same =
                |p: &LicenceNumberPattern| p.region == pattern.region && p.industry == pattern.industry;
            if patterns.iter().any(same) {
                return Err(BadTable::row(
                    line,
                    format!("{}{} 的编号规则重复", pattern.region, pattern.industry),
                ));
            }
            patterns.push(pattern);
        }
        Ok(Self(patterns))
    }

    /// The pattern of an industry in a region.
    pub fn get(&self, region: &str, industry: &str) -> Option<&LicenceNumberPattern> {
        self.0
            .iter()
            .find(|pattern| pattern.region == region && pattern.industry == industry)
    }

    /// All patterns, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &LicenceNumberPattern> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, printed: &str) {
        match LicenceNumber::parse(text) {
            Ok(number) => assert_eq!(number.to_string(), printed, "{text}"),
            Err(error) => panic!("{text}: {error}"),
        }
    }

    #[test]
    fn numbers_in_use() {
        check("（鄂）JZ安许证字【2005】000115", "（鄂）JZ安许证字〔2005〕000115");
        check("（鲁）JZ安许证字[2023]087974", "（鲁）JZ安许证字〔2023〕087974");
        check("（冀）JZ安许证字[2005]000049", "（冀）JZ安许证字〔2005〕000049");
        check("（沪）JZ安许证字[2016]016109", "（沪）JZ安许证字〔2016〕016109");
        check("〔沪〕JZ安许证字〔2019〕040975", "（沪）JZ安许证字〔2019〕040975");
        check(
            "（渝）JZ安许证字〔2011〕005501-01",
            "（渝）JZ安许证字〔2011〕005501-01",
        );
        check("(苏)WH安许证字[2019]0123", "（苏）WH安许证字〔2019〕0123");
        check("（桂）FM安许证字〔2023〕0078", "（桂）FM安许证字〔2023〕0078");
        check("（赣A）LS〔2026〕00012", "（赣A）LS〔2026〕00012");
        check("(赣)WH安许证字[2024]0123", "（赣）WH安许证字〔2024〕0123");
        check("赣JZ【2016】20028", "（赣）JZ〔2016〕20028");
        check(
            "(晋)MK安许证字［２００４］１２３４",
            "（晋）MK安许证字〔2004〕1234",
        );
    }

    #[test]
    fn every_spelling() {
        for text in [
            "（赣）WH安许证字〔2026〕000123",
            "(赣)wh安许证字(2026)000123",
            "【赣】ＷＨ安许证字［２０２６］第０００１２３号",
            " 赣 WH 安许证字 2026 000123 ",
            "﹝赣﹞WH安许证字﹝2026﹞000123号",
            "{赣}WH安许证字{2026}第000123号",
        ] {
            check(text, "（赣）WH安许证字〔2026〕000123");
        }
        for dash in ["-", "－", "–", "—", "−"] {
            check(
                &format!("（赣）WH安许证字〔2026〕000123{dash}1"),
                "（赣）WH安许证字〔2026〕000123-1",
            );
        }
        check("(川E)WH安许证字[2017]0015", "（川E）WH安许证字〔2017〕0015");
        check("(赣)FM安许证字[2013]M1234号", "（赣）FM安许证字〔2013〕M1234");
    }

    #[test]
    fn faults_say_what_to_mend() {
        let check = |text: &str, part: &str| {
            let message = LicenceNumber::parse(text).unwrap_err().message();
            assert!(message.contains(part), "{text}: {message}");
        };
        check("　", "请填写");
        check("WH安许证字〔2026〕000123", "省级简称");
        check("（赣WH安许证字〔2026〕000123", "省级简称");
        check("（江西）WH安许证字〔2026〕000123", "省级简称");
        check("（赣）安许证字〔2026〕000123", "行业字母");
        check("（赣）WH安许证〔2026〕000123", "“安许证”应为");
        check("（赣）WH安许证字〔26〕000123", "年份");
        check("（赣）WH安许证字〔1926〕000123", "年份");
        check("（赣）WH安许证字〔2026000123", "年份");
        check("（赣）WH安许证字〔2026〕", "顺序号");
        check("（赣）WH安许证字〔2026〕00012O", "多余内容“O”");
        check("（赣）WH安许证字〔2026〕000123-", "后缀");
    }

    #[test]
    fn replacements_continue_the_number() {
        let first: LicenceNumber = "（赣）WH安许证字〔2026〕000123".parse().unwrap();
        let second = first.replacement().unwrap();
        assert_eq!(second.to_string(), "（赣）WH安许证字〔2026〕000123-1");
        assert_eq!(second.replacement().unwrap().suffix(), Some("2"));
        assert_eq!(second.original(), first);
        let old: LicenceNumber = "（渝）JZ安许证字〔2011〕005501-09".parse().unwrap();
        assert_eq!(old.replacement().unwrap().suffix(), Some("10"));
        let last: LicenceNumber = "（渝）JZ安许证字〔2011〕005501-99".parse().unwrap();
        assert_eq!(last.replacement(), Err(BadLicenceNumber::Suffix));
    }

    #[test]
    fn stand_ins_have_a_letter() {
        let number: LicenceNumber = "（赣）WH安许证字〔2026〕000123-1".parse().unwrap();
        let stand_in = number.stand_in(2).unwrap();
        assert_eq!(stand_in.to_string(), "（赣）WH安许证字〔2026〕000123-1L2");
        assert_eq!(stand_in.to_string().parse(), Ok(stand_in.clone()));
        assert_eq!(
            number.original().stand_in(1).unwrap().match_key(),
            "赣WH2026000123-L1"
        );
        assert_eq!(stand_in.stand_in(1), Err(BadLicenceNumber::Suffix));
        assert_eq!(number.stand_in(0), Err(BadLicenceNumber::Suffix));
        assert_eq!(stand_in.replacement(), Err(BadLicenceNumber::Suffix));
        for wrong in ["-L", "-L123", "-123L1", "-LL1", "-M1"] {
            let text = format!("（赣）WH安许证字〔2026〕000123{wrong}");
            assert!(text.parse::<LicenceNumber>().is_err(), "{text}");
        }
    }

    #[test]
    fn serial_of_the_electronic_identifier() {
        let check = |text: &str, serial: &str| {
            assert_eq!(LicenceNumber::parse(text).unwrap().identifier_serial(), serial);
        };
        check("（鲁）JZ安许证字[2023]087974", "2023087974");
        check("（赣）WH安许证字〔2026〕000123-1", "2026000123");
        check("(赣)FM安许证字[2013]M1234", "2013M1234");
        check("（赣）JZ安许证字〔2016〕12345678", "2016345678");
    }

    #[test]
    fn keys_match_loosely() {
        let number: LicenceNumber = "（赣）WH安许证字〔2026〕000123".parse().unwrap();
        assert_eq!(number.match_key(), "赣WH2026000123");
        assert_eq!(LicenceNumber::loose_key("wh安许证字［2026］第0001"), "WH20260001");
        assert!(
            number
                .match_key()
                .contains(&LicenceNumber::loose_key(" wh〔2026〕 "))
        );
        assert_eq!(LicenceNumber::loose_key("\u{200B}"), "");
    }

    fn patterns() -> LicenceNumberPatterns {
        LicenceNumberPatterns::from_csv(
            "region,industry,name,word,class,digits,note\n\
             赣,WH,危险化学品生产企业,安许证字,,6,\n赣,FM,非煤矿矿山企业,安许证字,M,4,x\n",
        )
        .unwrap()
    }

    #[test]
    fn patterns_number_and_recognise() {
        let patterns = patterns();
        let hazchem = patterns.get("赣", "WH").unwrap();
        let number = hazchem.number(2026, 123).unwrap();
        assert_eq!(number.to_string(), "（赣）WH安许证字〔2026〕000123");
        assert_eq!(hazchem.sequence_of(&number), Some(123));
        assert!(hazchem.accepts(&number.replacement().unwrap()));
        assert!(!hazchem.accepts(&"（赣）WH安许证字〔2026〕0123".parse().unwrap()));
        assert!(!hazchem.accepts(&"（鄂）WH安许证字〔2026〕000123".parse().unwrap()));
        let mine = patterns.get("赣", "FM").unwrap().number(2026, 7).unwrap();
        assert_eq!(mine.to_string(), "（赣）FM安许证字〔2026〕M0007");
        assert_eq!(
            hazchem.number(2026, 1_000_000),
            Err(BadLicenceNumber::Sequence {
                sequence: 1_000_000,
                digits: 6
            })
        );
        assert_eq!(
            hazchem.number(2026, 0).unwrap_err(),
            BadLicenceNumber::Sequence {
                sequence: 0,
                digits: 6
            }
        );
        assert_eq!(hazchem.number(1926, 1), Err(BadLicenceNumber::Year));
    }

    #[test]
    fn bad_patterns_are_refused() {
        let message = |rows: &str| {
            let content = format!("region,industry,name,word,class,digits\n{rows}\n");
            LicenceNumberPatterns::from_csv(&content).unwrap_err().message()
        };
        assert!(message("江西,WH,危化,安许证字,,6").contains("region"));
        assert!(message("赣,W,危化,安许证字,,6").contains("industry"));
        assert!(message("赣,WH,危化,安许,,6").contains("word"));
        assert!(message("赣,WH,危化,安许证字,1,6").contains("class"));
        assert!(message("赣,WH,危化,安许证字,,9").contains("digits"));
        assert!(message("赣,WH,危化,安许证字,,6\n赣,WH,危化,安许证字,,4").contains("第 3 行"));
    }
}

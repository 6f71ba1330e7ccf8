//! Names of enterprises and persons, as they appear on certificates.

use crate::string_value::string_value;
use crate::text::{fold_bracket, fold_dash, is_invisible};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{EmojiStatus, GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};

const LONGEST_ENTERPRISE: usize = 120;
const LONGEST_PERSON: usize = 60;

/// Name of an enterprise, as registered: NFC, trimmed, otherwise untouched. Rare characters stay.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnterpriseName(String);

/// Name of a person. `Debug` is masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);

string_value!(EnterpriseName, PersonName);

impl EnterpriseName {
    /// The name as registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Key for search and for finding the same name spelled otherwise.
    pub fn search_key(&self) -> String {
        search_key(&self.0)
    }
}

impl PersonName {
    /// The name in full. For the screen of others use [`masked`](Self::masked).
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Key for search and for comparing with other papers.
    pub fn search_key(&self) -> String {
        search_key(&self.0)
    }

    /// See [`masked_name`].
    pub fn masked(&self) -> String {
        masked_name(&self.0)
    }
}

impl FromStr for EnterpriseName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        checked(text, LONGEST_ENTERPRISE).map(Self)
    }
}

impl FromStr for PersonName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        checked(text, LONGEST_PERSON).map(Self)
    }
}

impl fmt::Display for EnterpriseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonName({})", self.masked())
    }
}

fn checked(text: &str, limit: usize) -> Result<String, BadName> {
    let name: String = text
        .trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
        .nfc()
        .collect();
    let found = name.chars().count();
    if found == 0 {
        return Err(BadName::Empty);
    }
    if found > limit {
        return Err(BadName::TooLong { limit, found });
    }
    let faulty = (1..)
        .zip(name.chars())
        .find_map(|(position, c)| Some((position, c, fault(c)?)));
    match faulty {
        Some((position, character, fault)) => Err(BadName::Character {
            position,
            character,
            fault,
        }),
        None => Ok(name),
    }
}

/// Why a character may not stand in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CharacterFault {
    /// Line breaks, tabs and other control characters.
    Control,
    /// Zero-width and direction marks.
    Invisible,
    /// Emoji and pictographs: no certificate font has them.
    Emoji,
    /// Private use: shown differently, or not at all, on every computer.
    PrivateUse,
    /// What a wrong decoding leaves behind.
    Garbled,
}

fn fault(c: char) -> Option<CharacterFault> {
    match c.general_category() {
        GeneralCategory::Control | GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator => {
            Some(CharacterFault::Control)
        }
        GeneralCategory::Format => Some(CharacterFault::Invisible),
        GeneralCategory::PrivateUse => Some(CharacterFault::PrivateUse),
        _ if is_noncharacter(c) => Some(CharacterFault::Garbled),
        category => is_pictograph(c, category).then_some(CharacterFault::Emoji),
    }
}

/// U+FFFD and the code points that never are characters.
fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    c == '\u{FFFD}' || (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

/// Emoji, except those that are ordinary text (digits, ©, ®, ™), and the symbols of the emoji planes;
/// also the marks that make emoji of other characters.
fn is_pictograph(c: char, category: GeneralCategory) -> bool {
    let is_text = c.is_ascii() || matches!(c, '©' | '®' | '™');
    let is_emoji = !matches!(
        c.emoji_status(),
        EmojiStatus::NonEmoji | EmojiStatus::NonEmojiButEmojiComponent
    );
    let is_symbol = matches!(
        category,
        GeneralCategory::OtherSymbol | GeneralCategory::ModifierSymbol
    );
    let makes_emoji = matches!(c, '\u{FE0F}' | '\u{20E3}' | '\u{1F1E6}'..='\u{1F1FF}');
    makes_emoji || (is_emoji && !is_text) || (is_symbol && u32::from(c) >= 0x1_F000)
}

/// Why a text cannot be a name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadName {
    /// Nothing but white space.
    #[error("请填写名称。")]
    Empty,
    /// More characters than any register allows.
    #[error("名称最多{limit}个字，现为{found}个字，请核对是否误填了其他内容。")]
    TooLong {
        /// Characters allowed.
        limit: usize,
        /// Characters found.
        found: usize,
    },
    /// A character that cannot be registered or printed.
    #[error("名称{}", character_message(*position, *character, *fault))]
    Character {
        /// Position from 1, after trimming.
        position: usize,
        /// The character.
        character: char,
        /// Why it may not stand there.
        fault: CharacterFault,
    },
}

impl BadName {
    /// What is wrong and how to mend it, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

fn character_message(position: usize, character: char, fault: CharacterFault) -> String {
    let code = format!("U+{:04X}", u32::from(character));
    match fault {
        CharacterFault::Control => {
            format!("第{position}个字符是换行、制表等控制字符（{code}），请删除。")
        }
        CharacterFault::Invisible => {
            format!("第{position}个字符是看不见的格式字符（{code}），请删除后重新输入。")
        }
        CharacterFault::Emoji => {
            format!("第{position}个字符“{character}”（{code}）是表情或图形符号，无法印在证照上，请删除。")
        }
        CharacterFault::PrivateUse => {
            format!(
                "第{position}个字符（{code}）是自造字，各处显示不一，请改用该字的国家标准（GB 18030）编码。"
            )
        }
        CharacterFault::Garbled => format!("第{position}个字符（{code}）是乱码，请重新输入。"),
    }
}

/// Key under which names are searched and compared: compatibility forms, width, case, bracket styles,
/// dashes, middle dots and curly quotes folded; spaces, invisible characters and variation selectors
/// removed. For comparison only, never for display.
pub fn search_key(name: &str) -> String {
    name.nfkc()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c) && !is_variation_selector(*c))
        .map(|c| fold_mark(fold_dash(fold_bracket(c))))
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

fn fold_mark(c: char) -> char {
    match c {
        '•' | '‧' | '∙' | '⋅' | '・' | '･' => '·',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        _ => c,
    }
}

/// A person's name with all but the first character as stars (张**); middle dots stay.
pub fn masked_name(name: &str) -> String {
    let masked = |(place, c): (usize, char)| if place == 0 || c == '·' { c } else { '*' };
    name.trim()
        .chars()
        .filter(|c| !is_variation_selector(*c))
        .enumerate()
        .map(masked)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (usize, CharacterFault) {
        match text.parse::<EnterpriseName>() {
            Err(BadName::Character { position, fault, .. }) => (position, fault),
            other => panic!("{text:?}: {other:?}"),
        }
    }

    #[test]
    fn rare_characters_stay() {
        for name in [
            "𠂇龘䶮𬴊𰻝",
            "南昌䶮化工（集团）有限公司",
            "王〇",
            "买买提·艾力",
            "A.B.C©®™ 3#厂(1)",
            "㐂喆",
        ] {
            assert_eq!(name.parse::<EnterpriseName>().unwrap().as_str(), name);
            assert_eq!(name.parse::<PersonName>().unwrap().as_str(), name);
        }
    }

    #[test]
    fn trimmed_and_composed() {
        let name: EnterpriseName = " \u{FEFF}Cafe\u{301} 南昌（分）\n".parse().unwrap();
        assert_eq!(name.as_str(), "Café 南昌（分）");
    }

    #[test]
    fn unprintable_characters_are_named() {
        use CharacterFault::*;
        for (text, expected) in [
            ("南昌😀公司", (3, Emoji)),
            ("南昌☎公司", (3, Emoji)),
            ("南昌1\u{FE0F}\u{20E3}", (4, Emoji)),
            ("南🇨🇳昌", (2, Emoji)),
            ("南\u{1FA70}昌", (2, Emoji)),
            ("南昌\n公司", (3, Control)),
            ("南\u{0}昌", (2, Control)),
            ("南\u{2028}昌", (2, Control)),
            ("南昌\u{200B}公司", (3, Invisible)),
            ("南昌\u{202E}司公", (3, Invisible)),
            ("南\u{E863}昌", (2, PrivateUse)),
            ("南\u{FFFD}昌", (2, Garbled)),
            ("南\u{2FFFE}昌", (2, Garbled)),
        ] {
            assert_eq!(refused(text), expected, "{text:?}");
        }
        let message = "南昌😀".parse::<PersonName>().unwrap_err().message();
        assert!(message.contains("第3个字符“😀”（U+1F600）"), "{message}");
    }

    #[test]
    fn lengths() {
        assert_eq!(
            " \u{3000}\u{200B}".parse::<PersonName>().unwrap_err(),
            BadName::Empty
        );
        let long = "长".repeat(121);
        assert_eq!(
            long.parse::<EnterpriseName>().unwrap_err(),
            BadName::TooLong {
                limit: 120,
                found: 121
            }
        );
    }

    #[test]
    fn keys_find_every_spelling() {
        let key = search_key("南昌(江西)abc化工有限公司");
        for spelling in [
            "南昌（江西）ＡＢＣ化工有限公司",
            " 南昌【江西】 Abc 化工\u{200B}有限公司",
            "南昌〔江西〕abc⼯化工".replace("⼯化工", "化⼯有限公司").as_str(),
        ] {
            assert_eq!(search_key(spelling), key, "{spelling}");
        }
        assert_eq!(search_key("买买提•艾力"), search_key("买买提・艾力"));
        assert_eq!(search_key("葛\u{E0100}城"), "葛城");
        assert_ne!(search_key("南昌化工"), search_key("南昌化学"));
    }

    #[test]
    fn masks() {
        assert_eq!(masked_name("张三"), "张*");
        assert_eq!(masked_name("欧阳修文"), "欧***");
        assert_eq!(masked_name("买买提·艾力"), "买**·**");
        assert_eq!(masked_name("𠂇"), "𠂇");
        assert_eq!(masked_name(""), "");
        let person: PersonName = "张三丰".parse().unwrap();
        assert_eq!(format!("{person:?}"), "PersonName(张**)");
        assert_eq!(serde_json::to_string(&person).unwrap(), "\"张三丰\"");
    }
}

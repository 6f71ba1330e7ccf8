//! 国民经济行业分类, GB/T 4754.

use crate::string_value::string_value;
use crate::table::{self, BadTable};
use crate::text::compact;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// An industry code: section letter A–T (门类), or 2, 3, 4 digits (大类, 中类, 小类). The common form with
/// the letter before the digits (`C2611`) is accepted and stored without it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndustryCode(String);

string_value!(IndustryCode);

/// The four levels of GB/T 4754.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IndustryLevel {
    /// 门类.
    Section,
    /// 大类.
    Division,
    /// 中类.
    Group,
    /// 小类.
    Class,
}

impl IndustryCode {
    /// The letter or the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Which of the four levels.
    pub fn level(&self) -> IndustryLevel {
        match self.0.len() {
            ..=1 => IndustryLevel::Section,
            2 => IndustryLevel::Division,
            3 => IndustryLevel::Group,
            _ => IndustryLevel::Class,
        }
    }
}

impl FromStr for IndustryCode {
    type Err = BadIndustryCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = compact(text);
        let digits = code.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let letters = &code[..code.len() - digits.len()];
        let letter_fits = matches!(letters.as_bytes(), [] | [b'A'..=b'T']);
        let digits_fit = digits.bytes().all(|digit| digit.is_ascii_digit());
        match (digits.len(), letter_fits && digits_fit) {
            (0, true) if !letters.is_empty() => Ok(Self(letters.to_owned())),
            (2..=4, true) => Ok(Self(digits.to_owned())),
            _ => Err(BadIndustryCode),
        }
    }
}

impl fmt::Display for IndustryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text is no industry code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("行业代码应为一个字母（A至T）或2至4位数字，如 C、26、261、2611 或 C2611。")]
pub struct BadIndustryCode;

impl BadIndustryCode {
    /// What is wrong and how to mend it, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

#[derive(serde::Deserialize)]
struct Row {
    code: String,
    name: String,
    parent: String,
}

struct Industry {
    name: String,
    parent: Option<IndustryCode>,
    children: Vec<IndustryCode>,
}

/// The classification as a tree, from `data/industry/gbt4754_2017.csv` (columns `code,name,parent`).
#[derive(Default)]
pub struct Industries {
    entries: BTreeMap<IndustryCode, Industry>,
    sections: Vec<IndustryCode>,
}

impl Industries {
    /// Builds the tree; parents must stand before their children.
    pub fn from_csv(content: &str) -> Result<Self, BadTable> {
        let mut tree = Self::default();
        for (line, row) in table::rows::<Row>(content)? {
            tree.insert(row).map_err(|reason| BadTable::row(line, reason))?;
        }
        Ok(tree)
    }

    fn insert(&mut self, row: Row) -> Result<(), String> {
        let code: IndustryCode = row
            .code
            .parse()
            .map_err(|error: BadIndustryCode| error.message())?;
        if self.entries.contains_key(&code) {
            return Err(format!("行业代码 {code} 重复"));
        }
        let parent = match row.parent.trim() {
            "" => None,
            parent => Some(parent.parse::<IndustryCode>().map_err(|error| error.message())?),
        };
        match &parent {
            None => self.sections.push(code.clone()),
            Some(parent) => self
                .entries
                .get_mut(parent)
                .ok_or_else(|| format!("行业 {code} 的上级 {parent} 不在表中"))?
                .children
                .push(code.clone()),
        }
        self.entries.insert(
            code,
            Industry {
                name: row.name.trim().to_owned(),
                parent,
                children: Vec::new(),
            },
        );
        Ok(())
    }

    /// Number of entries on all levels.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing was loaded.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the code is in the classification.
    pub fn contains(&self, code: &IndustryCode) -> bool {
        self.entries.contains_key(code)
    }

    /// Name of the entry, such as 无机酸制造.
    pub fn name(&self, code: &IndustryCode) -> Option<&str> {
        self.entries.get(code).map(|entry| entry.name.as_str())
    }

    /// The entry directly above; `None` for a section or an unknown code.
    pub fn parent(&self, code: &IndustryCode) -> Option<&IndustryCode> {
        self.entries.get(code)?.parent.as_ref()
    }

    /// The entries directly below, in the order of the standard.
    pub fn children(&self, code: &IndustryCode) -> &[IndustryCode] {
        self.entries.get(code).map_or(&[], |entry| &entry.children)
    }

    /// The sections A–T.
    pub fn sections(&self) -> &[IndustryCode] {
        &self.sections
    }

    /// The entry and all above it, the section first; empty for an unknown code.
    pub fn lineage(&self, code: &IndustryCode) -> Vec<&IndustryCode> {
        let own = self.entries.get_key_value(code).map(|(code, _)| code);
        let mut lineage: Vec<_> = std::iter::successors(own, |code| self.parent(code)).collect();
        lineage.reverse();
        lineage
    }

    /// The section an entry belongs to.
    pub fn section(&self, code: &IndustryCode) -> Option<&IndustryCode> {
        self.lineage(code).first().copied()
    }

    /// Names from the section down.
    pub fn path(&self, code: &IndustryCode) -> Option<Vec<&str>> {
        let names: Vec<&str> = self
            .lineage(code)
            .into_iter()
            .filter_map(|code| self.name(code))
            .collect();
        (!names.is_empty()).then_some(names)
    }

    /// Whether `code` is `ancestor` or lies below it.
    pub fn is_within(&self, code: &IndustryCode, ancestor: &IndustryCode) -> bool {
        self.lineage(code).contains(&ancestor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> IndustryCode {
        text.parse().unwrap()
    }

    #[test]
    fn forms() {
        for (text, expected) in [
            ("c", "C"),
            ("26", "26"),
            ("261", "261"),
            ("Ｃ2611", "2611"),
            (" 0111", "0111"),
        ] {
            assert_eq!(code(text).as_str(), expected);
        }
        for text in ["", "Z", "1", "26111", "CC26", "2A11", "26C", "U01", "化工"] {
            assert_eq!(text.parse::<IndustryCode>(), Err(BadIndustryCode), "{text}");
        }
        assert_eq!(code("C").level(), IndustryLevel::Section);
        assert_eq!(code("C2611").level(), IndustryLevel::Class);
    }

    #[test]
    fn tree() {
        let content = "code,name,parent\nC,制造业,\n26,化学原料和化学制品制造业,C\n261,基础化学原料制造,26\n\
                       2611,无机酸制造,261\n";
        let tree = Industries::from_csv(content).unwrap();
        let acid = code("2611");
        assert_eq!(tree.section(&acid), Some(&code("C")));
        assert_eq!(
            tree.path(&acid).unwrap().join(" > "),
            "制造业 > 化学原料和化学制品制造业 > 基础化学原料制造 > 无机酸制造"
        );
        assert!(tree.is_within(&acid, &code("26")) && tree.is_within(&acid, &acid));
        assert!(!tree.is_within(&code("26"), &acid));
        assert_eq!(tree.children(&code("26")), [code("261")]);
        assert_eq!(tree.path(&code("2612")), None);
    }

    #[test]
    fn bad_files_are_refused() {
        let message = |content: &str| Industries::from_csv(content).err().unwrap().message();
        assert!(message("code,name,parent\n26,化学,C\n").contains("上级 C"));
        assert!(message("code,name,parent\nC,制造业,\nC,制造业,\n").contains("第 3 行"));
    }
}

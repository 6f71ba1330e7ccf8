//! 行政区划, GB/T 2260 and the statistical codes below county level.

use crate::string_value::string_value;
use crate::table::{self, BadTable};
use crate::text::compact;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Lengths of the five levels, shortest first.
const LENGTHS: [usize; 5] = [2, 4, 6, 9, 12];

/// City-level entries that only hold a place in the numbering and are not part of an address.
const PLACEHOLDERS: [&str; 4] = ["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"];

/// A region code in its shortest form: 2, 4, 6, 9 or 12 digits for province, city, county, township,
/// village. Trailing zero groups are dropped on parsing (`360100` = `3601`), so that the code is the
/// prefix of exactly those regions that lie within: a scope filter is `code LIKE '3601%'`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode(String);

string_value!(RegionCode);

/// The five levels of administrative division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegionLevel {
    /// 省级.
    Province,
    /// 地级.
    City,
    /// 县级.
    County,
    /// 乡级.
    Township,
    /// 村级.
    Village,
}

impl RegionLevel {
    /// The Chinese word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Province => "省级",
            Self::City => "地级",
            Self::County => "县级",
            Self::Township => "乡级",
            Self::Village => "村级",
        }
    }
}

impl RegionCode {
    /// The digits in shortest form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Which of the five levels.
    pub fn level(&self) -> RegionLevel {
        match self.0.len() {
            ..=2 => RegionLevel::Province,
            3..=4 => RegionLevel::City,
            5..=6 => RegionLevel::County,
            7..=9 => RegionLevel::Township,
            _ => RegionLevel::Village,
        }
    }

    /// The region directly above; `None` for a province.
    pub fn parent(&self) -> Option<Self> {
        let above = LENGTHS.into_iter().rev().find(|length| *length < self.0.len())?;
        Some(shortest(&self.0[..above]))
    }

    /// All regions above, the province first; without the region itself.
    pub fn ancestors(&self) -> Vec<Self> {
        let mut above: Vec<Self> = std::iter::successors(self.parent(), Self::parent).collect();
        above.reverse();
        above
    }

    /// Whether `other` is this region or lies within it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The 6-digit form of GB/T 2260 (`360100`); `None` below county level.
    pub fn six_digits(&self) -> Option<String> {
        (self.0.len() <= 6).then(|| format!("{:0<6}", self.0))
    }

    /// The 12-digit statistical form (`360100000000`).
    pub fn twelve_digits(&self) -> String {
        format!("{:0<12}", self.0)
    }
}

/// Drops trailing groups of zeros; the province always stays.
fn shortest(digits: &str) -> RegionCode {
    let mut code = digits;
    for (above, length) in LENGTHS.into_iter().zip(LENGTHS.into_iter().skip(1)).rev() {
        if code.len() == length && code[above..].bytes().all(|digit| digit == b'0') {
            code = &code[..above];
        }
    }
    RegionCode(code.to_owned())
}

impl FromStr for RegionCode {
    type Err = BadRegionCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = compact(text);
        if let Some(found) = digits.chars().find(|c| !c.is_ascii_digit()) {
            return Err(BadRegionCode::Symbol { found });
        }
        if !LENGTHS.contains(&digits.len()) {
            return Err(BadRegionCode::Length { found: digits.len() });
        }
        if digits.starts_with('0') {
            return Err(BadRegionCode::Province);
        }
        Ok(shortest(&digits))
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no region code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadRegionCode {
    /// Not a length of any level.
    #[error("行政区划代码应为2、4、6、9或12位数字，现为{found}位。")]
    Length {
        /// Digits found.
        found: usize,
    },
    /// Not a digit.
    #[error("行政区划代码应全为数字，不能使用“{found}”。")]
    Symbol {
        /// The character.
        found: char,
    },
    /// No province starts with 0.
    #[error("行政区划代码前两位不是省级代码，请核对（表格软件可能丢失或改动了数字）。")]
    Province,
}

impl BadRegionCode {
    /// What is wrong and how to mend it, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

#[derive(serde::Deserialize)]
struct Row {
    code: String,
    name: String,
}

struct Region {
    name: String,
    children: Vec<RegionCode>,
}

/// The tree of administrative divisions, from the csv files `data/divisions/*.csv` (columns `code,name`).
/// Every region hangs below a known parent.
#[derive(Default)]
pub struct Divisions {
    regions: BTreeMap<RegionCode, Region>,
    provinces: Vec<RegionCode>,
}

impl Divisions {
    /// Builds the tree from the contents of any number of files, in any order.
    pub fn from_csv<'a>(files: impl IntoIterator<Item = &'a str>) -> Result<Self, BadTable> {
        let mut regions = BTreeMap::new();
        for content in files {
            for (line, row) in table::rows::<Row>(content)? {
                insert(&mut regions, line, row)?;
            }
        }
        Self {
            regions,
            provinces: Vec::new(),
        }
        .linked()
    }

    fn linked(mut self) -> Result<Self, BadTable> {
        let codes: Vec<RegionCode> = self.regions.keys().cloned().collect();
        for code in codes {
            match code.parent() {
                None => self.provinces.push(code),
                Some(parent) => match self.regions.get_mut(&parent) {
                    Some(region) => region.children.push(code),
                    None => {
                        let reason = format!("区划 {code} 的上级 {parent} 不在表中");
                        return Err(BadTable::Inconsistent { reason });
                    }
                },
            }
        }
        Ok(self)
    }

    /// Number of regions.
    pub fn len(&self) -> usize {
        self.regions.len()
    }

    /// Whether no file was given.
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty()
    }

    /// Whether the code is in force in the tables loaded.
    pub fn contains(&self, code: &RegionCode) -> bool {
        self.regions.contains_key(code)
    }

    /// The region's own name, such as 东湖区.
    pub fn name(&self, code: &RegionCode) -> Option<&str> {
        self.regions.get(code).map(|region| region.name.as_str())
    }

    /// Names from the province down, without place-holding entries such as 市辖区 below a municipality.
    pub fn path(&self, code: &RegionCode) -> Option<Vec<&str>> {
        let own = self.name(code)?;
        let above = code.ancestors();
        let above = above.iter().filter_map(|code| self.address_name(code));
        Some(above.chain([own]).collect())
    }

    fn address_name(&self, code: &RegionCode) -> Option<&str> {
        let is_placeholder = |name: &str| code.level() == RegionLevel::City && PLACEHOLDERS.contains(&name);
        self.name(code).filter(|name| !is_placeholder(name))
    }

    /// The path in one word, such as 江西省南昌市东湖区.
    pub fn full_name(&self, code: &RegionCode) -> Option<String> {
        self.path(code).map(|names| names.concat())
    }

    /// The regions directly below, by code.
    pub fn children(&self, code: &RegionCode) -> &[RegionCode] {
        self.regions.get(code).map_or(&[], |region| &region.children)
    }

    /// The provinces, by code.
    pub fn provinces(&self) -> &[RegionCode] {
        &self.provinces
    }

    /// The region itself or the nearest one above it that is in the tables: codes in old files may have
    /// been abolished, and lower levels are loaded for some provinces only.
    pub fn nearest(&self, code: &RegionCode) -> Option<RegionCode> {
        std::iter::successors(Some(code.clone()), RegionCode::parent).find(|code| self.contains(code))
    }

    /// The region and everything within it, by code.
    pub fn subtree<'a>(&'a self, code: &'a RegionCode) -> impl Iterator<Item = (&'a RegionCode, &'a str)> {
        self.regions
            .range(code.clone()..)
            .take_while(move |(within, _)| code.contains(within))
            .map(|(code, region)| (code, region.name.as_str()))
    }
}

/// Adds one row. The same region may occur on two levels under one name (东莞市 4419 and 441900).
fn insert(regions: &mut BTreeMap<RegionCode, Region>, line: u64, row: Row) -> Result<(), BadTable> {
    let code: RegionCode = row.code.parse().map_err(|error| BadTable::row(line, error))?;
    let name = row.name.trim();
    if name.is_empty() {
        return Err(BadTable::row(line, format!("区划 {code} 没有名称")));
    }
    match regions.get(&code) {
        Some(known) if known.name != name => Err(BadTable::row(
            line,
            format!("区划 {code} 有两个名称：{}、{name}", known.name),
        )),
        Some(_) => Ok(()),
        None => {
            regions.insert(
                code,
                Region {
                    name: name.to_owned(),
                    children: Vec::new(),
                },
            );
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> RegionCode {
        text.parse().unwrap()
    }

    fn check_shortest(text: &str, expected: &str) {
        assert_eq!(code(text).as_str(), expected, "{text}");
    }

    #[test]
    fn shortest_form() {
        check_shortest("360000", "36");
        check_shortest("36 01 00", "3601");
        check_shortest("３６０１０２", "360102");
        check_shortest("360102000", "360102");
        check_shortest("360102002000", "360102002");
        check_shortest("360102002001", "360102002001");
        check_shortest("360000000000", "36");
        check_shortest("40", "40");
    }

    #[test]
    fn faults() {
        assert_eq!(
            "36010".parse::<RegionCode>(),
            Err(BadRegionCode::Length { found: 5 })
        );
        assert_eq!(
            "3601O2".parse::<RegionCode>(),
            Err(BadRegionCode::Symbol { found: 'O' })
        );
        assert_eq!("060102".parse::<RegionCode>(), Err(BadRegionCode::Province));
        assert!("".parse::<RegionCode>().is_err());
    }

    #[test]
    fn places_in_the_tree() {
        let village = code("360102002001");
        let above: Vec<String> = village.ancestors().iter().map(ToString::to_string).collect();
        assert_eq!(above, ["36", "3601", "360102", "360102002"]);
        assert_eq!(village.level(), RegionLevel::Village);
        assert!(code("3601").contains(&village) && village.contains(&village));
        assert!(!code("3602").contains(&village) && !village.contains(&code("3601")));
        assert_eq!(code("441900003").parent(), Some(code("4419")));
    }

    #[test]
    fn official_forms() {
        assert_eq!(code("3601").six_digits().as_deref(), Some("360100"));
        assert_eq!(code("36").twelve_digits(), "360000000000");
        assert_eq!(code("360102002").six_digits(), None);
    }

    fn tree() -> Divisions {
        let provinces = "code,name\n11,北京市\n36,江西省\n44,广东省\n";
        let below = "code,name\n110101,东城区\n1101,市辖区\n3601,南昌市\n360102,东湖区\n\
                     4419,东莞市\n441900,东莞市\n441900003,东城街道\n";
        Divisions::from_csv([below, provinces]).unwrap()
    }

    #[test]
    fn names_and_children() {
        let tree = tree();
        assert_eq!(tree.full_name(&code("360102")).unwrap(), "江西省南昌市东湖区");
        assert_eq!(tree.full_name(&code("110101")).unwrap(), "北京市东城区");
        assert_eq!(
            tree.full_name(&code("441900003")).unwrap(),
            "广东省东莞市东城街道"
        );
        assert_eq!(tree.path(&code("360103")), None);
        assert_eq!(tree.children(&code("36")), [code("3601")]);
        assert_eq!(tree.provinces().len(), 3);
        assert_eq!(tree.nearest(&code("360105")), Some(code("3601")));
        assert_eq!(tree.nearest(&code("990105")), None);
        assert_eq!(tree.subtree(&code("36")).count(), 3);
    }

    #[test]
    fn bad_files_are_refused() {
        let message = |content: &str| Divisions::from_csv([content]).err().unwrap().message();
        assert!(message("code,name\n3601,南昌市\n").contains("上级 36"));
        assert!(message("code,name\n36,江西省\n36,江苏省\n").contains("第 3 行"));
        assert!(message("code,name\n36,\n").contains("没有名称"));
        assert!(message("code,name\nx,江西省\n").contains("第 2 行"));
        assert!(message("a,b\n1,2\n").contains("CSV"));
        assert!(message("code,name\n").contains("没有任何"));
    }
}

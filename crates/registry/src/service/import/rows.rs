//! From the cells of a row to a checked enterprise file. Pure.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
};

use codes::{Divisions, Industries, IndustryCode, RegionCode, SubjectCode, search_key};
use kernel::{FieldError, LegalDate, Scope};
use time::{Date, Month};

use super::{columns::Column, table::RawRow};
use crate::{
    model::{Checked, Danger, Field, NewEnterprise},
    rules::{self, Completeness, Tables},
};

/// A data row with the verdict on it.
pub(crate) struct Prepared {
    /// Place among the data rows, from 1.
    pub(crate) place: u64,
    /// The row as read.
    pub(crate) raw: RawRow,
    /// What comes of it.
    pub(crate) verdict: Verdict,
}

/// What comes of a row before the registry is asked.
pub(crate) enum Verdict {
    /// Fit to be taken.
    Sound(Box<Checked>),
    /// Faults to be mended.
    Refused(Vec<FieldError>),
    /// Repeats an earlier row.
    Skipped(String),
}

/// Names of regions and industries, for lists that give names instead of codes.
pub(crate) struct Names {
    regions: HashMap<String, RegionCode>,
    industries: HashMap<String, Option<IndustryCode>>,
}

impl Names {
    pub(crate) fn new(divisions: &Divisions, industries: &Industries) -> Self {
        let mut regions = HashMap::new();
        for province in divisions.provinces() {
            for (code, _) in divisions.subtree(province) {
                if let Some(path) = divisions.path(code) {
                    regions.insert(search_key(&path.concat()), code.clone());
                    // 南昌市东湖区 as well as 江西省南昌市东湖区.
                    if path.len() > 2 {
                        regions
                            .entry(search_key(&path[1..].concat()))
                            .or_insert_with(|| code.clone());
                    }
                }
            }
        }
        let mut names: HashMap<String, Option<IndustryCode>> = HashMap::new();
        let mut open: Vec<&IndustryCode> = industries.sections().iter().collect();
        while let Some(code) = open.pop() {
            open.extend(industries.children(code));
            let key = industries.name(code).map(search_key).unwrap_or_default();
            // A class often has the name of its group: the group says as much. Other namesakes are ambiguous.
            let kept = match names.get(&key) {
                None => Some(code.clone()),
                Some(Some(known)) if industries.is_within(code, known) => Some(known.clone()),
                Some(_) => None,
            };
            names.insert(key, kept);
        }
        Self {
            regions,
            industries: names,
        }
    }
}

/// Reads the rows of one file.
pub(crate) struct RowReader<'a> {
    tables: Tables<'a>,
    names: &'a Names,
    /// Place of the column for each field.
    places: BTreeMap<Field, usize>,
    default_region: Option<RegionCode>,
    scope: Scope,
    today: LegalDate,
    /// Codes taken so far with line and a hash of the content.
    seen: HashMap<u128, (u64, u64)>,
}

impl<'a> RowReader<'a> {
    pub(crate) fn new(
        tables: Tables<'a>,
        names: &'a Names,
        columns: &[Column],
        default_region: Option<RegionCode>,
        scope: Scope,
        today: LegalDate,
    ) -> Self {
        let places = columns
            .iter()
            .enumerate()
            .filter_map(|(place, column)| Some((column.field?, place)))
            .collect();
        Self {
            tables,
            names,
            places,
            default_region,
            scope,
            today,
            seen: HashMap::new(),
        }
    }

    /// The verdict on a row, remembering its code.
    pub(crate) fn prepare(&mut self, place: u64, raw: RawRow) -> Prepared {
        let verdict = match self.check(&raw) {
            Err(faults) => Verdict::Refused(faults),
            Ok(checked) => self.compare(&raw, checked),
        };
        Prepared { place, raw, verdict }
    }

    fn cell<'r>(&self, raw: &'r RawRow, field: Field) -> Option<&'r str> {
        let text = raw.cells.get(*self.places.get(&field)?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    fn check(&self, raw: &RawRow) -> Result<Checked, Vec<FieldError>> {
        let mut faults = Vec::new();
        let text = |field| self.cell(raw, field).unwrap_or_default().to_owned();
        let mut read = |field: Field, outcome: Result<(), String>| {
            if let Err(message) = outcome {
                faults.push(FieldError::new(field.key(), message));
            }
        };
        let mut new = NewEnterprise {
            name: text(Field::Name),
            code: text(Field::Code),
            legal_representative: text(Field::LegalRepresentative),
            economic_type: text(Field::EconomicType),
            address: text(Field::Address),
            phone: self.cell(raw, Field::Phone).map(str::to_owned),
            authority: self.cell(raw, Field::Authority).map(str::to_owned),
            confirmed_warnings: true,
            ..NewEnterprise::default()
        };
        read(
            Field::Region,
            self.region(raw).map(|code| new.region = code.to_string()),
        );
        read(
            Field::Industry,
            self.industry(raw).map(|code| new.industry = code),
        );
        if let Some(text) = self.cell(raw, Field::Size) {
            let size = rules::read_size(text)
                .ok_or_else(|| format!("“{text}”不是规模，请填写大型、中型、小型或微型"));
            read(Field::Size, size.map(|size| new.size = size));
        }
        if let Some(text) = self.cell(raw, Field::Danger) {
            let danger =
                read_danger(text).ok_or_else(|| format!("“{text}”不是风险等级，请填写红、橙、黄或蓝"));
            read(Field::Danger, danger.map(|danger| new.danger = Some(danger)));
        }
        if let Some(text) = self.cell(raw, Field::EstablishedOn) {
            read(
                Field::EstablishedOn,
                read_date(text).map(|day| new.established_on = Some(day)),
            );
        }
        let degrees = |field| self.cell(raw, field).map(read_degrees).transpose();
        read(
            Field::Longitude,
            degrees(Field::Longitude).map(|east| new.longitude = east),
        );
        read(
            Field::Latitude,
            degrees(Field::Latitude).map(|north| new.latitude = north),
        );
        match rules::check(&new, &self.tables, Completeness::Listed, self.today) {
            Ok(checked) if faults.is_empty() => Ok(checked),
            Ok(_) => Err(faults),
            Err(more) => {
                // A field that could not be read at all is reported once, not as missing besides.
                let unread: Vec<String> = faults.iter().map(|fault| fault.field.clone()).collect();
                faults.extend(more.into_iter().filter(|fault| !unread.contains(&fault.field)));
                Err(faults)
            }
        }
    }

    /// Region of the row: its own column, else the division digits of its code where they are in force and
    /// within the scope, else the default of the run.
    fn region(&self, raw: &RawRow) -> Result<RegionCode, String> {
        let region = match self.cell(raw, Field::Region) {
            Some(text) => self.named_region(text)?,
            None => self
                .derived_region(raw)
                .or_else(|| self.default_region.clone())
                .ok_or("无法确定所在区域：请增加“行政区划代码”列，或在导入时选择默认区域")?,
        };
        if self.scope.enterprise.is_none() && self.scope.covers(region.as_str(), None) {
            Ok(region)
        } else {
            Err(format!("区域 {region} 不在您的管辖范围内，请核对或交由当地导入"))
        }
    }

    fn derived_region(&self, raw: &RawRow) -> Option<RegionCode> {
        let code: SubjectCode = self.cell(raw, Field::Code)?.parse().ok()?;
        let region = match &code {
            SubjectCode::CreditCode(code) => code.region()?,
            SubjectCode::RegistrationNumber(number) => number.as_str().get(..6)?.parse().ok()?,
        };
        (self.tables.divisions.contains(&region) && self.scope.covers(region.as_str(), None))
            .then_some(region)
    }

    fn named_region(&self, text: &str) -> Result<RegionCode, String> {
        if let Ok(code) = text.parse::<RegionCode>() {
            let known = self.tables.divisions.nearest(&code);
            return known.ok_or_else(|| format!("行政区划代码 {text} 不在现行区划表中，请核对"));
        }
        let key = search_key(text);
        if let Some(code) = self.names.regions.get(&key) {
            return Ok(code.clone());
        }
        let within = self.default_region.iter().flat_map(|region| {
            let divisions = self.tables.divisions;
            divisions
                .subtree(region)
                .filter(|(_, name)| search_key(name) == key)
        });
        let found: Vec<RegionCode> = within.map(|(code, _)| code.clone()).take(2).collect();
        match found.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(format!(
                "区域“{text}”无法识别，请填写行政区划代码或全称（如 江西省南昌市东湖区）"
            )),
            _ => Err(format!("名为“{text}”的区域不止一个，请填写行政区划代码或全称")),
        }
    }

    fn industry(&self, raw: &RawRow) -> Result<Option<String>, String> {
        let Some(text) = self.cell(raw, Field::Industry) else {
            return Ok(None);
        };
        if text.parse::<IndustryCode>().is_ok() {
            return Ok(Some(text.to_owned()));
        }
        match self.names.industries.get(&search_key(text)) {
            Some(Some(code)) => Ok(Some(code.as_str().to_owned())),
            Some(None) => Err(format!("名为“{text}”的行业不止一个，请填写行业代码（GB/T 4754）")),
            None => Err(format!("行业“{text}”无法识别，请填写 GB/T 4754 的行业代码或名称")),
        }
    }

    /// Compares with the rows before: the same code twice is either repetition or contradiction.
    fn compare(&mut self, raw: &RawRow, checked: Checked) -> Verdict {
        use std::collections::hash_map::Entry;
        let content = self.content(raw);
        match self.seen.entry(packed(checked.code.as_str())) {
            Entry::Vacant(free) => {
                free.insert((raw.line, content));
                Verdict::Sound(Box::new(checked))
            }
            Entry::Occupied(known) => {
                let (line, before) = known.get();
                if *before == content {
                    Verdict::Skipped(format!("与第 {line} 行重复，已跳过"))
                } else {
                    let message = format!("与第 {line} 行代码相同而内容不同，请核对后只保留一行");
                    Verdict::Refused(vec![FieldError::new(Field::Code.key(), message)])
                }
            }
        }
    }

    fn content(&self, raw: &RawRow) -> u64 {
        let mut hasher = DefaultHasher::new();
        for place in self.places.values() {
            raw.cells.get(*place).map(|cell| cell.trim()).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Fields that this row fills.
    pub(crate) fn given(columns: &[Column], raw: &RawRow) -> Vec<Field> {
        let cells = columns.iter().zip(&raw.cells);
        cells
            .filter(|(_, cell)| !cell.trim().is_empty())
            .filter_map(|(column, _)| column.field)
            .collect()
    }
}

/// A code of at most 18 ASCII characters as one number.
fn packed(code: &str) -> u128 {
    code.bytes().fold(0, |sum, byte| (sum << 7) | u128::from(byte))
}

fn read_danger(text: &str) -> Option<Danger> {
    let text = text.trim().to_lowercase();
    let bare = text.trim_end_matches("风险").trim_end_matches(['色', '级']);
    let by_name = Danger::ALL
        .iter()
        .copied()
        .find(|danger| bare == danger.chinese() || text == danger.as_str());
    // 重大、较大、一般、低 are the same four classes by their other names.
    by_name.or(match bare {
        "重大" => Some(Danger::Red),
        "较大" => Some(Danger::Orange),
        "一般" => Some(Danger::Yellow),
        "低" => Some(Danger::Blue),
        _ => None,
    })
}

fn read_degrees(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches(['°', '度']);
    number
        .parse()
        .ok()
        .filter(|degrees: &f64| degrees.is_finite())
        .ok_or_else(|| format!("“{text}”不是度数，请填写小数，如 115.8921"))
}

/// Reads the spellings of a day: `2015-3-2`, `2015/3/2`, `2015.3.2`, `2015年3月2日`, `20150302`, with or
/// without a time of day.
fn read_date(text: &str) -> Result<LegalDate, String> {
    let form = || format!("“{text}”不是日期，请写成 2015-03-02 这样的年-月-日");
    let day = text.trim().split([' ', 'T']).next().unwrap_or_default();
    let groups: Vec<&str> = day
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .collect();
    let parts = match groups.as_slice() {
        [all] if all.len() == 8 && day.len() == 8 => [&all[..4], &all[4..6], &all[6..]],
        [year, month, day] if year.len() == 4 => [*year, *month, *day],
        _ => return Err(form()),
    };
    let numbers = parts.map(|part| part.parse::<u16>().unwrap_or(0));
    let month = u8::try_from(numbers[1])
        .ok()
        .and_then(|month| Month::try_from(month).ok());
    let day = u8::try_from(numbers[2]).unwrap_or(0);
    month
        .and_then(|month| Date::from_calendar_date(i32::from(numbers[0]), month, day).ok())
        .filter(|date| date.year() >= 1800)
        .map(LegalDate)
        .ok_or_else(|| format!("没有“{text}”这一天，请核对日期"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days() {
        let check = |text: &str, expected: &str| {
            assert_eq!(
                read_date(text).map(|day| day.to_string()),
                Ok(expected.to_owned()),
                "{text}"
            );
        };
        check("2015-3-2", "2015-03-02");
        check("2015/03/02 00:00:00", "2015-03-02");
        check("2015年3月2日", "2015-03-02");
        check("2015.3.2", "2015-03-02");
        check("20150302", "2015-03-02");
        check("2024-02-29", "2024-02-29");
        for text in ["2023-02-30", "2023-13-01", "20230431", "2023-02-29", "2023-00-10"] {
            assert!(read_date(text).unwrap_err().contains("没有"), "{text}");
        }
        for text in ["昨天", "15-3-2", "2015-03", "42000"] {
            assert!(read_date(text).unwrap_err().contains("不是日期"), "{text}");
        }
    }

    #[test]
    fn dangers() {
        for (text, danger) in [
            ("红", Danger::Red),
            ("橙色", Danger::Orange),
            ("黄级", Danger::Yellow),
            ("蓝色风险", Danger::Blue),
            ("重大风险", Danger::Red),
            ("RED", Danger::Red),
        ] {
            assert_eq!(read_danger(text), Some(danger), "{text}");
        }
        assert_eq!(read_danger("绿"), None);
    }

    proptest! {
        /// Every day is read from every spelling, and nothing makes the reader panic.
        #[test]
        fn every_day_in_every_spelling(ordinal in 1u16..366, year in 1900i32..2100) {
            let date = Date::from_ordinal_date(year, ordinal).unwrap();
            let (y, m, d) = (date.year(), u8::from(date.month()), date.day());
            for text in [format!("{y}-{m}-{d}"), format!("{y}年{m:02}月{d:02}日"), format!("{y}{m:02}{d:02}")] {
                prop_assert_eq!(read_date(&text), Ok(LegalDate(date)));
            }
        }

        #[test]
        fn nonsense_is_refused_without_panic(text in "\\PC{0,30}") {
            let _ = read_date(&text);
            let _ = read_degrees(&text);
            let _ = read_danger(&text);
        }

        /// Different codes never pack into the same number.
        #[test]
        fn packing_is_exact(a in "[0-9A-Z]{15,18}", b in "[0-9A-Z]{15,18}") {
            prop_assert_eq!(packed(&a) == packed(&b), a == b);
        }
    }
}

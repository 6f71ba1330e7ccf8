//! Which column holds which field: guessed from the headers, or told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{Field, Settings};

/// A column of the file and the field it is read as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Column {
    /// Header as in the file.
    pub header: String,
    /// Field; absent for a column that is not read.
    pub field: Option<Field>,
}

/// Headers compare without width, case, spaces, marks of obligation and separators.
fn normal(header: &str) -> String {
    codes::search_key(header)
        .chars()
        .filter(|c| !matches!(c, '*' | ':' | '_' | '-' | '.' | '/' | '、'))
        .collect::<String>()
        .replace("(必填)", "")
        .replace("(选填)", "")
}

/// Reads a header row; `told` overrides the guess. `None` when it is no header: no column of it is known.
pub(crate) fn read_header(
    cells: &[String],
    settings: &Settings,
    told: &BTreeMap<Field, String>,
) -> Option<Vec<Column>> {
    let mut columns: Vec<Column> = cells
        .iter()
        .map(|header| Column {
            header: header.clone(),
            field: told
                .iter()
                .find_map(|(field, name)| (normal(name) == normal(header)).then_some(*field)),
        })
        .collect();
    for exact in [true, false] {
        for place in 0..columns.len() {
            if columns[place].field.is_some() {
                continue;
            }
            let guess = guess(&columns[place].header, settings, exact);
            let is_free = |field: &Field| {
                !told.contains_key(field) && columns.iter().all(|column| column.field != Some(*field))
            };
            columns[place].field = guess.filter(is_free);
        }
    }
    columns
        .iter()
        .any(|column| column.field.is_some())
        .then_some(columns)
}

fn guess(header: &str, settings: &Settings, exact: bool) -> Option<Field> {
    let header = normal(header);
    let fits = |alias: &String| {
        let alias = normal(alias);
        // 统一社会信用代码(18位) means the same as 统一社会信用代码.
        header == alias
            || (!exact
                && header
                    .strip_prefix(&alias)
                    .is_some_and(|rest| rest.starts_with('(')))
    };
    settings
        .columns
        .iter()
        .find_map(|(field, aliases)| aliases.iter().any(fits).then_some(*field))
}

/// Whether name and code are there; without them no row can be taken.
pub(crate) fn is_sufficient(columns: &[Column]) -> bool {
    [Field::Name, Field::Code]
        .iter()
        .all(|field| columns.iter().any(|column| column.field == Some(*field)))
}

/// Why a file without a usable header is refused.
pub(crate) fn missing(found: &[Vec<String>]) -> String {
    // The first of the fullest rows: a row of data is as full as its header.
    let headers = found
        .iter()
        .rev()
        .max_by_key(|cells| cells.iter().filter(|cell| !cell.is_empty()).count());
    let listed = headers.map_or_else(String::new, |cells| {
        let shown: Vec<&str> = cells
            .iter()
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
            .take(12)
            .collect();
        format!("读到的表头是：{}。", shown.join("、"))
    });
    format!(
        "没有找到“企业名称”和“统一社会信用代码”两列。{listed}请改用这两个列名（前 {} 行内），或在导入时指定各列",
        super::table::HEADER_WITHIN
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        serde_json::from_str(include_str!("../../../../../data/registry/import.json")).unwrap()
    }

    fn read(headers: &[&str], told: &[(Field, &str)]) -> Vec<Option<Field>> {
        let cells: Vec<String> = headers.iter().map(|h| (*h).to_owned()).collect();
        let told = told
            .iter()
            .map(|(field, name)| (*field, (*name).to_owned()))
            .collect();
        let columns = read_header(&cells, &settings(), &told).unwrap();
        columns.into_iter().map(|column| column.field).collect()
    }

    #[test]
    fn chinese_and_english_headers() {
        let found = read(
            &[
                "序号",
                "*单位名称",
                "统一社会信用代码（18位）",
                "联系 电话",
                "成立日期：",
            ],
            &[],
        );
        assert_eq!(
            found,
            [
                None,
                Some(Field::Name),
                Some(Field::Code),
                Some(Field::Phone),
                Some(Field::EstablishedOn)
            ]
        );
        let found = read(
            &["code", "name", "registration_authority", "supervising_unit"],
            &[],
        );
        assert_eq!(
            found,
            [Some(Field::Code), Some(Field::Name), Some(Field::Authority), None]
        );
    }

    #[test]
    fn each_field_is_read_once_and_what_is_told_counts() {
        let found = read(&["名称", "企业名称", "统一社会信用代码"], &[]);
        assert_eq!(found, [Some(Field::Name), None, Some(Field::Code)]);
        let found = read(
            &["名称", "现用名", "统一社会信用代码"],
            &[(Field::Name, "现用名")],
        );
        assert_eq!(found, [None, Some(Field::Name), Some(Field::Code)]);
    }

    #[test]
    fn a_title_is_no_header() {
        let title = vec!["2026年企业名单".to_owned()];
        assert_eq!(read_header(&title, &settings(), &BTreeMap::new()), None);
        assert!(missing(&[title, vec!["甲".into(), "乙".into()]]).contains("甲、乙"));
    }
}

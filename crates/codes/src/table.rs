//! Reading the csv files under `data/`: UTF-8, header row, comma.

use csv::StringRecord;
use thiserror::Error;

/// A data file that cannot be used. Seen by operators, hence with the line.
#[derive(Debug, Error)]
pub enum BadTable {
    /// Not csv, or the columns are missing or named otherwise.
    #[error("数据文件不是合格的 CSV，或缺少规定的列")]
    Csv(#[from] csv::Error),
    /// One row makes no sense.
    #[error("数据文件第 {line} 行有误：{reason}")]
    Row {
        /// Line in the file, the header being 1.
        line: u64,
        /// What is wrong, in Chinese.
        reason: String,
    },
    /// The rows do not fit together.
    #[error("数据文件前后不一致：{reason}")]
    Inconsistent {
        /// What is wrong, in Chinese.
        reason: String,
    },
    /// The file has a header and nothing else.
    #[error("数据文件没有任何数据行")]
    Empty,
}

impl BadTable {
    /// What is wrong and where, in Chinese.
    pub fn message(&self) -> String {
        self.to_string()
    }

    pub(crate) fn row(line: u64, reason: impl ToString) -> Self {
        Self::Row {
            line,
            reason: reason.to_string(),
        }
    }
}

/// Rows as (line, row), each deserialised by column name.
pub(crate) fn rows<T: serde::de::DeserializeOwned>(content: &str) -> Result<Vec<(u64, T)>, BadTable> {
    let mut reader = csv::ReaderBuilder::new().from_reader(content.trim_start_matches('\u{FEFF}').as_bytes());
    let headers = reader.headers()?.clone();
    let mut record = StringRecord::new();
    let mut rows = Vec::new();
    while reader.read_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, record.deserialize(Some(&headers))?));
    }
    if rows.is_empty() {
        Err(BadTable::Empty)
    } else {
        Ok(rows)
    }
}

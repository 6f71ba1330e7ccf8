//! Rows of text out of csv and xlsx files that people send, whatever program wrote them.

use std::{
    io::{Cursor, Read},
    ops::ControlFlow,
};

use bytes::Bytes;
use calamine::{Data, DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use kernel::blobs::{FileKind, sniff};

use crate::model::Limits;

/// Media types under which the two kinds are stored.
pub(crate) const CSV: &str = "text/csv";
/// See [`CSV`].
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Characters of a cell that are read; no field takes as many.
const LONGEST_CELL: usize = 4000;
/// Rows at the top among which the header is looked for: titles often stand above it.
pub(crate) const HEADER_WITHIN: usize = 10;
const MEGABYTE: u64 = 1024 * 1024;

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawRow {
    /// Line as the spreadsheet program shows it, from 1.
    pub(crate) line: u64,
    /// Texts of the cells.
    pub(crate) cells: Vec<String>,
}

impl RawRow {
    fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// What a reader of rows says after each.
pub(crate) type Flow = ControlFlow<()>;

/// A file that can be read row by row, several times.
pub(crate) enum Table {
    /// Separated text.
    Csv {
        /// Decoded.
        text: String,
        /// `,` `;` or tab.
        delimiter: u8,
    },
    /// A workbook whose unpacked size was checked.
    Xlsx(Bytes),
}

impl Table {
    /// Recognises the file by its content and makes sure that reading it is harmless.
    ///
    /// # Errors
    /// What is wrong with the file and what to do, in Chinese.
    pub(crate) fn open(bytes: &Bytes, limits: &Limits) -> Result<Self, String> {
        if bytes.is_empty() {
            return Err("文件是空的，请重新选择文件".to_owned());
        }
        match sniff(bytes) {
            Some((FileKind::Xlsx, _)) => {
                check_unpacked(bytes, limits)?;
                return Ok(Self::Xlsx(bytes.clone()));
            }
            Some(_) => return Err(not_a_table()),
            None => {}
        }
        if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            return Err(
                "这是旧版 xls 或加了密码的文件，请在表格软件中去掉密码，另存为 xlsx 或 csv 后再上传"
                    .to_owned(),
            );
        }
        if bytes.starts_with(b"PK") {
            // A workbook whose parts stand in an unusual order is not sniffed; calamine decides.
            check_unpacked(bytes, limits)?;
            return Ok(Self::Xlsx(bytes.clone()));
        }
        let text = decode(bytes)?;
        let delimiter = delimiter_of(&text);
        Ok(Self::Csv { text, delimiter })
    }

    /// The media type to store the file under.
    pub(crate) fn media_type(&self) -> &'static str {
        match self {
            Self::Csv { .. } => CSV,
            Self::Xlsx(_) => XLSX,
        }
    }

    /// Data rows that this kind may have.
    pub(crate) fn most_rows(&self, limits: &Limits) -> u64 {
        match self {
            Self::Csv { .. } => limits.csv_rows,
            Self::Xlsx(_) => limits.xlsx_rows,
        }
    }

    /// Names of the sheets; a csv is one sheet without a name.
    pub(crate) fn sheets(&self) -> Result<Vec<String>, String> {
        match self {
            Self::Csv { .. } => Ok(vec![String::new()]),
            Self::Xlsx(bytes) => Ok(workbook(bytes)?.sheet_names()),
        }
    }

    /// Reads the rows of a sheet that are not blank, in order, until `each` breaks off.
    pub(crate) fn rows(
        &self,
        sheet: &str,
        limits: &Limits,
        each: &mut dyn FnMut(RawRow) -> Flow,
    ) -> Result<(), String> {
        match self {
            Self::Csv { text, delimiter } => csv_rows(text, *delimiter, limits, each),
            Self::Xlsx(bytes) => xlsx_rows(bytes, sheet, limits, each),
        }
    }
}

fn not_a_table() -> String {
    "文件内容不是表格，请上传 xlsx 或 csv；改扩展名无效".to_owned()
}

/// Unpacks every part of a workbook into nothing, counting: sizes that an archive states may be a lie.
fn check_unpacked(bytes: &Bytes, limits: &Limits) -> Result<(), String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes.as_ref())).map_err(|_| damaged())?;
    let allowed = limits.xlsx_unpacked_mb * MEGABYTE;
    let by_ratio = (bytes.len() as u64).saturating_mul(limits.xlsx_ratio);
    let mut room = allowed.min(by_ratio.max(10 * MEGABYTE));
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| damaged())?;
        let read = std::io::copy(&mut part.take(room + 1), &mut std::io::sink()).map_err(|_| damaged())?;
        room = room.checked_sub(read).ok_or_else(|| {
            "文件解压后异常庞大，可能已损坏或带有恶意内容，没有读取。请复制数据到新的工作簿再上传".to_owned()
        })?;
    }
    Ok(())
}

fn damaged() -> String {
    "xlsx 文件已损坏，无法打开。请在表格软件中重新另存后再上传".to_owned()
}

/// Decodes text: by byte order mark, as UTF-8 if it is that, by its zeros as UTF-16, else as GB 18030 (which
/// contains GBK and GB 2312).
fn decode(bytes: &[u8]) -> Result<String, String> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return decoded(encoding, &bytes[length..]);
    }
    if let Some(encoding) = bare_utf16(bytes) {
        return decoded(encoding, bytes);
    }
    if bytes.contains(&0) {
        return Err(not_a_table());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => decoded(GB18030, bytes),
    }
}

fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, String> {
    let (text, faulty) = encoding.decode_without_bom_handling(bytes);
    // A few spoilt characters are refused row by row; when most is spoilt it is no text at all.
    let is_text = !faulty || text.chars().filter(|c| *c == '\u{FFFD}').count() * 20 < text.chars().count();
    let name = if encoding == UTF_8 {
        "UTF-8"
    } else {
        encoding.name()
    };
    if is_text {
        Ok(text.into_owned())
    } else {
        Err(format!(
            "文件按 {name} 解码后多为乱码，请在表格软件中另存为 xlsx 或 UTF-8 编码的 csv 再上传"
        ))
    }
}

/// UTF-16 without a mark: line ends and commas have a zero byte always on the same side.
fn bare_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |side: usize| head.chunks_exact(2).filter(|pair| pair[side] == 0).count();
    let (high, low) = (zeros(0), zeros(1));
    if high + low == 0 || !bytes.len().is_multiple_of(2) {
        None
    } else if low > 4 * high {
        Some(UTF_16LE)
    } else if high > 4 * low {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The separator that occurs most often outside quotes in the first lines.
fn delimiter_of(text: &str) -> u8 {
    let mut counts = [0_usize; 3];
    let mut quoted = false;
    for byte in text.bytes().take(8192) {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => counts[0] += 1,
            b';' if !quoted => counts[1] += 1,
            b'\t' if !quoted => counts[2] += 1,
            _ => {}
        }
    }
    let [comma, semicolon, tab] = counts;
    if tab > comma && tab > semicolon {
        b'\t'
    } else if semicolon > comma {
        b';'
    } else {
        b','
    }
}

fn csv_rows(
    text: &str,
    delimiter: u8,
    limits: &Limits,
    each: &mut dyn FnMut(RawRow) -> Flow,
) -> Result<(), String> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    while reader
        .read_record(&mut record)
        .map_err(|error| error.to_string())?
    {
        let row = RawRow {
            line: record.position().map_or(0, csv::Position::line),
            cells: record.iter().map(clean).collect(),
        };
        check_width(row.cells.len(), limits)?;
        if !row.is_blank() && each(row).is_break() {
            break;
        }
    }
    Ok(())
}

/// Cuts absurdly long cells and takes away what spreadsheets put around codes to keep their digits.
fn clean(cell: &str) -> String {
    let cell = cell.trim();
    let formula = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let bare = formula.unwrap_or_else(|| cell.strip_prefix('\'').unwrap_or(cell));
    match bare.char_indices().nth(LONGEST_CELL) {
        Some((end, _)) => bare[..end].to_owned(),
        None => bare.to_owned(),
    }
}

fn check_width(columns: usize, limits: &Limits) -> Result<(), String> {
    if columns > limits.columns {
        return Err(format!("表格超过 {} 列，请只保留需要的列再上传", limits.columns));
    }
    Ok(())
}

fn workbook(bytes: &Bytes) -> Result<Xlsx<Cursor<Bytes>>, String> {
    Xlsx::new(Cursor::new(bytes.clone())).map_err(|error| match error {
        XlsxError::Password => "文件加了密码，请去掉密码后再上传".to_owned(),
        _ => damaged(),
    })
}

/// Reads cell by cell: a workbook may state cells millions of rows apart.
fn xlsx_rows(
    bytes: &Bytes,
    sheet: &str,
    limits: &Limits,
    each: &mut dyn FnMut(RawRow) -> Flow,
) -> Result<(), String> {
    let mut book = workbook(bytes)?;
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|_| damaged())?;
    let mut row = RawRow {
        line: 0,
        cells: Vec::new(),
    };
    while let Some(cell) = cells.next_cell().map_err(|_| damaged())? {
        let (at_row, at_column) = cell.get_position();
        let (line, column) = (u64::from(at_row) + 1, at_column as usize);
        if line != row.line {
            let next = RawRow {
                line,
                cells: Vec::with_capacity(row.cells.len()),
            };
            let done = std::mem::replace(&mut row, next);
            if !done.is_blank() && each(done).is_break() {
                return Ok(());
            }
        }
        let text = text_of(cell.get_value());
        if text.is_empty() {
            continue;
        }
        check_width(column + 1, limits)?;
        if row.cells.len() <= column {
            row.cells.resize(column + 1, String::new());
        }
        row.cells[column] = text;
    }
    if !row.is_blank() {
        let _ = each(row);
    }
    Ok(())
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => clean(text),
        DataRef::SharedString(text) => clean(text),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::DateTime(moment) => date_text(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.chars().take(10).collect(),
        other => clean(&Data::from(other.clone()).to_string()),
    }
}

/// Whole numbers without a decimal point: codes of fifteen digits are exact.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{number:.0}")
    } else {
        number.to_string()
    }
}

fn date_text(moment: &ExcelDateTime) -> String {
    if !moment.is_datetime() {
        return number_text(moment.as_f64());
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            upload_mb: 1,
            local_file_mb: 1,
            csv_rows: 10,
            xlsx_rows: 10,
            columns: 20,
            xlsx_unpacked_mb: 20,
            xlsx_ratio: 150,
        }
    }

    fn rows(bytes: &[u8]) -> Result<Vec<Vec<String>>, String> {
        let table = Table::open(&Bytes::copy_from_slice(bytes), &limits())?;
        let sheet = table.sheets()?.remove(0);
        let mut rows = Vec::new();
        table.rows(&sheet, &limits(), &mut |row| {
            rows.push(row.cells);
            Flow::Continue(())
        })?;
        Ok(rows)
    }

    const TEXT: &str = "企业名称,代码\n\"南昌䶮化工,集团\",='9\n";

    #[test]
    fn every_encoding_gives_the_same_rows() {
        let gb = GB18030.encode(TEXT).0.into_owned();
        let marked = [b"\xEF\xBB\xBF", TEXT.as_bytes()].concat();
        let little: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked_little = [b"\xFF\xFE".as_slice(), &little].concat();
        let expected = rows(TEXT.as_bytes()).unwrap();
        assert_eq!(expected[1][0], "南昌䶮化工,集团");
        for bytes in [gb, marked, little, big, marked_little] {
            assert_eq!(rows(&bytes).unwrap(), expected);
        }
    }

    #[test]
    fn separators_are_recognised() {
        for text in [
            "名称;代码\n甲,乙;1\n",
            "名称\t代码\n甲,乙\t1\n",
            "名称,代码\n\"甲;;;;,乙\",1\n",
        ] {
            assert_eq!(rows(text.as_bytes()).unwrap()[1].len(), 2, "{text}");
        }
        assert_eq!(rows(b"a\n=\"0791\"\n'+86\n").unwrap()[1..], [["0791"], ["+86"]]);
    }

    #[test]
    fn other_files_are_refused_with_advice() {
        assert!(rows(b"").unwrap_err().contains("空的"));
        assert!(
            rows(b"%PDF-1.7 xxxxxxxxxxxxxxxxx")
                .unwrap_err()
                .contains("不是表格")
        );
        assert!(
            rows(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])
                .unwrap_err()
                .contains("xls")
        );
        assert!(rows(b"PK\x03\x04broken").unwrap_err().contains("损坏"));
        assert!(rows(&[0x80, 0xFF].repeat(500)).unwrap_err().contains("乱码"));
        let wide = "列,".repeat(30);
        assert!(rows(wide.as_bytes()).unwrap_err().contains("超过 20 列"));
    }

    #[test]
    fn numbers_and_dates_of_a_workbook_become_text() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
        sheet.write_string(0, 0, "注册号").unwrap();
        sheet.write_number(1, 0, 330_100_000_012_345.0).unwrap();
        sheet.write_number_with_format(1, 2, 42_000.0, &date).unwrap();
        sheet.write_number(9, 1, 115.25).unwrap();
        let bytes = book.save_to_buffer().unwrap();
        assert_eq!(
            rows(&bytes).unwrap(),
            [
                vec!["注册号"],
                vec!["330100000012345", "", "2014-12-27"],
                vec!["", "115.25"]
            ]
        );
    }
}

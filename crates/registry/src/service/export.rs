//! Lists as spreadsheets: written page by page in constant memory.

use kernel::{Actor, ids::EnterpriseId};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use tokio::sync::mpsc;

use crate::{
    model::{Danger, Enterprise, EnterpriseQuery, Watch},
    rules,
    service::{Outcome, Registry, RegistryError},
};

/// Rows on one sheet; the format allows 1,048,576 with the header.
const SHEET_ROWS: u32 = 1_000_000;

const HEADERS: [&str; 18] = [
    "企业名称",
    "统一社会信用代码",
    "法定代表人",
    "经济类型",
    "地址",
    "行政区划代码",
    "所在区域名称",
    "行业代码",
    "行业名称",
    "规模",
    "风险等级",
    "联系电话（已隐去部分）",
    "经度",
    "纬度",
    "登记机关",
    "成立日期",
    "状态",
    "重点监管",
];

/// Writes rows of text to a workbook, a new sheet when one is full.
pub(crate) struct SheetWriter {
    book: Workbook,
    headers: Vec<String>,
    sheets: usize,
    row: u32,
}

impl SheetWriter {
    pub(crate) fn new(headers: Vec<String>) -> Self {
        Self {
            book: Workbook::new(),
            headers,
            sheets: 0,
            row: SHEET_ROWS + 1,
        }
    }

    pub(crate) fn row(&mut self, cells: &[String]) -> Result<(), XlsxError> {
        if self.row > SHEET_ROWS {
            self.next_sheet()?;
        }
        let sheet = self.book.worksheet_from_index(self.sheets - 1)?;
        // As text, so that codes keep their digits and nothing is taken for a formula.
        for (column, cell) in (0_u16..).zip(cells) {
            if !cell.is_empty() {
                sheet.write_string(self.row, column, cell)?;
            }
        }
        self.row += 1;
        Ok(())
    }

    fn next_sheet(&mut self) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold();
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        for (column, header) in (0_u16..).zip(&self.headers) {
            sheet.set_column_width(column, 20)?;
            sheet.write_string_with_format(0, column, header, &bold)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        self.sheets += 1;
        self.row = 1;
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        if self.sheets == 0 {
            self.next_sheet()?;
        }
        self.book.save_to_buffer()
    }
}

impl Registry {
    /// All enterprises of a query as an xlsx; telephone numbers are masked.
    ///
    /// # Errors
    /// As [`Registry::search`].
    pub async fn export(&self, actor: &Actor, query: &EnterpriseQuery) -> Outcome<Vec<u8>> {
        let (send, mut receive) = mpsc::channel::<(Vec<Enterprise>, Vec<Watch>)>(2);
        let registry = self.clone();
        let writing = tokio::task::spawn_blocking(move || -> Result<Vec<u8>, XlsxError> {
            let mut sheet = SheetWriter::new(HEADERS.map(str::to_owned).to_vec());
            while let Some((page, watches)) = receive.blocking_recv() {
                for enterprise in page {
                    sheet.row(&registry.cells(enterprise, &watches))?;
                }
            }
            sheet.finish()
        });
        let mut after = None;
        loop {
            let (page, next) = self.stride(actor, query, after).await?;
            let ids: Vec<EnterpriseId> = page.iter().map(|one| one.id).collect();
            let watches = self.open_watches(&ids).await?;
            // A writer that stopped tells why below.
            let is_read = send.send((page, watches)).await.is_ok();
            after = next;
            if after.is_none() || !is_read {
                break;
            }
        }
        drop(send);
        let written = writing
            .await
            .map_err(|error| RegistryError::Stopped(error.to_string()))?;
        Ok(written?)
    }

    fn cells(&self, one: Enterprise, watches: &[Watch]) -> [String; 18] {
        let own = watches.iter().filter(|watch| watch.enterprise == one.id);
        let grounds: Vec<String> = own.map(|watch| self.ground_in_words(watch)).collect();
        let industry = one.industry.as_deref().and_then(|code| code.parse().ok());
        let industry_name = industry.and_then(|code| self.industries().name(&code).map(str::to_owned));
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        [
            one.name,
            one.code.to_string(),
            one.legal_representative,
            one.economic_type,
            one.address,
            one.region.to_string(),
            self.region_name(&one.region),
            one.industry.unwrap_or_default(),
            industry_name.unwrap_or_default(),
            one.size.chinese().to_owned(),
            one.danger.map(Danger::chinese).unwrap_or_default().to_owned(),
            rules::masked_phone(one.phone.as_deref()).unwrap_or_default(),
            number(one.longitude),
            number(one.latitude),
            one.authority.unwrap_or_default(),
            one.established_on.map(|day| day.to_string()).unwrap_or_default(),
            one.state.chinese().to_owned(),
            grounds.join("；"),
        ]
    }

    fn ground_in_words(&self, watch: &Watch) -> String {
        let ground = self.ground(&watch.ground);
        let name = ground.map_or(watch.ground.as_str(), |ground| ground.name.as_str());
        format!("{name}，自{}起，{}", watch.since, watch.source.label)
    }
}

//! The list as a workbook, page by page: neither the rows nor the sheet are ever whole in memory.

use kernel::{Actor, Permission};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use tokio::sync::mpsc;

use super::{Applications, ApplicationsError, Filters, Listed, Outcome};
use crate::{rules::Light, store};

/// Rows read at a time.
const STRIDE: u64 = 500;
/// Rows on one sheet; the format allows 1,048,576 with the header.
const SHEET_ROWS: u32 = 1_000_000;

const HEADERS: [&str; 11] = [
    "受理编号",
    "状态",
    "事项",
    "申请人",
    "统一社会信用代码",
    "行政区划代码",
    "首接负责人",
    "提交日期",
    "当前期限",
    "截止日",
    "提示灯",
];

impl Applications {
    /// All applications of a query as an xlsx.
    ///
    /// # Errors
    /// As [`Applications::list`].
    pub async fn export(&self, actor: &Actor, filters: Filters) -> Outcome<Vec<u8>> {
        actor.require(Permission::ApplicationsRead)?;
        let (send, receive) = mpsc::channel::<Vec<[String; 11]>>(2);
        let writing = tokio::task::spawn_blocking(move || write(receive));
        let mut after = None;
        loop {
            let today = self.now().legal_date();
            let query = filters.clone().query(after.take(), STRIDE, today);
            let mut rows = store::list(self.kernel.db(), actor, &query).await?;
            let more = rows.len() as u64 > STRIDE;
            rows.truncate(usize::try_from(STRIDE).unwrap_or(usize::MAX));
            after = rows.last().filter(|_| more).map(|row| query.key(row));
            let cells = rows
                .into_iter()
                .map(|row| self.listed(row).map(cells))
                .collect::<Outcome<Vec<_>>>()?;
            // A writer that stopped tells why below.
            let is_read = send.send(cells).await.is_ok();
            if after.is_none() || !is_read {
                break;
            }
        }
        drop(send);
        let written = writing
            .await
            .map_err(|error| ApplicationsError::Press(error.to_string()))?;
        Ok(written?)
    }
}

fn cells(listed: Listed) -> [String; 11] {
    let app = &listed.application;
    let dossier = app.dossier();
    let clock = listed.headline.as_ref();
    let light = clock.map_or("", |clock| match clock.light {
        Light::Green => "绿",
        Light::Yellow => "黄",
        Light::Red => "红",
    });
    [
        app.intake()
            .map(|intake| intake.reference.clone())
            .unwrap_or_default(),
        app.state().label().to_owned(),
        dossier.matter_name.clone(),
        dossier.applicant.name.clone(),
        dossier.applicant.code.clone(),
        dossier.applicant.region.clone(),
        app.owner().map(|owner| owner.name.clone()).unwrap_or_default(),
        app.intake()
            .map(|intake| intake.received_on.to_string())
            .unwrap_or_default(),
        clock
            .map(|clock| format!("{}（{}）", clock.name, clock.term))
            .unwrap_or_default(),
        clock.map(|clock| clock.due_words.clone()).unwrap_or_default(),
        light.to_owned(),
    ]
}

fn write(mut receive: mpsc::Receiver<Vec<[String; 11]>>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let mut sheets = 0;
    let mut row = SHEET_ROWS + 1;
    loop {
        let page = receive.blocking_recv();
        if row > SHEET_ROWS {
            next_sheet(&mut book)?;
            (sheets, row) = (sheets + 1, 1);
        }
        let Some(page) = page else { break };
        for cells in page {
            if row > SHEET_ROWS {
                next_sheet(&mut book)?;
                (sheets, row) = (sheets + 1, 1);
            }
            let sheet = book.worksheet_from_index(sheets - 1)?;
            // As text, so that codes keep their digits and nothing is taken for a formula.
            for (column, cell) in (0_u16..).zip(&cells) {
                sheet.write_string(row, column, cell)?;
            }
            row += 1;
        }
    }
    book.save_to_buffer()
}

fn next_sheet(book: &mut Workbook) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet_with_constant_memory()?;
    for (column, header) in (0_u16..).zip(HEADERS) {
        sheet.set_column_width(column, 20)?;
        sheet.write_string_with_format(0, column, header, &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

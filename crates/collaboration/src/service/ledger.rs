//! 协同工作台账: everything in hand, whoever holds it.

use std::collections::HashMap;

use applications::{
    InHand, InHandQuery,
    rules::{ClockUnit, Light},
};
use kernel::{Actor, LegalDate, Moment, Page, PageQuery, Permission};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use tokio::sync::mpsc;

use super::{Collaboration, CollaborationError, Outcome};
use crate::{
    model::{LetterId, LetterKind},
    store,
};

/// Rows read at a time for a workbook; the kernel's limit of a page.
const STRIDE: u64 = 200;
/// Rows on one sheet; the format allows 1,048,576 with the header.
const SHEET_ROWS: u32 = 1_000_000;

const HEADERS: [&str; 13] = [
    "受理编号",
    "事项",
    "申请人",
    "所在区域",
    "行政区划代码",
    "环节",
    "在办部门",
    "首接负责人",
    "到手时间",
    "截止日",
    "剩余天数",
    "提示灯",
    "督办",
];

/// A letter about a row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterMark {
    /// The letter.
    pub id: LetterId,
    /// What it asks for.
    pub kind: LetterKind,
    /// 文号
    pub number: String,
    /// When it was written.
    pub at: Moment,
}

/// A row of the ledger.
#[derive(Clone, Debug)]
pub struct LedgerRow {
    /// The piece of work.
    pub piece: InHand,
    /// Name of who holds it.
    pub holder: String,
    /// Short name of the applicant's region.
    pub region_name: String,
    /// Days until its last day, negative once it is late; they stand still with its clock.
    pub left_days: Option<i64>,
    /// In what they are counted.
    pub unit: ClockUnit,
    /// Letters about it, oldest first.
    pub letters: Vec<LetterMark>,
}

impl Collaboration {
    /// One page of everything in hand within the actor's reach.
    ///
    /// # Errors
    /// [`CollaborationError::Applications`] for a cursor that is none.
    pub async fn ledger(
        &self,
        actor: &Actor,
        query: &InHandQuery,
        page: &PageQuery,
    ) -> Outcome<Page<LedgerRow>> {
        actor.require(Permission::CollaborationRead)?;
        let Page { items, next } = self.inner.desk.in_hand(actor, query, page).await?;
        let items = self.rows(items).await?;
        Ok(Page { items, next })
    }

    async fn rows(&self, pieces: Vec<InHand>) -> Outcome<Vec<LedgerRow>> {
        let keys: Vec<String> = pieces.iter().map(|piece| piece.key.clone()).collect();
        let mut marks: HashMap<String, Vec<LetterMark>> = HashMap::new();
        for letter in store::letters_of_pieces(self.kernel.db(), &keys).await? {
            marks.entry(letter.piece).or_default().push(LetterMark {
                id: letter.id,
                kind: letter.kind,
                number: letter.number,
                at: letter.at,
            });
        }
        let today = self.now().legal_date();
        let row = |piece: InHand| {
            let (left_days, unit) = left(&piece, today);
            LedgerRow {
                holder: match &piece.department {
                    Some(department) => self.department_name(department),
                    None => "申请人".to_owned(),
                },
                region_name: self.inner.names.region(&piece.region),
                left_days,
                unit,
                letters: marks.remove(&piece.key).unwrap_or_default(),
                piece,
            }
        };
        Ok(pieces.into_iter().map(row).collect())
    }

    /// How much each department has in hand, by light: key, name, light, number.
    ///
    /// # Errors
    /// [`CollaborationError::Applications`].
    pub async fn ledger_summary(
        &self,
        actor: &Actor,
        query: &InHandQuery,
    ) -> Outcome<Vec<(String, String, Light, u64)>> {
        actor.require(Permission::CollaborationRead)?;
        let tallies = self.inner.desk.tally(actor, query).await?;
        let named = |key: &str| {
            if key.is_empty() {
                "申请人".to_owned()
            } else {
                self.department_name(key)
            }
        };
        Ok(tallies
            .into_iter()
            .map(|(key, light, count)| (key.clone(), named(&key), light, count))
            .collect())
    }

    /// The whole ledger of a query as an xlsx: neither the rows nor the sheet are ever whole in memory.
    ///
    /// # Errors
    /// As [`Collaboration::ledger`].
    pub async fn export_ledger(&self, actor: &Actor, query: &InHandQuery) -> Outcome<Vec<u8>> {
        let (send, receive) = mpsc::channel::<Vec<[String; 13]>>(2);
        let writing = tokio::task::spawn_blocking(move || write(receive));
        let mut cursor = None;
        loop {
            let page = PageQuery {
                limit: Some(STRIDE),
                cursor: cursor.take(),
            };
            let Page { items, next } = self.ledger(actor, query, &page).await?;
            // A writer that stopped tells why below.
            let is_read = send.send(items.into_iter().map(cells).collect()).await.is_ok();
            cursor = next;
            if cursor.is_none() || !is_read {
                break;
            }
        }
        drop(send);
        let written = writing
            .await
            .map_err(|error| CollaborationError::Press(error.to_string()))?;
        Ok(written?)
    }
}

/// As the clock of the piece counts; in calendar days where it has none, or where the last day passed and no working
/// day since.
fn left(piece: &InHand, today: LegalDate) -> (Option<i64>, ClockUnit) {
    let days = piece.due_on.map(|due| (due.0 - today.0).whole_days());
    match piece.left.zip(piece.unit) {
        Some((left, unit)) if piece.held || days.is_none_or(|days| (days < 0) == (left < 0)) => {
            (Some(left), unit)
        }
        _ => (days, ClockUnit::Days),
    }
}

fn cells(row: LedgerRow) -> [String; 13] {
    let piece = row.piece;
    let light = match piece.light {
        Light::Green => "绿",
        Light::Yellow => "黄",
        Light::Red => "红",
    };
    let letters: Vec<String> = row.letters.into_iter().map(|letter| letter.number).collect();
    [
        piece.reference,
        piece.matter,
        piece.applicant,
        row.region_name,
        piece.region,
        piece.kind.label().to_owned(),
        row.holder,
        piece.officer.unwrap_or_default(),
        piece.since.legal_date().to_string(),
        piece.due_on.map(|day| day.to_string()).unwrap_or_default(),
        row.left_days
            .map(|days| format!("{days}{}", row.unit.label()))
            .unwrap_or_default(),
        if piece.held { "中止计时" } else { light }.to_owned(),
        letters.join("、"),
    ]
}

fn write(mut receive: mpsc::Receiver<Vec<[String; 13]>>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (mut sheets, mut row) = (0, SHEET_ROWS + 1);
    loop {
        let page = receive.blocking_recv();
        let mut cells = page.iter().flatten();
        loop {
            if row > SHEET_ROWS {
                next_sheet(&mut book)?;
                (sheets, row) = (sheets + 1, 1);
            }
            let Some(cells) = cells.next() else { break };
            let sheet = book.worksheet_from_index(sheets - 1)?;
            // As text, so that codes keep their digits and nothing is taken for a formula.
            for (column, cell) in (0_u16..).zip(cells) {
                sheet.write_string(row, column, cell)?;
            }
            row += 1;
        }
        if page.is_none() {
            return book.save_to_buffer();
        }
    }
}

fn next_sheet(book: &mut Workbook) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet_with_constant_memory()?;
    for (column, header) in (0_u16..).zip(HEADERS) {
        sheet.set_column_width(column, 18)?;
        sheet.write_string_with_format(0, column, header, &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

//! From a stored paper to a PDF, by the press.

use async_trait::async_trait;
use certificate::{Block, CURRENT_TEMPLATE, OfficialDocument};
use kernel::problem::chain;
use press::Press;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Renderer;
use crate::model::Paper;

/// Stands above the double rule of every document.
const SERIES: &str = "安全生产行政许可文书";

/// The page of a paper.
fn page(paper: &Paper, ident: Uuid) -> OfficialDocument {
    let fields = paper
        .facts
        .iter()
        .map(|fact| (fact.label.clone(), fact.value.clone()))
        .collect();
    let mut blocks = vec![Block::Fields { fields }];
    blocks.extend(paper.paragraphs.iter().map(Block::paragraph));
    if let Some(table) = &paper.table {
        blocks.push(Block::Table {
            caption: table.title.clone(),
            columns: table.columns.clone(),
            widths: Vec::new(),
            rows: table.rows.clone(),
        });
    }
    OfficialDocument {
        ident: ident.to_string(),
        series: SERIES.to_owned(),
        title: paper.title.clone(),
        number: paper.number.clone(),
        addressee: paper.addressee.clone(),
        blocks,
        authority: paper.issuer.clone(),
        date: paper.date.0,
        seal: true,
        signatures: paper.signatures.clone(),
        footer: paper.copies.clone(),
        qr: None,
        template: CURRENT_TEMPLATE.to_owned(),
        layout: "notice".to_owned(),
    }
}

#[async_trait]
impl Renderer for Press {
    async fn render(&self, paper: &Paper, ident: Uuid, at: OffsetDateTime) -> Result<Vec<u8>, String> {
        self.document(page(paper, ident), at)
            .await
            .map_err(|error| chain(&error))
    }

    async fn preview(&self, paper: &Paper, ident: Uuid, at: OffsetDateTime) -> Result<Vec<u8>, String> {
        // Nobody has sealed a preview.
        let page = OfficialDocument {
            seal: false,
            ..page(paper, ident)
        };
        Press::preview(self, page, at)
            .await
            .map_err(|error| chain(&error))
    }
}

//! The page of losses that are made public.

use askama::Template;
use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use kernel::Page;
use serde::Deserialize;

use super::{
    reply::{self, Frame, Keep, Nav},
    text,
};
use crate::{Public, model::LossNotice};

/// Address of the page.
pub(crate) const PATH: &str = "/losses";

/// The query string.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Form {
    pub(crate) cursor: Option<String>,
}

struct Row {
    path: String,
    holder: String,
    number: String,
    from: String,
    until: String,
}

#[derive(Template)]
#[template(path = "losses.html")]
struct Losses<'a> {
    frame: Frame<'a>,
    rows: Vec<Row>,
    /// How long a notice stands.
    days: String,
    is_later: bool,
    next: Option<String>,
}

pub(crate) fn render(public: &Public, page: Page<LossNotice>, is_later: bool, asked: &HeaderMap) -> Response {
    let template = Losses {
        frame: Frame::new(public.site(), Nav::Search, if is_later { "" } else { PATH }),
        days: public.loss_term(),
        is_later,
        next: page
            .next
            .map(|cursor| format!("{PATH}?cursor={}", text::encoded(&cursor))),
        rows: page.items.into_iter().map(row).collect(),
    };
    reply::page(StatusCode::OK, Keep::Fresh, asked, &template)
}

fn row(notice: LossNotice) -> Row {
    Row {
        path: text::licence_path(&notice.number),
        holder: notice.holder,
        number: notice.number,
        from: notice.from.chinese(),
        until: notice.until.chinese(),
    }
}

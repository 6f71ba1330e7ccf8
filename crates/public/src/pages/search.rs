//! The search page.

use askama::Template;
use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use kernel::{FieldError, Page};
use matters::Industry;
use serde::Deserialize;

use super::{
    icon::Icon,
    reply::{self, Frame, Keep, Nav},
    text,
};
use crate::{
    Public,
    model::{LicenceLine, Numbers, State},
    service::Question,
};

/// The query string; unknown members are ignored, so that shared links keep working.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Form {
    q: String,
    region: String,
    industry: String,
    state: String,
    cursor: Option<String>,
}

impl Form {
    pub(crate) fn question(self) -> Question {
        Question {
            text: self.q.trim().to_owned(),
            region: self.region,
            industry: self.industry,
            state: self.state,
            cursor: self.cursor.filter(|cursor| !cursor.is_empty()),
        }
    }
}

/// A choice of a filter.
struct Choice {
    key: String,
    label: String,
    chosen: bool,
}

/// A result.
struct Hit {
    path: String,
    line: LicenceLine,
    until: String,
    tone: &'static str,
    icon: Icon,
}

#[derive(Template)]
#[template(path = "search.html")]
struct Search<'a> {
    frame: Frame<'a>,
    heading: String,
    text: &'a str,
    regions: Vec<Choice>,
    industries: Vec<Choice>,
    states: Vec<Choice>,
    fault: Option<FieldError>,
    hits: Option<Vec<Hit>>,
    /// Whether the filters are unfolded.
    open: bool,
    filtered: bool,
    unfiltered: String,
    first: Option<String>,
    next: Option<String>,
}

impl Search<'_> {
    fn text_fault(&self) -> Option<&FieldError> {
        self.fault.as_ref().filter(|fault| fault.field == "q")
    }
}

pub(crate) fn render(
    public: &Public,
    question: &Question,
    page: Option<Page<LicenceLine>>,
    fault: Option<FieldError>,
    numbers: Option<&Numbers>,
    asked: &HeaderMap,
) -> Response {
    let status = if fault.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let next = page
        .as_ref()
        .and_then(|page| page.next.as_deref())
        .map(|cursor| address(question, Some(cursor)));
    let hits: Option<Vec<_>> = page.map(|page| page.items.into_iter().map(hit).collect());
    let filtered = [&question.region, &question.industry, &question.state]
        .iter()
        .any(|one| !one.is_empty());
    let template = Search {
        // Only the empty form is a page of its own for search engines.
        frame: Frame::new(
            public.site(),
            Nav::Search,
            if hits.is_none() && fault.is_none() {
                "/search"
            } else {
                ""
            },
        ),
        heading: heading(question, hits.as_deref()),
        text: &question.text,
        regions: regions(question, numbers),
        industries: choices(
            Industry::ALL.iter().map(|one| (one.as_str(), one.label())),
            &question.industry,
        ),
        states: choices(
            State::ALL.iter().map(|one| (one.as_str(), one.label())),
            &question.state,
        ),
        fault,
        hits,
        open: filtered || question.text.is_empty(),
        filtered: filtered && !question.text.is_empty(),
        unfiltered: format!("/search?q={}", text::encoded(&question.text)),
        first: question.cursor.is_some().then(|| first_page(question)),
        next,
    };
    reply::page(status, Keep::Fresh, asked, &template)
}

fn heading(question: &Question, hits: Option<&[Hit]>) -> String {
    match (hits, question.text.as_str()) {
        (None, _) => "查许可证".to_owned(),
        (Some([]), "") => "没有符合条件的许可证".to_owned(),
        (Some([]), text) => format!("没有找到“{text}”"),
        (Some(_), "") => "符合条件的许可证".to_owned(),
        (Some(_), text) => format!("与“{text}”相符的许可证"),
    }
}

fn hit(line: LicenceLine) -> Hit {
    let look = text::of_state(line.state);
    Hit {
        path: text::licence_path(&line.number),
        until: line.valid_until.chinese(),
        tone: look.tone,
        icon: look.icon,
        line,
    }
}

fn choices<'a>(all: impl Iterator<Item = (&'a str, &'a str)>, chosen: &str) -> Vec<Choice> {
    all.map(|(key, label)| Choice {
        key: key.to_owned(),
        label: label.to_owned(),
        chosen: key == chosen,
    })
    .collect()
}

/// Districts that have licences, and the chosen one in any case.
fn regions(question: &Question, numbers: Option<&Numbers>) -> Vec<Choice> {
    let known = numbers
        .map(|numbers| numbers.by_region.as_slice())
        .unwrap_or_default();
    let mut all = choices(
        known.iter().map(|(code, name, _)| (code.as_str(), name.as_str())),
        &question.region,
    );
    if !question.region.is_empty() && !all.iter().any(|one| one.chosen) {
        all.push(Choice {
            key: question.region.clone(),
            label: question.region.clone(),
            chosen: true,
        });
    }
    all
}

/// Address of the first page of a question's results.
pub(crate) fn first_page(question: &Question) -> String {
    address(question, None)
}

fn address(question: &Question, cursor: Option<&str>) -> String {
    let members = [
        ("q", question.text.as_str()),
        ("region", &question.region),
        ("industry", &question.industry),
        ("state", &question.state),
        ("cursor", cursor.unwrap_or_default()),
    ];
    let members = members.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<_> = members
        .map(|(name, value)| format!("{name}={}", text::encoded(value)))
        .collect();
    format!("/search?{}", query.join("&"))
}

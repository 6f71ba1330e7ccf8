//! The page that verifies an uploaded certificate or a pasted QR text, and its report.

use askama::Template;
use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use kernel::Problem;

use super::{
    icon::{self, Icon, Rosette},
    licence::{Compared, Facts, compared},
    reply::{self, Frame, Keep, Nav},
    text::{self, Finding},
};
use crate::{
    Public, UPLOAD_LIMIT,
    model::{Outcome, Report, Verdict},
};

/// A fault and the field it belongs to.
struct Wrong {
    field: String,
    message: String,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyForm<'a> {
    frame: Frame<'a>,
    limit_mb: u64,
    wrong: Option<Wrong>,
}

impl VerifyForm<'_> {
    fn wrong_in(&self, field: &str) -> Option<&str> {
        self.wrong
            .as_ref()
            .filter(|wrong| wrong.field == field)
            .map(|wrong| wrong.message.as_str())
    }
}

/// The form, with the fault of what was sent before.
pub(crate) fn form(
    public: &Public,
    problem: Option<&Problem>,
    status: StatusCode,
    asked: &HeaderMap,
) -> Response {
    let template = VerifyForm {
        frame: Frame::new(
            public.site(),
            Nav::Verify,
            if problem.is_some() { "" } else { "/verify" },
        ),
        limit_mb: UPLOAD_LIMIT,
        wrong: problem.map(wrong),
    };
    let keep = if problem.is_some() {
        Keep::Never
    } else {
        Keep::Long
    };
    reply::with_camera(reply::page(status, keep, asked, &template))
}

fn wrong(problem: &Problem) -> Wrong {
    match problem.errors.first() {
        Some(fault) => Wrong {
            field: fault.field.clone(),
            message: fault.message.clone(),
        },
        None => Wrong {
            field: "file".to_owned(),
            message: problem.detail.clone().unwrap_or_else(|| problem.title.clone()),
        },
    }
}

/// A step of the report.
struct Line<'a> {
    name: &'a str,
    ok: bool,
    detail: &'a str,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    frame: Frame<'a>,
    rose: Rosette,
    finding: Finding,
    advice: &'static str,
    lines: Vec<Line<'a>>,
    rows: Vec<Compared>,
    facts: Option<Facts<'a>>,
    report: &'a Report,
    signed_at: Option<String>,
    at: String,
    tick: Icon,
    cross: Icon,
}

fn line(step: &crate::model::Step) -> Line<'_> {
    Line {
        name: text::step_name(&step.step),
        ok: step.ok,
        detail: &step.detail,
    }
}

impl ReportPage<'_> {
    /// The register's facts, where the document may be believed.
    fn believed(&self) -> Option<&Facts<'_>> {
        self.facts
            .as_ref()
            .filter(|_| self.report.outcome == Outcome::Genuine)
    }
}

/// The report.
pub(crate) fn report(public: &Public, report: &Report, asked: &HeaderMap) -> Response {
    let differing = !report.differences.is_empty();
    let claims = report.claims.as_ref().filter(|_| differing);
    let is_other_document = report.claims.is_none() && report.verdict == Verdict::Valid;
    let (finding, advice) = if is_other_document {
        text::of_document()
    } else {
        (text::of_verdict(report.verdict), text::advice(report.verdict))
    };
    let template = ReportPage {
        frame: Frame::new(public.site(), Nav::Verify, ""),
        rose: Rosette("r"),
        finding,
        advice,
        lines: report.steps.iter().map(line).collect(),
        rows: claims
            .map(|claims| compared(claims, report.licence.as_ref(), &report.differences))
            .unwrap_or_default(),
        facts: report
            .licence
            .as_ref()
            .map(|licence| Facts::new(licence, report.checked_at.legal_date())),
        signed_at: report.signed_at.map(text::clock),
        at: text::clock(report.checked_at),
        report,
        tick: icon::TICK,
        cross: icon::CROSS,
    };
    reply::page(StatusCode::OK, Keep::Never, asked, &template)
}

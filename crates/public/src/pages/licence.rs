//! The page of one licence, reached by number, identifier or QR code.

use askama::Template;
use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use kernel::LegalDate;

use super::{
    icon::{self, Icon, Rosette},
    reply::{self, Frame, Keep, Nav},
    text::{self, Finding},
};
use crate::{
    Public,
    model::{
        CertificateFile, Claims, Difference, Inclusion, Outcome, PublicLicence, Report, Standing, Verdict,
    },
    rules,
    service::Shown,
};

/// The facts of a licence as the page and the verification report show them.
pub(crate) struct Facts<'a> {
    pub(crate) licence: &'a PublicLicence,
    pub(crate) path: String,
    /// Class of the tone of the state.
    pub(crate) tone: &'static str,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) issued: String,
    /// How much of the validity is over, in percent.
    pub(crate) gone: String,
    /// Whether `gone` means something: not for licences that ended otherwise.
    pub(crate) running: bool,
    /// Path of the licence that took this one's place.
    pub(crate) successor: Option<(String, String)>,
    /// The days on which the loss of the paper is made public.
    pub(crate) lost: Option<(String, String)>,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(licence: &'a PublicLicence, today: LegalDate) -> Self {
        let days = |from: LegalDate, to: LegalDate| u64::try_from((to.0 - from.0).whole_days()).unwrap_or(0);
        let state = rules::standing_on(licence, today);
        let successor = match &licence.standing {
            Standing::Replaced { by, .. } => Some((text::licence_path(by), by.clone())),
            _ => None,
        };
        Self {
            path: text::licence_path(&licence.number),
            from: licence.valid_from.chinese(),
            until: licence.valid_until.chinese(),
            issued: licence.issued_on.chinese(),
            gone: text::share(
                days(licence.valid_from, today),
                days(licence.valid_from, licence.valid_until),
            ),
            running: state.in_force(),
            tone: text::of_state(state).tone,
            successor,
            lost: licence
                .lost
                .map(|lost| (lost.from.chinese(), lost.until.chinese())),
            licence,
        }
    }
}

/// A row of the comparison between code and register.
pub(crate) struct Compared {
    pub(crate) field: &'static str,
    pub(crate) certificate: String,
    pub(crate) register: String,
    pub(crate) same: bool,
}

/// What the code says beside what the register says.
pub(crate) fn compared(
    claims: &Claims,
    licence: Option<&PublicLicence>,
    differences: &[Difference],
) -> Vec<Compared> {
    let of = |field: &'static str, certificate: String, register: Option<String>| Compared {
        same: !differences.iter().any(|one| one.field == field),
        register: register.unwrap_or_else(|| "查不到".to_owned()),
        field,
        certificate,
    };
    vec![
        of(
            "许可证编号",
            claims.number.clone(),
            licence.map(|one| one.number.clone()),
        ),
        of(
            "企业名称",
            claims.holder.clone(),
            licence.map(|one| one.holder.name.clone()),
        ),
        of(
            "统一社会信用代码",
            claims.code.clone(),
            licence.map(|one| one.holder.code.clone()),
        ),
        of(
            "有效期起",
            claims.valid_from.chinese(),
            licence.map(|one| one.valid_from.chinese()),
        ),
        of(
            "有效期止",
            claims.valid_until.chinese(),
            licence.map(|one| one.valid_until.chinese()),
        ),
    ]
}

/// What a scanned code adds to the page.
struct Scan {
    rows: Vec<Compared>,
    /// What the two have to do with each other.
    heading: &'static str,
    differs: bool,
    /// The code's own proof holds.
    genuine: bool,
    /// Why not.
    told: String,
}

#[derive(Template)]
#[template(path = "licence.html")]
struct LicencePage<'a> {
    frame: Frame<'a>,
    rose: Rosette,
    finding: Finding,
    sentence: String,
    /// Holder and number, where the finding is about them.
    who: Option<(&'a str, &'a str)>,
    facts: Option<Facts<'a>>,
    certificates: &'a [(CertificateFile, Option<Inclusion>)],
    scan: Option<Scan>,
    at: String,
}

/// The page of a licence.
pub(crate) fn render(public: &Public, shown: &Shown, asked: &HeaderMap) -> Response {
    let now = public.now();
    let facts = Facts::new(&shown.licence, now.legal_date());
    let template = LicencePage {
        frame: Frame::new(public.site(), Nav::Search, facts.path.clone()),
        rose: Rosette("r"),
        finding: text::of_state(shown.state),
        sentence: rules::sentence(&shown.licence, now.legal_date()),
        who: Some((&shown.licence.holder.name, &shown.licence.number)),
        facts: Some(facts),
        certificates: &shown.certificates,
        scan: None,
        at: text::clock(now),
    };
    reply::page(StatusCode::OK, Keep::Fresh, asked, &template)
}

/// The page behind a scanned code: what the code proves by itself, and what the register says now.
pub(crate) fn render_scanned(
    public: &Public,
    report: &Report,
    shown: Option<&Shown>,
    asked: &HeaderMap,
) -> Response {
    let now = report.checked_at;
    let facts = shown.map(|shown| Facts::new(&shown.licence, now.legal_date()));
    let believed = shown.filter(|_| !matches!(report.verdict, Verdict::Altered | Verdict::Untrusted));
    let sentence = match believed {
        Some(shown) if report.verdict != Verdict::Replaced || !shown.state.in_force() => {
            rules::sentence(&shown.licence, now.legal_date())
        }
        _ => text::advice(report.verdict).to_owned(),
    };
    let template = LicencePage {
        // A scanned page is known under the licence's own address.
        frame: Frame::new(
            public.site(),
            Nav::Search,
            facts.as_ref().map_or(String::new(), |facts| facts.path.clone()),
        ),
        rose: Rosette("r"),
        finding: text::of_verdict(report.verdict),
        sentence,
        who: believed.map(|shown| (shown.licence.holder.name.as_str(), shown.licence.number.as_str())),
        facts,
        certificates: shown
            .map(|shown| shown.certificates.as_slice())
            .unwrap_or_default(),
        scan: Some(scan(report)),
        at: text::clock(now),
    };
    reply::page(StatusCode::OK, Keep::Fresh, asked, &template)
}

fn scan(report: &Report) -> Scan {
    let genuine = report.outcome == Outcome::Genuine;
    let failed = report
        .steps
        .iter()
        .filter(|step| !step.ok && !matches!(step.step.as_str(), "register" | "match" | "validity"));
    let told: Vec<_> = failed.map(|step| step.detail.trim_end_matches('。')).collect();
    let rows = report
        .claims
        .as_ref()
        .map(|claims| compared(claims, report.licence.as_ref(), &report.differences));
    Scan {
        rows: rows.unwrap_or_default(),
        differs: !report.differences.is_empty(),
        genuine,
        heading: match (genuine, &report.licence) {
            (false, _) => "二维码不可信",
            (true, None) => "二维码是真的，登记记录查不到",
            (true, Some(_)) if report.differences.is_empty() => "二维码与登记记录一致",
            (true, Some(_)) => "二维码与登记记录有出入",
        },
        told: told.join("；"),
    }
}

#[derive(Template)]
#[template(path = "nothing.html")]
struct Nothing<'a> {
    frame: Frame<'a>,
    icon: Icon,
    code: String,
    looks_like_code: bool,
}

/// Most characters of an unknown code that the page repeats.
const REPEATED: usize = 60;

/// The page when nothing is known under a code.
pub(crate) fn render_nothing(public: &Public, code: &str, asked: &HeaderMap) -> Response {
    let mut repeated: String = code.chars().take(REPEATED).collect();
    if repeated.len() < code.len() {
        repeated.push('…');
    }
    let template = Nothing {
        frame: Frame::new(public.site(), Nav::Search, ""),
        icon: icon::ASK,
        looks_like_code: code.len() > REPEATED && code.is_ascii(),
        code: repeated,
    };
    reply::page(StatusCode::NOT_FOUND, Keep::Never, asked, &template)
}

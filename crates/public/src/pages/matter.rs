//! The published list of matters and one matter: conditions, papers, departments, periods, liability (MAT.1).

use askama::Template;
use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use matters::{
    Bearer, City, Clause, Clock, ClockStart, ClockUse, Deferrable, Definition, Facet, Industry, Mark,
    Material, MaterialForm, MatterKey, PowerType, Provenance, WindowFrom,
};

use super::{
    duties::{self, HandedDown, Lists},
    reply::{self, Frame, Keep, Nav},
};
use crate::Public;

/// A matter in a list.
pub(crate) struct Row {
    pub(crate) path: String,
    pub(crate) name: String,
    /// What is asked for, in one word under the name of the industry.
    pub(crate) kind: &'static str,
    pub(crate) body: String,
    pub(crate) limit: Option<String>,
    pub(crate) free: bool,
}

/// Matters of one industry.
pub(crate) struct Group {
    pub(crate) label: &'static str,
    pub(crate) rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "matters.html")]
struct List<'a> {
    frame: Frame<'a>,
    groups: Vec<Group>,
    count: usize,
}

/// Matters in use today, by industry.
pub(crate) fn groups(public: &Public) -> Vec<Group> {
    let all = in_use(public);
    let of = |industry: Industry| Group {
        label: industry.label(),
        rows: all
            .iter()
            .filter(|one| one.industry == industry)
            .map(|one| row(public, one))
            .collect(),
    };
    let groups = Industry::ALL.into_iter().map(of);
    groups.filter(|group| !group.rows.is_empty()).collect()
}

fn in_use(public: &Public) -> Vec<&Definition> {
    let today = public.now().legal_date();
    let mut all: Vec<_> = public.catalogue().in_use(today.0).collect();
    all.sort_by_key(|one| one.key);
    all
}

fn row(public: &Public, one: &Definition) -> Row {
    Row {
        path: format!("/matters/{}", one.key),
        name: one.name.clone(),
        kind: one.kind.label(),
        body: body(public.matters_city(), one),
        limit: promised(one).map(|clock| format!("{}办结", clock.term)),
        free: !one.power.fees.charged,
    }
}

fn body(city: &City, one: &Definition) -> String {
    let key = one.power.implementing_department.as_str();
    city.authority(key)
        .map_or_else(String::new, |body| body.name.clone())
}

/// The time within which the authority decides: what it promises, else what the law allows.
fn promised(one: &Definition) -> Option<&Clock> {
    one.clock(matters::INTERNAL_TARGET)
        .or_else(|| one.clock(matters::STATUTORY_REVIEW))
}

/// The list.
pub(crate) fn render_list(public: &Public, asked: &HeaderMap) -> Response {
    let groups = groups(public);
    let template = List {
        frame: Frame::new(public.site(), Nav::Matters, "/matters"),
        count: groups.iter().map(|group| group.rows.len()).sum(),
        groups,
    };
    reply::page(StatusCode::OK, Keep::Long, asked, &template)
}

/// A fact with where it stands and whether it is settled.
struct Said {
    text: String,
    more: String,
    clauses: String,
    open: bool,
}

struct Paper {
    name: String,
    core: bool,
    when: Option<String>,
    from: String,
    form: String,
    share: Option<String>,
    clauses: String,
    open: bool,
}

struct Department {
    name: String,
    lead: bool,
    question: String,
    when: Option<String>,
    open: bool,
}

struct Period {
    name: String,
    term: String,
    since: &'static str,
    who: &'static str,
    internal: bool,
    clauses: String,
    open: bool,
}

struct Stage {
    name: String,
    roles: String,
    days: Option<String>,
}

#[derive(Template)]
#[template(path = "matter.html")]
struct Page<'a> {
    frame: Frame<'a>,
    one: &'a Definition,
    body: String,
    code: Option<String>,
    power: &'static str,
    limit: Option<String>,
    statutory: Option<String>,
    validity: String,
    basis: String,
    authority: Vec<Said>,
    rules: Vec<Said>,
    conditions: Vec<Said>,
    papers: Vec<Paper>,
    deferral: Option<(String, String)>,
    departments: Vec<Department>,
    stages: Vec<Stage>,
    periods: Vec<Period>,
    pauses: Vec<Said>,
    penalties: Vec<Said>,
    lists: Option<Lists>,
    handed_down: Vec<HandedDown>,
    documents: Vec<String>,
    complaints: String,
    channels: String,
    handling_open: bool,
    from: String,
}

/// One matter; `None` when there is no such matter in use.
pub(crate) async fn render(public: &Public, key: &str, asked: &HeaderMap) -> Option<Response> {
    let key: MatterKey = key.parse().ok()?;
    let today = public.now().legal_date();
    let one = public.catalogue().current(key, today.0)?;
    let city = public.matters_city();
    let template = Page {
        frame: Frame::new(public.site(), Nav::Matters, format!("/matters/{key}")),
        body: body(city, one),
        code: one.item_code(city).ok().map(|code| code.to_string()),
        power: match one.power.power_type {
            PowerType::AdministrativeLicence => "行政许可",
            PowerType::OtherPower => "其他行政权力",
        },
        limit: promised(one).map(|clock| clock.term.to_string()),
        statutory: one
            .clock(matters::STATUTORY_REVIEW)
            .map(|clock| clock.term.to_string()),
        validity: format!("{}年", one.licence.validity.years),
        basis: cite(one, &one.power.basis),
        authority: list(&one.authority, |it| {
            said(one, &it.text, &it.role, &it.basis, &it.provenance)
        }),
        rules: list(&one.rules, |it| {
            said(one, &it.text, "", &it.basis, &it.provenance)
        }),
        conditions: list(&one.conditions, |it| {
            said(one, &it.text, "", &it.basis, &it.provenance)
        }),
        papers: list(&one.materials, |it| paper(one, it)),
        deferral: one
            .deferral
            .allowed
            .then(|| (one.deferral.due.to_string(), one.deferral.breach.clone())),
        departments: departments(city, one),
        stages: list(&one.stages, stage),
        periods: periods(one),
        pauses: one
            .pauses
            .iter()
            .filter(|it| it.enabled)
            .map(|it| said(one, &it.name, "", &it.basis, &it.provenance))
            .collect(),
        penalties: list(&one.power.penalties, |it| {
            said(one, &it.conduct, &it.sanction, &it.basis, &it.provenance)
        }),
        lists: duties::lists(public, one).await,
        handed_down: duties::handed_down(public, key),
        documents: documents(public, one),
        channels: one.power.handling.channels.join("、"),
        handling_open: open(&one.power.handling.provenance),
        complaints: one.power.handling.complaints.join("、"),
        from: kernel::LegalDate(one.effective_from).chinese(),
        one,
    };
    Some(reply::page(StatusCode::OK, Keep::Long, asked, &template))
}

/// When one has to apply, then how long everybody has.
fn periods(one: &Definition) -> Vec<Period> {
    let windows = one.existing.iter().flat_map(|rules| &rules.windows);
    let binding = one.clocks.iter().filter(|clock| clock.usage == ClockUse::Binding);
    let clocks = binding.flat_map(|it| std::iter::once(period(one, it)).chain(other_terms(one, it)));
    windows.map(|it| window(one, it)).chain(clocks).collect()
}

fn list<T, U>(all: &[T], of: impl Fn(&T) -> U) -> Vec<U> {
    all.iter().map(of).collect()
}

pub(super) fn open(provenance: &Provenance) -> bool {
    provenance.mark == Mark::Unconfirmed
}

fn cite(one: &Definition, clauses: &[Clause]) -> String {
    clauses
        .iter()
        .map(|clause| one.cite(clause))
        .collect::<Vec<_>>()
        .join("、")
}

/// A text as the public reads it: our own mark for facts to be checked says nothing to them.
pub(super) fn outward(text: &str) -> String {
    text.replace("待核", "以窗口公布为准")
}

fn said(one: &Definition, text: &str, more: &str, basis: &[Clause], provenance: &Provenance) -> Said {
    Said {
        text: outward(text),
        more: outward(more),
        clauses: cite(one, basis),
        open: open(provenance),
    }
}

/// For which of what can be asked for something is needed, in words.
fn when(only_for: &[Facet], applies_when: Option<&str>) -> Option<String> {
    let facets: Vec<_> = only_for.iter().map(|facet| facet.label()).collect();
    let facets = (!facets.is_empty()).then(|| facets.join("、"));
    let parts: Vec<_> = facets
        .into_iter()
        .chain(applies_when.map(str::to_owned))
        .collect();
    (!parts.is_empty()).then(|| parts.join("；"))
}

/// Until when one has to apply about a licence that is there.
fn window(one: &Definition, it: &matters::Window) -> Period {
    Period {
        name: it.name.clone(),
        term: it.term.to_string(),
        since: match it.from {
            WindowFrom::BeforeExpiry => "有效期届满前",
            WindowFrom::AfterExpiry => "有效期届满后",
            WindowFrom::AfterEvent => "自事实发生之日起",
        },
        who: "申请人",
        internal: it.internal,
        clauses: cite(one, &it.basis),
        open: open(&it.provenance),
    }
}

/// The terms that a clock has for some of what can be asked for.
fn other_terms<'a>(one: &'a Definition, it: &'a Clock) -> impl Iterator<Item = Period> + 'a {
    it.terms_for.iter().map(move |term| {
        let facets: Vec<_> = term.facets.iter().map(|facet| facet.label()).collect();
        Period {
            name: format!("{}（{}）", it.name, facets.join("、")),
            term: term.term.to_string(),
            clauses: cite(one, &term.basis),
            open: open(&term.provenance),
            ..period(one, it)
        }
    })
}

fn paper(one: &Definition, it: &Material) -> Paper {
    let form = it.forms.iter().map(|form| match form {
        MaterialForm::OnlineForm => "在线填写",
        MaterialForm::Original => "原件扫描",
        MaterialForm::Copy => "复印件扫描",
        MaterialForm::ElectronicLicence => "电子证照",
    });
    Paper {
        name: it.name.clone(),
        core: it.deferrable == Deferrable::Core,
        when: when(&it.only_for, it.applies_when.as_deref().filter(|_| !it.required)),
        from: it.source_body.clone(),
        form: form.collect::<Vec<_>>().join("或者"),
        share: it.data_share.clone(),
        clauses: cite(one, &it.basis),
        open: open(&it.provenance),
    }
}

fn departments(city: &City, one: &Definition) -> Vec<Department> {
    let of = |it: &matters::Review| Department {
        name: city
            .authority(it.department.as_str())
            .map_or_else(|| it.department.to_string(), |body| body.name.clone()),
        lead: it.lead,
        question: it.question.clone(),
        when: when(&it.only_for, it.applies_when.as_deref()),
        open: open(&it.provenance),
    };
    one.departments.iter().map(of).collect()
}

fn stage(it: &matters::Stage) -> Stage {
    Stage {
        name: it.name.clone(),
        roles: it
            .roles
            .iter()
            .map(|role| role.chinese())
            .collect::<Vec<_>>()
            .join("、"),
        days: it.share.map(|days| days.to_string()),
    }
}

fn period(one: &Definition, it: &Clock) -> Period {
    Period {
        name: it.name.clone(),
        term: it.term.to_string(),
        since: match it.start {
            ClockStart::Received => "自收到申请起",
            ClockStart::Accepted => "自受理起",
            ClockStart::CorrectionNotified => "自送达补正告知起",
            ClockStart::ReviewAssigned => "自分送部门起",
            ClockStart::Decided => "自作出决定起",
            ClockStart::HearingRightNotified => "自告知听证权利起",
            ClockStart::HearingRequested => "自收到听证申请起",
            ClockStart::HearingDay => "听证举行前",
            ClockStart::DecisionKnown => "自知道决定起",
            ClockStart::ProjectAccepted => "自竣工验收通过起",
        },
        who: match it.bearer {
            Bearer::Authority => "行政机关",
            Bearer::Department => "审查部门",
            Bearer::Applicant => "申请人",
        },
        internal: it.internal,
        clauses: cite(one, &it.basis),
        open: open(&it.provenance),
    }
}

fn documents(public: &Public, one: &Definition) -> Vec<String> {
    let today = public.now().legal_date().0;
    let mut titles: Vec<String> = Vec::new();
    for produced in &one.documents {
        let document = public
            .catalogue()
            .current_document(produced.document.as_str(), today);
        if let Some(title) = document
            .map(|it| it.title.clone())
            .filter(|title| !titles.contains(title))
        {
            titles.push(title);
        }
    }
    titles
}

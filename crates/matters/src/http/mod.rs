//! Routes and wire types of matters.

mod lists;

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Json as Answer,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use kernel::{
    Actor, LegalDate, Problem,
    http::{Path, Query, Versioned},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    model::{
        Authority, City, ClockKey, ClockStart, ClockUse, Definition, DepartmentKey, Industry, Kind, Mark,
        MatterKey, Outlines, WireTerm,
    },
    rules::{STATUTORY_REVIEW, Section},
    service::{Matters, OpenFact, Published},
    store::{Source, SourceKind},
};

/// The routes of this capability.
pub fn router(matters: Matters) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(matter))
        .routes(routes!(versions))
        .routes(routes!(unconfirmed))
        .routes(routes!(working_days))
        .routes(routes!(departments))
        .routes(routes!(lists::public_list))
        .routes(routes!(lists::propose, lists::reviews))
        .routes(routes!(lists::review))
        .routes(routes!(lists::decide))
        .routes(routes!(lists::due))
        .routes(routes!(lists::devolutions))
        .routes(routes!(outlines))
        .with_state(matters)
}

#[derive(Serialize, ToSchema)]
struct MatterList {
    /// 南昌市
    city: String,
    /// True while codes of the city are invented for demonstration.
    demonstration: bool,
    items: Vec<MatterSummary>,
}

#[derive(Serialize, ToSchema)]
struct MatterSummary {
    key: MatterKey,
    version: u32,
    name: String,
    industry: Industry,
    industry_name: &'static str,
    kind: Kind,
    kind_name: &'static str,
    /// First legal day of this version.
    effective_from: LegalDate,
    /// 业务办理项编码; absent while the base code is not confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    item_code: Option<String>,
    /// Why there is no code, or what to know about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    item_code_note: Option<String>,
    /// 实施机关
    body: Option<String>,
    /// Whether the applicant pays.
    charged: bool,
    /// The period of the law for the decision.
    statutory: Option<ClockSummary>,
    /// All periods that bind.
    clocks: Vec<ClockSummary>,
}

#[derive(Clone, Serialize, ToSchema)]
struct ClockSummary {
    key: ClockKey,
    name: String,
    term: WireTerm,
    /// `45日`
    text: String,
    start: ClockStart,
    /// True: a target of the house, not a period of the law.
    internal: bool,
}

impl MatterSummary {
    fn new(one: &Definition, city: &City) -> Self {
        let body = city.authority(one.power.implementing_department.as_str());
        let (item_code, item_code_note) = match one.item_code(city) {
            Ok(code) if body.is_some_and(|body| body.invented_code) => {
                let note = "实施机关的统一社会信用代码为演示用的虚构代码，上线前须换成真实代码";
                (Some(code.to_string()), Some(note.to_owned()))
            }
            Ok(code) => (Some(code.to_string()), None),
            Err(error) => (None, Some(error.to_string())),
        };
        let clocks = clocks(one);
        Self {
            key: one.key,
            version: one.version,
            name: one.name.clone(),
            industry: one.industry,
            industry_name: one.industry.label(),
            kind: one.kind,
            kind_name: one.kind.label(),
            effective_from: LegalDate(one.effective_from),
            item_code,
            item_code_note,
            body: body.map(|body| body.name.clone()),
            charged: one.power.fees.charged,
            statutory: clocks
                .iter()
                .find(|clock| clock.key.as_str() == STATUTORY_REVIEW)
                .cloned(),
            clocks,
        }
    }
}

fn clocks(one: &Definition) -> Vec<ClockSummary> {
    let binding = one.clocks.iter().filter(|clock| clock.usage == ClockUse::Binding);
    binding
        .map(|clock| ClockSummary {
            key: clock.key.clone(),
            name: clock.name.clone(),
            term: clock.term.into(),
            text: clock.term.to_string(),
            start: clock.start,
            internal: clock.internal,
        })
        .collect()
}

/// The matters that can be applied for today: the public power list in short.
#[utoipa::path(get, path = "/api/v1/matters", tag = "matters",
    responses((status = 200, body = MatterList)), extensions(("x-permission" = json!("public"))))]
async fn list(State(matters): State<Matters>) -> Answer<MatterList> {
    let city = matters.city();
    Answer(MatterList {
        city: city.name.clone(),
        demonstration: city.demonstration,
        items: matters
            .in_use()
            .into_iter()
            .map(|one| MatterSummary::new(one, &city))
            .collect(),
    })
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct VersionQuery {
    /// Version; the one in use today unless given.
    version: Option<u32>,
}

#[derive(Serialize, ToSchema)]
struct MatterView {
    #[serde(flatten)]
    summary: MatterSummary,
    /// Whether new applications use this version today.
    in_use: bool,
    /// Names of the departments that the definition speaks of.
    departments: BTreeMap<DepartmentKey, String>,
    /// The sources that it names.
    sources: Vec<SourceView>,
    /// The definition itself.
    definition: Definition,
}

#[derive(Serialize, ToSchema)]
struct SourceView {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<SourceKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locator: Option<String>,
}

impl SourceView {
    fn new(key: &str, source: Option<&Source>) -> Self {
        Self {
            key: key.to_owned(),
            kind: source.map(|source| source.kind),
            title: source.map(|source| source.title.clone()),
            locator: source.and_then(|source| source.locator.clone()),
        }
    }
}

impl MatterView {
    fn new(published: Published, matters: &Matters) -> Self {
        let Published { definition, in_use } = published;
        let city = matters.city();
        let named = |key: &DepartmentKey| {
            city.authority(key.as_str())
                .map(|body| (key.clone(), body.name.clone()))
        };
        let sources = definition.source_keys();
        Self {
            summary: MatterSummary::new(&definition, &city),
            in_use,
            departments: definition
                .departments()
                .filter_map(|review| named(&review.department))
                .collect(),
            sources: sources
                .iter()
                .map(|key| SourceView::new(key, matters.source(key)))
                .collect(),
            definition,
        }
    }
}

/// One matter as published: conditions, materials, procedure, periods, legal basis.
#[utoipa::path(get, path = "/api/v1/matters/{key}", tag = "matters",
    params(("key" = String, Path, example = "hazchem.first_issue"), VersionQuery),
    responses((status = 200, body = MatterView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
async fn matter(
    State(matters): State<Matters>,
    Path(key): Path<MatterKey>,
    Query(query): Query<VersionQuery>,
) -> Result<Versioned<MatterView>, Problem> {
    let view = MatterView::new(matters.published(key, query.version)?, &matters);
    Ok(Versioned(StatusCode::OK, view.summary.version.into(), view))
}

#[derive(Serialize, ToSchema)]
struct MatterVersion {
    version: u32,
    name: String,
    effective_from: LegalDate,
    /// Whether new applications use this version today.
    in_use: bool,
}

/// Every version of a matter, oldest first. A running application keeps the one it began with.
#[utoipa::path(get, path = "/api/v1/matters/{key}/versions", tag = "matters",
    params(("key" = String, Path, example = "hazchem.first_issue")),
    responses((status = 200, body = Vec<MatterVersion>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
async fn versions(
    State(matters): State<Matters>,
    Path(key): Path<MatterKey>,
) -> Result<Answer<Vec<MatterVersion>>, Problem> {
    let versions = matters
        .versions(key)?
        .into_iter()
        .map(|(one, in_use)| MatterVersion {
            version: one.version,
            name: one.name.clone(),
            effective_from: LegalDate(one.effective_from),
            in_use,
        });
    Ok(Answer(versions.collect()))
}

#[derive(Serialize, ToSchema)]
struct UnconfirmedFact {
    /// File in which the fact stands.
    file: String,
    /// What the file is about.
    name: String,
    section: Section,
    section_name: &'static str,
    /// Which fact.
    label: String,
    mark: Mark,
    /// What to check.
    note: String,
    /// Where it was read so far.
    sources: Vec<SourceView>,
}

impl UnconfirmedFact {
    fn new(open: OpenFact, matters: &Matters) -> Self {
        let OpenFact { file, name, fact } = open;
        Self {
            file,
            name,
            section: fact.section,
            section_name: fact.section.label(),
            label: fact.label,
            mark: Mark::Unconfirmed,
            note: fact.note,
            sources: fact
                .sources
                .iter()
                .map(|key| SourceView::new(key, matters.source(key)))
                .collect(),
        }
    }
}

/// 待核: what the administrator must check before these definitions go live.
#[utoipa::path(get, path = "/api/v1/matters-unconfirmed", tag = "matters",
    responses((status = 200, body = Vec<UnconfirmedFact>), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("matters:manage"))))]
async fn unconfirmed(
    State(matters): State<Matters>,
    actor: Actor,
) -> Result<Answer<Vec<UnconfirmedFact>>, Problem> {
    let open = matters.unconfirmed(&actor)?.into_iter();
    Ok(Answer(
        open.map(|one| UnconfirmedFact::new(one, &matters)).collect(),
    ))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WorkingDaysQuery {
    /// The day of the event; counting begins the day after.
    from: LegalDate,
    /// Working days, at most 1000.
    days: u32,
}

#[derive(Serialize, ToSchema)]
struct WorkingDaysAnswer {
    from: LegalDate,
    days: u32,
    /// Last day of the period.
    until: LegalDate,
    /// Whether a notice of the State Council still to come may move it.
    provisional: bool,
}

/// Where a period of working days ends, by the State Council's holiday notices, make-up days included.
#[utoipa::path(get, path = "/api/v1/working-days", tag = "matters", params(WorkingDaysQuery),
    responses((status = 200, body = WorkingDaysAnswer), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
async fn working_days(
    State(matters): State<Matters>,
    Query(query): Query<WorkingDaysQuery>,
) -> Result<Answer<WorkingDaysAnswer>, Problem> {
    let (until, provisional) = matters.working_days(query.from, query.days)?;
    Ok(Answer(WorkingDaysAnswer {
        from: query.from,
        days: query.days,
        until,
        provisional,
    }))
}

/// A body of the city behind a department's key.
#[derive(Serialize, ToSchema)]
struct DepartmentView {
    /// The key that definitions and accounts use.
    key: DepartmentKey,
    /// Full name on documents.
    name: String,
    /// Short name in lists.
    short_name: String,
    /// Unified social credit code.
    credit_code: String,
    /// The code is made up for a demonstration.
    invented_code: bool,
    /// Industries whose matters it leads.
    leads: Vec<Industry>,
    /// Industries in whose parallel review it takes part.
    reviews: Vec<Industry>,
}

/// The bodies of the city that have a part in the procedures.
#[utoipa::path(get, path = "/api/v1/departments", tag = "matters",
    responses((status = 200, body = Vec<DepartmentView>)), extensions(("x-permission" = json!("session"))))]
async fn departments(State(matters): State<Matters>) -> Answer<Vec<DepartmentView>> {
    let city = matters.city();
    let in_use = matters.in_use();
    let of = |found: &dyn Fn(&Definition) -> bool| -> Vec<Industry> {
        let industries: BTreeSet<_> = in_use
            .iter()
            .filter(|one| found(one))
            .map(|one| one.industry)
            .collect();
        industries.into_iter().collect()
    };
    let view = |body: &Authority| DepartmentView {
        key: body.department.clone(),
        name: body.name.clone(),
        short_name: body.short_name.clone(),
        credit_code: body.credit_code.to_string(),
        invented_code: body.invented_code,
        leads: of(&|one| one.power.implementing_department == body.department),
        reviews: of(&|one| {
            one.departments
                .iter()
                .any(|review| review.department == body.department)
        }),
    };
    Answer(city.authorities.iter().map(view).collect())
}

/// Outlines of the districts as GeoJSON (RFC 7946), for maps: each feature with `code` and `name`. The platform ships
/// none; they come from `geo/districts.geojson` of the rules folder.
#[utoipa::path(get, path = "/api/v1/regions/outlines", tag = "matters",
    responses((status = 200, content_type = "application/geo+json", body = Outlines), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("session"))))]
async fn outlines(State(matters): State<Matters>) -> Result<impl IntoResponse, Problem> {
    let missing = || {
        Problem::not_found("区划边界").detail(
            "本平台没有区划边界数据，无法绘制地图。请管理员取得可以使用的边界文件，放到规则目录的 geo/districts.geojson。",
        )
    };
    let outlines = matters.outlines().ok_or_else(missing)?;
    let headers = [
        (header::CONTENT_TYPE, "application/geo+json"),
        (header::CACHE_CONTROL, "private, max-age=3600"),
    ];
    Ok((headers, outlines.geojson().to_owned()))
}

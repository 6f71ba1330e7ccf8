//! What a page has to know before anyone has signed in: whose installation it is, and whether it is a demo.

use axum::{Json, extract::State};
use identity::End;
use kernel::{LegalDate, Problem, Role};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Platform;

/// The route.
pub(crate) fn router(platform: Platform) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(about))
        .routes(routes!(demo_logins))
        .with_state(platform)
}

/// The installation.
#[derive(Serialize, ToSchema)]
struct Installation {
    /// City, such as 南昌市.
    city: String,
    /// Authority that runs it.
    operator: String,
    /// Telephone for questions, if published.
    hotline: Option<String>,
    /// All data are invented; every page has to say so.
    demo: bool,
    /// Version of the program.
    version: &'static str,
    /// The legal day in Shanghai.
    today: LegalDate,
    /// Whether work is done today; absent where the holidays of the year are not known.
    workday: Option<bool>,
}

/// Whose installation this is, and the legal day.
#[utoipa::path(get, path = "/api/v1/site", tag = "site", responses((status = 200, body = Installation)),
    extensions(("x-permission" = json!("public"))))]
async fn about(State(platform): State<Platform>) -> Json<Installation> {
    let site = platform.public.site();
    let today = platform.kernel.now().legal_date();
    Json(Installation {
        city: site.city.clone(),
        operator: site.operator.clone(),
        hotline: site.hotline.clone(),
        demo: site.demo,
        version: env!("CARGO_PKG_VERSION"),
        today,
        workday: platform.matters.calendar().is_working_day(today.0).ok(),
    })
}

/// The accounts of a demo, for the page that asks for one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DemoLogins {
    /// Password of all of them.
    pub password: String,
    /// The accounts, in the order of the procedure.
    pub items: Vec<DemoLogin>,
}

/// An account of a demo.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DemoLogin {
    /// Login name.
    pub login: String,
    /// On whose side it works.
    pub end: End,
    /// Who it is, such as 应急局窗口受理员.
    pub role: String,
    /// What can be done with it.
    pub task: String,
    /// In which role an officer acts.
    pub acts_as: Option<Role>,
    /// For which department.
    pub department: Option<String>,
}

/// Accounts to try a demo with. There is no such thing outside of a demo.
#[utoipa::path(get, path = "/api/v1/demo-accounts", tag = "site",
    responses((status = 200, body = DemoLogins), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
async fn demo_logins(State(platform): State<Platform>) -> Result<Json<DemoLogins>, Problem> {
    let known = platform.demo_logins.filter(|_| platform.config.demo);
    known
        .map(|logins| Json(logins.as_ref().clone()))
        .ok_or_else(|| Problem::not_found("演示账号"))
}

//! What a page has to know before anyone has signed in: whose installation it is, and whether it is a demo.

use axum::{Json, extract::State};
use kernel::LegalDate;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Platform;

/// The route.
pub(crate) fn router(platform: Platform) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(about)).with_state(platform)
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

//! The site: API, documentation, public pages, health, behind the common layers.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use kernel::Problem;
use metrics_exporter_prometheus::PrometheusHandle;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    Platform, about,
    access_table::{AccessTable, Undeclared},
    demo_clock, figures, health, jobs,
    middleware::{
        access, idempotent,
        identify::{self, Identification},
        linger, measure, patience,
    },
    web, wiring,
};

/// Largest body of an ordinary request; uploads set their own limit.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// Everything that is served, with its description.
pub struct Site {
    /// The router.
    pub router: Router,
    /// The OpenAPI document.
    pub openapi: OpenApi,
    /// What each operation needs.
    pub access: AccessTable,
}

/// Builds the site.
///
/// # Errors
/// [`Undeclared`] when an operation declares no permission.
pub fn site(platform: &Platform, metrics: PrometheusHandle) -> Result<Site, Undeclared> {
    let (api, mut openapi) = api(platform).split_for_parts();
    name_operations(&mut openapi);
    let access = AccessTable::read(&openapi)?;
    let identification = Identification {
        identity: platform.identity.clone(),
        behind_proxy: platform.config.behind_proxy,
        public_url: platform.config.public_url.as_str().into(),
    };
    let api = api.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(identification, identify::identify))
            .layer(from_fn_with_state(Arc::new(access.clone()), access::enforce))
            .layer(from_fn_with_state(platform.kernel.clone(), idempotent::replay))
            .layer(DefaultBodyLimit::max(BODY_LIMIT)),
    );
    let described = serde_json::to_value(&openapi).unwrap_or_default();
    let document = Arc::new(openapi.clone());
    let router = Router::new()
        .merge(api)
        .route(
            "/api/openapi.json",
            get(move || async move { Json(document.as_ref().clone()) }),
        )
        .merge(public::pages(platform.public.clone()))
        .merge(notices::feed_router(platform.notices.clone()))
        .merge(web::router())
        .merge(public::docs(platform.public.site(), &described))
        .merge(wiring::trust_services(
            platform.kernel.clone(),
            platform.press.clone(),
        ))
        .merge(transparency::log_router(platform.transparency.clone()))
        .merge(health::router(platform.clone(), metrics))
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed);
    Ok(Site {
        router: with_common_layers(router),
        openapi,
        access,
    })
}

/// Names every operation by method and path: handlers of two capabilities may be called alike, operations may not.
fn name_operations(openapi: &mut OpenApi) {
    for (path, item) in &mut openapi.paths.paths {
        let words = path.trim_start_matches("/api/v1/").replace(['/', '.', '-'], "_");
        let words = words.replace(['{', '}'], "");
        let methods = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
        ];
        for (method, operation) in methods {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{words}"));
            }
        }
    }
}

/// The document as text: members in alphabetical order, so that an unchanged interface is an unchanged text.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn document(openapi: &OpenApi) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&serde_json::to_value(openapi)?)
}

fn api(platform: &Platform) -> OpenApiRouter {
    let info = InfoBuilder::new()
        .title("Anxu 安许")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Work-safety licensing and supervision. Errors are RFC 9457 problem details in Chinese.",
        ))
        .build();
    OpenApiRouter::with_openapi(OpenApiBuilder::new().info(info).build())
        .merge(about::router(platform.clone()))
        .merge(jobs::router(platform.kernel.clone()))
        .merge(demo_clock::router(platform.clone()))
        .merge(identity::router(platform.identity.clone()))
        .merge(registry::router(platform.registry.clone()))
        .merge(matters::router(platform.matters.clone()))
        .merge(applications::router(platform.applications.clone()))
        .merge(licences::router(platform.licences.clone()))
        .merge(figures::router(platform.clone()))
        .merge(collaboration::router(platform.collaboration.clone()))
        .merge(notices::router(platform.notices.clone()))
        .merge(public::router(platform.public.clone()))
        .merge(transparency::router(platform.transparency.clone()))
}

fn with_common_layers(router: Router) -> Router {
    let header = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    // One stack, the outermost first: a router boxes and clones what it is given for every layer anew.
    router.layer(
        ServiceBuilder::new()
            .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
            .layer(PropagateRequestIdLayer::x_request_id())
            .layer(TraceLayer::new_for_http())
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn(patience::answer_in_time))
            .layer(header(
                "content-security-policy",
                "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
            ))
            .layer(header("x-frame-options", "DENY"))
            .layer(header("referrer-policy", "same-origin"))
            .layer(header("x-content-type-options", "nosniff"))
            .layer(CompressionLayer::new())
            .layer(from_fn(measure::measure))
            .layer(from_fn(linger::hear_out)),
    )
}

/// A bug: the request is lost, the server is not, and nothing inner is told.
fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "系统出现故障")
        .detail("操作没有完成。请稍后重试；仍不成功请联系管理员。")
        .into_response()
}

async fn not_found(request: Request) -> Response {
    let mut response = Problem::not_found("该地址对应的内容").into_response();
    if request.uri().path().starts_with("/api/") {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

async fn not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "不支持的操作",
    )
    .detail("该地址不支持这种请求方法，请查阅接口说明 /api/docs。")
}

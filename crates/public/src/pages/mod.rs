//! The pages. Handlers translate; each page has a template and a struct of what it shows.

mod docs;
mod duties;
mod guide;
mod home;
mod icon;
mod licence;
mod losses;
mod matter;
mod reply;
mod search;
mod seo;
mod text;
mod verify;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use kernel::Problem;

use crate::{
    Public,
    http::{Material, body_limit, not_a_payload, read},
    service::{Found, PublicError, Searched},
};

pub use docs::docs;

/// The public pages with their errors. The server mounts it beside the API and uses
/// [`Public::not_found_page`] and [`Public::problem_page`] for what is left over.
pub fn pages(public: Public) -> Router {
    Router::new()
        .route("/", get(home_page))
        .route("/search", get(search_page))
        .route("/v/{code}", get(licence_page))
        // QR codes hold the address in upper case, to stay in their densest mode.
        .route("/V/{code}", get(licence_page))
        .route(losses::PATH, get(losses_page))
        .route("/verify", get(verify_form).post(verify_report))
        .route("/matters", get(matters_page))
        .route("/matters/{key}", get(matter_page))
        .route("/about/verification", get(guide_page))
        .route("/proofs/{file}", get(proof_file))
        .route("/robots.txt", get(robots))
        .route("/sitemap.xml", get(sitemap_index))
        .route("/sitemap/{part}", get(sitemap_part))
        .route("/scan.js", get(scan_script))
        .route("/favicon.svg", get(favicon))
        .route("/favicon.ico", get(favicon))
        .layer(DefaultBodyLimit::max(body_limit()))
        .with_state(public)
}

impl Public {
    /// The answer for an address that does not exist: a page for people, a problem for programs.
    pub fn lost(&self, path: &str, asked: &HeaderMap) -> Response {
        let accept = asked
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if path.starts_with("/api/") || !accept.contains("text/html") {
            return Problem::not_found("该地址对应的内容").into_response();
        }
        self.not_found_page(asked)
    }

    /// The page for an address that does not exist.
    pub fn not_found_page(&self, asked: &HeaderMap) -> Response {
        self.problem_page(&Problem::not_found("页面"), asked)
    }

    /// The page for a problem, in words for citizens: for browsers instead of problem+json.
    pub fn problem_page(&self, problem: &Problem, asked: &HeaderMap) -> Response {
        reply::problem_page(self.site(), problem, asked)
    }
}

async fn home_page(State(public): State<Public>, asked: HeaderMap) -> Response {
    let numbers = public.numbers().await;
    home::render(&public, numbers.as_deref(), &asked)
}

async fn search_page(
    State(public): State<Public>,
    Query(form): Query<search::Form>,
    asked: HeaderMap,
) -> Response {
    let numbers = public.numbers().await;
    let question = form.question();
    match public.search(&question).await {
        Ok(Searched::Exactly(key)) => Redirect::to(&text::licence_path(&key)).into_response(),
        Ok(Searched::Unasked) => search::render(&public, &question, None, None, numbers.as_deref(), &asked),
        Ok(Searched::Results(page)) => {
            search::render(&public, &question, Some(page), None, numbers.as_deref(), &asked)
        }
        Err(PublicError::Input(fault)) => {
            search::render(&public, &question, None, Some(fault), numbers.as_deref(), &asked)
        }
        // A mended cursor is a broken link, not a broken site: begin again at the first page.
        Err(PublicError::Upstream(problem)) if problem.status == 422 => {
            Redirect::to(&search::first_page(&question)).into_response()
        }
        Err(error) => reply::fault(&public, error, &asked),
    }
}

async fn licence_page(
    State(public): State<Public>,
    code: Result<Path<String>, axum::extract::rejection::PathRejection>,
    asked: HeaderMap,
) -> Response {
    let Ok(Path(code)) = code else {
        return public.not_found_page(&asked);
    };
    match public.find(&code).await {
        Ok(Found::Licence(shown)) => licence::render(&public, &shown, &asked),
        Ok(Found::Scanned(report, shown)) => {
            licence::render_scanned(&public, &report, shown.as_deref(), &asked)
        }
        Ok(Found::Nothing) => licence::render_nothing(&public, &code, &asked),
        Err(error) => reply::fault(&public, error, &asked),
    }
}

async fn losses_page(
    State(public): State<Public>,
    Query(form): Query<losses::Form>,
    asked: HeaderMap,
) -> Response {
    let is_later = form.cursor.is_some();
    match public.losses(form.cursor).await {
        Ok(page) => losses::render(&public, page, is_later, &asked),
        // A mended cursor is a broken link: begin again at the first page.
        Err(PublicError::Upstream(problem)) if problem.status == 422 => {
            Redirect::to(losses::PATH).into_response()
        }
        Err(error) => reply::fault(&public, error, &asked),
    }
}

async fn verify_form(State(public): State<Public>, asked: HeaderMap) -> Response {
    verify::form(&public, None, StatusCode::OK, &asked)
}

async fn verify_report(State(public): State<Public>, request: Request) -> Response {
    let asked = HeaderMap::new();
    let outcome = match read(request).await {
        Ok(Material::File(bytes)) => public.verify_file(bytes).await,
        Ok(Material::Qr(text)) => public
            .verify_qr(&text)
            .await
            .ok_or_else(|| not_a_payload().into()),
        Err(problem) => Err(problem.into()),
    };
    match outcome {
        Ok(report) => verify::report(&public, &report, &asked),
        Err(error) => {
            let problem = Problem::from(error);
            let status = problem.status_code();
            if status.is_client_error() {
                verify::form(&public, Some(&problem), status, &asked)
            } else {
                public.problem_page(&problem, &asked)
            }
        }
    }
}

async fn matters_page(State(public): State<Public>, asked: HeaderMap) -> Response {
    matter::render_list(&public, &asked)
}

async fn matter_page(State(public): State<Public>, Path(key): Path<String>, asked: HeaderMap) -> Response {
    let page = matter::render(&public, &key, &asked).await;
    page.unwrap_or_else(|| public.not_found_page(&asked))
}

async fn guide_page(State(public): State<Public>, asked: HeaderMap) -> Response {
    guide::render(&public, &asked)
}

/// The proof as C2SP's tools read it. It grows with the log, so it is not kept for long.
async fn proof_file(State(public): State<Public>, Path(file): Path<String>, asked: HeaderMap) -> Response {
    let sha256 = file.strip_suffix(".tlog-proof").filter(|hash| is_sha256(hash));
    let Some(sha256) = sha256 else {
        return public.not_found_page(&asked);
    };
    match public.evidence(sha256).await {
        Ok(Some(place)) => reply::send(
            StatusCode::OK,
            reply::Keep::Fresh,
            &asked,
            "text/plain; charset=utf-8",
            place.bundle,
        ),
        Ok(None) => public.not_found_page(&asked),
        Err(error) => reply::fault(&public, error, &asked),
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

async fn robots(State(public): State<Public>, asked: HeaderMap) -> Response {
    seo::robots(&public, &asked)
}

async fn sitemap_index(State(public): State<Public>, asked: HeaderMap) -> Response {
    match public.sitemap_pages().await {
        Ok(pages) => seo::index(&public, pages, &asked),
        Err(error) => reply::fault(&public, error, &asked),
    }
}

async fn sitemap_part(State(public): State<Public>, Path(part): Path<String>, asked: HeaderMap) -> Response {
    if part == "pages.xml" {
        return seo::pages(&public, &asked);
    }
    let Some(page) = seo::page_number(&part) else {
        return public.not_found_page(&asked);
    };
    match public.sitemap_page(page).await {
        Ok(entries) if entries.is_empty() => public.not_found_page(&asked),
        Ok(entries) => seo::licences(&public, &entries, &asked),
        Err(error) => reply::fault(&public, error, &asked),
    }
}

async fn scan_script(asked: HeaderMap) -> Response {
    reply::send(
        StatusCode::OK,
        reply::Keep::Long,
        &asked,
        "text/javascript; charset=utf-8",
        include_str!("../../assets/scan.js").to_owned(),
    )
}

async fn favicon(asked: HeaderMap) -> Response {
    let mut response = reply::send(
        StatusCode::OK,
        reply::Keep::Long,
        &asked,
        "image/svg+xml",
        include_str!("../../assets/favicon.svg").trim_end().to_owned(),
    );
    let week = header::HeaderValue::from_static("public, max-age=604800");
    response.headers_mut().insert(header::CACHE_CONTROL, week);
    response
}

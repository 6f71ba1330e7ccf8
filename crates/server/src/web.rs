//! The desk application under `/app`: files that Vite built, carried in the program.
//!
//! A debug build reads them from `web/dist` at every request, so that a new build of the pages shows without a new
//! build of the program.

use std::borrow::Cow;

use axum::{
    Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use data_encoding::HEXLOWER;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Built;

/// Scripts and styles come from files of this server only; pictures may also be made in the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; worker-src 'self'; manifest-src 'self'; frame-src blob:; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The worker that reads PDF files decodes scans by WebAssembly. A worker lives under the policy of its own file, so that
/// the pages do not need this.
const READER_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/// The worker that reads PDF files, as Vite names it.
const READER: &str = "assets/pdf.worker";

/// `/app` and everything below it.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/app", get(|| async { Redirect::permanent("/app/") }))
        .route("/app/", get(|asked: HeaderMap| async move { page(&asked) }))
        .route("/app/{*path}", get(file))
}

/// A file that was built, or the page itself: its addresses belong to the script in it.
async fn file(Path(path): Path<String>, asked: HeaderMap) -> Response {
    match Built::get(&path) {
        Some(file) if path != "index.html" && !path.starts_with('.') => send(&path, file, &asked),
        _ if path.starts_with("assets/") => StatusCode::NOT_FOUND.into_response(),
        _ => page(&asked),
    }
}

fn page(asked: &HeaderMap) -> Response {
    match Built::get("index.html") {
        Some(file) => send("index.html", file, asked),
        None => not_built(),
    }
}

fn send(path: &str, file: EmbeddedFile, asked: &HeaderMap) -> Response {
    let packed = accepts_brotli(asked)
        .then(|| Built::get(&format!("{path}.br")))
        .flatten();
    let tag = format!("\"{}\"", HEXLOWER.encode(&file.metadata.sha256_hash()[..16]));
    let mut response = if asked
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known == tag.as_str())
    {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body(packed.as_ref().unwrap_or(&file).data.clone()).into_response()
    };
    let headers = response.headers_mut();
    if packed.is_some() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    let kept = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    set(headers, header::CACHE_CONTROL, kept);
    set(headers, header::VARY, "accept-encoding");
    let policy = if path.starts_with(READER) {
        READER_POLICY
    } else {
        POLICY
    };
    set(headers, header::CONTENT_SECURITY_POLICY, policy);
    set(
        headers,
        header::CONTENT_TYPE,
        &media_type(path, file.metadata.mimetype()),
    );
    set(headers, header::ETAG, &tag);
    response
}

fn body(data: Cow<'static, [u8]>) -> Body {
    match data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    }
}

/// Scripts that a browser takes as modules must not be called anything else, whatever the guess.
fn media_type(path: &str, guessed: &str) -> String {
    if path.ends_with(".js") || path.ends_with(".mjs") {
        return "text/javascript; charset=utf-8".to_owned();
    }
    if guessed.starts_with("text/") {
        return format!("{guessed}; charset=utf-8");
    }
    guessed.to_owned()
}

fn accepts_brotli(asked: &HeaderMap) -> bool {
    let accepted = asked
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    accepted.is_some_and(|value| {
        value
            .split(',')
            .any(|one| one.split(';').next().is_some_and(|name| name.trim() == "br"))
    })
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The program was compiled without the pages.
fn not_built() -> Response {
    let page = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>办事系统还没有构建</title>\
        <h1>办事系统还没有构建</h1><p>这个程序编译时没有带上办事系统的页面。请在源代码目录执行 <code>make web</code>，\
        再重新构建程序。公开查询和接口不受影响：<a href=\"/\">返回首页</a>。</p>";
    let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (StatusCode::SERVICE_UNAVAILABLE, html, page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_sent_only_where_it_is_understood() {
        let asked = |value: &'static str| {
            HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))])
        };
        assert!(accepts_brotli(&asked("gzip, deflate, br, zstd")));
        assert!(accepts_brotli(&asked("br;q=0.5")));
        assert!(!accepts_brotli(&asked("gzip, deflate")));
        assert!(!accepts_brotli(&HeaderMap::new()));
    }

    #[test]
    fn scripts_are_called_scripts() {
        assert_eq!(
            media_type("assets/pdf.worker.mjs", "application/octet-stream"),
            "text/javascript; charset=utf-8"
        );
        assert_eq!(media_type("index.html", "text/html"), "text/html; charset=utf-8");
        assert_eq!(media_type("assets/a.woff2", "font/woff2"), "font/woff2");
    }

    #[tokio::test]
    async fn a_lost_asset_is_not_answered_with_the_page() {
        let lost = file(Path("assets/gone.js".to_owned()), HeaderMap::new()).await;
        assert_eq!(lost.status(), StatusCode::NOT_FOUND);
    }
}

//! Asks the pages and the API without a network.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use tower::ServiceExt;

use crate::support;

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).expect("JSON")
    }

    /// What stands in the title element.
    pub fn title(&self) -> &str {
        between(&self.text, "<title>", "</title>")
    }

    /// What stands in the first heading.
    pub fn heading(&self) -> &str {
        between(&self.text, "<h1>", "</h1>")
    }
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> &'a str {
    let (_, rest) = text.split_once(open).expect("the opening tag");
    rest.split_once(close).expect("the closing tag").0
}

fn app(down: bool) -> Router {
    app_over(support::service(down))
}

/// Pages, API and its reader over a service.
pub fn app_over(public: public::Public) -> Router {
    let (api, openapi) = public::router(public.clone()).split_for_parts();
    let document = serde_json::to_value(&openapi).expect("the document");
    let docs = public::docs(public.site(), &document);
    let lost = public.clone();
    public::pages(public)
        .merge(api)
        .merge(docs)
        .fallback(move |asked: HeaderMap| async move { lost.not_found_page(&asked) })
}

pub async fn ask(request: Request<Body>) -> Answer {
    send(app(false), request).await
}

pub async fn ask_while_down(path: &str) -> Answer {
    send(
        app(true),
        Request::get(path).body(Body::empty()).expect("a request"),
    )
    .await
}

pub async fn post_while_down(request: Request<Body>) -> Answer {
    send(app(true), request).await
}

pub async fn send(app: Router, request: Request<Body>) -> Answer {
    let response = app.oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 8 << 20).await.expect("a body");
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8(bytes.to_vec()).expect("UTF-8"),
    }
}

pub async fn get(path: &str) -> Answer {
    ask(Request::get(path).body(Body::empty()).expect("a request")).await
}

/// A multipart form with one field.
pub fn form(path: &str, name: &str, content: &[u8]) -> Request<Body> {
    let file = if name == "file" {
        "; filename=\"certificate.pdf\""
    } else {
        ""
    };
    let head = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
    let body = [head.as_bytes(), content, b"\r\n--edge--\r\n"].concat();
    Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from(body))
        .expect("a request")
}

pub fn post(path: &str, content_type: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, content_type)
        .body(body.into())
        .expect("a request")
}

/// A PDF, as far as its first bytes go, that holds one of the invented codes.
pub fn pdf(code: &str) -> Vec<u8> {
    format!("%PDF-1.7\n{code}\n%%EOF").into_bytes()
}

/// `/v/…` with the number of the licence with this serial.
pub fn licence_path(serial: u32) -> String {
    let number = format!("（赣）WH安许证字〔2025〕{serial:06}");
    let encoded: String = number.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("/v/{encoded}")
}

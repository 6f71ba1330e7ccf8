//! How a page goes out: headers, caching, the frame around it, and the pages for faults.

use std::sync::LazyLock;

use askama::Template;
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use data_encoding::{BASE64, HEXLOWER};
use kernel::Problem;
use sha2::{Digest, Sha256};

use super::icon::{self, Icon};
use crate::{
    Public,
    service::{PublicError, Site},
};

/// The stylesheet, inlined into every page so that a first view is one request; indentation is taken out.
static CSS: LazyLock<String> = LazyLock::new(|| {
    include_str!("../../assets/public.css")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
});

/// No script at all, one known stylesheet, nothing from elsewhere.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = BASE64.encode(&Sha256::digest(CSS.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// Which entry of the navigation a page belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nav {
    /// None of them.
    None,
    /// 查许可证
    Search,
    /// 验证照
    Verify,
    /// 办事公开
    Matters,
    /// 怎样核验
    Guide,
}

/// What surrounds a page.
pub(crate) struct Frame<'a> {
    /// Whose site.
    pub(crate) site: &'a Site,
    /// Entry of the navigation.
    pub(crate) nav: Nav,
    /// Path of the page under which it should be known, percent-encoded; empty for pages without.
    pub(crate) path: String,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(site: &'a Site, nav: Nav, path: impl Into<String>) -> Self {
        Self {
            site,
            nav,
            path: path.into(),
        }
    }

    pub(crate) fn css(&self) -> &'static str {
        &CSS
    }

    pub(crate) fn logo(&self) -> Icon {
        icon::SHIELD
    }
}

/// How long a page may be kept.
#[derive(Clone, Copy)]
pub(crate) enum Keep {
    /// Not at all: an answer to something sent.
    Never,
    /// Status pages: asked for again each time, for a licence may have been suspended a moment ago.
    Fresh,
    /// Texts that change with a new version of the rules.
    Long,
}

impl Keep {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Never => "no-store",
            Self::Fresh => "public, no-cache",
            Self::Long => "public, max-age=300",
        })
    }
}

/// Renders a page. An unchanged page is answered with 304.
pub(crate) fn page(status: StatusCode, keep: Keep, asked: &HeaderMap, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => send(status, keep, asked, "text/html; charset=utf-8", html),
        Err(error) => {
            let problem = Problem::internal(&error);
            (StatusCode::INTERNAL_SERVER_ERROR, problem.title).into_response()
        }
    }
}

/// Sends a text with entity tag and the security headers.
pub(crate) fn send(
    status: StatusCode,
    keep: Keep,
    asked: &HeaderMap,
    media_type: &'static str,
    body: String,
) -> Response {
    let tag = format!(
        "W/\"{}\"",
        &HEXLOWER.encode(&Sha256::digest(body.as_bytes()))[..20]
    );
    let known = asked
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let unchanged =
        status == StatusCode::OK && known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (status, body).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, keep.header());
    if status == StatusCode::OK
        && let Ok(tag) = HeaderValue::from_str(&tag)
    {
        headers.insert(header::ETAG, tag);
    }
    guard(headers);
    response
}

/// Lets a page use the camera and the one script that reads codes with it; nothing else changes.
pub(crate) fn with_camera(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let policy = headers
        .get(header::CONTENT_SECURITY_POLICY)
        .and_then(|policy| policy.to_str().ok())
        .map(|policy| format!("{policy}; script-src 'self'"));
    if let Some(policy) = policy.and_then(|policy| HeaderValue::from_str(&policy).ok()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), geolocation=(), microphone=()"),
    );
    response
}

fn guard(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CONTENT_LANGUAGE, "zh-CN"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A page that says what went wrong and what to do now.
#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage<'a> {
    frame: Frame<'a>,
    icon: Icon,
    title: String,
    detail: String,
    hints: &'static [&'static str],
}

/// The page for a failed request, in words for citizens.
pub(crate) fn fault(public: &Public, error: PublicError, asked: &HeaderMap) -> Response {
    problem_page(public.site(), &Problem::from(error), asked)
}

/// The page for a problem.
pub(crate) fn problem_page(site: &Site, problem: &Problem, asked: &HeaderMap) -> Response {
    let status = problem.status_code();
    let (icon, title, hints): (_, String, &'static [&'static str]) = match status {
        StatusCode::NOT_FOUND => (
            icon::ASK,
            "没有这个页面".into(),
            &[
                "检查网址有没有打错或者少了一段",
                "扫码打不开时，改用许可证编号查询",
            ],
        ),
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST => {
            (icon::WARN, problem.title.clone(), &["返回上一页改正后再提交"])
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => (
            icon::CLOCK,
            "现在访问的人多，请稍后再试".into(),
            &["过一两分钟再刷新", "急用时可以离线核验：证书上的签名不依赖本网站"],
        ),
        status if status.is_server_error() => (
            icon::WARN,
            "网站出了故障，不是您的操作有误".into(),
            &["过几分钟再刷新", "急用时可以离线核验：证书上的签名不依赖本网站"],
        ),
        _ => (icon::WARN, problem.title.clone(), &[]),
    };
    let detail = match status {
        StatusCode::NOT_FOUND => "您要找的页面不存在，可能已经移走，也可能网址有误。".to_owned(),
        status if status.is_server_error() => {
            "我们已经记录了这次故障。许可证的登记记录没有受影响。".to_owned()
        }
        _ => problem.detail.clone().unwrap_or_default(),
    };
    let template = FaultPage {
        frame: Frame::new(site, Nav::None, ""),
        icon,
        title,
        detail,
        hints,
    };
    page(status, Keep::Never, asked, &template)
}

//! Extractors that answer with a [`Problem`] in Chinese, and versioned answers.

use axum::{
    Json as AxumJson,
    extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Actor, FieldError, Problem};

/// A JSON body; faults name the field.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = bytes::Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    return too_large();
                }
                Problem::bad_request("请求内容没有完整到达，请重试。")
            })?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| unreadable(&error))?;
        reader
            .end()
            .map_err(|_| Problem::bad_request("JSON 之后还有多余内容。"))?;
        Ok(Self(value))
    }
}

/// 413 with the remedy.
pub fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "内容太大")
        .detail("提交的内容超过允许的大小，请压缩或拆分后再提交。")
}

fn unreadable(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let inner = error.inner();
    if inner.is_syntax() || inner.is_eof() {
        return Problem::bad_request(format!(
            "JSON 在第 {} 行第 {} 列有语法错误。",
            inner.line(),
            inner.column()
        ));
    }
    let path = error.path().to_string();
    let path = if path == "." { String::new() } else { path };
    let text = inner.to_string();
    let text = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(text, _)| text);
    let (field, message) = translate(&path, text);
    Problem::invalid(vec![FieldError::new(field, message)])
}

/// Puts the deserialiser's message into Chinese; messages of our own parsers are Chinese already.
fn translate(path: &str, text: &str) -> (String, String) {
    let named = |prefix: &str| text.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
    let join = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    if let Some(name) = named("missing field `") {
        return (join(name), format!("缺少必填项 {name}，请补上"));
    }
    if let Some(name) = named("unknown field `") {
        return (path.to_owned(), format!("不认识的字段 {name}，请去掉或核对名称"));
    }
    if let Some(name) = named("unknown variant `") {
        return (
            path.to_owned(),
            format!("“{name}”不在可选范围内，请从给定的选项中选择"),
        );
    }
    if text.starts_with("invalid type")
        || text.starts_with("invalid value")
        || text.starts_with("invalid length")
    {
        return (path.to_owned(), "内容的类型或格式不对，请按说明填写".to_owned());
    }
    if text.starts_with("UUID parsing") {
        return (
            path.to_owned(),
            "标识格式不对，请从系统返回的数据中取用".to_owned(),
        );
    }
    (path.to_owned(), text.to_owned())
}

/// Query parameters.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::bad_request("查询参数的名称或格式不对，请核对后重试。"))?;
        Ok(Self(query.0))
    }
}

/// Path parameters. An identifier that cannot be one is simply not found.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        <axum::extract::Path<T> as FromRequestParts<S>>::from_request_parts(parts, state)
            .await
            .map(|path| Self(path.0))
            .map_err(|_| Problem::not_found("该地址对应的内容"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(Problem::unauthenticated)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Actor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

/// The version that the client saw (`If-Match: "3"`). Edits need it, so that nobody overwrites unseen.
pub struct IfMatch(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Err(Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "version-required",
                "缺少版本号",
            )
            .detail("请在 If-Match 请求头中带上读取时得到的 ETag，以免覆盖他人的修改。"));
        };
        let text = value
            .to_str()
            .unwrap_or_default()
            .trim_start_matches("W/")
            .trim_matches('"');
        text.parse()
            .map(Self)
            .map_err(|_| Problem::bad_request("If-Match 请求头应为读取时得到的 ETag。"))
    }
}

/// How [`IfMatch`] stands in the OpenAPI document: `params(IfMatchHeader)`.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "describes a header, which the extractor reads")]
pub struct IfMatchHeader {
    /// The `ETag` of the version that was read, so that nobody overwrites unseen.
    #[param(rename = "If-Match", example = "\"3\"")]
    if_match: String,
}

/// A body with its version as ETag.
pub struct Versioned<T>(pub StatusCode, pub i64, pub T);

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut response = (self.0, AxumJson(self.2)).into_response();
        if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", self.1)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

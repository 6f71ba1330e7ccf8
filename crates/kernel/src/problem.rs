//! Errors on the wire: RFC 9457 problem details, in Chinese, naming the field and the remedy.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{KernelError, access::Forbidden};

/// One fault of the input and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Path of the field in the request, e.g. `materials[2].file`.
    pub field: String,
    /// What is wrong and how to mend it, in Chinese.
    pub message: String,
}

impl FieldError {
    /// A fault of `field`.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// Problem details (RFC 9457), sent as `application/problem+json`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Stable identifier of the kind of problem, `urn:anxu:problem:…`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short Chinese title.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened and what to do now, in Chinese.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<String>,
    /// Faults by field.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<FieldError>,
    /// Further members, by problem type.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub extensions: Map<String, Value>,
}

impl Problem {
    /// A problem of the kind `urn:anxu:problem:{slug}`.
    pub fn new(status: StatusCode, slug: &str, title: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:anxu:problem:{slug}"),
            title: title.into(),
            status: status.as_u16(),
            detail: None,
            errors: Vec::new(),
            extensions: Map::new(),
        }
    }

    /// With an explanation and remedy.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With a further member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.to_owned(), value.into());
        self
    }

    /// 422 with faults by field.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = errors
            .iter()
            .map(|e| e.message.as_str())
            .collect::<Vec<_>>()
            .join("；");
        let mut problem =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-input", "填写内容有误").detail(detail);
        problem.errors = errors;
        problem
    }

    /// 422 for one field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(field, message)])
    }

    /// 400: the request cannot be read at all.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "请求无法识别").detail(detail)
    }

    /// 401: not signed in.
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "请先登录").detail("登录后再进行此操作。")
    }

    /// 403: signed in, but the role does not allow it.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "没有权限").detail(detail)
    }

    /// 404; also for what the actor may not know of.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", format!("未找到{what}"))
            .detail(format!("{what}不存在，或者不在您的权限范围内。"))
    }

    /// 409: the state does not allow the act.
    pub fn conflict(slug: &str, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, slug, title).detail(detail)
    }

    /// 500 without inner text; the cause is logged here, once.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = chain(error), "internal error");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "系统出现故障")
            .detail("操作没有完成，数据没有改变。请稍后重试；仍不成功请联系管理员。")
    }

    /// The status as a type.
    pub fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// The whole chain of causes in one line.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status_code();
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let content_type = HeaderValue::from_static("application/problem+json; charset=utf-8");
        (status, [(header::CONTENT_TYPE, content_type)], body).into_response()
    }
}

impl From<KernelError> for Problem {
    fn from(error: KernelError) -> Self {
        match &error {
            KernelError::Stale { .. } => stale(StatusCode::PRECONDITION_FAILED),
            KernelError::Conflict { .. } => stale(StatusCode::CONFLICT),
            KernelError::AlreadyDone => Self::conflict(
                "already-done",
                "操作已经完成",
                "同一请求已经成功处理，没有重复执行。请刷新查看结果。",
            ),
            KernelError::Database(sea_orm::DbErr::ConnectionAcquire(_)) => {
                tracing::warn!(error = chain(&error), "database busy");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "系统繁忙")
                    .detail("请稍后重试，已填内容不会丢失。")
            }
            _ => Self::internal(&error),
        }
    }
}

/// The version that the client saw is gone: 412 when the client named it (RFC 9110 §13.1.1), else 409.
fn stale(status: StatusCode) -> Problem {
    Problem::new(status, "stale-version", "内容已被他人修改")
        .detail("在您打开之后，他人已经修改了这项内容。请刷新后核对，再重新提交。")
}

impl From<Forbidden> for Problem {
    fn from(error: Forbidden) -> Self {
        Self::forbidden(format!(
            "您的角色没有“{}”权限，如确需办理请联系管理员。",
            error.0.chinese()
        ))
        .with("permission", error.0.as_str())
    }
}

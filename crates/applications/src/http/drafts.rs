//! The applicant's side.

use std::collections::BTreeSet;

use axum::{Json as Answer, extract::State, http::StatusCode};
use kernel::{
    Actor, LegalDate, Problem,
    http::{IfMatch, IfMatchHeader, Json, Path, Versioned},
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use matters::ConditionKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    shown,
    wire::{ApplicationView, Reason},
};
use crate::{
    Applications, NewDraft, NewItem, NewSubject,
    model::{DeregistrationGround, Form, ReplacementCause, Standardisation},
    rules::Gap,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftRequest {
    /// Matter key such as `hazchem.first_issue`.
    matter: String,
    /// The applicant; enterprise accounts may leave it out.
    enterprise: Option<Uuid>,
    /// The licence that it is about: required for everything but a first issue.
    licence: Option<Uuid>,
    /// What is asked for; required for a replacement and a deregistration, else prefilled.
    subject: Option<SubjectRequest>,
}

/// What is asked for about a licence; its present content comes from the licence itself.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum SubjectRequest {
    /// 延期
    Renewal {
        /// 不再审查 is asked for (安全生产许可证条例 art. 9).
        #[serde(default)]
        direct: bool,
        /// Conditions of a renewal without review that the applicant declares to meet.
        #[serde(default)]
        #[schema(value_type = Vec<String>)]
        declared: BTreeSet<ConditionKey>,
        /// Standardisation level, where it counts.
        standardisation: Option<Standardisation>,
    },
    /// 变更
    Change {
        /// Day of the new business licence or of the acceptance of the project.
        occurred_on: Option<LegalDate>,
        /// What changes; each item once.
        items: Vec<ItemRequest>,
    },
    /// 补办
    Replacement {
        /// Why.
        cause: ReplacementCause,
        /// Day of the loss or damage.
        occurred_on: Option<LegalDate>,
        /// What happened.
        #[serde(default)]
        account: String,
    },
    /// 注销
    Deregistration {
        /// Why.
        ground: DeregistrationGround,
        /// Day on which production ended or the ground came about.
        occurred_on: Option<LegalDate>,
        /// What happened and how safety is kept after the end.
        #[serde(default)]
        account: String,
    },
}

/// A changed item with its new content.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "item", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ItemRequest {
    /// 单位名称
    Name {
        /// New.
        to: String,
    },
    /// 单位地址
    Address {
        /// New.
        to: String,
    },
    /// 法定代表人（主要负责人）
    LegalRepresentative {
        /// New.
        to: String,
    },
    /// 经济类型
    EconomicType {
        /// New.
        to: String,
    },
    /// 许可范围
    Scope {
        /// New.
        to: Vec<String>,
    },
}

impl From<ItemRequest> for NewItem {
    fn from(item: ItemRequest) -> Self {
        match item {
            ItemRequest::Name { to } => Self::Name(to),
            ItemRequest::Address { to } => Self::Address(to),
            ItemRequest::LegalRepresentative { to } => Self::LegalRepresentative(to),
            ItemRequest::EconomicType { to } => Self::EconomicType(to),
            ItemRequest::Scope { to } => Self::Scope(to),
        }
    }
}

impl From<SubjectRequest> for NewSubject {
    fn from(subject: SubjectRequest) -> Self {
        use SubjectRequest as S;
        match subject {
            S::Renewal {
                direct,
                declared,
                standardisation,
            } => Self::Renewal {
                direct,
                declared,
                standardisation,
            },
            S::Change { occurred_on, items } => Self::Change {
                occurred_on,
                items: items.into_iter().map(NewItem::from).collect(),
            },
            S::Replacement {
                cause,
                occurred_on,
                account,
            } => Self::Replacement {
                cause,
                occurred_on,
                account,
            },
            S::Deregistration {
                ground,
                occurred_on,
                account,
            } => Self::Deregistration {
                ground,
                occurred_on,
                account,
            },
        }
    }
}

/// Begins a draft, prefilled from the registry and, where it is about a licence, from that licence.
#[utoipa::path(post, path = "/api/v1/applications", tag = "applications", request_body = DraftRequest,
    responses((status = 201, body = ApplicationView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:draft"))))]
pub(super) async fn create(
    State(applications): State<Applications>,
    actor: Actor,
    Json(body): Json<DraftRequest>,
) -> Result<Versioned<ApplicationView>, Problem> {
    let matter = body.matter.parse();
    let matter =
        matter.map_err(|error: matters::BadMatterKey| Problem::field("matter", error.to_string()))?;
    let new = NewDraft {
        matter,
        enterprise: body.enterprise.map(EnterpriseId),
        licence: body.licence.map(LicenceId),
        subject: body.subject.map(NewSubject::from),
    };
    let record = applications.draft(&actor, new).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

/// Saves the form of a draft, or of a correction that asks for it; needs `If-Match`.
#[utoipa::path(put, path = "/api/v1/applications/{id}/form", tag = "applications", params(("id" = Uuid, Path), IfMatchHeader),
    request_body = Form,
    responses((status = 200, body = ApplicationView), (status = 409, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem)),
    extensions(("x-permission" = json!("applications:draft"))))]
pub(super) async fn save(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    IfMatch(version): IfMatch,
    Json(form): Json<Form>,
) -> Result<Versioned<ApplicationView>, Problem> {
    let record = applications.save_form(&actor, id, version, form).await?;
    shown(&applications, &actor, StatusCode::OK, record).await
}

/// Saves what is asked for about the licence; needs `If-Match`.
#[utoipa::path(put, path = "/api/v1/applications/{id}/subject", tag = "applications",
    params(("id" = Uuid, Path), IfMatchHeader), request_body = SubjectRequest,
    responses((status = 200, body = ApplicationView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem)),
    extensions(("x-permission" = json!("applications:draft"))))]
pub(super) async fn save_subject(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    IfMatch(version): IfMatch,
    Json(subject): Json<SubjectRequest>,
) -> Result<Versioned<ApplicationView>, Problem> {
    let record = applications
        .save_subject(&actor, id, version, subject.into())
        .await?;
    shown(&applications, &actor, StatusCode::OK, record).await
}

#[derive(Serialize, ToSchema)]
pub(super) struct Completeness {
    /// Nothing is missing: it can be handed in.
    complete: bool,
    /// What is missing, with the clause that asks for it.
    missing: Vec<Gap>,
}

/// What is still missing before the application can be handed in.
#[utoipa::path(get, path = "/api/v1/applications/{id}/completeness", tag = "applications",
    params(("id" = Uuid, Path)), responses((status = 200, body = Completeness), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn completeness(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
) -> Result<Answer<Completeness>, Problem> {
    let missing = applications.completeness(&actor, id).await?;
    Ok(Answer(Completeness {
        complete: missing.is_empty(),
        missing,
    }))
}

/// Hands the draft in, or the mended application in again.
#[utoipa::path(post, path = "/api/v1/applications/{id}/submissions", tag = "applications",
    params(("id" = Uuid, Path)),
    responses((status = 201, body = ApplicationView), (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:draft"))))]
pub(super) async fn submit(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
) -> Result<Versioned<ApplicationView>, Problem> {
    let record = applications.submit(&actor, id).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

/// Withdraws the application; possible until the decision.
#[utoipa::path(post, path = "/api/v1/applications/{id}/withdrawals", tag = "applications",
    params(("id" = Uuid, Path)), request_body = Reason,
    responses((status = 201, body = ApplicationView), (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:draft"))))]
pub(super) async fn withdraw(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<Reason>,
) -> Result<Versioned<ApplicationView>, Problem> {
    let record = applications.withdraw(&actor, id, body.reason).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

//! Joint site checks and materials that follow later.

use std::collections::BTreeMap;

use axum::{
    extract::{
        Multipart, State,
        multipart::{MultipartError, MultipartRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{
    Actor, LegalDate, Moment, Problem,
    http::{Json, Path, Versioned},
    ids::{AccountId, ApplicationId},
};
use matters::ConditionKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    file, shown,
    wire::{ApplicationView, Reason},
};
use crate::{
    Applications, ApplicationsError, NewPhoto, NewSiteCheck,
    model::{Acknowledgement, FileId, Met, SiteCheckId, Spot},
};

type Acted = Result<Versioned<ApplicationView>, Problem>;

/// An officer who may be named for a site check.
#[derive(Serialize, ToSchema)]
pub(super) struct SiteOfficerChoiceView {
    #[schema(value_type = Uuid)]
    account: AccountId,
    name: String,
    /// Key of the department.
    department: Option<String>,
    department_name: Option<String>,
    /// Number of the card that is valid for the industry today (执法证).
    card: String,
    /// Last day of the card.
    valid_until: LegalDate,
    /// Whether the department takes part in the review of this application.
    reviews: bool,
    /// Days on which the officer is named for another site check.
    busy_on: Vec<LegalDate>,
}

/// Officers who may be named for a site check today; those of the reviewing departments first.
#[utoipa::path(get, path = "/api/v1/applications/{id}/site-officers", tag = "applications",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<SiteOfficerChoiceView>), (status = 403, body = Problem),
        (status = 404, body = Problem)),
    extensions(("x-permission" = json!("applications:review"))))]
pub(super) async fn officers(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
) -> Result<axum::Json<Vec<SiteOfficerChoiceView>>, Problem> {
    let choices = applications.site_officers(&actor, id).await?;
    let views = choices.into_iter().map(|one| SiteOfficerChoiceView {
        department_name: one
            .department
            .as_deref()
            .map(|key| applications.department_name(key)),
        account: one.account,
        name: one.name,
        department: one.department,
        card: one.card,
        valid_until: one.valid_until,
        reviews: one.reviews,
        busy_on: one.busy_on,
    });
    Ok(axum::Json(views.collect()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteCheckRequest {
    /// Why the content of the materials has to be verified.
    reason: String,
    /// Day of the visit.
    planned_on: LegalDate,
    /// Accounts of the officers, at least two, each with a qualification for the industry.
    #[schema(value_type = Vec<Uuid>)]
    officers: Vec<AccountId>,
}

/// Orders a joint site check: one visit with one checklist for all departments.
#[utoipa::path(post, path = "/api/v1/applications/{id}/site-checks", tag = "applications", params(("id" = Uuid, Path)),
    request_body = SiteCheckRequest,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:review"))))]
pub(super) async fn order(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<SiteCheckRequest>,
) -> Acted {
    let new = NewSiteCheck {
        reason: body.reason,
        planned_on: body.planned_on,
        officers: body.officers,
    };
    let record = applications.order_site_check(&actor, id, new).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

/// Takes an order back that is not carried out.
#[utoipa::path(post, path = "/api/v1/applications/{id}/site-checks/{check}/cancellations", tag = "applications",
    params(("id" = Uuid, Path), ("check" = Uuid, Path)), request_body = Reason,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn cancel(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, check)): Path<(ApplicationId, SiteCheckId)>,
    Json(body): Json<Reason>,
) -> Acted {
    let record = applications
        .cancel_site_check(&actor, id, check, body.reason)
        .await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteResultRequest {
    /// Line of the checklist, by its condition.
    #[schema(value_type = String)]
    condition: ConditionKey,
    met: Met,
    /// What was seen; required where it is not met.
    #[serde(default)]
    text: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteResultsRequest {
    /// Any lines; the others stay as they are.
    results: Vec<SiteResultRequest>,
}

/// Records results, by an officer of the check; possible until it is concluded.
#[utoipa::path(post, path = "/api/v1/applications/{id}/site-checks/{check}/results", tag = "applications",
    params(("id" = Uuid, Path), ("check" = Uuid, Path)), request_body = SiteResultsRequest,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn results(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, check)): Path<(ApplicationId, SiteCheckId)>,
    Json(body): Json<SiteResultsRequest>,
) -> Acted {
    let results: BTreeMap<_, _> = body
        .results
        .into_iter()
        .map(|one| (one.condition, (one.met, one.text)))
        .collect();
    let record = applications
        .record_site_results(&actor, id, check, results)
        .await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

/// The form of a photo.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "describes the multipart form, which is read field by field"
)]
struct PhotoForm {
    /// JPEG or PNG, 20 MB at most.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// When it was taken, RFC 3339.
    taken_at: String,
    /// Longitude in degrees, east positive.
    longitude: f64,
    /// Latitude in degrees, north positive.
    latitude: f64,
    /// Where, in words.
    place: String,
    /// Line of the checklist that it shows; absent for the whole.
    condition: Option<String>,
}

/// The text fields of a photo as far as they have come in.
#[derive(Default)]
struct PhotoFields(BTreeMap<String, String>);

impl PhotoFields {
    fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }

    /// Degrees in millionths.
    fn degrees(&self, name: &str, most: f64, message: &str) -> Result<i64, Problem> {
        let degrees: Option<f64> = self.text(name).parse().ok();
        let degrees = degrees.filter(|degrees| degrees.abs() <= most);
        // At most 180 million: exact in both types.
        #[allow(clippy::cast_possible_truncation)]
        let millionths = degrees.map(|degrees| (degrees * 1e6).round() as i64);
        millionths.ok_or_else(|| Problem::field(name, message))
    }

    fn photo(&self) -> Result<NewPhoto, Problem> {
        let taken_at: Moment = serde_json::from_value(self.text("taken_at").into())
            .map_err(|_| Problem::field("taken_at", "请填写拍摄时间，例如 2026-03-02T10:30:00+08:00"))?;
        let spot = Spot {
            longitude_e6: self.degrees("longitude", 180.0, "请填写拍摄地点的经度，例如 115.858")?,
            latitude_e6: self.degrees("latitude", 90.0, "请填写拍摄地点的纬度，例如 28.683")?,
        };
        if self.text("place").is_empty() {
            return Err(Problem::field("place", "请填写拍摄地点"));
        }
        let condition = match self.text("condition") {
            "" => None,
            key => Some(
                key.parse()
                    .map_err(|error: matters::BadKey| Problem::field("condition", error.to_string()))?,
            ),
        };
        Ok(NewPhoto {
            condition,
            taken_at,
            spot,
            place: self.text("place").chars().take(200).collect(),
        })
    }
}

/// Adds a photo taken on site, with time and place, by an officer of the check.
#[utoipa::path(post, path = "/api/v1/applications/{id}/site-checks/{check}/photos", tag = "applications",
    params(("id" = Uuid, Path), ("check" = Uuid, Path)),
    request_body(content = PhotoForm, content_type = "multipart/form-data"),
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn add_photo(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, check)): Path<(ApplicationId, SiteCheckId)>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let mut form = form.map_err(|_| Problem::bad_request("请以 multipart/form-data 上传照片。"))?;
    let mut upload = applications.begin_photo(&actor, id, check).await?;
    let (mut fields, mut has_file) = (PhotoFields::default(), false);
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            has_file = true;
            while let Some(chunk) = field.chunk().await.map_err(broken)? {
                upload.push(&chunk).map_err(ApplicationsError::from)?;
            }
        } else {
            fields.0.insert(name, field.text().await.map_err(broken)?);
        }
    }
    if !has_file {
        return Err(Problem::field("file", "请选择要上传的照片"));
    }
    let photo = fields.photo()?;
    let record = applications
        .add_site_photo(&actor, id, check, upload, photo)
        .await?;
    Ok(shown(&applications, &actor, StatusCode::CREATED, record)
        .await?
        .into_response())
}

fn broken(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return kernel::http::too_large();
    }
    Problem::bad_request("上传没有完整到达，请重试。")
}

/// A photo taken on site.
#[utoipa::path(get, path = "/api/v1/applications/{id}/site-checks/{check}/photos/{photo}", tag = "applications",
    params(("id" = Uuid, Path), ("check" = Uuid, Path), ("photo" = Uuid, Path)),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn photo(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, check, wanted)): Path<(ApplicationId, SiteCheckId, FileId)>,
) -> Result<Response, Problem> {
    let (known, bytes) = applications.site_photo(&actor, id, check, wanted).await?;
    let name = format!("现场照片 {}", known.place);
    Ok(file(&known.blob.media_type, &name, true, bytes))
}

/// Signs the record, each officer of the check for himself.
#[utoipa::path(post, path = "/api/v1/applications/{id}/site-checks/{check}/signatures", tag = "applications",
    params(("id" = Uuid, Path), ("check" = Uuid, Path)),
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn sign(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, check)): Path<(ApplicationId, SiteCheckId)>,
) -> Acted {
    let record = applications.sign_site_check(&actor, id, check).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteConclusionRequest {
    /// Signature of the enterprise, or its refusal.
    acknowledgement: Acknowledgement,
    /// What was found, in words.
    summary: String,
}

/// Concludes the check; its record is written and signed. The outcome follows from the lines.
#[utoipa::path(post, path = "/api/v1/applications/{id}/site-checks/{check}/conclusions", tag = "applications",
    params(("id" = Uuid, Path), ("check" = Uuid, Path)), request_body = SiteConclusionRequest,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:read"))))]
pub(super) async fn conclude(
    State(applications): State<Applications>,
    actor: Actor,
    Path((id, check)): Path<(ApplicationId, SiteCheckId)>,
    Json(body): Json<SiteConclusionRequest>,
) -> Acted {
    let record = applications
        .conclude_site_check(&actor, id, check, body.acknowledgement, body.summary)
        .await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

/// Hands in the materials that were to follow; each must have been uploaded.
#[utoipa::path(post, path = "/api/v1/applications/{id}/supplies", tag = "applications", params(("id" = Uuid, Path)),
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:draft"))))]
pub(super) async fn supply(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
) -> Acted {
    let record = applications.supply(&actor, id).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

/// Finds a commitment broken: what came is not what was promised. No grant is possible after that.
#[utoipa::path(post, path = "/api/v1/applications/{id}/commitment-breaches", tag = "applications",
    params(("id" = Uuid, Path)), request_body = Reason,
    responses((status = 201, body = ApplicationView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("applications:review"))))]
pub(super) async fn breach(
    State(applications): State<Applications>,
    actor: Actor,
    Path(id): Path<ApplicationId>,
    Json(body): Json<Reason>,
) -> Acted {
    let record = applications.break_commitment(&actor, id, body.reason).await?;
    shown(&applications, &actor, StatusCode::CREATED, record).await
}

//! The verification as an API: `POST /api/v1/public/verify`.

use axum::{
    Json as Answer,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State},
    http::header,
};
use bytes::Bytes;
use kernel::{LegalDate, Moment, Problem, http::Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    model::{self, PublicLicence},
    service::{Public, UPLOAD_LIMIT},
};

/// Room for the multipart frame around a file of the largest size, in bytes.
const FRAME: u64 = 64 * 1024;

/// The routes of this capability's API.
pub fn router(public: Public) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(verify))
        .layer(DefaultBodyLimit::max(body_limit()))
        .with_state(public)
}

/// Most bytes that a verification takes.
pub(crate) fn body_limit() -> usize {
    usize::try_from(UPLOAD_LIMIT * 1024 * 1024 + FRAME).unwrap_or(usize::MAX)
}

/// A QR code to verify.
#[derive(Deserialize, ToSchema)]
pub(crate) struct VerifyRequest {
    /// Text of the QR code: the whole address or the bare payload.
    #[schema(example = "HTTPS://AQ.EXAMPLE.GOV.CN/V/QAAXG…")]
    qr: String,
}

/// Result of a verification.
#[derive(Serialize, ToSchema)]
pub(crate) struct VerificationReport {
    /// `valid`, `not_yet_valid`, `expired`, `suspended`, `revoked`, `rescinded`, `withdrawn`, `cancelled`,
    /// `replaced`, `altered`, `untrusted` or `unknown`.
    verdict: &'static str,
    /// The verdict in Chinese.
    verdict_text: &'static str,
    /// How it was reached, in order.
    steps: Vec<Step>,
    /// What the document states; to be believed only when its signature holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<Claims>,
    /// What the register says now.
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<Licence>,
    /// What document and register say differently.
    differences: Vec<Difference>,
    /// Who signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    signer: Option<String>,
    /// When, by a trusted timestamp.
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_at: Option<Moment>,
    /// What was left unchecked, in Chinese.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// SHA-256 of the file, lower-case hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// Place in the evidence log.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
    /// When it was verified.
    checked_at: Moment,
}

/// One step of a verification.
#[derive(Serialize, ToSchema)]
#[schema(as = VerificationStep)]
struct Step {
    /// Stable name, such as `signature`, `timestamp`, `register`, `match`, `evidence`.
    step: String,
    /// Passed.
    ok: bool,
    /// What was found, in Chinese.
    detail: String,
}

/// What a certificate states.
#[derive(Serialize, ToSchema)]
#[schema(as = CertificateClaims)]
struct Claims {
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<String>,
    holder: String,
    code: String,
    valid_from: LegalDate,
    valid_until: LegalDate,
    /// Last day of a temporary copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    copy_until: Option<LegalDate>,
}

/// What the register says now.
#[derive(Serialize, ToSchema)]
#[schema(as = VerifiedLicence)]
struct Licence {
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<String>,
    /// State today, such as `valid`, `expiring`, `suspended`.
    state: &'static str,
    /// The state in Chinese.
    state_text: &'static str,
    holder: String,
    code: String,
    industry: &'static str,
    scope: Vec<String>,
    valid_from: LegalDate,
    valid_until: LegalDate,
    authority: String,
    version: u32,
    demo: bool,
}

/// Something that document and register say differently.
#[derive(Serialize, ToSchema)]
#[schema(as = VerificationDifference)]
struct Difference {
    /// What, in Chinese.
    field: &'static str,
    certificate: String,
    register: String,
}

/// Place in the evidence log.
#[derive(Serialize, ToSchema)]
#[schema(as = EvidencePlace)]
struct Evidence {
    /// Zero-based index of the leaf.
    index: u64,
    /// The entry, lower-case hex.
    entry: String,
    /// When the logged event happened.
    at: Moment,
    /// Path of the proof (C2SP tlog-proof) on this site.
    proof: String,
}

/// Verifies a certificate (PDF, or a picture of its QR code) or the text of a QR code: signature, timestamp,
/// chain, then the present status in the register and the place in the evidence log. Nothing is stored.
#[utoipa::path(post, path = "/api/v1/public/verify", tag = "public",
    request_body(description = "A PDF or picture as it is or as multipart field `file`, or the text of a QR code.",
        content((VerifyRequest = "application/json"), (String = "application/pdf"), (String = "multipart/form-data"))),
    responses((status = 200, body = VerificationReport), (status = 413, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("public"))))]
async fn verify(
    State(public): State<Public>,
    request: Request,
) -> Result<Answer<VerificationReport>, Problem> {
    let report = match read(request).await? {
        Material::File(bytes) => public.verify_file(bytes).await?,
        Material::Qr(text) => public.verify_qr(&text).await.ok_or_else(not_a_payload)?,
    };
    Ok(Answer(report.into()))
}

/// What somebody wants to have verified.
pub(crate) enum Material {
    /// A file.
    File(Bytes),
    /// The text of a QR code.
    Qr(String),
}

/// Reads what was sent, by its content type.
pub(crate) async fn read(request: Request) -> Result<Material, Problem> {
    let content_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    match content_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
    {
        "application/json" => {
            let Json(body) = Json::<VerifyRequest>::from_request(request, &()).await?;
            Ok(Material::Qr(body.qr))
        }
        "multipart/form-data" => multipart(request).await,
        _ => match Bytes::from_request(request, &()).await {
            Ok(bytes) => Ok(Material::File(bytes)),
            Err(rejection) => Err(rejected(rejection.status())),
        },
    }
}

async fn multipart(request: Request) -> Result<Material, Problem> {
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|fault| rejected(fault.status()))?;
    let (mut file, mut text) = (Bytes::new(), String::new());
    while let Some(field) = form
        .next_field()
        .await
        .map_err(|fault| rejected(fault.status()))?
    {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|fault| rejected(fault.status()))?;
        match name.as_str() {
            "file" => file = bytes,
            "qr" => text = String::from_utf8_lossy(&bytes).trim().to_owned(),
            _ => {}
        }
    }
    match (file.is_empty(), text.is_empty()) {
        (false, _) => Ok(Material::File(file)),
        (true, false) => Ok(Material::Qr(text)),
        (true, true) => Err(Problem::field("file", "请选择证照文件，或者填写二维码内容")),
    }
}

fn rejected(status: http::StatusCode) -> Problem {
    if status == http::StatusCode::PAYLOAD_TOO_LARGE {
        let detail = format!("文件超过 {UPLOAD_LIMIT} MB。许可证的 PDF 一般不到 1 MB，请确认选对了文件。");
        return Problem::new(status, "too-large", "文件太大").detail(detail);
    }
    Problem::bad_request("文件没有完整到达，请检查网络后重新提交。")
}

/// The text is no signed payload.
pub(crate) fn not_a_payload() -> Problem {
    Problem::field(
        "qr",
        "这不是许可证二维码的内容。请用手机扫码后复制完整网址再粘贴；只有编号时请用查询功能",
    )
}

impl From<model::Report> for VerificationReport {
    fn from(report: model::Report) -> Self {
        let state = report.state;
        Self {
            verdict: report.verdict.as_str(),
            verdict_text: report.verdict.label(),
            steps: report.steps.into_iter().map(Step::from).collect(),
            claims: report.claims.map(Claims::from),
            licence: report
                .licence
                .zip(state)
                .map(|(licence, state)| Licence::new(licence, state)),
            differences: report.differences.into_iter().map(Difference::from).collect(),
            signer: report.signer,
            signed_at: report.signed_at,
            notes: report.notes,
            sha256: report.sha256,
            evidence: report.evidence.map(Evidence::from),
            checked_at: report.checked_at,
        }
    }
}

impl From<model::Step> for Step {
    fn from(step: model::Step) -> Self {
        Self {
            step: step.step,
            ok: step.ok,
            detail: step.detail,
        }
    }
}

impl From<model::Claims> for Claims {
    fn from(claims: model::Claims) -> Self {
        Self {
            number: claims.number,
            identifier: claims.identifier,
            holder: claims.holder,
            code: claims.code,
            valid_from: claims.valid_from,
            valid_until: claims.valid_until,
            copy_until: claims.copy_until,
        }
    }
}

impl Licence {
    fn new(licence: PublicLicence, state: model::State) -> Self {
        Self {
            number: licence.number,
            identifier: licence.identifier,
            state: state.as_str(),
            state_text: state.label(),
            holder: licence.holder.name,
            code: licence.holder.code,
            industry: licence.industry.as_str(),
            scope: licence.scope,
            valid_from: licence.valid_from,
            valid_until: licence.valid_until,
            authority: licence.authority,
            version: licence.version,
            demo: licence.demo,
        }
    }
}

impl From<model::Difference> for Difference {
    fn from(one: model::Difference) -> Self {
        Self {
            field: one.field,
            certificate: one.certificate,
            register: one.register,
        }
    }
}

impl From<model::Inclusion> for Evidence {
    fn from(place: model::Inclusion) -> Self {
        Self {
            proof: place.proof_path(),
            index: place.index,
            entry: place.entry,
            at: place.at,
        }
    }
}

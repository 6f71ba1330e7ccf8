//! Addresses for notices, and how they are proved.

use axum::{Json as Answer, extract::State, http::StatusCode};
use kernel::{
    Actor, Moment, Problem,
    http::{Json, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    model::{Channel, Code, DeliveryState},
    rules::whole_seconds,
    service::{Notices, OwnAddress, SeenCode},
};

/// Whether notices leave to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum NoticeAddressState {
    /// 待验证
    Waiting,
    /// 已验证
    Proved,
}

/// A code that is on its way or has arrived; not the code itself.
#[derive(Debug, Serialize, ToSchema)]
struct NoticeCode {
    /// Where it was sent.
    sent_to: String,
    /// When it was asked for.
    asked_at: Moment,
    /// Where its message is.
    delivery: DeliveryState,
    /// The same in words.
    delivery_name: &'static str,
    /// Until when it holds; absent while it has not left.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<Moment>,
    /// How often it may still be entered.
    attempts_left: i64,
}

impl NoticeCode {
    fn new(code: SeenCode, sent_to: String) -> Self {
        Self {
            sent_to,
            asked_at: code.asked_at,
            delivery: code.delivery,
            delivery_name: code.delivery.label(),
            valid_until: code.valid_until,
            attempts_left: code.attempts_left,
        }
    }
}

/// How an address stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoticeAddress {
    /// The way.
    channel: Channel,
    /// Whether notices leave there.
    state: NoticeAddressState,
    /// When it was proved; absent as well for one that was in use before addresses were proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    proved_at: Option<Moment>,
    /// Whether the installation has the way: without it no code can be sent.
    is_open: bool,
    /// The code by which it can be proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<NoticeCode>,
    /// When another code can be asked for; absent: at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_code_at: Option<Moment>,
    /// The same in seconds from now, for who counts by another clock.
    next_code_in: i64,
}

impl From<OwnAddress> for NoticeAddress {
    fn from(own: OwnAddress) -> Self {
        Self {
            channel: own.channel,
            state: match own.proof {
                Some(_) => NoticeAddressState::Proved,
                None => NoticeAddressState::Waiting,
            },
            proved_at: own.proof.and_then(|proof| proof.at),
            is_open: own.is_open,
            code: own.code.map(|code| NoticeCode::new(code, own.address)),
            next_code_at: own.next_code.map(|(again, _)| again),
            next_code_in: own.next_code.map_or(0, |(_, wait)| whole_seconds(wait)),
        }
    }
}

/// Sends a code to the account's address on a channel: once a minute, a few times in 24 hours.
#[utoipa::path(post, path = "/api/v1/notice-addresses/{channel}/codes", tag = "notices",
    params(("channel" = Channel, Path)),
    responses((status = 201, body = NoticeAddress), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 429, body = Problem)),
    extensions(("x-permission" = json!("session"))))]
pub(super) async fn send_code(
    State(notices): State<Notices>,
    actor: Actor,
    Path(channel): Path<Channel>,
) -> Result<(StatusCode, Answer<NoticeAddress>), Problem> {
    let address = notices.send_code(&actor, channel).await?;
    Ok((StatusCode::CREATED, Answer(address.into())))
}

/// The code that came to an address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewNoticeProof {
    /// Six digits.
    code: String,
}

/// Proves the account's address on a channel by the code that came there.
#[utoipa::path(post, path = "/api/v1/notice-addresses/{channel}/proofs", tag = "notices",
    params(("channel" = Channel, Path)), request_body = NewNoticeProof,
    responses((status = 201, body = NoticeAddress), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)),
    extensions(("x-permission" = json!("session"))))]
pub(super) async fn prove(
    State(notices): State<Notices>,
    actor: Actor,
    Path(channel): Path<Channel>,
    Json(body): Json<NewNoticeProof>,
) -> Result<(StatusCode, Answer<NoticeAddress>), Problem> {
    let code: Code = body
        .code
        .parse()
        .map_err(|why: &str| Problem::field("code", why))?;
    let address = notices.prove(&actor, channel, &code).await?;
    Ok((StatusCode::CREATED, Answer(address.into())))
}

//! Channels, dead letters and webhooks.

use std::collections::BTreeMap;

use axum::{
    Json as Answer,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use kernel::{
    Actor, Moment, Page, PageQuery, Problem,
    http::{Json, Path, Query},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    model::{Channel, DeliveryId, DeliveryState, Webhook, WebhookId},
    rules::masked,
    service::{ChannelState, DeliveryFilter, NewWebhook, Notices, SeenDelivery},
};

/// How a channel does.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoticeChannelView {
    /// Which.
    channel: Channel,
    /// Chinese name.
    name: &'static str,
    /// Whether the installation has it.
    configured: bool,
    /// Deliveries of the last seven days by state.
    counts: BTreeMap<&'static str, u64>,
    /// When something was delivered last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sent: Option<Moment>,
    /// What went wrong last and has not been mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
}

impl From<ChannelState> for NoticeChannelView {
    fn from(state: ChannelState) -> Self {
        Self {
            channel: state.channel,
            name: state.channel.label(),
            configured: state.configured,
            counts: state
                .counts
                .into_iter()
                .map(|(one, count)| (one.as_str(), count))
                .collect(),
            last_sent: state.last_sent,
            last_error: state.last_error,
        }
    }
}

/// How every channel does. Neither addresses nor keys are shown.
#[utoipa::path(get, path = "/api/v1/notice-channels", tag = "notices",
    responses((status = 200, body = Vec<NoticeChannelView>)), extensions(("x-permission" = json!("jobs:read"))))]
pub(super) async fn channels(
    State(notices): State<Notices>,
    actor: Actor,
) -> Result<Answer<Vec<NoticeChannelView>>, Problem> {
    let states = notices.channels(&actor).await?;
    Ok(Answer(states.into_iter().map(NoticeChannelView::from).collect()))
}

/// Something on its way through a channel.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoticeDeliveryView {
    /// Identifier; the receiver knows a repetition by it.
    id: DeliveryId,
    /// What it tells: title of the notice, of the event for a webhook.
    title: String,
    /// Name of the topic.
    topic_name: String,
    /// Name of the account or of the webhook.
    to_name: String,
    /// Channel.
    channel: Channel,
    /// Where to, the middle left out.
    address: String,
    /// State.
    state: DeliveryState,
    /// The same in words.
    state_name: &'static str,
    /// Attempts of this round.
    attempts: i64,
    /// How often an administrator sent it on its way again.
    round: i64,
    /// What went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// Not before.
    not_before: Moment,
    /// Since when.
    created_at: Moment,
    /// When it arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<Moment>,
    /// What the actor may do now: `retry`.
    allowed_actions: Vec<&'static str>,
}

impl From<SeenDelivery> for NoticeDeliveryView {
    fn from(seen: SeenDelivery) -> Self {
        let one = seen.delivery;
        Self {
            topic_name: seen.topic_name,
            to_name: seen.to_name,
            allowed_actions: seen.allowed_actions,
            title: one.title,
            state_name: one.state.label(),
            address: if one.channel == Channel::Webhook {
                one.address
            } else {
                masked(&one.address)
            },
            id: one.id,
            channel: one.channel,
            state: one.state,
            attempts: one.attempts,
            round: one.round,
            last_error: one.last_error,
            not_before: one.not_before,
            created_at: one.created_at,
            sent_at: one.sent_at,
        }
    }
}

/// A state of deliveries, or all of them.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NoticeDeliveryStates)]
enum States {
    /// Waiting.
    Queued,
    /// Under way.
    Sending,
    /// To be tried again.
    Failed,
    /// Arrived.
    Sent,
    /// With an unknown end.
    Unknown,
    /// Given up.
    #[default]
    Dead,
    /// Whatever the state.
    All,
}

impl States {
    fn state(self) -> Option<DeliveryState> {
        Some(match self {
            Self::Queued => DeliveryState::Queued,
            Self::Sending => DeliveryState::Sending,
            Self::Failed => DeliveryState::Failed,
            Self::Sent => DeliveryState::Sent,
            Self::Unknown => DeliveryState::Unknown,
            Self::Dead => DeliveryState::Dead,
            Self::All => return None,
        })
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DeliveryListQuery {
    /// In this state, or `all`; dead letters unless given.
    #[param(inline)]
    state: Option<States>,
    /// Through this channel.
    #[param(inline)]
    channel: Option<Channel>,
    /// To this webhook.
    #[param(value_type = Option<uuid::Uuid>)]
    webhook: Option<WebhookId>,
    /// Rows on a page.
    limit: Option<u64>,
    /// Cursor.
    cursor: Option<String>,
}

/// Deliveries in a state: dead letters unless another is asked for. What has been sent, and `all`, newest first; what
/// waits, oldest first.
#[utoipa::path(get, path = "/api/v1/notice-deliveries", tag = "notices", params(DeliveryListQuery),
    responses((status = 200, body = Page<NoticeDeliveryView>)), extensions(("x-permission" = json!("jobs:read"))))]
pub(super) async fn deliveries(
    State(notices): State<Notices>,
    actor: Actor,
    Query(query): Query<DeliveryListQuery>,
) -> Result<Answer<Page<NoticeDeliveryView>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let filter = DeliveryFilter {
        state: query.state.unwrap_or_default().state(),
        channel: query.channel,
        webhook: query.webhook,
    };
    let found = notices.deliveries(&actor, filter, &page).await?;
    Ok(Answer(found.map(NoticeDeliveryView::from)))
}

/// One delivery.
#[utoipa::path(get, path = "/api/v1/notice-deliveries/{id}", tag = "notices", params(("id" = DeliveryId, Path)),
    responses((status = 200, body = NoticeDeliveryView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("jobs:read"))))]
pub(super) async fn delivery(
    State(notices): State<Notices>,
    actor: Actor,
    Path(id): Path<DeliveryId>,
) -> Result<Answer<NoticeDeliveryView>, Problem> {
    Ok(Answer(notices.delivery(&actor, id).await?.into()))
}

/// Sends a stuck delivery on its way again.
#[utoipa::path(post, path = "/api/v1/notice-deliveries/{id}/retries", tag = "notices",
    params(("id" = DeliveryId, Path)),
    responses((status = 201, body = NoticeDeliveryView), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("jobs:manage"))))]
pub(super) async fn retry(
    State(notices): State<Notices>,
    actor: Actor,
    Path(id): Path<DeliveryId>,
) -> Result<(StatusCode, Answer<NoticeDeliveryView>), Problem> {
    let delivery = notices.retry(&actor, id).await?;
    Ok((StatusCode::CREATED, Answer(delivery.into())))
}

/// Another system that hears of events.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WebhookView {
    /// Identifier.
    id: WebhookId,
    /// What it is called.
    name: String,
    /// Where to.
    url: String,
    /// Of what it hears.
    topics: Vec<String>,
    /// Events of this region and what lies in it reach it.
    region: String,
    /// Since when.
    created_at: Moment,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Moment>,
    /// Key of its signatures (Standard Webhooks), told once when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl WebhookView {
    fn of(webhook: Webhook, secret: Option<String>) -> Self {
        Self {
            id: webhook.id,
            name: webhook.name,
            url: webhook.url,
            topics: webhook.topics,
            region: webhook.region,
            created_at: webhook.created_at,
            ended_at: webhook.ended_at,
            secret,
        }
    }
}

/// A topic of which webhooks can hear.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookTopic {
    /// Stable name.
    topic: String,
    /// Chinese name.
    name: String,
}

/// Webhooks, and of what they can hear.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Webhooks {
    /// The webhooks.
    items: Vec<WebhookView>,
    /// The topics.
    topics: Vec<WebhookTopic>,
}

/// Webhooks, oldest first.
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "notices", responses((status = 200, body = Webhooks)),
    extensions(("x-permission" = json!("jobs:read"))))]
pub(super) async fn webhooks(
    State(notices): State<Notices>,
    actor: Actor,
) -> Result<Answer<Webhooks>, Problem> {
    let found = notices.webhooks(&actor).await?;
    let topics = notices.topics().into_iter();
    Ok(Answer(Webhooks {
        items: found.into_iter().map(|one| WebhookView::of(one, None)).collect(),
        topics: topics.map(|(topic, name)| WebhookTopic { topic, name }).collect(),
    }))
}

/// A webhook to be set up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWebhook)]
pub(super) struct NewWebhookBody {
    /// What it is called.
    name: String,
    /// Where to, `https://…`.
    url: String,
    /// Of what it hears.
    topics: Vec<String>,
}

/// Sets a webhook up. The answer holds the key of its signatures, once.
#[utoipa::path(post, path = "/api/v1/webhooks", tag = "notices", request_body = NewWebhookBody,
    responses((status = 201, body = WebhookView), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("jobs:manage"))))]
pub(super) async fn add_webhook(
    State(notices): State<Notices>,
    actor: Actor,
    Json(body): Json<NewWebhookBody>,
) -> Result<impl IntoResponse, Problem> {
    let new = NewWebhook {
        name: body.name,
        url: body.url,
        topics: body.topics,
    };
    let webhook = notices.add_webhook(&actor, new).await?;
    let secret = webhook.secret.clone();
    let view = WebhookView::of(webhook, Some(secret));
    // Nobody keeps an answer with a secret in it, not even for a repeated request.
    Ok((
        StatusCode::CREATED,
        [(header::CACHE_CONTROL, "no-store")],
        Answer(view),
    ))
}

/// Ends a webhook.
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}", tag = "notices", params(("id" = WebhookId, Path)),
    responses((status = 204), (status = 404, body = Problem)), extensions(("x-permission" = json!("jobs:manage"))))]
pub(super) async fn end_webhook(
    State(notices): State<Notices>,
    actor: Actor,
    Path(id): Path<WebhookId>,
) -> Result<StatusCode, Problem> {
    notices.end_webhook(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a webhook one signed `{"type":"webhook.test"}`, at most once a minute. How it went stands in the delivery.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/tests", tag = "notices", params(("id" = WebhookId, Path)),
    responses((status = 201, body = NoticeDeliveryView), (status = 404, body = Problem), (status = 409, body = Problem)),
    extensions(("x-permission" = json!("jobs:manage"))))]
pub(super) async fn try_webhook(
    State(notices): State<Notices>,
    actor: Actor,
    Path(id): Path<WebhookId>,
) -> Result<(StatusCode, Answer<NoticeDeliveryView>), Problem> {
    let delivery = notices.try_webhook(&actor, id).await?;
    Ok((StatusCode::CREATED, Answer(delivery.into())))
}

//! What an account sees and chooses itself.

use std::collections::BTreeMap;

use axum::{Json as Answer, extract::State, http::StatusCode};
use kernel::{
    Actor, FieldError, Moment, Page, PageQuery, Problem,
    http::{IfMatch, Json, Path, Query, Versioned},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{addresses::NoticeAddress, admin::NoticeDeliveryView};
use crate::{
    model::{Addresses, Channel, Notice, NoticeId, Preferences, Quiet},
    service::{Notices, OwnPreferences},
};

/// A notice.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoticeView {
    /// Identifier.
    id: NoticeId,
    /// Topic.
    topic: String,
    /// One line.
    title: String,
    /// The whole text.
    text: String,
    /// Path of the desk application on which it is dealt with.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// When.
    at: Moment,
    /// When it was read first.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_at: Option<Moment>,
}

impl From<Notice> for NoticeView {
    fn from(notice: Notice) -> Self {
        Self {
            id: notice.id,
            topic: notice.topic,
            title: notice.title,
            text: notice.text,
            link: notice.link,
            at: notice.at,
            read_at: notice.read_at,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NoticeListQuery {
    /// Only those not read yet.
    unread: Option<bool>,
    /// Only of this topic.
    topic: Option<String>,
    /// Rows on a page.
    limit: Option<u64>,
    /// Cursor.
    cursor: Option<String>,
}

/// Own notices, newest first.
#[utoipa::path(get, path = "/api/v1/notices", tag = "notices", params(NoticeListQuery),
    responses((status = 200, body = Page<NoticeView>)), extensions(("x-permission" = json!("session"))))]
pub(super) async fn list(
    State(notices): State<Notices>,
    actor: Actor,
    Query(query): Query<NoticeListQuery>,
) -> Result<Answer<Page<NoticeView>>, Problem> {
    let page = PageQuery {
        limit: query.limit,
        cursor: query.cursor,
    };
    let unread = query.unread.unwrap_or(false);
    let found = notices.notices(&actor, unread, query.topic, &page).await?;
    Ok(Answer(found.map(NoticeView::from)))
}

/// How many notices were not read.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnreadNotices {
    /// Number.
    unread: u64,
}

/// How many own notices were not read.
#[utoipa::path(get, path = "/api/v1/notices/unread", tag = "notices",
    responses((status = 200, body = UnreadNotices)), extensions(("x-permission" = json!("session"))))]
pub(super) async fn unread(
    State(notices): State<Notices>,
    actor: Actor,
) -> Result<Answer<UnreadNotices>, Problem> {
    let unread = notices.unread(&actor).await?;
    Ok(Answer(UnreadNotices { unread }))
}

/// Receipt that a notice was read.
#[utoipa::path(post, path = "/api/v1/notices/{id}/readings", tag = "notices", params(("id" = NoticeId, Path)),
    responses((status = 201, body = NoticeView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("session"))))]
pub(super) async fn read(
    State(notices): State<Notices>,
    actor: Actor,
    Path(id): Path<NoticeId>,
) -> Result<(StatusCode, Answer<NoticeView>), Problem> {
    let notice = notices.read(&actor, id).await?;
    Ok((StatusCode::CREATED, Answer(notice.into())))
}

/// Up to when everything was read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticesRead {
    /// The newest notice that the reader saw; now unless given.
    until: Option<Moment>,
}

/// Receipt that all notices were read.
#[utoipa::path(post, path = "/api/v1/notices/readings", tag = "notices", request_body = NoticesRead,
    responses((status = 201, body = UnreadNotices)), extensions(("x-permission" = json!("session"))))]
pub(super) async fn read_all(
    State(notices): State<Notices>,
    actor: Actor,
    Json(body): Json<NoticesRead>,
) -> Result<(StatusCode, Answer<UnreadNotices>), Problem> {
    notices.read_all(&actor, body.until).await?;
    let unread = notices.unread(&actor).await?;
    Ok((StatusCode::CREATED, Answer(UnreadNotices { unread })))
}

/// Which quiet hours hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum QuietMode {
    /// 平台默认时段
    Usual,
    /// 自定时段
    Own,
    /// 不设
    None,
}

/// A stretch of quiet hours in Shanghai.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuietHours {
    /// Begin, such as 22:00.
    from: String,
    /// End, on the next day when it is not later than the begin.
    to: String,
}

impl From<Quiet> for QuietHours {
    fn from(quiet: Quiet) -> Self {
        Self {
            from: quiet.from.to_string(),
            to: quiet.to.to_string(),
        }
    }
}

/// A topic and how one hears of it.
#[derive(Debug, Serialize, ToSchema)]
struct TopicChoice {
    /// Stable name.
    topic: String,
    /// Chinese name.
    name: String,
    /// What it is about.
    description: String,
    /// Leaves also in quiet hours.
    urgent: bool,
    /// Channels by which one hears of it now, beside the application.
    channels: Vec<Channel>,
    /// Channels of those who chose nothing.
    usual_channels: Vec<Channel>,
}

/// How one hears of notices.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoticePreferences {
    /// Version; 0 while nothing was chosen.
    version: i64,
    /// Mail address.
    mail: Option<String>,
    /// Number for short messages; the account's own unless given.
    sms: Option<String>,
    /// OpenID of the bureau's official account.
    wechat: Option<String>,
    /// How each of these addresses stands: notices leave only to those that were proved.
    addresses: Vec<NoticeAddress>,
    /// Mobile number of the account.
    account_phone: Option<String>,
    /// Which quiet hours hold.
    quiet_mode: QuietMode,
    /// One's own quiet hours.
    quiet: Option<QuietHours>,
    /// Quiet hours of those who chose none.
    usual_quiet: Option<QuietHours>,
    /// Channels that this installation has.
    available_channels: Vec<Channel>,
    /// What one can hear of.
    topics: Vec<TopicChoice>,
}

impl From<OwnPreferences> for NoticePreferences {
    fn from(own: OwnPreferences) -> Self {
        let chosen = own.reach.preferences;
        let topics = own.topics.into_iter().map(|topic| TopicChoice {
            channels: chosen.channels.get(&topic.key).unwrap_or(&topic.channels).clone(),
            topic: topic.key,
            name: topic.name,
            description: topic.description,
            urgent: topic.urgent,
            usual_channels: topic.channels,
        });
        Self {
            version: own.version,
            topics: topics.collect(),
            mail: chosen.addresses.mail,
            sms: chosen.addresses.sms,
            wechat: chosen.addresses.wechat,
            addresses: own.addresses.into_iter().map(NoticeAddress::from).collect(),
            account_phone: own.phone,
            quiet_mode: match chosen.quiet {
                None => QuietMode::Usual,
                Some(None) => QuietMode::None,
                Some(Some(_)) => QuietMode::Own,
            },
            quiet: chosen.quiet.flatten().map(QuietHours::from),
            usual_quiet: own.usual_quiet.map(QuietHours::from),
            available_channels: own.available,
        }
    }
}

/// How one wants to hear of notices.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewNoticePreferences {
    /// Mail address.
    mail: Option<String>,
    /// Number for short messages; the account's own unless given.
    sms: Option<String>,
    /// OpenID of the bureau's official account.
    wechat: Option<String>,
    /// Which quiet hours hold.
    quiet_mode: QuietMode,
    /// One's own quiet hours; needed with `own`.
    quiet: Option<QuietHours>,
    /// Channels by topic; a topic that is not named follows the platform.
    #[serde(default)]
    channels: BTreeMap<String, Vec<Channel>>,
}

impl TryFrom<NewNoticePreferences> for Preferences {
    type Error = Problem;

    fn try_from(new: NewNoticePreferences) -> Result<Self, Problem> {
        let quiet = match (new.quiet_mode, new.quiet) {
            (QuietMode::Usual, _) => None,
            (QuietMode::None, _) => Some(None),
            (QuietMode::Own, Some(hours)) => Some(Some(quiet(&hours)?)),
            (QuietMode::Own, None) => {
                let fault = FieldError::new("quiet", "请填写免打扰的起止时间");
                return Err(Problem::invalid(vec![fault]));
            }
        };
        let given = |text: Option<String>| {
            text.map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        let mut channels = new.channels;
        for chosen in channels.values_mut() {
            chosen.sort_unstable();
            chosen.dedup();
        }
        Ok(Self {
            addresses: Addresses {
                mail: given(new.mail),
                sms: given(new.sms),
                wechat: given(new.wechat),
            },
            quiet,
            channels,
        })
    }
}

fn quiet(hours: &QuietHours) -> Result<Quiet, Problem> {
    let read = |field: &str, text: &str| {
        text.parse()
            .map_err(|why: &str| Problem::invalid(vec![FieldError::new(field, why)]))
    };
    Ok(Quiet {
        from: read("quiet.from", &hours.from)?,
        to: read("quiet.to", &hours.to)?,
    })
}

/// How the account hears of notices, and what it can choose.
#[utoipa::path(get, path = "/api/v1/notice-preferences", tag = "notices",
    responses((status = 200, body = NoticePreferences)), extensions(("x-permission" = json!("session"))))]
pub(super) async fn preferences(
    State(notices): State<Notices>,
    actor: Actor,
) -> Result<Versioned<NoticePreferences>, Problem> {
    let own = notices.preferences(&actor).await?;
    Ok(Versioned(StatusCode::OK, own.version, own.into()))
}

/// Chooses how the account hears of notices.
#[utoipa::path(put, path = "/api/v1/notice-preferences", tag = "notices", request_body = NewNoticePreferences,
    params(("If-Match" = String, Header, description = "ETag seen")),
    responses((status = 200, body = NoticePreferences), (status = 412, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("session"))))]
pub(super) async fn choose(
    State(notices): State<Notices>,
    actor: Actor,
    IfMatch(seen): IfMatch,
    Json(body): Json<NewNoticePreferences>,
) -> Result<Versioned<NoticePreferences>, Problem> {
    let own = notices.choose(&actor, seen, body.try_into()?).await?;
    Ok(Versioned(StatusCode::OK, own.version, own.into()))
}

/// The channel to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewNoticeTest {
    /// Which.
    channel: Channel,
}

/// Sends the account itself one message through a channel, at most once a minute.
#[utoipa::path(post, path = "/api/v1/notice-preferences/tests", tag = "notices", request_body = NewNoticeTest,
    responses((status = 201, body = NoticeDeliveryView), (status = 409, body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("session"))))]
pub(super) async fn try_channel(
    State(notices): State<Notices>,
    actor: Actor,
    Json(body): Json<NewNoticeTest>,
) -> Result<(StatusCode, Answer<NoticeDeliveryView>), Problem> {
    let delivery = notices.try_channel(&actor, body.channel).await?;
    Ok((StatusCode::CREATED, Answer(delivery.into())))
}

//! Ways out of the application.

use kernel::{Moment, ids::AccountId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{DeliveryId, NoticeId, WebhookId};

/// A way out of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NoticeChannel)]
pub enum Channel {
    /// 电子邮件
    Mail,
    /// 短信
    Sms,
    /// 微信
    Wechat,
    /// 其他系统
    Webhook,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 4] = [Self::Mail, Self::Sms, Self::Wechat, Self::Webhook];
    /// Those that reach people.
    pub const PERSONAL: [Self; 3] = [Self::Mail, Self::Sms, Self::Wechat];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Sms => "sms",
            Self::Wechat => "wechat",
            Self::Webhook => "webhook",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Mail => "电子邮件",
            Self::Sms => "短信",
            Self::Wechat => "微信",
            Self::Webhook => "数据推送",
        }
    }

    /// The channel of that stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// Whether what is sent carries an identifier by which the receiver knows a repetition, so that an attempt
    /// whose end is unknown may be made again. Mail has no such thing that mailboxes heed.
    pub fn is_repeatable(self) -> bool {
        self != Self::Mail
    }
}

/// Where a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NoticeDeliveryState)]
pub enum DeliveryState {
    /// 待发送
    Queued,
    /// 发送中
    Sending,
    /// 发送失败，稍后重试
    Failed,
    /// 已发送
    Sent,
    /// 结果不明：发送时进程中断，不自动重发
    Unknown,
    /// 发送失败，不再重试
    Dead,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Queued,
        Self::Sending,
        Self::Failed,
        Self::Sent,
        Self::Unknown,
        Self::Dead,
    ];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Failed => "failed",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::Dead => "dead",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Queued => "待发送",
            Self::Sending => "发送中",
            Self::Failed => "发送失败，稍后自动重试",
            Self::Sent => "已发送",
            Self::Unknown => "结果不明，未自动重发",
            Self::Dead => "发送失败，已停止重试",
        }
    }

    /// The state of that stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// Whether somebody has to say how it goes on.
    pub fn is_stuck(self) -> bool {
        matches!(self, Self::Unknown | Self::Dead)
    }
}

/// Something on its way through a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Identifier; the receiver knows a repetition by it.
    pub id: DeliveryId,
    /// The notice; absent for a webhook.
    pub notice: Option<NoticeId>,
    /// The webhook.
    pub webhook: Option<WebhookId>,
    /// Whom it reaches; absent for a webhook.
    pub account: Option<AccountId>,
    /// Of what it tells.
    pub topic: String,
    /// What administrators see of it: the title of the notice, of the event for a webhook.
    pub title: String,
    /// Through which channel.
    pub channel: Channel,
    /// Region under which administrators see it.
    pub region: String,
    /// Where to.
    pub address: String,
    /// What is sent: for a person JSON of subject and text, for a webhook the body itself.
    pub content: String,
    /// Where it is.
    pub state: DeliveryState,
    /// Attempts of this round.
    pub attempts: i64,
    /// How often an administrator sent it on its way again.
    pub round: i64,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// Not before.
    pub not_before: Moment,
    /// Since when.
    pub created_at: Moment,
    /// When it arrived.
    pub sent_at: Option<Moment>,
}

/// Another system that hears of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Identifier.
    pub id: WebhookId,
    /// Region under which administrators see it; only events of this region reach it.
    pub region: String,
    /// What it is called.
    pub name: String,
    /// Where to.
    pub url: String,
    /// Of what it hears.
    pub topics: Vec<String>,
    /// Key of its signatures, `whsec_…`.
    pub secret: String,
    /// Since when.
    pub created_at: Moment,
    /// Until when it was told.
    pub ended_at: Option<Moment>,
}

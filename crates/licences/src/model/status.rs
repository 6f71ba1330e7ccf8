//! The status of a licence on a day.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a licence is worth on a day, as people and programs are told. 暂扣, 吊销, 撤销, 撤回 and 注销 are five
/// different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 尚未生效
    NotYetValid,
    /// 有效
    Valid,
    /// 换证过渡: in force; the paper before the present one may still be used.
    InTransition,
    /// 应急使用: stands in for a damaged licence for some days.
    Temporary,
    /// 即将到期: still valid, but the renewal is due.
    Expiring,
    /// 已过期
    Expired,
    /// 暂扣: taken away for a time, as a penalty.
    Suspended,
    /// 吊销: taken away for good, as a penalty.
    Revoked,
    /// 撤销: the grant was unlawful.
    Rescinded,
    /// 撤回: law or facts changed.
    Withdrawn,
    /// 注销: the record is closed.
    Cancelled,
    /// 换发: another licence took its place.
    Replaced,
}

impl Status {
    /// Every status, in the order in which lists show them.
    pub const ALL: [Self; 12] = [
        Self::NotYetValid,
        Self::Valid,
        Self::InTransition,
        Self::Temporary,
        Self::Expiring,
        Self::Expired,
        Self::Suspended,
        Self::Revoked,
        Self::Rescinded,
        Self::Withdrawn,
        Self::Cancelled,
        Self::Replaced,
    ];

    /// The stable name used in data and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotYetValid => "not_yet_valid",
            Self::Valid => "valid",
            Self::InTransition => "in_transition",
            Self::Temporary => "temporary",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Rescinded => "rescinded",
            Self::Withdrawn => "withdrawn",
            Self::Cancelled => "cancelled",
            Self::Replaced => "replaced",
        }
    }

    /// The status of that stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// The Chinese word shown on screens.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::NotYetValid => "尚未生效",
            Self::Valid => "有效",
            Self::InTransition => "换证过渡",
            Self::Temporary => "应急使用",
            Self::Expiring => "即将到期",
            Self::Expired => "已过期",
            Self::Suspended => "暂扣",
            Self::Revoked => "吊销",
            Self::Rescinded => "撤销",
            Self::Withdrawn => "撤回",
            Self::Cancelled => "注销",
            Self::Replaced => "已换发",
        }
    }

    /// Whether the holder may produce under the licence.
    pub fn in_force(self) -> bool {
        matches!(
            self,
            Self::Valid | Self::InTransition | Self::Temporary | Self::Expiring
        )
    }
}

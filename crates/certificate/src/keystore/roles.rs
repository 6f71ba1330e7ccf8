//! Roles of keys, and what a key is used for.

use serde::{Deserialize, Serialize};
use time::Duration;

use crate::pki::Profile;
use crate::suite::KeyKind;
use crate::trust::Usage;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Signs certificates and documents for the issuing authority.
    Authority,
    /// Gives timestamps.
    Tsa,
    /// Signs QR codes.
    Qr,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Authority, Self::Tsa, Self::Qr];

    pub(super) fn profile(self) -> Profile {
        match self {
            Self::Authority => Profile::DocumentSigner,
            Self::Tsa => Profile::TimestampAuthority,
            Self::Qr => Profile::QrSigner,
        }
    }

    pub(super) fn key_kind(self) -> KeyKind {
        match self {
            Self::Authority | Self::Tsa => KeyKind::Rsa2048,
            Self::Qr => KeyKind::Ed25519,
        }
    }

    pub(super) fn lifetime(self) -> Duration {
        match self {
            Self::Authority => Duration::days(5 * 365),
            Self::Tsa | Self::Qr => Duration::days(10 * 365),
        }
    }

    /// What a verifier must accept its certificate for.
    pub(super) fn certified_for(self) -> Usage {
        match self {
            Self::Authority => Usage::Documents,
            Self::Tsa => Usage::Timestamps,
            Self::Qr => Usage::QrCodes,
        }
    }

    /// What follows the name of the authority in a certificate.
    pub(super) fn purpose(self) -> &'static str {
        match self {
            Self::Authority => "",
            Self::Tsa => "时间戳服务",
            Self::Qr => "二维码签发",
        }
    }
}

/// What a key is used for, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUse {
    /// The role.
    pub role: Role,
    /// The body that it signs for; absent: the operator of the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl KeyUse {
    /// A key of the operator.
    pub fn own(role: Role) -> Self {
        Self { role, body: None }
    }

    /// A key with which the documents of another body are signed.
    pub fn of_body(name: impl Into<String>) -> Self {
        Self {
            role: Role::Authority,
            body: Some(name.into()),
        }
    }
}

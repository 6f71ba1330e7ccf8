//! Typed identifiers (UUID version 7, so that new rows lie together) and their injected source.

use std::sync::Mutex;

use rand::{Rng, SeedableRng, rngs::StdRng};
use time::OffsetDateTime;
use uuid::Uuid;

/// Declares identifier newtypes, each around a UUID: `ids! { /// An application. ApplicationId }`.
#[macro_export]
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),* $(,)?) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
                 ::serde::Serialize, ::serde::Deserialize, ::utoipa::ToSchema, ::sea_orm::DeriveValueType)]
        #[serde(transparent)]
        pub struct $name(pub ::uuid::Uuid);

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { self.0.fmt(f) }
        }
        impl ::std::str::FromStr for $name {
            type Err = ::uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
        impl From<::uuid::Uuid> for $name {
            fn from(id: ::uuid::Uuid) -> Self { Self(id) }
        }
        impl From<$name> for ::uuid::Uuid {
            fn from(id: $name) -> Self { id.0 }
        }
        impl ::sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, ::sea_orm::DbErr> {
                Err(::sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )* };
}

ids! {
    /// An account of the platform.
    AccountId,
    /// An enterprise in the registry.
    EnterpriseId,
    /// An application for a licence.
    ApplicationId,
    /// A licence.
    LicenceId,
    /// A recorded event.
    EventId,
    /// A job in the outbox.
    JobId,
}

/// Source of identifiers and random bytes, passed in so that tests and the demo are reproducible.
pub trait IdSource: Send + Sync {
    /// Fills the buffer with random bytes.
    fn fill(&self, bytes: &mut [u8]);

    /// A UUID version 7 for the given instant.
    fn next(&self, now: OffsetDateTime) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        let millis = (now.unix_timestamp_nanos() / 1_000_000).max(0);
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(millis).unwrap_or(0), &random).into_uuid()
    }
}

/// Identifiers from the operating system's random source.
#[derive(Debug, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// Reproducible identifiers from a seed: for tests and the demo city.
#[derive(Debug)]
pub struct SeededIds(Mutex<StdRng>);

impl SeededIds {
    /// The same seed gives the same sequence.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl IdSource for SeededIds {
    fn fill(&self, bytes: &mut [u8]) {
        let mut rng = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        rng.fill_bytes(bytes);
    }
}

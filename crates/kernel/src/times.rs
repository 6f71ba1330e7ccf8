//! Instants and legal dates as they are stored and sent.
//!
//! An instant is stored as Unix milliseconds (UTC) so that both databases sort and index it alike; a legal
//! date is stored as ISO text. On the wire they are RFC 3339 and `YYYY-MM-DD`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// An instant in UTC with millisecond precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, sea_orm::DeriveValueType)]
pub struct Moment(pub i64);

impl Moment {
    /// As a date-time in UTC.
    pub fn instant(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// The legal day in Asia/Shanghai on which this instant lies.
    pub fn legal_date(self) -> LegalDate {
        LegalDate(codes::legal_date(self.instant()))
    }

    /// Later by the given duration.
    #[must_use]
    pub fn plus(self, by: time::Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(by.whole_milliseconds()).unwrap_or(i64::MAX)),
        )
    }
}

impl From<OffsetDateTime> for Moment {
    fn from(instant: OffsetDateTime) -> Self {
        Self(i64::try_from(instant.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.instant().format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        OffsetDateTime::parse(&text, &Rfc3339)
            .map(Self::from)
            .map_err(|_| D::Error::custom("时间格式应为 RFC 3339，例如 2026-11-21T08:30:00+08:00"))
    }
}

/// A day of the legal calendar in Asia/Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LegalDate(pub Date);

const ISO_DATE: &[time::format_description::BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]");

impl LegalDate {
    /// The instant at which this day begins, i.e. midnight in Shanghai.
    pub fn midnight(self) -> Moment {
        Moment::from(codes::midnight_utc(self.0))
    }

    /// Written as in official documents: `2026年11月21日`.
    pub fn chinese(self) -> String {
        format!(
            "{}年{}月{}日",
            self.0.year(),
            u8::from(self.0.month()),
            self.0.day()
        )
    }
}

impl From<Date> for LegalDate {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl fmt::Display for LegalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(ISO_DATE).map_err(|_| fmt::Error)?)
    }
}

impl std::str::FromStr for LegalDate {
    type Err = time::error::Parse;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Date::parse(text, ISO_DATE).map(Self)
    }
}

impl Serialize for LegalDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LegalDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|_| D::Error::custom(format!("“{text}”不是有效日期，应写成 2026-11-21 这样的年-月-日")))
    }
}

impl From<LegalDate> for sea_orm::Value {
    fn from(date: LegalDate) -> Self {
        date.to_string().into()
    }
}

impl sea_orm::TryGetable for LegalDate {
    fn try_get_by<I: sea_orm::ColIdx>(
        row: &sea_orm::QueryResult,
        index: I,
    ) -> Result<Self, sea_orm::TryGetError> {
        let text = <String as sea_orm::TryGetable>::try_get_by(row, index)?;
        text.parse().map_err(|_| {
            sea_orm::TryGetError::DbErr(sea_orm::DbErr::Type(format!("not a legal date: {text}")))
        })
    }
}

impl sea_orm::sea_query::ValueType for LegalDate {
    fn try_from(value: sea_orm::Value) -> Result<Self, sea_orm::sea_query::ValueTypeErr> {
        let text = <String as sea_orm::sea_query::ValueType>::try_from(value)?;
        text.parse().map_err(|_| sea_orm::sea_query::ValueTypeErr)
    }
    fn type_name() -> String {
        "LegalDate".into()
    }
    fn array_type() -> sea_orm::sea_query::ArrayType {
        sea_orm::sea_query::ArrayType::String
    }
    fn column_type() -> sea_orm::sea_query::ColumnType {
        sea_orm::sea_query::ColumnType::Text
    }
}

impl sea_orm::sea_query::Nullable for LegalDate {
    fn null() -> sea_orm::Value {
        sea_orm::Value::String(None)
    }
}

macro_rules! string_schema {
    ($type:ty, $name:literal, $format:ident, $example:literal) => {
        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                        utoipa::openapi::KnownFormat::$format,
                    )))
                    .examples([serde_json::json!($example)])
                    .into()
            }
        }
        impl utoipa::ToSchema for $type {
            fn name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
        }
    };
}
string_schema!(Moment, "Moment", DateTime, "2026-11-21T08:30:00Z");
string_schema!(LegalDate, "LegalDate", Date, "2026-11-21");

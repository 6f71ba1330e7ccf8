//! The public row of a licence: the columns that everyone may read.

use kernel::{KernelError, LegalDate};
use sea_orm::{FromQueryResult, entity::prelude::*, sea_query::SimpleExpr};

use super::{Column, corrupt, industry};
use crate::model::{Mark, Period, Published, Standing, Status};

/// The published columns.
#[derive(Debug, FromQueryResult)]
pub(in crate::store) struct PublishedRow {
    pub seq: i64,
    pub number: String,
    pub identifier: String,
    pub holder_name: String,
    pub holder_code: String,
    pub legal_representative: String,
    pub region: String,
    pub industry: String,
    pub scope: String,
    pub valid_from: LegalDate,
    pub valid_until: LegalDate,
    pub issued_on: LegalDate,
    pub authority_name: String,
    pub demo: i64,
    pub standing: Option<String>,
    pub standing_from: Option<LegalDate>,
    pub standing_until: Option<LegalDate>,
    pub standing_reason: Option<String>,
    pub standing_by: Option<String>,
    pub period_from: Option<LegalDate>,
    pub transition_until: Option<LegalDate>,
    /// 1 for a licence of emergency use.
    pub temporary: i64,
}

/// The published columns in the order of [`PublishedRow`].
pub(in crate::store) const PUBLISHED: [Column; 21] = [
    Column::Seq,
    Column::Number,
    Column::Identifier,
    Column::HolderName,
    Column::HolderCode,
    Column::LegalRepresentative,
    Column::Region,
    Column::Industry,
    Column::Scope,
    Column::ValidFrom,
    Column::ValidUntil,
    Column::IssuedOn,
    Column::AuthorityName,
    Column::Demo,
    Column::Standing,
    Column::StandingFrom,
    Column::StandingUntil,
    Column::StandingReason,
    Column::StandingBy,
    Column::PeriodFrom,
    Column::TransitionUntil,
];

/// Whether a licence is one of emergency use, as [`PublishedRow::temporary`].
pub(in crate::store) fn temporary() -> SimpleExpr {
    Expr::case(Column::TemporaryFor.is_null(), 0_i64)
        .finally(1_i64)
        .into()
}

impl TryFrom<PublishedRow> for Published {
    type Error = KernelError;

    fn try_from(row: PublishedRow) -> Result<Self, KernelError> {
        let standing = match (row.standing.as_deref(), row.standing_from) {
            (None, None) => None,
            (Some(name), Some(since)) => Some(Standing {
                status: Status::parse(name).ok_or_else(|| corrupt("standing", &row.number))?,
                since,
                until: row.standing_until,
                reason: row.standing_reason.unwrap_or_default(),
                by: row.standing_by,
            }),
            _ => return Err(corrupt("standing", &row.number)),
        };
        Ok(Self {
            seq: row.seq,
            industry: industry(&row.industry, &row.number)?,
            number: row.number,
            identifier: row.identifier,
            holder: row.holder_name,
            credit_code: row.holder_code,
            legal_representative: row.legal_representative,
            region: row.region,
            scope: serde_json::from_str(&row.scope)?,
            validity: Period {
                from: row.period_from.unwrap_or(row.valid_from),
                until: row.valid_until,
            },
            mark: Mark {
                in_force_from: row.valid_from,
                until: row.valid_until,
                transition_until: row.transition_until,
                temporary: row.temporary != 0,
                standing,
            },
            issued_on: row.issued_on,
            authority: row.authority_name,
            demo: row.demo != 0,
        })
    }
}

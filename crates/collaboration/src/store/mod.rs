//! The only place that knows the tables of this capability.

mod letters;
mod meetings;
mod referrals;

use kernel::{Dialect, Work};
use sea_orm::{Condition, QuerySelect, Select, entity::prelude::*, sea_query::LockType};
use uuid::Uuid;

pub use letters::LetterAudit;
pub(crate) use letters::{
    LetterQuery, insert_letter, letter, letters, letters_of_pieces, locked_letter, newest_steps, save_letter,
};
pub use meetings::{MeetingAudit, RectificationAudit};
pub(crate) use meetings::{
    RectificationQuery, insert_meeting, insert_rectification, locked_rectification, meeting, meeting_titles,
    meetings, overdue_on, rectification, rectifications, rectifications_of, save_rectification,
};
pub use referrals::ReferralAudit;
pub(crate) use referrals::{
    ReferralQuery, insert_referral, locked_referral, referral, referrals, save_referral,
};

/// Rows behind one, in descending order of a column and the identifier.
fn behind<C: ColumnTrait>(first: C, value: impl Into<sea_orm::Value>, id: C, last: Uuid) -> Condition {
    let value = value.into();
    Condition::any()
        .add(first.lt(value.clone()))
        .add(Condition::all().add(first.eq(value)).add(id.lt(last)))
}

/// The same rows, locked until the end of the transaction on the engine that has locks.
fn locked<E: EntityTrait>(work: &Work, select: Select<E>) -> Select<E> {
    match work.kernel().db().dialect() {
        Dialect::Postgres => select.lock(LockType::Update),
        Dialect::Sqlite => select,
    }
}

//! The only place that knows the tables of this capability.

mod letters;
mod meetings;
mod referrals;

use sea_orm::{Condition, entity::prelude::*};

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
fn behind<C: ColumnTrait>(first: C, value: impl Into<sea_orm::Value>, id: C, last: uuid::Uuid) -> Condition {
    let value = value.into();
    Condition::any()
        .add(first.lt(value.clone()))
        .add(Condition::all().add(first.eq(value)).add(id.lt(last)))
}

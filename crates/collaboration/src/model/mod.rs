//! Letters, meetings and referrals as types. Pure.

mod letter;
mod meeting;
mod referral;

use kernel::{Moment, ids, ids::AccountId};
pub use letter::{Letter, LetterFacts, LetterKind, Receipt};
pub use meeting::{Closing, Meeting, Rectification, RectificationState, Report, Round};
pub use referral::{Answer, Referral, ReferralReceipt, ReferralState};
use serde::{Deserialize, Serialize};

ids! {
    /// A reminder letter.
    LetterId,
    /// A joint meeting.
    MeetingId,
    /// A problem that somebody has to mend.
    RectificationId,
    /// A referral.
    ReferralId,
}

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The account; absent for the platform itself.
    pub account: Option<AccountId>,
    /// Its name then.
    pub name: String,
    /// When.
    pub at: Moment,
}

//! Identifiers, code lists and calendars of Chinese administration, as values.
//!
//! Everything here is pure: no file, clock, chance or network. Constructors take text; tables
//! ([`Divisions`], [`Industries`], [`WorkCalendar`], [`LicenceNumberPatterns`]) take the content of
//! the files under `data/`, which callers load.
//!
//! Two kinds of fault are kept apart. A text that cannot be a code at all is an *error*
//! ([`BadCreditCode`], [`BadLicenceNumber`] …). A well-formed code whose check character fails is a
//! [`CodeWarning`]: such codes do occur on real business licences, so a person may confirm them.
//! Errors and warnings speak Simplified Chinese (`message()`, also their `Display`) and say how to
//! mend the input; they never repeat personal data.

mod calendar;
mod checks;
mod credit_code;
mod division;
mod identity_number;
mod industry;
mod item_code;
mod legal_time;
mod licence_identifier;
mod licence_number;
mod name;
mod phone;
mod registration_number;
mod string_value;
mod subject_code;
mod table;
mod text;

pub use calendar::{Days, MissingYear, WorkCalendar, WorkingDays};
pub use credit_code::{BadCreditCode, CodeWarning, CreditCode, Slip, Suggestion};
pub use division::{BadRegionCode, Divisions, RegionCode, RegionLevel};
pub use identity_number::{BadIdentityNumber, IdentityNumber};
pub use industry::{BadIndustryCode, Industries, IndustryCode, IndustryLevel};
pub use item_code::{BadItemCode, ItemCode, ItemLevel};
pub use legal_time::{Months, chinese_date, end_of_day_utc, legal_date, midnight_utc};
pub use licence_identifier::{BadLicenceIdentifier, Issuer, LicenceIdentifier, LicenceTypeCode};
pub use licence_number::{BadLicenceNumber, LicenceNumber, LicenceNumberPattern, LicenceNumberPatterns};
pub use name::{BadName, CharacterFault, EnterpriseName, PersonName, masked_name, search_key};
pub use phone::{BadPhoneNumber, PhoneNumber};
pub use registration_number::{BadRegistrationNumber, RegistrationNumber};
pub use subject_code::{BadSubjectCode, SubjectCode};
pub use table::BadTable;

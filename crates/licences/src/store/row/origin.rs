//! Where a licence comes from: granted here or taken over, as columns.

use kernel::ids::ApplicationId;

use crate::model::Source;

/// The columns of a source.
pub(super) struct Origin {
    pub(super) name: &'static str,
    pub(super) application: Option<ApplicationId>,
    pub(super) reference: Option<String>,
    pub(super) matter: Option<String>,
    pub(super) matter_version: Option<i64>,
}

impl Origin {
    pub(super) fn of(source: &Source) -> Self {
        match source {
            Source::Granted {
                application,
                reference,
                matter,
                matter_version,
            } => Self {
                name: "granted",
                application: Some(*application),
                reference: Some(reference.clone()),
                matter: Some(matter.to_string()),
                matter_version: Some(i64::from(*matter_version)),
            },
            Source::Imported | Source::StandIn => Self {
                name: "imported",
                application: None,
                reference: None,
                matter: None,
                matter_version: None,
            },
        }
    }

    pub(super) fn read(self) -> Option<Source> {
        match (
            self.name,
            self.application,
            self.reference,
            self.matter,
            self.matter_version,
        ) {
            ("granted", Some(application), Some(reference), Some(matter), Some(version)) => {
                Some(Source::Granted {
                    application,
                    reference,
                    matter: matter.parse().ok()?,
                    matter_version: u32::try_from(version).ok()?,
                })
            }
            ("imported", None, None, None, None) => Some(Source::Imported),
            _ => None,
        }
    }
}

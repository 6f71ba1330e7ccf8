//! The row of a licence and its way to and from the types.

mod audit;
mod origin;
mod published;

use codes::LicenceNumber;
use kernel::{
    KernelError, LegalDate, Moment, Sealed,
    ids::{ApplicationId, EnterpriseId, LicenceId},
    text_index::search_text,
};
use matters::Industry;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::{
    Cancellation, Certificate, Ended, Ending, Facts, Holder, Issued, Issuer, Licence, Period, Prepared,
    Reserved, SignedRecord, Source, Suspended, Suspension, Voided,
};

pub use audit::LicenceAudit;
use origin::Origin;
pub(super) use published::{PUBLISHED, PublishedRow, temporary};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "licence")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    #[sea_orm(unique)]
    pub id: LicenceId,
    pub version: i64,
    pub state: String,
    pub number: String,
    #[sea_orm(unique)]
    pub number_key: String,
    #[sea_orm(unique)]
    pub identifier: String,
    pub enterprise: EnterpriseId,
    pub origin: String,
    pub application: Option<ApplicationId>,
    pub reference: Option<String>,
    pub matter: Option<String>,
    pub matter_version: Option<i64>,
    pub industry: String,
    pub region: String,
    pub holder_name: String,
    pub holder_code: String,
    pub holder_address: String,
    pub legal_representative: String,
    pub economic_type: String,
    pub authority_name: String,
    pub authority_code: String,
    pub scope: String,
    pub valid_from: LegalDate,
    pub valid_until: LegalDate,
    pub issued_on: LegalDate,
    pub record: String,
    pub original_sha256: Option<String>,
    pub duplicate_sha256: Option<String>,
    pub qr_url: Option<String>,
    pub pressed_at: Option<Moment>,
    pub void_reason: Option<String>,
    pub demo: i64,
    pub created_at: Moment,
    pub search_text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing_from: Option<LegalDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing_until: Option<LegalDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing_act: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_from: Option<LegalDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transition_until: Option<LegalDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub past: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temporary_for: Option<LicenceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<LicenceId>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Sealed for Model {
    const SUBJECT: &'static str = "licence";
    fn subject_id(&self) -> Uuid {
        self.id.into()
    }
    fn version(&self) -> i64 {
        self.version
    }
    fn enterprise(&self) -> Option<Uuid> {
        Some(self.enterprise.into())
    }
    fn region(&self) -> Option<&str> {
        Some(&self.region)
    }
}

/// The texts that a licence is found by: loose number, holder, code.
pub(super) fn searchable(facts: &Facts) -> [String; 3] {
    [
        facts.number.match_key(),
        facts.holder.name.clone(),
        facts.holder.code.to_string(),
    ]
}

/// Labels of a region and of everything above it.
pub(super) fn region_labels(region: &str) -> Vec<String> {
    let levels = [2, 4, 6, 9, 12]
        .into_iter()
        .filter_map(|length| region.get(..length));
    levels.map(|code| format!("region:{code}")).collect()
}

/// Label of an industry.
pub(super) fn industry_label(industry: &str) -> String {
    format!("industry:{industry}")
}

/// What befell a published licence, as it is stored whole.
#[derive(Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
enum StandingAct {
    Suspended(Suspension),
    Ended {
        ending: Ending,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        deregistered: Option<Cancellation>,
    },
}

fn standing_act(licence: &Licence) -> Option<StandingAct> {
    match licence {
        Licence::Suspended(one) => Some(StandingAct::Suspended(one.suspension.clone())),
        Licence::Ended(one) => Some(StandingAct::Ended {
            ending: one.ending.clone(),
            deregistered: one.deregistered.clone(),
        }),
        Licence::Reserved(_) | Licence::Issued(_) | Licence::Voided(_) => None,
    }
}

/// The name of a state in the column `state`.
fn stored_state(licence: &Licence) -> &'static str {
    match licence {
        Licence::Reserved(_) => "reserved",
        Licence::Voided(_) => "voided",
        Licence::Issued(_) | Licence::Suspended(_) | Licence::Ended(_) => "issued",
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, KernelError> {
    Ok(serde_json::to_string(value)?)
}

pub(super) fn from_licence(licence: &Licence) -> Result<Model, KernelError> {
    let facts = licence.facts();
    let issued = licence.issued();
    let certificate = issued.and_then(|issued| issued.certificate.clone());
    let pending = issued.and_then(|issued| issued.pending.as_deref());
    let void_reason = match licence {
        Licence::Voided(voided) => Some(voided.reason.clone()),
        _ => None,
    };
    let standing = licence.mark().standing;
    let origin = Origin::of(&facts.source);
    Ok(Model {
        seq: facts.seq,
        id: facts.id,
        version: facts.version,
        state: stored_state(licence).to_owned(),
        number: facts.number.to_string(),
        number_key: facts.number.match_key(),
        identifier: facts.identifier.to_string(),
        enterprise: facts.enterprise,
        origin: origin.name.to_owned(),
        application: origin.application,
        reference: origin.reference,
        matter: origin.matter,
        matter_version: origin.matter_version,
        industry: facts.industry.as_str().to_owned(),
        region: facts.holder.region.as_str().to_owned(),
        holder_name: facts.holder.name.clone(),
        holder_code: facts.holder.code.to_string(),
        holder_address: facts.holder.address.clone(),
        legal_representative: facts.holder.legal_representative.clone(),
        economic_type: facts.holder.economic_type.clone(),
        authority_name: facts.authority.name.clone(),
        authority_code: facts.authority.code.clone(),
        scope: serde_json::to_string(&facts.scope)?,
        valid_from: facts.in_force_from,
        valid_until: facts.validity.until,
        issued_on: facts.issued_on,
        record: facts.record.as_str().to_owned(),
        original_sha256: certificate.as_ref().map(|files| files.original.clone()),
        duplicate_sha256: certificate.as_ref().map(|files| files.duplicate.clone()),
        pressed_at: certificate.as_ref().map(|files| files.pressed_at),
        qr_url: certificate.map(|files| files.qr_url),
        void_reason,
        demo: facts.demo.into(),
        created_at: facts.created_at,
        search_text: search_text(searchable(facts).iter().map(String::as_str)),
        standing: standing.as_ref().map(|one| one.status.as_str().to_owned()),
        standing_from: standing.as_ref().map(|one| one.since),
        standing_until: standing.as_ref().and_then(|one| one.until),
        standing_reason: standing.as_ref().map(|one| one.reason.clone()),
        standing_by: standing.and_then(|one| one.by),
        standing_act: standing_act(licence).as_ref().map(json).transpose()?,
        period_from: (facts.validity.from != facts.in_force_from).then_some(facts.validity.from),
        revision: (facts.revision > 1).then_some(i64::from(facts.revision)),
        transition_until: facts.transition_until,
        past: (!facts.past.is_empty()).then(|| json(&facts.past)).transpose()?,
        pending: pending.map(json).transpose()?,
        temporary_for: facts.temporary_for,
        replaces: facts.replaces,
    })
}

fn corrupt(what: &str, number: &str) -> KernelError {
    KernelError::Corrupt(format!("{what} of licence {number}"))
}

/// The industry of that key.
pub(super) fn industry(key: &str, number: &str) -> Result<Industry, KernelError> {
    let known = Industry::ALL
        .into_iter()
        .find(|industry| industry.as_str() == key);
    known.ok_or_else(|| corrupt("industry", number))
}

impl TryFrom<Model> for Licence {
    type Error = KernelError;

    fn try_from(row: Model) -> Result<Self, KernelError> {
        let (state, number) = (row.state.clone(), row.number.clone());
        let (void_reason, certificate) = (row.void_reason.clone(), certificate(&row)?);
        let act: Option<StandingAct> = row
            .standing_act
            .as_deref()
            .map(serde_json::from_str)
            .transpose()?;
        let pending: Option<Box<Prepared>> = row.pending.as_deref().map(serde_json::from_str).transpose()?;
        let standing = row.standing.clone();
        let facts = facts(row)?;
        let issued = |facts, pending| Issued {
            facts,
            certificate,
            pending,
        };
        let licence = match (state.as_str(), void_reason, act) {
            ("reserved", None, None) => Self::Reserved(Reserved { facts }),
            ("voided", Some(reason), None) => Self::Voided(Voided { facts, reason }),
            ("issued", None, None) => Self::Issued(issued(facts, pending)),
            ("issued", None, Some(StandingAct::Suspended(suspension))) => Self::Suspended(Suspended {
                held: issued(facts, pending),
                suspension,
            }),
            ("issued", None, Some(StandingAct::Ended { ending, deregistered })) => Self::Ended(Ended {
                held: issued(facts, pending),
                ending,
                deregistered,
            }),
            _ => return Err(corrupt("state", &number)),
        };
        // The columns that are searched say the same as the act that is stored whole.
        let told = licence.mark().standing.map(|one| one.status.as_str());
        if told == standing.as_deref() {
            Ok(licence)
        } else {
            Err(corrupt("standing", &number))
        }
    }
}

fn certificate(row: &Model) -> Result<Option<Certificate>, KernelError> {
    match (
        &row.original_sha256,
        &row.duplicate_sha256,
        &row.qr_url,
        row.pressed_at,
    ) {
        (None, None, None, None) => Ok(None),
        (Some(original), Some(duplicate), Some(qr_url), Some(pressed_at)) => Ok(Some(Certificate {
            original: original.clone(),
            duplicate: duplicate.clone(),
            qr_url: qr_url.clone(),
            pressed_at,
        })),
        _ => Err(corrupt("certificate", &row.number)),
    }
}

fn facts(row: Model) -> Result<Facts, KernelError> {
    let origin = Origin {
        name: if row.origin == "imported" {
            "imported"
        } else {
            "granted"
        },
        application: row.application,
        reference: row.reference,
        matter: row.matter,
        matter_version: row.matter_version,
    };
    let bad = |what: &'static str| corrupt(what, &row.number);
    Ok(Facts {
        id: row.id,
        version: row.version,
        seq: row.seq,
        number: LicenceNumber::parse(&row.number).map_err(|_| bad("number"))?,
        identifier: row.identifier.parse().map_err(|_| bad("identifier"))?,
        enterprise: row.enterprise,
        source: match origin.read().ok_or_else(|| bad("origin"))? {
            Source::Imported if row.temporary_for.is_some() => Source::StandIn,
            source => source,
        },
        holder: Holder {
            name: row.holder_name,
            code: row
                .holder_code
                .parse()
                .map_err(|_| corrupt("holder code", &row.number))?,
            address: row.holder_address,
            legal_representative: row.legal_representative,
            economic_type: row.economic_type,
            region: row.region.parse().map_err(|_| corrupt("region", &row.number))?,
        },
        industry: industry(&row.industry, &row.number)?,
        authority: Issuer {
            name: row.authority_name,
            code: row.authority_code,
        },
        scope: serde_json::from_str(&row.scope)?,
        validity: Period {
            from: row.period_from.unwrap_or(row.valid_from),
            until: row.valid_until,
        },
        in_force_from: row.valid_from,
        revision: row
            .revision
            .map_or(Ok(1), u32::try_from)
            .map_err(|_| corrupt("revision", &row.number))?,
        transition_until: row.transition_until,
        past: row
            .past
            .as_deref()
            .map(serde_json::from_str)
            .transpose()?
            .unwrap_or_default(),
        temporary_for: row.temporary_for,
        replaces: row.replaces,
        issued_on: row.issued_on,
        record: SignedRecord::stored(row.record),
        demo: row.demo != 0,
        created_at: row.created_at,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::walk;

    proptest! {
        /// Every state on any way comes back from its row as it was.
        #[test]
        fn a_row_holds_the_whole_state(commands in walk::commands(), temporary in any::<bool>()) {
            let (states, _) = walk::walk(walk::reserved(temporary), commands);
            for state in states {
                let row = from_licence(&state).unwrap();
                prop_assert_eq!(Licence::try_from(row).unwrap(), state);
            }
        }
    }

    #[test]
    fn rows_that_contradict_themselves_are_refused() {
        let row = from_licence(&walk::reserved(false)).unwrap();
        let torn = Model {
            standing: Some("revoked".into()),
            ..row.clone()
        };
        assert!(Licence::try_from(torn).is_err());
        let torn = Model {
            void_reason: Some("x".into()),
            ..row
        };
        assert!(Licence::try_from(torn).is_err());
    }
}

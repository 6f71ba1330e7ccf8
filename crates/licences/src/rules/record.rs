//! From a grant or an old register to the licence and the record that is signed.

use certificate::{CURRENT_TEMPLATE, Edition, LicenceRecord};
use codes::{LicenceIdentifier, LicenceNumber};
use kernel::{LegalDate, Moment, ids::LicenceId};
use matters::{Authority, Industry};

use super::StatusRule;
use crate::model::{
    DirectIssue, Facts, Grant, Holder, Issued, Issuer, Period, PublicLicence, Published, Reserved,
    SignedRecord, Source, Status,
};

/// What the platform gives to a new licence.
pub(crate) struct Given {
    /// Identifier of the row.
    pub id: LicenceId,
    /// Key of the row.
    pub seq: i64,
    /// Number.
    pub number: LicenceNumber,
    /// Identifier.
    pub identifier: LicenceIdentifier,
    /// When.
    pub at: Moment,
}

/// The reservation of a grant: everything that will be signed is fixed here.
pub(crate) fn reserved(
    grant: Grant,
    given: Given,
    authority: &Authority,
) -> Result<Reserved, serde_json::Error> {
    let source = Source::Granted {
        application: grant.application,
        reference: grant.reference,
        matter: grant.matter,
        matter_version: grant.matter_version,
    };
    let draft = Draft {
        enterprise: grant.enterprise,
        holder: grant.holder,
        industry: grant.industry,
        scope: grant.scope,
        validity: grant.validity,
        issued_on: grant.decided_on,
        demo: grant.demo,
    };
    Ok(Reserved {
        facts: draft.facts(given, source, authority)?,
    })
}

/// A licence taken over from an old register.
pub(crate) fn imported(
    old: DirectIssue,
    given: Given,
    authority: &Authority,
) -> Result<Issued, serde_json::Error> {
    let draft = Draft {
        enterprise: old.enterprise,
        holder: old.holder,
        industry: old.industry,
        scope: old.scope,
        validity: old.validity,
        issued_on: old.issued_on,
        demo: old.demo,
    };
    Ok(Issued {
        facts: draft.facts(given, Source::Imported, authority)?,
        certificate: None,
        pending: None,
    })
}

/// 补证: the same licence under a number with a suffix; what it says stays.
pub(crate) fn replacement(
    old: &Facts,
    given: Given,
    source: Source,
    on: LegalDate,
) -> Result<Reserved, serde_json::Error> {
    let mut record = old.record.edition(Edition::Original)?;
    record.number = given.number.to_string();
    record.identifier = given.identifier.to_string();
    record.version = u32::from(given.identifier.version());
    record.issued_on = on.0;
    record.template = CURRENT_TEMPLATE.to_owned();
    Ok(Reserved {
        facts: Facts {
            source,
            replaces: Some(old.id),
            issued_on: on,
            record: SignedRecord::fix(&record)?,
            ..anew(old, given)
        },
    })
}

/// 应急使用: stands in for a damaged licence during a few days, under a mark of its own.
pub(crate) fn stand_in(
    old: &Facts,
    given: Given,
    validity: Period,
    mark: &str,
) -> Result<Reserved, serde_json::Error> {
    let mut record = old.record.edition(Edition::Original)?;
    record.number = given.number.to_string();
    record.identifier = given.identifier.to_string();
    record.version = u32::from(given.identifier.version());
    record.issued_on = validity.from.0;
    record.valid_from = validity.from.0;
    record.valid_until = validity.until.0;
    record.template = CURRENT_TEMPLATE.to_owned();
    record.mark = Some(mark.to_owned());
    Ok(Reserved {
        facts: Facts {
            source: Source::StandIn,
            temporary_for: Some(old.id),
            replaces: None,
            validity,
            in_force_from: validity.from,
            issued_on: validity.from,
            record: SignedRecord::fix(&record)?,
            ..anew(old, given)
        },
    })
}

/// The content of a licence under another number, before anything happened to it.
fn anew(old: &Facts, given: Given) -> Facts {
    Facts {
        id: given.id,
        version: 1,
        seq: given.seq,
        number: given.number,
        identifier: given.identifier,
        revision: 1,
        transition_until: None,
        past: Vec::new(),
        created_at: given.at,
        ..old.clone()
    }
}

/// What a licence of either origin says.
struct Draft {
    enterprise: kernel::ids::EnterpriseId,
    holder: Holder,
    industry: Industry,
    scope: Vec<String>,
    validity: Period,
    issued_on: LegalDate,
    demo: bool,
}

impl Draft {
    fn facts(self, given: Given, source: Source, authority: &Authority) -> Result<Facts, serde_json::Error> {
        let record = self.record(&given, authority);
        Ok(Facts {
            id: given.id,
            version: 1,
            seq: given.seq,
            number: given.number,
            identifier: given.identifier,
            enterprise: self.enterprise,
            source,
            holder: self.holder,
            industry: self.industry,
            authority: Issuer {
                name: authority.name.clone(),
                code: authority.credit_code.to_string(),
            },
            scope: self.scope,
            in_force_from: self.validity.from,
            validity: self.validity,
            revision: 1,
            transition_until: None,
            past: Vec::new(),
            temporary_for: None,
            replaces: None,
            issued_on: self.issued_on,
            record: SignedRecord::fix(&record)?,
            demo: self.demo,
            created_at: given.at,
        })
    }

    fn record(&self, given: &Given, authority: &Authority) -> LicenceRecord {
        LicenceRecord {
            number: given.number.to_string(),
            identifier: given.identifier.to_string(),
            enterprise: self.holder.name.clone(),
            credit_code: self.holder.code.to_string(),
            address: self.holder.address.clone(),
            legal_representative: self.holder.legal_representative.clone(),
            economic_type: self.holder.economic_type.clone(),
            industry: printed_industry(self.industry).to_owned(),
            scope: self.scope.clone(),
            valid_from: self.validity.from.0,
            valid_until: self.validity.until.0,
            issued_on: self.issued_on.0,
            authority: authority.name.clone(),
            authority_code: authority.credit_code.to_string(),
            edition: Edition::Original,
            version: u32::from(given.identifier.version()),
            template: CURRENT_TEMPLATE.to_owned(),
            mark: None,
            changes: Vec::new(),
            annual_reviews: Vec::new(),
        }
    }
}

/// The key by which the certificate's template finds the sign of an industry.
fn printed_industry(industry: Industry) -> &'static str {
    match industry {
        Industry::NoncoalMine => "non_coal_mine",
        Industry::Hazchem => "hazardous_chemicals",
        Industry::Fireworks => "fireworks",
        Industry::Construction => "construction",
        Industry::CivilExplosives => "civil_explosives",
        Industry::Coal => "coal_mine",
    }
}

/// What everyone may know of a licence on a day.
pub(crate) fn publish(row: Published, rule: &StatusRule, on: LegalDate) -> PublicLicence {
    let status = rule.status(&row.mark, on);
    let standing = row.mark.standing.filter(|one| one.status == status);
    let transition = row
        .mark
        .transition_until
        .filter(|_| status == Status::InTransition);
    PublicLicence {
        status_since: standing.as_ref().map(|one| one.since),
        status_until: standing.as_ref().and_then(|one| one.until).or(transition),
        status_reason: standing
            .as_ref()
            .map(|one| one.reason.clone())
            .filter(|text| !text.is_empty()),
        replaced_by: standing.and_then(|one| one.by),
        number: row.number,
        identifier: row.identifier,
        holder: row.holder,
        credit_code: row.credit_code,
        legal_representative: row.legal_representative,
        region: row.region,
        industry: row.industry,
        industry_name: row.industry.label().to_owned(),
        scope: row.scope,
        valid_from: row.validity.from,
        valid_until: row.validity.until,
        issued_on: row.issued_on,
        authority: row.authority,
        status,
        status_name: status.chinese().to_owned(),
        status_on: on,
        demo: row.demo,
    }
}

//! Further editions of a certificate: renewal, change, exchange of a damaged paper, annual review.

use certificate::{AnnualReview, ChangeEntry, Edition, LicenceRecord};
use codes::{BadLicenceIdentifier, LicenceIdentifier};
use kernel::{LegalDate, ids::ApplicationId};

use crate::model::{Amendment, Facts, Holder, Period, Prepared, RevisionCause, SignedRecord};

/// Why an edition cannot be fixed.
#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    /// The identifier cannot count its version up.
    #[error(transparent)]
    Identifier(#[from] BadLicenceIdentifier),
    /// The record before cannot be read, or the next not be written.
    #[error(transparent)]
    Record(#[from] serde_json::Error),
}

/// What an edition will say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Why there is one.
    pub cause: RevisionCause,
    /// The application that led to it.
    pub application: Option<ApplicationId>,
    /// Day of the decision.
    pub on: LegalDate,
    /// The holder from now on.
    pub holder: Holder,
    /// 许可范围 from now on.
    pub scope: Vec<String>,
    /// 有效期 as it will be printed.
    pub validity: Period,
    /// Last day on which the paper before may be used.
    pub transition_until: Option<LegalDate>,
}

/// What differs between a licence and what was granted, as lines of the page of changes.
pub fn amendments(facts: &Facts, holder: &Holder, scope: &[String]) -> Vec<Amendment> {
    let old = &facts.holder;
    let lines = [
        ("企业名称", old.name.clone(), holder.name.clone()),
        ("统一社会信用代码", old.code.to_string(), holder.code.to_string()),
        ("单位地址", old.address.clone(), holder.address.clone()),
        (
            "法定代表人",
            old.legal_representative.clone(),
            holder.legal_representative.clone(),
        ),
        (
            "经济类型",
            old.economic_type.clone(),
            holder.economic_type.clone(),
        ),
        ("许可范围", facts.scope.join("；"), scope.join("；")),
    ];
    let changed = lines.into_iter().filter(|(_, from, to)| from != to);
    changed
        .map(|(item, from, to)| Amendment {
            item: item.to_owned(),
            from: shown(from),
            to: shown(to),
        })
        .collect()
}

/// The page has no empty cells.
fn shown(text: String) -> String {
    if text.trim().is_empty() {
        "（无）".to_owned()
    } else {
        text
    }
}

/// Fixes an edition of a licence exactly as it will be signed.
///
/// # Errors
/// [`RevisionError`].
pub fn prepare(facts: &Facts, content: Content) -> Result<Prepared, RevisionError> {
    let identifier = facts.identifier.next_version()?;
    let record = next_record(facts, &content, &identifier)?;
    Ok(Prepared {
        cause: content.cause,
        application: content.application,
        on: content.on,
        holder: content.holder,
        scope: content.scope,
        validity: content.validity,
        identifier,
        transition_until: content.transition_until,
        record: SignedRecord::fix(&record)?,
    })
}

fn next_record(
    facts: &Facts,
    content: &Content,
    identifier: &LicenceIdentifier,
) -> Result<LicenceRecord, serde_json::Error> {
    let mut record = facts.record.edition(Edition::Original)?;
    let holder = &content.holder;
    match &content.cause {
        RevisionCause::Change { amendments } => {
            record.changes.extend(amendments.iter().map(|one| ChangeEntry {
                on: content.on.0,
                item: one.item.clone(),
                from: one.from.clone(),
                to: one.to.clone(),
                authority: record.authority.clone(),
            }));
        }
        RevisionCause::Review { year, result } => record.annual_reviews.push(AnnualReview {
            year: *year,
            on: content.on.0,
            result: result.clone(),
            authority: record.authority.clone(),
        }),
        // A new period begins with empty pages; the same content on a new paper keeps them.
        RevisionCause::Renewal { .. } => {
            record.changes.clear();
            record.annual_reviews.clear();
            record.issued_on = content.on.0;
        }
        RevisionCause::Reprint { .. } => {}
    }
    Ok(LicenceRecord {
        identifier: identifier.to_string(),
        version: u32::from(identifier.version()),
        enterprise: holder.name.clone(),
        credit_code: holder.code.to_string(),
        address: holder.address.clone(),
        legal_representative: holder.legal_representative.clone(),
        economic_type: holder.economic_type.clone(),
        scope: content.scope.clone(),
        valid_from: content.validity.from.0,
        valid_until: content.validity.until.0,
        template: certificate::CURRENT_TEMPLATE.to_owned(),
        ..record
    })
}

/// The period of a renewal: joined to the old one, from the day after its last, if it was decided in time or is
/// deemed granted; otherwise from the day of the decision.
pub fn renewal_from(old: Period, decided_on: LegalDate, deemed: bool) -> LegalDate {
    match old.until.0.next_day() {
        Some(next) if deemed || decided_on.0 <= next => LegalDate(next),
        _ => decided_on,
    }
}

//! A licence on the wire.

use kernel::{
    Actor, LegalDate, Moment, Permission,
    ids::{ApplicationId, EnterpriseId, LicenceId},
};
use matters::{Industry, MatterKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    model::{CaseId, Certificate, Holder, Licence, PastPaper, Source, Status},
    service::Licences,
};

#[derive(Serialize, ToSchema)]
pub(super) struct LicenceView {
    id: LicenceId,
    version: i64,
    /// `reserved`, `voided`, `issued`, `suspended`, or how it ended: `revoked`, `rescinded`, `withdrawn`, `cancelled`,
    /// `replaced`.
    state: &'static str,
    state_name: &'static str,
    /// Status today; absent for a number without a licence.
    status: Option<Status>,
    status_name: Option<&'static str>,
    /// What befell the licence.
    standing: Option<StandingView>,
    number: String,
    identifier: String,
    enterprise: EnterpriseId,
    /// Taken over from the register before the platform.
    imported: bool,
    application: Option<ApplicationId>,
    /// 受理编号
    reference: Option<String>,
    matter: Option<MatterKey>,
    industry: Industry,
    industry_name: &'static str,
    holder: HolderView,
    scope: Vec<String>,
    valid_from: LegalDate,
    valid_until: LegalDate,
    /// First day from which it was in force without a gap; before `valid_from` once it was renewed.
    in_force_from: LegalDate,
    issued_on: LegalDate,
    authority: String,
    authority_code: String,
    certificate: Option<CertificateView>,
    /// Which edition of the certificate is in force, from 1.
    revision: u32,
    /// Last day on which the paper before may be used beside the one in force.
    transition_until: Option<LegalDate>,
    /// Earlier editions, oldest first.
    past: Vec<PastView>,
    /// A further edition is being made.
    pending: bool,
    /// The licence for which this one stands in (应急使用).
    temporary_for: Option<LicenceId>,
    /// The lost licence that this one continues (补证).
    replaces: Option<LicenceId>,
    void_reason: Option<String>,
    demo: bool,
    created_at: Moment,
    /// What the actor may do now: `download`, `void`; `hand_over`, `self_check`, `report_damage`, `declare_loss`,
    /// `file_work_elsewhere`, `file_emergency_use`, `review_year`; `case.suspension`, `case.resumption`,
    /// `case.revocation`, `case.rescission`, `case.withdrawal`, `case.cancellation`.
    pub(super) allowed_actions: Vec<&'static str>,
}

#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct HolderView {
    name: String,
    /// Unified social credit code, or registration number.
    code: String,
    address: String,
    legal_representative: String,
    economic_type: String,
    /// GB/T 2260 code.
    region: String,
}

/// Suspension or ending.
#[derive(Serialize, ToSchema)]
#[schema(as = LicenceStandingView)]
pub(super) struct StandingView {
    since: LegalDate,
    /// Last day of a suspension.
    until: Option<LegalDate>,
    reason: String,
    /// 文号 of the decision.
    document: String,
    /// The case file behind it.
    case: Option<CaseId>,
    /// Number of the licence that took its place.
    replaced_by: Option<String>,
    /// Day of deregistration of a licence that was revoked, rescinded or withdrawn.
    deregistered_on: Option<LegalDate>,
}

impl StandingView {
    fn of(licence: &Licence) -> Option<Self> {
        let standing = licence.mark().standing?;
        let (order, deregistered_on) = match licence {
            Licence::Suspended(one) => (&one.suspension.order, None),
            Licence::Ended(one) => (
                one.ending.order(),
                one.deregistered
                    .as_ref()
                    .map(|cancellation| cancellation.order.on),
            ),
            _ => return None,
        };
        Some(Self {
            since: standing.since,
            until: standing.until,
            reason: standing.reason,
            document: order.document.clone(),
            case: order.case,
            replaced_by: standing.by,
            deregistered_on,
        })
    }
}

/// A certificate that a later edition took the place of.
#[derive(Serialize, ToSchema)]
#[schema(as = PastCertificateView)]
pub(super) struct PastView {
    revision: u32,
    identifier: String,
    valid_from: LegalDate,
    valid_until: LegalDate,
    replaced_on: LegalDate,
    /// Last day of the transition.
    usable_until: Option<LegalDate>,
    certificate: Option<CertificateView>,
}

impl From<PastPaper> for PastView {
    fn from(paper: PastPaper) -> Self {
        Self {
            revision: paper.revision,
            identifier: paper.identifier.to_string(),
            valid_from: paper.validity.from,
            valid_until: paper.validity.until,
            replaced_on: paper.replaced_on,
            usable_until: paper.usable_until,
            certificate: paper.certificate.map(Into::into),
        }
    }
}

impl From<Certificate> for CertificateView {
    fn from(files: Certificate) -> Self {
        Self {
            original_sha256: files.original,
            duplicate_sha256: files.duplicate,
            qr_url: files.qr_url,
            pressed_at: files.pressed_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct CertificateView {
    /// SHA-256 of the original.
    original_sha256: String,
    /// SHA-256 of the duplicate.
    duplicate_sha256: String,
    /// What the QR code says.
    qr_url: String,
    pressed_at: Moment,
}

pub(super) fn allowed_actions(licences: &Licences, licence: &Licence, actor: &Actor) -> Vec<&'static str> {
    let mut actions = licences.life_actions(actor, licence);
    if licence
        .issued()
        .is_some_and(|issued| issued.certificate.is_some())
    {
        actions.push("download");
    }
    if matches!(licence, Licence::Reserved(_)) && actor.may(Permission::LicencesTakeOver) {
        actions.push("void");
    }
    actions
}

impl LicenceView {
    pub(super) fn new(licences: &Licences, licence: Licence, status: Option<Status>, actor: &Actor) -> Self {
        let (state, state_name) = (licence.state(), licence.chinese());
        let allowed_actions = allowed_actions(licences, &licence, actor);
        let standing = StandingView::of(&licence);
        let pending = licence.issued().is_some_and(|issued| issued.pending.is_some());
        let certificate = licence.issued().and_then(|issued| issued.certificate.clone());
        let facts = licence.facts().clone();
        let imported = facts.source == Source::Imported;
        let void_reason = match licence {
            Licence::Voided(one) => Some(one.reason),
            _ => None,
        };
        let (application, reference, matter) = match facts.source {
            Source::Granted {
                application,
                reference,
                matter,
                ..
            } => (Some(application), Some(reference), Some(matter)),
            Source::Imported | Source::StandIn => (None, None, None),
        };
        Self {
            id: facts.id,
            version: facts.version,
            state,
            state_name,
            status,
            status_name: status.map(Status::chinese),
            standing,
            number: facts.number.to_string(),
            identifier: facts.identifier.to_string(),
            enterprise: facts.enterprise,
            imported,
            application,
            reference,
            matter,
            industry: facts.industry,
            industry_name: facts.industry.label(),
            holder: facts.holder.into(),
            scope: facts.scope,
            valid_from: facts.validity.from,
            valid_until: facts.validity.until,
            issued_on: facts.issued_on,
            authority: facts.authority.name,
            authority_code: facts.authority.code,
            in_force_from: facts.in_force_from,
            certificate: certificate.map(Into::into),
            revision: facts.revision,
            transition_until: facts.transition_until,
            past: facts.past.into_iter().map(Into::into).collect(),
            pending,
            temporary_for: facts.temporary_for,
            replaces: facts.replaces,
            void_reason,
            demo: facts.demo,
            created_at: facts.created_at,
            allowed_actions,
        }
    }
}

impl From<Holder> for HolderView {
    fn from(holder: Holder) -> Self {
        Self {
            name: holder.name,
            code: holder.code.to_string(),
            address: holder.address,
            legal_representative: holder.legal_representative,
            economic_type: holder.economic_type,
            region: holder.region.to_string(),
        }
    }
}

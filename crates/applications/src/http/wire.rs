//! What goes over the wire.

use kernel::{
    Actor, LegalDate, Moment, Problem,
    ids::{ApplicationId, LicenceId},
};
use matters::{Definition, Kind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Applications, Listed, Seen, TaskItem,
    model::{
        Acceptance, Applicant, Application, Case, Commitment, CorrectionNotice, CorrectionRound, Decision,
        Delivery, DepartmentReview, Document, DocumentId, Extension, Finding, Form, GrantTerms, HeldLicence,
        MaterialFile, NonAcceptance, RefusalTerms, Rendering, Returned, ReviewRound, RiskReport, SiteCheck,
        SiteOutcome, StageOpinion, StateName, Stop, Subject, Withdrawal,
    },
    rules::{self, Action, ClockView, Light, TaskKind, WindowView},
};

/// A body with key and name.
#[derive(Serialize, ToSchema)]
pub(super) struct BodyView {
    /// Department key.
    pub key: String,
    /// Short name in this city.
    pub name: String,
}

/// A material with what was handed in for it.
#[derive(Serialize, ToSchema)]
pub(super) struct MaterialView {
    pub key: String,
    pub name: String,
    /// Asked of everybody.
    pub required: bool,
    /// When a conditional material is asked for.
    pub applies_when: Option<String>,
    /// Whether it is asked of this applicant.
    pub applies: bool,
    /// Filled in online: nothing to upload.
    pub online: bool,
    /// Accepted file types in words.
    pub file_types: String,
    /// Largest single file in MB (10⁶ bytes); absent for online forms.
    pub max_size_mb: Option<u32>,
    /// Who makes it out.
    pub source_body: String,
    /// The clauses that ask for it.
    pub clauses: Vec<String>,
    /// Named by the open correction notice.
    pub to_be_mended: bool,
    pub files: Vec<MaterialFile>,
}

/// A condition that a department looks at.
#[derive(Serialize, ToSchema)]
pub(super) struct ConditionView {
    pub key: String,
    pub text: String,
    pub clauses: Vec<String>,
}

/// How far a department is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ReviewProgress {
    /// Still reviewing.
    Reviewing,
    /// Has reviewed; the outcome is not shown to the applicant before the decision.
    Reviewed,
    /// 通过
    Passed,
    /// 不通过
    Failed,
}

/// One department's part as the actor sees it.
#[derive(Serialize, ToSchema)]
pub(super) struct ReviewView {
    pub department: String,
    pub department_name: String,
    /// The department that keeps the application.
    pub lead: bool,
    /// The question it answers.
    pub question: String,
    pub progress: ReviewProgress,
    /// 1 unless it was sent back.
    pub round: u32,
    pub assigned_on: LegalDate,
    /// Its clock in this round.
    pub clock: Option<ClockView>,
    /// The conditions it looks at.
    pub conditions: Vec<ConditionView>,
    pub reviewed_on: Option<LegalDate>,
    /// Findings; hidden from the applicant before the decision.
    pub findings: Option<Vec<Finding>>,
    /// Opinion; hidden from the applicant before the decision.
    pub opinion: Option<String>,
    /// Reviewer; hidden from the applicant before the decision.
    pub reviewer: Option<String>,
    /// Why it has to look again; hidden from the applicant before the decision.
    pub returned: Option<Returned>,
    /// Whether the actor may send this review back now.
    pub may_be_returned: bool,
    /// Earlier rounds; hidden from the applicant before the decision.
    pub past: Vec<ReviewRound>,
}

/// A document of the procedure.
#[derive(Serialize, ToSchema)]
pub(super) struct DocumentView {
    pub id: DocumentId,
    /// Key of its definition.
    pub kind: String,
    pub title: String,
    pub number: String,
    pub at: Moment,
    /// Signed and stored.
    pub ready: bool,
    /// SHA-256 of the signed PDF, once ready.
    pub sha256: Option<String>,
    /// Address of the PDF.
    pub url: String,
}

/// The decision, or the refusal to accept.
#[derive(Serialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(super) enum DecisionView {
    /// 准予许可
    Granted {
        decision: Decision,
        terms: GrantTerms,
        /// 视为准予延续: nobody decided before the licence expired.
        deemed: bool,
    },
    /// 不予许可
    Refused { decision: Decision, terms: RefusalTerms },
    /// 不予受理
    NotAccepted { decision: NonAcceptance },
}

/// One application in full, as the actor may see it.
#[derive(Serialize, ToSchema)]
pub(super) struct ApplicationView {
    pub id: ApplicationId,
    pub version: i64,
    /// 受理编号, once handed in.
    pub reference: Option<String>,
    pub state: StateName,
    /// Chinese name of the state.
    pub state_name: &'static str,
    /// Matter key such as `hazchem.first_issue`.
    pub matter: String,
    pub matter_version: u32,
    pub matter_name: String,
    pub industry: String,
    /// What kind of application it is.
    #[schema(value_type = matters::Kind)]
    pub kind: Kind,
    pub applicant: Applicant,
    /// The licence that it is about, as it stood when the application was handed in; absent for a first issue.
    pub licence: Option<HeldLicence>,
    /// What is asked for.
    pub subject: Subject,
    /// Until when one has to apply, and whether this was in time.
    pub windows: Vec<WindowView>,
    pub form: Form,
    /// Version at which the form was changed last.
    pub form_version: i64,
    pub created_at: Moment,
    pub submitted_at: Option<Moment>,
    pub received_on: Option<LegalDate>,
    /// 首接负责人.
    pub owner: Option<String>,
    /// Keeps and decides it.
    pub lead: BodyView,
    /// Takes it in.
    pub window: BodyView,
    pub materials: Vec<MaterialView>,
    /// The open correction notice: exactly what to mend.
    pub correction_notice: Option<CorrectionNotice>,
    /// The answered correction.
    pub correction: Option<CorrectionRound>,
    pub acceptance: Option<Acceptance>,
    /// 不再审查: the stages which the matter names are left out.
    pub direct: bool,
    /// The risk report; for officers only.
    pub risk: Option<RiskReport>,
    pub reviews: Vec<ReviewView>,
    /// First and second review; hidden from the applicant before the decision.
    pub opinions: Vec<StageOpinion>,
    /// Opinions that a return made void; for officers only.
    pub superseded: Vec<StageOpinion>,
    /// Joint site checks, oldest first.
    pub site_checks: Vec<SiteCheckView>,
    /// Materials that were accepted as to follow.
    pub deferral: Option<DeferralView>,
    pub stops: Vec<Stop>,
    pub extension: Option<Extension>,
    pub decision: Option<DecisionView>,
    pub delivery: Option<Delivery>,
    pub withdrawal: Option<Withdrawal>,
    pub documents: Vec<DocumentView>,
    /// Every clock that runs or ran.
    pub clocks: Vec<ClockView>,
    /// The clock that matters most now.
    pub clock: Option<ClockView>,
    pub light: Light,
    /// What the actor may do now. Pages show these and nothing else.
    pub allowed_actions: Vec<Action>,
}

impl ApplicationView {
    pub fn new(applications: &Applications, actor: &Actor, seen: Seen) -> Result<Self, Problem> {
        let app = &seen.record.application;
        let def = applications.definition_of(app)?;
        let dossier = app.dossier();
        let internal = actor.scope.enterprise.is_none();
        let case = app.case();
        let body = |key: &str| BodyView {
            key: key.to_owned(),
            name: applications.department_name(key),
        };
        let id = seen.record.id;
        Ok(Self {
            id,
            version: seen.record.version,
            reference: app.intake().map(|intake| intake.reference.clone()),
            state: app.state(),
            state_name: app.state().label(),
            matter: dossier.matter.to_string(),
            matter_version: dossier.matter_version,
            matter_name: dossier.matter_name.clone(),
            industry: dossier.matter.industry.as_str().to_owned(),
            kind: dossier.matter.kind,
            applicant: dossier.applicant.clone(),
            licence: dossier.licence.clone(),
            subject: dossier.subject.clone(),
            windows: applications.windows(app, def),
            form: dossier.form.content.clone(),
            form_version: dossier.form.version,
            created_at: dossier.created_at,
            submitted_at: app.intake().map(|intake| intake.submitted_at),
            received_on: app.intake().map(|intake| intake.received_on),
            owner: app.owner().map(|owner| owner.name.clone()),
            lead: body(&seen.bodies.lead),
            window: body(&seen.bodies.window),
            materials: materials(app, def),
            correction_notice: app.open_notice().cloned(),
            correction: app.intake().and_then(|intake| intake.correction.clone()),
            acceptance: case.map(|case| case.acceptance.clone()),
            direct: case.is_some_and(|case| case.direct),
            risk: case.filter(|_| internal).map(|case| case.risk.clone()),
            reviews: reviews(applications, def, &seen),
            opinions: app
                .opinions()
                .into_iter()
                .filter(|_| seen.opinions)
                .cloned()
                .collect(),
            superseded: case
                .filter(|_| internal)
                .map(|case| case.superseded.clone())
                .unwrap_or_default(),
            site_checks: case.map(site_checks).unwrap_or_default(),
            deferral: applications.deferral(app, def),
            stops: app
                .intake()
                .map(|intake| intake.stops.clone())
                .unwrap_or_default(),
            extension: case.and_then(|case| case.extension.clone()),
            decision: decision(app),
            delivery: app.delivery().cloned(),
            withdrawal: withdrawal(app),
            documents: dossier.documents.iter().map(|one| document(id, one)).collect(),
            light: crate::service::light(seen.headline.as_ref()),
            clock: seen.headline,
            clocks: seen.clocks,
            allowed_actions: seen.actions,
        })
    }
}

/// A joint site check.
#[derive(Serialize, ToSchema)]
pub(super) struct SiteCheckView {
    #[serde(flatten)]
    pub check: SiteCheck,
    /// How it comes out by its lines as they are; absent while one is open.
    pub outcome: Option<SiteOutcome>,
    /// The outcome in words.
    pub outcome_name: Option<&'static str>,
}

fn site_checks(case: &Case) -> Vec<SiteCheckView> {
    let checks = case.site_checks.iter();
    checks
        .map(|check| SiteCheckView {
            outcome: check.outcome(),
            outcome_name: check.outcome().map(SiteOutcome::label),
            check: check.clone(),
        })
        .collect()
}

/// Materials that follow later.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeferralView {
    /// Keys of the materials.
    #[schema(value_type = Vec<String>)]
    pub materials: Vec<matters::MaterialKey>,
    /// Those that have not come in.
    #[schema(value_type = Vec<String>)]
    pub outstanding: Vec<matters::MaterialKey>,
    /// Who signed the commitment.
    pub signatory: String,
    /// How it stands.
    pub commitment: Commitment,
    /// Last day, while it can be computed.
    pub due_on: Option<LegalDate>,
    /// The same in words.
    pub due_words: Option<String>,
    /// What follows a broken commitment.
    pub breach: String,
}

fn materials(app: &Application, def: &Definition) -> Vec<MaterialView> {
    let dossier = app.dossier();
    let named = |key: &matters::MaterialKey| {
        app.open_notice().is_some_and(|notice| {
            notice
                .items
                .iter()
                .any(|item| item.target == crate::model::CorrectionTarget::Material(key.clone()))
        })
    };
    def.materials
        .iter()
        .map(|material| MaterialView {
            key: material.key.to_string(),
            name: material.name.clone(),
            required: material.required,
            applies_when: material.applies_when.clone(),
            applies: rules::applies(material, dossier),
            online: rules::is_online_form(material),
            file_types: rules::type_names(material.file_types()),
            max_size_mb: material.upload.as_ref().map(|upload| upload.max_size_mb),
            source_body: material.source_body.clone(),
            clauses: material.basis.iter().map(|clause| def.cite(clause)).collect(),
            to_be_mended: named(&material.key),
            files: dossier.files_of(&material.key).cloned().collect(),
        })
        .collect()
}

fn reviews(applications: &Applications, def: &Definition, seen: &Seen) -> Vec<ReviewView> {
    let reviews = seen
        .record
        .application
        .case()
        .map(|case| case.reviews.as_slice())
        .unwrap_or_default();
    reviews
        .iter()
        .map(|review| review_view(applications, def, seen, review))
        .collect()
}

fn review_view(
    applications: &Applications,
    def: &Definition,
    seen: &Seen,
    review: &DepartmentReview,
) -> ReviewView {
    let key = review.department.as_str();
    let rule = def.departments().find(|one| one.department == review.department);
    let result = review.round.result.as_ref();
    let shown = result.filter(|_| seen.opinions);
    let subject = &seen.record.application.dossier().subject;
    let conditions = rule
        .into_iter()
        .flat_map(|rule| rules::conditions_for(def, subject, &rule.conditions));
    ReviewView {
        department: key.to_owned(),
        department_name: applications.department_name(key),
        lead: rule.is_some_and(|rule| rule.lead),
        question: rule.map(|rule| rule.question.clone()).unwrap_or_default(),
        progress: match (result, shown) {
            (None, _) => ReviewProgress::Reviewing,
            (Some(_), None) => ReviewProgress::Reviewed,
            (Some(_), Some(result)) if result.passed => ReviewProgress::Passed,
            (Some(_), Some(_)) => ReviewProgress::Failed,
        },
        round: review.round.number,
        assigned_on: review.round.assigned_on,
        clock: seen
            .clocks
            .iter()
            .find(|clock| clock.department.as_deref() == Some(key))
            .cloned(),
        conditions: conditions
            .map(|condition| ConditionView {
                key: condition.key.to_string(),
                text: condition.text.clone(),
                clauses: condition.basis.iter().map(|clause| def.cite(clause)).collect(),
            })
            .collect(),
        reviewed_on: result.map(|result| result.on),
        findings: shown.map(|result| result.findings.clone()),
        opinion: shown.map(|result| result.opinion.clone()),
        reviewer: shown.map(|result| result.by.name.clone()),
        returned: review.round.returned.clone().filter(|_| seen.opinions),
        may_be_returned: seen.actions.contains(&Action::ReturnReview) && !review.is_open(),
        past: if seen.opinions {
            review.past.clone()
        } else {
            Vec::new()
        },
    }
}

fn decision(app: &Application) -> Option<DecisionView> {
    Some(match app {
        Application::Granted(s) => DecisionView::Granted {
            decision: s.decision.clone(),
            terms: s.terms.clone(),
            deemed: s.deemed,
        },
        Application::Refused(s) => DecisionView::Refused {
            decision: s.decision.clone(),
            terms: s.terms.clone(),
        },
        Application::NotAccepted(s) => DecisionView::NotAccepted {
            decision: s.decision.clone(),
        },
        _ => return None,
    })
}

fn withdrawal(app: &Application) -> Option<Withdrawal> {
    match app {
        Application::Withdrawn(withdrawn) => Some(withdrawn.withdrawal.clone()),
        _ => None,
    }
}

fn document(id: ApplicationId, document: &Document) -> DocumentView {
    let sha256 = match &document.rendering {
        Rendering::Ready { blob, .. } => Some(blob.sha256.clone()),
        Rendering::Pending => None,
    };
    DocumentView {
        id: document.id,
        kind: document.kind.to_string(),
        title: document.paper.title.clone(),
        number: document.paper.number.clone(),
        at: document.at,
        ready: sha256.is_some(),
        sha256,
        url: format!("/api/v1/applications/{id}/documents/{}", document.id),
    }
}

/// A row of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct ListItem {
    pub id: ApplicationId,
    pub version: i64,
    pub reference: Option<String>,
    pub state: StateName,
    pub state_name: &'static str,
    pub matter: String,
    pub matter_name: String,
    pub industry: String,
    /// What kind of application it is.
    #[schema(value_type = matters::Kind)]
    pub kind: Kind,
    /// The licence that it is about; absent for a first issue.
    pub licence: Option<LicenceId>,
    /// Its number.
    pub licence_number: Option<String>,
    pub enterprise: Uuid,
    pub applicant: String,
    pub region: String,
    /// 首接负责人.
    pub owner: Option<String>,
    pub submitted_at: Option<Moment>,
    pub created_at: Moment,
    /// The clock that matters most now.
    pub clock: Option<ClockView>,
    pub light: Light,
    /// Departments that still have to review.
    pub waiting_for: Vec<String>,
}

impl ListItem {
    pub fn new(applications: &Applications, listed: Listed) -> Self {
        let app = &listed.application;
        let dossier = app.dossier();
        let open = app
            .case()
            .filter(|_| app.stage().is_some())
            .into_iter()
            .flat_map(|case| &case.reviews);
        let waiting = open.filter(|review| review.is_open());
        Self {
            id: listed.id,
            version: listed.version,
            reference: app.intake().map(|intake| intake.reference.clone()),
            state: app.state(),
            state_name: app.state().label(),
            matter: dossier.matter.to_string(),
            matter_name: dossier.matter_name.clone(),
            industry: dossier.matter.industry.as_str().to_owned(),
            kind: dossier.matter.kind,
            licence: dossier.licence.as_ref().map(|held| held.id),
            licence_number: dossier.licence.as_ref().map(|held| held.number.clone()),
            enterprise: dossier.applicant.enterprise.into(),
            applicant: dossier.applicant.name.clone(),
            region: dossier.applicant.region.clone(),
            owner: app.owner().map(|owner| owner.name.clone()),
            submitted_at: app.intake().map(|intake| intake.submitted_at),
            created_at: dossier.created_at,
            light: crate::service::light(listed.headline.as_ref()),
            waiting_for: waiting
                .map(|one| applications.department_name(one.department.as_str()))
                .collect(),
            clock: listed.headline,
        }
    }
}

/// Something to do now.
#[derive(Serialize, ToSchema)]
pub(super) struct TaskView {
    pub kind: TaskKind,
    /// The work in words.
    pub name: &'static str,
    /// Department key; absent for the applicant's own work.
    pub department: Option<String>,
    pub since: Moment,
    /// Last day; absent while it cannot be computed.
    pub due_on: Option<LegalDate>,
    /// The clock of this work.
    pub clock: Option<ClockView>,
    pub light: Light,
    pub application: ListItem,
}

impl TaskView {
    pub fn new(applications: &Applications, task: TaskItem) -> Self {
        Self {
            kind: task.kind,
            name: task.kind.label(),
            department: task.department,
            since: task.since,
            due_on: task.due_on,
            light: crate::service::light(task.clock.as_ref()),
            clock: task.clock,
            application: ListItem::new(applications, task.listed),
        }
    }
}

/// A reason in words.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    pub reason: String,
}

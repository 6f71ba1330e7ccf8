//! What stands on the documents. Composed at the act from the state after it, stored with the application,
//! typeset and signed later exactly as stored.

mod preview;

use std::collections::{BTreeMap, BTreeSet};

use kernel::LegalDate;
use matters::{
    Authority, City, Clock, Definition, DocumentDefinition, INTERNAL_TARGET, MissingPlaceholder, Notice,
    Occasion, STATUTORY_REVIEW, Term, compose, compose_with_items,
};

use super::{Due, Period, Watch, days_inclusive, is_online_form, missing_year};
use crate::model::{
    Acknowledgement, Application, Commitment, CorrectionTarget, Dossier, HeldLicence, Paper, PaperFact,
    PaperTable, SiteCheckId, Stop, StopId, Subject, UnmetCondition,
};

pub use preview::*;

/// Document that tells the applicant that the clock runs again; definitions name only the stop.
pub const CLOCK_RESUMPTION: &str = "clock_resumption";

/// For which occasion a document is written; the platform's own list, wider than the definition's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperKind {
    /// An occasion of the matter definition.
    On(Occasion),
    /// The clock was stopped by this stop.
    Stopped(StopId),
    /// The clock runs again after this stop.
    Resumed(StopId),
    /// The law granted a renewal that nobody decided.
    DeemedGranted,
    /// A joint site check was concluded.
    SiteChecked(SiteCheckId),
    /// Promised materials did not come, or are not what was promised.
    CommitmentBroken,
}

/// Record of a joint site check; definitions do not name it.
pub const SITE_CHECK_RECORD: &str = "site_check_record";
/// Notice that a commitment was broken; definitions do not name it.
pub const COMMITMENT_BREACH: &str = "commitment_breach";

/// Document that confirms what the law granted; definitions do not name it.
pub const DEEMED_RENEWAL: &str = "deemed_renewal";

impl PaperKind {
    /// Key of the document definition for this matter.
    pub fn document<'a>(self, app: &Application, def: &'a Definition) -> Option<&'a str> {
        let on = |occasion| {
            def.documents
                .iter()
                .find(|one| one.on == occasion)
                .map(|one| one.document.as_str())
        };
        match self {
            Self::On(Occasion::Extended) => Some(def.extension.document.as_str()),
            // What is said about a licence in its period would be wrong after it.
            Self::On(Occasion::Refused) if came_late(app) => Some(LATE_REFUSAL),
            Self::On(occasion) => on(occasion),
            Self::DeemedGranted => Some(DEEMED_RENEWAL),
            Self::SiteChecked(_) => Some(SITE_CHECK_RECORD),
            Self::CommitmentBroken => Some(COMMITMENT_BREACH),
            Self::Stopped(id) => {
                let cause = stop(app, id)?.cause;
                let pause = def.pauses.iter().find(|pause| pause.cause == cause);
                let own = pause
                    .and_then(|pause| pause.document.as_ref())
                    .map(|key| key.as_str());
                own.or_else(|| on(Occasion::ClockStopped))
            }
            Self::Resumed(_) => Some(CLOCK_RESUMPTION),
        }
    }
}

/// Refusal of a renewal that is decided after the licence has expired.
const LATE_REFUSAL: &str = "refusal";

fn came_late(app: &Application) -> bool {
    let dossier = app.dossier();
    let renewal = matches!(dossier.subject, Subject::Renewal { .. });
    let expired = |held: &HeldLicence| app.decided_on().is_some_and(|on| held.valid_to < on);
    renewal && dossier.licence.as_ref().is_some_and(expired)
}

fn stop(app: &Application, id: StopId) -> Option<&Stop> {
    app.intake()?.stops.iter().find(|stop| stop.id == id)
}

/// The desk at which a document is written.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The matter.
    pub def: &'a Definition,
    /// The city.
    pub city: &'a City,
    /// The body that issues it.
    pub authority: &'a Authority,
    /// Calendar and today.
    pub watch: Watch<'a>,
    /// The officer to ask.
    pub officer: Option<&'a str>,
    /// The officer's telephone.
    pub phone: Option<&'a str>,
}

/// Values of a document by placeholder, and the rows of its list.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// By placeholder.
    pub by_name: BTreeMap<&'static str, String>,
    /// Rows of the list.
    pub rows: Vec<BTreeMap<&'static str, String>>,
}

impl Values {
    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.by_name.insert(name, value.into());
    }

    fn row<const N: usize>(&mut self, cells: [(&'static str, String); N]) {
        self.rows.push(cells.into_iter().collect());
    }
}

/// The values of a document in the state after its act.
pub fn values(app: &Application, kind: PaperKind, desk: Desk<'_>) -> Values {
    let mut values = Values::default();
    applicant_values(app.dossier(), &mut values);
    licence_values(app, desk, &mut values);
    desk_values(desk, app, &mut values);
    progress_values(app, desk, &mut values);
    match kind {
        PaperKind::On(Occasion::Received) => material_rows(app.dossier(), desk.def, &mut values),
        PaperKind::On(Occasion::CorrectionNeeded) => correction_values(app, desk, &mut values),
        PaperKind::On(Occasion::AcceptanceRefused) => refused_acceptance_values(app, &mut values),
        PaperKind::On(Occasion::Extended) => extension_values(app, desk, &mut values),
        PaperKind::On(Occasion::Granted) | PaperKind::DeemedGranted => grant_values(app, &mut values),
        PaperKind::On(Occasion::Refused) => refusal_values(app, desk.def, &mut values),
        PaperKind::On(Occasion::Delivered) => delivery_values(app, &mut values),
        PaperKind::On(Occasion::DeferralPromised) => promise_values(app, desk, &mut values),
        PaperKind::SiteChecked(id) => visit_values(app, id, desk, &mut values),
        PaperKind::CommitmentBroken => breach_values(app, desk, &mut values),
        PaperKind::On(_) => {}
        PaperKind::Stopped(id) | PaperKind::Resumed(id) => stop_values(app, id, desk, &mut values),
    }
    values
}

fn applicant_values(dossier: &Dossier, values: &mut Values) {
    values.set("applicant", &dossier.applicant.name);
    values.set("credit_code", &dossier.applicant.code);
    values.set("matter", &dossier.matter_name);
    values.set("contact", &dossier.form.content.contact);
    values.set("contact_phone", &dossier.form.content.contact_phone);
}

/// What documents about an existing licence name.
fn licence_values(app: &Application, desk: Desk<'_>, values: &mut Values) {
    let dossier = app.dossier();
    let Some(held) = &dossier.licence else { return };
    values.set("licence_number", &held.number);
    values.set("licence_scope", held.scope.join("；"));
    values.set("valid_from", held.valid_from.chinese());
    values.set("valid_to", held.valid_to.chinese());
    match &dossier.subject {
        Subject::Replacement { cause, .. } => values.set("ground", cause.facet().label()),
        Subject::Deregistration { ground, .. } => values.set("ground", ground.facet().label()),
        _ => {}
    }
    let rules = desk.def.existing.as_ref();
    if let Some(term) = rules.and_then(|rules| rules.return_within.as_ref()) {
        let period = Period {
            terms: vec![term.term],
            start: app.decided_on().unwrap_or(desk.watch.today),
            ended: None,
            stops: Vec::new(),
        };
        let deadline = match period.due(desk.watch.calendar).day() {
            Some(day) => format!("{}前", day.chinese()),
            None => format!("收到本决定之日起{}内", term.term),
        };
        values.set("return_deadline", deadline);
    }
    // A document with another list has its own rows.
    if matches!(app, Application::Granted(_) | Application::Deciding(_)) {
        for item in dossier.subject.changes() {
            let (before, after) = item.words();
            values.row([
                ("item", item.facet().label().to_owned()),
                (
                    "before",
                    if before.trim().is_empty() {
                        "（无）".to_owned()
                    } else {
                        before
                    },
                ),
                ("after", after),
            ]);
        }
    }
}

fn desk_values(desk: Desk<'_>, app: &Application, values: &mut Values) {
    let owner = app.owner().map(|owner| owner.name.as_str());
    values.set("authority", &desk.authority.name);
    values.set(
        "authority_contact",
        owner.or(desk.officer).unwrap_or("政务服务窗口"),
    );
    values.set(
        "authority_phone",
        desk.phone.unwrap_or("以本机关对外公布的办公电话为准"),
    );
    values.set(
        "case_owner",
        owner.unwrap_or("受理窗口（首接负责人确定后另行告知）"),
    );
    values.set("issue_date", desk.watch.today.chinese());
    values.set("government", &desk.city.government.name);
    values.set("court", &desk.city.court.name);
}

fn progress_values(app: &Application, desk: Desk<'_>, values: &mut Values) {
    let subject = &app.dossier().subject;
    let term = |key: &str| {
        desk.def
            .clock(key)
            .map(|clock| super::term_of(clock, subject).to_string())
    };
    if let Some(term) = term(STATUTORY_REVIEW) {
        values.set("statutory_term", term);
    }
    if let Some(term) = term(INTERNAL_TARGET) {
        values.set("promised_term", term);
    }
    if let Some(intake) = app.intake() {
        values.set("application_number", &intake.reference);
        values.set("application_date", intake.submitted_at.legal_date().chinese());
        values.set("received_date", intake.received_on.chinese());
    }
    if let Some(case) = app.case() {
        values.set("accepted_date", case.acceptance.accepted_on.chinese());
        let accepted = PaperKind::On(Occasion::Accepted).document(app, desk.def);
        let number = accepted
            .and_then(|key| app.dossier().newest(key))
            .map(|document| &document.paper.number);
        values.set("acceptance_number", number.unwrap_or(&case.intake.reference));
    }
    if let Some(view) = desk.watch.clock(app, desk.def, STATUTORY_REVIEW) {
        values.set("decision_due_date", date_words(view.due, "法定期限届满日"));
    }
}

/// A date inside a sentence; while it is not known the period is named and the reason given.
fn date_words(due: Due, period: &str) -> String {
    match due {
        Due::On { day, .. } => day.chinese(),
        Due::Unknown { year, .. } => format!("{period}（{}）", missing_year(year)),
        Due::Stopped { expected: Some(day) } => format!("{}（计时恢复后以实际日期为准）", day.chinese()),
        Due::Stopped { expected: None } => format!("{period}（计时恢复后确定）"),
    }
}

fn material_rows(dossier: &Dossier, def: &Definition, values: &mut Values) {
    for material in &def.materials {
        let count = dossier.files_of(&material.key).count();
        let (count, form) = match (is_online_form(material), count) {
            (true, _) => ("1".to_owned(), "在线填写"),
            (false, 0) => continue,
            (false, count) => (count.to_string(), "电子文件"),
        };
        values.row([
            ("name", material.name.clone()),
            ("count", count),
            ("form", form.to_owned()),
        ]);
    }
}

fn correction_values(app: &Application, desk: Desk<'_>, values: &mut Values) {
    let Some(notice) = app.open_notice() else { return };
    if let Some(view) = desk.watch.clock(app, desk.def, matters::CORRECTION_PERIOD) {
        let period = format!("自告知次日起{}届满日", view.term);
        values.set("correction_deadline", date_words(view.due, &period));
    }
    for item in &notice.items {
        values.row([
            ("name", item.name.clone()),
            ("problem", item.problem.clone()),
            ("requirement", item.requirement.clone()),
        ]);
    }
}

fn refused_acceptance_values(app: &Application, values: &mut Values) {
    let Application::NotAccepted(refused) = app else {
        return;
    };
    values.set("reason", &refused.decision.reason);
    values.set("legal_basis", &refused.decision.legal_basis);
    if let Some(other) = &refused.decision.competent_authority {
        values.set("competent_authority", other);
    }
}

fn extension_values(app: &Application, desk: Desk<'_>, values: &mut Values) {
    let Some(extension) = app.case().and_then(|case| case.extension.as_ref()) else {
        return;
    };
    values.set("reason", &extension.reason);
    values.set("approver", &extension.by.name);
    let clock: Option<&Clock> = desk.def.clock(extension.clock.as_str());
    if let Some(period) = clock.and_then(|clock| desk.watch.period(app, clock)) {
        extended_values(period, extension.by_term, desk, values);
    }
}

/// The last days of a period whose last term was added.
fn extended_values(mut period: Period<'_>, by: Term, desk: Desk<'_>, values: &mut Values) {
    values.set("extension_term", by.to_string());
    values.set(
        "new_due_date",
        date_words(period.due(desk.watch.calendar), "延长后的期限届满日"),
    );
    period.terms.truncate(1);
    values.set(
        "original_due_date",
        date_words(period.due(desk.watch.calendar), "原期限届满日"),
    );
}

/// So many days in the unit in which the matter extends its period.
pub fn extension_term(def: &Definition, days: u32) -> Term {
    match def.extension.longest {
        Term::WorkingDays(_) => Term::WorkingDays(codes::WorkingDays(days)),
        Term::Days(_) => Term::Days(codes::Days(days)),
        Term::Months(_) => Term::Months(codes::Months(days)),
    }
}

fn stop_values(app: &Application, id: StopId, desk: Desk<'_>, values: &mut Values) {
    let Some(stop) = stop(app, id) else { return };
    values.set("pause_cause", &stop.cause_name);
    values.set("reason", &stop.reason);
    values.set("pause_from", stop.first.chinese());
    if let Some(last) = stop.last.or(stop.expected) {
        values.set("pause_until", last.chinese());
        values.set("pause_term", days_inclusive(stop.first, last).to_string());
    }
    if let Some(clock) = desk.watch.clock(app, desk.def, STATUTORY_REVIEW) {
        values.set("new_due_date", date_words(clock.due, "法定期限届满日"));
    }
}

fn material_names(keys: &BTreeSet<matters::MaterialKey>, def: &Definition) -> String {
    let name = |key: &matters::MaterialKey| {
        def.material(key.as_str())
            .map_or_else(|| key.to_string(), |material| format!("“{}”", material.name))
    };
    keys.iter().map(name).collect::<Vec<_>>().join("、")
}

fn promise_values(app: &Application, desk: Desk<'_>, values: &mut Values) {
    let promise = app.dossier().form.content.deferral.as_ref();
    let Some(promise) = promise else { return };
    values.set("deferred_materials", material_names(&promise.materials, desk.def));
    let due = format!("受理之日起{}", desk.def.deferral.due);
    values.set("deferral_deadline", format!("{due}届满"));
    values.set("signatory", &promise.signatory);
}

fn breach_values(app: &Application, desk: Desk<'_>, values: &mut Values) {
    let Some(deferral) = app.case().and_then(|case| case.deferral.as_ref()) else {
        return;
    };
    values.set(
        "deferred_materials",
        material_names(&deferral.materials, desk.def),
    );
    if let Some(due) = super::deferral_due(app, desk.def, desk.watch) {
        values.set("deferral_deadline", date_words(due, "承诺的补交期限届满日"));
    }
    if let Commitment::Broken { reason, .. } = &deferral.commitment {
        values.set("reason", reason);
    }
    values.set("breach_consequence", &desk.def.deferral.breach);
    values.set("signatory", &deferral.signatory);
}

fn visit_values(app: &Application, id: SiteCheckId, desk: Desk<'_>, values: &mut Values) {
    let Some(check) = app.case().and_then(|case| case.site_check(id)) else {
        return;
    };
    values.rows.clear();
    values.set("visit_date", check.planned_on.chinese());
    values.set("visit_reason", &check.reason);
    values.set("visit_place", &app.dossier().applicant.address);
    let officers = check
        .officers
        .iter()
        .map(|one| format!("{}（执法证号{}）", one.name, one.card));
    values.set("visit_officers", officers.collect::<Vec<_>>().join("、"));
    let departments: BTreeSet<_> = check
        .officers
        .iter()
        .filter_map(|one| one.department.as_ref())
        .collect();
    let named = departments
        .into_iter()
        .map(|key| desk.city.short_name(key.as_str()));
    let named = named.collect::<Vec<_>>().join("、");
    values.set(
        "visit_departments",
        if named.is_empty() {
            desk.authority.short_name.clone()
        } else {
            named
        },
    );
    values.set("photo_count", check.photos.len().to_string());
    if let Some(conclusion) = &check.conclusion {
        values.set("visit_date", conclusion.on.chinese());
        values.set("visit_outcome", conclusion.outcome.label());
        values.set("review_conclusion", &conclusion.summary);
        let signature = match &conclusion.acknowledgement {
            Acknowledgement::Signed {
                name,
                position,
                remark,
            } if remark.trim().is_empty() => {
                format!("{name}（{position}）已核对记录并签字")
            }
            Acknowledgement::Signed {
                name,
                position,
                remark,
            } => {
                format!("{name}（{position}）已核对记录并签字，意见：{remark}")
            }
            Acknowledgement::Refused {
                name,
                reason,
                witness,
            } if witness.trim().is_empty() => {
                format!("{name}拒绝签字，情况：{reason}；由核查人员注明")
            }
            Acknowledgement::Refused {
                name,
                reason,
                witness,
            } => {
                format!("{name}拒绝签字，情况：{reason}；见证人：{witness}")
            }
        };
        values.set("visit_signature", signature);
    }
    for line in &check.lines {
        let result = line.result.as_ref();
        let text = result.map(|one| one.text.trim()).filter(|text| !text.is_empty());
        values.row([
            ("line", line.text.clone()),
            ("core", if line.core { "核心指标" } else { "一般项" }.to_owned()),
            (
                "result",
                result.map_or("未核查", |one| one.met.label()).to_owned(),
            ),
            ("finding", text.unwrap_or("无").to_owned()),
        ]);
    }
}

fn grant_values(app: &Application, values: &mut Values) {
    let Application::Granted(granted) = app else {
        return;
    };
    if granted.file.dossier.licence.is_none() {
        values.set("licence_number", "以颁发的许可证载明的编号为准");
    }
    values.set("licence_scope", granted.terms.scope.join("；"));
    values.set("valid_from", granted.terms.valid_from.chinese());
    values.set("valid_to", granted.terms.valid_to.chinese());
    values.set("review_conclusion", &granted.decision.reason);
}

fn refusal_values(app: &Application, def: &Definition, values: &mut Values) {
    values.rows.clear();
    let Application::Refused(refused) = app else {
        return;
    };
    values.set("reason", &refused.decision.reason);
    values.set("legal_basis", &refused.terms.legal_basis);
    for one in &refused.terms.unmet {
        values.row(unmet_row(one, def, one.finding.clone()));
    }
}

fn delivery_values(app: &Application, values: &mut Values) {
    values.rows.clear();
    let Some(delivery) = app.delivery() else { return };
    values.set("delivery_place", &delivery.place);
    values.set("delivery_date", delivery.on.chinese());
    values.set("delivery_method", &delivery.method);
    values.set("deliverer", &delivery.by.name);
    values.set("remark", receipt_remark(&delivery.recipient, &delivery.remark));
    let decision = app.dossier().documents.last();
    if let Some(document) = decision {
        let paper = &document.paper;
        values.row([
            ("title", paper.title.clone()),
            ("number", paper.number.clone()),
            ("count", "1".to_owned()),
        ]);
    }
    let handed_over = !matches!(app.dossier().subject, Subject::Deregistration { .. });
    if matches!(app, Application::Granted(_)) && handed_over {
        let number = "以许可证载明的编号为准".to_owned();
        values.row([
            ("title", "安全生产许可证".to_owned()),
            ("number", number),
            ("count", "1".to_owned()),
        ]);
    }
}

fn receipt_remark(recipient: &str, remark: &str) -> String {
    match remark.trim() {
        "" => format!("收件人：{recipient}"),
        remark => format!("收件人：{recipient}；{remark}"),
    }
}

/// Writes a paper.
///
/// # Errors
/// Names every value that is missing: nothing is left blank.
pub fn write_paper(
    definition: &DocumentDefinition,
    number: String,
    values: &Values,
    today: LegalDate,
) -> Result<Paper, MissingPlaceholder> {
    let mut by_name: BTreeMap<&str, String> = values.by_name.iter().map(|(k, v)| (*k, v.clone())).collect();
    by_name.insert("number", number);
    let notice = if definition.items.is_some() {
        compose_with_items(definition, &by_name, &values.rows)?
    } else {
        compose(definition, &by_name)?
    };
    Ok(paper(notice, today))
}

/// Documents that the platform writes by itself for every matter.
pub const PLATFORM_DOCUMENTS: [&str; 4] = [
    CLOCK_RESUMPTION,
    DEEMED_RENEWAL,
    SITE_CHECK_RECORD,
    COMMITMENT_BREACH,
];

/// Name of what a correction concerns.
pub fn target_name(target: &CorrectionTarget, def: &Definition) -> String {
    match target {
        CorrectionTarget::Form => "申请表".to_owned(),
        CorrectionTarget::Material(key) => def
            .material(key.as_str())
            .map_or_else(|| key.to_string(), |material| material.name.clone()),
    }
}

fn unmet_row(one: &UnmetCondition, def: &Definition, finding: String) -> [(&'static str, String); 3] {
    let condition = def.condition(one.condition.as_str());
    let clauses: Vec<_> = condition
        .into_iter()
        .flat_map(|known| &known.basis)
        .map(|clause| def.cite(clause))
        .collect();
    let text = condition.map_or_else(|| one.condition.to_string(), |known| known.text.clone());
    [
        ("condition", text),
        ("finding", finding),
        ("clause", clauses.join("、")),
    ]
}

fn paper(notice: Notice, today: LegalDate) -> Paper {
    let facts = notice.facts.into_iter().map(|fact| PaperFact {
        label: fact.label,
        value: fact.value,
    });
    let table = notice.table.map(|table| PaperTable {
        title: table.title,
        columns: table.columns,
        rows: table.rows,
    });
    Paper {
        title: notice.title,
        number: notice.number,
        addressee: notice.addressee,
        facts: facts.collect(),
        paragraphs: notice.paragraphs,
        table,
        issuer: notice.footer.issuer,
        date: today,
        seal: notice.footer.seal,
        signatures: notice.footer.signatures,
        copies: notice.footer.copies,
    }
}

//! What every document may name: the applicant, the licence that is there, the desk, the progress of the case.

use matters::{INTERNAL_TARGET, Occasion, STATUTORY_REVIEW};

use super::{Desk, PaperKind, Values, clocks::date_words};
use crate::model::{Application, Dossier, Subject};
use crate::rules::{Period, term_of};

pub(super) fn applicant_values(dossier: &Dossier, values: &mut Values) {
    values.set("applicant", &dossier.applicant.name);
    values.set("credit_code", &dossier.applicant.code);
    values.set("matter", &dossier.matter_name);
    values.set("contact", &dossier.form.content.contact);
    values.set("contact_phone", &dossier.form.content.contact_phone);
}

/// What documents about an existing licence name.
pub(super) fn licence_values(app: &Application, desk: Desk<'_>, values: &mut Values) {
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

pub(super) fn desk_values(desk: Desk<'_>, app: &Application, values: &mut Values) {
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

pub(super) fn progress_values(app: &Application, desk: Desk<'_>, values: &mut Values) {
    let subject = &app.dossier().subject;
    let term = |key: &str| {
        desk.def
            .clock(key)
            .map(|clock| term_of(clock, subject).to_string())
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

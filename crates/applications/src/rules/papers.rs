//! What stands on the documents. Composed at the act from the state after it, stored with the application,
//! typeset and signed later exactly as stored.

use std::collections::{BTreeMap, BTreeSet};

use kernel::LegalDate;
use matters::{
    Authority, City, Clock, Definition, DocumentDefinition, INTERNAL_TARGET, MissingPlaceholder, Notice,
    Occasion, STATUTORY_REVIEW, compose, compose_with_items,
};

use super::{Due, Watch, days_inclusive, is_online_form, missing_year};
use crate::model::{Application, Dossier, Paper, PaperFact, PaperTable, Stop, StopId};

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
}

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
            Self::On(occasion) => on(occasion),
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
    desk_values(desk, app, &mut values);
    progress_values(app, desk, &mut values);
    match kind {
        PaperKind::On(Occasion::Received) => material_rows(app.dossier(), desk.def, &mut values),
        PaperKind::On(Occasion::CorrectionNeeded) => correction_values(app, desk, &mut values),
        PaperKind::On(Occasion::AcceptanceRefused) => refused_acceptance_values(app, &mut values),
        PaperKind::On(Occasion::Extended) => extension_values(app, desk, &mut values),
        PaperKind::On(Occasion::Granted) => grant_values(app, &mut values),
        PaperKind::On(Occasion::Refused) => refusal_values(app, desk.def, &mut values),
        PaperKind::On(Occasion::Delivered) => delivery_values(app, &mut values),
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
    let term = |key: &str| desk.def.clock(key).map(|clock| clock.term.to_string());
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
    values.set("extension_term", extension.by_term.to_string());
    let clock: Option<&Clock> = desk.def.clock(extension.clock.as_str());
    let Some(mut period) = clock.and_then(|clock| desk.watch.period(app, clock)) else {
        return;
    };
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

fn grant_values(app: &Application, values: &mut Values) {
    let Application::Granted(granted) = app else {
        return;
    };
    values.set("licence_number", "以颁发的许可证载明的编号为准");
    values.set("licence_scope", granted.terms.scope.join("；"));
    values.set("valid_from", granted.terms.valid_from.chinese());
    values.set("valid_to", granted.terms.valid_to.chinese());
    values.set("review_conclusion", &granted.decision.reason);
}

fn refusal_values(app: &Application, def: &Definition, values: &mut Values) {
    let Application::Refused(refused) = app else {
        return;
    };
    values.set("reason", &refused.decision.reason);
    values.set("legal_basis", &refused.terms.legal_basis);
    for one in &refused.terms.unmet {
        let condition = def.condition(one.condition.as_str());
        let clauses: Vec<_> = condition
            .into_iter()
            .flat_map(|known| &known.basis)
            .map(|clause| def.cite(clause))
            .collect();
        let text = condition.map_or_else(|| one.condition.to_string(), |known| known.text.clone());
        values.row([
            ("condition", text),
            ("finding", one.finding.clone()),
            ("clause", clauses.join("、")),
        ]);
    }
}

fn delivery_values(app: &Application, values: &mut Values) {
    let Some(delivery) = app.delivery() else { return };
    values.set("delivery_place", &delivery.place);
    values.set("delivery_date", delivery.on.chinese());
    values.set("delivery_method", &delivery.method);
    values.set("deliverer", &delivery.by.name);
    let recipient = format!("收件人：{}", delivery.recipient);
    let remark = delivery.remark.trim();
    values.set(
        "remark",
        if remark.is_empty() {
            recipient
        } else {
            format!("{recipient}；{remark}")
        },
    );
    let decision = app.dossier().documents.last();
    if let Some(document) = decision {
        let paper = &document.paper;
        values.row([
            ("title", paper.title.clone()),
            ("number", paper.number.clone()),
            ("count", "1".to_owned()),
        ]);
    }
    if matches!(app, Application::Granted(_)) {
        let number = "以许可证载明的编号为准".to_owned();
        values.row([
            ("title", "安全生产许可证".to_owned()),
            ("number", number),
            ("count", "1".to_owned()),
        ]);
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

/// The same before the act: what is not known yet is shown as such, and the title says that it is a preview.
pub fn preview_paper(definition: &DocumentDefinition, values: &Values, today: LegalDate) -> Paper {
    let blank = |label: &str| format!("〔待填写：{label}〕");
    let mut values = values.clone();
    if let Some(items) = definition.items.as_ref().filter(|_| values.rows.is_empty()) {
        let cells = items
            .columns
            .iter()
            .map(|column| (column_key(&column.key), blank(&column.title)));
        values.rows.push(
            cells
                .filter_map(|(key, text)| key.map(|key| (key, text)))
                .collect(),
        );
    }
    let names: BTreeSet<&str> = definition.placeholders();
    for (name, meaning) in matters::PLACEHOLDERS {
        let given = values
            .by_name
            .get(name)
            .is_some_and(|value| !value.trim().is_empty());
        if names.contains(name) && !given && !is_optional(definition, name) {
            values.by_name.insert(name, blank(meaning));
        }
    }
    let written = write_paper(definition, "（预览，尚未编号）".to_owned(), &values, today);
    let mut paper = written.unwrap_or_else(|missing| unwritten(definition, &missing, today));
    paper.title = format!("【预览】{}", paper.title);
    paper
}

/// Keys of the columns that documents of this capability use.
fn column_key(key: &str) -> Option<&'static str> {
    const KEYS: [&str; 11] = [
        "name",
        "count",
        "form",
        "problem",
        "requirement",
        "condition",
        "finding",
        "clause",
        "title",
        "number",
        "text",
    ];
    KEYS.into_iter().find(|known| *known == key)
}

/// Only printed when given: a preview does not invent it.
fn is_optional(definition: &DocumentDefinition, name: &str) -> bool {
    definition
        .paragraphs
        .iter()
        .any(|paragraph| paragraph.only_with.as_deref() == Some(name))
}

fn unwritten(definition: &DocumentDefinition, missing: &MissingPlaceholder, today: LegalDate) -> Paper {
    Paper {
        title: definition.title.clone(),
        number: String::new(),
        addressee: String::new(),
        facts: Vec::new(),
        paragraphs: vec![missing.to_string()],
        table: None,
        issuer: String::new(),
        date: today,
        seal: definition.seal.clone(),
        signatures: Vec::new(),
        copies: String::new(),
    }
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

//! Documents before the act: with what is written so far.

use std::collections::BTreeSet;

use kernel::LegalDate;
use matters::{Definition, DocumentDefinition, MissingPlaceholder, Occasion, STATUTORY_REVIEW};

use super::{
    Desk, Values,
    clocks::{date_words, extended_values},
    decision::{NUMBER_FOLLOWS, unmet_row},
    delivery::receipt_remark,
    extension_term, target_name, write_paper,
};
use crate::{
    model::{Application, CorrectionTarget, Paper, UnmetCondition},
    rules::{Period, grant_terms, term_of},
};

/// What an act of today would settle: nothing of it is left blank for who reads the paper before.
pub fn act_preview(app: &Application, on: Occasion, desk: Desk<'_>, values: &mut Values) {
    match on {
        Occasion::Accepted if app.case().is_none() => accepted_today(app, desk, values),
        Occasion::Granted => granted_today(app, desk, values),
        _ => {}
    }
}

fn accepted_today(app: &Application, desk: Desk<'_>, values: &mut Values) {
    let today = desk.watch.today;
    values.set("accepted_date", today.chinese());
    // Who accepts becomes the first-contact officer.
    if let Some(officer) = desk.officer {
        values.set("case_owner", officer);
    }
    if let Some(clock) = desk.def.clock(STATUTORY_REVIEW) {
        let period = Period {
            terms: vec![term_of(clock, &app.dossier().subject)],
            start: today,
            ended: None,
            stops: Vec::new(),
        };
        let due = period.due(desk.watch.calendar);
        values.set("decision_due_date", date_words(due, "法定期限届满日"));
    }
}

fn granted_today(app: &Application, desk: Desk<'_>, values: &mut Values) {
    if app.dossier().licence.is_none() {
        values.set("licence_number", NUMBER_FOLLOWS);
    }
    if let Some(terms) = grant_terms(app.dossier(), desk.def, desk.watch.today) {
        values.set("licence_scope", terms.scope.join("；"));
        values.set("valid_from", terms.valid_from.chinese());
        values.set("valid_to", terms.valid_to.chinese());
    }
}

/// The last days as they would be after an extension by so many days.
pub fn extension_preview(app: &Application, days: u32, desk: Desk<'_>, values: &mut Values) {
    let by = extension_term(desk.def, days);
    let clock = desk.def.clock(desk.def.extension.clock.as_str());
    let period = clock.and_then(|clock| desk.watch.period(app, clock));
    // Extended already: the act would be refused, and the dates stay as they are.
    if let Some(mut period) = period.filter(|period| period.terms.len() == 1) {
        period.terms.push(by);
        extended_values(period, by, desk, values);
    }
    if let Some(officer) = desk.officer {
        values.set("approver", officer);
    }
}

/// What an officer has written so far.
#[derive(Clone, Debug, Default)]
pub struct Drafted {
    /// Reason or conclusion.
    pub reason: Option<String>,
    /// Clauses in words.
    pub legal_basis: Option<String>,
    /// Where to apply instead.
    pub competent_authority: Option<String>,
    /// Scope that is granted.
    pub scope: Option<Vec<String>>,
    /// Target, problem and requirement of what has to be mended.
    pub items: Vec<(CorrectionTarget, String, String)>,
    /// Conditions not met.
    pub unmet: Vec<UnmetCondition>,
    /// Why the clock stops.
    pub cause: Option<matters::PauseCause>,
    /// Until when it stands still.
    pub expected_until: Option<LegalDate>,
    /// How the decision is handed over.
    pub delivery: HandingOver,
}

/// What is written of a delivery so far.
#[derive(Clone, Debug, Default)]
pub struct HandingOver {
    /// Day.
    pub on: Option<LegalDate>,
    /// Place.
    pub place: Option<String>,
    /// 直接送达, 邮寄送达 …
    pub method: Option<String>,
    /// Who takes it.
    pub recipient: Option<String>,
    /// Remark.
    pub remark: Option<String>,
}

impl HandingOver {
    /// The remark as the receipt words it, once the recipient is known.
    fn remark(&self) -> Option<String> {
        let recipient = self.recipient.as_deref().filter(|name| !name.trim().is_empty())?;
        Some(receipt_remark(
            recipient,
            self.remark.as_deref().unwrap_or_default(),
        ))
    }
}

/// Puts what is written so far among the values of a preview.
pub fn preview_values(def: &Definition, drafted: Drafted, values: &mut Values) {
    let texts = [
        ("reason", drafted.reason.clone()),
        ("review_conclusion", drafted.reason),
        ("legal_basis", drafted.legal_basis),
        ("competent_authority", drafted.competent_authority),
        ("licence_scope", drafted.scope.map(|scope| scope.join("；"))),
        ("pause_until", drafted.expected_until.map(LegalDate::chinese)),
        ("remark", drafted.delivery.remark()),
        ("delivery_date", drafted.delivery.on.map(LegalDate::chinese)),
        ("delivery_place", drafted.delivery.place),
        ("delivery_method", drafted.delivery.method),
    ];
    for (name, text) in texts {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            values.set(name, text);
        }
    }
    let pause = def.pauses.iter().find(|pause| Some(pause.cause) == drafted.cause);
    if let Some(pause) = pause {
        values.set("pause_cause", &pause.name);
    }
    let said = |text: String, what: &str| {
        if text.trim().is_empty() {
            format!("〔待填写：{what}〕")
        } else {
            text
        }
    };
    for (target, problem, requirement) in drafted.items {
        let name = target_name(&target, def);
        values.row([
            ("name", name),
            ("problem", said(problem, "存在的问题")),
            ("requirement", said(requirement, "补正要求")),
        ]);
    }
    for one in drafted.unmet {
        values.row(unmet_row(&one, def, said(one.finding.clone(), "审查发现的情况")));
    }
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
    const KEYS: [&str; 17] = [
        "line",
        "core",
        "result",
        "item",
        "before",
        "after",
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

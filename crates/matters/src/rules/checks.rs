//! Is a definition sound?

use std::collections::BTreeSet;

use super::facts::Fact;
use super::{Fault, INTERNAL_TARGET, REQUIRED_CLOCKS, STATUTORY_REVIEW, Section};
use crate::model::{
    ClockUse, Definition, Facet, Kind, Material, MaterialForm, Occasion, PauseCause, Review, SiteNeed, Term,
    WindowFrom,
};

/// Occasions for which a document must be named; that of a deferral only where deferral is allowed.
const REQUIRED_DOCUMENTS: [Occasion; 10] = [
    Occasion::Received,
    Occasion::CorrectionNeeded,
    Occasion::Accepted,
    Occasion::AcceptanceRefused,
    Occasion::DeferralPromised,
    Occasion::ClockStopped,
    Occasion::Extended,
    Occasion::Granted,
    Occasion::Refused,
    Occasion::Delivered,
];

impl Definition {
    /// Every fault of the definition; empty when it can be used.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        self.check_head(&mut faults);
        faults.extend(self.provenances().into_iter().filter_map(Fact::fault));
        self.check_keys(&mut faults);
        self.check_statutes(&mut faults);
        self.check_conditions_and_materials(&mut faults);
        self.check_departments(&mut faults);
        self.check_stages(&mut faults);
        self.check_clocks(&mut faults);
        self.check_pauses(&mut faults);
        self.check_documents(&mut faults);
        self.check_existing(&mut faults);
        faults
    }

    fn check_head(&self, faults: &mut Vec<Fault>) {
        if self.key.industry != self.industry || self.key.kind != self.kind {
            faults.push(Fault::KeyMismatch);
        }
        if self.version == 0 {
            faults.push(Fault::NoVersion);
        }
        let code = &self.licence.type_code;
        if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            faults.push(Fault::TypeCode);
        }
        let digits = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
        let parts = &self.power.item_code;
        if parts.base.as_deref().is_some_and(|base| !digits(base, 12)) || !digits(&parts.serial, 2) {
            faults.push(Fault::ItemCodeParts);
        }
        if self.site_check.min_officers < 2 {
            faults.push(Fault::TooFewOfficers);
        }
        let listed = self.conditions.iter().any(|one| one.on_site.is_some());
        if self.site_check.need != SiteNeed::Never && !listed {
            faults.push(Fault::NoChecklist);
        }
    }

    fn check_keys(&self, faults: &mut Vec<Fault>) {
        let mut once = |section, keys: Vec<&str>| {
            let mut seen = BTreeSet::new();
            for key in keys {
                if !seen.insert(key) {
                    faults.push(Fault::Duplicate {
                        section,
                        key: key.to_owned(),
                    });
                }
            }
        };
        once(
            Section::Statutes,
            self.statutes.iter().map(|one| one.key.as_str()).collect(),
        );
        once(
            Section::Conditions,
            self.conditions.iter().map(|one| one.key.as_str()).collect(),
        );
        once(
            Section::Materials,
            self.materials.iter().map(|one| one.key.as_str()).collect(),
        );
        once(
            Section::Departments,
            self.departments
                .iter()
                .map(|one| one.department.as_str())
                .collect(),
        );
        once(
            Section::Stages,
            self.stages.iter().map(|one| one.key.as_str()).collect(),
        );
        once(
            Section::Clocks,
            self.clocks.iter().map(|one| one.key.as_str()).collect(),
        );
        once(
            Section::Pauses,
            self.pauses.iter().map(|one| one.name.as_str()).collect(),
        );
        once(
            Section::RiskReport,
            self.risk_report.iter().map(|one| one.name.as_str()).collect(),
        );
    }

    fn check_statutes(&self, faults: &mut Vec<Fault>) {
        for (from, clause) in self.clauses() {
            if !self.statutes.iter().any(|statute| statute.key == clause.statute) {
                faults.push(unknown(from, Section::Statutes, clause.statute.as_str()));
            }
        }
        let must_cite = [
            (Section::Power, "设定依据".to_owned(), &self.power.basis),
            (Section::Power, "收费".to_owned(), &self.power.fees.basis),
            (
                Section::Licence,
                "有效期".to_owned(),
                &self.licence.validity.basis,
            ),
            (Section::SiteCheck, "现场核查".to_owned(), &self.site_check.basis),
            (Section::Extension, "延长期限".to_owned(), &self.extension.basis),
        ];
        let penalties = self
            .power
            .penalties
            .iter()
            .map(|one| (Section::Penalties, one.conduct.clone(), &one.basis));
        let conditions = self
            .conditions
            .iter()
            .map(|one| (Section::Conditions, one.text.clone(), &one.basis));
        for (section, label, basis) in must_cite.into_iter().chain(penalties).chain(conditions) {
            if basis.is_empty() {
                faults.push(Fault::NoClause { section, label });
            }
        }
    }

    fn check_conditions_and_materials(&self, faults: &mut Vec<Fault>) {
        for condition in &self.conditions {
            if condition.head.is_some_and(|head| !(1..=13).contains(&head)) {
                faults.push(Fault::Head(condition.text.clone()));
            }
        }
        for material in &self.materials {
            self.check_material(material, faults);
        }
        if self.core_materials().next().is_none() {
            faults.push(Fault::NoCoreMaterial);
        }
        if self.stage(self.deferral.before_stage.as_str()).is_none() {
            faults.push(unknown(
                "容缺受理",
                Section::Stages,
                self.deferral.before_stage.as_str(),
            ));
        }
    }

    fn check_material(&self, material: &Material, faults: &mut Vec<Fault>) {
        if material.required == material.applies_when.is_some() {
            faults.push(Fault::Applicability(material.name.clone()));
        }
        let online_only = material
            .forms
            .iter()
            .all(|form| *form == MaterialForm::OnlineForm);
        let usable = match &material.upload {
            None => online_only,
            Some(upload) => !online_only && !upload.file_types.is_empty() && upload.max_size_mb > 0,
        };
        if material.forms.is_empty() || !usable {
            faults.push(Fault::NoUpload(material.name.clone()));
        }
        for key in &material.proves {
            if self.condition(key.as_str()).is_none() {
                faults.push(unknown(&material.name, Section::Conditions, key.as_str()));
            }
        }
    }

    fn check_departments(&self, faults: &mut Vec<Fault>) {
        let mut leads = self.departments.iter().filter(|review| review.lead);
        let lead = leads.next().map(|review| &review.department);
        if lead != Some(&self.power.implementing_department) || leads.next().is_some() {
            faults.push(Fault::Lead);
        }
        for review in &self.departments {
            self.check_review(review, faults);
        }
        let seen = |key: &str, of: fn(&Review) -> Vec<&str>| {
            self.departments.iter().any(|review| of(review).contains(&key))
        };
        for condition in &self.conditions {
            if !seen(condition.key.as_str(), reviewed_conditions) {
                let label = condition.text.clone();
                faults.push(Fault::Unreviewed {
                    section: Section::Conditions,
                    label,
                });
            }
        }
        for material in &self.materials {
            if !seen(material.key.as_str(), reviewed_materials) {
                let label = material.name.clone();
                faults.push(Fault::Unreviewed {
                    section: Section::Materials,
                    label,
                });
            }
        }
        for department in &self.site_check.departments {
            if !self
                .departments
                .iter()
                .any(|review| &review.department == department)
            {
                faults.push(unknown("现场核查", Section::Departments, department.as_str()));
            }
        }
    }

    fn check_review(&self, review: &Review, faults: &mut Vec<Fault>) {
        let name = review.department.as_str();
        if review.conditions.is_empty() && review.materials.is_empty() {
            faults.push(Fault::IdleDepartment(name.to_owned()));
        }
        for key in reviewed_conditions(review) {
            if self.condition(key).is_none() {
                faults.push(unknown(name, Section::Conditions, key));
            }
        }
        for key in reviewed_materials(review) {
            if self.material(key).is_none() {
                faults.push(unknown(name, Section::Materials, key));
            }
        }
        if self.clock(review.clock.as_str()).is_none() {
            faults.push(unknown(name, Section::Clocks, review.clock.as_str()));
        }
    }

    fn check_stages(&self, faults: &mut Vec<Fault>) {
        let mut before: BTreeSet<&str> = BTreeSet::new();
        for stage in &self.stages {
            if stage.roles.is_empty() {
                faults.push(Fault::NobodyActs(stage.name.clone()));
            }
            for to in stage.separate_from.iter().chain(&stage.returns_to) {
                if !before.contains(to.as_str()) {
                    faults.push(Fault::StageOrder {
                        stage: stage.name.clone(),
                        to: to.to_string(),
                    });
                }
            }
            for key in &stage.clocks {
                if self.clock(key.as_str()).is_none() {
                    faults.push(unknown(&stage.name, Section::Clocks, key.as_str()));
                }
            }
            before.insert(stage.key.as_str());
        }
        // A short procedure has fewer reviews; the decision stays apart from those that it has.
        let reviews = ["parallel_review", "first_review", "second_review"];
        let mut held = reviews.into_iter().filter(|key| self.stage(key).is_some());
        let separate = self.stage("decision").is_some_and(|decision| {
            held.all(|key| decision.separate_from.iter().any(|from| from.as_str() == key))
        });
        if !separate {
            faults.push(Fault::DecisionNotSeparate);
        }
        self.check_shares(faults);
    }

    /// Rules about the licence that is there: exactly the matters that are about one have them.
    fn check_existing(&self, faults: &mut Vec<Fault>) {
        let Some(rules) = &self.existing else {
            if self.kind != Kind::FirstIssue {
                faults.push(Fault::NoExistingRules);
            }
            self.check_facets(&[], faults);
            return;
        };
        if self.kind == Kind::FirstIssue {
            faults.push(Fault::ExistingRulesOfFirstIssue);
        }
        if rules.standings.is_empty() {
            faults.push(Fault::NoStanding);
        }
        let mut offered: Vec<Facet> = rules.facets.iter().map(|one| one.facet).collect();
        if self.kind == Kind::Renewal {
            offered.push(Facet::Reviewed);
            offered.extend(rules.direct.as_ref().map(|_| Facet::Direct));
        }
        if offered.is_empty() {
            faults.push(Fault::NoFacet);
        }
        if let Some(stranger) = offered.iter().find(|facet| facet.kind() != self.kind) {
            faults.push(Fault::ForeignFacet(stranger.label()));
        }
        self.check_facets(&offered, faults);
        self.check_windows(faults);
        if (rules.direct.is_some() || rules.deemed_grant.is_some()) && self.kind != Kind::Renewal {
            faults.push(Fault::OnlyForRenewal);
        }
        if let Some(deemed) = &rules.deemed_grant
            && rules.window(deemed.window.as_str()).is_none()
        {
            faults.push(unknown("视为准予延续", Section::Windows, deemed.window.as_str()));
        }
        let skipped = rules.direct.iter().flat_map(|direct| &direct.skips);
        for stage in skipped {
            let decisive = ["acceptance", "decision"].contains(&stage.as_str());
            if decisive || self.stage(stage.as_str()).is_none() {
                faults.push(unknown("不再审查", Section::Stages, stage.as_str()));
            }
        }
    }

    fn check_windows(&self, faults: &mut Vec<Fault>) {
        let windows = self.existing.iter().flat_map(|rules| &rules.windows);
        let mut seen = BTreeSet::new();
        for window in windows {
            if !seen.insert(window.key.as_str()) {
                let key = window.key.to_string();
                faults.push(Fault::Duplicate {
                    section: Section::Windows,
                    key,
                });
            }
            if window.from == WindowFrom::BeforeExpiry && matches!(window.term, Term::WorkingDays(_)) {
                faults.push(Fault::BackwardWorkingDays(window.name.clone()));
            }
            if window.basis.is_empty() && !window.internal && !window.provenance.is_proposal() {
                faults.push(Fault::NoClause {
                    section: Section::Windows,
                    label: window.name.clone(),
                });
            }
        }
    }

    /// Parts that concern only some of what can be asked for name what the matter offers.
    fn check_facets(&self, offered: &[Facet], faults: &mut Vec<Fault>) {
        let materials = self
            .materials
            .iter()
            .map(|one| (one.name.as_str(), &one.only_for));
        let reviews = self.departments.iter();
        let reviews = reviews.map(|one| (one.department.as_str(), &one.only_for));
        let conditions = self
            .conditions
            .iter()
            .map(|one| (one.text.as_str(), &one.only_for));
        let terms = self.clocks.iter().flat_map(|clock| {
            let terms = clock.terms_for.iter();
            terms.map(|one| (clock.name.as_str(), &one.facets))
        });
        let windows = self.existing.iter().flat_map(|rules| &rules.windows);
        let windows = windows.map(|one| (one.name.as_str(), &one.only_for));
        let stages = self.stages.iter().map(|one| (one.name.as_str(), &one.only_for));
        let all = materials.chain(reviews).chain(conditions).chain(terms);
        for (from, facets) in all.chain(windows).chain(stages) {
            for facet in facets.iter().filter(|facet| !offered.contains(facet)) {
                faults.push(Fault::FacetNotOffered {
                    from: from.to_owned(),
                    facet: facet.label(),
                });
            }
        }
        let lead_always = self.lead().is_some_and(|lead| lead.only_for.is_empty());
        if !lead_always {
            faults.push(Fault::LeadNotAlways);
        }
    }

    /// The shares of the stages make up the target, and the departments stay within their stage.
    fn check_shares(&self, faults: &mut Vec<Fault>) {
        let sum = self
            .stages
            .iter()
            .filter(|stage| stage.only_for.is_empty())
            .filter_map(|stage| stage.share)
            .map(|share| share.0)
            .sum();
        let target = self.clock(INTERNAL_TARGET).map(|clock| clock.term);
        if let Some(target) = target
            && working_days(target) != Some(sum)
        {
            faults.push(Fault::ShareSum {
                sum,
                target: target.to_string(),
            });
        }
        let share = self.stage("parallel_review").and_then(|stage| stage.share);
        for review in &self.departments {
            let term = self
                .clock(review.clock.as_str())
                .and_then(|clock| working_days(clock.term));
            if term > share.map(|share| share.0) {
                faults.push(Fault::ReviewTooLong);
            }
        }
    }

    fn check_clocks(&self, faults: &mut Vec<Fault>) {
        for key in REQUIRED_CLOCKS {
            if self
                .clock(key)
                .is_none_or(|clock| clock.usage != ClockUse::Binding)
            {
                faults.push(Fault::MissingClock(key));
            }
        }
        for clock in &self.clocks {
            // A period without a clause can only be a rule of the house or an example from elsewhere.
            let local = clock.internal || clock.usage != ClockUse::Binding || clock.provenance.is_proposal();
            if clock.basis.is_empty() && !local {
                faults.push(Fault::NoClause {
                    section: Section::Clocks,
                    label: clock.name.clone(),
                });
            }
        }
        if let (Some(target), Some(statutory)) = (self.clock(INTERNAL_TARGET), self.clock(STATUTORY_REVIEW))
            && surely_longer(target.term, statutory.term)
        {
            let (target, statutory) = (target.term.to_string(), statutory.term.to_string());
            faults.push(Fault::TargetTooLong { target, statutory });
        }
    }

    fn check_pauses(&self, faults: &mut Vec<Fault>) {
        for pause in &self.pauses {
            for key in &pause.stops {
                if self.clock(key.as_str()).is_none() {
                    faults.push(unknown(&pause.name, Section::Clocks, key.as_str()));
                }
            }
            if !pause.enabled {
                continue;
            }
            if pause.basis.is_empty() {
                faults.push(Fault::PauseWithoutClause(pause.name.clone()));
            }
            let told = pause.written_notice && pause.document.is_some();
            if !told && pause.cause != PauseCause::SiteCheck {
                faults.push(Fault::PauseWithoutNotice(pause.name.clone()));
            }
        }
        if self.clock(self.extension.clock.as_str()).is_none() {
            faults.push(unknown(
                "延长期限",
                Section::Clocks,
                self.extension.clock.as_str(),
            ));
        }
    }

    fn check_documents(&self, faults: &mut Vec<Fault>) {
        let wanted = |occasion: &Occasion| *occasion != Occasion::DeferralPromised || self.deferral.allowed;
        for occasion in REQUIRED_DOCUMENTS.into_iter().filter(wanted) {
            if !self.documents.iter().any(|document| document.on == occasion) {
                faults.push(Fault::MissingDocument(occasion));
            }
        }
        for document in &self.documents {
            if self.stage(document.stage.as_str()).is_none() {
                faults.push(unknown(
                    document.document.as_str(),
                    Section::Stages,
                    document.stage.as_str(),
                ));
            }
        }
    }
}

pub(super) fn unknown(from: &str, section: Section, key: &str) -> Fault {
    Fault::Unknown {
        from: from.to_owned(),
        section,
        key: key.to_owned(),
    }
}

fn reviewed_conditions(review: &Review) -> Vec<&str> {
    review.conditions.iter().map(|key| key.as_str()).collect()
}

fn reviewed_materials(review: &Review) -> Vec<&str> {
    review.materials.iter().map(|key| key.as_str()).collect()
}

fn working_days(term: Term) -> Option<u32> {
    match term {
        Term::WorkingDays(days) => Some(days.0),
        Term::Days(_) | Term::Months(_) => None,
    }
}

/// Whether the target surely ends after the period of the law. Working days against days are compared at
/// their best: beginning on a Monday, without holidays. Holidays are the integration test's business.
fn surely_longer(target: Term, statutory: Term) -> bool {
    match (target, statutory) {
        (Term::WorkingDays(target), Term::WorkingDays(law)) => target > law,
        (Term::WorkingDays(target), Term::Days(law)) => fewest_days(target.0) > law.0,
        (Term::Days(target), Term::Days(law)) => target > law,
        _ => false,
    }
}

/// Calendar days that this many working days take at least.
fn fewest_days(working: u32) -> u32 {
    let before = working.saturating_sub(1);
    before / 5 * 7 + before % 5 + 1
}

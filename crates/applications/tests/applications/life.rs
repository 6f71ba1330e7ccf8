//! Random lives of an application: no illegal state, one event for each accepted command, nothing changed by a
//! refused one, and the stored JSON gives the same application back.

use std::sync::Arc;

use applications::{
    model::*,
    rules::{self, Action, Bodies, Lights, Viewer, Watch},
};
use codes::WorkCalendar;
use kernel::{
    Actor, BlobRef, LegalDate, Moment, Role, Scope,
    ids::{AccountId, EnterpriseId},
};
use matters::{DepartmentKey, MaterialKey, PauseCause};
use proptest::prelude::*;
use uuid::Uuid;

use super::support::{calendar, definition, form, instant, json, outcome};

/// What is tried next; the numbers choose a person, a department, a material.
#[derive(Clone, Debug)]
enum Try {
    SaveForm,
    AttachMissing,
    Attach(usize),
    Detach,
    Submit,
    Resubmit,
    Withdraw,
    TakeOver(u8),
    Accept(u8),
    Correct(u8, usize),
    RefuseAcceptance(u8),
    Review(u8, usize, bool),
    Return(u8, usize),
    Stop(u8, Option<usize>),
    Resume(u8),
    Extend(u8),
    First(u8),
    Second(u8),
    Grant(u8),
    Refuse(u8),
    Deliver(u8),
    Ready(usize),
    Visit(u8),
    Found(u8, bool),
    Photo(u8),
    Sign(u8),
    Conclude(u8, bool),
    CallOff(u8),
    Break(u8),
    Days(i64),
}

fn tries() -> impl Strategy<Value = Try> {
    let who = 0_u8..5;
    prop_oneof![
        2 => Just(Try::SaveForm),
        4 => Just(Try::AttachMissing),
        1 => (0_usize..13).prop_map(Try::Attach),
        1 => Just(Try::Detach),
        5 => Just(Try::Submit),
        5 => Just(Try::Resubmit),
        1 => prop_oneof![9 => Just(Try::Days(1)), 1 => Just(Try::Withdraw)],
        1 => who.clone().prop_map(Try::TakeOver),
        5 => who.clone().prop_map(Try::Accept),
        2 => (who.clone(), 0_usize..14).prop_map(|(who, item)| Try::Correct(who, item)),
        1 => prop_oneof![9 => Just(Try::Days(1)), 1 => who.clone().prop_map(Try::RefuseAcceptance)],
        30 => (who.clone(), 0_usize..8, any::<bool>()).prop_map(|(w, d, passed)| Try::Review(w, d, passed)),
        3 => (who.clone(), 0_usize..8).prop_map(|(w, d)| Try::Return(w, d)),
        2 => (who.clone(), prop::option::of(0_usize..8)).prop_map(|(w, d)| Try::Stop(w, d)),
        2 => who.clone().prop_map(Try::Resume),
        1 => who.clone().prop_map(Try::Extend),
        6 => who.clone().prop_map(Try::First),
        6 => who.clone().prop_map(Try::Second),
        4 => who.clone().prop_map(Try::Grant),
        2 => who.clone().prop_map(Try::Refuse),
        2 => who.clone().prop_map(Try::Deliver),
        2 => who.clone().prop_map(Try::Visit),
        3 => (who.clone(), any::<bool>()).prop_map(|(w, met)| Try::Found(w, met)),
        3 => who.clone().prop_map(Try::Photo),
        6 => who.clone().prop_map(Try::Sign),
        4 => (who.clone(), any::<bool>()).prop_map(|(w, signed)| Try::Conclude(w, signed)),
        1 => who.clone().prop_map(Try::CallOff),
        1 => who.clone().prop_map(Try::Break),
        1 => (0_usize..4).prop_map(Try::Ready),
        3 => (1_i64..6).prop_map(Try::Days),
    ]
}

/// A world of one application, five officers who hold every role, and one applicant.
struct World {
    app: Application,
    now: Moment,
    serial: u128,
    version: i64,
    events: usize,
    calendar: Arc<WorkCalendar>,
}

fn account(who: u8) -> AccountId {
    AccountId(Uuid::from_u128(1000 + u128::from(who)))
}

fn person(who: u8) -> Person {
    Person {
        account: Some(account(who)),
        name: format!("官{who}"),
    }
}

fn officer(who: u8, department: &str) -> Actor {
    Actor {
        account: Some(account(who)),
        name: format!("官{who}"),
        roles: vec![
            Role::WindowClerk,
            Role::DepartmentReviewer,
            Role::FirstReviewer,
            Role::SecondReviewer,
            Role::Approver,
        ],
        scope: Scope {
            regions: vec!["3601".into()],
            department: Some(department.into()),
            enterprise: None,
        },
        is_system: false,
        request: Arc::default(),
    }
}

fn keeper() -> Actor {
    Actor {
        account: Some(account(99)),
        name: "企业".into(),
        roles: vec![Role::EnterpriseManager],
        scope: Scope {
            enterprise: Some(Uuid::from_u128(7)),
            ..Scope::default()
        },
        is_system: false,
        request: Arc::default(),
    }
}

fn bodies() -> Bodies {
    Bodies {
        lead: "emergency".into(),
        window: "emergency".into(),
    }
}

fn department(index: usize) -> DepartmentKey {
    let all = &definition().departments;
    all[index % all.len()].department.clone()
}

impl World {
    fn new() -> Self {
        let now = Moment::from(instant("2026-03-02T02:00:00Z"));
        let applicant = Applicant {
            enterprise: EnterpriseId(Uuid::from_u128(7)),
            name: "演示采石".into(),
            code: "91350100M000100Y43".into(),
            address: "南昌".into(),
            legal_representative: "李".into(),
            economic_type: "有限责任公司".into(),
            region: "360112".into(),
            demo: true,
        };
        let dossier = Dossier {
            matter: definition().key,
            matter_version: 1,
            matter_name: definition().name.clone(),
            applicant,
            licence: None,
            subject: Subject::FirstIssue,
            form: FormRecord {
                content: Form::default(),
                version: 1,
                changed_at: now,
            },
            files: Vec::new(),
            documents: Vec::new(),
            drafted_by: person(99),
            created_at: now,
        };
        let app = Application::Draft(Draft { dossier });
        Self {
            app,
            now,
            serial: 0,
            version: 1,
            events: 1,
            calendar: calendar(),
        }
    }

    fn fresh(&mut self) -> Uuid {
        self.serial += 1;
        Uuid::from_u128(self.serial)
    }

    fn today(&self) -> LegalDate {
        self.now.legal_date()
    }

    fn act(&self, who: u8) -> Act {
        Act {
            by: person(who),
            at: self.now,
        }
    }

    fn file(&mut self, material: MaterialKey) -> MaterialFile {
        let id = self.fresh();
        let blob = BlobRef {
            sha256: id.simple().to_string(),
            size: 10,
            media_type: "application/pdf".into(),
        };
        MaterialFile {
            id: FileId(id),
            material,
            name: "a.pdf".into(),
            blob,
            at: self.now,
            by: person(99),
        }
    }

    /// The command that is meant, who gives it, and which action it is.
    fn command(&mut self, what: &Try) -> Option<(Command, Actor, Option<Action>)> {
        let lead = |who: u8| officer(who, "emergency");
        let act = self.act(0);
        let (at, on) = (self.now, self.today());
        let remedies = Remedies {
            government: "市政府".into(),
            court: "法院".into(),
        };
        Some(match what {
            Try::SaveForm => {
                let version = self.version + 1;
                (
                    Command::SaveForm {
                        form: form(),
                        version,
                        at,
                    },
                    keeper(),
                    Some(Action::Edit),
                )
            }
            Try::AttachMissing => {
                let noticed = self
                    .app
                    .open_notice()
                    .into_iter()
                    .flat_map(|notice| &notice.items);
                let named = noticed.filter_map(|item| match &item.target {
                    CorrectionTarget::Material(key) => Some(key.clone()),
                    CorrectionTarget::Form => None,
                });
                let missing = rules::gaps(self.app.dossier(), definition());
                let missing = missing
                    .iter()
                    .filter_map(|gap| gap.field.strip_prefix("materials.")?.parse().ok());
                let material = named.chain(missing).next()?;
                (Command::Attach(self.file(material)), keeper(), Some(Action::Edit))
            }
            Try::Attach(index) => {
                let all = &definition().materials;
                let material = all[index % all.len()].key.clone();
                (Command::Attach(self.file(material)), keeper(), Some(Action::Edit))
            }
            Try::Detach => {
                let file = self.app.dossier().files.last()?.id;
                (Command::Detach(file), keeper(), Some(Action::Edit))
            }
            Try::Submit => {
                let applicant = self.app.dossier().applicant.clone();
                let reference = "FM2026000001".into();
                (
                    Command::Submit {
                        reference,
                        applicant,
                        licence: None,
                        at,
                    },
                    keeper(),
                    Some(Action::Submit),
                )
            }
            Try::Resubmit => (Command::Resubmit { at }, keeper(), Some(Action::Submit)),
            Try::Withdraw => {
                let withdrawal = Withdrawal {
                    by: person(99),
                    at,
                    reason: "不办了".into(),
                    treated: false,
                };
                (Command::Withdraw(withdrawal), keeper(), Some(Action::Withdraw))
            }
            Try::TakeOver(who) => (
                Command::TakeOver(self.act(*who)),
                lead(*who),
                Some(Action::TakeOver),
            ),
            Try::Accept(who) => {
                let acceptance = Acceptance {
                    accepted_on: on,
                    at,
                    by: person(*who),
                    deemed: false,
                };
                let facts = rules::RiskFacts::default();
                let risk = rules::risk_report(&facts, definition(), at);
                let command = Command::Accept {
                    acceptance,
                    departments: Vec::new(),
                    confirmed: std::collections::BTreeSet::new(),
                    risk,
                };
                (command, lead(*who), Some(Action::Accept))
            }
            Try::Correct(who, item) => {
                let all = &definition().materials;
                let target = all.get(*item).map_or(CorrectionTarget::Form, |one| {
                    CorrectionTarget::Material(one.key.clone())
                });
                let (problem, requirement) = ("不清楚".into(), "重新扫描".into());
                let item = CorrectionItem {
                    target,
                    name: "某材料".into(),
                    problem,
                    requirement,
                };
                let notice = CorrectionNotice {
                    notified_at: at,
                    notified_on: on,
                    by: person(*who),
                    items: vec![item],
                };
                let stop = StopId(self.fresh());
                (
                    Command::Correct {
                        notice,
                        stop,
                        deadline: None,
                    },
                    lead(*who),
                    Some(Action::Correct),
                )
            }
            Try::RefuseAcceptance(who) => {
                let decision = NonAcceptance {
                    by: person(*who),
                    at,
                    on,
                    reason: "不属于本机关职权".into(),
                    legal_basis: "行政许可法第三十二条".into(),
                    competent_authority: None,
                    remedies,
                };
                (
                    Command::RefuseAcceptance(decision),
                    lead(*who),
                    Some(Action::RefuseAcceptance),
                )
            }
            Try::Review(who, index, passed) => {
                let department = department(*index);
                let new = outcome(department.as_str(), *passed);
                let actor = officer(*who, department.as_str());
                let result = ReviewResult {
                    findings: new.findings,
                    opinion: new.opinion,
                    passed: new.passed,
                    by: person(*who),
                    at,
                    on,
                };
                (
                    Command::Review { department, result },
                    actor,
                    Some(Action::Review),
                )
            }
            Try::Return(who, index) => {
                let reason = "请补充".into();
                let command = Command::ReturnReview {
                    department: department(*index),
                    by: person(*who),
                    at,
                    reason,
                };
                (command, lead(*who), Some(Action::ReturnReview))
            }
            Try::Stop(who, index) => {
                let reach = index.map_or(StopReach::Whole, |index| StopReach::Department(department(index)));
                let stop = Stop {
                    id: StopId(self.fresh()),
                    cause: PauseCause::Testing,
                    cause_name: "检测".into(),
                    reach,
                    clocks: definition().pauses[0].stops.clone(),
                    first: rules::next_day(on),
                    expected: Some(LegalDate(on.0 + time::Duration::days(9))),
                    last: None,
                    reason: "需要检测".into(),
                    by: person(*who),
                    at,
                    resumed: None,
                };
                (Command::StopClock(stop), lead(*who), Some(Action::StopClock))
            }
            Try::Resume(who) => {
                let stop = self
                    .app
                    .intake()?
                    .stops
                    .iter()
                    .find(|stop| stop.last.is_none())?
                    .id;
                (
                    Command::ResumeClock {
                        stop,
                        act: self.act(*who),
                    },
                    lead(*who),
                    Some(Action::ResumeClock),
                )
            }
            Try::Extend(who) => {
                let rule = &definition().extension;
                let extension = Extension {
                    clock: rule.clock.clone(),
                    by_term: rule.longest,
                    reason: "情况复杂".into(),
                    by: person(*who),
                    at,
                };
                (Command::Extend(extension), lead(*who), Some(Action::Extend))
            }
            Try::First(who) => (
                self.opinion(StageName::FirstReview, *who),
                lead(*who),
                Some(Action::FirstReview),
            ),
            Try::Second(who) => (
                self.opinion(StageName::SecondReview, *who),
                lead(*who),
                Some(Action::SecondReview),
            ),
            Try::Grant(who) => {
                let (valid_from, valid_to) = rules::validity(definition(), on).unwrap();
                let terms = GrantTerms {
                    scope: vec!["露天开采".into()],
                    valid_from,
                    valid_to,
                };
                let decision = Decision {
                    by: person(*who),
                    at,
                    on,
                    reason: "符合".into(),
                };
                (
                    Command::Grant { decision, terms },
                    lead(*who),
                    Some(Action::Decide),
                )
            }
            Try::Refuse(who) => {
                let condition = definition().conditions[0].key.clone();
                let unmet = vec![UnmetCondition {
                    condition,
                    finding: "没有".into(),
                }];
                let terms = RefusalTerms {
                    unmet,
                    legal_basis: "条例第七条".into(),
                    remedies,
                };
                let decision = Decision {
                    by: person(*who),
                    at,
                    on,
                    reason: "不符合".into(),
                };
                (
                    Command::Refuse { decision, terms },
                    lead(*who),
                    Some(Action::Decide),
                )
            }
            Try::Deliver(who) => {
                let delivery = Delivery {
                    on,
                    place: "窗口".into(),
                    method: "直接送达".into(),
                    recipient: "王".into(),
                    remark: String::new(),
                    by: act.by,
                    at,
                };
                (Command::Deliver(delivery), lead(*who), Some(Action::Deliver))
            }
            Try::Ready(index) => {
                let document = self.app.dossier().documents.get(*index)?.id;
                let blob = BlobRef {
                    sha256: "00".into(),
                    size: 1,
                    media_type: "application/pdf".into(),
                };
                (Command::DocumentReady { document, blob, at }, keeper(), None)
            }
            Try::Visit(who) => {
                let officer = |who: u8| SiteOfficer {
                    account: account(who),
                    name: format!("官{who}"),
                    department: Some(department(0)),
                    card: format!("赣{who}"),
                    signed_at: None,
                };
                let check = SiteCheck {
                    id: SiteCheckId(self.fresh()),
                    ordered: self.act(*who),
                    reason: "需要核实".into(),
                    planned_on: on,
                    officers: vec![officer(*who), officer((who + 1) % 5)],
                    lines: Vec::new(),
                    photos: Vec::new(),
                    conclusion: None,
                };
                (
                    Command::OrderSiteCheck(check),
                    lead(*who),
                    Some(Action::OrderSiteCheck),
                )
            }
            Try::Found(who, met) => {
                let check = self.open_check()?.clone();
                let met = if *met { Met::Met } else { Met::NotMet };
                let lines = check.lines.iter();
                let results = lines.map(|line| (line.condition.clone(), (met, "看过".into())));
                (
                    Command::RecordSiteResults {
                        check: check.id,
                        results: results.collect(),
                        act: self.act(*who),
                    },
                    lead(*who),
                    Some(Action::RecordSiteCheck),
                )
            }
            Try::Photo(who) => {
                let check = self.open_check()?.id;
                let id = self.fresh();
                let photo = SitePhoto {
                    id: FileId(id),
                    condition: None,
                    taken_at: at,
                    spot: Spot {
                        longitude_e6: 115_000_000,
                        latitude_e6: 28_000_000,
                    },
                    place: "采场".into(),
                    blob: BlobRef {
                        sha256: id.simple().to_string(),
                        size: 1,
                        media_type: "image/jpeg".into(),
                    },
                    added: self.act(*who),
                };
                (
                    Command::AddSitePhoto { check, photo },
                    lead(*who),
                    Some(Action::RecordSiteCheck),
                )
            }
            Try::Sign(who) => (
                Command::SignSiteCheck {
                    check: self.open_check()?.id,
                    act: self.act(*who),
                },
                lead(*who),
                Some(Action::RecordSiteCheck),
            ),
            Try::Conclude(who, signed) => {
                let (name, reason) = ("王".to_owned(), "不同意".to_owned());
                let acknowledgement = if *signed {
                    Acknowledgement::Signed {
                        name,
                        position: "矿长".into(),
                        remark: String::new(),
                    }
                } else {
                    Acknowledgement::Refused {
                        name,
                        reason,
                        witness: String::new(),
                    }
                };
                (
                    Command::ConcludeSiteCheck {
                        check: self.open_check()?.id,
                        acknowledgement,
                        summary: "核查完毕".into(),
                        act: self.act(*who),
                    },
                    lead(*who),
                    Some(Action::RecordSiteCheck),
                )
            }
            Try::CallOff(who) => (
                Command::CancelSiteCheck {
                    check: self.open_check()?.id,
                    reason: "改期".into(),
                },
                lead(*who),
                Some(Action::CancelSiteCheck),
            ),
            Try::Break(who) => (
                Command::BreakCommitment {
                    act,
                    reason: "没有补交".into(),
                },
                lead(*who),
                Some(Action::BreakCommitment),
            ),
            Try::Days(_) => return None,
        })
    }

    fn open_check(&self) -> Option<&SiteCheck> {
        let checks = &self.app.case()?.site_checks;
        checks.iter().find(|check| check.is_open())
    }

    fn opinion(&self, stage: StageName, who: u8) -> Command {
        let opinion = StageOpinion {
            stage,
            for_grant: true,
            opinion: "同意".into(),
            by: person(who),
            at: self.now,
        };
        Command::GiveOpinion(opinion)
    }

    fn step(&mut self, what: &Try) -> Result<(), TestCaseError> {
        // Time goes on a little with every step, so that “since” is never a tie.
        self.now = self.now.plus(time::Duration::seconds(1));
        if let Try::Days(days) = what {
            self.now = self.now.plus(time::Duration::days(*days));
        }
        let Some((command, actor, action)) = self.command(what) else {
            return self.check();
        };
        let bodies = bodies();
        let viewer = Viewer {
            actor: &actor,
            qualified: true,
            bodies: &bodies,
        };
        if let Some(action) = action
            && rules::may(&self.app, definition(), viewer, action).is_err()
        {
            return Ok(());
        }
        let before = self.app.clone();
        let returned = matches!(command, Command::ReturnReview { .. });
        let target = match &command {
            Command::ReturnReview { department, .. } => Some(department.clone()),
            _ => None,
        };
        match apply(self.app.clone(), definition(), command) {
            Err(_) => prop_assert_eq!(&self.app, &before, "a refused command changed something"),
            Ok(Change {
                application,
                happened,
            }) => {
                prop_assert!(happened.kind.starts_with("application."));
                prop_assert!(!happened.title.is_empty());
                prop_assert!(
                    is_legal(before.state(), application.state()),
                    "{:?} -> {:?}",
                    before.state(),
                    application.state()
                );
                if returned {
                    others_untouched(&before, &application, target.as_ref().unwrap())?;
                }
                self.app = application;
                self.version += 1;
                self.events += 1;
            }
        }
        self.check()
    }

    /// What must hold in every state.
    fn check(&self) -> Result<(), TestCaseError> {
        let text = serde_json::to_string(&self.app).unwrap();
        let back: Application = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&back, &self.app, "the stored JSON gives another application back");
        let app = &self.app;
        let state = app.state();
        if !matches!(state, StateName::Draft | StateName::Withdrawn) {
            prop_assert!(app.intake().is_some_and(|intake| !intake.reference.is_empty()));
        }
        if let Some(case) = app.case() {
            let open = case.reviews.iter().filter(|review| review.is_open()).count();
            match state {
                StateName::InReview => prop_assert!(open > 0, "nobody reviews"),
                StateName::Withdrawn => {}
                _ => prop_assert_eq!(open, 0, "{:?} with an open review", state),
            }
            for review in &case.reviews {
                let numbers: Vec<u32> = review.rounds().map(|round| round.number).collect();
                let rising: Vec<u32> = (1..=u32::try_from(numbers.len()).unwrap()).collect();
                prop_assert_eq!(numbers, rising);
                prop_assert!(review.past.iter().all(|round| round.result.is_some()));
            }
        }
        let stops = app
            .intake()
            .map(|intake| intake.stops.as_slice())
            .unwrap_or_default();
        let mut open: Vec<_> = stops
            .iter()
            .filter(|stop| stop.last.is_none())
            .map(|stop| &stop.reach)
            .collect();
        let all = open.len();
        open.sort();
        open.dedup();
        prop_assert_eq!(open.len(), all, "one clock stopped twice");
        if matches!(
            state,
            StateName::Granted | StateName::Refused | StateName::Submitted
        ) {
            prop_assert_eq!(all, 0, "a stop outlives its reason");
        }
        self.check_people()?;
        let watch = Watch {
            calendar: &self.calendar,
            today: self.today(),
            lights: Lights::default(),
        };
        for clock in watch.clocks(app, definition()) {
            prop_assert!(!clock.due_words.is_empty());
        }
        rules::tasks(app, definition(), &bodies(), watch);
        Ok(())
    }

    /// Acceptance, department reviews, both reviews and the decision are never the same person.
    fn check_people(&self) -> Result<(), TestCaseError> {
        let Some(case) = self.app.case() else {
            return Ok(());
        };
        let reviewers = case
            .reviews
            .iter()
            .flat_map(DepartmentReview::rounds)
            .filter_map(|r| r.result.as_ref());
        let mut before: Vec<_> = reviewers.map(|result| result.by.account).collect();
        before.push(case.acceptance.by.account);
        let mut stages: Vec<_> = self
            .app
            .opinions()
            .iter()
            .map(|opinion| opinion.by.account)
            .collect();
        stages.extend(self.app.decision().map(|decision| decision.by.account));
        for (index, one) in stages.iter().enumerate() {
            prop_assert!(!before.contains(one), "an officer reviewed what he had prepared");
            prop_assert!(!stages[..index].contains(one), "an officer reviewed himself");
        }
        Ok(())
    }
}

fn others_untouched(
    before: &Application,
    after: &Application,
    returned: &DepartmentKey,
) -> Result<(), TestCaseError> {
    let of = |app: &Application| app.case().map(|case| case.reviews.clone()).unwrap_or_default();
    for (old, new) in of(before).iter().zip(&of(after)) {
        if &old.department == returned {
            prop_assert!(!old.is_open() && new.is_open());
            prop_assert_eq!(new.past.last(), Some(&old.round));
            prop_assert_eq!(new.round.number, old.round.number + 1);
        } else {
            prop_assert_eq!(old, new, "another department was touched");
        }
    }
    prop_assert_eq!(json(after)["dossier"].clone(), json(before)["dossier"].clone());
    Ok(())
}

fn is_legal(from: StateName, to: StateName) -> bool {
    use StateName::*;
    from == to
        || matches!(
            (from, to),
            (Draft, Submitted)
                | (Submitted, Correcting | InReview | NotAccepted)
                | (Correcting, Submitted)
                | (InReview, FirstReview)
                | (FirstReview, SecondReview | InReview)
                | (SecondReview, Deciding | InReview)
                | (Deciding, Granted | Refused | InReview)
                | (
                    Draft | Submitted | Correcting | InReview | FirstReview | SecondReview | Deciding,
                    Withdrawn
                )
        )
}

/// The way through without detours, so that the random part also begins late.
fn straight() -> Vec<Try> {
    let mut way = vec![Try::SaveForm];
    way.extend(std::iter::repeat_n(Try::AttachMissing, 20));
    way.extend([Try::Submit, Try::Accept(0)]);
    way.extend((0..8).map(|department| Try::Review(1, department, department != 3)));
    way.extend([Try::First(2), Try::Second(3), Try::Grant(4), Try::Deliver(0)]);
    way
}

#[test]
fn the_straight_way_leads_to_a_delivered_grant() {
    let mut world = World::new();
    for what in straight() {
        world.step(&what).unwrap();
    }
    assert_eq!(world.app.state(), StateName::Granted);
    assert!(world.app.delivery().is_some());
    assert_eq!(i64::try_from(world.events).unwrap(), world.version);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_lives_stay_legal(begun in 0_usize..34, steps in prop::collection::vec(tries(), 1..80)) {
        let mut world = World::new();
        for what in straight().into_iter().take(begun).chain(steps) {
            world.step(&what)?;
        }
        prop_assert_eq!(i64::try_from(world.events).unwrap(), world.version, "an act without its event");
    }
}

//! Joint site checks (APP.4) and materials that follow later (APP.5).

use std::collections::BTreeMap;

use applications::{
    ApplicationsError, NewPhoto, NewSiteCheck, Record,
    model::{Acknowledgement, Commitment, DeferralPromise, Met, SiteCheckId, SiteOutcome, Spot, StageName},
    rules::{Action, TaskKind},
};
use kernel::{Actor, PageQuery, Problem, ids::ApplicationId};
use matters::ConditionKey;

use super::support::*;

fn problem(error: ApplicationsError) -> Problem {
    error.into()
}

impl House {
    /// A reviewer of a department with a card for the industry.
    async fn visitor(&self, login: &str, department: &str) -> Actor {
        let actor = self
            .officer(login, kernel::Role::DepartmentReviewer, Some(department))
            .await;
        let account = actor.account.unwrap();
        let system = Actor::system("test");
        if self
            .identity
            .qualifications(&system, account)
            .await
            .unwrap()
            .is_empty()
        {
            let valid = ("2025-01-01".parse().unwrap(), "2029-12-31".parse().unwrap());
            let card = format!("赣执{login}");
            self.identity
                .add_qualification(
                    &system,
                    account,
                    card,
                    "noncoal_mine".into(),
                    "省政府".into(),
                    valid,
                )
                .await
                .unwrap();
        }
        actor
    }

    fn visit(&self, officers: &[&Actor]) -> NewSiteCheck {
        NewSiteCheck {
            reason: "对边坡和设备检测情况需要核实".into(),
            planned_on: self.today(),
            officers: officers.iter().map(|actor| actor.account.unwrap()).collect(),
        }
    }

    /// Ordered by the lead department, for two officers.
    async fn ordered(&self, id: ApplicationId) -> (Actor, Actor, SiteCheckId) {
        let (li, wang) = (
            self.visitor("li", "emergency").await,
            self.visitor("wang", "fire").await,
        );
        let new = self.visit(&[&li, &wang]);
        let record = self.applications.order_site_check(&li, id, new).await.unwrap();
        let check = record.application.case().unwrap().site_checks[0].id;
        (li, wang, check)
    }

    async fn photo(
        &self,
        actor: &Actor,
        id: ApplicationId,
        check: SiteCheckId,
    ) -> Result<Record, ApplicationsError> {
        let mut upload = self.applications.begin_photo(actor, id, check).await?;
        upload.push(&jpeg()).unwrap();
        let photo = NewPhoto {
            condition: None,
            taken_at: self.kernel.now(),
            spot: Spot {
                longitude_e6: 115_858_000,
                latitude_e6: 28_683_000,
            },
            place: "采场入口".into(),
        };
        self.applications
            .add_site_photo(actor, id, check, upload, photo)
            .await
    }
}

/// The start of a picture; enough to be recognised as one.
fn jpeg() -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10];
    bytes.extend_from_slice(b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    bytes.extend_from_slice(&[0; 64]);
    bytes.extend_from_slice(&[0xFF, 0xD9]);
    bytes
}

fn results(
    record: &Record,
    check: SiteCheckId,
    failing: Option<&str>,
) -> BTreeMap<ConditionKey, (Met, String)> {
    let lines = &record
        .application
        .case()
        .unwrap()
        .site_check(check)
        .unwrap()
        .lines;
    let result = |key: &ConditionKey| match failing {
        Some(wrong) if wrong == key.as_str() => (Met::NotMet, "现场没有见到".to_owned()),
        _ => (Met::Met, String::new()),
    };
    lines
        .iter()
        .map(|line| (line.condition.clone(), result(&line.condition)))
        .collect()
}

fn signed() -> Acknowledgement {
    Acknowledgement::Signed {
        name: "李开明".into(),
        position: "矿长".into(),
        remark: String::new(),
    }
}

#[tokio::test]
async fn one_visit_for_all_departments() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let id = house.accepted().await;
    let (li, wang, check) = house.ordered(id).await;
    let record = house.record(id).await;
    let lines = record
        .application
        .case()
        .unwrap()
        .site_check(check)
        .unwrap()
        .lines
        .len();
    let expected = definition()
        .conditions
        .iter()
        .filter(|one| one.on_site.is_some())
        .count();
    assert_eq!(lines, expected, "one checklist for all");
    // No second one beside it, and the lead department waits for it.
    let again = house.visit(&[&li, &wang]);
    let refused = problem(apps.order_site_check(&li, id, again).await.unwrap_err());
    assert_eq!(refused.status, 409);
    let reviewer = house.reviewer("emergency").await;
    let early = apps
        .review(&reviewer, id, outcome("emergency", true))
        .await
        .unwrap_err();
    assert!(problem(early).errors.iter().any(|one| one.field == "site_check"));
    // Whoever is not of the check records nothing.
    let stranger = house.reviewer("ecology").await;
    let all = results(&record, check, None);
    let refused = apps
        .record_site_results(&stranger, id, check, all.clone())
        .await
        .unwrap_err();
    assert_eq!(problem(refused).status, 403);
    // Nothing is signed or concluded before every line, a photo and both signatures are there.
    assert_eq!(
        problem(apps.sign_site_check(&li, id, check).await.unwrap_err()).status,
        409
    );
    let part: BTreeMap<_, _> = all.clone().into_iter().take(1).collect();
    apps.record_site_results(&li, id, check, part).await.unwrap();
    let refused = apps
        .conclude_site_check(&li, id, check, signed(), "核查完毕".into())
        .await
        .unwrap_err();
    assert_eq!(
        problem(refused).errors.len(),
        lines - 1 + 1 + 2,
        "open lines, no photo, two signatures"
    );
    apps.record_site_results(&wang, id, check, all).await.unwrap();
    house.photo(&wang, id, check).await.unwrap();
    apps.sign_site_check(&li, id, check).await.unwrap();
    apps.sign_site_check(&wang, id, check).await.unwrap();
    let done = apps
        .conclude_site_check(&wang, id, check, signed(), "十二项均符合".into())
        .await
        .unwrap();
    let concluded = done.application.case().unwrap().site_check(check).unwrap();
    assert_eq!(
        concluded.conclusion.as_ref().unwrap().outcome,
        SiteOutcome::Passed
    );
    let paper = &done.application.dossier().documents.last().unwrap().paper;
    assert_eq!(paper.title, "联合现场核查记录");
    assert_eq!(paper.table.as_ref().unwrap().rows.len(), lines);
    assert!(
        paper
            .paragraphs
            .iter()
            .any(|text| text.contains("李开明（矿长）"))
    );
    assert!(
        paper
            .facts
            .iter()
            .any(|fact| fact.value.contains("赣执li") && fact.value.contains("赣执wang"))
    );
    apps.review(&reviewer, id, outcome("emergency", true))
        .await
        .unwrap();
    let (photo, bytes) = {
        let photo = concluded.photos[0].id;
        apps.site_photo(&house.keeper().await, id, check, photo)
            .await
            .unwrap()
    };
    assert_eq!((photo.place.as_str(), bytes.len()), ("采场入口", jpeg().len()));
    // The record is closed.
    let late = apps
        .record_site_results(&li, id, check, results(&done, check, None))
        .await
        .unwrap_err();
    assert!([403, 409].contains(&problem(late).status));
}

#[tokio::test]
async fn what_is_wrong_on_site_cannot_be_right_on_paper() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let id = house.accepted().await;
    let (li, wang, check) = house.ordered(id).await;
    let core = {
        let record = house.record(id).await;
        let lines = &record
            .application
            .case()
            .unwrap()
            .site_check(check)
            .unwrap()
            .lines;
        lines.iter().find(|line| line.core).unwrap().condition.clone()
    };
    let record = house.record(id).await;
    let found = results(&record, check, Some(core.as_str()));
    apps.record_site_results(&li, id, check, found).await.unwrap();
    house.photo(&li, id, check).await.unwrap();
    apps.sign_site_check(&li, id, check).await.unwrap();
    apps.sign_site_check(&wang, id, check).await.unwrap();
    let refused = Acknowledgement::Refused {
        name: "李开明".into(),
        reason: "不认可边坡的测量结果".into(),
        witness: String::new(),
    };
    let done = apps
        .conclude_site_check(&li, id, check, refused, "一项核心指标不符合".into())
        .await
        .unwrap();
    let case = done.application.case().unwrap();
    assert_eq!(
        case.site_check(check).unwrap().outcome(),
        Some(SiteOutcome::Failed)
    );
    let paper = &done.application.dossier().documents.last().unwrap().paper;
    assert!(paper.paragraphs.iter().any(|text| text.contains("拒绝签字")));
    let owner = definition()
        .departments()
        .find(|one| one.conditions.contains(&core))
        .unwrap();
    let reviewer = house.reviewer(owner.department.as_str()).await;
    let refused = apps
        .review(&reviewer, id, outcome(owner.department.as_str(), true))
        .await
        .unwrap_err();
    let field = format!("findings.{core}");
    assert!(problem(refused).errors.iter().any(|one| one.field == field));
    // A second visit that finds it mended allows what the first forbade.
    let new = house.visit(&[&li, &wang]);
    let again = apps.order_site_check(&li, id, new).await.unwrap();
    let second = again.application.case().unwrap().site_checks[1].id;
    apps.record_site_results(&li, id, second, results(&again, second, None))
        .await
        .unwrap();
    house.photo(&li, id, second).await.unwrap();
    apps.sign_site_check(&li, id, second).await.unwrap();
    apps.sign_site_check(&wang, id, second).await.unwrap();
    apps.conclude_site_check(&li, id, second, signed(), "已经整改".into())
        .await
        .unwrap();
    apps.review(&reviewer, id, outcome(owner.department.as_str(), true))
        .await
        .unwrap();
}

#[tokio::test]
async fn two_different_qualified_officers_go() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let id = house.accepted().await;
    let li = house.visitor("li", "emergency").await;
    let plain = house.reviewer("health").await;
    let keeper = house.keeper().await;
    let errors = async |officers: &[&Actor]| {
        let refused = apps
            .order_site_check(&li, id, house.visit(officers))
            .await
            .unwrap_err();
        problem(refused).errors
    };
    assert!(errors(&[&li]).await[0].message.contains("2 名以上"));
    assert!(errors(&[&li, &li]).await[0].message.contains("2 名以上"));
    assert!(errors(&[&li, &plain]).await[0].message.contains("执法资格"));
    assert!(errors(&[&li, &keeper]).await[0].message.contains("执法人员账号"));
    // Only the lead department orders.
    let wang = house.visitor("wang", "fire").await;
    let refused = apps
        .order_site_check(&wang, id, house.visit(&[&li, &wang]))
        .await
        .unwrap_err();
    assert_eq!(problem(refused).status, 403);
    // An order that is not carried out is taken back, and nothing waits for it any more.
    let record = apps
        .order_site_check(&li, id, house.visit(&[&li, &wang]))
        .await
        .unwrap();
    let check = record.application.case().unwrap().site_checks[0].id;
    let page = PageQuery {
        limit: None,
        cursor: None,
    };
    let due = apps
        .tasks(&li, vec![TaskKind::SiteCheck], None, &page)
        .await
        .unwrap()
        .items;
    assert_eq!(due.len(), 1);
    apps.cancel_site_check(&li, id, check, "企业停产检修，改期".into())
        .await
        .unwrap();
    let due = apps
        .tasks(&li, vec![TaskKind::SiteCheck], None, &page)
        .await
        .unwrap()
        .items;
    assert!(due.is_empty());
}

#[tokio::test]
async fn whoever_was_on_site_neither_opines_nor_decides() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let id = house.accepted().await;
    let (li, wang, check) = house.ordered(id).await;
    let apps = &house.applications;
    let record = house.record(id).await;
    apps.record_site_results(&li, id, check, results(&record, check, None))
        .await
        .unwrap();
    house.photo(&li, id, check).await.unwrap();
    apps.sign_site_check(&li, id, check).await.unwrap();
    apps.sign_site_check(&wang, id, check).await.unwrap();
    apps.conclude_site_check(&li, id, check, signed(), "符合".into())
        .await
        .unwrap();
    let excluded = applications::rules::excluded(
        &house.record(id).await.application,
        definition(),
        StageName::FirstReview,
    );
    assert!(excluded.contains(&li.account.unwrap()) && excluded.contains(&wang.account.unwrap()));
}

/// The deferrable materials that everybody hands in.
fn deferrable() -> Vec<matters::MaterialKey> {
    let of = |one: &&matters::Material| {
        one.deferrable == matters::Deferrable::Deferrable && !applications::rules::is_online_form(one)
    };
    definition()
        .required_materials()
        .filter(of)
        .map(|one| one.key.clone())
        .collect()
}

impl House {
    /// Handed in without one deferrable material, against a commitment.
    async fn promised(&self) -> (ApplicationId, matters::MaterialKey) {
        let keeper = self.keeper().await;
        let material = deferrable()[0].clone();
        let draft = self.draft().await;
        let mut form = form();
        form.deferral = Some(DeferralPromise {
            materials: [material.clone()].into(),
            signatory: "李开明".into(),
            signed: true,
        });
        let saved = self
            .applications
            .save_form(&keeper, draft.id, draft.version, form)
            .await
            .unwrap();
        for (index, gap) in applications::rules::gaps(saved.application.dossier(), definition())
            .iter()
            .enumerate()
        {
            let missing = gap.field.strip_prefix("materials.").expect(&gap.field);
            assert_ne!(missing, material.as_str());
            self.upload(draft.id, missing, &pdf(index)).await.unwrap();
        }
        self.applications.submit(&keeper, draft.id).await.unwrap();
        (draft.id, material)
    }

    async fn up_to_the_leader(&self, id: ApplicationId) {
        for department in DEPARTMENTS {
            self.review(id, department, true).await;
        }
        self.opinions(id).await;
    }
}

#[tokio::test]
async fn materials_follow_against_a_commitment() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let (id, material) = house.promised().await;
    let documents: Vec<_> = house
        .record(id)
        .await
        .application
        .dossier()
        .documents
        .iter()
        .map(|document| document.kind.to_string())
        .collect();
    assert_eq!(documents, ["receipt", "deferral_commitment"]);
    apps.accept(&house.clerk().await, id, Vec::new()).await.unwrap();
    house.up_to_the_leader(id).await;
    let leader = house.leader().await;
    let refused = apps.grant(&leader, id, "符合".into(), None).await.unwrap_err();
    assert!(problem(refused).detail.unwrap_or_default().contains("尚未补齐"));
    let keeper = house.keeper().await;
    let seen = apps.application(&keeper, id).await.unwrap();
    assert!(seen.actions.contains(&Action::Supply));
    let refused = apps.supply(&keeper, id).await.unwrap_err();
    assert_eq!(problem(refused).errors[0].field, format!("materials.{material}"));
    // Only what was to follow can be added now.
    let other = definition()
        .materials
        .iter()
        .find(|one| one.key.as_str() == "rules_list")
        .unwrap();
    assert!(house.upload(id, other.key.as_str(), &pdf(900)).await.is_err());
    house.upload(id, material.as_str(), &pdf(901)).await.unwrap();
    let supplied = apps.supply(&keeper, id).await.unwrap();
    let deferral = supplied.application.case().unwrap().deferral.as_ref().unwrap();
    assert!(matches!(deferral.commitment, Commitment::Kept { .. }));
    apps.grant(&leader, id, "符合".into(), None).await.unwrap();
}

#[tokio::test]
async fn a_broken_commitment_is_found_by_itself_and_blocks_the_grant() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let (id, _) = house.promised().await;
    apps.accept(&house.clerk().await, id, Vec::new()).await.unwrap();
    house.up_to_the_leader(id).await;
    // Fifteen working days after 2 March end on 23 March.
    house.clock.set(instant("2026-03-23T15:00:00Z"));
    house.work_off().await;
    let deferral = house
        .record(id)
        .await
        .application
        .case()
        .unwrap()
        .deferral
        .clone()
        .unwrap();
    assert_eq!(deferral.commitment, Commitment::Open);
    house.clock.set(instant("2026-03-30T02:00:00Z"));
    house.work_off().await;
    let record = house.record(id).await;
    let deferral = record.application.case().unwrap().deferral.as_ref().unwrap();
    let Commitment::Broken { by, .. } = &deferral.commitment else {
        panic!("{:?}", deferral.commitment)
    };
    assert_eq!(by.account, None);
    let papers = &record.application.dossier().documents;
    assert!(
        papers
            .iter()
            .any(|document| document.paper.title == "未履行容缺承诺告知书")
    );
    let events = house.events(id).await;
    assert_eq!(
        events
            .iter()
            .filter(|kind| *kind == "application.commitment_broken")
            .count(),
        1
    );
    house.work_off().await;
    let leader = house.leader().await;
    let refused = apps.grant(&leader, id, "符合".into(), None).await.unwrap_err();
    assert!(problem(refused).detail.unwrap_or_default().contains("没有履行"));
    let seen = apps.application(&house.keeper().await, id).await.unwrap();
    assert!(!seen.actions.contains(&Action::Supply), "too late");
}

#[tokio::test]
async fn core_materials_do_not_follow_and_a_promise_is_signed() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let keeper = house.keeper().await;
    let draft = house.draft().await;
    let mut wrong = form();
    wrong.deferral = Some(DeferralPromise {
        materials: ["rules_list".parse().unwrap()].into(),
        signatory: "李开明".into(),
        signed: true,
    });
    let refused = house
        .applications
        .save_form(&keeper, draft.id, draft.version, wrong)
        .await
        .unwrap_err();
    assert_eq!(
        problem(refused).errors[0].field,
        "form.deferral.materials.rules_list"
    );
    let mut unsigned = form();
    unsigned.deferral = Some(DeferralPromise {
        materials: [deferrable()[0].clone()].into(),
        ..DeferralPromise::default()
    });
    house
        .applications
        .save_form(&keeper, draft.id, draft.version, unsigned)
        .await
        .unwrap();
    let missing = house.applications.completeness(&keeper, draft.id).await.unwrap();
    let fields: Vec<_> = missing.iter().map(|gap| gap.field.as_str()).collect();
    assert!(fields.contains(&"form.deferral.signed") && fields.contains(&"form.deferral.signatory"));
}

//! Applications about a licence that is there: renewal, change, replacement, deregistration.

use std::collections::BTreeSet;

use applications::{
    ApplicationsError, Filters, NewDraft, NewItem, NewReview, NewSubject, Record,
    model::{
        Application, ChangedItem, DeregistrationGround, Finding, Met, ReplacementCause, Standardisation,
        Subject,
    },
    rules::{Action, Light},
};
use kernel::{
    Actor, LegalDate, PageQuery, Problem,
    ids::{ApplicationId, LicenceId},
};
use matters::{Definition, Facet, MatterKey, Standing};

use super::support::*;

fn matter(kind: &str) -> MatterKey {
    format!("noncoal_mine.{kind}").parse().unwrap()
}

fn rules(kind: &str) -> &'static Definition {
    static LOADED: std::sync::OnceLock<std::sync::Arc<matters::Catalogue>> = std::sync::OnceLock::new();
    LOADED.get_or_init(catalogue).get(matter(kind), 1).unwrap()
}

fn day(text: &str) -> LegalDate {
    text.parse().unwrap()
}

fn problem(error: ApplicationsError) -> Problem {
    error.into()
}

fn a_name(occurred_on: &str) -> NewSubject {
    NewSubject::Change {
        occurred_on: Some(day(occurred_on)),
        items: vec![NewItem::Name("南昌演示矿业有限公司".into())],
    }
}

fn without_review() -> NewSubject {
    let conditions = &rules("renewal")
        .existing
        .as_ref()
        .unwrap()
        .direct
        .as_ref()
        .unwrap()
        .conditions;
    NewSubject::Renewal {
        direct: true,
        declared: conditions.iter().map(|one| one.key.clone()).collect(),
        standardisation: Some(Standardisation {
            level: 2,
            certificate: "赣AQB20250001".into(),
            valid_until: day("2028-01-01"),
        }),
    }
}

fn direct_conditions() -> BTreeSet<matters::ConditionKey> {
    let rule = rules("renewal")
        .existing
        .as_ref()
        .unwrap()
        .direct
        .as_ref()
        .unwrap();
    rule.conditions.iter().map(|one| one.key.clone()).collect()
}

impl House {
    async fn about(
        &self,
        kind: &str,
        licence: LicenceId,
        subject: Option<NewSubject>,
    ) -> Result<Record, ApplicationsError> {
        let new = NewDraft {
            matter: matter(kind),
            enterprise: None,
            licence: Some(licence),
            subject,
        };
        self.applications.draft(&self.keeper().await, new).await
    }

    /// Drafted, filled in and handed in.
    async fn handed_in(&self, kind: &str, licence: LicenceId, subject: NewSubject) -> ApplicationId {
        let keeper = self.keeper().await;
        let draft = self.about(kind, licence, Some(subject)).await.unwrap();
        let mut form = form();
        form.scope = Vec::new();
        let saved = self
            .applications
            .save_form(&keeper, draft.id, draft.version, form)
            .await
            .unwrap();
        let gaps = applications::rules::gaps(saved.application.dossier(), rules(kind));
        for (index, gap) in gaps.iter().enumerate() {
            let material = gap.field.strip_prefix("materials.").expect(&gap.field);
            self.upload(draft.id, material, &pdf(index)).await.unwrap();
        }
        self.applications.submit(&keeper, draft.id).await.unwrap();
        draft.id
    }

    async fn taken_in(&self, id: ApplicationId) -> Record {
        let clerk = self.clerk().await;
        self.applications.accept(&clerk, id, Vec::new()).await.unwrap()
    }

    /// Every department that takes part finds everything met.
    async fn all_reviewed(&self, id: ApplicationId) {
        let record = self.record(id).await;
        let def = rules(record.application.dossier().matter.kind.as_str());
        let reviews = record.application.case().unwrap().reviews.clone();
        for review in reviews {
            let rule = def
                .departments()
                .find(|one| one.department == review.department)
                .unwrap();
            let subject = &record.application.dossier().subject;
            let asked = applications::rules::conditions_for(def, subject, &rule.conditions);
            let findings = asked.into_iter().map(|condition| Finding {
                condition: condition.key.clone(),
                met: Met::Met,
                text: String::new(),
            });
            let new = NewReview {
                findings: findings.collect(),
                opinion: "属实".into(),
                passed: true,
            };
            let reviewer = self.reviewer(review.department.as_str()).await;
            self.applications.review(&reviewer, id, new).await.unwrap();
        }
    }

    async fn granted_by_the_leader(&self, id: ApplicationId) -> Record {
        let leader = self.leader().await;
        self.applications
            .grant(&leader, id, "情况属实，符合条件".into(), None)
            .await
            .unwrap()
    }

    async fn jobs(&self, kind: &str) -> i64 {
        use sea_orm::{ConnectionTrait, Statement};
        let db = self.kernel.db();
        let sql = "SELECT COUNT(*) AS n FROM job WHERE kind = $1";
        let statement = Statement::from_sql_and_values(db.backend(), sql, [kind.into()]);
        let row = db.read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }
}

fn titles(record: &Record) -> Vec<String> {
    let documents = record.application.dossier().documents.iter();
    documents.map(|document| document.paper.title.clone()).collect()
}

#[tokio::test]
async fn a_change_goes_the_short_way_and_hands_on_what_changes() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2025-06-01", "2028-05-31");
    let id = house.handed_in("change", licence, a_name("2026-02-20")).await;
    let accepted = house.taken_in(id).await;
    let departments: Vec<_> = accepted
        .application
        .case()
        .unwrap()
        .reviews
        .iter()
        .map(|review| review.department.as_str().to_owned())
        .collect();
    assert_eq!(
        departments,
        ["emergency", "market_regulation"],
        "only who has to do with a name"
    );
    let seen = house
        .applications
        .application(&house.leader().await, id)
        .await
        .unwrap();
    assert_eq!(seen.headline.unwrap().term, "10个工作日");
    house.all_reviewed(id).await;
    assert_eq!(
        house.state(id).await,
        "deciding",
        "neither first nor second review"
    );
    let granted = house.granted_by_the_leader(id).await;
    assert_eq!(house.jobs(applications::CARRY_OUT_JOB).await, 1);
    assert_eq!(
        house.jobs(applications::ISSUE_JOB).await,
        0,
        "no second certificate"
    );
    let grant = house.applications.granted(id).await.unwrap();
    assert_eq!(
        (grant.licence, grant.kind),
        (Some(licence), matters::Kind::Change)
    );
    assert_eq!(grant.holder.name, "南昌演示矿业有限公司");
    assert_eq!(
        grant.holder.address, "南昌市新建区石埠镇",
        "everything else stays as the licence has it"
    );
    assert_eq!(
        (grant.valid_from, grant.valid_to),
        (day("2025-06-01"), day("2028-05-31"))
    );
    assert_eq!(grant.subject.changes()[0].facet(), Facet::Name);
    let paper = &granted.application.dossier().documents.last().unwrap().paper;
    assert_eq!(paper.title, "准予变更行政许可决定书");
    let table = paper.table.as_ref().unwrap();
    assert_eq!(
        table.rows,
        [["单位名称", "南昌演示采石有限公司", "南昌演示矿业有限公司"]]
    );
    assert!(paper.paragraphs[1].contains("2026年"), "{}", paper.paragraphs[1]);
}

#[tokio::test]
async fn a_change_of_scope_is_reviewed_like_a_first_issue() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2025-06-01", "2028-05-31");
    let scope = NewSubject::Change {
        occurred_on: Some(day("2026-02-20")),
        items: vec![NewItem::Scope(vec!["石灰岩露天开采，年产一百万吨".into()])],
    };
    let id = house.handed_in("change", licence, scope).await;
    let accepted = house.taken_in(id).await;
    assert_eq!(
        accepted.application.case().unwrap().reviews.len(),
        DEPARTMENTS.len()
    );
    let seen = house
        .applications
        .application(&house.leader().await, id)
        .await
        .unwrap();
    assert_eq!(seen.headline.unwrap().term, "45日");
    house.all_reviewed(id).await;
    assert_eq!(house.state(id).await, "first_review");
}

#[tokio::test]
async fn a_draft_must_fit_its_licence() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2025-06-01", "2028-05-31");
    let apps = &house.applications;
    let keeper = house.keeper().await;
    // No licence where one is needed, one where none is.
    let without = NewDraft {
        licence: None,
        ..NewDraft::first(matter("change"))
    };
    assert_eq!(
        problem(apps.draft(&keeper, without).await.unwrap_err()).errors[0].field,
        "licence"
    );
    let first = NewDraft {
        licence: Some(licence),
        ..NewDraft::first(matter("first_issue"))
    };
    assert_eq!(
        problem(apps.draft(&keeper, first).await.unwrap_err()).errors[0].field,
        "licence"
    );
    // Nobody's, somebody else's, another industry's.
    let unknown = LicenceId(uuid::Uuid::from_u128(99));
    assert_eq!(
        problem(house.about("change", unknown, None).await.unwrap_err()).status,
        404
    );
    let mut other = held(&house, licence).await;
    other.id = LicenceId(uuid::Uuid::from_u128(2));
    other.enterprise = kernel::ids::EnterpriseId(uuid::Uuid::from_u128(5));
    house.book.put(other.clone());
    assert_eq!(
        problem(house.about("change", other.id, None).await.unwrap_err()).status,
        404
    );
    other.enterprise = house.enterprise;
    other.industry = matters::Industry::Coal;
    house.book.put(other.clone());
    assert_eq!(
        problem(house.about("change", other.id, None).await.unwrap_err()).status,
        422
    );
    // Suspended, ended.
    for standing in [Standing::Suspended, Standing::Ended, Standing::Expired] {
        other.industry = matters::Industry::NoncoalMine;
        other.standing = standing;
        house.book.put(other.clone());
        let refused = problem(house.about("change", other.id, None).await.unwrap_err());
        assert_eq!(
            (refused.status, refused.extensions["standing"].as_str()),
            (409, Some(standing.as_str()))
        );
    }
    // What is asked for must be of the kind and must change something.
    let refused = problem(
        house
            .about("change", licence, Some(without_review()))
            .await
            .unwrap_err(),
    );
    assert_eq!(refused.errors[0].field, "subject.kind");
    let same = NewSubject::Change {
        occurred_on: None,
        items: vec![
            NewItem::Name("南昌演示采石有限公司".into()),
            NewItem::Name("甲".into()),
        ],
    };
    let refused = problem(house.about("change", licence, Some(same)).await.unwrap_err());
    let fields: Vec<_> = refused.errors.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["subject.items[0].to", "subject.items[1]"]);
    for kind in ["replacement", "deregistration"] {
        assert_eq!(
            problem(house.about(kind, licence, None).await.unwrap_err()).errors[0].field,
            "subject"
        );
    }
}

async fn held(house: &House, id: LicenceId) -> applications::model::HeldLicence {
    use applications::LicenceBook;
    house.book.held(id).await.unwrap().unwrap()
}

#[tokio::test]
async fn one_running_application_of_a_kind_for_a_licence() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2025-06-01", "2028-05-31");
    let first = house.about("change", licence, None).await.unwrap();
    let refused = problem(house.about("change", licence, None).await.unwrap_err());
    assert_eq!(
        (refused.status, refused.kind.as_str()),
        (409, "urn:anxu:problem:application-running")
    );
    assert_eq!(refused.extensions["application"], first.id.to_string());
    // Another kind, another licence, and the same after the first has ended.
    house
        .about("deregistration", licence, Some(closing()))
        .await
        .unwrap();
    let second = house.licence(2, "2025-06-01", "2028-05-31");
    house.about("change", second, None).await.unwrap();
    let keeper = house.keeper().await;
    house
        .applications
        .withdraw(&keeper, first.id, "重新填报".into())
        .await
        .unwrap();
    house.about("change", licence, None).await.unwrap();
}

fn closing() -> NewSubject {
    NewSubject::Deregistration {
        ground: DeregistrationGround::Ceased,
        occurred_on: Some(day("2026-02-01")),
        account: "矿山已经闭坑，爆破器材已经清退，边坡已经治理".into(),
    }
}

#[tokio::test]
async fn a_licence_that_changed_since_the_draft_is_not_handed_in() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2025-06-01", "2028-05-31");
    let id = house
        .about("change", licence, Some(a_name("2026-02-20")))
        .await
        .unwrap()
        .id;
    let keeper = house.keeper().await;
    let draft = house.record(id).await;
    let saved = house
        .applications
        .save_form(&keeper, id, draft.version, form())
        .await
        .unwrap();
    for (index, gap) in applications::rules::gaps(saved.application.dossier(), rules("change"))
        .iter()
        .enumerate()
    {
        house
            .upload(id, gap.field.strip_prefix("materials.").unwrap(), &pdf(index))
            .await
            .unwrap();
    }
    let mut changed = held(&house, licence).await;
    changed.holder.address = "别处".into();
    house.book.put(changed.clone());
    let refused = problem(house.applications.submit(&keeper, id).await.unwrap_err());
    assert_eq!(refused.kind, "urn:anxu:problem:licence-changed");
    changed.standing = Standing::Suspended;
    house.book.put(changed);
    let refused = problem(house.applications.submit(&keeper, id).await.unwrap_err());
    assert_eq!(refused.kind, "urn:anxu:problem:licence-standing");
}

#[tokio::test]
async fn a_renewal_without_review_leaves_out_what_the_matter_says() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2023-07-01", "2026-06-30");
    let id = house.handed_in("renewal", licence, without_review()).await;
    let clerk = house.clerk().await;
    let refused = problem(
        house
            .applications
            .accept(&clerk, id, Vec::new())
            .await
            .unwrap_err(),
    );
    assert_eq!(
        refused.errors.len(),
        direct_conditions().len(),
        "each condition is confirmed by the officer"
    );
    let accepted = house
        .applications
        .accept_confirming(&clerk, id, Vec::new(), direct_conditions())
        .await
        .unwrap();
    assert_eq!(accepted.application.state().as_str(), "first_review");
    assert!(accepted.application.case().unwrap().direct);
    let first = house.first().await;
    let stage = applications::model::StageName::FirstReview;
    house
        .applications
        .give_opinion(&first, id, stage, true, "同意不再审查".into())
        .await
        .unwrap();
    assert_eq!(house.state(id).await, "deciding");
    house.granted_by_the_leader(id).await;
    let grant = house.applications.granted(id).await.unwrap();
    assert_eq!(
        (grant.valid_from, grant.valid_to),
        (day("2026-07-01"), day("2029-06-30")),
        "it goes on where it ended"
    );
    assert!(!grant.deemed);
}

#[tokio::test]
async fn a_renewal_without_review_needs_level_and_declarations() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2023-07-01", "2026-06-30");
    let low = NewSubject::Renewal {
        direct: true,
        declared: BTreeSet::new(),
        standardisation: Some(Standardisation {
            level: 3,
            certificate: "赣AQB3".into(),
            valid_until: day("2028-01-01"),
        }),
    };
    let draft = house.about("renewal", licence, Some(low)).await.unwrap();
    let missing = house
        .applications
        .completeness(&house.keeper().await, draft.id)
        .await
        .unwrap();
    let fields: Vec<_> = missing.iter().map(|gap| gap.field.as_str()).collect();
    assert!(fields.contains(&"subject.standardisation"), "{fields:?}");
    assert!(
        fields.contains(&"subject.declared.no_fatal_accident"),
        "{fields:?}"
    );
    // With a review neither is asked for, but the papers of a first issue are.
    let saved = house
        .applications
        .save_subject(&house.keeper().await, draft.id, draft.version, reviewed())
        .await
        .unwrap();
    let gaps = applications::rules::gaps(saved.application.dossier(), rules("renewal"));
    assert!(gaps.iter().all(|gap| !gap.field.starts_with("subject.")));
    assert!(gaps.iter().any(|gap| gap.field == "materials.rules_list"));
    // A version that was read before the last change is stale.
    let stale = house
        .applications
        .save_subject(&house.keeper().await, draft.id, draft.version, reviewed())
        .await
        .unwrap_err();
    assert_eq!(problem(stale).status, 412);
}

fn reviewed() -> NewSubject {
    NewSubject::Renewal {
        direct: false,
        declared: BTreeSet::new(),
        standardisation: None,
    }
}

#[tokio::test]
async fn the_windows_of_a_renewal() {
    let late = async |now: &str, valid_to: &str| {
        let house = House::on(now).await;
        let licence = house.licence(1, "2023-01-01", valid_to);
        let draft = house.about("renewal", licence, None).await;
        draft.map(|record| record.application.dossier().clone())
    };
    let lateness = |dossier: &applications::model::Dossier, on: &str| {
        let held = dossier.licence.as_ref().unwrap();
        let windows =
            applications::rules::windows(rules("renewal"), held, &dossier.subject, &calendar(), day(on));
        let late = windows.into_iter().filter(|window| window.late);
        late.map(|window| window.key).collect::<Vec<_>>()
    };
    // Three months before 30 June is 30 March (民法典 art. 202), sixty days before is 1 May.
    let dossier = late("2026-03-30T02:00:00Z", "2026-06-30").await.unwrap();
    assert_eq!(lateness(&dossier, "2026-03-30"), Vec::<String>::new());
    assert_eq!(lateness(&dossier, "2026-03-31"), ["law_window"]);
    assert_eq!(lateness(&dossier, "2026-05-01"), ["law_window"]);
    assert_eq!(lateness(&dossier, "2026-05-02"), ["law_window", "source_window"]);
    // Ninety days late is a renewal still, one more is none.
    late("2026-09-28T02:00:00Z", "2026-06-30").await.unwrap();
    let refused = problem(late("2026-09-29T02:00:00Z", "2026-06-30").await.unwrap_err());
    assert_eq!(
        (refused.status, refused.kind.as_str()),
        (409, "urn:anxu:problem:too-late")
    );
    assert!(refused.detail.unwrap_or_default().contains("首次申请"));
}

#[tokio::test]
async fn a_timely_renewal_that_nobody_decides_is_granted_by_the_law() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2023-07-01", "2026-06-30");
    let id = house.handed_in("renewal", licence, reviewed()).await;
    house.taken_in(id).await;
    house.clock.set(instant("2026-06-30T15:59:00Z"));
    house.work_off().await;
    assert_eq!(house.state(id).await, "in_review", "the last day is not over");
    // The scheduler was away for ten days: the day of the grant is that of the law all the same.
    house.clock.set(instant("2026-07-10T02:00:00Z"));
    house.work_off().await;
    let record = house.record(id).await;
    let Application::Granted(granted) = &record.application else {
        panic!("{}", record.application.state().as_str())
    };
    assert!(granted.deemed);
    assert_eq!(granted.decision.on, day("2026-06-30"));
    assert_eq!(
        (granted.terms.valid_from, granted.terms.valid_to),
        (day("2026-07-01"), day("2029-06-30"))
    );
    assert_eq!(granted.decision.by.account, None);
    assert!(titles(&record).contains(&"视为准予延续行政许可确认书".to_owned()));
    let events = house.events(id).await;
    assert_eq!(
        events
            .iter()
            .filter(|kind| *kind == "application.deemed_granted")
            .count(),
        1
    );
    assert_eq!(house.jobs(applications::CARRY_OUT_JOB).await, 1);
    assert!(house.applications.granted(id).await.unwrap().deemed);
    // Looking again changes nothing.
    house.work_off().await;
    assert_eq!(house.record(id).await.version, record.version);
}

#[tokio::test]
async fn a_late_renewal_is_not_deemed_granted() {
    let house = House::on("2026-05-20T02:00:00Z").await;
    let licence = house.licence(1, "2023-07-01", "2026-06-30");
    let id = house.handed_in("renewal", licence, reviewed()).await;
    house.taken_in(id).await;
    house.clock.set(instant("2026-07-10T02:00:00Z"));
    house.work_off().await;
    assert_eq!(house.state(id).await, "in_review");
}

#[tokio::test]
async fn a_decision_in_time_leaves_nothing_to_the_law() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2023-07-01", "2026-06-30");
    let id = house.handed_in("renewal", licence, without_review()).await;
    let clerk = house.clerk().await;
    house
        .applications
        .accept_confirming(&clerk, id, Vec::new(), direct_conditions())
        .await
        .unwrap();
    let stage = applications::model::StageName::FirstReview;
    let first = house.first().await;
    house
        .applications
        .give_opinion(&first, id, stage, true, "同意".into())
        .await
        .unwrap();
    house.granted_by_the_leader(id).await;
    house.clock.set(instant("2026-07-10T02:00:00Z"));
    house.work_off().await;
    assert!(!house.applications.granted(id).await.unwrap().deemed);
}

#[tokio::test]
async fn a_refused_renewal_is_refused_as_one() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2023-07-01", "2026-06-30");
    let id = house.handed_in("renewal", licence, without_review()).await;
    let clerk = house.clerk().await;
    house
        .applications
        .accept_confirming(&clerk, id, Vec::new(), direct_conditions())
        .await
        .unwrap();
    let stage = applications::model::StageName::FirstReview;
    let first = house.first().await;
    house
        .applications
        .give_opinion(&first, id, stage, false, "有未整改的隐患".into())
        .await
        .unwrap();
    let new = applications::NewRefusal {
        reason: "有未整改的重大事故隐患".into(),
        legal_basis: "《安全生产许可证条例》第九条".into(),
        unmet: vec![applications::model::UnmetCondition {
            condition: "renewal_record".parse().unwrap(),
            finding: "边坡隐患没有整改".into(),
        }],
    };
    let refused = house
        .applications
        .refuse(&house.leader().await, id, new)
        .await
        .unwrap();
    let paper = &refused.application.dossier().documents.last().unwrap().paper;
    assert_eq!(paper.title, "不予延续行政许可决定书");
    assert!(paper.facts.iter().any(|fact| fact.value == "2026年6月30日"));
}

#[tokio::test]
async fn replacement_and_deregistration_end_with_their_own_papers() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2025-06-01", "2028-05-31");
    let lost = NewSubject::Replacement {
        cause: ReplacementCause::Loss,
        occurred_on: Some(day("2026-02-20")),
        account: "搬迁办公室时遗失正本，已登报三天".into(),
    };
    let cases = [
        ("replacement", lost, "准予补发许可证决定书", "遗失"),
        (
            "deregistration",
            closing(),
            "注销行政许可决定书",
            "终止生产经营活动",
        ),
    ];
    for (kind, subject, title, ground) in cases {
        let id = house.handed_in(kind, licence, subject).await;
        house.taken_in(id).await;
        house.all_reviewed(id).await;
        let granted = house.granted_by_the_leader(id).await;
        let paper = &granted.application.dossier().documents.last().unwrap().paper;
        assert_eq!(paper.title, title);
        assert!(
            paper.paragraphs.iter().any(|text| text.contains(ground)),
            "{:?}",
            paper.paragraphs
        );
        let grant = house.applications.granted(id).await.unwrap();
        assert_eq!(
            (grant.valid_from, grant.valid_to),
            (day("2025-06-01"), day("2028-05-31"))
        );
        assert_eq!(grant.scope, ["石灰岩露天开采"]);
    }
    assert_eq!(house.jobs(applications::CARRY_OUT_JOB).await, 2);
}

#[tokio::test]
async fn what_is_asked_for_must_be_dated_and_told() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2025-06-01", "2028-05-31");
    let blank = NewSubject::Replacement {
        cause: ReplacementCause::Damage,
        occurred_on: None,
        account: String::new(),
    };
    let draft = house.about("replacement", licence, Some(blank)).await.unwrap();
    let missing = house
        .applications
        .completeness(&house.keeper().await, draft.id)
        .await
        .unwrap();
    let fields: Vec<_> = missing.iter().map(|gap| gap.field.as_str()).collect();
    assert!(fields.contains(&"subject.occurred_on") && fields.contains(&"subject.account"));
    assert!(fields.contains(&"materials.damaged_certificate"));
    assert!(!fields.contains(&"materials.loss_notice"), "that is for a loss");
    let tomorrow = NewSubject::Replacement {
        cause: ReplacementCause::Damage,
        occurred_on: Some(day("2026-03-03")),
        account: "水浸".into(),
    };
    let keeper = house.keeper().await;
    let refused = house
        .applications
        .save_subject(&keeper, draft.id, draft.version, tomorrow)
        .await
        .unwrap_err();
    assert_eq!(problem(refused).errors[0].field, "subject.occurred_on");
}

#[tokio::test]
async fn scope_of_a_licence_cannot_be_rewritten_by_the_decision() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2025-06-01", "2028-05-31");
    let id = house.handed_in("change", licence, a_name("2026-02-20")).await;
    house.taken_in(id).await;
    house.all_reviewed(id).await;
    let leader = house.leader().await;
    let more = Some(vec!["什么都可以".to_owned()]);
    let refused = house
        .applications
        .grant(&leader, id, "同意".into(), more)
        .await
        .unwrap_err();
    assert_eq!(problem(refused).errors[0].field, "scope");
}

#[tokio::test]
async fn lists_are_filtered_by_kind_licence_and_light() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2025-06-01", "2028-05-31");
    let change = house.handed_in("change", licence, a_name("2026-02-20")).await;
    house.taken_in(change).await;
    let first = house.accepted().await;
    let found = async |filters: Filters| {
        let page = PageQuery {
            limit: None,
            cursor: None,
        };
        let officer = house.leader().await;
        let rows = house
            .applications
            .list(&officer, filters, &page)
            .await
            .unwrap()
            .items;
        rows.into_iter().map(|row| row.id).collect::<BTreeSet<_>>()
    };
    let of = |kind| Filters {
        kind: Some(kind),
        ..Filters::default()
    };
    assert_eq!(found(of(matters::Kind::Change)).await, BTreeSet::from([change]));
    assert_eq!(
        found(of(matters::Kind::FirstIssue)).await,
        BTreeSet::from([first])
    );
    let about = Filters {
        licence: Some(licence.into()),
        ..Filters::default()
    };
    assert_eq!(found(about).await, BTreeSet::from([change]));
    let with = |light| Filters {
        light: Some(light),
        ..Filters::default()
    };
    assert_eq!(found(with(Light::Green)).await, BTreeSet::from([change, first]));
    // What the filter says is what the row shows, on every day.
    for _ in 0..60 {
        house.days(1);
        let page = PageQuery {
            limit: None,
            cursor: None,
        };
        let officer = house.leader().await;
        let rows = house
            .applications
            .list(&officer, Filters::default(), &page)
            .await
            .unwrap()
            .items;
        for light in [Light::Green, Light::Yellow, Light::Red] {
            let shown: BTreeSet<_> = rows
                .iter()
                .filter(|row| row.headline.as_ref().is_some_and(|clock| clock.light == light))
                .map(|row| row.id)
                .collect();
            assert_eq!(found(with(light)).await, shown, "{light:?} on {}", house.today());
        }
    }
    assert_eq!(found(with(Light::Red)).await, BTreeSet::from([change, first]));
}

#[tokio::test]
async fn allowed_actions_follow_the_short_way() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let licence = house.licence(1, "2025-06-01", "2028-05-31");
    let id = house.handed_in("change", licence, a_name("2026-02-20")).await;
    house.taken_in(id).await;
    house.all_reviewed(id).await;
    let actions = async |actor: &Actor| house.applications.application(actor, id).await.unwrap().actions;
    assert!(actions(&house.leader().await).await.contains(&Action::Decide));
    assert!(!actions(&house.first().await).await.contains(&Action::FirstReview));
    let subject = house.record(id).await.application.dossier().subject.clone();
    assert!(matches!(subject, Subject::Change { items, .. } if matches!(items[0], ChangedItem::Name { .. })));
}

//! Whole ways of an application, through the use cases, on a real database.

use std::sync::atomic::{AtomicUsize, Ordering};

use applications::{
    ApplicationsError, Filters, NewCorrectionItem, NewDraft, NewRefusal, NewStop, PreviewContent, Renderer,
    Sort,
    model::{CorrectionTarget, Delivery, Paper, Person, Rendering, RiskLevel, StageName, UnmetCondition},
    rules::{Action, Due, Light},
};
use async_trait::async_trait;
use kernel::{Actor, KernelError, PageQuery, Problem, Role, ids::ApplicationId};
use matters::PauseCause;
use sea_orm::{ConnectionTrait, Statement};
use time::OffsetDateTime;
use uuid::Uuid;

use super::support::*;

async fn jobs(house: &House, kind: &str) -> i64 {
    let db = house.kernel.db();
    let sql = "SELECT COUNT(*) AS n FROM job WHERE kind = $1";
    let statement = Statement::from_sql_and_values(db.backend(), sql, [kind.into()]);
    db.read()
        .query_one_raw(statement)
        .await
        .unwrap()
        .unwrap()
        .try_get("", "n")
        .unwrap()
}

fn problem(error: ApplicationsError) -> Problem {
    error.into()
}

fn delivery(house: &House) -> Delivery {
    Delivery {
        on: house.today(),
        place: "市政务服务大厅 12 号窗口".into(),
        method: "直接送达".into(),
        recipient: "王安全".into(),
        remark: String::new(),
        by: Person {
            account: None,
            name: String::new(),
        },
        at: house.kernel.now(),
    }
}

#[tokio::test]
async fn from_draft_to_delivery() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let id = house.before_the_leader().await;
    let record = house.record(id).await;
    assert_eq!(record.application.owner().unwrap().name, "测试clerk");
    let granted = apps
        .grant(&house.leader().await, id, "符合全部条件".into(), None)
        .await
        .unwrap();
    assert_eq!(granted.application.state().as_str(), "granted");
    assert_eq!(jobs(&house, applications::ISSUE_JOB).await, 1);
    let grant = apps.granted(id).await.unwrap();
    assert_eq!(grant.scope, ["石灰岩露天开采"]);
    assert_eq!(
        (grant.holder.name.as_str(), grant.demo),
        ("南昌演示采石有限公司", true)
    );
    house.days(1);
    apps.deliver(&house.clerk().await, id, delivery(&house))
        .await
        .unwrap();
    let kinds = house.events(id).await;
    assert_eq!(kinds.first().unwrap(), "application.drafted");
    assert_eq!(kinds.last().unwrap(), "application.delivered");
    assert_eq!(
        i64::try_from(kinds.len()).unwrap(),
        house.record(id).await.version,
        "one event a version"
    );
    let titles: Vec<String> = house
        .record(id)
        .await
        .application
        .dossier()
        .documents
        .iter()
        .map(|document| document.paper.title.clone())
        .collect();
    assert_eq!(
        titles,
        [
            "行政许可申请材料接收凭证",
            "行政许可申请受理通知书",
            "准予行政许可决定书",
            "送达回证"
        ]
    );
}

#[tokio::test]
async fn documents_are_signed_once_and_verify() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let id = house.submitted().await;
    house.work_off().await;
    let record = house.record(id).await;
    let receipt = &record.application.dossier().documents[0];
    let Rendering::Ready { blob, .. } = &receipt.rendering else {
        panic!("not ready")
    };
    let file = house
        .applications
        .document(&house.keeper().await, id, receipt.id)
        .await
        .unwrap();
    assert_eq!(file.sha256, blob.sha256);
    assert!(file.bytes.starts_with(b"%PDF"));
    assert!(
        file.number.starts_with("洪应急许收〔2026〕1号"),
        "{}",
        file.number
    );
    assert_eq!(
        house.events(id).await.last().unwrap(),
        "application.document_ready"
    );
    // Doing the job again changes nothing.
    let version = record.version;
    house.work_off().await;
    assert_eq!(house.record(id).await.version, version);
}

/// Fails the first time, as a timestamp service may.
struct Flaky(press::Press, AtomicUsize);

#[async_trait]
impl Renderer for Flaky {
    async fn render(&self, paper: &Paper, ident: Uuid, at: OffsetDateTime) -> Result<Vec<u8>, String> {
        if self.1.fetch_add(1, Ordering::SeqCst) == 0 {
            return Err("no timestamp".into());
        }
        Renderer::render(&self.0, paper, ident, at).await
    }
    async fn preview(&self, paper: &Paper, ident: Uuid, at: OffsetDateTime) -> Result<Vec<u8>, String> {
        Renderer::preview(&self.0, paper, ident, at).await
    }
}

#[tokio::test]
async fn a_failed_signature_is_made_up_for_without_touching_the_act() {
    let house = House::with("2026-03-02T02:00:00Z", Flaky(press(), AtomicUsize::new(0))).await;
    let id = house.submitted().await;
    house.work_off().await;
    let record = house.record(id).await;
    let before = record.application.dossier().documents[0].clone();
    assert_eq!(before.rendering, Rendering::Pending);
    let refused = house
        .applications
        .document(&house.keeper().await, id, before.id)
        .await
        .unwrap_err();
    assert_eq!(problem(refused).status, 409);
    house.clock.advance(time::Duration::minutes(5));
    house.work_off().await;
    let after = house.record(id).await.application.dossier().documents[0].clone();
    assert!(matches!(after.rendering, Rendering::Ready { .. }));
    assert_eq!(
        after.paper, before.paper,
        "what is signed is what was composed at the act"
    );
}

#[tokio::test]
async fn every_refusal_says_what_to_mend() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let (apps, keeper) = (&house.applications, house.keeper().await);
    let draft = house.draft().await;
    assert_eq!(
        draft.application.dossier().form.content.contact_phone,
        "0791-83881234",
        "prefilled"
    );
    let missing = apps.completeness(&keeper, draft.id).await.unwrap();
    let refused = problem(apps.submit(&keeper, draft.id).await.unwrap_err());
    assert_eq!(
        (refused.status, refused.kind.as_str()),
        (422, "urn:anxu:problem:incomplete")
    );
    assert_eq!(refused.errors.len(), missing.len());
    assert!(
        refused
            .errors
            .iter()
            .any(|e| e.field == "form.truth_declared" && e.message.contains("第三十一条"))
    );
    let material = missing
        .iter()
        .find(|gap| gap.field.starts_with("materials."))
        .unwrap();
    assert!(!material.clauses.is_empty() && material.message.contains("请上传"));
}

#[tokio::test]
async fn uploads_are_judged_by_content_and_size() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let draft = house.draft().await;
    let def = definition();
    let material = def.materials.iter().find(|one| one.upload.is_some()).unwrap();
    let key = material.key.as_str();
    let text = problem(
        house
            .upload(draft.id, key, b"just text, whatever its name")
            .await
            .unwrap_err(),
    );
    assert_eq!((text.status, text.errors[0].field.as_str()), (422, "file"));
    let large = vec![b'x'; material.upload.as_ref().unwrap().max_size_mb as usize * 1_000_000 + 1];
    assert_eq!(
        problem(house.upload(draft.id, key, &large).await.unwrap_err()).status,
        413
    );
    let one = house.upload(draft.id, key, &pdf(1)).await.unwrap();
    let two = house.upload(draft.id, key, &pdf(2)).await.unwrap();
    assert_eq!(
        two.application.dossier().files.len(),
        2,
        "several files a material"
    );
    assert_eq!(
        problem(house.upload(draft.id, key, &pdf(2)).await.unwrap_err()).status,
        422,
        "the same twice"
    );
    let file = one.application.dossier().files[0].id;
    let (_, bytes) = house
        .applications
        .file(&house.keeper().await, draft.id, file)
        .await
        .unwrap();
    assert_eq!(bytes, pdf(1));
    let left = house
        .applications
        .remove_file(&house.keeper().await, draft.id, file)
        .await
        .unwrap();
    assert_eq!(left.application.dossier().files.len(), 1);
    let stranger = house.officer("other", Role::WindowClerk, None).await;
    let second = left.application.dossier().files[0].id;
    let hidden = house
        .applications
        .file(&stranger, draft.id, second)
        .await
        .unwrap_err();
    assert_eq!(problem(hidden).status, 404, "a draft is nobody's business");
}

#[tokio::test]
async fn two_tabs_cannot_overwrite_each_other() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let (apps, keeper) = (&house.applications, house.keeper().await);
    let draft = house.draft().await;
    apps.save_form(&keeper, draft.id, draft.version, form())
        .await
        .unwrap();
    let stale = apps
        .save_form(&keeper, draft.id, draft.version, form())
        .await
        .unwrap_err();
    assert!(matches!(
        stale,
        ApplicationsError::Kernel(KernelError::Stale { .. })
    ));
}

async fn corrected(house: &House, id: ApplicationId) -> String {
    let record = house.record(id).await;
    let key = record.application.dossier().files[0].material.clone();
    let item = NewCorrectionItem {
        target: CorrectionTarget::Material(key.clone()),
        problem: "扫描件模糊，看不清公章".into(),
        requirement: "重新扫描原件".into(),
    };
    house
        .applications
        .correct(&house.clerk().await, id, vec![item])
        .await
        .unwrap();
    key.to_string()
}

#[tokio::test]
async fn a_correction_names_exactly_what_to_mend_and_stops_the_clock() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let (apps, keeper) = (&house.applications, house.keeper().await);
    let id = house.submitted().await;
    house.days(2);
    let key = corrected(&house, id).await;
    let seen = apps.application(&keeper, id).await.unwrap();
    assert_eq!(seen.actions, [Action::Edit, Action::Submit, Action::Withdraw]);
    let missing = apps.completeness(&keeper, id).await.unwrap();
    assert_eq!(
        missing.iter().map(|gap| gap.field.clone()).collect::<Vec<_>>(),
        [format!("materials.{key}")]
    );
    assert_eq!(
        problem(apps.submit(&keeper, id).await.unwrap_err()).status,
        422,
        "nothing is mended yet"
    );
    let other = seen.record.application.dossier().files[1].material.to_string();
    assert_eq!(
        problem(house.upload(id, &other, &pdf(90)).await.unwrap_err()).status,
        422,
        "not asked for"
    );
    assert_eq!(
        problem(apps.save_form(&keeper, id, 99, form()).await.unwrap_err()).status,
        412
    );
    house.days(4);
    house.upload(id, &key, &pdf(91)).await.unwrap();
    apps.submit(&keeper, id).await.unwrap();
    // Four days of correcting are not counted: 45 days from 2 March and four more.
    house
        .applications
        .accept(&house.clerk().await, id, Vec::new())
        .await
        .unwrap();
    let clocks = apps.application(&keeper, id).await.unwrap().clocks;
    let statutory = clocks
        .iter()
        .find(|clock| clock.key == "statutory_review")
        .unwrap();
    assert_eq!(statutory.due_on, Some("2026-04-20".parse().unwrap()));
    assert_eq!(house.state(id).await, "in_review");
    let report = &house.record(id).await.application.case().unwrap().risk.clone();
    assert_eq!(report.level, RiskLevel::High, "a red enterprise");
    assert!(report.lines.iter().all(|line| !line.source.is_empty()));
    assert!(
        report
            .lines
            .iter()
            .any(|line| line.name == "本次申请补正" && line.level == RiskLevel::Attention)
    );
}

#[tokio::test]
async fn the_law_knows_one_notice_only() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let id = house.submitted().await;
    let key = corrected(&house, id).await;
    house.days(1);
    house.upload(id, &key, &pdf(91)).await.unwrap();
    house
        .applications
        .submit(&house.keeper().await, id)
        .await
        .unwrap();
    let item = NewCorrectionItem {
        target: CorrectionTarget::Form,
        problem: "x".into(),
        requirement: "y".into(),
    };
    let second = house
        .applications
        .correct(&house.clerk().await, id, vec![item])
        .await
        .unwrap_err();
    assert_eq!(problem(second).status, 409);
}

#[tokio::test]
async fn an_application_that_is_not_mended_ends() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let id = house.submitted().await;
    corrected(&house, id).await;
    house.days(20);
    house.work_off().await;
    assert_eq!(
        house.state(id).await,
        "correcting",
        "15 working days are not over"
    );
    house.days(5);
    house.work_off().await;
    assert_eq!(house.state(id).await, "withdrawn");
    assert_eq!(
        house.events(id).await.last().unwrap(),
        "application.treated_as_withdrawn"
    );
}

#[tokio::test]
async fn silence_means_accepted_from_the_day_of_receipt() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let id = house.submitted().await;
    house.days(7);
    house.work_off().await;
    assert_eq!(
        house.state(id).await,
        "submitted",
        "the fifth working day is 9 March"
    );
    house.days(1);
    let clerk = house.clerk().await;
    let item = NewCorrectionItem {
        target: CorrectionTarget::Form,
        problem: "x".into(),
        requirement: "y".into(),
    };
    let late = house
        .applications
        .correct(&clerk, id, vec![item])
        .await
        .unwrap_err();
    assert!(matches!(late, ApplicationsError::DeemedAccepted));
    house.work_off().await;
    house.work_off().await;
    let record = house.record(id).await;
    let acceptance = &record.application.case().unwrap().acceptance;
    assert!(acceptance.deemed && acceptance.by.account.is_none());
    assert_eq!(acceptance.accepted_on, "2026-03-02".parse().unwrap());
    let deemed = house
        .events(id)
        .await
        .iter()
        .filter(|kind| *kind == "application.deemed_accepted")
        .count();
    assert_eq!(deemed, 1);
    // Somebody has to own it.
    let owned = house.applications.take_over(&clerk, id).await.unwrap();
    assert_eq!(owned.application.owner().unwrap().name, clerk.name);
}

#[tokio::test]
async fn one_department_is_returned_and_redone_without_touching_the_others() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let id = house.accepted().await;
    for department in &DEPARTMENTS[..6] {
        house.review(id, department, true).await;
    }
    house.days(1);
    let record = house.review(id, "fire", false).await;
    assert_eq!(
        record.application.state().as_str(),
        "first_review",
        "a negative opinion kills nothing"
    );
    apps.give_opinion(
        &house.first().await,
        id,
        StageName::FirstReview,
        false,
        "消防不通过".into(),
    )
    .await
    .unwrap();
    house.days(2);
    let before = house.record(id).await.application.case().unwrap().clone();
    let second = house.second().await;
    let record = apps
        .return_review(&second, id, "fire".parse().unwrap(), "企业已整改，请复核".into())
        .await
        .unwrap();
    let after = record.application.case().unwrap().clone();
    assert_eq!(record.application.state().as_str(), "in_review");
    for (old, new) in before.reviews.iter().zip(&after.reviews) {
        if old.department.as_str() == "fire" {
            assert_eq!((new.round.number, new.is_open(), new.past.len()), (2, true, 1));
        } else {
            assert_eq!(old, new);
        }
    }
    assert_eq!(
        after.superseded.len(),
        1,
        "the opinion on the old result is kept, but void"
    );
    let work = |actor: Actor| async move {
        apps.tasks(&actor, vec![], None, &PageQuery::default())
            .await
            .unwrap()
            .items
            .len()
    };
    assert_eq!(work(house.reviewer("fire").await).await, 1);
    assert_eq!(work(house.reviewer("health").await).await, 0);
    let seen = apps.application(&house.reviewer("fire").await, id).await.unwrap();
    let fire = seen
        .clocks
        .iter()
        .find(|clock| clock.department.as_deref() == Some("fire"))
        .unwrap();
    assert_eq!(fire.started_on, house.today(), "its own new clock");
    let again = apps
        .return_review(&second, id, "fire".parse().unwrap(), "再看".into())
        .await
        .unwrap_err();
    assert_eq!(problem(again).status, 409);
    house.review(id, "fire", true).await;
    assert_eq!(house.state(id).await, "first_review");
    // The first reviewer had an opinion before: that is the same stage, so it may be given anew.
    house.opinions(id).await;
    assert_eq!(house.state(id).await, "deciding");
}

#[tokio::test]
async fn of_two_officers_at_once_exactly_one_decides() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let id = house.before_the_leader().await;
    let one = house.leader().await;
    let two = house.officer("leader2", Role::Approver, Some("emergency")).await;
    let refusal = NewRefusal {
        reason: "安全设施未验收".into(),
        legal_basis: "《安全生产许可证条例》第七条".into(),
        unmet: vec![UnmetCondition {
            condition: definition().conditions[0].key.clone(),
            finding: "未见验收报告".into(),
        }],
    };
    let (granted, refused) = tokio::join!(
        apps.grant(&one, id, "符合".into(), None),
        apps.refuse(&two, id, refusal)
    );
    assert!(granted.is_ok() != refused.is_ok());
    let loser = granted.err().or(refused.err()).unwrap();
    let answer = problem(loser);
    assert_eq!(
        (answer.status, answer.kind.as_str()),
        (409, "urn:anxu:problem:already-decided")
    );
    assert!(answer.detail.unwrap().contains("测试leader"));
    let decided = ["application.granted", "application.refused"];
    let events = house.events(id).await;
    assert_eq!(
        events
            .iter()
            .filter(|kind| decided.contains(&kind.as_str()))
            .count(),
        1
    );
}

#[tokio::test]
async fn the_same_submission_twice_is_one_submission() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let keeper = house.keeper().await;
    let new = || NewDraft::first(MATTER.parse().unwrap());
    apps.draft(&keyed(&keeper, "key-1"), new()).await.unwrap();
    let again = apps.draft(&keyed(&keeper, "key-1"), new()).await.unwrap_err();
    assert!(matches!(
        again,
        ApplicationsError::Kernel(KernelError::AlreadyDone)
    ));
    assert_eq!(problem(again).status, 409);
    let mine = apps
        .list(&keeper, Filters::default(), &PageQuery::default())
        .await
        .unwrap();
    assert_eq!(mine.items.len(), 1);
    let id = house.complete_draft().await;
    let twice = keyed(&keeper, "key-2");
    let (one, two) = tokio::join!(apps.submit(&twice, id), apps.submit(&twice, id));
    assert!(one.is_ok() != two.is_ok());
    assert_eq!(problem(one.err().or(two.err()).unwrap()).status, 409);
    let submitted = house
        .events(id)
        .await
        .iter()
        .filter(|kind| *kind == "application.submitted")
        .count();
    assert_eq!(submitted, 1);
}

#[tokio::test]
async fn nobody_decides_what_he_has_prepared() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let id = house.reviewed().await;
    // The lead department's reviewer also holds the role of the first reviewer elsewhere.
    let scope = kernel::Scope {
        department: Some("emergency".into()),
        ..house.first().await.scope
    };
    let both = Actor {
        roles: vec![Role::FirstReviewer],
        scope,
        ..house.reviewer("emergency").await
    };
    let valid = ("2025-01-01".parse().unwrap(), "2029-12-31".parse().unwrap());
    let account = both.account.unwrap();
    let (number, field, issuer) = ("赣9".into(), "noncoal_mine".into(), "省政府".into());
    house
        .identity
        .add_qualification(&Actor::system("test"), account, number, field, issuer, valid)
        .await
        .unwrap();
    let refused = apps
        .give_opinion(&both, id, StageName::FirstReview, true, "同意".into())
        .await
        .unwrap_err();
    let answer = problem(refused);
    assert_eq!(answer.status, 403);
    assert!(answer.detail.unwrap().contains("部门审查"));
    assert!(
        apps.application(&both, id)
            .await
            .unwrap()
            .actions
            .iter()
            .all(|one| *one != Action::FirstReview)
    );
    let first = house.first().await;
    apps.give_opinion(&first, id, StageName::FirstReview, true, "同意".into())
        .await
        .unwrap();
    let itself = Actor {
        roles: vec![Role::SecondReviewer],
        ..first
    };
    let refused = apps
        .give_opinion(&itself, id, StageName::SecondReview, true, "同意".into())
        .await
        .unwrap_err();
    assert_eq!(problem(refused).status, 403);
    let tasks = apps
        .tasks(&itself, vec![], None, &PageQuery::default())
        .await
        .unwrap();
    assert!(
        tasks.items.is_empty(),
        "work that one may not do is not on one's list"
    );
}

#[tokio::test]
async fn without_a_qualification_nobody_decides() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let id = house.before_the_leader().await;
    house.clock.set(instant("2030-01-02T02:00:00Z"));
    let refused = house
        .applications
        .grant(&house.leader().await, id, "符合".into(), None)
        .await
        .unwrap_err();
    assert_eq!(problem(refused).status, 403);
}

#[tokio::test]
async fn a_stop_is_told_in_writing_and_moves_the_end() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let id = house.accepted().await;
    let clerk = house.clerk().await;
    let stop = |cause, department: Option<&str>| NewStop {
        cause,
        department: department.map(|one| one.parse().unwrap()),
        expected_until: "2026-03-12".parse().unwrap(),
        reason: "需要对排土场边坡进行检测".into(),
    };
    let site_check = apps
        .stop_clock(&clerk, id, stop(PauseCause::SiteCheck, None))
        .await
        .unwrap_err();
    assert_eq!(
        problem(site_check).status,
        422,
        "a site check is not among the lawful causes"
    );
    let fire = house.reviewer("fire").await;
    let whole = apps
        .stop_clock(&fire, id, stop(PauseCause::Testing, None))
        .await
        .unwrap_err();
    assert_eq!(
        problem(whole).status,
        403,
        "a department stops its own clock only"
    );
    apps.stop_clock(&fire, id, stop(PauseCause::Testing, Some("fire")))
        .await
        .unwrap();
    let stopped = apps
        .stop_clock(&clerk, id, stop(PauseCause::Testing, None))
        .await
        .unwrap();
    let paper = &stopped.application.dossier().documents.last().unwrap().paper;
    assert_eq!(paper.title, "行政许可特别程序时间告知书");
    assert!(
        paper.paragraphs[1].contains("自2026年3月3日起，预计至2026年3月12日止，共10日"),
        "{paper:?}"
    );
    let seen = apps.application(&clerk, id).await.unwrap();
    assert_eq!(
        seen.headline.as_ref().unwrap().due,
        Due::Stopped {
            expected: Some("2026-04-26".parse().unwrap())
        }
    );
    house.days(5);
    let whole = stopped.application.intake().unwrap().stops.last().unwrap().id;
    let resumed = apps.resume_clock(&clerk, id, whole).await.unwrap();
    let paper = &resumed.application.dossier().documents.last().unwrap().paper;
    assert_eq!(paper.title, "行政许可恢复计算期限告知书");
    assert!(
        paper.paragraphs[1].contains("共5日") && paper.paragraphs[1].contains("2026年4月21日"),
        "{paper:?}"
    );
    // The department's own stop goes on until it has reviewed.
    let stops = |record: &applications::Record| {
        record
            .application
            .intake()
            .unwrap()
            .stops
            .iter()
            .filter(|stop| stop.last.is_none())
            .count()
    };
    assert_eq!(stops(&resumed), 1);
    assert_eq!(stops(&house.review(id, "fire", true).await), 0);
}

#[tokio::test]
async fn the_head_extends_once_with_reasons() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let id = house.accepted().await;
    let leader = house.leader().await;
    let too_long = apps
        .extend(&leader, id, Some(11), "复杂".into())
        .await
        .unwrap_err();
    assert_eq!(problem(too_long).status, 422);
    assert_eq!(
        problem(apps.extend(&leader, id, None, " ".into()).await.unwrap_err()).status,
        422
    );
    let extended = apps
        .extend(&leader, id, None, "涉及多个生产系统，情况复杂".into())
        .await
        .unwrap();
    let paper = &extended.application.dossier().documents.last().unwrap().paper;
    let fact = |label: &str| {
        paper
            .facts
            .iter()
            .find(|fact| fact.label == label)
            .unwrap()
            .value
            .clone()
    };
    assert_eq!(fact("原期限届满日"), "2026年4月7日");
    assert_eq!(fact("新的期限届满日"), "2026年4月21日");
    assert_eq!(
        problem(apps.extend(&leader, id, None, "再延".into()).await.unwrap_err()).status,
        409
    );
}

#[tokio::test]
async fn a_refusal_is_reasoned_and_names_the_remedies() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let id = house.before_the_leader().await;
    let leader = house.leader().await;
    let empty = NewRefusal {
        reason: String::new(),
        legal_basis: String::new(),
        unmet: Vec::new(),
    };
    let refused = problem(apps.refuse(&leader, id, empty).await.unwrap_err());
    let fields: Vec<_> = refused.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(
        (refused.status, fields),
        (422, vec!["reason", "legal_basis", "unmet"])
    );
    let condition = definition().conditions[0].key.clone();
    let new = NewRefusal {
        reason: "安全设施未经验收".into(),
        legal_basis: "《安全生产许可证条例》第六条、第七条".into(),
        unmet: vec![UnmetCondition {
            condition,
            finding: "未见验收报告".into(),
        }],
    };
    let refused = apps.refuse(&leader, id, new).await.unwrap();
    let paper = &refused.application.dossier().documents.last().unwrap().paper;
    let text = paper.paragraphs.join("\n");
    assert!(
        text.contains("六十日内向南昌市人民政府申请行政复议") && text.contains("六个月内"),
        "{text}"
    );
    assert_eq!(paper.table.as_ref().unwrap().rows.len(), 1);
    assert_eq!(jobs(&house, applications::ISSUE_JOB).await, 0);
    let public = apps.public_decisions(&PageQuery::default()).await.unwrap();
    assert_eq!(
        (public.items.len(), public.items[0].state.as_str()),
        (1, "refused")
    );
}

#[tokio::test]
async fn everyone_sees_what_is_his() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let id = house.accepted().await;
    house.review(id, "fire", true).await;
    let see = |actor: Actor| async move { apps.application(&actor, id).await };
    let housing = house
        .officer("housing", Role::DepartmentReviewer, Some("housing"))
        .await;
    assert_eq!(
        problem(see(housing).await.unwrap_err()).status,
        404,
        "its department reviews nothing here"
    );
    let mut elsewhere = house.clerk().await;
    elsewhere.scope.regions = vec!["3602".into()];
    assert_eq!(problem(see(elsewhere).await.unwrap_err()).status, 404);
    let mut stranger = house.keeper().await;
    stranger.scope.enterprise = Some(Uuid::from_u128(5));
    assert_eq!(problem(see(stranger).await.unwrap_err()).status, 404);
    assert!(
        see(house.reviewer("fire").await).await.is_ok(),
        "also after it has reviewed"
    );
    let own = see(house.keeper().await).await.unwrap();
    assert!(!own.opinions, "internal opinions are hidden before the decision");
    let events = apps.timeline(&house.keeper().await, id, None, 50).await.unwrap();
    let reviewed = events
        .iter()
        .find(|event| event.body.kind == "application.reviewed")
        .unwrap();
    assert_eq!(
        reviewed.body.data,
        serde_json::json!({ "department": "fire" }),
        "progress without outcome"
    );
    assert!(reviewed.body.account.is_none());
}

#[tokio::test]
async fn lists_page_filter_and_sort() {
    let house = &House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let clerk = house.clerk().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(house.submitted().await);
        house.days(1);
    }
    apps.accept(&clerk, ids[1], Vec::new()).await.unwrap();
    let page = PageQuery {
        limit: Some(2),
        cursor: None,
    };
    let first = apps.list(&clerk, Filters::default(), &page).await.unwrap();
    assert_eq!(
        first.items.iter().map(|row| row.id).collect::<Vec<_>>(),
        [ids[2], ids[1]]
    );
    let page = PageQuery {
        limit: Some(2),
        cursor: first.next,
    };
    let rest = apps.list(&clerk, Filters::default(), &page).await.unwrap();
    assert_eq!((rest.items[0].id, rest.items.len(), rest.next), (ids[0], 1, None));
    let by_due = Filters {
        sort: Sort::Due,
        ..Filters::default()
    };
    let urgent = apps.list(&clerk, by_due, &PageQuery::default()).await.unwrap();
    assert_eq!(
        urgent.items.iter().map(|row| row.id).collect::<Vec<_>>(),
        [ids[0], ids[2], ids[1]]
    );
    let count = |filters: Filters| async move {
        apps.list(&house.clerk().await, filters, &PageQuery::default())
            .await
            .unwrap()
            .items
            .len()
    };
    let filtered = |edit: fn(&mut Filters)| {
        let mut filters = Filters::default();
        edit(&mut filters);
        filters
    };
    assert_eq!(count(filtered(|f| f.q = Some("演示采石".into()))).await, 3);
    assert_eq!(count(filtered(|f| f.q = Some("000002".into()))).await, 1);
    assert_eq!(count(filtered(|f| f.q = Some("100%".into()))).await, 0);
    assert_eq!(count(filtered(|f| f.department = Some("fire".into()))).await, 1);
    assert_eq!(count(filtered(|f| f.region = Some("3601".into()))).await, 3);
    assert_eq!(
        count(filtered(|f| f.matter = Some("coal.first_issue".into()))).await,
        0
    );
    assert_eq!(
        count(filtered(|f| f.due_before = Some("2026-03-09".parse().unwrap()))).await,
        1
    );
    let mine = apps
        .tasks(&clerk, vec![], None, &PageQuery::default())
        .await
        .unwrap();
    assert_eq!(
        mine.items.iter().map(|task| task.listed.id).collect::<Vec<_>>(),
        [ids[0], ids[2]]
    );
    let bytes = apps.export(&clerk, Filters::default()).await.unwrap();
    assert!(bytes.starts_with(b"PK"));
}

#[tokio::test]
async fn a_missing_calendar_stops_nobody() {
    let house = House::on("2026-12-24T02:00:00Z").await;
    let apps = &house.applications;
    let id = house.submitted().await;
    let clerk = house.clerk().await;
    let seen = apps.application(&clerk, id).await.unwrap();
    let clock = seen.headline.unwrap();
    assert_eq!(
        (clock.key.as_str(), clock.due_on),
        ("correction", Some("2026-12-31".parse().unwrap()))
    );
    let accepted = apps.accept(&clerk, id, Vec::new()).await.unwrap();
    let seen = apps.application(&clerk, id).await.unwrap();
    let target = seen
        .clocks
        .iter()
        .find(|clock| clock.key == "internal_target")
        .unwrap();
    assert_eq!((target.due_on, target.light), (None, Light::Green));
    assert_eq!(target.due_words, "2027 年放假安排尚未公布，暂无法确定截止日");
    assert_eq!(accepted.application.state().as_str(), "in_review");
    // In the new year without a calendar everything goes on, the days used are just not known.
    house.clock.set(instant("2027-01-20T02:00:00Z"));
    house.review(id, "fire", true).await;
    house.work_off().await;
    assert_eq!(house.state(id).await, "in_review");
    // Nor is anybody's silence taken for acceptance while the fifth day is unknown.
    let other = house.submitted().await;
    house.days(10);
    house.work_off().await;
    assert_eq!(house.state(other).await, "submitted");
}

#[tokio::test]
async fn a_preview_says_that_it_is_one() {
    let house = House::on("2026-03-02T02:00:00Z").await;
    let apps = &house.applications;
    let id = house.before_the_leader().await;
    let leader = house.leader().await;
    let before = house.record(id).await.version;
    let bytes = apps
        .preview(
            &leader,
            id,
            "grant",
            PreviewContent {
                reason: Some("符合条件".into()),
                ..PreviewContent::default()
            },
        )
        .await
        .unwrap();
    assert!(bytes.starts_with(b"%PDF"));
    assert_eq!(house.record(id).await.version, before);
    let none = apps
        .preview(&leader, id, "no_such", PreviewContent::default())
        .await
        .unwrap_err();
    assert_eq!(problem(none).status, 404);
    let applicant = apps
        .preview(&house.keeper().await, id, "grant", PreviewContent::default())
        .await
        .unwrap_err();
    assert_eq!(problem(applicant).status, 404);
}

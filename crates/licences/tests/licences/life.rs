//! What befalls a licence after it was issued: editions, replacement, case files, holding, and what happens by date.

use bytes::Bytes;
use kernel::{
    Actor, Moment, PageQuery, Problem, Role, Scope,
    event::{self, EventFilter},
    ids::{ApplicationId, LicenceId},
};
use licences::{
    Edition, FilingsWanted, Fulfilled, Issued, Licence, LicencesError, NewCase, NewDamage, NewHandover,
    NewService, NewWorkElsewhere, Period, PublicQuery, Purpose, Status,
    model::{
        Amendment, CancellationGround, CaseFile, CaseId, Ending, Event, FilingMatter, Findings, LossOrDamage,
        Measure, RescissionGround, Stage, StatementKind,
    },
};
use matters::Industry;
use time::{
    Duration, OffsetDateTime,
    macros::{date, datetime},
};
use uuid::Uuid;

use crate::app::{App, NOW, grant, old};

/// A file that is taken for a PDF.
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

fn person(role: Role, name: &str) -> Actor {
    Actor {
        name: name.to_owned(),
        ..crate::app::officer(role, "3601")
    }
}

fn inspector() -> Actor {
    person(Role::Inspector, "巡查员甲")
}

fn leader() -> Actor {
    person(Role::Approver, "分管领导乙")
}

fn clerk() -> Actor {
    person(Role::WindowClerk, "窗口丙")
}

fn keeper(licence: &Issued) -> Actor {
    Actor {
        scope: Scope {
            enterprise: Some(licence.facts.enterprise.into()),
            ..Scope::default()
        },
        ..person(Role::EnterpriseManager, "证照管理员丁")
    }
}

impl App {
    /// A grant about a licence, decided at the present instant.
    fn outcome(&self, nth: u128, purpose: Purpose, of: &Issued) -> ApplicationId {
        let mut grant = grant(nth, Industry::Hazchem);
        grant.purpose = purpose;
        grant.enterprise = of.facts.enterprise;
        grant.holder = of.facts.holder.clone();
        grant.scope = of.facts.scope.clone();
        grant.decided_on = self.kernel.now().legal_date();
        grant.validity = of.facts.validity;
        self.grant_of(grant)
    }

    async fn read(&self, id: LicenceId) -> Licence {
        self.licences.licence(&Actor::system("test"), id).await.unwrap()
    }

    async fn status(&self, key: &str) -> licences::PublicLicence {
        self.licences.public_status(key).await.unwrap().unwrap()
    }

    fn forward(&self, by: Duration) {
        let now: OffsetDateTime = kernel::Clock::now(self.clock.as_ref());
        self.move_to(now + by);
    }

    async fn first(&self) -> Issued {
        self.licences
            .issue(self.grant(1, Industry::Hazchem))
            .await
            .unwrap()
    }

    async fn kinds(&self, kind: &str) -> i64 {
        self.value(&format!("SELECT COUNT(*) FROM event WHERE kind = '{kind}'"))
            .await
    }
}

fn problem(error: LicencesError) -> (u16, String) {
    let problem = Problem::from(error);
    (problem.status, problem.detail.unwrap_or_default())
}

#[track_caller]
fn conflict<T: std::fmt::Debug>(outcome: Result<T, LicencesError>, part: &str) {
    let (status, detail) = problem(outcome.unwrap_err());
    assert_eq!(status, 409, "{detail}");
    assert!(detail.contains(part), "{detail}");
}

/// Builds the licence again from its recorded acts and compares it with the stored one.
async fn rebuilt(app: &App, issued: &Issued) {
    let filter = EventFilter {
        subject: Some(("licence".to_owned(), issued.facts.id.into())),
        ..EventFilter::default()
    };
    let mut events = event::find(app.kernel.db(), &filter, None, 1000).await.unwrap();
    events.reverse();
    let mut licence = Licence::Issued(issued.clone());
    for event in events
        .into_iter()
        .filter(|event| event.body.version > issued.facts.version)
    {
        let act: Event = serde_json::from_value(event.body.data["act"].clone()).unwrap();
        assert_eq!(act.kind(), event.body.kind);
        licence = licence.replay(act).unwrap();
        assert_eq!(licence.facts().version, event.body.version);
    }
    assert_eq!(licence, app.read(issued.facts.id).await);
}

#[tokio::test]
async fn a_change_keeps_number_and_last_day() {
    let app = App::new().await;
    let first = app.first().await;
    app.forward(Duration::days(40));
    let purpose = Purpose::Change {
        licence: first.facts.id,
        amendments: vec![Amendment {
            item: "无关".into(),
            from: "甲".into(),
            to: "乙".into(),
        }],
    };
    let mut grant = grant(2, Industry::Hazchem);
    grant.purpose = purpose;
    grant.enterprise = first.facts.enterprise;
    grant.holder = first.facts.holder.clone();
    grant.holder.name = "南昌滕王阁化工有限公司".into();
    grant.holder.legal_representative = "李四光".into();
    grant.decided_on = app.kernel.now().legal_date();
    let application = app.grant_of(grant);
    let changed = app.licences.issue(application).await.unwrap();

    assert_eq!(changed.facts.number, first.facts.number);
    assert_eq!(changed.facts.validity, first.facts.validity);
    assert_eq!(
        (changed.facts.revision, changed.facts.identifier.version()),
        (2, 2)
    );
    let record = changed.facts.record.edition(Edition::Duplicate).unwrap();
    let items: Vec<_> = record
        .changes
        .iter()
        .map(|one| (one.item.as_str(), one.to.as_str()))
        .collect();
    assert_eq!(
        items,
        [("企业名称", "南昌滕王阁化工有限公司"), ("法定代表人", "李四光")]
    );
    // The paper before is still found and is known as past.
    let before = first.certificate.as_ref().unwrap();
    assert_eq!(
        app.licences.of_file(&before.original).await.unwrap(),
        Some(first.facts.id)
    );
    let past = &changed.facts.past[0];
    assert_eq!(past.certificate.as_ref(), Some(before));
    assert_eq!(past.usable_until, Some(date!(2026 - 07 - 15).into()));
    assert_ne!(
        first.fingerprint(Edition::Original).unwrap(),
        changed.fingerprint(Edition::Original).unwrap()
    );
    let number = first.facts.number.to_string();
    let now = app.status(&number).await;
    assert_eq!(
        (now.status, now.status_until),
        (Status::InTransition, Some(date!(2026 - 07 - 15).into()))
    );
    let by = |text: &str| PublicQuery {
        text: Some(text.into()),
        ..PublicQuery::default()
    };
    assert_eq!(
        app.licences
            .search_public(&by("滕王阁"))
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    assert!(
        app.licences
            .search_public(&by("第1化工"))
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let in_transition = PublicQuery {
        status: Some(Status::InTransition),
        ..PublicQuery::default()
    };
    assert_eq!(
        app.licences
            .search_public(&in_transition)
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    app.move_to(datetime!(2026-07-16 08:00 +8));
    assert_eq!(app.status(&number).await.status, Status::Valid);

    // Once, however often the job comes; the old paper is asked back once.
    assert_eq!(app.licences.issue(application).await.unwrap(), changed);
    assert_eq!(app.kinds("licence.revised").await, 1);
    assert_eq!(app.kinds("licence_filing.recalled").await, 1);
    rebuilt(&app, &first).await;
}

#[tokio::test]
async fn a_renewal_joins_the_old_period() {
    let app = App::new().await;
    let first = app.first().await;
    app.move_to(datetime!(2029-03-01 09:00 +8));
    let application = app.outcome(
        2,
        Purpose::Renewal {
            licence: first.facts.id,
            deemed: false,
        },
        &first,
    );
    let renewed = app.licences.issue(application).await.unwrap();
    assert_eq!(
        renewed.facts.validity,
        Period {
            from: date!(2029 - 05 - 06).into(),
            until: date!(2032 - 05 - 05).into(),
        }
    );
    assert_eq!(renewed.facts.in_force_from, first.facts.validity.from);
    let number = first.facts.number.to_string();
    for (day, status) in [
        (datetime!(2029-03-01 09:00 +8), Status::InTransition),
        (datetime!(2029-05-05 23:59:59 +8), Status::InTransition),
        (datetime!(2029-05-06 00:00 +8), Status::Valid),
        (datetime!(2032-05-05 23:59:59 +8), Status::Expiring),
        (datetime!(2032-05-06 00:00 +8), Status::Expired),
    ] {
        app.move_to(day);
        assert_eq!(app.status(&number).await.status, status, "{day}");
    }
    rebuilt(&app, &first).await;
}

#[tokio::test]
async fn a_deemed_renewal_joins_and_one_too_late_is_none() {
    let app = App::new().await;
    let first = app.first().await;
    app.move_to(datetime!(2029-05-06 00:00:03 +8));
    let deemed = Purpose::Renewal {
        licence: first.facts.id,
        deemed: true,
    };
    let renewed = app.licences.issue(app.outcome(2, deemed, &first)).await.unwrap();
    assert_eq!(renewed.facts.validity.from, date!(2029 - 05 - 06).into());
    assert_eq!(renewed.facts.in_force_from, first.facts.validity.from);

    app.move_to(datetime!(2032-05-16 09:00 +8));
    let late = Purpose::Renewal {
        licence: first.facts.id,
        deemed: false,
    };
    let gap = app
        .licences
        .issue(app.outcome(3, late.clone(), &renewed))
        .await
        .unwrap();
    assert_eq!(gap.facts.validity.from, date!(2032 - 05 - 16).into());
    assert_eq!(
        gap.facts.in_force_from,
        date!(2032 - 05 - 16).into(),
        "there was a gap"
    );

    app.move_to(datetime!(2035-08-14 09:00 +8));
    let refused = app.licences.issue(app.outcome(4, late, &gap)).await;
    assert!(matches!(refused, Err(LicencesError::Validity(_))), "{refused:?}");
}

#[tokio::test]
async fn a_lost_licence_is_public_for_three_days_and_then_replaced() {
    let app = App::new().await;
    let first = app.first().await;
    let lost = app
        .licences
        .declare_loss(
            &keeper(&first),
            first.facts.id,
            date!(2026 - 05 - 05).into(),
            "运输途中遗失".into(),
        )
        .await
        .unwrap();
    assert_eq!(lost.notice_until(), Some(date!(2026 - 05 - 09).into()));
    conflict(
        app.licences
            .declare_loss(
                &keeper(&first),
                first.facts.id,
                date!(2026 - 05 - 05).into(),
                "又一次".into(),
            )
            .await,
        "已经办理",
    );
    let public = app
        .licences
        .public_losses(&PageQuery::default())
        .await
        .unwrap()
        .items;
    assert_eq!(public[0].number, first.facts.number.to_string());
    let file = app
        .licences
        .public_file(&public[0].number)
        .await
        .unwrap()
        .unwrap();
    assert!(file.history[0].reason.as_ref().unwrap().contains("遗失"));

    let application = app.outcome(
        2,
        Purpose::Replacement {
            licence: first.facts.id,
            cause: LossOrDamage::Lost,
        },
        &first,
    );
    let waiting = app.licences.fulfil(application).await.unwrap();
    assert_eq!(waiting, Fulfilled::Waiting(date!(2026 - 05 - 09).into()));
    app.move_to(datetime!(2026-05-10 00:00 +8));
    app.workers(1).drain().await.unwrap();
    let new = app.licences.issue(application).await.unwrap();
    assert_eq!(new.facts.number.to_string(), format!("{}-1", first.facts.number));
    assert_eq!(new.facts.validity, first.facts.validity);
    assert_eq!(new.facts.identifier.version(), 2);

    let before = app.status(&first.facts.number.to_string()).await;
    assert_eq!(before.status, Status::Replaced);
    assert_eq!(before.replaced_by, Some(new.facts.number.to_string()));
    assert_eq!(before.status_since, Some(date!(2026 - 05 - 10).into()));
    let code = app.status(&first.facts.holder.code.to_string()).await;
    assert_eq!(
        (code.number, code.status),
        (new.facts.number.to_string(), Status::Valid)
    );
    assert!(
        app.licences
            .public_losses(&PageQuery::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert_eq!(app.kinds("licence.replaced").await, 1);
    rebuilt(&app, &first).await;
}

#[tokio::test]
async fn a_loss_told_by_the_application_alone_is_made_public_first() {
    let app = App::new().await;
    let first = app.first().await;
    let purpose = Purpose::Replacement {
        licence: first.facts.id,
        cause: LossOrDamage::Lost,
    };
    let application = app.outcome(2, purpose, &first);
    for _ in 0..2 {
        let waiting = app.licences.fulfil(application).await.unwrap();
        assert_eq!(waiting, Fulfilled::Waiting(date!(2026 - 05 - 09).into()));
    }
    assert_eq!(
        app.licences
            .public_losses(&PageQuery::default())
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    assert_eq!(app.value("SELECT COUNT(*) FROM job").await, 1);
}

#[tokio::test]
async fn damage_gets_a_stand_in_that_ends_by_itself_and_a_new_paper() {
    let app = App::new().await;
    let first = app.first().await;
    let keeper = keeper(&first);
    let new = |disaster, hours: i64| NewDamage {
        happened_at: app.kernel.now().plus(Duration::hours(-hours)),
        cause: "仓库进水".into(),
        disaster,
    };
    let small = app
        .licences
        .report_damage(&keeper, first.facts.id, new(false, 25))
        .await
        .unwrap();
    assert!(matches!(&small.matter, FilingMatter::Damage(one) if !one.in_time));
    conflict(app.licences.issue_stand_in(&clerk(), small.id, 1).await, "灾害");
    let flood = app
        .licences
        .report_damage(&keeper, first.facts.id, new(true, 2))
        .await
        .unwrap();
    assert!(matches!(&flood.matter, FilingMatter::Damage(one) if one.in_time));
    assert_eq!(flood.due(), Some(date!(2026 - 05 - 08).into()));
    let (flood, stand_in) = app
        .licences
        .issue_stand_in(&clerk(), flood.id, flood.version)
        .await
        .unwrap();
    conflict(
        app.licences
            .issue_stand_in(&clerk(), flood.id, flood.version)
            .await,
        "已经办理",
    );
    app.workers(1).drain().await.unwrap();

    let licence = app.read(stand_in).await;
    let number = licence.facts().number.to_string();
    assert_eq!(number, format!("{}-L1", first.facts.number));
    assert_eq!(
        licence.facts().validity.until,
        date!(2026 - 06 - 04).into(),
        "thirty days, the first counted"
    );
    let record = licence.facts().record.edition(Edition::Original).unwrap();
    assert_eq!(record.mark.as_deref(), Some("应急使用"));
    assert_eq!(app.status(&number).await.status, Status::Temporary);
    let temporary = PublicQuery {
        status: Some(Status::Temporary),
        ..PublicQuery::default()
    };
    assert_eq!(
        app.licences.search_public(&temporary).await.unwrap().items.len(),
        1
    );
    assert_eq!(
        app.licences.counts().await.unwrap()[0].in_force,
        1,
        "a stand-in is not counted"
    );
    let found = app.status(&first.facts.holder.code.to_string()).await;
    assert_eq!(
        found.number,
        first.facts.number.to_string(),
        "by its code the holder's licence is found"
    );

    let purpose = Purpose::Replacement {
        licence: first.facts.id,
        cause: LossOrDamage::Damaged,
    };
    let reprinted = app.licences.issue(app.outcome(2, purpose, &first)).await.unwrap();
    assert_eq!(reprinted.facts.number, first.facts.number);
    assert_eq!(reprinted.facts.revision, 2);
    app.move_to(datetime!(2026-06-05 00:00 +8));
    assert_eq!(app.status(&number).await.status, Status::Expired);
    app.licences.run_day(date!(2026 - 06 - 05).into()).await.unwrap();
    assert_eq!(app.kinds("licence.stand_in_ended").await, 1);
    rebuilt(&app, &first).await;
}

#[tokio::test]
async fn a_deregistered_licence_is_recalled_and_destroyed_by_two_people() {
    let app = App::new().await;
    let first = app.first().await;
    let purpose = Purpose::Deregistration {
        licence: first.facts.id,
        ground: CancellationGround::OtherByLaw,
        reason: "企业停止生产".into(),
    };
    let application = app.outcome(2, purpose, &first);
    app.licences.fulfil(application).await.unwrap();
    app.licences.fulfil(application).await.unwrap();
    let told = app.status(&first.facts.number.to_string()).await;
    assert_eq!(
        (told.status, told.status_reason.as_deref()),
        (Status::Cancelled, Some("企业停止生产"))
    );
    let wanted = FilingsWanted {
        licence: Some(first.facts.id),
        kind: Some("recall".into()),
        open: true,
        ..FilingsWanted::default()
    };
    let recall = app
        .licences
        .filings(&clerk(), &wanted, None, 10)
        .await
        .unwrap()
        .remove(0);
    conflict(
        app.licences.destroy(&clerk(), recall.id, 1, "粉碎".into()).await,
        "尚未收回",
    );
    let recall = app
        .licences
        .take_back(&clerk(), recall.id, 1, "正本1份、副本1份".into())
        .await
        .unwrap();
    let stale = app
        .licences
        .destroy(&clerk(), recall.id, 1, "粉碎".into())
        .await
        .unwrap_err();
    assert_eq!(problem(stale).0, 412);
    let recall = app
        .licences
        .destroy(&clerk(), recall.id, 2, "粉碎".into())
        .await
        .unwrap();
    let alone = Actor {
        roles: vec![Role::Inspector],
        ..clerk()
    };
    conflict(
        app.licences.witness_destruction(&alone, recall.id, 3).await,
        "两人",
    );
    let recall = app
        .licences
        .witness_destruction(&inspector(), recall.id, 3)
        .await
        .unwrap();
    assert_eq!(recall.version, 4);
    rebuilt(&app, &first).await;
}

fn findings() -> Findings {
    Findings {
        facts: "现场检查发现三处重大隐患未整改".into(),
        violated: "《安全生产许可证条例》第十四条第一款".into(),
        legal_basis: "《安全生产许可证条例》第十四条第二款".into(),
        public_reason: "不再具备安全生产条件".into(),
    }
}

fn suspension(from: time::Date, days: i64) -> Measure {
    Measure::Suspension {
        from: from.into(),
        until: (from + Duration::days(days - 1)).into(),
        case: "conditions_lowered".into(),
        conditions: "重大隐患整改并复查合格".into(),
    }
}

fn new_case(measure: Measure) -> NewCase {
    NewCase {
        measure,
        subject: "不再具备安全生产条件".into(),
    }
}

fn service() -> NewService {
    NewService {
        method: "直接送达".into(),
        place: "企业住所".into(),
        recipient: "王某".into(),
        remark: String::new(),
        on: None,
    }
}

impl App {
    /// A case with evidence and findings.
    async fn investigated(&self, licence: LicenceId, measure: Measure) -> CaseFile {
        let case = self
            .licences
            .open_case(&inspector(), licence, new_case(measure.clone()))
            .await
            .unwrap();
        let pdf = Bytes::from_static(PDF);
        let case = self
            .licences
            .add_evidence(
                &inspector(),
                case.id,
                case.version,
                "现场检查记录.pdf",
                "现场情况".into(),
                pdf,
            )
            .await
            .unwrap();
        self.licences
            .find(&inspector(), case.id, case.version, findings(), measure)
            .await
            .unwrap()
    }

    async fn signed(&self, id: CaseId) -> CaseFile {
        self.workers(1).drain().await.unwrap();
        self.licences.case(&Actor::system("test"), id).await.unwrap()
    }

    /// Tells the holder, who waives, and puts it before the leader.
    async fn proposed(&self, case: CaseFile, told: bool) -> CaseFile {
        let licences = &self.licences;
        let mut case = case;
        if told {
            licences
                .give_notice(&inspector(), case.id, case.version)
                .await
                .unwrap();
            case = self.signed(case.id).await;
            let notice = case.file.papers[0].id;
            case = licences
                .serve(&clerk(), case.id, case.version, notice, service())
                .await
                .unwrap();
            let (kind, text) = (StatementKind::Waiver, "放弃陈述申辩".to_owned());
            case = licences
                .record_statement(&inspector(), case.id, case.version, kind, text)
                .await
                .unwrap();
        }
        let opinion = "拟同意".to_owned();
        licences
            .propose(&inspector(), case.id, case.version, opinion)
            .await
            .unwrap()
    }

    async fn decided(&self, licence: LicenceId, measure: Measure, told: bool) -> CaseFile {
        let case = self.investigated(licence, measure).await;
        let case = self.proposed(case, told).await;
        self.licences
            .decide(&leader(), case.id, case.version, true, "同意".into())
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_suspension_goes_its_legal_way() {
    let app = App::new().await;
    let licences = &app.licences;
    let first = app.first().await;
    let id = first.facts.id;
    // The table of periods is kept.
    let short = licences
        .open_case(&inspector(), id, new_case(suspension(date!(2026 - 06 - 01), 10)))
        .await;
    assert_eq!(problem(short.unwrap_err()).0, 422);
    let measure = suspension(date!(2026 - 06 - 01), 60);
    let case = licences
        .open_case(&inspector(), id, new_case(measure.clone()))
        .await
        .unwrap();
    conflict(
        licences
            .open_case(&inspector(), id, new_case(measure.clone()))
            .await,
        "已有一件暂扣案卷在办理",
    );
    // The holder does not know of an investigation; nobody else may look at all.
    let hidden = licences.case(&keeper(&first), case.id).await;
    assert!(matches!(hidden, Err(LicencesError::CaseNotFound)));
    let elsewhere = crate::app::officer(Role::Inspector, "3607");
    assert!(matches!(
        licences.case(&elsewhere, case.id).await,
        Err(LicencesError::CaseNotFound)
    ));

    let no_evidence = licences.propose(&inspector(), case.id, 1, "同意".into()).await;
    conflict(no_evidence, "事先告知");
    let not_a_file = Bytes::from_static(b"plain text");
    let refused = licences
        .add_evidence(&inspector(), case.id, 1, "a.txt", "x".into(), not_a_file)
        .await;
    assert_eq!(problem(refused.unwrap_err()).0, 422);
    licences
        .close_case(&inspector(), case.id, 1, "重新立案".into())
        .await
        .unwrap();

    let case = app.investigated(id, measure).await;
    conflict(
        licences
            .propose(&inspector(), case.id, case.version, "同意".into())
            .await,
        "事先告知",
    );
    let case = licences
        .give_notice(&inspector(), case.id, case.version)
        .await
        .unwrap();
    let notice = case.file.papers[0].clone();
    conflict(
        licences
            .serve(&clerk(), case.id, case.version, notice.id, service())
            .await,
        "正在制作",
    );
    let case = app.signed(case.id).await;
    let text = notice.paper.paragraphs.join("");
    assert!(text.contains("自2026年6月1日起至2026年7月30日止暂扣"), "{text}");
    assert_eq!(
        notice.service_due,
        Some(date!(2026 - 05 - 19).into()),
        "ten working days"
    );
    let case = licences
        .serve(&clerk(), case.id, case.version, notice.id, service())
        .await
        .unwrap();
    conflict(
        licences
            .propose(&inspector(), case.id, case.version, "同意".into())
            .await,
        "期满前不能报批",
    );
    let asked = licences
        .record_statement(
            &inspector(),
            case.id,
            case.version,
            StatementKind::HearingRequest,
            "要求听证".into(),
        )
        .await;
    conflict(asked, "不适用听证");
    app.forward(Duration::days(9));
    let case = licences
        .propose(&inspector(), case.id, case.version, "拟同意".into())
        .await
        .unwrap();
    // Two pairs of eyes.
    let both = Actor {
        roles: vec![Role::Approver],
        ..inspector()
    };
    let alone = licences
        .decide(&both, case.id, case.version, true, "同意".into())
        .await
        .unwrap_err();
    assert_eq!(problem(alone).0, 403);
    let case = licences
        .decide(&leader(), case.id, case.version, false, "补充说明".into())
        .await
        .unwrap();
    assert_eq!(case.file.stage.as_str(), "noticed");
    let case = licences
        .propose(&inspector(), case.id, case.version, "已补充".into())
        .await
        .unwrap();
    let case = licences
        .decide(&leader(), case.id, case.version, true, "同意".into())
        .await
        .unwrap();
    let decision = case.file.papers.last().unwrap().paper.clone();
    assert_eq!(decision.title, "暂扣安全生产许可证决定书");

    // Decided today, in force from the first day of the suspension.
    let number = first.facts.number.to_string();
    assert_eq!(app.status(&number).await.status, Status::Valid);
    app.move_to(datetime!(2026-06-01 00:00 +8));
    let told = app.status(&number).await;
    assert_eq!(told.status, Status::Suspended);
    assert_eq!(
        (told.status_since, told.status_until),
        (
            Some(date!(2026 - 06 - 01).into()),
            Some(date!(2026 - 07 - 30).into())
        )
    );
    assert_eq!(told.status_reason.as_deref(), Some("不再具备安全生产条件"));
    assert_eq!(app.licences.counts().await.unwrap(), [], "not in force");
    app.move_to(datetime!(2026-08-05 09:00 +8));
    assert_eq!(
        app.status(&number).await.status,
        Status::Suspended,
        "it does not lift itself"
    );
    app.licences.run_day(date!(2026 - 07 - 31).into()).await.unwrap();
    assert_eq!(app.kinds("licence.suspension_over").await, 1);

    let conclusion = "重大隐患已经整改".to_owned();
    let lifted = app.decided(id, Measure::Resumption { conclusion }, false).await;
    let paper = &lifted.file.papers.last().unwrap().paper;
    assert!(
        paper.facts.iter().any(|fact| fact.value == decision.number),
        "{paper:?}"
    );
    assert_eq!(app.status(&number).await.status, Status::Valid);
    let signed = app.signed(lifted.id).await;
    let paper = licences
        .paper(&keeper(&first), signed.id, signed.file.papers[0].id)
        .await
        .unwrap();
    assert!(paper.bytes.starts_with(b"%PDF"));
    rebuilt(&app, &first).await;
}

#[tokio::test]
async fn five_endings_have_five_statuses() {
    let withdrawal = Measure::Withdrawal {
        changed: "法律、法规修改".into(),
        compensation: "依法补偿".into(),
    };
    let rescission = Measure::Rescission {
        ground: RescissionGround::Fraud,
    };
    let cancellation = Measure::Cancellation {
        ground: CancellationGround::OrganisationEnded,
    };
    let cases = [
        (Measure::Revocation, Status::Revoked, "licence.revoked", true),
        (rescission, Status::Rescinded, "licence.rescinded", true),
        (withdrawal, Status::Withdrawn, "licence.withdrawn", true),
        (cancellation, Status::Cancelled, "licence.cancelled", false),
    ];
    for (measure, status, kind, told) in cases {
        let app = App::new().await;
        let first = app.first().await;
        let case = app.decided(first.facts.id, measure.clone(), told).await;
        assert!(matches!(case.file.stage, Stage::Decided(_)));
        let number = first.facts.number.to_string();
        let public = app.status(&number).await;
        assert_eq!(public.status, status);
        assert_eq!(public.status_reason.as_deref(), Some("不再具备安全生产条件"));
        assert_eq!(app.kinds(kind).await, 1);
        assert_eq!(app.kinds("licence_filing.recalled").await, 1);
        let again = app
            .licences
            .open_case(&inspector(), first.facts.id, new_case(measure))
            .await;
        assert_eq!(problem(again.unwrap_err()).0, 409);
        // What was taken away is deregistered; the status stays what it is.
        let taken = Measure::Cancellation {
            ground: CancellationGround::PermitTaken,
        };
        if status == Status::Cancelled {
            let again = app
                .licences
                .open_case(&inspector(), first.facts.id, new_case(taken))
                .await;
            assert_eq!(problem(again.unwrap_err()).0, 409);
        } else {
            app.decided(first.facts.id, taken, false).await;
            assert_eq!(app.status(&number).await.status, status);
            assert_eq!(app.kinds("licence.deregistered").await, 1);
            let ended = app.read(first.facts.id).await;
            assert!(matches!(ended, Licence::Ended(one) if one.deregistered.is_some()));
        }
        app.move_to(datetime!(2030-01-01 09:00 +8));
        assert_eq!(
            app.status(&number).await.status,
            status,
            "also after its last day"
        );
        let listed = PublicQuery {
            status: Some(status),
            ..PublicQuery::default()
        };
        assert_eq!(app.licences.search_public(&listed).await.unwrap().items.len(), 1);
        rebuilt(&app, &first).await;
    }
}

#[tokio::test]
async fn the_exit_after_two_years_takes_a_hearing() {
    let app = App::new().await;
    let first = app.first().await;
    let measure = Measure::Cancellation {
        ground: CancellationGround::WithoutStandardisation,
    };
    let case = app.investigated(first.facts.id, measure).await;
    app.licences
        .give_notice(&inspector(), case.id, case.version)
        .await
        .unwrap();
    let case = app.signed(case.id).await;
    let notice = case.file.papers[0].id;
    assert!(
        case.file.papers[0]
            .paper
            .paragraphs
            .iter()
            .any(|text| text.contains("听证"))
    );
    let case = app
        .licences
        .serve(&clerk(), case.id, case.version, notice, service())
        .await
        .unwrap();
    let (kind, text) = (StatementKind::HearingRequest, "要求听证".to_owned());
    let case = app
        .licences
        .record_statement(&inspector(), case.id, case.version, kind, text)
        .await
        .unwrap();
    app.forward(Duration::days(30));
    conflict(
        app.licences
            .propose(&inspector(), case.id, case.version, "同意".into())
            .await,
        "听证举行后",
    );
    let own = app
        .licences
        .record_hearing(
            &inspector(),
            case.id,
            case.version,
            "巡查员甲".into(),
            "记录".into(),
        )
        .await;
    assert_eq!(
        problem(own.unwrap_err()).0,
        422,
        "who investigated does not preside"
    );
    let case = app
        .licences
        .record_hearing(
            &inspector(),
            case.id,
            case.version,
            "法规科长".into(),
            "听证记录".into(),
        )
        .await
        .unwrap();
    let case = app
        .licences
        .propose(&inspector(), case.id, case.version, "同意".into())
        .await
        .unwrap();
    app.licences
        .decide(&leader(), case.id, case.version, true, "同意".into())
        .await
        .unwrap();
    let ended = app.read(first.facts.id).await;
    assert!(matches!(ended, Licence::Ended(one) if matches!(one.ending, Ending::Cancelled(_))));
}

#[tokio::test]
async fn holding_a_licence_month_by_month() {
    let app = App::new().await;
    let first = app.first().await;
    let (id, keeper) = (first.facts.id, keeper(&first));
    let new = NewHandover {
        recipient: "张三丰".into(),
        identity: "法定代表人身份证".into(),
        method: "窗口领取".into(),
        place: "政务服务大厅".into(),
    };
    let handed = app.licences.hand_over(&clerk(), id, new.clone()).await.unwrap();
    conflict(app.licences.hand_over(&clerk(), id, new).await, "已经办理");
    assert_eq!(
        handed.due(),
        Some(date!(2026 - 05 - 19).into()),
        "ten working days"
    );
    let posted = app
        .licences
        .confirm_posting(&keeper, handed.id, 1, "办公楼大厅".into())
        .await
        .unwrap();
    assert_eq!(posted.due(), None);

    app.move_to(datetime!(2026-06-10 09:00 +8));
    let check = app
        .licences
        .self_check(&keeper, id, false, "边角破损".into())
        .await
        .unwrap();
    conflict(
        app.licences.self_check(&keeper, id, true, String::new()).await,
        "已经办理",
    );
    assert_eq!(check.due(), Some(date!(2026 - 06 - 12).into()), "48 hours");
    let elsewhere = NewWorkElsewhere {
        region: "360702".parse().unwrap(),
        place: "赣州开发区".into(),
        project: "储罐检修".into(),
        responsible: "赵勇".into(),
        from: date!(2026 - 06 - 15).into(),
        until: date!(2026 - 06 - 30).into(),
    };
    let beyond = NewWorkElsewhere {
        until: date!(2029 - 06 - 30).into(),
        ..elsewhere.clone()
    };
    assert_eq!(
        problem(
            app.licences
                .file_work_elsewhere(&keeper, id, beyond)
                .await
                .unwrap_err()
        )
        .0,
        422
    );
    let work = app
        .licences
        .file_work_elsewhere(&keeper, id, elsewhere)
        .await
        .unwrap();
    assert_eq!(work.due(), Some(date!(2026 - 07 - 30).into()));
    let used = app
        .licences
        .file_emergency_use(&keeper, id, date!(2026 - 06 - 10).into(), "抢险".into())
        .await
        .unwrap();
    assert_eq!(used.due(), Some(date!(2026 - 06 - 13).into()));
    let used = app
        .licences
        .report(&keeper, used.id, 1, "抢险结束".into())
        .await
        .unwrap();
    conflict(
        app.licences.report(&keeper, used.id, 2, "再报".into()).await,
        "已经办理",
    );

    app.move_to(datetime!(2026-08-03 09:00 +8));
    let duties = app
        .licences
        .licence_duties(
            &keeper,
            id,
            date!(2026 - 05 - 01).into(),
            date!(2026 - 12 - 31).into(),
        )
        .await
        .unwrap();
    let brief: Vec<_> = duties
        .iter()
        .map(|duty| {
            let state = serde_json::to_value(duty.state).unwrap();
            format!("{} {} {}", duty.due, duty.key, state.as_str().unwrap())
        })
        .collect();
    assert_eq!(
        brief,
        [
            "2026-05-19 posting done",
            "2026-06-12 exchange missed",
            "2026-06-13 emergency_use_report done",
            "2026-06-30 self_check done",
            "2026-07-30 work_elsewhere_report missed",
            "2026-07-31 self_check missed",
            "2026-08-31 self_check due",
            "2026-09-30 self_check due",
            "2026-10-31 self_check due",
            "2026-11-30 self_check due",
            "2026-12-31 annual_review due",
            "2026-12-31 self_check due",
        ]
    );
    for day in [
        date!(2026 - 06 - 13),
        date!(2026 - 07 - 31),
        date!(2026 - 07 - 31),
    ] {
        app.licences.run_day(day.into()).await.unwrap();
    }
    assert_eq!(app.kinds("licence_filing.missed").await, 2, "told once each");
    let all = app.licences.duties(
        &keeper,
        first.facts.enterprise,
        date!(2026 - 05 - 01).into(),
        date!(2026 - 12 - 31).into(),
    );
    assert_eq!(all.await.unwrap(), duties);
    // The last month's check is due while the licence is held, not at the end of the month.
    let until = app
        .licences
        .licence(&keeper, id)
        .await
        .unwrap()
        .facts()
        .validity
        .until;
    assert_eq!(
        until.0.month(),
        until.0.next_day().unwrap().month(),
        "within a month"
    );
    let last = app
        .licences
        .licence_duties(&keeper, id, until, (until.0 + time::Duration::days(40)).into());
    let last = last.await.unwrap();
    let checks: Vec<_> = last
        .iter()
        .filter(|duty| duty.key == "self_check")
        .map(|duty| duty.due)
        .collect();
    assert_eq!(checks, [until]);
    let backwards = app
        .licences
        .licence_duties(
            &keeper,
            id,
            date!(2026 - 05 - 02).into(),
            date!(2026 - 05 - 01).into(),
        )
        .await;
    assert_eq!(problem(backwards.unwrap_err()).0, 422);
}

#[tokio::test]
async fn what_was_owed_before_a_takeover_is_not_missed_here() {
    let app = App::new().await;
    let taken = old(1, "(赣)WH安许证字[2024]000001", date!(2024 - 06 - 01));
    let ids = app
        .licences
        .issue_many_directly(&crate::app::administrator(), vec![taken])
        .await
        .unwrap();
    let duties = app
        .licences
        .licence_duties(
            &clerk(),
            ids[0],
            date!(2024 - 06 - 01).into(),
            date!(2026 - 08 - 31).into(),
        )
        .await
        .unwrap();
    let brief: Vec<_> = duties
        .iter()
        .map(|duty| format!("{} {}", duty.due, duty.key))
        .collect();
    assert_eq!(
        brief,
        [
            "2026-06-30 self_check",
            "2026-07-31 self_check",
            "2026-08-31 self_check"
        ]
    );
    let reviews = app
        .licences
        .licence_duties(
            &clerk(),
            ids[0],
            date!(2024 - 06 - 01).into(),
            date!(2026 - 12 - 31).into(),
        )
        .await
        .unwrap();
    let reviews: Vec<_> = reviews
        .iter()
        .filter(|duty| duty.key == "annual_review")
        .map(|duty| duty.title.as_str())
        .collect();
    assert_eq!(reviews, ["2026年度复核"]);
}

#[tokio::test]
async fn an_annual_review_is_a_line_on_the_duplicate() {
    let app = App::new().await;
    let first = app.first().await;
    app.move_to(datetime!(2026-12-10 09:00 +8));
    let review = |year, result: &str| {
        let (licences, result) = (app.licences.clone(), result.to_owned());
        async move {
            licences
                .review_year(&inspector(), first.facts.id, year, result, "材料齐全".into())
                .await
        }
    };
    assert_eq!(problem(review(2027, "合格").await.unwrap_err()).0, 422);
    review(2026, "合格").await.unwrap();
    app.workers(1).drain().await.unwrap();
    let Licence::Issued(reviewed) = app.read(first.facts.id).await else {
        panic!("issued");
    };
    assert_eq!(reviewed.facts.revision, 2);
    let record = reviewed.facts.record.edition(Edition::Duplicate).unwrap();
    assert_eq!(
        (
            record.annual_reviews[0].year,
            record.annual_reviews[0].result.as_str()
        ),
        (2026, "合格")
    );
    conflict(review(2026, "合格").await, "已经办理");
    assert_eq!(
        app.status(&first.facts.number.to_string()).await.status,
        Status::Valid
    );
}

#[tokio::test]
async fn reminders_and_expiry_are_told_once() {
    let app = App::new().await;
    let first = app.first().await;
    let many = (1..=1200).map(|n| {
        old(
            n + 10,
            &format!("(赣)WH安许证字[2025]{n:06}"),
            date!(2026 - 05 - 06),
        )
    });
    for chunk in many.collect::<Vec<_>>().chunks(1000) {
        app.licences
            .issue_many_directly(&crate::app::administrator(), chunk.to_vec())
            .await
            .unwrap();
    }
    // Taken over with 1,095 days: they end with the first on 2029-05-05, or a day earlier.
    let last = app
        .value("SELECT COUNT(*) FROM licence WHERE valid_until = '2029-05-05'")
        .await;
    for days in [90_i64, 60, 30, 7] {
        let day = date!(2029 - 05 - 05) - Duration::days(days);
        for _ in 0..2 {
            app.licences.run_day(day.into()).await.unwrap();
        }
        let told = app.kinds("licence.expiry_reminder").await;
        assert!(told >= last, "{told}");
    }
    let before = app.kinds("licence.expiry_reminder").await;
    app.licences.run_day(date!(2029 - 04 - 20).into()).await.unwrap();
    assert_eq!(
        app.kinds("licence.expiry_reminder").await,
        before,
        "on no other day"
    );
    let told = app.licences.run_day(date!(2029 - 05 - 06).into()).await.unwrap();
    assert_eq!(i64::try_from(told).unwrap(), last);
    assert_eq!(
        app.licences.run_day(date!(2029 - 05 - 06).into()).await.unwrap(),
        0
    );
    assert_eq!(app.kinds("licence.expired").await, last);
    let own = format!(
        "SELECT COUNT(*) FROM event WHERE kind = 'licence.expiry_reminder' AND enterprise = X'{}'",
        hex(first.facts.enterprise.0)
    );
    assert_eq!(app.value(&own).await, 4);
}

fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

#[tokio::test]
async fn what_an_enterprise_may_not_do() {
    let app = App::new().await;
    let first = app.first().await;
    let (id, stranger) = (first.facts.id, {
        let mut other = keeper(&first);
        other.scope.enterprise = Some(Uuid::from_u128(99));
        other
    });
    let missing = app.licences.self_check(&stranger, id, true, String::new()).await;
    assert!(matches!(missing, Err(LicencesError::NotFound)));
    let own = keeper(&first);
    let forbidden = app
        .licences
        .open_case(&own, id, new_case(Measure::Revocation))
        .await;
    assert!(matches!(forbidden, Err(LicencesError::Forbidden(_))));
    let future = NewDamage {
        happened_at: Moment::from(NOW + Duration::days(1)),
        cause: "火灾".into(),
        disaster: true,
    };
    assert_eq!(
        problem(app.licences.report_damage(&own, id, future).await.unwrap_err()).0,
        422
    );
}

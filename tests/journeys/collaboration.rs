//! Collaboration across departments: the ledger, letters that write themselves, meetings, referrals.

use std::{collections::BTreeSet, io::Cursor};

use calamine::{Reader, Xlsx};
use futures::future::join;
use journeys::{Engine, TestApp, city, on_both};
use kernel::{Role, Scope};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// So many applications in review, each by an enterprise of its own; the departments have fifteen working days.
async fn in_review(app: &TestApp, count: u32) -> Vec<String> {
    app.staff("emergency", &city::DEPARTMENTS).await;
    let mut ids = Vec::new();
    for number in 1..=count {
        let enterprise = app.enterprise(&format!("南昌第{number}采石厂"), number).await;
        let login = format!("keeper{number}");
        app.of_enterprise(&login, Role::EnterpriseManager, enterprise)
            .await;
        let id = app.submitted(&login, city::MATTER).await;
        app.act(
            "clerk",
            &format!("/api/v1/applications/{id}/acceptances"),
            json!({}),
        )
        .await;
        ids.push(id);
    }
    app.run_jobs().await;
    ids
}

async fn items(app: &TestApp, login: &str, path: &str) -> Vec<Value> {
    let (status, page) = app.as_(login).await.get(path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {page}");
    page["items"].as_array().unwrap().clone()
}

/// The last day of the fire department for an application.
async fn fire_due(app: &TestApp) -> time::Date {
    let rows = items(app, "clerk", "/api/v1/ledger?department=fire").await;
    let due: kernel::LegalDate = rows[0]["due_on"].as_str().unwrap().parse().unwrap();
    due.0
}

/// Noon of a day.
fn noon(day: time::Date) -> String {
    format!("{}T04:00:00Z", kernel::LegalDate(day))
}

/// The day so many working days later; nothing but weekends lies in the weeks of these tests.
fn working_days_later(mut day: time::Date, count: u32) -> time::Date {
    for _ in 0..count {
        day = day.next_day().unwrap();
        while matches!(day.weekday(), time::Weekday::Saturday | time::Weekday::Sunday) {
            day = day.next_day().unwrap();
        }
    }
    day
}

on_both! {
    async fn the_ledger_shows_who_holds_what(app) {
        let ids = in_review(&app, 2).await;
        let draft = app.enterprise("南昌待补正厂", 90).await;
        app.of_enterprise("keeper90", Role::EnterpriseManager, draft).await;
        let submitted = app.submitted("keeper90", city::MATTER).await;
        let rows = items(&app, "rev.fire", "/api/v1/ledger?limit=100").await;
        assert_eq!(rows.len(), 2 * city::DEPARTMENTS.len() + 1, "every department of both, and the window's of the third");
        let first = &rows[0];
        assert_eq!((&first["application"], &first["task"], &first["light"]), (&json!(submitted), &json!("受理或者告知补正"), &json!("green")), "most urgent first");
        assert_eq!(first["region_name"], "东湖区");
        assert_eq!((&first["holder"], &first["left_days"]), (&json!("市应急局"), &json!(7)), "{first}");
        let own = items(&app, "clerk", "/api/v1/ledger?department=fire").await;
        assert_eq!(own.len(), 2);
        assert!(own.iter().all(|row| row["holder"] == "市消防支队" && ids.contains(&row["application"].as_str().unwrap().to_owned())));

        // Pages by key, in both orders, without gap or repetition.
        for sort in ["due", "since"] {
            let (mut seen, mut cursor, clerk) = (Vec::new(), String::new(), app.as_("clerk").await);
            loop {
                let (_, page) = clerk.get(&format!("/api/v1/ledger?limit=4&sort={sort}{cursor}")).await;
                seen.extend(page["items"].as_array().unwrap().iter().map(|row| (row["application"].to_string(), row["department"].to_string())));
                let Some(next) = page["next"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            let different: BTreeSet<_> = seen.iter().collect();
            assert_eq!((seen.len(), different.len()), (rows.len(), rows.len()), "{sort}");
        }
        for (filter, count) in [("kind=accept", 1), ("kind=review&department=health", 2), ("q=第2采石", 7), ("region=360102", 15),
            ("region=360103", 0), ("light=red", 0), ("industry=noncoal_mine", 15), ("industry=hazchem", 0)] {
            assert_eq!(items(&app, "clerk", &format!("/api/v1/ledger?limit=100&{filter}")).await.len(), count, "{filter}");
        }
        assert_eq!(app.as_("clerk").await.get("/api/v1/ledger?light=blue").await.0, StatusCode::BAD_REQUEST);
        assert_eq!(app.as_("keeper90").await.get("/api/v1/ledger").await.0, StatusCode::FORBIDDEN);
        let elsewhere = Scope { regions: vec!["3602".into()], ..Scope::default() };
        app.account("elsewhere", &[Role::Approver], elsewhere).await;
        assert_eq!(items(&app, "elsewhere", "/api/v1/ledger").await, Vec::<Value>::new());

        let (status, book) = app.as_("clerk").await.bytes("/api/v1/ledger.xlsx").await;
        assert_eq!(status, StatusCode::OK);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book)).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        assert_eq!(sheet.height(), rows.len() + 1);
        assert_eq!(sheet.get_value((0, 0)).unwrap().to_string(), "受理编号");
        assert_eq!(sheet.get_value((1, 3)).unwrap().to_string(), "东湖区");
        let (_, summary) = app.as_("clerk").await.get("/api/v1/ledger/summary").await;
        let fire = summary["items"].as_array().unwrap().iter().find(|one| one["department"] == "fire").unwrap();
        assert_eq!((&fire["green"], &fire["yellow"], &fire["red"]), (&json!(2), &json!(0), &json!(0)), "{summary}");
    }

    async fn lights_are_those_of_the_work_lists(app) {
        in_review(&app, 1).await;
        let due = fire_due(&app).await;
        let mut lights = Vec::new();
        let mut day = app.today().0;
        while day <= due.next_day().unwrap() {
            app.set_clock(&noon(day));
            let row = items(&app, "rev.fire", "/api/v1/ledger?department=fire").await.remove(0);
            let task = items(&app, "rev.fire", "/api/v1/application-tasks").await.remove(0);
            assert_eq!(row["light"], task["clock"]["light"], "{day}: {task}");
            let light = row["light"].as_str().unwrap().to_owned();
            for other in ["green", "yellow", "red"] {
                let found = items(&app, "rev.fire", &format!("/api/v1/ledger?department=fire&light={other}")).await;
                assert_eq!(found.len(), usize::from(other == light), "{day} {other}");
            }
            lights.push(light);
            day = day.next_day().unwrap();
        }
        lights.dedup();
        assert_eq!(lights, ["green", "yellow", "red"]);
    }

    async fn a_late_department_gets_its_letters_and_then_the_committee(app) {
        let ids = in_review(&app, 1).await;
        for department in city::DEPARTMENTS.iter().filter(|one| **one != "fire") {
            app.review(department, &ids[0]).await;
        }
        let due = fire_due(&app).await;
        let letters = "SELECT count(*) FROM reminder_letter";
        app.set_clock(&noon(due));
        app.run_jobs().await;
        assert_eq!(app.count(letters).await, 0, "the last day is in time");

        // Late by one working day: one letter, however often anybody looks that day and the next.
        let late = working_days_later(due, 1);
        for day in [late, late, working_days_later(due, 2)] {
            app.set_clock(&noon(day));
            app.run_jobs().await;
            app.run_jobs().await;
            assert_eq!(app.count(letters).await, 1, "{day}");
        }
        let letter = items(&app, "rev.fire", "/api/v1/reminder-letters?addressee=fire&waiting=true").await.remove(0);
        assert_eq!((&letter["kind"], &letter["step"], &letter["late_days"]), (&json!("reminder"), &json!(1), &json!(1)));
        assert_eq!(letter["number"], "洪应急许提〔2026〕1号");
        assert_eq!(letter["allowed_actions"], json!(["receive"]));
        let of_others = items(&app, "rev.health", "/api/v1/reminder-letters").await.remove(0);
        assert_eq!(of_others["allowed_actions"], json!([]), "another department's");
        let text = letter["paragraphs"].to_string();
        assert!(text.contains("南昌第1采石厂") && text.contains("逾期1个工作日"), "{text}");
        let path = format!("/api/v1/reminder-letters/{}", letter["id"].as_str().unwrap());
        let (status, pdf) = app.as_("rev.fire").await.bytes(&format!("{path}/file")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(pdf.starts_with(b"%PDF") && pdf.windows(10).any(|part| part == b"/ByteRange"), "signed");
        let told = items(&app, "rev.fire", "/api/v1/notices?topic=collaboration").await;
        assert_eq!(told.len(), 1);
        assert!(told[0]["text"].as_str().unwrap().contains("洪应急许提〔2026〕1号"), "{}", told[0]);
        assert_eq!(items(&app, "rev.health", "/api/v1/notices?topic=collaboration").await.len(), 0);
        let row = items(&app, "clerk", "/api/v1/ledger?department=fire").await.remove(0);
        assert_eq!(row["letters"][0]["number"], letter["number"]);

        // Receipt by the department itself, once.
        let (status, problem) = app.as_("rev.health").await.post(&format!("{path}/receipts"), json!({})).await;
        assert_eq!((status, &problem["type"]), (StatusCode::CONFLICT, &json!("urn:anxu:problem:other-department")));
        let received = app.act("rev.fire", &format!("{path}/receipts"), json!({})).await;
        assert_eq!((&received["received"]["name"], &received["allowed_actions"]), (&json!("测试rev.fire"), &json!([])));
        assert_eq!(app.as_("rev.fire").await.post(&format!("{path}/receipts"), json!({})).await.0, StatusCode::CONFLICT);

        // The second step, then a stop of weeks: one letter to the committee, which says how late it is.
        app.set_clock(&noon(working_days_later(due, 3)));
        app.run_jobs().await;
        assert_eq!(app.count(letters).await, 2);
        app.set_clock(&noon(working_days_later(due, 8)));
        app.run_jobs().await;
        let all = items(&app, "clerk", "/api/v1/reminder-letters").await;
        let steps: Vec<_> = all.iter().map(|one| (one["step"].as_i64().unwrap(), one["kind"].as_str().unwrap())).collect();
        assert_eq!(steps, [(3, "escalation"), (2, "reminder"), (1, "reminder")]);
        assert_eq!((&all[0]["late_days"], &all[0]["addressee"]["name"]), (&json!(8), &json!("南昌市安全生产委员会办公室")));
        assert_eq!(items(&app, "leader", "/api/v1/notices?topic=collaboration").await.len(), 1, "the head of the office is told");
        assert_eq!(items(&app, "clerk", "/api/v1/notices?topic=collaboration").await.len(), 0, "not everybody of it");

        // Once it is done there are no more.
        app.review("fire", &ids[0]).await;
        app.set_clock(&noon(working_days_later(due, 20)));
        app.run_jobs().await;
        let fire = items(&app, "clerk", "/api/v1/reminder-letters?department=fire").await;
        assert_eq!(fire.len(), 3);
        assert_eq!(app.jobs_dead().await, 0);
        app.seal().await;
        assert_eq!(app.audit().await, Vec::<String>::new());
    }

    async fn a_clock_that_stands_still_is_not_late(app) {
        let ids = in_review(&app, 1).await;
        for department in city::DEPARTMENTS.iter().filter(|one| **one != "fire") {
            app.review(department, &ids[0]).await;
        }
        let due = fire_due(&app).await;
        let letters = "SELECT count(*) FROM reminder_letter";
        app.set_clock(&noon(working_days_later(due, 1)));
        app.run_jobs().await;
        assert_eq!(app.count(letters).await, 1, "late before it stopped");
        let path = format!("/api/v1/applications/{}/clock-stops", ids[0]);
        let until = kernel::LegalDate(working_days_later(due, 12)).to_string();
        let stop = json!({ "cause": "testing", "expected_until": until, "reason": "需要检测" });
        let view = app.act("clerk", &path, stop).await;
        let stop = view["stops"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
        let row = items(&app, "clerk", "/api/v1/ledger?department=fire").await.remove(0);
        assert_eq!(row["held"], true, "{row}");
        app.set_clock(&noon(working_days_later(due, 9)));
        app.run_jobs().await;
        assert_eq!(app.count(letters).await, 1, "nothing while it stands still");
        let late = items(&app, "clerk", "/api/v1/ledger?department=fire").await.remove(0)["left_days"].clone();
        assert_eq!(late, row["left_days"], "as on the day of the stop");
        // It goes on: two working days late by its own count, and three on the next.
        app.act("clerk", &format!("{path}/{stop}/resumptions"), json!({})).await;
        app.set_clock(&noon(working_days_later(due, 10)));
        app.run_jobs().await;
        assert_eq!(app.count(letters).await, 1, "weeks by the calendar, two days by the clock");
        app.set_clock(&noon(working_days_later(due, 12)));
        app.run_jobs().await;
        assert_eq!(app.count(letters).await, 2);
    }

    async fn two_processes_write_each_letter_once(app) {
        in_review(&app, 3).await;
        let due = fire_due(&app).await;
        let other = app.another().await;
        app.set_clock(&noon(working_days_later(due, 1)));
        let (one, two) = join(app.platform.workers().drain(), other.workers().drain()).await;
        one.unwrap();
        two.unwrap();
        app.run_jobs().await;
        let late = 3 * city::DEPARTMENTS.len();
        let letters = items(&app, "clerk", "/api/v1/reminder-letters?limit=100").await;
        let numbers: BTreeSet<_> = letters.iter().map(|one| one["number"].to_string()).collect();
        assert_eq!((letters.len(), numbers.len()), (late, late));
        let given = app.count("SELECT count(*) FROM number_given WHERE subject_type = 'reminder_letter'").await;
        assert_eq!(given, i64::try_from(late).unwrap(), "no number is lost");
        assert_eq!(app.jobs_dead().await, 0);
    }

    async fn what_a_meeting_found_is_followed_to_its_end(app) {
        in_review(&app, 0).await;
        app.officer_of("leader2", Role::Approver, "emergency").await;
        let meeting = json!({ "title": "一季度联席会议", "held_on": "2026-03-02", "place": "市应急局三楼",
            "departments": ["emergency", "fire"], "summary": "会议研究了消防通道问题。",
            "problems": [{ "problem": "消防通道堵塞", "requirement": "清理并划线", "department": "fire", "due_on": "2026-03-10" }] });
        let mut wrong = meeting.clone();
        wrong["problems"][0]["department"] = json!("nobody");
        let (status, problem) = app.as_("leader").await.post("/api/v1/joint-meetings", wrong).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("problems[0].department")));
        assert_eq!(app.as_("clerk").await.post("/api/v1/joint-meetings", meeting.clone()).await.0, StatusCode::FORBIDDEN);
        let held = app.act("leader", "/api/v1/joint-meetings", meeting).await;
        let id = held["problems"][0]["id"].as_str().unwrap().to_owned();
        app.run_jobs().await;
        assert_eq!(items(&app, "rev.fire", "/api/v1/notices?topic=collaboration").await[0]["title"], "整改事项：消防通道堵塞，3月10日前完成");
        let path = format!("/api/v1/rectifications/{id}");
        let may = async |login: &str| {
            let found = items(&app, login, "/api/v1/rectifications?convener=emergency").await.remove(0);
            assert_eq!(found["meeting_title"], "一季度联席会议");
            found["allowed_actions"].clone()
        };
        assert_eq!((may("rev.fire").await, may("leader").await, may("rev.health").await), (json!(["report"]), json!([]), json!([])));
        assert_eq!(items(&app, "leader", "/api/v1/rectifications?convener=fire").await, Vec::<Value>::new());
        let conflict = async |login: &str, act: &str, body: Value| {
            let (status, problem) = app.as_(login).await.post(&format!("{path}/{act}"), body).await;
            assert_eq!(status, StatusCode::CONFLICT, "{login} {act}: {problem}");
            problem["type"].as_str().unwrap().strip_prefix("urn:anxu:problem:").unwrap().to_owned()
        };
        let mended = || json!({ "mended": true, "text": "现场核查属实" });
        assert_eq!(conflict("leader", "closures", mended()).await, "not-now");
        assert_eq!(conflict("rev.health", "reports", json!({ "text": "x" })).await, "other-department");
        app.act("rev.fire", &format!("{path}/reports"), json!({ "text": "已清理" })).await;
        assert_eq!((may("rev.fire").await, may("leader").await, may("clerk").await), (json!([]), json!(["close"]), json!([])));
        app.run_jobs().await;
        assert_eq!(items(&app, "leader", "/api/v1/notices?topic=collaboration").await[0]["title"], "待核销：消防通道堵塞");
        assert_eq!(items(&app, "clerk", "/api/v1/notices?topic=collaboration").await.len(), 0, "who does not close is not told");
        let back = app.act("leader", &format!("{path}/closures"), json!({ "mended": false, "text": "未划线" })).await;
        app.run_jobs().await;
        let told = items(&app, "rev.fire", "/api/v1/notices?topic=collaboration").await;
        assert!(told.iter().any(|one| one["title"] == "整改退回：消防通道堵塞"), "{told:?}");
        assert_eq!((&back["state"], &back["allowed_actions"], &back["meeting_title"]), (&json!("open"), &json!([]), &json!("一季度联席会议")));

        // Overdue: told once, and visible.
        app.set_clock("2026-03-11T04:00:00Z");
        app.run_jobs().await;
        app.run_jobs().await;
        let overdue = items(&app, "leader", "/api/v1/rectifications?overdue=true").await;
        assert_eq!((overdue.len(), &overdue[0]["late"]), (1, &json!(true)));
        let titles = items(&app, "rev.fire", "/api/v1/notices?topic=collaboration").await;
        assert_eq!(titles.iter().filter(|one| one["title"] == "整改事项逾期：消防通道堵塞").count(), 1);

        app.act("rev.fire", &format!("{path}/reports"), json!({ "text": "已划线" })).await;
        assert_eq!(conflict("rev.fire", "reports", json!({ "text": "再报" })).await, "not-now");
        let closed = app.act("leader2", &format!("{path}/closures"), mended()).await;
        assert_eq!((&closed["state"], &closed["late"], closed["rounds"].as_array().unwrap().len()), (&json!("closed"), &json!(true), 2));
        assert_eq!(conflict("leader", "closures", mended()).await, "not-now");
        assert_eq!(items(&app, "leader", "/api/v1/rectifications?overdue=true").await.len(), 0);
        assert_eq!(items(&app, "leader", "/api/v1/joint-meetings").await.len(), 1);
        app.seal().await;
        assert_eq!(app.audit().await, Vec::<String>::new());
    }

    async fn who_reports_does_not_close(app) {
        in_review(&app, 0).await;
        let meeting = json!({ "title": "会议", "held_on": "2026-03-02", "place": "局", "departments": ["emergency", "fire"],
            "summary": "纪要", "problems": [{ "problem": "台账不全", "requirement": "补齐", "department": "emergency", "due_on": "2026-03-10" }] });
        let held = app.act("leader", "/api/v1/joint-meetings", meeting).await;
        let path = format!("/api/v1/rectifications/{}", held["problems"][0]["id"].as_str().unwrap());
        app.act("leader", &format!("{path}/reports"), json!({ "text": "已补齐" })).await;
        let seen = app.as_("leader").await.get(&path).await.1;
        assert_eq!(seen["allowed_actions"], json!([]), "not by the one who reported");
        let body = json!({ "mended": true, "text": "属实" });
        let (status, problem) = app.as_("leader").await.post(&format!("{path}/closures"), body.clone()).await;
        assert_eq!((status, &problem["type"]), (StatusCode::CONFLICT, &json!("urn:anxu:problem:same-person")));
        app.act("second", &format!("{path}/closures"), body).await;
    }

    async fn a_referral_names_what_it_is_about(app) {
        let ids = in_review(&app, 1).await;
        let application = app.application("clerk", &ids[0]).await;
        let about = |change: Value| {
            let mut new = json!({ "addressee": "fire", "title": "通道", "text": "堵塞" });
            new.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            new
        };
        let sent = app.act("clerk", "/api/v1/referrals", about(json!({ "application": ids[0] }))).await;
        assert_eq!((&sent["enterprise_name"], &sent["application_reference"]), (&json!("南昌第1采石厂"), &application["reference"]));
        assert!(sent["application_reference"].is_string() && sent["enterprise"].is_string(), "{sent}");
        let enterprise = sent["enterprise"].clone();
        let other = app.enterprise("南昌别的厂", 50).await;
        let sent = app.act("clerk", "/api/v1/referrals", about(json!({ "enterprise": enterprise }))).await;
        assert_eq!((&sent["enterprise_name"], sent.get("application_reference")), (&json!("南昌第1采石厂"), None));
        for (wrong, field) in [
            (json!({ "application": uuid::Uuid::from_u128(5) }), "application"),
            (json!({ "enterprise": uuid::Uuid::from_u128(5) }), "enterprise"),
            (json!({ "application": ids[0], "enterprise": other }), "enterprise"),
        ] {
            let (status, problem) = app.as_("clerk").await.post("/api/v1/referrals", about(wrong)).await;
            assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{problem}");
        }
        let list = items(&app, "rev.fire", "/api/v1/referrals").await;
        assert!(list.iter().all(|one| one["enterprise_name"] == "南昌第1采石厂" && one["allowed_actions"] == json!(["receive"])), "{list:?}");
        app.seal().await;
        assert_eq!(app.audit().await, Vec::<String>::new());
    }

    async fn a_referral_has_its_receipt_in_time_or_is_seen_to_be_late(app) {
        in_review(&app, 0).await;
        app.officer_of("police", Role::DepartmentReviewer, "public_security").await;
        let new = json!({ "addressee": "public_security", "title": "涉嫌伪造许可证", "text": "检查时发现伪造的许可证一份。" });
        let sent = app.act("clerk", "/api/v1/referrals", new.clone()).await;
        assert_eq!((&sent["due_at"], &sent["state"]), (&json!("2026-03-03T04:00:00Z"), &json!("sent")), "twenty-four hours");
        let path = format!("/api/v1/referrals/{}", sent["id"].as_str().unwrap());
        assert_eq!(app.as_("rev.health").await.get(&path).await.0, StatusCode::NOT_FOUND, "a third department");
        let (status, _) = app.as_("clerk").await.post(&format!("{path}/receipts"), json!({})).await;
        assert_eq!(status, StatusCode::CONFLICT, "the sender does not receive");
        let second = app.act("clerk", "/api/v1/referrals", new).await;
        let received = app.act("police", &format!("{path}/receipts"), json!({ "number": "洪公移〔2026〕3号" })).await;
        assert_eq!((&received["late"], &received["receipt_number"]), (&json!(false), &json!("洪公移〔2026〕3号")));
        assert_eq!((&sent["allowed_actions"], &received["allowed_actions"]), (&json!([]), &json!(["answer"])), "the sender waits");

        app.set_clock("2026-03-03T04:00:00Z");
        app.run_jobs().await;
        assert_eq!(items(&app, "clerk", "/api/v1/referrals?overdue=true").await.len(), 0, "the last second is in time");
        app.set_clock("2026-03-03T04:00:01Z");
        app.run_jobs().await;
        let late = items(&app, "clerk", "/api/v1/referrals?overdue=true").await;
        assert_eq!((late.len(), &late[0]["id"]), (1, &second["id"]));
        let told = items(&app, "police", "/api/v1/notices?topic=collaboration").await;
        assert_eq!(told.iter().filter(|one| one["title"] == "移送逾期未签收：涉嫌伪造许可证").count(), 1, "{told:?}");
        assert_eq!(told.len(), 3, "two came, one is late");

        let (status, _) = app.as_("police").await.post(&format!("{path}/answers"), json!({ "text": " " })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let answered = app.act("police", &format!("{path}/answers"), json!({ "text": "已立案侦查" })).await;
        assert_eq!((&answered["state"], &answered["answer"]), (&json!("answered"), &json!("已立案侦查")));
        assert_eq!(answered["allowed_actions"], json!([]));
        assert_eq!(items(&app, "police", "/api/v1/referrals?addressee=public_security").await.len(), 2);
        assert_eq!(items(&app, "rev.health", "/api/v1/referrals").await.len(), 0);
        // Other departments have two working days.
        let other = app.act("clerk", "/api/v1/referrals", json!({ "addressee": "fire", "title": "通道", "text": "堵塞" })).await;
        assert_eq!(other["due_at"], "2026-03-05T16:00:00Z");
        app.seal().await;
        assert_eq!(app.audit().await, Vec::<String>::new());
    }
}

/// Both orders of the ledger are read from an index, not sorted.
#[tokio::test]
async fn the_ledger_is_read_from_its_indexes() {
    use sea_orm::{ConnectionTrait, Statement};
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let db = app.platform.kernel.db();
    for (order, filter, index) in [
        ("due_sort, seq", "1 = 1", "application_task_open"),
        ("due_sort, seq", "department = 'fire'", "application_task_held"),
        ("since, seq", "1 = 1", "application_task_since"),
    ] {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT * FROM application_task WHERE application_task.state = 'open' AND {filter} \
             ORDER BY {order} LIMIT 21"
        );
        let plan: Vec<String> = db
            .read()
            .query_all_raw(Statement::from_string(db.backend(), sql))
            .await
            .unwrap()
            .iter()
            .map(|row| row.try_get("", "detail").unwrap())
            .collect();
        assert!(plan[0].contains(index) && plan.len() == 1, "{order}: {plan:?}");
    }
}

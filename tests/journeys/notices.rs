//! Notices: from an act to the mailbox of the person concerned, through a real SMTP server and signed POSTs, once.

use std::collections::BTreeSet;

use aws_lc_rs::hmac;
use data_encoding::BASE64;
use futures::future::join;
use journeys::{
    Engine, TestApp, city, on_both,
    outside::{Mailbox, Receiver, Taken},
};
use kernel::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use time::Duration;

pub(crate) const PREFERENCES: &str = "/api/v1/notice-preferences";
const SMS_KEY: &str = "a-key-of-the-gateway";

/// Subject of the message that carries a code, and the word that a short one has in its place.
const CODE_MAIL: &str = "验证接收通知的地址";
const CODE_WORD: &str = "验证码";

/// A platform with every way out.
pub(crate) struct Post {
    pub app: TestApp,
    pub mailbox: Mailbox,
    pub sms: Receiver,
}

impl Post {
    pub async fn open(engine: Engine) -> Option<Self> {
        let (mailbox, sms) = (Mailbox::open(), Receiver::open().await);
        let app = TestApp::start_with(engine, |config| {
            config.smtp_url = Some(mailbox.url.clone());
            config.mail_from = Some("安许 <noreply@anxu.example>".into());
            config.sms_url = Some(sms.url.clone());
            config.sms_secret = Some(SMS_KEY.into());
        })
        .await?;
        app.staff("emergency", &city::DEPARTMENTS).await;
        let enterprise = app.enterprise("南昌龘盛采石有限公司", 1).await;
        app.of_enterprise("keeper", Role::EnterpriseManager, enterprise)
            .await;
        app.officer("root", &[Role::Administrator]).await;
        Some(Self { app, mailbox, sms })
    }

    /// Lets an account be reached by mail, and changes what else it is told. Its addresses are proved.
    async fn choose(&self, login: &str, mail: &str, change: Value) -> Value {
        let view = self.save(login, mail, change).await;
        self.app.run_jobs().await;
        for channel in ["mail", "sms"] {
            if let Some(address) = view[channel].as_str() {
                let code = self.code(channel, address).await;
                let (status, view) = self.enter(login, channel, &code).await;
                assert_eq!(
                    (status, &view["state"]),
                    (StatusCode::CREATED, &json!("proved")),
                    "{view}"
                );
            }
        }
        view
    }

    /// Saves an address and what else is chosen; nothing is proved.
    pub async fn save(&self, login: &str, mail: &str, change: Value) -> Value {
        let session = self.app.as_(login).await;
        let version = session.get(PREFERENCES).await.1["version"].as_i64().unwrap();
        let mut body = json!({ "mail": mail, "quiet_mode": "usual" });
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let (status, view) = session.put(PREFERENCES, version, body).await;
        assert_eq!(status, StatusCode::OK, "{view}");
        view
    }

    /// Enters a code.
    pub async fn enter(&self, login: &str, channel: &str, code: &str) -> (StatusCode, Value) {
        let path = format!("/api/v1/notice-addresses/{channel}/proofs");
        self.app
            .as_(login)
            .await
            .post(&path, json!({ "code": code }))
            .await
    }

    /// The code that came to an address last.
    pub async fn code(&self, channel: &str, address: &str) -> String {
        for _ in 0..200 {
            if let Some(text) = self.code_text(channel, address) {
                let parts = text.split(|c: char| !c.is_ascii_digit());
                let codes: Vec<&str> = parts.filter(|part| part.len() == 6).collect();
                assert_eq!(codes.len(), 1, "{text}");
                return codes[0].to_owned();
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("no code has come to {address}")
    }

    /// The text of the message with a code that came to an address last.
    pub fn code_text(&self, channel: &str, address: &str) -> Option<String> {
        let text = |value: &Value| value["text"].as_str().unwrap().to_owned();
        if channel == "mail" {
            let mails = self.mailbox.mails();
            let mut own = mails
                .iter()
                .rev()
                .filter(|mail| mail["to"][0] == address && is_code(mail));
            return own.next().map(text);
        }
        let taken = self.sms.taken();
        let mut own = taken
            .iter()
            .rev()
            .map(Taken::json)
            .filter(|one| one["mobile"] == address);
        own.next().map(|one| text(&one))
    }

    /// Waits until so many mails that are notices have come.
    pub async fn mails(&self, count: usize) -> Vec<Value> {
        let codes = self.mailbox.mails().iter().filter(|mail| is_code(mail)).count();
        let mails = self.mailbox.wait_for(codes + count).await;
        mails.into_iter().filter(|mail| !is_code(mail)).collect()
    }

    /// Short messages that are notices.
    pub fn texts(&self) -> Vec<Taken> {
        let taken = self.sms.taken().into_iter();
        taken.filter(|one| !one.body.contains(CODE_WORD)).collect()
    }

    /// Lets everything happen, also what waits a minute for company.
    pub async fn run(&self) -> usize {
        let first = self.app.run_jobs().await;
        self.app.advance(Duration::seconds(61));
        first + self.app.run_jobs().await
    }

    /// Notices and events on their way; codes are not counted.
    async fn count(&self, state: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM notice_delivery WHERE state = '{state}' AND topic <> ''");
        self.app.count(&sql).await
    }

    pub async fn notices(&self, login: &str) -> Vec<Value> {
        let (status, page) = self.app.as_(login).await.get("/api/v1/notices?limit=100").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page["items"].as_array().unwrap().clone()
    }
}

/// Whether a mail carries a code and no notice.
fn is_code(mail: &Value) -> bool {
    mail["subject"] == CODE_MAIL
}

/// Runs a test with all ways out on SQLite and PostgreSQL.
macro_rules! with_post {
    ($(async fn $name:ident($post:ident) $body:block)*) => { $(
        mod $name {
            use super::*;
            async fn journey($post: $crate::notices::Post) $body
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                journey($crate::notices::Post::open(journeys::Engine::Sqlite).await.unwrap()).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(post) = $crate::notices::Post::open(journeys::Engine::Postgres).await else { return };
                journey(post).await;
            }
        }
    )* };
}

pub(crate) use with_post;

/// The signature of the Standard Webhooks scheme, computed without the platform's code.
fn assert_signed(taken: &Taken, secret: &str) {
    let key = match secret.strip_prefix("whsec_") {
        Some(text) => BASE64.decode(text.as_bytes()).unwrap(),
        None => secret.as_bytes().to_vec(),
    };
    let signed = format!(
        "{}.{}.{}",
        taken.header("webhook-id"),
        taken.header("webhook-timestamp"),
        taken.body
    );
    let signature = BASE64.decode(
        taken
            .header("webhook-signature")
            .strip_prefix("v1,")
            .unwrap()
            .as_bytes(),
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    hmac::verify(&key, signed.as_bytes(), &signature.unwrap()).expect("the signature holds");
    let forged = signed.replace('{', "[");
    assert_ne!(
        hmac::sign(&key, forged.as_bytes()).as_ref(),
        hmac::sign(&key, signed.as_bytes()).as_ref()
    );
}

pub(crate) fn titles(notices: &[Value]) -> Vec<&str> {
    notices.iter().map(|one| one["title"].as_str().unwrap()).collect()
}

with_post! {
    async fn acts_reach_those_whom_they_concern(post) {
        let app = &post.app;
        post.choose("keeper", "keeper@enterprise.example", json!({ "sms": "13812345678" })).await;
        post.choose("rev.fire", "fire@bureau.example", json!({})).await;
        let id = app.submitted("keeper", city::MATTER).await;
        post.run().await;
        // The window hears of its task, the applicant is not told what he did himself.
        assert_eq!(titles(&post.notices("clerk").await), ["待办：受理或者告知补正｜南昌龘盛采石有限公司，3月9日前"]);
        assert_eq!(titles(&post.notices("keeper").await), ["文书已生成"], "the receipt");
        assert_eq!(post.notices("rev.fire").await, Vec::<Value>::new(), "nothing to review yet");

        app.act("clerk", &format!("/api/v1/applications/{id}/acceptances"), json!({})).await;
        post.run().await;
        let keeper = post.notices("keeper").await;
        let found: BTreeSet<_> = titles(&keeper).into_iter().collect();
        assert_eq!(found, BTreeSet::from(["申请已受理", "文书已生成"]), "{keeper:?}");
        let accepted = keeper.iter().find(|one| one["title"] == "申请已受理").unwrap();
        let text = accepted["text"].as_str().unwrap();
        assert!(text.contains("已于2026年3月2日受理") && text.contains("办理期限至") && !text.contains('—'), "{text}");
        assert_eq!(accepted["link"], format!("/app/applications/{id}"));
        let fire = post.notices("rev.fire").await;
        assert!(titles(&fire)[0].starts_with("待办：部门审查｜南昌龘盛采石有限公司，"), "{fire:?}");

        let mails = post.mails(3).await;
        let to = |address: &str| -> Vec<&Value> { mails.iter().filter(|mail| mail["to"][0] == address).collect() };
        assert_eq!(to("fire@bureau.example").len(), 1);
        // The receipt alone; acceptance and its paper together, as they came within a minute.
        let own = to("keeper@enterprise.example");
        let subjects: Vec<_> = own.iter().map(|mail| mail["subject"].as_str().unwrap()).collect();
        assert_eq!(subjects, ["文书已生成", "申请进展2件"], "{mails:?}");
        let button = format!("打开办理页面：{}/app/applications/{id}", app.base);
        assert!(own[1]["text"].as_str().unwrap().contains(&button), "both are about it: {}", own[1]["text"]);
        for form in ["text", "html"] {
            let said = |part: &str| assert!(own[1][form].as_str().unwrap().contains(part), "{part}: {}", own[1][form]);
            ["申请已受理", "文书已生成", "已于2026年3月2日受理"].into_iter().for_each(said);
            said(&format!("{}/app/applications/{id}", app.base));
            said(&format!("{}/app/notices/preferences", app.base));
        }
        assert_eq!((&own[0]["from"], &own[0]["auto"]), (&json!("安许 <noreply@anxu.example>"), &json!("auto-generated")));
        assert_eq!(own[0]["unsubscribe"], format!("<{}/app/notices/preferences>", app.base));
        assert_eq!(own[0]["date"], "Mon, 02 Mar 2026 12:01:01 +0800");
        assert!(own[0]["html"].as_str().unwrap().contains("受理编号"), "facts stand in a table: {}", own[0]["html"]);
        let ids: BTreeSet<_> = mails.iter().map(|mail| mail["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), mails.len(), "every mail has an identifier of its own");

        let sms = post.texts();
        assert_eq!(sms.len(), own.len());
        sms.iter().for_each(|one| assert_signed(one, SMS_KEY));
        let one = sms[0].json();
        assert_eq!((&one["mobile"], &one["id"]), (&json!("13812345678"), &json!(sms[0].header("idempotency-key"))));
        for one in &sms {
            let text = one.json()["text"].as_str().unwrap().to_owned();
            assert!(text.starts_with('【') && text.chars().count() <= 70, "one part: {text}");
        }

        // Everything was sent once, whatever runs again.
        let sent = post.count("sent").await;
        assert_eq!(sent, i64::try_from(mails.len() + sms.len()).unwrap());
        let told = app.count("SELECT count(*) FROM notice").await;
        app.again("UPDATE job SET state = 'ready' WHERE kind LIKE 'notices.%' AND kind <> 'notices.digest'").await;
        assert!(app.run_jobs().await > 0);
        assert_eq!((post.mails(0).await.len(), post.texts().len()), (mails.len(), sms.len()));
        assert_eq!((post.count("sent").await, app.count("SELECT count(*) FROM notice").await), (sent, told));
        assert_eq!(app.jobs_dead().await, 0);
    }

    async fn quiet_hours_are_kept(post) {
        let app = &post.app;
        post.choose("keeper", "keeper@enterprise.example", json!({})).await;
        post.choose("clerk", "clerk@bureau.example", json!({ "quiet_mode": "none" })).await;
        let id = app.submitted("keeper", city::MATTER).await;
        // Eleven at night.
        app.set_clock("2026-03-02T15:00:00Z");
        app.act("clerk", &format!("/api/v1/applications/{id}/acceptances"), json!({})).await;
        post.run().await;
        assert!(!post.notices("keeper").await.is_empty(), "in the application it shows at once");
        let mails = post.mails(1).await;
        assert!(mails.iter().all(|mail| mail["to"][0] == "clerk@bureau.example"), "{mails:?}");
        let waiting = post.count("queued").await;
        assert!(waiting > 0);
        // Half past seven. Somebody slept long: at eleven the next night they still wait for the morning.
        app.set_clock("2026-03-03T15:00:00Z");
        app.run_jobs().await;
        assert_eq!(post.count("queued").await, waiting, "nothing leaves at night, however late it is");
        app.set_clock("2026-03-03T23:29:00Z");
        app.run_jobs().await;
        assert_eq!(post.count("queued").await, waiting);
        app.set_clock("2026-03-03T23:30:00Z");
        app.run_jobs().await;
        assert_eq!(post.count("queued").await, 0);
        let mails = post.mails(mails.len() + 1).await;
        assert!(mails.iter().any(|mail| mail["to"][0] == "keeper@enterprise.example"));
    }

    async fn what_cannot_be_delivered_is_tried_again_and_kept(post) {
        let app = &post.app;
        app.qualify(app.officer_of("clerk2", Role::WindowClerk, "emergency").await).await;
        app.officer_of("clerk3", Role::WindowClerk, "emergency").await;
        post.choose("clerk", "busy@bureau.example", json!({})).await;
        post.choose("clerk2", "gone@bureau.example", json!({})).await;
        post.choose("clerk3", "cut@bureau.example", json!({})).await;
        app.submitted("keeper", city::MATTER).await;
        post.run().await;
        assert_eq!((post.count("failed").await, post.count("dead").await, post.count("unknown").await), (1, 1, 1));
        let cut = post.mails(1).await;
        assert_eq!(cut.len(), 1, "the connection broke after it was taken");

        // The pauses grow, then it is a dead letter. What may have arrived is not sent again.
        let mut tries = 1;
        for _ in 0..40 {
            app.advance(Duration::minutes(30));
            tries += app.run_jobs().await;
            if post.count("dead").await == 2 {
                break;
            }
        }
        assert_eq!(post.count("failed").await, 0);
        assert!((8..20).contains(&tries), "{tries}");
        assert_eq!(post.mails(0).await.len(), 1);

        let root = app.as_("root").await;
        let (_, page) = root.get("/api/v1/notice-deliveries").await;
        let dead = page["items"].as_array().unwrap();
        assert_eq!(dead.len(), 2, "{page}");
        let one = dead.iter().find(|one| one["last_error"].as_str().unwrap().contains("450")).unwrap();
        assert!(!one["address"].as_str().unwrap().contains("busy"), "{one}");
        let told = ["title", "topic_name", "to_name", "state_name"].map(|name| one[name].as_str().unwrap().to_owned());
        assert_eq!(told, ["待办：受理或者告知补正｜南昌龘盛采石有限公司，3月9日前", "新的待办", "测试clerk", "发送失败，已停止重试"]);
        assert_eq!(one["allowed_actions"], json!(["retry"]));
        let (_, all) = root.get("/api/v1/notice-deliveries?state=all&limit=2").await;
        let all = all["items"].as_array().unwrap().clone();
        assert!(all.len() == 2 && all[0]["created_at"].as_str() >= all[1]["created_at"].as_str(), "{all:?}");
        let (_, page) = root.get("/api/v1/notice-deliveries?state=unknown").await;
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        let (_, channels) = root.get("/api/v1/notice-channels").await;
        let mail = channels.as_array().unwrap().iter().find(|one| one["channel"] == "mail").unwrap();
        assert_eq!((&mail["configured"], &mail["counts"]["dead"]), (&json!(true), &json!(2)), "{mail}");
        assert!(!channels.to_string().contains(SMS_KEY) && !channels.to_string().contains("127.0.0.1"), "{channels}");

        // The administrator sends one on its way again: a new round with its own attempts.
        let path = format!("/api/v1/notice-deliveries/{}/retries", one["id"].as_str().unwrap());
        assert_eq!(app.as_("clerk").await.post(&path, json!({})).await.0, StatusCode::FORBIDDEN);
        let (status, again) = root.post(&path, json!({})).await;
        assert_eq!((status, &again["state"], &again["round"]), (StatusCode::CREATED, &json!("queued"), &json!(1)));
        let (status, problem) = root.post(&path, json!({})).await;
        assert_eq!((status, &problem["type"]), (StatusCode::CONFLICT, &json!("urn:anxu:problem:delivery-not-stuck")));
        app.run_jobs().await;
        assert_eq!(post.count("failed").await, 1);
        assert_eq!(app.jobs_dead().await, 0);
    }

    async fn a_process_that_dies_while_sending_sends_no_mail_twice(post) {
        let app = &post.app;
        post.choose("clerk", "clerk@bureau.example", json!({ "sms": "13812345678", "channels": { "tasks": ["mail", "sms"] } })).await;
        app.submitted("keeper", city::MATTER).await;
        post.run().await;
        assert_eq!((post.mails(1).await.len(), post.texts().len()), (1, 1));
        // As a process leaves it that dies between the sending and the note of it.
        app.again("UPDATE notice_delivery SET state = 'sending', sent_at = NULL WHERE topic <> ''").await;
        app.again("UPDATE job SET state = 'ready', finished_at = NULL WHERE kind = 'notices.send'").await;
        app.run_jobs().await;
        assert_eq!(post.mails(0).await.len(), 1, "mail has nothing by which a repetition is known");
        assert_eq!((post.count("unknown").await, post.count("sent").await), (1, 1));
        let sms = post.texts();
        assert_eq!(sms.len(), 2, "the gateway knows the repetition by its identifier");
        assert_eq!(sms[0].header("idempotency-key"), sms[1].header("idempotency-key"));
    }

    async fn letters_reach_those_who_have_the_work_in_hand_as_one_mail(post) {
        let app = &post.app;
        app.officer_of("inspector.fire", Role::Inspector, "fire").await;
        app.officer_of("head.fire", Role::Approver, "fire").await;
        for login in ["rev.fire", "inspector.fire", "head.fire", "clerk", "leader"] {
            post.choose(login, &format!("{login}@bureau.example"), json!({ "channels": { "tasks": [], "task_digest": [] } })).await;
        }
        let names: Vec<String> = (1..=3).map(|number| format!("南昌第{number}采石厂")).collect();
        for (number, name) in (10..).zip(&names) {
            let enterprise = app.enterprise(name, number).await;
            let login = format!("keeper{number}");
            app.of_enterprise(&login, Role::EnterpriseManager, enterprise).await;
            let id = app.submitted(&login, city::MATTER).await;
            app.act("clerk", &format!("/api/v1/applications/{id}/acceptances"), json!({})).await;
        }
        app.run_jobs().await;
        // On the first working day after the last one: every department is late with all of them.
        let (_, ledger) = app.as_("clerk").await.get("/api/v1/ledger?department=fire").await;
        let due: kernel::LegalDate = ledger["items"][0]["due_on"].as_str().unwrap().parse().unwrap();
        let mut day = due.0.next_day().unwrap();
        while matches!(day.weekday(), time::Weekday::Saturday | time::Weekday::Sunday) {
            day = day.next_day().unwrap();
        }
        app.set_clock(&format!("{}T04:00:00Z", kernel::LegalDate(day)));
        post.run().await;
        let mails = post.mails(3).await;
        let to = |login: &str| -> Vec<Value> {
            let address = format!("{login}@bureau.example");
            mails.iter().filter(|mail| mail["to"][0] == address).cloned().collect()
        };
        assert!(to("inspector.fire").is_empty() && to("clerk").is_empty(), "who has nothing to do with it: {mails:?}");
        for login in ["rev.fire", "head.fire", "leader"] {
            let own = to(login);
            let subjects: Vec<_> = own.iter().map(|mail| mail["subject"].clone()).collect();
            assert_eq!(subjects.len(), 1, "{login}: {mails:?}");
            let named = names.iter().any(|name| subjects[0] == format!("提醒函3件：{name}等"));
            assert!(named, "{login}: {subjects:?}");
            let text = own[0]["text"].as_str().unwrap();
            let button = format!("打开办理页面：{}/app/collaboration/letters", app.base);
            assert!(text.lines().any(|line| line.trim_end() == button), "{text}");
            assert!(names.iter().all(|name| text.contains(name)) && text.matches("个工作日：部门审查｜").count() == 3, "{text}");
        }
        let notices = post.notices("rev.fire").await;
        let letters = notices.iter().filter(|one| one["topic"] == "collaboration").count();
        assert_eq!(letters, 3, "single in the application");
        let root = app.as_("root").await;
        let (_, sent) = root.get("/api/v1/notice-deliveries?state=sent&channel=mail").await;
        assert!(sent["items"][0]["title"].as_str().unwrap().starts_with("提醒函3件："), "{sent}");
        assert_eq!(app.jobs_dead().await, 0);
    }

    async fn other_systems_hear_by_webhook(post) {
        let app = &post.app;
        let inbox = Receiver::open().await;
        let root = app.as_("root").await;
        let new = |url: &str, topic: &str| json!({ "name": "大数据局", "url": url, "topics": [topic] });
        for (url, topic, field) in [("ftp://x", "tasks", "url"), ("/inbox", "tasks", "url"), (inbox.url.as_str(), "nothing", "topics")] {
            let (status, problem) = root.post("/api/v1/webhooks", new(url, topic)).await;
            assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)));
        }
        let (status, hook) = root.post("/api/v1/webhooks", new(&inbox.url, "applications")).await;
        assert_eq!(status, StatusCode::CREATED, "{hook}");
        let secret = hook["secret"].as_str().unwrap().to_owned();
        assert!(secret.starts_with("whsec_"));
        let (_, list) = root.get("/api/v1/webhooks").await;
        assert!(list["items"][0].get("secret").is_none(), "{list}");

        let id = app.submitted("keeper", city::MATTER).await;
        inbox.answer(503);
        app.act("clerk", &format!("/api/v1/applications/{id}/acceptances"), json!({})).await;
        app.run_jobs().await;
        assert!(!inbox.taken().is_empty());
        assert_eq!(post.count("failed").await, i64::try_from(inbox.taken().len()).unwrap());
        inbox.answer(204);
        app.advance(Duration::minutes(2));
        app.run_jobs().await;
        assert_eq!(post.count("failed").await, 0);
        let taken = inbox.taken();
        let accepted: Vec<_> = taken.iter().filter(|one| one.json()["type"] == "application.accepted").collect();
        assert_eq!(accepted.len(), 2, "one refused, one taken");
        assert_eq!(accepted[0].header("webhook-id"), accepted[1].header("webhook-id"));
        assert_ne!(accepted[0].header("webhook-timestamp"), accepted[1].header("webhook-timestamp"));
        for one in &taken {
            assert_signed(one, &secret);
            assert!(!one.body.contains("王安全") && !one.body.contains("测试clerk"), "no names of people: {}", one.body);
        }
        assert_eq!(accepted[0].json()["data"]["subject_id"], json!(id));

        // Whoever sets one up sees that it works.
        let tests = format!("/api/v1/webhooks/{}/tests", hook["id"].as_str().unwrap());
        assert_eq!(app.as_("clerk").await.post(&tests, json!({})).await.0, StatusCode::FORBIDDEN);
        let (status, test) = root.post(&tests, json!({})).await;
        assert_eq!((status, &test["title"], &test["state"]), (StatusCode::CREATED, &json!("测试通知"), &json!("queued")), "{test}");
        let (status, problem) = root.post(&tests, json!({})).await;
        assert_eq!((status, &problem["type"]), (StatusCode::CONFLICT, &json!("urn:anxu:problem:test-too-soon")));
        app.run_jobs().await;
        let last = inbox.taken().pop().unwrap();
        assert_signed(&last, &secret);
        assert_eq!(last.json()["type"], "webhook.test");
        let one = root.get(&format!("/api/v1/notice-deliveries/{}", test["id"].as_str().unwrap())).await.1;
        assert_eq!((&one["state"], &one["to_name"]), (&json!("sent"), &json!("大数据局")));
        let pushed = root.get(&format!("/api/v1/notice-deliveries?state=all&webhook={}", hook["id"].as_str().unwrap())).await.1;
        let pushed = pushed["items"].as_array().unwrap().clone();
        assert!(!pushed.is_empty() && pushed.iter().all(|one| one["to_name"] == "大数据局" && one["title"].is_string()), "{pushed:?}");
        let path = format!("/api/v1/webhooks/{}", hook["id"].as_str().unwrap());
        assert_eq!(root.delete(&path).await.0, StatusCode::NO_CONTENT);
        assert_eq!(root.delete(&path).await.0, StatusCode::NOT_FOUND);
        let before = inbox.taken().len();
        app.review("fire", &id).await;
        app.run_jobs().await;
        assert_eq!(inbox.taken().len(), before);
    }

    async fn an_account_sees_and_chooses_its_own(post) {
        let app = &post.app;
        app.submitted("keeper", city::MATTER).await;
        app.run_jobs().await;
        let (clerk, keeper) = (app.as_("clerk").await, app.as_("keeper").await);
        assert_eq!(clerk.get("/api/v1/notices/unread").await.1, json!({ "unread": 1 }));
        let id = post.notices("clerk").await[0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/notices/{id}/readings");
        assert_eq!(keeper.post(&path, json!({})).await.0, StatusCode::NOT_FOUND, "somebody else's");
        let (status, read) = clerk.post(&path, json!({})).await;
        assert_eq!((status, &read["read_at"]), (StatusCode::CREATED, &json!("2026-03-02T04:00:00Z")));
        app.clock.advance(Duration::minutes(1));
        assert_eq!(clerk.post(&path, json!({})).await.1["read_at"], read["read_at"], "read first");
        assert_eq!(clerk.get("/api/v1/notices?unread=true").await.1["items"], json!([]));
        assert_eq!(clerk.post("/api/v1/notices/readings", json!({})).await.1, json!({ "unread": 0 }));

        let (_, own) = keeper.get(PREFERENCES).await;
        assert_eq!((&own["version"], &own["quiet_mode"]), (&json!(0), &json!("usual")));
        assert_eq!(own["available_channels"], json!(["mail", "sms"]));
        let topics: Vec<_> = own["topics"].as_array().unwrap().iter().map(|one| one["topic"].as_str().unwrap()).collect();
        assert!(topics.contains(&"applications") && !topics.contains(&"tasks"), "{topics:?}");
        for (body, field) in [
            (json!({ "quiet_mode": "usual", "mail": "nobody" }), "mail"),
            (json!({ "quiet_mode": "own" }), "quiet"),
            (json!({ "quiet_mode": "own", "quiet": { "from": "25:00", "to": "07:00" } }), "quiet.from"),
            (json!({ "quiet_mode": "none", "channels": { "nothing": [] } }), "channels.nothing"),
        ] {
            let (status, problem) = keeper.put(PREFERENCES, 0, body).await;
            assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{problem}");
        }
        let view = post.choose("keeper", "a@b.cn", json!({ "channels": { "applications": [] }, "quiet_mode": "own",
            "quiet": { "from": "21:00", "to": "08:00" } })).await;
        assert_eq!((&view["version"], &view["quiet"]["from"]), (&json!(1), &json!("21:00")));
        let (status, _) = keeper.put(PREFERENCES, 0, json!({ "quiet_mode": "usual" })).await;
        assert_eq!(status, StatusCode::PRECONDITION_FAILED);
        // A test to the own address, once a minute.
        let tests = format!("{PREFERENCES}/tests");
        let (status, problem) = keeper.post(&tests, json!({ "channel": "wechat" })).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("channel")));
        assert_eq!(keeper.post(&tests, json!({ "channel": "mail" })).await.0, StatusCode::CREATED);
        assert_eq!(keeper.post(&tests, json!({ "channel": "mail" })).await.0, StatusCode::CONFLICT);
        app.run_jobs().await;
        let mails = post.mails(1).await;
        assert_eq!((mails.len(), &mails[0]["to"][0], &mails[0]["subject"]), (1, &json!("a@b.cn"), &json!("测试通知")));
        let facts = app.count("SELECT count(*) FROM event WHERE kind = 'account.notices_chosen' AND body LIKE '%a@b.cn%'").await;
        assert_eq!(facts, 0, "addresses do not go where auditors read");
    }

    async fn officers_hear_each_morning_what_is_due(post) {
        let app = &post.app;
        post.choose("rev.fire", "fire@bureau.example", json!({})).await;
        let id = app.submitted("keeper", city::MATTER).await;
        app.act("clerk", &format!("/api/v1/applications/{id}/acceptances"), json!({})).await;
        app.run_jobs().await;
        assert_eq!(post.notices("rev.fire").await.len(), 1, "the task, and nothing is due");
        // Three weeks later every department is late; on Saturday and Sunday nobody is told.
        for day in ["2026-03-21", "2026-03-22", "2026-03-23", "2026-03-24"] {
            app.set_clock(&format!("{day}T01:00:00Z"));
            app.run_jobs().await;
            app.run_jobs().await;
        }
        let notices = post.notices("rev.fire").await;
        let late: Vec<_> = notices.iter().filter(|one| one["topic"] == "task_digest").collect();
        assert_eq!(late.len(), 2, "one a working morning, and none for the mornings that nobody saw: {notices:?}");
        assert_eq!(late[0]["text"], "您的待办情况：已逾期1件；请及时办理。");
        assert_eq!(late[0]["title"], "今日待办：逾期1件");
        let mails = post.mails(3).await;
        let digest: Vec<_> = mails.iter().filter(|mail| mail["subject"] == "今日待办：逾期1件").collect();
        assert_eq!(digest.len(), 2, "{mails:?}");
        for part in ["部门审查｜南昌龘盛采石有限公司", "个工作日：部门审查", &format!("{}/app/applications/{id}", app.base)] {
            assert!(digest[0]["text"].as_str().unwrap().contains(part), "{part}: {}", digest[0]["text"]);
        }
    }
}

on_both! {
    async fn without_ways_out_everything_stays_in_the_application(app) {
        app.staff("emergency", &city::DEPARTMENTS).await;
        let enterprise = app.enterprise("南昌龘盛采石有限公司", 1).await;
        app.of_enterprise("keeper", Role::EnterpriseManager, enterprise).await;
        app.submitted("keeper", city::MATTER).await;
        app.run_jobs().await;
        assert_eq!(app.count("SELECT count(*) FROM notice").await, 2, "the clerk's task, the keeper's receipt");
        assert_eq!(app.count("SELECT count(*) FROM notice_delivery").await, 0);
        let (_, own) = app.as_("keeper").await.get(PREFERENCES).await;
        assert_eq!(own["available_channels"], json!([]));
    }

    async fn the_calendar_of_duties_has_a_secret_address(app) {
        app.issued().await;
        let (keeper, clerk) = (app.as_("keeper").await, app.as_("clerk").await);
        assert_eq!(clerk.get("/api/v1/calendar-feed").await.0, StatusCode::NOT_FOUND, "duties are an enterprise's");
        assert_eq!(keeper.get("/api/v1/calendar-feed").await.1, json!({}));
        let (status, feed) = keeper.post("/api/v1/calendar-feed", json!({})).await;
        assert_eq!(status, StatusCode::CREATED, "{feed}");
        let path = |feed: &Value| feed["url"].as_str().unwrap().strip_prefix(&app.base).unwrap().to_owned();
        let first = path(&feed);
        let response = app.stranger().request(Method::GET, &first).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/calendar; charset=utf-8");
        let text = response.text().await.unwrap().replace("\r\n ", "");
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.contains("SUMMARY:"), "{text}");
        assert!(text.contains("BEGIN:VEVENT") && text.contains("DTSTART;VALUE=DATE:"), "{text}");
        assert!(keeper.get("/api/v1/calendar-feed").await.1.get("url").is_none(), "told once");

        // A new address ends the old one; revoking ends both.
        let second = path(&keeper.post("/api/v1/calendar-feed", json!({})).await.1);
        assert_eq!(app.stranger().bytes(&first).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.stranger().bytes(&second).await.0, StatusCode::OK);
        assert_eq!(keeper.delete("/api/v1/calendar-feed").await.0, StatusCode::NO_CONTENT);
        assert_eq!(keeper.delete("/api/v1/calendar-feed").await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.stranger().bytes(&second).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.stranger().bytes("/calendar/x.ics").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_send_nothing_twice() {
    let Some(post) = Post::open(Engine::Postgres).await else {
        return;
    };
    let app = &post.app;
    post.choose("clerk", "clerk@bureau.example", json!({})).await;
    let many = 12;
    for number in 0..many {
        let enterprise = app
            .enterprise(&format!("南昌第{number}采石厂"), 100 + number)
            .await;
        let login = format!("keeper{number}");
        app.of_enterprise(&login, Role::EnterpriseManager, enterprise)
            .await;
        app.submitted(&login, city::MATTER).await;
    }
    // A second process over the same database and keys, both at the same jobs.
    let other = app.another().await;
    let (one, two) = join(app.platform.workers().drain(), other.workers().drain()).await;
    assert!(one.unwrap() > 0 && two.unwrap() > 0, "both had something to do");
    app.run_jobs().await;
    app.advance(Duration::seconds(61));
    let (one, two) = join(app.platform.workers().drain(), other.workers().drain()).await;
    one.unwrap();
    two.unwrap();
    let mails = post.mails(1).await;
    assert_eq!(
        (mails.len(), post.count("sent").await),
        (1, 1),
        "what came at once leaves as one"
    );
    let subject = mails[0]["subject"].as_str().unwrap();
    let begun = format!("待办（受理或者告知补正）{many}件：南昌第");
    assert!(
        subject.starts_with(&begun) && subject.ends_with("采石厂等"),
        "{subject}"
    );
    for number in 0..many {
        let name = format!("南昌第{number}采石厂，");
        assert_eq!(
            mails[0]["text"].as_str().unwrap().matches(&name).count(),
            1,
            "{name}"
        );
    }
    assert_eq!(
        app.count("SELECT count(*) FROM notice").await,
        i64::from(many) * 2,
        "tasks and receipts"
    );
    assert_eq!(app.jobs_dead().await, 0);
}

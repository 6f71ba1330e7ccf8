//! Addresses for notices are proved before they are used: by a code that comes there through a real SMTP server or an
//! adapter, and that is kept nowhere.

use futures::future::join_all;
use journeys::{TestApp, city, on_both};
use kernel::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};
use time::Duration;

use crate::notices::{PREFERENCES, Post, titles, with_post};

const CODES: &str = "/api/v1/notice-addresses/mail/codes";
const SMS_CODES: &str = "/api/v1/notice-addresses/sms/codes";
const MAIL: &str = "keeper@enterprise.example";
const PHONE: &str = "13812345678";
/// As addresses became that were in use before they were proved.
const IN_USE: [&str; 2] = [
    include_str!("../../crates/notices/src/migrations/m0704_in_use.sqlite.sql"),
    include_str!("../../crates/notices/src/migrations/m0704_in_use.postgres.sql"),
];

fn kind(problem: &Value) -> &str {
    problem["type"]
        .as_str()
        .unwrap()
        .trim_start_matches("urn:anxu:problem:")
}

/// What a code comes to: status, kind of problem, what stands beneath its field.
async fn refused(post: &Post, channel: &str, code: &str) -> (StatusCode, String, String) {
    let (status, problem) = post.enter("keeper", channel, code).await;
    assert_eq!(problem["errors"][0]["field"], "code", "{problem}");
    let said = problem["errors"][0]["message"].as_str().unwrap().to_owned();
    (status, kind(&problem).to_owned(), said)
}

/// How an address stands.
async fn address(app: &TestApp, channel: &str) -> Value {
    let (_, own) = app.as_("keeper").await.get(PREFERENCES).await;
    let all = own["addresses"].as_array().unwrap();
    let own = all.iter().find(|one| one["channel"] == channel);
    own.cloned().unwrap_or_default()
}

/// Another code of six digits.
fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

/// Asks for a code.
async fn ask(app: &TestApp, path: &str) -> (StatusCode, Value) {
    app.as_("keeper").await.post(path, json!({})).await
}

/// An act that the keeper is told of: the receipt of its application.
async fn submitted(post: &Post) -> String {
    let id = post.app.submitted("keeper", city::MATTER).await;
    post.run().await;
    id
}

/// Another one: it is accepted.
async fn accepted(post: &Post, id: &str) {
    let accept = format!("/api/v1/applications/{id}/acceptances");
    post.app.act("clerk", &accept, json!({})).await;
    post.run().await;
}

with_post! {
    async fn an_address_is_proved_before_it_is_used(post) {
        let app = &post.app;
        let view = post.save("keeper", MAIL, json!({})).await;
        let one = &view["addresses"][0];
        assert_eq!((&one["channel"], &one["state"], &one["is_open"]), (&json!("mail"), &json!("waiting"), &json!(true)), "{view}");
        assert_eq!((&one["code"]["sent_to"], &one["code"]["delivery"], &one["next_code_in"]), (&json!(MAIL), &json!("queued"), &json!(60)));
        app.run_jobs().await;
        let one = address(app, "mail").await;
        assert_eq!((&one["code"]["delivery"], &one["code"]["attempts_left"]), (&json!("sent"), &json!(5)), "{one}");
        assert_eq!(one["code"]["valid_until"], "2026-03-02T04:30:00Z");

        // What came says who asked, and names nobody to a stranger.
        let code = post.code("mail", MAIL).await;
        let mail = post.mailbox.wait_for(1).await[0].clone();
        for form in ["text", "html"] {
            let text = mail[form].as_str().unwrap();
            for part in [code.as_str(), "ke***er", "30 分钟", "不必理会"] {
                assert!(text.contains(part), "{part}: {text}");
            }
            assert!(!text.contains("测试keeper") && !text.contains("keeper ") && !text.contains('{'), "{text}");
        }
        assert!(!mail["subject"].as_str().unwrap().contains(&code));
        // The code is nowhere.
        for (table, column) in [("notice_delivery", "content"), ("notice_code", "made"), ("event", "body"), ("job", "payload")] {
            let found = app.count(&format!("SELECT count(*) FROM {table} WHERE {column} LIKE '%{code}%'")).await;
            assert_eq!(found, 0, "{table}.{column}");
        }

        // Until then the application is all.
        let id = submitted(&post).await;
        assert_eq!(titles(&post.notices("keeper").await), ["文书已生成"]);
        assert_eq!(post.mails(0).await, Vec::<Value>::new(), "an unproved address never gets a notice");
        let (status, problem) = app.as_("keeper").await.post(&format!("{PREFERENCES}/tests"), json!({ "channel": "mail" })).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("channel")), "{problem}");

        let (status, slug, said) = refused(&post, "mail", &other_than(&code)).await;
        assert_eq!((status, slug.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "wrong-code"));
        assert!(said.contains("还可以再试 4 次"), "{said}");
        let (status, slug, _) = refused(&post, "mail", "12345").await;
        assert_eq!((status, slug.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-input"), "no attempt is lost by a slip");
        assert_eq!(address(app, "mail").await["code"]["attempts_left"], 4);
        app.advance(Duration::minutes(30));
        let (status, slug, said) = refused(&post, "mail", &code).await;
        assert_eq!((status, slug.as_str()), (StatusCode::CONFLICT, "code-expired"));
        assert!(said.contains("重新获取"), "{said}");

        let (status, one) = ask(app, CODES).await;
        assert_eq!((status, &one["state"], &one["next_code_in"]), (StatusCode::CREATED, &json!("waiting"), &json!(60)), "{one}");
        let (status, problem) = ask(app, CODES).await;
        assert_eq!((status, kind(&problem), &problem["next_code_in"]), (StatusCode::TOO_MANY_REQUESTS, "code-too-soon", &json!(60)));
        assert!(problem["detail"].as_str().unwrap().contains("60 秒后"), "{problem}");
        app.run_jobs().await;
        assert_eq!(post.mailbox.wait_for(2).await.len(), 2, "each code once");
        let fresh = post.code("mail", MAIL).await;
        let (status, one) = post.enter("keeper", "mail", &format!(" {fresh} ")).await;
        assert_eq!((status, &one["state"]), (StatusCode::CREATED, &json!("proved")), "{one}");
        assert!(one["proved_at"].is_string() && one.get("code").is_none(), "{one}");
        for (status, problem) in [post.enter("keeper", "mail", &fresh).await, ask(app, CODES).await] {
            assert_eq!((status, kind(&problem)), (StatusCode::CONFLICT, "address-proved"));
        }
        let events = "SELECT count(*) FROM event WHERE kind = 'account.notice_address_proved'";
        assert_eq!(app.count(events).await, 1);
        assert_eq!(app.count(&format!("SELECT count(*) FROM event WHERE body LIKE '%{MAIL}%'")).await, 0);

        // Now notices arrive. Set again it stays proved; another one has to be proved anew.
        assert_eq!(post.mails(0).await, Vec::<Value>::new(), "what was told before does not come afterwards");
        let root = app.as_("root").await;
        assert_eq!(root.get("/api/v1/notice-deliveries?state=sent").await.1["items"].as_array().unwrap().len(), 2);
        let (_, tried) = app.as_("keeper").await.post(&format!("{PREFERENCES}/tests"), json!({ "channel": "mail" })).await;
        assert_eq!(tried["state"], "queued", "{tried}");
        accepted(&post, &id).await;
        let arrived = post.mails(2).await;
        assert!(arrived.len() > 1 && arrived.iter().all(|mail| mail["to"][0] == MAIL), "{arrived:?}");
        let kept = post.save("keeper", MAIL, json!({ "quiet_mode": "none" })).await;
        assert_eq!((&kept["addresses"][0]["state"], &kept["addresses"][0]["proved_at"]), (&json!("proved"), &one["proved_at"]));
        let lost = post.save("keeper", "new@enterprise.example", json!({})).await;
        assert_eq!(lost["addresses"][0]["state"], "waiting", "{lost}");
        let back = post.save("keeper", MAIL, json!({})).await;
        assert_eq!(back["addresses"][0]["state"], "waiting", "{back}");
        assert_ne!(post.enter("keeper", "mail", &fresh).await.0, StatusCode::CREATED, "a code proves once");
        assert_eq!(app.jobs_dead().await, 0);
    }

    async fn codes_are_few_and_so_are_attempts(post) {
        let app = &post.app;
        post.save("keeper", MAIL, json!({})).await;
        app.run_jobs().await;
        let code = post.code("mail", MAIL).await;
        // Many at once do not get more than one after the other.
        let wrong = other_than(&code);
        let guesses = join_all((0..8).map(|_| post.enter("keeper", "mail", &wrong))).await;
        let count = |slug: &str| guesses.iter().filter(|(_, problem)| kind(problem) == slug).count();
        assert_eq!((count("wrong-code"), count("code-used-up")), (4, 4), "{guesses:?}");
        let (status, slug, said) = refused(&post, "mail", &code).await;
        assert_eq!((status, slug.as_str()), (StatusCode::CONFLICT, "code-used-up"));
        assert!(said.contains("重新获取"), "{said}");

        // Another address is saved, whether or not another code can leave yet.
        let view = post.save("keeper", "other@enterprise.example", json!({})).await;
        assert_eq!((&view["addresses"][0]["state"], &view["addresses"][0]["next_code_in"]), (&json!("waiting"), &json!(60)));
        assert!(view["addresses"][0].get("code").is_none(), "{view}");
        let (status, slug, _) = refused(&post, "mail", &code).await;
        assert_eq!((status, slug.as_str()), (StatusCode::CONFLICT, "code-not-sent"), "that of another address");
        for _ in 0..4 {
            app.advance(Duration::seconds(60));
            assert_eq!(ask(app, CODES).await.0, StatusCode::CREATED);
        }
        app.advance(Duration::seconds(60));
        let (status, problem) = ask(app, CODES).await;
        assert_eq!((status, kind(&problem)), (StatusCode::TOO_MANY_REQUESTS, "code-too-soon"));
        assert!(problem["detail"].as_str().unwrap().contains("24 小时后"), "{problem}");
        assert_eq!(problem["next_code_at"], "2026-03-03T04:00:00Z");
        app.advance(Duration::days(1));
        assert_eq!(ask(app, CODES).await.0, StatusCode::CREATED);
        app.run_jobs().await;
        let code = post.code("mail", "other@enterprise.example").await;
        assert_eq!(post.enter("keeper", "mail", &code).await.0, StatusCode::CREATED);
    }

    async fn a_code_that_is_sent_again_is_another_one_and_nobody_gets_a_needless_one(post) {
        let app = &post.app;
        post.sms.answer(503);
        post.save("keeper", MAIL, json!({ "sms": PHONE })).await;
        app.run_jobs().await;
        assert_eq!(address(app, "sms").await["code"]["delivery"], "failed");
        let first = post.code("sms", PHONE).await;
        app.advance(Duration::minutes(2));
        app.run_jobs().await;
        let second = post.code("sms", PHONE).await;
        let sent = post.sms.taken();
        assert_eq!((sent.len(), sent[0].header("webhook-id")), (2, sent[1].header("webhook-id")));
        assert_ne!(first, second, "it is kept nowhere");
        let text = sent[0].json()["text"].as_str().unwrap().to_owned();
        assert!(text.starts_with('【') && text.contains("ke***er") && text.chars().count() <= 70, "{text}");
        // The gateway may have taken the first in spite of its answer: either proves.
        let (status, view) = post.enter("keeper", "sms", &first).await;
        assert_eq!((status, &view["state"]), (StatusCode::CREATED, &json!("proved")), "{view}");
        // What still waits does not leave any more.
        post.sms.answer(204);
        app.advance(Duration::minutes(5));
        app.run_jobs().await;
        assert_eq!(post.sms.taken().len(), 2);
        let (_, dead) = app.as_("root").await.get("/api/v1/notice-deliveries").await;
        assert!(dead["items"][0]["last_error"].as_str().unwrap().contains("不需要"), "{dead}");
        assert!(!dead.to_string().contains(PHONE), "{dead}");

        // A number that is entered hides that of the account until it is proved.
        app.advance(Duration::days(1));
        assert_eq!(ask(app, SMS_CODES).await.0, StatusCode::CONFLICT);
        post.save("keeper", MAIL, json!({ "sms": "13911111111" })).await;
        submitted(&post).await;
        assert!(post.texts().is_empty());
    }

    async fn what_was_in_use_before_stays_in_use_and_says_so(post) {
        let app = &post.app;
        post.save("keeper", MAIL, json!({ "sms": PHONE })).await;
        post.save("clerk", "clerk@bureau.example", json!({})).await;
        app.run_jobs().await;
        // As it was before there were proofs.
        app.again("DELETE FROM notice_code").await;
        let sql = IN_USE[usize::from(app.database_url().is_some())];
        app.again(sql).await;
        assert_eq!(app.count("SELECT count(*) FROM notice_proof WHERE proved_at IS NULL").await, 3);
        for channel in ["mail", "sms"] {
            let one = address(app, channel).await;
            assert_eq!((&one["state"], one.get("proved_at")), (&json!("proved"), None), "{one}");
        }
        submitted(&post).await;
        let mails = post.mails(2).await;
        assert!(mails.iter().any(|mail| mail["to"][0] == MAIL), "{mails:?}");
        assert!(!post.texts().is_empty());
    }
}

on_both! {
    async fn without_a_way_out_an_address_waits_and_nothing_is_locked(app) {
        app.staff("emergency", &city::DEPARTMENTS).await;
        let enterprise = app.enterprise("南昌龘盛采石有限公司", 1).await;
        app.of_enterprise("keeper", Role::EnterpriseManager, enterprise).await;
        let keeper = app.as_("keeper").await;
        let (status, problem) = keeper.post(CODES, json!({})).await;
        assert_eq!((status, kind(&problem)), (StatusCode::NOT_FOUND, "not-found"), "there is no address");
        let body = json!({ "mail": MAIL, "quiet_mode": "usual" });
        let (status, view) = keeper.put(PREFERENCES, 0, body.clone()).await;
        assert_eq!(status, StatusCode::OK, "{view}");
        let one = &view["addresses"][0];
        assert_eq!((&one["state"], &one["is_open"], one.get("code")), (&json!("waiting"), &json!(false), None), "{one}");
        let (status, problem) = keeper.post(CODES, json!({})).await;
        assert_eq!((status, kind(&problem)), (StatusCode::CONFLICT, "channel-closed"));
        assert!(problem["detail"].as_str().unwrap().contains("还没有开通电子邮件"), "{problem}");
        let (status, problem) = keeper.post("/api/v1/notice-addresses/mail/proofs", json!({ "code": "123456" })).await;
        assert_eq!((status, kind(&problem)), (StatusCode::CONFLICT, "code-not-sent"));
        for path in ["/api/v1/notice-addresses/webhook/codes", "/api/v1/notice-addresses/post/codes"] {
            assert_eq!(keeper.post(path, json!({})).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(keeper.put(PREFERENCES, 1, body).await.0, StatusCode::OK, "nothing is locked");
        assert_eq!(app.count("SELECT count(*) FROM notice_delivery").await, 0);
    }
}

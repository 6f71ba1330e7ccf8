//! A retry under the same Idempotency-Key never acts twice, and never passes for another act.

use std::collections::BTreeSet;

use futures::future::join_all;
use journeys::{PASSWORD, Session, TestApp, city, on_both};
use kernel::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const ENTERPRISES: &str = "/api/v1/enterprises";

fn enterprise(number: u32) -> Value {
    json!({ "name": format!("南昌第{number}化工厂"), "code": city::credit_code(number),
        "legal_representative": "李开明", "address": "江西省南昌市东湖区一号", "region": "360102" })
}

fn kind(problem: &Value) -> &str {
    problem["type"]
        .as_str()
        .and_then(|kind| kind.strip_prefix("urn:anxu:problem:"))
        .unwrap_or_default()
}

async fn files(app: &TestApp, id: &str) -> usize {
    let view = app.application("keeper", id).await;
    let materials = view["materials"].as_array().unwrap().iter();
    materials.map(|one| one["files"].as_array().unwrap().len()).sum()
}

/// An upload under a key; the multipart delimiter is a new one each time.
async fn upload(session: &Session<'_>, path: &str, key: &str, bytes: &[u8]) -> (StatusCode, Value) {
    let form = journeys::file_form("营业执照.pdf", bytes.to_vec());
    journeys::answer(
        session
            .request(Method::POST, path)
            .header("idempotency-key", key)
            .multipart(form),
    )
    .await
}

/// The connection breaks after a third of an upload.
async fn lose_the_network(session: &Session<'_>, path: &str, key: &str, bytes: &[u8]) {
    let request = session
        .request(Method::POST, path)
        .header("idempotency-key", key)
        .multipart(journeys::file_form("a.pdf", bytes.to_vec()))
        .build()
        .unwrap();
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n",
        bytes.len() + 500
    );
    for name in ["authorization", "idempotency-key", "content-type"] {
        head += &format!("{name}: {}\r\n", request.headers()[name].to_str().unwrap());
    }
    let boundary = request.headers()["content-type"]
        .to_str()
        .unwrap()
        .split_once("boundary=")
        .unwrap()
        .1;
    head += &format!(
        "\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n"
    );
    let address = request.url().socket_addrs(|| None).unwrap()[0];
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&bytes[..bytes.len() / 3]).await.unwrap();
    stream.shutdown().await.unwrap();
    // The server notices the end of the stream and answers, or just closes.
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(
        !rest.starts_with(b"HTTP/1.1 2"),
        "{}",
        String::from_utf8_lossy(&rest)
    );
}

on_both! {
    async fn the_same_request_gets_the_first_answer(app) {
        app.officer("clerk", &[Role::WindowClerk]).await;
        let clerk = app.as_("clerk").await;
        let (status, first) = clerk.keyed(ENTERPRISES, "key-1", &enterprise(1)).await;
        assert_eq!(status, StatusCode::CREATED, "{first}");
        let again = clerk
            .request(Method::POST, ENTERPRISES)
            .header("idempotency-key", "key-1")
            .json(&enterprise(1))
            .send()
            .await
            .unwrap();
        assert_eq!(again.status(), StatusCode::CREATED);
        assert_eq!(again.headers()["idempotency-replayed"], "true");
        assert_eq!(again.headers()["etag"], "\"1\"", "the next edit needs it");
        assert_eq!(again.json::<Value>().await.unwrap(), first);
        assert_eq!(app.count("SELECT count(*) FROM enterprise").await, 1);

        // Another content, or another address, is another act.
        for (path, body) in [(ENTERPRISES, enterprise(2)), ("/api/v1/licences/takeovers", enterprise(1))] {
            let expected = if path == ENTERPRISES { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::FORBIDDEN };
            assert_eq!(clerk.keyed(path, "key-1", &body).await.0, expected, "{path}");
        }
        let (_, problem) = clerk.keyed(ENTERPRISES, "key-1", &enterprise(2)).await;
        assert_eq!(kind(&problem), "idempotency-key-reused");
        assert!(problem["detail"].as_str().unwrap().contains("换一个"), "{problem}");
        let path = format!("{ENTERPRISES}/{}/staff", first["id"].as_str().unwrap());
        let (status, problem) = clerk.keyed(&path, "key-1", &enterprise(1)).await;
        assert_eq!((status, kind(&problem)), (StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused"));

        // The key is the account's own.
        app.officer("other", &[Role::WindowClerk]).await;
        let (status, _) = app.as_("other").await.keyed(ENTERPRISES, "key-1", &enterprise(2)).await;
        assert_eq!(status, StatusCode::CREATED);
        assert_eq!(app.count("SELECT count(*) FROM enterprise").await, 2);
    }

    async fn a_refused_act_does_not_use_the_key_up(app) {
        app.officer("clerk", &[Role::WindowClerk]).await;
        let clerk = app.as_("clerk").await;
        let mut body = enterprise(1);
        body["name"] = json!("");
        assert_eq!(clerk.keyed(ENTERPRISES, "key-2", &body).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(clerk.keyed(ENTERPRISES, "key-2", &enterprise(1)).await.0, StatusCode::CREATED);
        assert_eq!(clerk.keyed(ENTERPRISES, "key-3", &enterprise(1)).await.0, StatusCode::CONFLICT);
    }

    async fn fifty_at_once_make_one(app) {
        app.officer("clerk", &[Role::WindowClerk]).await;
        let clerk = app.as_("clerk").await;
        let body = enterprise(1);
        let answers = join_all((0..50).map(|_| clerk.keyed(ENTERPRISES, "key-4", &body))).await;
        let ids: BTreeSet<_> = answers.iter().map(|(_, view)| view["id"].as_str().unwrap_or("none")).collect();
        let statuses: BTreeSet<_> = answers.iter().map(|(status, _)| status.as_u16()).collect();
        assert_eq!((statuses, ids.len()), (BTreeSet::from([201]), 1), "{:?}", answers.last());
        assert_eq!(app.count("SELECT count(*) FROM enterprise").await, 1);
        assert_eq!(app.count("SELECT count(*) FROM event WHERE kind = 'enterprise.registered'").await, 1);
    }

    async fn an_upload_is_compared_by_its_content(app) {
        app.officer("clerk", &[Role::WindowClerk]).await;
        let holder = app.enterprise("南昌化工厂", 1).await;
        app.of_enterprise("keeper", Role::EnterpriseManager, holder).await;
        let id = app.draft("keeper", city::MATTER).await;
        let keeper = app.as_("keeper").await;
        let path = format!("/api/v1/applications/{id}/materials/business_licence/files");
        let large = city::pdf_of(1, 3_000_000);
        let (status, first) = upload(&keeper, &path, "file-1", &large).await;
        assert_eq!(status, StatusCode::CREATED, "{first}");
        assert_eq!(upload(&keeper, &path, "file-1", &large).await, (StatusCode::CREATED, first));
        let (status, problem) = upload(&keeper, &path, "file-1", &city::pdf_of(2, 3_000_000)).await;
        assert_eq!((status, kind(&problem)), (StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused"));
        assert_eq!(files(&app, &id).await, 1);

        // What did not arrive whole is nothing, and is sent again under the same key.
        let boundary = "cut";
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n");
        let cut = [head.as_bytes(), &large[..1_000_000]].concat();
        let request = keeper
            .request(Method::POST, &path)
            .header("idempotency-key", "file-2")
            .header("content-type", format!("multipart/form-data; boundary={boundary}"))
            .body(cut);
        let (status, problem) = journeys::answer(request).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains("重试"), "{problem}");
        assert_eq!(files(&app, &id).await, 1);
        lose_the_network(&keeper, &path, "file-2", &large).await;
        assert_eq!(files(&app, &id).await, 1);
        let (status, _) = upload(&keeper, &path, "file-2", &city::pdf(3)).await;
        assert_eq!(status, StatusCode::CREATED);
        assert_eq!(files(&app, &id).await, 2);
    }

    async fn an_act_without_content_is_done_once(app) {
        app.officer("clerk", &[Role::WindowClerk]).await;
        let holder = app.enterprise("南昌化工厂", 1).await;
        app.of_enterprise("keeper", Role::EnterpriseManager, holder).await;
        let id = app.draft("keeper", city::MATTER).await;
        app.complete("keeper", &id).await;
        let keeper = app.as_("keeper").await;
        let path = format!("/api/v1/applications/{id}/submissions");
        let nothing = json!({});
        let answers = join_all((0..8).map(|_| keeper.keyed(&path, "submit-1", &nothing))).await;
        for (status, view) in &answers {
            assert_eq!((*status, &view["state"]), (StatusCode::CREATED, &json!("submitted")), "{view}");
            assert_eq!(view["reference"], answers[0].1["reference"]);
        }
        assert_eq!(app.count("SELECT count(*) FROM event WHERE kind = 'application.submitted'").await, 1);
        assert_eq!(app.count("SELECT count(*) FROM number_given WHERE series LIKE 'application/%'").await, 1);
    }

    async fn a_strangers_key_does_not_hide_failed_logins(app) {
        app.officer("li", &[Role::WindowClerk]).await;
        let attempt = async |password: &str| {
            let body = json!({ "login": "li", "password": password });
            app.stranger().keyed("/api/v1/sessions", "guess", &body).await.0
        };
        for _ in 0..5 {
            assert_eq!(attempt("wrong").await, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(attempt(PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn a_key_that_is_none_is_refused(app) {
        app.officer("clerk", &[Role::WindowClerk]).await;
        let clerk = app.as_("clerk").await;
        for key in ["", &"k".repeat(201)] {
            let (status, problem) = clerk.keyed(ENTERPRISES, key, &enterprise(1)).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
            assert!(problem["detail"].as_str().unwrap().contains("Idempotency-Key"));
        }
        assert_eq!(app.count("SELECT count(*) FROM enterprise").await, 0);
    }
}

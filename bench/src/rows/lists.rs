//! Every list over HTTP: flat from ten thousand to a million, or a query does without an index.

use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::Place;
use crate::{
    Outcome,
    base::Base,
    city::{PASSWORD, escaped},
    process::Server,
    report::{Finding, Report, Section, Unit, Verdict},
    stats::{Times, figure},
};

/// Requests of each list.
const COUNT: u64 = 60;
/// A list that takes longer than this is not asked for so often.
const SLOW: Duration = Duration::from_secs(10);
/// What a list may take.
const LIMIT: f64 = 50.0;

/// Who asks, and for what. `{q}` is a word that a good part of all names have.
const LISTS: &[(&str, &str)] = &[
    ("regulator", "/api/v1/enterprises"),
    ("regulator", "/api/v1/enterprises?sort=name"),
    ("regulator", "/api/v1/enterprises?region=360402&danger=red"),
    (
        "regulator",
        "/api/v1/enterprises?industry=2611&size=large&sort=name",
    ),
    ("regulator", "/api/v1/enterprises?q={q}"),
    ("regulator", "/api/v1/ledgers/enterprises"),
    ("regulator", "/api/v1/ledgers/enterprises?region=3601"),
    ("regulator", "/api/v1/licences"),
    ("regulator", "/api/v1/licences?q={q}"),
    ("regulator", "/api/v1/licences?status=expired"),
    ("regulator", "/api/v1/licences?status=expiring&region=360402"),
    ("regulator", "/api/v1/licences?status=not_yet_valid"),
    ("regulator", "/api/v1/licences?industry=coal"),
    ("regulator", "/api/v1/applications"),
    ("leader", "/api/v1/applications?state=granted"),
    ("leader", "/api/v1/application-tasks"),
    ("reviewer.fire", "/api/v1/application-tasks"),
    ("auditor", "/api/v1/events"),
    ("auditor", "/api/v1/events?kind=application"),
    ("administrator", "/api/v1/accounts"),
    ("administrator", "/api/v1/enterprise-imports"),
    ("", "/api/v1/public/licences"),
    ("", "/api/v1/public/licences?q={q}"),
    ("", "/api/v1/public/licences?status=expired"),
    ("", "/api/v1/public/licences?status=expired&industry=fireworks"),
    ("", "/api/v1/public/licences?region=360402"),
    ("", "/api/v1/public/decisions"),
    ("", "/api/v1/public/evidence-log"),
    ("", "/"),
    ("", "/search?q={q}"),
];

pub(super) async fn run(place: &Place<'_>, base: &Base, report: &mut Report) -> Outcome<()> {
    let server = base.serve(&place.options.anxu).await?;
    let client = Client::new();
    let word = escaped("宏达");
    let mut tokens: Vec<(&str, String)> = Vec::new();
    for (login, list) in LISTS {
        if !login.is_empty() && !tokens.iter().any(|(known, _)| known == login) {
            tokens.push((login, sign_in(&client, &server, login).await?));
        }
        let token = tokens.iter().find(|(known, _)| known == login);
        let token = token.map(|(_, token)| token.as_str());
        let url = format!("http://{}{}", server.address, list.replace("{q}", &word));
        let (times, bytes) = ask(&client, &url, token).await?;
        let name = list.replace("{q}", "宏达");
        let who = if login.is_empty() { "everyone" } else { login };
        report.add(
            Finding::of(
                Section::Lists,
                format!("`{name}` ({who})"),
                format!(
                    "p50 {} ms, max {} ms, {} kB",
                    figure(times.at(0.5)),
                    figure(times.at(1.0)),
                    bytes / 1000
                ),
            )
            .on(place.engine, place.size)
            .judged(Verdict::at_most("p95", times.at(0.95), LIMIT, Unit::Millis)),
        );
    }
    Ok(())
}

pub(super) async fn ask(client: &Client, url: &str, token: Option<&str>) -> Outcome<(Times, usize)> {
    let (mut times, mut bytes, begun) = (Times::new()?, 0, Instant::now());
    while times.count() < COUNT && (begun.elapsed() < SLOW || times.count() < 3) {
        let mut request = client.get(url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let from = Instant::now();
        let response = request.send().await?;
        let status = response.status();
        let body = response.bytes().await?;
        times.add(from.elapsed());
        if status != StatusCode::OK {
            return Err(format!("{url}: {status} {}", String::from_utf8_lossy(&body)).into());
        }
        bytes = body.len();
    }
    Ok((times, bytes))
}

pub(super) async fn sign_in(client: &Client, server: &Server, login: &str) -> Outcome<String> {
    let url = format!("http://{}/api/v1/sessions", server.address);
    let body = json!({ "login": login, "password": PASSWORD });
    let answer: Value = client.post(url).json(&body).send().await?.json().await?;
    let token = answer["token"].as_str();
    Ok(token
        .ok_or_else(|| format!("{login} cannot sign in: {answer}"))?
        .to_owned())
}

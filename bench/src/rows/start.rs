//! Start, memory at rest, and how much a first visitor loads.

use std::{collections::BTreeSet, time::Duration};

use regex::Regex;
use reqwest::{Client, header};

use super::Place;
use crate::{
    Outcome,
    base::Base,
    process::{Server, megabytes},
    report::{Finding, Report, Section, Unit, Verdict},
    stats::figure,
};

const STARTS: usize = 5;
const REST: Duration = Duration::from_secs(2);

pub(super) async fn run(place: &Place<'_>, base: &Base, report: &mut Report) -> Outcome<()> {
    let mut seconds = Vec::with_capacity(STARTS);
    let mut last = None;
    for _ in 0..STARTS {
        drop(last.take());
        let server = base.serve(&place.options.anxu).await?;
        seconds.push(server.ready_after.as_secs_f64());
        last = Some(server);
    }
    seconds.sort_by(f64::total_cmp);
    let server = last.ok_or("no start")?;
    tokio::time::sleep(REST).await;
    let (all, anonymous) = server.memory()?;
    let median = seconds.get(STARTS / 2).copied().unwrap_or_default();
    let slowest = seconds.last().copied().unwrap_or_default();
    report.add(
        Finding::of(
            Section::Start,
            "start to ready",
            format!("{} s, slowest of {STARTS} {} s", figure(median), figure(slowest)),
        )
        .on(place.engine, place.size)
        .judged(Verdict::at_most("time", median, 1.0, Unit::Seconds)),
    );
    report.add(
        Finding::of(
            Section::Start,
            "memory at rest",
            format!("{all:.0} MB, {anonymous:.0} MB without mapped files"),
        )
        .on(place.engine, place.size)
        .judged(Verdict::at_most("resident", all, 150.0, Unit::Megabytes)),
    );
    pages(place, &server, report).await
}

/// Pages that a visitor sees first, with what they load.
async fn pages(place: &Place<'_>, server: &Server, report: &mut Report) -> Outcome<()> {
    let size = megabytes(&place.options.anxu)?;
    report.add(Finding::of(
        Section::Start,
        "the program `anxu`",
        format!("{size:.0} MB"),
    ));
    for (name, path, limit) in [
        ("first view of the public home page", "/", 50.0),
        ("first view of the public search", "/search", 50.0),
        ("first view of the desk application", "/app/", 300.0),
    ] {
        let (kilobytes, files) = first_view(server, path).await?;
        report.add(
            Finding::of(Section::Start, name, format!("{files} files")).judged(Verdict::at_most(
                "compressed",
                kilobytes,
                limit,
                Unit::Kilobytes,
            )),
        );
    }
    Ok(())
}

/// Bytes that go over the wire for a page and what it loads, compressed as a browser asks for it.
async fn first_view(server: &Server, path: &str) -> Outcome<(f64, usize)> {
    let client = Client::new();
    let linked = Regex::new(r#"(?:src|href)="(/[^"]+\.(?:css|js|mjs|svg|png|jpg|webp|ico|woff2))""#)?;
    let (page, mut bytes) = fetch(&client, server, path).await?;
    let files: BTreeSet<String> = linked
        .captures_iter(&page)
        .filter_map(|found| Some(found.get(1)?.as_str().to_owned()))
        .collect();
    for file in &files {
        bytes += fetch(&client, server, file).await?.1;
    }
    Ok((f64::from(u32::try_from(bytes)?) / 1000.0, files.len() + 1))
}

/// A file as text, and its bytes compressed.
async fn fetch(client: &Client, server: &Server, path: &str) -> Outcome<(String, usize)> {
    let url = format!("http://{}{path}", server.address);
    let packed = client
        .get(&url)
        .header(header::ACCEPT_ENCODING, "br, gzip")
        .send()
        .await?;
    let bytes = packed.bytes().await?.len();
    let plain = client
        .get(&url)
        .header(header::ACCEPT_ENCODING, "identity")
        .send()
        .await?;
    let text = plain.bytes().await?;
    Ok((String::from_utf8_lossy(&text).into_owned(), bytes))
}

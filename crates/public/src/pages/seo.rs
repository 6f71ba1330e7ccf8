//! For search engines: robots.txt and sitemaps.

use std::fmt::Write;

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    matter,
    reply::{self, Keep},
    text,
};
use crate::{Public, model::SitemapEntry};

const XML: &str = "application/xml; charset=utf-8";
const OPEN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

pub(crate) fn robots(public: &Public, asked: &HeaderMap) -> Response {
    let site = public.site();
    // Invented licences have no business in a search engine.
    let rule = if site.demo {
        "Disallow: /"
    } else {
        "Disallow: /api/\nDisallow: /search?"
    };
    let body = format!(
        "User-agent: *\n{rule}\n\nSitemap: {}/sitemap.xml\n",
        site.public_url
    );
    reply::send(
        StatusCode::OK,
        Keep::Long,
        asked,
        "text/plain; charset=utf-8",
        body,
    )
}

pub(crate) fn index(public: &Public, licence_pages: u32, asked: &HeaderMap) -> Response {
    let base = &public.site().public_url;
    let mut body = format!("{OPEN}<sitemapindex xmlns=\"{NAMESPACE}\">");
    let parts =
        std::iter::once("pages".to_owned()).chain((1..=licence_pages).map(|page| format!("licences-{page}")));
    for part in parts {
        // Writing to a string cannot fail.
        let _ = write!(body, "<sitemap><loc>{base}/sitemap/{part}.xml</loc></sitemap>");
    }
    body.push_str("</sitemapindex>\n");
    reply::send(StatusCode::OK, Keep::Long, asked, XML, body)
}

/// The number in `licences-7.xml`.
pub(crate) fn page_number(part: &str) -> Option<u32> {
    let number = part.strip_prefix("licences-")?.strip_suffix(".xml")?;
    number.parse().ok().filter(|page| *page > 0)
}

pub(crate) fn pages(public: &Public, asked: &HeaderMap) -> Response {
    let fixed = [
        "/",
        "/search",
        "/losses",
        "/verify",
        "/matters",
        "/about/verification",
    ]
    .map(str::to_owned);
    let matters = matter::groups(public)
        .into_iter()
        .flat_map(|group| group.rows)
        .map(|row| row.path);
    urls(
        public,
        fixed.into_iter().chain(matters).map(|path| (path, None)),
        asked,
    )
}

pub(crate) fn licences(public: &Public, entries: &[SitemapEntry], asked: &HeaderMap) -> Response {
    let lines = entries
        .iter()
        .map(|one| (text::licence_path(&one.number), Some(one.changed_on.to_string())));
    urls(public, lines, asked)
}

fn urls(
    public: &Public,
    lines: impl Iterator<Item = (String, Option<String>)>,
    asked: &HeaderMap,
) -> Response {
    let base = &public.site().public_url;
    let mut body = format!("{OPEN}<urlset xmlns=\"{NAMESPACE}\">");
    for (path, changed) in lines {
        let _ = write!(body, "<url><loc>{base}{path}</loc>");
        if let Some(day) = changed {
            let _ = write!(body, "<lastmod>{day}</lastmod>");
        }
        body.push_str("</url>");
    }
    body.push_str("</urlset>\n");
    reply::send(StatusCode::OK, Keep::Long, asked, XML, body)
}

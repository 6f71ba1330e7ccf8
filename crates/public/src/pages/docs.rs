//! A reader for the OpenAPI document: pages made once from it, without script and without anybody else's server.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::get,
};
use kernel::Problem;
use serde_json::Value;

use super::reply::{self, Frame, Keep, Nav};
use crate::service::Site;

/// How deep a schema is unfolded.
const DEPTH: usize = 4;

/// The reader at `/api/docs`; `openapi` is the document that is served as `/api/openapi.json`.
pub fn docs(site: &Site, openapi: &Value) -> Router {
    let reader = Reader {
        site: site.clone(),
        groups: groups(openapi),
        about: about(openapi),
    };
    Router::new()
        .route("/api/docs", get(index))
        .route("/api/docs/{tag}", get(group))
        .with_state(Arc::new(reader))
}

struct Reader {
    site: Site,
    about: About,
    groups: BTreeMap<String, Vec<Operation>>,
}

struct About {
    title: String,
    version: String,
    text: String,
}

struct Operation {
    id: String,
    verb: String,
    path: String,
    summary: String,
    text: String,
    who: String,
    parameters: Vec<Line>,
    body: Vec<(String, Vec<Line>)>,
    answers: Vec<(String, String, Vec<Line>)>,
}

/// A parameter or a member of a schema.
struct Line {
    name: String,
    kind: String,
    required: bool,
    text: String,
}

#[derive(Template)]
#[template(path = "docs.html")]
struct Index<'a> {
    frame: Frame<'a>,
    about: &'a About,
    groups: &'a BTreeMap<String, Vec<Operation>>,
    count: usize,
}

#[derive(Template)]
#[template(path = "docs_group.html")]
struct Group<'a> {
    frame: Frame<'a>,
    tag: &'a str,
    operations: &'a [Operation],
}

async fn index(State(reader): State<Arc<Reader>>, asked: HeaderMap) -> Response {
    let template = Index {
        frame: Frame::new(&reader.site, Nav::None, "/api/docs"),
        about: &reader.about,
        count: reader.groups.values().map(Vec::len).sum(),
        groups: &reader.groups,
    };
    reply::page(StatusCode::OK, Keep::Long, &asked, &template)
}

async fn group(State(reader): State<Arc<Reader>>, Path(tag): Path<String>, asked: HeaderMap) -> Response {
    let Some((tag, operations)) = reader.groups.get_key_value(&tag) else {
        return reply::problem_page(&reader.site, &Problem::not_found("页面"), &asked);
    };
    let frame = Frame::new(
        &reader.site,
        Nav::None,
        format!("/api/docs/{}", super::text::encoded(tag)),
    );
    let template = Group {
        frame,
        tag,
        operations,
    };
    reply::page(StatusCode::OK, Keep::Long, &asked, &template)
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

fn about(openapi: &Value) -> About {
    let info = &openapi["info"];
    About {
        title: text(info, "title"),
        version: text(info, "version"),
        text: text(info, "description"),
    }
}

fn groups(openapi: &Value) -> BTreeMap<String, Vec<Operation>> {
    let mut groups: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for (path, item) in openapi["paths"].as_object().into_iter().flatten() {
        for verb in ["get", "post", "put", "patch", "delete"] {
            if let Some(operation) = item.get(verb) {
                let tag = operation["tags"][0].as_str().unwrap_or("other").to_owned();
                groups
                    .entry(tag)
                    .or_default()
                    .push(read(openapi, path, verb, operation));
            }
        }
    }
    groups
}

fn read(openapi: &Value, path: &str, verb: &str, operation: &Value) -> Operation {
    let description = text(operation, "description");
    let who = match operation["x-permission"].as_str() {
        Some("public") => "公开，无需登录".to_owned(),
        Some("session") => "登录后可用".to_owned(),
        Some(permission) => format!("需要权限 {permission}"),
        None => String::new(),
    };
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let body = operation["requestBody"]["content"]
        .as_object()
        .into_iter()
        .flatten();
    let answers = operation["responses"].as_object().into_iter().flatten();
    Operation {
        id: format!(
            "{verb}{}",
            path.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
        ),
        verb: verb.to_uppercase(),
        path: path.to_owned(),
        summary: text(operation, "summary"),
        text: description,
        who,
        parameters: parameters.map(|one| parameter(openapi, one)).collect(),
        body: body
            .map(|(media, content)| (media.clone(), members(openapi, &content["schema"])))
            .collect(),
        answers: answers
            .map(|(status, answer)| answered(openapi, status, answer))
            .collect(),
    }
}

fn parameter(openapi: &Value, one: &Value) -> Line {
    let place = match one["in"].as_str() {
        Some("path") => "路径",
        Some("query") => "查询参数",
        Some("header") => "请求头",
        _ => "",
    };
    Line {
        name: text(one, "name"),
        kind: format!("{place} {}", kind(openapi, &one["schema"])),
        required: one["required"] == true,
        text: text(one, "description"),
    }
}

fn answered(openapi: &Value, status: &str, answer: &Value) -> (String, String, Vec<Line>) {
    let content = answer["content"]
        .as_object()
        .and_then(|content| content.values().next());
    let lines = content
        .map(|content| members(openapi, &content["schema"]))
        .unwrap_or_default();
    (status.to_owned(), text(answer, "description"), lines)
}

/// The schema behind a reference.
fn resolved<'a>(openapi: &'a Value, schema: &'a Value) -> &'a Value {
    let pointer = schema["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix('#'));
    pointer
        .and_then(|pointer| openapi.pointer(pointer))
        .unwrap_or(schema)
}

/// The type in one or two words.
fn kind(openapi: &Value, schema: &Value) -> String {
    let named = schema["$ref"]
        .as_str()
        .and_then(|reference| reference.rsplit('/').next());
    let real = resolved(openapi, schema);
    let types = match &real["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(all) => all
            .iter()
            .filter_map(Value::as_str)
            .filter(|one| *one != "null")
            .collect(),
        _ => Vec::new(),
    };
    let choices = real["enum"].as_array().map(|all| {
        all.iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" | ")
    });
    match (types.as_slice(), choices) {
        (_, Some(choices)) if !choices.is_empty() => choices,
        (["array"], _) => format!("{} 数组", kind(openapi, &real["items"])),
        ([one], _) => match real["format"].as_str() {
            Some(format) => format!("{one} ({format})"),
            None if *one == "object" => named.unwrap_or("object").to_owned(),
            None => (*one).to_owned(),
        },
        _ => alternatives(openapi, real).unwrap_or_else(|| named.unwrap_or("any").to_owned()),
    }
}

fn alternatives(openapi: &Value, schema: &Value) -> Option<String> {
    let all = schema["oneOf"].as_array().or(schema["anyOf"].as_array())?;
    let some = all
        .iter()
        .filter(|one| one["type"] != "null")
        .map(|one| kind(openapi, one));
    Some(some.collect::<Vec<_>>().join(" | "))
}

/// Members of a schema with their members, as paths.
fn members(openapi: &Value, schema: &Value) -> Vec<Line> {
    let mut lines = Vec::new();
    unfold(openapi, schema, "", DEPTH, &mut lines);
    lines
}

fn unfold(openapi: &Value, schema: &Value, prefix: &str, depth: usize, lines: &mut Vec<Line>) {
    let real = resolved(openapi, schema);
    if depth == 0 {
        return;
    }
    if let Some(items) = real.get("items") {
        return unfold(openapi, items, &format!("{prefix}[]"), depth - 1, lines);
    }
    for part in ["allOf", "oneOf", "anyOf"] {
        for one in real[part].as_array().into_iter().flatten() {
            unfold(openapi, one, prefix, depth - 1, lines);
        }
    }
    for (name, member) in real["properties"].as_object().into_iter().flatten() {
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        let required = real["required"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == name));
        let described = [member, resolved(openapi, member)].map(|one| text(one, "description"));
        let description = described
            .into_iter()
            .find(|one| !one.is_empty())
            .unwrap_or_default();
        lines.push(Line {
            name: path.clone(),
            kind: kind(openapi, member),
            required,
            text: description,
        });
        unfold(openapi, member, &path, depth - 1, lines);
    }
}

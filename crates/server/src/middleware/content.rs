//! Digest of what a client sends: tells a retry under an Idempotency-Key from another act under the same key.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, header},
};
use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use kernel::{Actor, Problem};
use memchr::memmem;
use sha2::{Digest, Sha256};

/// Largest content that is read before the handler sees it: as much as an ordinary request may have.
const READ_BEFOREHAND: usize = 2 * 1024 * 1024;

/// A running digest of a request's content.
///
/// A multipart form is counted part by part and without its delimiter, which clients draw anew for every try; what
/// follows the last delimiter is not counted, because nobody has to read it.
struct Running {
    hasher: Sha256,
    delimiter: Option<memmem::Finder<'static>>,
    /// Tail of a form in which a delimiter may have begun.
    held: BytesMut,
    /// The digest up to the last delimiter of a form.
    whole: Option<String>,
}

impl Running {
    fn new(headers: &HeaderMap) -> Self {
        let delimiter = boundary(headers).map(|boundary| format!("--{boundary}"));
        Self {
            hasher: Sha256::new(),
            delimiter: delimiter.map(|text| memmem::Finder::new(&text).into_owned()),
            held: BytesMut::new(),
            whole: None,
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        let Some(delimiter) = &self.delimiter else {
            self.hasher.update(bytes);
            return;
        };
        self.held.extend_from_slice(bytes);
        let length = delimiter.needle().len();
        while let Some(place) = delimiter.find(&self.held) {
            let part = self.held.split_to(place);
            let _delimiter = self.held.split_to(length);
            self.hasher.update(&part);
            // Parts must not run into each other: their lengths are counted with them.
            self.hasher.update((part.len() as u64).to_be_bytes());
            self.whole = Some(hex(&self.hasher));
        }
    }

    fn digest(&self) -> String {
        match &self.delimiter {
            Some(_) => self.whole.clone().unwrap_or_default(),
            None => hex(&self.hasher),
        }
    }
}

fn hex(hasher: &Sha256) -> String {
    data_encoding::HEXLOWER.encode(&hasher.clone().finalize())
}

/// The media type, in lower case and without parameters.
fn media_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value.unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    if media_type(headers) != "multipart/form-data" {
        return None;
    }
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let mut parameters = value
        .split(';')
        .filter_map(|parameter| parameter.trim().split_once('='));
    let (_, boundary) = parameters.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    Some(boundary.trim_matches('"').to_owned())
}

/// Notes the digest of the content with the actor's request. Forms and files are digested while the handler reads
/// them, which it does to the end before it acts; everything else is small and read beforehand, because a handler
/// may not look at it at all.
pub async fn watched(request: Request, actor: &Actor) -> Result<Request, Problem> {
    let (parts, body) = request.into_parts();
    let mut running = Running::new(&parts.headers);
    let info = actor.request.clone();
    let streamed = !matches!(media_type(&parts.headers).as_str(), "" | "application/json");
    if streamed {
        let stream = body.into_data_stream().inspect_ok(move |chunk| {
            running.push(chunk);
            info.note_content(running.digest());
        });
        return Ok(Request::from_parts(parts, Body::from_stream(stream)));
    }
    let bytes = all(body).await?;
    running.push(&bytes);
    info.note_content(running.digest());
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

async fn all(body: Body) -> Result<Bytes, Problem> {
    let mut bytes = BytesMut::new();
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.try_next().await.map_err(|_| broken())? {
        if bytes.len() + chunk.len() > READ_BEFOREHAND {
            return Err(kernel::http::too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

fn broken() -> Problem {
    Problem::bad_request("请求内容没有完整到达，请重试。")
}

/// Reads the content to its end for nothing but its digest, which is noted with the actor's request.
pub async fn drained(request: Request, actor: &Actor) -> Result<(), Problem> {
    let mut running = Running::new(request.headers());
    let mut stream = request.into_body().into_data_stream();
    while let Some(chunk) = stream.try_next().await.map_err(|_| broken())? {
        running.push(&chunk);
    }
    actor.request.note_content(running.digest());
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn digest(content_type: &str, chunks: &[&[u8]]) -> String {
        let value = HeaderValue::from_str(content_type).unwrap();
        let mut running = Running::new(&HeaderMap::from_iter([(header::CONTENT_TYPE, value)]));
        for chunk in chunks {
            running.push(chunk);
        }
        running.digest()
    }

    fn form(boundary: &str, file: &str, epilogue: &str) -> Vec<u8> {
        let head = "Content-Disposition: form-data; name=\"file\"";
        format!("--{boundary}\r\n{head}\r\n\r\n{file}\r\n--{boundary}--{epilogue}").into_bytes()
    }

    #[test]
    fn the_delimiter_of_a_form_does_not_count() {
        let of = |boundary: &str, file: &str, epilogue: &str| {
            let value = format!("multipart/form-data; boundary={boundary}");
            digest(&value, &[&form(boundary, file, epilogue)])
        };
        assert_eq!(of("a1b2", "内容", "\r\n"), of("x9y8z7", "内容", ""));
        assert_ne!(of("a1b2", "内容", ""), of("a1b2", "内容二", ""));
        assert_eq!(of("a1b2", "", "").len(), 64);
    }

    #[test]
    fn it_does_not_matter_how_the_content_is_cut() {
        let value = "Multipart/Form-Data; charset=utf-8; boundary=\"cut\"";
        let bytes = form("cut", "--cu--cut-almost", "\r\n");
        let whole = digest(value, &[&bytes]);
        for at in 0..=bytes.len() {
            let (head, tail) = bytes.split_at(at);
            assert_eq!(digest(value, &[head, tail]), whole, "cut at {at}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(digest(value, &single), whole);
    }

    #[test]
    fn json_counts_as_it_is() {
        let of = |body: &[u8]| digest("application/json", &[body]);
        assert_eq!(of(b"{}"), of(b"{}"));
        assert_ne!(of(b"{}"), of(b"{ }"));
    }
}

//! Reads the body of a request as the document describes it for its media type.

use axum::{
    body::Body as HttpBody,
    http::{HeaderMap, header},
};
use bytes::Bytes;
use serde_json::Value;

use super::form::{self, refused};
use crate::{
    body::{self, IncompleteBody, MAX_JSON_BYTES},
    document::{Content, Kind, Operation, Problem},
    refusal::{Place, Refusal},
    rules::Body,
};

/// The maximum size of a form with files, or of a file: the largest ones that are documented, and room for the other parts
/// and the boundaries. Other bodies have the limit of JSON.
const MAX_FILES_BYTES: usize = 17 * 1024 * 1024;

/// The body of a request, as far as it could be read.
#[derive(Debug)]
pub(super) struct ReceivedBody {
    /// None if it could not be read.
    pub(super) body: Body,
    /// Why the document does not accept it.
    pub(super) refusal: Option<Refusal>,
    /// How many bytes were read; 0 for an incomplete body.
    pub(super) bytes: usize,
    /// A part of it may still be unread.
    pub(super) is_incomplete: bool,
}

impl ReceivedBody {
    pub(super) fn into_json(self) -> Option<Value> {
        match self.body {
            Body::Json(json) => Some(json),
            _ => None,
        }
    }
}

/// Reads the body, if the operation takes one. The document judges what `complete` makes of it, if it makes anything.
pub(super) async fn read(
    body: HttpBody,
    operation: &Operation,
    headers: &HeaderMap,
    complete: impl Fn(&Value) -> Option<Value>,
) -> ReceivedBody {
    let Some(documented) = &operation.body else {
        return ReceivedBody { body: Body::None, refusal: None, bytes: 0, is_incomplete: false };
    };
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content = documented.content(content_type);
    let max_bytes = match content.map(|content| content.kind) {
        Some(Kind::Multipart | Kind::Bytes) => MAX_FILES_BYTES,
        _ => MAX_JSON_BYTES,
    };
    let Ok::<_, IncompleteBody>(bytes) = body::read_body(body, max_bytes).await else {
        return ReceivedBody { body: Body::None, refusal: Some(refused("", "size")), bytes: 0, is_incomplete: true };
    };
    let length = bytes.len();
    let may_be_empty = content.is_some_and(|content| matches!(content.kind, Kind::Fields | Kind::Text | Kind::Bytes));
    let body = match content {
        _ if bytes.is_empty() && !documented.is_required => Ok(Body::None),
        _ if bytes.is_empty() && !may_be_empty => Err(refused("", "required")),
        None => Err(Refusal::new(Place::Header, "/content-type", "mediaType")),
        Some(content) => decode(content, content_type, bytes).await,
    };
    let (body, refusal) = match body {
        Ok(body) => {
            let problem = content.and_then(|content| problem(content, &body, complete));
            (body, problem.map(|Problem { pointer, rule }| Refusal::new(Place::Body, pointer, rule)))
        }
        Err(refusal) => (Body::None, Some(refusal)),
    };
    ReceivedBody { body, refusal, bytes: length, is_incomplete: false }
}

async fn decode(content: &Content, content_type: &str, bytes: Bytes) -> Result<Body, Refusal> {
    Ok(match content.kind {
        Kind::Json => Body::Json(serde_json::from_slice(&bytes).map_err(|_| refused("", "encoding"))?),
        Kind::Fields => form::read_fields(content, &bytes)?,
        Kind::Multipart => form::read_parts(content, content_type, bytes).await?,
        Kind::Text => Body::Text(String::from_utf8(bytes.into()).map_err(|_| refused("", "encoding"))?.into()),
        Kind::Bytes => Body::None,
    })
}

/// What the schema does not accept. A schema says nothing about bytes.
fn problem(content: &Content, body: &Body, complete: impl Fn(&Value) -> Option<Value>) -> Option<Problem> {
    match body {
        Body::None => None,
        body => content.schema.problem(complete(body.value()).as_ref().unwrap_or(body.value())),
    }
}

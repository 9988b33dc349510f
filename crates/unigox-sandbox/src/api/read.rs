//! Reads the body of a request as the document describes it: as JSON, or as a multipart form.

use std::{collections::BTreeMap, io};

use axum::{
    body::Body as HttpBody,
    http::{HeaderMap, header},
};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::{
    body::{self, IncompleteBody, MAX_JSON_BYTES},
    document::{Form, Operation, Part},
    rules::{Body, File},
};

/// The maximum size of a form: the largest file, and room for the other parts and the boundaries.
const MAX_FORM_BYTES: usize = 11 * 1024 * 1024;

/// The body of a request, as far as it could be read.
#[derive(Debug)]
pub(super) struct ReceivedBody {
    pub(super) body: Result<Body, BodyError>,
    /// How many bytes were read; 0 for an incomplete body.
    pub(super) bytes: usize,
}

/// Why a body can't be read as the operation takes it.
#[derive(Debug)]
pub(super) enum BodyError {
    /// It is not JSON, or not a form of the expected parts.
    Malformed,
    /// See [`IncompleteBody`].
    Incomplete,
}

impl ReceivedBody {
    pub(super) fn json(&self) -> Option<&Value> {
        match &self.body {
            Ok(Body::Json(json)) => Some(json),
            _ => None,
        }
    }

    pub(super) fn is_incomplete(&self) -> bool {
        matches!(self.body, Err(BodyError::Incomplete))
    }
}

/// Reads the body, if the operation takes one.
pub(super) async fn read(body: HttpBody, operation: &Operation, headers: &HeaderMap) -> ReceivedBody {
    if !operation.has_body() {
        return ReceivedBody { body: Ok(Body::None), bytes: 0 };
    }
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let form = operation.form().filter(|_| content_type.to_ascii_lowercase().starts_with("multipart/form-data"));
    let max_bytes = if form.is_some() { MAX_FORM_BYTES } else { MAX_JSON_BYTES };
    let Ok::<_, IncompleteBody>(bytes) = body::read_body(body, max_bytes).await else {
        return ReceivedBody { body: Err(BodyError::Incomplete), bytes: 0 };
    };
    let length = bytes.len();
    let body = match form {
        Some(form) => read_form(form, content_type, bytes).await.map_err(|_| BodyError::Malformed),
        None => read_json(content_type, &bytes).map(Body::Json).ok_or(BodyError::Malformed),
    };
    ReceivedBody { body, bytes: length }
}

fn read_json(content_type: &str, bytes: &[u8]) -> Option<Value> {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let json = serde_json::from_slice(bytes).ok();
    json.filter(|_| media_type.eq_ignore_ascii_case("application/json"))
}

/// Reads the documented parts of a form. Each may be there once; other parts are ignored.
async fn read_form(form: &Form, content_type: &str, bytes: Bytes) -> Result<Body, FormError> {
    let boundary = multer::parse_boundary(content_type)?;
    let once = futures_util::stream::once(async move { Ok::<_, io::Error>(bytes) });
    let mut parts = multer::Multipart::new(once, boundary);
    let (mut fields, mut files) = (Map::new(), BTreeMap::new());
    while let Some(part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(kind) = form.part(&name) else { continue };
        let text = match kind {
            Part::Text => part.text().await?,
            Part::File => {
                let file_name = part.file_name().unwrap_or(&name).to_owned();
                files.insert(name.clone(), File { name: file_name, content: part.bytes().await? });
                String::new()
            }
        };
        if fields.insert(name, Value::String(text)).is_some() {
            return Err(FormError);
        }
    }
    Ok(Body::Form { fields: Value::Object(fields), files })
}

/// The form is malformed, or has a part twice.
struct FormError;

impl From<multer::Error> for FormError {
    fn from(_: multer::Error) -> Self {
        Self
    }
}

//! Headers and fields of bodies that a caller adds to requests.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::{Error, Result};

/// The headers that belong to the client or to the connection.
const RESERVED: [&str; 16] = [
    "accept",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-api-key",
];

/// What is added to each request.
#[derive(Clone, Default)]
pub(crate) struct Added {
    headers: HeaderMap,
    body_fields: Map<String, Value>,
}

const NOT_AN_OBJECT: &str = "is not a JSON object, so the fields of `Client::with_body_field` can't be added; make this \
                             call with a client that has none";

/// Why a field can't be added to a body: the field, and the problem.
pub(crate) type Refused = (String, &'static str);

impl Added {
    pub(crate) fn is_empty(&self) -> bool {
        self.headers.is_empty() && self.body_fields.is_empty()
    }

    /// Adds a header, in place of one with the same name. Its value is hidden wherever it could be printed.
    pub(crate) fn add_header(&mut self, name: &str, value: &str) -> Result<()> {
        const SETTING: &str = "a header";
        let name = HeaderName::from_bytes(name.as_bytes());
        let name = name.map_err(|_| Error::configuration(SETTING, "has a name that HTTP does not allow"))?;
        if RESERVED.contains(&name.as_str()) {
            return Err(Error::configuration(SETTING, "is one that the client sets itself"));
        }
        let value = HeaderValue::from_str(value);
        let mut value = value.map_err(|_| Error::configuration(SETTING, "has a value that HTTP does not allow"))?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(())
    }

    /// Adds a field to JSON bodies, in place of one that was added by the same name.
    pub(crate) fn add_body_field(&mut self, name: String, value: Value) {
        self.body_fields.insert(name, value);
    }

    /// Adds it all to `request`.
    pub(crate) fn write_to(&self, request: &mut reqwest::Request) -> Result<(), Refused> {
        for (name, value) in &self.headers {
            // A parameter of the operation is not overwritten.
            request.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
        match request.body() {
            Some(body) if !self.body_fields.is_empty() => {
                let body = self.extended(body.as_bytes())?;
                *request.body_mut() = Some(body.into());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// `body` with the fields, which are written behind its own: it is not read as more than names.
    fn extended(&self, body: Option<&[u8]>) -> Result<Vec<u8>, Refused> {
        let not_an_object = || ("body".to_owned(), NOT_AN_OBJECT);
        let body = body.ok_or_else(not_an_object)?;
        let own: BTreeMap<String, IgnoredAny> = serde_json::from_slice(body).map_err(|_| not_an_object())?;
        if let Some(name) = self.body_fields.keys().find(|name| own.contains_key(*name)) {
            return Err((name.clone(), "is in the body already, so `Client::with_body_field` can't add it"));
        }
        let end = body.iter().rposition(|byte| *byte == b'}').ok_or_else(not_an_object)?;
        let mut extended = body[..end].to_vec();
        if !own.is_empty() {
            extended.push(b',');
        }
        let added = serde_json::to_vec(&self.body_fields).map_err(|_| not_an_object())?;
        extended.extend_from_slice(added.strip_prefix(b"{").unwrap_or(&added));
        Ok(extended)
    }
}

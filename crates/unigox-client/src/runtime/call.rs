//! A call from its parameters to its value: what the generated methods are made of.

use std::{borrow::Cow, fmt::Display, sync::Arc};

use reqwest::{
    Body, Method, Request, RequestBuilder, StatusCode, Url,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use serde_path_to_error::Segment;

use super::{
    error::{ApiError, DecodeError, Error, InvalidRequest},
    error_body::ErrorBody,
    form::Form,
    operation::Operation,
    response::{RawBody, Response},
    transport::{RawResponse, Transport},
};

/// A client of the API: one method for each operation, sent by `T`.
#[derive(Clone, Debug)]
pub struct Client<T> {
    base_url: Arc<Url>,
    transport: T,
}

impl<T> Client<T> {
    /// A client that calls the API at `base_url`, which may end in a path.
    ///
    /// # Errors
    ///
    /// If `base_url` is not an absolute `http` or `https` URL, or has a query, a fragment or credentials in it.
    pub fn new(base_url: &str, transport: T) -> Result<Self, InvalidBaseUrl> {
        let base_url = Url::parse(base_url).map_err(|_| InvalidBaseUrl)?;
        let is_plain = base_url.query().is_none() && base_url.fragment().is_none();
        let is_anonymous = base_url.username().is_empty() && base_url.password().is_none();
        if matches!(base_url.scheme(), "http" | "https") && is_plain && is_anonymous {
            Ok(Self { base_url: Arc::new(base_url), transport })
        } else {
            Err(InvalidBaseUrl)
        }
    }

    /// The transport.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// A client of the same API over another transport, for instance one with the limits of a single call.
    pub fn over<U>(&self, transport: U) -> Client<U> {
        Client { base_url: Arc::clone(&self.base_url), transport }
    }
}

impl<T: Transport> Client<T> {
    pub(crate) fn call(&self, operation: &'static Operation) -> Call<'_, T> {
        Call {
            client: self,
            operation,
            path: Vec::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Content::None,
            refused: None,
        }
    }
}

/// A base URL that is not an absolute `http` or `https` URL, or has more parts than host, port and path.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidBaseUrl;

impl Display for InvalidBaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the base URL is not an absolute http or https URL of host, port and path alone")
    }
}

impl std::error::Error for InvalidBaseUrl {}

/// A call under construction. The first parameter that can't be sent is kept, and reported when the call is sent.
pub(crate) struct Call<'c, T> {
    client: &'c Client<T>,
    operation: &'static Operation,
    path: Vec<(&'static str, String)>,
    query: Vec<(&'static str, String)>,
    headers: HeaderMap,
    body: Content,
    refused: Option<(Cow<'static, str>, &'static str)>,
}

enum Content {
    None,
    Bytes(&'static str, Body),
    Form(Form),
}

#[allow(dead_code, reason = "which of these are used depends on the document that the methods are generated from")]
impl<T: Transport> Call<'_, T> {
    fn refuse(&mut self, parameter: impl Into<Cow<'static, str>>, problem: &'static str) {
        self.refused.get_or_insert((parameter.into(), problem));
    }

    pub(crate) fn path(mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Self {
        let Some(value) = text(value) else {
            self.refuse(name, "can't be written in a path");
            return self;
        };
        match value.as_str() {
            "" => self.refuse(name, "is empty, which would call another path"),
            // A URL can only express these as steps in the path.
            "." | ".." => self.refuse(name, "is a step in the path, which would call another path"),
            // URL parsers drop line breaks and tabs, which would turn one id into another.
            text if text.contains(char::is_control) => self.refuse(name, "has a control character in it"),
            _ => {}
        }
        self.path.push((name, value));
        self
    }

    /// Scalars as text, each member of a list by itself, nothing for null.
    pub(crate) fn query(mut self, name: &'static str, value: &impl Serialize) -> Self {
        let mut push = |value: Value| match value {
            Value::Null => {}
            Value::String(text) => self.query.push((name, text)),
            value => self.query.push((name, value.to_string())),
        };
        match serde_json::to_value(value) {
            Ok(Value::Array(members)) => members.into_iter().for_each(push),
            Ok(value) => push(value),
            Err(_) => self.refuse(name, "can't be written as a query"),
        }
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: Option<impl Serialize>) -> Self {
        let Some(value) = value else { return self };
        match (HeaderName::from_bytes(name.as_bytes()), text(&value).map(HeaderValue::try_from)) {
            (Ok(header), Some(Ok(value))) => drop(self.headers.insert(header, value)),
            _ => self.refuse(name, "can't be written as a header"),
        }
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.body = Content::Bytes("application/json", bytes.into()),
            Err(_) => self.refuse("body", "can't be written as JSON"),
        }
        self
    }

    pub(crate) fn optional_json(self, body: Option<&impl Serialize>) -> Self {
        match body {
            Some(body) => self.json(body),
            None => self,
        }
    }

    pub(crate) fn form_urlencoded(mut self, body: &impl Serialize) -> Self {
        let Ok(Value::Object(fields)) = serde_json::to_value(body) else {
            self.refuse("body", "can't be written as a form");
            return self;
        };
        // The rules are those of a query, so a URL that is not sent encodes the fields.
        let mut url = Url::clone(&self.client.base_url);
        url.query_pairs_mut().clear().extend_pairs(
            fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.as_str(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))),
        );
        let body = url.query().unwrap_or_default().to_owned();
        self.body = Content::Bytes("application/x-www-form-urlencoded", body.into());
        self
    }

    pub(crate) fn octets(mut self, body: impl Into<Body>) -> Self {
        self.body = Content::Bytes("application/octet-stream", body.into());
        self
    }

    pub(crate) fn text(mut self, body: String) -> Self {
        self.body = Content::Bytes("text/plain", body.into());
        self
    }

    pub(crate) fn multipart(mut self, form: Form) -> Self {
        if let Some(name) = form.refused {
            self.refuse(name, "can't be written as a part of a form");
        }
        self.body = Content::Form(form);
        self
    }

    fn url(&mut self) -> Url {
        let mut url = Url::clone(&self.client.base_url);
        let mut refused = None;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(self.operation.path.split('/').skip(1).map(|segment| {
                match fill(segment, &self.path) {
                    // A segment that only its parameters make a step is a step all the same.
                    Some(filled) if filled != "." && filled != ".." => filled,
                    _ => {
                        refused = Some(segment);
                        segment.into()
                    }
                }
            }));
        }
        if let Some(segment) = refused {
            self.refuse(segment, "has no value that a path can hold");
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(self.query.drain(..));
        }
        url
    }

    /// Sends the call. A status other than a success is an error.
    pub(crate) async fn send(mut self) -> Result<Received, Error<T::Error>> {
        let url = self.url();
        let operation = self.operation;
        if let Some((parameter, problem)) = self.refused {
            return Err(Error::InvalidRequest(InvalidRequest { operation, parameter, problem }));
        }
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap_or_default();
        let mut request = Request::new(method, url);
        *request.headers_mut() = self.headers;
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        let transport = &self.client.transport;
        let request = match self.body {
            Content::None => request,
            Content::Bytes(media_type, body) => {
                request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
                *request.body_mut() = Some(body);
                request
            }
            Content::Form(form) => {
                let builder = RequestBuilder::from_parts(transport.http().clone(), request).multipart(form.form);
                builder.build().map_err(|_| {
                    let problem = "can't be written as a form";
                    Error::InvalidRequest(InvalidRequest { operation, parameter: "body".into(), problem })
                })?
            }
        };
        let raw = transport.send(request, operation).await.map_err(Error::Transport)?;
        if raw.status.is_success() {
            return Ok(Received { operation, raw });
        }
        let body = ErrorBody::new(raw.body.clone());
        Err(Error::Api(Box::new(ApiError { operation, response: Response::new(body, raw) })))
    }
}

/// A scalar as text.
fn text(value: &(impl Serialize + ?Sized)) -> Option<String> {
    match serde_json::to_value(value).ok()? {
        Value::String(text) => Some(text),
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A segment of a path template with its parameters filled in.
fn fill<'s>(segment: &'s str, values: &[(&str, String)]) -> Option<Cow<'s, str>> {
    if !segment.contains('{') {
        return Some(segment.into());
    }
    let mut filled = String::new();
    let mut rest = segment;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(&values.iter().find(|(known, _)| *known == name)?.1);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled.into())
}

/// A response whose status is a success.
pub(crate) struct Received {
    operation: &'static Operation,
    raw: RawResponse,
}

#[allow(dead_code, reason = "which of these are used depends on the document that the methods are generated from")]
impl Received {
    pub(crate) fn status(&self) -> StatusCode {
        self.raw.status
    }

    /// The response of an operation that returns JSON.
    pub(crate) fn json<V: DeserializeOwned, E>(self) -> Result<Response<V>, Error<E>> {
        match serde_json::from_slice(&self.raw.body) {
            Ok(value) => Ok(Response::new(value, self.raw)),
            Err(error) => Err(self.undecodable::<V, E>(&error)),
        }
    }

    /// The response of an operation that returns a status alone.
    pub(crate) fn empty<E>(self) -> Result<Response<()>, Error<E>> {
        Ok(Response::new((), self.raw))
    }

    /// The response of an operation that returns something other than JSON.
    pub(crate) fn raw<E>(self) -> Result<Response<RawBody>, Error<E>> {
        Ok(Response::new(RawBody(self.raw.body.clone()), self.raw))
    }

    /// The document does not list this success status, so the shape of the body is not known either.
    pub(crate) fn unknown_status<V, E>(self) -> Result<Response<V>, Error<E>> {
        Err(self.error(".".to_owned(), "has a status whose body the document does not describe"))
    }

    /// The parser's message may quote the body, so only its category and the path to the place are kept. The body is
    /// parsed a second time for that path, and only in this case.
    fn undecodable<V: DeserializeOwned, E>(self, error: &serde_json::Error) -> Error<E> {
        use serde_json::error::Category;
        let whole = || ".".to_owned();
        match error.classify() {
            _ if self.raw.body.is_empty() => self.error(whole(), "has no body"),
            Category::Syntax | Category::Io => self.error(whole(), "is not JSON"),
            Category::Eof => self.error(whole(), "ends too early"),
            Category::Data => {
                let reader = &mut serde_json::Deserializer::from_slice(&self.raw.body);
                let path =
                    serde_path_to_error::deserialize::<_, V>(reader).err().map_or_else(whole, |e| printable(e.path()));
                self.error(path, "is not what the document describes")
            }
        }
    }

    fn error<E>(self, path: String, problem: &'static str) -> Error<E> {
        let response = Response::new((), self.raw);
        Error::Decode(Box::new(DecodeError { operation: self.operation, response, path, problem }))
    }
}

/// A path of names that may be printed: below a map, the keys are the server's, and may be anything.
fn printable(path: &serde_path_to_error::Path) -> String {
    let is_name =
        |key: &str| key.len() <= 64 && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let mut out = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => out.push_str(&format!("[{index}]")),
            Segment::Map { key } if is_name(key) => out.push_str(&format!(".{key}")),
            Segment::Map { .. } => out.push_str(".[hidden]"),
            Segment::Enum { variant } => out.push_str(&format!(".{variant}")),
            Segment::Unknown => {}
        }
    }
    if out.is_empty() { ".".to_owned() } else { out.trim_start_matches('.').to_owned() }
}

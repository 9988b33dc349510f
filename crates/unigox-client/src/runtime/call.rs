//! A call from its parameters to its value: what the generated methods are made of.

use std::{borrow::Cow, fmt::Display, sync::Arc};

use reqwest::{
    Body, Method, Request, RequestBuilder, StatusCode, Url,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_path_to_error::Segment;

use super::{
    error::{ApiError, DecodeError, Error, InvalidRequest},
    error_body::ErrorBody,
    form::{Form, Pieces, pieces},
    node::Node,
    operation::Operation,
    parameter::{Problem, Style, push_literal},
    response::{RawBody, Response, TextBody},
    tolerant,
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

#[allow(dead_code, reason = "a document may have no operation")]
impl<T: Transport> Client<T> {
    pub(crate) fn call(&self, operation: &'static Operation) -> Call<'_, T> {
        Call {
            client: self,
            operation,
            path: Vec::new(),
            query: String::new(),
            cookies: String::new(),
            headers: HeaderMap::new(),
            accept: "application/json",
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
    /// The values of path parameters, escaped.
    path: Vec<(&'static str, String)>,
    /// The query, escaped.
    query: String,
    cookies: String,
    headers: HeaderMap,
    accept: &'static str,
    body: Content,
    refused: Option<(Cow<'static, str>, Problem)>,
}

#[allow(dead_code, reason = "which of these are used depends on the document that the methods are generated from")]
enum Content {
    None,
    Bytes(Cow<'static, str>, Body),
    Form(Box<Form>),
}

#[allow(dead_code, reason = "which of these are used depends on the document that the methods are generated from")]
impl<'c, T: Transport> Call<'c, T> {
    fn refuse(&mut self, parameter: impl Into<Cow<'static, str>>, problem: Problem) {
        self.refused.get_or_insert((parameter.into(), problem));
    }

    /// Keeps the value of the parameter `name`, or why it can't be sent.
    fn keep<V>(&mut self, name: &'static str, value: Result<V, Problem>) -> Option<V> {
        value.map_err(|problem| self.refuse(name, problem)).ok()
    }

    pub(crate) fn path(mut self, name: &'static str, style: Style, value: &(impl Serialize + ?Sized)) -> Self {
        let written = node(value).and_then(|value| style.path(name, value)?.ok_or("has no value that a path can hold"));
        if let Some(value) = self.keep(name, written) {
            self.path.push((name, value));
        }
        self
    }

    pub(crate) fn query(mut self, name: &'static str, style: Style, value: &(impl Serialize + ?Sized)) -> Self {
        let written = node(value).and_then(|value| style.query(name, value, &mut self.query));
        self.keep(name, written);
        self
    }

    pub(crate) fn header(mut self, name: &'static str, style: Style, value: &(impl Serialize + ?Sized)) -> Self {
        const PROBLEM: Problem = "can't be written as a header";
        let written = node(value).and_then(|value| style.header(value)).and_then(|text| {
            let Some(text) = text else { return Ok(None) };
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| PROBLEM)?;
            Ok(Some((name, HeaderValue::try_from(text).map_err(|_| PROBLEM)?)))
        });
        if let Some(Some((name, value))) = self.keep(name, written) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn cookie(mut self, name: &'static str, style: Style, value: &(impl Serialize + ?Sized)) -> Self {
        let written = node(value).and_then(|value| style.cookie(name, value, &mut self.cookies));
        self.keep(name, written);
        self
    }

    /// The media types that the operation responds with.
    pub(crate) fn accept(mut self, media_types: &'static str) -> Self {
        self.accept = media_types;
        self
    }

    /// Adds a body, if there is one, by one of the methods below.
    pub(crate) fn optional<B>(self, body: Option<B>, add: impl FnOnce(Self, B) -> Self) -> Self {
        match body {
            Some(body) => add(self, body),
            None => self,
        }
    }

    pub(crate) fn json(mut self, media_type: &'static str, body: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.body = Content::Bytes(media_type.into(), bytes.into()),
            Err(_) => self.refuse("body", "can't be written as JSON"),
        }
        self
    }

    /// A form without files. A field that is not in `styles` is written as the specification says where a document says
    /// nothing: scalars as text, each member of a list by itself, objects as JSON.
    pub(crate) fn form_urlencoded(
        mut self,
        body: &(impl Serialize + ?Sized),
        styles: &[(&'static str, Style)],
    ) -> Self {
        let Some(Node::Map(fields)) = Node::of(body) else {
            self.refuse("body", "can't be written as a form");
            return self;
        };
        let mut form = String::new();
        for (name, value) in fields {
            let written = match styles.iter().find(|(known, _)| *known == name) {
                Some((_, style)) => style.query(&name, value, &mut form),
                None => match pieces(value) {
                    Some(Pieces::None) => Ok(()),
                    Some(Pieces::One(text)) => Style::FORM.query(&name, text.into(), &mut form),
                    Some(Pieces::Many(texts)) => {
                        let texts = texts.into_iter().map(Node::from).collect();
                        Style::FORM.query(&name, Node::List(texts), &mut form)
                    }
                    None => Err("can't be written as a field of a form"),
                },
            };
            if let Err(problem) = written {
                self.refuse(name, problem);
            }
        }
        // The one difference from a query. A plus sign that is data is escaped.
        let form = form.replace("%20", "+");
        self.body = Content::Bytes("application/x-www-form-urlencoded".into(), form.into());
        self
    }

    pub(crate) fn bytes(mut self, media_type: &'static str, body: impl Into<Body>) -> Self {
        self.body = Content::Bytes(media_type.into(), body.into());
        self
    }

    /// Text as it is. Without a charset, `text/plain` would be ASCII.
    pub(crate) fn text(mut self, media_type: &'static str, body: impl Into<String>) -> Self {
        let lower = media_type.to_ascii_lowercase();
        let is_complete = !lower.starts_with("text/") || lower.contains("charset=");
        let media_type = if is_complete { media_type.into() } else { format!("{media_type}; charset=utf-8").into() };
        self.body = Content::Bytes(media_type, body.into().into());
        self
    }

    pub(crate) fn multipart(mut self, form: Form) -> Self {
        if let Some((name, problem)) = form.refused {
            self.refuse(name, problem);
        }
        self.body = Content::Form(Box::new(form));
        self
    }

    fn url(&mut self) -> Url {
        let mut url = Url::clone(&self.client.base_url);
        let base = url.path();
        let base = base.strip_suffix('/').unwrap_or(base);
        let length = self.path.iter().fold(base.len() + self.operation.path.len(), |sum, (_, value)| sum + value.len());
        let mut path = String::with_capacity(length);
        path.push_str(base);
        let start = path.len();
        if fill(self.operation.path, &self.path, &mut path).is_none() {
            self.refuse(self.operation.path, "has no value that a path can hold");
        } else if path.as_bytes()[start..].iter().any(|byte| matches!(byte, b'.' | b'%'))
            && let Some(at) = path[start..].split('/').position(is_step)
        {
            // A segment that only its parameters make a step is a step all the same.
            let segment = self.operation.path.split('/').nth(at).unwrap_or_default();
            self.refuse(segment, "has no value that a path can hold");
        }
        url.set_path(&path);
        if !self.query.is_empty() {
            url.set_query(Some(&self.query));
        }
        url
    }

    /// Sends the call. A status other than a success is an error.
    ///
    /// The request is built before there is a future, which would hold the whole call otherwise: moving a future copies it.
    pub(crate) fn send(self) -> impl Future<Output = Result<Received, Error<T::Error>>> + use<'c, T> {
        let (transport, operation) = (&self.client.transport, self.operation);
        let request = self.request();
        async move {
            let raw =
                transport.send(request.map_err(Error::InvalidRequest)?, operation).await.map_err(Error::Transport)?;
            if raw.status.is_success() {
                return Ok(Received { operation, raw });
            }
            let body = ErrorBody::new(raw.body.clone());
            Err(Error::Api(Box::new(ApiError { operation, response: Response::new(body, raw) })))
        }
    }

    fn request(mut self) -> Result<Request, InvalidRequest> {
        let url = self.url();
        let operation = self.operation;
        if let Some((parameter, problem)) = self.refused {
            return Err(InvalidRequest { operation, parameter, problem });
        }
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap_or_default();
        let mut request = Request::new(method, url);
        let invalid =
            |parameter: &'static str, problem| InvalidRequest { operation, parameter: parameter.into(), problem };
        let header =
            |name, text: &str| HeaderValue::from_str(text).map_err(|_| invalid(name, "can't be written as a header"));
        *request.headers_mut() = self.headers;
        request.headers_mut().insert(ACCEPT, header("Accept", self.accept)?);
        if !self.cookies.is_empty() {
            request.headers_mut().insert(COOKIE, header("Cookie", &self.cookies)?);
        }
        match self.body {
            Content::None => Ok(without_body(request)),
            Content::Bytes(media_type, body) => {
                request.headers_mut().insert(CONTENT_TYPE, header("Content-Type", &media_type)?);
                if body.as_bytes().is_some_and(<[u8]>::is_empty) {
                    return Ok(without_body(request));
                }
                *request.body_mut() = Some(body);
                Ok(request)
            }
            Content::Form(form) => {
                let form = form.form.percent_encode_noop();
                let builder = RequestBuilder::from_parts(self.client.transport.http().clone(), request).multipart(form);
                builder.build().map_err(|_| invalid("body", "can't be written as a form"))
            }
        }
    }
}

/// A request that has no body, or an empty one. Where a body is usual, its length is stated (RFC 9110, section 8.6);
/// the HTTP library does not do it.
fn without_body(mut request: Request) -> Request {
    if matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH) {
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    request
}

fn node(value: &(impl Serialize + ?Sized)) -> Result<Node, Problem> {
    Node::of(value).ok_or("can't be written as a parameter")
}

/// Adds a path template with its parameters filled in; nothing if one has no value.
fn fill(template: &str, values: &[(&str, String)], path: &mut String) -> Option<()> {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        push_literal(path, before);
        path.push_str(&values.iter().find(|(known, _)| *known == name)?.1);
        rest = after;
    }
    push_literal(path, rest);
    Some(())
}

/// Whether a URL takes `segment` for a step in the path: one or two dots, which may be escaped.
fn is_step(segment: &str) -> bool {
    let (mut rest, mut dots) = (segment.as_bytes(), 0);
    while let [b'.', after @ ..] | [b'%', b'2', b'e' | b'E', after @ ..] = rest {
        (rest, dots) = (after, dots + 1);
    }
    rest.is_empty() && matches!(dots, 1 | 2)
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

    /// The response of an operation that returns JSON. Nearly every body is read once; one with a field of another type is
    /// read without it.
    pub(crate) fn json<V: DeserializeOwned, E>(self) -> Result<Response<V>, Error<E>> {
        // All of it is checked at once, so that no string is checked on its own.
        let text = match std::str::from_utf8(&self.raw.body) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => return Err(self.error(".".to_owned(), "ends too early")),
            Err(_) => return Err(self.error(".".to_owned(), "is not JSON")),
        };
        match serde_json::from_str(text) {
            Ok(value) => Ok(Response::new(value, self.raw)),
            Err(error) if error.is_data() => match tolerant::read::<V>(&self.raw.body) {
                Some((value, problems)) => Ok(Response::new(value, self.raw).with_problems(problems)),
                None => Err(self.undecodable::<V, E>(&error)),
            },
            Err(error) => Err(self.undecodable::<V, E>(&error)),
        }
    }

    /// The response of an operation that returns text.
    pub(crate) fn text<E>(self) -> Result<Response<TextBody>, Error<E>> {
        let content_type = self.raw.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let charset = content_type.split(';').skip(1).find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
        });
        let text = match charset.as_deref() {
            None | Some("utf-8" | "utf8" | "us-ascii") => std::str::from_utf8(&self.raw.body).ok().map(str::to_owned),
            Some("iso-8859-1" | "latin1") => Some(self.raw.body.iter().copied().map(char::from).collect()),
            Some(_) => return Err(self.error(".".to_owned(), "is text in a charset other than UTF-8 and ISO 8859-1")),
        };
        match text {
            Some(text) => Ok(Response::new(TextBody(text), self.raw)),
            None => Err(self.error(".".to_owned(), "is not text in UTF-8")),
        }
    }

    /// The response of an operation whose statuses have shapes of their own.
    pub(crate) fn by_status<V, E>(
        self,
        read: impl FnOnce(Self) -> Result<Response<V>, Error<E>>,
    ) -> Result<Response<V>, Error<E>> {
        read(self)
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
    let mut out = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => out.push_str(&format!("[{index}]")),
            Segment::Map { key } if tolerant::is_printable(key) => out.push_str(&format!(".{key}")),
            Segment::Map { .. } => out.push_str(".[hidden]"),
            Segment::Enum { variant } => out.push_str(&format!(".{variant}")),
            Segment::Unknown => {}
        }
    }
    if out.is_empty() { ".".to_owned() } else { out.trim_start_matches('.').to_owned() }
}

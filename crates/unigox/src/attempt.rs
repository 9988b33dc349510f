//! One attempt: a request is sent once, with the key, and its response is read.

mod sent_body;

use std::{
    error::Error as StdError,
    future::ready,
    pin::Pin,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue};
use unigox_client::{Client as Generated, Operation, RawResponse};

use self::sent_body::SentBody;
use crate::{
    Error, HttpTransport, RequestBody, Sending, TransportError,
    added::{Added, Refused},
    retry_after,
};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The HTTP client and the key, which all attempts of a client share.
pub(crate) struct Connection {
    pub(crate) http: reqwest::Client,
    /// What sends requests in place of the HTTP client.
    pub(crate) transport: Option<Box<dyn HttpTransport>>,
    pub(crate) key: RwLock<HeaderValue>,
}

impl Connection {
    fn key(&self) -> HeaderValue {
        self.key.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_key(&self, key: HeaderValue) {
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = key;
    }
}

/// The generated client, for one attempt.
pub(crate) type Sender = Generated<Attempt>;

/// Sends one request, within limits.
pub(crate) struct Attempt {
    pub(crate) connection: Arc<Connection>,
    /// What the caller adds to requests.
    pub(crate) added: Option<Arc<Added>>,
    pub(crate) time: Duration,
    pub(crate) max_response_bytes: usize,
}

/// A request on its way, and its response.
type Exchange<'a> = Pin<Box<dyn Future<Output = Result<RawResponse, AttemptError>> + Send + 'a>>;

/// Why an attempt has no response.
#[derive(Debug)]
pub(crate) enum AttemptError {
    /// The request can't be sent as it is, or with what the caller adds.
    Refused(Refused),
    /// There was no connection, so the request was not sent.
    NeverSent(reqwest::Error),
    /// There was no connection, because of the certificate of the server.
    Untrusted(reqwest::Error),
    /// The body of the request failed before its end, so the request was not sent as a whole.
    BodyFailed(Box<dyn StdError + Send + Sync>),
    /// The transport of the caller has no response.
    Transport(TransportError),
    /// The connection broke. Whether the request arrived is not known.
    Broken(reqwest::Error),
    /// The attempt timed out after this time. Whether the request arrived is not known.
    TimedOut(Duration),
    /// The response is longer than this many bytes. Its body was not read.
    TooLarge(usize, Box<RawResponse>),
}

impl AttemptError {
    fn new(error: reqwest::Error) -> Self {
        // The URL has the identifier of a person in it.
        let error = error.without_url();
        match error.is_connect() || error.is_builder() {
            true if is_about_a_certificate(&error) => Self::Untrusted(error),
            true => Self::NeverSent(error),
            false => Self::Broken(error),
        }
    }

    pub(crate) fn into_error(self, operation: &'static Operation) -> Error {
        match self {
            Self::Refused((field, problem)) => Error::invalid(field, problem).with_operation(operation),
            Self::NeverSent(source) => Error::never_sent(operation).with_source(source),
            Self::Untrusted(source) => Error::untrusted(operation).with_source(source),
            Self::Transport(error) if error.may_have_arrived => Error::broken(operation).with_source(error.source),
            Self::Transport(error) => Error::never_sent(operation).with_source(error.source),
            Self::BodyFailed(source) => Error::body_failed(operation).with_source(source),
            Self::Broken(source) => Error::broken(operation).with_source(source),
            Self::TimedOut(time) => Error::timed_out(operation, time),
            Self::TooLarge(limit, head) => {
                let retry_after = retry_after::read(head.headers());
                Error::too_large(operation, limit, crate::RawResponse::new(*head)).with_retry_after(retry_after)
            }
        }
    }
}

/// Whether a connection failed because of a certificate. The TLS libraries have no type in common, but all of them say it.
fn is_about_a_certificate(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if error.to_string().to_ascii_lowercase().contains("certificate") {
            return true;
        }
        source = error.source();
    }
    false
}

impl Attempt {
    async fn exchange(
        &self,
        sending: impl Future<Output = reqwest::Result<reqwest::Response>>,
        body: Option<Arc<AtomicBool>>,
    ) -> Result<RawResponse, AttemptError> {
        let mut response = match sending.await {
            Ok(response) => response,
            Err(error) if has_failed(body) => return Err(AttemptError::BodyFailed(error.without_url().into())),
            Err(error) => return Err(AttemptError::new(error)),
        };
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        match self.read(&mut response).await? {
            Some(body) => Ok(RawResponse::new(status, headers, body)),
            None => {
                let head = RawResponse::new(status, headers, Bytes::new());
                Err(AttemptError::TooLarge(self.max_response_bytes, Box::new(head)))
            }
        }
    }

    /// The same by the transport of the caller.
    async fn exchange_by(
        &self,
        sending: reqwest::Result<Sending<'_>>,
        body: Option<Arc<AtomicBool>>,
    ) -> Result<RawResponse, AttemptError> {
        let response = sending.map_err(AttemptError::new)?.await.map_err(|error| match has_failed(body) {
            true => AttemptError::BodyFailed(error.source),
            false => AttemptError::Transport(error),
        })?;
        let (head, body) = response.into_parts();
        if body.len() > self.max_response_bytes {
            let head = RawResponse::new(head.status, head.headers, Bytes::new());
            return Err(AttemptError::TooLarge(self.max_response_bytes, Box::new(head)));
        }
        Ok(RawResponse::new(head.status, head.headers, body))
    }

    /// The body, unless it is longer than allowed.
    async fn read(&self, response: &mut reqwest::Response) -> Result<Option<Bytes>, AttemptError> {
        let fits = |length: usize| length <= self.max_response_bytes;
        let announced = response.content_length().unwrap_or_default();
        if !fits(usize::try_from(announced).unwrap_or(usize::MAX)) {
            return Ok(None);
        }
        // Nearly every response is a single chunk, which needs no copy.
        let Some(first) = response.chunk().await.map_err(AttemptError::new)? else { return Ok(Some(Bytes::new())) };
        if !fits(first.len()) {
            return Ok(None);
        }
        let Some(second) = response.chunk().await.map_err(AttemptError::new)? else { return Ok(Some(first)) };
        let mut body = BytesMut::from(first);
        let mut next = Some(second);
        while let Some(chunk) = next {
            if !fits(body.len() + chunk.len()) {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
            next = response.chunk().await.map_err(AttemptError::new)?;
        }
        Ok(Some(body.freeze()))
    }
}

impl unigox_client::Transport for Attempt {
    type Error = AttemptError;

    fn http(&self) -> &reqwest::Client {
        &self.connection.http
    }

    // The request is handed on before there is a future, which would hold it otherwise: moving a future copies it.
    fn send(
        &self,
        mut request: reqwest::Request,
        _: &'static Operation,
    ) -> impl Future<Output = Result<RawResponse, AttemptError>> + Send {
        let added = match request.url().as_str().len() > MAX_URL_BYTES {
            true => Err(("url".to_owned(), "is longer than HTTP allows: a parameter is too long")),
            false => self.added.as_ref().map_or(Ok(()), |added| added.write_to(&mut request)),
        };
        request.headers_mut().insert(API_KEY, self.connection.key());
        let body = SentBody::watch(&mut request);
        // In a box, it is moved once; in the futures of all that waits for it, it would be moved with each of them.
        let exchange: Exchange<'_> = match (added, &self.connection.transport) {
            (Err(refused), _) => Box::pin(ready(Err(AttemptError::Refused(refused)))),
            (Ok(()), None) => Box::pin(self.exchange(self.connection.http.execute(request), body)),
            (Ok(()), Some(transport)) => {
                let request = http::Request::<reqwest::Body>::try_from(request);
                let sending = request.map(|request| transport.send(request.map(RequestBody::new)));
                Box::pin(self.exchange_by(sending, body))
            }
        };
        async move { tokio::time::timeout(self.time, exchange).await.unwrap_or(Err(AttemptError::TimedOut(self.time))) }
    }
}

/// The longest URL that can be sent.
const MAX_URL_BYTES: usize = u16::MAX as usize - 1;

fn has_failed(body: Option<Arc<AtomicBool>>) -> bool {
    body.is_some_and(|failed| failed.load(Ordering::Relaxed))
}

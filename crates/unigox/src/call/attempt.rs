//! One attempt: a request is sent once, with the key, and its response is read.

use std::{pin::pin, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue};
use unigox_client::{Operation, RawResponse};

use crate::Error;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The HTTP client and the key, which all attempts of a client share.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) http: reqwest::Client,
    pub(crate) key: HeaderValue,
}

/// Sends one request, within limits.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) connection: Arc<Connection>,
    pub(crate) time: Duration,
    pub(crate) max_response_bytes: usize,
}

/// Why an attempt has no response.
#[derive(Debug)]
pub(crate) enum AttemptError {
    /// There was no connection, so the request was not sent.
    NeverSent(reqwest::Error),
    /// The connection broke. Whether the request arrived is not known.
    Broken(reqwest::Error),
    /// The attempt timed out after this time. Whether the request arrived is not known.
    TimedOut(Duration),
    /// The response is longer than this many bytes.
    TooLarge(usize),
}

impl AttemptError {
    fn new(error: reqwest::Error) -> Self {
        // The URL has the identifier of a person in it.
        let error = error.without_url();
        if error.is_connect() || error.is_builder() { Self::NeverSent(error) } else { Self::Broken(error) }
    }

    pub(crate) fn into_error(self, operation: &'static Operation) -> Error {
        match self {
            Self::NeverSent(source) => Error::never_sent(operation).with_source(source),
            Self::Broken(source) => Error::broken(operation).with_source(source),
            Self::TimedOut(time) => Error::timed_out(operation, time),
            Self::TooLarge(limit) => Error::too_large(operation, limit),
        }
    }
}

impl Attempt {
    async fn exchange(&self, request: reqwest::Request) -> Result<RawResponse, AttemptError> {
        let mut response = self.connection.http.execute(request).await.map_err(AttemptError::new)?;
        let headers = std::mem::take(response.headers_mut());
        let body = self.read(&mut response).await?;
        Ok(RawResponse::new(response.status(), headers, body))
    }

    async fn read(&self, response: &mut reqwest::Response) -> Result<Bytes, AttemptError> {
        let limit = self.max_response_bytes;
        let fits = |length: usize| if length > limit { Err(AttemptError::TooLarge(limit)) } else { Ok(()) };
        let announced = response.content_length().unwrap_or_default();
        fits(usize::try_from(announced).unwrap_or(usize::MAX))?;
        // Nearly every response is a single chunk, which needs no copy.
        let Some(first) = response.chunk().await.map_err(AttemptError::new)? else { return Ok(Bytes::new()) };
        fits(first.len())?;
        let Some(second) = response.chunk().await.map_err(AttemptError::new)? else { return Ok(first) };
        let mut body = BytesMut::from(first);
        let mut next = Some(second);
        while let Some(chunk) = next {
            fits(body.len() + chunk.len())?;
            body.extend_from_slice(&chunk);
            next = response.chunk().await.map_err(AttemptError::new)?;
        }
        Ok(body.freeze())
    }
}

impl unigox_client::Transport for Attempt {
    type Error = AttemptError;

    fn http(&self) -> &reqwest::Client {
        &self.connection.http
    }

    async fn send(&self, mut request: reqwest::Request, _: &'static Operation) -> Result<RawResponse, AttemptError> {
        request.headers_mut().insert(API_KEY, self.connection.key.clone());
        // Pinned here, since moving a future copies it.
        let exchange = pin!(self.exchange(request));
        tokio::time::timeout(self.time, exchange).await.unwrap_or(Err(AttemptError::TimedOut(self.time)))
    }
}

//! One attempt: a request goes out once, with the key, and its answer is read to its end.

use std::{pin::pin, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue};
use unigox_client::{Answer, Operation};

use crate::Error;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// What all attempts of a client share.
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
    pub(crate) max_answer_bytes: usize,
}

/// Why an attempt has no answer.
#[derive(Debug)]
pub(crate) enum Fault {
    /// There was no connection to send it on.
    NeverSent(reqwest::Error),
    /// Whether it arrived is not known.
    Broken(reqwest::Error),
    /// The time was up, and whether it arrived is not known.
    TimedOut(Duration),
    /// It arrived, and its answer is longer than this many bytes.
    TooLarge(usize),
}

impl Fault {
    fn new(error: reqwest::Error) -> Self {
        // A URL names a person.
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
    async fn exchange(&self, request: reqwest::Request) -> Result<Answer, Fault> {
        let mut response = self.connection.http.execute(request).await.map_err(Fault::new)?;
        let headers = std::mem::take(response.headers_mut());
        let body = self.read(&mut response).await?;
        Ok(Answer::new(response.status(), headers, body))
    }

    async fn read(&self, response: &mut reqwest::Response) -> Result<Bytes, Fault> {
        let limit = self.max_answer_bytes;
        let fits = |length: usize| if length > limit { Err(Fault::TooLarge(limit)) } else { Ok(()) };
        let announced = response.content_length().unwrap_or_default();
        fits(usize::try_from(announced).unwrap_or(usize::MAX))?;
        // Nearly every answer is a single chunk, which needs no copy.
        let Some(first) = response.chunk().await.map_err(Fault::new)? else { return Ok(Bytes::new()) };
        fits(first.len())?;
        let Some(second) = response.chunk().await.map_err(Fault::new)? else { return Ok(first) };
        let mut body = BytesMut::from(first);
        let mut next = Some(second);
        while let Some(chunk) = next {
            fits(body.len() + chunk.len())?;
            body.extend_from_slice(&chunk);
            next = response.chunk().await.map_err(Fault::new)?;
        }
        Ok(body.freeze())
    }
}

impl unigox_client::Transport for Attempt {
    type Error = Fault;

    fn http(&self) -> &reqwest::Client {
        &self.connection.http
    }

    async fn send(&self, mut request: reqwest::Request, _: &'static Operation) -> Result<Answer, Fault> {
        request.headers_mut().insert(API_KEY, self.connection.key.clone());
        // Pinned here, since a future that moves is copied.
        let exchange = pin!(self.exchange(request));
        tokio::time::timeout(self.time, exchange).await.unwrap_or(Err(Fault::TimedOut(self.time)))
    }
}

//! How requests are sent: a trait that the caller implements.

use std::{fmt, future::Future};

use bytes::Bytes;
use reqwest::{StatusCode, header::HeaderMap};

use super::operation::Operation;

/// Sends requests.
///
/// The client builds requests and reads responses. Everything in between (the key, time-outs, redirects, retries, limits)
/// is up to the transport. A transport must not follow redirects, since the key would be sent along, and must bound the
/// size of the body that it reads.
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
///
/// use unigox_client::{Client, Operation, RawResponse, Transport, reqwest};
///
/// struct Http {
///     client: reqwest::Client,
///     key: reqwest::header::HeaderValue,
/// }
///
/// impl Transport for Http {
///     type Error = reqwest::Error;
///
///     fn http(&self) -> &reqwest::Client {
///         &self.client
///     }
///
///     async fn send(&self, mut request: reqwest::Request, _: &'static Operation) -> Result<RawResponse, Self::Error> {
///         request.headers_mut().insert("X-API-Key", self.key.clone());
///         // A URL has the identifier of a person in it, so it is removed from the error.
///         let response = self.client.execute(request).await.map_err(reqwest::Error::without_url)?;
///         let (status, headers) = (response.status(), response.headers().clone());
///         let body = response.bytes().await.map_err(reqwest::Error::without_url)?;
///         Ok(RawResponse::new(status, headers, body))
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut key = reqwest::header::HeaderValue::from_str(&std::env::var("API_KEY")?)?;
/// key.set_sensitive(true);
/// let client = reqwest::Client::builder()
///     .redirect(reqwest::redirect::Policy::none())
///     .connect_timeout(Duration::from_secs(5))
///     .timeout(Duration::from_secs(30))
///     .build()?;
/// let client = Client::new("https://api.example.com", Http { client, key })?;
/// # Ok(())
/// # }
/// ```
pub trait Transport: Send + Sync {
    /// Why there is no response.
    type Error;

    /// The HTTP client that requests are built with. They are sent by [`send`](Self::send) alone.
    fn http(&self) -> &reqwest::Client;

    /// Sends `request`, which calls `operation`, and reads the whole response, whatever its status.
    fn send(
        &self,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> impl Future<Output = Result<RawResponse, Self::Error>> + Send;
}

impl<T: Transport> Transport for std::sync::Arc<T> {
    type Error = T::Error;

    fn http(&self) -> &reqwest::Client {
        (**self).http()
    }

    fn send(
        &self,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> impl Future<Output = Result<RawResponse, Self::Error>> + Send {
        (**self).send(request, operation)
    }
}

/// A response as it was received.
#[derive(Clone)]
pub struct RawResponse {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl RawResponse {
    /// A response with this status, these headers and the whole body.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self { status, headers, body: body.into() }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body. It may hold personal data: keep it out of logs.
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

/// Shows the status and the length of the body. Headers and body may hold personal data.
impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse").field("status", &self.status).field("body_bytes", &self.body.len()).finish()
    }
}

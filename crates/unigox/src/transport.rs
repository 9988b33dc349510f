//! How requests are sent, for callers that send them in another way.

use std::{
    error::Error as StdError,
    fmt,
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::Stream;
use http_body::Body as _;
use http_body_util::BodyExt;

/// Sends requests in place of the HTTP client of this crate: through a gateway that is no proxy, or to nowhere, in a test.
///
/// It is below retries, time-outs and limits: it is called once for each attempt. It must not follow redirects, since the
/// request has the API key in it, must not send a request twice, and should stop when its future is dropped.
///
/// # Examples
///
/// ```
/// use unigox::{
///     Client, Environment, HttpTransport, RequestBody, Sending, TransportError,
///     bytes::Bytes,
///     http::{Request, Response},
/// };
///
/// struct Offline;
///
/// impl HttpTransport for Offline {
///     fn send(&self, request: Request<RequestBody>) -> Sending<'_> {
///         Box::pin(async move {
///             if request.method() != "GET" {
///                 return Err(TransportError::never_sent("this is offline"));
///             }
///             Ok(Response::new(Bytes::from_static(br#"{"success": true, "data": {"authenticated": true}}"#)))
///         })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), unigox::Error> {
/// let unigox = Client::builder(Environment::Staging).api_key("the key").transport(Offline).build()?;
/// assert_eq!(unigox.verify_auth().await?.authenticated, Some(true));
/// # Ok(())
/// # }
/// ```
pub trait HttpTransport: Send + Sync + 'static {
    /// Sends `request` once, and reads the whole response, whatever its status.
    ///
    /// # Errors
    ///
    /// Why there is no response; what decides about a retry is whether the request may have arrived.
    fn send(&self, request: http::Request<RequestBody>) -> Sending<'_>;
}

/// What [`HttpTransport::send`] returns.
pub type Sending<'t> = Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, TransportError>> + Send + 't>>;

/// Why a transport has no response.
///
/// What it is made of becomes the [source](StdError::source) of the [`Error`](crate::Error), which may be logged: leave out
/// URLs, since they have identifiers of people in them.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) may_have_arrived: bool,
    pub(crate) source: Box<dyn StdError + Send + Sync>,
}

impl TransportError {
    /// The request was provably not sent: any operation may be retried.
    pub fn never_sent(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { may_have_arrived: false, source: source.into() }
    }

    /// The request may have arrived: only operations that are safe to repeat are retried.
    pub fn maybe_sent(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { may_have_arrived: true, source: source.into() }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.may_have_arrived { "no response" } else { "the request was not sent" })
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// The body of a request: a stream of its pieces. Files are read as it is polled.
pub struct RequestBody(reqwest::Body);

impl RequestBody {
    pub(crate) fn new(body: reqwest::Body) -> Self {
        Self(body)
    }

    /// The whole body.
    ///
    /// # Errors
    ///
    /// If a file can't be read, or does not have the length that was stated.
    pub async fn bytes(self) -> io::Result<Bytes> {
        Ok(self.0.collect().await.map_err(io::Error::other)?.to_bytes())
    }
}

impl Stream for RequestBody {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let frame = Pin::new(&mut self.0).poll_frame(context);
        frame.map(|frame| Some(frame?.map(|frame| frame.into_data().unwrap_or_default()).map_err(io::Error::other)))
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody").finish_non_exhaustive()
    }
}

//! What the server answered: typed, and as it was received.

use std::{fmt, ops::Deref};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use unigox_client::types;

/// Where a request id may be, the first that is there counts. The documents name none.
const REQUEST_ID: [&str; 3] = ["x-request-id", "x-correlation-id", "request-id"];

/// An answer as it was received.
///
/// `Debug` shows the status and the length of the body: what the server says may be personal data.
#[derive(Clone)]
pub struct Answer(unigox_client::Answer);

impl Answer {
    pub(crate) fn new(answer: unigox_client::Answer) -> Self {
        Self(answer)
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.0.headers()
    }

    /// What to quote to the vendor's support: the value of the header `x-request-id`, `x-correlation-id` or `request-id`.
    pub fn request_id(&self) -> Option<&str> {
        REQUEST_ID.iter().find_map(|name| self.headers().get(*name)?.to_str().ok())
    }

    /// The body, byte for byte. It may hold personal data: keep it out of logs.
    pub fn body(&self) -> &Bytes {
        self.0.body()
    }

    /// The body as JSON; none if it is not. It may hold personal data: keep it out of logs.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.body()).ok()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status()).field("body_bytes", &self.body().len()).finish()
    }
}

/// What a call returned. It dereferences to the value; [`answer`](Self::answer) is what the value was read from.
///
/// # Examples
///
/// ```no_run
/// # async fn f(unigox: &unigox::Client, user: unigox::uuid::Uuid) -> Result<(), unigox::Error> {
/// let user = unigox.user(user).get().await?;
/// println!("{} profiles", user.payment_profiles.len());
/// println!("answered {}, request {:?}", user.status(), user.answer().request_id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    answer: Answer,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, answer: Answer) -> Self {
        Self { value, answer }
    }

    /// The value, without what came around it.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.answer.status()
    }

    /// The answer as it was received.
    pub fn answer(&self) -> &Answer {
        &self.answer
    }
}

impl Response<types::CreatedUser> {
    /// Whether the call made the user (201). If not, there was one with this `user_ref` already (200), and it was found.
    pub fn created(&self) -> bool {
        self.status() == StatusCode::CREATED
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Shows the status and the value, whose own `Debug` hides what is personal; neither headers nor body.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status()).field("value", &self.value).finish_non_exhaustive()
    }
}

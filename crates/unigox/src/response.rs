//! What a call returns: a value, and the response that it was read from.

use std::{fmt, ops::Deref};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;
use unigox_client::{FieldProblem, types};

/// The headers that may have a request id, in order of preference. The documents name none of them.
const REQUEST_ID_HEADERS: [&str; 3] = ["x-request-id", "x-correlation-id", "request-id"];

const JSON: &str = "application/json";

/// What a call returned. It dereferences to the value; [`raw`](Self::raw) is the response as it was received.
///
/// The raw response keeps the buffer that it was read into, which may be larger than the body (some 12 KB for a short one).
/// Keep [`into_value`](Self::into_value) where many values are kept for long.
///
/// # Examples
///
/// ```no_run
/// # async fn f(unigox: &unigox::Client, user: unigox::uuid::Uuid) -> Result<(), unigox::Error> {
/// let user = unigox.user(user).get().await?;
/// println!("{} payment details", user.payment_profiles.iter().flatten().count());
/// println!("status {}, request {:?}", user.http_status(), user.raw().request_id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    raw: RawResponse,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, raw: RawResponse) -> Self {
        Self { value, raw }
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value alone.
    pub fn into_value(self) -> T {
        self.value
    }

    pub(crate) fn into_parts(self) -> (T, RawResponse) {
        (self.value, self.raw)
    }

    /// The fields, and members of lists, that were left out of the value because they are not what the document describes.
    ///
    /// It is empty for nearly every response. A field that may be missing is left out, so that the response of a call that
    /// took effect is not lost for one of them; one that the type requires makes the response an error
    /// ([`Decode`](crate::ErrorKind::Decode)). A list loses the members that can't be read: before you conclude from a list
    /// that something is not there, check that there are no problems. [`raw`](Self::raw) has everything as it was received.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// let user = user.get().await?;
    /// for problem in user.problems() {
    ///     println!("{} {}", problem.path(), problem.problem());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn problems(&self) -> &[FieldProblem] {
        &self.raw.problems
    }

    /// The HTTP status.
    pub fn http_status(&self) -> StatusCode {
        self.raw.status()
    }

    /// The response as it was received.
    pub fn raw(&self) -> &RawResponse {
        &self.raw
    }
}

impl Response<types::CreatedUser> {
    /// Whether the call created the user (status 201). If not, a user with this `user_ref` existed already (status 200).
    pub fn is_new(&self) -> bool {
        self.http_status() == StatusCode::CREATED
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Shows the status and the value, whose own `Debug` hides personal data, and neither headers nor body.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("http_status", &self.http_status())
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// A response as it was received.
///
/// `Debug` shows the status and the length of the body. Headers and body may hold personal data.
#[derive(Clone)]
pub struct RawResponse {
    raw: unigox_client::RawResponse,
    /// What could not be read of it.
    problems: Vec<FieldProblem>,
}

impl RawResponse {
    pub(crate) fn new(raw: unigox_client::RawResponse) -> Self {
        Self { raw, problems: Vec::new() }
    }

    pub(crate) fn with_problems(mut self, problems: Vec<FieldProblem>) -> Self {
        self.problems = problems;
        self
    }

    pub(crate) fn problems(&self) -> &[FieldProblem] {
        &self.problems
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.raw.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.raw.headers()
    }

    /// The id to quote to the vendor's support: the value of the header `x-request-id`, `x-correlation-id` or
    /// `request-id`.
    pub fn request_id(&self) -> Option<&str> {
        REQUEST_ID_HEADERS.iter().find_map(|name| self.headers().get(*name)?.to_str().ok())
    }

    /// The body, byte for byte. It may hold personal data: keep it out of logs.
    pub fn body(&self) -> &Bytes {
        self.raw.body()
    }

    /// Whether the content type is JSON or missing.
    pub(crate) fn is_json(&self) -> bool {
        let Some(media_type) = self.headers().get(CONTENT_TYPE).filter(|declared| *declared != JSON) else {
            return true;
        };
        let essence = media_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case(JSON) || essence.to_ascii_lowercase().ends_with("+json")
    }

    /// Whether it is an envelope of the API that says `success: true`.
    pub(crate) fn says_success(&self) -> bool {
        self.is_json() && self.success() == Some(true)
    }

    /// What the body says of its success, whatever its content type.
    pub(crate) fn success(&self) -> Option<bool> {
        self.json()?.get("success")?.as_bool()
    }

    /// The body as JSON, if it is JSON. It may hold personal data: keep it out of logs.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.body()).ok()
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse").field("status", &self.status()).field("body_bytes", &self.body().len()).finish()
    }
}

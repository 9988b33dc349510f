//! A typed response.

use std::{fmt, ops::Deref};

use bytes::Bytes;
use reqwest::StatusCode;

use super::{tolerant::FieldProblem, transport::RawResponse};

/// The value that a call returned, and the response that it was read from.
///
/// It dereferences to the value.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    raw: RawResponse,
    problems: Vec<FieldProblem>,
}

impl<T> Response<T> {
    pub(super) fn new(value: T, raw: RawResponse) -> Self {
        Self { value, raw, problems: Vec::new() }
    }

    pub(super) fn with_problems(mut self, problems: Vec<FieldProblem>) -> Self {
        self.problems = problems;
        self
    }

    #[allow(dead_code, reason = "a document may have no operation whose responses differ in shape")]
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Response<U> {
        Response { value: f(self.value), raw: self.raw, problems: self.problems }
    }

    /// The value alone.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The value, and the response that it was read from.
    pub fn into_parts(self) -> (T, RawResponse) {
        (self.value, self.raw)
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// What was left out of the value, because it is not what the document describes. [`raw`](Self::raw) still has it.
    pub fn problems(&self) -> &[FieldProblem] {
        &self.problems
    }

    /// The HTTP status. Where an operation has several for success, it tells the outcomes apart.
    pub fn http_status(&self) -> StatusCode {
        self.raw.status
    }

    /// The response as it was received.
    pub fn raw(&self) -> &RawResponse {
        &self.raw
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// A body that is text.
#[derive(Clone, PartialEq, Eq)]
pub struct TextBody(pub String);

impl Deref for TextBody {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// Shows the length alone.
impl fmt::Debug for TextBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextBody").field("bytes", &self.0.len()).finish()
    }
}

/// A body that is neither JSON nor text, as it was received.
#[derive(Clone, PartialEq, Eq)]
pub struct RawBody(pub Bytes);

/// Shows the length alone.
impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawBody").field("bytes", &self.0.len()).finish()
    }
}

/// Shows the status and the value, whose own `Debug` hides personal data, and neither headers nor body.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("http_status", &self.raw.status)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

//! A typed answer, with what came around it.

use std::{fmt, ops::Deref};

use bytes::Bytes;
use reqwest::{StatusCode, header::HeaderMap};

use super::transport::Answer;

/// A value that the server answered with, and the answer as it was received.
///
/// It dereferences to the value.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    answer: Answer,
}

impl<T> Response<T> {
    pub(super) fn new(value: T, answer: Answer) -> Self {
        Self { value, answer }
    }

    #[allow(dead_code, reason = "a document may have no operation whose answers differ in shape")]
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Response<U> {
        Response { value: f(self.value), answer: self.answer }
    }

    /// The value, without what came around it.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The value, and the answer that it was read from.
    pub fn into_parts(self) -> (T, Answer) {
        (self.value, self.answer)
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The status: where an operation has several for success, they tell its outcomes apart.
    pub fn status(&self) -> StatusCode {
        self.answer.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.answer.headers
    }

    /// The body as it was received. It may hold personal data: keep it out of logs.
    pub fn body(&self) -> &Bytes {
        &self.answer.body
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// A body that is not JSON, as it was received.
#[derive(Clone, PartialEq, Eq)]
pub struct RawBody(pub Bytes);

/// Shows the length alone.
impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawBody").field("bytes", &self.0.len()).finish()
    }
}

/// Shows the status and the value, whose own `Debug` hides what is personal; neither headers nor body.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.answer.status)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

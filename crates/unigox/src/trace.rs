//! What is said of a call to whoever listens: its operation and what became of it, never its data.
//!
//! Without the feature `tracing` all of this is nothing.

use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;
use unigox_client::Operation;

use crate::{Error, ErrorKind, Response};

/// What may be told of what came back.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "nobody listens"))]
pub(crate) struct Seen {
    /// Status, and length of the body; none if there was no whole answer.
    answer: Option<(StatusCode, usize)>,
    error: Option<ErrorKind>,
}

impl Seen {
    pub(crate) fn of<T>(outcome: &Result<Response<T>, Error>) -> Self {
        let answer = outcome.as_ref().map_or_else(Error::answer, |response| Some(response.answer()));
        Self {
            answer: answer.map(|answer| (answer.status(), answer.body().len())),
            error: outcome.as_ref().err().map(Error::kind),
        }
    }
}

/// The span of one call.
#[derive(Debug)]
pub(crate) struct Trace {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

#[cfg(feature = "tracing")]
impl Trace {
    pub(crate) fn new(operation: &'static Operation) -> Self {
        let span = tracing::info_span!(
            "unigox",
            operation_id = operation.id,
            method = operation.method,
            path = operation.path,
            status = tracing::field::Empty,
            error = tracing::field::Empty,
            attempts = tracing::field::Empty,
            elapsed_ms = tracing::field::Empty,
            bytes = tracing::field::Empty,
        );
        Self { span }
    }

    /// `future`, inside the span.
    pub(crate) async fn within<F: Future>(&self, future: F) -> F::Output {
        tracing::Instrument::instrument(future, self.span.clone()).await
    }

    pub(crate) fn sending(&self, attempt: u32) {
        tracing::debug!(parent: &self.span, attempt, "sending");
    }

    pub(crate) fn attempted(&self, attempt: u32, seen: Seen, since: Instant) {
        let elapsed_ms = millis(since.elapsed());
        match (seen.answer, seen.error) {
            (Some((status, bytes)), _) => {
                let status = status.as_u16();
                tracing::debug!(parent: &self.span, attempt, status, bytes, elapsed_ms, "answered");
            }
            (None, error) => tracing::debug!(parent: &self.span, attempt, ?error, elapsed_ms, "no answer"),
        }
    }

    pub(crate) fn retrying(&self, attempt: u32, delay: Duration) {
        tracing::info!(parent: &self.span, attempt, delay_ms = millis(delay), "trying again");
    }

    pub(crate) fn ended(&self, attempts: u32, seen: Seen, since: Instant) {
        self.span.record("attempts", attempts).record("elapsed_ms", millis(since.elapsed()));
        if let Some((status, bytes)) = seen.answer {
            self.span.record("status", status.as_u16()).record("bytes", bytes);
        }
        if let Some(error) = seen.error {
            self.span.record("error", tracing::field::debug(error));
        }
    }
}

#[cfg(feature = "tracing")]
fn millis(time: Duration) -> u64 {
    time.as_millis().try_into().unwrap_or(u64::MAX)
}

#[cfg(not(feature = "tracing"))]
impl Trace {
    pub(crate) fn new(_: &'static Operation) -> Self {
        Self {}
    }

    pub(crate) async fn within<F: Future>(&self, future: F) -> F::Output {
        future.await
    }

    pub(crate) fn sending(&self, _: u32) {}

    pub(crate) fn attempted(&self, _: u32, _: Seen, _: Instant) {}

    pub(crate) fn retrying(&self, _: u32, _: Duration) {}

    pub(crate) fn ended(&self, _: u32, _: Seen, _: Instant) {}
}

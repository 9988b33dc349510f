//! Traces of calls: the operation, the attempts and their outcome, and no data.
//!
//! Without the feature `tracing` this does nothing.

use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;
use unigox_client::Operation;

use crate::{Error, ErrorKind, Response};

/// The outcome of an attempt, as far as it may be traced.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "only traces read it"))]
pub(crate) struct Received {
    /// Status and length of the body, if there was a complete response.
    response: Option<(StatusCode, usize)>,
    error: Option<ErrorKind>,
}

impl Received {
    pub(crate) fn of<T>(outcome: &Result<Response<T>, Error>) -> Self {
        let raw = outcome.as_ref().map_or_else(Error::response, |response| Some(response.raw()));
        Self {
            response: raw.map(|raw| (raw.status(), raw.body().len())),
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

    pub(crate) fn attempted(&self, attempt: u32, received: Received, since: Instant) {
        let elapsed_ms = millis(since.elapsed());
        match (received.response, received.error) {
            (Some((status, bytes)), _) => {
                let status = status.as_u16();
                tracing::debug!(parent: &self.span, attempt, status, bytes, elapsed_ms, "response received");
            }
            (None, error) => tracing::debug!(parent: &self.span, attempt, ?error, elapsed_ms, "no response"),
        }
    }

    pub(crate) fn retrying(&self, attempt: u32, delay: Duration) {
        tracing::info!(parent: &self.span, attempt, delay_ms = millis(delay), "retrying");
    }

    pub(crate) fn ended(&self, attempts: u32, received: Received, since: Instant) {
        self.span.record("attempts", attempts).record("elapsed_ms", millis(since.elapsed()));
        if let Some((status, bytes)) = received.response {
            self.span.record("status", status.as_u16()).record("bytes", bytes);
        }
        if let Some(error) = received.error {
            self.span.record("error", tracing::field::debug(error));
        }
    }
}

/// A poll of a wait that failed.
#[cfg(feature = "tracing")]
pub(crate) fn poll_failed(error: &Error, polls: u32, continues: bool) {
    let (kind, status) = (error.kind(), error.status().map(|status| status.as_u16()));
    let operation_id = error.operation_id();
    tracing::warn!(operation_id, error = ?kind, status, polls, continues, "poll failed");
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn poll_failed(_: &Error, _: u32, _: bool) {}

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

    pub(crate) fn attempted(&self, _: u32, _: Received, _: Instant) {}

    pub(crate) fn retrying(&self, _: u32, _: Duration) {}

    pub(crate) fn ended(&self, _: u32, _: Received, _: Instant) {}
}

//! What is said of a call to whoever listens: its operation, never its data.
//!
//! Without the feature `tracing` all of this is nothing.

use std::time::Duration;

use http::StatusCode;
use unigox_client::Operation;

use crate::ErrorKind;

/// The span of one call.
#[derive(Clone, Debug)]
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

    pub(crate) fn answered(&self, attempt: u32, status: StatusCode, bytes: usize, elapsed: Duration) {
        tracing::debug!(
            parent: &self.span, attempt, status = status.as_u16(), bytes, elapsed_ms = millis(elapsed), "answered"
        );
    }

    pub(crate) fn failed(&self, attempt: u32, error: ErrorKind, elapsed: Duration) {
        tracing::debug!(parent: &self.span, attempt, ?error, elapsed_ms = millis(elapsed), "no answer");
    }

    pub(crate) fn retrying(&self, attempt: u32, delay: Duration) {
        tracing::info!(parent: &self.span, attempt, delay_ms = millis(delay), "trying again");
    }

    pub(crate) fn ended(
        &self,
        attempts: u32,
        answer: Option<(StatusCode, usize)>,
        error: Option<ErrorKind>,
        elapsed: Duration,
    ) {
        self.span.record("attempts", attempts).record("elapsed_ms", millis(elapsed));
        if let Some((status, bytes)) = answer {
            self.span.record("status", status.as_u16()).record("bytes", bytes);
        }
        if let Some(error) = error {
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

    pub(crate) fn answered(&self, _: u32, _: StatusCode, _: usize, _: Duration) {}

    pub(crate) fn failed(&self, _: u32, _: ErrorKind, _: Duration) {}

    pub(crate) fn retrying(&self, _: u32, _: Duration) {}

    pub(crate) fn ended(&self, _: u32, _: Option<(StatusCode, usize)>, _: Option<ErrorKind>, _: Duration) {}
}

//! Traces of calls: the operation, the attempts and their outcome, and no data.
//!
//! Names of fields are those of OpenTelemetry's conventions for HTTP clients, where these have one. Without the feature
//! `tracing` this does nothing.

use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;
use unigox_client::Operation;

use crate::{Error, ErrorKind, Response, client::Server};

/// The outcome of an attempt, as far as it may be traced.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "only traces read it"))]
pub(crate) struct Received {
    /// Status and length of the body, if there was a response.
    response: Option<(StatusCode, Option<usize>)>,
    error: Option<ErrorKind>,
}

impl Received {
    pub(crate) fn of<T>(outcome: &Result<Response<T>, Error>) -> Self {
        let response = match outcome {
            Ok(response) => Some((response.http_status(), Some(response.raw().body().len()))),
            Err(error) => {
                let bytes = error.response().map(|raw| raw.body().len());
                error.status().map(|status| (status, bytes))
            }
        };
        Self { response, error: outcome.as_ref().err().map(Error::kind) }
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
    pub(crate) fn new(operation: &'static Operation, server: &Server) -> Self {
        use tracing::field::Empty;
        let span = tracing::info_span!(
            "unigox",
            operation_id = operation.id,
            otel.kind = "client",
            http.request.method = operation.method,
            url.template = operation.path,
            server.address = server.host,
            server.port = server.port,
            http.response.status_code = Empty,
            http.response.body.size = Empty,
            http.request.resend_count = Empty,
            error.type = Empty,
            elapsed_ms = Empty,
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
        // The clock is read only if somebody listens.
        match (received.response, received.error) {
            (Some((status, bytes)), _) => tracing::debug!(
                parent: &self.span,
                attempt,
                http.response.status_code = status.as_u16(),
                http.response.body.size = bytes,
                elapsed_ms = millis(since.elapsed()),
                "response received"
            ),
            (None, error) => tracing::debug!(
                parent: &self.span,
                attempt,
                error.type = error.map(ErrorKind::as_str),
                elapsed_ms = millis(since.elapsed()),
                "no response"
            ),
        }
    }

    pub(crate) fn retrying(&self, attempt: u32, delay: Duration, tokens: Option<u32>) {
        let delay_ms = millis(delay);
        tracing::info!(parent: &self.span, attempt, delay_ms, retry_tokens = tokens, "retrying");
    }

    pub(crate) fn refused_retry(&self, attempt: u32, tokens: Option<u32>) {
        tracing::info!(parent: &self.span, attempt, retry_tokens = tokens, "not retried: the retry budget is used up");
    }

    /// Records the outcome in the span. A call that failed is one event.
    pub(crate) fn ended<T>(&self, attempts: u32, outcome: &Result<Response<T>, Error>, since: Instant) {
        if !self.span.is_disabled() {
            let received = Received::of(outcome);
            self.span.record("elapsed_ms", millis(since.elapsed()));
            if attempts > 1 {
                self.span.record("http.request.resend_count", attempts - 1);
            }
            if let Some((status, bytes)) = received.response {
                self.span.record("http.response.status_code", status.as_u16()).record("http.response.body.size", bytes);
            }
        }
        let Err(error) = outcome else { return };
        let error_type = error_type(error);
        self.span.record("error.type", &*error_type);
        macro_rules! event {
            ($level:ident) => {
                tracing::$level!(
                    parent: &self.span,
                    operation_id = error.operation_id(),
                    error.type = &*error_type,
                    kind = error.kind().as_str(),
                    http.response.status_code = error.status().map(|status| status.as_u16()),
                    key = error.printable_key(),
                    request_id = error.printable_request_id(),
                    attempts = error.attempts(),
                    "call failed"
                )
            };
        }
        if error.needs_attention() { event!(error) } else { event!(warn) }
    }
}

/// The status of a response that is an error, or else the kind of the error.
#[cfg(feature = "tracing")]
fn error_type(error: &Error) -> std::borrow::Cow<'static, str> {
    match error.status() {
        Some(status) if !status.is_success() => status.as_str().to_owned().into(),
        _ => error.kind().as_str().into(),
    }
}

/// A poll of a wait that failed.
#[cfg(feature = "tracing")]
pub(crate) fn poll_failed(error: &Error, polls: u32, continues: bool) {
    tracing::warn!(
        operation_id = error.operation_id(),
        error.type = &*error_type(error),
        kind = error.kind().as_str(),
        http.response.status_code = error.status().map(|status| status.as_u16()),
        polls,
        continues,
        "poll failed"
    );
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn poll_failed(_: &Error, _: u32, _: bool) {}

#[cfg(feature = "tracing")]
fn millis(time: Duration) -> u64 {
    time.as_millis().try_into().unwrap_or(u64::MAX)
}

#[cfg(not(feature = "tracing"))]
impl Trace {
    pub(crate) fn new(_: &'static Operation, _: &Server) -> Self {
        Self {}
    }

    pub(crate) async fn within<F: Future>(&self, future: F) -> F::Output {
        future.await
    }

    pub(crate) fn sending(&self, _: u32) {}

    pub(crate) fn attempted(&self, _: u32, _: Received, _: Instant) {}

    pub(crate) fn retrying(&self, _: u32, _: Duration, _: Option<u32>) {}

    pub(crate) fn refused_retry(&self, _: u32, _: Option<u32>) {}

    pub(crate) fn ended<T>(&self, _: u32, _: &Result<Response<T>, Error>, _: Instant) {}
}

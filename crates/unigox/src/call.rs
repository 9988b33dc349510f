//! A call: its attempts, the delays between them, and the value or error that they end with.

mod attempt;
mod envelope;
mod retry_after;

use std::pin::pin;

use tokio::time::Instant;
use unigox_client::{Client as Generated, Error as ClientError, Operation, Response as ClientResponse, Retry};

use self::attempt::AttemptError;
pub(crate) use self::{
    attempt::{Attempt, Connection},
    envelope::Envelope,
};
use crate::{
    Client, Error, ErrorKind, RawResponse, Response, Result,
    trace::{Received, Trace},
};

/// The generated client, for one attempt.
pub(crate) type Api = Generated<Attempt>;

/// Calls `operation`. Each attempt is one call of `send`.
pub(crate) async fn call<E, F>(
    client: &Client,
    operation: &'static Operation,
    send: impl Fn(Api) -> F,
) -> Result<Response<E::Data>>
where
    E: Envelope,
    F: Future<Output = Result<ClientResponse<E>, ClientError<AttemptError>>>,
{
    let trace = Trace::new(operation);
    // Pinned here, since moving a future copies it.
    trace.within(pin!(attempts(client, operation, send, &trace))).await
}

async fn attempts<E, F>(
    client: &Client,
    operation: &'static Operation,
    send: impl Fn(Api) -> F,
    trace: &Trace,
) -> Result<Response<E::Data>>
where
    E: Envelope,
    F: Future<Output = Result<ClientResponse<E>, ClientError<AttemptError>>>,
{
    let limits = client.limits(operation);
    let started = Instant::now();
    let mut sent = started;
    let mut attempt = 1;
    loop {
        trace.sending(attempt);
        let left = limits.total.saturating_sub(sent - started);
        let outcome = send(client.attempt(limits.attempt.min(left), limits.max_response_bytes)).await;
        let outcome = read(operation, outcome).map_err(|error| error.with_attempts(attempt));
        let received = Received::of(&outcome);
        trace.attempted(attempt, received, sent);
        let delay = outcome.as_ref().err().and_then(|error| {
            let delay = limits.retries.delay(attempt, error.retry_after());
            let left = limits.total.saturating_sub(started.elapsed());
            delay.filter(|delay| is_retryable(operation, error) && *delay < left)
        });
        let Some(delay) = delay else {
            trace.ended(attempt, received, started);
            return outcome;
        };
        trace.retrying(attempt, delay);
        tokio::time::sleep(delay).await;
        sent = Instant::now();
        attempt += 1;
    }
}

/// Whether a call may be retried after `error`. This is the only place that decides about a second request: what was
/// provably never sent may be sent again, anything else only if the overlay marks the operation as safe to repeat.
fn is_retryable(operation: &Operation, error: &Error) -> bool {
    let is_safe = operation.retry == Retry::Safe;
    match error.kind() {
        ErrorKind::NeverSent => true,
        ErrorKind::MaybeSent => is_safe,
        ErrorKind::Api => {
            is_safe && error.status().is_some_and(|status| matches!(status.as_u16(), 408 | 429 | 502 | 503 | 504))
        }
        _ => false,
    }
}

/// The value or error that an attempt ended with.
fn read<E: Envelope>(
    operation: &'static Operation,
    outcome: Result<ClientResponse<E>, ClientError<AttemptError>>,
) -> Result<Response<E::Data>> {
    match outcome {
        Ok(response) => {
            let (envelope, raw) = response.into_parts();
            let raw = RawResponse::new(raw);
            if !envelope.is_success() {
                return Err(refusal(operation, raw));
            }
            if !is_json(&raw) {
                let problem = "has another content type than JSON";
                return Err(Error::decode(operation, ".".to_owned(), problem, raw));
            }
            Ok(Response::new(envelope.into_data(), raw))
        }
        Err(ClientError::InvalidRequest(error)) => {
            Err(Error::invalid(error.parameter().to_owned(), error.problem()).with_operation(operation))
        }
        Err(ClientError::Transport(error)) => Err(error.into_error(operation)),
        Err(ClientError::Api(error)) => {
            let (body, raw) = error.into_response().into_parts();
            let retry_after = retry_after::read(raw.headers());
            Err(Error::api(operation, body, RawResponse::new(raw)).with_retry_after(retry_after))
        }
        Err(ClientError::Decode(error)) => {
            let (path, problem) = (error.path().to_owned(), error.problem());
            let ((), raw) = error.into_response().into_parts();
            let raw = RawResponse::new(raw);
            // A refusal lacks the fields that a success requires.
            match raw.json().and_then(|json| json.get("success")?.as_bool()) {
                Some(false) => Err(refusal(operation, raw)),
                _ => Err(Error::decode(operation, path, problem, raw)),
            }
        }
        Err(_) => Err(Error::broken(operation)),
    }
}

/// The error of a response with a success status and `success: false` in its body.
fn refusal(operation: &'static Operation, raw: RawResponse) -> Error {
    Error::api(operation, unigox_client::ErrorBody::new(raw.body().clone()), raw)
}

/// Whether the content type of a response is JSON or missing.
fn is_json(raw: &RawResponse) -> bool {
    let Some(media_type) = raw.headers().get(http::header::CONTENT_TYPE) else { return true };
    let essence = media_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json") || essence.to_ascii_lowercase().ends_with("+json")
}

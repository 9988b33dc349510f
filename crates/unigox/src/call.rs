//! A call: its attempts, the delays between them, and the value or error that they end with.

use std::pin::pin;

use tokio::time::Instant;
use unigox_client::{Error as ClientError, Operation, Response as ClientResponse, Retry};

use crate::{
    Client, Effect, Error, ErrorKind, RawResponse, Response, Result,
    attempt::{AttemptError, Sender},
    retry_after,
    trace::{Received, Trace},
};

/// How an attempt ended.
type Outcome<V> = Result<ClientResponse<V>, ClientError<AttemptError>>;

/// Calls `operation`, whose responses are JSON. Each attempt is one call of `send`. `open` takes the value of a response
/// out of its envelope, unless the envelope says that the call was refused.
///
/// This and its siblings are not `async`: the future of the call would be moved once more, which copies it.
pub(crate) fn json<V, D, F>(
    client: &Client,
    operation: &'static Operation,
    send: impl Fn(Sender) -> F,
    open: impl Fn(V) -> Option<D>,
) -> impl Future<Output = Result<Response<D>>>
where
    F: Future<Output = Outcome<V>>,
{
    call(client, operation, send, move |value, raw| match open(value) {
        None => Err(refusal(operation, raw)),
        Some(data) => declared_as_json(operation, data, complete(operation, raw, &["success", "data"])?),
    })
}

/// Calls `operation`, whose responses are JSON without an envelope.
pub(crate) fn whole<V, F>(
    client: &Client,
    operation: &'static Operation,
    send: impl Fn(Sender) -> F,
) -> impl Future<Output = Result<Response<V>>>
where
    F: Future<Output = Outcome<V>>,
{
    call(client, operation, send, move |value, raw| match is_refusal(&raw) {
        true => Err(refusal(operation, raw)),
        false => declared_as_json(operation, value, complete(operation, raw, &["success"])?),
    })
}

/// Calls `operation`, whose responses have no documented body. One that is there all the same has to be JSON: a web page is
/// not from the API.
#[allow(dead_code, reason = "a document may have no such operation")]
pub(crate) fn status<F>(
    client: &Client,
    operation: &'static Operation,
    send: impl Fn(Sender) -> F,
) -> impl Future<Output = Result<Response<()>>>
where
    F: Future<Output = Outcome<()>>,
{
    call(client, operation, send, move |(), raw| {
        if raw.body().is_empty() {
            return Ok(Response::new((), raw));
        }
        match raw.json() {
            Some(_) if is_refusal(&raw) => Err(refusal(operation, raw)),
            Some(_) => declared_as_json(operation, (), raw),
            None => Err(Error::decode(operation, ".".to_owned(), "is not JSON", raw)),
        }
    })
}

/// Calls `operation`, whose responses are no JSON.
#[allow(dead_code, reason = "a document may have no such operation")]
pub(crate) fn other<V, F>(
    client: &Client,
    operation: &'static Operation,
    send: impl Fn(Sender) -> F,
) -> impl Future<Output = Result<Response<V>>>
where
    F: Future<Output = Outcome<V>>,
{
    call(client, operation, send, move |value, raw| match is_refusal(&raw) {
        true => Err(refusal(operation, raw)),
        false => Ok(Response::new(value, raw)),
    })
}

/// The content of an envelope, if it says that the call was a success.
pub(crate) fn opened<D>(is_success: bool, data: D) -> Option<D> {
    is_success.then_some(data)
}

async fn call<V, D, F>(
    client: &Client,
    operation: &'static Operation,
    send: impl Fn(Sender) -> F,
    open: impl Fn(V, RawResponse) -> Result<Response<D>>,
) -> Result<Response<D>>
where
    F: Future<Output = Outcome<V>>,
{
    let trace = Trace::new(operation, client.server());
    // Pinned here, since moving a future copies it.
    trace.within(pin!(attempts(client, operation, send, open, &trace))).await
}

async fn attempts<V, D, F>(
    client: &Client,
    operation: &'static Operation,
    send: impl Fn(Sender) -> F,
    open: impl Fn(V, RawResponse) -> Result<Response<D>>,
    trace: &Trace,
) -> Result<Response<D>>
where
    F: Future<Output = Outcome<V>>,
{
    let (limits, tokens, counters) = (client.limits(operation), client.retry_tokens(), client.counters());
    let started = Instant::now();
    let ended = |attempts, outcome: Result<Response<D>>| {
        counters.ended(outcome.is_ok());
        trace.ended(attempts, &outcome, started);
        outcome
    };
    if limits.total.min(limits.attempt).is_zero() {
        return ended(0, Err(Error::no_time_left(operation)));
    }
    let mut sent = started;
    let mut attempt = 1;
    let mut is_after_doubt = false;
    // What the last retry took from the budget.
    let mut taken = None;
    loop {
        trace.sending(attempt);
        let left = limits.total.saturating_sub(sent - started);
        let outcome = send(client.attempt(limits.attempt.min(left), limits.max_response_bytes)).await;
        let outcome = read(operation, outcome).and_then(|(value, raw)| open(value, raw));
        let outcome = outcome.map_err(|error| error.with_attempts(attempt, is_after_doubt));
        trace.attempted(attempt, Received::of(&outcome), sent);
        let error = match outcome {
            Ok(response) => {
                tokens.give_back(taken);
                return ended(attempt, Ok(response));
            }
            Err(error) => error,
        };
        let delay = limits.retries.delay(attempt, error.retry_after()).filter(|delay| {
            let left = limits.total.saturating_sub(started.elapsed());
            is_retryable(operation, &error) && *delay < left
        });
        let Some(delay) = delay else { return ended(attempt, Err(error)) };
        taken = tokens.take(error.is_timeout());
        if taken.is_none() {
            counters.refused_retry();
            trace.refused_retry(attempt, tokens.left());
            return ended(attempt, Err(error));
        }
        is_after_doubt |= error.effect() != Effect::No;
        trace.retrying(attempt, delay, tokens.left());
        tokio::time::sleep(delay).await;
        sent = Instant::now();
        // A timer may fire late.
        if sent - started >= limits.total {
            return ended(attempt, Err(error));
        }
        counters.retried(delay);
        attempt += 1;
    }
}

/// Whether a call may be retried after `error`. This is the only place that decides about a second request: what was
/// provably never sent may be retried, anything else only if the overlay marks the operation as safe to repeat.
fn is_retryable(operation: &Operation, error: &Error) -> bool {
    let is_safe = operation.retry == Retry::Safe;
    match error.kind() {
        ErrorKind::NeverSent => error.is_transient(),
        ErrorKind::MaybeSent => is_safe,
        ErrorKind::Api | ErrorKind::TooLarge => {
            is_safe
                && error.status().is_some_and(|status| match status.as_u16() {
                    408 | 429 | 502 | 503 | 504 => true,
                    500 => matches!(operation.method, "GET" | "HEAD"),
                    _ => false,
                })
        }
        _ => false,
    }
}

/// What an attempt ended with: a value and the response that it was read from, or an error.
fn read<V>(operation: &'static Operation, outcome: Outcome<V>) -> Result<(V, RawResponse)> {
    match outcome {
        Ok(response) => {
            let problems = response.problems().to_vec();
            let (value, raw) = response.into_parts();
            Ok((value, RawResponse::new(raw).with_problems(problems)))
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
            match is_refusal(&raw) {
                true => Err(refusal(operation, raw)),
                false => Err(Error::decode(operation, path, problem, raw)),
            }
        }
        Err(_) => Err(Error::broken(operation)),
    }
}

/// The error of a response with a success status and `success: false` in its body.
fn refusal(operation: &'static Operation, raw: RawResponse) -> Error {
    Error::api(operation, unigox_client::ErrorBody::new(raw.body().clone()), raw)
}

/// The response, unless one of `parts` was left out: without them, it says nothing.
fn complete(operation: &'static Operation, raw: RawResponse, parts: &[&str]) -> Result<RawResponse> {
    let missing = raw.problems().iter().find(|problem| parts.contains(&problem.path()));
    match missing.map(|missing| (missing.path().to_owned(), missing.problem())) {
        Some((path, problem)) => Err(Error::decode(operation, path, problem, raw)),
        None => Ok(raw),
    }
}

/// The response, unless it is declared as something else than JSON.
fn declared_as_json<V>(operation: &'static Operation, value: V, raw: RawResponse) -> Result<Response<V>> {
    match raw.is_json() {
        true => Ok(Response::new(value, raw)),
        false => Err(Error::decode(operation, ".".to_owned(), "has another content type than JSON", raw)),
    }
}

/// Whether the body of a response with a success status says `success: false`.
fn is_refusal(raw: &RawResponse) -> bool {
    raw.success() == Some(false)
}

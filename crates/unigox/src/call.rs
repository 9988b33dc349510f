//! A call from its request to its value: attempts, the time between them, and what is made of their answers.

mod attempt;
mod envelope;
mod retry_after;

use std::pin::pin;

use tokio::time::Instant;
use unigox_client::{Client as Generated, Error as ClientError, Operation, Response as ClientResponse, Retry};

use self::attempt::Fault;
pub(crate) use self::{
    attempt::{Attempt, Connection},
    envelope::Envelope,
};
use crate::{
    Answer, Client, Error, ErrorKind, Response, Result,
    trace::{Seen, Trace},
};

/// The generated client, for one attempt.
pub(crate) type Api = Generated<Attempt>;

/// Calls `operation` by way of `send`, which is called once for each attempt.
pub(crate) async fn call<E, F>(
    client: &Client,
    operation: &'static Operation,
    send: impl Fn(Api) -> F,
) -> Result<Response<E::Data>>
where
    E: Envelope,
    F: Future<Output = Result<ClientResponse<E>, ClientError<Fault>>>,
{
    let trace = Trace::new(operation);
    // Pinned here, since a future that moves is copied.
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
    F: Future<Output = Result<ClientResponse<E>, ClientError<Fault>>>,
{
    let limits = client.limits(operation);
    let started = Instant::now();
    let mut sent = started;
    let mut attempt = 1;
    loop {
        trace.sending(attempt);
        let left = limits.total.saturating_sub(sent - started);
        let outcome = send(client.attempt(limits.attempt.min(left), limits.max_answer_bytes)).await;
        let outcome = read(operation, outcome).map_err(|error| error.with_attempts(attempt));
        let seen = Seen::of(&outcome);
        trace.attempted(attempt, seen, sent);
        let delay = outcome.as_ref().err().and_then(|error| {
            let delay = limits.retries.delay(attempt, error.retry_after());
            let left = limits.total.saturating_sub(started.elapsed());
            delay.filter(|delay| may_be_sent_again(operation, error) && *delay < left)
        });
        let Some(delay) = delay else {
            trace.ended(attempt, seen, started);
            return outcome;
        };
        trace.retrying(attempt, delay);
        tokio::time::sleep(delay).await;
        sent = Instant::now();
        attempt += 1;
    }
}

/// The one place that decides about a second request. What was provably never sent may be sent; anything else only if
/// the overlay marks the operation as safe to repeat.
fn may_be_sent_again(operation: &Operation, error: &Error) -> bool {
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

/// The value in what came of an attempt, or why there is none.
fn read<E: Envelope>(
    operation: &'static Operation,
    outcome: Result<ClientResponse<E>, ClientError<Fault>>,
) -> Result<Response<E::Data>> {
    match outcome {
        Ok(response) => {
            let (envelope, answer) = response.into_parts();
            let answer = Answer::new(answer);
            if !envelope.is_success() {
                return Err(refusal(operation, answer));
            }
            if !is_json(&answer) {
                let problem = "has another content type than JSON";
                return Err(Error::decode(operation, ".".to_owned(), problem, answer));
            }
            Ok(Response::new(envelope.into_data(), answer))
        }
        Err(ClientError::InvalidRequest(error)) => {
            Err(Error::invalid(error.parameter().to_owned(), error.problem()).with_operation(operation))
        }
        Err(ClientError::Transport(fault)) => Err(fault.into_error(operation)),
        Err(ClientError::Api(error)) => {
            let (body, answer) = error.into_response().into_parts();
            let retry_after = retry_after::read(answer.headers());
            Err(Error::api(operation, body, Answer::new(answer)).with_retry_after(retry_after))
        }
        Err(ClientError::Decode(error)) => {
            let (path, problem) = (error.path().to_owned(), error.problem());
            let ((), answer) = error.into_response().into_parts();
            let answer = Answer::new(answer);
            // A refusal has none of the fields that a success has to have.
            match answer.json().and_then(|json| json.get("success")?.as_bool()) {
                Some(false) => Err(refusal(operation, answer)),
                _ => Err(Error::decode(operation, path, problem, answer)),
            }
        }
        Err(_) => Err(Error::broken(operation)),
    }
}

/// A success status, and a body that says it is none.
fn refusal(operation: &'static Operation, answer: Answer) -> Error {
    Error::api(operation, unigox_client::ErrorBody::new(answer.body().clone()), answer)
}

/// Whether an answer says that it is JSON, or says nothing.
fn is_json(answer: &Answer) -> bool {
    let Some(media_type) = answer.headers().get(http::header::CONTENT_TYPE) else { return true };
    let essence = media_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json") || essence.to_ascii_lowercase().ends_with("+json")
}

//! Fault injection: what a fault does in place of the operation, or to its response.

use std::{collections::BTreeMap, io, iter, time::Duration};

use axum::{
    body::Body as HttpBody,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::respond;
use crate::{
    document::DocumentedResponse,
    fault::{self, Fault},
    rules::RuleResponse,
    server::{NoResponse, ResetFlag},
};

/// The response of a fault under which the operation takes no effect; none for all other faults.
pub(super) fn replacement(fault: Option<&Fault>, reset: &ResetFlag) -> Option<Response> {
    match fault? {
        Fault::Status { status, headers, body, takes_effect: false } => {
            Some(with_status(*status, headers, body.as_ref()))
        }
        Fault::Redirect { status, location } => {
            let mut response = respond::to_http(&RuleResponse::empty(*status).into());
            if let Ok(location) = HeaderValue::from_str(location) {
                response.headers_mut().insert(header::LOCATION, location);
            }
            Some(response)
        }
        Fault::Reset => {
            reset.set();
            Some(NoResponse.into_response())
        }
        _ => None,
    }
}

fn with_status(status: u16, headers: &BTreeMap<String, String>, body: Option<&Value>) -> Response {
    let mut response = respond::to_http(&RuleResponse::new(status, body.cloned()).into());
    for (name, value) in headers {
        if let Some((name, value)) = fault::header(name, value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The status of the response that [`alter`] makes.
pub(super) fn altered_status(response: &DocumentedResponse, fault: Option<&Fault>) -> u16 {
    match fault {
        Some(Fault::Status { status, .. }) => *status,
        _ => response.status,
    }
}

/// The response of an operation that took effect, as the fault delays, cuts or extends it.
pub(super) async fn alter(response: &DocumentedResponse, fault: Option<&Fault>, reset: &ResetFlag) -> Response {
    match fault {
        Some(Fault::Delay { milliseconds }) => {
            tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
            respond::to_http(response)
        }
        Some(Fault::Status { status, headers, body, .. }) => with_status(*status, headers, body.as_ref()),
        Some(Fault::ResponseLost) => {
            reset.set();
            NoResponse.into_response()
        }
        Some(Fault::Truncated) => truncate(response),
        Some(Fault::InvalidJson) => {
            let mut body = respond::body_bytes(response);
            body.truncate(body.len() / 2);
            respond::with_body(response, body.into())
        }
        Some(Fault::HugeBody { bytes }) => extend(response, *bytes),
        _ => respond::to_http(response),
    }
}

/// The head, which declares the whole length, and half of the body; then an error that closes the connection.
fn truncate(response: &DocumentedResponse) -> Response {
    let (mut head, body) = (respond::to_http(response), Bytes::from(respond::body_bytes(response)));
    head.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len().max(1)));
    let half = body.slice(..body.len() / 2);
    let end = async {
        // Lets the first half be sent before the connection is closed.
        tokio::task::yield_now().await;
        Err(io::Error::other("truncated by a fault"))
    };
    let chunks = stream::once(async { Ok(half) }).chain(stream::once(end));
    *head.body_mut() = HttpBody::from_stream(chunks);
    head
}

/// The whole response, followed by `bytes` spaces, which are made as they are sent.
fn extend(response: &DocumentedResponse, bytes: u64) -> Response {
    static SPACES: [u8; 64 * 1024] = [b' '; 64 * 1024];
    let lengths = iter::successors(Some(bytes), |left| Some(left.saturating_sub(SPACES.len() as u64)));
    let lengths = lengths.take_while(|left| *left > 0).map(|left| usize::try_from(left).unwrap_or(usize::MAX));
    let spaces = lengths.map(|left| Bytes::from_static(&SPACES[..left.min(SPACES.len())]));
    let chunks = iter::once(Bytes::from(respond::body_bytes(response))).chain(spaces);
    respond::with_body(response, HttpBody::from_stream(stream::iter(chunks.map(Ok::<_, io::Error>))))
}

//! The log of requests, for assertions and for control routes.

use std::{collections::VecDeque, fmt};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::refusal::Refusal;

/// The maximum number of requests in the log. The oldest are removed first.
const MAX_REQUESTS: usize = 10_000;

/// The maximum size of all bodies in the log together. The oldest requests are removed first.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// The last requests, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log {
    requests: VecDeque<LoggedRequest>,
    body_bytes: usize,
}

impl Log {
    pub(crate) fn push(&mut self, request: LoggedRequest) {
        self.body_bytes += stored_bytes(&request);
        self.requests.push_back(request);
        while self.requests.len() > MAX_REQUESTS || self.body_bytes > MAX_BODY_BYTES {
            let Some(oldest) = self.requests.pop_front() else { break };
            self.body_bytes -= stored_bytes(&oldest);
        }
    }

    pub(crate) fn requests(&self) -> &VecDeque<LoggedRequest> {
        &self.requests
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// The size of the stored body. A body that is not JSON is not stored.
fn stored_bytes(request: &LoggedRequest) -> usize {
    if request.body.is_some() { request.body_bytes } else { 0 }
}

/// A request, and the status of its response.
///
/// `Debug` hides the body and the query, which may be personal data.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// When the head of the request was received, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// The `operationId`; `None` if the path or the method is not documented.
    pub operation_id: Option<String>,
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query string, as it was sent.
    pub query: Option<String>,
    /// The name of the partner that the key belongs to; `None` without a known key.
    pub partner: Option<String>,
    /// The body, if it is JSON.
    pub body: Option<Value>,
    /// The size of the body; 0 for one that could not be read to its end.
    pub body_bytes: usize,
    /// The status of the response, also of one that a fault kept from arriving; `None` if the connection was reset before
    /// there was one.
    pub status: Option<u16>,
    /// The name of the injected fault, as in a scenario.
    pub fault: Option<&'static str>,
    /// Why the request was refused; `None` if it was not, or by a fault.
    pub reason: Option<Refusal>,
}

impl fmt::Debug for LoggedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoggedRequest")
            .field("operation_id", &self.operation_id)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("partner", &self.partner)
            .field("body_bytes", &self.body_bytes)
            .field("status", &self.status)
            .field("fault", &self.fault)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body_bytes: usize) -> LoggedRequest {
        LoggedRequest {
            at: DateTime::default(),
            operation_id: None,
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: None,
            partner: None,
            body: Some(Value::Null),
            body_bytes,
            status: Some(404),
            fault: None,
            reason: None,
        }
    }

    #[test]
    fn the_oldest_requests_are_removed() {
        let mut log = Log::default();
        (0..MAX_REQUESTS + 5).for_each(|size| log.push(request(size % 7)));
        assert_eq!(log.requests().len(), MAX_REQUESTS);
        assert_eq!(log.requests()[0].body_bytes, 5);
        log.push(request(MAX_BODY_BYTES - 10));
        assert!(log.requests().len() < 20, "{} are left", log.requests().len());
        log.push(request(MAX_BODY_BYTES));
        assert_eq!(log.requests().len(), 1);
        log.clear();
        assert!(log.requests().is_empty());
    }
}

//! What was asked of the sandbox, for assertions and for people.

use std::{collections::VecDeque, fmt};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

/// How many requests are kept, and how many bytes their bodies may have together; older ones are forgotten.
const MOST: (usize, usize) = (10_000, 16 * 1024 * 1024);

/// The requests that are kept, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log {
    requests: VecDeque<LoggedRequest>,
    body_bytes: usize,
}

impl Log {
    pub(crate) fn push(&mut self, request: LoggedRequest) {
        self.body_bytes += kept_bytes(&request);
        self.requests.push_back(request);
        while self.requests.len() > MOST.0 || self.body_bytes > MOST.1 {
            let Some(oldest) = self.requests.pop_front() else { break };
            self.body_bytes -= kept_bytes(&oldest);
        }
    }

    pub(crate) fn requests(&self) -> &VecDeque<LoggedRequest> {
        &self.requests
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Of a body that is no JSON only its size is kept.
fn kept_bytes(request: &LoggedRequest) -> usize {
    if request.body.is_some() { request.body_bytes } else { 0 }
}

/// A request and what it was answered with.
///
/// `Debug` hides the body and the query; both may be personal data.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// When it was answered, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// The `operationId`; none if there is no such operation.
    pub operation_id: Option<String>,
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, as it was sent.
    pub query: Option<String>,
    /// The partner that the key belongs to; none if it belongs to nobody.
    pub partner: Option<String>,
    /// The body, if it was JSON.
    pub body: Option<Value>,
    /// How many bytes the body had.
    pub body_bytes: usize,
    /// The status of the answer, whatever became of it on its way; none if there was none.
    pub status: Option<u16>,
    /// What went wrong on purpose.
    pub fault: Option<&'static str>,
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
        }
    }

    #[test]
    fn the_oldest_requests_make_room() {
        let mut log = Log::default();
        (0..MOST.0 + 5).for_each(|size| log.push(request(size % 7)));
        assert_eq!(log.requests().len(), MOST.0);
        assert_eq!(log.requests()[0].body_bytes, 5);
        log.push(request(MOST.1 - 10));
        assert!(log.requests().len() < 20, "{} are left", log.requests().len());
        log.push(request(MOST.1));
        assert_eq!(log.requests().len(), 1);
        log.clear();
        assert!(log.requests().is_empty());
    }
}

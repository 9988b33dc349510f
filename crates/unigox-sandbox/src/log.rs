//! The log of requests, for assertions and for control routes.

use std::{collections::VecDeque, fmt};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::refusal::Refusal;

/// The maximum number of requests in the log. The oldest are removed first.
const MAX_REQUESTS: usize = 10_000;

/// How much memory all bodies in the log may take together. The oldest requests are removed first.
const MAX_BODY_MEMORY: usize = 16 * 1024 * 1024;

/// The last requests, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log {
    requests: VecDeque<LoggedRequest>,
    body_memory: usize,
}

impl Log {
    pub(crate) fn push(&mut self, mut request: LoggedRequest) {
        // Without its body it is still a request that was sent.
        request.body = request.body.filter(|body| memory(body) <= MAX_BODY_MEMORY);
        self.body_memory += request.body.as_ref().map_or(0, memory);
        self.requests.push_back(request);
        while self.requests.len() > MAX_REQUESTS || self.body_memory > MAX_BODY_MEMORY {
            let Some(oldest) = self.requests.pop_front() else { break };
            self.body_memory -= oldest.body.as_ref().map_or(0, memory);
        }
    }

    pub(crate) fn requests(&self) -> &VecDeque<LoggedRequest> {
        &self.requests
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// About how much memory a value takes: a number takes the same as a string does besides its text, and a member of an
/// object has a name, and a place in the nodes of the object.
fn memory(value: &Value) -> usize {
    const VALUE: usize = size_of::<Value>();
    const MEMBER: usize = 2 * size_of::<String>();
    match value {
        Value::String(text) => VALUE + text.capacity(),
        Value::Array(values) => {
            VALUE * (1 + values.capacity() - values.len()) + values.iter().map(memory).sum::<usize>()
        }
        Value::Object(members) => {
            VALUE + members.iter().map(|(name, value)| MEMBER + name.capacity() + memory(value)).sum::<usize>()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => VALUE,
    }
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
    /// The body, if it is JSON, and takes no more memory than the log has for all bodies: 16 MiB.
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
    use serde_json::json;

    use super::*;

    fn request(body: Value) -> LoggedRequest {
        LoggedRequest {
            at: DateTime::default(),
            operation_id: None,
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: None,
            partner: None,
            body: Some(body),
            body_bytes: 0,
            status: Some(404),
            fault: None,
            reason: None,
        }
    }

    #[test]
    fn the_oldest_requests_are_removed() {
        let mut log = Log::default();
        (0..MAX_REQUESTS + 5).for_each(|number| log.push(request(json!(number))));
        assert_eq!(log.requests().len(), MAX_REQUESTS);
        assert_eq!(log.requests()[0].body, Some(json!(5)));
        log.push(request(json!("a".repeat(MAX_BODY_MEMORY - 320))));
        assert!(log.requests().len() < 20, "{} are left", log.requests().len());
        log.push(request(json!("a".repeat(MAX_BODY_MEMORY - 320))));
        assert_eq!(log.requests().len(), 1);
        log.clear();
        assert!(log.requests().is_empty());
    }

    #[test]
    fn what_counts_is_memory_and_not_text() {
        let mut log = Log::default();
        // A quarter of the limit each, and a sixtieth of it as text.
        let values = MAX_BODY_MEMORY / size_of::<Value>() / 4 - 10;
        let many = Value::Array(vec![json!([]); values]);
        (0..32).for_each(|_| log.push(request(many.clone())));
        assert_eq!(log.requests().len(), 4);
        assert!(log.requests().iter().all(|request| request.body.is_some()));
    }

    #[test]
    fn a_request_is_kept_without_a_body_that_is_too_large() {
        let mut log = Log::default();
        log.push(request(json!(1)));
        log.push(request(Value::Array(vec![json!([]); MAX_BODY_MEMORY / size_of::<Value>()])));
        let kept: Vec<_> = log.requests().iter().map(|request| request.body.clone()).collect();
        assert_eq!(kept, [Some(json!(1)), None]);
    }
}

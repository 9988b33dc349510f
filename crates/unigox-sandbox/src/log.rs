//! What was asked of the sandbox, for assertions and for people.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

/// How many requests are kept; older ones are forgotten.
pub(crate) const KEPT: usize = 10_000;

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
    /// The status of the answer; none if there was none.
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

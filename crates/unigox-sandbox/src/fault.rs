//! Bad days: what goes wrong with the next call of an operation.

use std::{collections::BTreeMap, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What goes wrong with one call.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use unigox_sandbox::Fault;
///
/// let busy = Fault::status(429).with_header("retry-after", "2");
/// let lost = Fault::AnswerLost;
/// let slow = Fault::delay(Duration::from_millis(200));
/// # let _ = (busy, lost, slow);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// An answer of this status. Nothing is done.
    Status {
        /// The status, from 200 to 599.
        status: u16,
        /// Headers of the answer.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// The body, as JSON; none without it.
        #[serde(default)]
        body: Option<Value>,
    },
    /// The answer comes late; otherwise everything is as it should be.
    Delay {
        /// How late, in milliseconds.
        milliseconds: u64,
    },
    /// The connection is reset before the request is looked at. Nothing is done.
    Reset,
    /// Everything is done, and the connection is reset before the answer.
    AnswerLost,
    /// Everything is done, and the connection is closed in the middle of the answer.
    Truncated,
    /// Everything is done, and the answer is cut off but claims to be whole: no JSON.
    InvalidJson,
    /// Everything is done, and the answer is followed by this many spaces.
    HugeBody {
        /// How many bytes are added.
        bytes: u64,
    },
    /// An answer that sends the client elsewhere. Nothing is done.
    Redirect {
        /// The status: 301, 302, 303, 307 or 308.
        status: u16,
        /// Where to.
        location: String,
    },
}

impl Fault {
    /// An answer of `status`, without headers and body. Nothing is done.
    pub fn status(status: u16) -> Self {
        Self::Status { status, headers: BTreeMap::new(), body: None }
    }

    /// The answer comes late.
    pub fn delay(time: Duration) -> Self {
        Self::Delay { milliseconds: time.as_millis().try_into().unwrap_or(u64::MAX) }
    }

    /// A redirect, of status 307.
    pub fn redirect(location: impl Into<String>) -> Self {
        Self::Redirect { status: 307, location: location.into() }
    }

    /// Adds a header to an answer of a [status](Self::status).
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Self::Status { headers, .. } = &mut self {
            headers.insert(name.into(), value.into());
        }
        self
    }

    /// Adds a body to an answer of a [status](Self::status).
    #[must_use]
    pub fn with_body(mut self, json: Value) -> Self {
        if let Self::Status { body, .. } = &mut self {
            *body = Some(json);
        }
        self
    }
}

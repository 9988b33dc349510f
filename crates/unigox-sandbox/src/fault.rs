//! Faults that can be injected into a call.

use std::{collections::BTreeMap, time::Duration};

use axum::http::{HeaderName, HeaderValue, header};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::Value;

/// A fault that is injected into one call.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use unigox_sandbox::Fault;
///
/// let limited = Fault::status(429).with_header("retry-after", "2");
/// let lost = Fault::ResponseLost;
/// let slow = Fault::delay(Duration::from_millis(200));
/// # let _ = (limited, lost, slow);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "A fault that is injected into one call.")]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// A response with this status. The operation takes no effect, or takes effect before it.
    Status {
        /// The status, from 200 to 599.
        #[serde(deserialize_with = "status")]
        #[schemars(range(min = 200, max = 599))]
        status: u16,
        /// Headers of the response, except `content-length` and `transfer-encoding`, which the server sets.
        #[serde(default, deserialize_with = "headers")]
        headers: BTreeMap<String, String>,
        /// The body, as JSON; no body by default.
        #[serde(default)]
        body: Option<Value>,
        /// Whether the operation takes effect all the same; by default it does not.
        #[serde(default)]
        takes_effect: bool,
    },
    /// The operation takes effect at once, and the response is delayed.
    Delay {
        /// The delay in milliseconds.
        milliseconds: u64,
    },
    /// The connection is reset when the request has arrived. The operation takes no effect.
    Reset,
    /// The operation takes effect, and the connection is reset before the response.
    ResponseLost,
    /// The operation takes effect, and the connection is closed in the middle of the response body.
    Truncated,
    /// The operation takes effect, and the response body is only the first half of its JSON, with a matching length.
    InvalidJson,
    /// The operation takes effect, and spaces are appended to the response body.
    HugeBody {
        /// How many bytes are appended.
        bytes: u64,
    },
    /// A redirect. The operation takes no effect.
    Redirect {
        /// The status: 301, 302, 303, 307 or 308.
        #[serde(deserialize_with = "redirect_status")]
        #[schemars(extend("enum" = REDIRECT_STATUSES))]
        status: u16,
        /// The header `location`.
        #[serde(deserialize_with = "location")]
        location: String,
    },
}

impl Fault {
    /// A response with `status`, without headers and body. The operation takes no effect.
    pub fn status(status: u16) -> Self {
        Self::Status { status, headers: BTreeMap::new(), body: None, takes_effect: false }
    }

    /// A delay of the response. The operation takes effect at once.
    pub fn delay(time: Duration) -> Self {
        Self::Delay { milliseconds: time.as_millis().try_into().unwrap_or(u64::MAX) }
    }

    /// A redirect with status 307. The operation takes no effect.
    pub fn redirect(location: impl Into<String>) -> Self {
        Self::Redirect { status: 307, location: location.into() }
    }

    /// Adds a header to a response with a [status](Self::status); other faults stay as they are. With an invalid header,
    /// `content-length` or `transfer-encoding` the fault can't be injected.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Self::Status { headers, .. } = &mut self {
            headers.insert(name.into(), value.into());
        }
        self
    }

    /// Sets the body of a response with a [status](Self::status); other faults stay as they are.
    #[must_use]
    pub fn with_body(mut self, json: Value) -> Self {
        if let Self::Status { body, .. } = &mut self {
            *body = Some(json);
        }
        self
    }

    /// Has the operation take effect before a response with a [status](Self::status), such as 503; other faults stay as they
    /// are.
    #[must_use]
    pub fn after_effect(mut self) -> Self {
        if let Self::Status { takes_effect, .. } = &mut self {
            *takes_effect = true;
        }
        self
    }

    /// Whether it can be injected, by the same rules as when it is read from a scenario.
    pub(crate) fn check(&self) -> Result<(), serde_json::Error> {
        serde_json::to_value(self).and_then(Self::deserialize).map(drop)
    }

    /// The name of the fault in a scenario.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Delay { .. } => "delay",
            Self::Reset => "reset",
            Self::ResponseLost => "response_lost",
            Self::Truncated => "truncated",
            Self::InvalidJson => "invalid_json",
            Self::HugeBody { .. } => "huge_body",
            Self::Redirect { .. } => "redirect",
        }
    }
}

/// The statuses of a redirect.
const REDIRECT_STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(deserializer)?;
    let is_valid = (200..600).contains(&status);
    is_valid.then_some(status).ok_or_else(|| D::Error::custom(format!("{status} is not a status from 200 to 599")))
}

fn redirect_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(deserializer)?;
    let is_valid = REDIRECT_STATUSES.contains(&status);
    is_valid.then_some(status).ok_or_else(|| D::Error::custom(format!("{status} is not one of {REDIRECT_STATUSES:?}")))
}

fn location<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let location = String::deserialize(deserializer)?;
    let is_valid = HeaderValue::from_str(&location).is_ok();
    is_valid.then_some(location).ok_or_else(|| D::Error::custom("the location is not a valid header value"))
}

fn headers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let headers = BTreeMap::<String, String>::deserialize(deserializer)?;
    match headers.iter().find(|(name, value)| header(name, value).is_none()) {
        None => Ok(headers),
        Some((name, _)) => Err(D::Error::custom(format!(
            "`{name}` is not allowed as a header of a response, or its value is not valid"
        ))),
    }
}

/// The header, if a response may have it. `content-length` and `transfer-encoding` are set by the server alone.
pub(crate) fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = (name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value).ok()?);
    (![header::CONTENT_LENGTH, header::TRANSFER_ENCODING].contains(&name)).then_some((name, value))
}

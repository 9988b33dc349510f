//! Bad days: what goes wrong with the next call of an operation.

use std::{collections::BTreeMap, time::Duration};

use axum::http::{HeaderName, HeaderValue, header};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
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
#[schemars(description = "What goes wrong with one call.")]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// An answer of this status. Nothing is done.
    Status {
        /// The status, from 200 to 599.
        #[serde(deserialize_with = "status")]
        #[schemars(range(min = 200, max = 599))]
        status: u16,
        /// Headers of the answer. The length is not among them: it is the body's.
        #[serde(default, deserialize_with = "headers")]
        headers: BTreeMap<String, String>,
        /// The body, as JSON; none without it.
        #[serde(default)]
        body: Option<Value>,
    },
    /// Everything is done at once, and the answer comes late.
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
        #[serde(deserialize_with = "redirect_status")]
        #[schemars(extend("enum" = REDIRECTS))]
        status: u16,
        /// Where to.
        #[serde(deserialize_with = "location")]
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

    /// Adds a header to an answer of a [status](Self::status). It can't be `content-length` or `transfer-encoding`: these
    /// are passed over.
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

/// The statuses that send a client elsewhere.
const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(deserializer)?;
    let is_one = (200..600).contains(&status);
    is_one.then_some(status).ok_or_else(|| D::Error::custom(format!("{status} is no status from 200 to 599")))
}

fn redirect_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(deserializer)?;
    let is_one = REDIRECTS.contains(&status);
    is_one.then_some(status).ok_or_else(|| D::Error::custom(format!("{status} is none of {REDIRECTS:?}")))
}

fn location<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let location = String::deserialize(deserializer)?;
    let is_one = HeaderValue::from_str(&location).is_ok();
    is_one.then_some(location).ok_or_else(|| D::Error::custom("the location can't stand in a header"))
}

fn headers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let headers = BTreeMap::<String, String>::deserialize(deserializer)?;
    match headers.iter().find(|(name, value)| header(name, value).is_none()) {
        None => Ok(headers),
        Some((name, _)) => {
            Err(D::Error::custom(format!("`{name}` can't be a header of an answer, or not with this value")))
        }
    }
}

/// The header, if an answer can have it. How long the body is, and how that is said, is the server's to say.
pub(crate) fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = (name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value).ok()?);
    (![header::CONTENT_LENGTH, header::TRANSFER_ENCODING].contains(&name)).then_some((name, value))
}

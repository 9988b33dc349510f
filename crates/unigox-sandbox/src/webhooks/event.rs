//! An event: what is told, and the body that is sent.

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// An event that a test has the sandbox send.
///
/// Its data is that of the document's example, for an event of an order; that of a table of the sandbox, for the other
/// types of the API; and empty for a type that the API does not have. Fields that are set take the place of those.
///
/// `Debug` hides the data.
///
/// # Examples
///
/// ```
/// use unigox_sandbox::WebhookEvent;
///
/// let completed = WebhookEvent::new("order.status.changed").field("status", "completed");
/// # let _ = completed;
/// ```
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use]
pub struct WebhookEvent {
    pub(crate) event_type: String,
    #[serde(default)]
    pub(crate) event_id: Option<String>,
    #[serde(default)]
    pub(crate) partner: Option<String>,
    #[serde(default)]
    pub(crate) data: Map<String, Value>,
}

/// The error of an event that can't be sent: its type or identifier is not valid, or there is nobody to send it to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidEvent(pub(crate) String);

impl fmt::Display for InvalidEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidEvent {}

impl WebhookEvent {
    /// An event of this type, to the first partner.
    pub fn new(event_type: impl Into<String>) -> Self {
        Self { event_type: event_type.into(), event_id: None, partner: None, data: Map::new() }
    }

    /// Sets a field of `data`.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.data.insert(name.into(), value.into());
        self
    }

    /// Sets the identifier of the event; by default a new one.
    pub fn event_id(mut self, event_id: impl Into<String>) -> Self {
        self.event_id = Some(event_id.into());
        self
    }

    /// Sets the partner that it is sent to, by the name in the log; by default the first one.
    pub fn partner(mut self, name: impl Into<String>) -> Self {
        self.partner = Some(name.into());
        self
    }
}

impl fmt::Debug for WebhookEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookEvent").field("event_type", &self.event_type).finish_non_exhaustive()
    }
}

/// An event, as it is sent in every attempt.
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) partner: String,
    pub(crate) body: Bytes,
}

impl Event {
    pub(crate) fn new(id: String, kind: &str, partner: &str, created_at: DateTime<Utc>, data: &Value) -> Self {
        let body = json!({
            "event_id": id,
            "event_type": kind,
            "created_at": created_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "data": data,
        });
        Self { id, kind: kind.to_owned(), partner: partner.to_owned(), body: body.to_string().into() }
    }

    /// About how much memory it takes.
    pub(super) fn memory(&self) -> usize {
        size_of::<Self>() + self.id.len() + self.kind.len() + self.partner.len() + self.body.len()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

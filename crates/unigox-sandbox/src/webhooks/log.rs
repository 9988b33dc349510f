//! The log of deliveries.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

/// An attempt to deliver an event, and what became of it. It has nothing of the event's data.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LoggedDelivery {
    /// When the outcome was known, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// The name of the partner.
    pub partner: String,
    /// The identifier of the event: the same one in all attempts.
    pub event_id: String,
    /// The type of the event.
    pub event_type: String,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// The status of the response, if there was one.
    pub status: Option<u16>,
    /// The name of the fault that was injected, as in a scenario.
    pub fault: Option<&'static str>,
    /// When the next attempt is due, by the sandbox's clock; `None` if there is none.
    pub retry_at: Option<DateTime<Utc>>,
}

/// What became of an attempt to deliver an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeliveryOutcome {
    /// The response has a status from 200 to 299.
    Delivered,
    /// The response has another status.
    Refused,
    /// There was no response in time, by the clock of the sandbox.
    TimedOut,
    /// There was no connection, or it broke.
    Unreachable,
    /// A fault kept the event from being sent.
    Lost,
    /// Nothing was sent: the partner has no address, or one that is not on the loopback; or too many events wait.
    NotSent,
}

impl DeliveryOutcome {
    fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::TimedOut => "timed out",
            Self::Unreachable => "unreachable",
            Self::Lost => "lost",
            Self::NotSent => "not sent",
        }
    }
}

impl fmt::Display for DeliveryOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

//! Faults that can be injected into the deliveries of an event.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A fault that is injected into the deliveries of one event.
///
/// # Examples
///
/// ```
/// use unigox_sandbox::DeliveryFault;
///
/// let faults = [DeliveryFault::Duplicate, DeliveryFault::Late { seconds: 3600 }, DeliveryFault::WrongSecret];
/// # let _ = faults;
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "A fault that is injected into the deliveries of one event.")]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum DeliveryFault {
    /// The event is sent twice at once. Only one of them is repeated if it is refused.
    Duplicate,
    /// The event is sent later, by the clock of the sandbox.
    Late {
        /// How much later, in seconds.
        seconds: u64,
    },
    /// The event is sent after the next one of its partner.
    OutOfOrder,
    /// The first attempt is signed with another secret.
    WrongSecret,
    /// The body of the first attempt is not the one that was signed.
    ChangedBody,
    /// The first attempt has an old timestamp, with the signature for it.
    OldTimestamp {
        /// How old it is, in seconds.
        seconds: u64,
    },
    /// The event is never sent.
    Lost,
}

impl DeliveryFault {
    /// The name of the fault in a scenario.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Late { .. } => "late",
            Self::OutOfOrder => "out_of_order",
            Self::WrongSecret => "wrong_secret",
            Self::ChangedBody => "changed_body",
            Self::OldTimestamp { .. } => "old_timestamp",
            Self::Lost => "lost",
        }
    }
}

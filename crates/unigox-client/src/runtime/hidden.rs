//! What `Debug` shows instead of personal data.

use std::fmt;

/// Prints as `[hidden]`.
pub(crate) struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// Prints as `None`, or as `Some([hidden])`: whether a field was given is no secret and helps to find a mistake.
#[allow(dead_code, reason = "a document may have nothing optional that is hidden")]
pub(crate) fn optional<V>(value: &Option<V>) -> Option<Hidden> {
    value.as_ref().map(|_| Hidden)
}

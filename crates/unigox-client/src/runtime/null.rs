//! `null`: where the document has a list or a map, and where it is a value of its own.

use serde::{Deserialize, Deserializer};

/// Reads `null` as the default value: servers write an empty list in either way.
#[allow(dead_code, reason = "a document may have no optional list or map")]
pub(crate) fn as_default<'de, D: Deserializer<'de>, V: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<V, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads a field that is there, `null` included: with `default`, absent is `None` and `null` is `Some(None)`.
#[allow(dead_code, reason = "a document may tell absent and null apart nowhere")]
pub(crate) fn present<'de, D: Deserializer<'de>, V: Deserialize<'de>>(deserializer: D) -> Result<Option<V>, D::Error> {
    V::deserialize(deserializer).map(Some)
}

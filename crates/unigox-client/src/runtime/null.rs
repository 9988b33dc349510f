//! `null` where the document has a list or a map.

use serde::{Deserialize, Deserializer};

/// Reads `null` as the default value: servers write an empty list in either way.
#[allow(dead_code, reason = "a document may have no optional list or map")]
pub(crate) fn as_default<'de, D: Deserializer<'de>, V: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<V, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

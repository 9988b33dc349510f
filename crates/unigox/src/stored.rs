//! Bodies that a job queue keeps: written as they are sent, and read without a word of them in errors.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::Value;

/// Reads a value. The error says `what` it is not, and nothing of what is there, which may be personal data.
pub(crate) fn read<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D, what: &str) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    serde_json::from_value(value).map_err(|_| D::Error::custom(format_args!("not {what} as this crate writes it")))
}

/// `Serialize` and `Deserialize` of a type around a generated one.
macro_rules! stored {
    ($name:ident, $what:literal) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::stored::read(deserializer, $what).map(Self)
            }
        }
    };
}

pub(crate) use stored;

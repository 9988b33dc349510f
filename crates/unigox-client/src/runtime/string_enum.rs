//! Enums whose values are strings: closed ones for what is sent, open ones for what is received.

#![allow(dead_code, unused_imports, unused_macros, reason = "which of these are used depends on the document")]

use std::fmt;

use serde::{Deserializer, de::Visitor};

/// A value that the document does not list, as it was received.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    pub(crate) fn new(value: &str) -> Self {
        Self(value.into())
    }

    /// The value as it was received.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows the value if it looks like the value of an enum: short, of ASCII letters, digits, `_` and `-`.
impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if self.0.len() <= 64 && self.0.chars().all(is_plain) { self.0.fmt(f) } else { super::hidden::Hidden.fmt(f) }
    }
}

/// The error of parsing an enum from a string that is not one of its values. The message does not quote the string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseEnumError(pub(crate) &'static str);

impl fmt::Display for ParseEnumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a value of `{}`", self.0)
    }
}

impl std::error::Error for ParseEnumError {}

/// Reads a string without a copy of it.
pub(crate) fn read<'de, D: Deserializer<'de>, R>(deserializer: D, read: impl FnOnce(&str) -> R) -> Result<R, D::Error> {
    struct Reader<F>(F);

    impl<R, F: FnOnce(&str) -> R> Visitor<'_> for Reader<F> {
        type Value = R;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E>(self, value: &str) -> Result<R, E> {
            Ok((self.0)(value))
        }
    }

    deserializer.deserialize_str(Reader(read))
}

/// An enum of the values that may be sent.
macro_rules! closed_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $value:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(non_camel_case_types, reason = "the generator spells some signs out in lower case")]
        #[non_exhaustive]
        pub enum $name { $($(#[$variant_meta])* $variant,)* }

        impl $name {
            /// Every value, in the order of the document.
            pub const VALUES: &'static [Self] = &[$(Self::$variant),*];

            /// The value as it is sent.
            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $value,)* }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::ParseEnumError;

            fn from_str(value: &str) -> ::std::result::Result<Self, $crate::ParseEnumError> {
                match value {
                    $($value => ::std::result::Result::Ok(Self::$variant),)*
                    _ => ::std::result::Result::Err($crate::ParseEnumError(stringify!($name))),
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::runtime::string_enum::read(deserializer, str::parse)?.map_err(::serde::de::Error::custom)
            }
        }

        $crate::runtime::string_enum::common!($name, $($value,)*);

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                // Written out within the macro, each value would go one level deeper, of which there are 128.
                let values: &[&str] = &[$($value),*];
                ::schemars::json_schema!({"type": "string", "enum": values})
            }
        }
    };
}

/// An enum of the values known today, with a variant for any other.
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident, $unknown:ident { $($(#[$variant_meta:meta])* $variant:ident = $value:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(non_camel_case_types, reason = "the generator spells some signs out in lower case")]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// A value that the document does not list, kept as it was received.
            $unknown($crate::UnknownValue),
        }

        impl $name {
            /// Every value that the document lists, in its order.
            pub const VALUES: &'static [Self] = &[$(Self::$variant),*];

            /// The value as it is sent or was received.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::$unknown(value) => value.as_str(),
                }
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    _ => Self::$unknown($crate::UnknownValue::new(value)),
                }
            }
        }

        /// Never fails: an unknown value is kept.
        impl ::std::str::FromStr for $name {
            type Err = $crate::ParseEnumError;

            fn from_str(value: &str) -> ::std::result::Result<Self, $crate::ParseEnumError> {
                ::std::result::Result::Ok(Self::from(value))
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::runtime::string_enum::read(deserializer, |value| Self::from(value))
            }
        }

        $crate::runtime::string_enum::common!($name, $($value,)*);

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                let values: &[&str] = &[$($value),*];
                ::schemars::json_schema!({"anyOf": [{"type": "string", "enum": values}, {"type": "string"}]})
            }
        }
    };
}

/// The traits that open and closed enums share.
macro_rules! common {
    ($name:ident, $($value:literal,)*) => {
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

pub(crate) use {closed_enum, common, open_enum};

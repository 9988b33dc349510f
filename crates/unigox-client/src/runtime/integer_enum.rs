//! Enums whose values are integers: closed ones for what is sent, open ones for what is received.

#![allow(dead_code, unused_imports, unused_macros, reason = "which of these are used depends on the document")]

use std::fmt;

use serde::{
    Deserializer,
    de::{Error, Visitor},
};

/// An integer that the document does not list, as it was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnknownInteger(i64);

impl UnknownInteger {
    pub(crate) fn new(value: i64) -> Self {
        Self(value)
    }

    /// The integer as it was received.
    pub fn get(self) -> i64 {
        self.0
    }
}

/// Reads an integer. JSON does not tell `1` and `1.0` apart.
pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    struct Reader;

    impl Visitor<'_> for Reader {
        type Value = i64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an integer")
        }

        fn visit_i64<E>(self, value: i64) -> Result<i64, E> {
            Ok(value)
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
            i64::try_from(value).map_err(|_| E::custom("not an integer of 64 bits"))
        }

        #[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
        fn visit_f64<E: Error>(self, value: f64) -> Result<i64, E> {
            // 2^53: above it, a float does not say which integer it stands for.
            if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0 {
                Ok(value as i64)
            } else {
                Err(E::custom("not an integer of 64 bits"))
            }
        }
    }

    deserializer.deserialize_i64(Reader)
}

/// An enum of the integers that may be sent.
macro_rules! closed_integer_enum {
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
            pub fn as_i64(self) -> i64 {
                match self { $(Self::$variant => $value,)* }
            }
        }

        impl ::std::convert::TryFrom<i64> for $name {
            type Error = $crate::ParseEnumError;

            fn try_from(value: i64) -> ::std::result::Result<Self, $crate::ParseEnumError> {
                match value {
                    $($value => ::std::result::Result::Ok(Self::$variant),)*
                    _ => ::std::result::Result::Err($crate::ParseEnumError(stringify!($name))),
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let value = $crate::runtime::integer_enum::read(deserializer)?;
                Self::try_from(value).map_err(::serde::de::Error::custom)
            }
        }

        $crate::runtime::integer_enum::common_integer!($name);

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({"type": "integer", "enum": Self::VALUES})
            }
        }
    };
}

/// An enum of the integers known today, with a variant for any other.
macro_rules! open_integer_enum {
    ($(#[$meta:meta])* $name:ident, $unknown:ident { $($(#[$variant_meta:meta])* $variant:ident = $value:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(non_camel_case_types, reason = "the generator spells some signs out in lower case")]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// An integer that the document does not list, kept as it was received.
            $unknown($crate::UnknownInteger),
        }

        impl $name {
            /// Every value that the document lists, in its order.
            pub const VALUES: &'static [Self] = &[$(Self::$variant),*];

            /// The value as it is sent or was received.
            pub fn as_i64(self) -> i64 {
                match self {
                    $(Self::$variant => $value,)*
                    Self::$unknown(value) => value.get(),
                }
            }
        }

        impl ::std::convert::From<i64> for $name {
            fn from(value: i64) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    _ => Self::$unknown($crate::UnknownInteger::new(value)),
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::runtime::integer_enum::read(deserializer).map(Self::from)
            }
        }

        $crate::runtime::integer_enum::common_integer!($name);

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({"anyOf": [{"type": "integer", "enum": Self::VALUES}, {"type": "integer"}]})
            }
        }
    };
}

/// The traits that open and closed enums share.
macro_rules! common_integer {
    ($name:ident) => {
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.as_i64(), f)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.as_i64())
            }
        }
    };
}

pub(crate) use {closed_integer_enum, common_integer, open_integer_enum};

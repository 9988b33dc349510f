//! Choices between properties of an object: one of them, or one group of them, is there.
//!
//! ```text
//! choice! {
//!     /// Flattened into the object that it is a choice of. With `hidden`, `Debug` hides the value.
//!     Amount {
//!         Crypto(String) hidden = "crypto_amount",
//!         Range(AmountRange),
//!     }
//! }
//! ```

#![allow(dead_code, unused_imports, unused_macros, reason = "a document may have no choice")]

use serde::{Serialize, Serializer, ser::SerializeMap as _};

/// Writes an object with one property.
pub(crate) fn single<S: Serializer>(
    key: &'static str,
    value: &impl Serialize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

macro_rules! choice {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident($ty:ty) $($hidden:ident)? $(= $key:literal)?,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "how large a variant is, the document decides")]
        #[non_exhaustive]
        pub enum $name { $($(#[$variant_meta])* $variant($ty),)* }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<Deserializer_: ::serde::Deserializer<'de>>(deserializer: Deserializer_) -> ::std::result::Result<Self, Deserializer_::Error> {
                let value = <::serde_json::Value as ::serde::Deserialize>::deserialize(deserializer)?;
                $(if let ::std::option::Option::Some(value) = $crate::runtime::choice::read!(value, $ty $(, $key)?) {
                    return ::std::result::Result::Ok(Self::$variant(value));
                })*
                ::std::result::Result::Err(::serde::de::Error::custom(concat!("no alternative of `", stringify!($name), "` is there")))
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<Serializer_: ::serde::Serializer>(&self, serializer: Serializer_) -> ::std::result::Result<Serializer_::Ok, Serializer_::Error> {
                match self {
                    $(Self::$variant(value) => $crate::runtime::choice::write!(value, serializer $(, $key)?),)*
                }
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$variant(value) => {
                        f.debug_tuple(stringify!($variant)).field($crate::runtime::hidden::shown!(value $(, $hidden)?)).finish()
                    })*
                }
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                let variants = [$($crate::runtime::choice::schema!(generator, $ty $(, $key)?),)*];
                ::schemars::json_schema!({"oneOf": variants})
            }
        }
    };
}

/// The value of a variant, if it is there.
macro_rules! read {
    ($value:ident, $ty:ty) => {
        <$ty as ::serde::Deserialize>::deserialize(&$value).ok()
    };
    ($value:ident, $ty:ty, $key:literal) => {
        $value.get($key).and_then(|value| <$ty as ::serde::Deserialize>::deserialize(value).ok())
    };
}

macro_rules! write {
    ($value:ident, $serializer:ident) => {
        ::serde::Serialize::serialize($value, $serializer)
    };
    ($value:ident, $serializer:ident, $key:literal) => {
        $crate::runtime::choice::single($key, $value, $serializer)
    };
}

macro_rules! schema {
    ($generator:ident, $ty:ty) => {
        $generator.subschema_for::<$ty>()
    };
    ($generator:ident, $ty:ty, $key:literal) => {
        ::schemars::json_schema!({
            "type": "object", "required": [$key], "properties": {$key: $generator.subschema_for::<$ty>()},
        })
    };
}

pub(crate) use {choice, read, schema, write};

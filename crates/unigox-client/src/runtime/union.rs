//! Unions of types: told apart by a property (a tag) or tried in order; open ones keep what no variant reads.
//!
//! ```text
//! union! {
//!     /// Closed, and tried in order. With `from` a variant has `From`; with `hidden`, `Debug` hides its value.
//!     Contact {
//!         Email(Email) from,
//!         Phone(String) hidden,
//!     }
//! }
//! union! {
//!     /// Open, and told apart by `shapeType`, which is written too.
//!     Shape, Unknown tag "shapeType" {
//!         Circle(Circle) from = "round",
//!         Square(Square) from = "four" | "quad",
//!     }
//! }
//! ```

#![allow(dead_code, unused_imports, unused_macros, reason = "which of these are used depends on the document")]

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::Value;

use super::node::Node;

/// Whether `value` may be of the variant with these values of the tag; any may, if there is no tag.
pub(crate) fn may_be(value: &Value, tag: Option<&str>, values: &[&str]) -> bool {
    tag.is_none_or(|tag| value.get(tag).and_then(Value::as_str).is_some_and(|value| values.contains(&value)))
}

/// Writes the value of a variant, and sees to it that the tag is one of the variant's `values`.
pub(crate) fn write<S: Serializer>(
    value: &impl Serialize,
    tag: Option<&'static str>,
    values: &[&'static str],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let (Some(tag), Some(first)) = (tag, values.first()) else { return value.serialize(serializer) };
    let mut members = match Node::of(value) {
        Some(Node::Map(members)) => members,
        Some(_) => return Err(S::Error::custom("a variant that is told apart by a property is no object")),
        None => return Err(S::Error::custom("a variant has a number in it that JSON does not have")),
    };
    let tag_value = || Node::Scalar(Value::from(*first));
    match members.iter_mut().find(|(key, _)| key == tag) {
        Some((_, Node::Scalar(Value::String(text)))) if values.contains(&text.as_str()) => {}
        Some((_, other)) => *other = tag_value(),
        None => members.insert(0, (tag.to_owned(), tag_value())),
    }
    Node::Map(members).serialize(serializer)
}

macro_rules! union {
    ($(#[$meta:meta])* $name:ident $(, $unknown:ident)? $(tag $tag:literal)? {
        $($(#[$variant_meta:meta])* $variant:ident($ty:ty) $($flag:ident)* $(= $value:literal $(| $other:literal)*)?,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "how large a variant is, the document decides")]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant($ty),)*
            $(
                /// What no variant reads, kept as it was received.
                $unknown(::serde_json::Value),
            )?
        }

        impl $name {
            /// The property that tells the variants apart.
            const TAG: ::std::option::Option<&'static str> = $crate::runtime::union::optional!($($tag)?);
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<Deserializer_: ::serde::Deserializer<'de>>(deserializer: Deserializer_) -> ::std::result::Result<Self, Deserializer_::Error> {
                let value = <::serde_json::Value as ::serde::Deserialize>::deserialize(deserializer)?;
                $(
                    if $crate::runtime::union::may_be(&value, Self::TAG, &[$($value $(, $other)*)?])
                        && let ::std::result::Result::Ok(value) = <$ty as ::serde::Deserialize>::deserialize(&value)
                    {
                        return ::std::result::Result::Ok(Self::$variant(value));
                    }
                )*
                $crate::runtime::union::rest!(Self, value, $name $(, $unknown)?)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<Serializer_: ::serde::Serializer>(&self, serializer: Serializer_) -> ::std::result::Result<Serializer_::Ok, Serializer_::Error> {
                match self {
                    $(Self::$variant(value) => {
                        $crate::runtime::union::write(value, Self::TAG, &[$($value $(, $other)*)?], serializer)
                    })*
                    $(Self::$unknown(value) => ::serde::Serialize::serialize(value, serializer),)?
                }
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$variant(value) => {
                        let value = $crate::runtime::union::shown!(value, $($flag)*);
                        f.debug_tuple(stringify!($variant)).field(value).finish()
                    })*
                    $(Self::$unknown(_) => {
                        f.debug_tuple(stringify!($unknown)).field(&$crate::runtime::hidden::Hidden).finish()
                    })?
                }
            }
        }

        $($crate::runtime::union::from!($name, $variant, $ty, $($flag)*);)*

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                let variants = [
                    $(generator.subschema_for::<$ty>(),)*
                    $($crate::runtime::union::any!($unknown),)?
                ];
                ::schemars::json_schema!({"anyOf": variants})
            }
        }
    };
}

macro_rules! optional {
    () => {
        ::std::option::Option::None
    };
    ($value:literal) => {
        ::std::option::Option::Some($value)
    };
}

/// What becomes of a value that no variant reads.
macro_rules! rest {
    ($this:ident, $value:ident, $name:ident) => {{
        let _ = $value;
        ::std::result::Result::Err(::serde::de::Error::custom(concat!(
            "not what any variant of `",
            stringify!($name),
            "` reads"
        )))
    }};
    ($this:ident, $value:ident, $name:ident, $unknown:ident) => {
        ::std::result::Result::Ok($this::$unknown($value))
    };
}

/// What `Debug` shows of the value of a variant with these flags.
macro_rules! shown {
    ($value:ident,) => {
        $value
    };
    ($value:ident, hidden $($flag:ident)*) => {{
        let _ = $value;
        &$crate::runtime::hidden::Hidden
    }};
    ($value:ident, from $($flag:ident)*) => {
        $crate::runtime::union::shown!($value, $($flag)*)
    };
}

macro_rules! from {
    ($name:ident, $variant:ident, $ty:ty,) => {};
    ($name:ident, $variant:ident, $ty:ty, hidden $($flag:ident)*) => {
        $crate::runtime::union::from!($name, $variant, $ty, $($flag)*);
    };
    ($name:ident, $variant:ident, $ty:ty, from $($flag:ident)*) => {
        impl ::std::convert::From<$ty> for $name {
            fn from(value: $ty) -> Self {
                Self::$variant(value)
            }
        }
    };
}

macro_rules! any {
    ($unknown:ident) => {
        ::schemars::Schema::from(true)
    };
}

pub(crate) use {any, from, optional, rest, shown, union};

//! Structs that keep the fields that they do not list.

#![allow(dead_code, unused_imports, unused_macros, reason = "a document may have no object")]

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, Visitor},
    forward_to_deserialize_any,
};

/// `Debug`, as [`hidden::debug`](super::hidden::debug) has it, and `Deserialize` of a struct with a field `extra` for what is
/// not listed. A field has its name in JSON if that is another one, how `Debug` shows it, and how it is read.
///
/// `#[serde(flatten)]` would read the same, but keeps each unlisted field in a form of its own before it is a value.
macro_rules! object {
    ($name:ident { $($field:ident $($wire:literal)? $(: $how:ident)? $(@ $read:ident)?),* $(,)? }) => {
        $crate::runtime::hidden::debug! { $name { $($field $(: $how)?,)* extra: hidden } }

        // A component of a document may be called like anything but what begins with two underscores.
        #[allow(unused_imports, clippy::match_single_binding, reason = "a struct may have no fields")]
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<__D: ::serde::Deserializer<'de>>(deserializer: __D) -> ::std::result::Result<Self, __D::Error> {
                use ::serde::de::{Error as _, MapAccess as _};
                use $crate::runtime::object;

                #[allow(non_camel_case_types, reason = "they are called like the fields")]
                enum __Field {
                    $($field,)*
                    Unlisted(::std::string::String),
                }

                impl object::Name for __Field {
                    fn of(name: &str) -> Self {
                        match name {
                            $(object::wire!($field $($wire)?) => Self::$field,)*
                            _ => Self::Unlisted(name.to_owned()),
                        }
                    }
                }

                struct __Reader;

                impl<'de> ::serde::de::Visitor<'de> for __Reader {
                    type Value = $name;

                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str(concat!("struct ", stringify!($name)))
                    }

                    fn visit_map<__A: ::serde::de::MapAccess<'de>>(
                        self,
                        mut map: __A,
                    ) -> ::std::result::Result<$name, __A::Error> {
                        $(let mut $field = ::std::option::Option::None;)*
                        let mut extra = ::serde_json::Map::new();
                        // The name has no binding, which could be called like one of the fields.
                        loop {
                            match map.next_key_seed(object::NameSeed::new())? {
                                $(::std::option::Option::Some(__Field::$field) if $field.is_some() => {
                                    return ::std::result::Result::Err(__A::Error::duplicate_field(
                                        object::wire!($field $($wire)?),
                                    ));
                                }
                                ::std::option::Option::Some(__Field::$field) => {
                                    $field = ::std::option::Option::Some(object::value!(map $(, $read)?));
                                })*
                                ::std::option::Option::Some(__Field::Unlisted(unlisted)) => {
                                    extra.insert(unlisted, map.next_value()?);
                                }
                                ::std::option::Option::None => break,
                            }
                        }
                        ::std::result::Result::Ok($name {
                            $($field: match $field {
                                ::std::option::Option::Some(value) => value,
                                ::std::option::Option::None => object::missing(object::wire!($field $($wire)?))?,
                            },)*
                            extra,
                        })
                    }
                }

                deserializer.deserialize_map(__Reader)
            }
        }
    };
}

/// The name of a field in JSON.
macro_rules! wire {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $wire:literal) => {
        $wire
    };
}

/// The next value of a map. What is `present` is there, `null` included; a list `or_null` is empty if it is `null`.
macro_rules! value {
    ($map:ident) => {
        $map.next_value()?
    };
    ($map:ident, present) => {
        ::std::option::Option::Some($map.next_value()?)
    };
    ($map:ident, or_null) => {
        $map.next_value::<::std::option::Option<_>>()?.unwrap_or_default()
    };
}

pub(crate) use {object, value, wire};

/// A field of a struct, by its name in JSON.
pub(crate) trait Name {
    fn of(name: &str) -> Self;
}

/// Reads the name of a field.
pub(crate) struct NameSeed<N>(PhantomData<N>);

impl<N> NameSeed<N> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, N: Name> DeserializeSeed<'de> for NameSeed<N> {
    type Value = N;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<N, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<N: Name> Visitor<'_> for NameSeed<N> {
    type Value = N;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<N, E> {
        Ok(N::of(name))
    }
}

/// The value of a field that is not there: `None` for an `Option`, and an error for any other type.
pub(crate) fn missing<'de, V: Deserialize<'de>, E: Error>(name: &'static str) -> Result<V, E> {
    V::deserialize(Missing(name, PhantomData))
}

struct Missing<E>(&'static str, PhantomData<E>);

impl<'de, E: Error> Deserializer<'de> for Missing<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        Err(E::missing_field(self.0))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

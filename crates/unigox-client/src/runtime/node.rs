//! A JSON value that is exactly what was written: members keep their order, numbers of single precision their digits.

use std::fmt;

use serde::{
    Serialize, Serializer,
    ser::{
        SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
        SerializeTupleVariant,
    },
};
use serde_json::Value;

/// A JSON value. A scalar is never a list or an object.
#[derive(Clone)]
pub(crate) enum Node {
    Scalar(Value),
    Single(f32),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// `value` as JSON has it; nothing if JSON has no such value, as with numbers that are not finite.
    pub(crate) fn of(value: &(impl Serialize + ?Sized)) -> Option<Self> {
        value.serialize(Writer).ok()
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(Value::Null))
    }

    /// A scalar as text; nothing for null, a list and an object.
    pub(crate) fn into_text(self) -> Option<String> {
        match self {
            Self::Scalar(Value::String(text)) => Some(text),
            Self::Scalar(value @ (Value::Number(_) | Value::Bool(_))) => Some(value.to_string()),
            Self::Single(_) => self.json(),
            Self::Scalar(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    pub(crate) fn json(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// As the variant of an enum is written, if it is one.
    fn within(self, variant: Option<&'static str>) -> Self {
        match variant {
            Some(variant) => Self::Map(vec![(variant.to_owned(), self)]),
            None => self,
        }
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Scalar(value) => value.serialize(serializer),
            Self::Single(value) => value.serialize(serializer),
            Self::List(members) => members.serialize(serializer),
            Self::Map(members) => serializer.collect_map(members.iter().map(|(key, value)| (key, value))),
        }
    }
}

/// A value that JSON does not have.
#[derive(Debug)]
struct NotJson;

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON has no such value")
    }
}

impl std::error::Error for NotJson {}

impl serde::ser::Error for NotJson {
    fn custom<M: fmt::Display>(_: M) -> Self {
        Self
    }
}

struct Writer;

macro_rules! scalars {
    ($($method:ident($ty:ty))*) => {
        $(fn $method(self, value: $ty) -> Result<Node, NotJson> {
            Ok(Node::Scalar(value.into()))
        })*
    };
}

impl Serializer for Writer {
    type Ok = Node;
    type Error = NotJson;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = List;
    type SerializeMap = Map;
    type SerializeStruct = Map;
    type SerializeStructVariant = Map;

    scalars! {
        serialize_bool(bool)
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_str(&str)
    }

    fn serialize_f32(self, value: f32) -> Result<Node, NotJson> {
        if value.is_finite() { Ok(Node::Single(value)) } else { Err(NotJson) }
    }

    fn serialize_f64(self, value: f64) -> Result<Node, NotJson> {
        if value.is_finite() { Ok(Node::Scalar(value.into())) } else { Err(NotJson) }
    }

    fn serialize_char(self, value: char) -> Result<Node, NotJson> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Node, NotJson> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<Node, NotJson> {
        self.serialize_unit()
    }

    fn serialize_some<V: Serialize + ?Sized>(self, value: &V) -> Result<Node, NotJson> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Node, NotJson> {
        Ok(Node::Scalar(Value::Null))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Node, NotJson> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Node, NotJson> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<V: Serialize + ?Sized>(self, _: &'static str, value: &V) -> Result<Node, NotJson> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<V: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &V,
    ) -> Result<Node, NotJson> {
        Ok(value.serialize(self)?.within(Some(variant)))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List, NotJson> {
        Ok(List::default())
    }

    fn serialize_tuple(self, _: usize) -> Result<List, NotJson> {
        Ok(List::default())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List, NotJson> {
        Ok(List::default())
    }

    fn serialize_tuple_variant(self, _: &str, _: u32, variant: &'static str, _: usize) -> Result<List, NotJson> {
        Ok(List { variant: Some(variant), ..List::default() })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Map, NotJson> {
        Ok(Map::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Map, NotJson> {
        Ok(Map::default())
    }

    fn serialize_struct_variant(self, _: &str, _: u32, variant: &'static str, _: usize) -> Result<Map, NotJson> {
        Ok(Map { variant: Some(variant), ..Map::default() })
    }
}

#[derive(Default)]
struct List {
    variant: Option<&'static str>,
    members: Vec<Node>,
}

#[derive(Default)]
struct Map {
    variant: Option<&'static str>,
    members: Vec<(String, Node)>,
    key: String,
}

/// The several names that serde has for a list.
macro_rules! lists {
    ($($of:ident $method:ident)*) => {
        $(impl $of for List {
            type Ok = Node;
            type Error = NotJson;

            fn $method<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<(), NotJson> {
                self.members.push(value.serialize(Writer)?);
                Ok(())
            }

            fn end(self) -> Result<Node, NotJson> {
                Ok(Node::List(self.members).within(self.variant))
            }
        })*
    };
}

lists! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

/// The several names that serde has for an object with given names.
macro_rules! structs {
    ($($of:ident)*) => {
        $(impl $of for Map {
            type Ok = Node;
            type Error = NotJson;

            fn serialize_field<V: Serialize + ?Sized>(&mut self, key: &'static str, value: &V) -> Result<(), NotJson> {
                self.members.push((key.to_owned(), value.serialize(Writer)?));
                Ok(())
            }

            fn end(self) -> Result<Node, NotJson> {
                Ok(Node::Map(self.members).within(self.variant))
            }
        })*
    };
}

structs! { SerializeStruct SerializeStructVariant }

impl SerializeMap for Map {
    type Ok = Node;
    type Error = NotJson;

    fn serialize_key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result<(), NotJson> {
        self.key = key.serialize(Writer)?.into_text().ok_or(NotJson)?;
        Ok(())
    }

    fn serialize_value<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<(), NotJson> {
        self.members.push((std::mem::take(&mut self.key), value.serialize(Writer)?));
        Ok(())
    }

    fn end(self) -> Result<Node, NotJson> {
        SerializeStruct::end(self)
    }
}

//! What the type of a component is made by.

use serde_json::Value;

use crate::openapi::extension::{CHOICE, CONSTRAINED};

/// What the type of a component is made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeKind {
    /// The generator: an object, a list, a map, a scalar, anything.
    Generated,
    /// A macro of the runtime: an enum of strings.
    Strings,
    /// A macro of the runtime: an enum of integers.
    Integers,
    /// A macro of the runtime: a string whose length or pattern is checked.
    Constrained,
    /// A macro of the runtime: one of several types.
    Union,
    /// A macro of the runtime: one of several properties, or groups of them.
    Choice,
}

impl TypeKind {
    /// What makes the type of the component `schema`.
    pub(crate) fn of(schema: &Value) -> Self {
        if schema[CONSTRAINED] == true {
            return Self::Constrained;
        }
        if schema[CHOICE] == true {
            return Self::Choice;
        }
        if variants(schema).is_some() {
            return Self::Union;
        }
        match (schema.get("enum"), schema["type"].as_str()) {
            (Some(_), Some("integer")) => Self::Integers,
            (Some(_), Some("string") | None) => Self::Strings,
            _ => Self::Generated,
        }
    }
}

/// The variants of a union or a choice.
pub(crate) fn variants(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)?.as_array())
}

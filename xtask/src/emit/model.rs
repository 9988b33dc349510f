//! What the emitters need to know of the lowered document, found once.

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    names::{pascal, snake},
    openapi::{self, Operation, extension},
};

pub(super) struct Model<'d> {
    /// The component behind each generated type.
    schemas: HashMap<String, &'d Value>,
    pub(super) operations: Vec<Operation<'d>>,
}

impl Operation<'_> {
    /// The name of its method.
    pub(super) fn method_name(&self) -> String {
        snake(self.id().unwrap_or_default())
    }

    /// The name of its constant in the table of operations.
    pub(super) fn constant(&self) -> String {
        self.method_name().trim_end_matches('_').to_uppercase()
    }

    /// The name of the type of its form, and the form's schema, if it has one.
    pub(super) fn form_type(&self) -> Option<(String, &Value)> {
        let schema = self.form()?;
        Some((schema[extension::TYPE_NAME].as_str()?.to_owned(), schema))
    }
}

impl<'d> Model<'d> {
    pub(super) fn new(document: &'d Value) -> Self {
        let schemas = openapi::components(document).map(|(name, schema)| (pascal(name), schema)).collect();
        Self { schemas, operations: openapi::operations(document).collect() }
    }

    /// Whether `name` is a generated type; the `Debug` of those hides what it must.
    pub(super) fn is_type(&self, name: &str) -> bool {
        self.schemas.contains_key(name)
    }

    /// The schema of the generated type `name`.
    pub(super) fn schema(&self, name: &str) -> Option<&'d Value> {
        self.schemas.get(name).copied()
    }

    /// The schema of the property `property` of the type `name`.
    pub(super) fn property(&self, name: &str, property: &str) -> Option<&'d Value> {
        self.schema(name)?.get("properties")?.get(property)
    }

    /// What is said of `schema`, or else of the component that it refers to.
    pub(super) fn description(&self, schema: &'d Value) -> Option<&'d str> {
        let own = schema.get("description").and_then(Value::as_str);
        own.or_else(|| self.target(schema)?.get("description")?.as_str())
    }

    /// The component behind a reference, bare or annotated.
    pub(super) fn target(&self, schema: &'d Value) -> Option<&'d Value> {
        self.schema(&target_type(schema)?)
    }
}

/// The generated type that `schema` refers to.
pub(super) fn target_type(schema: &Value) -> Option<String> {
    openapi::target(schema).map(pascal)
}

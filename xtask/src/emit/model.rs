//! What the emitters need to know of the lowered document, found once.

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    names::{pascal, snake},
    walk,
};

pub(super) struct Model<'d> {
    /// The component behind each generated type.
    schemas: HashMap<String, &'d Value>,
    pub(super) operations: Vec<Operation<'d>>,
}

pub(super) struct Operation<'d> {
    pub(super) id: &'d str,
    pub(super) path: &'d str,
    pub(super) method: &'static str,
    pub(super) value: &'d Value,
    /// Path, query and header parameters, references followed, those of the path item among them.
    pub(super) parameters: Vec<&'d Value>,
}

impl Operation<'_> {
    /// The name of its method.
    pub(super) fn method_name(&self) -> String {
        snake(self.id)
    }

    /// The name of its constant in the table of operations.
    pub(super) fn constant(&self) -> String {
        snake(self.id).trim_end_matches('_').to_uppercase()
    }

    pub(super) fn is_safe_to_repeat(&self) -> bool {
        self.value[walk::RETRY] == "safe"
    }

    /// The operation that shows whether a call took effect.
    pub(super) fn check_with(&self) -> Option<&str> {
        self.value[walk::CHECK_WITH].as_str()
    }

    /// Whether its form has a file in it.
    pub(super) fn has_file(&self) -> bool {
        let properties = self.form().and_then(|(_, schema)| schema.get("properties")?.as_object());
        properties.into_iter().flatten().any(|(_, schema)| schema["format"] == "binary")
    }

    /// The name of the type of its form, if it has one.
    pub(super) fn form(&self) -> Option<(String, &Value)> {
        let schema = self.value.get(walk::MULTIPART)?.get("schema")?;
        Some((schema[walk::TYPE_NAME].as_str()?.to_owned(), schema))
    }
}

impl<'d> Model<'d> {
    pub(super) fn new(document: &'d Value) -> Self {
        let schemas = document.get("components").and_then(|components| components.get("schemas")?.as_object());
        let schemas = schemas.into_iter().flatten().map(|(name, schema)| (pascal(name), schema)).collect();
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for method in walk::METHODS {
                let Some(value) = item.get(method) else { continue };
                let id = value["operationId"].as_str().unwrap_or_default();
                let own = parameters(document, value);
                let is_overridden =
                    |shared: &&Value| own.iter().any(|own| own["name"] == shared["name"] && own["in"] == shared["in"]);
                let shared = parameters(document, item).into_iter().filter(|shared| !is_overridden(shared));
                let parameters = own.iter().copied().chain(shared).collect();
                operations.push(Operation { id, path, method, value, parameters });
            }
        }
        Self { schemas, operations }
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
    walk::target(schema).map(pascal)
}

fn parameters<'d>(document: &'d Value, holder: &'d Value) -> Vec<&'d Value> {
    let list = holder.get("parameters").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|parameter| walk::resolve(document, parameter)).collect()
}

//! The document that the client is generated from, for tests that cover all of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// `openapi/effective.json`.
#[derive(Debug)]
pub struct Document(Value);

impl Document {
    /// The document as it is checked in.
    pub fn effective() -> Self {
        let text = include_str!("../../openapi/effective.json");
        Self(serde_json::from_str(text).expect("effective.json is JSON"))
    }

    /// Every operation.
    pub fn operations(&self) -> Vec<DocumentedOperation> {
        let methods = members(&self.0["paths"]).flat_map(|(_, path)| members(path));
        methods.map(|(_, operation)| DocumentedOperation::new(operation)).collect()
    }

    /// The names of the string enums that are open, or of those that are closed.
    pub fn enums(&self, open: bool) -> BTreeSet<&str> {
        members(&self.0["components"]["schemas"])
            .filter(|(_, schema)| schema.get("enum").is_some() && schema.get("x-lowered-open-enum").is_some() == open)
            .map(|(name, _)| name)
            .collect()
    }

    /// The values that the enum `name` lists.
    pub fn values(&self, name: &str) -> Vec<&str> {
        strings(&self.0["components"]["schemas"][name]["enum"]).collect()
    }

    /// The schema itself, where `schema` only refers to it.
    pub fn resolve<'d>(&'d self, schema: &'d Value) -> &'d Value {
        if let Some(reference) = schema.get("$ref") {
            let pointer = reference.as_str().and_then(|reference| reference.strip_prefix('#'));
            let target = pointer.and_then(|pointer| self.0.pointer(pointer));
            return self.resolve(target.expect("a reference points into the document"));
        }
        match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([only]) => self.resolve(only),
            Some(_) => panic!("lowering merges an `allOf` of several"),
            None => schema,
        }
    }

    /// Whether `value` fits `variant` of `union`, and has the tag that the union writes for it.
    pub fn fits_variant(&self, union: &Value, variant: &Value, value: &Value) -> bool {
        let tag = union["discriminator"]["propertyName"].as_str().map(|tag| &value[tag]);
        let tags = variant["x-lowered-tag"].as_array();
        let is_tagged = tag.zip(tags).is_none_or(|(tag, tags)| tags.contains(tag));
        is_tagged && self.fits(variant, value)
    }

    /// Whether `value` has what `schema` requires and the enum values that it lists. Formats and types are left aside:
    /// this tells variants apart, and is no validator.
    pub fn fits(&self, schema: &Value, value: &Value) -> bool {
        let schema = self.resolve(schema);
        if let Some(variants) = schema.get("oneOf").and_then(Value::as_array) {
            return variants.iter().filter(|variant| self.fits_variant(schema, variant, value)).count() == 1;
        }
        let lists = |schema: &Value| schema["enum"].as_array().map(|values| values.contains(value));
        lists(schema) != Some(false)
            && schema.get("not").and_then(lists) != Some(true)
            && strings(&schema["required"]).all(|name| value.get(name).is_some())
            && members(&schema["properties"])
                .all(|(name, schema)| value.get(name).is_none_or(|value| self.fits(schema, value)))
            && value.as_array().into_iter().flatten().all(|item| self.fits(&schema["items"], item))
    }
}

/// An operation as the document describes it.
#[derive(Clone, Debug)]
pub struct DocumentedOperation {
    /// The `operationId`.
    pub id: String,
    /// Whether it has a request body, as JSON or as a form.
    pub takes_a_body: bool,
    /// The schema of the JSON body, if it has one.
    pub body: Option<Value>,
    /// Its successful responses.
    pub successes: Vec<Success>,
    /// Every error status, with the name of the schema of its body where that is documented.
    pub errors: BTreeMap<u16, Option<String>>,
}

/// A success status of an operation.
#[derive(Clone, Debug)]
pub struct Success {
    /// The status.
    pub status: u16,
    /// The schema of the body.
    pub schema: Value,
    /// The examples of the document.
    pub examples: Vec<Value>,
}

impl DocumentedOperation {
    fn new(operation: &Value) -> Self {
        let status = |text: &str| text.parse().expect("a response has a status");
        let (successes, others): (Vec<_>, Vec<_>) =
            members(&operation["responses"]).partition(|(status, _)| status.starts_with('2'));
        assert!(others.is_empty(), "lowering moves errors to `x-lowered-errors`");
        let errors = members(&operation["x-lowered-errors"]);
        Self {
            id: operation["operationId"].as_str().expect("every operation has an id").to_owned(),
            takes_a_body: ["requestBody", "x-lowered-multipart"].iter().any(|key| operation.get(key).is_some()),
            body: operation.pointer("/requestBody/content/application~1json/schema").cloned(),
            successes: successes.into_iter().map(|(code, response)| Success::new(status(code), response)).collect(),
            errors: errors.map(|(code, error)| (status(code), error["schema"].as_str().map(str::to_owned))).collect(),
        }
    }
}

impl Success {
    fn new(status: u16, response: &Value) -> Self {
        let content = &response["content"]["application/json"];
        let named = members(&content["examples"]).filter_map(|(_, example)| example.get("value"));
        let examples: Vec<_> = content.get("example").into_iter().chain(named).cloned().collect();
        assert!(!examples.is_empty(), "tests reply with examples, and {status} has none");
        Self { status, schema: content["schema"].clone(), examples }
    }
}

fn members(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

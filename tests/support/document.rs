//! The document that the client is generated from, for tests that cover all of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use serde_json::Value;

/// `openapi/effective.json`.
#[derive(Debug)]
pub struct Document {
    value: Value,
    operations: Vec<DocumentedOperation>,
}

impl Document {
    /// The document as it is checked in, which is read once.
    pub fn checked_in() -> &'static Self {
        static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
            let text = include_str!("../../openapi/effective.json");
            let value: Value = serde_json::from_str(text).expect("effective.json is JSON");
            let methods = members(&value["paths"]).flat_map(|(_, path)| members(path));
            let operations = methods.map(|(method, operation)| DocumentedOperation::new(method, operation)).collect();
            Document { value, operations }
        });
        &DOCUMENT
    }

    /// The document.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Every operation.
    pub fn operations(&self) -> &[DocumentedOperation] {
        &self.operations
    }

    /// An operation by its `operationId`.
    pub fn operation(&self, id: &str) -> &DocumentedOperation {
        self.operations.iter().find(|operation| operation.id == id).expect("the operation is in the document")
    }

    /// The names of the string enums that are open, or of those that are closed.
    pub fn enums(&self, open: bool) -> BTreeSet<&str> {
        members(&self.value["components"]["schemas"])
            .filter(|(_, schema)| schema.get("enum").is_some() && schema.get("x-lowered-open-enum").is_some() == open)
            .map(|(name, _)| name)
            .collect()
    }

    /// The values that the enum `name` lists.
    pub fn values(&self, name: &str) -> Vec<&str> {
        strings(&self.value["components"]["schemas"][name]["enum"]).collect()
    }

    /// The schema itself, where `schema` only refers to it.
    pub fn resolve<'d>(&'d self, schema: &'d Value) -> &'d Value {
        if let Some(reference) = schema.get("$ref") {
            let pointer = reference.as_str().and_then(|reference| reference.strip_prefix('#'));
            let target = pointer.and_then(|pointer| self.value.pointer(pointer));
            return self.resolve(target.expect("a reference points into the document"));
        }
        match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([only]) => self.resolve(only),
            Some(_) => panic!("lowering merges an `allOf` of several"),
            None => schema,
        }
    }

    /// Whether `schema` is that of an envelope: it says whether it is a success, and has data.
    pub fn is_envelope(&self, schema: &Value) -> bool {
        let properties = &self.resolve(schema)["properties"];
        let success = &properties["success"];
        success["type"] == "boolean" && success["nullable"] != true && properties.get("data").is_some()
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
            // Exactly one by the document. What tells two of them apart may be a `not`, which lowering drops.
            return variants.iter().any(|variant| self.fits_variant(schema, variant, value));
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
    /// The `Accept` header of its requests.
    pub accept: String,
    /// Whether it has a request body, as JSON or as a form.
    pub takes_a_body: bool,
    /// The schema of the JSON body, if it has one.
    pub body: Option<Value>,
    /// Its statuses of success.
    pub success_statuses: Vec<u16>,
    /// Whether these have shapes of their own.
    pub has_shape_by_status: bool,
    /// Whether it has a form with a file.
    pub takes_a_file: bool,
    /// Whether it only reads, by its method.
    pub only_reads: bool,
    /// Whether it is safe to repeat: the document says so, or it only reads.
    pub is_safe_to_repeat: bool,
    /// The operation that shows whether a call took effect.
    pub check_with: Option<String>,
    /// Every error status, with the name of the schema of its body where that is documented.
    pub errors: BTreeMap<u16, Option<String>>,
    /// What it says of status 409.
    pub conflict: Option<String>,
}

impl DocumentedOperation {
    fn new(method: &str, operation: &Value) -> Self {
        // `default` and ranges stand for others.
        let status = |text: &str| text.parse::<u16>().ok();
        let errors = members(&operation["x-lowered-errors"]);
        let shapes = operation.get("x-lowered-successes");
        let successes = shapes.unwrap_or(&operation["responses"]);
        let form = members(&operation["x-lowered-multipart"]["schema"]["properties"]);
        let is_file = |schema: &Value| schema["format"] == "binary" || schema["items"]["format"] == "binary";
        let text = |key: &str| operation[key].as_str();
        Self {
            id: text("operationId").expect("every operation has an id").to_owned(),
            accept: text("x-lowered-accept").unwrap_or("*/*").to_owned(),
            takes_a_body: ["requestBody", "x-lowered-multipart"].iter().any(|key| operation.get(key).is_some()),
            body: operation.pointer("/requestBody/content/application~1json/schema").cloned(),
            success_statuses: members(successes).filter_map(|(code, _)| status(code)).collect(),
            has_shape_by_status: shapes.is_some(),
            takes_a_file: form.into_iter().any(|(_, schema)| is_file(schema)),
            only_reads: matches!(method, "get" | "head"),
            is_safe_to_repeat: text("x-retry").map_or(matches!(method, "get" | "head"), |retry| retry == "safe"),
            check_with: text("x-check-with").map(str::to_owned),
            conflict: operation["x-lowered-errors"]["409"]["description"].as_str().map(str::to_owned),
            errors: errors
                .filter_map(|(code, error)| Some((status(code)?, error["schema"].as_str().map(str::to_owned))))
                .collect(),
        }
    }
}

fn members(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

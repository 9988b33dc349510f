//! Checks bodies by the checked-in document.
//!
//! The document is read as the vendor wrote it, with the corrections of the overlay, and not as the types are generated from
//! it, after lowering. Rules that the document states in prose are added here.

use std::{collections::BTreeMap, path::Path};

use chrono::{Months, NaiveDate, TimeDelta, Utc};
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use xtask::pipeline::{self, Inputs};

/// The dialect that has all the formats of OpenAPI 3.0.
const DRAFT: Draft = Draft::Draft202012;

/// The bodies of every operation.
#[derive(Debug)]
pub struct Judge(BTreeMap<String, Body>);

#[derive(Debug)]
struct Body {
    /// As documented.
    schema: Validator,
    /// As documented, and with no member that is not.
    closed: Validator,
    /// Each variant of a `oneOf` by itself.
    variants: Vec<Validator>,
    examples: Vec<Value>,
}

impl Judge {
    /// The judge by the document as it is checked in.
    pub fn checked_in() -> Self {
        let file = |name| Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi").join(name);
        let inputs = Inputs { document: file("unigox-partner.yaml"), overlay: Some(file("overlay.yaml")) };
        let mut document = pipeline::overlay(&inputs).expect("the document and its overlay are sound").document;
        into_json_schema(&mut document);
        let components = &document["components"];
        let methods = members(&document["paths"]).flat_map(|(_, path)| members(path));
        let bodies = methods.filter_map(|(_, operation)| {
            let media_type = operation.pointer("/requestBody/content/application~1json")?;
            let id = operation["operationId"].as_str().expect("an operation has an id");
            Some((id.to_owned(), Body::new(media_type, components)))
        });
        Self(bodies.collect())
    }

    /// The operations that have a body.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The bodies that are examples in the document.
    pub fn examples(&self, operation: &str) -> &[Value] {
        &self.0[operation].examples
    }

    /// The reasons why `body` is not valid for `operation`, without quoting it.
    pub fn complaints(&self, operation: &str, body: &Value) -> Vec<String> {
        let Body { schema, closed, .. } = &self.0[operation];
        let errors = [schema, closed].into_iter().flat_map(|validator| validator.iter_errors(body));
        let mut complaints: Vec<_> = errors.map(|e| format!("{} by {}", e.instance_path(), e.schema_path())).collect();
        complaints.extend(broken_rules(operation, body));
        complaints
    }

    /// How many variants the `oneOf` of the body has.
    pub fn variant_count(&self, operation: &str) -> usize {
        self.0[operation].variants.len()
    }

    /// The variants of the `oneOf` that `body` matches, by their places.
    pub fn variants(&self, operation: &str, body: &Value) -> Vec<usize> {
        let variants = self.0[operation].variants.iter().enumerate();
        variants.filter(|(_, variant)| variant.is_valid(body)).map(|(place, _)| place).collect()
    }
}

impl Body {
    fn new(media_type: &Value, components: &Value) -> Self {
        let schema = json!({"components": components, "allOf": [media_type["schema"]]});
        let whole = jsonschema::options().with_draft(DRAFT).dereference(&schema).expect("references lead somewhere");
        let schema = whole["allOf"][0].clone();
        let mut closed = schema.clone();
        close(&mut closed);
        let examples = members(&media_type["examples"]).map(|(_, example)| &example["value"]);
        let variants = schema["oneOf"].as_array().into_iter().flatten();
        Self {
            variants: variants.map(validator).collect(),
            examples: media_type.get("example").into_iter().chain(examples).cloned().collect(),
            closed: validator(&closed),
            schema: validator(&schema),
        }
    }
}

fn validator(schema: &Value) -> Validator {
    let options = jsonschema::options().with_draft(DRAFT).should_validate_formats(true);
    // The one format that says nothing about JSON.
    let options = options.with_format("binary", |_| true).should_ignore_unknown_formats(false);
    options.build(schema).expect("the schema is one")
}

/// What OpenAPI 3.0 writes otherwise: a value that may be null.
fn into_json_schema(value: &mut Value) {
    match value {
        Value::Object(schema) => {
            if schema.remove("nullable") == Some(Value::Bool(true)) {
                let kind = schema["type"].take();
                schema["type"] = json!([kind, "null"]);
            }
            schema.values_mut().for_each(into_json_schema);
        }
        Value::Array(items) => items.iter_mut().for_each(into_json_schema),
        _ => {}
    }
}

/// Forbids members that are not documented, where the document doesn't allow any.
fn close(schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else { return };
    if schema.contains_key("oneOf") {
        return each(schema.get_mut("oneOf"), close);
    }
    close_members(schema);
    let has_members = schema.contains_key("properties") || schema.contains_key("allOf");
    if has_members && !schema.contains_key("additionalProperties") {
        schema.insert("unevaluatedProperties".to_owned(), json!(false));
    }
}

fn close_members(schema: &mut Map<String, Value>) {
    // What one part of an `allOf` doesn't list, another may.
    each(schema.get_mut("allOf"), |part| part.as_object_mut().into_iter().for_each(close_members));
    schema.get_mut("items").into_iter().for_each(close);
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    properties.into_iter().flat_map(Map::values_mut).for_each(close);
}

fn each(list: Option<&mut Value>, act: impl FnMut(&mut Value)) {
    list.and_then(Value::as_array_mut).into_iter().flatten().for_each(act);
}

/// What the document says in prose alone.
fn broken_rules(operation: &str, body: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    each_text(body, "", &mut |name, text| {
        let is_right = match name {
            "country_code" => is_made_of(text, 2..=2, |c| c.is_ascii_uppercase()),
            "currency" => is_made_of(text, 3..=3, |c| c.is_ascii_uppercase()),
            "phone_number" => text
                .strip_prefix('+')
                .is_some_and(|digits| !digits.starts_with('0') && is_made_of(digits, 2..=15, |c| c.is_ascii_digit())),
            "dob" => text.parse().is_ok_and(is_of_age),
            "url" => text.to_ascii_lowercase().starts_with("https://"),
            _ => !text.trim().is_empty(),
        };
        if !is_right {
            broken.push(format!("{name} by the prose"));
        }
    });
    let data = &body["data"];
    let credentials = (&data["provider"], data.get("token").is_some(), data.get("inquiry_id").is_some());
    let is_right = match operation {
        "submitKYC" if body["method"] == "external_token" => {
            credentials == (&json!("sumsub"), true, false) || credentials == (&json!("persona"), false, true)
        }
        "updateKYC" => body.as_object().is_some_and(|fields| !fields.is_empty()),
        "uploadPartnerKYCDocument" => body["documents"].as_array().is_none_or(|documents| !documents.is_empty()),
        _ => true,
    };
    if !is_right {
        broken.push("the whole by the prose".to_owned());
    }
    broken
}

/// Whether `text` has so many characters, and only such.
fn is_made_of(text: &str, count: std::ops::RangeInclusive<usize>, such: impl Fn(char) -> bool) -> bool {
    count.contains(&text.chars().count()) && text.chars().all(such)
}

/// Whether a person born then is 18 somewhere on earth.
fn is_of_age(birth: NaiveDate) -> bool {
    let latest = (Utc::now() + TimeDelta::hours(14)).date_naive();
    latest.checked_sub_months(Months::new(18 * 12)).is_some_and(|latest_birth| birth <= latest_birth)
}

/// Calls `see` with every text and the name that it stands under. What is in `details` is the rail's affair.
fn each_text(value: &Value, name: &str, see: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => see(name, text),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, name, see)),
        Value::Object(_) => {
            members(value).filter(|(name, _)| *name != "details").for_each(|(name, value)| each_text(value, name, see));
        }
        _ => {}
    }
}

fn members(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

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
pub struct Judge {
    json: BTreeMap<String, Body>,
    forms: BTreeMap<String, Body>,
}

#[derive(Debug)]
struct Body {
    /// As documented.
    schema: Validator,
    /// As documented, and with no member that is not.
    closed: Validator,
    /// Each variant of a `oneOf` by itself.
    variants: Vec<Validator>,
}

impl Judge {
    /// The judge by the document as it is checked in.
    pub fn checked_in() -> Self {
        let file = |name| Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi").join(name);
        let inputs = Inputs { document: file("unigox-partner.yaml"), overlay: Some(file("overlay.yaml")) };
        let mut document = pipeline::overlay(&inputs).expect("the document and its overlay are sound").document;
        into_json_schema(&mut document);
        let json = Self::bodies(&document, "application/json");
        let forms = Self::bodies(&document, "multipart/form-data");
        Self { json, forms }
    }

    fn bodies(document: &Value, media_type: &str) -> BTreeMap<String, Body> {
        let methods = members(&document["paths"]).flat_map(|(_, path)| members(path));
        let bodies = methods.filter_map(|(_, operation)| {
            let schema = operation["requestBody"]["content"].get(media_type)?.get("schema")?;
            Some((operation["operationId"].as_str().expect("an operation has an id"), schema))
        });
        let (ids, schemas): (Vec<_>, Vec<_>) = bodies.unzip();
        let whole = json!({"components": document["components"], "allOf": schemas});
        let whole = jsonschema::options().with_draft(DRAFT).dereference(&whole).expect("references lead somewhere");
        let schemas = whole["allOf"].as_array().expect("it is a list").iter();
        ids.into_iter().map(str::to_owned).zip(schemas.map(Body::new)).collect()
    }

    /// The operations that have a body of JSON.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.json.keys().map(String::as_str)
    }

    /// The reasons why `body` is not valid as the JSON of `operation`, without quoting it.
    pub fn complaints(&self, operation: &str, body: &Value) -> Vec<String> {
        let mut complaints = self.complaints_by_schema(operation, body);
        complaints.extend(broken_rules(operation, body));
        complaints
    }

    /// The same by the schema alone, without what the document says in prose.
    pub fn complaints_by_schema(&self, operation: &str, body: &Value) -> Vec<String> {
        self.json[operation].complaints(body)
    }

    /// The reasons why `form`, an object with the texts of the parts, is not valid as the form of `operation`.
    pub fn complaints_about_form(&self, operation: &str, form: &Value) -> Vec<String> {
        let mut complaints = self.forms[operation].complaints(form);
        complaints.extend(broken_rules(operation, form));
        complaints
    }

    /// The variants of the `oneOf` that `body` matches, by their places.
    pub fn variants(&self, operation: &str, body: &Value) -> Vec<usize> {
        let variants = self.json[operation].variants.iter().enumerate();
        variants.filter(|(_, variant)| variant.is_valid(body)).map(|(place, _)| place).collect()
    }
}

impl Body {
    fn new(schema: &Value) -> Self {
        let mut schema = schema.clone();
        as_sent(&mut schema);
        let mut closed = schema.clone();
        close(&mut closed);
        let variants = schema["oneOf"].as_array().into_iter().flatten();
        Self { variants: variants.map(validator).collect(), closed: validator(&closed), schema: validator(&schema) }
    }

    fn complaints(&self, body: &Value) -> Vec<String> {
        let errors = [&self.schema, &self.closed].into_iter().flat_map(|validator| validator.iter_errors(body));
        errors.map(|error| format!("{} by {}", error.instance_path(), error.schema_path())).collect()
    }
}

fn validator(schema: &Value) -> Validator {
    let options = jsonschema::options().with_draft(DRAFT).should_validate_formats(true);
    // Formats of numbers, whose ranges JSON Schema does not know, and the one that says nothing about JSON.
    let options = ["binary", "double", "float", "int32", "int64"]
        .into_iter()
        .fold(options, |options, format| options.with_format(format, |_| true));
    options.should_ignore_unknown_formats(false).build(schema).expect("the schema is one")
}

/// What OpenAPI 3.0 writes otherwise: a value that may be null.
fn into_json_schema(value: &mut Value) {
    match value {
        Value::Object(schema) => {
            schema.values_mut().for_each(into_json_schema);
            // A property may be called so as well.
            if schema.get("nullable").is_some_and(Value::is_boolean) && schema.remove("nullable") == Some(true.into()) {
                let other = Value::Object(std::mem::take(schema));
                schema.insert("anyOf".to_owned(), json!([other, {"type": "null"}]));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(into_json_schema),
        _ => {}
    }
}

/// What only the server sends is not required of who sends a body.
fn as_sent(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(as_sent);
            let is_read_only = |name: &Value| {
                let property = name.as_str().zip(members.get("properties")).and_then(|(name, all)| all.get(name));
                property.is_some_and(|property| property["readOnly"] == true)
            };
            let required = members.get("required").and_then(Value::as_array);
            let sent = required.map(|names| names.iter().filter(|name| !is_read_only(name)).cloned().collect());
            if let Some(Value::Array(sent)) = sent {
                members.insert("required".to_owned(), sent.into());
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(as_sent),
        _ => {}
    }
}

/// Forbids members that are not documented, where the document doesn't allow any.
fn close(schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else { return };
    let has_members = ["properties", "allOf"].iter().any(|key| schema.contains_key(*key));
    if !has_members {
        ["oneOf", "anyOf"].iter().for_each(|key| each(schema.get_mut(*key), close));
    }
    close_members(schema);
    if has_members && !schema.contains_key("additionalProperties") {
        schema.insert("unevaluatedProperties".to_owned(), json!(false));
    }
}

fn close_members(schema: &mut Map<String, Value>) {
    // What one part of an `allOf` doesn't list, another may, or a variant beside it.
    let parts: &[_] = if schema.contains_key("properties") { &["allOf", "oneOf", "anyOf"] } else { &["allOf"] };
    for key in parts {
        each(schema.get_mut(*key), |part| part.as_object_mut().into_iter().for_each(close_members));
    }
    for key in ["items", "additionalProperties"] {
        schema.get_mut(key).into_iter().for_each(close);
    }
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    properties.into_iter().flat_map(Map::values_mut).for_each(close);
}

fn each(list: Option<&mut Value>, act: impl FnMut(&mut Value)) {
    list.and_then(Value::as_array_mut).into_iter().flatten().for_each(act);
}

/// The rails on which an institution may be left out, by the prose of `createPaymentDetails`.
const INSTITUTION_OPTIONAL: [&str; 7] = [
    "iban-sepa",
    "nip-nigeria",
    "imps-neft-india",
    "faster-payments",
    "alipay-wallet",
    "wechat-wallet",
    "interac-e-transfer",
];

/// What the document says in prose alone.
fn broken_rules(operation: &str, body: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    each_text(body, "", &mut |name, text| {
        let is_right = match name {
            "country_code" | "id_issue_country" | "nationality" => is_made_of(text, 2..=2, |c| c.is_ascii_uppercase()),
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
        "createPaymentDetails" => {
            let rail = body["rail"].as_str().unwrap_or_default();
            body.get("institution_id").is_some() || INSTITUTION_OPTIONAL.contains(&rail)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_beside_it_nullable_allows_null_and_nothing_else_more() {
        let text = json!({"type": "string", "enum": ["a"]});
        for mut schema in [
            json!({"type": "string", "enum": ["a"], "nullable": true}),
            json!({"enum": ["a"], "nullable": true}),
            json!({"allOf": [text], "nullable": true}),
            json!({"oneOf": [text], "nullable": true}),
            json!({"$ref": "#/components/text", "nullable": true, "components": {"text": text}}),
            json!({"type": "string", "allOf": [{"enum": ["a"]}], "nullable": true}),
        ] {
            let as_written = schema.to_string();
            into_json_schema(&mut schema);
            let of = |value: Value| {
                validator(&json!({"properties": {"it": schema}, "components": {"text": text}}))
                    .is_valid(&json!({"it": value}))
            };
            let accepted = [json!(null), json!("a"), json!("b"), json!(1)].map(of);
            assert_eq!(accepted, [true, true, false, false], "{as_written}");
        }
    }

    #[test]
    fn what_is_not_nullable_is_not_null_and_a_property_may_be_called_so() {
        for (mut schema, value) in [
            (json!({"type": "string"}), json!(null)),
            (json!({"type": "string", "nullable": false}), json!(null)),
            (json!({"properties": {"nullable": {"type": "boolean"}}}), json!({"nullable": 1})),
        ] {
            into_json_schema(&mut schema);
            assert!(!validator(&schema).is_valid(&value), "{schema} accepts {value}");
        }
    }

    #[test]
    fn a_member_that_is_not_listed_is_a_complaint_wherever_it_is() {
        let text = json!({"type": "string"});
        let object = json!({"type": "object", "properties": {"a": text}});
        for (schema, good, bad) in [
            (object.clone(), json!({"a": ""}), json!({"b": ""})),
            (json!({"allOf": [object, {"properties": {"b": text}}]}), json!({"a": "", "b": ""}), json!({"c": ""})),
            (json!({"oneOf": [object, {"type": "array"}]}), json!({"a": ""}), json!({"b": ""})),
            (
                json!({"properties": {"a": text, "b": text}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}),
                json!({"a": ""}),
                json!({"a": "", "c": ""}),
            ),
            (
                json!({"properties": {"a": text}, "oneOf": [{"properties": {"b": object}}]}),
                json!({"a": "", "b": {"a": ""}}),
                json!({"a": "", "b": {"b": ""}}),
            ),
            (json!({"type": "array", "items": object}), json!([{"a": ""}]), json!([{"b": ""}])),
            (json!({"additionalProperties": object}), json!({"x": {"a": ""}}), json!({"x": {"b": ""}})),
            (json!({"anyOf": [object, {"type": "null"}]}), json!(null), json!({"b": ""})),
        ] {
            let body = Body::new(&schema);
            assert_eq!(body.complaints(&good), [""; 0], "{schema}");
            assert!(!body.complaints(&bad).is_empty(), "{schema} accepts {bad}");
        }
    }
}

//! Keywords that say nothing where they stand.
//!
//! ```yaml
//! # before                          # after
//! links:                            links:
//!   type: object                      type: object
//!   format: uri-map
//! ```
//!
//! A keyword for another type is no constraint by JSON Schema, and neither is an empty list of values or parts. Bounds of an
//! integer that are no integers are rounded to those that mean the same.

use std::{collections::HashSet, mem};

use serde_json::Value;

use super::Report;
use crate::openapi::{Object, join, schemas_mut};

/// The keywords that constrain values of one kind, and the types that are of that kind.
const CONSTRAINS: [(&[&str], &[&str]); 5] = [
    (&["pattern", "minLength", "maxLength"], &["string"]),
    (&["multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], &["number", "integer"]),
    (&["properties", "required", "additionalProperties", "minProperties", "maxProperties"], &["object"]),
    (&["items", "minItems", "maxItems", "uniqueItems"], &["array"]),
    (&["format"], &["string", "number", "integer"]),
];

pub(super) fn run(document: &mut Value, report: &mut Report) {
    schemas_mut(document, &mut |schema, pointer| {
        let Some(schema) = schema.as_object_mut() else { return };
        if let Some(kind) = implied(schema) {
            schema.insert("type".to_owned(), kind.into());
            report.note(pointer, format!("without a type; taken for `{kind}`, which its keywords are about"));
        }
        let mut drop_keyword = |schema: &mut Object, key: &str, why: &str| {
            if schema.shift_remove(key).is_some() {
                report.note(join(pointer, key), format!("dropped: {why}"));
            }
        };
        if let Some(kind) = schema.get("type").and_then(Value::as_str).map(str::to_owned) {
            let foreign = CONSTRAINS.iter().filter(|(_, kinds)| !kinds.contains(&kind.as_str()));
            for key in foreign
                .flat_map(|(keys, _)| *keys)
                .filter(|key| schema.keys().any(|own| own == *key))
                .collect::<Vec<_>>()
            {
                drop_keyword(schema, key, &format!("it says nothing of the type `{kind}`"));
            }
            if kind == "object" || kind == "array" {
                drop_keyword(schema, "enum", &format!("values of the type `{kind}` are left to the server"));
            }
        } else {
            let says = |schema: &Object, keys: &[&str]| keys.iter().any(|key| schema.contains_key(*key));
            let [(text, _), (number, _), (object, _), (array, _), _] = CONSTRAINS;
            // Whoever limits the length of a value without a type means a string; a bound alone says less.
            if !says(schema, text) && !says(schema, object) && !says(schema, array) {
                for key in number.iter().chain(&["format"]) {
                    drop_keyword(schema, key, "without a type it leaves open what it constrains");
                }
            }
            let kinds = |values: &Vec<Value>| values.iter().map(mem::discriminant).collect::<HashSet<_>>().len();
            let is_open =
                |values: &Vec<Value>| kinds(values) > 1 || values.iter().any(|v| v.is_object() || v.is_array());
            if schema.get("enum").and_then(Value::as_array).is_some_and(is_open) {
                drop_keyword(schema, "enum", "values of several kinds have no type, so they are left to the server");
            }
        }
        let pattern = schema.get("pattern").and_then(Value::as_str);
        if pattern.is_some_and(|pattern| regress::Regex::new(pattern).is_err()) {
            drop_keyword(schema, "pattern", "not a regular expression of ECMA 262; left to the server");
        }
        for key in ["enum", "allOf", "oneOf", "anyOf"] {
            if schema.get(key).and_then(Value::as_array).is_some_and(Vec::is_empty) {
                drop_keyword(schema, key, "an empty list says nothing");
            }
        }
        for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
            if !schema.contains_key(bound) {
                drop_keyword(schema, exclusive, &format!("without `{bound}` it says nothing"));
            }
        }
        if schema.get("type").is_some_and(|kind| kind == "integer") {
            integer(schema, &mut drop_keyword);
        }
        for key in SIZES {
            if let Some(size) = schema.get_mut(key).filter(|size| !size.is_u64())
                && let Some(whole) = whole(size)
            {
                *size = whole.into();
            }
        }
    });
}

/// The type of a schema without one, if its keywords are of more than one kind, which no type of Rust is.
fn implied(schema: &Object) -> Option<&'static str> {
    let says = |index: usize| CONSTRAINS[index].0.iter().any(|key| schema.contains_key(*key));
    let (text, object, array, format) = (says(0), says(2), says(3), says(4));
    match schema.contains_key("type") || schema.contains_key("$ref") {
        true => None,
        false if object && (array || format) => Some("object"),
        false if array && format => Some("array"),
        false if text && format => Some("string"),
        false => None,
    }
}

/// Keywords whose value is a whole number.
pub(crate) const SIZES: [&str; 6] =
    ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];

/// Makes the numbers of an integer's schema integers.
fn integer(schema: &mut Object, drop_keyword: &mut dyn FnMut(&mut Object, &str, &str)) {
    for value in schema.get_mut("enum").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(whole) = whole(value) {
            *value = whole.into();
        }
    }
    for (bound, exclusive, up) in [("minimum", "exclusiveMinimum", true), ("maximum", "exclusiveMaximum", false)] {
        let Some(number) = schema.get(bound).filter(|number| !number.is_i64()) else { continue };
        if let Some(whole) = whole(number) {
            schema.insert(bound.to_owned(), whole.into());
        } else if let Some(next) = number.as_f64().map(|number| if up { number.ceil() } else { number.floor() })
            && let Some(next) = whole(&next.into())
        {
            // What is beyond a fraction is at or beyond the next integer.
            drop_keyword(schema, exclusive, "the bound beside it was rounded to the integer that means the same");
            schema.insert(bound.to_owned(), next.into());
        } else {
            drop_keyword(schema, bound, "no integer of 64 bits is beyond it");
            drop_keyword(schema, exclusive, "no integer of 64 bits is beyond the bound");
        }
    }
    if let Some(step) = schema.get("multipleOf").filter(|step| !step.is_i64()) {
        match whole(step) {
            Some(whole) => drop(schema.insert("multipleOf".to_owned(), whole.into())),
            None => drop_keyword(schema, "multipleOf", "a fraction is left to the server"),
        }
    }
}

/// The integer that `number` is, however it is written.
pub(crate) fn whole(number: &Value) -> Option<i64> {
    let exact = |number: &f64| number.fract() == 0.0 && number.abs() < 9.0e18;
    #[expect(clippy::cast_possible_truncation, reason = "it is a whole number within the range")]
    number.as_i64().or_else(|| number.as_f64().filter(exact).map(|number| number as i64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check_schema, *};

    #[test]
    fn drops_keywords_for_other_types_and_says_so() {
        let notes = check_schema(
            run,
            json!({"type": "object", "properties": {
                "a": {"type": "object", "format": "uri-map", "enum": [{}]}, "b": {"type": "boolean", "minLength": 1},
                "c": {"type": "array", "items": {"format": "uuid"}, "pattern": "x"},
                "d": {"type": "string", "format": "made-up", "minimum": 1, "enum": []},
                "e": {"type": "number", "exclusiveMinimum": true}, "f": {"allOf": [], "format": "date"}}}),
            json!({"type": "object", "properties": {
                "a": {"type": "object"}, "b": {"type": "boolean"}, "c": {"type": "array", "items": {}},
                "d": {"type": "string", "format": "made-up"}, "e": {"type": "number"}, "f": {}}}),
        );
        assert_eq!(notes.len(), 10, "{notes:?}");
        assert_eq!(
            notes[0],
            "/components/schemas/A/properties/a/format: dropped: it says nothing of the type `object`"
        );
    }

    #[test]
    fn leaves_to_the_server_what_has_no_type_and_what_is_no_pattern() {
        let notes = check_schema(
            run,
            json!({"properties": {"a": {"minimum": 1}, "b": {"enum": ["x", 1]}, "c": {"enum": [{}]}, "d": {"maxLength": 1},
                "e": {"type": "string", "pattern": "a++"}, "f": {"type": "string", "pattern": "^\\d$"}}}),
            json!({"properties": {"a": {}, "b": {}, "c": {}, "d": {"maxLength": 1}, "e": {"type": "string"},
                "f": {"type": "string", "pattern": "^\\d$"}}}),
        );
        assert_eq!(notes.len(), 4, "{notes:?}");
    }

    #[test]
    fn rounds_bounds_of_integers_to_what_means_the_same() {
        let integer = |mut schema: Value| {
            schema["type"] = "integer".into();
            schema
        };
        check_schema(
            run,
            integer(
                json!({"minimum": 0.5, "exclusiveMinimum": true, "maximum": 1e20, "multipleOf": 2.0, "enum": [1.0]}),
            ),
            integer(json!({"minimum": 1, "multipleOf": 2, "enum": [1]})),
        );
        check_schema(run, json!({"type": "string", "maxLength": 5.0}), json!({"type": "string", "maxLength": 5}));
    }
}

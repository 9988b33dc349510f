//! Examples and defaults against the schemas that they stand at.
//!
//! All of them are judged in one go: one JSON Schema, and one value that holds every example. So each schema is compiled
//! once. A finding says which keyword refuses which place of the example, and never what stands there.

use std::cmp::Reverse;

use jsonschema::{ValidationError, error::ValidationErrorKind};
use serde_json::{Map, Value, json};

use super::{
    places::Places,
    report::{Findings, quoted},
};
use crate::{
    check,
    openapi::{
        join,
        json_schema::{Definitions, can_be_judged, fragment, options},
        reference, resolve,
    },
};

/// How many mistakes of one example are listed.
const LISTED: usize = 3;

struct Example<'d> {
    pointer: String,
    value: &'d Value,
    /// The pointer of the schema.
    schema: String,
}

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    let mut circles = Vec::new();
    check::cycles(places.document, &mut circles);
    if !circles.is_empty() {
        // What is defined as itself can't be held against anything; the rule for references says so.
        return;
    }
    let mut definitions = Definitions::default();
    // The outermost come first: what stands in them is converted with them.
    for schema in &places.schemas {
        if definitions.place(&schema.pointer).is_none() {
            definitions.add(places.document, &schema.pointer, schema.value);
        }
    }
    let all = json!({"definitions": definitions.definitions()});
    let mut asked = Map::new();
    let mut values = Map::new();
    let mut judged = Vec::new();
    for example in examples(places) {
        let Some((place, schema)) = definitions.place(&example.schema).and_then(|at| Some((at, all.pointer(at)?)))
        else {
            continue;
        };
        if !can_be_judged(&all, schema, example.value) {
            let problem = "its schema refers to itself in so many ways that the example was not validated";
            findings.add(example.pointer, problem, "make the schema simpler");
            continue;
        }
        let number = judged.len().to_string();
        asked.insert(number.clone(), json!({"$ref": format!("#{}", fragment(place))}));
        values.insert(number, example.value.clone());
        judged.push(example);
    }
    let mut schema = all;
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("properties".to_owned(), Value::Object(asked));
    }
    let validator = match options().build(&schema) {
        Ok(validator) => validator,
        Err(error) => {
            let place = definitions.origin(error.instance_path().as_str()).unwrap_or_default();
            findings.add(place, "a schema that can't be compiled: no example was validated", "correct the schema");
            return;
        }
    };
    let values = Value::Object(values);
    let mut mistakes: Vec<Vec<(String, String)>> = vec![Vec::new(); judged.len()];
    for error in validator.iter_errors(&values) {
        let path = error.instance_path().as_str();
        let number = path.split('/').nth(1).and_then(|number| number.parse::<usize>().ok());
        if let Some(of_example) = number.and_then(|number| mistakes.get_mut(number)) {
            of_example.push(said(&error, &definitions));
        }
    }
    for (example, of_example) in judged.into_iter().zip(mistakes) {
        let Some(((first, place), rest)) = of_example.split_first() else { continue };
        let mut problem = format!("does not fit its schema: {first}");
        for (other, _) in rest.iter().take(LISTED - 1) {
            problem = format!("{problem}; {other}");
        }
        if rest.len() >= LISTED {
            problem = format!("{problem}; and {} more", rest.len() + 1 - LISTED);
        }
        let remedy = "correct the one that is wrong: the example, or the schema";
        findings.add_with(example.pointer, vec![place.clone()], problem, remedy);
    }
}

/// Every example with the pointer of its schema.
fn examples<'d>(places: &Places<'d>) -> Vec<Example<'d>> {
    let mut examples = Vec::new();
    for schema in &places.schemas {
        // Beside a reference it is ignored; another rule says so.
        for key in ["example", "default"].into_iter().filter(|_| schema.value.get("$ref").is_none()) {
            if let Some(value) = schema.value.get(key) {
                examples.push(Example { pointer: join(&schema.pointer, key), value, schema: schema.pointer.clone() });
            }
        }
    }
    for holder in &places.holders {
        let schema = join(&holder.pointer, "schema");
        // Text that stands for XML, or for a file, is not the value that the schema is about.
        let is_value = |value: &Value| {
            let is_json = holder.media_type.is_none_or(|name| name.contains("json") || name.contains("form"));
            is_json || !value.is_string()
        };
        let mut add = |pointer: String, value: &'d Value| {
            if is_value(value) {
                examples.push(Example { pointer, value, schema: schema.clone() });
            }
        };
        if let Some(value) = holder.value.get("example") {
            add(join(&holder.pointer, "example"), value);
        }
        for (name, example) in holder.value.get("examples").and_then(Value::as_object).into_iter().flatten() {
            let here = join(&join(&holder.pointer, "examples"), name);
            let pointer = match reference(example) {
                Some(target) => target.trim_start_matches('#').to_owned(),
                None => here,
            };
            if let Some(value) = resolve(places.document, example).and_then(|example| example.get("value")) {
                add(join(&pointer, "value"), value);
            }
        }
    }
    examples
}

/// What is wrong, in words, and the keyword in the document that says so.
fn said(error: &ValidationError<'_>, definitions: &Definitions<'_>) -> (String, String) {
    let keyword = error.kind().keyword();
    let at = |error: &ValidationError<'_>| {
        // The first token is the number of the example.
        let path = error.instance_path().as_str();
        match path.get(1..).and_then(|path| path.find('/')).map(|slash| &path[slash + 1..]) {
            Some(inner) => format!("at {}", quoted(inner)),
            None => "at its top".to_owned(),
        }
    };
    let place = definitions.origin(error.schema_path().as_str()).unwrap_or_default();
    let what = match error.kind() {
        ValidationErrorKind::Required { property } => {
            format!("{} `required` misses {}", at(error), quoted(property.as_str().unwrap_or_default()))
        }
        ValidationErrorKind::Format { format } => format!("{} it is not a valid {}", at(error), quoted(format)),
        ValidationErrorKind::OneOfMultipleValid { .. } => {
            format!("{} it fits more than one variant of the `oneOf`", at(error))
        }
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            // The one that the example gets furthest into before anything is wrong.
            let way = |error: &ValidationError<'_>| error.instance_path().as_str().matches('/').count();
            let key = |errors: &Vec<ValidationError<'_>>| (Reverse(errors.iter().map(way).min()), errors.len());
            let nearest = context.iter().enumerate().min_by_key(|(_, errors)| key(errors));
            let nearest = nearest.and_then(|(index, errors)| Some((index, errors.first()?)));
            match nearest {
                Some((index, inner)) => {
                    let (inner, place) = said(inner, definitions);
                    let what =
                        format!("{} it fits no variant of `{keyword}`; of the nearest, {index}: {inner}", at(error));
                    return (what, place);
                }
                None => format!("{} it fits no variant of `{keyword}`", at(error)),
            }
        }
        _ => format!("{} it violates `{keyword}`", at(error)),
    };
    (what, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schemas: Value, expected: &[&str]) {
        assert_eq!(super::super::found("example-mismatch", json!({"components": {"schemas": schemas}})), expected);
    }

    #[track_caller]
    fn check_media(media: Value, expected: &[&str]) {
        let responses = json!({"200": {"content": {"application/json": media}}});
        let paths = json!({"/a": {"get": {"operationId": "a", "responses": responses}}});
        assert_eq!(super::super::found("example-mismatch", json!({"paths": paths})), expected);
    }

    #[test]
    fn names_the_keyword_and_the_place_and_no_value() {
        check(
            json!({"A": {
                "type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}},
                "example": {"a": 5_318_008},
            }}),
            &["/components/schemas/A/example: does not fit its schema: at its top `required` misses `b`; at `/a` it \
                 violates `type`"],
        );
    }

    #[test]
    fn holds_examples_to_formats_and_defaults_to_enums() {
        check(
            json!({
                "A": {"type": "string", "format": "uuid", "example": "no"},
                "B": {"type": "string", "enum": ["x"], "default": "y"},
                "C": {"type": "string", "format": "date", "example": "2026-02-30"},
                "D": {"type": "string", "format": "int-of-our-own", "example": "anything"},
            }),
            &[
                "/components/schemas/A/example: does not fit its schema: at its top it is not a valid `uuid`",
                "/components/schemas/B/default: does not fit its schema: at its top it violates `enum`",
                "/components/schemas/C/example: does not fit its schema: at its top it is not a valid `date`",
            ],
        );
    }

    #[test]
    fn judges_the_examples_of_media_types_by_the_nearest_variant() {
        let variants = json!([
            {"type": "object", "required": ["x", "y", "z"]},
            {"type": "object", "properties": {"list": {"type": "array", "items": {"type": "object", "required": ["url"]}}}},
        ]);
        check_media(
            json!({"schema": {"oneOf": variants}, "examples": {"e": {"value": {"list": [{"url": "u"}, {}]}}}}),
            &[
                "/paths/~1a/get/responses/200/content/application~1json/examples/e/value: does not fit its schema: at its \
               top it fits no variant of `oneOf`; of the nearest, 1: at `/list/1` `required` misses `url`",
            ],
        );
    }

    #[test]
    fn null_and_what_travels_one_way_are_no_mistakes() {
        check(
            json!({
                "A": {"type": "string", "nullable": true, "enum": ["a"], "example": null},
                "B": {"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": true, "example": null},
                "C": {"required": ["id"], "properties": {"id": {"readOnly": true}, "c": {"type": "boolean", "required": true}},
                      "example": {"c": true}},
            }),
            &[],
        );
    }

    #[test]
    fn recursive_schemas_work_and_property_names_can_be_anything() {
        check(
            json!({"T % ü": {"properties": {"a/b ~%": {"type": "integer", "example": "x"},
                    "kids": {"type": "array", "items": {"$ref": "#/components/schemas/T % ü"}}},
                "example": {"kids": [{"kids": [{"kids": 1}]}]}}}),
            &[
                "/components/schemas/T % ü/example: does not fit its schema: at `/kids/0/kids/0/kids` it violates `type`",
                "/components/schemas/T % ü/properties/a~1b ~0%/example: does not fit its schema: at its top it \
                 violates `type`",
            ],
        );
    }

    #[test]
    fn a_schema_that_would_take_for_ever_is_not_tried() {
        let twice = |next: usize| {
            json!({"allOf": [{"$ref": format!("#/components/schemas/S{next}")},
                                                   {"$ref": format!("#/components/schemas/S{next}")}]})
        };
        let mut schemas: Map<String, Value> = (0..60).map(|n| (format!("S{n}"), twice(n + 1))).collect();
        schemas.insert("S60".to_owned(), json!({"type": "string"}));
        schemas["S0"]["example"] = json!("x");
        let problem = "its schema refers to itself in so many ways that the example was not validated";
        check(Value::Object(schemas), &[&format!("/components/schemas/S0/example: {problem}")]);
    }
}

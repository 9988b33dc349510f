//! Documents of many schemas that lead to each other or to themselves: they are linted, compared and lowered on the stack of
//! a test, 2 MiB, which any recursion along references would exhaust.

use serde_json::{Map, Value, json};
use xtask::{coverage::Coverage, diff, lint, lower};

const COUNT: usize = 15_000;

/// A document whose one operation sends and returns the first of the schemas that `schema` makes, each from its number.
fn document(kind: &str, schema: impl Fn(usize) -> Value) -> Value {
    let mut schemas: Map<String, Value> = (0..COUNT).map(|number| (format!("S{number}"), schema(number))).collect();
    schemas.insert(format!("S{COUNT}"), json!({"type": "object", "properties": {"end": {"type": kind}}}));
    let content = json!({"application/json": {"schema": reference(0)}});
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Deep", "version": "1"},
        "paths": {"/a": {"post": {
            "operationId": "a",
            "requestBody": {"content": content},
            "responses": {"200": {"description": "", "content": content}},
        }}},
        "components": {"schemas": schemas},
    })
}

fn reference(number: usize) -> Value {
    json!({"$ref": format!("#/components/schemas/S{number}")})
}

fn property(schema: Value) -> Value {
    json!({"type": "object", "properties": {"next": schema}})
}

/// Takes what `schema` makes through lint, comparison and lowering, and says how many changes there were.
fn changes(schema: impl Fn(usize) -> Value) -> usize {
    let [old, new] = ["string", "boolean"].map(|kind| document(kind, &schema));
    lint::lint(&new).expect("a document that can be read");
    let changes = diff::compare(&old, &new, &Coverage::default());
    lower::lower(new).expect("a document that can be lowered");
    changes.iter().filter(|change| change.wire == diff::Verdict::Break).count()
}

#[test]
fn a_chain_of_components_that_are_each_other_is_followed_to_its_end() {
    assert_eq!(changes(|number| reference(number + 1)), 2);
}

#[test]
fn a_chain_of_parts_is_merged_from_its_end() {
    let part = |number| json!({"allOf": [reference(number + 1), {"properties": {"a": {"type": "string"}}}]});
    assert_eq!(changes(part), 2);
}

#[test]
fn a_ring_of_properties_made_of_the_next_ends() {
    // The schema at the end, to which nothing leads, has changed.
    assert_eq!(changes(|number| property(json!({"allOf": [reference((number + 1) % COUNT)]}))), 1);
}

#[test]
fn schemas_that_are_in_items_and_maps_of_themselves_end() {
    let within = |number| json!({"nullable": true, "allOf": [reference(number)]});
    let of = |number: usize| match number % 2 {
        0 => json!({"type": "array", "items": within(number)}),
        _ => json!({"type": "object", "additionalProperties": within(number)}),
    };
    assert_eq!(changes(|number| property(of(number))), 1);
}

#[test]
fn a_chain_of_choices_ends() {
    assert_eq!(changes(|number| json!({"oneOf": [property(reference(number + 1)), {"type": "integer"}]})), 2);
}

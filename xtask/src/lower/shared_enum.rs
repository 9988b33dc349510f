//! Enums that have one type name in several places, and not the same values in each.
//!
//! ```yaml
//! # before                          # after
//! kyc_status:                       kyc_status:
//!   type: string                      type: string
//!   enum: [pending]                   enum: [pending, verified]
//!   x-type-name: KycStatus            x-type-name: KycStatus
//! status:                           status:
//!   type: string                      type: string
//!   enum: [pending, verified]         enum: [pending, verified]
//!   x-type-name: KycStatus            x-type-name: KycStatus
//! ```
//!
//! A vendor who adds a value often adds it in one place first. If the server sends any of the enums, their type takes
//! every value anyway, so it can name those of all places. Enums that are only sent stay as they are, since a caller
//! must not be offered what a place refuses: [`anonymous_schema`](super::anonymous_schema) refuses their name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Report;
use crate::{
    names::pascal,
    openapi::{
        extension::{SUCCESSES, TYPE_NAME},
        schemas_mut,
    },
};

/// The places of one type name.
#[derive(Default)]
struct Shared {
    /// The values of all places, in the order of the document.
    values: Vec<Value>,
    is_read: bool,
    /// Whether one place has not all of the values of those before it, or has others.
    differs: bool,
}

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let read = super::read(document);
    let mut by_name: BTreeMap<String, Shared> = BTreeMap::new();
    schemas_mut(document, &mut |schema, pointer| {
        let (Some(name), Some(values)) = (type_name(schema, pointer), values(schema)) else { return };
        let is_first = !by_name.contains_key(&name);
        let shared = by_name.entry(name).or_default();
        let new: Vec<Value> = values.iter().filter(|value| !shared.values.contains(value)).cloned().collect();
        shared.differs |= !is_first && (!new.is_empty() || values.len() < shared.values.len());
        shared.values.extend(new);
        shared.is_read |= is_read(pointer, &read);
    });
    by_name.retain(|_, shared| shared.differs && shared.is_read);
    if by_name.is_empty() {
        return;
    }
    schemas_mut(document, &mut |schema, pointer| {
        let Some(shared) = type_name(schema, pointer).and_then(|name| by_name.get(&name)) else { return };
        let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) else { return };
        let added: Vec<String> = shared
            .values
            .iter()
            .filter(|value| !values.contains(value))
            .map(|value| format!("`{}`", text(value)))
            .collect();
        if !added.is_empty() {
            values.clone_from(&shared.values);
            report.note(pointer, format!("given {}, which the type has by its other places", added.join(", ")));
        }
    });
}

/// The name that the overlay gives the schema, or that a component has by itself.
fn type_name(schema: &Value, pointer: &str) -> Option<String> {
    let component = || pointer.strip_prefix("/components/schemas/").filter(|name| !name.contains('/'));
    schema.get(TYPE_NAME).and_then(Value::as_str).or_else(component).map(pascal)
}

/// The values of an enum of strings.
fn values(schema: &Value) -> Option<&Vec<Value>> {
    let values = schema.get("enum")?.as_array()?;
    (schema["type"] == "string" && values.iter().all(Value::is_string)).then_some(values)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Whether what is at `pointer` is sent by the server.
fn is_read(pointer: &str, read: &BTreeSet<String>) -> bool {
    let parts: Vec<&str> = pointer.split('/').skip(1).collect();
    match parts.as_slice() {
        ["components", "schemas", name, ..] => read.contains(*name),
        ["components", "responses", ..] => true,
        ["paths", _, _, part, ..] => ["responses", SUCCESSES].contains(part),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check, *};

    fn named(values: &[&str]) -> Value {
        json!({"type": "string", "enum": values, "x-type-name": "Status"})
    }

    /// A document that has an enum in what is sent, and another one in what is received.
    fn document(sent: &Value, received: &Value) -> Value {
        let body = |schema: &Value| json!({"content": {"application/json": {"schema": {"type": "object", "properties": {"s": schema}}}}});
        json!({"paths": {"/a": {"post": {
            "operationId": "doIt", "requestBody": body(sent), "responses": {"200": body(received)}}}}})
    }

    #[test]
    fn gives_each_place_the_values_of_all_if_the_server_sends_one() {
        let all = named(&["a", "b", "c"]);
        let notes = check(run, document(&named(&["a", "b"]), &named(&["b", "c"])), &document(&all, &all));
        let property = "content/application~1json/schema/properties/s";
        assert_eq!(
            notes,
            [
                format!("/paths/~1a/post/requestBody/{property}: given `c`, which the type has by its other places"),
                format!("/paths/~1a/post/responses/200/{property}: given `a`, which the type has by its other places"),
            ]
        );
    }

    #[test]
    fn gives_a_component_of_that_name_the_values_as_well() {
        let with = |component: Value, property: Value| json!({"components": {"schemas": {"Status": component, "A": {"properties": {"s": property}}}}});
        let plain = |values: &[&str]| json!({"type": "string", "enum": values});
        check(run, with(plain(&["a"]), named(&["a", "b"])), &with(plain(&["a", "b"]), named(&["a", "b"])));
    }

    #[test]
    fn leaves_what_is_only_sent_alone() {
        let component =
            |name: &str, values: &[&str]| json!({name: {"type": "object", "properties": {"s": named(values)}}});
        let mut sent = document(&json!({"$ref": "#/components/schemas/A"}), &json!({}));
        sent["components"]["schemas"] = component("A", &["a"]);
        sent["paths"]["/a"]["post"]["parameters"] = json!([{"name": "q", "in": "query", "schema": named(&["a", "b"])}]);
        check(run, sent.clone(), &sent);
    }

    #[test]
    fn leaves_equal_values_in_another_order_alone() {
        let same = document(&named(&["a", "b"]), &named(&["b", "a"]));
        check(run, same.clone(), &same);
    }
}

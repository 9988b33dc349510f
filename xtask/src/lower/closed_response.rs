//! Responses that may say no more than the document knows today.
//!
//! The vendor adds enum values and fields without a new version; an answer with one of them must not be lost. Enums that
//! a response reaches get a variant for any other value, and objects keep the fields that they don't know.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Report;
use crate::openapi::{
    References, components_mut,
    extension::{OPEN_ENUM, SUCCESSES},
    join, operations, resolve, schema_mut,
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let reached = reached(document);
    // A part of an `allOf` is no object of its own: what it doesn't know, another part may.
    let mut open = |schema: &mut Value, pointer: &str| {
        let Some(object) = schema.as_object_mut() else { return };
        if object.get("enum").is_some() && object.get("type").is_none_or(|kind| kind == "string") {
            if !object.contains_key(OPEN_ENUM) {
                object.insert(OPEN_ENUM.to_owned(), true.into());
                report.note(pointer, "open enum: keeps any other value");
            }
        } else if object.get("properties").is_some() && !pointer.contains("/allOf/") {
            match object.get("additionalProperties") {
                None | Some(Value::Bool(true)) => {}
                Some(Value::Bool(false)) => report.note(pointer, "`additionalProperties: false` ignored in a response"),
                Some(_) => return,
            }
            object.insert("additionalProperties".to_owned(), json!({}));
            report.note(pointer, "keeps unknown fields");
        }
    };
    for name in reached {
        let mut pointer = join("/components/schemas", &name);
        if let Some(schema) = components_mut(document).and_then(|schemas| schemas.get_mut(&name)) {
            schema_mut(schema, &mut pointer, &mut open);
        }
    }
}

/// The components that a response can hold, in the order of their names.
fn reached(document: &Value) -> BTreeSet<String> {
    let values = operations(document).flat_map(|operation| {
        let responses = operation.value().get("responses").and_then(Value::as_object).into_iter().flatten();
        let resolved = responses.map(|(_, response)| resolve(document, response).unwrap_or(response));
        resolved.chain(operation.value().get(SUCCESSES))
    });
    References::of(document).schemas_in(values)
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    #[test]
    fn opens_what_a_response_reaches_and_nothing_else() {
        let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let schema = |name: &str| json!({"application/json": {"schema": refer(name)}});
        let paths = json!({"/a": {"post": {
            "requestBody": {"content": schema("Sent")}, "responses": {"200": {"content": schema("Received")}}}}});
        let (closed, object) = (json!({"type": "string", "enum": ["a"]}), |status: Value| {
            json!({
            "type": "object", "properties": {"status": status}})
        });
        let notes = check(
            run,
            json!({"paths": paths, "components": {"schemas": {
                "Sent": object(refer("Kind")), "Kind": closed, "Received": object(refer("Status")), "Status": closed}}}),
            &json!({"paths": paths, "components": {"schemas": {
                "Sent": object(refer("Kind")), "Kind": closed,
                "Received": {"type": "object", "properties": {"status": refer("Status")}, "additionalProperties": {}},
                "Status": {"type": "string", "enum": ["a"], "x-lowered-open-enum": true}}}}),
        );
        assert_eq!(notes.len(), 2);
    }
}

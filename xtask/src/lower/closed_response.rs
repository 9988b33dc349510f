//! Responses that may say no more than the document knows today.
//!
//! The vendor adds enum values, variants and fields without a new version; a response with one of them must not be lost.
//! Enums and unions that a response reaches get a variant for anything else, and objects keep the fields that they don't
//! know. So do those of components that no operation leads to: they describe what the server sends by itself, to a webhook.

use serde_json::{Value, json};

use super::{Report, read};
use crate::openapi::{
    Object, components_mut,
    extension::{CHOICE, CHOICES, OPEN_ENUM, OPEN_UNION},
    join, schema_mut,
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    // A part of an `allOf` is no object of its own: what it doesn't know, another part may.
    let mut open = |schema: &mut Value, pointer: &str| {
        let Some(object) = schema.as_object_mut() else { return };
        let mut mark = |object: &mut Object, name: &str, done: &str| {
            if object.insert(name.to_owned(), true.into()).is_none() {
                report.note(pointer, done);
            }
        };
        if is_enum(object) {
            mark(object, OPEN_ENUM, "open enum: keeps any other value");
        } else if ["oneOf", "anyOf"].iter().any(|key| object.contains_key(*key)) && !object.contains_key(CHOICE) {
            mark(object, OPEN_UNION, "open union: keeps any other variant");
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
    for name in read(document) {
        let mut pointer = join("/components/schemas", &name);
        let schema = components_mut(document).and_then(|schemas| schemas.get_mut(&name));
        // What has a choice of its own is made to be sent.
        if let Some(schema) = schema.filter(|schema| [CHOICE, CHOICES].iter().all(|key| schema.get(*key).is_none())) {
            schema_mut(schema, &mut pointer, &mut open);
        }
    }
}

fn is_enum(object: &Object) -> bool {
    object.get("enum").is_some() && object.get("type").is_none_or(|kind| kind == "string" || kind == "integer")
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    #[test]
    fn opens_what_no_operation_leads_to() {
        let event = json!({"type": "object", "properties": {"kind": {"type": "string", "enum": ["a"]}}});
        check(
            run,
            json!({"paths": {}, "components": {"schemas": {"Event": event}}}),
            &json!({"paths": {}, "components": {"schemas": {"Event": {
                "type": "object", "additionalProperties": {},
                "properties": {"kind": {"type": "string", "enum": ["a"], "x-lowered-open-enum": true}}}}}}),
        );
    }

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

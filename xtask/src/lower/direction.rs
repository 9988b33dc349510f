//! `readOnly` and `writeOnly`: what is never sent, and what is never received.
//!
//! A type that is only sent has no `readOnly` properties, and one that is only received no `writeOnly` ones. One that goes
//! both ways has both, and requires neither: each is missing in one direction.

use serde_json::Value;

use super::{Report, received, sent};
use crate::openapi::{components_mut, join};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let (sent, received) = (sent(document), received(document));
    for (name, schema) in components_mut(document).into_iter().flatten() {
        let pointer = join(&join("/components/schemas", name), "properties");
        for (mark, is_absent, is_there, travels) in [
            ("readOnly", sent.contains(name), received.contains(name), "received"),
            ("writeOnly", received.contains(name), sent.contains(name), "sent"),
        ] {
            if !is_absent {
                continue;
            }
            for property in marked(schema, mark) {
                let was_required = not_required(schema, &property);
                let done = if !is_there {
                    schema.get_mut("properties").and_then(Value::as_object_mut).map(|all| all.shift_remove(&property));
                    format!("`{mark}`: dropped; this type is never {travels}")
                } else if was_required {
                    format!("`{mark}`: required only where it is {travels}")
                } else {
                    continue;
                };
                report.note(join(&pointer, &property), done);
            }
        }
    }
}

fn marked(schema: &Value, mark: &str) -> Vec<String> {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    properties.filter(|(_, property)| property[mark] == true).map(|(name, _)| name.clone()).collect()
}

/// Takes `property` from the list of what is required. Says whether it was there.
fn not_required(schema: &mut Value, property: &str) -> bool {
    let Some(object) = schema.as_object_mut() else { return false };
    let Some(required) = object.get_mut("required").and_then(Value::as_array_mut) else { return false };
    let before = required.len();
    required.retain(|name| name != property);
    let was_required = required.len() < before;
    if required.is_empty() {
        object.shift_remove("required");
    }
    was_required
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check, *};
    use crate::openapi::reference_to;

    #[test]
    fn counts_each_mark_in_its_direction() {
        let text = json!({"type": "string"});
        let marked = |mark: &str| json!({"type": "string", mark: true});
        let schema = || {
            json!({"required": ["id", "name", "secret"], "properties": {
                "id": marked("readOnly"), "name": text, "secret": marked("writeOnly")}})
        };
        let body = |name: &str| json!({"content": {"application/json": {"schema": reference_to(name)}}});
        let document = |sent: Value, received: Value, both: Value| {
            let operation = |request: &str, response: &str| json!({"requestBody": body(request), "responses": {"200": body(response)}});
            json!({"paths": {"/a": {"post": operation("Sent", "Received"), "put": operation("Both", "Both")}},
                "components": {"schemas": {"Sent": sent, "Received": received, "Both": both}}})
        };
        let notes = check(
            run,
            document(schema(), schema(), schema()),
            &document(
                json!({"required": ["name", "secret"], "properties": {"name": text, "secret": marked("writeOnly")}}),
                json!({"required": ["id", "name"], "properties": {"id": marked("readOnly"), "name": text}}),
                json!({"required": ["name"], "properties": schema()["properties"]}),
            ),
        );
        assert_eq!(
            notes,
            [
                "/components/schemas/Sent/properties/id: `readOnly`: dropped; this type is never received",
                "/components/schemas/Received/properties/secret: `writeOnly`: dropped; this type is never sent",
                "/components/schemas/Both/properties/id: `readOnly`: required only where it is received",
                "/components/schemas/Both/properties/secret: `writeOnly`: required only where it is sent",
            ]
        );
    }
}

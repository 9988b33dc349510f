//! Error statuses with several shapes, or with and without a body.
//!
//! Whatever comes with an error status is read by the one hand-written `ErrorBody`, so the generator never sees these
//! responses. What is documented stays with the operation, under [`ERRORS`], for its documentation.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Report, drop_unused, success_shapes::is_success};
use crate::openapi::{
    Object, References,
    extension::{ERRORS, TYPE_NAME},
    join, operations, operations_mut, reference, references, resolve, schema_name,
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let used = References::of(document);
    let errors_of = |operation: &Value| -> Object {
        let responses = operation.get("responses").and_then(Value::as_object);
        let errors = responses.into_iter().flatten().filter(|(status, _)| !is_success(status));
        errors.map(|(status, response)| (status.clone(), about(document, response))).collect()
    };
    let found: Vec<_> = operations(document).map(|operation| errors_of(operation.value())).collect();
    let mut found = found.into_iter();
    operations_mut(document, |operation| {
        let errors = found.next().unwrap_or_default();
        if errors.is_empty() {
            return;
        }
        if let Some(responses) = operation.value.get_mut("responses").and_then(Value::as_object_mut) {
            responses.retain(|status, _| is_success(status));
        }
        let mut shapes: Vec<&str> = errors.values().filter_map(|error| error["schema"].as_str()).collect();
        shapes.sort_unstable();
        shapes.dedup();
        let bodiless = errors.values().filter(|error| error.get("schema").is_none()).count();
        let shapes = if shapes.is_empty() { "no documented body".to_owned() } else { shapes.join(", ") };
        let done = format!("{} to `ErrorBody`: {shapes}; {bodiless} without a body", errors.len());
        report.note(join(&operation.pointer, "responses"), done);
        operation.value.insert(ERRORS.to_owned(), Value::Object(errors));
    });
    // Shared responses go with the statuses that used them; a schema that is left is one that a response can hold.
    let mut responses = HashSet::new();
    references(document, &mut |_, target| {
        responses.extend(target.strip_prefix("#/components/responses/").map(str::to_owned));
    });
    if let Some(shared) = document.pointer_mut("/components/responses").and_then(Value::as_object_mut) {
        shared.retain(|name, _| responses.contains(name));
    }
    drop_unused(document, &used, report, "what `ErrorBody` reads");
}

/// What the document says of an error: its description and the name of its body's schema.
fn about(document: &Value, response: &Value) -> Value {
    let response = resolve(document, response).unwrap_or(response);
    let mut about = json!({"description": response["description"].as_str().unwrap_or_default().trim()});
    let schema = response.get("content").and_then(Value::as_object).and_then(|content| content.values().next());
    if let Some(schema) = schema.and_then(|media| media.get("schema")) {
        let name = reference(schema).and_then(schema_name);
        let name = name.or_else(|| schema[TYPE_NAME].as_str()).unwrap_or("inline");
        about["schema"] = name.into();
    }
    about
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    #[test]
    fn sets_error_statuses_aside() {
        let document = |operation: Value| json!({"paths": {"/a": {"get": operation}}});
        let ok = json!({"description": "fine"});
        let body = json!({"application/json": {"schema": {"$ref": "#/components/schemas/E"}}});
        let notes = check(
            run,
            document(json!({"responses": {"200": ok, "400": {"description": "bad", "content": body}, "401": {
                "description": "who"}}})),
            &document(json!({"responses": {"200": ok}, "x-lowered-errors": {
                "400": {"description": "bad", "schema": "E"}, "401": {"description": "who"}}})),
        );
        assert_eq!(notes, ["/paths/~1a/get/responses: 2 to `ErrorBody`: E; 1 without a body"]);
    }
}

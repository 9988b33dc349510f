//! Extensions of the document that are called like those that the passes set for later stages.

use serde_json::Value;

use super::Report;
use crate::openapi::{Object, extension::PRIVATE, join, operations_mut, schemas_mut};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let mut strip = |object: &mut Object, pointer: &str| {
        let found: Vec<String> = object.keys().filter(|key| key.starts_with(PRIVATE)).cloned().collect();
        for key in found {
            object.shift_remove(&key);
            report.note(join(pointer, &key), "dropped: `x-lowered-` is kept for what the passes find out");
        }
    };
    operations_mut(document, |operation| strip(operation.value, &operation.pointer));
    schemas_mut(document, &mut |schema, pointer| {
        schema.as_object_mut().into_iter().for_each(|schema| strip(schema, pointer));
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check, *};

    #[test]
    fn takes_nothing_of_the_document_for_its_own() {
        let document = |mut operation: Value, schema: Value| {
            operation["parameters"] = json!([{"schema": schema}]);
            json!({"paths": {"/a": {"get": operation}}})
        };
        let notes = check(
            run,
            document(
                json!({"x-lowered-errors": 1, "x-errors": 1}),
                json!({"x-lowered-open-enum": 1, "x-successes": 2}),
            ),
            &document(json!({"x-errors": 1}), json!({"x-successes": 2})),
        );
        assert_eq!(notes.len(), 2);
    }
}

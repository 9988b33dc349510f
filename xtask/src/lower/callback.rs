//! Callbacks: requests that the server sends. No method is made of them.

use serde_json::Value;

use super::Report;
use crate::openapi::{join, operations_mut};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    operations_mut(document, |operation| {
        if operation.value.shift_remove("callbacks").is_some() {
            report.note(join(&operation.pointer, "callbacks"), "left out: the server sends these requests");
        }
    });
    let components = document.get_mut("components").and_then(Value::as_object_mut);
    if components.and_then(|components| components.shift_remove("callbacks")).is_some() {
        report.note("/components/callbacks", "left out: the server sends these requests");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check, *};

    #[test]
    fn callbacks_are_left_out() {
        let reference = json!({"on": {"$ref": "#/components/callbacks/On"}});
        let notes = check(
            run,
            json!({"components": {"callbacks": {"On": {}}}, "paths": {"/a": {"post": {"callbacks": reference}}}}),
            &json!({"components": {}, "paths": {"/a": {"post": {}}}}),
        );
        assert_eq!(
            notes,
            [
                "/paths/~1a/post/callbacks: left out: the server sends these requests",
                "/components/callbacks: left out: the server sends these requests",
            ]
        );
    }
}

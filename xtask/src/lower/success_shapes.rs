//! Success statuses with responses of different shapes.
//!
//! The generator takes one shape. The shapes are set aside by status under [`SUCCESSES`], from which an enum is
//! made whose variants are chosen by the status that came, never by trying one shape after the other.

use serde_json::{Value, json};

use super::Report;
use crate::openapi::{Object, extension::SUCCESSES, join, operations, operations_mut, resolve};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let found: Vec<_> = operations(document).map(|operation| shapes(document, operation.value())).collect();
    let mut found = found.into_iter();
    operations_mut(document, |operation| {
        let shapes = found.next().flatten();
        let place = join(&operation.pointer, "responses");
        let Some(responses) = operation.value.get_mut("responses").and_then(Value::as_object_mut) else { return };
        if !responses.keys().any(|status| is_success(status)) {
            // `default` alone stands for success and failure; only the former has a shape that can be relied on.
            let body = responses.get("default").cloned().unwrap_or_else(|| json!({"description": ""}));
            responses.insert("2XX".to_owned(), body);
            report.note(&place, "no success status; any 2XX is taken for one");
        }
        let Some(shapes) = shapes else { return };
        let statuses = shapes.keys().cloned().collect::<Vec<_>>();
        responses.retain(|status, _| !is_success(status));
        responses.insert("2XX".to_owned(), json!({"description": "Told apart by status."}));
        operation.value.insert(SUCCESSES.to_owned(), Value::Object(shapes));
        let done = format!("responses of {} differ in shape; distinguished by status", statuses.join(" and "));
        report.note(place, done);
    });
}

pub(super) fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

/// What each success status carries, if they don't all carry the same.
fn shapes(document: &Value, operation: &Value) -> Option<Object> {
    let responses = operation.get("responses")?.as_object()?;
    let mut shapes = Object::new();
    for (status, response) in responses.iter().filter(|(status, _)| is_success(status)) {
        let content = resolve(document, response).and_then(|response| response.get("content")?.as_object());
        let shape = match content {
            None => json!({}),
            Some(content) if content.is_empty() => json!({}),
            Some(content) => match content.get("application/json") {
                Some(json) => json!({"schema": json.get("schema").cloned().unwrap_or_else(|| json!({}))}),
                None => json!({"raw": true}),
            },
        };
        shapes.insert(status.clone(), shape);
    }
    let mut values = shapes.values();
    let first = values.next()?;
    values.any(|shape| shape != first).then_some(shapes)
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    fn document(operation: Value) -> Value {
        json!({"paths": {"/a": {"post": operation}}})
    }

    fn response(schema: &Value) -> Value {
        json!({"description": "d", "content": {"application/json": {"schema": schema}}})
    }

    #[test]
    fn sets_shapes_that_differ_aside_by_status() {
        let (a, b) = (json!({"type": "string"}), json!({"type": "integer"}));
        let notes = check(
            run,
            document(json!({"responses": {
                "200": response(&a), "201": response(&b), "204": {"description": "none"}, "400": response(&b)}})),
            &document(json!({
                "responses": {"400": response(&b), "2XX": {"description": "Told apart by status."}},
                "x-lowered-successes": {"200": {"schema": a}, "201": {"schema": b}, "204": {}}})),
        );
        assert_eq!(
            notes,
            ["/paths/~1a/post/responses: responses of 200 and 201 and 204 differ in shape; distinguished by status"]
        );
    }

    #[test]
    fn leaves_one_shape_under_several_statuses_alone() {
        let a = json!({"type": "string"});
        let same = document(json!({"responses": {"200": response(&a), "201": response(&a)}}));
        check(run, same.clone(), &same);
    }

    #[test]
    fn takes_the_default_for_success_where_nothing_else_is() {
        let a = response(&json!({"type": "string"}));
        check(
            run,
            document(json!({"responses": {"default": a}})),
            &document(json!({"responses": {"default": a, "2XX": a}})),
        );
    }
}

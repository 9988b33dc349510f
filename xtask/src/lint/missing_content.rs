//! Responses without content: successes that say nothing, and errors whose body other operations describe.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    places::Places,
    report::{Findings, enumerated},
};
use crate::openapi::{Operation, join, resolve};

/// The responses of an operation: status, pointer, whether a body is described.
fn responses<'d>(places: &Places<'d>, operation: &Operation<'d>) -> Vec<(&'d str, String, bool)> {
    let pointer = join(&operation.pointer(), "responses");
    let responses = operation.value().get("responses").and_then(Value::as_object).into_iter().flatten();
    let each = responses.filter(|(status, _)| !status.starts_with("x-")).map(|(status, response)| {
        let response = resolve(places.document, response).unwrap_or(response);
        let content = response.get("content").and_then(Value::as_object);
        (status.as_str(), join(&pointer, status), content.is_some_and(|content| !content.is_empty()))
    });
    each.collect()
}

fn is_error(status: &str) -> bool {
    status.starts_with(['4', '5']) || status == "default"
}

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    // Where a body of this status is described first.
    let mut described: HashMap<&str, String> = HashMap::new();
    let operations = places.operations.iter().filter(|operation| operation.method != "head");
    let all: Vec<_> = operations.map(|operation| responses(places, operation)).collect();
    for (status, pointer, has_content) in all.iter().flatten() {
        if *has_content && is_error(status) {
            described.entry(status).or_insert_with(|| pointer.clone());
        }
    }
    for responses in all {
        let own = responses.iter().find(|(status, _, has_content)| *has_content && is_error(status));
        let own = own.map(|(_, pointer, _)| pointer.clone());
        let (mut statuses, mut bare, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
        for (status, pointer, _) in responses.iter().filter(|(_, _, has_content)| !has_content) {
            if status.starts_with('2') && !matches!(*status, "204" | "205") {
                let problem = format!("the success {status} has no content, although only 204 and 205 are without one");
                findings.add(pointer, problem, "describe the body, or make it status 204");
            } else if is_error(status)
                && let Some(other) = described.get(status).or(own.as_ref())
            {
                statuses.push(*status);
                bare.push(pointer.clone());
                bodies.push(other.clone());
            }
        }
        if bare.is_empty() {
            continue;
        }
        let first = bare.remove(0);
        bodies.sort();
        bodies.dedup();
        let problem = format!(
            "{} {} no content, although errors of the same status or of the same operation have a body",
            enumerated(&statuses),
            if statuses.len() == 1 { "has" } else { "have" },
        );
        bare.extend(bodies);
        findings.add_with(first, bare, problem, "describe the body, or say in prose that there is none");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(paths: Value, expected: &[&str]) {
        assert_eq!(super::super::found("missing-content", json!({"paths": paths})), expected);
    }

    #[test]
    fn a_success_has_content_unless_it_is_no_content() {
        let responses = json!({"200": {"description": "d"}, "201": {"content": {}}, "204": {}, "302": {}});
        check(
            json!({"/a": {"get": {"responses": responses}, "head": {"responses": {"200": {}}}}}),
            &[
                "/paths/~1a/get/responses/200: the success 200 has no content, although only 204 and 205 are without one",
                "/paths/~1a/get/responses/201: the success 201 has no content, although only 204 and 205 are without one",
            ],
        );
    }

    #[test]
    fn an_error_has_content_where_its_like_has() {
        let body = json!({"content": {"application/json": {}}});
        check(
            json!({
                "/a": {"get": {"responses": {"401": body}}},
                "/b": {"get": {"responses": {"401": {}, "404": {}}}},
                "/c": {"get": {"responses": {"400": body, "404": {}, "500": {}}}},
            }),
            &[
                "/paths/~1b/get/responses/401: 401 has no content, although errors of the same status or of the same \
                 operation have a body",
                "/paths/~1c/get/responses/404: 404 and 500 have no content, although errors of the same status or of the \
                 same operation have a body",
            ],
        );
    }

    #[test]
    fn where_no_error_has_a_body_none_is_missed() {
        check(json!({"/a": {"get": {"responses": {"401": {}, "500": {}}}}}), &[]);
    }
}

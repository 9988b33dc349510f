//! Places of a document, as pointers that lead somewhere in it, and as targets of overlay actions.

use std::collections::VecDeque;

use serde_json::Value;

use crate::openapi::{join, local, reference, tokens};

/// How many places are tried for one step of a pointer.
const MAX_TRIED: usize = 200;

/// The place in `document` of what a pass calls `pointer`: it may have moved what a reference, an `allOf` or a body holds.
/// Where that leads nowhere, it is the innermost place that is there.
pub(super) fn place_in(document: &Value, pointer: &str) -> String {
    if !pointer.starts_with('/') {
        return pointer.to_owned();
    }
    let mut at = (String::new(), document);
    for token in tokens(pointer) {
        let Some(next) = step(document, at.clone(), &token) else { break };
        at = next;
    }
    at.0
}

/// What is called `token` at a place, or in what holds for it.
fn step<'d>(document: &'d Value, from: (String, &'d Value), token: &str) -> Option<(String, &'d Value)> {
    let mut open = VecDeque::from([from]);
    for _ in 0..MAX_TRIED {
        let (at, value) = open.pop_front()?;
        let member = match value {
            Value::Array(elements) => token.parse().ok().and_then(|index: usize| elements.get(index)),
            other => other.get(token),
        };
        if let Some(member) = member {
            return Some((join(&at, token), member));
        }
        if let Some(target) = reference(value).and_then(local) {
            open.extend(document.pointer(&target).map(|value| (target.into_owned(), value)));
        }
        let parts = value.get("allOf").and_then(Value::as_array).into_iter().flatten().enumerate();
        open.extend(parts.map(|(index, part)| (join(&join(&at, "allOf"), &index.to_string()), part)));
        let bodies = value.get("content").and_then(Value::as_object).into_iter().flatten();
        open.extend(bodies.filter_map(|(kind, body)| {
            Some((join(&join(&join(&at, "content"), kind), "schema"), body.get("schema")?))
        }));
        if at.ends_with("/responses") {
            let responses = value.as_object().into_iter().flatten();
            open.extend(responses.map(|(status, response)| (join(&at, status), response)));
        }
    }
    None
}

/// The JSONPath of what is at `pointer`.
pub(super) fn target(tokens: &[String]) -> String {
    tokens.iter().fold("$".to_owned(), |path, token| format!("{path}{}", segment(token)))
}

/// The segments that lead to each of `names`.
pub(super) fn members(names: &[String]) -> String {
    match names {
        [name] => segment(name),
        names => format!("[{}]", names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(",")),
    }
}

fn segment(token: &str) -> String {
    let is_name = token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && token.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match token.parse::<usize>() {
        _ if is_name => format!(".{token}"),
        // A status of a response has three digits and is a name; a list of so many elements is none that anybody writes.
        Ok(index) if token.len() < 3 => format!("[{index}]"),
        _ => format!("[{}]", quoted(token)),
    }
}

fn quoted(name: &str) -> String {
    format!("'{}'", name.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use serde_json_path::JsonPath;

    use super::*;

    #[test]
    fn a_place_is_where_something_is_and_never_beyond() {
        let schema =
            serde_json::json!({"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": {"items": {}}}}]});
        let body = serde_json::json!({"content": {"application/json": {"schema": schema}}});
        let document = serde_json::json!({"paths": {"/a": {"post": {"requestBody": body, "responses": {"200": body}}}},
            "components": {"schemas": {"A": {"properties": {"a": {}}}, "Loop": {"$ref": "#/components/schemas/Loop"}}}});
        let schema = "content/application~1json/schema";
        for (pointer, expected) in [
            (
                "/paths/~1a/post/requestBody/properties/b/items",
                format!("/paths/~1a/post/requestBody/{schema}/allOf/1/properties/b/items"),
            ),
            ("/components/schemas/A/properties/z", "/components/schemas/A/properties".to_owned()),
            ("/components/schemas/Loop/properties", "/components/schemas/Loop".to_owned()),
            ("/nowhere", String::new()),
        ] {
            assert_eq!(place_in(&document, pointer), expected);
            assert!(document.pointer(&expected).is_some());
        }
    }

    #[test]
    fn a_target_leads_where_the_pointer_does() {
        let document = serde_json::json!({"paths": {"/a/{b}": {"get": {"responses": {"200": {"content": {
            "application/json": {"schema": {"oneOf": [{}, {"properties": {"it's\\": 1, "a_b": 2}}]}}}}}}}}});
        let pointer = "/paths/~1a~1{b}/get/responses/200/content/application~1json/schema/oneOf/1/properties";
        let path = target(&tokens(pointer));
        assert_eq!(
            path,
            "$.paths['/a/{b}'].get.responses['200'].content['application/json'].schema.oneOf[1].properties"
        );
        for (names, expected) in
            [(vec!["it's\\"], vec![1]), (vec!["a_b"], vec![2]), (vec!["a_b", "it's\\"], vec![2, 1])]
        {
            let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
            let path = JsonPath::parse(&format!("{path}{}", members(&names))).expect("a path");
            let found: Vec<i64> = path.query(&document).iter().filter_map(|value| value.as_i64()).collect();
            assert_eq!(found, expected);
        }
    }
}

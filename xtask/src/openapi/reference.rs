//! References: where they are in a document, and where they lead.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{extension, pointer::at};

/// Longer chains of references than this lead nowhere.
const MAX_CHAIN: usize = 100_000;

/// The JSON pointer of a reference within the document. It is a fragment of a URI, so `%24` stands for `$`.
pub fn local(reference: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(reference.strip_prefix('#')?).decode_utf8().ok()
}

/// The reference to what is at `pointer`, which [`local`] reads as that.
pub(crate) fn reference_at(pointer: &str) -> String {
    format!("#{}", pointer.replace('%', "%25"))
}

/// The name in a reference to a component schema: `User` in `#/components/schemas/User`.
pub fn schema_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/").filter(|name| !name.contains('/'))
}

/// The `$ref` of `value`, if it is a reference.
pub fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}

/// The component that `schema` refers to, bare or in the `allOf` that says more about the reference.
pub fn target(schema: &Value) -> Option<&str> {
    let reference = reference(schema).or_else(|| match schema.get("allOf")?.as_array()?.as_slice() {
        [only] => reference(only),
        _ => None,
    });
    reference.and_then(schema_name)
}

/// Follows local references from `value` to what they stand for.
pub fn resolve<'d>(document: &'d Value, mut value: &'d Value) -> Option<&'d Value> {
    for _ in 0..MAX_CHAIN {
        match reference(value) {
            None => return Some(value),
            Some(target) => value = document.pointer(&local(target)?)?,
        }
    }
    None
}

/// The references that the schema at `target`, a reference, is made of directly: bare ones, and those in `allOf`, `oneOf`,
/// `anyOf` and `not`. The last comes first.
pub(crate) fn made_of<'d>(document: &'d Value, target: &str) -> Vec<&'d str> {
    let schema = local(target).and_then(|target| document.pointer(&target));
    schema.map(parts_of).unwrap_or_default()
}

/// The references that `schema` is made of directly.
pub(crate) fn parts_of(schema: &Value) -> Vec<&str> {
    let mut targets = Vec::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        targets.extend(reference(schema));
        let lists = ["allOf", "oneOf", "anyOf"].iter().filter_map(|key| schema.get(key)?.as_array());
        open.extend(lists.flatten().chain(schema.get("not")));
    }
    targets
}

/// Shows every `$ref` that is one, with the pointer of the object that holds it. Examples and extensions are data, not
/// references, and are passed over. One that is no string is shown as an empty one. Where keys are names, a `$ref` that
/// is a string stands for all of the names: OpenAPI has no such thing, but documents in several files do.
pub fn references<'d>(document: &'d Value, f: &mut dyn FnMut(&str, &'d str)) {
    fn go<'d>(value: &'d Value, pointer: &mut String, in_names: bool, f: &mut dyn FnMut(&str, &'d str)) {
        match value {
            Value::Object(object) => {
                let target = object.iter().find(|(key, _)| *key == "$ref").map(|(_, target)| target);
                if let Some(target) = target.filter(|target| !in_names || target.is_string()) {
                    f(pointer, target.as_str().unwrap_or_default());
                }
                for (key, member) in object.iter().filter(|(_, member)| member.is_object() || member.is_array()) {
                    if in_names || !is_data(key) {
                        // Below these the keys are names of somebody's choosing, not words of the specification.
                        let names = !in_names && is_map(key);
                        at(pointer, key, |p| go(member, p, names, f));
                    }
                }
            }
            Value::Array(members) => {
                for (index, member) in members.iter().enumerate().filter(|(_, member)| member.is_object()) {
                    at(pointer, &index.to_string(), |p| go(member, p, false, f));
                }
            }
            _ => {}
        }
    }
    go(document, &mut String::new(), false, f);
}

/// Shows what [`references`] shows, to change it.
pub(crate) fn references_mut(value: &mut Value, f: &mut dyn FnMut(&mut String)) {
    fn go(value: &mut Value, in_names: bool, f: &mut dyn FnMut(&mut String)) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(target)) = object.get_mut("$ref") {
                    f(target);
                }
                for (key, member) in object {
                    if in_names || !is_data(key) {
                        let names = !in_names && is_map(key);
                        go(member, names, f);
                    }
                }
            }
            Value::Array(members) => members.iter_mut().for_each(|member| go(member, false, f)),
            _ => {}
        }
    }
    go(value, false, f);
}

/// Whether the keys of what stands under `key` are names: a response is called `default`, a header `x-rate-limit`.
pub(crate) fn is_map(key: &str) -> bool {
    matches!(
        key,
        "properties" | "schemas" | "mapping" | "responses" | "headers" | "parameters" | "requestBodies" | "callbacks"
    )
}

/// Whether what stands under `key` is somebody's data and no part of the description.
pub(crate) fn is_data(key: &str) -> bool {
    matches!(key, "example" | "examples" | "default" | "enum")
        || (key.starts_with("x-") && ![extension::MULTIPART, extension::SUCCESSES, extension::CHOICES].contains(&key))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_the_escapes_of_a_uri_and_of_a_pointer() {
        let document = json!({"a": {"$b/c": {"title": "x"}}, "d": {"$ref": "#/a/%24b~1c"}});
        assert_eq!(resolve(&document, &document["d"]), Some(&json!({"title": "x"})));
        assert_eq!(local(&reference_at("/a/50%/%24")).as_deref(), Some("/a/50%/%24"));
    }

    #[test]
    fn finds_references_under_names_that_look_like_data() {
        let document = json!({
            "paths": {"/a": {"get": {"responses": {"default": {"$ref": "#/b"}, "200": {"headers": {"x-c": {"$ref": "#/c"}}}}}}},
        });
        let mut seen = Vec::new();
        references(&document, &mut |_, target| seen.push(target));
        assert_eq!(seen, ["#/b", "#/c"]);
    }

    #[test]
    fn tells_references_from_data_and_from_properties_called_so() {
        let document = json!({
            "components": {"schemas": {"A": {
                "properties": {"$ref": {"type": "string"}, "b": {"$ref": "#/b"}},
                "example": {"$ref": "#/no"}, "x-own": {"$ref": "#/no"}}}},
        });
        let mut seen = Vec::new();
        references(&document, &mut |pointer, target| seen.push((pointer.to_owned(), target)));
        assert_eq!(seen, [("/components/schemas/A/properties/b".to_owned(), "#/b")]);
    }
}

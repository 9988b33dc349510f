//! Where things are in an OpenAPI document: operations, schemas and references, each with its JSON pointer.
//!
//! The walkers know the shape of OpenAPI 3.0, so that a pass sees schemas alone and never mistakes an example or a
//! property that is called `schema` for one. They go over the document once and build pointers in one buffer.

use serde_json::{Map, Value};

/// The methods that a path item can hold, in the order in which the generator emits them.
pub const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Set by a pass on an operation with a multipart form: `{schema: …}`.
pub const MULTIPART: &str = "x-multipart";

/// Set by a pass on an operation whose success statuses have different shapes: `{"200": {schema: …}, "204": {}}`.
pub const SUCCESSES: &str = "x-successes";

/// Set by a pass on every operation: its error statuses, `{"400": {description: …, schema: "ErrorResponse"}}`.
pub const ERRORS: &str = "x-errors";

/// Set by a pass on an enum that may grow.
pub const OPEN_ENUM: &str = "x-open-enum";

/// Set by the overlay on an anonymous schema: what its type is called.
pub const TYPE_NAME: &str = "x-type-name";

/// Set by the overlay on a schema: whether it holds personal data or a secret.
pub const SENSITIVE: &str = "x-sensitive";

/// Set by the overlay on an operation: `safe` or `never`.
pub const RETRY: &str = "x-retry";

/// Set by the overlay on an operation: the `operationId` of the one that shows whether a call took effect.
pub const CHECK_WITH: &str = "x-check-with";

/// A JSON object.
pub type Object = Map<String, Value>;

/// `pointer` with one more token.
pub fn join(pointer: &str, token: &str) -> String {
    let mut joined = pointer.to_owned();
    push(&mut joined, token);
    joined
}

/// Puts one more token at the end of `pointer`.
pub fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    for c in token.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// Runs `f` with `token` at the end of `pointer`.
fn at<R>(pointer: &mut String, token: &str, f: impl FnOnce(&mut String) -> R) -> R {
    let length = pointer.len();
    push(pointer, token);
    let result = f(pointer);
    pointer.truncate(length);
    result
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

/// A reference to the component schema `name`.
pub fn reference_to(name: &str) -> Value {
    let mut object = Object::new();
    object.insert("$ref".to_owned(), Value::String(format!("#/components/schemas/{name}")));
    Value::Object(object)
}

/// Follows local references from `value` to what they stand for; a chain ends after as many steps as nothing sane needs.
pub fn resolve<'d>(document: &'d Value, mut value: &'d Value) -> Option<&'d Value> {
    for _ in 0..64 {
        match reference(value) {
            None => return Some(value),
            Some(target) => value = document.pointer(target.strip_prefix('#')?)?,
        }
    }
    None
}

/// The component schemas, if there are any.
pub fn components(document: &mut Value) -> Option<&mut Object> {
    document.get_mut("components")?.get_mut("schemas")?.as_object_mut()
}

/// The component schemas, made if there are none.
pub fn components_or_new(document: &mut Value) -> Option<&mut Object> {
    let components = document.as_object_mut()?.entry("components").or_insert_with(|| Value::Object(Object::new()));
    components.as_object_mut()?.entry("schemas").or_insert_with(|| Value::Object(Object::new())).as_object_mut()
}

/// An operation that a walker has come to.
#[derive(Debug, Clone, Copy)]
pub struct At<'w> {
    /// The path template.
    pub path: &'w str,
    /// The method, in lower case.
    pub method: &'w str,
    /// The operation's JSON pointer.
    pub pointer: &'w str,
}

/// Shows every operation to `f`.
pub fn operations<'d>(document: &'d Value, mut f: impl FnMut(At<'_>, &'d Value)) {
    let Some(paths) = document.get("paths").and_then(Value::as_object) else { return };
    for (path, item) in paths {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                let pointer = join(&join("/paths", path), method);
                f(At { path, method, pointer: &pointer }, operation);
            }
        }
    }
}

/// Shows every operation to `f`, to be changed.
pub fn operations_mut(document: &mut Value, mut f: impl FnMut(At<'_>, &mut Object)) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, item) in paths {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                let pointer = join(&join("/paths", path), method);
                f(At { path, method, pointer: &pointer }, operation);
            }
        }
    }
}

/// Shows every schema to `f`, the innermost first, with its pointer.
pub fn schemas_mut(document: &mut Value, f: &mut dyn FnMut(&mut Value, &str)) {
    if let Some(components) = document.get_mut("components") {
        let mut pointer = "/components".to_owned();
        each_in(components, "schemas", &mut pointer, &mut |schema, p| schema_mut(schema, p, f));
    }
    schemas_in_use_mut(document, f);
}

/// Shows every schema outside of `#/components/schemas` to `f`, the innermost first, with its pointer.
pub fn schemas_in_use_mut(document: &mut Value, f: &mut dyn FnMut(&mut Value, &str)) {
    let mut pointer = String::new();
    let Some(root) = document.as_object_mut() else { return };
    if let Some(components) = root.get_mut("components") {
        at(&mut pointer, "components", |p| {
            each_in(components, "parameters", p, &mut |parameter, p| holder_mut(parameter, p, f));
            each_in(components, "headers", p, &mut |header, p| holder_mut(header, p, f));
            each_in(components, "requestBodies", p, &mut |body, p| holder_mut(body, p, f));
            each_in(components, "responses", p, &mut |response, p| holder_mut(response, p, f));
        });
    }
    let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, item) in paths {
        at(&mut pointer, "paths", |p| {
            at(p, path, |p| {
                each_in(item, "parameters", p, &mut |parameter, p| holder_mut(parameter, p, f));
                for method in METHODS {
                    let Some(operation) = item.get_mut(method) else { continue };
                    at(p, method, |p| operation_schemas_mut(operation, p, f));
                }
            });
        });
    }
}

/// Shows the schemas of one operation. What the passes set aside for the generator's later stages holds schemas, too.
fn operation_schemas_mut(operation: &mut Value, pointer: &mut String, f: &mut dyn FnMut(&mut Value, &str)) {
    if let Some(form) = operation.get_mut(MULTIPART) {
        at(pointer, MULTIPART, |p| holder_mut(form, p, f));
    }
    each_in(operation, SUCCESSES, pointer, &mut |success, p| holder_mut(success, p, f));
    each_in(operation, "parameters", pointer, &mut |parameter, p| holder_mut(parameter, p, f));
    if let Some(body) = operation.get_mut("requestBody") {
        at(pointer, "requestBody", |p| holder_mut(body, p, f));
    }
    each_in(operation, "responses", pointer, &mut |response, p| holder_mut(response, p, f));
}

/// A parameter, a header, a request body or a response: what holds a schema, in itself or by media type.
fn holder_mut(holder: &mut Value, pointer: &mut String, f: &mut dyn FnMut(&mut Value, &str)) {
    if let Some(schema) = holder.get_mut("schema") {
        at(pointer, "schema", |p| schema_mut(schema, p, f));
    }
    each_in(holder, "content", pointer, &mut |media, p| {
        if let Some(schema) = media.get_mut("schema") {
            at(p, "schema", |p| schema_mut(schema, p, f));
        }
    });
    each_in(holder, "headers", pointer, &mut |header, p| holder_mut(header, p, f));
}

/// Shows `schema` and every schema within it to `f`, the innermost first.
pub fn schema_mut(schema: &mut Value, pointer: &mut String, f: &mut dyn FnMut(&mut Value, &str)) {
    each_in(schema, "properties", pointer, &mut |inner, p| schema_mut(inner, p, f));
    for key in ["allOf", "oneOf", "anyOf"] {
        each_in(schema, key, pointer, &mut |inner, p| schema_mut(inner, p, f));
    }
    for key in ["items", "additionalProperties", "not"] {
        if let Some(inner) = schema.get_mut(key).filter(|inner| inner.is_object()) {
            at(pointer, key, |p| schema_mut(inner, p, f));
        }
    }
    if schema.is_object() {
        f(schema, pointer);
    }
}

/// Shows every member of the object or array under `key`.
fn each_in(holder: &mut Value, key: &str, pointer: &mut String, f: &mut dyn FnMut(&mut Value, &mut String)) {
    let Some(members) = holder.get_mut(key) else { return };
    at(pointer, key, |p| match members {
        Value::Object(members) => members.iter_mut().for_each(|(name, member)| at(p, name, |p| f(member, p))),
        Value::Array(members) => {
            for (index, member) in members.iter_mut().enumerate() {
                at(p, &index.to_string(), |p| f(member, p));
            }
        }
        _ => {}
    });
}

/// Shows every `$ref` that is one, with the pointer of the object that holds it. Examples and extensions are data, not
/// references, and are passed over. One that is no string is shown as an empty one.
pub fn references<'d>(document: &'d Value, f: &mut dyn FnMut(&str, &'d str)) {
    fn go<'d>(value: &'d Value, pointer: &mut String, in_names: bool, f: &mut dyn FnMut(&str, &'d str)) {
        match value {
            Value::Object(object) => {
                if let Some(target) = object.get("$ref").filter(|_| !in_names) {
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

/// Whether the keys of what stands under `key` are names: a response is called `default`, a header `x-rate-limit`.
fn is_map(key: &str) -> bool {
    matches!(
        key,
        "properties" | "schemas" | "mapping" | "responses" | "headers" | "parameters" | "requestBodies" | "callbacks"
    )
}

/// Whether what stands under `key` is somebody's data and no part of the description.
fn is_data(key: &str) -> bool {
    matches!(key, "example" | "examples" | "default" | "enum")
        || (key.starts_with("x-") && key != MULTIPART && key != SUCCESSES)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shows_schemas_innermost_first_and_no_lookalike() {
        let mut document = json!({
            "components": {"schemas": {"A": {"properties": {"schema": {"items": {}}}, "example": {"schema": {}}}}},
            "paths": {"/a": {"parameters": [{"schema": {}}], "get": {
                "requestBody": {"content": {"x/y": {"schema": {"oneOf": [{}]}}}},
                "responses": {"200": {"headers": {"H": {"schema": {}}}}}}}},
        });
        let mut seen = Vec::new();
        schemas_mut(&mut document, &mut |_, pointer| seen.push(pointer.to_owned()));
        assert_eq!(
            seen,
            [
                "/components/schemas/A/properties/schema/items",
                "/components/schemas/A/properties/schema",
                "/components/schemas/A",
                "/paths/~1a/parameters/0/schema",
                "/paths/~1a/get/requestBody/content/x~1y/schema/oneOf/0",
                "/paths/~1a/get/requestBody/content/x~1y/schema",
                "/paths/~1a/get/responses/200/headers/H/schema",
            ]
        );
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

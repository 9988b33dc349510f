//! Every schema and every operation of a document; to change.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{
    METHODS, Object, extension, join, made_of,
    pointer::at,
    schema_name,
    visit::{LISTS, SINGLE, holds_schemas},
};

/// A reference to the component schema `name`.
pub fn reference_to(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The component schemas, if there are any.
pub fn components_mut(document: &mut Value) -> Option<&mut Object> {
    document.get_mut("components")?.get_mut("schemas")?.as_object_mut()
}

/// The component schemas, made if there are none.
pub fn components_or_new(document: &mut Value) -> Option<&mut Object> {
    let components = document.as_object_mut()?.entry("components").or_insert_with(|| Value::Object(Object::new()));
    components.as_object_mut()?.entry("schemas").or_insert_with(|| Value::Object(Object::new())).as_object_mut()
}

/// An operation that is to be changed.
#[derive(Debug)]
pub struct OperationMut<'w> {
    /// The path template.
    pub path: &'w str,
    /// The method, in lower case.
    pub method: &'static str,
    /// Its JSON pointer.
    pub pointer: String,
    /// What the document says of it.
    pub value: &'w mut Object,
}

/// Shows every operation to `f`, in the order of the document.
pub fn operations_mut(document: &mut Value, mut f: impl FnMut(OperationMut<'_>)) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, item) in paths {
        for method in METHODS {
            if let Some(value) = item.get_mut(method).and_then(Value::as_object_mut) {
                f(OperationMut { path, method, pointer: join(&join("/paths", path), method), value });
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

/// Shows every schema to `f`, as [`schemas_mut`] does, and beside it the document, to read: without the component or the
/// operation that the schema is in, and without the components that hold others. What a component is made of comes before
/// it, so that whatever is read of it has been changed already.
pub(crate) fn schemas_mut_beside(document: &mut Value, f: &mut dyn FnMut(&mut Value, &str, &Value)) {
    for name in parts_first(document) {
        let slot = |document: &mut Value, schema: Value| -> Option<Value> {
            Some(std::mem::replace(components_mut(document)?.get_mut(&name)?, schema))
        };
        let Some(mut schema) = slot(document, Value::Null) else { continue };
        let mut pointer = join("/components/schemas", &name);
        schema_mut(&mut schema, &mut pointer, &mut |schema, pointer| f(schema, pointer, document));
        slot(document, schema);
    }
    let mut rest = std::mem::take(document);
    let schemas = components_mut(&mut rest).map(std::mem::take);
    let beside = json!({"components": {"schemas": schemas}});
    schemas_in_use_mut(&mut rest, &mut |schema, pointer| f(schema, pointer, &beside));
    *document = rest;
    if let (Some(slot), Value::Object(schemas)) = (components_mut(document), take_schemas(beside)) {
        *slot = schemas;
    }
}

/// The names of the component schemas, each after those that it is made of.
fn parts_first(document: &Value) -> Vec<String> {
    let mut names = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    for (start, _) in super::components(document) {
        let mut open: Vec<(&str, bool)> = vec![(start, false)];
        while let Some((name, is_after_its_parts)) = open.pop() {
            if is_after_its_parts {
                names.push(name.to_owned());
            } else if seen.insert(name) {
                open.push((name, true));
                let parts = made_of(document, &join("#/components/schemas", name)).into_iter().filter_map(schema_name);
                open.extend(parts.map(|part| (part, false)));
            }
        }
    }
    names
}

fn take_schemas(mut document: Value) -> Value {
    document.pointer_mut("/components/schemas").map(Value::take).unwrap_or_default()
}

/// Shows every schema outside of `#/components/schemas` to `f`, the innermost first, with its pointer.
pub fn schemas_in_use_mut(document: &mut Value, f: &mut dyn FnMut(&mut Value, &str)) {
    let mut pointer = String::new();
    let Some(root) = document.as_object_mut() else { return };
    if let Some(components) = root.get_mut("components") {
        at(&mut pointer, "components", |p| {
            for key in ["parameters", "headers", "requestBodies", "responses"] {
                each_in(components, key, p, &mut |holder, p| holder_mut(holder, p, f));
            }
        });
    }
    let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, item) in paths {
        at(&mut pointer, "paths", |p| {
            at(p, path, |p| {
                each_in(item, "parameters", p, &mut |parameter, p| holder_mut(parameter, p, f));
                for method in METHODS {
                    let Some(operation) = item.get_mut(method) else { continue };
                    at(p, method, |p| operation_mut(operation, p, f));
                }
            });
        });
    }
}

/// Shows the schemas of one operation. What the passes have set aside for later stages holds schemas, too.
fn operation_mut(operation: &mut Value, pointer: &mut String, f: &mut dyn FnMut(&mut Value, &str)) {
    for key in [extension::MULTIPART, "requestBody"] {
        if let Some(holder) = operation.get_mut(key) {
            at(pointer, key, |p| holder_mut(holder, p, f));
        }
    }
    for key in [extension::SUCCESSES, "parameters", "responses"] {
        each_in(operation, key, pointer, &mut |holder, p| holder_mut(holder, p, f));
    }
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
pub(crate) fn schema_mut(schema: &mut Value, pointer: &mut String, f: &mut dyn FnMut(&mut Value, &str)) {
    if !schema.is_object() {
        return;
    }
    if holds_schemas(schema) {
        for key in ["properties"].into_iter().chain(LISTS) {
            each_in(schema, key, pointer, &mut |inner, p| schema_mut(inner, p, f));
        }
        for key in SINGLE {
            if let Some(inner) = schema.get_mut(key).filter(|inner| inner.is_object()) {
                at(pointer, key, |p| schema_mut(inner, p, f));
            }
        }
    }
    f(schema, pointer);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_schemas_innermost_first_and_no_lookalike() {
        let mut document = json!({
            "components": {"schemas": {"A": {"properties": {"schema": {"items": {}}}, "example": {"schema": {}}}}},
            "paths": {"/a": {"parameters": [{"schema": {}}], "get": {
                "requestBody": {"content": {"x/y": {"schema": {"oneOf": [{}]}}}},
                "responses": {"200": {"headers": {"H": {"schema": {}}}}}}}},
        });
        let before = document.clone();
        let expected = [
            "/components/schemas/A/properties/schema/items",
            "/components/schemas/A/properties/schema",
            "/components/schemas/A",
            "/paths/~1a/parameters/0/schema",
            "/paths/~1a/get/requestBody/content/x~1y/schema/oneOf/0",
            "/paths/~1a/get/requestBody/content/x~1y/schema",
            "/paths/~1a/get/responses/200/headers/H/schema",
        ];
        let mut seen = Vec::new();
        schemas_mut(&mut document, &mut |_, pointer| seen.push(pointer.to_owned()));
        assert_eq!(seen, expected);
        let mut seen = Vec::new();
        schemas_mut_beside(&mut document, &mut |_, pointer, _| seen.push(pointer.to_owned()));
        assert_eq!(seen, expected);
        assert_eq!(document, before);
    }

    #[test]
    fn shows_the_rest_of_the_document_without_what_is_being_changed() {
        let mut document = json!({"components": {"schemas": {"A": {"title": "a"}, "B": {"title": "b"}}}});
        schemas_mut_beside(&mut document, &mut |schema, _, rest| {
            let others: Vec<&str> = super::super::components(rest).filter_map(|(_, s)| s["title"].as_str()).collect();
            schema["beside"] = others.into();
        });
        let schemas = &document["components"]["schemas"];
        assert_eq!((&schemas["A"]["beside"], &schemas["B"]["beside"]), (&json!(["b"]), &json!(["a"])));
    }
}

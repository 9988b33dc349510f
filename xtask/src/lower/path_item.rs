//! Path items behind references.
//!
//! ```yaml
//! # before                          # after
//! /a:                               /a:
//!   get: {operationId: getA, …}       get: {operationId: getA, …}
//! /b:                               /b:
//!   $ref: '#/paths/~1a'               get: {…}
//! ```
//!
//! What stands beside the reference holds as well. An `operationId` that is another path's already is left out, so that
//! the operation is named for its method and path.

use std::collections::HashSet;

use serde_json::Value;

use super::Report;
use crate::{
    defect::Defect,
    openapi::{METHODS, Object, join, local, reference, resolve},
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let items = || document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let referring = items().filter(|(_, item)| reference(item).is_some());
    let open: Vec<String> = referring.map(|(path, _)| join("/paths", path)).collect();
    let written =
        items().flat_map(|(_, item)| METHODS.iter().filter_map(|method| item.get(method)?["operationId"].as_str()));
    let mut ids: HashSet<String> = written.map(str::to_owned).collect();
    for start in open {
        // Each after the one that it refers to. The checks have refused circles.
        let mut trail = vec![start];
        while let Some(pointer) = trail.last() {
            let Some(target) = document.pointer(pointer).and_then(reference).and_then(local) else {
                trail.pop();
                continue;
            };
            let (pointer, target) = (pointer.clone(), target.into_owned());
            if document.pointer(&target).and_then(reference).is_some() {
                trail.push(target);
                continue;
            }
            write_out(document, &pointer, &target, &mut ids, report);
            trail.pop();
        }
    }
}

/// Writes what is at `target` out in the path item at `pointer`.
fn write_out(document: &mut Value, pointer: &str, target: &str, ids: &mut HashSet<String>, report: &mut Report) {
    let shared = document.pointer(target).and_then(Value::as_object).cloned().unwrap_or_default();
    let known = |parameter: &Value| -> Option<(Value, Value)> {
        let parameter = resolve(document, parameter)?;
        Some((parameter.get("name")?.clone(), parameter.get("in")?.clone()))
    };
    let mut item = document.pointer(pointer).and_then(Value::as_object).cloned().unwrap_or_default();
    item.shift_remove("$ref");
    report.note(pointer, format!("path item written out as it is at `{target}`"));
    let is_path = pointer.starts_with("/paths/");
    for (key, value) in shared {
        let is_method = METHODS.contains(&key.as_str());
        match item.get_mut(&key) {
            None => drop(item.insert(key.clone(), value)),
            Some(Value::Array(own)) if key == "parameters" => {
                let names: Vec<_> = own.iter().map(known).collect();
                own.extend(value.as_array().into_iter().flatten().filter(|one| !names.contains(&known(one))).cloned());
                continue;
            }
            Some(own) if is_method && *own != value => {
                let problem = format!("`{key}` is here and in the path item that is referred to");
                report.defect(Defect::new(
                    join(pointer, &key),
                    problem,
                    "remove one of the two with an overlay action",
                ));
                continue;
            }
            Some(_) => continue,
        }
        if let Some(operation) = item.get_mut(&key).and_then(Value::as_object_mut).filter(|_| is_method && is_path) {
            name_apart(operation, &join(pointer, &key), ids, report);
        }
    }
    if let Some(slot) = document.pointer_mut(pointer) {
        *slot = Value::Object(item);
    }
}

fn name_apart(operation: &mut Object, pointer: &str, ids: &mut HashSet<String>, report: &mut Report) {
    let Some(id) = operation.get("operationId").and_then(Value::as_str).map(str::to_owned) else { return };
    if !ids.insert(id.clone()) {
        operation.shift_remove("operationId");
        report.note(pointer, format!("`{id}` is the operation of another path; this one is named for its own"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check, *};

    #[test]
    fn follows_chains_and_keeps_what_stands_beside_the_reference() {
        let get = json!({"operationId": "getA", "responses": {}});
        let named = |name: &str| json!({"name": name, "in": "query"});
        let notes = check(
            run,
            json!({"paths": {
                "/c": {"$ref": "#/paths/~1b"},
                "/b": {"$ref": "#/paths/~1a", "parameters": [named("x")], "put": {"responses": {}}},
                "/a": {"get": get, "parameters": [named("x"), named("y")]}, "/x": {"$ref": "#/x-items/only"}},
                "x-items": {"only": {"get": {"operationId": "only"}}}}),
            &json!({"paths": {
                "/c": {"parameters": [named("x"), named("y")], "put": {"responses": {}}, "get": {"responses": {}}},
                "/b": {"parameters": [named("x"), named("y")], "put": {"responses": {}}, "get": {"responses": {}}},
                "/a": {"get": get, "parameters": [named("x"), named("y")]},
                "/x": {"get": {"operationId": "only"}}}, "x-items": {"only": {"get": {"operationId": "only"}}}}),
        );
        assert_eq!(notes[1], "/paths/~1b/get: `getA` is the operation of another path; this one is named for its own");
    }

    #[test]
    fn refuses_a_method_that_is_there_twice() {
        let mut report = Report::default();
        let mut document =
            json!({"paths": {"/a": {"get": {"summary": "a"}}, "/b": {"$ref": "#/paths/~1a", "get": {}}}});
        run(&mut document, &mut report);
        assert_eq!(report.defects.len(), 1);
        assert_eq!(report.defects[0].place, "/paths/~1b/get");
    }
}

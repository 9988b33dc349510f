//! Path parameters that the template lacks, and the reverse.
//!
//! A name in the template without a parameter gets one, a string. A path parameter without a place in the template has
//! no way to travel in the path; it is sent in the query, which is a guess, and the report says so.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::Report;
use crate::{
    defect::Defect,
    openapi::{OperationMut, Place, join, operations, operations_mut, placeholders},
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    // Parameters of a path item hold for each of its operations: seen before the operations are changed.
    let listed = |holder: &Place<'_>| -> Vec<Value> {
        let list = holder.get("parameters");
        list.iter().flat_map(Place::elements).map(|place| place.resolved(document).value.clone()).collect()
    };
    let found: Vec<_> =
        operations(document).map(|operation| (listed(&operation.place), listed(&operation.item))).collect();
    let mut found = found.into_iter();
    operations_mut(document, |operation| {
        let (own, shared) = found.next().unwrap_or_default();
        agree(operation, &own, &shared, report);
    });
}

const REMEDY: &str = "write each parameter of the path as `{name}`, and a query as parameters in the query";

fn agree(operation: OperationMut<'_>, own: &[Value], shared: &[Value], report: &mut Report) {
    let names = match names(operation.path) {
        Ok(names) => names,
        Err(problem) => {
            let place = join("/paths", operation.path);
            return report.defect(Defect::new(place, problem, REMEDY));
        }
    };
    if operation.path.contains('#') {
        report
            .note(&operation.pointer, "what follows the `#` in the path is never sent; it tells operations apart here");
    }
    let in_path = |parameter: &&Value| parameter["in"] == "path";
    let is = |parameter: &Value, name: &str| parameter["name"] == name;
    for name in &names {
        if own.iter().chain(shared).filter(in_path).any(|parameter| is(parameter, name)) {
            continue;
        }
        let parameter = json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
        let list = operation.value.entry("parameters").or_insert_with(|| Value::Array(Vec::new()));
        if let Some(list) = list.as_array_mut() {
            list.push(parameter);
        }
        report.note(&operation.pointer, format!("path parameter `{name}` is in the template only; taken for a string"));
    }
    let is_stray = |parameter: &&Value| in_path(parameter) && !names.iter().any(|name| is(parameter, name));
    for (index, parameter) in own.iter().enumerate().filter(|(_, parameter)| is_stray(parameter)) {
        let name = parameter["name"].as_str().unwrap_or_default();
        let mut moved = parameter.clone();
        moved["in"] = "query".into();
        if let Some(object) = moved.as_object_mut() {
            object.shift_remove("style");
        }
        if let Some(slot) = operation.value.get_mut("parameters").and_then(|list| list.get_mut(index)) {
            *slot = moved;
        }
        let place = join(&join(&operation.pointer, "parameters"), &index.to_string());
        report.note(place, format!("path parameter `{name}` has no place in the path; sent in the query, a guess"));
    }
    for parameter in shared.iter().filter(is_stray) {
        let name = parameter["name"].as_str().unwrap_or_default();
        let place = join(&join("/paths", operation.path), "parameters");
        let problem = format!("path parameter `{name}` of all operations here has no place in the path");
        report.defect(Defect::new(place, problem, "add it to the path, or remove it with an overlay action"));
    }
    // The typed model wants what the specification demands in any case.
    for parameter in operation.value.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        if parameter["in"] == "path" && parameter["required"] != true {
            parameter["required"] = true.into();
            report.note(&operation.pointer, format!("path parameter {} made required", parameter["name"]));
        }
    }
}

/// The parameter names of a path template, each of them once.
fn names(path: &str) -> Result<Vec<&str>, &'static str> {
    if path.split('#').next().is_some_and(|sent| sent.contains('?')) {
        return Err("a `?` in the path, where a query can't be told from the path");
    }
    if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err("a step in the path, which would call another one");
    }
    let mut names = placeholders(path).map_err(|slip| slip.problem)?;
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(*name));
    Ok(names)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check, *};

    fn document(path: &str, parameters: Value) -> Value {
        json!({"paths": {path: {"delete": {"parameters": parameters}}}})
    }

    fn parameter(name: &str, place: &str) -> Value {
        json!({"name": name, "in": place, "required": true, "schema": {"type": "string"}})
    }

    #[test]
    fn sends_a_parameter_without_a_place_in_the_query_and_says_so() {
        let notes = check(
            run,
            document("/u/{id}", json!([parameter("id", "path"), parameter("key", "path")])),
            &document("/u/{id}", json!([parameter("id", "path"), parameter("key", "query")])),
        );
        assert_eq!(
            notes,
            [
                "/paths/~1u~1{id}/delete/parameters/1: path parameter `key` has no place in the path; sent in the query, a guess"
            ]
        );
    }

    #[test]
    fn declares_a_parameter_that_only_the_template_has() {
        let notes = check(run, document("/u/{id}", json!([])), &document("/u/{id}", json!([parameter("id", "path")])));
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn refuses_a_template_that_is_none() {
        for path in ["/u/{id", "/u/id}", "/u/{}", "/{a/b}", "/{{a}}", "/u/../{a}", "/u?a={a}"] {
            let mut report = Report::default();
            run(&mut document(path, json!([])), &mut report);
            assert_eq!(report.defects.len(), 1, "{path}");
        }
    }
}

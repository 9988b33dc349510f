//! Path parameters that the template lacks, and the reverse.
//!
//! A name in the template without a parameter gets one, a string. A path parameter without a place in the template has
//! no way to travel in the path; it is sent in the query, which is a guess, and the report says so.

use serde_json::{Value, json};

use super::Report;
use crate::{
    defect::Defect,
    walk::{self, At, Object, join},
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    // Parameters of a path item hold for each of its operations: seen before the operations are changed.
    let shared: Vec<(String, Vec<Value>)> = (document.get("paths").and_then(Value::as_object).into_iter().flatten())
        .map(|(path, item)| (path.clone(), parameters(document, item)))
        .collect();
    let own: Vec<Vec<Value>> = {
        let mut own = Vec::new();
        walk::operations(document, |_, operation| own.push(parameters(document, operation)));
        own
    };
    let mut own = own.into_iter();
    walk::operations_mut(document, |at, operation| {
        let own = own.next().unwrap_or_default();
        let shared = shared.iter().find(|(path, _)| path == at.path).map_or(&[][..], |(_, list)| list.as_slice());
        agree(at, operation, &own, shared, report);
    });
}

/// The parameters of an operation or a path item, references followed.
fn parameters(document: &Value, holder: &Value) -> Vec<Value> {
    let list = holder.get("parameters").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .map(|parameter| walk::resolve(document, parameter).cloned().unwrap_or_default())
        .collect()
}

fn agree(at: At<'_>, operation: &mut Object, own: &[Value], shared: &[Value], report: &mut Report) {
    let names = match names(at.path) {
        Ok(names) => names,
        Err(problem) => {
            let place = join("/paths", at.path);
            return report.defect(Defect::new(place, problem, "write each parameter of the path as `{name}`"));
        }
    };
    let in_path = |parameter: &&Value| parameter["in"] == "path";
    let is = |parameter: &Value, name: &str| parameter["name"] == name;
    for name in &names {
        if own.iter().chain(shared).filter(in_path).any(|parameter| is(parameter, name)) {
            continue;
        }
        let parameter = json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
        let list = operation.entry("parameters").or_insert_with(|| Value::Array(Vec::new()));
        if let Some(list) = list.as_array_mut() {
            list.push(parameter);
        }
        report.note(at.pointer, format!("path parameter `{name}` is in the template only; taken for a string"));
    }
    let is_stray = |parameter: &&Value| in_path(parameter) && !names.iter().any(|name| is(parameter, name));
    for (index, parameter) in own.iter().enumerate().filter(|(_, parameter)| is_stray(parameter)) {
        let name = parameter["name"].as_str().unwrap_or_default();
        let mut moved = parameter.clone();
        moved["in"] = "query".into();
        if let Some(object) = moved.as_object_mut() {
            object.shift_remove("style");
        }
        if let Some(slot) = operation.get_mut("parameters").and_then(|list| list.get_mut(index)) {
            *slot = moved;
        }
        let place = join(&join(at.pointer, "parameters"), &index.to_string());
        report.note(place, format!("path parameter `{name}` has no place in the path; sent in the query, a guess"));
    }
    for parameter in shared.iter().filter(is_stray) {
        let name = parameter["name"].as_str().unwrap_or_default();
        let place = join(&join("/paths", at.path), "parameters");
        let problem = format!("path parameter `{name}` of all operations here has no place in the path");
        report.defect(Defect::new(place, problem, "add it to the path, or remove it with an overlay action"));
    }
    // The typed model wants what the specification demands in any case.
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        if parameter["in"] == "path" && parameter["required"] != true {
            parameter["required"] = true.into();
            report.note(at.pointer, format!("path parameter {} made required", parameter["name"]));
        }
    }
}

/// The parameter names of a path template.
fn names(path: &str) -> Result<Vec<&str>, &'static str> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(open) = rest.find(['{', '}']) {
        if rest.as_bytes().get(open) == Some(&b'}') {
            return Err("a `}` in the path closes nothing");
        }
        let inner = rest.get(open + 1..).unwrap_or_default();
        let close = inner.find(['{', '}', '/']).filter(|close| inner.as_bytes().get(*close) == Some(&b'}'));
        let Some(close) = close else { return Err("a `{` in the path is not closed") };
        match inner.get(..close) {
            None | Some("") => return Err("a parameter in the path has no name"),
            Some(name) if names.contains(&name) => return Err("a parameter is twice in the path"),
            Some(name) => names.push(name),
        }
        rest = inner.get(close + 1..).unwrap_or_default();
    }
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
        for path in ["/u/{id", "/u/id}", "/u/{}", "/{a}/{a}", "/{a/b}", "/{{a}}"] {
            let mut report = Report::default();
            run(&mut document(path, json!([])), &mut report);
            assert_eq!(report.defects.len(), 1, "{path}");
        }
    }
}

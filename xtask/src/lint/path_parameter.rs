//! Path parameters against path templates, and parameters against each other.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{
    places::Places,
    report::{Findings, quoted},
};
use crate::openapi::{Place, join};

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    // The operations of one path follow each other.
    for operations in places.operations.chunk_by(|a, b| a.path == b.path) {
        let path = operations[0].path;
        let pointer = join("/paths", path);
        let names = operations[0].placeholders();
        let mut twice = HashSet::new();
        for name in names.iter().filter(|name| !twice.insert(**name)) {
            let problem = format!("the template has {} twice", quoted(name));
            findings.add(&pointer, problem, "give each place a parameter of its own");
        }
        let shared = declared(places, &operations[0].item, &names, findings);
        for operation in operations {
            let own = declared(places, &operation.place, &names, findings);
            for name in &names {
                if !shared.contains(name) && !own.contains(name) {
                    let problem = format!("the template has {}, which no path parameter declares", quoted(name));
                    findings.add(operation.pointer(), problem, "declare the parameter, or correct the template");
                }
            }
        }
    }
}

/// The path parameters that `holder`, a path item or an operation, declares.
fn declared<'d>(places: &Places<'d>, holder: &Place<'d>, names: &[&str], findings: &mut Findings) -> HashSet<&'d str> {
    let mut in_path = HashSet::new();
    let mut all: HashMap<(&str, &str), String> = HashMap::new();
    for listed in holder.get("parameters").iter().flat_map(Place::elements) {
        let pointer = listed.pointer();
        let parameter = listed.resolved(places.document);
        let (Some(name), Some(place)) = (parameter.text("name"), parameter.text("in")) else { continue };
        if let Some(first) = all.insert((name, place), pointer.clone()) {
            let problem = format!("the {place} parameter {} is declared twice", quoted(name));
            findings.add_with(&pointer, vec![first], problem, "declare it once");
        } else if place == "path" {
            if !names.contains(&name) {
                let problem = format!("the path parameter {} has no place in the template", quoted(name));
                findings.add(&pointer, problem, "add it to the template, or say where else it is sent");
            }
            if parameter.value.get("required") != Some(&Value::Bool(true)) {
                let problem = format!("the path parameter {} is not marked `required: true`", quoted(name));
                findings.add(&pointer, problem, "mark it: a path without it is another path");
            }
        }
        if place == "path" {
            in_path.insert(name);
        }
    }
    in_path
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(paths: Value, expected: &[&str]) {
        assert_eq!(super::super::found("path-parameter", json!({"paths": paths})), expected);
    }

    fn parameter(name: &str) -> Value {
        json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
    }

    #[test]
    fn templates_and_parameters_agree() {
        check(
            json!({"/a/{x}/{y}": {"get": {"responses": {}, "parameters": [parameter("x"), parameter("z")]}}}),
            &[
                "/paths/~1a~1{x}~1{y}/get/parameters/1: the path parameter `z` has no place in the template",
                "/paths/~1a~1{x}~1{y}/get: the template has `y`, which no path parameter declares",
            ],
        );
    }

    #[test]
    fn parameters_of_the_path_count_for_its_operations_and_are_judged_once() {
        check(
            json!({"/a/{x}": {"parameters": [parameter("x"), parameter("y")],
                "get": {"responses": {}}, "put": {"responses": {}, "parameters": [parameter("x")]}}}),
            &["/paths/~1a~1{x}/parameters/1: the path parameter `y` has no place in the template"],
        );
    }

    #[test]
    fn a_parameter_is_required_and_declared_once() {
        let optional = json!({"name": "x", "in": "path", "schema": {}});
        let query = json!({"name": "x", "in": "query"});
        check(
            json!({"/a/{x}": {"get": {"responses": {}, "parameters": [optional, parameter("x"), query]}}}),
            &[
                "/paths/~1a~1{x}/get/parameters/0: the path parameter `x` is not marked `required: true`",
                "/paths/~1a~1{x}/get/parameters/1: the path parameter `x` is declared twice",
            ],
        );
    }
}

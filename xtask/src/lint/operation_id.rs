//! `operationId`s: every operation has one, no two have the same, and none loses its method to another.

use std::collections::HashMap;

use super::{
    places::Places,
    report::{Findings, quoted},
};
use crate::{names, openapi::join};

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    let mut by_name: HashMap<String, (&str, String)> = HashMap::new();
    for operation in &places.operations {
        let pointer = join(&operation.pointer(), "operationId");
        match operation.value().get("operationId") {
            None => {
                let remedy = "give it an `operationId`; without one a method is named for method and path";
                findings.add(operation.pointer(), "the operation has no `operationId`", remedy);
                continue;
            }
            Some(id) if id.as_str().is_none_or(|id| id.trim().is_empty()) => {
                findings.add(pointer, "`operationId` is empty or not a string", "give the operation a name");
                continue;
            }
            Some(_) => {}
        }
        let Some(id) = operation.id() else { continue };
        let name = names::snake(id);
        let Some((first, at)) = by_name.get(&name) else {
            by_name.insert(name, (id, pointer));
            continue;
        };
        let problem = if *first == id {
            format!("`operationId` {} is given twice", quoted(first))
        } else {
            format!("{} and {} make the same method, {}", quoted(id), quoted(first), quoted(&name))
        };
        findings.add_with(pointer, vec![at.clone()], problem, "give each operation a name of its own");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[track_caller]
    fn check(ids: &[Value], expected: &[&str]) {
        let operation = |id: &Value| {
            let mut operation = json!({"responses": {}});
            if !id.is_null() {
                operation["operationId"] = id.clone();
            }
            operation
        };
        let item = |(index, id)| (format!("/{index}"), json!({"get": operation(id)}));
        let paths: serde_json::Map<_, _> = ids.iter().enumerate().map(item).collect();
        assert_eq!(super::super::found("operation-id", json!({"paths": paths})), expected);
    }

    #[test]
    fn ids_are_there_and_different() {
        check(
            &[json!(null), json!(" "), json!(1), json!("a"), json!("a")],
            &[
                "/paths/~10/get: the operation has no `operationId`",
                "/paths/~11/get/operationId: `operationId` is empty or not a string",
                "/paths/~12/get/operationId: `operationId` is empty or not a string",
                "/paths/~14/get/operationId: `operationId` `a` is given twice",
            ],
        );
    }

    #[test]
    fn ids_that_differ_in_case_alone_make_one_method() {
        check(
            &[json!("getUser"), json!("get_user"), json!("getUsers")],
            &["/paths/~11/get/operationId: `get_user` and `getUser` make the same method, `get_user`"],
        );
    }
}

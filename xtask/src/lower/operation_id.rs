//! Operations without an `operationId`.
//!
//! `GET /api/v1/partner/liquidity` becomes `getPartnerLiquidity`: the method and the words of the path, without the
//! `api` and version in front and with parameters as `By…`.

use std::collections::HashMap;

use serde_json::Value;

use super::Report;
use crate::{
    defect::Defect,
    names,
    openapi::{join, operations, operations_mut},
};

/// What the client is made of already.
const OWN: [&str; 4] = ["call", "new", "new_with_client", "transport"];

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let mut taken: HashMap<String, String> = HashMap::new();
    for operation in operations(document) {
        let Some(id) = operation.value().get("operationId").and_then(Value::as_str) else { continue };
        let place = join(&operation.pointer(), "operationId");
        if let Some(first) = taken.insert(names::snake(id), operation.pointer()) {
            let problem = format!("`{id}` makes the same method name as the operation at {first}");
            let remedy = "give one of them another operationId with an overlay action";
            report.defect(Defect::new(&place, problem, remedy));
        }
        if OWN.contains(&names::snake(id).as_str()) {
            let problem = format!("`{id}` makes the name of a method that the client has itself");
            let remedy = "give it another operationId with an overlay action";
            report.defect(Defect::new(place, problem, remedy));
        }
    }
    operations_mut(document, |operation| {
        if operation.value.get("operationId").is_some_and(Value::is_string) {
            return;
        }
        let named = name(operation.method, operation.path);
        let mut id = named.clone();
        for number in 2.. {
            if !taken.contains_key(&names::snake(&id)) {
                break;
            }
            id = format!("{named}{number}");
        }
        report.note(&operation.pointer, format!("named `{id}` for its method and path"));
        operation.value.insert("operationId".to_owned(), id.clone().into());
        taken.insert(names::snake(&id), operation.pointer);
    });
}

pub(super) fn name(method: &str, path: &str) -> String {
    let is_version = |segment: &str| {
        segment.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut id = method.to_owned();
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    for segment in segments.skip_while(|segment| *segment == "api" || is_version(segment)) {
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(parameter) => id += &format!("By{}", names::pascal(parameter)),
            None => id += &names::pascal(segment),
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check, *};

    #[test]
    fn names_an_operation_for_its_method_and_path() {
        assert_eq!(name("get", "/api/v1/partner/liquidity"), "getPartnerLiquidity");
        assert_eq!(name("delete", "/users/{user_uuid}/payment-details"), "deleteUsersByUserUuidPaymentDetails");
        assert_eq!(name("get", "/"), "get");
    }

    #[test]
    fn takes_no_name_twice() {
        let with = |ids: [Value; 2]| json!({"paths": {"/a": {"get": ids[0]}, "/v1/a": {"get": ids[1]}}});
        let id = |id: &str| json!({"operationId": id});
        let notes = check(run, with([id("getA"), json!({})]), &with([id("getA"), id("getA2")]));
        assert_eq!(notes, ["/paths/~1v1~1a/get: named `getA2` for its method and path"]);
    }

    #[test]
    fn refuses_ids_whose_method_names_are_taken() {
        let operation = |id: &str| json!({"operationId": id});
        let mut document = json!({"paths": {
            "/a": {"get": operation("getA"), "put": operation("get_a")}, "/b": {"get": operation("new")}}});
        let mut report = Report::default();
        run(&mut document, &mut report);
        assert_eq!(report.defects.len(), 2);
    }
}

//! Mutants of operations, unions and the document: each is one edit, and one line in the report.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use xtask::{
    diff::{
        Direction::{self, None as Outside, Request, Response},
        Rule,
        Verdict::{self, Break, Ok},
    },
    openapi,
};

use super::{
    mutants::{Expected, Mutant, edited, run},
    users,
};

type Case = (&'static str, Mutant, Vec<Expected>);

/// Cases that are being made: one document, and what is said of each edit.
struct Cases {
    document: Value,
    made: Vec<Case>,
}

impl Cases {
    /// One edit at `pointer`, with the rule, direction, wire and source verdict of the one change that it is.
    fn one(
        &mut self,
        kind: &'static str,
        pointer: &str,
        edit: impl FnOnce(&mut Value),
        (rule, direction, wire, source): (Rule, Direction, Verdict, Verdict),
        operations: &[&str],
    ) {
        let new = edited(&self.document, pointer, edit);
        let mutant = Mutant { name: format!("{kind} at {pointer}"), old: self.document.clone(), new };
        self.made.push((kind, mutant, vec![Expected::new(rule, direction, operations, wire, source)]));
    }

    /// The opposite edit: from the mutant back to the document.
    fn back(&mut self, kind: &'static str, (rule, direction, wire, source): (Rule, Direction, Verdict, Verdict)) {
        let (_, mutant, expected) = self.made.last().expect("an edit to take back");
        let operations: Vec<&str> = expected[0].operations.iter().map(String::as_str).collect();
        let expected = Expected::new(rule, direction, &operations, wire, source);
        let back =
            Mutant { name: format!("{kind}: {}", mutant.name), old: mutant.new.clone(), new: mutant.old.clone() };
        self.made.push((kind, back, vec![expected]));
    }
}

/// Renames a member, in its place.
fn rename(object: &mut Value, from: &str, to: &str) {
    let members = object.as_object_mut().expect("an object");
    let renamed = std::mem::take(members).into_iter().map(|(key, value)| match key == from {
        true => (to.to_owned(), value),
        false => (key, value),
    });
    *members = renamed.collect();
}

fn remove(object: &mut Value, name: &str) {
    object.as_object_mut().expect("an object").shift_remove(name).expect("a member");
}

fn operations(document: &Value) -> Vec<(String, String, String, Value)> {
    let mut found = Vec::new();
    for operation in openapi::operations(document) {
        let id = operation.id().expect("an id").to_owned();
        found.push((id, operation.path.to_owned(), operation.method.to_owned(), operation.value().clone()));
    }
    found
}

#[test]
fn every_mutant_of_an_operation_is_reported_as_what_it_is() {
    let document = users();
    let mut cases = Cases { document: document.clone(), made: Vec::new() };
    let mut on_path: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, path, ..) in operations(&document) {
        on_path.entry(path).or_default().push(id);
    }
    for (path, ids) in &on_path {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let moved = format!("{path}/moved");
        let verdict = (Rule::PathChanged, Request, Break, Ok);
        cases.one("path", "/paths", |paths| rename(paths, path, &moved), verdict, &ids);
        if path.contains("{user_uuid}") {
            path_parameter(&mut cases, path, &ids);
        }
    }
    for (id, path, method, operation) in operations(&document) {
        let item = openapi::join("/paths", &path);
        let place = openapi::join(&item, &method);
        let ids = [id.as_str()];
        let other = if document.pointer(&openapi::join(&item, "put")).is_none() { "put" } else { "trace" };
        cases.one(
            "method",
            &item,
            |item| rename(item, &method, other),
            (Rule::MethodChanged, Request, Break, Ok),
            &ids,
        );
        let renamed = format!("{id}Renamed");
        let verdict = (Rule::OperationIdChanged, Outside, Ok, Break);
        cases.one("operationId", &place, |op| op["operationId"] = json!(renamed), verdict, &[&renamed]);
        cases.one(
            "remove operation",
            &item,
            |item| remove(item, &method),
            (Rule::OperationRemoved, Outside, Break, Break),
            &ids,
        );
        cases.back("add operation", (Rule::OperationAdded, Outside, Ok, Ok));
        cases.one("deprecate", &place, |op| op["deprecated"] = json!(true), (Rule::Deprecated, Outside, Ok, Ok), &ids);
        cases.back("undeprecate", (Rule::Undeprecated, Outside, Ok, Ok));
        cases.one("security", &place, |op| op["security"] = json!([]), (Rule::SecurityLifted, Request, Ok, Ok), &ids);
        cases.back("security", (Rule::SecurityRequired, Request, Break, Ok));
        let both = json!([{"ApiKeyAuth": [], "OtherKey": []}]);
        cases.one("security", &place, |op| op["security"] = both, (Rule::SecurityChanged, Request, Break, Ok), &ids);
        let either = json!([{"ApiKeyAuth": []}, {"OtherKey": []}]);
        cases.one("security", &place, |op| op["security"] = either, (Rule::SecurityChanged, Request, Ok, Ok), &ids);
        cases.back("security", (Rule::SecurityChanged, Request, Break, Ok));
        body(&mut cases, &place, &operation, &ids);
        statuses(&mut cases, &place, &operation, &ids);
        parameters(&mut cases, &place, &operation, &ids);
    }
    let kinds = [
        "path",
        "path parameter",
        "method",
        "operationId",
        "remove operation",
        "add operation",
        "security",
        "status",
        "remove status",
        "add status",
        "media type",
        "remove media type",
        "add media type",
        "remove content",
        "add content",
        "remove body",
        "add body",
        "body optional",
        "body required",
        "remove parameter",
        "add parameter",
        "rename parameter",
        "require parameter",
        "move parameter",
        "serialization",
    ];
    run(cases.made, &kinds);
}

/// Renames the first path parameter, in the template and in its declarations: one change for each operation on the path.
fn path_parameter(cases: &mut Cases, path: &str, ids: &[&str]) {
    let mut new = cases.document.clone();
    let item = new.pointer_mut(&openapi::join("/paths", path)).expect("a path");
    for operation in item.as_object_mut().expect("a path item").values_mut() {
        for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
            if parameter["name"] == "user_uuid" {
                parameter["name"] = json!("id");
            }
        }
    }
    rename(&mut new["paths"], path, &path.replace("{user_uuid}", "{id}"));
    let expected = ids.iter().map(|id| Expected::new(Rule::PathParameterRenamed, Request, &[id], Ok, Ok));
    let mutant = Mutant { name: format!("path parameter of {path}"), old: cases.document.clone(), new };
    cases.made.push(("path parameter", mutant, expected.collect()));
}

fn body(cases: &mut Cases, place: &str, operation: &Value, ids: &[&str]) {
    let Some(body) = operation.get("requestBody") else { return };
    assert_eq!(body["required"], true, "the expectations below are those of a required body");
    cases.one(
        "remove body",
        place,
        |op| remove(op, "requestBody"),
        (Rule::RequiredBodyRemoved, Request, Break, Break),
        ids,
    );
    cases.back("add body", (Rule::RequiredBodyAdded, Request, Break, Break));
    let at = openapi::join(place, "requestBody");
    cases.one("body optional", &at, |body| remove(body, "required"), (Rule::BodyOptional, Request, Ok, Ok), ids);
    cases.back("body required", (Rule::BodyRequired, Request, Break, Break));
    media_types(cases, &at, body, (Request, Break), ids);
}

/// An error response has no generated type: nothing in source breaks.
fn media_types(cases: &mut Cases, at: &str, holder: &Value, (direction, source): (Direction, Verdict), ids: &[&str]) {
    let content = openapi::join(at, "content");
    for media in holder["content"].as_object().into_iter().flat_map(serde_json::Map::keys) {
        let verdict = (Rule::MediaTypeChanged, direction, Break, source);
        cases.one("media type", &content, |content| rename(content, media, "application/xml"), verdict, ids);
        let schema = json!({"schema": {"type": "string"}});
        let verdict = (Rule::MediaTypeAdded, direction, Ok, Ok);
        cases.one("add media type", &content, |content| content["text/csv"] = schema, verdict, ids);
        cases.back("remove media type", (Rule::MediaTypeRemoved, direction, Break, source));
    }
}

fn statuses(cases: &mut Cases, place: &str, operation: &Value, ids: &[&str]) {
    let responses = openapi::join(place, "responses");
    for (status, response) in operation["responses"].as_object().expect("responses") {
        let is_success = status.starts_with('2');
        let (other, wire) = if is_success { ("299", Break) } else { ("499", Ok) };
        let verdict = (Rule::StatusChanged, Response, wire, Ok);
        cases.one("status", &responses, |responses| rename(responses, status, other), verdict, ids);
        let source = if is_success { Break } else { Ok };
        let verdict = (Rule::StatusRemoved, Response, Ok, source);
        cases.one("remove status", &responses, |responses| remove(responses, status), verdict, ids);
        cases.back("add status", (Rule::StatusAdded, Response, Ok, Ok));
        let at = openapi::join(&responses, status);
        if response.get("content").is_some() {
            media_types(cases, &at, response, (Response, source), ids);
            let verdict = (Rule::ContentRemoved, Response, if is_success { Break } else { Ok }, source);
            cases.one("remove content", &at, |response| remove(response, "content"), verdict, ids);
            cases.back("add content", (Rule::ContentAdded, Response, Ok, source));
        }
        let header = json!({"X-Limit": {"schema": {"type": "integer"}}});
        let verdict = (Rule::HeaderAdded, Response, Ok, Ok);
        cases.one("add header", &at, |response| response["headers"] = header, verdict, ids);
        cases.back("remove header", (Rule::HeaderRemoved, Response, Break, Ok));
    }
}

fn parameters(cases: &mut Cases, place: &str, operation: &Value, ids: &[&str]) {
    for required in [false, true] {
        let (added, wire, removed) = match required {
            true => (Rule::RequiredParameterAdded, Break, Rule::RequiredParameterRemoved),
            false => (Rule::OptionalParameterAdded, Ok, Rule::OptionalParameterRemoved),
        };
        let parameter =
            json!({"name": "brand_new", "in": "header", "required": required, "schema": {"type": "integer"}});
        let edit = |op: &mut Value| match op["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(parameter),
            None => op["parameters"] = json!([parameter]),
        };
        cases.one("add parameter", place, edit, (added, Request, wire, wire), ids);
        cases.back("remove parameter", (removed, Request, Break, Break));
    }
    for (index, parameter) in operation["parameters"].as_array().into_iter().flatten().enumerate() {
        if parameter["in"] == "path" {
            continue;
        }
        let at = format!("{place}/parameters/{index}");
        let verdict = (Rule::ParameterRenamed, Request, Break, Break);
        cases.one("rename parameter", &at, |parameter| parameter["name"] = json!("renamed"), verdict, ids);
        cases.one(
            "move parameter",
            &at,
            |parameter| parameter["in"] = json!("header"),
            (Rule::ParameterMoved, Request, Break, Ok),
            ids,
        );
        cases.one(
            "require parameter",
            &at,
            |parameter| parameter["required"] = json!(true),
            (Rule::ParameterRequired, Request, Break, Break),
            ids,
        );
        cases.back("un-require parameter", (Rule::ParameterOptional, Request, Ok, Ok));
        let verdict = (Rule::SerializationChanged, Request, Break, Ok);
        cases.one("serialization", &at, |parameter| parameter["style"] = json!("spaceDelimited"), verdict, ids);
    }
}

#[test]
fn every_mutant_of_a_union_is_reported_as_what_it_is() {
    let document = users();
    let mut cases = Cases { document: document.clone(), made: Vec::new() };
    // Where the unions are, and which operation sends them.
    let unions: Vec<(String, &str)> = operations(&document)
        .into_iter()
        .filter_map(|(id, path, method, _)| {
            let schema = openapi::join(&openapi::join(&openapi::join("/paths", &path), &method), "requestBody")
                + "/content/application~1json/schema";
            let schema = match document.pointer(&schema)?["$ref"].as_str() {
                Some(reference) => reference[1..].to_owned(),
                None => schema,
            };
            document.pointer(&schema)?.get("oneOf")?;
            let id = ["submitKYC", "uploadPartnerKYCDocument", "createPaymentDetails"]
                .into_iter()
                .find(|known| *known == id);
            Some((schema, id.expect("an operation that is known to send a union")))
        })
        .collect();
    assert_eq!(unions.len(), 3);
    for (schema, id) in unions {
        let ids = [id];
        let list = openapi::join(&schema, "oneOf");
        let variants = document.pointer(&list).and_then(Value::as_array).expect("variants").len();
        for index in 0..variants {
            let verdict = (Rule::VariantRemoved, Request, Break, Break);
            cases.one(
                "remove variant",
                &list,
                |list| drop(list.as_array_mut().expect("a list").remove(index)),
                verdict,
                &ids,
            );
            cases.back("add variant", (Rule::VariantAdded, Request, Ok, Ok));
            let other = json!({"$ref": "#/components/schemas/PaymentProfile"});
            let verdict = (Rule::VariantReplaced, Request, Break, Break);
            cases.one("retarget variant", &list, |list| list[index] = other, verdict, &ids);
        }
        let has_discriminator = document.pointer(&openapi::join(&schema, "discriminator")).is_some();
        if has_discriminator {
            let verdict = (Rule::DiscriminatorRemoved, Request, Ok, Break);
            cases.one("discriminator", &schema, |schema| remove(schema, "discriminator"), verdict, &ids);
            let verdict = (Rule::DiscriminatorChanged, Request, Break, Break);
            let edit = |schema: &mut Value| schema["discriminator"]["propertyName"] = json!("other");
            cases.one("discriminator", &schema, edit, verdict, &ids);
            let verdict = (Rule::DiscriminatorMappingChanged, Request, Break, Ok);
            let edit = |schema: &mut Value| {
                schema["discriminator"]["mapping"] = json!({"x": "#/components/schemas/PaymentProfile"})
            };
            cases.one("discriminator", &schema, edit, verdict, &ids);
        } else {
            let verdict = (Rule::DiscriminatorAdded, Request, Ok, Break);
            let edit = |schema: &mut Value| schema["discriminator"] = json!({"propertyName": "method"});
            cases.one("discriminator", &schema, edit, verdict, &ids);
        }
    }
    run(cases.made, &["remove variant", "add variant", "retarget variant", "discriminator"]);
}

#[test]
fn every_mutant_of_the_document_is_reported_as_what_it_is() {
    let mut document = users();
    // A payload that no operation carries.
    document["components"]["schemas"]["Payload"] = json!({
        "type": "object", "properties": {"event": {"type": "string"}, "at": {"type": "string", "format": "date-time"}},
    });
    document["components"]["securitySchemes"]["Unused"] = json!({"type": "http", "scheme": "basic"});
    let all = operations(&document);
    let mut all: Vec<&str> = all.iter().map(|(id, ..)| id.as_str()).collect();
    all.sort_unstable();
    let mut cases = Cases { document: document.clone(), made: Vec::new() };
    for index in 0..2 {
        let url = format!("/servers/{index}/url");
        cases.one(
            "server",
            &url,
            |url| *url = json!("https://elsewhere.example"),
            (Rule::ServerChanged, Outside, Break, Ok),
            &[],
        );
        let list = |list: &mut Value| drop(list.as_array_mut().expect("servers").remove(index));
        cases.one("remove server", "/servers", list, (Rule::ServerRemoved, Outside, Break, Ok), &[]);
        cases.back("add server", (Rule::ServerAdded, Outside, Ok, Ok));
    }
    let scheme = "/components/securitySchemes/ApiKeyAuth";
    let key = (Rule::SecuritySchemeChanged, Request, Break, Ok);
    cases.one("key header", scheme, |scheme| scheme["name"] = json!("X-Other-Key"), key, &all);
    cases.one("key place", scheme, |scheme| scheme["in"] = json!("query"), key, &all);
    let schemes = "/components/securitySchemes";
    let verdict = (Rule::SecuritySchemeRemoved, Outside, Ok, Ok);
    cases.one("remove scheme", schemes, |schemes| remove(schemes, "Unused"), verdict, &[]);
    cases.back("add scheme", (Rule::SecuritySchemeAdded, Outside, Ok, Ok));
    let schemas = "/components/schemas";
    let verdict = (Rule::SchemaRemoved, Outside, Ok, Break);
    cases.one("remove payload", schemas, |schemas| remove(schemas, "Payload"), verdict, &[]);
    cases.back("add payload", (Rule::SchemaAdded, Outside, Ok, Ok));
    let verdict = (Rule::SchemaRenamed, Outside, Ok, Break);
    cases.one("rename payload", schemas, |schemas| rename(schemas, "Payload", "Event"), verdict, &[]);
    let properties = "/components/schemas/Payload/properties";
    let verdict = (Rule::OptionalPropertyRemoved, Outside, Break, Break);
    cases.one("payload property", properties, |properties| remove(properties, "event"), verdict, &[]);
    let verdict = (Rule::PropertyRenamed, Outside, Break, Break);
    cases.one("payload property", properties, |properties| rename(properties, "event", "kind"), verdict, &[]);
    run(cases.made, &["server", "remove server", "add server", "key header", "remove payload", "payload property"]);
}

/// A component that has another name is the same on the wire, and another type in Rust.
#[test]
fn a_renamed_component_is_one_change_that_breaks_source_alone() {
    let document = users();
    let names: Vec<String> = document["components"]["schemas"].as_object().expect("schemas").keys().cloned().collect();
    for name in names {
        let text = document.to_string();
        let text = text.replace(&format!("schemas/{name}\""), &format!("schemas/{name}Renamed\""));
        let mut new: Value = serde_json::from_str(&text).expect("JSON");
        rename(&mut new["components"]["schemas"], &name, &format!("{name}Renamed"));
        let changes = super::mutants::structural(super::compare(&document, &new));
        let found: Vec<_> = changes.iter().map(|change| (change.rule, change.wire)).collect();
        assert!(!found.is_empty(), "{name}");
        assert!(found.iter().all(|found| *found == (Rule::SchemaRenamed, Ok)), "{name}: {changes:#?}");
        // An error's schema has no type of its own, and neither has what is merged into others.
        let has_type = !matches!(name.as_str(), "ErrorResponse" | "APIResponse" | "CreatePaymentDetailsRequestBase");
        let source = if has_type { Break } else { Ok };
        assert!(changes.iter().all(|change| change.source == source), "{name}: {changes:#?}");
    }
}

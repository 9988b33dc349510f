//! The next document of the vendor, if it only adds: `spec update` takes it over, nothing is left to do by hand, and the
//! workspace compiles and passes the tests that hold for every operation.
//!
//! What is added is added to the checked-in document wherever there is room for it, so that no place is special.

#![cfg(unix)]

use std::{collections::BTreeMap, process::Command};

use serde_json::{Map, Value, json};
use xtask::{lower, openapi, overlay};

use crate::support::workspace::{DOCUMENT, OVERLAY, UPDATE, Workspace, fine, real_root};

#[test]
fn a_document_that_only_adds_is_taken_over_without_an_edit() {
    let mut document = openapi::load(&real_root().join(DOCUMENT)).expect("the checked-in document").value;
    grow(&mut document);
    let workspace = Workspace::whole(|_| document.to_string());

    let (stdout, stderr) = fine(&workspace, &UPDATE);
    assert!(stdout.contains("\nNothing is left to do by hand.\n"), "{stdout}\n{stderr}");
    fine(&workspace, &["codegen", "--check"]);
    let operations = workspace.read("crates/unigox/src/generated/operations.md");
    for id in ["listFunds", "createFund", "limitFunds", "getFundStatement", "uploadFundPhoto", "deleteFund"] {
        assert!(operations.contains(&format!("| `{id}` |")), "{id} has no method:\n{operations}");
    }

    // What can be called is called: on the wire, and against the mock server, and every response is read. Cargo knows a crate by its place within its
    // workspace, so a setting keeps what is compiled here apart from what the real workspace has.
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--offline", "--workspace", "--test", "client", "--test", "operations"]);
    for package in ["unigox", "unigox-client", "unigox-sandbox", "unigox-tests", "xtask"] {
        cargo.args(["--config", &format!("profile.dev.package.{package}.codegen-units=77")]);
    }
    // The pipeline is only asked what to expect: compiling it quickly matters more than running it quickly.
    cargo.args(["--config", "profile.dev.package.xtask.opt-level=0"]);
    let tried = workspace.command(&[]);
    let target = tried.get_envs().find(|(name, _)| *name == "CARGO_TARGET_DIR").and_then(|(_, target)| target);
    cargo.current_dir(&workspace.folder).env("CARGO_TARGET_DIR", target.expect("set")).env("CARGO_INCREMENTAL", "0");
    let output = cargo.output().expect("cargo runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
}

/// What is written out in several places grows in one of them first: the overlay goes on fitting.
#[test]
fn a_value_that_is_added_in_one_of_several_places_leaves_nothing_to_do() {
    let [document, overlay] =
        [DOCUMENT, OVERLAY].map(|path| openapi::load(&real_root().join(path)).expect("what is checked in").value);
    let mut equal: BTreeMap<String, Vec<String>> = BTreeMap::new();
    enums(&document, "", &mut |pointer, values| equal.entry(values.to_string()).or_default().push(pointer.to_owned()));
    let rounds = equal.values().map(Vec::len).max().expect("enums");
    assert!(rounds > 1, "no enum is written out twice");
    for round in 0..rounds {
        let mut grown = document.clone();
        let places: Vec<&String> =
            equal.values().filter(|places| places.len() > 1).filter_map(|places| places.get(round)).collect();
        for place in &places {
            let values = grown.pointer_mut(place).and_then(|schema| schema["enum"].as_array_mut()).expect("an enum");
            values.push("added_tomorrow".into());
        }
        let overlaid = overlay::apply(grown, &overlay).unwrap_or_else(|defects| panic!("{places:?}: {defects:?}"));
        lower::lower(overlaid).map(drop).unwrap_or_else(|defects| panic!("{places:?}: {defects:?}"));
    }
}

/// Shows every enum of several strings below `value`, with its pointer.
fn enums(value: &Value, pointer: &str, f: &mut dyn FnMut(&str, &Value)) {
    let below: Vec<(String, &Value)> = match value {
        Value::Array(members) => {
            members.iter().enumerate().map(|(index, member)| (index.to_string(), member)).collect()
        }
        Value::Object(members) => {
            if let Some(values) =
                members.get("enum").filter(|values| values.as_array().is_some_and(|list| list.len() > 1))
                && members.get("type").is_some_and(|kind| kind == "string")
            {
                f(pointer, values);
            }
            let is_schema = |name: &str| !["example", "examples", "not", "enum", "required"].contains(&name);
            members.iter().filter(|(name, _)| is_schema(name)).map(|(name, member)| (name.clone(), member)).collect()
        }
        _ => Vec::new(),
    };
    for (token, member) in below {
        enums(member, &openapi::join(pointer, &token), f);
    }
}

/// Adds what a vendor adds: operations of each kind, and optional parameters, fields and enum values wherever they can be.
fn grow(document: &mut Value) {
    let security = json!([{"ApiKeyAuth": []}]);
    let response = |schema: Value| {
        let data = json!({"type": "object", "required": ["success", "data"], "properties": {"success": {"type": "boolean"}, "data": schema}});
        json!({"description": "It was done.", "content": {"application/json": {"schema": data}}})
    };
    let fund = json!({"$ref": "#/components/schemas/Fund"});
    let amount = |name: &str| json!({"title": name, "required": [name]});
    let mut paged = response(json!({"type": "array", "items": fund}));
    paged["content"]["application/json"]["schema"]["properties"]["pagination"] = json!({
        "type": "object", "required": ["page", "has_more"],
        "properties": {"page": {"type": "integer"}, "has_more": {"type": "boolean"}},
    });
    let paths = json!({
        "/api/v1/tomorrow/funds": {
            "get": {
                "operationId": "listFunds", "security": security,
                "parameters": [
                    {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                    {"name": "state", "in": "query", "schema": {"type": "string", "enum": ["open", "closed"]}},
                    {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                ],
                "responses": {"200": paged},
            },
            "post": {
                "operationId": "createFund", "security": security,
                "parameters": [
                    {"name": "Idempotency-Key", "in": "header", "required": true, "schema": {"type": "string"}},
                    {"name": "X-Case", "in": "header", "schema": {"type": "integer"}},
                ],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {
                    "type": "object", "required": ["name"],
                    "properties": {
                        "name": {"type": "string"}, "crypto_amount": {"type": "string"}, "fiat_amount": {"type": "string"},
                    },
                    "oneOf": [amount("crypto_amount"), amount("fiat_amount")],
                }}}},
                "responses": {
                    "201": response(fund.clone()),
                    "202": response(json!({"type": "object", "required": ["job"], "properties": {"job": {"type": "string"}}})),
                    "409": {"description": "There is one already."},
                    "default": {"description": "Any other error."},
                },
            },
            "put": {
                "operationId": "limitFunds", "security": security,
                "requestBody": {"required": true, "content": {"application/json": {"schema": {
                    "type": "array", "items": {
                        "type": "object", "properties": {"limit": {"type": "string"}, "share": {"type": "string"}},
                        "anyOf": [{"required": ["share"]}, {"required": ["limit"]}],
                    },
                }}}},
                "responses": {"200": {"description": "By currency.", "content": {"application/json": {"schema": {
                    "type": "object", "additionalProperties": {"type": "object", "properties": {"left": {"type": "string"}}},
                }}}}},
            },
        },
        "/api/v1/tomorrow/funds/{fund_id}/statement": {"get": {
            "operationId": "getFundStatement", "security": security,
            "parameters": [
                {"name": "fund_id", "in": "path", "required": true, "schema": {"type": "string"}},
                {"name": "month", "in": "query", "required": true, "schema": {"type": "string", "pattern": "^\\d{4}-\\d{2}$"}},
                {"name": "since", "in": "query", "schema": {"type": "string", "format": "date-time"}},
            ],
            "responses": {"200": {
                "description": "A file.", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
            }},
        }},
        "/api/v1/tomorrow/funds/{fund_id}/photo": {"post": {
            "operationId": "uploadFundPhoto", "security": security,
            "parameters": [{"name": "fund_id", "in": "path", "required": true, "schema": {"type": "string"}}],
            "requestBody": {"required": true, "content": {"multipart/form-data": {"schema": {
                "type": "object", "required": ["photo"],
                "properties": {
                    "photo": {"type": "string", "format": "binary"}, "caption": {"type": "string"},
                    "pages": {"type": "array", "items": {"type": "string", "format": "binary"}},
                },
            }}}},
            "responses": {"200": response(json!({"type": "object", "properties": {"photo_id": {"type": "string"}}}))},
        }},
        "/api/v1/tomorrow/funds/{fund_id}": {"delete": {
            "operationId": "deleteFund", "security": security,
            "parameters": [{"name": "fund_id", "in": "path", "required": true, "schema": {"type": "string"}}],
            "responses": {"204": {"description": "It is gone."}},
        }},
    });
    for (_, item) in members(&mut document["paths"]) {
        for (method, operation) in members(item) {
            if method == "get" {
                let parameter = json!({"name": "added_tomorrow", "in": "query", "schema": {"type": "string"}});
                let parameters = operation.as_object_mut().expect("an operation").entry("parameters");
                parameters.or_insert_with(|| json!([])).as_array_mut().expect("a list").push(parameter);
            }
        }
    }
    members(&mut document["components"]["schemas"]).for_each(|(_, schema)| widen(schema));
    members(&mut document["paths"]).for_each(|(_, item)| widen(item));
    add_variants(document);
    document["paths"].as_object_mut().expect("paths").extend(paths.as_object().cloned().unwrap_or_default());
    document["components"]["schemas"]["Fund"] = json!({
        "type": "object", "required": ["id"],
        "properties": {"id": {"type": "string", "format": "uuid"}, "state": {"type": "string", "enum": ["open", "closed"]}},
    });
}

/// Adds a variant to every choice between components that a property with one value tells apart.
fn add_variants(document: &mut Value) {
    let components = document["components"]["schemas"].clone();
    let mut added = Map::new();
    let mut pointers = Vec::new();
    choices(document, "", &mut |pointer, variants| {
        let parts: Option<Vec<&Value>> = variants
            .iter()
            .map(|variant| components.get(variant["$ref"].as_str()?.strip_prefix("#/components/schemas/")?))
            .collect();
        let [first, rest @ ..] = parts.as_deref().unwrap_or_default() else { return };
        let tells_apart = |schema: &Value, name: &str| {
            schema["properties"][name]["enum"].as_array().is_some_and(|list| list.len() == 1)
        };
        let names = first["properties"].as_object().into_iter().flat_map(Map::keys);
        let tag = names
            .into_iter()
            .find(|name| tells_apart(first, name) && rest.iter().all(|schema| tells_apart(schema, name)));
        pointers.extend(tag.map(|tag| (pointer.to_owned(), tag.clone())));
    });
    assert!(!pointers.is_empty(), "no choice has a property that tells its variants apart");
    for (index, (pointer, tag)) in pointers.iter().enumerate() {
        let name = format!("AddedVariant{index}");
        document
            .pointer_mut(pointer)
            .and_then(Value::as_array_mut)
            .expect("variants")
            .push(json!({"$ref": format!("#/components/schemas/{name}")}));
        let mut schema =
            json!({"type": "object", "required": [tag, "reason"], "properties": {"reason": {"type": "string"}}});
        schema["properties"][tag] = json!({"type": "string", "enum": ["added_tomorrow"]});
        added.insert(name, schema);
    }
    document["components"]["schemas"].as_object_mut().expect("components").extend(added);
}

/// Shows every `oneOf` below `value`, with its pointer.
fn choices(value: &Value, pointer: &str, f: &mut dyn FnMut(&str, &[Value])) {
    let below: Vec<(String, &Value)> = match value {
        Value::Array(members) => {
            members.iter().enumerate().map(|(index, member)| (index.to_string(), member)).collect()
        }
        Value::Object(members) => {
            if let Some(variants) = members.get("oneOf").and_then(Value::as_array) {
                f(&openapi::join(pointer, "oneOf"), variants);
            }
            members.iter().map(|(name, member)| (name.clone(), member)).collect()
        }
        _ => Vec::new(),
    };
    for (token, member) in below {
        choices(member, &openapi::join(pointer, &token), f);
    }
}

/// Adds an optional field to every object and choice, and a value to every enum below `value`. An enum of one value tells variants
/// apart, and a list of what is not allowed is no list of what is.
fn widen(value: &mut Value) {
    match value {
        Value::Array(members) => members.iter_mut().for_each(widen),
        Value::Object(members) => {
            for (name, member) in
                members.iter_mut().filter(|(name, _)| !["example", "examples", "not"].contains(&name.as_str()))
            {
                if name != "required" && name != "enum" {
                    widen(member);
                }
            }
            let is_string = members.get("type").is_some_and(|kind| kind == "string");
            if let Some(values) =
                members.get_mut("enum").and_then(Value::as_array_mut).filter(|values| is_string && values.len() > 1)
            {
                values.push("added_tomorrow".into());
            }
            // What is added beside a choice belongs to each of its variants.
            let choice = members.get("oneOf").and_then(Value::as_array);
            if choice.is_some_and(|variants| variants.iter().all(|variant| variant.get("$ref").is_some())) {
                members.entry("properties").or_insert_with(|| json!({"added_beside": {"type": "string"}}));
            }
            let is_object = members.get("type").is_some_and(|kind| kind == "object");
            if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut).filter(|_| is_object)
            {
                properties.insert("added_tomorrow".to_owned(), json!({"type": "string"}));
            }
        }
        _ => {}
    }
}

fn members(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flat_map(Map::iter_mut)
}

//! Real documents of the vendor, if there are any: every operation is called with a request that is valid, and the
//! response is valid by an independent reading of the document.

use std::{collections::BTreeMap, env, fs, path::Path};

use jsonschema::{Draft, Validator};
use reqwest::{
    RequestBuilder,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use unigox_sandbox::Sandbox;
use xtask::{
    openapi::{self, METHODS},
    sample::{Filling, sample},
};

use super::fixture::{Fixture, Received};

const SEEDS: u64 = 20;

#[tokio::test]
async fn every_operation_of_the_vendor_returns_what_it_documents() {
    for (name, mut document) in documents() {
        // Without rules: none is called so.
        each_operation(&mut document, |place, operation| operation["operationId"] = json!(format!("operation{place}")));
        let operations = read(&document);
        for seed in 0..SEEDS {
            let fixture = start(&document, seed).await;
            for operation in &operations {
                let response = operation.call(&fixture).await;
                let place = format!("{name}, {} {}, seed {seed}", operation.method, operation.path);
                assert_eq!(response.refusal, "", "{place}");
                let Some(schema) = operation.successes.get(&response.status) else { panic!("{place}: {response:?}") };
                if let Some(schema) = schema {
                    let body = response.json();
                    let problem = schema.iter_errors(&body).next().map(|error| error.to_string());
                    assert_eq!(problem, None, "{place}: {body}");
                }
            }
        }
    }
}

#[tokio::test]
async fn no_operation_of_the_vendor_is_without_a_response() {
    for (name, document) in documents() {
        let fixture = start(&document, 0).await;
        for operation in read(&document) {
            for is_valid in [true, false] {
                let response = match is_valid {
                    true => operation.call(&fixture).await,
                    false => fixture.send(fixture.request(&operation.method, &operation.path)).await,
                };
                let place = format!("{name}, {} {}: {response:?}", operation.method, operation.path);
                assert!((200..500).contains(&response.status), "{place}");
                assert_eq!(response.status >= 400, !response.refusal.is_empty(), "{place}");
            }
        }
    }
}

async fn start(document: &Value, seed: u64) -> Fixture {
    let builder = Sandbox::builder().seed(seed).document(&document.to_string());
    Fixture::with(builder.expect("it is valid")).await
}

/// The documents in the folder of `UNIGOX_VENDOR_DOCUMENTS`; none without it.
fn documents() -> Vec<(String, Value)> {
    let Some(folder) = env::var_os("UNIGOX_VENDOR_DOCUMENTS") else { return Vec::new() };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let files = fs::read_dir(&folder).expect("the folder can be read").map(|entry| entry.expect("it is a file").path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let load = |path: &Path| openapi::load(path).map(|loaded| loaded.value).expect("it is a document");
    files.map(|path| (path.display().to_string(), load(&path))).collect()
}

fn each_operation(document: &mut Value, mut act: impl FnMut(usize, &mut Value)) {
    let paths = document["paths"].as_object_mut().expect("there are paths").values_mut();
    let operations = paths.flat_map(|item| item.as_object_mut().expect("it is an object").iter_mut());
    let operations = operations.filter(|(method, _)| METHODS.contains(&method.as_str()));
    operations.enumerate().for_each(|(place, (_, operation))| act(place, operation));
}

struct Operation {
    method: String,
    /// With parameters and the query.
    path: String,
    body: Option<Body>,
    /// The schemas by status.
    successes: BTreeMap<u16, Option<Validator>>,
}

enum Body {
    Json(Value),
    /// The form, and the names of its files.
    Form(Value, Vec<String>),
}

impl Operation {
    async fn call(&self, fixture: &Fixture) -> Received {
        let request = fixture.request(&self.method, &self.path).header("x-api-key", fixture.sandbox.key());
        fixture.send(self.with_body(request)).await
    }

    fn with_body(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.body {
            None => request,
            Some(Body::Json(json)) => request.header("content-type", "application/json").body(json.to_string()),
            Some(Body::Form(fields, files)) => {
                let form =
                    fields.as_object().expect("a form is an object").iter().fold(Form::new(), |form, (name, value)| {
                        match value.as_str() {
                            _ if files.contains(name) => {
                                form.part(name.clone(), Part::bytes(vec![1]).file_name("a.png"))
                            }
                            Some(text) => form.text(name.clone(), text.to_owned()),
                            None => form.text(name.clone(), value.to_string()),
                        }
                    });
                request.multipart(form)
            }
        }
    }
}

fn read(document: &Value) -> Vec<Operation> {
    let mut schemas = document.clone();
    into_json_schema(&mut schemas);
    let resolved = |value: &'_ Value| openapi::resolve(document, value).expect("it leads somewhere").clone();
    openapi::operations(document)
        .map(|operation| {
            let value = operation.value();
            let shared = &document["paths"][operation.path]["parameters"];
            let parameters = [&value["parameters"], shared].into_iter().filter_map(Value::as_array).flatten();
            let (mut path, mut query) = (operation.path.to_owned(), Vec::new());
            for parameter in parameters.map(resolved) {
                let name = parameter["name"].as_str().expect("a parameter has a name");
                let sent = valid(document, &schemas, &parameter);
                let sent = sent.as_str().map_or_else(|| sent.to_string(), str::to_owned);
                match parameter["in"].as_str() {
                    Some("path") => path = path.replace(&format!("{{{name}}}"), &sent),
                    Some("query") => query.push(format!("{name}={}", sent.replace(' ', "%20"))),
                    other => panic!("{other:?} is a place that no vendor's document has had"),
                }
            }
            if !query.is_empty() {
                path = format!("{path}?{}", query.join("&"));
            }
            let content = &value["requestBody"]["content"];
            let form = content.get("multipart/form-data").map(|form| {
                let files = form["schema"]["properties"].as_object().expect("it has parts").iter();
                let files = files.filter(|(_, part)| part["format"] == "binary").map(|(name, _)| name.clone());
                Body::Form(valid(document, &schemas, form), files.collect())
            });
            let body = form.or_else(|| Some(Body::Json(valid(document, &schemas, content.get("application/json")?))));
            let successes = value["responses"].as_object().expect("there are responses").iter();
            let successes = successes.filter(|(status, _)| status.starts_with('2')).map(|(status, response)| {
                let response = resolved(response);
                let schema = response.pointer("/content/application~1json/schema");
                (status.parse().expect("it is a number"), schema.map(|schema| validator(&schemas, schema)))
            });
            let successes = successes.collect();
            Operation { method: operation.method.to_uppercase(), path, body, successes }
        })
        .collect()
}

/// A value for what has a schema: its example, or one that is made for it.
fn valid(document: &Value, schemas: &Value, of: &Value) -> Value {
    let schema = of.get("schema").unwrap_or(&Value::Null);
    let validator = validator(schemas, schema);
    let examples =
        of["examples"].as_object().into_iter().flat_map(|examples| examples.values().map(|named| &named["value"]));
    let examples: Vec<_> = [&of["example"], &schema["example"]].into_iter().chain(examples).cloned().collect();
    let (mut document, mut schema) = (document.clone(), schema.clone());
    normalize(&mut document);
    normalize(&mut schema);
    let made = [false, true]
        .map(|with_optional| sample(&document, &schema, Filling { text: "12", date: "1990-12-10", with_optional }));
    let found =
        examples.into_iter().filter(|example| !example.is_null()).chain(made).find(|value| validator.is_valid(value));
    found.unwrap_or_else(|| panic!("there is no valid value for {of}"))
}

/// Leaves only one value where the document has an example, or a format that not every text has.
fn normalize(value: &mut Value) {
    if let Value::Array(items) = value {
        items.iter_mut().for_each(normalize);
    }
    let Value::Object(schema) = value else { return };
    schema.iter_mut().filter(|(name, _)| *name != "example").for_each(|(_, value)| normalize(value));
    let formatted = match schema.get("format").and_then(Value::as_str) {
        Some("email") => Some(json!("ada@example.com")),
        Some("uri") => Some(json!("https://example.com/a")),
        _ => None,
    };
    let is_scalar = |example: &Value| !example.is_object() && !example.is_array() && !example.is_null();
    let only = schema.get("example").filter(|example| is_scalar(example)).cloned().or(formatted);
    if let Some(only) =
        only.filter(|_| schema.get("type").is_some_and(Value::is_string) && !schema.contains_key("enum"))
    {
        schema.insert("enum".to_owned(), json!([only]));
    }
}

fn validator(schemas: &Value, schema: &Value) -> Validator {
    let mut schema = schema.clone();
    into_json_schema(&mut schema);
    let schema =
        json!({"components": schemas["components"], "allOf": [if schema.is_null() { json!({}) } else { schema }]});
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    options.build(&schema).expect("the schema is one")
}

/// What OpenAPI 3.0 writes otherwise: a value that may be null. What is no JSON Schema at all, and in the vendor's documents
/// says nothing that is not said elsewhere, is left out.
fn into_json_schema(value: &mut Value) {
    match value {
        Value::Object(schema) => {
            if schema.get("required").is_some_and(Value::is_boolean) {
                schema.remove("required");
            }
            schema.values_mut().for_each(into_json_schema);
            if schema.remove("nullable") == Some(Value::Bool(true)) {
                let schema = std::mem::take(schema);
                *value = json!({"anyOf": [schema, {"type": "null"}]});
            }
        }
        Value::Array(items) => items.iter_mut().for_each(into_json_schema),
        _ => {}
    }
}

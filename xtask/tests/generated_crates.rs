//! Generated crates, compiled and called: the one of the checked-in document, and one of every document in the folder that
//! `UNIGOX_VENDOR_DOCUMENTS` names.
//!
//! For each document a crate is generated, and a program that depends on it calls every method through a transport that
//! responds with a value of the documented shape; and it prints, by `Debug`, a value of every type whose personal data is a
//! canary. The program finds types and methods by reading the generated code, so none can be left out.

#![expect(clippy::print_stdout, reason = "says what was called, for whoever runs it with `--nocapture`")]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use crate::support::scratch::{Scratch, root};
use serde_json::{Value, json};
use xtask::{
    codegen, names,
    openapi::{
        self, Operation, Parameter,
        extension::{MULTIPART, SENSITIVE, SUCCESSES, TYPE_NAME},
    },
    pipeline::{self, Inputs},
    sample::{Filling, sample},
};

/// In every string that may be anything, and in every date: what no `Debug` of personal data may show.
const CANARY: Filling<'_> = Filling { text: "canary-7f3a", date: "1907-08-09", with_optional: true };
const REQUIRED_ONLY: Filling<'_> = Filling { with_optional: false, ..CANARY };

#[test]
fn the_checked_in_document_becomes_a_crate_that_can_be_called_and_hides_personal_data() {
    call_all("checked-in", &[codegen::checked_in(&root())]);
}

#[test]
fn every_construct_becomes_code_that_can_be_called() {
    let document = root().join("xtask/tests/constructs.yaml");
    call_all("constructs", &[Inputs { document, overlay: None }]);
}

#[test]
fn every_vendor_document_becomes_a_crate_that_can_be_called() {
    let Some(documents) = std::env::var_os("UNIGOX_VENDOR_DOCUMENTS") else {
        println!("UNIGOX_VENDOR_DOCUMENTS names no folder: no vendor document to test");
        return;
    };
    let documents = root().join(documents);
    let entries = fs::read_dir(&documents).unwrap_or_else(|error| panic!("{}: {error}", documents.display()));
    let paths = entries.map(|entry| entry.expect("a folder that can be read").path());
    let is_document =
        |path: &PathBuf| path.extension().is_some_and(|ending| ["yaml", "yml", "json"].iter().any(|e| ending == *e));
    let mut paths: Vec<PathBuf> = paths.filter(is_document).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no document in {}", documents.display());
    let inputs: Vec<Inputs> = paths.into_iter().map(|document| Inputs { document, overlay: None }).collect();
    call_all("vendor", &inputs);
}

/// Generates a crate from each of `inputs`, and a program that calls them all; builds it without warnings and runs it.
fn call_all(test: &str, inputs: &[Inputs]) {
    let mut scratch = Scratch::new(&Path::new(env!("CARGO_TARGET_TMPDIR")).join(test));
    let mut main = String::from(PRELUDE);
    let mut modules = String::new();
    for (index, inputs) in inputs.iter().enumerate() {
        let name = format!("{test}-{index}");
        let folder = scratch.add(&name, inputs);
        let effective = pipeline::lower(inputs).expect("a document that can be lowered").effective;
        let module = Module::read(&folder, &effective).code(&name.replace('-', "_"));
        let _ = writeln!(main, "    calls += document_{index}::run();");
        let _ = writeln!(modules, "mod document_{index} {{\n{module}}}");
        println!("{}: {name}", inputs.document.display());
    }
    main.push_str("    println!(\"called {calls}\");\n}\n");
    println!("{}", scratch.run(&[("main.rs", main + &modules)]));
}

const PRELUDE: &str = r#"
#![allow(clippy::all, unused_imports)]
use std::{fmt::Debug, pin::pin, sync::Mutex, task::{Context, Poll, Waker}};

/// A value of any type, by its JSON. What comes back as JSON must hold what went in.
fn json<V: serde::de::DeserializeOwned + serde::Serialize>(text: &str) -> V {
    let value: V = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let (before, after): (serde_json::Value, _) = (serde_json::from_str(text).unwrap(), serde_json::to_value(&value).unwrap());
    assert!(kept(&before, &after), "a round trip changed {before} into {after}");
    value
}

/// Whether all of `before` is in `after`, which may have defaults besides, and leave out what is empty.
fn kept(before: &serde_json::Value, after: &serde_json::Value) -> bool {
    use serde_json::Value::*;
    match (before, after) {
        (Object(before), Object(after)) => before.iter().all(|(name, value)| match after.get(name) {
            Some(after) => kept(value, after),
            None => value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(|o| o.is_empty()),
        }),
        (Array(before), Array(after)) => before.len() == after.len() && before.iter().zip(after).all(|(b, a)| kept(b, a)),
        _ => before == after,
    }
}

/// A future that never waits.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}

/// `Debug` in either form shows no canary.
fn hides<V: Debug>(value: &V, name: &str) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        for canary in ["canary-7f3a", "1907"] {
            assert!(!shown.contains(canary), "{name} shows personal data: {shown}");
        }
        assert!(!shown.is_empty());
    }
}

fn main() {
    let mut calls = 0;
"#;

/// What of one generated crate is to be called.
struct Module<'d> {
    effective: &'d Value,
    methods: Vec<syn::ImplItemFn>,
    types: syn::File,
}

impl<'d> Module<'d> {
    fn read(folder: &Path, effective: &'d Value) -> Self {
        let parse = |name: &str| {
            let text = fs::read_to_string(folder.join("src/generated").join(name)).expect("a generated file");
            syn::parse_file(&text).expect("code")
        };
        let client = parse("client.rs").items.into_iter().find_map(|item| match item {
            syn::Item::Impl(block) => Some(block.items),
            _ => None,
        });
        let methods = client.expect("methods").into_iter().filter_map(|item| match item {
            syn::ImplItem::Fn(method) => Some(method),
            _ => None,
        });
        Self { effective, methods: methods.collect(), types: parse("types.rs") }
    }

    fn code(&self, package: &str) -> String {
        let mut calls = String::new();
        let mut count = 0;
        for operation in openapi::operations(self.effective) {
            let id = operation.id().expect("an id");
            let method = names::snake(id);
            let stem = method.trim_end_matches('_');
            let names =
                [method.clone(), format!("{stem}_with"), format!("{stem}_multipart"), format!("{stem}_multipart_with")];
            let found: Vec<_> = self.methods.iter().filter(|m| names.iter().any(|name| m.sig.ident == name)).collect();
            assert!(!found.is_empty(), "{id} has no method");
            for method in found {
                calls.push_str(&self.call(id, &operation, method));
                count += 1;
            }
        }
        assert_eq!(count, self.methods.len(), "every method is called");
        let hides: String = self.type_names().iter().map(|name| self.hide(name)).collect();
        format!(
            "use super::*;\nuse {package}::{{reqwest, types, Client, FilePart, Operation, RawResponse, Transport}};\n\
             {TRANSPORT}\npub fn run() -> usize {{\n{hides}{calls}    {count}\n}}\n"
        )
    }

    /// The generated types that hold something, by their names in the code. String enums hold nothing, and of a schema
    /// that contradicts itself there is no value.
    fn type_names(&self) -> Vec<String> {
        let is_void = |item: &&syn::Item| matches!(item, syn::Item::Enum(item) if item.variants.is_empty());
        let void = self.types.items.iter().find(is_void).map(|item| quote::quote!(#item).to_string());
        let holds_void = |ty: &syn::Type| {
            let name = quote::quote!(#ty).to_string();
            void.as_ref().is_some_and(|void| void.contains(&format!("enum {name} ")))
        };
        let name = |item: &syn::Item| match item {
            syn::Item::Struct(item) if item.fields.iter().any(|field| holds_void(&field.ty)) => None,
            syn::Item::Struct(item) => Some(item.ident.to_string()),
            syn::Item::Enum(item) if item.variants.is_empty() => None,
            syn::Item::Enum(item) => Some(item.ident.to_string()),
            _ => None,
        };
        self.types.items.iter().filter_map(name).collect()
    }

    fn schema(&self, type_name: &str) -> Option<&Value> {
        let schemas = self.effective["components"]["schemas"].as_object()?;
        schemas.iter().find(|(name, _)| names::pascal(name) == type_name).map(|(_, schema)| schema)
    }

    /// Prints values of the type `name`. Forms and what is told apart by status are printed where they are called.
    fn hide(&self, name: &str) -> String {
        let Some(schema) = self.schema(name) else { return String::new() };
        let alternatives = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
        let variants = match alternatives {
            Some(list) if schema.get("properties").is_none() => list.as_slice(),
            _ => std::slice::from_ref(schema),
        };
        let mut out = String::new();
        for variant in variants {
            for filling in [CANARY, REQUIRED_ONLY] {
                let mut one = json!({"oneOf": [variant]});
                one["discriminator"] = schema["discriminator"].clone();
                let value = self.sample(if alternatives.is_some() { &one } else { variant }, filling);
                let _ = writeln!(out, "    hides(&json::<types::{name}>({}), {name:?});", quoted(&value));
            }
        }
        out
    }

    fn sample(&self, schema: &Value, filling: Filling<'_>) -> Value {
        let mut value = sample(self.effective, schema, filling);
        self.unmark(schema, &mut value, 0);
        value
    }

    /// Takes the canary out of what the document marks as harmless: that may be shown.
    fn unmark(&self, schema: &Value, value: &mut Value, depth: usize) {
        if schema[SENSITIVE] == false {
            return harmless(value);
        }
        let target = openapi::target(schema).and_then(|name| self.effective["components"]["schemas"].get(name));
        let schema = target.unwrap_or(schema);
        if schema[SENSITIVE] == false {
            return harmless(value);
        }
        let alternatives = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
        if let Some(first) = alternatives.and_then(|list| list.first()).filter(|_| depth < 16) {
            self.unmark(first, value, depth + 1);
        }
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let property = schema.get("properties").and_then(|properties| properties.get(name));
                    property.into_iter().for_each(|property| self.unmark(property, member, depth + 1));
                }
            }
            Value::Array(members) => {
                members.iter_mut().for_each(|member| self.unmark(&schema["items"], member, depth + 1));
            }
            _ => {}
        }
    }

    fn call(&self, id: &str, operation: &Operation<'_>, method: &syn::ImplItemFn) -> String {
        let (verb, path, parameters) = (operation.method, operation.path, operation.parameters());
        let operation = operation.value();
        let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
        let body = content.and_then(|content| content.values().next()?.get("schema"));
        let mut arguments = Vec::new();
        for input in &method.sig.inputs {
            let syn::FnArg::Typed(input) = input else { continue };
            let syn::Pat::Ident(name) = &*input.pat else { continue };
            let name = name.ident.to_string();
            // Names that meet are told apart by where the parameters are sent.
            let is_called = |known: &str, location: &str| name == known || name == format!("{known}_{location}");
            let parameter = parameters.iter().find(|p| is_called(&names::snake(p.name), p.location));
            let schema = parameter.map_or(body, |parameter| parameter.value().get("schema"));
            let is_optional = quote::quote!(#input).to_string().contains("Option");
            arguments.push(match name.as_str() {
                "form" if is_optional => format!("Some(&{})", self.form(operation)),
                "form" => format!("&{}", self.form(operation)),
                "params" => self.params(&input.ty, &parameters),
                _ => self.argument(&input.ty, schema),
            });
        }
        let (status, response) = self.response(operation);
        let name = &method.sig.ident;
        format!(
            "    {{\n        let client = client({status}, {response:?});\n        \
             let value = now(client.{name}({})).unwrap_or_else(|error| panic!(\"{id}: {{error}}\"));\n        \
             assert_eq!(value.http_status().as_u16(), {status});\n        hides(&value, \"Response\");\n        \
             client.transport().saw({id:?}, {:?}, {path:?});\n    }}\n",
            arguments.join(", "),
            verb.to_uppercase(),
        )
    }

    /// A success status and a body that goes with it.
    fn response(&self, operation: &Value) -> (u16, String) {
        let shapes = operation.get(SUCCESSES).or_else(|| operation.get("responses")).and_then(Value::as_object);
        let (status, response) = shapes.into_iter().flatten().next().expect("a success");
        let response = openapi::resolve(self.effective, response).unwrap_or(response);
        let content = || response.get("content")?.as_object()?.values().next()?.get("schema");
        let schema = response.get("schema").or_else(content);
        let body = schema.map(|schema| self.sample(schema, CANARY).to_string());
        (status.parse().unwrap_or(200), body.unwrap_or_default())
    }

    /// A value for each optional parameter.
    fn params(&self, ty: &syn::Type, parameters: &[Parameter<'_>]) -> String {
        let optional = parameters.iter().filter(|parameter| !parameter.is_required());
        let set = optional.map(|parameter| {
            let value =
                quoted(&parameter.value().get("schema").map(|schema| self.sample(schema, CANARY)).unwrap_or_default());
            format!("params.{} = Some(json({value})); ", names::snake(parameter.name))
        });
        let ty = quote::quote!(#ty).to_string().replace(['&', ' '], "");
        format!("&{{ let mut params = {ty}::new(); {}hides(&params, {ty:?}); params }}", set.collect::<String>())
    }

    fn form(&self, operation: &Value) -> String {
        let schema = &operation[MULTIPART]["schema"];
        let name = schema[TYPE_NAME].as_str().expect("a name");
        let is_required = |name: &str| schema["required"].as_array().is_some_and(|list| list.iter().any(|r| r == name));
        let file = "FilePart::new(\"canary-7f3a.jpg\", \"image/jpeg\", \"bytes\")";
        let value = |property: &Value| match (property["format"].as_str(), property["items"]["format"].as_str()) {
            (Some("binary"), _) => file.to_owned(),
            (_, Some("binary")) => format!("vec![{file}]"),
            _ => format!("json({})", quoted(&self.sample(property, CANARY))),
        };
        let properties = schema["properties"].as_object().into_iter().flatten();
        let (required, optional): (Vec<_>, Vec<_>) = properties.partition(|(name, _)| is_required(name));
        // The constructor takes what becomes a string, so the value has to say that it is one.
        let argument = |(field, property): (&String, &Value)| match value(property) {
            value if self.is_string(name, &names::snake(field)) => value.replacen("json(", "json::<String>(", 1),
            value => value,
        };
        let given: Vec<String> = required.into_iter().map(argument).collect();
        let made = match given.as_slice() {
            [] => format!("types::{name}::default()"),
            given => format!("types::{name}::new({})", given.join(", ")),
        };
        let set = optional
            .into_iter()
            .map(|(name, property)| format!("form.{} = Some({}); ", names::snake(name), value(property)));
        let set: String = set.collect();
        format!("{{ #[allow(unused_mut)] let mut form = {made}; {set}hides(&form, {name:?}); form }}")
    }

    /// Whether `field` of the generated struct `name` is a plain string.
    fn is_string(&self, name: &str, field: &str) -> bool {
        self.types.items.iter().any(|item| match item {
            syn::Item::Struct(item) if item.ident == name => item.fields.iter().any(|known| {
                let ty = &known.ty;
                known.ident.as_ref().is_some_and(|ident| ident == field)
                    && quote::quote!(#ty).to_string().replace(' ', "") == "::std::string::String"
            }),
            _ => false,
        })
    }

    fn argument(&self, ty: &syn::Type, schema: Option<&Value>) -> String {
        let value = quoted(&schema.map(|schema| sample(self.effective, schema, CANARY)).unwrap_or_default());
        match quote::quote!(#ty).to_string().replace(' ', "").as_str() {
            "&str" => "\"x\"".to_owned(),
            text if text.starts_with("impl") => "\"x\"".to_owned(),
            "::std::option::Option<&str>" => "Some(\"x\")".to_owned(),
            "::std::option::Option<::reqwest::Body>" => "Some(\"x\".into())".to_owned(),
            text if text.starts_with("&[") => format!("&json::<Vec<_>>({value})"),
            text if text.starts_with("::std::option::Option<&[") => format!("Some(json::<Vec<_>>({value}).as_slice())"),
            text if text.starts_with("::std::option::Option<&") => format!("Some(&json({value}))"),
            text if text.starts_with("::std::option::Option<") => format!("Some(json({value}))"),
            text if text.starts_with('&') => format!("&json({value})"),
            _ => format!("json({value})"),
        }
    }
}

fn quoted(value: &Value) -> String {
    format!("{:?}", value.to_string())
}

fn harmless(value: &mut Value) {
    match value {
        Value::String(text) if text == CANARY.text => *text = "harmless".to_owned(),
        Value::Array(members) => members.iter_mut().for_each(harmless),
        Value::Object(members) => members.values_mut().for_each(harmless),
        _ => {}
    }
}

const TRANSPORT: &str = r#"
struct Canned {
    http: reqwest::Client,
    response: (u16, &'static str),
    seen: Mutex<Option<(String, String, String)>>,
}

impl Transport for Canned {
    type Error = std::convert::Infallible;

    fn http(&self) -> &reqwest::Client {
        &self.http
    }

    async fn send(&self, request: reqwest::Request, operation: &'static Operation) -> Result<RawResponse, Self::Error> {
        let seen = (operation.id.to_owned(), request.method().to_string(), request.url().path().to_owned());
        *self.seen.lock().unwrap() = Some(seen);
        let status = reqwest::StatusCode::from_u16(self.response.0).unwrap();
        Ok(RawResponse::new(status, Default::default(), self.response.1))
    }
}

impl Canned {
    fn saw(&self, id: &str, method: &str, template: &str) {
        let (seen_id, seen_method, path) = self.seen.lock().unwrap().take().expect("a request");
        assert_eq!((seen_id.as_str(), seen_method.as_str()), (id, method));
        let (segments, template): (Vec<_>, Vec<_>) = (path.split('/').collect(), template.split('/').collect());
        assert_eq!(segments.len(), template.len(), "{path}");
        for (segment, part) in segments.iter().zip(template) {
            assert!(part.contains('{') || *segment == part, "{path}");
        }
    }
}

fn client(status: u16, body: &'static str) -> Client<Canned> {
    let http = reqwest::Client::builder().build().unwrap();
    Client::new("http://127.0.0.1:1", Canned { http, response: (status, body), seen: Mutex::new(None) }).unwrap()
}
"#;

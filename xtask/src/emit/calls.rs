//! A table of calls for tests: every method with sample values, once for each variant of its body.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{
    api::Opening,
    call::{BodyKind, Call},
    form::{self, FormField},
    methods::Method,
    model::Model,
};
use crate::{
    openapi::{
        self, Parameter,
        extension::{CHOICES, TAG},
    },
    sample::{Filling, sample},
};

/// A call with sample values: what it is in Rust, and what it has to be on the wire.
#[derive(Clone, Debug)]
pub struct SampleCall {
    /// The operation, and what tells the call from others of the same operation.
    pub name: String,
    /// The `operationId`.
    pub operation: String,
    /// The method that is called.
    pub function: String,
    /// Its arguments, as expressions. They use `types`, `json` (a value from its JSON) and `file` (a file called so).
    pub arguments: Vec<String>,
    /// The HTTP method, in upper case.
    pub method: String,
    /// The path of the request.
    pub path: String,
    /// The query, a name and a value each; nothing if a parameter is not written as a list of pairs.
    pub query: Option<Vec<(String, String)>>,
    /// The headers that are parameters: their names, each with its value if that is a scalar.
    pub headers: Vec<(String, Option<String>)>,
    /// The body of the request.
    pub body: SampleBody,
    /// Whether the value that the facade returns can be written as JSON.
    pub has_json: bool,
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a new kind of body should break the tests that match it")]
pub enum SampleBody {
    /// No body.
    None,
    /// A value, under its media type.
    Json(String, Value),
    /// Another body, under its media type.
    Other(String),
    /// A multipart form: the names of its parts, each with its text, or with nothing for a file.
    Form(Vec<(String, Option<String>)>),
}

/// A response with sample values.
#[derive(Clone, Debug)]
pub struct SampleResponse {
    /// The `operationId`.
    pub operation: String,
    /// A status of success.
    pub status: u16,
    /// Whether the document describes a body, of JSON or of something else.
    pub has_body: bool,
    /// The JSON of its body, if the document describes one.
    pub body: Option<Value>,
    /// The schema of the body.
    pub schema: Option<Value>,
}

/// What every string, and every date, of a sample is.
const FILLING: Filling<'_> = Filling { text: "sample", date: "1990-12-10", with_optional: true };

/// Every call of the lowered document, in its order.
pub fn calls(effective: &Value) -> Vec<SampleCall> {
    let model = Model::new(effective);
    let of = |method: Method<'_, '_>| {
        let has_json = Opening::of(&model, &method).is_json();
        of_method(effective, &method).into_iter().map(move |call| SampleCall { has_json, ..call })
    };
    Method::all(&model).flat_map(of).collect()
}

/// Every response of success of the lowered document: with all that its schema lists, and with what it requires alone.
pub fn responses(effective: &Value) -> Vec<SampleResponse> {
    let model = Model::new(effective);
    model.calls.iter().flat_map(|call| of_responses(effective, call)).collect()
}

/// The code of the table.
pub(crate) fn table(effective: &Value) -> String {
    let mut out = String::from(
        "#[allow(unused_imports, reason = \"a document may not need all of them\")]\n\
         use unigox::types;\n\n\
         #[allow(unused_imports, reason = \"a document may not need all of them\")]\n\
         use crate::call::{Row, file, json, opaque_row, row};\n\n\
         /// Every operation, once for each variant of its body.\n\
         pub(crate) const ROWS: &[Row] = &[\n",
    );
    for call in calls(effective) {
        let _ = writeln!(
            out,
            "    {}!({:?}, {:?}, |api| api.{}({})),",
            if call.has_json { "row" } else { "opaque_row" },
            call.name,
            call.operation,
            call.function,
            call.arguments.join(", "),
        );
    }
    out.push_str("];\n");
    out
}

fn of_method(document: &Value, method: &Method<'_, '_>) -> Vec<SampleCall> {
    let call = method.call;
    match (&method.body, &call.body, &call.form) {
        (None, ..) => vec![sample_call(document, method, "", None, SampleBody::None)],
        (Some(sent), Some(body), _) if sent.kind.is_some() => {
            let schemas = match body.kind {
                BodyKind::Json | BodyKind::Fields => variants(document, body.schema()),
                BodyKind::Text | BodyKind::Bytes => vec![(String::new(), body.schema().clone())],
            };
            let both = |(name, schema): (String, Value)| {
                let all = sample(document, &schema, FILLING);
                let least = sample(document, &schema, Filling { with_optional: false, ..FILLING });
                let has_less = all != least;
                let of = |value: Value, suffix: &str| {
                    let expression = argument(&sent.input.ty, &value);
                    let body = match body.kind {
                        BodyKind::Json => SampleBody::Json(body.media_type.to_owned(), value),
                        _ => SampleBody::Other(body.media_type.to_owned()),
                    };
                    sample_call(document, method, &format!("{name}{suffix}"), Some(expression), body)
                };
                let least = has_less.then(|| of(least, " without what is optional"));
                std::iter::once(of(all, "")).chain(least)
            };
            schemas.into_iter().flat_map(both).collect()
        }
        (Some(sent), _, Some(form)) => {
            let fields = form::fields(form);
            let (expression, parts) = sample_form(document, &form.name, &fields);
            let expression = match sent.is_required {
                true => format!("&{expression}"),
                false => format!("Some(&{expression})"),
            };
            vec![sample_call(document, method, "", Some(expression), SampleBody::Form(parts))]
        }
        _ => Vec::new(),
    }
}

fn sample_call(
    document: &Value,
    method: &Method<'_, '_>,
    variant: &str,
    body_argument: Option<String>,
    body: SampleBody,
) -> SampleCall {
    let call = method.call;
    let value_of = |parameter: &Parameter<'_>| {
        let schema = &parameter.value()["schema"];
        let value = sample(document, schema, FILLING);
        let example = parameter.value().get("example").or_else(|| schema.get("example"));
        // The servers of some operations want more of a text than the document says, such as a code of a country.
        let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        match example.filter(|example| example.as_str().is_some_and(is_word)) {
            Some(example) if value == FILLING.text && parameter.location == "query" => example.clone(),
            _ => value,
        }
    };
    let mut arguments: Vec<String> = Vec::new();
    let mut path = call.operation.path.split('#').next().unwrap_or_default().to_owned();
    let (mut query, mut headers) = (Some(Vec::new()), Vec::new());
    for (input, required) in method.required.iter().zip(&call.required) {
        let value = value_of(&required.parameter);
        arguments.push(argument(&input.ty, &value));
        if required.parameter.location == "path" {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            path = path.replace(&format!("{{{}}}", required.parameter.name), &text);
        }
        add_to(&mut query, &required.parameter, &value);
        headers.extend(header(&required.parameter, &value));
    }
    if method.with.is_some() {
        let mut set = String::new();
        for optional in &call.optional {
            let value = value_of(&optional.parameter);
            let _ = write!(set, "params.{} = Some(json({})); ", optional.name, quoted(&value));
            add_to(&mut query, &optional.parameter, &value);
            headers.extend(header(&optional.parameter, &value));
        }
        arguments.push(format!("&{{ let mut params = types::{}::new(); {set}params }}", call.params));
    }
    arguments.extend(body_argument);
    let form = if matches!(body, SampleBody::Form(_)) { ", as a form" } else { "" };
    let variant = if variant.is_empty() { String::new() } else { format!(", {}", variant.trim()) };
    SampleCall {
        name: format!("{}{form}{variant}", call.id()),
        operation: call.id().to_owned(),
        function: method.with.as_ref().unwrap_or(&method.name).clone(),
        arguments,
        method: call.operation.method.to_uppercase(),
        path,
        query,
        headers,
        body,
        has_json: true,
    }
}

/// The name of `parameter`, and its value if that is a scalar, if it is sent as a header.
fn header(parameter: &Parameter<'_>, value: &Value) -> Option<(String, Option<String>)> {
    let text = match value {
        Value::Array(_) | Value::Object(_) => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    (parameter.location == "header").then(|| (parameter.name.to_ascii_lowercase(), text))
}

/// Adds `parameter` to `query`, if it is sent there.
fn add_to(query: &mut Option<Vec<(String, String)>>, parameter: &Parameter<'_>, value: &Value) {
    if parameter.location != "query" {
        return;
    }
    let is_plain = ["style", "explode", "x-lowered-json"].iter().all(|key| parameter.value().get(key).is_none());
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let name = parameter.name.to_owned();
    match (value, query.as_mut().filter(|_| is_plain)) {
        (Value::Object(_), _) | (_, None) => *query = None,
        (Value::Array(members), Some(query)) => query.extend(members.iter().map(|member| (name.clone(), text(member)))),
        (scalar, Some(query)) => query.push((name, text(scalar))),
    }
}

/// The component that `schema` refers to, bare or with words beside the reference; or itself.
fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    openapi::target(schema).and_then(|name| document["components"]["schemas"].get(name)).unwrap_or(schema)
}

/// The variants of a body: one if it has no choice. Each has a name that tells it from the others.
fn variants(document: &Value, schema: &Value) -> Vec<(String, Value)> {
    let target = resolved(document, schema);
    let alternatives = ["oneOf", "anyOf"].iter().find_map(|key| target.get(key)?.as_array());
    if let Some(list) = alternatives.filter(|_| target.get("properties").is_none()) {
        let of = |(index, variant): (usize, &Value)| {
            let name = openapi::target(variant).map_or_else(|| format!("variant {}", index + 1), str::to_owned);
            let mut one = json!({"oneOf": [variant]});
            one["discriminator"] = target["discriminator"].clone();
            (name, one)
        };
        return list.iter().enumerate().map(of).collect();
    }
    let choices = target.get(CHOICES).and_then(Value::as_object);
    let count = |choice: &Value| {
        let choice = resolved(document, choice);
        choice.get("oneOf").and_then(Value::as_array).map_or(1, Vec::len)
    };
    let most = choices.into_iter().flat_map(Map::values).map(count).max().unwrap_or(1);
    if most == 1 {
        return vec![(String::new(), schema.clone())];
    }
    let chosen = |index: usize| {
        let mut one = target.clone();
        for choice in one[CHOICES].as_object_mut().into_iter().flat_map(Map::values_mut) {
            let whole = resolved(document, choice).clone();
            if let Some(list) = whole.get("oneOf").and_then(Value::as_array) {
                *choice = json!({"oneOf": [list[index.min(list.len() - 1)]]});
                choice[TAG] = whole.get(TAG).cloned().unwrap_or_default();
            }
        }
        (format!("choice {}", index + 1), one)
    };
    (0..most).map(chosen).collect()
}

fn sample_form(document: &Value, name: &str, fields: &[FormField<'_>]) -> (String, Vec<(String, Option<String>)>) {
    let mut parts = Vec::new();
    let (mut given, mut set) = (Vec::new(), String::new());
    for field in fields {
        let value = if field.is_file { Value::Null } else { sample(document, field.schema, FILLING) };
        let expression = match (field.is_file, field.is_list) {
            (true, false) => format!("file({:?})", field.property),
            (true, true) => format!("vec![file({:?})]", field.property),
            (false, _) if field.ty == crate::names::STRING => format!("json::<String>({})", quoted(&value)),
            (false, _) => format!("json({})", quoted(&value)),
        };
        let texts: Vec<Option<String>> = match &value {
            Value::Null => vec![None],
            Value::String(text) => vec![Some(text.clone())],
            Value::Array(members) => members
                .iter()
                .map(|member| Some(member.as_str().map_or_else(|| member.to_string(), str::to_owned)))
                .collect(),
            other => vec![Some(other.to_string())],
        };
        parts.extend(texts.into_iter().map(|text| (field.property.to_owned(), text)));
        match field.is_required {
            true => given.push(expression),
            false => {
                let _ = write!(set, "form.{} = Some({expression}); ", field.ident);
            }
        }
    }
    let made = match given.as_slice() {
        [] => format!("types::{name}::default()"),
        given => format!("types::{name}::new({})", given.join(", ")),
    };
    let expression = match set.is_empty() {
        true => made,
        false => format!("{{ let mut form = {made}; {set}form }}"),
    };
    (expression, parts)
}

/// `value` as an argument of the type `ty`.
fn argument(ty: &str, value: &Value) -> String {
    let text = quoted(value);
    if let Some(inner) = ty.strip_prefix("::std::option::Option<").and_then(|rest| rest.strip_suffix('>')) {
        return match inner {
            "::reqwest::Body" => "Some(\"sample\".into())".to_owned(),
            _ if inner.starts_with("&[") => format!("Some(json::<Vec<_>>({text}).as_slice())"),
            _ => format!("Some({})", argument(inner, value)),
        };
    }
    match ty {
        "&str" => format!("{:?}", value.as_str().unwrap_or("sample")),
        _ if ty.starts_with("impl ") => "\"sample\"".to_owned(),
        _ if ty.starts_with("&[") => format!("&json::<Vec<_>>({text})"),
        _ if ty.starts_with('&') => format!("&json({text})"),
        _ => format!("json({text})"),
    }
}

/// The JSON of `value` as a literal of Rust.
fn quoted(value: &Value) -> String {
    let text = value.to_string();
    match text.contains("\"#") {
        true => format!("{text:?}"),
        false => format!("r#\"{text}\"#"),
    }
}

fn of_responses(document: &Value, call: &Call<'_>) -> Vec<SampleResponse> {
    let operation = call.operation.value();
    let shapes = call.operation.successes().or_else(|| operation.get("responses").and_then(Value::as_object));
    let mut out = Vec::new();
    for (status, response) in shapes.into_iter().flatten() {
        let Ok(status) = status.parse() else { continue };
        let response = openapi::resolve(document, response).unwrap_or(response);
        let json = || response.pointer("/content/application~1json/schema");
        let schema = response.get("schema").or_else(json);
        let mut bodies = Vec::new();
        for with_optional in [true, false] {
            let body = schema.map(|schema| sample(document, schema, Filling { with_optional, ..FILLING }));
            if !bodies.contains(&body) {
                bodies.push(body);
            }
        }
        let content = response.get("content").and_then(Value::as_object);
        let has_body = response.get("raw").is_some() || schema.is_some() || content.is_some_and(|it| !it.is_empty());
        let of =
            |body| SampleResponse { operation: call.id().to_owned(), status, has_body, body, schema: schema.cloned() };
        out.extend(bodies.into_iter().map(of));
    }
    out
}

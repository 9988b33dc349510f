//! The facade's method for each operation: the generated client, called as every call of the facade is.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    call::BodyKind,
    docs::code,
    methods::{BYTES, Method, functions},
    model::Model,
};
use crate::names::nullable_type;

/// The code of `api.rs`.
pub(super) fn api(model: &Model<'_>) -> String {
    let mut out = String::from(
        "#[allow(unused_imports, reason = \"a document may have no operation\")]\n\
         use unigox_client::{RawBody, operations};\n\n\
         #[allow(unused_imports, reason = \"a document may have no operation\")]\n\
         use crate::{Response, Result, api::Api, call::{self, opened}, types};\n\n\
         #[allow(clippy::too_many_arguments, reason = \"the document requires them\")]\n\
         impl Api<'_> {",
    );
    for mut method in Method::all(model) {
        let opening = Opening::of(model, &method);
        let result = format!("Result<Response<{}>>", opening.value());
        let passed = method.inputs(method.with.is_some()).into_iter().map(|(name, _)| name);
        let passed =
            passed.map(|name| if name == "body" && is_bytes(&method) { "body.clone()".to_owned() } else { name });
        let passed = passed.collect::<Vec<_>>().join(", ");
        let function = method.with.as_ref().unwrap_or(&method.name);
        let operation = format!("&operations::{}", method.call.constant());
        let send = format!("|api| async move {{ api.{function}({passed}).await }}");
        let (call, open) = match opening.function() {
            Some(open) => ("json", format!(",\n            {open}")),
            None if matches!(opening, Opening::Whole(_)) => ("whole", String::new()),
            None if method.value == "()" => ("status", String::new()),
            None => ("other", String::new()),
        };
        let call = format!("call::{call}(self.client, {operation},\n            {send}{open}).await");
        let note = opening.note();
        let mut sends = String::new();
        if is_bytes(&method) {
            let _ = write!(sends, "let body: &::bytes::Bytes = &{};\n        ", own_bytes(&mut method));
        }
        out.push_str(&functions(model, &method, ("self", &result), &note, &(sends + &call)));
    }
    out.push_str("}\n");
    out
}

fn is_bytes(method: &Method<'_, '_>) -> bool {
    method.body.as_ref().is_some_and(|body| body.kind == Some(BodyKind::Bytes))
}

/// Has `method` take bytes that every attempt can send, and returns the expression that makes them.
fn own_bytes(method: &mut Method<'_, '_>) -> &'static str {
    let Some(body) = &mut method.body else { return "body" };
    body.input.ty = body.input.ty.replace(BYTES, "::bytes::Bytes");
    if body.is_required { "body.into()" } else { "body" }
}

/// What the facade returns of the value of a response.
pub(super) enum Opening<'v> {
    /// The data of an envelope: its type, what the document has beside it, and whether the envelope has to say `success`.
    Envelope { data: String, beside: Vec<&'v str>, is_required: bool },
    /// The value, which says whether it is a success.
    Success { value: &'v str, is_required: bool },
    /// The value, which is JSON.
    Whole(&'v str),
    /// The value, which is no JSON.
    Other(&'v str),
}

impl<'v> Opening<'v> {
    pub(super) fn of(model: &'v Model<'_>, method: &'v Method<'_, '_>) -> Self {
        let value = method.value.as_str();
        if let Some(shapes) = method.call.operation.successes() {
            let is_json = shapes.values().all(|shape| shape.get("raw").is_none());
            return if is_json { Self::Whole(value) } else { Self::Other(value) };
        }
        let Some(name) = value.strip_prefix("types::") else {
            return match value {
                "()" | "RawBody" => Self::Other(value),
                _ => Self::Whole(value),
            };
        };
        let Some(schema) = model.schema(name) else { return Self::Other(value) };
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Self::Whole(value) };
        if properties.get("success").is_none_or(|success| success["type"] != "boolean" || success["nullable"] == true) {
            return Self::Whole(value);
        }
        let required = schema["required"].as_array();
        let requires = |name: &str| required.is_some_and(|list| list.iter().any(|known| known == name));
        let is_required = requires("success");
        // Whatever else is there: one field more in the envelope must not change what a method returns.
        match properties.get("data") {
            Some(data) => {
                let ty = nullable_type(data, "types::");
                let data = if requires("data") { ty } else { format!("::std::option::Option<{ty}>") };
                let beside = properties.keys().filter(|name| !["success", "data"].contains(&name.as_str()));
                Self::Envelope { data, beside: beside.map(String::as_str).collect(), is_required }
            }
            None => Self::Success { value, is_required },
        }
    }

    /// Whether what is returned can be written as JSON.
    pub(super) fn is_json(&self) -> bool {
        !matches!(self, Self::Other(value) if *value != "()")
    }

    /// A sentence on what is not returned, but in the body of the response.
    fn note(&self) -> String {
        match self {
            Self::Envelope { beside, .. } if !beside.is_empty() => {
                let names: Vec<String> = beside.iter().map(|name| code(name)).collect();
                format!(" Beside the data, [`Response::raw`] has {}.", names.join(", "))
            }
            _ => String::new(),
        }
    }

    /// The type of what is returned.
    fn value(&self) -> &str {
        match self {
            Self::Envelope { data, .. } => data,
            Self::Success { value, .. } | Self::Whole(value) | Self::Other(value) => value,
        }
    }

    /// The function that opens an envelope: it gives nothing if the response says that it is no success.
    fn function(&self) -> Option<String> {
        let says = |is_required: &bool| if *is_required { "value.success" } else { "value.success != Some(false)" };
        match self {
            Self::Envelope { is_required, .. } => Some(format!("|value| opened({}, value.data)", says(is_required))),
            Self::Success { is_required, .. } => Some(format!("|value| opened({}, value)", says(is_required))),
            Self::Whole(_) | Self::Other(_) => None,
        }
    }
}

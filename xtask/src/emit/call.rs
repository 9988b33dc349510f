//! An operation as its methods, its types and the table of operations see it: names, arguments, body.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    names::{distinct, pascal, snake},
    openapi::{
        Operation, Parameter,
        extension::{ACCEPT, MULTIPART, TYPE_NAME},
        is_json, operations,
    },
};

/// What the emitters know of an operation.
pub(super) struct Call<'d> {
    pub(super) operation: Operation<'d>,
    /// The name of its method.
    pub(super) method: String,
    /// The parameters that are arguments, in the order of the path and then of the document.
    pub(super) required: Vec<Argument<'d>>,
    /// The parameters that are fields of a struct.
    pub(super) optional: Vec<Argument<'d>>,
    /// The name of that struct.
    pub(super) params: String,
    pub(super) body: Option<Body<'d>>,
    pub(super) form: Option<Form<'d>>,
    /// What its responses may be, as a header says it.
    pub(super) accept: &'d str,
}

/// A parameter and what it is called.
pub(super) struct Argument<'d> {
    pub(super) name: String,
    pub(super) parameter: Parameter<'d>,
}

/// A body that is one value.
pub(super) struct Body<'d> {
    pub(super) media_type: &'d str,
    /// What is said of it under its media type.
    pub(super) media: &'d Value,
    pub(super) kind: BodyKind,
    pub(super) is_required: bool,
}

/// How a body is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyKind {
    Json,
    Fields,
    Text,
    Bytes,
}

/// A multipart form.
pub(super) struct Form<'d> {
    /// The name of its type.
    pub(super) name: String,
    pub(super) schema: &'d Value,
    pub(super) encoding: &'d Value,
    pub(super) is_required: bool,
}

/// What a method has arguments of its own called.
const OWN_NAMES: [&str; 4] = ["self_", "body", "form", "params"];

/// What a struct of optional parameters has a method of its own called.
const OWN_METHODS: [&str; 1] = ["new"];

impl<'d> Call<'d> {
    /// Every operation of `document`; `taken` are the names of its types.
    pub(super) fn all(document: &'d Value, taken: &BTreeSet<&str>) -> Vec<Self> {
        let all: Vec<Operation<'_>> = operations(document).collect();
        let methods = all.iter().map(|operation| snake(operation.id().unwrap_or_default()));
        // A method has others beside it that are called after it.
        let methods: Vec<String> = methods.collect();
        all.into_iter().zip(methods).map(|(operation, method)| Self::of(operation, method, taken)).collect()
    }

    fn of(operation: Operation<'d>, method: String, taken: &BTreeSet<&str>) -> Self {
        let (required, optional): (Vec<_>, Vec<_>) =
            operation.parameters().into_iter().partition(Parameter::is_required);
        let order = operation.placeholders();
        let position = |parameter: &Parameter<'_>| {
            let in_path = order.iter().position(|name| parameter.location == "path" && *name == parameter.name);
            in_path.unwrap_or(usize::MAX)
        };
        let mut required = required;
        required.sort_by_key(position);
        let id = pascal(operation.id().unwrap_or_default());
        let params = ["Params", "Parameters", "OptionalParameters"].iter().map(|suffix| format!("{id}{suffix}"));
        let params = params.into_iter().find(|name| !taken.contains(name.as_str())).unwrap_or_default();
        let value = operation.value();
        let form = value.get(MULTIPART).and_then(|form| {
            let schema = form.get("schema")?;
            let name = schema[TYPE_NAME].as_str()?.to_owned();
            Some(Form { name, schema, encoding: &form["encoding"], is_required: form["required"] == true })
        });
        Self {
            method,
            required: named(required, &OWN_NAMES),
            optional: named(optional, &OWN_METHODS),
            params,
            body: Body::of(value),
            form,
            accept: value[ACCEPT].as_str().unwrap_or("*/*"),
            operation,
        }
    }

    /// The name of its constant in the table of operations.
    pub(super) fn constant(&self) -> String {
        self.method.trim_end_matches('_').to_uppercase()
    }

    /// The `operationId`.
    pub(super) fn id(&self) -> &'d str {
        self.operation.id().unwrap_or_default()
    }
}

impl<'d> Body<'d> {
    fn of(operation: &'d Value) -> Option<Self> {
        let body = operation.get("requestBody")?;
        let (media_type, media) = body.get("content")?.as_object()?.iter().next()?;
        let schema = media.get("schema");
        let kind = if is_json(media_type) {
            BodyKind::Json
        } else if media_type.starts_with("application/x-www-form-urlencoded") {
            BodyKind::Fields
        } else if schema.is_some_and(|schema| schema["format"] == "binary") {
            BodyKind::Bytes
        } else {
            BodyKind::Text
        };
        Some(Self { media_type, media, kind, is_required: body["required"] == true })
    }

    /// The schema of its value.
    pub(super) fn schema(&self) -> &'d Value {
        &self.media["schema"]
    }
}

/// Names for `parameters`: two that would be called alike are told apart by where they are sent.
fn named<'d>(parameters: Vec<Parameter<'d>>, taken: &[&str]) -> Vec<Argument<'d>> {
    let wanted = parameters.iter().map(|parameter| {
        let name = snake(parameter.name);
        let located = format!("{}_{}", name.trim_end_matches('_'), parameter.location);
        (name, located)
    });
    let names = distinct(wanted, taken);
    names.into_iter().zip(parameters).map(|(name, parameter)| Argument { name, parameter }).collect()
}

//! The methods: names, arguments and bodies from the document, sent by the runtime.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    call::{Argument, Body, BodyKind, Call, Form},
    docs::{comment, described, sentence},
    model::Model,
    status_responses,
};
use crate::{
    names::{STRING, nullable_type, rust_type},
    openapi::{Parameter, extension::JSON_PARAMETER},
};

/// A method of the client, for an operation or for its multipart form: what it is called, takes and returns.
pub(super) struct Method<'m, 'd> {
    pub(super) call: &'m Call<'d>,
    /// Its name.
    pub(super) name: String,
    /// The name of a second one, which takes the optional parameters, if the operation has some.
    pub(super) with: Option<String>,
    /// The required parameters.
    pub(super) required: Vec<Input>,
    pub(super) body: Option<Sent>,
    /// The type of the value that it returns.
    pub(super) value: String,
    /// How the runtime reads it.
    read: String,
}

/// An argument of a method: its name and type, and the call that puts it into the request.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) ty: String,
    call: String,
}

/// The body or form that a method takes.
pub(super) struct Sent {
    pub(super) input: Input,
    /// How it is written; a form has no kind.
    pub(super) kind: Option<BodyKind>,
    pub(super) is_required: bool,
}

impl<'m, 'd> Method<'m, 'd> {
    /// Every method, in the order of the document.
    pub(super) fn all(model: &'m Model<'d>) -> impl Iterator<Item = Self> {
        let both = |call: &'m Call<'d>| {
            let single = (call.form.is_none() || call.body.is_some()).then(|| Self::of(model, call, false));
            single.into_iter().chain(call.form.is_some().then(|| Self::of(model, call, true)))
        };
        model.calls.iter().flat_map(both)
    }

    fn of(model: &Model<'_>, call: &'m Call<'d>, is_form: bool) -> Self {
        // Always with the suffix: the vendor has moved this body in and out of JSON, and callers should not notice.
        let name = if is_form {
            model.free_method(&format!("{}_multipart", call.method.trim_end_matches('_')))
        } else {
            call.method.clone()
        };
        let with =
            (!call.optional.is_empty()).then(|| model.free_method(&format!("{}_with", name.trim_end_matches('_'))));
        let required = call.required.iter().map(|argument| {
            let (ty, value) = passed(&argument.parameter.value()["schema"], &argument.name);
            Input { name: argument.name.clone(), ty, call: written(argument, &value) }
        });
        let body = match (&call.form, &call.body) {
            (Some(form), body) if is_form => Some(sent_form(form, form.is_required || body.is_some())),
            (_, Some(body)) => Some(sent(body)),
            _ => None,
        };
        let (value, read) = returned(model, call);
        Self { call, name, with, required: required.collect(), body, value, read }
    }

    /// The arguments, with those of the optional parameters if they are asked for; each with its type.
    pub(super) fn inputs(&self, with_params: bool) -> Vec<(String, String)> {
        let given = |input: &Input| (input.name.clone(), input.ty.clone());
        let params = with_params.then(|| ("params".to_owned(), format!("&types::{}", self.call.params)));
        self.required.iter().map(given).chain(params).chain(self.body.iter().map(|body| given(&body.input))).collect()
    }

    /// The calls that put all of it into the request.
    fn calls(&self) -> Vec<String> {
        let mut calls: Vec<String> = self.required.iter().map(|input| input.call.clone()).collect();
        if self.call.accept != "application/json" {
            calls.push(format!("accept({:?})", self.call.accept));
        }
        calls
            .extend(self.call.optional.iter().map(|argument| written(argument, &format!("&params.{}", argument.name))));
        calls.extend(self.body.iter().map(|body| body.input.call.clone()));
        calls
    }
}

/// The code of `client.rs`.
pub(super) fn methods(model: &Model<'_>) -> String {
    let mut out = String::from(
        "#[allow(unused_imports, reason = \"a document may have no parameters, or nothing but JSON\")]\n\
         use crate::{\n    RawBody, operations,\n    runtime::{call::Client, error::Error, parameter::Style, response::Response, transport::Transport},\n    types,\n};\n\n\
         #[allow(clippy::too_many_arguments, reason = \"the document requires them\")]\n\
         impl<T: Transport> Client<T> {",
    );
    for method in Method::all(model) {
        let result = format!("Result<Response<{}>, Error<T::Error>>", method.value);
        let sender = format!("self.call(&operations::{})", method.call.constant());
        let sends = format!("{}.send().await?.{}", chain(&sender, &method.calls()), method.read);
        out.push_str(&functions(model, &method, ("&self", &result), "", &sends));
    }
    out.push_str("}\n");
    out
}

/// The function of a method; with optional parameters a second one that takes them. `sends` is the expression that calls
/// the operation with all arguments, and `note` is a sentence on its result.
pub(super) fn functions(
    model: &Model<'_>,
    method: &Method<'_, '_>,
    (receiver, result): (&str, &str),
    note: &str,
    sends: &str,
) -> String {
    let name = &method.name;
    let doc = comment("    ", &documentation(model, method, note));
    let function = |doc: &str, name: &str, with_params: bool, does: &str| {
        let listed = method.inputs(with_params).into_iter().map(|(name, ty)| format!("{name}: {ty}"));
        let inputs = inputs(receiver, &listed.collect::<Vec<_>>());
        format!("\n{doc}    pub async fn {name}({inputs}) -> {result} {{\n        {does}\n    }}\n")
    };
    let Some(with) = &method.with else { return function(&doc, name, false, sends) };
    let mut passed: Vec<&str> = method.required.iter().map(|input| input.name.as_str()).collect();
    passed.push("&Default::default()");
    passed.extend(method.body.iter().map(|body| body.input.name.as_str()));
    let passes = format!("self.{with}({}).await", passed.join(", "));
    let short = comment("    ", &format!("`{name}`, with its optional parameters.\n\n# Errors\n\nThose of `{name}`."));
    function(&doc, name, false, &passes) + &function(&short, with, true, sends)
}

/// A chain of method calls, in one line if there is room.
fn chain(start: &str, calls: &[String]) -> String {
    let length = start.len() + calls.iter().map(|call| call.len() + 1).sum::<usize>();
    let separator = if length < 80 { "." } else { "\n            ." };
    std::iter::once(start).chain(calls.iter().map(String::as_str)).collect::<Vec<_>>().join(separator)
}

/// The inputs of a function, in one line if there is room.
fn inputs(receiver: &str, listed: &[String]) -> String {
    match listed.iter().map(String::len).sum::<usize>() < 60 {
        true => std::iter::once(receiver).chain(listed.iter().map(String::as_str)).collect::<Vec<_>>().join(", "),
        false => format!("\n        {receiver},\n        {},\n    ", listed.join(",\n        ")),
    }
}

/// How a value of `schema` is passed: the type of the argument, and a reference to the value.
fn passed(schema: &Value, name: &str) -> (String, String) {
    let ty = rust_type(schema, "types::");
    if ty == STRING {
        return ("&str".to_owned(), name.to_owned());
    }
    if let Some(member) = ty.strip_prefix("::std::vec::Vec<").and_then(|rest| rest.strip_suffix('>')) {
        return (format!("&[{member}]"), name.to_owned());
    }
    let is_copied = |ty: &str| {
        ty.starts_with(|c: char| c.is_ascii_lowercase() && !ty.starts_with("types::"))
            || ["::uuid::", "::chrono::"].iter().any(|path| ty.starts_with(path))
    };
    if is_copied(&ty) { (ty, format!("&{name}")) } else { (format!("&{ty}"), name.to_owned()) }
}

/// The call that writes a parameter.
fn written(argument: &Argument<'_>, value: &str) -> String {
    let parameter = &argument.parameter;
    format!("{}({:?}, {}, {value})", parameter.location, parameter.name, style(parameter))
}

/// The style of a parameter.
fn style(parameter: &Parameter<'_>) -> String {
    let value = parameter.value();
    if value[JSON_PARAMETER] == true {
        return "Style::JSON".to_owned();
    }
    let by_location = if matches!(parameter.location, "path" | "header") { "simple" } else { "form" };
    styled(value["style"].as_str().unwrap_or(by_location), value)
}

/// A style as the runtime has it, with what `value` says of it.
fn styled(style: &str, value: &Value) -> String {
    let (constant, explodes) = match style {
        "label" => ("LABEL", false),
        "matrix" => ("MATRIX", false),
        "form" => ("FORM", true),
        "spaceDelimited" => ("SPACE_DELIMITED", false),
        "pipeDelimited" => ("PIPE_DELIMITED", false),
        "deepObject" => ("DEEP_OBJECT", true),
        _ => ("SIMPLE", false),
    };
    let mut out = format!("Style::{constant}");
    if let Some(explode) = value["explode"].as_bool().filter(|explode| *explode != explodes) {
        let _ = write!(out, ".exploded({explode})");
    }
    for (key, call) in [("allowReserved", ".allow_reserved()"), ("allowEmptyValue", ".allow_empty()")] {
        if value[key] == true {
            out.push_str(call);
        }
    }
    out
}

/// The argument for a body, and the call that writes it.
fn sent(body: &Body<'_>) -> Sent {
    let media_type = body.media_type;
    let (ty, value) = match passed(body.schema(), "body") {
        // A body that may be null is there, and one that may be left out need not be.
        (ty, _) if body.kind == BodyKind::Json && nullable_type(body.schema(), "") != rust_type(body.schema(), "") => {
            (format!("::std::option::Option<{ty}>"), "&body".to_owned())
        }
        passed => passed,
    };
    let (ty, call) = match body.kind {
        BodyKind::Json => (ty, format!("json({media_type:?}, {value})")),
        BodyKind::Fields => (ty, format!("form_urlencoded({value}, &[{}])", field_styles(body))),
        BodyKind::Text => ("&str".to_owned(), format!("text({media_type:?}, body)")),
        BodyKind::Bytes if body.is_required => (format!("impl ::std::convert::Into<{BYTES}>"), bytes(media_type)),
        BodyKind::Bytes => (BYTES.to_owned(), bytes(media_type)),
    };
    Sent { input: or_none("body", ty, call, body.is_required), kind: Some(body.kind), is_required: body.is_required }
}

fn bytes(media_type: &str) -> String {
    format!("bytes({media_type:?}, body)")
}

/// The type of a body of bytes.
pub(super) const BYTES: &str = "::reqwest::Body";

fn sent_form(form: &Form<'_>, is_required: bool) -> Sent {
    let input = or_none("form", format!("&types::{}", form.name), "multipart(form.to_form())".to_owned(), is_required);
    Sent { input, kind: None, is_required }
}

/// The argument `name` of the type `ty`, which may be left out unless it is required.
fn or_none(name: &str, ty: String, call: String, is_required: bool) -> Input {
    let (ty, call) = match is_required {
        true => (ty, call),
        false => (format!("::std::option::Option<{ty}>"), format!("optional({name}, |call, {name}| call.{call})")),
    };
    Input { name: name.to_owned(), ty, call }
}

/// The fields of a form whose style is not that of a query.
fn field_styles(body: &Body<'_>) -> String {
    let encoding = body.media["encoding"].as_object().into_iter().flatten();
    let styles = encoding.filter_map(|(field, value)| {
        let is_json = value["contentType"].as_str().is_some_and(crate::openapi::is_json);
        let style = match value["style"].as_str() {
            None if is_json => "Style::JSON".to_owned(),
            None if value.get("explode").is_none() && value.get("allowReserved").is_none() => return None,
            style => styled(style.unwrap_or("form"), value),
        };
        Some(format!("({field:?}, {style})"))
    });
    styles.collect::<Vec<_>>().join(", ")
}

/// The type of the value that a method returns, and how it is read.
fn returned(model: &Model<'_>, call: &Call<'_>) -> (String, String) {
    if call.operation.successes().is_some() {
        let name = status_responses::name(model, call);
        return (format!("types::{name}"), format!("by_status(types::{name}::read)"));
    }
    let responses = call.operation.value().get("responses").and_then(Value::as_object).into_iter().flatten();
    let content = responses.filter_map(|(_, response)| model.resolve(response)?.get("content")?.as_object());
    match content.filter(|content| !content.is_empty()).map(|content| content.get("application/json")).next() {
        None => ("()".to_owned(), "empty()".to_owned()),
        Some(None) => ("RawBody".to_owned(), "raw()".to_owned()),
        Some(Some(json)) => (nullable_type(&json["schema"], "types::"), "json()".to_owned()),
    }
}

/// The method's documentation: what the document says, how to call it, and what may come back.
fn documentation(model: &Model<'_>, method: &Method<'_, '_>, note: &str) -> String {
    let call = method.call;
    let operation = &call.operation;
    let text = |key: &str| operation.value()[key].as_str().map(str::trim).filter(|text| !text.is_empty());
    let one_line = |text: &str| sentence(&text.lines().map(str::trim).collect::<Vec<_>>().join(" "));
    let mut out = sentence(text("summary").unwrap_or(call.id()));
    if let Some(description) = text("description") {
        let _ = write!(out, "\n\n{description}");
    }
    let _ = write!(out, "\n\n`{}`: `{} {}`.", call.id(), operation.method.to_uppercase(), operation.path);
    out.push_str(if operation.is_safe_to_repeat() { " Safe to repeat." } else { " Not safe to repeat." });
    if let Some(with) = &method.with {
        let _ = write!(out, " `{with}` takes its optional parameters.");
    }
    out.push_str(note);
    let described = call.required.iter().filter_map(|argument| {
        let value = argument.parameter.value();
        let text = described(model, value, &value["schema"])?;
        Some(format!("\n- `{}`: {}", argument.name, one_line(&text)))
    });
    let described: String = described.collect();
    if !described.is_empty() {
        let _ = write!(out, "\n\n# Parameters\n{described}");
    }
    out.push_str("\n\n# Errors\n");
    if operation.errors().next().is_none() {
        out.push_str("\nAny other status than a success is one; see `Error`.");
        return out;
    }
    for (status, error) in operation.errors() {
        let description = error["description"].as_str().filter(|text| !text.is_empty()).unwrap_or("no description");
        let _ = write!(out, "\n- `{status}`: {}", one_line(description));
    }
    out.push_str("\n\nAny other status than a success is an error as well; see `Error`.");
    out
}

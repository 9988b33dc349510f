//! The methods: names, arguments and bodies from the document, sent by the runtime.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    call::{Argument, Body, BodyKind, Call},
    docs::{comment, described, sentence},
    model::Model,
    status_responses,
};
use crate::{
    names::{STRING, nullable_type, rust_type},
    openapi::{Parameter, extension::JSON_PARAMETER},
};

/// The code of `client.rs`.
pub(super) fn methods(model: &Model<'_>) -> String {
    let mut out = String::from(
        "#[allow(unused_imports, reason = \"a document may have no parameters, or nothing but JSON\")]\n\
         use crate::{\n    RawBody, operations,\n    runtime::{call::Client, error::Error, parameter::Style, response::Response, transport::Transport},\n    types,\n};\n\n\
         #[allow(clippy::too_many_arguments, reason = \"the document requires them\")]\n\
         impl<T: Transport> Client<T> {",
    );
    for call in &model.calls {
        if call.form.is_none() || call.body.is_some() {
            out.push_str(&method(model, call, false));
        }
        if call.form.is_some() {
            out.push_str(&method(model, call, true));
        }
    }
    out.push_str("}\n");
    out
}

/// The method of an operation, or of its multipart form; with optional parameters a second one that takes them.
fn method(model: &Model<'_>, call: &Call<'_>, is_form: bool) -> String {
    // Always with the suffix: the vendor has moved this body in and out of JSON, and callers should not notice.
    let name = if is_form {
        model.free_method(&format!("{}_multipart", call.method.trim_end_matches('_')))
    } else {
        call.method.clone()
    };
    let mut arguments: Vec<(String, String)> = Vec::new();
    let mut calls: Vec<String> = Vec::new();
    for argument in &call.required {
        let (ty, value) = passed(&argument.parameter.value()["schema"], &argument.name);
        calls.push(written(argument, &value));
        arguments.push((argument.name.clone(), ty));
    }
    let after = match (&call.form, &call.body) {
        (Some(form), _) if is_form => {
            let ty = format!("types::{}", form.name);
            Some(match form.is_required || call.body.is_some() {
                true => (("form".to_owned(), ty), "multipart(form.into_form())".to_owned()),
                false => {
                    let ty = format!("::std::option::Option<{ty}>");
                    (
                        ("form".to_owned(), ty),
                        "optional(form, |call, form| call.multipart(form.into_form()))".to_owned(),
                    )
                }
            })
        }
        (_, Some(body)) => Some(sent(body)),
        _ => None,
    };
    let (value, read) = answer(model, call);
    let result = format!("Result<Response<{value}>, Error<T::Error>>");
    if call.accept != "application/json" {
        calls.push(format!("accept({:?})", call.accept));
    }
    let mut out = String::new();
    let mut name_of_sender = name.clone();
    if !call.optional.is_empty() {
        name_of_sender = model.free_method(&format!("{}_with", name.trim_end_matches('_')));
        let all = arguments.iter().chain(after.iter().map(|(argument, _)| argument));
        let listed: Vec<String> = all.clone().map(|(name, ty)| format!("{name}: {ty}")).collect();
        let mut passed: Vec<&str> = arguments.iter().map(|(name, _)| name.as_str()).collect();
        passed.push("&Default::default()");
        passed.extend(after.iter().map(|((name, _), _)| name.as_str()));
        let doc = comment("    ", &documentation(model, call, Some(&name_of_sender)));
        let _ = write!(
            out,
            "\n{doc}    pub async fn {name}({}) -> {result} {{\n        self.{name_of_sender}({}).await\n    }}\n",
            inputs(&listed),
            passed.join(", "),
        );
        arguments.push(("params".to_owned(), format!("&types::{}", call.params)));
        for argument in &call.optional {
            calls.push(written(argument, &format!("&params.{}", argument.name)));
        }
    }
    if let Some((argument, call)) = after {
        arguments.push(argument);
        calls.push(call);
    }
    let listed: Vec<String> = arguments.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
    let doc = match call.optional.is_empty() {
        true => documentation(model, call, None),
        false => format!("`{name}`, with its optional parameters."),
    };
    let constant = call.constant();
    let _ = write!(
        out,
        "\n{}    pub async fn {name_of_sender}({}) -> {result} {{\n        \
                 {}.send().await?.{read}\n    \
             }}\n",
        comment("    ", &doc),
        inputs(&listed),
        chain(&format!("self.call(&operations::{constant})"), &calls),
    );
    out
}

/// A chain of method calls, in one line if there is room.
fn chain(start: &str, calls: &[String]) -> String {
    let length = start.len() + calls.iter().map(|call| call.len() + 1).sum::<usize>();
    let separator = if length < 80 { "." } else { "\n            ." };
    std::iter::once(start).chain(calls.iter().map(String::as_str)).collect::<Vec<_>>().join(separator)
}

/// The inputs of a method, in one line if there is room.
fn inputs(listed: &[String]) -> String {
    match listed.iter().map(String::len).sum::<usize>() < 60 {
        true => std::iter::once("&self").chain(listed.iter().map(String::as_str)).collect::<Vec<_>>().join(", "),
        false => format!("\n        &self,\n        {},\n    ", listed.join(",\n        ")),
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
fn sent(body: &Body<'_>) -> ((String, String), String) {
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
        BodyKind::Text => (format!("impl ::std::convert::Into<{STRING}>"), format!("text({media_type:?}, body)")),
        BodyKind::Bytes => {
            ("impl ::std::convert::Into<::reqwest::Body>".to_owned(), format!("bytes({media_type:?}, body)"))
        }
    };
    if body.is_required {
        return (("body".to_owned(), ty), call);
    }
    let ty = match body.kind {
        BodyKind::Text => STRING.to_owned(),
        BodyKind::Bytes => "::reqwest::Body".to_owned(),
        _ => ty,
    };
    let ty = format!("::std::option::Option<{ty}>");
    (("body".to_owned(), ty), format!("optional(body, |call, body| call.{call})"))
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
fn answer(model: &Model<'_>, call: &Call<'_>) -> (String, String) {
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
fn documentation(model: &Model<'_>, call: &Call<'_>, with: Option<&str>) -> String {
    let operation = &call.operation;
    let text = |key: &str| operation.value()[key].as_str().map(str::trim).filter(|text| !text.is_empty());
    let one_line = |text: &str| sentence(&text.lines().map(str::trim).collect::<Vec<_>>().join(" "));
    let mut out = sentence(text("summary").unwrap_or(call.id()));
    if let Some(description) = text("description") {
        let _ = write!(out, "\n\n{description}");
    }
    let _ = write!(out, "\n\n`{}`: `{} {}`.", call.id(), operation.method.to_uppercase(), operation.path);
    out.push_str(if operation.is_safe_to_repeat() { " Safe to repeat." } else { " Not safe to repeat." });
    if let Some(with) = with {
        let _ = write!(out, " `{with}` takes its optional parameters.");
    }
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

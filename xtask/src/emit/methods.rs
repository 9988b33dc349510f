//! The methods: the generator's names and signatures, with bodies that call the runtime.

use std::{collections::HashMap, fmt::Write as _};

use serde_json::Value;
use syn::{
    FnArg, GenericArgument, ImplItem, ImplItemFn, Pat, PathArguments, ReturnType, Type,
    visit_mut::{self, VisitMut},
};

use super::{
    docs::{comment, sentence},
    model::Model,
    print::one_line,
    status_responses,
};
use crate::{names::snake, openapi::Operation};

/// The code of `client.rs`.
pub(super) fn methods(model: &Model<'_>, items: Vec<ImplItem>) -> String {
    let mut out = String::from(
        "use crate::{\n    operations,\n    runtime::{call::Client, error::Error, response::Response, transport::Transport},\n    types,\n};\n\
         #[allow(unused_imports, reason = \"every response of a document may be JSON\")]\n\
         use crate::RawBody;\n\n\
         #[allow(clippy::too_many_arguments, reason = \"the document requires them\")]\n\
         impl<T: Transport> Client<T> {",
    );
    let by_name: HashMap<String, &Operation<'_>> =
        model.operations.iter().map(|operation| (operation.method_name(), operation)).collect();
    for item in items {
        let ImplItem::Fn(function) = item else { continue };
        // `new` and the like are of no operation: a client is made by hand, with a transport.
        let Some(operation) = by_name.get(&function.sig.ident.to_string()).copied() else { continue };
        let form = operation.form_type();
        if form.is_none() || operation.value().get("requestBody").is_some() {
            out.push_str(&method(model, operation, function.clone(), None));
        }
        if let Some((form, _)) = form {
            out.push_str(&method(model, operation, function, Some(&form)));
        }
    }
    out.push_str("}\n");
    out
}

/// One method: of an operation as the generator sees it, or of its multipart form.
fn method(model: &Model<'_>, operation: &Operation<'_>, mut function: ImplItemFn, form: Option<&str>) -> String {
    Plain.visit_signature_mut(&mut function.sig);
    let (mut arguments, mut calls) = (String::new(), String::new());
    let parameters = operation.parameters();
    for argument in &function.sig.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let Pat::Ident(name) = &*argument.pat else { continue };
        let name = name.ident.to_string();
        let call = match parameters.iter().find(|parameter| snake(parameter.name) == name) {
            Some(parameter) => {
                let wire = parameter.name;
                match parameter.location {
                    "path" if matches!(&*argument.ty, Type::Reference(_)) => format!(".path({wire:?}, {name})"),
                    "path" => format!(".path({wire:?}, &{name})"),
                    "query" => format!(".query({wire:?}, &{name})"),
                    _ if is_option(&argument.ty) => format!(".header({wire:?}, {name})"),
                    _ => format!(".header({wire:?}, Some({name}))"),
                }
            }
            None if form.is_some() => continue,
            None => body_call(operation, is_option(&argument.ty)).to_owned(),
        };
        let _ = writeln!(arguments, "        {name}: {},", one_line(&argument.ty));
        let _ = write!(calls, "\n            {call}");
    }
    let mut name = function.sig.ident.to_string();
    let mut generics = String::new();
    match form {
        Some(form) => {
            let _ = writeln!(arguments, "        form: types::{form},");
            calls.push_str("\n            .multipart(form.into_form())");
            // Always with the suffix: the vendor has moved this body in and out of JSON, and callers should not notice.
            name = format!("{}_multipart", name.trim_end_matches('_'));
        }
        None => {
            let typed = |parameter: &&syn::GenericParam| !matches!(parameter, syn::GenericParam::Lifetime(_));
            let listed: Vec<String> = function.sig.generics.params.iter().filter(typed).map(one_line).collect();
            if !listed.is_empty() {
                generics = format!("<{}>", listed.join(", "));
            }
        }
    }
    let (value, read) = answer(model, operation, &function.sig.output);
    let constant = operation.constant();
    let doc = comment("    ", &documentation(operation));
    format!(
        "\n{doc}    \
             pub async fn {name}{generics}(\n        \
                 &self,\n{arguments}    \
             ) -> Result<Response<{value}>, Error<T::Error>> {{\n        \
                 let received = self\n            \
                     .call(&operations::{constant}){calls}\n            \
                     .send()\n            \
                     .await?;\n        \
                 {read}\n    \
             }}\n"
    )
}

/// Signatures without the lifetime that the generator writes out.
struct Plain;

impl VisitMut for Plain {
    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        reference.lifetime = None;
        visit_mut::visit_type_reference_mut(self, reference);
    }
}

fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

fn body_call(operation: &Operation<'_>, is_optional: bool) -> &'static str {
    let content = operation.value().pointer("/requestBody/content").and_then(Value::as_object);
    match content.and_then(|content| content.keys().next()).map(String::as_str) {
        Some("application/x-www-form-urlencoded") => ".form_urlencoded(body)",
        Some("application/octet-stream") => ".octets(body)",
        Some("text/plain") => ".text(body)",
        _ if is_optional => ".optional_json(body)",
        _ => ".json(body)",
    }
}

/// The type of the value that a method returns, and how it is read.
fn answer(model: &Model<'_>, operation: &Operation<'_>, output: &ReturnType) -> (String, String) {
    if operation.successes().is_some() {
        let name = status_responses::name(model, operation);
        return (format!("types::{name}"), format!("types::{name}::read(received)"));
    }
    let value = match output {
        ReturnType::Type(_, ty) => argument(ty).and_then(argument),
        ReturnType::Default => None,
    };
    match value {
        Some(Type::Path(path)) if path.path.segments.last().is_some_and(|last| last.ident == "ByteStream") => {
            ("RawBody".to_owned(), "received.raw()".to_owned())
        }
        Some(Type::Tuple(_)) | None => ("()".to_owned(), "received.empty()".to_owned()),
        Some(value) => (one_line(value), "received.json()".to_owned()),
    }
}

/// The first type argument of `ty`.
fn argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(list) = &path.path.segments.last()?.arguments else { return None };
    match list.args.first()? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

/// The method's documentation: what the document says, how to call it, and what may come back.
fn documentation(operation: &Operation<'_>) -> String {
    let id = operation.id().unwrap_or_default();
    let text = |key: &str| operation.value()[key].as_str().map(str::trim).filter(|text| !text.is_empty());
    let one_line = |text: &str| sentence(&text.lines().map(str::trim).collect::<Vec<_>>().join(" "));
    let mut out = sentence(text("summary").unwrap_or(id));
    if let Some(description) = text("description") {
        let _ = write!(out, "\n\n{description}");
    }
    let _ = write!(out, "\n\n`{id}`: `{} {}`.", operation.method.to_uppercase(), operation.path);
    out.push_str(if operation.is_safe_to_repeat() { " Safe to repeat." } else { " Not safe to repeat." });
    let described = operation.parameters().into_iter().filter_map(|parameter| {
        let description = parameter.value()["description"].as_str().map(str::trim).filter(|text| !text.is_empty())?;
        Some(format!("\n- `{}`: {}", snake(parameter.name), one_line(description)))
    });
    let described: String = described.collect();
    if !described.is_empty() {
        let _ = write!(out, "\n\n# Parameters\n{described}");
    }
    out.push_str("\n\n# Errors\n");
    for (status, error) in operation.errors() {
        let description = error["description"].as_str().filter(|text| !text.is_empty()).unwrap_or("no description");
        let _ = write!(out, "\n- `{status}`: {}", one_line(description));
    }
    out.push_str("\n\nAny other status than a success is an error as well; see `Error`.");
    out
}

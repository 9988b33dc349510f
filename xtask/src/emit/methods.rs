//! The methods: the generator's names and signatures, with bodies that call the runtime.

use std::{collections::HashMap, fmt::Write as _};

use serde_json::Value;
use syn::{
    FnArg, GenericArgument, ImplItem, ImplItemFn, Pat, PathArguments, ReturnType, Type,
    visit_mut::{self, VisitMut},
};

use super::{
    debug,
    docs::{comment, sentence},
    model::{Model, Operation, target_type},
    types::one_line,
};
use crate::{
    names::{pascal, snake},
    walk,
};

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
        let form = operation.form();
        if form.is_none() || operation.value.get("requestBody").is_some() {
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
    for argument in &function.sig.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let Pat::Ident(name) = &*argument.pat else { continue };
        let name = name.ident.to_string();
        let is_it = |parameter: &&&Value| snake(parameter["name"].as_str().unwrap_or_default()) == name;
        let call = match operation.parameters.iter().find(is_it) {
            Some(parameter) => {
                let wire = parameter["name"].as_str().unwrap_or_default();
                match parameter["in"].as_str() {
                    Some("path") if matches!(&*argument.ty, Type::Reference(_)) => format!(".path({wire:?}, {name})"),
                    Some("path") => format!(".path({wire:?}, &{name})"),
                    Some("query") => format!(".query({wire:?}, &{name})"),
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
    let content = operation.value.pointer("/requestBody/content").and_then(Value::as_object);
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
    if operation.value.get(walk::SUCCESSES).is_some() {
        let name = answers_name(model, operation);
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

fn answers_name(model: &Model<'_>, operation: &Operation<'_>) -> String {
    let name = format!("{}Response", pascal(operation.id));
    if model.is_type(&name) { format!("{}Success", pascal(operation.id)) } else { name }
}

/// The enum of an operation whose success statuses have different shapes.
pub(super) fn answers(model: &Model<'_>, operation: &Operation<'_>) -> Option<String> {
    let shapes = operation.value.get(walk::SUCCESSES)?.as_object()?;
    let name = answers_name(model, operation);
    let (mut variants, mut arms, mut debug) = (String::new(), String::new(), "match self {\n".to_owned());
    // A range stands for what no single status takes, so it comes last.
    let (single, range): (Vec<_>, Vec<_>) = shapes.iter().partition(|(status, _)| status.parse::<u16>().is_ok());
    let has_range = !range.is_empty();
    for (status, shape) in single.into_iter().chain(range.into_iter().take(1)) {
        let pattern = if status.parse::<u16>().is_ok() { status.as_str() } else { "_" };
        let variant = format!("Status{status}");
        let target = shape.get("schema").map(target_type);
        let shows_itself = matches!(target, Some(Some(_)));
        let payload = match target {
            Some(target) => {
                let target = target.unwrap_or_else(|| "::serde_json::Value".to_owned());
                let read = format!("received.json::<{target}, E>()");
                Some((target, read))
            }
            None => shape.get("raw").map(|_| ("crate::RawBody".to_owned(), "received.raw()".to_owned())),
        };
        let _ = write!(variants, "    /// Status {status}.\n    {variant}");
        let shown = match &payload {
            Some((payload, read)) => {
                let _ = writeln!(variants, "({payload}),");
                let map = format!("{read}.map(|response| response.map(Self::{variant}))");
                let _ = writeln!(arms, "            {pattern} => {map},");
                let (bound, value) = if shows_itself { ("value", "value") } else { ("_", "&hidden::Hidden") };
                format!("Self::{variant}({bound}) => f.debug_tuple(\"{variant}\").field({value}).finish()")
            }
            None => {
                variants.push_str(",\n");
                let map = format!("received.empty().map(|response| response.map(|()| Self::{variant}))");
                let _ = writeln!(arms, "            {pattern} => {map},");
                format!("Self::{variant} => f.write_str(\"{variant}\")")
            }
        };
        let _ = writeln!(debug, "            {shown},");
    }
    if !has_range {
        arms.push_str("            _ => received.unknown_status(),\n");
    }
    debug.push_str("        }");
    let debug = debug::implementation(&name, &debug);
    let doc = comment("", &format!("The successful responses of `{}`, told apart by their status.", operation.id));
    Some(format!(
        "{doc}\
         #[derive(Clone, PartialEq)]\n\
         #[non_exhaustive]\n\
         pub enum {name} {{\n{variants}}}\n\n\
         impl {name} {{\n    \
             pub(crate) fn read<E>(\n        \
                 received: crate::runtime::call::Received,\n    \
             ) -> ::std::result::Result<crate::Response<Self>, crate::Error<E>> {{\n        \
                 match received.status().as_u16() {{\n{arms}        }}\n    \
             }}\n\
         }}\n{debug}"
    ))
}

/// The method's documentation: what the document says, how to call it, and what may come back.
fn documentation(operation: &Operation<'_>) -> String {
    let text = |key: &str| operation.value[key].as_str().map(str::trim).filter(|text| !text.is_empty());
    let one_line = |text: &str| sentence(&text.lines().map(str::trim).collect::<Vec<_>>().join(" "));
    let mut out = sentence(text("summary").unwrap_or(operation.id));
    if let Some(description) = text("description") {
        let _ = write!(out, "\n\n{description}");
    }
    let _ = write!(out, "\n\n`{}`: `{} {}`.", operation.id, operation.method.to_uppercase(), operation.path);
    out.push_str(if operation.is_safe_to_repeat() { " Safe to repeat." } else { " Not safe to repeat." });
    let described = operation.parameters.iter().filter_map(|parameter| {
        let description = parameter["description"].as_str().map(str::trim).filter(|text| !text.is_empty())?;
        Some(format!("\n- `{}`: {}", snake(parameter["name"].as_str()?), one_line(description)))
    });
    let described: String = described.collect();
    if !described.is_empty() {
        let _ = write!(out, "\n\n# Parameters\n{described}");
    }
    out.push_str("\n\n# Errors\n");
    let errors = operation.value.get(walk::ERRORS).and_then(Value::as_object);
    for (status, error) in errors.into_iter().flatten() {
        let description = error["description"].as_str().filter(|text| !text.is_empty()).unwrap_or("no description");
        let _ = write!(out, "\n- `{status}`: {}", one_line(description));
    }
    out.push_str("\n\nAny other status than a success is an error as well; see `Error`.");
    out
}

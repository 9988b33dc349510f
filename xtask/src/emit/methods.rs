//! The methods: the generator's names and signatures, with bodies that call the runtime.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{
    FnArg, GenericArgument, GenericParam, ImplItem, ImplItemFn, Pat, PathArguments, ReturnType, Type,
    visit_mut::{self, VisitMut},
};

use super::{
    docs::{self, sentence},
    model::{Model, Operation, target_type},
    types::pretty,
};
use crate::{
    names::{pascal, snake},
    walk,
};

/// The code of `client.rs`.
pub(super) fn methods(model: &Model<'_>, items: Vec<ImplItem>) -> String {
    let mut out = String::from(
        "use crate::{\n    operations,\n    runtime::{call::Client, error::Error, response::Response, transport::Transport},\n    types,\n};\n\n\
         #[allow(clippy::too_many_arguments, reason = \"the document requires them\")]\n\
         impl<T: Transport> Client<T> {\n",
    );
    let mut is_first = true;
    for item in items {
        let ImplItem::Fn(function) = item else { continue };
        let Some(operation) = model.operations.iter().find(|operation| function.sig.ident == operation.method_name())
        else {
            // `new` and the like: a client is made by hand, with a transport.
            continue;
        };
        for method in methods_of(model, operation, function) {
            if !std::mem::take(&mut is_first) {
                out.push('\n');
            }
            let block = pretty(quote!(impl X { #method }));
            let body: Vec<&str> = block.lines().collect();
            for line in body.get(1..body.len().saturating_sub(1)).unwrap_or_default() {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out.push_str("}\n");
    out
}

/// The method of an operation; one that takes a form has another for it, or instead of it.
fn methods_of(model: &Model<'_>, operation: &Operation<'_>, function: ImplItemFn) -> Vec<TokenStream> {
    let has_body = operation.value.get("requestBody").is_some();
    let Some((form, _)) = operation.form() else { return vec![method(model, operation, function, None)] };
    let with_form = method(model, operation, function.clone(), Some(&form));
    if has_body { vec![method(model, operation, function, None), with_form] } else { vec![with_form] }
}

fn method(model: &Model<'_>, operation: &Operation<'_>, mut function: ImplItemFn, form: Option<&str>) -> TokenStream {
    Plain.visit_signature_mut(&mut function.sig);
    let is_lifetime = |parameter: &GenericParam| matches!(parameter, GenericParam::Lifetime(_));
    let generics: Vec<GenericParam> = function.sig.generics.params.into_iter().filter(|p| !is_lifetime(p)).collect();
    let mut arguments = Vec::new();
    let mut calls = Vec::new();
    for argument in function.sig.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let Pat::Ident(name) = &*argument.pat else { continue };
        let name = &name.ident;
        let parameter = operation.parameters.iter().find(|parameter| {
            let known = parameter["name"].as_str().unwrap_or_default();
            *name == snake(known)
        });
        match parameter {
            Some(parameter) => {
                let wire = parameter["name"].as_str().unwrap_or_default();
                calls.push(match parameter["in"].as_str() {
                    Some("path") => quote!(.path(#wire, #name)),
                    Some("query") => quote!(.query(#wire, &#name)),
                    _ if is_option(&argument.ty) => quote!(.header(#wire, #name)),
                    _ => quote!(.header(#wire, Some(#name))),
                });
            }
            None if form.is_some() => continue,
            None => calls.push(body_call(operation)),
        }
        arguments.push(quote!(#argument));
    }
    let mut generics = generics;
    if let Some(form) = form {
        let form = format_ident!("{form}");
        arguments.push(quote!(form: types::#form));
        calls.push(quote!(.multipart(form.into_form())));
        generics.clear();
    }
    let generics = (!generics.is_empty()).then(|| quote!(<#(#generics),*>));
    let name = match form {
        // Always with the suffix: the vendor has moved this body in and out of JSON, and callers should not notice.
        Some(_) => format_ident!("{}_multipart", operation.method_name().trim_end_matches('_')),
        None => function.sig.ident,
    };
    let (value, read) = answer(model, operation, &function.sig.output);
    let constant = format_ident!("{}", operation.constant());
    let doc = docs::tokens(&documentation(operation));
    quote! {
        #doc
        pub async fn #name #generics (&self, #(#arguments),*) -> Result<Response<#value>, Error<T::Error>> {
            let received = self.call(&operations::#constant) #(#calls)* .send().await?;
            #read
        }
    }
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

fn body_call(operation: &Operation<'_>) -> TokenStream {
    let content = operation.value.pointer("/requestBody/content").and_then(Value::as_object);
    match content.and_then(|content| content.keys().next()).map(String::as_str) {
        Some("application/x-www-form-urlencoded") => quote!(.form_urlencoded(body)),
        Some("application/octet-stream") => quote!(.octets(body)),
        Some("text/plain") => quote!(.text(body)),
        _ => quote!(.json(body)),
    }
}

/// The type of the value that a method returns, and how it is read.
fn answer(model: &Model<'_>, operation: &Operation<'_>, output: &ReturnType) -> (TokenStream, TokenStream) {
    if operation.value.get(walk::SUCCESSES).is_some() {
        let name = format_ident!("{}", answers_name(model, operation));
        return (quote!(types::#name), quote!(types::#name::read(received)));
    }
    let value = match output {
        ReturnType::Type(_, ty) => argument(ty, 0).and_then(|response| argument(response, 0)),
        ReturnType::Default => None,
    };
    match value {
        Some(Type::Path(path)) if path.path.segments.last().is_some_and(|last| last.ident == "ByteStream") => {
            (quote!(::bytes::Bytes), quote!(received.bytes()))
        }
        Some(Type::Tuple(_)) | None => (quote!(()), quote!(received.empty())),
        Some(value) => (quote!(#value), quote!(received.json())),
    }
}

fn argument(ty: &Type, index: usize) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(list) = &path.path.segments.last()?.arguments else { return None };
    match list.args.iter().nth(index)? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

fn answers_name(model: &Model<'_>, operation: &Operation<'_>) -> String {
    let name = format!("{}Response", pascal(operation.id));
    if model.is_type(&name) { format!("{}Answer", pascal(operation.id)) } else { name }
}

/// The enum of an operation whose success statuses have different shapes.
pub(super) fn answers(model: &Model<'_>, operation: &Operation<'_>) -> Option<TokenStream> {
    let shapes = operation.value.get(walk::SUCCESSES)?.as_object()?;
    let name = format_ident!("{}", answers_name(model, operation));
    let title = name.to_string();
    let (mut variants, mut arms, mut debugs) = (Vec::new(), Vec::new(), Vec::new());
    for (status, shape) in shapes {
        let variant = format_ident!("Status{}", pascal(status).trim_start_matches('X'));
        let doc = docs::tokens(&format!("Status {status}."));
        let pattern = match status.parse::<u16>() {
            Ok(code) => quote!(#code),
            Err(_) => quote!(_),
        };
        let target = shape.get("schema").map(|schema| match target_type(schema) {
            Some(target) => {
                let target = format_ident!("{target}");
                quote!(#target)
            }
            None => quote!(::serde_json::Value),
        });
        let (payload, read) = match (target, shape.get("raw")) {
            (Some(target), _) => (Some(target), quote!(received.json())),
            (None, Some(_)) => (Some(quote!(::bytes::Bytes)), quote!(received.bytes())),
            (None, None) => (None, quote!(received.empty())),
        };
        let shows_itself = shape.get("schema").is_some_and(|schema| target_type(schema).is_some());
        let label = variant.to_string();
        debugs.push(match &payload {
            Some(_) if shows_itself => quote!(Self::#variant(value) => f.debug_tuple(#label).field(value).finish()),
            Some(_) => quote!(Self::#variant(_) => f.debug_tuple(#label).field(&Hidden).finish()),
            None => quote!(Self::#variant => f.write_str(#label)),
        });
        match payload {
            Some(payload) => {
                variants.push(quote!(#doc #variant(#payload)));
                arms.push((pattern, quote!(#read.map(|response| response.map(Self::#variant)))));
            }
            None => {
                variants.push(quote!(#doc #variant));
                arms.push((pattern, quote!(#read.map(|response| response.map(|()| Self::#variant)))));
            }
        }
    }
    // A range stands for what no single status takes.
    arms.sort_by_key(|(pattern, _)| pattern.to_string() == "_");
    let has_range = arms.iter().any(|(pattern, _)| pattern.to_string() == "_");
    let arms = arms.into_iter().map(|(pattern, read)| quote!(#pattern => #read));
    let rest = (!has_range).then(|| quote!(_ => received.unknown_status(),));
    let doc = docs::tokens(&format!("What `{}` answers, told apart by the status.", operation.id));
    Some(quote! {
        #doc
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum #name { #(#variants),* }

        impl #name {
            pub(crate) fn read<E>(
                received: crate::runtime::call::Received,
            ) -> ::std::result::Result<crate::Response<Self>, crate::Error<E>> {
                match received.status().as_u16() { #(#arms,)* #rest }
            }
        }

        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let _ = #title;
                match self { #(#debugs,)* }
            }
        }
    })
}

/// The method's documentation: what the document says, how to call it, and what may come back.
fn documentation(operation: &Operation<'_>) -> String {
    let text = |key: &str| operation.value[key].as_str().map(str::trim).filter(|text| !text.is_empty());
    let mut out = sentence(text("summary").unwrap_or(operation.id));
    if let Some(description) = text("description") {
        out.push_str("\n\n");
        out.push_str(description);
    }
    out.push_str(&format!("\n\n`{}`: `{} {}`.", operation.id, operation.method.to_uppercase(), operation.path));
    out.push_str(if operation.is_safe_to_repeat() { " Safe to repeat." } else { " Not to be repeated blindly." });
    let described = operation.parameters.iter().filter_map(|parameter| {
        let description = parameter["description"].as_str().map(str::trim).filter(|text| !text.is_empty())?;
        let name = snake(parameter["name"].as_str()?);
        let line = description.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        Some(format!("\n- `{name}`: {}", sentence(&line)))
    });
    let described: String = described.collect();
    if !described.is_empty() {
        out.push_str("\n\n# Parameters\n");
        out.push_str(&described);
    }
    out.push_str("\n\n# Errors\n");
    let errors = operation.value.get(walk::ERRORS).and_then(Value::as_object);
    for (status, error) in errors.into_iter().flatten() {
        let description = error["description"].as_str().unwrap_or_default();
        let line = description.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        out.push_str(&format!("\n- `{status}`: {}", sentence(if line.is_empty() { "no description" } else { &line })));
    }
    out.push_str("\n\nAny other status that is no success is an error as well; see `Error`.");
    out
}

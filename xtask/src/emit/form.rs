//! Multipart forms: a struct with a file for each binary field, which streams.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Field, Fields, Type};

use super::{
    debug,
    docs::{self, sentence},
    model::{Model, Operation, target_type},
    types::constructor,
};
use crate::names;

pub(super) fn form(model: &Model<'_>, operation: &Operation<'_>, name: &str, schema: &Value) -> TokenStream {
    let name = format_ident!("{name}");
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|list| list.iter().any(|known| known == name));
    let mut fields: Vec<(Field, bool)> = Vec::new();
    let mut parts = Vec::new();
    let mut schemas = Vec::new();
    for (property, schema) in properties {
        let ident = format_ident!("{}", names::snake(property));
        let (ty, is_file) = field_type(schema);
        let is_required = is_required(property);
        let ty: Type = if is_required { ty } else { syn::parse_quote!(::std::option::Option<#ty>) };
        parts.push(match (is_file, is_required) {
            (true, true) => quote!(.file(#property, self.#ident)),
            (true, false) => quote!(.optional_file(#property, self.#ident)),
            (false, _) => quote!(.value(#property, &self.#ident)),
        });
        let text = schema.get("description").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let text = text.map_or_else(|| format!("`{property}` in the document."), sentence);
        let doc = docs::attributes(&text);
        fields.push((syn::parse_quote!(#(#doc)* pub #ident: #ty), is_required));
        schemas.push((ident, schema));
    }
    let by_reference: Vec<(&Field, bool)> = fields.iter().map(|(field, is_required)| (field, *is_required)).collect();
    let constructor = constructor(&name, &by_reference);
    let default = constructor.is_empty().then(|| quote!(#[derive(Default)]));
    let declared = fields.iter().map(|(field, _)| field);
    let item: syn::ItemStruct = syn::parse_quote!(pub struct #name { #(#declared),* });
    let Fields::Named(_) = &item.fields else { return TokenStream::new() };
    let schema_of = |ident: &syn::Ident| schemas.iter().find(|(known, _)| known == ident).map(|(_, schema)| *schema);
    let debug = debug::of_struct(model, &name, &item.fields, &schema_of, Some(schema));
    let text = schema.get("description").and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(sentence);
    let text = text.unwrap_or_else(|| format!("The form of `{}`; its files stream.", operation.id));
    let doc = docs::tokens(&text);
    quote! {
        #doc
        #default
        #[non_exhaustive]
        #item

        #constructor

        impl #name {
            pub(crate) fn into_form(self) -> Form {
                Form::default() #(#parts)*
            }
        }

        #debug
    }
}

/// The type of a field, and whether it is a file.
fn field_type(schema: &Value) -> (Type, bool) {
    if let Some(target) = target_type(schema) {
        let target = format_ident!("{target}");
        return (syn::parse_quote!(#target), false);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("binary")) => (syn::parse_quote!(FilePart), true),
        (Some("string"), Some("uuid")) => (syn::parse_quote!(::uuid::Uuid), false),
        (Some("string"), _) => (syn::parse_quote!(::std::string::String), false),
        (Some("integer"), _) => (syn::parse_quote!(i64), false),
        (Some("number"), _) => (syn::parse_quote!(f64), false),
        (Some("boolean"), _) => (syn::parse_quote!(bool), false),
        _ => (syn::parse_quote!(::serde_json::Value), false),
    }
}

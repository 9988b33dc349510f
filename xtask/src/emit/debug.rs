//! `Debug` that hides personal data.
//!
//! A field is shown only if it is known to be harmless: the overlay says so, or its type can't hold personal data (a
//! number, a flag, an id, a time, an enum, or another generated type, which decides for itself). Everything else is
//! hidden, so a field that the vendor adds tomorrow is hidden until somebody has looked at it.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Fields, GenericArgument, PathArguments, Type};

use super::model::Model;
use crate::walk;

/// Whether a value of `ty`, described by `schema`, is shown.
pub(super) fn is_shown(model: &Model<'_>, ty: &Type, schema: Option<&Value>) -> bool {
    match schema.and_then(|schema| schema.get(walk::SENSITIVE)).and_then(Value::as_bool) {
        Some(is_sensitive) => !is_sensitive,
        None => is_harmless(model, ty),
    }
}

fn is_harmless(model: &Model<'_>, ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let name = last.ident.to_string();
    let mut arguments = match &last.arguments {
        PathArguments::AngleBracketed(list) => list.args.iter().collect(),
        _ => Vec::new(),
    };
    match name.as_str() {
        "Option" | "Vec" | "Box" | "HashSet" | "BTreeSet" => {
            arguments.drain(..).all(|inner| matches!(inner, GenericArgument::Type(inner) if is_harmless(model, inner)))
        }
        "bool" | "Uuid" | "DateTime" => true,
        _ if path.path.segments.len() == 1 && model.is_type(&name) => true,
        _ => {
            let number = name.strip_prefix("NonZero").unwrap_or(&name).to_lowercase();
            matches!(number.as_str(), "f32" | "f64" | "usize")
                || number.strip_prefix(['i', 'u']).is_some_and(|bits| bits.parse::<u8>().is_ok())
        }
    }
}

fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

/// What stands for a value in the output: the value, or that it is hidden.
fn stand_in(model: &Model<'_>, ty: &Type, schema: Option<&Value>, value: &TokenStream) -> TokenStream {
    if is_shown(model, ty, schema) {
        quote!(#value)
    } else if is_option(ty) {
        quote!(&hidden::optional(#value))
    } else {
        quote!(&Hidden)
    }
}

/// `impl Debug` for a struct. `schema` finds the schema of a field by its name in Rust; the empty name is the newtype's.
pub(super) fn of_struct<'v>(
    model: &Model<'_>,
    name: &Ident,
    fields: &Fields,
    schema: &dyn Fn(&Ident) -> Option<&'v Value>,
    whole: Option<&Value>,
) -> TokenStream {
    let title = name.to_string();
    let body = match fields {
        Fields::Named(fields) => {
            let lines = fields.named.iter().filter_map(|field| {
                let ident = field.ident.as_ref()?;
                let label = ident.to_string();
                let value = stand_in(model, &field.ty, schema(ident), &quote!(&self.#ident));
                Some(quote!(.field(#label, #value)))
            });
            quote!(f.debug_struct(#title) #(#lines)* .finish())
        }
        Fields::Unnamed(fields) => {
            let lines = fields.unnamed.iter().enumerate().map(|(index, field)| {
                let index = syn::Index::from(index);
                let value = stand_in(model, &field.ty, whole, &quote!(&self.#index));
                quote!(.field(#value))
            });
            quote!(f.debug_tuple(#title) #(#lines)* .finish())
        }
        Fields::Unit => quote!(f.write_str(#title)),
    };
    wrap(name, &body)
}

/// `impl Debug` for an enum whose variants hold something.
pub(super) fn of_enum(model: &Model<'_>, item: &syn::ItemEnum, whole: Option<&Value>) -> TokenStream {
    let arms = item.variants.iter().map(|variant| {
        let name = &variant.ident;
        let title = name.to_string();
        match &variant.fields {
            Fields::Unit => quote!(Self::#name => f.write_str(#title)),
            Fields::Unnamed(fields) => {
                let bound: Vec<Ident> = (0..fields.unnamed.len()).map(|index| format_ident!("v{index}")).collect();
                let shown = |ty: &Type| is_shown(model, ty, whole);
                let patterns =
                    fields.unnamed.iter().zip(&bound).map(|(field, v)| {
                        if shown(&field.ty) || is_option(&field.ty) { quote!(#v) } else { quote!(_) }
                    });
                let values = fields.unnamed.iter().zip(&bound);
                let values = values.map(|(field, v)| stand_in(model, &field.ty, whole, &quote!(#v)));
                quote!(Self::#name(#(#patterns),*) => f.debug_tuple(#title) #(.field(#values))* .finish())
            }
            Fields::Named(fields) => {
                let named: Vec<_> =
                    fields.named.iter().filter_map(|field| Some((field.ident.as_ref()?, &field.ty))).collect();
                let patterns = named.iter().map(|(ident, ty)| {
                    if is_shown(model, ty, None) || is_option(ty) { quote!(#ident) } else { quote!(#ident: _) }
                });
                let lines = named.iter().map(|(ident, ty)| {
                    let label = ident.to_string();
                    let value = stand_in(model, ty, None, &quote!(#ident));
                    quote!(.field(#label, #value))
                });
                quote!(Self::#name { #(#patterns),* } => f.debug_struct(#title) #(#lines)* .finish())
            }
        }
    });
    wrap(&item.ident, &quote!(match self { #(#arms,)* }))
}

fn wrap(name: &Ident, body: &TokenStream) -> TokenStream {
    quote! {
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                #body
            }
        }
    }
}

//! The table of operations.

use quote::{format_ident, quote};

use super::{docs, model::Model, types::pretty};

pub(super) fn operations(model: &Model<'_>) -> String {
    let constants = model.operations.iter().map(|operation| {
        let (name, id, path) = (format_ident!("{}", operation.constant()), operation.id, operation.path);
        let method = operation.method.to_uppercase();
        let retry = if operation.is_safe_to_repeat() { quote!(Safe) } else { quote!(Never) };
        let doc = docs::tokens(&format!("`{id}`: `{method} {path}`."));
        quote! {
            #doc
            pub const #name: Operation = Operation::new(#id, #method, #path, Retry::#retry);
        }
    });
    let names = model.operations.iter().map(|operation| format_ident!("{}", operation.constant()));
    pretty(quote! {
        use crate::runtime::operation::{Operation, Retry};

        #(#constants)*

        /// Every operation, in the order of the document.
        pub const ALL: &[Operation] = &[#(#names),*];
    })
}

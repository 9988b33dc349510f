//! From the generator's code to the files of the crate.
//!
//! The generator decides names, types and signatures. What it can't do is done here, on its syntax tree: `Debug` that
//! hides personal data, open enums, `#[non_exhaustive]` with constructors, multipart methods, the table of operations,
//! and method bodies that leave transport and errors to `crates/unigox-client/src/runtime`.

mod constructor;
mod debug;
mod docs;
mod form;
mod methods;
mod model;
mod operations;
mod print;
mod status_responses;
mod types;

pub(crate) use self::docs::sentence;
use serde_json::Value;

use self::model::Model;

/// A file of the generated crate: its path below `src/generated`, and its code without a header.
pub(crate) type Emitted = (&'static str, String);

/// The generated files, from the lowered document and the generator's code for it.
pub(crate) fn emit(effective: &Value, generated: syn::File) -> Vec<Emitted> {
    let model = Model::new(effective);
    let mut type_items = Vec::new();
    let mut impl_items = Vec::new();
    for item in generated.items {
        match item {
            syn::Item::Mod(module) if module.ident == "types" => {
                type_items = module.content.map(|(_, items)| items).unwrap_or_default();
            }
            syn::Item::Impl(block) if block.trait_.is_none() => impl_items.extend(block.items),
            _ => {}
        }
    }
    let mut types = types::types(&model, type_items);
    for operation in &model.operations {
        let form = operation.form_type().map(|(name, schema)| form::form(&model, operation, &name, schema));
        for code in form.into_iter().chain(status_responses::status_responses(&model, operation)) {
            types.push('\n');
            types.push_str(&code);
        }
    }
    vec![
        ("types.rs", types),
        ("client.rs", methods::methods(&model, impl_items)),
        ("operations.rs", operations::operations(&model)),
    ]
}

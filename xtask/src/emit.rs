//! From the generator's types to the files of the crate.
//!
//! The generator makes the types of objects. What it can't make is made here, from the document: `Debug` that hides personal
//! data, enums, unions and constrained strings as macros of the runtime, `#[non_exhaustive]` with constructors, forms,
//! optional parameters, the table of operations, and methods that leave transport and errors to
//! `crates/unigox-client/src/runtime`.

mod api;
mod call;
mod calls;
mod constructor;
mod debug;
mod docs;
mod form;
mod methods;
mod model;
mod operations;
mod params;
mod print;
mod status_responses;
mod types;

use std::{panic::resume_unwind, thread};

use serde_json::Value;

pub(crate) use self::calls::table;
pub use self::calls::{SampleBody, SampleCall, SampleResponse, calls, responses};
use self::model::Model;

/// A file of the generated crate: its path below `src/generated`, and its code without a header.
pub(crate) type Emitted = (&'static str, String);

/// The generated files, from the lowered document and the generator's types for it.
pub(crate) fn emit(effective: &Value, items: Vec<syn::Item>) -> Vec<Emitted> {
    // Syntax trees stay in their thread.
    thread::scope(|scope| {
        let methods = scope.spawn(|| {
            let model = Model::new(effective);
            (methods::methods(&model), operations::operations(&model))
        });
        let types = all_types(&Model::new(effective), items);
        let (client, operations) = methods.join().unwrap_or_else(|panic| resume_unwind(panic));
        vec![("types.rs", types), ("client.rs", client), ("operations.rs", operations)]
    })
}

/// The code of `types.rs`, with what each operation has of its own.
fn all_types(model: &Model<'_>, items: Vec<syn::Item>) -> String {
    let mut types = types::types(model, items);
    for call in &model.calls {
        let form = call.form.as_ref().map(|form| form::form(model, call, form));
        let params = (!call.optional.is_empty()).then(|| params::params(model, call));
        let responses = status_responses::status_responses(model, call);
        for code in form.into_iter().chain(params).chain(responses) {
            types.push('\n');
            types.push_str(&code);
        }
    }
    types
}

/// The generated files of the facade, from the lowered document.
pub(crate) fn emit_facade(effective: &Value) -> Vec<Emitted> {
    vec![("api.rs", api::api(&Model::new(effective)))]
}

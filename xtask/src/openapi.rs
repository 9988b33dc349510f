//! One reading of OpenAPI 3.0, for the passes, the lint, the comparison and the emitters alike.
//!
//! | file | what it reads |
//! |---|---|
//! | `load.rs` | a file, as a value tree, bounded in size, depth and aliases |
//! | `pointer.rs` | JSON pointers |
//! | `place.rs` | a value together with its pointer |
//! | `reference.rs` | `$ref`s: where they are, and where they lead |
//! | `reach.rs` | what refers to what, directly and through others |
//! | `operation.rs` | operations, their parameters, the names in their paths |
//! | `visit.rs` | every schema, and what holds one; to read |
//! | `rewrite.rs` | every schema and operation; to change |
//! | `shape.rs` | all that holds at once for a schema: references followed, `allOf` laid flat |
//! | `json_schema.rs` | schemas as one JSON Schema, to hold values against |
//! | `extension.rs` | the extensions that the overlay and the passes use |
//!
//! They know the shape of OpenAPI 3.0, so that nobody takes an example, or a property called `schema`, for a schema.
//!
//! **Invariant:** nothing here recurses along references, so that no chain or circle of them can exhaust the stack. What
//! recurses follows how deep a document is written, which `load.rs` bounds.

pub mod extension;
pub(crate) mod json_schema;
mod load;
mod operation;
mod place;
mod pointer;
mod reach;
mod reference;
mod rewrite;
pub(crate) mod shape;
mod visit;

use serde_json::{Map, Value};

pub(crate) use self::{
    load::read_yaml,
    operation::placeholders,
    place::Place,
    pointer::{at, tokens},
    reach::{References, owner},
    reference::{is_data, is_map, made_of, parts_of, reference_at, references_mut},
    rewrite::{schema_mut, schemas_mut_beside},
    visit::{Visit, schemas, visit},
};
pub use self::{
    load::{Loaded, MAX_BYTES, load, parse},
    operation::{METHODS, Operation, Parameter, operations},
    pointer::join,
    reference::{local, reference, references, resolve, schema_name, target},
    rewrite::{
        OperationMut, components_mut, components_or_new, operations_mut, reference_to, schemas_in_use_mut, schemas_mut,
    },
};

/// A JSON object.
pub type Object = Map<String, Value>;

/// Whether a body of `media_type` is JSON, under whatever name.
pub fn is_json(media_type: &str) -> bool {
    let plain = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    plain.ends_with("/json") || plain.ends_with("+json")
}

/// The component schemas, by name.
pub fn components(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let schemas = document.get("components").and_then(|components| components.get("schemas")?.as_object());
    schemas.into_iter().flatten()
}

/// The component schema `name`.
pub fn component<'d>(document: &'d Value, name: &str) -> Option<&'d Value> {
    document.get("components")?.get("schemas")?.get(name)
}

//! What the emitters need to know of the lowered document, found once.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::call::Call;
use crate::{
    names::pascal,
    openapi::{self, References},
    type_kind::TypeKind,
};

pub(super) struct Model<'d> {
    document: &'d Value,
    /// The component behind each generated type.
    schemas: HashMap<String, &'d Value>,
    /// The components that refer to themselves through others, each with the number of its circle.
    circles: HashMap<String, usize>,
    pub(super) calls: Vec<Call<'d>>,
}

impl<'d> Model<'d> {
    pub(super) fn new(document: &'d Value) -> Self {
        let schemas: HashMap<String, &Value> =
            openapi::components(document).map(|(name, schema)| (pascal(name), schema)).collect();
        let taken: BTreeSet<&str> = schemas.keys().map(String::as_str).collect();
        let calls = Call::all(document, &taken);
        let references = References::of(document);
        let name = |owner: &str| openapi::schema_name(&format!("#{owner}")).map(pascal);
        let circles =
            references.circles().into_iter().filter_map(|(owner, circle)| Some((name(owner)?, circle))).collect();
        Self { document, schemas, circles, calls }
    }

    /// `wanted`, or with a number if an operation is called so.
    pub(super) fn free_method(&self, wanted: &str) -> String {
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let is_free = |name: &String| !self.calls.iter().any(|call| call.method == *name);
        std::iter::once(wanted.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
    }

    /// Whether `name` is a generated type; the `Debug` of those hides what it must.
    pub(super) fn is_type(&self, name: &str) -> bool {
        self.schemas.contains_key(name)
    }

    /// Whether `name` is a string that is checked before it is sent; it may hold anything that a string may.
    pub(super) fn is_constrained(&self, name: &str) -> bool {
        self.schema(name).is_some_and(|schema| TypeKind::of(schema) == TypeKind::Constrained)
    }

    /// The schema of the generated type `name`.
    pub(super) fn schema(&self, name: &str) -> Option<&'d Value> {
        self.schemas.get(name).copied()
    }

    /// Whether the types `a` and `b` hold each other, so that one has to be boxed in the other.
    pub(super) fn is_circle(&self, a: &str, b: &str) -> bool {
        self.circles.get(a).is_some_and(|circle| self.circles.get(b) == Some(circle))
    }

    /// The schema of the property `property` of the type `name`.
    pub(super) fn property(&self, name: &str, property: &str) -> Option<&'d Value> {
        self.schema(name)?.get("properties")?.get(property)
    }

    /// What `value` refers to, or itself.
    pub(super) fn resolve(&self, value: &'d Value) -> Option<&'d Value> {
        openapi::resolve(self.document, value)
    }

    /// The component behind a reference, bare or annotated.
    pub(super) fn target(&self, schema: &Value) -> Option<&'d Value> {
        self.schema(&target_type(schema)?)
    }
}

/// The generated type that `schema` refers to.
pub(super) fn target_type(schema: &Value) -> Option<String> {
    openapi::target(schema).map(pascal)
}

//! Where everything is that a rule looks at, collected in one walk: operations, schemas, and what holds examples.

use std::collections::HashMap;

use serde_json::Value;

use crate::openapi::{self, Operation, Place, References, Visit, join, owner};

/// The places of a document.
pub(crate) struct Places<'d> {
    pub(crate) document: &'d Value,
    pub(crate) operations: Vec<Operation<'d>>,
    /// Every schema, the outermost first.
    pub(crate) schemas: Vec<Schema<'d>>,
    /// Every parameter, header and media type.
    pub(crate) holders: Vec<Holder<'d>>,
    pub(crate) references: References,
}

/// A schema.
pub(crate) struct Schema<'d> {
    pub(crate) pointer: String,
    pub(crate) value: &'d Value,
    /// The property, parameter, header or component that it is the schema of, or the one whose items it describes.
    pub(crate) name: Option<&'d str>,
}

/// What holds a schema and examples for it.
pub(crate) struct Holder<'d> {
    pub(crate) pointer: String,
    pub(crate) value: &'d Value,
    pub(crate) media_type: Option<&'d str>,
}

impl<'d> Visit<'d> for Places<'d> {
    fn schema(&mut self, place: &Place<'d>, name: Option<&'d str>) {
        self.schemas.push(Schema { pointer: place.pointer(), value: place.value, name });
    }

    fn holder(&mut self, place: &Place<'d>, media_type: Option<&'d str>) {
        self.holders.push(Holder { pointer: place.pointer(), value: place.value, media_type });
    }
}

impl<'d> Places<'d> {
    pub(crate) fn new(document: &'d Value) -> Self {
        let operations = openapi::operations(document).collect();
        let references = References::of(document);
        let mut places = Self { document, operations, schemas: Vec::new(), holders: Vec::new(), references };
        openapi::visit(document, &mut places);
        places
    }

    /// Which operations reach what.
    pub(crate) fn users(&self) -> Users {
        let mut users = Users(HashMap::new());
        for (index, operation) in self.operations.iter().enumerate() {
            let (own, shared) = (operation.pointer(), join(&operation.item.pointer(), "parameters"));
            for owner in self.references.reach([own.as_str(), &shared]) {
                users.0.entry(owner.to_owned()).or_default().push(index);
            }
        }
        users
    }

    /// Where each owner comes in the document.
    pub(crate) fn ranks(&self) -> Ranks {
        let mut ranks = Ranks(HashMap::new());
        let owners = self.operations.iter().map(Operation::pointer);
        for pointer in owners.chain(self.schemas.iter().map(|schema| schema.pointer.clone())) {
            let next = ranks.0.len() + 1;
            ranks.0.entry(owner(&pointer).to_owned()).or_insert(next);
        }
        ranks
    }
}

/// The operations that reach an owner, by their index.
pub(crate) struct Users(HashMap<String, Vec<usize>>);

impl Users {
    pub(crate) fn of(&self, pointer: &str) -> &[usize] {
        self.0.get(owner(pointer)).map_or(&[], Vec::as_slice)
    }
}

/// The place of an owner in the document.
pub(crate) struct Ranks(HashMap<String, usize>);

impl Ranks {
    /// What belongs to no operation and no component comes first.
    pub(crate) fn of(&self, pointer: &str) -> usize {
        self.0.get(owner(pointer)).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_operation_reaches_what_its_references_lead_to() {
        let document = json!({
            "components": {"schemas": {"A": {"items": {"$ref": "#/components/schemas/B"}}, "B": {}, "C": {}}},
            "paths": {"/a": {"get": {"responses": {"200": {"$ref": "#/components/schemas/A"}}}}},
        });
        let users = Places::new(&document).users();
        for (pointer, expected) in [("A/items", 1), ("B", 1), ("C", 0)] {
            assert_eq!(users.of(&format!("/components/schemas/{pointer}")).len(), expected, "{pointer}");
        }
    }
}

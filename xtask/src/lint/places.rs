//! Where everything is that a rule looks at, collected in one walk: operations, schemas, and what holds examples.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::walk::{self, METHODS, join};

/// The places of a document.
pub(crate) struct Places<'d> {
    pub(crate) document: &'d Value,
    pub(crate) operations: Vec<Operation<'d>>,
    /// Every schema, the outermost first.
    pub(crate) schemas: Vec<Schema<'d>>,
    /// Every parameter, header and media type.
    pub(crate) holders: Vec<Holder<'d>>,
    /// From each owner (an operation, the parameters of a path, a component) to those that it refers to.
    uses: BTreeMap<String, BTreeSet<String>>,
}

/// An operation.
pub(crate) struct Operation<'d> {
    pub(crate) path: &'d str,
    pub(crate) method: &'static str,
    pub(crate) pointer: String,
    /// The `operationId`; empty if there is none.
    pub(crate) id: &'d str,
    pub(crate) value: &'d Value,
    /// The path item that it belongs to.
    pub(crate) item: &'d Value,
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

impl<'d> Places<'d> {
    pub(crate) fn new(document: &'d Value) -> Self {
        let mut places =
            Self { document, operations: Vec::new(), schemas: Vec::new(), holders: Vec::new(), uses: BTreeMap::new() };
        let paths = document.get("paths").and_then(Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            let pointer = join("/paths", path);
            places.each_holder(item.get("parameters"), &join(&pointer, "parameters"));
            for method in METHODS {
                let Some(value) = item.get(method) else { continue };
                let pointer = join(&pointer, method);
                places.operation(value, &pointer);
                let id = value.get("operationId").and_then(Value::as_str).unwrap_or_default();
                places.operations.push(Operation { path, method, pointer, id, value, item });
            }
        }
        let components = |key: &str| document.get("components").and_then(|components| components.get(key));
        for key in ["parameters", "headers", "requestBodies"] {
            places.each_holder(components(key), &join("/components", key));
        }
        for (name, response) in components("responses").and_then(Value::as_object).into_iter().flatten() {
            places.response(response, &join("/components/responses", name));
        }
        for (name, schema) in components("schemas").and_then(Value::as_object).into_iter().flatten() {
            places.schema(schema, join("/components/schemas", name), Some(name));
        }
        places.find_uses();
        places
    }

    fn operation(&mut self, operation: &'d Value, pointer: &str) {
        self.each_holder(operation.get("parameters"), &join(pointer, "parameters"));
        if let Some(body) = operation.get("requestBody") {
            self.each_content(body, &join(pointer, "requestBody"), None);
        }
        let responses = operation.get("responses").and_then(Value::as_object);
        for (status, response) in responses.into_iter().flatten() {
            self.response(response, &join(&join(pointer, "responses"), status));
        }
    }

    fn response(&mut self, response: &'d Value, pointer: &str) {
        self.each_content(response, pointer, None);
        self.each_holder(response.get("headers"), &join(pointer, "headers"));
    }

    /// Parameters in a list, or headers, parameters and bodies by name.
    fn each_holder(&mut self, holders: Option<&'d Value>, pointer: &str) {
        match holders {
            Some(Value::Array(list)) => {
                for (index, holder) in list.iter().enumerate() {
                    let name = holder.get("name").and_then(Value::as_str);
                    self.holder(holder, join(pointer, &index.to_string()), None, name);
                }
            }
            Some(Value::Object(members)) => {
                for (name, holder) in members {
                    self.holder(holder, join(pointer, name), None, Some(name));
                }
            }
            _ => {}
        }
    }

    fn holder(&mut self, value: &'d Value, pointer: String, media_type: Option<&'d str>, name: Option<&'d str>) {
        if !value.is_object() {
            return;
        }
        if let Some(schema) = value.get("schema") {
            self.schema(schema, join(&pointer, "schema"), name);
        }
        self.each_content(value, &pointer, name);
        self.holders.push(Holder { pointer, value, media_type });
    }

    fn each_content(&mut self, value: &'d Value, pointer: &str, name: Option<&'d str>) {
        for (media_type, media) in value.get("content").and_then(Value::as_object).into_iter().flatten() {
            let pointer = join(&join(pointer, "content"), media_type);
            // A media type holds no content of its own; what looks like it is not followed.
            if let Some(schema) = media.get("schema") {
                self.schema(schema, join(&pointer, "schema"), name);
            }
            self.holders.push(Holder { pointer, value: media, media_type: Some(media_type) });
        }
    }

    fn schema(&mut self, value: &'d Value, pointer: String, name: Option<&'d str>) {
        if !value.is_object() {
            return;
        }
        self.schemas.push(Schema { pointer: pointer.clone(), value, name });
        for (property, inner) in value.get("properties").and_then(Value::as_object).into_iter().flatten() {
            self.schema(inner, join(&join(&pointer, "properties"), property), Some(property));
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            for (index, inner) in value.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
                self.schema(inner, join(&join(&pointer, key), &index.to_string()), name);
            }
        }
        for key in ["items", "additionalProperties", "not"] {
            if let Some(inner) = value.get(key) {
                self.schema(inner, join(&pointer, key), name.filter(|_| key == "items"));
            }
        }
    }

    fn find_uses(&mut self) {
        let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        walk::references(self.document, &mut |pointer, target| {
            if let Some(target) = target.strip_prefix('#') {
                uses.entry(owner(pointer).to_owned()).or_default().insert(owner(target).to_owned());
            }
        });
        for operation in &self.operations {
            let shared = join(&join("/paths", operation.path), "parameters");
            uses.entry(operation.pointer.clone()).or_default().insert(shared);
        }
        self.uses = uses;
    }

    /// The owners that `from` refers to, itself among them, directly or through others.
    pub(crate) fn reach<'p>(&'p self, from: &'p str) -> BTreeSet<&'p str> {
        let mut seen = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(next) = open.pop() {
            for target in self.uses.get(next).into_iter().flatten() {
                if seen.insert(target) {
                    open.push(target);
                }
            }
        }
        seen
    }

    /// Which operations reach what.
    pub(crate) fn users(&self) -> Users {
        let mut users = Users(HashMap::new());
        for (index, operation) in self.operations.iter().enumerate() {
            for owner in self.reach(&operation.pointer) {
                users.0.entry(owner.to_owned()).or_default().push(index);
            }
        }
        users
    }

    /// Where each owner comes in the document.
    pub(crate) fn ranks(&self) -> Ranks {
        let mut ranks = Ranks(HashMap::new());
        let owners = self.operations.iter().map(|operation| operation.pointer.as_str());
        for pointer in owners.chain(self.schemas.iter().map(|schema| schema.pointer.as_str())) {
            let next = ranks.0.len() + 1;
            ranks.0.entry(owner(pointer).to_owned()).or_insert(next);
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

/// The operation, the parameters of a path or the component that `pointer` leads into: its first three tokens.
pub(crate) fn owner(pointer: &str) -> &str {
    pointer.match_indices('/').nth(3).map_or(pointer, |(end, _)| &pointer[..end])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finds_every_schema_with_its_name_and_no_lookalike() {
        let document = json!({
            "components": {"schemas": {"A": {"properties": {"schema": {"items": {}}}, "example": {"schema": {}}}}},
            "paths": {"/a": {"parameters": [{"name": "p", "schema": {}}], "get": {
                "requestBody": {"content": {"x/y": {"schema": {"oneOf": [{}]}}}},
                "responses": {"200": {"headers": {"H": {"schema": {}}}}}}}},
        });
        let places = Places::new(&document);
        let seen: Vec<_> = places.schemas.iter().map(|schema| (schema.pointer.as_str(), schema.name)).collect();
        assert_eq!(
            seen,
            [
                ("/paths/~1a/parameters/0/schema", Some("p")),
                ("/paths/~1a/get/requestBody/content/x~1y/schema", None),
                ("/paths/~1a/get/requestBody/content/x~1y/schema/oneOf/0", None),
                ("/paths/~1a/get/responses/200/headers/H/schema", Some("H")),
                ("/components/schemas/A", Some("A")),
                ("/components/schemas/A/properties/schema", Some("schema")),
                ("/components/schemas/A/properties/schema/items", Some("schema")),
            ]
        );
    }

    #[test]
    fn an_operation_reaches_what_its_references_lead_to() {
        let document = json!({
            "components": {"schemas": {"A": {"items": {"$ref": "#/components/schemas/B"}}, "B": {}, "C": {}}},
            "paths": {"/a": {"get": {"responses": {"200": {"$ref": "#/components/schemas/A"}}}}},
        });
        let places = Places::new(&document);
        let users = places.users();
        for (pointer, expected) in [("A/items", 1), ("B", 1), ("C", 0)] {
            assert_eq!(users.of(&format!("/components/schemas/{pointer}")).len(), expected, "{pointer}");
        }
    }
}

//! A schema with its references followed and its `allOf` laid flat: the parts that all hold at once.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use crate::walk;

/// More parts than this no schema has that anybody reads; a document can be made to have any number.
const MOST: usize = 1_000;

/// The parts of a schema that hold at once.
#[derive(Clone)]
pub(crate) struct Shape<'d> {
    parts: Vec<&'d Value>,
}

impl<'d> Shape<'d> {
    /// The shape of what fits all of `schemas`; none if it can't be said.
    pub(crate) fn of(document: &'d Value, schemas: &[&'d Value]) -> Option<Self> {
        gather(document, schemas, &["allOf"]).map(|parts| Self { parts })
    }

    /// The parts, which have no reference and whose `allOf` is among the parts.
    pub(crate) fn parts(&self) -> &[&'d Value] {
        &self.parts
    }

    /// What the parts say of the property `name`.
    pub(crate) fn property(&self, name: &str) -> Vec<&'d Value> {
        self.parts.iter().filter_map(|part| part.get("properties")?.get(name)).collect()
    }

    /// The properties that the parts require.
    pub(crate) fn required(&self) -> BTreeSet<&'d str> {
        let lists = self.parts.iter().filter_map(|part| part.get("required")?.as_array());
        lists.flatten().filter_map(Value::as_str).collect()
    }

    /// The values that an `enum` leaves; none if there is no enum.
    pub(crate) fn values(&self) -> Option<Vec<&'d Value>> {
        let mut lists = self.parts.iter().filter_map(|part| part.get("enum")?.as_array());
        let mut values: Vec<&Value> = lists.next()?.iter().collect();
        for list in lists {
            values.retain(|value| list.contains(value));
        }
        Some(values)
    }
}

/// The names of all properties that `schema` declares anywhere, variants included; none if it can't be said.
pub(crate) fn declared<'d>(document: &'d Value, schema: &'d Value) -> Option<BTreeSet<&'d str>> {
    let parts = gather(document, &[schema], &["allOf", "oneOf", "anyOf"])?;
    let properties = parts.iter().filter_map(|part| part.get("properties")?.as_object());
    Some(properties.flatten().map(|(name, _)| name.as_str()).collect())
}

/// `schemas` and what stands in them under `keys`, references followed. Each part is there once, so that a circle ends.
fn gather<'d>(document: &'d Value, schemas: &[&'d Value], keys: &[&str]) -> Option<Vec<&'d Value>> {
    let mut seen: HashSet<*const Value> = HashSet::new();
    let mut parts = Vec::new();
    let mut open: Vec<&Value> = schemas.iter().rev().copied().collect();
    while let Some(schema) = open.pop() {
        let schema = walk::resolve(document, schema)?;
        if !seen.insert(schema) {
            continue;
        }
        if parts.len() == MOST {
            return None;
        }
        parts.push(schema);
        for key in keys.iter().rev() {
            open.extend(schema.get(key).and_then(Value::as_array).into_iter().flatten().rev());
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lays_references_and_all_of_flat_and_survives_a_circle() {
        let document = json!({"components": {"schemas": {
            "A": {"required": ["x"], "allOf": [{"$ref": "#/components/schemas/B"}]},
            "B": {"required": ["y"], "allOf": [{"$ref": "#/components/schemas/A"}], "properties": {"y": {}}},
        }}});
        let shape = Shape::of(&document, &[&document["components"]["schemas"]["A"]]).expect("a shape");
        assert_eq!(shape.required(), BTreeSet::from(["x", "y"]));
        assert_eq!(shape.property("y").len(), 1);
    }

    #[test]
    fn several_enums_leave_what_all_of_them_have() {
        let document = json!({"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]});
        let shape = Shape::of(&document, &[&document]).expect("a shape");
        assert_eq!(shape.values(), Some(vec![&json!("b")]));
    }
}

//! All that holds at once for a schema, however it is written.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::{Place, reference::reference};

/// The parts of what has to fit all of `schemas`: references followed, and `allOf` laid flat. Each part is there once,
/// which ends circles; what is merged into a part comes before it, wherever its `allOf` stands.
pub(crate) fn parts<'d>(document: &'d Value, schemas: impl IntoIterator<Item = Place<'d>>) -> Vec<Place<'d>> {
    parts_below(document, schemas, &["allOf"])
}

/// As [`parts`], with what stands under `keys` laid flat.
pub(crate) fn parts_below<'d>(
    document: &'d Value,
    schemas: impl IntoIterator<Item = Place<'d>>,
    keys: &[&str],
) -> Vec<Place<'d>> {
    let mut parts = Vec::new();
    let mut seen = HashSet::new();
    let mut open: Vec<(Place<'d>, bool)> = schemas.into_iter().map(|part| (part, false)).collect();
    open.reverse();
    while let Some((part, is_laid_flat)) = open.pop() {
        if is_laid_flat {
            parts.push(part);
        } else if seen.insert(part.identity()) {
            let within = keys.iter().filter_map(|key| part.get(key));
            let within: Vec<Place<'d>> = within.flat_map(|list| list.elements()).collect();
            let target = reference(part.value).and_then(|reference| Place::at(document, reference));
            open.push((part, true));
            open.extend(within.into_iter().rev().chain(target).map(|part| (part, false)));
        }
    }
    parts
}

/// A schema read as one: what its parts say together.
#[derive(Clone)]
pub(crate) struct Shape<'d> {
    parts: Vec<&'d Value>,
}

/// Of more parts than these nobody writes a schema; what compares shapes takes the square of their number.
const MAX_PARTS: usize = 1_000;

impl<'d> Shape<'d> {
    /// The shape of what fits all of `schemas`; none if a reference leads nowhere, or there are too many parts.
    pub(crate) fn of(document: &'d Value, schemas: &[&'d Value]) -> Option<Self> {
        Self::below(document, schemas, &["allOf"])
    }

    fn below(document: &'d Value, schemas: &[&'d Value], keys: &[&str]) -> Option<Self> {
        let parts = parts_below(document, schemas.iter().map(|schema| Place::root(schema)), keys);
        let leads_somewhere =
            |part: &Place<'d>| reference(part.value).is_none_or(|reference| Place::at(document, reference).is_some());
        let parts = (parts.len() <= MAX_PARTS && parts.iter().all(leads_somewhere)).then_some(parts)?;
        let own = parts.into_iter().map(|part| part.value).filter(|part| reference(part).is_none());
        Some(Self { parts: own.collect() })
    }

    /// The parts, which have no reference and whose `allOf` is among the parts.
    pub(crate) fn parts(&self) -> &[&'d Value] {
        &self.parts
    }

    /// What the first part that says `key` says by it.
    pub(crate) fn said(&self, key: &str) -> Option<&'d Value> {
        self.parts.iter().find_map(|part| part.get(key))
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
    let shape = Shape::below(document, &[schema], &["allOf", "oneOf", "anyOf"])?;
    let properties = shape.parts.iter().filter_map(|part| part.get("properties")?.as_object());
    Some(properties.flatten().map(|(name, _)| name.as_str()).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lays_references_and_all_of_flat_and_survives_a_circle() {
        let document = json!({"components": {"schemas": {
            "A": {"title": "a", "allOf": [{"$ref": "#/components/schemas/B"}, {"title": "c"}]},
            "B": {"title": "b", "allOf": [{"$ref": "#/components/schemas/A"}]},
        }}});
        let a = Place::at(&document, "#/components/schemas/A").expect("a schema");
        let titles: Vec<_> = parts(&document, [a]).iter().filter_map(|part| part.text("title")).collect();
        assert_eq!(titles, ["b", "c", "a"]);
    }

    #[test]
    fn a_shape_says_what_its_parts_say_together() {
        let document = json!({"allOf": [
            {"enum": ["a", "b"], "required": ["x"], "properties": {"x": {"type": "string"}}},
            {"enum": ["b", "c"], "required": ["y"], "properties": {"x": {"maxLength": 1}}},
        ]});
        let shape = Shape::of(&document, &[&document]).expect("a shape");
        assert_eq!(shape.values(), Some(vec![&json!("b")]));
        assert_eq!(shape.required(), BTreeSet::from(["x", "y"]));
        assert_eq!(shape.property("x").len(), 2);
        assert!(Shape::of(&document, &[&json!({"$ref": "#/nowhere"})]).is_none());
    }
}

//! What a JSON Schema says about one value, collected from the schemas that it is composed of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::value::{items, members, reference};

/// The parts of a schema that speak of one value: its own keywords, and those of what it refers to and is composed of.
#[derive(Debug, Default)]
pub(crate) struct Merged<'s> {
    parts: Vec<&'s Map<String, Value>>,
}

/// How to choose among the alternatives of an `anyOf` or `oneOf`.
pub(crate) trait Choose<'s> {
    /// The alternatives that are meant. `parent` is what they stand in.
    fn choose(&mut self, parent: &'s Map<String, Value>, alternatives: &'s [Value]) -> Vec<&'s Value>;
}

/// All alternatives at once.
pub(crate) struct All;

impl<'s> Choose<'s> for All {
    fn choose(&mut self, _: &'s Map<String, Value>, alternatives: &'s [Value]) -> Vec<&'s Value> {
        alternatives.iter().collect()
    }
}

impl<'s> Merged<'s> {
    /// Collects what `schemas` say, which all speak of the same value. `whole` has the definitions.
    pub(crate) fn new(whole: &'s Value, schemas: &[&'s Value], choose: &mut impl Choose<'s>) -> Self {
        let mut merged = Self::default();
        let mut seen = BTreeSet::new();
        // The next one is the last. References may be chained without end, so nothing recurses along them.
        let mut waiting: Vec<_> = schemas.iter().rev().copied().collect();
        while let Some(schema) = waiting.pop() {
            if let Some(target) = reference(schema) {
                if seen.insert(target) {
                    waiting.extend(definition(whole, target));
                }
                continue;
            }
            let Some(keywords) = schema.as_object() else { continue };
            merged.parts.push(keywords);
            let mut inner: Vec<_> = items(keywords.get("allOf")).collect();
            for keyword in ["anyOf", "oneOf"] {
                if let Some(alternatives) = keywords.get(keyword).and_then(Value::as_array) {
                    inner.extend(choose.choose(keywords, alternatives));
                }
            }
            waiting.extend(inner.into_iter().rev());
        }
        merged
    }

    pub(crate) fn parts(&self) -> impl Iterator<Item = &'s Map<String, Value>> {
        self.parts.iter().copied()
    }

    /// The values of a keyword.
    pub(crate) fn all<'k>(&'k self, keyword: &'k str) -> impl Iterator<Item = &'s Value> + use<'k, 's> {
        self.parts().filter_map(move |part| part.get(keyword))
    }

    pub(crate) fn text(&self, keyword: &str) -> Option<&'s str> {
        self.all(keyword).find_map(Value::as_str)
    }

    /// The largest value of a keyword.
    pub(crate) fn largest(&self, keyword: &str) -> Option<f64> {
        self.all(keyword).filter_map(Value::as_f64).max_by(f64::total_cmp)
    }

    /// The smallest value of a keyword.
    pub(crate) fn smallest(&self, keyword: &str) -> Option<f64> {
        self.all(keyword).filter_map(Value::as_f64).min_by(f64::total_cmp)
    }

    /// The types that the parts name, and those that their other keywords speak of if they name none.
    pub(crate) fn types(&self) -> BTreeSet<&'s str> {
        let named = self.all("type").flat_map(|name| match name {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            name => name.as_str().into_iter().collect::<Vec<_>>(),
        });
        let named: BTreeSet<_> = named.collect();
        if !named.is_empty() {
            return named;
        }
        let spoken_of = [
            ("object", &["properties", "required", "additionalProperties", "minProperties"][..]),
            ("array", &["items", "minItems", "maxItems"]),
            ("string", &["pattern", "minLength", "maxLength", "format"]),
            ("number", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
        ];
        let has =
            |keywords: &[&str]| self.parts().any(|part| keywords.iter().any(|keyword| part.contains_key(*keyword)));
        spoken_of.into_iter().filter(|(_, keywords)| has(keywords)).map(|(name, _)| name).collect()
    }

    /// The values of the enums that all parts allow.
    pub(crate) fn values(&self) -> Option<Vec<&'s Value>> {
        let mut enums = self.all("enum").filter_map(Value::as_array);
        let first = enums.next()?;
        let rest: Vec<_> = enums.collect();
        Some(first.iter().filter(|value| rest.iter().all(|values| values.contains(value))).collect())
    }

    pub(crate) fn required(&self) -> BTreeSet<&'s str> {
        self.all("required").flat_map(|names| items(Some(names))).filter_map(Value::as_str).collect()
    }

    /// The schemas of each property.
    pub(crate) fn properties(&self) -> BTreeMap<&'s str, Vec<&'s Value>> {
        let mut properties = BTreeMap::<_, Vec<_>>::new();
        for (name, schema) in self.all("properties").flat_map(members) {
            properties.entry(name).or_default().push(schema);
        }
        properties
    }

    /// The schemas of the items of an array.
    pub(crate) fn items(&self) -> Vec<&'s Value> {
        self.all("items").collect()
    }

    /// The schemas of properties that are not named.
    pub(crate) fn other_properties(&self) -> Vec<&'s Value> {
        self.all("additionalProperties").filter(|schema| schema.is_object()).collect()
    }
}

/// The definition that a reference within a JSON Schema leads to.
fn definition<'s>(whole: &'s Value, target: &str) -> Option<&'s Value> {
    whole.get("$defs")?.get(target.strip_prefix("#/$defs/")?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn collects_what_is_said_of_one_value() {
        let whole = json!({
            "allOf": [{"$ref": "#/$defs/a"}, {"required": ["y"], "properties": {"x": {"maxLength": 3}}}],
            "oneOf": [{"properties": {"z": {}}}, {"type": "null"}],
            "$defs": {"a": {"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}},
                            "allOf": [{"$ref": "#/$defs/a"}]}},
        });
        let merged = Merged::new(&whole, &[&whole], &mut All);
        assert_eq!(merged.required(), BTreeSet::from(["x", "y"]));
        assert_eq!(merged.types(), BTreeSet::from(["null", "object"]));
        let properties = merged.properties();
        assert_eq!(properties.keys().copied().collect::<Vec<_>>(), ["x", "z"]);
        assert_eq!(properties["x"].len(), 2);
    }

    #[test]
    fn types_follow_from_keywords_and_values_are_those_that_all_parts_allow() {
        let types = |schema: Value| {
            let merged = Merged::new(&schema, &[&schema], &mut All);
            merged.types().into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(types(json!({"properties": {}})), ["object"]);
        assert_eq!(types(json!({"minItems": 1})), ["array"]);
        assert_eq!(types(json!({"type": ["string", "null"], "minimum": 1})), ["null", "string"]);
        assert!(types(json!({})).is_empty());
        let schema = json!({"enum": [1, 2, 3], "allOf": [{"enum": [3, 2]}]});
        let values = Merged::new(&schema, &[&schema], &mut All).values();
        assert_eq!(values.map(|values| json!(values)), Some(json!([2, 3])));
    }
}

//! How large the smallest value of a schema is.

use std::{cmp::Reverse, collections::HashMap};

use serde_json::{Map, Value};

use super::{
    super::value::{items, members, reference},
    MAX_DEPTH,
};

/// The size of a value without end.
const ENDLESS: u64 = u64::MAX;

/// The size of what says nothing.
const NOTHING: u64 = 0;

/// How many values the smallest value of each definition consists of, at least.
pub(super) struct Sizes<'s> {
    by_definition: HashMap<&'s str, u64>,
}

impl<'s> Sizes<'s> {
    pub(super) fn new(whole: &'s Value) -> Self {
        let mut definitions: Vec<_> = whole.get("$defs").into_iter().flat_map(members).collect();
        // They are numbered as they are reached: what a definition requires mostly comes after it.
        definitions.sort_by_key(|(name, _)| Reverse(name.parse::<usize>().unwrap_or_default()));
        let mut sizes = Self { by_definition: definitions.iter().map(|(name, _)| (*name, ENDLESS)).collect() };
        // Each round finds at least those whose parts are known, and so those that are one level deeper.
        for _ in 0..=MAX_DEPTH {
            let mut known = HashMap::new();
            let mut is_changed = false;
            for (name, schema) in &definitions {
                let size = sizes.of_definition(whole, name, schema, &mut known);
                is_changed |= sizes.by_definition.insert(name, size) != Some(size);
            }
            if !is_changed {
                break;
            }
        }
        sizes
    }

    pub(super) fn of(&self, schema: &Value) -> u64 {
        match definition(schema) {
            Some(name) => self.by_definition.get(name).copied().unwrap_or(1),
            None => self.combined(schema, &mut |part| self.of(part)),
        }
    }

    /// The size of a definition, by those of the definitions for the same value, and by what is known of its parts. `known` has
    /// none for those that are being found: what leads back to itself at one place says nothing more there.
    fn of_definition(
        &self,
        whole: &'s Value,
        name: &'s str,
        schema: &'s Value,
        known: &mut HashMap<&'s str, Option<u64>>,
    ) -> u64 {
        if let Some(size) = known.get(name) {
            return size.unwrap_or(NOTHING);
        }
        known.insert(name, None);
        let size = self.of_same(whole, schema, known).max(1);
        known.insert(name, Some(size));
        size
    }

    fn of_same(&self, whole: &'s Value, schema: &'s Value, known: &mut HashMap<&'s str, Option<u64>>) -> u64 {
        let Some(name) = definition(schema) else {
            return self.combined(schema, &mut |part| self.of_same(whole, part, known));
        };
        let target = whole.get("$defs").and_then(|definitions| definitions.get(name));
        target.map_or(1, |target| self.of_definition(whole, name, target, known))
    }

    /// The size of a schema that is no reference, by that of the schemas for the same value.
    fn combined<'v>(&self, schema: &'v Value, same: &mut dyn FnMut(&'v Value) -> u64) -> u64 {
        let Some(keywords) = schema.as_object() else { return 1 };
        if ends(keywords) {
            return 1;
        }
        let parts = parts(keywords).into_iter();
        let inner = parts.map(|(count, schema)| count.saturating_mul(schema.map_or(1, |schema| self.of(schema))));
        let own = inner.fold(1, u64::saturating_add);
        let all = items(keywords.get("allOf")).map(&mut *same).max().unwrap_or(1);
        let mut size = own.max(all);
        for keyword in ["anyOf", "oneOf"] {
            let alternatives = items(keywords.get(keyword)).map(&mut *same).filter(|size| *size > NOTHING);
            size = size.max(alternatives.min().unwrap_or(NOTHING));
        }
        size
    }

    /// The first definition on the way to what makes a schema larger than `limit`, if it is not the schema itself.
    pub(super) fn cause<'v>(&self, schema: &'v Value, limit: u64) -> Option<&'v str> {
        if let Some(name) = definition(schema) {
            return Some(name);
        }
        let keywords = schema.as_object()?;
        let composing = ["allOf", "anyOf", "oneOf"].into_iter().flat_map(|keyword| items(keywords.get(keyword)));
        let inner = parts(keywords).into_iter().filter_map(|(_, schema)| schema);
        let cause = inner.chain(composing).find(|schema| self.of(schema) > limit)?;
        self.cause(cause, limit)
    }
}

/// The name of the definition that a schema refers to.
fn definition(schema: &Value) -> Option<&str> {
    reference(schema)?.strip_prefix("#/$defs/")
}

/// Whether a value is given, or may be null.
fn ends(keywords: &Map<String, Value>) -> bool {
    let may_be_null = match keywords.get("type") {
        Some(Value::Array(names)) => names.iter().any(|name| name == "null"),
        Some(name) => name == "null",
        None => false,
    };
    may_be_null || keywords.contains_key("example") || items(keywords.get("enum")).next().is_some()
}

/// The parts that a value has to have: how many of each, and their schemas.
fn parts(keywords: &Map<String, Value>) -> Vec<(u64, Option<&Value>)> {
    let is = |name: &str| keywords.get("type").is_none_or(|named| named == name);
    let count = |keyword: &str| keywords.get(keyword).and_then(Value::as_f64).map_or(0, |count| count.max(0.0) as u64);
    let mut parts = Vec::new();
    if is("object") {
        let properties = keywords.get("properties");
        let required = items(keywords.get("required")).filter_map(Value::as_str);
        parts.extend(required.map(|name| (1, properties.and_then(|properties| properties.get(name)))));
        let more = count("minProperties").saturating_sub(parts.len() as u64);
        parts.extend((more > 0).then_some((more, None)));
    }
    if is("array") {
        parts.extend(Some((count("minItems"), keywords.get("items"))).filter(|(count, _)| *count > 0));
    }
    parts
}

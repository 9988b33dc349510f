//! Makes a value that a schema accepts: the same one for the same seed.
//!
//! A value is made with what the document gives as examples first. What the schema does not accept of it is made again in
//! another way, until everything is accepted.

mod number;
mod pattern;
mod size;
mod text;

use std::collections::BTreeMap;

use fastrand::Rng;
use serde_json::{Map, Value, json};

use self::size::Sizes;
use super::{
    merged::{Choose, Merged},
    schema::{Compiled, Schema},
    validator::DISCRIMINATOR,
    value::{escape, items, reference},
};

/// How often a value is made before it is given up.
const MAX_ATTEMPTS: usize = 80;

/// How deep optional properties and items are made.
const MAX_OPTIONAL_DEPTH: usize = 7;

/// How deep anything is made.
const MAX_DEPTH: usize = 64;

/// How many values one value may consist of.
const MAX_VALUES: usize = 5000;

/// How many values may be made in all attempts together, and how many schemas may be read for them.
const MAX_WORK: Work = Work { values: 50_000, schemas: 500_000 };

/// A value that the schema accepts.
///
/// # Errors
///
/// If the schema is not valid, or no value was found: where in the document, and why.
pub(crate) fn sample(schema: &Schema, seed: u64) -> Result<Value, String> {
    let compiled = schema.compiled()?;
    let sizes = Sizes::new(&compiled.json);
    if sizes.of(&compiled.json) > MAX_VALUES as u64 {
        let target =
            sizes.cause(&compiled.json, MAX_VALUES as u64).and_then(|name| compiled.targets.get(name).cloned());
        return Err(format!(
            "{}: no value was found that the schema accepts: the smallest one consists of more than {MAX_VALUES} values, or \
             has no end: require less of it, or give it an example",
            target.unwrap_or_else(|| schema.place())
        ));
    }
    let mut refused = BTreeMap::new();
    let mut left = MAX_WORK;
    let mut attempt = 0;
    while attempt < MAX_ATTEMPTS && left.values > 0 && left.schemas > 0 {
        let mut sampler = Sampler::new(compiled, &sizes, seed, attempt, &refused, left);
        let value = sampler.whole();
        left = sampler.left;
        if sampler.is_exhausted() {
            // The next attempt is one with fewer optional properties.
            attempt = PHASES.into_iter().find(|start| *start > attempt).unwrap_or(MAX_ATTEMPTS);
            continue;
        }
        let pointers = compiled.pointers_of_problems(&value);
        if pointers.is_empty() {
            return Ok(value);
        }
        for pointer in pointers {
            *refused.entry(without_indexes(&pointer)).or_insert(0) += 1;
        }
        attempt += 1;
    }
    Err(format!("{}: no value was found that the schema accepts: give it an example", schema.place()))
}

/// What may still be done.
#[derive(Clone, Copy, Debug)]
struct Work {
    values: usize,
    schemas: usize,
}

/// The attempts from which on fewer optional properties are made.
const PHASES: [usize; 2] = [24, 60];

/// Which optional properties are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Optional {
    All,
    Some,
    None,
}

struct Sampler<'s> {
    whole: &'s Value,
    sizes: &'s Sizes<'s>,
    seed: u64,
    attempt: usize,
    uses_examples: bool,
    optional: Optional,
    /// How often the value at a place was refused.
    refused: &'s BTreeMap<String, usize>,
    /// What may still be done in all attempts.
    left: Work,
    /// How many values this one may consist of still.
    values: usize,
}

/// A place in the value that is made.
#[derive(Clone, Copy)]
struct Place<'p> {
    /// Its JSON pointer, with `*` for an index.
    pointer: &'p str,
    /// What tells it from others with the same pointer.
    index: usize,
    depth: usize,
}

impl<'s> Sampler<'s> {
    fn new(
        compiled: &'s Compiled,
        sizes: &'s Sizes<'s>,
        seed: u64,
        attempt: usize,
        refused: &'s BTreeMap<String, usize>,
        left: Work,
    ) -> Self {
        let optional = match PHASES.into_iter().filter(|start| attempt >= *start).count() {
            0 => Optional::All,
            1 => Optional::Some,
            _ => Optional::None,
        };
        let uses_examples = attempt < 12;
        let whole = &compiled.json;
        Self { whole, sizes, seed, attempt, uses_examples, optional, refused, left, values: MAX_VALUES }
    }

    /// Whether the value is not complete because a limit was reached.
    fn is_exhausted(&self) -> bool {
        self.values == 0 || self.left.values == 0 || self.left.schemas == 0
    }

    fn whole(&mut self) -> Value {
        let whole = self.whole;
        self.value(&[whole], Place { pointer: "", index: 0, depth: 0 })
    }

    /// A value that all of `schemas` speak of.
    fn value(&mut self, schemas: &[&'s Value], place: Place<'_>) -> Value {
        if self.is_exhausted() || place.depth > MAX_DEPTH {
            return Value::Null;
        }
        self.values -= 1;
        self.left.values -= 1;
        let mut random = self.random(place);
        let is_deep = self.is_deep(place);
        let mut choice = Choice { sizes: self.sizes, random: random.fork(), is_deep, tag: None };
        let merged = Merged::new(self.whole, schemas, &mut choice);
        let tag = choice.tag;
        self.left.schemas = self.left.schemas.saturating_sub(merged.parts().count());
        let refusals = self.refusals(place.pointer);
        if self.uses_examples
            && refusals == 0
            && let Some(example) = merged.all("example").next()
        {
            return example.clone();
        }
        let values =
            merged.values().map(|values| values.into_iter().filter(|value| !value.is_null()).collect::<Vec<_>>());
        if let Some(value) = values.and_then(|values| random.choice(values)) {
            return value.clone();
        }
        let types = merged.types();
        if is_deep && types.contains("null") && (types.contains("array") || types.contains("object")) {
            return Value::Null;
        }
        match types.iter().find(|name| **name != "null").copied() {
            Some("object") => self.object(&merged, tag, place),
            Some("array") => self.array(&merged, &mut random, place),
            Some("string") => text::text(&merged, &mut random, self.attempt).into(),
            Some("integer") => number::integer(&merged, &mut random),
            Some("number") => number::number(&merged, &mut random),
            // An envelope says of a success that it is one.
            Some("boolean") => true.into(),
            _ if types.contains("null") => Value::Null,
            _ => json!({}),
        }
    }

    fn object(&mut self, merged: &Merged<'s>, tag: Option<(&'s str, &'s str)>, place: Place<'_>) -> Value {
        let required = merged.required();
        let others = merged.other_properties();
        let mut object = Map::new();
        let mut properties = merged.properties();
        for name in &required {
            properties.entry(name).or_insert_with(|| others.clone());
        }
        for (name, schemas) in properties {
            let pointer = format!("{}/{}", place.pointer, escape(name));
            let inner = Place { pointer: &pointer, index: place.index, depth: place.depth + 1 };
            if !required.contains(name) && !self.has_optional(inner) {
                continue;
            }
            let value = match tag {
                Some((property, value)) if property == name && !has_values(self.whole, &schemas) => value.into(),
                _ => self.value(&schemas, inner),
            };
            object.insert(name.to_owned(), value);
        }
        let minimum = merged.largest("minProperties").map_or(0, |count| count.clamp(0.0, 100.0) as usize);
        let is_map = object.is_empty() && !others.is_empty() && !self.is_deep(place);
        let mut number = 0;
        while object.len() < minimum.max(usize::from(is_map)) && number < 200 && !self.is_exhausted() {
            number += 1;
            let pointer = format!("{}/*", place.pointer);
            let inner = Place { pointer: &pointer, index: number, depth: place.depth + 1 };
            object.insert(format!("key{number}"), self.value(&others, inner));
        }
        Value::Object(object)
    }

    fn array(&mut self, merged: &Merged<'s>, random: &mut Rng, place: Place<'_>) -> Value {
        let count = |limit: Option<f64>| limit.map(|count| count.clamp(0.0, 1000.0) as usize);
        let minimum = count(merged.largest("minItems")).unwrap_or(0);
        let maximum = count(merged.smallest("maxItems")).unwrap_or(usize::MAX);
        let wanted = match self.is_deep(place) || self.optional == Optional::None {
            true => 0,
            false => random.usize(1..=2),
        };
        let wanted = wanted.max(minimum).min(maximum);
        let is_unique = merged.all("uniqueItems").any(|unique| *unique == Value::Bool(true));
        let schemas = merged.items();
        let pointer = format!("{}/*", place.pointer);
        let mut made = Vec::new();
        for index in 0..wanted.saturating_mul(if is_unique { 10 } else { 1 }) {
            if made.len() >= wanted || self.is_exhausted() {
                break;
            }
            let index = place.index.wrapping_mul(1009).wrapping_add(index);
            let item = self.value(&schemas, Place { pointer: &pointer, index, depth: place.depth + 1 });
            if !is_unique || !made.contains(&item) {
                made.push(item);
            }
        }
        Value::Array(made)
    }

    fn has_optional(&self, place: Place<'_>) -> bool {
        // Refused with an example and without: it can't be made.
        if place.depth > MAX_OPTIONAL_DEPTH || self.refusals(place.pointer) > 3 {
            return false;
        }
        match self.optional {
            Optional::All => true,
            Optional::Some => self.random(Place { index: place.index + 1, ..place }).bool(),
            Optional::None => false,
        }
    }

    fn is_deep(&self, place: Place<'_>) -> bool {
        place.depth >= MAX_OPTIONAL_DEPTH || self.values < MAX_VALUES / 2
    }

    fn refusals(&self, pointer: &str) -> usize {
        self.refused.get(pointer).copied().unwrap_or(0)
    }

    /// Random numbers for a place: what is made there depends on no other place.
    fn random(&self, place: Place<'_>) -> Rng {
        let numbers = [self.seed, self.attempt as u64, place.index as u64];
        let bytes = numbers.into_iter().flat_map(u64::to_le_bytes).chain(place.pointer.bytes());
        Rng::with_seed(hash(bytes))
    }
}

/// Chooses one alternative at random: null only if there is nothing else, and what is smallest where it is deep, null also.
struct Choice<'s> {
    sizes: &'s Sizes<'s>,
    random: Rng,
    is_deep: bool,
    /// The property of a discriminator, and its value for what was chosen.
    tag: Option<(&'s str, &'s str)>,
}

impl<'s> Choose<'s> for Choice<'s> {
    fn choose(&mut self, parent: &'s Map<String, Value>, alternatives: &'s [Value]) -> Vec<&'s Value> {
        let mut candidates: Vec<_> = alternatives.iter().filter(|schema| schema["type"] != "null").collect();
        if self.is_deep {
            let smallest = candidates.iter().map(|schema| self.sizes.of(schema)).min();
            candidates.retain(|schema| Some(self.sizes.of(schema)) == smallest);
            let null = alternatives.iter().find(|schema| schema["type"] == "null");
            if let Some(null) = null.filter(|_| smallest.is_some_and(|size| size > 1)) {
                return vec![null];
            }
        }
        let Some(chosen) = self.random.choice(candidates).or_else(|| alternatives.first()) else { return Vec::new() };
        if let Some(discriminator) = parent.get(DISCRIMINATOR)
            && let Some(value) = reference(chosen).and_then(|target| discriminator["values"].get(target)?.as_str())
        {
            self.tag = discriminator["property"].as_str().map(|property| (property, value));
        }
        vec![chosen]
    }
}

/// Takes the first alternative that is not null.
struct First;

impl<'s> Choose<'s> for First {
    fn choose(&mut self, _: &'s Map<String, Value>, alternatives: &'s [Value]) -> Vec<&'s Value> {
        alternatives.iter().filter(|schema| schema["type"] != "null").take(1).collect()
    }
}

/// Whether the schemas list values, so that none has to be chosen for them.
fn has_values(whole: &Value, schemas: &[&Value]) -> bool {
    Merged::new(whole, schemas, &mut First).parts().any(|part| items(part.get("enum")).next().is_some())
}

/// The FNV-1a hash, which is the same on all machines.
pub(crate) fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn without_indexes(pointer: &str) -> String {
    let segments = pointer.split('/').skip(1);
    let is_index = |segment: &str| segment.parse::<usize>().is_ok();
    segments.map(|segment| if is_index(segment) { "/*".to_owned() } else { format!("/{segment}") }).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::document::{json_schema::Direction, tree::Tree};

    fn schema(of: &Value) -> Schema {
        let components = json!({
            "Tree": {"type": "object", "required": ["name", "children"], "properties": {
                "name": {"type": "string"},
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}},
            "Sum": {"oneOf": [{"$ref": "#/components/schemas/Both"}, {"$ref": "#/components/schemas/Leaf"}]},
            "Both": {"type": "object", "required": ["left", "right"], "additionalProperties": false, "properties": {
                "left": {"$ref": "#/components/schemas/Sum"}, "right": {"$ref": "#/components/schemas/Sum"}}},
            "Pet": {"type": "object", "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]},
            "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"required": ["claws"], "properties": {"claws": {"enum": [5]}}}]},
            "Dog": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"required": ["tail"], "properties": {"tail": {"enum": [1]}}}]},
            "Leaf": {"type": "object", "required": ["value"], "properties": {"value": {"type": "integer"}}},
        });
        Schema::new(&Arc::new(Tree::new(json!({"components": {"schemas": components}}))), of, Direction::Response)
    }

    fn samples(of: &Value) -> Vec<Value> {
        let schema = schema(of);
        let sample = |seed| sample(&schema, seed).unwrap_or_else(|problem| panic!("{of}: {problem}"));
        (0..30)
            .map(|seed| {
                let value = sample(seed);
                assert_eq!(value, sample(seed), "{of}");
                value
            })
            .collect()
    }

    /// Every seed makes a valid value, and the same one each time.
    #[test]
    fn every_construct_has_a_value_for_every_seed() {
        for of in [
            json!({}),
            json!({"type": "string", "minLength": 3, "maxLength": 4}),
            json!({"type": "string", "minLength": 300}),
            json!({"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?$", "minLength": 9}),
            json!({"type": "string", "pattern": "^\\d{10}$"}),
            json!({"type": "string", "pattern": "^[a-zA-ZÀ-ÿ\\u0100-\\u017F\\u0400-\\u04FF\\s'-]{2,50}$"}),
            json!({"type": "string", "pattern": "^(?=.*[0-9])[a-z0-9]+$", "example": "a1"}),
            json!({"type": "string", "pattern": "^x", "example": "y"}),
            json!({"type": "integer", "minimum": 5, "exclusiveMinimum": true, "maximum": 6}),
            json!({"type": "integer", "multipleOf": 7, "minimum": 1000}),
            json!({"type": "integer", "format": "int64", "minimum": i64::MAX}),
            json!({"type": "number", "minimum": 0, "exclusiveMinimum": true, "maximum": 0.5}),
            json!({"type": "number", "maximum": -10.5}),
            json!({"type": "boolean", "enum": [false]}),
            json!({"type": "array", "minItems": 3, "maxItems": 3, "uniqueItems": true, "items": {"type": "integer"}}),
            json!({"type": "array", "maxItems": 0, "items": {"type": "integer"}}),
            json!({"type": "object", "minProperties": 3, "additionalProperties": {"type": "string"}}),
            json!({"type": "object", "required": ["a"], "additionalProperties": {"type": "integer"}}),
            json!({"type": "object", "properties": {"a": {"type": "string", "example": 1}}, "example": 5}),
            json!({"properties": {"a": {"type": "string", "format": "date", "example": "soon"}}}),
            json!({"allOf": [{"properties": {"a": {"type": "integer"}}}, {"required": ["a", "b"]}]}),
            json!({"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": true}),
            json!({"oneOf": [{"required": ["a"]}, {"required": ["b"]}], "properties": {"a": {}, "b": {}}}),
            json!({"not": {"required": ["a"]}, "properties": {"a": {}, "b": {}}}),
            json!({"enum": ["a", "b"], "type": "string", "nullable": true}),
            json!({"$ref": "#/components/schemas/Tree"}),
            json!({"$ref": "#/components/schemas/Sum"}),
            json!({"$ref": "#/components/schemas/Pet"}),
            json!({"$ref": "#/components/schemas/Cat"}),
        ] {
            samples(&of);
        }
        for format in
            ["uuid", "email", "date", "date-time", "uri", "ipv4", "ipv6", "hostname", "time", "byte", "binary"]
        {
            samples(&json!({"type": "string", "format": format}));
        }
    }

    #[test]
    fn examples_are_taken_where_they_are_valid_and_seeds_differ() {
        let of = json!({"type": "object", "required": ["d"], "properties": {
            "a": {"type": "string", "example": "of the document"},
            "b": {"type": "integer", "example": "none"},
            "c": {"type": "array", "items": {"type": "string", "format": "uuid", "example": "none"}},
            "d": {"type": "string", "enum": ["x", "y", "z"]}}});
        let samples = samples(&of);
        assert!(samples.iter().all(|value| value["a"] == "of the document" && value["b"].is_i64()));
        assert!(samples.iter().any(|value| *value != samples[0]), "{samples:?}");
    }

    #[test]
    fn a_discriminator_has_the_value_of_the_variant() {
        let of = json!({
            "oneOf": [{"$ref": "#/components/schemas/Leaf"}],
            "discriminator": {"propertyName": "kind", "mapping": {"leaf": "#/components/schemas/Leaf"}},
            "required": ["kind"], "properties": {"kind": {"type": "string"}}});
        assert!(samples(&of).iter().all(|value| value["kind"] == "leaf"));
    }

    #[test]
    fn a_value_without_end_or_too_large_is_refused_with_its_place() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let requiring = |properties: Value| {
            let names: Vec<_> = properties.as_object().expect("it is one").keys().cloned().collect();
            json!({"type": "object", "required": names, "properties": properties})
        };
        let both = |name: &str| requiring(json!({"l": reference(name), "r": reference(name)}));
        let mut levels: Map<_, _> =
            (0..40).map(|level| (format!("L{level}"), both(&format!("L{}", level + 1)))).collect();
        levels.insert("L40".to_owned(), json!({"type": "string"}));
        levels.insert("Node".to_owned(), both("Node"));
        levels.insert("List".to_owned(), json!({"type": "array", "minItems": 2, "items": reference("List")}));
        levels.insert("User".to_owned(), requiring(json!({"manager": reference("User"), "team": reference("Team")})));
        levels.insert("Team".to_owned(), requiring(json!({"lead": reference("User"), "owner": reference("User")})));
        levels.insert(
            "Many".to_owned(),
            json!({"type": "array", "minItems": 2_000_000_000, "items": {"type": "string"}}),
        );
        let tree = Arc::new(Tree::new(json!({"components": {"schemas": levels}})));
        for (name, place) in
            [("L0", "L0"), ("Node", "Node"), ("List", "List"), ("User", "User"), ("Team", "Team"), ("Many", "Many")]
        {
            let schema = Schema::new(&tree, &reference(name), Direction::Response);
            let problem = sample(&schema, 0).expect_err(name);
            assert!(problem.starts_with(&format!("#/components/schemas/{place}: no value was found")), "{problem}");
        }
    }

    #[test]
    fn what_may_be_null_ends_where_it_is_deep() {
        for children in 2..5 {
            let names = &["a", "b", "c", "d"][..children];
            let node = json!({"allOf": [{"$ref": "#/components/schemas/N"}], "nullable": true});
            let properties: Map<_, _> = names.iter().map(|name| ((*name).to_owned(), node.clone())).collect();
            let all = json!({"N": {"type": "object", "required": names, "properties": properties}});
            let tree = Arc::new(Tree::new(json!({"components": {"schemas": all}})));
            let schema = Schema::new(&tree, &json!({"$ref": "#/components/schemas/N"}), Direction::Response);
            let value = sample(&schema, 0).expect("there is one");
            assert!(value["a"]["a"].is_object(), "{children}");
        }
    }

    #[test]
    fn a_schema_that_accepts_nothing_has_no_value() {
        for of in [json!({"not": {}}), json!({"type": "string", "minLength": 2, "maxLength": 1})] {
            assert!(sample(&schema(&of), 0).is_err(), "{of}");
        }
    }
}

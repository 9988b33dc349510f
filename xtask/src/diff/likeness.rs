//! Which schema of the one document is which of the other, where their names don't say it.

use std::{
    collections::{BTreeSet, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
};

use serde_json::Value;

use super::shape::{Additional, Schema, Shape, is_prose};

/// How many levels of properties, items and variants are looked at. Likeness only pairs; what is paired is compared to
/// the last level.
const DEPTH: u8 = 5;

/// Fingerprints of the schemas of one document: equal ones are alike but for words and order.
#[derive(Debug)]
pub(super) struct Likeness<'d> {
    document: &'d Value,
    known: HashMap<(Vec<usize>, u8), u64>,
    /// How many schemas of several parts are looked into, each a combination of what holds at once.
    left: usize,
}

impl<'d> Likeness<'d> {
    pub(super) fn new(document: &'d Value) -> Self {
        Self { document, known: HashMap::new(), left: 10_000 }
    }

    pub(super) fn of(&mut self, schema: &Schema<'d>) -> u64 {
        self.at(schema, DEPTH)
    }

    /// Of all together, in any order.
    pub(super) fn of_all(&mut self, schemas: &[Schema<'d>]) -> BTreeSet<u64> {
        schemas.iter().map(|schema| self.of(schema)).collect()
    }

    fn at(&mut self, schema: &Schema<'d>, depth: u8) -> u64 {
        if depth == 0 {
            return 0;
        }
        let depth = if schema.parts.len() > 1 && self.left == 0 { 1 } else { depth };
        let key = (schema.identities(self.document), depth);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        self.left -= usize::from(schema.parts.len() > 1 && self.left > 0);
        let shape = Shape::of(self.document, schema);
        let mut hasher = DefaultHasher::new();
        let mut say = |what: &str, value: u64| (what, value).hash(&mut hasher);
        say("kind", text(shape.kind));
        say("nullable", shape.nullable.is_some().into());
        say("enum", set(shape.values.as_ref().map(|(_, values)| values.as_slice())));
        say("not", set(shape.excluded.as_ref().map(|(_, values)| values.as_slice())));
        for (name, property) in &shape.properties {
            say(name, self.at(&property.schema, depth - 1));
            say("required", property.required.is_some().into());
        }
        if !shape.items.parts.is_empty() {
            say("items", self.at(&shape.items, depth - 1));
        }
        match &shape.additional {
            Additional::Open => {}
            Additional::Closed(_) => say("closed", 1),
            Additional::Typed(schema) => say("additional", self.at(schema, depth - 1)),
        }
        for union in &shape.unions {
            let variants: BTreeSet<u64> = union.variants.iter().map(|variant| self.at(variant, depth - 1)).collect();
            variants.into_iter().for_each(|variant| say(union.keyword, variant));
        }
        say("discriminator", text(shape.discriminator.as_ref().and_then(|place| place.text("propertyName"))));
        for (word, said) in shape.words.iter().filter(|(word, _)| !is_prose(word) && !word.starts_with("x-")) {
            said.iter().for_each(|place| say(word, text(Some(&place.value.to_string()))));
        }
        let likeness = hasher.finish();
        self.known.insert(key, likeness);
        likeness
    }
}

fn text(text: Option<&str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The same for the same values in any order.
fn set(values: Option<&[&Value]>) -> u64 {
    let values: Option<BTreeSet<String>> = values.map(|values| values.iter().map(ToString::to_string).collect());
    let mut hasher = DefaultHasher::new();
    values.hash(&mut hasher);
    hasher.finish()
}

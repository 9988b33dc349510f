//! Types that were removed while a similar one was added: the overlay can keep the name.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::target::target;
use crate::{
    names::pascal,
    openapi::{self, component, extension::TYPE_NAME, owner, tokens},
    pipeline::Lowered,
};

/// A type that has another name now, or none any more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RemovedType {
    /// The name that was removed.
    pub name: String,
    /// The type that is new and the same, or nearly.
    pub successor: Option<Successor>,
    /// The index of the unmatched action of the overlay that gives this name: its target is to be corrected.
    pub named_by: Option<usize>,
}

/// A new type that may have the name of one that was removed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Successor {
    /// What it is called now.
    pub name: String,
    /// What only the old type had.
    pub lost: Vec<String>,
    /// What only the new type has.
    pub gained: Vec<String>,
    /// JSON pointer of its schema in the new document, after the overlay, if it is to be found there.
    pub pointer: Option<String>,
}

impl RemovedType {
    /// What keeps the name in the overlay, as YAML: an action, or the target of the one that gives the name.
    pub fn action(&self) -> Option<String> {
        let (name, pointer) = (&self.name, self.successor.as_ref()?.pointer.as_ref()?);
        let path = target(&tokens(pointer)).replace('\\', "\\\\").replace('"', "\\\"");
        let target = format!("  - target: \"{path}\"");
        Some(match self.named_by {
            Some(_) => target,
            None => format!(
                "{target}\n    description: It was called {name} before, and callers use that name.\n    update:\n      \
                 {TYPE_NAME}: {name}"
            ),
        })
    }
}

/// How much of what two types have together both have to have, at least: two thirds. Enums grow by far more at once: of them
/// half of what the old one had is enough.
const MIN_LIKENESS: usize = 667;
const MIN_KEPT_VALUES: usize = 500;

/// More types than these are not compared: nobody would read it.
const MAX_TYPES: usize = 1_000;

/// The types of `old` that `lowered` does not have, each with the new type that is most like it.
pub(super) fn removed_types(old: &Value, lowered: &Lowered) -> Vec<RemovedType> {
    let types = |document| -> BTreeMap<String, BTreeSet<String>> {
        openapi::components(document).map(|(name, schema)| (pascal(name), features(document, schema))).collect()
    };
    let (was, is) = (types(old), types(&lowered.effective));
    let removed: Vec<(&String, &BTreeSet<String>)> = was.iter().filter(|(name, _)| !is.contains_key(*name)).collect();
    let added: Vec<(&String, &BTreeSet<String>)> = is.iter().filter(|(name, _)| !was.contains_key(*name)).collect();
    // The most alike first; of two that are so equally, the first by name.
    let mut pairs: Vec<(usize, usize, usize, usize)> = Vec::new();
    for (index, (_, before)) in removed.iter().enumerate().take(MAX_TYPES) {
        for (other, (_, now)) in added.iter().enumerate().take(MAX_TYPES) {
            let both = before.intersection(now).count();
            if let Some(likeness) = likeness(before, now, both) {
                pairs.push((likeness, both, index, other));
            }
        }
    }
    pairs.sort_by_key(|(likeness, both, index, other)| (Reverse((*likeness, *both)), *index, *other));
    let mut successors: BTreeMap<usize, usize> = BTreeMap::new();
    for (.., index, other) in pairs {
        if !successors.contains_key(&index) && !successors.values().any(|taken| *taken == other) {
            successors.insert(index, other);
        }
    }
    let types = removed.iter().enumerate().map(|(index, (name, before))| {
        let successor = successors.get(&index).map(|other| {
            let (name, now) = added[*other];
            let only = |some: &BTreeSet<String>, others| some.difference(others).map(|one| shown(one)).collect();
            Successor {
                name: name.clone(),
                lost: only(before, now),
                gained: only(now, before),
                pointer: origin(lowered, name),
            }
        });
        RemovedType { name: (*name).clone(), successor, named_by: None }
    });
    types.collect()
}

/// How alike two types are that have `both` in common, of a thousand; none if it is too little.
fn likeness(before: &BTreeSet<String>, now: &BTreeSet<String>, both: usize) -> Option<usize> {
    if both == 0 {
        return None;
    }
    let alike = both * 1000 / before.union(now).count();
    let are_values = before.iter().chain(now).all(|feature| feature.starts_with('='));
    let is_enough = if are_values { both * 1000 / before.len() >= MIN_KEPT_VALUES } else { alike >= MIN_LIKENESS };
    is_enough.then_some(alike)
}

/// What a type consists of: its values, its properties and theirs, its variants.
fn features(document: &Value, schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut steps = MAX_STEPS;
    add_features(document, schema, "", (2, 8), &mut steps, &mut found);
    found
}

/// How many schemas are looked into for one type.
const MAX_STEPS: usize = 500;

/// `levels` is how many properties may follow each other, `depth` how many schemas.
fn add_features(
    document: &Value,
    schema: &Value,
    before: &str,
    (levels, depth): (usize, usize),
    steps: &mut usize,
    found: &mut BTreeSet<String>,
) {
    if *steps == 0 || depth == 0 {
        return;
    }
    *steps -= 1;
    let schema = openapi::resolve(document, schema).unwrap_or(schema);
    let list = |key: &str| schema.get(key).and_then(Value::as_array).into_iter().flatten();
    let refused = schema.get("not").and_then(|not| not.get("enum")?.as_array()).into_iter().flatten();
    for value in list("enum").chain(refused) {
        found.insert(format!("{before}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    }
    let mut go = |schema: &Value, before: &str, levels: usize| {
        add_features(document, schema, before, (levels, depth - 1), steps, found);
    };
    list("allOf").for_each(|part| go(part, before, levels));
    ["oneOf", "anyOf"].into_iter().flat_map(list).for_each(|variant| go(variant, before, levels));
    if let Some(items) = schema.get("items") {
        go(items, &format!("{before}[]"), levels);
    }
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let name = format!("{before}.{name}");
        if levels > 0 {
            add_features(document, property, &name, (levels - 1, depth - 1), steps, found);
        }
        found.insert(name);
    }
}

fn shown(feature: &str) -> String {
    feature.trim_start_matches(['.', '=']).to_owned()
}

/// The pointer of the schema in the overlaid document that the type `name` is made of.
fn origin(lowered: &Lowered, name: &str) -> Option<String> {
    let overlaid = &lowered.overlaid;
    let is_it = |component: &String| pascal(component) == name;
    if let Some((component, _)) = openapi::components(overlaid).find(|(component, _)| is_it(component)) {
        return Some(openapi::join("/components/schemas", component));
    }
    let note = lowered.notes.iter().find(|note| {
        note.pass == "anonymous_schema"
            && note
                .done
                .strip_prefix("named `")
                .and_then(|rest| rest.strip_suffix('`'))
                .is_some_and(|called| pascal(called) == name)
    })?;
    // The passes before have moved much. What is the same, in the same operation or component, is it.
    let (made, _) = openapi::components(&lowered.effective).find(|(component, _)| is_it(component))?;
    let wanted = features(&lowered.effective, component(&lowered.effective, made)?);
    let mut same: Vec<String> = openapi::schemas(overlaid)
        .into_iter()
        .filter(|(place, _)| place.value.get("$ref").is_none() && features(overlaid, place.value) == wanted)
        .map(|(place, _)| place.pointer())
        .filter(|pointer| owner(pointer) == owner(&note.place))
        .collect();
    let last = |pointer: &str| pointer.rsplit('/').next().map(str::to_owned);
    same.sort_by_key(|pointer| (last(pointer) != last(&note.place), pointer.len()));
    same.into_iter().next()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values(values: &[&str]) -> Value {
        json!({"type": "string", "enum": values})
    }

    fn lowered(schemas: Value) -> Lowered {
        let document = json!({"components": {"schemas": schemas}});
        Lowered::of_documents(document.clone(), document)
    }

    #[test]
    fn pairs_the_most_alike_once() {
        let old = json!({"components": {"schemas": {
            "Kind": values(&["a", "b", "c", "d"]), "BatchKind": values(&["a", "b"]), "Other": values(&["x"]), "Same": values(&["y"])}}});
        let found =
            removed_types(&old, &lowered(json!({"NewKind": values(&["a", "b", "c", "e"]), "Same": values(&["y"])})));
        let seen: Vec<_> = found
            .iter()
            .map(|removed| (removed.name.as_str(), removed.successor.as_ref().map(|to| to.name.as_str())))
            .collect();
        assert_eq!(seen, [("BatchKind", None), ("Kind", Some("NewKind")), ("Other", None)]);
        let successor = found[1].successor.clone().expect("found above");
        assert_eq!(
            (successor.lost.as_slice(), successor.gained.as_slice()),
            (&["d".to_owned()][..], &["e".to_owned()][..])
        );
        let action = found[1].action().expect("a component");
        assert!(action.starts_with("  - target: \"$.components.schemas.NewKind\"\n"), "{action}");
    }

    #[test]
    fn envelopes_are_told_apart_by_what_they_hold() {
        let envelope =
            |of: &str| json!({"properties": {"success": {}, "data": {"$ref": format!("#/components/schemas/{of}")}}});
        let user = json!({"properties": {"id": {}, "name": {}, "email": {}}});
        let order = json!({"properties": {"amount": {}, "currency": {}, "rate": {}, "fee": {}}});
        let old = json!({"components": {"schemas": {"UserResponse": envelope("User"), "User": user}}});
        let new = json!({"OrderResponse": envelope("Order"), "Order": order, "User": user});
        assert_eq!(removed_types(&old, &lowered(new))[0].successor, None);
    }
}

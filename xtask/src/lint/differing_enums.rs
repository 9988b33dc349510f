//! Enums of one concept that have other values in other places.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    places::Places,
    report::{Findings, names, quoted},
};
use crate::{names::snake, openapi::join};

/// Words that say nothing of what they are the name of: two that share a value need not be about the same thing.
const GENERAL: [&str; 8] = ["code", "kind", "method", "mode", "reason", "state", "status", "type_"];

/// Of enums that share a value, only so many are compared with each other.
const COMPARED: usize = 50;

/// A set of values, and where it stands.
struct Enum<'d> {
    values: BTreeSet<&'d str>,
    names: BTreeSet<String>,
    pointers: Vec<String>,
}

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    let all = enums(places);
    // Each enum belongs to the first one that it is joined to, directly or through others.
    let mut first: Vec<usize> = (0..all.len()).collect();
    for (a, b) in pairs(&all) {
        let (a_first, b_first) = (root(&first, a), root(&first, b));
        if a_first != b_first && is_one_concept(&all[a], &all[b]) {
            first[a_first.max(b_first)] = a_first.min(b_first);
        }
    }
    let mut groups: BTreeMap<usize, Vec<&Enum<'_>>> = BTreeMap::new();
    for (index, of_all) in all.iter().enumerate() {
        groups.entry(root(&first, index)).or_default().push(of_all);
    }
    for group in groups.into_values().filter(|group| group.len() > 1) {
        let union: BTreeSet<&str> = group.iter().flat_map(|member| &member.values).copied().collect();
        let lacks = group.iter().map(|member| {
            let missing: Vec<&str> = union.difference(&member.values).copied().collect();
            let name = member.names.first().map_or_else(|| quoted(&member.pointers[0]), |name| quoted(name));
            let (n, verb) = (member.pointers.len(), if member.pointers.len() == 1 { "lacks" } else { "lack" });
            let places = if n == 1 { "one place".to_owned() } else { format!("{n} places") };
            match missing.is_empty() {
                true => format!("{name} in {places} {verb} nothing"),
                false => format!("{name} in {places} {verb} {}", names(missing)),
            }
        });
        let lacks: Vec<String> = lacks.collect();
        let problem = format!("{} enums that seem to be of one concept differ: {}", group.len(), lacks.join("; "));
        let mut pointers: Vec<String> = group.iter().flat_map(|member| &member.pointers).cloned().collect();
        let pointer = pointers.remove(0);
        let remedy = "make them one component schema, or say in prose why they differ";
        findings.add_with(pointer, pointers, problem, remedy);
    }
}

/// The enums of two strings and more, those with the same values together, in the order of the document.
fn enums<'d>(places: &Places<'d>) -> Vec<Enum<'d>> {
    let mut all: Vec<Enum<'d>> = Vec::new();
    let mut by_values: BTreeMap<BTreeSet<&str>, usize> = BTreeMap::new();
    for schema in &places.schemas {
        let Some(values) = schema.value.get("enum").and_then(Value::as_array) else { continue };
        let values: BTreeSet<&str> = values.iter().filter_map(Value::as_str).collect();
        // One value is a tag, and what `not` lists are the values of others.
        if values.len() < 2 || schema.pointer.ends_with("/not") {
            continue;
        }
        let index = *by_values.entry(values.clone()).or_insert_with(|| {
            all.push(Enum { values, names: BTreeSet::new(), pointers: Vec::new() });
            all.len() - 1
        });
        all[index].names.extend(schema.name.map(snake));
        all[index].pointers.push(join(&schema.pointer, "enum"));
    }
    all
}

/// Those that share a value.
fn pairs(all: &[Enum<'_>]) -> BTreeSet<(usize, usize)> {
    let mut having: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, of_all) in all.iter().enumerate() {
        for value in &of_all.values {
            having.entry(value).or_default().push(index);
        }
    }
    let mut pairs = BTreeSet::new();
    for indexes in having.values() {
        for (position, a) in indexes.iter().take(COMPARED).enumerate() {
            pairs.extend(indexes.iter().take(COMPARED).skip(position + 1).map(|b| (*a, *b)));
        }
    }
    pairs
}

fn root(first: &[usize], mut index: usize) -> usize {
    while first[index] != index {
        index = first[index];
    }
    index
}

/// Whether the enums have half of their values in common, or a name and enough of their values.
fn is_one_concept(a: &Enum<'_>, b: &Enum<'_>) -> bool {
    let shared = a.values.intersection(&b.values).count();
    let together = a.values.len() + b.values.len() - shared;
    let is_general = |name: &String| GENERAL.contains(&name.as_str());
    let mut common = a.names.intersection(&b.names);
    (shared >= 2 && shared * 2 >= together)
        || common.any(|name| {
            if is_general(name) { shared >= 2 && shared * 2 >= a.values.len().min(b.values.len()) } else { shared >= 1 }
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(properties: Value, expected: &[&str]) {
        let found = super::super::found(
            "differing-enums",
            json!({"components": {"schemas": {"A": {
            "properties": properties}}}}),
        );
        assert_eq!(found, expected);
    }

    #[test]
    fn enums_that_share_most_of_their_values_are_of_one_concept() {
        check(
            json!({
                "one": {"enum": ["a", "b", "c"]}, "two": {"items": {"enum": ["a", "b", "c", "d"]}},
                "same": {"enum": ["c", "b", "a"]}, "far": {"enum": ["a", "x", "y", "z"]},
            }),
            &["/components/schemas/A/properties/one/enum: 2 enums that seem to be of one concept differ: `one` in 2 \
               places lack `d`; `two` in one place lacks nothing"],
        );
    }

    #[test]
    fn a_common_name_makes_one_concept_unless_it_is_a_general_word() {
        check(
            json!({
                "id_type": {"enum": ["a", "b", "c"]}, "status": {"enum": ["p", "q", "r"]},
                "inner": {"properties": {"idType": {"enum": ["c", "d"]}, "status": {"enum": ["r", "s", "t"]}}},
            }),
            &[
                "/components/schemas/A/properties/id_type/enum: 2 enums that seem to be of one concept differ: `id_type` in \
               one place lacks `d`; `id_type` in one place lacks `a` and `b`",
            ],
        );
    }

    #[test]
    fn tags_and_negations_are_no_concept() {
        check(
            json!({"m": {"oneOf": [{"enum": ["a"]}, {"enum": ["a", "b"]}]}, "n": {"not": {"enum": ["a", "b", "c"]}}}),
            &[],
        );
    }
}

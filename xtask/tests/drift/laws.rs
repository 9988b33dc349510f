//! Laws of the comparison, for documents that were changed at random.

use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::{Value, json};
use xtask::diff::{Change, Direction, Rule, Verdict};

use super::{mutants::structural, users};

/// The checked-in document, and one with every construct.
fn documents() -> [Value; 2] {
    [users(), xtask::openapi::parse(include_str!("../constructs.yaml")).expect("YAML without a slip")]
}

/// The pointers of all values, examples and other data apart.
fn pointers(document: &Value) -> Vec<String> {
    fn go(value: &Value, pointer: &str, out: &mut Vec<String>) {
        let mut below = |key: &str, value: &Value| {
            if !matches!(key, "example" | "examples") {
                let pointer = xtask::openapi::join(pointer, key);
                out.push(pointer.clone());
                go(value, &pointer, out);
            }
        };
        match value {
            Value::Object(members) => members.iter().for_each(|(key, value)| below(key, value)),
            Value::Array(members) => {
                members.iter().enumerate().for_each(|(index, value)| below(&index.to_string(), value));
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    go(document, "", &mut out);
    out
}

/// One random edit: what is done where, each by an index into what there is.
type Edit = (usize, usize, usize);

fn edits() -> impl Strategy<Value = (usize, Vec<Edit>)> {
    (0..2_usize, prop::collection::vec((any::<usize>(), any::<usize>(), any::<usize>()), 0..6))
}

fn changed(document: &Value, edits: &[Edit]) -> Value {
    let mut document = document.clone();
    for (what, at, other) in edits {
        let pointers = pointers(&document);
        let pointer = &pointers[at % pointers.len()];
        let value = document.pointer(&pointers[other % pointers.len()]).cloned().unwrap_or_default();
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer below the root");
        let key = key.replace("~1", "/").replace("~0", "~");
        let Some(parent) = document.pointer_mut(parent) else { continue };
        match (what % 4, parent) {
            (0, Value::Object(members)) => drop(members.shift_remove(&key)),
            (0, Value::Array(elements)) => drop(key.parse().map(|index: usize| elements.remove(index))),
            (1, Value::Object(members)) => {
                if let Some(moved) = members.shift_remove(&key) {
                    members.insert(format!("{key}_renamed"), moved);
                }
            }
            (2, Value::Object(members)) => drop(members.insert(key, value)),
            (3, Value::Object(members)) => {
                let scalars = [json!(true), json!("string"), json!(7), json!(["A", "B"]), json!({}), Value::Null];
                members.insert(key, scalars[other % scalars.len()].clone());
            }
            (_, Value::Array(elements)) => elements.push(value),
            _ => {}
        }
    }
    document
}

/// The name of the rule of the opposite change. One that is its own opposite is about neither an addition nor a removal.
pub(super) fn opposite(rule: Rule) -> String {
    let (rule, ends) = (
        rule.to_string(),
        [
            ("security-required", "security-lifted"),
            ("undeprecated", "deprecated"),
            ("-added", "-removed"),
            ("-required", "-optional"),
            ("-extracted", "-inlined"),
            ("-narrowed", "-widened"),
            ("-tightened", "-loosened"),
            ("-introduced", "-dropped"),
            ("-closed", "-opened"),
        ],
    );
    let other = ends.into_iter().flat_map(|(one, other)| [(one, other), (other, one)]);
    let mut other = other.filter_map(|(one, other)| Some(rule.strip_suffix(one)?.to_owned() + other));
    other.next().unwrap_or(rule.clone())
}

/// What is the same in both directions: the rule, the places, the direction.
fn mirrored(changes: &[Change], swap: bool) -> Vec<(String, String, String, Direction)> {
    let side = |change: &Change| match swap {
        true => (opposite(change.rule), change.new.clone(), change.old.clone(), change.direction),
        false => (change.rule.to_string(), change.old.clone(), change.new.clone(), change.direction),
    };
    let mut all: Vec<_> = changes.iter().map(side).collect();
    all.sort();
    all.dedup();
    all
}

/// Puts every object's members and every list without order into another order.
fn reordered(value: &Value, turn: usize) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> =
                members.iter().map(|(key, value)| (key.clone(), reorder(key, value, turn))).collect();
            let middle = if members.is_empty() { 0 } else { turn % members.len() };
            members.rotate_left(middle);
            Value::Object(members.into_iter().collect())
        }
        other => other.clone(),
    }
}

fn reorder(key: &str, value: &Value, turn: usize) -> Value {
    match value {
        Value::Array(elements) => {
            let mut elements: Vec<Value> = elements.iter().map(|element| reordered(element, turn)).collect();
            if matches!(key, "required" | "enum" | "oneOf" | "anyOf" | "parameters" | "tags" | "security" | "servers") {
                elements.reverse();
            }
            Value::Array(elements)
        }
        other => reordered(other, turn),
    }
}

fn config(cases: u32) -> ProptestConfig {
    // The same inputs in every run, unless others are asked for.
    let seed = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_260_713);
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn a_document_does_not_differ_from_itself((which, edits) in edits()) {
        let document = changed(&documents()[which], &edits);
        prop_assert_eq!(super::compare(&document, &document.clone()), []);
    }

    #[test]
    fn there_and_back_are_mirror_images((which, edits) in edits()) {
        let old = documents()[which].clone();
        let new = changed(&old, &edits);
        let (there, back) = (super::compare(&old, &new), super::compare(&new, &old));
        prop_assert_eq!(mirrored(&there, false), mirrored(&back, true));
    }

    #[test]
    fn two_edited_documents_are_compared_without_a_panic((which, edits) in edits(), (_, others) in edits()) {
        let [one, other] = [edits, others].map(|edits| changed(&documents()[which], &edits));
        for change in super::compare(&one, &other) {
            prop_assert!(one.pointer(&change.old).is_some(), "{:?}", change);
            prop_assert!(other.pointer(&change.new).is_some(), "{:?}", change);
        }
    }

    #[test]
    fn order_does_not_matter((which, edits) in edits(), turn in any::<usize>()) {
        // Things are left out alone: in what is no OpenAPI, nobody knows which order counts.
        let edits: Vec<Edit> = edits.into_iter().map(|(_, at, other)| (0, at, other)).collect();
        let document = changed(&documents()[which], &edits);
        let changes = structural(super::compare(&document, &reordered(&document, turn)));
        prop_assert_eq!(changes, []);
    }

    #[test]
    fn where_a_schema_is_written_does_not_matter(which in 0..2_usize, picks in prop::collection::vec(any::<usize>(), 1..5)) {
        let old = documents()[which].clone();
        let mut new = old.clone();
        for (index, pick) in picks.iter().enumerate() {
            let mut inline = Vec::new();
            xtask::openapi::schemas_in_use_mut(&mut new, &mut |schema, pointer| {
                if schema.get("$ref").is_none() && schema.get("required") != Some(&Value::Bool(true)) {
                    inline.push(pointer.to_owned());
                }
            });
            let slot = new.pointer_mut(&inline[pick % inline.len()]).expect("a schema");
            let name = format!("Moved{index}");
            let schema = std::mem::replace(slot, json!({"$ref": format!("#/components/schemas/{name}")}));
            new["components"]["schemas"][name] = schema;
        }
        for (rule, changes) in [
            (Rule::SchemaExtracted, structural(super::compare(&old, &new))),
            (Rule::SchemaInlined, structural(super::compare(&new, &old))),
        ] {
            // It is said where a schema went. Its type has another name then, and nothing else is another.
            prop_assert!(changes.iter().all(|change| change.rule == rule && change.wire == Verdict::Ok), "{changes:#?}");
        }
    }

    #[test]
    fn a_change_of_words_is_listed_where_it_stands(which in 0..2_usize, pick in any::<usize>()) {
        let old = documents()[which].clone();
        let words: Vec<String> = pointers(&old)
            .into_iter()
            .filter(|pointer| ["/description", "/summary", "/title"].iter().any(|end| pointer.ends_with(end)))
            .filter(|pointer| !pointer.contains("/properties/description") && old.pointer(pointer).is_some_and(Value::is_string))
            .filter(|pointer| !pointer.starts_with("/components/securitySchemes"))
            // What an extension holds has no words, whoever refers to it.
            .filter(|pointer| !pointer.starts_with("/x-"))
            .collect();
        let pointer = &words[pick % words.len()];
        let mut new = old.clone();
        *new.pointer_mut(pointer).expect("words") = json!("other words");
        let changes = super::compare(&old, &new);
        prop_assert!(!changes.is_empty(), "{}", pointer);
        for change in &changes {
            prop_assert_eq!(change.rule, Rule::ProseChanged, "{}", pointer);
            prop_assert!(!change.is_breaking());
            prop_assert!(pointer.starts_with(&change.new), "{}: {:?}", pointer, change);
            let in_operation = pointer.starts_with("/paths/") && pointer.split('/').count() > 4;
            prop_assert_eq!(change.operations.is_empty() && in_operation, false, "{:?}", change);
        }
    }
}

//! Mutants of schemas: properties, enums, formats, constraints, `nullable`.
//!
//! What is expected follows from the independent [`view`](super::view), because a property can be stated twice (`allOf`),
//! used by many operations, both ways, and be an error's. The verdicts are a table of their own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use xtask::{
    diff::{
        Direction, Rule,
        Verdict::{self, Break, Ok},
    },
    openapi,
};

use super::{
    mutants::{Expected, Mutant, edited, required, run, schemas, set_required},
    users,
    view::{At, Said, View, Way, view},
};

/// The table of verdicts for schemas: wire and source for what is sent, wire and source for what is returned. Formats are
/// those of the mutants: `uuid`, `date` and `date-time` have Rust types, the others are hints.
#[rustfmt::skip]
const TABLE: &[(Rule, Verdict, Verdict, Verdict, Verdict)] = &[
    //                                request       response
    (Rule::RequiredPropertyRemoved,   Break, Break, Break, Break),
    (Rule::OptionalPropertyRemoved,   Break, Break, Break, Break),
    (Rule::RequiredPropertyAdded,     Break, Break, Ok,    Ok),
    (Rule::OptionalPropertyAdded,     Ok,    Ok,    Ok,    Ok),
    (Rule::PropertyRenamed,           Break, Break, Break, Break),
    // `Option<T>` becomes `T` in a response: the one verdict that is stricter than in the plan.
    (Rule::PropertyRequired,          Break, Break, Ok,    Break),
    (Rule::PropertyOptional,          Ok,    Ok,    Break, Break),
    (Rule::TypeChanged,               Break, Break, Break, Break),
    (Rule::TypeNarrowed,              Break, Break, Ok,    Break),
    (Rule::TypeWidened,               Ok,    Ok,    Break, Break),
    (Rule::NullableAdded,             Ok,    Ok,    Break, Break),
    (Rule::NullableRemoved,           Break, Break, Ok,    Break),
    (Rule::EnumIntroduced,            Break, Break, Ok,    Break),
    (Rule::EnumDropped,               Ok,    Ok,    Ok,    Break),
    (Rule::EnumValuesAdded,           Ok,    Ok,    Ok,    Ok),
    (Rule::EnumValuesRemoved,         Break, Break, Ok,    Break),
    (Rule::ExcludedValuesAdded,       Break, Ok,    Ok,    Ok),
    (Rule::ExcludedValuesRemoved,     Ok,    Ok,    Ok,    Ok),
    // They bind what is sent alone.
    (Rule::ConstraintAdded,           Break, Break, Ok,    Ok),
    (Rule::ConstraintRemoved,         Ok,    Ok,    Ok,    Ok),
    (Rule::ConstraintTightened,       Break, Ok,    Ok,    Ok),
    (Rule::ConstraintLoosened,        Ok,    Ok,    Ok,    Ok),
    (Rule::ConstraintChanged,         Break, Ok,    Ok,    Ok),
    (Rule::FormatNarrowed,            Break, Break, Ok,    Break),
    (Rule::FormatWidened,             Ok,    Ok,    Break, Break),
    (Rule::FormatChanged,             Break, Break, Break, Break),
];

/// Wire, and source of the facade and of the generated crate.
fn verdicts(rule: Rule, way: Way, is_hint: bool) -> [Verdict; 3] {
    let (_, sent, sent_source, read, read_source) =
        TABLE.iter().find(|(known, ..)| *known == rule).unwrap_or_else(|| panic!("no verdict for {rule:?}"));
    let with_client = |wire, source, direction| {
        let known = Expected::new(rule, direction, &[], wire, source);
        [known.wire, known.source, known.client]
    };
    match way {
        Way::Request if is_hint => [*sent, Ok, Ok],
        _ if is_hint => [Ok; 3],
        Way::Request => with_client(*sent, *sent_source, Direction::Request),
        Way::Success => with_client(*read, *read_source, Direction::Response),
        // One hand-written type reads every error.
        Way::Error => [*read, Ok, Ok],
    }
}

/// What the report has to say, by what the views say.
pub(crate) fn expected(old: &View, new: &View) -> Vec<Expected> {
    // By what is one change however many operations share it: the rule, the direction, and the names on the way to it.
    type Key = (Rule, Direction, String);
    let mut found: BTreeMap<Key, (BTreeSet<String>, [Verdict; 3])> = BTreeMap::new();
    let mut expect = |rule: Rule, at: &At, is_hint: bool, detail: &str| {
        let verdicts = verdicts(rule, at.1, is_hint);
        let direction = if at.1 == Way::Request { Direction::Request } else { Direction::Response };
        let entry = found.entry((rule, direction, format!("{} {detail}", at.3.last().map_or("", String::as_str))));
        let (operations, known) = entry.or_insert_with(|| (BTreeSet::new(), verdicts));
        operations.insert(at.0.clone());
        known.iter_mut().zip(verdicts).for_each(|(known, verdict)| *known = verdict.max(*known));
    };
    // What is below a value that is something else now is not looked at.
    let mut closed: Vec<At> = Vec::new();
    let is_below = |at: &At, closed: &[At]| {
        closed.iter().any(|top| {
            (&top.0, top.1, &top.2) == (&at.0, at.1, &at.2) && at.3.len() > top.3.len() && at.3.starts_with(&top.3)
        })
    };
    let mut by_depth: Vec<_> = old.iter().collect();
    by_depth.sort_by_key(|(at, _)| at.3.len());
    for (at, before) in by_depth {
        if is_below(at, &closed) {
            continue;
        }
        let Some(now) = new.get(at) else { continue };
        if said(before, now, |rule, is_hint, detail| expect(rule, at, is_hint, detail)) {
            closed.push(at.clone());
        }
    }
    let parent = |at: &At| {
        let mut parent = at.clone();
        parent.3.pop();
        parent
    };
    // The topmost of what came or went.
    let tops = |from: &View, other: &View| -> BTreeMap<At, Vec<At>> {
        let mut tops: BTreeMap<At, Vec<At>> = BTreeMap::new();
        for at in from.keys().filter(|at| !other.contains_key(*at) && !at.3.is_empty() && !is_below(at, &closed)) {
            let parent = parent(at);
            if other.contains_key(&parent) {
                tops.entry(parent).or_default().push(at.clone());
            }
        }
        tops
    };
    let (gone, mut come) = (tops(old, new), tops(new, old));
    for (parent, gone) in gone {
        let came = come.remove(&parent).unwrap_or_default();
        if let ([was], [is]) = (gone.as_slice(), came.as_slice())
            && below(old, was) == below(new, is)
        {
            expect(Rule::PropertyRenamed, was, false, "");
            // Renaming keeps what it says of itself.
            let (before, now) = (&old[was], &new[is]);
            said(before, now, |rule, is_hint, detail| expect(rule, was, is_hint, detail));
            continue;
        }
        for at in gone {
            let rule = if old[&at].required { Rule::RequiredPropertyRemoved } else { Rule::OptionalPropertyRemoved };
            expect(rule, &at, false, "");
        }
        for at in came {
            let rule = if new[&at].required { Rule::RequiredPropertyAdded } else { Rule::OptionalPropertyAdded };
            expect(rule, &at, false, "");
        }
    }
    for at in come.into_values().flatten() {
        let rule = if new[&at].required { Rule::RequiredPropertyAdded } else { Rule::OptionalPropertyAdded };
        expect(rule, &at, false, "");
    }
    let expected = found.into_iter().map(|((rule, direction, _), (operations, [wire, source, client]))| Expected {
        rule,
        direction,
        operations: operations.into_iter().collect(),
        wire,
        source,
        client,
    });
    expected.collect()
}

/// What is below `top`, with what is said of it.
fn below<'v>(view: &'v View, top: &At) -> Vec<(Vec<String>, &'v Said)> {
    let inside =
        view.iter().filter(|(at, _)| (&top.0, top.1, &top.2) == (&at.0, at.1, &at.2) && at.3.starts_with(&top.3));
    // Whether the property itself is required is not part of its schema.
    inside.filter(|(at, _)| at.3 != top.3).map(|(at, said)| (at.3[top.3.len()..].to_vec(), said)).collect()
}

/// What changed in what is said of one place. Tells whether it is something else altogether.
fn said(before: &Said, now: &Said, mut expect: impl FnMut(Rule, bool, &str)) -> bool {
    match (before.required, now.required) {
        (false, true) => expect(Rule::PropertyRequired, false, ""),
        (true, false) => expect(Rule::PropertyOptional, false, ""),
        _ => {}
    }
    match (before.nullable, now.nullable) {
        (false, true) => expect(Rule::NullableAdded, false, ""),
        (true, false) => expect(Rule::NullableRemoved, false, ""),
        _ => {}
    }
    if before.kind != now.kind {
        let rule = match (before.kind.as_str(), now.kind.as_str()) {
            ("", _) | ("number", "integer") => Rule::TypeNarrowed,
            (_, "") | ("integer", "number") => Rule::TypeWidened,
            _ => Rule::TypeChanged,
        };
        // Two that were something else before are two changes, even if one word made them.
        expect(rule, false, &before.kind);
        return true;
    }
    if before.format != now.format {
        let rule = match (before.format.as_str(), now.format.as_str()) {
            ("", _) => Rule::FormatNarrowed,
            (_, "") => Rule::FormatWidened,
            _ => Rule::FormatChanged,
        };
        let is_hint =
            [&before.format, &now.format].iter().all(|format| matches!(format.as_str(), "" | "email" | "uri"));
        expect(rule, is_hint, "");
    }
    match (&before.values, &now.values) {
        (None, Some(_)) => expect(Rule::EnumIntroduced, false, ""),
        (Some(_), None) => expect(Rule::EnumDropped, false, ""),
        (Some(before), Some(now)) => {
            if before.difference(now).next().is_some() {
                expect(Rule::EnumValuesRemoved, false, "");
            }
            if now.difference(before).next().is_some() {
                expect(Rule::EnumValuesAdded, false, "");
            }
        }
        (None, None) => {}
    }
    if before.excluded.difference(&now.excluded).next().is_some() {
        expect(Rule::ExcludedValuesRemoved, false, "");
    }
    if now.excluded.difference(&before.excluded).next().is_some() {
        expect(Rule::ExcludedValuesAdded, false, "");
    }
    let words: BTreeSet<_> = before.bounds.keys().chain(now.bounds.keys()).collect();
    for word in words {
        let number = |bound: &String| bound.parse::<u64>().ok();
        let rule = match (before.bounds.get(word), now.bounds.get(word)) {
            (None, Some(_)) => Rule::ConstraintAdded,
            (Some(_), None) => Rule::ConstraintRemoved,
            (Some(before), Some(now)) if before == now => continue,
            (Some(before), Some(now)) => match (number(before), number(now)) {
                (Some(before), Some(now)) if (now > before) == word.starts_with("max") => Rule::ConstraintLoosened,
                (Some(_), Some(_)) => Rule::ConstraintTightened,
                _ => Rule::ConstraintChanged,
            },
            (None, None) => continue,
        };
        expect(rule, matches!(word.as_str(), "maximum" | "maxItems"), word);
    }
    false
}

type Case = (&'static str, Mutant, Vec<Expected>);

fn case(kind: &'static str, name: String, old: &Value, new: Value) -> Case {
    let expected = expected(&view(old), &view(&new));
    (kind, Mutant { name, old: old.clone(), new }, expected)
}

/// Remove, rename, retype, require, un-require each property; make it nullable or not.
fn properties(document: &Value) -> Vec<Case> {
    let mut cases = Vec::new();
    for (pointer, schema) in schemas(document) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let at = openapi::join(&openapi::join(&pointer, "properties"), name);
            let mut mutant = |kind, edit: &dyn Fn(&mut Value)| {
                cases.push(case(kind, format!("{kind} {at}"), document, edited(document, &pointer, edit)));
            };
            let names = required(&schema);
            let others: Vec<String> = names.iter().filter(|other| *other != name).cloned().collect();
            mutant("remove", &|schema| {
                schema["properties"].as_object_mut().expect("properties").shift_remove(name);
                set_required(schema, &others);
            });
            mutant("rename", &|schema| {
                let properties = schema["properties"].as_object_mut().expect("properties");
                let property = properties.shift_remove(name).expect("it is there");
                properties.insert(format!("{name}_renamed"), property);
                let rename = |other: &String| if other == name { format!("{name}_renamed") } else { other.clone() };
                set_required(schema, &names.iter().map(rename).collect::<Vec<_>>());
            });
            let retyped = if property["type"] == "integer" { "boolean" } else { "integer" };
            if property.get("$ref").is_none() {
                mutant("retype", &|schema| schema["properties"][name]["type"] = json!(retyped));
                match property["nullable"] == true {
                    false => mutant("make nullable", &|schema| schema["properties"][name]["nullable"] = json!(true)),
                    true => {
                        mutant("make not nullable", &|schema| schema["properties"][name]["nullable"] = json!(false))
                    }
                }
            }
            match names.contains(name) {
                true => mutant("un-require", &|schema| set_required(schema, &others)),
                false => mutant("require", &|schema| {
                    set_required(schema, &names.iter().chain([name]).cloned().collect::<Vec<_>>());
                }),
            }
        }
        if schema["type"] == "object" {
            for (kind, is_required) in [("add optional", false), ("add required", true)] {
                let new = edited(document, &pointer, |schema| {
                    schema["properties"]["brand_new"] = json!({"type": "array", "items": {"type": "boolean"}});
                    let names: Vec<_> = required(schema).into_iter().chain(["brand_new".to_owned()]).collect();
                    if is_required {
                        set_required(schema, &names);
                    }
                });
                cases.push(case(kind, format!("{kind} property at {pointer}"), document, new));
            }
        }
    }
    cases
}

/// Add and remove each value of each enum, and of each enum that is ruled out.
fn enums(document: &Value) -> Vec<Case> {
    let mut cases = Vec::new();
    for (pointer, schema) in schemas(document) {
        let holders = [("enum", "/enum"), ("ruled out", "/not/enum")];
        for (holder, path) in holders.into_iter().filter(|(_, path)| schema.pointer(path).is_some()) {
            if holder == "enum" && pointer.ends_with("/not") {
                continue;
            }
            let list = format!("{pointer}{path}");
            let values = document.pointer(&list).and_then(Value::as_array).expect("an enum");
            for index in 0..values.len() {
                let new = edited(document, &list, |list| drop(list.as_array_mut().expect("an enum").remove(index)));
                cases.push(case("remove value", format!("remove {list}/{index}"), document, new));
            }
            let new = edited(document, &list, |list| list.as_array_mut().expect("an enum").push(json!("BRAND_NEW")));
            cases.push(case("add value", format!("add to {list}"), document, new));
        }
    }
    cases
}

/// Add, remove, tighten and loosen constraints; add, change and remove formats.
fn constraints(document: &Value) -> Vec<Case> {
    let mut cases = Vec::new();
    for (pointer, schema) in schemas(document) {
        if schema["type"] != "string" || schema.get("enum").is_some() || schema.get("not").is_some() {
            continue;
        }
        let with = |word: &str, value: Value| edited(document, &pointer, |schema| schema[word] = value);
        for (word, small, great) in [
            ("maxLength", json!(10), json!(20)),
            ("minLength", json!(2), json!(3)),
            ("pattern", json!("^a"), json!("^b")),
        ] {
            let (one, other) = (with(word, small), with(word, great));
            let name = |what: &str| format!("{what} {word} at {pointer}");
            cases.push(case("add constraint", name("add"), document, one.clone()));
            cases.push(case("remove constraint", name("remove"), &one, document.clone()));
            cases.push(case("change constraint", name("raise"), &one, other.clone()));
            cases.push(case("change constraint", name("lower"), &other, one));
        }
        match schema["format"].as_str() {
            None => cases.push(case(
                "add format",
                format!("add format at {pointer}"),
                document,
                with("format", json!("uuid")),
            )),
            Some(_) => {
                let none = edited(document, &pointer, |schema| {
                    schema.as_object_mut().expect("a schema").shift_remove("format");
                });
                cases.push(case("remove format", format!("remove format at {pointer}"), document, none));
                let new = with("format", json!("ipv4"));
                cases.push(case("change format", format!("change format at {pointer}"), document, new));
            }
        }
    }
    cases
}

#[test]
fn every_mutant_of_a_schema_is_reported_as_what_it_is() {
    let document = users();
    let mutants = properties(&document).into_iter().chain(enums(&document)).chain(constraints(&document));
    let kinds = [
        "remove",
        "rename",
        "retype",
        "require",
        "un-require",
        "make nullable",
        "make not nullable",
        "add optional",
        "add required",
        "remove value",
        "add value",
        "add constraint",
        "remove constraint",
        "change constraint",
        "add format",
        "remove format",
        "change format",
    ];
    run(mutants, &kinds);
}

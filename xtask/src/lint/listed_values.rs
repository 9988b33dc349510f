//! Values that prose lists against the enum that it speaks of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    places::Places,
    prose::{self, List},
    report::{Findings, names},
};
use crate::openapi::{join, owner};

/// The values of an enum, and where it stands first.
type Enums<'p> = BTreeMap<BTreeSet<&'p str>, &'p str>;

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    for (index, schema) in places.schemas.iter().enumerate() {
        let lists = lists(schema.value);
        if !lists.is_empty() {
            check(&lists, &of_schema(places, index), &schema.pointer, findings);
        }
    }
    let mut by_owner: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, schema) in places.schemas.iter().enumerate() {
        by_owner.entry(owner(&schema.pointer)).or_default().push(index);
    }
    let in_reach = |pointer: &str| {
        let owners = places.references.reach([owner(pointer)]);
        let indexes = owners.into_iter().filter_map(|owner| by_owner.get(owner)).flatten();
        let enums = indexes.filter_map(|index| values(places, *index));
        enums.collect::<Enums<'_>>()
    };
    for holder in &places.holders {
        let lists = lists(holder.value);
        if !lists.is_empty() {
            let schema = join(&holder.pointer, "schema");
            let own = places.schemas.iter().position(|inner| inner.pointer == schema);
            check(&lists, &own.map(|own| of_schema(places, own)).unwrap_or_default(), &holder.pointer, findings);
        }
    }
    for operation in &places.operations {
        let pointer = join(&operation.pointer(), "responses");
        let responses = operation.value().get("responses").and_then(Value::as_object).into_iter().flatten();
        let responses = responses.map(|(status, response)| (join(&pointer, status), response));
        for (pointer, described) in std::iter::once((operation.pointer(), operation.value())).chain(responses) {
            let lists = lists(described);
            if !lists.is_empty() {
                check(&lists, &in_reach(&operation.pointer()), &pointer, findings);
            }
        }
    }
}

fn lists(described: &Value) -> Vec<List<'_>> {
    described.get("description").and_then(Value::as_str).map(prose::lists).unwrap_or_default()
}

/// The values of a schema's enum. Those below `not` do not count.
fn values<'p>(places: &'p Places<'_>, index: usize) -> Option<(BTreeSet<&'p str>, &'p str)> {
    let schema = &places.schemas[index];
    let values = schema.value.get("enum")?.as_array()?;
    let values: BTreeSet<&str> = values.iter().filter_map(Value::as_str).collect();
    (values.len() > 1 && !schema.pointer.ends_with("/not")).then_some((values, schema.pointer.as_str()))
}

/// The enum of a schema, or those of the schemas in it.
fn of_schema<'p>(places: &'p Places<'_>, index: usize) -> Enums<'p> {
    if let Some(own) = values(places, index) {
        return Enums::from([own]);
    }
    let pointer = &places.schemas[index].pointer;
    let inner = places.schemas.iter().enumerate().skip(index + 1);
    let inner =
        inner.take_while(|(_, inner)| inner.pointer.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/')));
    inner.filter_map(|(index, _)| values(places, index)).collect()
}

/// Holds the lists of the description at `pointer` to the enum that each of them is the list of.
fn check(lists: &[List<'_>], enums: &Enums<'_>, pointer: &str, findings: &mut Findings) {
    let mut said = BTreeSet::new();
    // What one of two tables lacks may stand in the other.
    let everywhere: BTreeSet<&str> = lists.iter().flat_map(|list| &list.values).copied().collect();
    for list in lists {
        // `null` says that there is no value; some list it.
        let listed: BTreeSet<&str> = list.values.iter().copied().filter(|value| *value != "null").collect();
        // An enum that two of the values are in is the one that is spoken of; of several, the one that is most alike.
        let alike = |values: &BTreeSet<&str>| {
            let shared = values.intersection(&listed).count();
            (shared, usize::MAX - values.len().abs_diff(listed.len()))
        };
        let Some((values, at)) = enums.iter().max_by_key(|(values, _)| alike(values)) else { continue };
        let shared = alike(values).0;
        if shared < 2 || shared * 2 < listed.len() {
            continue;
        }
        let unknown: Vec<&str> = listed.difference(values).copied().collect();
        let unlisted: Vec<&str> = values.difference(&everywhere).copied().collect();
        let mut add = |problem: String, remedy: &str| {
            if said.insert(problem.clone()) {
                let also = vec![join(at, "enum")];
                findings.add_with(join(pointer, "description"), also, problem, remedy);
            }
        };
        if !unknown.is_empty() {
            let problem = format!("the description lists {}, which the enum lacks", names(unknown));
            add(problem, "add it to the enum, or take it out of the list");
        }
        if list.is_whole && !unlisted.is_empty() && shared * 2 >= values.len() {
            let problem = format!("the list in the description lacks {} of the enum", names(unlisted));
            add(problem, "add it to the list, or take it out of the enum");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[track_caller]
    fn check(description: &str, expected: &[&str]) {
        let schemas = json!({"S": {"enum": ["NEW", "IN_WORK", "DONE", "LOST"], "description": description}});
        let place = "/components/schemas/S/description: ";
        let expected: Vec<String> = expected.iter().map(|problem| format!("{place}{problem}")).collect();
        assert_eq!(super::super::found("listed-values", json!({"components": {"schemas": schemas}})), expected);
    }

    #[test]
    fn a_list_has_the_values_of_the_enum() {
        check("- `NEW`: a\n- `IN_WORK`: b\n- `DONE`\n- `LOST`", &[]);
        check(
            "| state | |\n|--|--|\n| `NEW` | a |\n| `DONE` | b |\n| `GONE` | c |\n",
            &[
                "the description lists `GONE`, which the enum lacks",
                "the list in the description lacks `IN_WORK` and `LOST` of the enum",
            ],
        );
        check("First `NEW`, `DONE` or `HALF_DONE`.", &["the description lists `HALF_DONE`, which the enum lacks"]);
    }

    #[test]
    fn some_of_the_values_in_a_sentence_are_no_list_of_all() {
        check("`NEW` and `DONE` are usual. So is EUR, USD or GBPX.", &[]);
        check("- `NEW`: a\n- `DONE`: b\n- Any other: c", &[]);
    }

    #[test]
    fn an_operation_speaks_of_the_enums_in_its_reach() {
        let paths = json!({"/a": {"get": {
            "description": "- `x_a`: a\n- `x_b`: b\n- `x_c`: c",
            "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}}}},
        }}});
        let schemas = json!({"S": {"enum": ["x_a", "x_b"]}, "Other": {"enum": ["x_a", "x_b", "x_c"]}});
        assert_eq!(
            super::super::found("listed-values", json!({"paths": paths, "components": {"schemas": schemas}})),
            ["/paths/~1a/get/description: the description lists `x_c`, which the enum lacks"],
        );
    }
}

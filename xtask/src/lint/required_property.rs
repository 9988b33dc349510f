//! `required`: a list, of properties that the schema declares in one of its parts.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::{
    places::Places,
    report::{Findings, names, quoted},
};
use crate::openapi::{join, shape};

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    let mut declared: HashMap<&str, Option<BTreeSet<&str>>> = HashMap::new();
    for schema in &places.schemas {
        let list = match schema.value.get("required") {
            None => continue,
            Some(Value::Array(list)) => list,
            Some(_) => {
                let problem =
                    "`required` is not a list: in OpenAPI 3.0 it is a keyword of the object, not of the property";
                let remedy = "put the property's name into the list `required` of the object that has it";
                findings.add(join(&schema.pointer, "required"), problem, remedy);
                continue;
            }
        };
        let whole = whole(&schema.pointer);
        // What `not` forbids need not be declared, and a map may hold anything.
        if whole.ends_with("/not") || schema.value.get("additionalProperties").is_some_and(|more| *more != false) {
            continue;
        }
        let all = declared.entry(whole).or_insert_with(|| {
            let schema = places.document.pointer(whole)?;
            shape::declared(places.document, schema)
        });
        // A bare list of names is for others to build upon.
        let Some(all) = all.as_ref().filter(|all| !all.is_empty()) else { continue };
        let missing: Vec<&str> = list.iter().filter_map(Value::as_str).filter(|name| !all.contains(name)).collect();
        if !missing.is_empty() {
            let problem = format!("requires {}, which no part of the schema declares", names(missing.iter().copied()));
            let nearest = crate::check::nearest(missing[0], all.iter().copied());
            let remedy = match nearest {
                Some(nearest) => format!("declare it, or require what is declared, such as {}", quoted(nearest)),
                None => "declare it, or take it out of the list".to_owned(),
            };
            findings.add(join(&schema.pointer, "required"), problem, remedy);
        }
    }
}

/// The schema that the one at `pointer` is a part or a variant of.
fn whole(mut pointer: &str) -> &str {
    while let Some((list, index)) = pointer.rsplit_once('/') {
        let keyword = list.rsplit_once('/').filter(|(_, key)| matches!(*key, "allOf" | "oneOf" | "anyOf"));
        match keyword {
            Some((outer, _)) if index.bytes().all(|byte| byte.is_ascii_digit()) => pointer = outer,
            _ => break,
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(schemas: Value, expected: &[&str]) {
        assert_eq!(super::super::found("required-property", json!({"components": {"schemas": schemas}})), expected);
    }

    #[test]
    fn what_is_required_is_declared() {
        check(
            json!({"A": {"required": ["a", "b"], "properties": {"a": {}}}}),
            &["/components/schemas/A/required: requires `b`, which no part of the schema declares"],
        );
    }

    #[test]
    fn another_part_may_declare_it_and_a_mixin_need_not() {
        check(
            json!({
                "Base": {"properties": {"a": {}}},
                "Sub": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["a"], "properties": {"c": {}}}]},
                "Xor": {"properties": {"a": {}, "b": {}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
                "Mixin": {"required": ["a"]},
                "Map": {"required": ["z"], "properties": {"a": {}}, "additionalProperties": true},
                "Not": {"properties": {"a": {}}, "not": {"required": ["z"], "properties": {"y": {}}}},
            }),
            &[],
        );
    }

    #[test]
    fn a_property_does_not_require_itself() {
        check(
            json!({"A": {"properties": {"a": {"type": "string", "required": true}, "required": {"type": "boolean"}}}}),
            &[
                "/components/schemas/A/properties/a/required: `required` is not a list: in OpenAPI 3.0 it is a keyword of the \
                 object, not of the property",
            ],
        );
    }
}

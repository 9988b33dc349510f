//! Variants of a `oneOf` that one body can fit both of: `oneOf` refuses such a body, and no reader can tell what it is.
//!
//! Whether two schemas exclude each other is decided by what they say plainly: types, enums (and `not` of one), properties
//! that one of them requires, and closed objects. Where other keywords might tell them apart nothing is reported.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    places::Places,
    report::{Findings, enumerated},
};
use crate::openapi::{join, reference, shape::Shape};

/// How many comparisons of schemas one pair of variants may take.
const STEPS: usize = 2_000;

/// How deep properties of properties, and choices within choices, are compared.
const DEPTH: usize = 12;

/// Past this many variants the pairs are not tried.
const VARIANTS: usize = 100;

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    for schema in &places.schemas {
        let Some(variants) = schema.value.get("oneOf").and_then(Value::as_array) else { continue };
        if variants.len() > VARIANTS || can_be_told_apart(places, schema.value, variants) {
            continue;
        }
        let variants: Vec<(usize, &Value)> =
            variants.iter().enumerate().filter(|(_, variant)| !is_condition(variant)).collect();
        let mut pairs = Vec::new();
        for (position, (a, first)) in variants.iter().enumerate() {
            for (b, second) in &variants[position + 1..] {
                let mut judge = Judge { document: places.document, steps: STEPS };
                if judge.overlap(&[first], &[second], 0) == Some(true) {
                    pairs.push((*a, *b));
                }
            }
        }
        if pairs.is_empty() {
            continue;
        }
        let pointer = join(&schema.pointer, "oneOf");
        let said: Vec<String> = pairs.iter().take(6).map(|(a, b)| format!("{a} with {b}")).collect();
        let more = if pairs.len() > 6 { format!(", and {} more pairs", pairs.len() - 6) } else { String::new() };
        let involved: BTreeSet<usize> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
        let problem = format!("one body can fit two variants, which `oneOf` refuses: {}{more}", enumerated(&said));
        let remedy = "require a property with a value of its own in each, or close the objects with \
                      `additionalProperties: false`";
        let also = involved.iter().map(|index| join(&pointer, &index.to_string())).collect();
        findings.add_with(&pointer, also, problem, remedy);
    }
}

/// Whether a discriminator names the variants by a property that each of them requires: readers go by that.
fn can_be_told_apart(places: &Places<'_>, schema: &Value, variants: &[Value]) -> bool {
    let property = schema.get("discriminator").and_then(|discriminator| discriminator.get("propertyName")?.as_str());
    property.is_some_and(|property| {
        variants.iter().all(|variant| {
            let shape = Shape::of(places.document, &[variant]);
            reference(variant).is_some() && shape.is_some_and(|shape| shape.required().contains(property))
        })
    })
}

/// Bare names beside properties that stand elsewhere: the way to say "exactly one of these".
fn is_condition(variant: &Value) -> bool {
    let keys = variant.as_object().map(|object| object.keys().map(String::as_str).collect::<BTreeSet<_>>());
    keys.is_some_and(|keys| {
        (keys.contains("required") || keys.contains("not"))
            && keys.is_subset(&BTreeSet::from(["required", "not", "title", "description", "type"]))
    })
}

struct Judge<'d> {
    document: &'d Value,
    steps: usize,
}

impl<'d> Judge<'d> {
    /// Whether something fits all of `a` and all of `b`; none if that can't be told.
    fn overlap(&mut self, a: &[&'d Value], b: &[&'d Value], depth: usize) -> Option<bool> {
        if depth > DEPTH {
            return None;
        }
        self.steps = self.steps.checked_sub(1)?;
        let (first, second) = (Shape::of(self.document, a)?, Shape::of(self.document, b)?);
        // One variant of an inner choice that overlaps is enough.
        for (shape, other, swapped) in [(&first, b, false), (&second, a, true)] {
            let Some((parts, variants)) = choice(shape) else { continue };
            let mut result = Some(false);
            for variant in variants {
                let mut with: Vec<&Value> = parts.clone();
                with.push(variant);
                let of_variant =
                    if swapped { self.overlap(other, &with, depth + 1) } else { self.overlap(&with, other, depth + 1) };
                match of_variant {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => result = None,
                }
            }
            return result;
        }
        self.overlap_of_shapes(&first, &second, depth)
    }

    fn overlap_of_shapes(&mut self, a: &Shape<'d>, b: &Shape<'d>, depth: usize) -> Option<bool> {
        let common = types(a) & types(b);
        if common == 0 {
            return Some(false);
        }
        for (one, other) in [(a, b), (b, a)] {
            if let Some(values) = one.values() {
                let fits = |value: &&&Value| !is_refused(value, other) && types(other) & type_of(value) != 0;
                let left: Vec<_> = values.iter().filter(fits).collect();
                if left.is_empty() {
                    return Some(false);
                }
                // What else the other one says of the value (a pattern, a length) is not looked at.
                return (!is_narrowed(other)).then_some(true);
            }
        }
        if common & !OBJECT != 0 {
            return (!is_narrowed(a) && !is_narrowed(b)).then_some(true);
        }
        let (needs_a, needs_b) = (a.required(), b.required());
        if !are_allowed(&needs_a, b) || !are_allowed(&needs_b, a) {
            return Some(false);
        }
        let mut result = Some(true);
        for name in needs_a.union(&needs_b).filter(|_| depth < DEPTH) {
            let (in_a, in_b) = (a.property(name), b.property(name));
            if in_a.is_empty() || in_b.is_empty() {
                continue;
            }
            match self.overlap(&in_a, &in_b, depth + 1) {
                Some(false) => return Some(false),
                Some(true) => {}
                None => result = None,
            }
        }
        // What a `not` over objects refuses is not looked into.
        let has_not = |shape: &Shape<'_>| shape.parts().iter().any(|part| part.get("not").is_some());
        result.filter(|_| !has_not(a) && !has_not(b))
    }
}

/// The parts of a shape without its first inner choice, and the variants of that.
fn choice<'d>(shape: &Shape<'d>) -> Option<(Vec<&'d Value>, &'d Vec<Value>)> {
    let (index, variants) = shape.parts().iter().enumerate().find_map(|(index, part)| {
        let variants = part.get("oneOf").or_else(|| part.get("anyOf"))?.as_array()?;
        // Beside properties a choice only says more about them: without it they are there all the same.
        (!variants.is_empty() && part.get("properties").is_none()).then_some((index, variants))
    })?;
    let mut parts = shape.parts().to_vec();
    parts.remove(index);
    Some((parts, variants))
}

const OBJECT: u8 = 1;

/// The JSON types as bits; an integer is a number.
fn bit(kind: &str) -> u8 {
    match kind {
        "object" => OBJECT,
        "array" => 2,
        "string" => 4,
        "boolean" => 8,
        "integer" => 16,
        "number" => 16 | 32,
        _ => u8::MAX,
    }
}

fn type_of(value: &Value) -> u8 {
    match value {
        Value::Object(_) => OBJECT,
        Value::Array(_) => 2,
        Value::String(_) => 4,
        Value::Bool(_) => 8,
        Value::Number(number) if number.is_f64() => 32,
        Value::Number(_) => 16,
        Value::Null => 64,
    }
}

/// The types that a shape leaves. Who lists properties means an object.
fn types(shape: &Shape<'_>) -> u8 {
    shape.parts().iter().fold(u8::MAX, |types, part| {
        let null = if part.get("nullable") == Some(&Value::Bool(true)) { 64 } else { 0 };
        let said = match part.get("type").and_then(Value::as_str) {
            Some(kind) => bit(kind) | null,
            None if part.get("properties").is_some() || part.get("required").is_some() => OBJECT | null,
            None => u8::MAX,
        };
        types & said
    })
}

/// Whether an enum of the shape lacks `value`, or a `not` of one has it.
fn is_refused(value: &Value, shape: &Shape<'_>) -> bool {
    let has = |schema: &Value| schema.get("enum").and_then(Value::as_array).map(|values| values.contains(value));
    shape.parts().iter().any(|part| has(part) == Some(false) || part.get("not").and_then(has) == Some(true))
}

/// Whether keywords that are not compared might exclude what the other shape lets through.
fn is_narrowed(shape: &Shape<'_>) -> bool {
    const NARROWING: [&str; 12] = [
        "pattern",
        "format",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "items",
        "uniqueItems",
        "minProperties",
    ];
    let is_not = |part: &Value| part.get("not").is_some_and(|not| not.get("enum").is_none());
    shape.parts().iter().any(|part| NARROWING.iter().any(|key| part.get(key).is_some()) || is_not(part))
}

/// Whether no closed part of `shape` refuses one of `names`.
fn are_allowed(names: &BTreeSet<&str>, shape: &Shape<'_>) -> bool {
    let closed = shape.parts().iter().filter(|part| part.get("additionalProperties") == Some(&Value::Bool(false)));
    closed.into_iter().all(|part| {
        let declares = |name: &str| part.get("properties").is_some_and(|properties| properties.get(name).is_some());
        names.iter().all(|name| declares(name))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(variants: Value, pairs: &str) {
        let schemas = json!({"A": {"oneOf": variants}, "Base": {"type": "object", "required": ["r"],
            "properties": {"r": {"type": "string"}}}});
        let found = super::super::found("overlapping-variants", json!({"components": {"schemas": schemas}}));
        let said = "/components/schemas/A/oneOf: one body can fit two variants, which `oneOf` refuses: ";
        let expected = if pairs.is_empty() { vec![] } else { vec![format!("{said}{pairs}")] };
        assert_eq!(found, expected);
    }

    fn object(required: &str, property: Value) -> Value {
        json!({"type": "object", "required": [required], "properties": {required: property}})
    }

    #[test]
    fn objects_with_other_properties_overlap_unless_one_is_closed() {
        check(json!([object("a", json!({})), object("b", json!({}))]), "0 with 1");
        let closed =
            json!({"type": "object", "required": ["a"], "properties": {"a": {}}, "additionalProperties": false});
        check(json!([closed, object("b", json!({}))]), "");
    }

    #[test]
    fn types_and_values_of_a_required_property_tell_apart() {
        let tagged = |value: &str| object("t", json!({"enum": [value]}));
        check(json!([tagged("a"), tagged("b"), tagged("a")]), "0 with 2");
        check(json!([object("t", json!({"type": "string"})), object("t", json!({"type": "number"}))]), "");
        check(json!([object("t", tagged("a")), object("t", tagged("b"))]), "");
        check(json!([{"type": "string"}, {"type": "object"}, {"type": "integer"}, {"type": "number"}]), "2 with 3");
    }

    #[test]
    fn an_enum_and_its_negation_tell_apart_above_a_common_base() {
        let on_base =
            |rail: Value| json!({"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"r": rail}}]});
        let listed = json!({"enum": ["x", "y"]});
        check(json!([on_base(listed.clone()), on_base(json!({"not": listed.clone()}))]), "");
        check(json!([on_base(listed), on_base(json!({"not": {"enum": ["x"]}}))]), "0 with 1");
    }

    #[test]
    fn variants_of_a_variant_count_each() {
        let tagged = |value: &str| object("t", json!({"enum": [value]}));
        check(json!([{"oneOf": [tagged("a"), tagged("b")]}, tagged("c")]), "");
        check(json!([{"oneOf": [tagged("a"), tagged("b")]}, tagged("b")]), "0 with 1");
    }

    #[test]
    fn conditions_and_what_can_not_be_told_are_left_alone() {
        check(json!([{"required": ["a"]}, {"required": ["b"]}]), "");
        check(json!([{"type": "string", "format": "date"}, {"type": "string", "format": "uuid"}]), "");
    }
}

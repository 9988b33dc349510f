//! Discriminators: whether the property that is to tell the variants apart can do it.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::{
    places::{Places, Schema},
    report::{Findings, enumerated, names, quoted},
};
use crate::openapi::{join, reference, schema_name, shape::Shape};

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    let parts = places.schemas.iter().filter_map(|schema| schema.value.get("allOf")?.as_array()).flatten();
    let built_upon: HashSet<&str> = parts.filter_map(|part| reference(part)?.strip_prefix('#')).collect();
    for schema in &places.schemas {
        let Some(discriminator) = schema.value.get("discriminator") else { continue };
        let pointer = join(&schema.pointer, "discriminator");
        let Some(property) = discriminator.get("propertyName").and_then(Value::as_str) else {
            findings.add(pointer, "the discriminator has no `propertyName`", "name the property");
            continue;
        };
        let variants = ["oneOf", "anyOf"].into_iter().find_map(|key| Some((key, schema.value.get(key)?.as_array()?)));
        let Some((key, variants)) = variants else {
            base(places, schema, built_upon.contains(schema.pointer.as_str()), property, pointer, findings);
            continue;
        };
        let (mut inline, mut lacking, mut optional) = (Vec::new(), Vec::new(), Vec::new());
        let mut by_value: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mapping = Mapping::new(discriminator);
        for (index, variant) in variants.iter().enumerate() {
            let index = index.to_string();
            let place = join(&join(&schema.pointer, key), &index);
            let target = reference(variant);
            if target.is_none() {
                inline.push(index.clone());
            }
            let Some(shape) = Shape::of(places.document, &[variant]) else { continue };
            let said = shape.property(property);
            if said.is_empty() {
                lacking.push(index);
                continue;
            }
            if !shape.required().contains(property) {
                optional.push(index.clone());
            }
            let values = Shape::of(places.document, &said).and_then(|shape| shape.values());
            let values: Vec<&str> = values.iter().flatten().filter_map(|value| value.as_str()).collect();
            for value in &values {
                by_value.entry(value).or_default().push(index.clone());
            }
            let called = target.map(|target| mapping.names(target)).unwrap_or_default();
            if !called.is_empty() && !values.is_empty() && !called.iter().any(|name| values.contains(name)) {
                let problem = format!(
                    "the discriminator calls the variant {}, but its {} takes {} alone",
                    names(called.iter().copied()),
                    quoted(property),
                    names(values.iter().copied())
                );
                findings.add_with(place, vec![pointer.clone()], problem, "correct the `mapping`, or the enum");
            }
        }
        let mut say = |which: &[String], problem: String, remedy: &str| {
            if !which.is_empty() {
                let list = join(&schema.pointer, key);
                let also = which.iter().map(|index| join(&list, index)).collect();
                findings.add_with(&pointer, also, format!("{}: {problem}", variants_of(which)), remedy);
            }
        };
        let remedy = "make each a component schema, or do without the discriminator";
        say(&inline, "written in place, so that the discriminator can't name what it leads to".to_owned(), remedy);
        say(&lacking, format!("no property {}", quoted(property)), "add it there, and require it");
        say(&optional, format!("{} is not required", quoted(property)), "require it");
        for (value, which) in by_value.iter().filter(|(_, which)| which.len() > 1) {
            let problem =
                format!("all of them take {} for {}, which can't tell them apart", quoted(value), quoted(property));
            say(which, problem, "give each variant a value of its own, or do without the discriminator");
        }
        mapping.check(places, variants, &pointer, findings);
    }
}

fn variants_of(which: &[String]) -> String {
    let noun = if which.len() == 1 { "variant" } else { "variants" };
    format!("{noun} {}", enumerated(which))
}

/// A discriminator without variants is for those that build upon the schema by `allOf`.
fn base(
    places: &Places<'_>,
    schema: &Schema<'_>,
    is_built_upon: bool,
    property: &str,
    pointer: String,
    findings: &mut Findings,
) {
    if !is_built_upon {
        let problem = "there is neither `oneOf` nor `anyOf` beside it, and nothing builds upon the schema by `allOf`";
        findings.add(pointer, format!("the discriminator tells nothing apart: {problem}"), "remove it");
        return;
    }
    let Some(shape) = Shape::of(places.document, &[schema.value]) else { return };
    if !shape.required().contains(property) || shape.property(property).is_empty() {
        let problem = format!("{} is not declared and required beside the discriminator", quoted(property));
        findings.add(pointer, problem, "declare it and require it, so that every schema that extends it has it");
    }
}

/// What a discriminator calls its variants.
struct Mapping<'d>(Vec<(&'d str, &'d str)>);

impl<'d> Mapping<'d> {
    fn new(discriminator: &'d Value) -> Self {
        let mapping = discriminator.get("mapping").and_then(Value::as_object).into_iter().flatten();
        Self(mapping.map(|(name, target)| (name.as_str(), target.as_str().unwrap_or_default())).collect())
    }

    /// Whether a target of the mapping, a reference or a bare name, is the component that `reference` leads to.
    fn is(target: &str, reference: &str) -> bool {
        target == reference || schema_name(reference) == Some(target)
    }

    /// What the variant is called: by the mapping, or else as its component.
    fn names(&self, reference: &'d str) -> Vec<&'d str> {
        let mapped: Vec<&str> =
            self.0.iter().filter(|(_, target)| Self::is(target, reference)).map(|(name, _)| *name).collect();
        if mapped.is_empty() { schema_name(reference).into_iter().collect() } else { mapped }
    }

    fn check(&self, places: &Places<'_>, variants: &[Value], pointer: &str, findings: &mut Findings) {
        for (name, target) in &self.0 {
            let place = join(&join(pointer, "mapping"), name);
            let as_name = join("/components/schemas", target);
            if places.document.pointer(target.strip_prefix('#').unwrap_or(&as_name)).is_none() {
                let problem = format!("the mapping leads to {}, which is not there", quoted(target));
                findings.add(place, problem, "correct the target, or add the schema");
            } else if !variants.iter().filter_map(reference).any(|variant| Self::is(target, variant)) {
                let problem = format!("the mapping leads to {}, which is not one of the variants", quoted(target));
                findings.add(place, problem, "add it to the variants, or remove it from the mapping");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(a: Value, expected: &[&str]) {
        let variant = |value: &str| json!({"required": ["t"], "properties": {"t": {"enum": [value]}}});
        let schemas = json!({
            "A": a, "One": variant("one"), "Two": variant("two"), "Optional": {"properties": {"t": {}}}, "Bare": {},
        });
        assert_eq!(super::super::found("discriminator", json!({"components": {"schemas": schemas}})), expected);
    }

    fn reference(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    #[test]
    fn variants_have_the_property_require_it_and_can_be_named() {
        let inline = json!({"required": ["t"], "properties": {"t": {"enum": ["x"]}}});
        check(
            json!({"oneOf": [reference("Bare"), reference("Optional"), inline, inline], "discriminator": {"propertyName": "t"}}),
            &[
                "/components/schemas/A/discriminator: variants 2 and 3: written in place, so that the discriminator can't \
                 name what it leads to",
                "/components/schemas/A/discriminator: variant 0: no property `t`",
                "/components/schemas/A/discriminator: variant 1: `t` is not required",
                "/components/schemas/A/discriminator: variants 2 and 3: all of them take `x` for `t`, which can't tell \
                 them apart",
            ],
        );
    }

    #[test]
    fn names_agree_with_the_values_of_the_property() {
        let mapping = json!({"one": "#/components/schemas/One", "two": "Two"});
        let variants = json!([reference("One"), reference("Two")]);
        check(json!({"oneOf": variants, "discriminator": {"propertyName": "t", "mapping": mapping}}), &[]);
        let mapping = json!({"one": "One", "2": "Two"});
        check(
            json!({"oneOf": variants, "discriminator": {"propertyName": "t", "mapping": mapping}}),
            &["/components/schemas/A/oneOf/1: the discriminator calls the variant `2`, but its `t` takes `two` alone"],
        );
    }

    #[test]
    fn a_mapping_leads_to_variants() {
        let mapping = json!({"one": "One", "bare": "#/components/schemas/Bare", "gone": "#/components/schemas/Gone"});
        check(
            json!({"oneOf": [reference("One")], "discriminator": {"propertyName": "t", "mapping": mapping}}),
            &[
                "/components/schemas/A/discriminator/mapping/bare: the mapping leads to `#/components/schemas/Bare`, \
                 which is not one of the variants",
                "/components/schemas/A/discriminator/mapping/gone: the mapping leads to `#/components/schemas/Gone`, \
                 which is not there",
            ],
        );
    }

    #[test]
    fn without_variants_there_have_to_be_heirs() {
        check(
            json!({"discriminator": {"propertyName": "t"}}),
            &[
                "/components/schemas/A/discriminator: the discriminator tells nothing apart: there is neither `oneOf` nor \
               `anyOf` beside it, and nothing builds upon the schema by `allOf`",
            ],
        );
        let base = json!({"required": ["t"], "properties": {"t": {}, "heir": {"allOf": [reference("A")]}},
                          "discriminator": {"propertyName": "t"}});
        check(base, &[]);
    }
}
